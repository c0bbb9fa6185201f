"""What feedgen lacks or gets wrong, by its extension API: Piece and Volume -> elements of RSS and Atom.

feedgen 1.0.0 loses rel, type, title and length of an entry's links, has one `<source>` without id or date, formats
RSS dates by switching the process's locale, and knows no dc:creator, no archives and no podcast namespace. It gives
the skeleton; these classes write the rest when it calls them, last of each element, so that `atom:source` ends an
entry: some readers take its title for the entry's when it comes first.

feedgen is imported here and by rss.py and atom.py, which the generator imports only where their formats are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import SubElement, _Element

from syndicator.formats import FORMATS
from syndicator.generator.item import (
    GENERATOR,
    Named,
    Piece,
    Volume,
    address,
    archive_form,
    as_html,
    contact,
    denied,
    has_episodes,
    hub_of,
    links,
    noindex,
)
from syndicator.generator.podcast import media_elements, podcast_channel, podcast_elements, uses
from syndicator.model.feed import Link
from syndicator.model.settings import Feed
from syndicator.text_rules import is_markup, language, rfc822, rfc3339

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "access": "http://www.bloglines.com/about/specs/fac-1.0",
    "indexing": "urn:atom-extension:indexing",
}
ATOM = f"{{{NAMESPACES['atom']}}}"
DC = f"{{{NAMESPACES['dc']}}}"
FH = f"{{{NAMESPACES['fh']}}}"
CC = f"{{{NAMESPACES['creativeCommons']}}}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAME = "syndicator"  # what feedgen knows the extension by


def begun(feed: Feed, volume: Volume, form: str, namespaces: Mapping[str, str]) -> FeedGenerator:
    """Return feedgen's generator of a document ("rss", "atom") with our extension, and what both formats say alike.

    `namespaces` are the prefixes that the format itself needs; those of its pieces are added.
    """
    generator = FeedGenerator()
    generator.register_extension(
        NAME, FeedExtension, EntryExtension, atom=form == "atom", rss=form == "rss"
    )
    head = generator.syndicator
    head.feed, head.volume = feed, volume
    head.podcast = has_episodes(volume.pieces)
    asked = {prefix: NAMESPACES[prefix] for prefix in sorted(wishes(volume))}
    head.namespaces = {**namespaces, **asked, **uses(volume.pieces)}
    generator.updated(volume.updated.replace(microsecond=0))
    generator.language(language_of(feed) or None)
    generator.generator(GENERATOR)
    return generator


class FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """The head of a document. `feed` and `volume` are set after registration."""

    feed: Feed
    volume: Volume
    namespaces: Mapping[str, str]
    podcast: bool = False

    def extend_ns(self) -> dict[str, str]:
        """Return the prefixes that the document uses."""
        return dict(self.namespaces)

    def extend_rss(self, feed: _Element) -> _Element:
        """Add links, archive mark, contact and podcast words to the channel."""
        channel = feed[0]
        for found in feed_links(self.feed, self.volume, "rss"):
            if found.rel != "alternate":
                _link(channel, f"{ATOM}link", found)
        _contact(channel, self.feed)
        self._shared(channel)
        self._wishes(feed, channel)
        return feed

    def extend_atom(self, feed: _Element) -> _Element:
        """Add links, archive mark and podcast words to the feed."""
        for found in feed_links(self.feed, self.volume, "atom"):
            _link(feed, "link", found)
        self._shared(feed)
        self._wishes(feed, feed)
        return feed

    def _shared(self, head: _Element) -> None:
        if self.volume.archive:
            SubElement(head, f"{FH}archive")
        if self.podcast:
            podcast_channel(head, self.feed, self.volume.pieces)

    def _wishes(self, root: _Element, head: _Element) -> None:
        """Say them where their specifications have them: in RSS the restriction stands beside the channel."""
        asked = wishes(self.volume)
        if "indexing" in asked:
            head.set(f"{{{NAMESPACES['indexing']}}}index", "no")
        if "access" in asked:
            SubElement(root, f"{{{NAMESPACES['access']}}}restriction", relationship="deny")


def wishes(volume: Volume) -> set[str]:
    """Return the prefixes of what sources ask for and we pass on: not to be indexed, not to be republished.

    Both are a feed's words, so one source that asks for it speaks for the whole document.
    """
    asked = {
        "indexing": any(map(noindex, volume.pieces)),
        "access": any(map(denied, volume.pieces)),
    }
    return {prefix for prefix, is_asked in asked.items() if is_asked}


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """One entry. `piece` is set after registration."""

    piece: Piece
    feed_language: str = ""

    def extend_rss(self, entry: _Element) -> _Element:
        """Add date, authors, language, rights, media and podcast elements to an item."""
        piece = self.piece
        _text(entry, "pubDate", rfc822(piece.published))
        if (
            piece.updated != piece.published
        ):  # RSS has no word for it; feedparser and FreshRSS read Atom's
            _text(entry, f"{ATOM}updated", rfc3339(piece.updated))
        for (
            person
        ) in piece.authors:  # RSS's own author must be a mail address, which is nobody's to publish
            _text(entry, f"{DC}creator", person.name)
        if piece.language and piece.language != self.feed_language:
            entry.set(LANG, piece.language)  # what XML parsers know of
            _text(entry, f"{DC}language", piece.language)  # what RSS readers look for
        if piece.rights:
            _text(entry, f"{DC}rights", piece.rights)
        if piece.licence:
            _text(entry, f"{CC}license", piece.licence)
        media_elements(entry, piece, enclosed=entry.find("enclosure") is not None)
        podcast_elements(entry, piece)
        return entry

    def extend_atom(self, entry: _Element) -> _Element:
        """Add language, links, media and podcast elements to an entry, and its source at the end."""
        piece = self.piece
        if piece.language and piece.language != self.feed_language:
            entry.set(LANG, piece.language)
        if is_markup(piece.words):
            title = entry[1]  # feedgen's order: id, title, updated
            title.set("type", "html")
            title.text = as_html(piece.words)
        place = 3  # after id, title and updated: some readers take what they need from the top
        for found in links(piece):
            entry.insert(place, _link(entry, "link", found))
            place += 1
        media_elements(entry, piece, enclosed=True)
        podcast_elements(entry, piece)
        _source(entry, piece)
        return entry


def feed_links(feed: Feed, volume: Volume, form: str) -> Iterator[Link]:
    """Yield the links of a document: the page, itself, the hub, and the archives around it (RFC 5005)."""
    kind, archived = FORMATS[form].type, archive_form(feed)
    history = FORMATS[archived].type if archived else ""
    yield Link(address(feed, ""), "alternate", "text/html")
    yield Link(address(feed, volume.path), "self", kind)
    for rel, url, type_ in (
        ("hub", "" if volume.archive else hub_of(feed), ""),
        ("current", volume.current, kind),
        ("prev-archive", volume.previous, history),  # not always in the format of this document
        ("next-archive", volume.following, history),
    ):
        if url:
            yield Link(url, rel, type_)


def _link(parent: _Element, tag: str, found: Link) -> _Element:
    element = SubElement(parent, tag, rel=found.rel, href=found.href)
    for name, value in (("type", found.type), ("hreflang", found.hreflang), ("title", found.title)):
        if value:
            element.set(name, value)
    if found.length:
        element.set("length", str(found.length))
    return element


def _contact(channel: _Element, feed: Feed) -> None:
    """Say whom to turn to. Not as `managingEditor`: readers would take them for the author of posts that name none."""
    person = contact(feed)
    if person.email:
        # RFC 822 comments end at a bracket.
        _text(channel, "webMaster", f"{person.email} ({person.name.translate(_NO_BRACKETS)})")
    elif person.uri:
        _text(channel, f"{DC}publisher", person.uri)


_NO_BRACKETS = {ord(char): None for char in '()\\",'}


def _source(entry: _Element, piece: Piece) -> None:
    """`atom:source` (RFC 4287, 4.2.11): whose the entry is."""
    named = piece.source
    source = SubElement(entry, "source")
    _text(source, "id", named.id)
    title = _text(source, "title", as_html(named.name))
    if is_markup(named.name):
        title.set("type", "html")
    _text(source, "updated", rfc3339(named.updated or piece.updated))
    for found in source_links(named):
        _link(source, "link", found)
    if named.rights:
        _text(source, "rights", named.rights)


def source_links(named: Named) -> Iterator[Link]:
    """Yield the links of the feed that a post is credited to."""
    if named.link:
        yield Link(named.link, "alternate", "text/html")
    if named.feed:
        yield Link(named.feed, "self")
    if named.licence:
        yield Link(named.licence, "license")


def _text(parent: _Element, tag: str, value: str) -> _Element:
    element = SubElement(parent, tag)
    element.text = value
    return element


def language_of(feed: Feed) -> str:
    """Return the language tag of a feed, "" where it has none that is valid."""
    return language(feed.language)
