"""Feed -> paths, addresses and neighbours of its documents, and the texts that all formats share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct

from syndicator.formats import ARCHIVE_FORMATS, file_name, polled, written
from syndicator.generator.item import GENERATOR, RenderedItem
from syndicator.model.edition import Archive, Edition, Tombstone
from syndicator.model.feed import Person
from syndicator.model.settings import Feed
from syndicator.text_rules import line, mail, uri, web


class FeedDocument(Struct, frozen=True):
    """One document of a feed: the current one, or a closed archive (RFC 5005, section 4)."""

    path: str
    updated: datetime
    items: tuple[RenderedItem, ...]
    is_archive: bool = False
    previous: str = ""  # address of the archive before this document
    following: str = ""  # address of the archive after it
    current: str = ""  # address of the current document, on archives
    tombstones: tuple[Tombstone, ...] = ()  # in Atom alone: no other format has a word for them


def address(feed: Feed, path: str) -> str:
    """Return the URL that a document is served at."""
    url = feed.link.rstrip("/") + "/" + path
    # A strict reading of RFC 3986 refuses some hosts (IPv6 with a zone); the feed is served there
    # all the same.
    return uri(url) or line(url)


def polled_addresses(feed: Feed) -> list[str]:
    """Return the URLs that a feed's subscribers poll; a WebSub hub is told of these."""
    return [address(feed, file_name(feed, form)) for form in polled(feed.formats)]


def archive_format(feed: Feed) -> str:
    """Return the one format of a feed's archives, "" for none.

    RFC 5005 asks for an archive, not for one in the format of the document that leads there: the
    link names its type. A second set would double the work and the space, for the few readers that
    walk archives at all.
    """
    return next((form for form in ARCHIVE_FORMATS if form in feed.formats), "")


def archive_name(feed: Feed, number: int) -> str:
    """Return the path of a closed archive.

    >>> archive_name(Feed(title="", names={"atom": "feed.atom"}), 3)
    'archive/feed-3.atom'
    """
    path = PurePosixPath("archive", file_name(feed, archive_format(feed)))
    return str(path.with_name(f"{path.stem}-{number}{path.suffix}"))


def archive_names(edition: Edition) -> Iterator[tuple[int, str]]:
    """Yield number and path of each closed archive that an edition has as a feed document."""
    feed = edition.feed
    if not (feed.archives and archive_format(feed)):
        return
    # One name is made and the rest follow it: a million posts have ten thousand archives, and each
    # run asks.
    first, suffix = archive_name(feed, 0), PurePosixPath(archive_name(feed, 0)).suffix
    stem = first.removesuffix(f"-0{suffix}")
    for number in range(1, edition.archives + 1):
        yield number, f"{stem}-{number}{suffix}"


def feed_paths(edition: Edition) -> set[str]:
    """Return the paths of all documents for programs that an edition has."""
    current = {file_name(edition.feed, form) for form in written(edition.feed.formats)}
    return current | {path for _, path in archive_names(edition)}


def current_document(edition: Edition, form: str, items: tuple[RenderedItem, ...]) -> FeedDocument:
    """Return the current document of a format; it links to the newest archive."""
    feed, previous = edition.feed, ""
    if edition.archives and feed.archives and archive_format(feed):
        previous = address(feed, archive_name(feed, edition.archives))
    return FeedDocument(
        file_name(feed, form),
        edition.updated,
        items,
        previous=previous,
        tombstones=edition.tombstones if form == "atom" else (),
    )


def archive_document(
    edition: Edition, form: str, archive: Archive, items: tuple[RenderedItem, ...]
) -> FeedDocument:
    """Return a closed archive, linked to its neighbours and to the current document."""
    feed, number = edition.feed, archive.number

    def neighbour(other: int) -> str:
        if 1 <= other <= edition.archives:
            return address(feed, archive_name(feed, other))
        return ""

    return FeedDocument(
        archive_name(feed, number),
        archive.updated,
        items,
        is_archive=True,
        previous=neighbour(number - 1),
        following=neighbour(number + 1),
        current=address(feed, file_name(feed, form)),
    )


def title_of(feed: Feed) -> str:
    """Return the title of a feed; never ""."""
    return line(feed.title) or GENERATOR


def hub_of(feed: Feed) -> str:
    """Return the URL of a feed's WebSub hub, "" for none."""
    return web(feed.hub)


def contact(feed: Feed) -> Person:
    """Return the publisher of a feed, with the mail address or the page that `contact` gives."""
    return Person(title_of(feed), web(feed.contact), mail(feed.contact))


def as_attributes(values: Mapping[str, object]) -> dict[str, str]:
    """Return the attributes of an element without empty ones: a width of 0 would hide a picture."""
    return {name: str(value) for name, value in values.items() if value}


def without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the keys without a value: "", 0, an empty list, None."""
    return {name: value for name, value in fields.items() if value}
