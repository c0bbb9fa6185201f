"""Sources that are held, and the posts that wait for a person: `Post.filtered` is WAITS.

A waiting post is stored, indexed and known like any other; no feed takes what is filtered. A post
that is let through is considered again by each feed, by way of the table `held`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from syndicator.model.fetch import Validators
from syndicator.model.post import REJECTED, WAITS
from syndicator.store import codec
from syndicator.store.db import Table
from syndicator.store.selection import APPROVED_BY_NAME, APPROVED_WHOLE
from syndicator.store.sources import Sources

_HOLDS = "SELECT id, since, reason, rejected FROM holds JOIN sources ON source = number"
_PAST = f"""SELECT published, link, language FROM posts
    WHERE source = (SELECT number FROM sources WHERE id = ?)
    AND filtered NOT IN ('{WAITS}', '{REJECTED}') ORDER BY published DESC LIMIT ?"""
_WAITING = f"""SELECT p.number, s.id, p.title, p.link, p.published, p.language, b.text
    FROM posts p JOIN sources s ON s.number = p.source JOIN bodies b ON b.post = p.number
    WHERE p.filtered = '{WAITS}' AND p.withdrawn = 0 ORDER BY p.published DESC, p.number DESC"""
_OF_SOURCE = "source = (SELECT number FROM sources WHERE id = ?)"


class Hold(Struct, frozen=True):
    """A source that is held, and why."""

    source_id: str
    since: datetime
    reason: str
    rejected: bool = False  # by a person: it is asked no more


class PastPost(Struct, frozen=True):
    """A post that a source brought before, as far as a new owner would differ."""

    published: datetime
    link: str
    language: str


class WaitingPost(Struct, frozen=True):
    """A post that waits for a review."""

    number: int
    source_id: str
    title: str
    url: str
    published: datetime
    language: str
    text: str


class Reviews(Table):
    """The posts that wait for a person, and the decisions on them."""

    def holds(self) -> dict[str, Hold]:
        """Return the held sources by their ids."""
        return {row[0]: codec.noun(Hold, row) for row in self.db.rows(_HOLDS)}

    def hold(self, source_id: str, reason: str, now: datetime, *, rejected: bool = False) -> None:
        """Hold a source from now on."""
        row = Sources(self.db).number(source_id), now.timestamp(), reason, rejected
        self.db.execute("INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)", row)

    def past(self, source_id: str, newest: int) -> list[PastPost]:
        """Return a source's newest posts, without those of a review."""
        return [codec.noun(PastPost, row) for row in self.db.rows(_PAST, source_id, newest)]

    def waiting(self) -> list[WaitingPost]:
        """Return the posts that wait, the newest first. Reads all posts: a person asks."""
        return [codec.noun(WaitingPost, row) for row in self.db.rows(_WAITING)]

    def approve_source(self, source_id: str) -> int:
        """Let through all that waits of a source, and hold it no more; return how many posts.

        A source that was held is read anew, for changes of its name and of published posts waited.
        """
        with self.db.transaction():
            numbers = self._judged(f"{_OF_SOURCE} AND filtered = ?", "", source_id, WAITS)
            self._consider(numbers, APPROVED_WHOLE)
            if self.db.execute(f"DELETE FROM holds WHERE {_OF_SOURCE}", (source_id,)).rowcount:
                self.db.execute(f"DELETE FROM items WHERE {_OF_SOURCE}", (source_id,))
                sources = Sources(self.db)
                sources.save_state(
                    replace(
                        sources.states()[source_id],
                        validators=Validators(),
                        body_hash="",
                        next_due=None,
                        strange="",
                    )
                )
        return len(numbers)

    def reject_source(self, source_id: str, now: datetime) -> int:
        """Refuse all that waits of a source, and ask it no more; return how many posts."""
        with self.db.transaction():
            self.hold(source_id, REJECTED, now, rejected=True)
            return len(self._judged(f"{_OF_SOURCE} AND filtered = ?", REJECTED, source_id, WAITS))

    def judge_posts(self, numbers: Collection[int], *, approved: bool) -> int:
        """Let posts through, or refuse them; return how many had waited."""
        listed, judged = codec.encode(list(numbers)), "" if approved else REJECTED
        where = "number IN (SELECT value FROM json_each(?)) AND filtered = ?"
        with self.db.transaction():
            waited = self._judged(where, judged, listed, WAITS)
            if approved:
                self._consider(waited, APPROVED_BY_NAME)
        return len(waited)

    def _judged(self, where: str, filtered: str, *values: str) -> list[int]:
        return self.db.column(
            f"UPDATE posts SET filtered = '{filtered}' WHERE {where} RETURNING number", *values
        )

    def _consider(self, numbers: Collection[int], until: float) -> None:
        """Have each feed consider posts at its next build."""
        self.db.execute(
            """INSERT OR REPLACE INTO held
            SELECT f.number, j.value, ? FROM feeds f, json_each(?) j""",
            (until, codec.encode(list(numbers))),
        )
