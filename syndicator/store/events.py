"""What happened to a post -> the feeds and archives that show it are marked, so that they are made again."""

from __future__ import annotations

import sqlite3
from datetime import datetime

# Entries in a closed archive. A constant for ever: another number would cut all of history anew.
ARCHIVE = 100


def last_event(db: sqlite3.Connection) -> int:
    """Return the number of the last event so far."""
    return int(db.execute("SELECT value FROM meta WHERE key = 'event'").fetchone()[0])


def next_event(db: sqlite3.Connection) -> int:
    """Count one more event and return its number."""
    return int(
        db.execute(
            "UPDATE meta SET value = value + 1 WHERE key = 'event' RETURNING value"
        ).fetchall()[0][0]
    )


def touch(db: sqlite3.Connection, number: int, now: datetime | None) -> None:
    """Mark every feed and archive that shows a post; `now` is when it changed, None where that makes nothing newer."""
    shown = db.execute(
        """SELECT e.feed, e.sequence FROM posts p JOIN entries e ON e.story = coalesce(p.copy_of, p.number)
        WHERE p.number = ? AND (e.post = p.number OR e.story = p.number)""",
        (number,),
    ).fetchall()
    for feed, sequence in shown:
        mark_feed(db, feed, now)
        mark_archive(db, feed, sequence, now)


def mark_feed(db: sqlite3.Connection, feed: int, now: datetime | None) -> None:
    """Say that something in a feed's edition changed now."""
    db.execute(
        "UPDATE feeds SET mark = ?, updated = max(updated, coalesce(?, updated)) WHERE number = ?",
        (next_event(db), now and now.timestamp(), feed),
    )


def mark_archives_of(db: sqlite3.Connection, feed: int, source: int) -> None:
    """Say that the slices with posts of a source changed, since it or one of its posts leaves a feed, or comes back.

    Where one of its posts was ever popular, all slices: any page may name that post.
    """
    everywhere = f"SELECT 1 {_OF_SOURCE} AND popular = 1 LIMIT 1"
    db.execute(
        f"""UPDATE archives SET mark = ?1 WHERE feed = ?2 AND (EXISTS ({everywhere})
        OR number IN (SELECT (sequence - 1) / ?4 + 1 {_OF_SOURCE}))""",
        (next_event(db), feed, source, ARCHIVE),
    )


_OF_SOURCE = "FROM entries INDEXED BY entries_by_source WHERE feed = ?2 AND source = ?3"


def mark_archive(db: sqlite3.Connection, feed: int, sequence: int, now: datetime | None) -> None:
    """Say that the slice of an entry changed, be it a closed archive or the open one."""
    db.execute(
        """UPDATE archives SET mark = (SELECT value FROM meta WHERE key = 'event'), touched = coalesce(?, touched)
        WHERE feed = ? AND number = ?""",
        (now and now.timestamp(), feed, (sequence - 1) // ARCHIVE + 1),
    )
