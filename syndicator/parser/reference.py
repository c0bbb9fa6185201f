"""A document in UTF-8 -> ParsedFeed, by feedparser: slow, at home in every dialect, and the measure of the fast lane.

feedparser's result is turned into our nouns, and where it is known to be wrong (it carries state from
one entry to the next, takes a permalink guid for the link, writes `<br></br>`), it is set right here.
What it does not tell is read from the document's own elements by `extras`, which the fast lane uses too.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Container, Iterator, Mapping
from typing import Any

from syndicator.model import Category, Enclosure, Entry, FeedHead, ItemKey, Link, Origin, ParsedFeed, Person, Text
from syndicator.parser.dates import instant
from syndicator.parser.items import digest

Node = Mapping[str, Any]

# feedparser closes each element that it copies from XHTML; HTML would read <br></br> as two breaks.
_VOID = re.compile(r"></(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)>")


def parse_with_feedparser(data: bytes, source_id: str, url: str, known: Container[str]) -> ParsedFeed:
    """Read the whole document, whatever state it is in; entries already known are named but not returned."""
    result = _ask(data)
    entries = tuple(_entry(node) for node in result["entries"])
    return ParsedFeed(
        source_id=source_id,
        url=url,
        head=_head(result),
        items=tuple(ItemKey(entry.fingerprint, entry.guid, permalink(entry)) for entry in entries),
        entries=tuple(entry for entry in entries if entry.fingerprint not in known),
        notes=tuple(_notes(result)),
    )


def permalink(entry: Entry) -> str:
    """Return the first alternate link of an entry, or ""."""
    return next((link.href for link in entry.links if link.rel == "alternate"), "")


def _ask(data: bytes) -> Node:
    import feedparser  # 69 ms of import, and most runs have nothing for it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own deprecated keys
        result: Node = feedparser.parse(
            io.BytesIO(data),  # bytes alone would be tried as the name of a file
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    return result


def _notes(result: Node) -> Iterator[str]:
    if result.get("bozo") and (error := result.get("bozo_exception")) is not None:
        yield f"not well-formed: {' '.join(str(error).split())}"


def raw(node: Node, key: str) -> Any:
    """Return what the element `key` gave, past the aliases that feedparser's dictionaries put over their keys."""
    return dict.get(node, key)  # type: ignore[call-overload]


def _string(node: Node, key: str) -> str:
    """Return a text value; an unknown element with attributes leaves a dictionary in its place."""
    value = raw(node, key)
    return value if isinstance(value, str) else ""


def _nodes(node: Node, key: str) -> list[Node]:
    value = raw(node, key)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _text(detail: Node | None) -> Text | None:
    if not isinstance(detail, dict) or not _string(detail, "value"):
        return None
    html = _string(detail, "type") in ("text/html", "application/xhtml+xml")
    return Text(
        value=_VOID.sub(" />", detail["value"]) if _string(detail, "type").endswith("xhtml+xml") else detail["value"],
        kind="html" if html else "text",
        language=_string(detail, "language"),
        base=_string(detail, "base"),
    )


def _entry(node: Node) -> Entry:
    contents = tuple(filter(None, (_text(part) for part in _nodes(node, "content"))))
    summary = _text(raw(node, "summary_detail"))
    links = tuple(_links(node))
    entry = Entry(
        fingerprint="",
        guid=_string(node, "id"),
        guid_is_permalink=bool(raw(node, "guidislink")),
        links=links,
        title=_text(raw(node, "title_detail")),
        contents=contents,
        summary=summary,
        authors=tuple(_people(node, "authors")),
        contributors=tuple(_people(node, "contributors")),
        published=instant(_string(node, "published") or _string(node, "created")),
        updated=instant(_string(node, "updated")),
        categories=tuple(_categories(node)),
        enclosures=tuple(_enclosures(node)),
        comments=_string(node, "comments"),
        rights=_string(node, "rights"),
        licence=next((link.href for link in links if link.rel == "license"), ""),
        source=_source(raw(node, "source")),
    )
    return with_fingerprint(entry)


def with_fingerprint(entry: Entry) -> Entry:
    """Give an entry that has no bytes of its own the fingerprint of all that was read of it."""
    from dataclasses import replace

    return replace(entry, fingerprint=digest(repr(entry).encode("utf-8", "replace")))


def _links(node: Node) -> Iterator[Link]:
    for part in _nodes(node, "links"):
        if _string(part, "href") and _string(part, "rel") != "enclosure":
            kind = _string(part, "type")
            yield Link(
                href=_string(part, "href"),
                rel=_string(part, "rel") or "alternate",
                type="" if kind == "text/html" else kind,  # feedparser says so of every link that says nothing
                title=_string(part, "title"),
                hreflang=_string(part, "hreflang"),
                length=whole(_string(part, "length")),
            )


def whole(digits: str) -> int:
    """Read a count of bytes; what is no number is 0, as is what no file can have."""
    digits = digits.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else 0  # noqa: PLR2004


def _enclosures(node: Node) -> Iterator[Enclosure]:
    for part in _nodes(node, "links"):
        if _string(part, "href") and _string(part, "rel") == "enclosure":
            yield Enclosure(
                url=_string(part, "href"),
                type=_string(part, "type"),
                length=whole(_string(part, "length")),
                title=_string(part, "title"),
            )


def _people(node: Node, key: str) -> Iterator[Person]:
    for part in _nodes(node, key):
        person = Person(_string(part, "name"), _string(part, "href"), _string(part, "email"))
        if person != Person():
            yield person


def _categories(node: Node) -> Iterator[Category]:
    parts = _nodes(node, "tags")
    found = (Category(_string(part, "term"), _string(part, "scheme"), _string(part, "label")) for part in parts)
    yield from dict.fromkeys(category for category in found if category.term)


def _source(node: Any) -> Origin | None:
    if not isinstance(node, dict):
        return None
    links = tuple(_links(node))
    feed = _string(node, "href") or next((link.href for link in links if link.rel == "self"), "")
    origin = Origin(
        name=_string(node, "title"),
        url=next((link.href for link in links if link.rel == "alternate"), ""),
        feed=feed,
        id=_string(node, "id"),
        updated=instant(_string(node, "updated")),
        rights=_string(node, "rights"),
    )
    return origin if origin != Origin() else None


def _head(result: Node) -> FeedHead:
    feed: Node = result["feed"]
    links = tuple(_links(feed))
    image = raw(feed, "image")
    title = _text(raw(feed, "title_detail"))
    return FeedHead(
        title=title.value if title else "",
        link=next((link.href for link in links if link.rel == "alternate"), ""),
        self_link=next((link.href for link in links if link.rel == "self"), ""),
        id=_string(feed, "id"),
        subtitle=_string(feed, "subtitle"),
        language=_string(feed, "language"),
        authors=tuple(_people(feed, "authors")),
        rights=_string(feed, "rights"),
        licence=next((link.href for link in links if link.rel == "license"), ""),
        image=_string(feed, "logo")
        or (_string(image, "href") if isinstance(image, dict) else "")
        or _string(feed, "icon"),
        updated=instant(_string(feed, "updated") or _string(feed, "published")),
        generator=_string(feed, "generator"),
        version=_string(result, "version"),
        hubs=tuple(link.href for link in links if link.rel == "hub"),
    )
