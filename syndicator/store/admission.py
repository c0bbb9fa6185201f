"""Stored posts -> entries of one of our feeds: which are published now for the first time, in what order.

A post is considered once by each feed, when it is new; what is passed over then is never published later.
Membership in the documents (`current`) is decided here too, when something happens, and kept: the clock
alone never changes a document.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from uuid import uuid4

from msgspec import Struct

from syndicator.model.post import Post
from syndicator.model.settings import Feed, Source
from syndicator.store import codec, current, events, frozen, hidden, posts, publicid

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
_ROW = f"""SELECT p.number, p.source, coalesce(p.copy_of, p.number), p.published, p.due, p.language, p.filtered,
    p.withdrawn OR coalesce(lead.withdrawn, 0), coalesce(lead.public_id, p.public_id), p.title, p.link, b.guid,
    {_UNDATED}
    FROM posts p JOIN bodies b ON b.post = p.number LEFT JOIN posts lead ON lead.number = p.copy_of"""


def feed_row(
    db: sqlite3.Connection, name: str, wanted_id: str = ""
) -> tuple[int, str, int, int, str]:
    """Return number, id, seen, sequence and shape of a feed, made where it is new."""
    find = "SELECT number, id, seen, sequence, shape FROM feeds WHERE name = ?"
    row = db.execute(find, (name,)).fetchone()
    if row is None:
        db.execute("INSERT INTO feeds (name, id) VALUES (?, ?)", (name, wanted_id or uuid4().urn))
        row = db.execute(find, (name,)).fetchone()
    return row[0], wanted_id or row[1], row[2], row[3], row[4]


def feed_names(db: sqlite3.Connection) -> set[str]:
    """Return the names of all feeds that have a row."""
    return {name for (name,) in db.execute("SELECT name FROM feeds")}


def name_feed(db: sqlite3.Connection, name: str, feed_id: str) -> None:
    """Make the row of a feed with an id, unless another feed has it: a folder may have been copied."""
    db.execute(
        "INSERT INTO feeds (name, id) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM feeds WHERE id = ?2)",
        (name, feed_id),
    )


def selects(feed: Feed, source: Source) -> bool:
    """Tell whether a feed takes a source's posts."""
    if not source.publish:
        return False
    if not feed.sources and not feed.tags:
        return True
    return source.id in feed.sources or not set(feed.tags).isdisjoint(source.tags)


def speaks(feed: Feed, language: str) -> bool:
    """Tell whether a feed takes posts in a language: "pt" also takes "pt-BR"."""
    if not feed.languages:
        return True
    language = language.lower()
    return any(
        language == tag.lower() or language.startswith(tag.lower() + "-") for tag in feed.languages
    )


def chosen(db: sqlite3.Connection, feed: Feed, sources: Mapping[str, Source]) -> dict[int, Source]:
    """Return the sources that a feed takes, by their numbers."""
    named = (
        sources.values()
        if feed.tags or not feed.sources
        else filter(None, map(sources.get, feed.sources))
    )
    wanted = {source.id: source for source in named if selects(feed, source)}
    if len(wanted) > _FEW:
        numbers = db.execute("SELECT number, id FROM sources")
    else:
        numbers = db.execute(
            "SELECT number, id FROM sources WHERE id IN (SELECT value FROM json_each(?))",
            (codec.dumps(list(wanted)),),
        )
    return {number: wanted[source_id] for number, source_id in numbers if source_id in wanted}


def shape(feed: Feed, selected: Mapping[int, Source]) -> str:
    """Return a digest of all settings that say which published posts stand in the documents."""
    text = [
        f"{feed.limit} {feed.stay}",
        *(f"{number} {s.limit}" for number, s in sorted(selected.items())),
    ]
    return blake2b("\n".join(text).encode(), digest_size=8).hexdigest()


def admit(
    db: sqlite3.Connection, feed: Feed, sources: Mapping[str, Source], now: datetime, accepts: Accepts | None
) -> list[int]:  # fmt: skip
    """Publish what is new in a feed; return the posts' numbers in the order of their sequence."""
    number, _, seen, last, old_shape = feed_row(db, feed.name)
    ripen(db, now)
    selected = chosen(db, feed, sources)
    new_shape = shape(feed, selected)
    if new_shape == old_shape and not _anything(db, number, seen, now):
        return []

    def fits(row: Row) -> bool:
        return speaks(feed, row.language) and (
            accepts is None or accepts(posts.whole(db, row.number))
        )

    before = _members(db, number)
    found = _considered(db, number, seen, selected, now, fits=fits, first=last == 0)
    admitted = _unpublished(db, number, seen, selected, filter(fits, found), now, before)
    fresh = _publish(db, number, last, admitted, selected, now)
    anew = new_shape != old_shape or _members(db, number) != before
    if fresh or anew:
        changed = current.settle(db, number, feed, selected, now, since=0 if anew else last + 1)
        if changed or fresh:
            events.mark_feed(db, number, now)
    # A feed without posts is as old as itself, not of 1970.
    db.execute(
        """UPDATE feeds SET seen = (SELECT coalesce(max(number), 0) FROM posts), shape = ?,
        updated = iif(updated > 0, updated, ?) WHERE number = ?""",
        (new_shape, now.timestamp(), number),
    )
    return fresh


def _anything(db: sqlite3.Connection, feed: int, seen: int, now: datetime) -> bool:
    """Tell whether there is a post that a feed has not considered, or has to consider again."""
    ((newest, held),) = db.execute(
        """SELECT (SELECT coalesce(max(number), 0) FROM posts),
        EXISTS (SELECT 1 FROM held WHERE feed = ? AND until <= ?)""",
        (feed, now.timestamp()),
    )
    return bool(newest > seen or held)


def ripen(db: sqlite3.Connection, now: datetime) -> None:
    """Give posts the date that they announced, once it has passed."""
    ripe = db.execute(
        "SELECT number, due, published FROM posts WHERE due <= ?", (now.timestamp(),)
    ).fetchall()
    for number, due, published in ripe:
        db.execute("UPDATE posts SET published = ?, due = NULL WHERE number = ?", (due, number))
        if due != published:
            events.touch(db, number, now)


def _considered(
    db: sqlite3.Connection, feed: int, seen: int, selected: Mapping[int, Source], now: datetime, *,
    fits: Callable[[Row], bool], first: bool,
) -> list[Row]:  # fmt: skip
    """Return the posts that a feed looks at this time: new ones, the newest of joining sources, those held."""
    members = _members(db, feed)
    leave = "UPDATE members SET gone = ? WHERE feed = ? AND source = ?"
    db.executemany(
        leave, [(events.next_event(db), feed, source) for source in members - selected.keys()]
    )
    left = {
        source
        for (source,) in db.execute(
            "SELECT source FROM members WHERE feed = ? AND gone > 0", (feed,)
        )
    }
    for source in (members - selected.keys()) | (left & selected.keys()):  # goes, or comes back
        events.mark_archives_of(db, feed, source)
    hidden.touch_naming(db, members - selected.keys() - hidden.sources_hidden(db), None)
    found = [
        row
        for row in _rows(db, "WHERE p.number > ?", seen)
        if row.source in members and row.source in selected
    ]
    for source in selected.keys() - members:
        # A first edition looks at all that a source has, a later one at the newest of a source that joins.
        joining = list(
            islice(
                filter(fits, _newest_first(db, source)), None if first else selected[source].join
            )
        )
        found += joining
        # It has joined with its first post; where it may bring none (`join = 0`), as soon as it has some.
        if joining or (not first and selected[source].join == 0 and _has_posts(db, source)):
            db.execute(_JOIN, (feed, source))
    held = "WHERE p.number IN (SELECT post FROM held WHERE feed = ? AND until <= ?)"
    found += [row for row in _rows(db, held, feed, now.timestamp()) if row.source in selected]
    db.execute("DELETE FROM held WHERE feed = ? AND until <= ?", (feed, now.timestamp()))
    return found


def _members(db: sqlite3.Connection, feed: int) -> set[int]:
    return {
        source
        for (source,) in db.execute(
            "SELECT source FROM members WHERE feed = ? AND gone = 0", (feed,)
        )
    }


_JOIN = """INSERT INTO members (feed, source) VALUES (?, ?)
    ON CONFLICT (feed, source) DO UPDATE SET gone = 0"""


def _rows(db: sqlite3.Connection, where: str, *values: object) -> Iterable[Row]:
    return (Row(*row) for row in db.execute(f"{_ROW} {where}", values))


def _newest_first(db: sqlite3.Connection, source: int) -> Iterable[Row]:
    """Walk back through the posts of a source that are let through, the undated ones last: they may be of any age."""
    where = "WHERE p.source = ? AND p.filtered = '' AND p.purged = 0"
    return _rows(db, f"{where} ORDER BY {_UNDATED}, p.published DESC, p.number DESC", source)


def _has_posts(db: sqlite3.Connection, source: int) -> bool:
    return (
        db.execute("SELECT 1 FROM posts WHERE source = ? LIMIT 1", (source,)).fetchone() is not None
    )


def _unpublished(
    db: sqlite3.Connection, feed: int, seen: int, selected: Mapping[int, Source], found: Iterable[Row], now: datetime,
    members: Set[int],
) -> list[Row]:  # fmt: skip
    """Return of the posts considered one version of each story that the feed has not published, oldest first.

    An undated post of one of its `members` has just appeared. Of a source that joins, it may be of any age: no such
    post may push out those whose dates are known, so it counts as older than all.
    """
    stories: dict[int, Row] = {}
    # A story's own post goes before its copies.
    for row in sorted(found, key=lambda row: (row.number != row.story, row.number)):
        if row.filtered or row.withdrawn or row.story in stories:
            continue
        if (
            row.due is not None
            and row.due > now.timestamp()
            and selected[row.source].future == "hold"
        ):
            db.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", (feed, row.number, row.due))
            continue
        # A story that came after the last look has no entry yet.
        if row.story > seen or not _has_entry(db, feed, row.story):
            stories[row.story] = row
    return sorted(
        stories.values(),
        key=lambda row: (row.source in members or not row.undated, row.published, row.number),
    )


def _has_entry(db: sqlite3.Connection, feed: int, story: int) -> bool:
    return (
        db.execute("SELECT 1 FROM entries WHERE story = ? AND feed = ?", (story, feed)).fetchone()
        is not None
    )


def _publish(
    db: sqlite3.Connection, feed: int, last: int, admitted: list[Row], selected: Mapping[int, Source], now: datetime
) -> list[int]:  # fmt: skip
    """Give posts their ids and places in a feed, freeze what is to stay, and mark the archives that this fills."""
    if not admitted:
        return []
    for row in admitted:
        if row.public_id is None:
            public_id(db, row, selected[row.source].id, secret=selected[row.source].private)
    frozen.freeze(db, [(row.number, row.story, row.source) for row in admitted])
    # Each stands in the documents at once, so that `stay` holds for it however many come; but for a first edition,
    # which has no reader yet: `current.settle` chooses from it.
    db.executemany(
        "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        [
            (feed, sequence, row.story, row.number, row.source, now.timestamp(), int(last > 0))
            for sequence, row in enumerate(admitted, last + 1)
        ],
    )
    counts = Counter(row.source for row in admitted)
    more = "UPDATE members SET total = total + ? WHERE feed = ? AND source = ?"
    db.executemany(more, [(count, feed, source) for source, count in counts.items()])
    total = last + len(admitted)
    db.execute("UPDATE feeds SET sequence = ? WHERE number = ?", (total, feed))
    closed = range(last // events.ARCHIVE + 1, total // events.ARCHIVE + 1)
    event = events.next_event(db)
    db.executemany(_CLOSE, [(feed, which, event, now.timestamp()) for which in closed])
    db.execute(
        "INSERT OR IGNORE INTO archives VALUES (?, ?, 0, 0, ?)",
        (feed, closed.stop, now.timestamp()),
    )
    if closed:  # the one before links on to the first of them now
        db.execute(
            "UPDATE archives SET mark = ? WHERE feed = ? AND number = ?",
            (event, feed, closed.start - 1),
        )
    return [row.number for row in admitted]


_CLOSE = """INSERT INTO archives (feed, number, mark, touched) VALUES (?, ?, ?, ?)
    ON CONFLICT (feed, number) DO UPDATE SET mark = excluded.mark, touched = excluded.touched"""


def rows_of(db: sqlite3.Connection, numbers: Iterable[int]) -> list[Row]:
    """Return these posts as admission sees them."""
    return list(
        _rows(db, "WHERE p.number IN (SELECT value FROM json_each(?))", codec.dumps(list(numbers)))
    )


def public_id(db: sqlite3.Connection, row: Row, source_id: str, *, secret: bool) -> str:
    """Give a story its public id, made of the version that shows it first; return it."""
    # The date as the source gave it; never the time when we saw the post, which no other store would know.
    given = db.execute(
        "SELECT json_extract(rest, '$.published') FROM bodies WHERE post = ?", (row.number,)
    ).fetchone()
    parts = f"{row.link or row.title}\n{given[0]}"

    def is_free(proposed: str) -> bool:
        taken = db.execute("SELECT 1 FROM posts WHERE public_id = ?", (proposed,)).fetchone()
        return taken is None

    made = publicid.chosen(row.guid, source_id, parts, is_free, secret=secret)
    db.execute("UPDATE posts SET public_id = ? WHERE number = ?", (made, row.story))
    return made
