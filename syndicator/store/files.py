"""The record of our files in an output folder: their types, and digests of their pages.

A file is claimed, durably, before it is there, and its digest is recorded after it is; so a kill or
a power cut at any moment leaves a digest that is the file's own, or none. Publishing asks for
single paths, by key or index, and never for all: it costs by what is published.

The folder itself holds a small mark, hidden and never served: the id of its feed, for a state file
that is lost, and the stamp of the build that its files are of. A folder or a state file that was
copied back has another stamp than the other one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path

import msgspec
from msgspec import Struct

from syndicator.model.edition import content_digest
from syndicator.store.db import Connection, Table
from syndicator.whole_files import read_bytes, writing

NAME = ".syndicator"
_PORTION = 500  # rows that are read at a time where all are read
_CLAIM = """INSERT INTO files (folder, path, type) VALUES (?, ?, ?) ON CONFLICT (folder, path) DO
    UPDATE SET type = excluded.type, digest = '' WHERE type <> excluded.type OR digest <> ''"""
_RECORD = """INSERT INTO files VALUES (?, ?, ?, ?) ON CONFLICT (folder, path) DO
    UPDATE SET type = excluded.type, digest = excluded.digest
    WHERE type <> excluded.type OR digest <> excluded.digest"""
# Two queries, so that each enters the index; "<" follows ";".
_OF_TYPE = """SELECT path FROM files WHERE folder = ?1 AND type = ?2 UNION ALL
    SELECT path FROM files WHERE folder = ?1 AND type >= ?2 || ';' AND type < ?2 || '<' LIMIT ?3"""
_DIGEST = "SELECT digest FROM files WHERE folder = ? AND path = ?"
_TYPE = "SELECT type FROM files WHERE folder = ? AND path = ?"
_BELOW = "SELECT path FROM files WHERE folder = ? AND path >= ? AND path < ?"
_DIGESTS = "SELECT path, digest FROM files WHERE folder = ? AND path >= ? AND path < ?"
_AFTER = "SELECT path, type FROM files WHERE folder = ? AND path > ? ORDER BY path LIMIT ?"


class Mark(Struct, frozen=True):
    """The mark of a folder: its own word on itself."""

    feed: str = ""  # the id of the feed that was published there last
    stamp: int = 0  # of the build that its files are of


class Files(Table, Mapping[str, str]):
    """Paths of our files below a folder -> the digests of what they say, "" if they have none.

    As a mapping only of the files that exist.
    """

    def __init__(self, db: Connection, folder: Path) -> None:
        super().__init__(db)
        self.folder = folder
        self.hidden: frozenset[str] = frozenset()
        self.trusted = True  # False: another state file may have written there, so no digest counts
        self.mark = _read_mark(folder)
        # Relative to the state file, so that both may be moved together.
        self._key = os.path.relpath(folder, Path(db.path).absolute().parent)
        self._records: list[tuple[str, str, str, str]] = []
        self._ahead: dict[str, str] = {}  # digests of files that exist, by path

    def __getitem__(self, path: str) -> str:
        digest = self._ahead.get(path)
        if digest is None and (self.folder / path).is_file():
            digest = self.db.value(_DIGEST, self._key, path)
        if digest is None or path in self.hidden:
            raise KeyError(path)
        return str(digest) if self.trusted else ""

    def __iter__(self) -> Iterator[str]:
        return (path for path, _ in self.all() if path in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def kind(self, path: str) -> str | None:
        """Return the media type of a file of ours, be it there or not; None: it is not ours."""
        return self.db.value(_TYPE, self._key, path)  # type: ignore[no-any-return]

    def of_type(self, kind: str, most: int = -1) -> list[str]:
        """Return the paths of a media type, with any parameters; at most so many, -1: all."""
        return self.db.column(_OF_TYPE, self._key, kind, most)

    def damaged(self, kinds: Iterable[str]) -> list[str]:
        """Return the paths of these media types that are missing or differ from their digests.

        Raises PublishError for a file that can't be read.
        """
        paths = []
        for path in chain.from_iterable(map(self.of_type, kinds)):
            digest = self.get(path)
            if digest is None or digest != content_digest(read_bytes(self.folder / path)):
                paths.append(path)
        return paths

    def below(self, folder: str) -> list[str]:
        """Return the paths of our files below a folder ("posts/")."""
        return self.db.column(_BELOW, self._key, folder, folder[:-1] + "0")  # "0" follows "/"

    def read_ahead(self, folder: str) -> None:
        """Read the digests of a folder ("archive/") at once, where each file will be asked for."""
        with suppress(FileNotFoundError):
            names = os.listdir(self.folder / folder)  # noqa: PTH208 - Paths cost more than the query
            there = {folder + name for name in names}
            rows = self.db.rows(_DIGESTS, self._key, folder, folder[:-1] + "0")
            self._ahead = {path: digest for path, digest in rows if path in there}

    def all(self) -> Iterator[tuple[str, str]]:
        """Yield all paths and types, in order and portions: there may be a page for each post."""
        portion = self.db.rows(_AFTER, self._key, "", _PORTION)
        while portion:
            yield from portion
            portion = self.db.rows(_AFTER, self._key, portion[-1][0], _PORTION)

    def hide(self, paths: Iterable[str]) -> None:
        """Let these files count as gone, before they are: no page may link to one to be removed."""
        self.hidden = frozenset(paths)

    def claim(self, files: Iterable[tuple[str, str]]) -> None:
        """Note, durably, that these paths with their types are ours, before the files are there.

        What their pages say is not known until they are written.
        """
        rows = [(self._key, *file) for file in files]
        if not rows:
            return
        for _, path, _ in rows:
            self._ahead.pop(path, None)
        self.db.execute("PRAGMA synchronous = FULL")  # a power cut takes no claim that was made
        try:
            with self.db.transaction():
                self.flush()
                self.db.executemany(_CLAIM, rows)
        finally:
            self.db.execute("PRAGMA synchronous = NORMAL")

    def reclaim(self, pages: Iterable[str]) -> None:
        """Claim pages that are there although they were removed once: an older folder is back."""
        paths = [
            path for path in pages if self.kind(path) is None and (self.folder / path).is_file()
        ]
        self.claim((path, "text/html; charset=utf-8") for path in paths)

    def outdate(self, pages: Iterable[str]) -> None:
        """Have pages of ours made again, whatever they say."""
        self.claim((path, self.kind(path) or "") for path in pages)

    def record(self, files: Iterable[tuple[str, str, str]]) -> None:
        """Note path, type and digest of files, after they are there; kept by `flush`."""
        self._records += [(self._key, *file) for file in files]

    def flush(self) -> None:
        """Keep the records."""
        with self.db.transaction():
            self.db.executemany(_RECORD, self._records)
        self._records.clear()

    def forget(self, path: str) -> None:
        """Note that a file is ours no more, after it was removed."""
        self._ahead.pop(path, None)
        self.db.execute("DELETE FROM files WHERE folder = ? AND path = ?", (self._key, path))

    def sign(self, feed_id: str, stamp: int) -> None:
        """Keep the records; note in the folder whose files these are, and of which build.

        Raises PublishError.
        """
        self.flush()
        mark = Mark(feed_id, stamp)
        if mark == self.mark:
            return
        path = self.folder / NAME
        with writing(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f"{NAME}-new")
            unfinished.write_bytes(msgspec.json.encode(mark))
            unfinished.replace(path)
        self.mark = mark


def _read_mark(folder: Path) -> Mark:
    """Return the mark of a folder; an empty one if there is none that can be read."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Mark)
    except (OSError, msgspec.MsgspecError, UnicodeError):
        return Mark()
