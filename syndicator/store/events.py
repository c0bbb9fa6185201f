"""A change of a post -> marks on the feeds and archives that show it, to be made again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from syndicator.store.db import Connection

# Entries in a closed archive. A constant for ever: another number would cut all of history anew.
ARCHIVE = 100


def last_event(db: Connection) -> int:
    """Return the number of the last event so far."""
    return int(db.value("SELECT value FROM meta WHERE key = 'event'"))


def next_event(db: Connection) -> int:
    """Count one more event and return its number."""
    return int(db.value("UPDATE meta SET value = value + 1 WHERE key = 'event' RETURNING value"))


def touch(db: Connection, numbers: Iterable[int], now: datetime | None) -> None:
    """Mark every feed and archive that shows one of these posts.

    `now` is when they changed, None where that makes no document newer.
    """
    for number in numbers:
        for feed, sequence in db.rows(_SHOWN, number):
            mark_feed(db, feed, now)
            db.execute(
                _MARK_ARCHIVE, (now and now.timestamp(), feed, (sequence - 1) // ARCHIVE + 1)
            )


_SHOWN = """SELECT e.feed, e.sequence FROM posts p
    JOIN entries e ON e.story = coalesce(p.copy_of, p.number)
    WHERE p.number = ? AND (e.post = p.number OR e.story = p.number)"""
_MARK_ARCHIVE = """UPDATE archives SET mark = (SELECT value FROM meta WHERE key = 'event'),
    touched = coalesce(?, touched) WHERE feed = ? AND number = ?"""


def mark_feed(db: Connection, feed: int, now: datetime | None) -> None:
    """Note that something in a feed's edition changed now."""
    db.execute(
        "UPDATE feeds SET mark = ?, updated = max(updated, coalesce(?, updated)) WHERE number = ?",
        (next_event(db), now and now.timestamp(), feed),
    )


def mark_slices(db: Connection, feed: int, numbers: Iterable[int]) -> None:
    """Mark slices of history by their numbers."""
    event = next_event(db)
    marks = [(event, feed, number) for number in numbers]
    db.executemany("UPDATE archives SET mark = ? WHERE feed = ? AND number = ?", marks)


def mark_archives_of(db: Connection, feed: int, source: int) -> None:
    """Mark the slices with posts of a source: it or one of its posts leaves a feed, or comes back.

    Where one of its posts was ever popular, all slices: any page may name that post.
    """
    everywhere = f"SELECT 1 {_OF_SOURCE} AND popular = 1 LIMIT 1"
    db.execute(
        f"""UPDATE archives SET mark = ?1 WHERE feed = ?2 AND (EXISTS ({everywhere})
        OR number IN (SELECT (sequence - 1) / ?4 + 1 {_OF_SOURCE}))""",
        (next_event(db), feed, source, ARCHIVE),
    )


_OF_SOURCE = "FROM entries INDEXED BY entries_by_source WHERE feed = ?2 AND source = ?3"
