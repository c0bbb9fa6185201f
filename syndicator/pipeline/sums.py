"""Documents -> sums of their bytes, by which `--force` finds a file that was lost or changed by another hand.

Of feeds and archives only: there may be a page for each post ever published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from syndicator.model.edition import Document
from syndicator.model.settings import Feed
from syndicator.store import Store

_PAGES = ("text/html", "text/css")
_ARCHIVE = re.compile(r"archive/.*-([0-9]+)\.[^./]*")


class Sums:
    """The sums of one feed's documents, as the store keeps them."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self.store = store
        self.folder = feed.output
        self.key = f"sums:{feed.name}"
        self.known: dict[str, str] = json.loads(store.note(self.key) or "{}")

    def damaged(self) -> list[str]:
        """Return the paths of documents that are not on the disk as they were written."""
        return [path for path, known in self.known.items() if self._read(path) != known]

    def _read(self, path: str) -> str:
        try:
            return _sum((self.folder / path).read_bytes())
        except OSError:
            return ""

    def over(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Pass documents on, and note their sums."""
        for document in documents:
            if not document.type.startswith(_PAGES):
                self.known[document.path] = _sum(document.body)
            yield document

    def keep(self, gone: Iterable[str]) -> None:
        """Keep the sums, but of what is published no more."""
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
