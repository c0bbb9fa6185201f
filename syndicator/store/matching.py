"""Keys of new posts -> the stored posts that each may be, and the source that a new one was before.

A handle is a 64-bit number under which the table of that name finds a post again. A web address has
one handle in the whole store, so that two sources' posts meet; a guid that is none ("17"), an
address without its host, and a title mean something within their source only, and are mixed with
its number. A handle only proposes: `identity.decide` compares the keys themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

from syndicator import urls
from syndicator.model.post import Keys, KnownPost, Post
from syndicator.store import codec, rows
from syndicator.store.db import Connection
from syndicator.store.sources import Sources, change_id

_MASK = (1 << 64) - 1
# Odd constants spread what they multiply over all 64 bits (Fibonacci hashing): neighbours end far
# apart.
_SOURCE, _INSTANT, _STORY, _TITLE, _TEXT = (
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x27D4EB2F165667C5,
    0x85EBCA77C2B2AE63,
)
# A bucket may be large (every post of a feed links to its front page); the newest are enough.
_PER_HANDLE = 16
_BY_HANDLES = """SELECT handle, post FROM handles
    WHERE handle IN (SELECT value FROM json_each(?)) ORDER BY handle, post"""
_KNOWN = f"""SELECT {rows.KNOWN} FROM posts p JOIN sources s ON s.number = p.source
    WHERE p.number IN (SELECT value FROM json_each(?))"""
_OLDER = f"{_KNOWN} AND p.identity_version <> ? ORDER BY p.number DESC LIMIT 200"


def handles(keys: Keys, source: int) -> set[int]:
    """Return the handles of a post of the source with this number, signed as SQLite wants them."""
    salt = source * _SOURCE
    title = _number(keys.title)
    numbers = set()
    if keys.path_guid:
        numbers |= {_number(keys.loose_guid), _number(keys.path_guid) ^ salt}
    elif keys.guid:
        numbers.add(_number(keys.guid) ^ salt)
    if keys.path_link:  # a front page finds nothing
        numbers |= {_number(keys.loose_link), _number(keys.path_link) ^ salt}
    if keys.origin:
        numbers.add(_number(keys.origin))
    if keys.instant is not None:
        numbers.add(title * _TITLE ^ int(keys.instant.timestamp()) * _INSTANT ^ salt)
    if keys.text:
        numbers.add(title * _TITLE ^ _number(keys.text) * _STORY)
    if not (keys.guid or keys.path_link):
        both = (title * _TITLE, _number(keys.text) * _TEXT)
        numbers |= {number ^ salt for number in both if number}
    numbers.discard(0)
    return {_signed(number & _MASK) for number in numbers}


def _number(digest: str) -> int:
    return int(digest or "0", 16)


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def candidates(
    db: Connection, posts: Sequence[Post], batch: Sequence[Set[int]]
) -> list[list[KnownPost]]:
    """Return for each post, by its handles, the stored posts that it may be, newest first."""
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
    if not standing:
        return
    lost: list[list[KnownPost]] = []
    for post, proposed in zip(posts, known, strict=True):
        own = (known for known in proposed if known.source_id == source_id)
        if not any(_meet(post.keys, known.keys) for known in own):
            lost.append(proposed)
    if not lost:
        return
    number = _version(posts)
    older = list(map(rows.known, db.rows(_OLDER, number, codec.encode(list(standing)), number)))
    for proposed in lost:
        numbers = {known.number for known in proposed}
        proposed += [known for known in older if known.number not in numbers]


def _meet(keys: Keys, other: Keys) -> bool:
    """Tell whether two posts have an address in common."""
    return bool(
        (keys.guid and keys.guid == other.guid)
        or (keys.loose_link and keys.loose_link == other.loose_link)
    )


def predecessor(
    db: Connection,
    source_id: str,
    posts: Sequence[Post],
    known: Sequence[Sequence[KnownPost]],
    unclaimed: Set[str],
) -> str:
    """Return the id of the unclaimed source that had most of these posts at their very links, or "".

    An operator who writes a feed's new address into feeds.toml, where no redirect told us of it,
    gives the source a new id. Its posts would be taken for copies of another source's: their lists
    would go, and readers would see them anew. Both sources must name the same site: a planet has
    its writers' posts, and is none of them.
    """
    counts: Counter[str] = Counter()
    for post, proposed in zip(posts, known, strict=True):
        link = post.keys.link
        same = {known.source_id for known in proposed if link and link == known.keys.link}
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
