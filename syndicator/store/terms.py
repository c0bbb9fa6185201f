"""The tables of the index of related posts: packed terms of posts, and the posts under each term.

They stand in the state file, so that they are right whenever the posts are; but they are made of
the posts alone: those of another VERSION are thrown away and made again. Under each term an open
row takes new postings; a full one is closed. So appending never rewrites more than a page, and of a
long list the newest part is read alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from syndicator.errors import StoreError
from syndicator.model.edition import Reference
from syndicator.model.likeness import Card, Statistic
from syndicator.model.post import Post
from syndicator.store import codec, rows, schema
from syndicator.store.db import Connection, Table, damaged
from syndicator.store.posts import Posts

VERSION = 1
# Beside the statistics: the tables' version, and up to which post they are still to be made.
_Kept = Statistic | Literal["version", "owed"]
CLOSED = 8  # closed rows of a term that a question reads, the newest
# One in so many of a source's newest posts is read: of one day, most may tell of one story.
SPREAD = 16
ENTRY = 5  # bytes: a post's number and a weight
ROW = 400 * ENTRY  # bytes of a closed row

_APPEND = """INSERT INTO postings VALUES (?, ?)
    ON CONFLICT (term) DO UPDATE SET posts = CAST(posts || excluded.posts AS BLOB)"""
# A number, not ROW bound to a mark: SQLite uses the index `postings_full` only where it sees it.
_FULL = "SELECT term, posts FROM postings WHERE length(posts) >= 2000"
_WAIT = """INSERT OR REPLACE INTO pending
    VALUES (?, coalesce((SELECT number FROM sources WHERE id = ?), 0), ?, ?)"""
_COUNTED = """INSERT OR REPLACE INTO traces (number, source, time, terms)
    SELECT number, source, time, ? FROM pending WHERE number = ?"""
_CLOSED = "SELECT posts FROM closed_postings WHERE term = ? ORDER BY number DESC LIMIT ?"
_NEWEST = """SELECT number FROM traces WHERE source = ?1
    AND number > (SELECT coalesce(max(former), 0) FROM sources WHERE number = ?1)
    ORDER BY time DESC, number DESC LIMIT ?2"""
_SAME_SOURCE = """SELECT number FROM traces WHERE source = (SELECT source FROM traces WHERE number = ?)
    ORDER BY time DESC, number DESC LIMIT ?"""
_LANGUAGES = """SELECT number, language FROM posts
    WHERE number > (SELECT max(number) FROM posts) - ? ORDER BY published DESC, title"""
_CARDS = """SELECT p.number, s.id, p.keys, coalesce(p.public_id, ''), p.title, p.link,
    coalesce(json_extract(i.info, '$.name'), s.id), p.language, p.published
    FROM posts p JOIN sources s ON s.number = p.source LEFT JOIN infos i ON i.source = p.source
    WHERE p.number IN (%s) AND p.withdrawn = 0 AND p.filtered = '' AND p.copy_of IS NULL
    AND p.due IS NULL AND p.title <> '' AND p.link <> ''"""


class Terms(Table):
    """The index's tables, through the store's own connection; the caller holds the transaction."""

    def __init__(self, db: Connection) -> None:
        """Open the index; one of another version is made anew."""
        super().__init__(db)
        if self.kept("version") != VERSION:
            self.clear()

    def put(self, posts: Iterable[tuple[int, str, float, bytes]]) -> None:
        """Let posts wait to be indexed: number, source, time and packed terms of each.

        `time`: seconds since 1970. Postings of an older version stay: they make the post a
        candidate, no more.
        """
        self.db.executemany(_WAIT, posts)

    def drop(self, number: int) -> None:
        """Forget a post."""
        self.db.execute("DELETE FROM traces WHERE number = ?", (number,))
        self.db.execute("DELETE FROM pending WHERE number = ?", (number,))

    def pending(self, limit: int) -> list[tuple[int, bytes]]:
        """Return number and packed terms of the first posts that wait to be indexed, by number."""
        return self.db.rows("SELECT number, terms FROM pending ORDER BY number LIMIT ?", limit)

    def finish(self, kept: Sequence[tuple[int, bytes]]) -> None:
        """Let these posts wait no longer, and keep these packed terms."""
        self.db.executemany(_COUNTED, [(terms, number) for number, terms in kept])
        numbers = [(number,) for number, _ in kept]
        self.db.executemany("DELETE FROM pending WHERE number = ?", numbers)

    def append_log(self, entries: bytes) -> int:
        """Keep entries until they are appended to their terms: a row a call.

        Return bytes waiting.
        """
        self.db.execute("INSERT INTO logged_postings (entries) VALUES (?)", (entries,))
        return int(self.db.value("SELECT sum(length(entries)) FROM logged_postings"))

    def read_log(self) -> bytes:
        """Return the entries that were logged, in their order."""
        return b"".join(self.db.column("SELECT entries FROM logged_postings ORDER BY number"))

    def append_postings(self, postings: Iterable[tuple[int, bytes]]) -> None:
        """Append to the postings of terms all that was logged: the log is empty then."""
        self.db.executemany(_APPEND, postings)
        for term, entries in self.db.rows(_FULL):
            self._close(term, entries)
        self.db.execute("DELETE FROM logged_postings")

    def postings(self, terms: Sequence[int], long: Sequence[int]) -> Mapping[int, bytes]:
        """Return the postings of terms; of those in `long` the newest closed rows too."""
        by_term = dict(
            self.db.rows(
                f"SELECT term, posts FROM postings WHERE term IN ({_marks(terms)})", *terms
            )
        )
        for term in long:
            closed = self.db.column(_CLOSED, term, CLOSED)
            by_term[term] = b"".join((by_term.get(term, b""), *closed))
        return by_term

    def vectors(self, numbers: Sequence[int]) -> list[tuple[int, float, bytes, bytes]]:
        """Return number, time, packed terms and neighbours of the known ones of these posts."""
        return self.db.rows(
            f"SELECT number, time, terms, kin FROM traces WHERE number IN ({_marks(numbers)})",
            *numbers,
        )

    def sample(self, number: int, limit: int) -> list[bytes]:
        """Return packed terms of a post's source, of posts spread over its newest few hundred."""
        known = self.db.column(_SAME_SOURCE, number, SPREAD * limit)
        some = known[:: max(1, len(known) // limit)][:limit]
        return self.db.column(f"SELECT terms FROM traces WHERE number IN ({_marks(some)})", *some)

    def keep_neighbours(self, number: int, neighbours: bytes) -> None:
        """Keep the nearest posts of one, packed."""
        self.db.execute("UPDATE traces SET kin = ? WHERE number = ?", (neighbours, number))

    def newest(self, source_id: str, limit: int) -> list[int]:
        """Return the posts of a source, newest first, but none of its address's former owner."""
        number = self.db.value("SELECT number FROM sources WHERE id = ?", source_id)
        return self.db.column(_NEWEST, number, limit)

    def cards(self, numbers: Sequence[int]) -> Mapping[int, Card]:
        """Return those of these posts that a list may link to.

        Not withdrawn, filtered, folded or dated to come.
        """
        cards = {}
        for number, source_id, keys, *shown in self.db.rows(_CARDS % _marks(numbers), *numbers):
            id_, title, link, name, language, published = shown
            date = codec.moment(published)
            reference = Reference(id_, title, link, name, 0.0, language, date, number)
            cards[number] = Card(number, source_id, rows.unpack_keys(keys), reference)
        return cards

    def languages(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """Return the languages of these posts, without regions ("en")."""
        rows = self.db.execute(
            f"SELECT number, language FROM posts WHERE number IN ({_marks(numbers)})", numbers
        )
        return {number: language.partition("-")[0].lower() for number, language in rows}

    def by_language(self, newest: int) -> Mapping[str, list[int]]:
        """Return the newest stored posts by language (without region), by date, newest first."""
        posts: dict[str, list[int]] = {}
        for number, language in self.db.rows(_LANGUAGES, newest):
            posts.setdefault(language.partition("-")[0].lower(), []).append(number)
        return posts

    def kept(self, name: _Kept) -> Any:  # noqa: ANN401 - a number or a blob
        """Return the counts of terms, or their learnt weights, as last kept; b"" for none."""
        value = self.db.value("SELECT value FROM meta WHERE key = ?", f"index_{name}") or b""
        if value and not isinstance(value, int if name in {"version", "owed"} else bytes):
            raise StoreError(damaged(self.db.path, f"table meta, row index_{name}"))
        return value

    def keep(self, name: _Kept, value: bytes | int) -> None:
        """Keep the counts of terms, or their learnt weights."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"index_{name}", value))

    def unindexed(self, limit: int) -> list[tuple[int, Post, float]]:
        """Return some of the posts stored before this index was made, newest first; each once.

        With each its number before it, and its date (seconds since 1970) behind it.
        """
        debt = self.kept("owed")
        if not debt:
            return []
        owed = self.db.rows(
            """SELECT number, published FROM posts WHERE number <= ?
            ORDER BY number DESC LIMIT ?""",
            debt,
            limit,
        )
        self.keep("owed", owed[-1][0] - 1 if len(owed) == limit else 0)
        posts = Posts(self.db).read([number for number, _ in owed])
        owed.reverse()
        return [(number, posts[number], time) for number, time in owed if number in posts]

    def clear(self) -> None:
        """Throw the index away; `unindexed` then gives all stored posts."""
        for statement in schema.statements([schema.LIKENESS]):
            self.db.execute(statement)
        self.db.execute("DELETE FROM meta WHERE key = 'index_learnt'")
        self.keep("owed", Posts(self.db).count())
        self.keep("version", VERSION)

    def _close(self, term: int, entries: bytes) -> None:
        whole = len(entries) // ROW * ROW
        for start in range(0, whole, ROW):
            row = entries[start : start + ROW]
            last = int.from_bytes(row[-ENTRY:-1], "little")
            self.db.execute(
                "INSERT OR REPLACE INTO closed_postings VALUES (?, ?, ?)", (term, last, row)
            )
        self.db.execute("UPDATE postings SET posts = ? WHERE term = ?", (entries[whole:], term))


def _marks(values: Sequence[int]) -> str:
    return ",".join("?" * len(values))
