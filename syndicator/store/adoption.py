"""A source's first posts -> the source whose history it takes over, known under another address.

An operator who writes a feed's new address into feeds.toml, where no redirect told us of it, gives
the source a new id. Its posts would be taken for copies of another source's: their lists would go,
and readers would see them anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

from syndicator import urls
from syndicator.model.post import KnownPost, Post
from syndicator.store.db import Connection
from syndicator.store.sources import Sources, change_id


def predecessor(
    db: Connection,
    source_id: str,
    posts: Sequence[Post],
    known: Sequence[Sequence[KnownPost]],
    unclaimed: Set[str],
) -> str:
    """Return the id of the unclaimed source that had most of these posts at their very links, or "".

    Both must name the same site: a planet has its writers' posts, and is none of them.
    """
    counts: Counter[str] = Counter()
    for post, candidates in zip(posts, known, strict=True):
        link = post.keys.link
        same = {known.source_id for known in candidates if link and link == known.keys.link}
        counts.update(same & unclaimed)
    for other, count in counts.most_common(1):
        sites = {urls.loose(Sources(db).info(name).link) for name in (source_id, other)}
        if 2 * count >= len(posts) and len(sites) == 1 and sites != {""}:
            return other
    return ""


def take_over(db: Connection, new: int, new_id: str, old_id: str) -> int:
    """Give a source that has nothing yet the row of another; return the number that it has now."""
    old = Sources(db).number(old_id)
    db.execute("DELETE FROM infos WHERE source = ?", (old,))
    db.execute("UPDATE infos SET source = ? WHERE source = ?", (old, new))
    db.execute("DELETE FROM members WHERE source = ?", (new,))
    db.execute("DELETE FROM sources WHERE number = ?", (new,))
    change_id(db, old_id, new_id)
    db.execute("DELETE FROM meta WHERE key = 'shown sources'")  # `hide_sources` looks at all again
    return old
