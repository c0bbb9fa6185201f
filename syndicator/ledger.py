"""The ledger of an output folder: which files below it are ours, of what type, what their pages said, of which feed.

A small SQLite file in that folder, hidden and never served. It is the one exception to the rule that all SQL stands
in the store: it goes where its files go, so that the folder can be moved, copied or restored without the state file.

A file is claimed, durably, before it is there, and its digest is recorded after it is; so a kill or a power cut at
any moment leaves a digest that is the file's own, or none. Publishing asks for single paths, by key or index, and
never for all: it costs by what is published. Where the ledger is lost or damaged, nothing is ours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any

from syndicator.errors import PublishError

NAME = ".syndicator"
_BUSY_SECONDS = 30.0  # a `check` that reads while a run writes
_PORTION = 500  # rows that are read at a time where all are read
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, type TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS files_by_type ON files (type)",
    "CREATE TABLE IF NOT EXISTS feed (only INTEGER PRIMARY KEY, id TEXT NOT NULL)",
)
_FIND = "SELECT type, digest FROM files WHERE path = ?"
_OF_TYPE = "SELECT path FROM files WHERE type = ? OR type >= ? AND type < ? LIMIT ?"
_BELOW = "SELECT path FROM files WHERE path >= ? AND path < ?"
_AFTER = "SELECT path, type FROM files WHERE path > ? ORDER BY path LIMIT ?"
_CLAIM = """INSERT INTO files VALUES (?, ?, '') ON CONFLICT (path) DO
    UPDATE SET type = excluded.type, digest = ''
    WHERE type <> excluded.type OR digest <> ''"""
_RECORD = """INSERT INTO files VALUES (?, ?, ?) ON CONFLICT (path) DO
    UPDATE SET type = excluded.type, digest = excluded.digest
    WHERE type <> excluded.type OR digest <> excluded.digest"""
_STAMP = "SELECT CAST(user_version AS TEXT) FROM pragma_user_version"
_FEED = "SELECT id FROM feed"
_NAME = "INSERT INTO feed VALUES (0, ?) ON CONFLICT (only) DO UPDATE SET id = excluded.id WHERE id <> excluded.id"
_FORGET = "DELETE FROM files WHERE path = ?"
# SQLITE_ERROR: a table or column is missing, so it is some other database.
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")
_NO_TEXT = (
    sqlite3.OperationalError,
    UnicodeDecodeError,
    TypeError,
)  # without a name: what should be text is none
_TROUBLE = (sqlite3.Error, UnicodeDecodeError, TypeError, OSError)


class Ledger(Mapping[str, str]):
    """Paths of our files -> the digests of what they say, "" where they have none; only of files that exist.

    Opened by the first that asks, made by the first that writes, closed by `close` or the end of a `with`. Raises
    PublishError where the file can't be read or written; one that is damaged raises nothing, and is `lost`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / NAME
        self.lost = False  # it was there, but damaged: nothing that it named is ours any more
        self.hidden: frozenset[str] = frozenset()
        self._db: sqlite3.Connection | None = None
        self._damaged = False

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    # ----- reading ---------------------------------------------------------------------------------------

    def __getitem__(self, path: str) -> str:
        entry = None if path in self.hidden else self._find(path)
        if entry is None or not (self.folder / path).is_file():
            raise KeyError(path)
        return entry[1]

    def __iter__(self) -> Iterator[str]:
        return (path for path, _ in self.files() if path in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def kind(self, path: str) -> str | None:
        """Return the media type of a file of ours, be it there or not; None: it is not ours."""
        entry = self._find(path)
        return entry[0] if entry else None

    def of_type(self, kind: str, most: int = -1) -> list[str]:
        """Return the paths of our files of a media type, whatever its parameters; so many at most, -1: all."""
        return [
            path for (path,) in self._ask(_OF_TYPE, kind, kind + ";", kind + "<", most)
        ]  # "<" follows ";"

    def below(self, folder: str) -> list[str]:
        """Return the paths of our files below a folder ("posts/")."""
        return [path for (path,) in self._ask(_BELOW, folder, folder[:-1] + "0")]  # "0" follows "/"

    @property
    def stamp(self) -> int:
        """The number that `sign` noted last, 0 for none."""
        found = self._ask(_STAMP)
        return int(found[0][0]) if found else 0

    @property
    def feed_id(self) -> str:
        """The id of the feed that was published here last, "" for none."""
        found = self._ask(_FEED)
        return str(found[0][0]) if found else ""

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield all paths and types, in order; portion by portion, so that a run that writes need not wait."""
        portion = self._ask(_AFTER, "", _PORTION)
        while portion:
            self._commit()
            yield from portion
            portion = self._ask(_AFTER, portion[-1][0], _PORTION)

    def _find(self, path: str) -> tuple[str, str] | None:
        found = self._ask(_FIND, path)
        return (found[0][0], found[0][1]) if found else None

    def _ask(self, question: str, *values: object) -> list[Any]:
        try:
            db = self._db or self._open()
            found = db.execute(question, values).fetchall() if db else []
            is_text = "\0" not in "".join(chain.from_iterable(found))
        except _TROUBLE as error:
            self._give_up(error)
            return []
        if not is_text:
            self._lose()
            return []
        return found

    # ----- writing ---------------------------------------------------------------------------------------

    def hide(self, paths: Iterable[str]) -> None:
        """Let these files count as gone, before they are: no page may link to one that is about to be removed."""
        self.hidden = frozenset(paths)

    def claim(self, files: Iterable[tuple[str, str]]) -> None:
        """Note, durably, that these paths with their types are ours, before the files are there.

        What their pages say is not known until they are written.
        """
        if self._tell(_CLAIM, list(files)):
            self._commit()

    def record(self, files: Iterable[tuple[str, str, str]]) -> None:
        """Note what files say (path, type, digest), after they are there; durable with the next claim or the end."""
        self._tell(_RECORD, list(files))

    def forget(self, path: str) -> None:
        """Note that a file is ours no more, after it was removed; durable as above."""
        self._tell(_FORGET, [(path,)])

    def name(self, feed_id: str) -> None:
        """Note whose files these are, for a state file that is lost; durable as above."""
        self._tell(_NAME, [(feed_id,)])

    def sign(self, stamp: int) -> None:
        """Note of which build these files are (31 bits), after they are there; durable as above.

        Who finds the number of the build that he knows may do the rest by what changed since; a ledger that was
        copied back, lost or made by another state file has another one.
        """
        try:
            if db := self._db or self._open():
                db.execute(f"PRAGMA user_version = {stamp}")
        except _TROUBLE as error:
            self._give_up(error)

    def close(self) -> None:
        """Keep what was noted, and close the file; nothing is left beside it."""
        self._commit()
        self._drop()

    def _tell(self, order: str, rows: Sequence[Sequence[str]]) -> bool:
        """Note rows, in a new file if the old one proves damaged; tell whether that changed anything."""
        for _ in range(2 if rows else 0):
            try:
                return self._change(order, rows)
            except _TROUBLE as error:
                self._give_up(error)
        return False

    def _change(self, order: str, rows: Sequence[Sequence[str]]) -> bool:
        db = self._db or self._open() or self._make()
        before = db.total_changes
        db.executemany(order, rows)
        return db.total_changes != before

    def _commit(self) -> None:
        try:
            if self._db:
                self._db.execute("COMMIT")
                self._db.execute("BEGIN")
        except _TROUBLE as error:
            self._give_up(error)

    # ----- the file --------------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection | None:
        """Open the file where there is one, and anything in it: a kill may have left it empty."""
        if self._damaged or not self.path.exists():
            return None
        if self._connect().execute("PRAGMA schema_version").fetchone() == (0,):
            self._drop()
        return self._db

    def _make(self) -> sqlite3.Connection:
        if self._damaged:
            for name in (
                f"{NAME}-journal",
                NAME,
            ):  # first the journal: it would be played into the new file
                (self.folder / name).unlink(missing_ok=True)
            self._damaged = False
        db = self._connect()
        for order in _SCHEMA:
            db.execute(order)
        return db

    def _connect(self) -> sqlite3.Connection:
        self._db = db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        # A journal that is gone after each transaction, not a WAL: the folder may lie on a network file system, where
        # a WAL can't work, and nobody should copy or serve its files.
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(
            "BEGIN"
        )  # one is always open: a look-up in it takes a third of one that locks the file for itself
        return db

    def _drop(self) -> None:
        if self._db:
            self._db.close()
            self._db = None

    def _give_up(self, error: Exception) -> None:
        """Count the file as lost if it is damaged; else it is only out of reach. Raises PublishError."""
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(_DAMAGED) if name else isinstance(error, _NO_TEXT):
            self._lose()
            return
        self._drop()
        raise PublishError(
            f"cannot use {self.path}: {error}; what was published before still stands"
        ) from error

    def _lose(self) -> None:
        self._drop()
        self.lost = self._damaged = True
