"""Posts -> SQLite -> Edition: all that lasts between runs. All SQL of the program stands here.

`Store` opens the state file; its attributes are the table objects. To update: `sources`, `posts`.
To build: `feeds` decides what is published and keeps the decision, then `snapshots` reads it back,
so that a run that was killed in between is completed by the next. An identity is kept for ever.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path

from syndicator.errors import StoreError, SyndicatorError
from syndicator.store import maintenance
from syndicator.store.corrections import Corrections
from syndicator.store.db import connect, damaged, examine, open_existing
from syndicator.store.explain import Explain
from syndicator.store.faces import Faces
from syndicator.store.feeds import Feeds
from syndicator.store.files import Files
from syndicator.store.links import Links
from syndicator.store.meta import Meta
from syndicator.store.missing import MissingPosts
from syndicator.store.posts import Decide, Posts
from syndicator.store.retention import Retention
from syndicator.store.reviews import Reviews
from syndicator.store.search import Match, Search, SearchTimeout
from syndicator.store.snapshots import Snapshots
from syndicator.store.sources import Sources
from syndicator.store.terms import Terms

__all__ = ["Decide", "Files", "Match", "SearchTimeout", "Store", "examine"]


class Store:
    """The state file. `Store(":memory:")` forgets everything; use as a context manager.

    All of it raises StoreError, in words, where the file is damaged, newer, locked, or its disk
    full.
    """

    def __init__(self, path: Path | str, *, read_only: bool = False) -> None:
        """Open the state file, made if it is missing; `read_only` changes and makes nothing."""
        self.path = path
        self.connection = open_existing(path) if read_only else connect(path)
        self.sources = Sources(self.connection)
        self.posts = Posts(self.connection, self.sources.unclaimed)
        self.feeds = Feeds(self.connection)
        self.snapshots = Snapshots(self.connection)
        self.links = Links(self.connection)
        self.corrections = Corrections(self.connection)
        self.retention = Retention(self.connection)
        self.missing = MissingPosts(self.connection)
        self.reviews = Reviews(self.connection)
        self.meta = Meta(self.connection)
        self.explain = Explain(self.connection)
        self.faces = Faces(self.connection)
        self.search = Search(self.connection)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, _trace: object) -> None:
        """Close the file. Raises StoreError where damage of the file explains an error."""
        self.close()
        if kind is None or not issubclass(kind, Exception) or issubclass(kind, SyndicatorError):
            return
        path = Path(self.path)
        if path.is_file() and (problem := next(maintenance.problems(path), "")):
            raise StoreError(damaged(path, problem))

    def close(self) -> None:
        """Close the file; committed changes are kept."""
        self.connection.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Make all that follows one transaction; one inside another belongs to the outer one."""
        return self.connection.transaction()

    @cached_property
    def terms(self) -> Terms:
        """The tables of the index of related posts, for `related.Index`."""
        return Terms(self.connection)

    def files(self, folder: Path) -> Files:
        """Return which files below an output folder are ours."""
        return Files(self.connection, folder)
