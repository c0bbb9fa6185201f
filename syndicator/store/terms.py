"""The index of likeness <-> SQLite: packed terms of posts, and under each term the posts that have it.

It stands in the state file, so that it is right whenever the posts are; but it is made of the posts alone: of
another VERSION it is thrown away and made again. Under each term an open row takes what is posted; a full one
is closed. So appending never rewrites more than a page, and of a long list the newest part is read alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from syndicator.model.edition import Reference
from syndicator.model.likeness import Card
from syndicator.model.post import Post
from syndicator.store import codec, posts, rows
from syndicator.store.schema import LIKENESS

VERSION = 1
CLOSED = 8  # closed rows of a term that a question reads, the newest
SPREAD = 16  # one in so many of a source's newest posts is looked at: of one day, most may tell of one story
ENTRY = 5  # bytes: a post's number and a weight
ROW = 400 * ENTRY  # bytes of a closed row

_APPEND = """INSERT INTO postings VALUES (?, ?)
    ON CONFLICT (term) DO UPDATE SET posts = CAST(posts || excluded.posts AS BLOB)"""
# A number, not ROW bound to a mark: SQLite uses the index `postings_full` only where it sees that it serves.
_FULL = "SELECT term, posts FROM postings WHERE length(posts) >= 2000"
_SETTLE = """INSERT OR REPLACE INTO traces (number, source, time, terms)
    SELECT number, source, time, ? FROM unposted WHERE number = ?"""
_CLOSED = "SELECT posts FROM closed_postings WHERE term = ? ORDER BY number DESC LIMIT ?"

_SHELF = """SELECT number FROM traces
    WHERE source = ?1 AND number > (SELECT coalesce(max(former), 0) FROM sources WHERE number = ?1)
    ORDER BY time DESC, number DESC LIMIT ?2"""
_COMPANY = """SELECT number FROM traces WHERE source = (SELECT source FROM traces WHERE number = ?)
    ORDER BY time DESC, number DESC LIMIT ?"""


class Terms:
    """The term index of a state file: term vectors of posts, and the posts under each term.

    It uses the store's connection; the caller holds the transaction.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        """Open the index; one of another version is made anew."""
        self._db = db
        self._sources: dict[str, int] = {}
        if self._note("index_version") != VERSION:
            self._make()

    def put(self, number: int, source_id: str, time: float, terms: bytes) -> None:
        """Let a post's packed terms wait to be posted, and take the place of older ones. `time`: seconds since 1970.

        What an older version was posted under stays: it makes the post a candidate, no more.
        """
        row = number, self._source(source_id), time, terms
        self._db.execute("INSERT OR REPLACE INTO unposted VALUES (?, ?, ?, ?)", row)

    def drop(self, number: int) -> None:
        """Forget a post."""
        self._db.execute("DELETE FROM traces WHERE number = ?", (number,))
        self._db.execute("DELETE FROM unposted WHERE number = ?", (number,))

    def pending(self, limit: int) -> list[tuple[int, bytes]]:
        """Return number and packed terms of the first posts whose terms wait to be posted, by number."""
        return self._db.execute(
            "SELECT number, terms FROM unposted ORDER BY number LIMIT ?", (limit,)
        ).fetchall()

    def finish(self, kept: Sequence[tuple[int, bytes]]) -> None:
        """Let these posts wait no longer, and keep these packed terms."""
        self._db.executemany(_SETTLE, ((terms, number) for number, terms in kept))
        self._db.executemany(
            "DELETE FROM unposted WHERE number = ?", ((number,) for number, _ in kept)
        )

    def append_log(self, entries: bytes) -> int:
        """Keep entries until they are posted under their terms: one row a call. Return how many bytes of them wait."""
        self._db.execute("INSERT INTO logged_postings (entries) VALUES (?)", (entries,))
        (waiting,) = self._db.execute("SELECT sum(length(entries)) FROM logged_postings").fetchone()
        return int(waiting)

    def read_log(self) -> bytes:
        """Return the entries that were kept so, in their order."""
        return b"".join(
            row
            for (row,) in self._db.execute("SELECT entries FROM logged_postings ORDER BY number")
        )

    def append_postings(self, postings: Iterable[tuple[int, bytes]]) -> None:
        """Append to the postings of terms all that was logged: the log is empty then."""
        self._db.executemany(_APPEND, postings)
        for term, entries in self._db.execute(_FULL).fetchall():
            self._close(term, entries)
        self._db.execute("DELETE FROM logged_postings")

    def postings(self, terms: Sequence[int], long: Sequence[int]) -> Mapping[int, bytes]:
        """Return what was posted under terms; of those in `long` the newest closed rows too."""
        found = dict(
            self._db.execute(
                f"SELECT term, posts FROM postings WHERE term IN ({_marks(terms)})", terms
            )
        )
        for term in long:
            closed = self._db.execute(_CLOSED, (term, CLOSED)).fetchall()
            found[term] = b"".join((found.get(term, b""), *(entries for (entries,) in closed)))
        return found

    def vectors(self, numbers: Sequence[int]) -> list[tuple[int, float, bytes, bytes]]:
        """Return number, time, packed terms and kin of these posts, as far as they are known, by number."""
        query = f"SELECT number, time, terms, kin FROM traces WHERE number IN ({_marks(numbers)})"
        return self._db.execute(query, numbers).fetchall()

    def sample(self, number: int, limit: int) -> list[bytes]:
        """Return the packed terms of some posts of the source that a post is of, spread over its newest few hundred."""
        known = [one for (one,) in self._db.execute(_COMPANY, (number, SPREAD * limit))]
        some = known[:: max(1, len(known) // limit)][:limit]
        query = f"SELECT terms FROM traces WHERE number IN ({_marks(some)})"
        return [terms for (terms,) in self._db.execute(query, some)]

    def keep_neighbours(self, number: int, kin: bytes) -> None:
        """Keep the nearest posts of one."""
        self._db.execute("UPDATE traces SET kin = ? WHERE number = ?", (kin, number))

    def newest(self, source_id: str, limit: int) -> list[int]:
        """Return the posts of a source, newest first, but none of whoever had its address before."""
        return [number for (number,) in self._db.execute(_SHELF, (self._source(source_id), limit))]

    def cards(self, numbers: Sequence[int]) -> Mapping[int, Card]:
        """Return those of these posts that a list may link to: not withdrawn, filtered, folded or dated to come."""
        found = self._db.execute(
            f"""SELECT p.number, s.id, p.keys, coalesce(p.public_id, ''), p.title, p.link, p.language, p.published,
                coalesce(json_extract(i.info, '$.name'), s.id)
            FROM posts p JOIN sources s ON s.number = p.source LEFT JOIN infos i ON i.source = p.source
            WHERE p.number IN ({_marks(numbers)}) AND p.withdrawn = 0 AND p.filtered = '' AND p.copy_of IS NULL
            AND p.due IS NULL AND p.title <> '' AND p.link <> ''""",
            numbers,
        )
        return {number: _card(number, *row) for number, *row in found}

    def counts(self) -> bytes:
        """Return the counts of terms as last kept, b"" for none."""
        return self._blob("index_counts")

    def keep_counts(self, counts: bytes) -> None:
        """Keep the counts of terms."""
        self._keep_note("index_counts", counts)

    def learnt(self) -> bytes:
        """Return what was learnt about terms, as last kept, b"" for nothing."""
        return self._blob("index_learnt")

    def keep_learnt(self, learnt: bytes) -> None:
        """Keep what was learnt about terms."""
        self._keep_note("index_learnt", learnt)

    def unindexed(self, limit: int) -> list[tuple[int, Post, float]]:
        """Return some of the posts that were stored before this index was made, newest first; each only once."""
        debt = self._note("index_owed")
        if not debt:
            return []
        found = self._db.execute(
            "SELECT number, published FROM posts WHERE number <= ? ORDER BY number DESC LIMIT ?",
            (debt, limit),
        ).fetchall()
        self._keep_note("index_owed", found[-1][0] - 1 if len(found) == limit else 0)
        whole = posts.wholes(self._db, [number for number, _ in found])
        return [
            (number, whole[number], time) for number, time in reversed(found) if number in whole
        ]

    def clear(self) -> None:
        """Throw the index away; `owed` then gives all stored posts."""
        self._make()

    def _close(self, term: int, entries: bytes) -> None:
        whole = len(entries) // ROW * ROW
        for start in range(0, whole, ROW):
            row = entries[start : start + ROW]
            last = int.from_bytes(row[-ENTRY:-1], "little")
            self._db.execute(
                "INSERT OR REPLACE INTO closed_postings VALUES (?, ?, ?)", (term, last, row)
            )
        self._db.execute("UPDATE postings SET posts = ? WHERE term = ?", (entries[whole:], term))

    def _make(self) -> None:
        for statement in LIKENESS.split(";\n"):
            self._db.execute(statement)
        self._db.execute("DELETE FROM meta WHERE key = 'index_learnt'")
        (newest,) = self._db.execute("SELECT coalesce(max(number), 0) FROM posts").fetchone()
        self._keep_note("index_owed", newest)
        self._keep_note("index_version", VERSION)

    def _source(self, source_id: str) -> int:
        if source_id not in self._sources:
            row = self._db.execute(
                "SELECT number FROM sources WHERE id = ?", (source_id,)
            ).fetchone()
            self._sources[source_id] = row[0] if row else 0
        return self._sources[source_id]

    def _note(self, key: str) -> int | bytes | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _blob(self, key: str) -> bytes:
        kept = self._note(key)
        return kept if isinstance(kept, bytes) else b""

    def _keep_note(self, key: str, value: int | bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _card(  # noqa: PLR0913, PLR0917 - the columns of a query
    number: int,
    source_id: str,
    keys: bytes,
    public_id: str,
    title: str,
    link: str,
    language: str,
    at: float,
    name: str,
) -> Card:
    reference = Reference(
        public_id, title, link, name, language=language, published=codec.moment(at)
    )
    return Card(number, source_id, rows.unpack_keys(keys), reference)


def _marks(values: Sequence[int]) -> str:
    return ",".join("?" * len(values))
