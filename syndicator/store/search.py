"""The index of published posts for a visitor's search: FTS5 tables, there only while it is wanted.

Triggers note each post whose words changed, so whatever changes a post need not know of the index.
The index holds no text (sqlite.org/fts5.html, 4.4.2). A post that changes gets a new document; the
old one is found no more, and goes when the index is made anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from syndicator.errors import StoreError, SyndicatorError
from syndicator.model.edition import Reference
from syndicator.store import codec, schema
from syndicator.store.db import Table

_TABLES = """
CREATE TABLE search_documents (document INTEGER PRIMARY KEY, post INTEGER NOT NULL UNIQUE);
CREATE TABLE search_waiting (post INTEGER PRIMARY KEY);
CREATE VIRTUAL TABLE search_words USING fts5(title, text, more, content = '',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'");
CREATE TRIGGER search_published AFTER INSERT ON entries
    BEGIN INSERT OR IGNORE INTO search_waiting VALUES (new.post); END;
CREATE TRIGGER search_replaced AFTER UPDATE OF post ON entries
    BEGIN INSERT OR IGNORE INTO search_waiting VALUES (new.post); END;
CREATE TRIGGER search_stored AFTER INSERT ON bodies
    BEGIN INSERT OR IGNORE INTO search_waiting VALUES (new.post); END;
CREATE TRIGGER search_revised AFTER UPDATE OF rest, text ON bodies
    BEGIN INSERT OR IGNORE INTO search_waiting VALUES (new.post); END;
INSERT INTO search_waiting SELECT DISTINCT post FROM entries;
"""
_DROP = """
DROP TRIGGER search_published;
DROP TRIGGER search_replaced;
DROP TRIGGER search_stored;
DROP TRIGGER search_revised;
DROP TABLE search_documents;
DROP TABLE search_waiting;
DROP TABLE search_words;
"""
_ANEW = """
INSERT INTO search_words (search_words) VALUES ('delete-all');
DELETE FROM search_documents;
INSERT OR IGNORE INTO search_waiting SELECT DISTINCT post FROM entries;
"""
_PUBLISHED = """SELECT w.value FROM json_each(?) w JOIN posts p ON p.number = w.value
    WHERE EXISTS (SELECT 1 FROM entries e INDEXED BY entries_by_story
        WHERE e.story = coalesce(p.copy_of, p.number) AND e.post = p.number)"""
# Cross joins are made in the order written: from the newest documents that match.
_FIND = """SELECT p.number, s.id, bm25(search_words, 5.0, 1.0, 2.0),
    coalesce(story.public_id, p.public_id), p.title, p.link, p.language, p.published
    FROM search_words CROSS JOIN search_documents d ON d.document = search_words.rowid
    CROSS JOIN posts p ON p.number = d.post
    CROSS JOIN entries e INDEXED BY entries_by_story
        ON e.story = coalesce(p.copy_of, p.number) AND e.feed = ? AND e.post = p.number
    CROSS JOIN members m ON m.feed = e.feed AND m.source = e.source AND m.gone = 0
    CROSS JOIN sources s ON s.number = e.source
    LEFT JOIN posts story ON story.number = p.copy_of
    WHERE search_words MATCH ? AND e.gone = 0 AND p.withdrawn = 0
    AND coalesce(story.withdrawn, 0) = 0 AND e.source NOT IN (SELECT source FROM hidden)
    AND p.published >= ? AND p.published < ?
    AND (? = '' OR s.id IN (SELECT value FROM json_each(?)))
    ORDER BY search_words.rowid DESC LIMIT ?"""
# Of each source two steps into an index.
_SPAN = """SELECT min((SELECT min(published) FROM posts WHERE source = m.source)),
    max((SELECT max(published) FROM posts WHERE source = m.source)) FROM members m
    WHERE m.feed = (SELECT number FROM feeds WHERE name = ?) AND m.gone = 0"""
_STALE = 10_000  # documents that may be out of date before the index is made anew
_STEPS = 10_000  # of SQLite's machine, between two looks at the clock


class SearchTimeout(SyndicatorError):
    """A search that was broken off at its deadline."""


class Match(Struct, frozen=True):
    """A published post that a search found."""

    number: int  # the store's own
    source: str  # its id
    score: float  # smaller is better
    published: datetime
    reference: Reference


class Search(Table):
    """The words of published posts. None of its tables is there until `enable`."""

    @property
    def is_enabled(self) -> bool:
        """Whether the tables are there."""
        return self.db.row("SELECT 1 FROM sqlite_master WHERE name = 'search_waiting'") is not None

    @property
    def is_possible(self) -> bool:
        """Whether this SQLite has FTS5."""
        return self.db.row("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'") is not None

    def enable(self) -> None:
        """Make the tables if they are missing; all published posts wait to be indexed then."""
        if not self.is_enabled:
            self._run(_TABLES)

    def disable(self) -> None:
        """Remove the tables."""
        if self.is_enabled:
            self._run(_DROP)

    def _run(self, script: str) -> None:
        with self.db.transaction():
            for statement in schema.statements([script]):
                self.db.execute(statement)

    def waiting(self, most: int) -> list[int]:
        """Return the numbers of posts that are new or changed, at most so many."""
        return self.db.column("SELECT post FROM search_waiting ORDER BY post LIMIT ?", most)

    def published(self, numbers: Sequence[int]) -> list[int]:
        """Return those of these posts that a feed has published, in their order."""
        return self.db.column(_PUBLISHED, codec.encode(list(numbers)))

    def index(self, waiting: Sequence[int], rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Index posts in place of what was known of the waiting ones.

        A row is the number of a post, with the words of its title, its text and the rest.
        """
        with self.db.transaction():
            numbers = [(number,) for number in waiting]
            self.db.executemany("DELETE FROM search_waiting WHERE post = ?", numbers)
            self.db.executemany("DELETE FROM search_documents WHERE post = ?", numbers)
            last = self.db.value("SELECT max(id) FROM search_words_docsize") or 0
            for document, (number, words) in enumerate(rows, last + 1):
                pair = document, number
                self.db.execute("INSERT INTO search_documents VALUES (?, ?)", pair)
                self.db.execute(
                    "INSERT INTO search_words (rowid, title, text, more) VALUES (?, ?, ?, ?)",
                    (document, *words),
                )

    def renew(self) -> None:
        """Have the index made anew if many of its documents are out of date."""
        last = self.db.value("SELECT max(id) FROM search_words_docsize") or 0
        current = self.db.value("SELECT count(*) FROM search_documents")
        if last - current > current + _STALE:
            self._run(_ANEW)

    def find(
        self,
        feed: str,
        expression: str,
        *,
        sources: Sequence[str] | None = None,
        since: float = -1e18,
        until: float = 1e18,
        most: int = 1000,
        seconds: float = 2.0,
    ) -> list[Match]:
        """Return the posts of a feed that match, the best first; of many the newest `most`.

        `expression` is of FTS5's syntax, `sources` are ids (None: all), `since` and `until` are
        seconds since 1970. Raises SearchTimeout after so many seconds, StoreError.
        """
        number = self.db.value("SELECT number FROM feeds WHERE name = ?", feed)
        wanted = "" if sources is None else codec.encode(list(sources))
        deadline = time.monotonic() + seconds
        self.db.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        values = (number, expression, since, until, wanted, wanted, most)
        try:
            rows = self.db.rows(_FIND, *values)
        except StoreError as error:
            if time.monotonic() < deadline:
                raise
            raise SearchTimeout("the search took too long") from error
        finally:
            self.db.set_progress_handler(None, 0)
        return sorted(map(_match, rows), key=lambda match: match.score)

    def span(self, feed: str) -> tuple[datetime, datetime] | None:
        """Return the dates of the oldest and the newest post of a feed's sources, None for none."""
        oldest, newest = self.db.row(_SPAN, feed)
        return None if oldest is None else (codec.moment(oldest), codec.moment(newest))


def _match(row: Sequence[Any]) -> Match:
    number, source, score, public_id, title, link, language, seconds = row
    published = codec.moment(seconds)
    reference = Reference(public_id, title, link, language=language, published=published)
    return Match(number, source, score, published, reference)
