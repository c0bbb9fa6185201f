"""The current content of one of our feeds, and its files (store -> generator -> publisher)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol
from zlib import crc32

from msgspec import Struct

from syndicator.model.post import Post, SourceInfo
from syndicator.model.settings import Feed


class Reference(Struct, frozen=True):
    """A link to another post, as related lists, "Also at" and popular posts show it."""

    id: str  # the public id of the post linked to
    title: str
    url: str
    source: str = ""  # name of its source, shown where lists cross sources
    score: float = 0.0
    language: str = ""
    published: datetime | None = None  # shown by the lists on pages
    number: int = 0  # the store's own number of the post, where a list is chosen: never published


class RelatedList(Struct, frozen=True):
    """One frozen list under a post."""

    scope: Literal["source", "all"]
    heading: str  # a template with {source}
    language: str
    links: tuple[Reference, ...]


class Item(Struct, frozen=True):
    """A post as one of our feeds publishes it, with its frozen parts.

    The generator composes the body.
    """

    id: str  # the public id: RSS guid, Atom id, JSON Feed id
    post: Post
    source: SourceInfo
    published: datetime  # the source's date, or when we first saw it
    updated: datetime
    first_published: datetime  # when we published it first
    sequence: int  # its place in the order of first publication, 1 is the first
    related: tuple[RelatedList, ...] = ()
    also: tuple[Reference, ...] = ()  # its copies known at first publication: "Also at"
    layout: int = 1  # the version of the composition it was first published with
    inbound: int = 0  # links to it from other posts; pages only
    keeps_id: bool = False  # the id is published as it is, though it may be no URI
    shown: bool = True  # stands or stood in the current documents: it has its lists, and a page
    copies: tuple[Reference, ...] = ()  # all its copies known now; pages only


class SourceListing(Struct, frozen=True):
    """A source's published posts, as its own page and the "View more" lists of pages show them."""

    source_id: str
    posts: tuple[Reference, ...]  # newest first, at most a few hundred, with `published`
    total: int = 0  # how many it has published in this feed, those beyond `posts` included
    source: SourceInfo | None = None  # needed where no item has it


class Activity(Struct, frozen=True):
    """How much a source has published in a feed, and when last."""

    posts: int
    last: datetime
    is_dead: bool = False  # its server says that it is gone, or has failed for a month


class Archive(Struct, frozen=True):
    """A slice of history in order of first publication; closed if it is an archive (RFC 5005, 4)."""

    number: int  # 1 is the oldest
    items: tuple[Item, ...]
    updated: datetime


class Departed(Struct, frozen=True):
    """Posts and sources that left a feed after it was published last."""

    event: int = (
        0  # by which something left last, whenever that was: pages made before may still name it
    )
    posts: Set[str] = frozenset()  # public ids of posts that were withdrawn, or whose source left
    sources: Set[str] = frozenset()  # ids of sources that left


class Correction(Struct, frozen=True):
    """Posts whose titles or links their sources corrected, and the pages that may name them."""

    before: Mapping[str, Set[str]] = {}  # by public id: the titles and links of before
    # Posts with pages to look into, by public id, each with the slice of history that it is in.
    posts: Mapping[str, int] = {}
    sources: tuple[str, ...] = ()  # ids of sources with pages to look into


class Tombstone(Struct, frozen=True):
    """A post that its source deleted, by its public id, and when it left (RFC 6721)."""

    id: str
    when: datetime


class Edition(Struct, frozen=True):
    """All that one of our feeds publishes now. Same store, same edition, same bytes."""

    feed: Feed
    id: str  # the feed's own id, for life
    updated: datetime  # newest first publication, update or withdrawal
    items: tuple[Item, ...]  # newest first
    sources: tuple[SourceInfo, ...]  # public ones, by name
    archives: int = 0  # how many closed archives there are
    slices: int = 0  # in how many slices of history all posts stand, those included that are no archives (yet)
    popular: tuple[Reference, ...] = ()  # pages only
    # The other feeds that pages name; of the main one also those made `per` one thing.
    siblings: tuple[Feed, ...] = ()
    # Pages only: of the sources that have posts in `items`, or lost some; missing ones are made of
    # `items`.
    listings: tuple[SourceListing, ...] = ()
    departed: Departed = Departed()
    tombstones: tuple[Tombstone, ...] = ()  # of the last weeks, the newest first
    # The endings of the names of the sources' pictures that are published as copies, by source id.
    faces: Mapping[str, str] = {}
    # Pages only: by source id; {} where the feed has more sources than a table can show.
    activity: Mapping[str, Activity] = {}
    # Pages only: of each public source that has any, by its id.
    tags: Mapping[str, tuple[str, ...]] = {}
    has_charts: bool = False  # beside the pages, in a page that the table of sources leads to
    # The first page only: of posts that report an event as posts of other sources do, by public id;
    # equal numbers are one story.
    stories: Mapping[str, int] = {}


class Document(Struct, frozen=True):
    """One file to publish."""

    path: str  # relative to the feed's output folder, with "/"
    body: bytes
    type: str  # media type
    posts: int = 0
    rank: int = 0  # written in rising order: 0 pages, 1 indexes, 2 feeds
    digest: str = (
        ""  # of what a page says, not of how: a page whose digest is known is not made again
    )


def content_digest(body: bytes) -> str:
    """Return size and CRC of a file: they tell damage, and take a fifth of the time of a hash."""
    return f"{len(body):x}-{crc32(body):08x}"


class Published(Struct, frozen=True):
    """The fate of a document."""

    path: Path
    changed: bool
    posts: int
    bytes: int


class PublishedFiles(Protocol):
    """The record of our files in an output folder, as the steps after the store need it."""

    folder: Path
    hidden: frozenset[str]  # paths that count as gone, before they are

    def kind(self, path: str) -> str | None:
        """Return the media type of a file of ours, be it there or not; None: it is not ours."""

    def of_type(self, kind: str, most: int = -1) -> list[str]:
        """Return the paths of a media type; at most so many, -1: all."""

    def below(self, folder: str) -> list[str]:
        """Return the paths below a folder ("posts/")."""

    def claim(self, files: Iterable[tuple[str, str]]) -> None:
        """Note, durably, that these paths with their types are ours, before the files are there."""

    def record(self, files: Iterable[tuple[str, str, str]]) -> None:
        """Note path, type and digest of files, after they are there."""

    def forget(self, path: str) -> None:
        """Note that a file is ours no more, after it was removed."""
