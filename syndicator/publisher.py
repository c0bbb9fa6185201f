"""Documents -> files: whole or not at all, in rising rank, and untouched where nothing changed.

A file is written beside its place, read back and checked; those of one rank are then synced together, renamed over
the old ones, and their folders synced, before documents of the next rank, which link to them, are written. A kill, a
full disk or a power cut at any moment leaves each file as it was or as it should be. The ledger, a hidden file in the
output folder, says which files are ours: only those are ever removed.
"""

from __future__ import annotations

import errno
import gzip
import json
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import blake2b
from io import FileIO
from pathlib import Path, PurePosixPath

from msgspec import Struct

from syndicator.errors import PublishError
from syndicator.formats import by_type, document_types
from syndicator.ledger import Ledger
from syndicator.model.edition import Document, Published

UNFINISHED = ".syndicator-new"  # how the name of a file ends while it is being written; alone, it marks its folder
_TWIN = "application/gzip"
_GZIP_LEVEL = 9
_TOGETHER = 256  # files that wait to be put in place: as many stand twice on the disk
_SYNCS = 16  # at a time. A disk settles many almost as fast as one: 300 files take 1.4 s in a row and 0.3 s so


def publish(
    documents: Iterable[Document], ledger: Ledger, *, gone: Iterable[str] = (), twins: bool = False
) -> list[Published]:
    """Write documents below the folder of a ledger in the order given; return what became of each.

    `gone` are paths that are published no more: those that are ours are removed, after all documents are written.
    With `twins` each file gets a `.gz` beside it, for servers that send such as they are. Raises PublishError, with
    the path, at the first document that can't be written; what was there before it still stands.
    """
    with _named(ledger.folder):
        ledger.folder.mkdir(parents=True, exist_ok=True)
    press = _Press(ledger, twins=twins)
    try:
        results = [press.put(document) for document in documents]
        press.settle()
        for path in gone:
            press.remove(path)
        press.settle()
    except PublishError:
        with suppress(PublishError):
            press.settle()  # one that can't be written keeps none from its place that came before it
        raise
    finally:
        press.close()
    return results


def damaged(ledger: Ledger) -> list[str]:
    """Return the paths of feeds and archives that are missing or differ from what was written.

    Pages are left out: there may be one for each post ever published.
    """
    damaged_paths = []
    for media_type in document_types():
        for path in ledger.of_type(media_type):
            body = _read(ledger.folder / path)
            if body is None or ledger.get(path) != _sum(body):
                damaged_paths.append(path)
    return damaged_paths


class _Waiting(Struct, frozen=True):
    """A file that was written and checked, and waits to be synced and put in its place."""

    unfinished: Path
    path: Path
    size: int
    entry: tuple[str, str, str]  # path, type, digest, for the ledger


class _Press:
    """One run of `publish`: what waits, which folders were cleaned and which must be synced."""

    def __init__(self, ledger: Ledger, *, twins: bool) -> None:
        self.folder = ledger.folder
        self.ledger = ledger
        self.twins = twins
        self.old_twins = not twins and bool(ledger.of_type(_TWIN, 1))
        self.waiting: dict[Path, _Waiting] = {}
        self.cleaned: set[Path] = set()
        self.unsynced: set[Path] = set()
        self.rank = 0

    def put(self, document: Document) -> Published:
        """Write a document if its bytes differ from what is there."""
        path = self._place(document.path)
        if document.rank > self.rank or len(self.waiting) >= _TOGETHER or path in self.waiting:
            self.settle()
            self.rank = max(document.rank, self.rank)
        with _named(path):
            # Equal bytes are left alone: their time stays, and with it what readers and caches keep.
            changed = _read(path) != document.body
            entry = document.path, document.type, document.digest or _feed_digest(document)
            if changed:
                self._write(path, document.body, entry)
                self._prove(path, document)
            else:
                self.ledger.record([entry])
            self._twin(document, path)
        return Published(path, changed, document.posts, len(document.body))

    def _place(self, name: str) -> Path:
        """Return where a document goes. Raises PublishError for a path that leads out of the folder."""
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or not parts.name or "\0" in name:
            raise PublishError(f"{name!r} is no path below {self.folder}")
        return self.folder / parts

    def _write(self, path: Path, body: bytes, entry: tuple[str, str, str]) -> Path:
        """Write a file beside its place, and let it wait."""
        self._prepare(path.parent)
        unfinished = path.with_name(f".{path.name}{UNFINISHED}")
        self.waiting[path] = _Waiting(unfinished, path, len(body), entry)
        try:
            with unfinished.open("wb", buffering=0) as file:
                _fill(file, body, like=path)
        except OSError:
            self._drop(path)
            raise
        return unfinished

    def _prove(self, path: Path, document: Document) -> None:
        """Read back what waits; what does not pass takes no place."""
        try:
            _check(self.waiting[path].unfinished, document)
        except BaseException:
            self._drop(path)
            raise

    def _drop(self, path: Path) -> None:
        with suppress(OSError):
            self.waiting.pop(path).unfinished.unlink(missing_ok=True)

    def _prepare(self, folder: Path) -> None:
        """Make a folder, mark it as written to, and clear it of what a killed run, which left the mark, half wrote.

        Never looked through without need: there may be a page for each post ever published.
        """
        if folder in self.cleaned:
            return
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            self.unsynced.add(folder.parent)
        mark = folder / UNFINISHED
        if mark.exists():
            for entry in os.scandir(folder):
                if (
                    entry.name.startswith(".")
                    and entry.name.endswith(UNFINISHED)
                    and entry.name != UNFINISHED
                ):
                    Path(entry.path).unlink(missing_ok=True)
        mark.touch()
        self.cleaned.add(folder)

    def _twin(self, document: Document, path: Path) -> None:
        """Write the `.gz` beside a document, or remove the one of a time when there were twins."""
        name = f"{document.path}.gz"
        if not self.twins:
            if self.old_twins:  # a server would go on to send the old twin instead of the new file
                self.remove(name)
            return
        twin = path.with_name(f"{path.name}.gz")
        # Compared by content: another zlib packs the same bytes differently.
        if _unpacked(twin) != document.body:
            packed = gzip.compress(document.body, _GZIP_LEVEL, mtime=0)
            unfinished = self._write(twin, packed, (name, _TWIN, ""))
            _same_time(
                unfinished, like=self.waiting[path].unfinished if path in self.waiting else path
            )

    def remove(self, name: str) -> None:
        """Remove a file and its twin if they are ours, and their folder if nothing is left in it."""
        for ours in (name, f"{name}.gz"):
            if self.ledger.kind(ours) is not None:
                path = self._place(ours)
                with _named(path):
                    path.unlink(missing_ok=True)
                    self.ledger.forget(ours)
                self.unsynced.add(path.parent)
                if path.parent != self.folder:  # the output folder is the operator's
                    with suppress(OSError):  # not empty
                        path.parent.rmdir()

    def settle(self) -> None:
        """Put what waits in its place, and sync the folders: the renames outlast a power cut before more is written."""
        self._sync_files()
        self.ledger.claim(one.entry[:2] for one in self.waiting.values())
        for one in self.waiting.copy().values():
            with _named(one.path):
                one.unfinished.replace(one.path)
                del self.waiting[one.path]
                self.unsynced.add(one.path.parent)
                self.ledger.record([one.entry])
        self._unmark()
        for folder in self.unsynced:
            with _named(folder), suppress(FileNotFoundError):
                _sync(folder)
        self.unsynced.clear()

    def _sync_files(self) -> None:
        """Sync what waits, all of it before the first of it is put in its place."""
        waiting = list(self.waiting.values())
        try:
            if len(waiting) < _SYNCS:
                for one in waiting:
                    _settled(one)
            else:
                with ThreadPoolExecutor(_SYNCS) as threads:
                    list(threads.map(_settled, waiting))
        except PublishError:
            self.discard()  # which of them the disk has taken is not known
            raise

    def discard(self) -> None:
        """Forget what waits."""
        for path in list(self.waiting):
            self._drop(path)

    def close(self) -> None:
        """Leave nothing behind but what was put in its place."""
        self.discard()
        self._unmark()

    def _unmark(self) -> None:
        """Take the marks off, now that nothing is half written: a run that is killed later leaves none to find."""
        for folder in self.cleaned:
            with suppress(OSError):
                (folder / UNFINISHED).unlink(missing_ok=True)
        self.cleaned.clear()


def _settled(one: _Waiting) -> None:
    """Sync a file, and refuse it if the disk did not take all of it."""
    with _named(one.path):
        descriptor = os.open(one.unfinished, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            whole = os.fstat(descriptor).st_size == one.size
        finally:
            os.close(descriptor)
    if not whole:
        raise PublishError(
            f"{one.path} does not hold what was written to it; what was published before still stands"
        )


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
        raise PublishError(
            f"cannot write {path}: {reason}; what was published before still stands"
        ) from error


def _feed_digest(document: Document) -> str:
    """Return the digest of a feed's bytes, by which `damaged` knows it; "" for other documents."""
    return _sum(document.body) if by_type(document.type) else ""


def _sum(body: bytes) -> str:
    return blake2b(body, digest_size=12).hexdigest()


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


def _fill(file: FileIO, body: bytes, like: Path) -> None:
    """Write all, with the permissions that the operator gave to the file that it replaces."""
    with suppress(FileNotFoundError):
        os.fchmod(file.fileno(), stat.S_IMODE(like.stat().st_mode))
    left = memoryview(body)
    while left:
        left = left[file.write(left) :]


def _same_time(path: Path, like: Path) -> None:
    """Give a twin the time of its document: a server says Last-Modified of whichever of the two it sends."""
    times = like.stat()
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _check(path: Path, document: Document) -> None:
    """Read back what was written and refuse it unless it is whole and holds its posts."""
    if path.read_bytes() != document.body:
        raise PublishError(
            f"{path} does not hold what was written to it; what was published before still stands"
        )
    try:
        found = _posts(document)
    except ValueError as error:
        raise PublishError(
            f"{document.path} would be broken: {error}; the last good one stays"
        ) from error
    if found is not None and found != document.posts:
        raise PublishError(
            f"{document.path} would hold {found} posts, not {document.posts}; the last good one stays"
        )


def _posts(document: Document) -> int | None:
    """Return the number of posts in a feed document, None where its format has none to count.

    Raises ValueError where the document can't be parsed.
    """
    form = by_type(document.type)
    if form and form.root:
        # Costs 30 ms to import: only a run that changes a feed pays, and the generator has it already.
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
