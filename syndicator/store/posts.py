"""Posts of one fetch -> stored: looked up by their handles, judged by the caller, put away.

The rule of what is the same post is not here: `identity.decide` is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime
from itertools import pairwise, repeat
from typing import Literal

from msgspec.structs import replace

from syndicator.model.post import (
    WAITS,
    CopyOf,
    Deferred,
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
from syndicator.store import codec, corrections, events, matching, missing, rows
from syndicator.store.db import Connection, Table
from syndicator.store.sources import Sources, is_private

Decide = Callable[[Sequence[Post], Sequence[Sequence[KnownPost]], Set[int]], list[Verdict]]
# Tells whether the new posts of a fetch wait for a review, by what `decide` was given and said.
Holds = Callable[
    [Sequence[Post], Sequence[Sequence[KnownPost]], Set[int], Sequence[Verdict]],
    Literal["", "new", "all"],
]

_LEADING = """SELECT number FROM posts WHERE copy_of IS NULL
    AND number IN (SELECT value FROM json_each(?))"""
_WHOLE = f"""SELECT p.number, {rows.WHOLE} FROM posts p JOIN sources s ON s.number = p.source
    JOIN bodies b ON b.post = p.number LEFT JOIN frozen f ON f.post = p.number
    WHERE p.number IN (SELECT value FROM json_each(?))"""


class Posts(Table):
    """The stored posts: their identities for ever, and their bodies as long as they are kept."""

    def __init__(self, db: Connection, unclaimed: Callable[[], Set[str]] = frozenset) -> None:
        """Open the posts. `unclaimed` gives the ids of the sources that the file names no more."""
        super().__init__(db)
        self._unclaimed = unclaimed

    def receive(
        self,
        source_id: str,
        posts: Sequence[Post],
        items: Sequence[str],
        decide: Decide,
        now: datetime,
        holds: Holds | None = None,
    ) -> Intake:
        """Store a fetch: its unseen posts, and the fingerprints of all its items, in its order.

        `decide` is `identity.decide`. Call it once a fetch, in the transaction that saves the
        state. Where `holds` says "new", new posts wait for a review; "all": changes of published
        posts are left out too.
        """
        db, sources = self.db, Sources(self.db)
        with db.transaction():
            source = self._number(source_id, posts)
            remembered = sources.items(source_id)
            # An item that stands there unchanged keeps its post: no other may be taken for it.
            fingerprints = [post.fingerprint for post in posts]
            unseen = set(fingerprints)
            standing = [item for item in items if item in remembered and item not in unseen]
            claimed = {remembered[item] for item in standing}
            batch = [matching.handles(post.keys, source) for post in posts]
            known = matching.candidates(db, posts, batch)
            matching.add_older(db, source_id, posts, known, set(remembered.values()) - claimed)
            verdicts = decide(posts, known, claimed)
            if waits := holds and holds(posts, known, claimed, verdicts):
                posts = [replace(post, filtered=post.filtered or WAITS) for post in posts]
                verdicts = [_waiting(verdict, waits) for verdict in verdicts]
            numbers = _applied(db, source, posts, verdicts, now)
            # In order, so that neighbours in the table are written together.
            pairs: list[tuple[int, int]] = []
            for handles, number in zip(batch, numbers, strict=True):
                pairs += zip(handles, repeat(number), strict=False)
            pairs.sort()
            db.executemany("INSERT OR IGNORE INTO handles VALUES (?, ?)", pairs)
            became = dict(zip(fingerprints, numbers, strict=True))
            sources.save_items(source, items, remembered, became)
            became = remembered | became
            current = {became.get(item, 0) for item in items}
            missing.note(db, list(remembered.values()), current, now)
        return _intake(verdicts, numbers)

    def candidates(self, posts: Sequence[Post]) -> list[list[KnownPost]]:
        """Return the stored posts that each post may be, newest first; nothing is stored.

        `posts` are of a source that the file does not have.
        """
        batch = [matching.handles(post.keys, 0) for post in posts]
        return matching.candidates(self.db, posts, batch)

    def _number(self, source_id: str, posts: Sequence[Post]) -> int:
        """Return the number of a source, after it took over the history of the one that it was."""
        source = Sources(self.db).number(source_id)
        has_posts = self.db.row("SELECT 1 FROM posts WHERE source = ? LIMIT 1", source)
        if not has_posts and (unclaimed := self._unclaimed()):
            known = self.candidates(posts)
            if old := matching.predecessor(self.db, source_id, posts, known, unclaimed):
                return matching.take_over(self.db, source, source_id, old)
        return source

    def fold(self, number: int, into: int, now: datetime) -> None:
        """Fold a post into another that tells the same (related.copies); before it is published."""
        with self.db.transaction():
            _fold(self.db, number, into, original=False, now=now)

    def leading(self, numbers: Sequence[int]) -> set[int]:
        """Return those of these posts that are copies of no other."""
        if not numbers:
            return set()
        return set(self.db.column(_LEADING, codec.encode(numbers)))

    def dates(self, source_id: str, newest: int = 10) -> list[datetime]:
        """Return the dates of a source's newest posts: how often it posts."""
        query = "SELECT published FROM posts WHERE source = ? ORDER BY published DESC LIMIT ?"
        source = Sources(self.db).number(source_id)
        return list(map(codec.moment, self.db.column(query, source, newest)))

    def times(self, since: datetime, until: datetime) -> list[tuple[str, datetime]]:
        """Return source id and date of each post between two times."""
        rows = self.db.rows(
            """SELECT s.id, p.published FROM posts p INDEXED BY posts_by_source
            JOIN sources s ON s.number = p.source WHERE p.published > ? AND p.published <= ?""",
            since.timestamp(),
            until.timestamp(),
        )
        return [(source, codec.moment(seconds)) for source, seconds in rows]

    def read(self, numbers: Iterable[int]) -> dict[int, Post]:
        """Return stored posts whole, with their frozen parts, by number."""
        whole_rows = self.db.rows(_WHOLE, codec.encode(list(numbers)))
        return {number: rows.post(row) for number, *row in whole_rows}

    def kept(self, source_id: str) -> list[int]:
        """Return the numbers of a source's posts with kept bodies."""
        return self.db.column(
            """SELECT number FROM posts
            WHERE source = (SELECT number FROM sources WHERE id = ?) AND purged = 0""",
            source_id,
        )

    def revise(self, number: int, post: Post, now: datetime) -> None:
        """Show a post's body, summary and picture as in `post`; identity and frozen parts stay."""
        _, _, rest, content, _ = rows.body(post)
        row = rest, content, number
        self.db.execute("UPDATE bodies SET rest = ?, content = ? WHERE post = ?", row)
        events.touch(self.db, [number], now)

    def public_ids(self) -> list[str]:
        """Return the ids of all posts that were ever published or listed."""
        return self.db.column("SELECT public_id FROM posts WHERE public_id IS NOT NULL")

    def slugs(self, public_ids: Iterable[str]) -> dict[str, str]:
        """Return the slugs of the pages of posts, by public id; a post without one is left out."""
        query = """SELECT public_id, slug FROM posts
            WHERE public_id IN (SELECT value FROM json_each(?)) AND slug IS NOT NULL"""
        return dict(self.db.rows(query, codec.encode(list(public_ids))))

    def count(self) -> int:
        """Return how many posts are stored: none is ever deleted, so the highest number says it."""
        return int(self.db.value("SELECT coalesce(max(number), 0) FROM posts"))


def _waiting(verdict: Verdict, waits: Literal["new", "all"]) -> Verdict:
    """Return the verdict on a post of a held source: it takes no story over from another source."""
    if isinstance(verdict, CopyOf):
        return CopyOf(verdict.number)
    if isinstance(verdict, Updated) and waits == "all":
        return Deferred(verdict.number)
    return verdict


def _applied(
    db: Connection, source: int, posts: Sequence[Post], verdicts: Sequence[Verdict], now: datetime
) -> list[int]:  # fmt: skip
    """Carry out the verdicts; return the number that each post has now.

    Of posts with equal dates or none the higher number counts as the newer. A feed has its newest
    on top, so its posts are stored from its end, unless more of its dates rise than fall (one old
    post may be pinned on top).
    """
    numbers = [0] * len(posts)
    dates = [post.published for post in posts if post.published is not None]
    rises = sum((date < next_date) - (date > next_date) for date, next_date in pairwise(dates))
    places = range(len(posts)) if rises > 0 else range(len(posts) - 1, -1, -1)
    rewritten = [verdict.number for verdict in verdicts if isinstance(verdict, Updated | Deferred)]
    before = corrections.words(db, rewritten)
    for place in places:
        numbers[place] = _apply(db, source, posts[place], verdicts[place], now)
    corrections.note(db, before)
    for place, verdict in enumerate(verdicts):
        if isinstance(verdict, Repeated):
            numbers[place] = numbers[verdict.index]
    return numbers


def _apply(db: Connection, source: int, post: Post, verdict: Verdict, now: datetime) -> int:
    """Carry out a verdict; return the post's number, 0 if another one of the feed has it."""
    match verdict:
        case New():
            return _insert(db, source, post, now)
        case CopyOf(story, original):
            number = _insert(db, source, post, now)
            _fold(db, number, story, original=original, now=now)
            return number
        case Unchanged(number):
            _refresh(db, number, post, now)
            return number
        case Updated(number) | Deferred(number):
            if isinstance(verdict, Updated) or not _is_published(db, number):
                _update(db, number, post, now)
            return number
        case Repeated():
            return 0


def _intake(verdicts: Sequence[Verdict], numbers: Sequence[int]) -> Intake:
    def of(kind: type) -> tuple[int, ...]:
        pairs = zip(verdicts, numbers, strict=True)
        return tuple(number for verdict, number in pairs if type(verdict) is kind)

    return Intake(of(New), of(Updated), of(Unchanged), of(CopyOf), tuple(numbers))


def _insert(db: Connection, source: int, post: Post, now: datetime) -> int:
    """Store a new post and return its number."""
    published = post.published or now
    row = (
        source, rows.pack_keys(post.keys), post.content_hash, post.identity_version, post.title,
        post.link, post.origin.url, published.timestamp(), (post.updated or published).timestamp(),
        now.timestamp(), _due(post, now), post.language, post.republished, post.filtered,
        _count(post),
    )  # fmt: skip
    number = db.execute(_INSERT, row).lastrowid
    assert number is not None  # noqa: S101 - for mypy: an INSERT into a rowid table has one
    db.execute("INSERT INTO bodies VALUES (?, ?, ?, ?, ?, ?)", (number, *rows.body(post)))
    return number


_INSERT = """INSERT INTO posts (source, keys, meaning, identity_version, title, link, site,
    published, updated, first_seen, due, language, republished, filtered, comments)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def _count(post: Post) -> int | None:
    """Return the number of comments as far as SQLite can hold what a feed says."""
    if post.comment_count is None:
        return None
    return min(post.comment_count, 2**62)


def _due(post: Post, now: datetime) -> float | None:
    """Return the date to come of a post that is shown as first seen until then."""
    if post.keys.instant is None:
        return None
    # A key has the date as its feed writes it, the post as its source's `timezone` corrects it.
    date = post.published or post.keys.instant
    return date.timestamp() if date > now else None


def _update(db: Connection, number: int, post: Post, now: datetime) -> None:
    """Replace what is shown of a post that its source changed. Id, date and frozen parts stay."""
    keys, last, title, link = db.row(
        "SELECT keys, updated, title, link FROM posts WHERE number = ?", number
    )
    _redate(db, number, post, now)
    # The source's own time where it is newer than the last and not to come; else when we noticed.
    updated = now.timestamp()
    if post.updated is not None and last < post.updated.timestamp() <= updated:
        updated = post.updated.timestamp()
    row = (
        _merged(keys, post), post.content_hash, post.identity_version, post.title, post.link, updated,
        _count(post), number,
    )  # fmt: skip
    db.execute(
        """UPDATE posts SET keys = ?, meaning = ?, identity_version = ?, title = ?, link = ?,
        updated = ?, comments = ?, purged = 0 WHERE number = ?""",
        row,
    )
    db.execute(
        "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?, ?)", (number, *rows.body(post))
    )
    parts = [("title", title, post.title), ("link", link, post.link)]
    changed = [part for part, old, new in parts if old != new]
    # Lists show a post without a title by its first words.
    if changed or not title:
        corrections.spread(db, number, link, post)
    # A body that was taken over gives way to the source's own, with a credit and lists of ours.
    db.execute(_OWN_LAYOUT, (number,))
    db.execute(
        "INSERT OR REPLACE INTO updates VALUES (?, ?, ?)",
        (number, now.timestamp(), ", ".join(changed) or "text"),
    )
    events.touch(db, [number], now)


_OWN_LAYOUT = """UPDATE frozen SET layout = 1,
    credit = (SELECT credit FROM bodies b WHERE b.post = frozen.post),
    lists = iif(EXISTS (SELECT 1 FROM entries e WHERE e.story = frozen.post AND e.current = 1),
        NULL, lists)
    WHERE post = ? AND layout = 0"""


def _redate(db: Connection, number: int, post: Post, now: datetime) -> None:
    """Move a date that is still to come; every other date stays as it was first given."""
    db.execute(
        """UPDATE posts SET due = ?1, published = iif(?1 IS NULL, min(?2, due), published)
        WHERE number = ?3 AND due IS NOT NULL""",
        (_due(post, now), (post.published or now).timestamp(), number),
    )


def _refresh(db: Connection, number: int, post: Post, now: datetime) -> None:
    """Keep what changes without being an update: the keys of a site that moved, links, comments.

    Of a post that older rules made, the hash that today's rules give it.
    """
    keys, source = db.row("SELECT keys, source FROM posts WHERE number = ?", number)
    row = (
        _merged(keys, post), post.content_hash, post.identity_version, post.link, post.origin.url,
        _count(post), number,
    )  # fmt: skip
    db.execute(
        """UPDATE posts SET keys = ?, meaning = ?, identity_version = ?, link = ?, site = ?,
        comments = ? WHERE number = ?""",
        row,
    )
    _redate(db, number, post, now)
    if post.enclosures and is_private(db, source):
        # The tokens in the addresses of a private feed's files rotate: the old ones open nothing.
        rest = db.value("SELECT rest FROM bodies WHERE post = ?", number)
        if codec.read_fields(Post, rest).get("enclosures") != post.enclosures:
            fields = codec.read(dict[str, object], rest) | {"enclosures": post.enclosures}
            db.execute("UPDATE bodies SET rest = ? WHERE post = ?", (codec.encode(fields), number))
            events.touch(db, [number], None)


def _merged(old: bytes, post: Post) -> bytes:
    """Return the new keys; where one can't serve this time, the one we had."""
    before, names = rows.unpack_keys(old), Keys.__struct_fields__
    kept = {name: getattr(post.keys, name) or getattr(before, name) for name in names}
    return rows.pack_keys(Keys(**kept))


def _fold(db: Connection, number: int, into: int, *, original: bool, now: datetime) -> None:
    """Make a post a copy of another.

    The first one published keeps its id, the original its credit.
    """
    story, source = db.row(
        """SELECT coalesce(copy_of, number), (SELECT source FROM posts WHERE number = ?)
        FROM posts WHERE number = ?""",
        number,
        into,
    )
    if number == story or _is_published(db, number):
        return  # a published post stays what it is
    original = original and not is_private(db, source)
    lead, copy = story, number
    if original and not _is_published(db, story):
        lead, copy = number, story  # nobody has seen the copy yet: the original takes its place
    # The copies of a copy come along.
    for column in ("copy_of", "number"):
        db.execute(f"UPDATE posts SET copy_of = ? WHERE {column} = ?", (lead, copy))
    if original and lead == story:
        _credit_original(db, story, number, now)


def _is_published(db: Connection, story: int) -> bool:
    return db.row("SELECT 1 FROM entries WHERE story = ? LIMIT 1", story) is not None


def _credit_original(db: Connection, published: int, original: int, now: datetime) -> None:
    """Give a post that was published from a copy the credit of its original, which came later."""
    posts = Posts(db).read([original, published])
    post, old = posts[original], posts[published]
    if old.origin.url == post.origin.url:
        return
    db.execute("UPDATE posts SET site = ? WHERE number = ?", (post.origin.url, published))
    credit = rows.body(replace(old, origin=post.origin, origin_link=post.link, republished=True))[1]
    db.execute("UPDATE frozen SET credit = ? WHERE post = ?", (credit, published))
    events.touch(db, [published], now)
