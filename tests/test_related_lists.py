"""Related lists: what they hold and what they never hold, over a state file in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from syndicator.model import Keys, Post, RelatedSettings
from syndicator.related import Index
from syndicator.store import schema
from syndicator.store.corpus import SqlCorpus


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.migrate(connection, "memory")
    yield connection
    connection.close()


def add(db: sqlite3.Connection, index: Index, number: int, title: str, text: str = "", source: str = "a") -> Post:
    db.execute("INSERT OR IGNORE INTO sources (id) VALUES (?)", (source,))
    db.execute(
        "INSERT INTO posts (number, source, keys, meaning, title, link, site, published, updated, first_seen)"
        " SELECT ?, number, '', '', ?, ?, '', ?, 0, 0 FROM sources WHERE id = ?",
        (number, title, f"https://{source}.example/{number}", float(number), source),
    )
    post = Post(source, Keys(title=title, text=text), "", title=title, text=text)
    index.add(number, post, float(number))
    return post


def test_a_post_gets_its_sources_nearest_then_its_newest(db: sqlite3.Connection) -> None:
    """A list of the source starts with what is alike and is filled up with the newest."""
    index = Index(SqlCorpus(db))
    post = add(db, index, 1, "Storm floods the harbour of Hue", "The storm brought floods to the harbour.")
    add(db, index, 2, "Harbour of Hue opens after storm", "After floods, ships sail from the harbour again.")
    add(db, index, 3, "A recipe for noodle soup", "Boil bones with star anise.")
    add(db, index, 4, "Chess: young player wins", "The match took five hours.")
    add(db, index, 5, "Floods hit the harbour of Hue", "Storm and floods.", source="b")
    index.settle()
    (chosen,) = index.choose(1, post, RelatedSettings(limit=3))
    assert [link.url for link in chosen.links] == [f"https://a.example/{n}" for n in (2, 4, 3)]
