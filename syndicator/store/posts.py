"""Posts of one fetch -> stored: looked up by their handles, judged by the caller, put away.

The rule of what is the same post is not here: `identity.decide` is handed in.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence, Set
from datetime import datetime
from itertools import pairwise

from msgspec.structs import replace

from syndicator.model.post import (
    CopyOf,
    Intake,
    Keys,
    KnownPost,
    New,
    Post,
    Repeated,
    Unchanged,
    Updated,
    Verdict,
)
from syndicator.store import adoption, codec, events, rows, sources
from syndicator.store.handles import handles

Decide = Callable[[Sequence[Post], Sequence[Sequence[KnownPost]], Set[int]], list[Verdict]]

# A bucket may be large (every post of a feed links to its front page); the newest are enough.
_PER_HANDLE = 16


def candidates(
    db: sqlite3.Connection, batch: Sequence[Set[int]], version: int
) -> list[list[KnownPost]]:
    """Return for the handles of each post the stored posts that it may be, newest first.

    `version`: of the rules that made the posts.
    """
    found: dict[int, list[int]] = {}
    for handle, number in db.execute(_BY_HANDLES, (codec.dumps(list(set().union(*batch))),)):
        found.setdefault(handle, []).append(number)
    if not found:
        return [[] for _ in batch]
    wanted = [
        {n for handle in under if handle in found for n in found[handle][-_PER_HANDLE:]}
        for under in batch
    ]
    known = {
        row[0]: rows.known(row)
        for row in db.execute(_KNOWN, (version, codec.dumps(list(set().union(*wanted)))))
    }
    return [[known[number] for number in sorted(numbers, reverse=True)] for numbers in wanted]


_BY_HANDLES = "SELECT handle, post FROM handles WHERE handle IN (SELECT value FROM json_each(?)) ORDER BY handle, post"
_KNOWN = f"""SELECT {rows.KNOWN} FROM posts p JOIN sources s ON s.number = p.source
    WHERE p.number IN (SELECT value FROM json_each(?))"""


def receive(
    db: sqlite3.Connection, source_id: str, posts: Sequence[Post], items: Sequence[str], decide: Decide, now: datetime,
    left: Callable[[], Set[str]] = frozenset,
) -> Intake:  # fmt: skip
    """Store what is new or changed in a fetch, and the fingerprints of its items; return what became of it.

    `left` gives the ids of the sources that the file names no more: this one may be one of them.
    """
    source = _number(db, source_id, posts, left)
    remembered = sources.items(db, source_id)
    # An item that stands there unchanged keeps its post: none of the others may be taken for it.
    unseen = {post.fingerprint for post in posts}
    claimed = {remembered[item] for item in items if item in remembered and item not in unseen}
    batch = [handles(post.keys, source) for post in posts]
    known = candidates(db, batch, _version(posts))
    _add_older(db, source_id, posts, known, set(remembered.values()) - claimed)
    verdicts = decide(posts, known, claimed)
    numbers = _applied(db, source, posts, verdicts, now)
    under = [
        (handle, number) for found, number in zip(batch, numbers, strict=True) for handle in found
    ]
    db.executemany("INSERT OR IGNORE INTO handles VALUES (?, ?)", under)
    became = {post.fingerprint: number for post, number in zip(posts, numbers, strict=True)}
    sources.remember_items(db, source, items, remembered, became)
    return _intake(verdicts, numbers)


def _version(posts: Sequence[Post]) -> int:
    return posts[0].identity_version if posts else 0


def _add_older(
    db: sqlite3.Connection,
    source_id: str,
    posts: Sequence[Post],
    known: Sequence[list[KnownPost]],
    standing: Set[int],
) -> None:
    """Propose posts that other rules made to those that no address finds: their handles may have changed.

    `standing` are the posts of the feed's last versions that no item of this one has yet.
    """
    lost = [
        found
        for post, found in zip(posts, known, strict=True)
        if not any(one.source_id == source_id and _meet(post.keys, one.keys) for one in found)
    ]
    if not lost or not standing:
        return
    version = _version(posts)
    parameters = (version, codec.dumps(list(standing)), version)
    older = [rows.known(row) for row in db.execute(_OLDER, parameters)]
    for found in lost:
        numbers = {one.number for one in found}
        found += [one for one in older if one.number not in numbers]


def _meet(one: Keys, other: Keys) -> bool:
    """Tell whether two posts have an address in common."""
    return bool(
        (one.guid and one.guid == other.guid)
        or (one.loose_link and one.loose_link == other.loose_link)
    )


_OLDER = f"{_KNOWN} AND p.identity_version <> ? ORDER BY p.number DESC LIMIT 200"


def _number(
    db: sqlite3.Connection, source_id: str, posts: Sequence[Post], left: Callable[[], Set[str]]
) -> int:
    """Return the number of a source, after it took over the history of the one that it was."""
    source = sources.number(db, source_id)
    if adoption.is_new(db, source) and (ids := left()):
        found = [handles(post.keys, source) for post in posts]
        known = candidates(db, found, _version(posts))
        if old := adoption.predecessor(db, source_id, posts, known, ids):
            return adoption.take_over(db, source, source_id, old)
    return source


def _applied(
    db: sqlite3.Connection, source: int, posts: Sequence[Post], verdicts: Sequence[Verdict], now: datetime
) -> list[int]:  # fmt: skip
    """Do what the verdicts say; return the number that each post has now.

    Of posts with equal dates or none the higher number counts as the newer. A feed has its newest on top, so it is
    gone through from its end, unless more of its dates rise than fall (one old post may be pinned on top).
    """
    numbers = [0] * len(posts)
    dates = [post.published for post in posts if post.published is not None]
    rises = sum((one < other) - (one > other) for one, other in pairwise(dates))
    places = range(len(posts)) if rises > 0 else range(len(posts) - 1, -1, -1)
    for at in places:
        numbers[at] = _apply(db, source, posts[at], verdicts[at], now)
    for at, verdict in enumerate(verdicts):
        if isinstance(verdict, Repeated):
            numbers[at] = numbers[verdict.index]
    return numbers


def _apply(db: sqlite3.Connection, source: int, post: Post, verdict: Verdict, now: datetime) -> int:
    """Do what a verdict says; return the number that the post has now, 0 where another one of the feed has it."""
    match verdict:
        case New():
            return insert(db, source, post, now)
        case CopyOf(of, original):
            number = insert(db, source, post, now)
            join(db, number, of, original=original, now=now)
            return number
        case Updated(number):
            update(db, number, post, now)
            return number
        case Unchanged(number):
            refresh(db, number, post, now)
            return number
        case Repeated():
            return 0


def _intake(verdicts: Sequence[Verdict], numbers: Sequence[int]) -> Intake:
    def of(kind: type) -> tuple[int, ...]:
        return tuple(
            n for verdict, n in zip(verdicts, numbers, strict=True) if isinstance(verdict, kind)
        )

    return Intake(of(New), of(Updated), of(Unchanged), of(CopyOf), tuple(numbers))


def insert(db: sqlite3.Connection, source: int, post: Post, now: datetime) -> int:
    """Store a new post and return its number."""
    seen = now.timestamp()
    published = seen if post.published is None else post.published.timestamp()
    updated = published if post.updated is None else post.updated.timestamp()
    number = db.execute(
        _INSERT,
        (
            source, rows.pack_keys(post.keys), post.content_hash, post.identity_version, post.title, post.link,
            post.origin.url, published, updated, seen, _due(post, now), post.language, post.republished,
            post.filtered, _count(post),
        ),
    ).lastrowid  # fmt: skip
    assert number is not None  # noqa: S101 - for mypy: an INSERT into a rowid table has one
    db.execute("INSERT INTO bodies VALUES (?, ?, ?, ?, ?, ?)", (number, *rows.body(post)))
    return number


_INSERT = """INSERT INTO posts (source, keys, meaning, identity_version, title, link, site, published, updated,
    first_seen, due, language, republished, filtered, comments)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def _count(post: Post) -> int | None:
    """Return the number of comments as far as SQLite can hold what a feed says."""
    return None if post.comment_count is None else min(post.comment_count, 2**62)


def _due(post: Post, now: datetime) -> float | None:
    """Return the date to come of a post that is shown as first seen until then."""
    instant = post.keys.instant
    return instant.timestamp() if instant is not None and instant > now else None


def update(db: sqlite3.Connection, number: int, post: Post, now: datetime) -> None:
    """Replace what is shown of a post that its source changed. Id, published date and frozen parts stay."""
    keys, before = db.execute(
        "SELECT keys, updated FROM posts WHERE number = ?", (number,)
    ).fetchone()
    _redate(db, number, post, now)
    # The source's own time where it is newer than the last and not to come; else when we noticed.
    updated = now.timestamp()
    if post.updated is not None and before < post.updated.timestamp() <= updated:
        updated = post.updated.timestamp()
    db.execute(
        """UPDATE posts SET keys = ?, meaning = ?, identity_version = ?, title = ?, link = ?, updated = ?,
        comments = ?, purged = 0 WHERE number = ?""",
        (
            _merged(keys, post),
            post.content_hash,
            post.identity_version,
            post.title,
            post.link,
            updated,
            _count(post),
            number,
        ),
    )
    db.execute(
        "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?, ?)", (number, *rows.body(post))
    )
    events.touch(db, number, now)


def _redate(db: sqlite3.Connection, number: int, post: Post, now: datetime) -> None:
    """Move a date that is still to come; every other date stays as it was first given."""
    due = _due(post, now)
    published = now if post.published is None else post.published
    db.execute(
        """UPDATE posts SET due = ?1, published = iif(?1 IS NULL, min(?2, due), published)
        WHERE number = ?3 AND due IS NOT NULL""",
        (due, published.timestamp(), number),
    )


def refresh(db: sqlite3.Connection, number: int, post: Post, now: datetime) -> None:
    """Keep what changes without being an update: the keys of a site that moved, its links, comment counts.

    Of a post that older rules made, the hash that today's rules give it.
    """
    (keys,) = db.execute("SELECT keys FROM posts WHERE number = ?", (number,)).fetchone()
    db.execute(
        """UPDATE posts SET keys = ?, meaning = ?, identity_version = ?, link = ?, site = ?, comments = ?
        WHERE number = ?""",
        (
            _merged(keys, post),
            post.content_hash,
            post.identity_version,
            post.link,
            post.origin.url,
            _count(post),
            number,
        ),
    )
    _redate(db, number, post, now)
    if post.enclosures:
        _refresh_enclosures(db, number, post)


def _refresh_enclosures(db: sqlite3.Connection, number: int, post: Post) -> None:
    """Take the new addresses of a private feed's files: their tokens rotate, and the old ones open nothing."""
    rest, private = db.execute(
        """SELECT rest, coalesce(json_extract(info, '$.private'), 0) FROM posts p JOIN bodies ON post = p.number
        LEFT JOIN infos i ON i.source = p.source WHERE p.number = ?""",
        (number,),
    ).fetchone()
    fresh = codec.encode(
        json.loads(rest) | {"enclosures": [codec.pack(file) for file in post.enclosures]}
    )
    if private and fresh != rest:
        db.execute("UPDATE bodies SET rest = ? WHERE post = ?", (fresh, number))
        events.touch(db, number, None)


def _merged(old: bytes, post: Post) -> bytes:
    """Return the new keys; where one can't serve this time, the one we had."""
    before = rows.unpack_keys(old)
    kept = {
        name: getattr(post.keys, name) or getattr(before, name) for name in Keys.__struct_fields__
    }
    return rows.pack_keys(Keys(**kept))


def join(db: sqlite3.Connection, number: int, of: int, *, original: bool, now: datetime) -> None:
    """Remember a post as a copy of another. The first one published keeps its id, the original its credit."""
    (of,) = db.execute(
        "SELECT coalesce(copy_of, number) FROM posts WHERE number = ?", (of,)
    ).fetchone()
    if number == of or _is_published(db, number):
        return  # what was published stays what it is
    original = original and not _is_private(db, number)
    if original and not _is_published(
        db, of
    ):  # nobody has seen the copy yet: the original takes its place
        db.execute("UPDATE posts SET copy_of = ? WHERE copy_of = ?", (number, of))
        db.execute("UPDATE posts SET copy_of = ? WHERE number = ?", (number, of))
        return
    db.execute(
        "UPDATE posts SET copy_of = ? WHERE copy_of = ?", (of, number)
    )  # what was folded into it comes along
    db.execute("UPDATE posts SET copy_of = ? WHERE number = ?", (of, number))
    if original:
        credit_original(db, of, number, now)


def _is_published(db: sqlite3.Connection, story: int) -> bool:
    return db.execute("SELECT 1 FROM entries WHERE story = ?", (story,)).fetchone() is not None


def _is_private(db: sqlite3.Connection, number: int) -> bool:
    query = "SELECT coalesce(json_extract(info, '$.private'), 0) FROM posts JOIN infos USING (source) WHERE number = ?"
    row = db.execute(query, (number,)).fetchone()
    return row is not None and bool(row[0])


def credit_original(db: sqlite3.Connection, published: int, original: int, now: datetime) -> None:
    """Give a post that was published from a copy the credit of its original, which came later."""
    post, old = whole(db, original), whole(db, published)
    if old.origin.url == post.origin.url:
        return
    db.execute("UPDATE posts SET site = ? WHERE number = ?", (post.origin.url, published))
    data = codec.pack(replace(old, origin=post.origin, origin_link=post.link, republished=True))
    credit = codec.encode({name: data[name] for name in rows.CREDIT if name in data})
    db.execute("UPDATE frozen SET credit = ? WHERE post = ?", (credit, published))
    events.touch(db, published, now)


def dates(db: sqlite3.Connection, source: int, newest: int) -> list[datetime]:
    """Return the dates of a source's newest posts."""
    query = "SELECT published FROM posts WHERE source = ? ORDER BY published DESC LIMIT ?"
    return [codec.moment(published) for (published,) in db.execute(query, (source, newest))]


def whole(db: sqlite3.Connection, number: int) -> Post:
    """Return a stored post, with what is frozen of it."""
    return next(iter(wholes(db, [number]).values()))


def wholes(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Post]:
    """Return stored posts by number."""
    found = db.execute(
        f"""SELECT p.number, {rows.WHOLE} FROM posts p JOIN sources s ON s.number = p.source
        JOIN bodies b ON b.post = p.number LEFT JOIN frozen f ON f.post = p.number
        WHERE p.number IN (SELECT value FROM json_each(?))""",
        (codec.dumps(list(numbers)),),
    )
    return {row[0]: rows.post(row[1:]) for row in found}


def numbers_of(db: sqlite3.Connection, source_id: str) -> list[int]:
    """Return the numbers of a source's posts whose bodies are kept."""
    query = "SELECT number FROM posts WHERE source = (SELECT number FROM sources WHERE id = ?) AND purged = 0"
    return [number for (number,) in db.execute(query, (source_id,))]


def revise(db: sqlite3.Connection, number: int, post: Post, now: datetime) -> None:
    """Keep a post's body and what is shown beside it as they are now; its identity and what is frozen stay."""
    _, _, rest, content, _ = rows.body(post)
    db.execute("UPDATE bodies SET rest = ?, content = ? WHERE post = ?", (rest, content, number))
    events.touch(db, number, now)


def public_ids(db: sqlite3.Connection) -> list[str]:
    """Return the public ids that were given."""
    return [
        given for (given,) in db.execute("SELECT public_id FROM posts WHERE public_id IS NOT NULL")
    ]


def count(db: sqlite3.Connection) -> int:
    """Return how many posts are stored: no post is ever deleted, so the highest number says it."""
    return int(db.execute("SELECT coalesce(max(number), 0) FROM posts").fetchone()[0])
