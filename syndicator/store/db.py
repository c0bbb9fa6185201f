"""Open SQLite with our settings; its errors come out as StoreError, in words."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from syndicator.errors import StoreError
from syndicator.store import schema

_HEADER = b"SQLite format 3\0"
BUSY_SECONDS = 30.0  # a `status` that reads while a run writes; two runs are kept apart by the lock


class Connection(sqlite3.Connection):
    """A connection that gives rows as lists, and raises StoreError wherever SQLite fails."""

    path: Path | str = ""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401
        """Run a statement that changes something. Read with `rows`: a cursor's errors stay raw."""
        try:
            return super().execute(sql, parameters)
        except sqlite3.Error as error:
            raise StoreError(words(error, self.path)) from error

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Run a statement once for each of these parameters."""
        try:
            return super().executemany(sql, parameters)
        except sqlite3.Error as error:
            raise StoreError(words(error, self.path)) from error

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a query."""
        try:
            return super().execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(words(error, self.path)) from error

    def row(self, sql: str, *values: object) -> Any:  # noqa: ANN401 - a tuple, or None
        """Return the first row of a query, None if there is none."""
        return next(iter(self.rows(sql, *values)), None)

    def value(self, sql: str, *values: object) -> Any:  # noqa: ANN401
        """Return the first column of the first row, None if there is no row."""
        row = self.row(sql, *values)
        return row and row[0]

    def restrict(self) -> None:
        """Let nobody but the file's owner read it: it holds secrets."""
        for path in (f"{self.path}", f"{self.path}-wal", f"{self.path}-shm"):
            with suppress(OSError):
                mode = Path(path).stat().st_mode
                if mode & 0o077:
                    Path(path).chmod(stat.S_IMODE(mode) & 0o700)

    def column(self, sql: str, *values: object) -> list[Any]:
        """Return the first column of all rows."""
        return [row[0] for row in self.rows(sql, *values)]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that follows one transaction; one inside another belongs to the outer one."""
        if self.in_transaction:
            yield
            return
        try:
            self.execute("BEGIN IMMEDIATE")
            yield
            self.execute("COMMIT")
        except BaseException:
            with suppress(StoreError):  # a full disk has rolled it back already
                self.execute("ROLLBACK")
            raise


class Table:
    """The base of the table objects: a part of the store over the common connection."""

    def __init__(self, db: Connection) -> None:
        self.db = db


def connect(path: Path | str) -> Connection:
    """Open the state file, made if it is missing. Raises StoreError."""
    db = _opened(str(path), path)
    try:
        # Of a new file: a post's body needs fewer pages, a tenth less work.
        db.execute("PRAGMA page_size = 8192")
        # WAL: readers never wait; NORMAL: a power cut may take the last commits, never the file
        # (sqlite.org/wal.html).
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -16000")
        schema.migrate(db, str(path))
    except BaseException:
        db.close()
        raise
    return db


def open_existing(path: Path | str) -> Connection:
    """Open a state file to read it; one of an older schema is brought to the newest.

    Raises StoreError where it is missing, or no state file of ours. A file that we may not write is
    opened as immutable where no run is at work: else SQLite would leave an index of the WAL beside
    it that nobody may write either.
    """
    file = Path(path)
    quiet = not os.access(file, os.W_OK) and not Path(f"{path}-wal").exists()
    mode = "mode=ro&immutable=1" if quiet else "mode=rw"
    db = _opened(f"{file.absolute().as_uri()}?{mode}", path)
    try:
        db.execute("PRAGMA query_only = 1")
        number = schema.version(db, str(path))
    except BaseException:
        db.close()
        raise
    if number < len(schema.MIGRATIONS):
        db.close()
        return connect(path)
    return db


def examine(path: Path) -> None:
    """Raise StoreError if a file is no state file of ours; nothing is changed or made."""
    # Immutable: no lock, no index of the WAL. The WAL of a run at work is not seen.
    with closing(_opened(f"{path.absolute().as_uri()}?mode=ro&immutable=1", path)) as db:
        schema.version(db, str(path))


def _opened(address: str, path: Path | str) -> Connection:
    _require_header(Path(path))
    try:
        db = sqlite3.connect(
            address,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            cached_statements=256,
            factory=Connection,
            uri=address.startswith("file:"),
        )
    except sqlite3.Error as error:
        raise StoreError(words(error, path)) from error
    db.path = path
    return db


def _require_header(path: Path) -> None:
    """Raise StoreError for a file that begins unlike a database: SQLite takes a short one for empty.

    An empty file is a new one. A file that can't be read is SQLite's to judge.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEADER))
    except OSError:
        return
    if head and head != _HEADER:
        raise StoreError(damaged(path, "it does not begin as a database"))


def words(error: sqlite3.Error, path: Path | str) -> str:
    """Return the advice to an operator on an error of SQLite."""
    name = getattr(error, "sqlite_errorname", "") or ""
    is_broken = "decode to UTF-8" in str(error) or "malformed JSON" in str(error)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or is_broken:
        return damaged(path, error)
    for code, advice in _ADVICE.items():
        if name.startswith(code):
            return advice.format(path=path, error=error)
    return f"{path}: {error}"


# Leftovers of another user's killed run stay in the way though the file itself is ours.
_OF_ANOTHER = (
    "{path} can't be written ({error}); the file, {path}-wal and {path}-shm beside it where they "
    "are there, and its folder must belong to who runs syndicator"
)
_IN_USE = "{path} is in use by another program ({error}); try again when it has ended"
_ADVICE = {
    "SQLITE_BUSY": _IN_USE,
    "SQLITE_LOCKED": _IN_USE,
    "SQLITE_FULL": (
        "the disk of {path} is full; nothing was lost, the next run goes on where this one ended"
    ),
    "SQLITE_CANTOPEN": (
        "{path} can't be opened ({error}); does its folder exist, and may we write there?"
    ),
    "SQLITE_READONLY": _OF_ANOTHER,
    "SQLITE_PERM": _OF_ANOTHER,
}


def damaged(path: Path | str, why: object) -> str:
    """Return the words for a state file with broken content."""
    return (
        f"{path} is damaged ({why}); put a copy of it from a backup in its place, "
        "or move it away to start anew"
    )
