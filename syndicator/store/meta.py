"""Single values that last between runs: typed notes of the pipeline, and hubs still to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from syndicator.store import codec
from syndicator.store.db import Table

N = TypeVar("N", bound=Struct)


class Ping(Struct, frozen=True):
    """A hub that is still to be told of a topic's news."""

    hub: str
    topic: str
    since: datetime
    attempts: int = 0
    error: str = ""


class Build(Struct, frozen=True, omit_defaults=True):
    """The last build of a feed: the stamp of its documents, and their paths, posts and bytes."""

    stamp: str = ""
    event: int = 0  # the last one that the documents show
    documents: tuple[tuple[str, int, int], ...] = ()


class Announced(Struct, frozen=True, omit_defaults=True):
    """The entries of a feed that its hub was last told of: id and version, both as digests."""

    newest: int = 0  # the highest sequence told of
    versions: dict[str, str] = {}


class HubPauses(Struct, frozen=True, omit_defaults=True):
    """The hubs that asked to be left alone, each with the end of its pause."""

    until: dict[str, datetime] = {}


class TakenForPrivate(Struct, frozen=True, omit_defaults=True):
    """The sources that look private, by their ids, as the operator was told."""

    sources: tuple[str, ...] = ()


class Languages(Struct, frozen=True, omit_defaults=True):
    """The languages of the main feed's posts up to a sequence: tag and own name."""

    last: int = 0
    names: dict[str, str] = {}


class Stories(Struct, frozen=True, omit_defaults=True):
    """The stories that posts in the documents tell with others: numbers of posts.

    A story has the number of one of its posts.
    """

    of: dict[int, int] = {}


class Takeover(Struct, frozen=True):
    """The edition that a feed took over from another program: posts before it are no news."""

    oldest: float  # the date of its oldest post
    sources: int  # the sources up to this number were there
    # By the number of a source: the date of its oldest post in the document, else of its newest in
    # the archives.
    known: Mapping[int, float] = {}


class Meta(Table):
    """The notes: at most one of each type for each name."""

    def read(self, kind: type[N], name: str = "") -> N | None:
        """Return a note, None if there is none."""
        text = self.db.value("SELECT value FROM meta WHERE key = ?", f"{kind.__name__} {name}")
        return None if text is None else codec.read(kind, text)

    def read_all(self, kind: type[N]) -> dict[str, N]:
        """Return the notes of a type by their names."""
        prefix = f"{kind.__name__} "
        rows = self.db.rows("SELECT key, value FROM meta WHERE key GLOB ?", f"{prefix}*")
        return {key.removeprefix(prefix): codec.read(kind, text) for key, text in rows}

    def write(self, note: Struct, name: str = "") -> None:
        """Keep a note, in place of the one before."""
        row = f"{type(note).__name__} {name}", codec.encode(note)
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)

    def delete(self, kind: type[Struct], name: str = "") -> None:
        """Forget a note."""
        self.db.execute("DELETE FROM meta WHERE key = ?", (f"{kind.__name__} {name}",))

    @property
    def store_id(self) -> str:
        """The mark that tells this state file from one made anew in its place."""
        return str(self.db.value("SELECT value FROM meta WHERE key = 'store'"))

    def pending_pings(self) -> list[Ping]:
        """Return the hubs still to be told, the oldest first."""
        rows = self.db.rows(
            "SELECT hub, topic, since, attempts, error FROM pings ORDER BY since, hub, topic"
        )
        return [codec.noun(Ping, row) for row in rows]

    def add_ping(self, hub: str, topic: str, now: datetime) -> None:
        """Note that a hub is to be told of a topic's news; to tell it once is enough."""
        self.db.execute(
            "INSERT OR IGNORE INTO pings (hub, topic, since) VALUES (?, ?, ?)",
            (hub, topic, now.timestamp()),
        )

    def failed_ping(self, hub: str, topic: str, error: str) -> None:
        """Note why a hub could not be told; it stays to be told."""
        self.db.execute(
            "UPDATE pings SET attempts = attempts + 1, error = ? WHERE hub = ? AND topic = ?",
            (error, hub, topic),
        )

    def drop_ping(self, hub: str, topic: str) -> None:
        """Note that a hub was told."""
        self.db.execute("DELETE FROM pings WHERE hub = ? AND topic = ?", (hub, topic))
