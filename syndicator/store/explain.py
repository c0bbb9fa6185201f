"""A stored post -> its origin, its dates and its place in each feed, for the command `why`."""

from __future__ import annotations

from datetime import datetime
from itertools import starmap

from msgspec import Struct

from syndicator.errors import StoreError
from syndicator.store import codec
from syndicator.store.db import Table, damaged
from syndicator.store.meta import Meta, Stories

MOST = 20  # posts that a search returns

_POST = """SELECT p.number, s.id, p.title, p.link, b.guid, coalesce(lead.public_id, p.public_id, ''),
    p.published, p.updated, p.first_seen, p.due, p.language, p.filtered,
    p.withdrawn > 0 OR coalesce(lead.withdrawn, 0) > 0, coalesce(p.copy_of, p.number), p.purged
    FROM posts p JOIN sources s ON s.number = p.source JOIN bodies b ON b.post = p.number
    LEFT JOIN posts lead ON lead.number = p.copy_of WHERE p.number = ?"""
_VERSION = """SELECT p.number, coalesce(json_extract(i.info, '$.name'), s.id), p.title, p.link
    FROM posts p JOIN sources s ON s.number = p.source LEFT JOIN infos i ON i.source = p.source"""
_VERSIONS = f"""{_VERSION}
    WHERE (p.number = ?1 OR p.copy_of = ?1) AND p.number <> ?2 ORDER BY p.number"""
_REPORTS = f"""{_VERSION}
    WHERE p.number IN (SELECT value FROM json_each(?)) ORDER BY p.published, p.number"""
_LINKS = """SELECT title, url, source, score, hidden > 0,
    CASE WHEN place >= 2000 THEN 'all' WHEN place >= 1000 THEN 'source' ELSE 'also' END
    FROM links WHERE post = ? ORDER BY place"""
_ENTRY = """SELECT e.sequence, e.post, e.first_published, e.current, e.history, e.gone > 0,
    (SELECT count(*) FROM entries n INDEXED BY entries_by_source
        WHERE n.feed = e.feed AND n.source = e.source AND n.sequence > e.sequence)
    FROM entries e WHERE e.story = ? AND e.feed = ?"""


class Stored(Struct, frozen=True):
    """A stored post."""

    number: int
    source_id: str
    title: str
    link: str
    guid: str
    id: str  # the public id, "" where it was never published
    published: datetime
    updated: datetime
    first_seen: datetime
    due: datetime | None
    language: str
    filtered: str
    withdrawn: bool
    story: int
    purged: bool


class Version(Struct, frozen=True):
    """A post of another source, or of the same, that tells the same story."""

    number: int
    source: str
    title: str
    url: str


class Link(Struct, frozen=True):
    """A link under a post, with the score by which it was chosen."""

    title: str
    url: str
    source: str
    score: float
    hidden: bool
    scope: str  # "source", "all", or "also" for a copy


class Entry(Struct, frozen=True):
    """A story in one of our feeds."""

    sequence: int
    post: int  # the version that is shown
    first_published: datetime
    current: bool
    history: bool
    gone: bool  # a changed filter took it out
    newer: int  # posts of the same source behind it


class Standing(Struct, frozen=True):
    """How a feed of ours stands to a post."""

    seen: bool = False  # the post was considered
    held_until: datetime | None = None
    is_member: bool = False  # the post's source is one of the feed's now
    joined: int = 0  # posts up to this number were stored when the source joined
    entry: Entry | None = None


class Explain(Table):
    """The way of a post through the store."""

    def find(self, text: str) -> list[int]:
        """Return the posts with this id, guid or address, or else with these words in their titles.

        The newest MOST. Reads all posts: a person asks.
        """
        newest = f"ORDER BY number DESC LIMIT {MOST}"
        numbers = self.db.column(
            f"SELECT number FROM posts WHERE public_id = ?1 OR link = ?1 OR rtrim(link, '/') = ?2 {newest}",
            text,
            text.rstrip("/"),
        )
        numbers = numbers or self.db.column(
            f"SELECT post AS number FROM bodies WHERE guid = ? {newest}", text
        )
        words = [f"%{word}%" for word in text.split()]
        if numbers or not words:
            return numbers
        like = " AND ".join(["title LIKE ?"] * len(words))
        return self.db.column(f"SELECT number FROM posts WHERE {like} {newest}", *words)

    def post(self, number: int) -> Stored:
        """Return a stored post by its number. Raises StoreError where its source or body is gone."""
        if not (row := self.db.row(_POST, number)):
            raise StoreError(damaged(self.db.path, f"post {number} has no source or no body"))
        return codec.noun(Stored, row)

    def updates(self, number: int) -> list[tuple[datetime, str]]:
        """Return when a post was updated, and which of its parts had changed."""
        return [
            (codec.moment(time), parts)
            for time, parts in self.db.rows(
                "SELECT time, parts FROM updates WHERE post = ? ORDER BY time", number
            )
        ]

    def versions(self, post: Stored) -> list[Version]:
        """Return the other posts that tell a post's story, the first stored first."""
        return list(starmap(Version, self.db.rows(_VERSIONS, post.story, post.number)))

    def reports(self, number: int) -> list[Version]:
        """Return the posts that stand with one on the first page, the earliest first."""
        told = (Meta(self.db).read(Stories) or Stories()).of
        story = told.get(number)
        others = [other for other, own in told.items() if own == story and other != number]
        return list(starmap(Version, self.db.rows(_REPORTS, codec.encode(others))))

    def links(self, number: int) -> list[Link]:
        """Return the links under a post, the hidden ones too."""
        return list(starmap(Link, self.db.rows(_LINKS, number)))

    def standing(self, feed_name: str, post: Stored) -> Standing:
        """Return how a feed of ours stands to a post."""
        feed = self.db.row("SELECT number, seen FROM feeds WHERE name = ?", feed_name)
        if feed is None:
            return Standing()
        number, seen = feed
        held = "SELECT until FROM held WHERE feed = ? AND post = ?"
        member = self.db.row(
            """SELECT m.gone = 0, m.joined FROM members m JOIN posts p ON p.source = m.source
            WHERE m.feed = ? AND p.number = ?""",
            number,
            post.number,
        )
        row = self.db.row(_ENTRY, post.story, number)
        entry = row and codec.noun(Entry, row)
        is_member, joined = member or (False, 0)
        until = codec.moment_or_none(self.db.value(held, number, post.number))
        return Standing(post.number <= seen, until, bool(is_member), joined, entry)
