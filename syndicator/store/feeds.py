"""Our own feeds: their ids, their stamps, and the posts that each has published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from uuid import uuid4

from syndicator.model.settings import Feed, Source
from syndicator.store import admission, codec, events
from syndicator.store.admission import FeedRow
from syndicator.store.db import Table
from syndicator.store.selection import Judge


class Feeds(Table):
    """Our own feeds, and which posts each has published."""

    def names(self) -> Set[str]:
        """Return the names of the feeds that were ever published from this file."""
        return set(self.db.column("SELECT name FROM feeds"))

    def register(self, name: str, feed_id: str) -> None:
        """Give a feed that was never published from this file the id that it has had elsewhere.

        Not where another feed has that id: a folder may have been copied.
        """
        self.db.execute(
            """INSERT INTO feeds (name, id)
            SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM feeds WHERE id = ?2)""",
            (name, feed_id),
        )

    def row(self, name: str) -> FeedRow:
        """Return the row of a feed, made if it is new."""
        find = "SELECT number, id, seen, sequence, shape, rules, updated FROM feeds WHERE name = ?"
        row = self.db.row(find, name)
        if row is None:
            self.db.execute("INSERT INTO feeds (name, id) VALUES (?, ?)", (name, uuid4().urn))
            row = self.db.row(find, name)
        return FeedRow(*row)

    def stamp(self, feed: Feed) -> str:
        """Return a stamp that changes whenever the edition does; needs no look at the posts."""
        row = self.db.row("SELECT id, mark, shape FROM feeds WHERE name = ?", feed.name)
        return " ".join(map(str, row or ()))

    def last_event(self) -> int:
        """Return the number of the last event that changed what is published."""
        return events.last_event(self.db)

    def archived(self, feed: Feed, numbers: Sequence[int]) -> dict[str, int]:
        """Return how many of these newly published posts came as history, by their source's id."""
        if not numbers:
            return {}
        query = """SELECT s.id, count(*) FROM json_each(?) j CROSS JOIN posts p ON p.number = j.value
            CROSS JOIN entries e INDEXED BY entries_by_story
                ON e.story = coalesce(p.copy_of, p.number) AND e.feed = ?
            JOIN sources s ON s.number = e.source WHERE e.history = 1 GROUP BY s.id"""
        return dict(self.db.rows(query, codec.encode(list(numbers)), self.row(feed.name).number))

    def admit(
        self,
        feed: Feed,
        configured: Mapping[str, Source],
        now: datetime,
        judge: Judge | None = None,
    ) -> list[int]:
        """Publish the new posts of a feed; return their numbers, in their sequence.

        `configured` are the sources of the configuration by id; `judge` is `filters.judge`, None
        where no filter counts. See `admission`.
        """
        with self.db.transaction():
            return admission.admit(self.db, self.row(feed.name), feed, configured, now, judge)
