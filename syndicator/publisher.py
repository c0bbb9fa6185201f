"""Documents -> files: whole or not at all, in rising rank, and untouched where nothing changed.

A file is written beside its place, read back and checked, synced, and renamed over the old one; each folder is synced
before documents of the next rank, which link to what lies in it, are written. A kill, a full disk or a power cut at
any moment leaves each file as it was or as it should be. The ledger, a hidden file in the output folder, says which
files are ours: only those are ever removed.
"""

from __future__ import annotations

import errno
import gzip
import json
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from syndicator.errors import PublishError
from syndicator.ledger import Ledger
from syndicator.model.edition import Document, Published

UNFINISHED = ".syndicator-new"  # how the name of a file ends while it is being written
_FEED_ENTRIES = {"application/rss+xml": "{*}item", "application/atom+xml": "{*}entry"}
_XML = frozenset({"application/rss+xml", "application/atom+xml", "text/x-opml"})
_GZIP_LEVEL = 9


def publish(
    documents: Iterable[Document], folder: Path, *, gone: Iterable[str] = (), twins: bool = False
) -> list[Published]:
    """Write documents below a folder in the order given; return what became of each.

    `gone` are paths that are published no more: those that are ours are removed, after all documents are written.
    With `twins` each file gets a `.gz` beside it, for servers that send such as they are. Raises PublishError, with
    the path, at the first document that can't be written; what was there before it still stands.
    """
    press = _Press(folder, twins=twins)
    with _named(folder):
        folder.mkdir(parents=True, exist_ok=True)
        press.ledger.read()
    try:
        results = [press.put(document) for document in documents]
        press.settle()
        for path in gone:
            press.remove(path)
        press.settle()
    finally:
        press.ledger.close()
    return results


def known(folder: Path) -> Ledger:
    """Return what is published below a folder: a mapping of paths to digests, of the files that still exist."""
    ledger = Ledger(folder)
    with _named(folder):
        ledger.read()
    return ledger


class _Press:
    """One run of `publish`: which folders were cleaned and which must be synced."""

    def __init__(self, folder: Path, *, twins: bool) -> None:
        self.folder = folder
        self.twins = twins
        self.ledger = Ledger(folder)
        self.cleaned: set[Path] = set()
        self.unsynced: set[Path] = set()
        self.rank = 0

    def put(self, document: Document) -> Published:
        """Write a document if its bytes differ from what is there."""
        if document.rank > self.rank:
            self.settle()
            self.rank = document.rank
        path = self._place(document.path)
        with _named(path):
            changed = _read(path) != document.body
            if changed:
                self.ledger.claim(document.path, document.type)
                self._replace(path, document.body, document)
            self.ledger.record(document.path, document.type, document.digest)
            self._twin(document, path)
        return Published(path, changed, document.posts, len(document.body))

    def _place(self, name: str) -> Path:
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or not parts.name or "\0" in name:
            raise PublishError(f"{name!r} is no path below {self.folder}")
        return self.folder / parts

    def _replace(self, path: Path, body: bytes, document: Document | None, like: Path | None = None) -> None:
        self._prepare(path.parent)
        unfinished = path.with_name(f".{path.name}{UNFINISHED}")
        try:
            with unfinished.open("wb") as file:
                _fill(file, body, like=path)
            _check(unfinished, body, document)
            if like:
                _same_time(unfinished, like)
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise
        self.unsynced.add(path.parent)

    def _prepare(self, folder: Path) -> None:
        """Make a folder, and clear it of what a killed run left half written."""
        if folder in self.cleaned:
            return
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            self.unsynced.add(folder.parent)
        for entry in os.scandir(folder):
            if entry.name.startswith(".") and entry.name.endswith(UNFINISHED):
                Path(entry.path).unlink(missing_ok=True)
        self.cleaned.add(folder)

    def _twin(self, document: Document, path: Path) -> None:
        name = f"{document.path}.gz"
        if not self.twins:
            # A server would go on to send the old twin instead of the new file.
            self.remove(name)
            return
        twin = path.with_name(f"{path.name}.gz")
        # Compared by content: another zlib packs the same bytes differently.
        if _unpacked(twin) != document.body:
            self.ledger.claim(name, "application/gzip")
            self._replace(twin, gzip.compress(document.body, _GZIP_LEVEL, mtime=0), None, like=path)

    def remove(self, name: str) -> None:
        """Remove a file and its twin if they are ours, and their folder if nothing is left in it."""
        for ours in (name, f"{name}.gz"):
            if ours in self.ledger.paths:
                path = self._place(ours)
                with _named(path):
                    path.unlink(missing_ok=True)
                    self.ledger.forget(ours)
                self.unsynced.add(path.parent)
                if path.parent != self.folder:
                    with suppress(OSError):  # not empty
                        path.parent.rmdir()

    def settle(self) -> None:
        """Sync the folders written to, so that their renames outlast a power cut before more is written."""
        for folder in self.unsynced:
            with _named(folder), suppress(FileNotFoundError):
                _sync(folder)
        self.unsynced.clear()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # network file systems sync no folders
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn the error of the system into ours, which names the path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise PublishError(f"cannot write {path}: {reason}; what was published before still stands") from error


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _unpacked(path: Path) -> bytes | None:
    packed = _read(path)
    try:
        return gzip.decompress(packed) if packed else None
    except (OSError, EOFError, zlib.error):  # a twin that a power cut or another hand has broken
        return None


def _fill(file: BinaryIO, body: bytes, like: Path) -> None:
    """Write all to the disk, with the permissions that the operator gave to the file that it replaces."""
    with suppress(FileNotFoundError):
        os.fchmod(file.fileno(), stat.S_IMODE(like.stat().st_mode))
    file.write(body)
    file.flush()
    os.fsync(file.fileno())


def _same_time(path: Path, like: Path) -> None:
    times = like.stat()
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _check(path: Path, body: bytes, document: Document | None) -> None:
    """Read back what was written and refuse it unless it is whole and holds its posts."""
    if path.read_bytes() != body:
        raise PublishError(f"{path} does not hold what was written to it; what was published before still stands")
    if document is None:
        return
    try:
        found = _posts(document)
    except ValueError as error:
        raise PublishError(f"{document.path} would be broken: {error}; the last good one stays") from error
    if found is not None and found != document.posts:
        raise PublishError(f"{document.path} would hold {found} posts, not {document.posts}; the last good one stays")


def _posts(document: Document) -> int | None:
    """Count the posts of a feed document by parsing it; None where there are none to count. ValueError: broken."""
    if document.type in _XML:
        # Costs 30 ms to import: only a run that changes a feed pays, and the generator has it already.
        from lxml import etree

        try:
            root = etree.fromstring(document.body, etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError as error:
            raise ValueError(str(error)) from error
        entry = _FEED_ENTRIES.get(document.type)
        return sum(1 for _ in root.iter(entry)) if entry else None
    if document.type.endswith("json"):
        return len(json.loads(document.body)["items"])
    return None
