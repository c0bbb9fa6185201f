"""The selection of stored posts for a feed: by its sources, languages and filters.

A post is judged once, when it is considered. But where the operator changes a filter, the posts in
the documents are judged again: some leave, and others that the old filter held back come in as
history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import starmap

from msgspec import Struct
from msgspec.structs import replace

from syndicator.model.post import REJECTED, WAITS, Post
from syndicator.model.settings import Feed, Filter, Source
from syndicator.store import codec, events
from syndicator.store.db import Connection
from syndicator.store.posts import Posts

# `filters.judge`: why a filter keeps a post back at a time, "" where it lets it through.
Judge = Callable[[Post, Filter, datetime], str]

NO_FILTER = Filter()
# Times of `held` that a review writes, long past: posts approved with their source, or by name.
APPROVED_WHOLE, APPROVED_BY_NAME = 0.0, 1.0
_FEW = 50  # sources are looked up one by one; more of them are found faster in a list of all


class Row(Struct, frozen=True):
    """A stored post as far as admission needs it."""

    number: int
    source: int
    story: int
    published: float
    first_seen: float
    due: float | None
    language: str
    filtered: str
    withdrawn: bool
    public_id: str | None
    title: str
    link: str
    guid: str
    given: str | None  # the date as the source gave it, never one of ours

    @property
    def undated(self) -> bool:
        """Whether the source gave no date, not even one to come."""
        return self.given is None and self.due is None


_GIVEN = "json_extract(b.rest, '$.published')"
UNDATED = f"{_GIVEN} IS NULL AND p.due IS NULL"
_ROW = f"""SELECT p.number, p.source, coalesce(p.copy_of, p.number), p.published, p.first_seen, p.due,
    p.language, p.filtered, p.withdrawn OR coalesce(lead.withdrawn, 0),
    coalesce(lead.public_id, p.public_id), p.title, p.link, b.guid, {_GIVEN}
    FROM posts p JOIN bodies b ON b.post = p.number LEFT JOIN posts lead ON lead.number = p.copy_of"""


def rows(db: Connection, where: str, *values: object) -> list[Row]:
    """Return the posts `p` of a condition, in its order."""
    return list(starmap(Row, db.rows(f"{_ROW} {where}", *values)))


def selects(feed: Feed, source: Source) -> bool:
    """Tell whether a feed takes a source's posts."""
    if not source.publish:
        return False
    if not feed.sources and not feed.tags:
        return True
    return source.id in feed.sources or not set(feed.tags).isdisjoint(source.tags)


def chosen(db: Connection, feed: Feed, configured: Mapping[str, Source]) -> dict[int, Source]:
    """Return the sources that a feed takes, by number, in the order of feeds.toml."""
    named: Iterable[Source] = configured.values()
    if feed.sources and not feed.tags:
        named = filter(None, map(configured.get, feed.sources))
    wanted = {source.id: source for source in named if selects(feed, source)}
    query = "SELECT number, id FROM sources"
    if len(wanted) > _FEW:
        known_rows = db.rows(query)
    else:
        known_rows = db.rows(
            f"{query} WHERE id IN (SELECT value FROM json_each(?))", codec.encode(list(wanted))
        )
    numbers = {source_id: number for number, source_id in known_rows}
    return {numbers[name]: source for name, source in wanted.items() if name in numbers}


def shape(feed: Feed, selected: Mapping[int, Source]) -> str:
    """Return a digest of all settings that say which published posts stand in the documents."""
    limits = [f"{number} {source.limit}" for number, source in sorted(selected.items())]
    return _digest([f"{feed.limit} {feed.stay}", *limits])


def rules(feed: Feed, selected: Mapping[int, Source]) -> str:
    """Return a digest of the filters by which a feed takes posts.

    A source that has none adds nothing.
    """
    parts = [
        f"{source.id} {source.filter} {source.future == 'hold'}"
        for source in selected.values()
        if source.filter != NO_FILTER or source.future == "hold"
    ]
    return _digest([f"{feed.filter} {feed.languages}", *sorted(parts)])


def _digest(parts: Sequence[str]) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def speaks(feed: Feed, language: str) -> bool:
    """Tell whether a feed takes posts in a language: "pt" also takes "pt-BR"."""
    language = language.lower()
    for tag in map(str.lower, feed.languages):
        if language == tag or language.startswith(f"{tag}-"):
            return True
    return not feed.languages


class Selection(Struct):
    """A feed's own taste: its languages and filter, and again the filters of its sources."""

    db: Connection
    feed: Feed
    selected: Mapping[int, Source]
    now: datetime
    judge: Judge | None

    def fits(self, row: Row) -> bool:
        """Tell whether a feed takes a post that its source lets through."""
        rules = self.feed.filter
        if not speaks(self.feed, row.language) or self.judge is None or rules == NO_FILTER:
            return speaks(self.feed, row.language)
        return not self.judge(Posts(self.db).read([row.number])[row.number], rules, self.now)

    def fitting(self, candidates: Iterable[Row]) -> list[Row]:
        """Return the posts that fit, of each source at most the newest that the filter allows."""
        fitting = list(filter(self.fits, candidates))
        newest = self.feed.filter.newest
        if not newest:
            return fitting
        counts, kept = Counter[int](), set[int]()
        for row in sorted(fitting, key=lambda row: (row.published, row.number), reverse=True):
            counts[row.source] += 1
            if counts[row.source] <= newest:
                kept.add(row.number)
        return [row for row in fitting if row.number in kept]

    # -- a changed filter
    # -----------------------------------------------------------------------------

    def judge_again(self, number: int) -> list[Row]:
        """Judge the posts of a feed by changed filters; return those that come in, oldest first.

        `number` is the feed's. Posts that leave are marked, and so are those that come back. The
        age of a post counts as at first sight: a filter that did not change keeps none back that it
        let through.
        """
        members = set(self.db.column(_MEMBERS, number)) & self.selected.keys()
        standing = rows(self.db, f"WHERE p.number IN ({_STANDING})", number)
        leaving = [row for row in standing if row.source in members and self._why_not(row)]
        oldest = min((row.published for row in standing), default=0.0)
        self._move(number, leaving, events.next_event(self.db))
        left = {row.number for row in leaving}
        returning = []
        for row in rows(self.db, f"WHERE p.number IN ({_GONE})", number):
            is_candidate = row.source in members and row.number not in left
            if is_candidate and not self._why_not(row):
                returning.append(row)
        self._move(number, returning, 0)
        coming = []
        for source in sorted(members):
            passed_over = rows(
                self.db, f"{_PASSED_OVER} ORDER BY p.published", number, source, oldest
            )
            coming += [replace(row, filtered="") for row in passed_over if not self._why_not(row)]
        return coming

    def _move(self, number: int, moving: Sequence[Row], event: int) -> None:
        """Take entries out of a feed by an event, or back into its history (0)."""
        if not moving:
            return
        self.db.executemany(
            """UPDATE entries SET gone = ?, current = 0, history = 1
            WHERE feed = ? AND post = ? AND story = ?""",
            [(event, number, row.number, row.story) for row in moving],
        )
        for source in {row.source for row in moving}:
            events.mark_archives_of(self.db, number, source)
        events.touch(
            self.db,
            self.db.column(
                "SELECT DISTINCT post FROM links WHERE target IN (SELECT value FROM json_each(?))",
                codec.encode([row.number for row in moving]),
            ),
            None,
        )

    def _why_not(self, row: Row) -> str:
        """Return why a feed does not take a post by the filters of now, "" if it does."""
        source = self.selected[row.source]
        if source.future == "hold" and row.due is not None and row.due > self.now.timestamp():
            self.db.execute(
                "INSERT OR REPLACE INTO held SELECT number, ?, ? FROM feeds WHERE name = ?",
                (row.number, row.due, self.feed.name),
            )
            return "held until its date"
        if not speaks(self.feed, row.language):
            return "its language"
        is_capped = row.filtered.startswith("not among the newest") and source.filter.newest
        if is_capped or row.filtered in {WAITS, REJECTED}:
            return row.filtered
        if self.judge is None:
            return row.filtered
        post, seen = Posts(self.db).read([row.number])[row.number], codec.moment(row.first_seen)
        why = self.judge(post, source.filter, seen)
        if why != row.filtered:
            self.db.execute("UPDATE posts SET filtered = ? WHERE number = ?", (why, row.number))
        return why or self.judge(post, self.feed.filter, seen)


_MEMBERS = "SELECT source FROM members WHERE feed = ? AND gone = 0"
_STANDING = "SELECT post FROM entries INDEXED BY entries_current WHERE feed = ? AND current = 1"
_GONE = "SELECT post FROM entries INDEXED BY entries_gone WHERE feed = ? AND gone > 0"
# Posts that came after their source had joined, no older than what the documents reach back to.
_PASSED_OVER = """JOIN members m ON m.feed = ?1 AND m.source = p.source AND p.number > m.joined
    WHERE p.source = ?2 AND p.published >= ?3 AND p.purged = 0 AND p.withdrawn = 0
    AND NOT EXISTS (SELECT 1 FROM entries e
        WHERE e.story = coalesce(p.copy_of, p.number) AND e.feed = ?1)"""
