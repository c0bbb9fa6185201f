"""The index of likeness <-> SQLite: traces of posts, and under each term the posts that have it.

It stands in the state file, so that it is right whenever the posts are; but it is made of the posts alone, and
of another VERSION it is thrown away and made again. An open row a term takes what is posted; when it is full
it is closed: appending then never rewrites more than a page, and the newest part of a long list is read alone.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Mapping

from syndicator.model import Card, Reference, Trace

VERSION = 1
FULL = 2000  # bytes of postings in an open row before they are closed
CLOSED = 8  # closed rows of a term that a question reads, the newest

SCHEMA = """
CREATE TABLE IF NOT EXISTS traces (
    number INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    time REAL NOT NULL,
    terms BLOB NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    sketch BLOB NOT NULL,
    waiting INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS traces_waiting ON traces (number) WHERE waiting = 1;
CREATE INDEX IF NOT EXISTS traces_by_source ON traces (source, time);
CREATE TABLE IF NOT EXISTS postings (term INTEGER PRIMARY KEY, posts BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS postings_full ON postings (term) WHERE length(posts) >= 2000;
CREATE TABLE IF NOT EXISTS closed_postings (
    term INTEGER NOT NULL, number INTEGER NOT NULL, posts BLOB NOT NULL, PRIMARY KEY (term, number)
) WITHOUT ROWID;
"""


class SqlCorpus:
    """The `Corpus` of a state file, through the store's own connection; the caller holds the transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Open the index; makes its tables where they are missing."""
        self._db = db
        self._sources: dict[str, int] = {}
        for statement in SCHEMA.split(";"):
            if statement.strip():
                db.execute(statement)

    def put(self, trace: Trace) -> None:
        """Keep the trace of a post, in place of an older one; its terms wait to be posted."""
        self._db.execute(
            "INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
            (
                trace.number,
                self._source(trace.source_id),
                trace.time,
                trace.terms,
                trace.title,
                trace.text,
                array("I", trace.sketch).tobytes(),
            ),
        )

    def drop(self, number: int) -> None:
        """Forget a post."""
        self._db.execute("DELETE FROM traces WHERE number = ?", (number,))

    def unposted(self) -> list[Trace]:
        """Return the traces whose terms wait to be posted, by number."""
        return [_trace(row) for row in self._db.execute(f"{_TRACE} WHERE t.waiting = 1 ORDER BY t.number")]

    def post(self, postings: Iterable[tuple[int, bytes]], numbers: Iterable[int]) -> None:
        """Append to the postings of terms; the traces of `numbers` wait no longer."""
        self._db.executemany(
            "INSERT INTO postings VALUES (?, ?) ON CONFLICT (term) DO UPDATE SET posts = CAST(posts || excluded.posts AS BLOB)",
            postings,
        )
        full = self._db.execute("SELECT term, posts FROM postings WHERE length(posts) >= 2000").fetchall()
        for term, posts in full:
            number = int.from_bytes(posts[-5:-1], "little")
            self._db.execute("INSERT OR REPLACE INTO closed_postings VALUES (?, ?, ?)", (term, number, posts))
            self._db.execute("DELETE FROM postings WHERE term = ?", (term,))
        self._db.executemany("UPDATE traces SET waiting = 0 WHERE number = ?", ((n,) for n in numbers))

    def postings(self, terms: Iterable[int]) -> Mapping[int, bytes]:
        """Return what was posted under each of these terms, the newest part of it where it is long."""
        found: dict[int, bytes] = {}
        for term in terms:
            row = self._db.execute("SELECT posts FROM postings WHERE term = ?", (term,)).fetchone()
            parts = [row[0]] if row else []
            parts += [
                posts
                for (posts,) in self._db.execute(
                    "SELECT posts FROM closed_postings WHERE term = ? ORDER BY number DESC LIMIT ?", (term, CLOSED)
                )
            ]
            if parts:
                found[term] = b"".join(parts)
        return found

    def traces(self, numbers: Iterable[int]) -> Mapping[int, Trace]:
        """Return the traces of these posts, as far as they are known, in the order asked for."""
        asked = list(numbers)
        marks = ",".join("?" * len(asked))
        found = {row[0]: row for row in self._db.execute(f"{_TRACE} WHERE t.number IN ({marks})", asked)}
        return {number: _trace(found[number]) for number in asked if number in found}

    def shelf(self, source_id: str, limit: int) -> list[int]:
        """Return the posts of a source, newest first."""
        rows = self._db.execute(
            "SELECT number FROM traces WHERE source = ? ORDER BY time DESC, number DESC LIMIT ?",
            (self._source(source_id), limit),
        )
        return [number for (number,) in rows]

    def cards(self, numbers: Iterable[int]) -> Mapping[int, Card]:
        """Return those of these posts that a list may link to."""
        asked = list(numbers)
        marks = ",".join("?" * len(asked))
        rows = self._db.execute(
            "SELECT p.number, s.id, p.public_id, p.title, p.link, json_extract(i.info, '$.name'), p.language"
            " FROM posts p JOIN sources s ON s.number = p.source LEFT JOIN infos i ON i.source = p.source"
            f" WHERE p.number IN ({marks}) AND p.withdrawn = 0 AND p.filtered = '' AND p.copy_of IS NULL"
            " AND p.title <> '' AND p.link <> ''",
            asked,
        )
        return {
            number: Card(number, source_id, Reference(public or "", title, link, name or source_id, 0.0, language))
            for number, source_id, public, title, link, name, language in rows
        }

    def counts(self) -> bytes:
        """Return the counts of terms as last kept, b"" for none."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'term_counts'").fetchone()
        return bytes(row[0]) if row else b""

    def keep_counts(self, counts: bytes) -> None:
        """Keep the counts of terms."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('term_counts', ?)", (counts,))

    def _source(self, source_id: str) -> int:
        number = self._sources.get(source_id)
        if number is None:
            row = self._db.execute("SELECT number FROM sources WHERE id = ?", (source_id,)).fetchone()
            number = self._sources[source_id] = row[0] if row else 0
        return number


_TRACE = "SELECT t.number, s.id, t.time, t.terms, t.title, t.text, t.sketch FROM traces t JOIN sources s ON s.number = t.source"


def _trace(row: tuple[int, str, float, bytes, str, str, bytes]) -> Trace:
    number, source_id, time, terms, title, text, sketch = row
    return Trace(number, source_id, time, terms, title, text, tuple(array("I", sketch)))
