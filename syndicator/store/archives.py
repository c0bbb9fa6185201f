"""Entries of a feed -> its closed archives (RFC 5005, section 4): history in slices that are filled once.

A slice is cut by sequence, so it never moves; it is made again only when a post in it was updated or
withdrawn, when its source left the feed or came back, or when it may name one that did. The open slice, and all
of a feed without archives, are the same but for their documents: the posts in them have pages.
"""

from __future__ import annotations

import sqlite3

from syndicator.model.edition import Archive
from syndicator.model.settings import Feed
from syndicator.store import admission, codec, editions
from syndicator.store.events import ARCHIVE


def count(db: sqlite3.Connection, feed: Feed) -> int:
    """Return how many closed archives a feed has."""
    row = db.execute("SELECT sequence FROM feeds WHERE name = ?", (feed.name,)).fetchone()
    return row[0] // ARCHIVE if row else 0


def stale(db: sqlite3.Connection, feed: Feed) -> list[int]:
    """Return the slices that changed since they were written, the closed ones that never were included."""
    found = db.execute(
        """SELECT a.number FROM archives a JOIN feeds f ON f.number = a.feed
        WHERE f.name = ? AND a.mark <> a.written ORDER BY a.number""",
        (feed.name,),
    )
    return [number for (number,) in found]


def written(db: sqlite3.Connection, feed: Feed, which: int) -> None:
    """Note that a slice stands on disk as it should."""
    db.execute(
        "UPDATE archives SET written = mark WHERE number = ? AND feed = (SELECT number FROM feeds WHERE name = ?)",
        (which, feed.name),
    )


def archive(db: sqlite3.Connection, feed: Feed, which: int) -> Archive:
    """Return a slice of history, newest first; 1 is the oldest. Of an open one only what left the documents."""
    number, *_ = admission.feed_row(db, feed.name)
    closed = "" if feed.archives and which <= count(db, feed) else "AND e.current = 0"
    query = f"""{editions.ENTRY % ""} WHERE e.feed = ? AND e.sequence BETWEEN ? AND ? {closed}
        AND NOT story.withdrawn AND NOT p.withdrawn
        AND EXISTS (SELECT 1 FROM members m WHERE m.feed = e.feed AND m.source = e.source AND m.gone = 0)
        ORDER BY e.sequence DESC"""
    found = editions.items(db, query, number, (which - 1) * ARCHIVE + 1, which * ARCHIVE)
    (touched,) = db.execute(
        "SELECT touched FROM archives WHERE feed = ? AND number = ?", (number, which)
    ).fetchone()  # fmt: skip
    return Archive(which, tuple(found), codec.moment(touched))
