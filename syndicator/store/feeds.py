"""Stored posts -> entries of one of our feeds: which are published now, and in what order.

A post is considered once by each feed, when it is new; a post passed over then is never published
later. Membership in the documents (`current`) is decided here too, when something happens, and kept:
the clock alone never changes a document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from uuid import uuid4

from msgspec import Struct

from syndicator.model.post import Post
from syndicator.model.settings import Feed, Source
from syndicator.store import codec, current, events, links, publicid
from syndicator.store.db import Connection, Table
from syndicator.store.posts import Posts

Accepts = Callable[[Post], bool]
_FEW = 50  # sources are looked up one by one; more of them are found faster in a list of all


class Row(Struct, frozen=True):
    """A stored post as far as admission needs it."""

    number: int
    source: int
    story: int
    published: float
    due: float | None
    language: str
    filtered: str
    withdrawn: bool
    public_id: str | None
    title: str
    link: str
    guid: str
    undated: bool


_UNDATED = "json_extract(b.rest, '$.published') IS NULL AND p.due IS NULL"
_ROW = f"""SELECT p.number, p.source, coalesce(p.copy_of, p.number), p.published, p.due, p.language,
    p.filtered, p.withdrawn OR coalesce(lead.withdrawn, 0), coalesce(lead.public_id, p.public_id),
    p.title, p.link, b.guid, {_UNDATED}
    FROM posts p JOIN bodies b ON b.post = p.number LEFT JOIN posts lead ON lead.number = p.copy_of"""


class FeedRow(Struct, frozen=True):
    """A feed of ours as its row has it."""

    number: int
    id: str
    seen: int = 0  # posts up to this number have been considered
    sequence: int = 0  # the last one given
    shape: str = ""
    updated: float = 0.0


class Feeds(Table):
    """Our own feeds, and which posts each has published."""

    __slots__ = ()

    def names(self) -> Set[str]:
        """Return the names of the feeds that were ever published from this file."""
        return set(self.db.column("SELECT name FROM feeds"))

    def register(self, name: str, feed_id: str) -> None:
        """Give a feed that was never published from this file the id that it has had elsewhere.

        Not where another feed has that id: a folder may have been copied.
        """
        self.db.execute(
            """INSERT INTO feeds (name, id)
            SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM feeds WHERE id = ?2)""",
            (name, feed_id),
        )

    def row(self, name: str) -> FeedRow:
        """Return the row of a feed, made where it is new."""
        find = "SELECT number, id, seen, sequence, shape, updated FROM feeds WHERE name = ?"
        row = self.db.row(find, name)
        if row is None:
            add = "INSERT INTO feeds (name, id) VALUES (?, ?)"
            self.db.execute(add, (name, uuid4().urn))
            row = self.db.row(find, name)
        return FeedRow(*row)

    def stamp(self, feed: Feed) -> str:
        """Return a stamp that changes whenever the edition does; needs no look at the posts."""
        row = self.db.row("SELECT id, mark, shape FROM feeds WHERE name = ?", feed.name)
        return " ".join(map(str, row or ()))

    def last_event(self) -> int:
        """Return the number of the last event that changed what is published."""
        return events.last_event(self.db)

    def admit(
        self,
        feed: Feed,
        configured: Mapping[str, Source],
        now: datetime,
        accepts: Accepts | None = None,
    ) -> list[int]:
        """Publish what is new in a feed; return the numbers of these posts, in their sequence.

        `configured` are the sources of the configuration by id; `accepts` is the feed's own filter.
        Everything is decided and kept here: what is published, its sequence, public id, credit, and
        which posts stand in the documents. Their lists are still to be chosen: `Links.keep`.
        """
        with self.db.transaction():
            return _admit(self.db, feed, configured, now, accepts)


def selects(feed: Feed, source: Source) -> bool:
    """Tell whether a feed takes a source's posts."""
    if not source.publish:
        return False
    if not feed.sources and not feed.tags:
        return True
    return source.id in feed.sources or not set(feed.tags).isdisjoint(source.tags)


def _speaks(feed: Feed, language: str) -> bool:
    """Tell whether a feed takes posts in a language: "pt" also takes "pt-BR"."""
    tags = [tag.lower() for tag in feed.languages]
    language = language.lower()
    return not tags or any(language == tag or language.startswith(f"{tag}-") for tag in tags)


def _chosen(db: Connection, feed: Feed, configured: Mapping[str, Source]) -> dict[int, Source]:
    """Return the sources that a feed takes, by their numbers."""
    named: Iterable[Source] = configured.values()
    if feed.sources and not feed.tags:
        named = filter(None, map(configured.get, feed.sources))
    wanted = {source.id: source for source in named if selects(feed, source)}
    query = "SELECT number, id FROM sources"
    if len(wanted) > _FEW:
        rows = db.rows(query)
    else:
        few = f"{query} WHERE id IN (SELECT value FROM json_each(?))"
        rows = db.rows(few, codec.encode(list(wanted)))
    return {number: wanted[source_id] for number, source_id in rows if source_id in wanted}


def _shape(feed: Feed, selected: Mapping[int, Source]) -> str:
    """Return a digest of all settings that say which published posts stand in the documents."""
    limits = [f"{number} {source.limit}" for number, source in sorted(selected.items())]
    text = "\n".join([f"{feed.limit} {feed.stay}", *limits])
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _admit(
    db: Connection, feed: Feed, configured: Mapping[str, Source], now: datetime, accepts: Accepts | None
) -> list[int]:  # fmt: skip
    row = Feeds(db).row(feed.name)
    apply_scheduled_dates(db, now)
    selected = _chosen(db, feed, configured)
    shape = _shape(feed, selected)
    if shape == row.shape and not _has_new(db, row, now):
        return []

    def fits(post: Row) -> bool:
        if not _speaks(feed, post.language):
            return False
        return accepts is None or accepts(Posts(db).read([post.number])[post.number])

    before = _members(db, row.number)
    considered = _considered(db, row, selected, now, fits)
    admitted = _unpublished(db, row, selected, filter(fits, considered), now, before)
    new = _publish(db, row, admitted, selected, now)
    anew = shape != row.shape or _members(db, row.number) != before
    if new or anew:
        since = 0 if anew else row.sequence + 1
        changed = current.choose(db, row.number, feed, selected, now, since)
        if changed or new:
            events.mark_feed(db, row.number, now)
    # A feed without posts is as old as itself, not of 1970.
    db.execute(
        """UPDATE feeds SET seen = (SELECT coalesce(max(number), 0) FROM posts), shape = ?,
        updated = iif(updated > 0, updated, ?) WHERE number = ?""",
        (shape, now.timestamp(), row.number),
    )
    return new


def _has_new(db: Connection, feed: FeedRow, now: datetime) -> bool:
    """Tell whether there is a post that a feed has not considered, or has to consider again."""
    newest, held = db.row(
        """SELECT (SELECT coalesce(max(number), 0) FROM posts),
        EXISTS (SELECT 1 FROM held WHERE feed = ? AND until <= ?)""",
        feed.number,
        now.timestamp(),
    )
    return bool(newest > feed.seen or held)


def apply_scheduled_dates(db: Connection, now: datetime) -> None:
    """Give posts the date that they announced, once it has passed."""
    query = "SELECT number, due, published FROM posts WHERE due <= ?"
    for number, due, published in db.rows(query, now.timestamp()):
        db.execute("UPDATE posts SET published = ?, due = NULL WHERE number = ?", (due, number))
        if due != published:
            events.touch(db, [number], now)


def _considered(
    db: Connection,
    feed: FeedRow,
    selected: Mapping[int, Source],
    now: datetime,
    fits: Callable[[Row], bool],
) -> list[Row]:
    """Return the posts that a feed looks at now: new ones, the newest of joining sources, held ones."""
    members, first = _members(db, feed.number), feed.sequence == 0
    _note_departures(db, feed.number, members, selected.keys())
    rows = _rows(db, "WHERE p.number > ?", feed.seen)
    considered = [row for row in rows if row.source in members and row.source in selected]
    for source in selected.keys() - members:
        join = selected[source].join
        # A first edition looks at all that a source has, a later one at the newest of a new source.
        joining = list(islice(filter(fits, _newest_first(db, source)), None if first else join))
        considered += joining
        # It has joined with its first post; where it may bring none (`join = 0`), once it has some.
        if joining or (not first and join == 0 and _has_posts(db, source)):
            db.execute(_JOIN, (feed.number, source))
    held = "WHERE p.number IN (SELECT post FROM held WHERE feed = ? AND until <= ?)"
    rows = _rows(db, held, feed.number, now.timestamp())
    considered += [row for row in rows if row.source in selected]
    over = "DELETE FROM held WHERE feed = ? AND until <= ?"
    db.execute(over, (feed.number, now.timestamp()))
    return considered


_JOIN = """INSERT INTO members (feed, source) VALUES (?, ?)
    ON CONFLICT (feed, source) DO UPDATE SET gone = 0"""


def _note_departures(db: Connection, feed: int, members: Set[int], selected: Set[int]) -> None:
    """Note which sources leave a feed, and mark the archives of those that leave or come back."""
    leaving = members - selected
    for source in leaving:
        leave = "UPDATE members SET gone = ? WHERE feed = ? AND source = ?"
        db.execute(leave, (events.next_event(db), feed, source))
    left = db.column("SELECT source FROM members WHERE feed = ? AND gone > 0", feed)
    for source in leaving | (selected & set(left)):
        events.mark_archives_of(db, feed, source)
    links.touch_naming(db, leaving - links.hidden_sources(db), None)


def _members(db: Connection, feed: int) -> set[int]:
    return set(db.column("SELECT source FROM members WHERE feed = ? AND gone = 0", feed))


def _rows(db: Connection, where: str, *values: object) -> Iterable[Row]:
    return (Row(*row) for row in db.rows(f"{_ROW} {where}", *values))


def _newest_first(db: Connection, source: int) -> Iterable[Row]:
    """Return a source's posts that are let through, newest first; undated ones last, of any age."""
    where = "WHERE p.source = ? AND p.filtered = '' AND p.purged = 0"
    return _rows(db, f"{where} ORDER BY {_UNDATED}, p.published DESC, p.number DESC", source)


def _has_posts(db: Connection, source: int) -> bool:
    return db.row("SELECT 1 FROM posts WHERE source = ? LIMIT 1", source) is not None


def _unpublished(
    db: Connection,
    feed: FeedRow,
    selected: Mapping[int, Source],
    considered: Iterable[Row],
    now: datetime,
    members: Set[int],
) -> list[Row]:
    """Return of the posts considered one version of each story not published yet, oldest first.

    An undated post of one of the feed's `members` has just appeared. Of a source that joins, it may
    be of any age: such a post may push out none whose date is known, so it counts as older than all.
    """
    stories: dict[int, Row] = {}
    # A story's own post goes before its copies.
    for row in sorted(considered, key=lambda row: (row.number != row.story, row.number)):
        if row.filtered or row.withdrawn or row.story in stories:
            continue
        holds = selected[row.source].future == "hold"
        if holds and row.due is not None and row.due > now.timestamp():
            hold = "INSERT OR REPLACE INTO held VALUES (?, ?, ?)"
            db.execute(hold, (feed.number, row.number, row.due))
            continue
        # A story that came after the last look has no entry yet.
        if row.story > feed.seen or not _has_entry(db, feed.number, row.story):
            stories[row.story] = row

    def age(row: Row) -> tuple[bool, float, int]:
        return row.source in members or not row.undated, row.published, row.number

    return sorted(stories.values(), key=age)


def _has_entry(db: Connection, feed: int, story: int) -> bool:
    query = "SELECT 1 FROM entries WHERE story = ? AND feed = ?"
    return db.row(query, story, feed) is not None


def _publish(
    db: Connection,
    feed: FeedRow,
    admitted: Sequence[Row],
    selected: Mapping[int, Source],
    now: datetime,
) -> list[int]:
    """Give posts their ids and places in a feed, freeze what is to stay, and mark filled archives."""
    if not admitted:
        return []
    for row in admitted:
        if row.public_id is None:
            source = selected[row.source]
            _give_public_id(db, row, source.id, secret=source.private)
    links.freeze(db, [(row.number, row.story, row.source) for row in admitted])
    # Each stands in the documents at once, so that `stay` holds for it however many come. Not so of
    # a first edition, which has no reader yet: `current.choose` chooses from it.
    place = feed.number, now.timestamp(), int(feed.sequence > 0)
    db.executemany(
        f"""INSERT INTO entries (feed, first_published, current, sequence, story, post, source)
        VALUES ({", ".join("?" * 7)})""",
        [
            (*place, sequence, row.story, row.number, row.source)
            for sequence, row in enumerate(admitted, feed.sequence + 1)
        ],
    )
    for source_number, count in Counter(row.source for row in admitted).items():
        more = "UPDATE members SET total = total + ? WHERE feed = ? AND source = ?"
        db.execute(more, (count, feed.number, source_number))
    total = feed.sequence + len(admitted)
    db.execute("UPDATE feeds SET sequence = ? WHERE number = ?", (total, feed.number))
    _close_archives(db, feed, total, now)
    return [row.number for row in admitted]


def _close_archives(db: Connection, feed: FeedRow, total: int, now: datetime) -> None:
    """Mark the archives that are full now, open the one behind them."""
    closed = range(feed.sequence // events.ARCHIVE + 1, total // events.ARCHIVE + 1)
    event, number = events.next_event(db), feed.number
    db.executemany(_CLOSE, [(number, archive, event, now.timestamp()) for archive in closed])
    opened = "INSERT OR IGNORE INTO archives VALUES (?, ?, 0, 0, ?)"
    db.execute(opened, (number, closed.stop, now.timestamp()))
    if closed:  # the one before links on to the first of them now
        before = "UPDATE archives SET mark = ? WHERE feed = ? AND number = ?"
        db.execute(before, (event, number, closed.start - 1))


_CLOSE = """INSERT INTO archives (feed, number, mark, touched) VALUES (?, ?, ?, ?)
    ON CONFLICT (feed, number) DO UPDATE SET mark = excluded.mark, touched = excluded.touched"""


def _give_public_id(db: Connection, row: Row, source_id: str, *, secret: bool) -> None:
    """Give a story its public id, made of the version that shows it first."""
    # The date as the source gave it; never the time of ours, which no other store would know.
    rest = db.value("SELECT rest FROM bodies WHERE post = ?", row.number)
    given = codec.seconds_or_none(codec.read_fields(Post, rest).get("published"))
    parts = f"{row.link or row.title}\n{given}"

    def is_free(proposed: str) -> bool:
        return db.row("SELECT 1 FROM posts WHERE public_id = ?", proposed) is None

    chosen = publicid.chosen(row.guid, source_id, parts, is_free, secret=secret)
    db.execute("UPDATE posts SET public_id = ? WHERE number = ?", (chosen, row.story))
