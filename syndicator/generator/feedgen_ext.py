"""FeedDocument and RenderedItem -> the elements of RSS and Atom that feedgen lacks or gets wrong.

feedgen 1.0.0 loses rel, type, title and length of an entry's links, has one `<source>` without id
or date, formats RSS dates by switching the process's locale, and knows no dc:creator, no archives
and no podcast namespace. It gives the head of a document and the skeleton of RSS items, and calls
our extension classes last for each. Atom's entries are text (atom.py).

feedgen is imported here and by rss.py and atom.py, which are loaded only to write their formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import SubElement, _Element

from syndicator.formats import FORMATS
from syndicator.generator.documents import (
    FeedDocument,
    address,
    archive_format,
    as_attributes,
    contact,
    hub_of,
)
from syndicator.generator.item import (
    GENERATOR,
    RenderedItem,
    is_denied,
    is_unindexed,
    link_fields,
    other_language,
)
from syndicator.generator.podcast import (
    add_episode,
    add_media,
    add_podcast_channel,
    is_show,
    used_prefixes,
)
from syndicator.generator.rsl import terms_of
from syndicator.model.feed import Link
from syndicator.model.settings import Feed
from syndicator.namespaces import qualified, uri_of
from syndicator.text_rules import language, rfc822, rfc3339

NAME = "syndicator"  # feedgen's name for the extension
_LANG = qualified("xml:lang")
_NO_BRACKETS = {ord(char): None for char in '()\\",'}  # they would end an RFC 822 comment


def new_generator(
    feed: Feed, document: FeedDocument, form: str, prefixes: list[str]
) -> FeedGenerator:
    """Return feedgen's generator of a document, filled with the facts that RSS and Atom share.

    `prefixes` are the namespaces that the format itself needs; those of its items are added.
    """
    generator = FeedGenerator()
    generator.register_extension(
        NAME, FeedExtension, EntryExtension, atom=form == "atom", rss=form == "rss"
    )
    head = generator.syndicator
    head.feed, head.document = feed, document
    used = [*prefixes, *sorted(restrictions(document)), *used_prefixes(document.items)]
    if is_show(feed, document.items):
        used.append("itunes")
    head.namespaces = {prefix: uri_of(prefix) for prefix in used}
    generator.updated(document.updated.replace(microsecond=0))
    generator.language(language_of(feed) or None)
    generator.generator(GENERATOR)
    return generator


class FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """The head of a document. `feed` and `document` are set after registration."""

    feed: Feed
    document: FeedDocument
    namespaces: Mapping[str, str]

    def extend_ns(self) -> dict[str, str]:
        """Return the prefixes that the document uses."""
        return dict(self.namespaces)

    def extend_rss(self, feed: _Element) -> _Element:
        """Add links, archive mark, contact and podcast elements to the channel."""
        channel = feed[0]
        for link in feed_links(self.feed, self.document, "rss"):
            if link.rel != "alternate":
                _add_link(channel, qualified("atom:link"), link)
        _add_contact(channel, self.feed)
        self._add_shared(channel)
        self._add_restrictions(feed, channel)
        return feed

    def extend_atom(self, feed: _Element) -> _Element:
        """Add links, archive mark, podcast elements and tombstones to the feed."""
        for link in feed_links(self.feed, self.document, "atom"):
            _add_link(feed, "link", link)
        self._add_shared(feed)
        self._add_restrictions(feed, feed)
        for tombstone in self.document.tombstones:
            when = rfc3339(tombstone.when.replace(microsecond=0))
            SubElement(feed, qualified("at:deleted-entry"), ref=tombstone.id, when=when)
        return feed

    def _add_shared(self, head: _Element) -> None:
        if self.document.is_archive:
            SubElement(head, qualified("fh:archive"))
        if is_show(self.feed, self.document.items):
            add_podcast_channel(head, self.feed, self.document.items)

    def _add_restrictions(self, root: _Element, head: _Element) -> None:
        """Add the restrictions: in RSS `access:restriction` stands beside the channel."""
        asked = restrictions(self.document)
        if "indexing" in asked:
            head.set(qualified("indexing:index"), "no")
        if "access" in asked:
            SubElement(root, qualified("access:restriction"), relationship="deny")


def restrictions(document: FeedDocument) -> set[str]:
    """Return the prefixes of the restrictions that sources set and we pass on.

    "indexing": not to be indexed; "access": not to be republished. Both are a feed's words, so one
    source that asks for it speaks for the whole document.
    """
    asked = set()
    if any(map(is_unindexed, document.items)):
        asked.add("indexing")
    if any(map(is_denied, document.items)):
        asked.add("access")
    return asked


class EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """One item of RSS. `item` is set after registration."""

    item: RenderedItem
    feed_language: str = ""

    def extend_rss(self, entry: _Element) -> _Element:
        """Add date, authors, language, rights, media and podcast elements to an item."""
        item = self.item
        _add_text(entry, "pubDate", rfc822(item.published))
        if item.updated != item.published:
            # RSS has no word for it; feedparser and FreshRSS read Atom's.
            _add_text(entry, qualified("atom:updated"), rfc3339(item.updated))
        for person in item.authors:
            # RSS's own author must be a mail address, which is nobody's to publish.
            _add_text(entry, qualified("dc:creator"), person.name)
        if other_language(item, self.feed_language):
            entry.set(_LANG, item.language)
            _add_text(entry, qualified("dc:language"), item.language)  # RSS readers look for it
        if item.rights:
            _add_text(entry, qualified("dc:rights"), item.rights)
        if item.licence:
            _add_text(entry, qualified("creativeCommons:license"), item.licence)
        if (terms := terms_of(item)) is not None:
            entry.append(terms)
        add_media(entry, item)
        add_episode(entry, item)
        return entry


def feed_links(feed: Feed, document: FeedDocument, form: str) -> Iterator[Link]:
    """Yield the links of a document: page, self, hub, and the archives around it (RFC 5005)."""
    kind = FORMATS[form].type
    archived = archive_format(feed)
    # Archives are not always in the format of this document.
    archive_kind = FORMATS[archived].type if archived else ""
    yield Link(address(feed, ""), "alternate", "text/html")
    yield Link(address(feed, document.path), "self", kind)
    if hub_of(feed) and not document.is_archive:
        yield Link(hub_of(feed), "hub")
    for rel, url, type_ in (
        ("current", document.current, kind),
        ("prev-archive", document.previous, archive_kind),
        ("next-archive", document.following, archive_kind),
    ):
        if url:
            yield Link(url, rel, type_)


def _add_link(parent: _Element, tag: str, link: Link) -> None:
    SubElement(parent, tag, as_attributes(link_fields(link)))


def _add_contact(channel: _Element, feed: Feed) -> None:
    """Name the publisher. `managingEditor` would pass for the author of posts that name none."""
    person = contact(feed)
    if person.email:
        name = person.name.translate(_NO_BRACKETS)
        _add_text(channel, "webMaster", f"{person.email} ({name})")
    elif person.uri:
        _add_text(channel, qualified("dc:publisher"), person.uri)


def _add_text(parent: _Element, tag: str, value: str) -> None:
    SubElement(parent, tag).text = value


def language_of(feed: Feed) -> str:
    """Return the language tag of a feed, "" for none that is valid."""
    return language(feed.language)
