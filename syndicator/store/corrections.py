"""A corrected title or link of a post -> the lists of other posts, and the pages that name it.

Members of a frozen list stay, and show the post as its source has it now. Pages name the newest
posts of their source beside the frozen lists, and popular posts, as they were when the page was
made. Which pages those are is kept nowhere, so those of about that time are made again: an event of
the source, or of all, is part of their digests (generator/site/digest.py).
"""

from __future__ import annotations

from msgspec import Struct

from syndicator.store import events
from syndicator.store.db import Connection
from syndicator.store.meta import Meta

_NEAR = 50  # posts of a source behind a post whose pages may name it,
_NEAR_POPULAR = 1000  # and posts of any source behind one that was popular


class Corrected(Struct, frozen=True):
    """The last event by which a title or link of a source's posts was corrected, by its number.

    Under 0: of a post that was popular, which any page may name.
    """

    events: dict[int, int] = {}


def spread(db: Connection, number: int, title: str, link: str) -> None:
    """Show a post by its corrected title and link wherever it is listed."""
    change = "UPDATE links SET title = ?, url = ? WHERE target = ? RETURNING post"
    naming = db.column(change, title, link, number)
    # Their bodies change, but it is no news of theirs.
    events.touch(db, sorted(set(naming)), None)
    entries = db.rows(_ENTRIES, number)
    if not entries:
        return
    noted = dict((Meta(db).read(Corrected) or Corrected()).events)
    for feed, source, sequence, popular in entries:
        noted[0 if popular else source] = event = events.next_event(db)
        last = db.value(_LAST_NEAR, feed, source, sequence, _NEAR) or sequence
        last = max(last, sequence + popular * _NEAR_POPULAR)
        # From the slice before its own: its posts stood in the documents when it came.
        span = (sequence - 1) // events.ARCHIVE, (last - 1) // events.ARCHIVE + 1
        mark = "UPDATE archives SET mark = ? WHERE feed = ? AND number BETWEEN ? AND ?"
        db.execute(mark, (event, feed, *span))
    Meta(db).write(Corrected(noted))


_ENTRIES = """SELECT e.feed, e.source, e.sequence, e.popular FROM posts p
    JOIN entries e INDEXED BY entries_by_story ON e.story = coalesce(p.copy_of, p.number)
    WHERE p.number = ? AND e.post = p.number"""
_LAST_NEAR = """SELECT max(sequence) FROM (SELECT sequence FROM entries INDEXED BY entries_by_source
    WHERE feed = ? AND source = ? AND sequence > ? ORDER BY sequence LIMIT ?)"""
