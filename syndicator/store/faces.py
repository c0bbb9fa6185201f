"""The pictures of sources that are copied into what is published: a table made when first wanted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from syndicator.store.db import Table
from syndicator.store.sources import mark_members

AGAIN = timedelta(days=30)  # after which an address is asked again, whatever came of it
# `body` is empty where no picture came.
_TABLE = """CREATE TABLE IF NOT EXISTS faces (source INTEGER PRIMARY KEY, url TEXT NOT NULL,
    asked REAL NOT NULL, suffix TEXT NOT NULL DEFAULT '', body BLOB NOT NULL DEFAULT x'')"""
_DUE = """SELECT s.id, json_extract(i.info, '$.image') AS image FROM infos i
    JOIN sources s ON s.number = i.source LEFT JOIN faces f ON f.source = i.source
    WHERE image <> '' AND json_extract(i.info, '$.private') IS NOT 1
    AND (f.url IS NOT image OR f.asked < ? OR f.asked > ?) ORDER BY f.asked"""
_KEPT = """SELECT s.id, f.suffix FROM faces f JOIN sources s ON s.number = f.source
    JOIN infos i ON i.source = f.source WHERE f.suffix <> ''
    AND json_extract(i.info, '$.private') IS NOT 1 AND json_extract(i.info, '$.image') <> ''"""


class Faces(Table):
    """The copies, each of at most the size that its fetch was bounded to."""

    def due(self, now: datetime) -> list[tuple[str, str]]:
        """Return id and picture's address of the public sources to ask, those never asked first."""
        self.db.execute(_TABLE)
        # A date to come is that of a clock that was wrong.
        return self.db.rows(_DUE, (now - AGAIN).timestamp(), now.timestamp())

    def keep(
        self, source_id: str, url: str, now: datetime, suffix: str = "", body: bytes = b""
    ) -> None:
        """Keep a picture, or note that none came: then one of the same address stays."""
        number = self.db.value("SELECT number FROM sources WHERE id = ?", source_id)
        before = self.db.row("SELECT url, suffix, body FROM faces WHERE source = ?", number)
        if before and before[0] == url and not body:
            suffix, body = before[1:]
        row = (number, url, now.timestamp(), suffix, body)
        with self.db.transaction():
            self.db.execute("INSERT OR REPLACE INTO faces VALUES (?, ?, ?, ?, ?)", row)
            if not before or before[1:] != (suffix, body):
                mark_members(self.db, number)

    def kept(self, source_ids: Collection[str]) -> dict[str, str]:
        """Return the endings of the pictures' file names, by source id."""
        if self.db.row("SELECT 1 FROM sqlite_master WHERE name = 'faces'") is None:
            return {}
        return {name: suffix for name, suffix in self.db.rows(_KEPT) if name in source_ids}

    def body(self, source_id: str) -> bytes:
        """Return the picture of a source."""
        return bytes(
            self.db.value(
                "SELECT body FROM faces JOIN sources ON number = source WHERE id = ?", source_id
            )
        )
