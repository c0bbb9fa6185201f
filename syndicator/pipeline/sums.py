"""Documents -> sums of their bytes, by which `--force` finds a file that was lost or changed by another hand.

Of feeds and archives only: there may be a page for each post ever published. Of a long history the archives are much,
too, so one of them is read only if its size or its time is another than when it was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import blake2b

from syndicator.model.edition import Document
from syndicator.model.settings import Feed
from syndicator.store import Store

_PAGES = ("text/html", "text/css")
# Not "opml-1.xml", which only looks like one.
_ARCHIVE = re.compile(r"archive/.*-([0-9]+)\.[^./]*")


class Sums:
    """The sums of one feed's documents, as the store keeps them."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self.store = store
        self.folder = feed.output
        self.key = f"sums:{feed.name}"
        self.written: set[str] = set()

    @cached_property  # a run with nothing to publish does not read it
    def known(self) -> dict[str, tuple[str, list[int]]]:
        """The sum of each document, with what the system said of its file."""
        found: dict[str, tuple[str, list[int]]] = json.loads(self.store.note(self.key) or "{}")
        return found

    def damaged(self) -> list[str]:
        """Return the paths of documents that are not on the disk as they were written."""
        return [
            path
            for path, (known, state) in self.known.items()
            if not (_ARCHIVE.fullmatch(path) and self._state(path) == state)
            and self._read(path) != known
        ]

    def _state(self, path: str) -> list[int]:
        try:
            found = (self.folder / path).stat()
        except OSError:
            return []
        return [found.st_size, found.st_mtime_ns]

    def _read(self, path: str) -> str:
        try:
            return _sum((self.folder / path).read_bytes())
        except OSError:
            return ""

    def over(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Pass documents on, and note their sums."""
        for document in documents:
            if not document.type.startswith(_PAGES):
                self.known[document.path] = (_sum(document.body), [])
                self.written.add(document.path)
            yield document

    def keep(self, gone: Iterable[str]) -> None:
        """Keep the sums of what is in its place now, but of what is published no more."""
        for path in self.written:
            self.known[path] = (self.known[path][0], self._state(path))
        for path in gone:
            self.known.pop(path, None)
        self.store.set_note(self.key, json.dumps(self.known))


def archives(paths: Iterable[str]) -> list[int]:
    """Return the numbers of the archives among some paths.

    >>> archives(["archive/atom-12.xml", "atom.xml", "opml-1.xml"])
    [12]
    """
    return [int(found[1]) for found in map(_ARCHIVE.fullmatch, paths) if found]


def _sum(body: bytes) -> str:
    return blake2b(body, digest_size=12).hexdigest()
