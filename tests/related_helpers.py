"""Stored posts with an index of likeness over them, for the tests of related lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from weakref import finalize

from syndicator.model.edition import RelatedList
from syndicator.model.feed import Category
from syndicator.model.post import Post
from syndicator.model.settings import RelatedSettings
from syndicator.normalizer import identity
from syndicator.related import Index
from syndicator.store import db, rows
from syndicator.store.terms import Terms

DAY = 86_400.0


class Shop:
    """A state file, and posts put into it with no more than lists need."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self.db = db.connect(path)
        finalize(self, self.db.close)  # Python 3.13 warns of connections that nobody closed
        self.terms = Terms(self.db)
        self.index = Index(self.terms)
        self.posts: dict[int, Post] = {}

    def add(
        self, title: str, text: str = "", *, source: str = "a", day: float = 0.0, number: int = 0, language: str = "en",
        categories: tuple[str, ...] = (), link: str | None = None,
    ) -> int:  # fmt: skip
        """Store and index a post; a `number` that is there already is updated. Return its
        number.
        """
        number = number or len(self.posts) + 1
        link = f"https://{source}.example/{number}" if link is None else link
        post = Post(
            source, identity.keys(title=title, text=text, link=link), "", title=title, text=text, link=link,
            language=language, categories=tuple(map(Category, categories)),
        )  # fmt: skip
        self.db.execute("INSERT OR IGNORE INTO sources (id) VALUES (?)", (source,))
        self.db.execute(
            "INSERT OR REPLACE INTO posts (number, source, keys, meaning, title, link, site, published, updated,"
            " first_seen, language) SELECT ?, number, ?, '', ?, ?, '', ?, 0, 0, ? FROM sources WHERE id = ?",
            (number, rows.pack_keys(post.keys), title, link, day * DAY, language, source),
        )
        self.index.add([(number, post, day * DAY)])
        self.posts[number] = post
        return number

    def lend_bodies(self) -> None:
        """Keep the posts whole, as the store does: an index that is made again reads them."""
        for number, post in self.posts.items():
            self.db.execute(
                "INSERT INTO bodies VALUES (?, ?, ?, ?, ?, ?)", (number, *rows.body(post))
            )

    def asked_for_cards(self, choose: Callable[[], object]) -> int:
        """Return how many posts were looked up to be shown while `choose` ran."""
        asked: list[int] = []
        self.db.set_trace_callback(
            lambda sql: (
                asked.append(sql.count(",", sql.find("p.number IN"), sql.find(") AND p.w")) + 1)
                if "p.number IN" in sql
                else None
            )
        )
        choose()
        self.db.set_trace_callback(None)
        return sum(asked)

    def mark(self, number: int, column: str, value: object) -> None:
        self.db.execute(f"UPDATE posts SET {column} = ? WHERE number = ?", (value, number))  # noqa: S608 - ours

    def lists(
        self, number: int, scope: str = "source", limit: int = 5, **more: object
    ) -> tuple[RelatedList, ...]:
        settings = RelatedSettings(scope=scope, limit=limit)  # type: ignore[arg-type]
        return self.index.choose(number, self.posts[number], settings, **more)  # type: ignore[arg-type]

    def chosen(
        self, number: int, scope: str = "source", limit: int = 5, **more: object
    ) -> list[int]:
        """Return the numbers of the posts in the one list asked for."""
        found = self.lists(number, scope, limit, **more)
        return [int(link.url.rpartition("/")[2]) for one in found for link in one.links]
