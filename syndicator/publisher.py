"""Documents -> files: whole or not at all, in rising rank, and untouched if nothing changed.

A file is written beside its place, read back and checked. Files of one rank are then synced
together, renamed over the old ones, and their folders synced, before documents of the next rank,
which link to them, are written. After a kill, a full disk or a power cut each file is the old one
or the new one. The store knows which files are ours (store/files.py): only those are ever removed.
"""

from __future__ import annotations

import errno
import gzip
import json
import os
import stat
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath

from msgspec import Struct

from syndicator.errors import PublishError
from syndicator.formats import by_type
from syndicator.model.edition import Document, Published, PublishedFiles, content_digest
from syndicator.whole_files import STANDS, writing

# The ending of a file's name while it is being written; alone, it marks its folder.
UNFINISHED = ".syndicator-new"
_TWIN = "application/gzip"
_GZIP_LEVEL = 9
_TOGETHER = 256  # files that wait to be put in place: as many stand twice on the disk
# Syncs at a time. A disk syncs many files almost as fast as one: 300 take 1.4 s in a row, 0.3 s so.
_SYNCS = 16


def publish(
    documents: Iterable[Document],
    files: PublishedFiles,
    *,
    gone: Iterable[str] = (),
    twins: bool = False,
) -> list[Published]:
    """Write documents below the folder of `files` in the order given; return the fate of each.

    `gone` are paths that are published no more: those that are ours are removed, after all
    documents are written. With `twins` each file gets a `.gz` beside it, for servers that send such
    files as they are. Raises PublishError, with the path, at the first document that can't be
    written; the file of before still stands, as do those of the same rank.
    """
    with writing(files.folder):
        files.folder.mkdir(parents=True, exist_ok=True)
    writer = AtomicWriter(files, twins=twins)
    try:
        results = list(map(writer.write, documents))
        writer.commit()
        for path in gone:
            writer.remove(path)
        writer.commit()
    finally:
        writer.close()
    return results


def refuse_blocked(folder: Path, names: Sequence[str], *, twins: bool = False) -> None:
    """Refuse places that hold no file, or one that can't be read, before anything is written.

    Raises PublishError for the first document, or its unfinished file, that has such a place.
    """
    for name in [*names, *(f"{name}.gz" for name in names if twins)]:
        for place in (folder / name, _unfinished(folder / name)):
            with writing(place), suppress(FileNotFoundError), place.open("rb") as file:
                file.read(1)


class _Waiting(Struct, frozen=True):
    """A file that was written and checked, and waits to be synced and put in its place."""

    unfinished: Path
    path: Path
    size: int
    entry: tuple[str, str, str]  # path, type, digest


class AtomicWriter:
    """One run of `publish`: the waiting files, the cleaned folders and the folders to sync."""

    def __init__(self, files: PublishedFiles, *, twins: bool) -> None:
        self.folder = files.folder
        self.files = files
        self.twins = twins
        self.has_old_twins = not twins and bool(files.of_type(_TWIN, 1))
        self.waiting: dict[Path, _Waiting] = {}
        self.cleaned: set[Path] = set()
        self.unsynced: set[Path] = set()
        self.rank = 0

    def write(self, document: Document) -> Published:
        """Write a document if its bytes differ from the file's."""
        path = self._place(document.path)
        if document.rank > self.rank or len(self.waiting) >= _TOGETHER or path in self.waiting:
            self.commit()
            self.rank = max(document.rank, self.rank)
        # A feed's digest tells damage, a page's what it says.
        own = content_digest(document.body) if by_type(document.type) else ""
        entry = document.path, document.type, document.digest or own
        with writing(path):
            # Equal bytes are left alone: their time stays, and with it the copies of readers and
            # caches.
            changed = _read(path) != document.body
            if changed:
                self._write_beside(path, document.body, entry)
                self._verify(path, document)
            else:
                self.files.record([entry])
            self._write_twin(document, path)
        return Published(path, changed, document.posts, len(document.body))

    def remove(self, name: str) -> None:
        """Remove a file of ours and its twin, and their folder if nothing is left in it."""
        for ours in (name, f"{name}.gz"):
            if self.files.kind(ours) is None:
                continue
            path = self._place(ours)
            with writing(path):
                path.unlink(missing_ok=True)
                self.files.forget(ours)
            self.unsynced.add(path.parent)
            if path.parent != self.folder:  # the output folder is the operator's
                with suppress(OSError):  # not empty
                    path.parent.rmdir()

    def commit(self) -> None:
        """Put the waiting files in their places, and sync the folders, so that the renames last."""
        self._sync_files()
        self.files.claim(file.entry[:2] for file in self.waiting.values())
        for file in list(self.waiting.values()):
            with writing(file.path):
                file.unfinished.replace(file.path)
                del self.waiting[file.path]
                self.unsynced.add(file.path.parent)
                self.files.record([file.entry])
        self._remove_marks()
        for folder in self.unsynced:
            with writing(folder), suppress(FileNotFoundError):
                _sync_folder(folder)
        self.unsynced.clear()

    def close(self) -> None:
        """Remove the files that were not put in their places."""
        for path in list(self.waiting):
            self._discard(path)
        self._remove_marks()

    def _place(self, name: str) -> Path:
        """Return a document's path. Raises PublishError for one that leads out of the folder."""
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or not parts.name or "\0" in name:
            raise PublishError(f"{name!r} is no path below {self.folder}")
        return self.folder / parts

    def _write_beside(self, path: Path, body: bytes, entry: tuple[str, str, str]) -> Path:
        """Write a file beside its place, and let it wait."""
        self._prepare(path.parent)
        unfinished = _unfinished(path)
        self.waiting[path] = _Waiting(unfinished, path, len(body), entry)
        try:
            with unfinished.open("wb") as file:
                with suppress(FileNotFoundError):  # else as the operator permitted the old one
                    os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
                file.write(body)
        except OSError:
            self._discard(path)
            raise
        return unfinished

    def _verify(self, path: Path, document: Document) -> None:
        """Read back a waiting file; one that does not pass takes no place."""
        try:
            _check(self.waiting[path].unfinished, document)
        except BaseException:
            self._discard(path)
            raise

    def _discard(self, path: Path) -> None:
        with suppress(OSError):
            self.waiting.pop(path).unfinished.unlink(missing_ok=True)

    def _prepare(self, folder: Path) -> None:
        """Make a folder, mark it as written to, and remove the unfinished files of a killed run.

        Only a folder with the mark of such a run is listed: it may hold a page for each post.
        """
        if folder in self.cleaned:
            return
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            self.unsynced.add(folder.parent)
        mark = folder / UNFINISHED
        if mark.exists():
            for unfinished in folder.glob(f".?*{UNFINISHED}"):
                unfinished.unlink(missing_ok=True)
        mark.touch()
        self.cleaned.add(folder)

    def _remove_marks(self) -> None:
        """Remove the marks, now that nothing is half written."""
        for folder in self.cleaned:
            with suppress(OSError):
                (folder / UNFINISHED).unlink(missing_ok=True)
        self.cleaned.clear()

    def _write_twin(self, document: Document, path: Path) -> None:
        """Write the `.gz` beside a document, or remove one of a time when there were twins."""
        name = f"{document.path}.gz"
        if not self.twins:
            if self.has_old_twins:  # a server would go on to send the old twin for the new file
                self.remove(name)
            return
        twin = path.with_name(f"{path.name}.gz")
        # Compared by content: another zlib packs the same bytes differently.
        if _unpacked(twin) != document.body:
            packed = gzip.compress(document.body, _GZIP_LEVEL, mtime=0)
            unfinished = self._write_beside(twin, packed, (name, _TWIN, ""))
            # A server says Last-Modified of whichever of the two it sends, so both have one time.
            times = (self.waiting[path].unfinished if path in self.waiting else path).stat()
            os.utime(unfinished, ns=(times.st_atime_ns, times.st_mtime_ns))

    def _sync_files(self) -> None:
        """Sync the waiting files, all of them before the first is put in its place."""
        waiting = list(self.waiting.values())
        try:
            if len(waiting) < _SYNCS:
                for file in waiting:
                    _sync_file(file)
            else:
                with ThreadPoolExecutor(_SYNCS) as threads:
                    list(threads.map(_sync_file, waiting))
        except PublishError:
            # It is not known which of them the disk has taken.
            for path in list(self.waiting):
                self._discard(path)
            raise


def _unfinished(path: Path) -> Path:
    return path.with_name(f".{path.name}{UNFINISHED}")


def _sync_file(file: _Waiting) -> None:
    """Sync a file, and refuse it if the disk did not take all of it."""
    with writing(file.path), file.unfinished.open("rb") as written:
        os.fsync(written.fileno())
        is_whole = os.fstat(written.fileno()).st_size == file.size
    if not is_whole:
        raise PublishError(f"{file.path} does not hold what was written to it; {STANDS}")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # network file systems sync no folders
            raise
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # the first time, or someone cleared the folder: it is written again
        return None


def _unpacked(path: Path) -> bytes | None:
    packed = _read(path)
    try:
        return gzip.decompress(packed) if packed else None
    except (OSError, EOFError, zlib.error):  # a twin that a power cut or another hand has broken
        return None


def _check(path: Path, document: Document) -> None:
    """Read a written file back and refuse it unless it is whole and holds its posts."""
    if path.read_bytes() != document.body:
        raise PublishError(f"{path} does not hold what was written to it; {STANDS}")
    try:
        count = _count_posts(document)
    except ValueError as error:
        reason = f"would be broken: {error}"
        raise PublishError(f"{document.path} {reason}; the last good one stays") from error
    if count not in (None, document.posts):
        reason = f"would hold {count} posts, not {document.posts}"
        raise PublishError(f"{document.path} {reason}; the last good one stays")


def _count_posts(document: Document) -> int | None:
    """Return the number of posts in a feed document, None if its format has none to count.

    Raises ValueError for a document that can't be parsed.
    """
    form = by_type(document.type)
    if form and form.root:
        # Costs 30 ms to import: only a run that changes a feed pays, and the generator has it
        # already.
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
        try:
            root = etree.fromstring(document.body, parser)
        except etree.XMLSyntaxError as error:
            raise ValueError(str(error)) from error
        return sum(1 for _ in root.iter(f"{{*}}{form.post}")) if form.post else None
    if form and form.type.endswith("json"):
        return len(json.loads(document.body)[form.post])
    return None
