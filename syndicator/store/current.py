"""Entries of a feed -> which of them stand in its documents now.

The newest `limit` by first publication, and beyond them all that have stood there for less than `stay`, so
that a reader who polls daily sees every post of a burst. A feed's first edition has no reader yet: it holds
`limit` posts and no more.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from syndicator.model import Feed, Source
from syndicator.store import frozen


def settle(
    db: sqlite3.Connection, number: int, feed: Feed, selected: Mapping[int, Source], now: datetime
) -> bool:  # fmt: skip
    """Decide anew which entries stand in the documents; tell whether that changed anything."""
    cutoff = (now - feed.stay).timestamp()
    query = "SELECT sequence FROM entries INDEXED BY entries_current WHERE feed = ? AND current = 1"
    before = {sequence for (sequence,) in db.execute(query, (number,))}
    after: set[int] = set()
    per_source: Counter[int] = Counter()
    for sequence, source, first_published in _newest_first(db, number, selected):
        stays = first_published > cutoff
        if len(after) >= feed.limit and not stays:
            break
        cap = selected[source].limit
        room = len(after) < feed.limit and not (cap and per_source[source] >= cap)
        if room or (stays and sequence in before):
            after.add(sequence)
            per_source[source] += 1
    change = "UPDATE entries SET current = ? WHERE feed = ? AND sequence = ?"
    db.executemany(change, [(0, number, sequence) for sequence in before - after])
    db.executemany(change, [(1, number, sequence) for sequence in after - before])
    return before != after


def _newest_first(
    db: sqlite3.Connection, feed: int, selected: Mapping[int, Source]
) -> Iterator[tuple[int, int, float]]:  # fmt: skip
    """Walk back through what may be shown; a version whose source has left gives its place to another one."""
    walk = db.execute(
        """-- read only as far back as is needed
        SELECT e.sequence, e.source, e.first_published, e.story FROM entries e
        JOIN posts story ON story.number = e.story JOIN posts shown ON shown.number = e.post
        WHERE e.feed = ? AND NOT story.withdrawn AND NOT shown.withdrawn ORDER BY e.sequence DESC""",
        (feed,),
    )
    for sequence, source, first_published, story in walk:
        if source in selected:
            yield sequence, source, first_published
        elif other := _other_version(db, story, selected):
            number, place = other
            change = "UPDATE entries SET post = ?, source = ? WHERE feed = ? AND sequence = ?"
            db.execute(change, (number, place, feed, sequence))
            frozen.freeze(db, [(number, story, place)])
            yield sequence, place, first_published


def _other_version(db: sqlite3.Connection, story: int, selected: Mapping[int, Source]) -> tuple[int, int] | None:
    versions = db.execute(
        """SELECT number, source FROM posts WHERE (number = ?1 OR copy_of = ?1)
        AND filtered = '' AND withdrawn = 0 ORDER BY number""",
        (story,),
    )
    return next(((number, source) for number, source in versions if source in selected), None)
