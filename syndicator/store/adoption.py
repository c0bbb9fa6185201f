"""A source's first posts -> whether it is one that we knew under another address, whose history it takes over.

An operator who puts a feed's new address into feeds.toml, where no redirect told us of it, gives the source a new
id. Its posts would be known again, but as another source's copies: their lists would go, and readers see them anew.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence, Set

from syndicator import urls
from syndicator.model.post import KnownPost, Post
from syndicator.store import events, hidden


def is_new(db: sqlite3.Connection, source: int) -> bool:
    """Tell whether a source never had a post."""
    return db.execute("SELECT 1 FROM posts WHERE source = ? LIMIT 1", (source,)).fetchone() is None


def unclaimed(db: sqlite3.Connection, wanted: Set[str]) -> frozenset[str]:
    """Return the ids of sources that the file names no more."""
    return frozenset(
        source_id
        for (source_id,) in db.execute("SELECT id FROM sources")
        if source_id not in wanted
    )


def predecessor(
    db: sqlite3.Connection,
    source_id: str,
    posts: Sequence[Post],
    known: Sequence[Sequence[KnownPost]],
    left: Set[str],
) -> str:
    """Return the id of the source, among those that left, that had most of these posts at their very addresses; or "".

    Both must name the same site: a planet has its writers' posts, and is none of them.
    """
    counts: Counter[str] = Counter()
    for post, candidates in zip(posts, known, strict=True):
        counts.update(
            {one.source_id for one in candidates if one.source_id in left and _same(post, one)}
        )
    for other, count in counts.most_common(1):
        site = _site(db, source_id)
        if 2 * count >= len(posts) and site and site == _site(db, other):
            return other
    return ""


def _same(post: Post, known: KnownPost) -> bool:
    return bool(post.keys.link) and post.keys.link == known.keys.link


def _site(db: sqlite3.Connection, source_id: str) -> str:
    query = "SELECT json_extract(info, '$.link') FROM infos JOIN sources ON number = source WHERE id = ?"
    row = db.execute(query, (source_id,)).fetchone()
    return urls.loose(row[0] or "") if row else ""


def take_over(db: sqlite3.Connection, new: int, new_id: str, old_id: str) -> int:
    """Give a source that has nothing yet the history of another; return the number that it has now."""
    (old,) = db.execute("SELECT number FROM sources WHERE id = ?", (old_id,)).fetchone()
    db.execute("DELETE FROM infos WHERE source = ?", (old,))
    db.execute("UPDATE infos SET source = ? WHERE source = ?", (old, new))
    db.execute("DELETE FROM members WHERE source = ?", (new,))
    db.execute("DELETE FROM sources WHERE number = ?", (new,))
    db.execute("UPDATE sources SET id = ? WHERE number = ?", (new_id, old))
    hidden.forget(db)
    for (feed,) in db.execute("SELECT feed FROM members WHERE source = ?", (old,)).fetchall():
        events.mark_feed(db, feed, None)
    return int(old)
