"""A path -> an open SQLite connection with our settings; what goes wrong becomes a StoreError in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from syndicator.errors import StoreError
from syndicator.store import schema

P = ParamSpec("P")
R = TypeVar("R")

BUSY_SECONDS = 30.0  # a `status` that reads while a run writes; two runs are kept apart by the lock


def connect(path: Path | str) -> sqlite3.Connection:
    """Open the state file, made where it is missing. Raises StoreError, saying what is wrong with it."""
    try:
        db = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256
        )
    except sqlite3.Error as error:
        raise StoreError(words(error, path)) from error
    try:
        # WAL: readers never wait; NORMAL: a power cut may take the last commits, never the file (sqlite.org/wal.html).
        db.execute(
            "PRAGMA page_size = 8192"
        )  # of a new file: a post's body needs fewer pages, a tenth less work
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -16000")
        schema.migrate(db, str(path))
    except sqlite3.Error as error:
        db.close()
        raise StoreError(words(error, path)) from error
    except BaseException:
        db.close()
        raise
    return db


def examine(path: Path) -> None:
    """Raise StoreError where a file is no state file that we can use; it is not changed, nor is one made beside it."""
    # Immutable: no lock, no WAL's index. What a run that is at work has not yet put into the file itself is not seen.
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as db:
            schema.found(db, str(path))
    except sqlite3.Error as error:
        raise StoreError(words(error, path)) from error


def words(error: sqlite3.Error, path: Path | str) -> str:
    """Return what an operator can do about an error of SQLite."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"{path} is damaged ({error}); put a copy of it from a backup in its place, or move it away to start anew"  # noqa: E501
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{path} is in use by another program ({error}); try again when it has ended"
    if name.startswith("SQLITE_FULL"):
        return f"the disk of {path} is full; nothing was lost, the next run goes on where this one ended"
    if name.startswith("SQLITE_CANTOPEN"):
        return f"{path} can't be opened ({error}); does its folder exist, and may we write there?"
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM")):
        # What a killed run of another user leaves beside it stays in the way though the file itself is ours again.
        return (
            f"{path} can't be written ({error}); the file, {path}-wal and {path}-shm beside it where they are there, "
            "and its folder must belong to who runs syndicator"
        )
    return f"{path}: {error}"


def in_words(method: Callable[P, R]) -> Callable[P, R]:
    """Make a method of Store raise StoreError where SQLite fails."""

    @wraps(method)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except sqlite3.Error as error:
            raise StoreError(words(error, getattr(args[0], "path", "the state file"))) from error

    return told


@contextmanager
def transaction(db: sqlite3.Connection, path: Path | str) -> Iterator[None]:
    """Make what follows all or nothing; one inside another belongs to the outer one."""
    if db.in_transaction:
        yield
        return
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except BaseException as error:
        with suppress(sqlite3.Error):  # a full disk has rolled it back already
            db.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise StoreError(words(error, path)) from error
        raise
