"""A state file -> verified, compacted, copied while a run is at work."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import Struct

from syndicator.errors import StoreError
from syndicator.model.fetch import Outage
from syndicator.model.post import Post, SourceInfo
from syndicator.store import codec, rows
from syndicator.store.db import Connection, connect, open_existing, words
from syndicator.store.meta import (
    Announced,
    Build,
    HubPauses,
    Languages,
    Stories,
    TakenForPrivate,
    Takeover,
)
from syndicator.store.retention import PurgeNoted, Withdrawal
from syndicator.store.sources import Sources

_PORTION = 500  # rows decoded at a time


def problems(path: Path, notes: Sequence[type[Struct]] = ()) -> Iterator[str]:
    """Yield a line for each thing that is wrong with a state file: in its pages, or inside its rows.

    `notes` are types of notes that the store does not know. Raises StoreError where the file can't
    be opened.
    """
    with closing(open_existing(path)) as db:
        for finding in db.column("PRAGMA integrity_check(20)"):
            if finding != "ok":
                yield f"{path}: {finding}"
        yield from _wrong_types(db)
        yield from _wrong_notes(db, notes)
        yield from (words for query, words in _DANGLING if db.row(query))
        for table, query, decode in _DECODED:
            yield from _undecoded(db, table, query, decode)
        try:
            Sources(db).states()
        except (StoreError, TypeError) as error:
            yield f"table sources: {error}"


def _wrong_types(db: Connection) -> Iterator[str]:
    """Yield the columns with values of another type than theirs: SQLite takes any."""
    for table, column, kind in db.rows(_COLUMNS):
        if kind == "TEXT" and not _is_text(db, table, column):
            yield f"table {table}: a value of column {column} is no UTF-8"
        if kind in _TYPES and table != "meta":
            wrong = (
                f'SELECT 1 FROM "{table}" WHERE typeof("{column}") NOT IN ({_TYPES[kind]}) LIMIT 1'
            )
            if db.row(wrong):
                yield f"table {table}: a value of column {column} is no {kind}"
    for table, column, size in _RECORDS:
        if db.row(f"SELECT 1 FROM {table} WHERE length({column}) % {size} LIMIT 1"):
            yield f"table {table}: {column} holds no whole records"


def _is_text(db: Connection, table: str, column: str) -> bool:
    """Read all values of a column; tell whether each can be decoded."""
    try:
        for _ in db.execute(f'SELECT "{column}" FROM "{table}"'):
            pass
    except (StoreError, sqlite3.OperationalError):
        return False
    return True


def _wrong_notes(db: Connection, notes: Sequence[type[Struct]]) -> Iterator[str]:
    """Yield the single values that are none: notes, counts, marks, and the index's own."""
    known = {kind.__name__: kind for kind in (*_NOTES, *notes)}
    try:
        values = dict(db.rows("SELECT key, value FROM meta"))
    except StoreError as error:
        yield f"table meta: {error}"
        return
    if "event" not in values:
        yield "table meta: the count of events is missing"
    for key, value in values.items():
        if not isinstance(key, str):
            yield f"table meta: {key!r} is no key"
        elif not isinstance(value, _SINGLE.get(key, object)):
            yield f"table meta, row {key}: {value!r} is no value of it"
        elif kind := known.get(key.partition(" ")[0]):
            yield from _undecoded_note(kind, key, value)


def _undecoded_note(kind: type[Struct], key: str, value: str) -> Iterator[str]:
    try:
        codec.read(kind, value)
    except StoreError as error:
        yield f"table meta, row {key}: {error}"


_NOTES: tuple[type[Struct], ...] = (
    *(Announced, Build, HubPauses, Languages, Outage, PurgeNoted, Stories, Takeover),
    *(TakenForPrivate, Withdrawal),
)
_SINGLE: Mapping[str, Any] = {
    **dict.fromkeys(("event", "index_owed", "index_version"), int),
    **dict.fromkeys(("index_counts", "index_learnt"), bytes),
    **dict.fromkeys(("store", "shown sources"), str),
}

_COLUMNS = """SELECT t.name, c.name, c.type FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"""
_TYPES = {
    "TEXT": "'text', 'null'",
    "REAL": "'real', 'integer', 'null'",
    "INTEGER": "'integer', 'null'",
    "BLOB": "'blob', 'null'",
}
# The index of related posts: packed records of so many bytes.
_RECORDS = (
    ("postings", "posts", 5),
    ("closed_postings", "posts", 5),
    ("logged_postings", "entries", 9),
    ("traces", "terms", 5),
    ("traces", "kin", 5),
)


# Rows that lead to a row which is not there, or to one that says too little.
_DANGLING = (
    (
        "SELECT 1 FROM posts WHERE source NOT IN (SELECT number FROM sources) LIMIT 1",
        "table posts: a post has no source",
    ),
    (
        "SELECT 1 FROM posts WHERE number NOT IN (SELECT post FROM bodies) LIMIT 1",
        "table posts: a post has no body",
    ),
    (
        "SELECT 1 FROM entries WHERE story NOT IN"
        " (SELECT number FROM posts WHERE public_id IS NOT NULL) LIMIT 1",
        "table posts: a published post has no id",
    ),
    ("SELECT 1 FROM feeds WHERE id = '' LIMIT 1", "table feeds: a feed has no id"),
)


def _undecoded(
    db: Connection, table: str, query: str, decode: Callable[..., object]
) -> Iterator[str]:
    last = -1
    try:
        while portion := db.rows(query, last, _PORTION):
            for last, *values in portion:
                try:
                    decode(*values)
                except StoreError as error:
                    yield f"table {table}, row {last}: {error}"
    except StoreError as error:
        yield f"table {table}: {error}"


def _read_body(rest: str, credit: str) -> None:
    codec.read_fields(Post, rest)
    codec.read_fields(Post, credit)


def _read_frozen(credit: str, lists: str | None) -> None:
    codec.read_fields(Post, credit)
    codec.read(list[tuple[str, str, str]], lists or "[]")


def _portion(table: str, key: str, columns: str) -> str:
    return f"SELECT {key}, {columns} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT ?"


_DECODED: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("posts", _portion("posts", "number", "keys"), rows.unpack_keys),
    ("bodies", _portion("bodies", "post", "rest, credit"), _read_body),
    ("frozen", _portion("frozen", "post", "credit, lists"), _read_frozen),
    ("infos", _portion("infos", "source", "info"), lambda info: codec.read(SourceInfo, info)),
    ("items", _portion("items", "source", "items"), lambda text: codec.read(dict[str, int], text)),
)


def compact(path: Path) -> tuple[int, int]:
    """Give the room of dropped rows back to the disk; return the bytes before and after.

    To be called while no run is at work. Needs room for a second copy for a moment.
    """
    before = path.stat().st_size
    with closing(connect(path)) as db:
        db.execute("VACUUM")
        db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, path.stat().st_size


def backup(path: Path, target: Path) -> int:
    """Copy a state file as it is at one moment, also while a run writes; return its bytes.

    The copy takes the place of `target` when it is whole, and has the permissions of the original.
    Raises StoreError.
    """
    unfinished = target.with_name(f".{target.name}.syndicator-new")
    try:
        with closing(open_existing(path)) as db:
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(b"")
            with closing(sqlite3.connect(unfinished)) as copy:
                db.backup(copy, pages=1000)
                (problem,) = copy.execute("PRAGMA quick_check").fetchone()
        if problem != "ok":
            raise StoreError(f"{path} is damaged ({problem}); {target} is left as it was")
        unfinished.chmod(stat.S_IMODE(path.stat().st_mode))
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    except sqlite3.Error as error:
        raise StoreError(words(error, target)) from error
    except OSError as error:
        raise StoreError(f"cannot write {target}: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size
