"""Keys of new posts -> the stored posts that each may be."""

from __future__ import annotations

from collections.abc import Sequence, Set

from syndicator.model.post import Keys, KnownPost, Post
from syndicator.store import codec, rows
from syndicator.store.db import Connection
from syndicator.store.handles import handles

# A bucket may be large (every post of a feed links to its front page); the newest are enough.
_PER_HANDLE = 16
_BY_HANDLES = """SELECT handle, post FROM handles
    WHERE handle IN (SELECT value FROM json_each(?)) ORDER BY handle, post"""
_KNOWN = f"""SELECT {rows.KNOWN} FROM posts p JOIN sources s ON s.number = p.source
    WHERE p.number IN (SELECT value FROM json_each(?))"""
_OLDER = f"{_KNOWN} AND p.identity_version <> ? ORDER BY p.number DESC LIMIT 200"


def find(db: Connection, posts: Sequence[Post], source: int) -> list[list[KnownPost]]:
    """Return for each post of a source, by its number, the stored posts that it may be, newest first."""
    batch = [handles(post.keys, source) for post in posts]
    numbers: dict[int, list[int]] = {}
    for handle, number in db.rows(_BY_HANDLES, codec.encode(list(set().union(*batch)))):
        numbers.setdefault(handle, []).append(number)
    if not numbers:
        return [[] for _ in batch]
    wanted: list[set[int]] = []
    for under in batch:
        newest = [numbers[handle][-_PER_HANDLE:] for handle in under & numbers.keys()]
        wanted.append(set().union(*newest))
    rows_known = db.rows(_KNOWN, _version(posts), codec.encode(list(set().union(*wanted))))
    known = {row[0]: rows.known(row) for row in rows_known}
    return [list(map(known.__getitem__, sorted(chosen, reverse=True))) for chosen in wanted]


def _version(posts: Sequence[Post]) -> int:
    """Return the number of the rules that made the posts of a fetch."""
    return posts[0].identity_version if posts else 0


def add_older(
    db: Connection,
    source_id: str,
    posts: Sequence[Post],
    known: Sequence[list[KnownPost]],
    standing: Set[int],
) -> None:
    """Propose posts of other rules to those that no address finds: their handles may have changed.

    `standing` are the posts of the feed's last versions that no item of this one has yet.
    """
    lost: list[list[KnownPost]] = []
    for post, candidates_known in zip(posts, known, strict=True):
        own = (known for known in candidates_known if known.source_id == source_id)
        if not any(_meet(post.keys, known.keys) for known in own):
            lost.append(candidates_known)
    if not lost or not standing:
        return
    number = _version(posts)
    parameters = number, codec.encode(list(standing)), number
    older = list(map(rows.known, db.rows(_OLDER, *parameters)))
    for proposed in lost:
        numbers = {known.number for known in proposed}
        proposed += [known for known in older if known.number not in numbers]


def _meet(keys: Keys, other: Keys) -> bool:
    """Tell whether two posts have an address in common."""
    return bool(
        (keys.guid and keys.guid == other.guid)
        or (keys.loose_link and keys.loose_link == other.loose_link)
    )
