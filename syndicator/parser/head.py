"""A feed's root element -> FeedHead, for both readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from syndicator.model.feed import FeedHead, Link, Person
from syndicator.model.fetch import Hints
from syndicator.namespaces import ATOM, RSS090
from syndicator.parser.dates import instant
from syndicator.parser.elements import INDEX, person
from syndicator.parser.values import looks_marked, number, plain
from syndicator.parser.xml_tree import (
    RDF,
    Element,
    Scope,
    file_type,
    name_of,
    relation,
    resolved,
    scoped,
    words,
)

_ITEMS = ("item", "entry")
_RSS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}  # hours
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _HeadElements(Struct):
    """The first text of each element of the head, and lists of the repeatable ones."""

    texts: dict[str, str] = {}
    links: list[Link] = []
    authors: list[Person] = []
    skip_hours: list[int] = []
    skip_days: list[str] = []
    denied: bool = False
    noindex: bool = False
    podcast: bool = False
    deleted: list[str] = []


def channel_of(root: Element) -> Element:
    """Return the element that describes the feed: RSS's <channel>, Atom's root."""
    return next((child for child in root if name_of(child.tag) == "channel"), root)


def scope_of(root: Element) -> Scope:
    """Return the base and language that items inherit from the elements around them."""
    outer = scoped(root, Scope())
    if name_of(root.tag) != "rss":
        return outer  # the items of RSS 1.0 stand beside the channel
    return scoped(channel_of(root), outer)


def version_of(root: Element) -> str:
    """Return feedparser's name of the dialect, by the root element alone."""
    name, said = name_of(root.tag), root.get("version", "").strip()
    if name == "rss":
        return _RSS.get(said) or ("rss20" if said.startswith("2.") else "rss")
    if name == "rdf:rdf":
        old = any(child.tag.startswith(f"{RSS090}}}") for child in root)
        return "rss090" if old else "rss10"
    if name == "feed":
        if root.tag.startswith(f"{ATOM}}}"):
            return "atom10"
        return _ATOM.get(said, "atom")
    return "cdf" if name == "channel" else ""


def head_of(root: Element) -> FeedHead:
    """Read the title, links, authors, hints and other facts of the feed itself."""
    channel, said = channel_of(root), _HeadElements()
    scope = scoped(root, Scope())
    if channel is not root:
        scope = scoped(channel, scope)
    for child in channel:
        _read(said, child, scope)
    # RSS 0.9 and 1.0 put the image beside the channel, Bloglines its restriction.
    if channel is not root:
        for child in root:
            if name_of(child.tag) in ("image", "access:restriction"):
                _read(said, child, scope)
    said.noindex = said.noindex or any(
        part.get(INDEX, "").lower() == "no" for part in (root, channel)
    )
    return _finished(said, scope, version_of(root), channel.get(RDF + "about", ""))


def _read(said: _HeadElements, element: Element, scope: Scope) -> None:
    name = name_of(element.tag)
    if name in _ITEMS:
        return
    said.podcast = said.podcast or name.startswith(("itunes:", "podcast:"))
    if name == "link":
        said.links.extend(_links(element, scoped(element, scope)))
    elif name in ("author", "managingeditor", "dc:creator"):
        if who := person(element):
            said.authors.append(who)
    elif name in ("skiphours", "skipdays"):
        _skips(said, element)
    elif name == "at:deleted-entry":
        said.deleted.append(element.get("ref", "").strip())
    elif name in ("access:restriction", "indexing:index"):
        said.denied = said.denied or element.get("relationship", "").lower() == "deny"
        said.noindex = said.noindex or (name == "indexing:index" and words(element).lower() == "no")
    elif text := _text(element, name, scoped(element, scope)):
        said.texts.setdefault(name, text)


def _links(element: Element, scope: Scope) -> Iterator[Link]:
    href = (
        element.get("href", "")
        or element.get("url", "")
        or element.get("uri", "")
        or words(element)
    )
    if href:
        yield Link(
            resolved(scope.base, href.strip()),
            relation(element.get("rel", "")),
            file_type(element.get("type", "")),
            element.get("title", ""),
        )


def _text(element: Element, name: str, scope: Scope) -> str:
    """Return the one text of an element; for pictures the address."""
    if name in ("image", "itunes:image"):
        inner = next((words(child) for child in element if name_of(child.tag) == "url"), "")
        written = element.get("href", "") or inner or element.get("url", "") or words(element)
        return resolved(scope.base, written)
    if name in ("icon", "logo", "comments"):
        return resolved(scope.base, words(element))
    if name in ("cc:license", "admin:generatoragent"):
        return element.get(RDF + "resource", "")
    if len(element):  # XHTML
        return " ".join("".join(element.itertext()).split())
    return words(element)


def _skips(said: _HeadElements, element: Element) -> None:
    for child in element:
        text = words(child)
        if name_of(child.tag) == "hour" and text.isdigit() and number(text) <= 24:
            said.skip_hours.append(number(text) % 24)  # 24 is midnight in RSS 0.91
        elif name_of(child.tag) == "day" and text.capitalize() in _DAYS:
            said.skip_days.append(text.capitalize())


def _finished(said: _HeadElements, scope: Scope, version: str, about: str) -> FeedHead:
    """Make the head; a fact with several names comes from the feed format's own element first."""
    texts = said.texts

    def first(*names: str) -> str:
        return next((texts[name] for name in names if name in texts), "")

    def linked(rel: str) -> str:
        return next((link.href for link in said.links if link.rel == rel), "")

    authors = said.authors or [Person(name) for name in (first("itunes:author"),) if name]
    return FeedHead(
        title=_plain(first("title", "dc:title")),
        link=linked("alternate"),
        self_link=linked("self"),
        id=first("id") or about,
        subtitle=_plain(
            first(
                "subtitle",
                "tagline",
                "description",
                "dc:description",
                "itunes:subtitle",
                "itunes:summary",
            )
        ),
        language=(first("language", "dc:language") or scope.language).replace("_", "-"),
        authors=tuple(authors),
        rights=_plain(first("rights", "copyright", "dc:rights")),
        licence=first("cc:license", "creativecommons:license") or linked("license"),
        image=first("logo", "image", "itunes:image", "icon"),
        updated=instant(
            first("updated", "modified", "lastbuilddate", "dc:date")
            or first("pubdate", "published")
        ),
        base=scope.base,
        generator=first("generator", "admin:generatoragent"),
        version=version,
        hints=_hints(said),
        new_url=first("itunes:new-feed-url", "newlocation"),
        denied=said.denied,
        noindex=said.noindex,
        podcast=said.podcast,
        deleted=tuple(filter(None, said.deleted)),
        older=linked("prev-archive"),
    )


def _plain(text: str) -> str:
    return plain(text) if looks_marked(text) else " ".join(text.split())


_ENDLESS = 10**7  # minutes, 19 years; a timedelta has an end, too


def _hints(said: _HeadElements) -> Hints:
    minutes = number(said.texts.get("ttl", ""))
    period = _PERIODS.get(said.texts.get("sy:updateperiod", "").lower())
    times = max(1, number(said.texts.get("sy:updatefrequency", "1")))
    return Hints(
        ttl=timedelta(minutes=minutes) if 0 < minutes < _ENDLESS else None,
        update_period=timedelta(hours=period) / times if period else None,
        skip_hours=tuple(sorted(set(said.skip_hours))),
        skip_days=tuple(day for day in _DAYS if day in said.skip_days),
    )
