"""How much work SQLite does: for tests that a cost does not grow with what is stored."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest


def counted(monkeypatch: pytest.MonkeyPatch, *, every: int = 1, name: str = "") -> list[int]:
    """Return a list whose one number rises with each `every` instructions of SQLite, of files of
    this name alone.

    Instructions and not time: a machine that is busy runs as many, and more only for each row that
    is walked past."""
    count = [0]
    connect = sqlite3.connect

    def tick() -> int:
        count[0] += 1
        return 0

    def counting(path: Any, **settings: Any) -> sqlite3.Connection:
        db = connect(path, **settings)
        if not name or Path(path).name == name:
            db.set_progress_handler(tick, every)
        return db

    monkeypatch.setattr(sqlite3, "connect", counting)
    return count
