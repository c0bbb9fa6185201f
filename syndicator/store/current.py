"""Entries of a feed -> those that stand in its documents now.

The newest `limit` by first publication, and beyond them all that have stood there for less than
`stay`, so that a reader who polls daily sees every post of a burst. Of a source with a `limit` of
its own never more than that. A feed's first edition has no reader yet: it holds `limit` posts and
no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from syndicator.model.settings import Feed, Source
from syndicator.store import events, links
from syndicator.store.db import Connection

_VISIBLE = """SELECT e.sequence, e.source, e.story FROM entries e %s
    JOIN posts story ON story.number = e.story JOIN posts shown ON shown.number = e.post
    WHERE e.feed = ? AND e.history = 0 AND e.gone = 0
    AND NOT story.withdrawn AND NOT shown.withdrawn"""
_STANDING = "INDEXED BY entries_current"


def choose(
    db: Connection,
    number: int,
    feed: Feed,
    selected: Mapping[int, Source],
    now: datetime,
    since: int = 0,
) -> bool:
    """Decide anew which entries stand in the documents; tell whether that changed anything.

    `since`: all is as it was but for the entries from this sequence on, so none older than those
    that stand there comes back. 0: the sources or limits changed, or a post was withdrawn.
    """
    before = set(
        db.column(
            f"SELECT sequence FROM entries {_STANDING} WHERE feed = ? AND current = 1", number
        )
    )
    standing_now = _newest(db, number, feed.limit, selected, min(before | {since}) if since else 0)
    # A post that came within `stay` stays beyond the limit, as long as it still stands there:
    # nothing comes back by it.
    rows = db.rows(
        f"{_VISIBLE % _STANDING} AND e.current = 1 AND e.first_published > ?",
        number,
        (now - feed.stay).timestamp(),
    )
    standing_now.update(_versions(db, number, rows, selected))
    after = _within_limits(standing_now, selected)
    change = "UPDATE entries SET current = ? WHERE feed = ? AND sequence = ?"
    db.executemany(change, [(0, number, sequence) for sequence in before - after])
    db.executemany(change, [(1, number, sequence) for sequence in after - before])
    _mark_slices_of(db, number, feed, before - after)
    return before != after


def _mark_slices_of(db: Connection, number: int, feed: Feed, left: Iterable[int]) -> None:
    """Mark the slices that name posts (sequences) from now on, as these left the documents.

    A closed archive has named them since it was closed.
    """
    archives = db.value("SELECT sequence FROM feeds WHERE number = ?", number) // events.ARCHIVE
    slices = {(sequence - 1) // events.ARCHIVE + 1 for sequence in left}
    if feed.archives:
        slices = set(filter(archives.__lt__, slices))
    if slices:
        events.mark_slices(db, number, slices)


def _within_limits(standing: Mapping[int, int], selected: Mapping[int, Source]) -> set[int]:
    """Return these entries (sequence -> source), of each source the newest up to its own limit."""
    within: set[int] = set()
    counts: Counter[int] = Counter()
    for sequence, source in sorted(standing.items(), reverse=True):
        counts[source] += 1
        if not selected[source].limit or counts[source] <= selected[source].limit:
            within.add(sequence)
    return within


def _newest(
    db: Connection, feed: int, limit: int, selected: Mapping[int, Source], since: int
) -> dict[int, int]:
    """Return the newest entries from a sequence on, of each source no more than its own limit.

    Each with its source, by sequence.
    """
    newest: dict[int, int] = {}
    counts: Counter[int] = Counter()
    # Read only as far back as is needed: that may be far where most sources of a long history left.
    walk = db.execute(
        f"{_VISIBLE % ''} AND e.sequence >= ? ORDER BY e.sequence DESC", (feed, since)
    )
    for sequence, source in _versions(db, feed, walk, selected):
        if len(newest) >= limit:
            break
        cap = selected[source].limit
        if not cap or counts[source] < cap:
            newest[sequence] = source
            counts[source] += 1
    return newest


def _versions(
    db: Connection,
    feed: int,
    visible: Iterable[tuple[int, int, int]],
    selected: Mapping[int, Source],
) -> Iterator[tuple[int, int]]:
    """Yield sequence and source of entries.

    A version whose source has left gives way to another.
    """
    for sequence, source, story in visible:
        if source in selected:
            yield sequence, source
        elif other := _other_version(db, story, selected):
            number, place = other
            db.execute(
                "UPDATE entries SET post = ?, source = ? WHERE feed = ? AND sequence = ?",
                (number, place, feed, sequence),
            )
            links.freeze(db, [(number, story, place)])
            yield sequence, place


def _other_version(
    db: Connection, story: int, selected: Mapping[int, Source]
) -> tuple[int, int] | None:
    versions = db.rows(
        """SELECT number, source FROM posts WHERE (number = ?1 OR copy_of = ?1)
        AND filtered = '' AND withdrawn = 0 ORDER BY number""",
        story,
    )
    return next(((number, source) for number, source in versions if source in selected), None)
