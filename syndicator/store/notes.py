"""What the pipeline wants to know again: hubs still to be told, and short notes."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from msgspec import Struct

from syndicator.store import codec


class Ping(Struct, frozen=True):
    """A hub that is still to be told of a topic's news."""

    hub: str
    topic: str
    since: datetime
    attempts: int = 0
    error: str = ""


def pending_pings(db: sqlite3.Connection) -> list[Ping]:
    """Return the hubs still to be told, the oldest first."""
    found = db.execute(
        "SELECT hub, topic, since, attempts, error FROM pings ORDER BY since, hub, topic"
    )
    return [
        Ping(hub, topic, codec.moment(since), attempts, error)
        for hub, topic, since, attempts, error in found
    ]


def add_ping(db: sqlite3.Connection, hub: str, topic: str, now: datetime) -> None:
    """Note that a hub is to be told; it is enough to tell it once."""
    db.execute(
        "INSERT OR IGNORE INTO pings (hub, topic, since) VALUES (?, ?, ?)",
        (hub, topic, now.timestamp()),
    )


def failed_ping(db: sqlite3.Connection, hub: str, topic: str, error: str) -> None:
    """Note why a hub could not be told."""
    db.execute(
        "UPDATE pings SET attempts = attempts + 1, error = ? WHERE hub = ? AND topic = ?",
        (error, hub, topic),
    )


def drop_ping(db: sqlite3.Connection, hub: str, topic: str) -> None:
    """Note that a hub was told."""
    db.execute("DELETE FROM pings WHERE hub = ? AND topic = ?", (hub, topic))


def note(db: sqlite3.Connection, key: str) -> str:
    """Return a note, "" for none."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (f"note {key}",)).fetchone()
    return str(row[0]) if row else ""


def set_note(db: sqlite3.Connection, key: str, value: str) -> None:
    """Keep a note."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"note {key}", value))
