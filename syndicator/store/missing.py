"""Items of a feed -> the posts that it lists no more although older ones of it still stand there.

A feed that merely shortened loses its oldest items, so a post that is missing above a survivor may
have been deleted. Its page tells, a day later (pipeline/deletions.py). The note is one row of
`meta`; there is none as long as nothing is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime, timedelta

from msgspec import Struct

from syndicator.store import codec
from syndicator.store.db import Connection, Table
from syndicator.store.meta import Meta

WAIT = timedelta(days=1)  # before a page is asked, and between two questions
PATIENCE = timedelta(days=14)  # after which a page that gives no clear answer is asked no more
_MOST = 2000  # posts noted at a time: a feed of random items has ever more of them


class Absence(Struct, frozen=True, array_like=True):
    """Since when a post is missing, and when its page may be asked; seconds since 1970."""

    since: float
    ask: float


class Missing(Struct, frozen=True):
    """The missing posts, by their numbers."""

    posts: dict[int, Absence] = {}


class MissingPost(Struct, frozen=True):
    """A missing post whose page may be asked."""

    number: int
    source_id: str
    title: str
    link: str


class MissingPosts(Table):
    """The posts whose pages are to be asked."""

    def due(self, now: datetime) -> list[MissingPost]:
        """Return the posts that have been missing for a day, the longest first."""
        noted = _noted(self.db).items()
        waiting = sorted((absence.since, n) for n, absence in noted if _is_due(absence, now))
        numbers = [number for _, number in waiting]
        posts = {row[0]: MissingPost(*row) for row in self.db.rows(_POSTS, codec.encode(numbers))}
        self.forget(set(numbers) - posts.keys())
        return [posts[number] for number in numbers if number in posts]

    def neighbour(self, source_id: str, items: Mapping[str, int]) -> str:
        """Return the address of a post that a source lists, "" for none.

        `items` are those of its feed, in its order.
        """
        return self.db.value(_LINK, codec.encode(list(items.values())[:10]), source_id) or ""

    def forget(self, numbers: Collection[int]) -> None:
        """Ask for these posts no more: their pages stand there, or they were taken out."""
        if numbers:
            noted = dict(_noted(self.db))
            for number in numbers:
                noted.pop(number, None)
            _write(self.db, noted)

    def postpone(self, numbers: Collection[int], now: datetime) -> None:
        """Ask for these posts again in a day, unless they have been missing for long."""
        posts = dict(_noted(self.db))
        for number in numbers:
            absence = posts.pop(number)
            if now.timestamp() - absence.since < PATIENCE.total_seconds():
                posts[number] = Absence(absence.since, (now + WAIT).timestamp())
        if numbers:
            _write(self.db, posts)


_POSTS = """SELECT p.number, s.id, p.title, p.link FROM posts p JOIN sources s ON s.number = p.source
    WHERE p.number IN (SELECT value FROM json_each(?)) AND p.withdrawn = 0 AND p.filtered = ''
    AND p.link LIKE 'http%'"""
_LINK = """SELECT link FROM json_each(?) j JOIN posts p ON p.number = j.value
    JOIN sources s ON s.number = p.source WHERE s.id = ? AND p.link <> '' ORDER BY j.key LIMIT 1"""
_DATES = "SELECT number, published FROM posts WHERE number IN (SELECT value FROM json_each(?))"


def note(db: Connection, before: Sequence[int], standing: Set[int], now: datetime) -> None:
    """Note the posts that are missing since this fetch, and forget those that are back.

    `before` are the posts of the feed's items as they stood, in its order, then those of older
    versions. `standing` are the posts of its items now.
    """
    noted = _noted(db)
    posts = {number: absence for number, absence in noted.items() if number not in standing}
    fresh = Absence(now.timestamp(), (now + WAIT).timestamp())
    for number in _missing(db, before, standing):
        if len(posts) < _MOST:
            posts.setdefault(number, fresh)
    if posts != noted:
        _write(db, posts)


def _missing(db: Connection, before: Sequence[int], standing: Set[int]) -> list[int]:
    """Return the posts that left a feed from above one that stays, by its order and by date.

    By date, too, so that a feed whose oldest item stands on top loses nothing by its end.
    """
    places = [place for place, number in enumerate(before) if number in standing]
    above = before[: places[-1]] if places else ()
    absent = [number for number in above if number not in standing]
    if not absent:
        return []
    ages = {number: (date, number) for number, date in db.rows(_DATES, codec.encode(list(before)))}
    oldest = min(ages[before[place]] for place in places)
    return [number for number in absent if ages[number] > oldest]


def _is_due(absence: Absence, now: datetime) -> bool:
    # A clock that was wrong by days must not hold a question back for ever.
    return absence.ask <= now.timestamp() or absence.since > (now + WAIT).timestamp()


def _noted(db: Connection) -> dict[int, Absence]:
    return (Meta(db).read(Missing) or Missing()).posts


def _write(db: Connection, posts: dict[int, Absence]) -> None:
    if posts:
        Meta(db).write(Missing(posts))
    else:
        Meta(db).delete(Missing)
