"""Entries of a feed -> Edition and Archive, the whole input of the generator.

Costs what is published, not what is stored. A slice of history (RFC 5005, section 4) is cut by
sequence, so it never moves; it is made again only when a post in it was updated or withdrawn, when
its source left the feed or came back, or when it may name one that did. The open slice, and all of
a feed without archives, are the same but for their documents: the posts in them have pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from itertools import starmap
from typing import Any

from msgspec.structs import replace

from syndicator.model.edition import (
    Activity,
    Archive,
    Departed,
    Edition,
    Item,
    Reference,
    SourceListing,
    Tombstone,
)
from syndicator.model.fetch import DEAD_AFTER
from syndicator.model.post import Post, SourceInfo
from syndicator.model.run import PostRef
from syndicator.model.settings import Feed, Source
from syndicator.store import codec, links, popularity, rows
from syndicator.store.db import Table
from syndicator.store.events import ARCHIVE
from syndicator.store.faces import Faces
from syndicator.store.feeds import Feeds
from syndicator.store.meta import Meta, Stories
from syndicator.store.retention import DELETED
from syndicator.store.selection import selects
from syndicator.store.sources import Sources, undated

_ENTRY = f"""SELECT e.sequence, e.story, e.post, e.first_published, story.public_id, p.published,
    p.updated, f.lists, coalesce(f.layout, 1), f.source_updated, {rows.WHOLE.replace("p.keys", "NULL")}
    FROM entries e %s JOIN posts story ON story.number = e.story JOIN posts p ON p.number = e.post
    JOIN sources s ON s.number = p.source JOIN bodies b ON b.post = e.post
    LEFT JOIN frozen f ON f.post = e.post"""
_CURRENT = f"{_ENTRY % 'INDEXED BY entries_current'} WHERE e.feed = ? AND e.current = 1"
_SLICE = f"""{_ENTRY % ""} WHERE e.feed = ? AND e.sequence BETWEEN ? AND ?
    AND NOT story.withdrawn AND NOT p.withdrawn AND e.gone = 0
    AND EXISTS (SELECT 1 FROM members m WHERE m.feed = e.feed AND m.source = e.source AND m.gone = 0)"""
# A post that a feed has published, as it is shown now.
# Cross joins are made in the order written: from the few posts that are asked for.
_REFS = """SELECT story.public_id, p.title, p.link, s.id
    FROM json_each(?2) j CROSS JOIN posts p ON %s = j.value
    CROSS JOIN posts story ON story.number = coalesce(p.copy_of, p.number)
    CROSS JOIN entries e INDEXED BY entries_by_story ON e.story = story.number AND e.feed = ?1
    CROSS JOIN sources s ON s.number = p.source ORDER BY j.key"""
_LAST_DEPARTURE = """SELECT max((SELECT coalesce(max(withdrawn), 0) FROM posts WHERE withdrawn > 0),
    (SELECT coalesce(max(gone), 0) FROM members WHERE feed = ?1),
    (SELECT coalesce(max(gone), 0) FROM entries INDEXED BY entries_gone WHERE feed = ?1 AND gone > 0),
    (SELECT coalesce(max(event), 0) FROM former_ids))"""
# The first of two bounds is the one by which SQLite enters the index; the other tells which serves.
_WITHDRAWN = "SELECT public_id FROM posts WHERE withdrawn > ? AND withdrawn > 0"
# The newest alone: what was withdrawn long ago costs nothing.
_LAST_WITHDRAWN = """SELECT number FROM posts INDEXED BY posts_withdrawn WHERE withdrawn > 0
    ORDER BY withdrawn DESC LIMIT 200"""
_TOMBSTONES = """SELECT p.public_id, u.time FROM json_each(?) j CROSS JOIN posts p ON p.number = j.value
    CROSS JOIN entries e INDEXED BY entries_by_story ON e.story = p.number AND e.feed = ?
    CROSS JOIN updates u ON u.post = p.number AND u.parts = ? AND u.time > ?
    ORDER BY u.time DESC, p.number DESC"""
_REMEMBERED = timedelta(days=30)  # how long a document tells of a deletion
_SOURCES_LEFT = """SELECT id FROM members JOIN sources ON number = source WHERE feed = ?1 AND gone > ?2
    UNION SELECT id FROM former_ids WHERE event > ?2 AND id NOT IN (SELECT id FROM sources)"""
# Cross joins are made in the order written: from the few sources that left, not from all entries.
_POSTS_LEFT = """SELECT p.public_id FROM members m
    CROSS JOIN entries e INDEXED BY entries_by_source ON e.feed = m.feed AND e.source = m.source
    CROSS JOIN posts p ON p.number = e.story WHERE m.feed = ? AND m.gone > ?"""
# By a changed filter.
_TAKEN_OUT = """SELECT p.public_id FROM entries e INDEXED BY entries_gone
    JOIN posts p ON p.number = e.story WHERE e.feed = ? AND e.gone > ? AND e.gone > 0"""
_LESSENED = """SELECT DISTINCT s.id FROM posts p
    CROSS JOIN entries e INDEXED BY entries_by_story ON e.story = p.number
    JOIN members m ON m.feed = e.feed AND m.source = e.source AND m.gone = 0
    JOIN sources s ON s.number = e.source WHERE p.withdrawn > ? AND p.withdrawn > 0 AND e.feed = ?"""
_LESSENED_BY_FILTER = """SELECT DISTINCT s.id FROM entries e INDEXED BY entries_gone
    JOIN sources s ON s.number = e.source WHERE e.feed = ? AND e.gone > ? AND e.gone > 0"""


# CROSS: from the entries on, in this order, or all that the members published is read.
_LANGUAGES = """SELECT DISTINCT p.language FROM entries e CROSS JOIN posts p ON p.number = e.post
    CROSS JOIN members m ON m.feed = e.feed AND m.source = e.source
    WHERE e.feed = ? AND e.sequence > ? AND p.purged = 0 AND p.withdrawn = 0 AND m.gone = 0
    AND e.gone = 0"""
_NOTE_POPULAR = """UPDATE entries INDEXED BY entries_by_story SET popular = 1
    WHERE story IN (SELECT number FROM posts WHERE public_id IN (SELECT value FROM json_each(?)))
    AND feed = (SELECT number FROM feeds WHERE name = ?) AND popular = 0"""
_NAMED = """SELECT public_id, number FROM posts
    WHERE number IN (SELECT value FROM json_each(?)) AND public_id IS NOT NULL"""
_ACTIVITY = """SELECT s.id, m.total, (SELECT p.published
    FROM entries e INDEXED BY entries_by_source JOIN posts p ON p.number = e.post
    WHERE e.feed = m.feed AND e.source = m.source ORDER BY e.sequence DESC LIMIT 1),
    coalesce(json_extract(nullif(s.rest, ''), '$.gone') OR s.last_attempt
        - strftime('%s', json_extract(nullif(s.rest, ''), '$.failing_since')) >= ?, 0)
    FROM members m JOIN sources s ON s.number = m.source WHERE m.feed = ? AND m.gone = 0"""
_LISTED_SOURCES = 500  # with more, their page would be made anew at each run, and nobody reads it


class Snapshots(Table):
    """The feeds as they are published now."""

    def edition(
        self,
        feed: Feed,
        configured: Mapping[str, Source],
        siblings: Sequence[Feed] = (),
        feed_id: str = "",
        per_source: int = 50,
        since: int = 0,
        listed: Collection[str] = (),
    ) -> Edition:
        """Return all that a feed publishes now.

        `feed_id`: Config.id, for the main feed. `per_source`: how many posts of a source its page
        shows. `since`: the last event when it was published before, for what left it after that.
        `listed`: ids of further sources with pages to make, though no item is theirs.
        """
        row = Feeds(self.db).row(feed.name)
        wanted = [source for source in configured.values() if selects(feed, source)]
        infos = [info for info in self._infos(wanted) if not info.private]
        tags = {info.id: configured[info.id].tags for info in infos if configured[info.id].tags}
        items = self._items(_CURRENT, row.number)
        items.sort(key=lambda item: (item.published, item.sequence), reverse=True)
        items = popularity.with_inbound(items)
        lessened = self.db.column(_LESSENED, since, row.number)
        lessened += self.db.column(_LESSENED_BY_FILTER, row.number, since)
        shown = {item.source.id: item.source for item in items}
        others = {*lessened, *listed} - shown.keys()
        known = Sources(self.db).infos(others)
        shown |= {name: known.get(name) or SourceInfo(name, name) for name in others}
        listings = self._listings(row.number, shown, per_source) if per_source else ()
        return Edition(
            feed=feed,
            id=feed_id or row.id,
            updated=codec.moment(row.updated),
            items=tuple(items),
            sources=tuple(sorted(infos, key=lambda info: (info.name.casefold(), info.id))),
            archives=row.sequence // ARCHIVE if feed.archives else 0,
            slices=-(-row.sequence // ARCHIVE),  # rounded up: the last is open
            popular=popularity.popular(items),
            departed=self._departed(row.number, since),
            tombstones=self._tombstones(row.number, row.updated),
            siblings=tuple(other for other in siblings if other.name != feed.name),
            listings=tuple(listings),
            faces=self.faces(feed, {info.id for info in infos}),
            activity=self._activity(row.number) if len(infos) <= _LISTED_SOURCES else {},
            tags=tags,
            stories=self._stories() if feed.stories else {},
        )

    def faces(self, feed: Feed, source_ids: Collection[str]) -> dict[str, str]:
        """Return the endings of the names of the pictures that a feed publishes, by source id."""
        if feed.faces != "copy" or "html" not in feed.formats:
            return {}
        return Faces(self.db).kept(source_ids)

    def _stories(self) -> dict[str, int]:
        """Return the stories that posts tell with others, by the posts' public ids."""
        told = (Meta(self.db).read(Stories) or Stories()).of
        named = self.db.rows(_NAMED, codec.encode(list(told)))
        return {public_id: told[number] for public_id, number in named}

    def _tombstones(self, feed: int, updated: float) -> tuple[Tombstone, ...]:
        """Return the posts that sources deleted in the weeks before a feed's newest change.

        By no clock of ours, so that the same store gives the same bytes.
        """
        last = codec.encode(self.db.column(_LAST_WITHDRAWN))
        since = updated - _REMEMBERED.total_seconds()
        rows = self.db.rows(_TOMBSTONES, last, feed, DELETED, since)
        return tuple(codec.noun(Tombstone, row) for row in rows)

    def _activity(self, feed: int) -> dict[str, Activity]:
        """Return of each source in a feed its posts, the date of the last, and whether it is dead."""
        rows = self.db.rows(_ACTIVITY, DEAD_AFTER.total_seconds(), feed)
        return {name: codec.noun(Activity, row) for name, *row in rows if row[1]}

    def _infos(self, wanted: Sequence[Source]) -> Iterable[SourceInfo]:
        """Yield how each source is shown, also those that have never answered."""
        known = Sources(self.db).infos(source.id for source in wanted)
        for source in wanted:
            name, url = source.name or source.id, source.unless_private(source.url)
            unknown = SourceInfo(source.id, name, feed=url, private=source.private)
            yield undated(known.get(source.id, unknown))

    def _items(self, query: str, *values: object) -> list[Item]:
        """Return the items of a query for the columns of _ENTRY, in its order."""
        entries = self.db.rows(query, *values)
        visible = links.read(self.db, [entry[2] for entry in entries])
        versions = links.versions(self.db, [entry[1:3] for entry in entries])
        known = Sources(self.db).infos({entry[10] for entry in entries})
        infos = {source_id: undated(info) for source_id, info in known.items()}
        items = []
        for entry in entries:
            info = infos.get(entry[10]) or SourceInfo(entry[10], entry[10])
            copies = versions.get(entry[1], ())
            items.append(_item(entry, info, visible.get(entry[2], links.NONE), copies))
        return links.without_hidden_chains(self.db, items)

    def _listings(
        self, feed: int, infos: Mapping[str, SourceInfo], limit: int
    ) -> Iterable[SourceListing]:
        """Yield the published posts of each of these sources, at most `limit` of each."""
        for source_id, info in sorted(infos.items()):
            source, total = self.db.row(_TOTAL, source_id, feed)
            listed = self.db.rows(_LISTING, feed, source, limit)
            listed.sort(key=lambda row: (-row[4], row[0]))
            posts = [
                Reference(id_, title, link, info.name, 0.0, language, codec.moment(date))
                for id_, title, link, language, date in listed
            ]
            yield SourceListing(source_id, tuple(posts), total, info)

    def _departed(self, feed: int, since: int) -> Departed:
        """Return the posts and sources that left a feed after an event.

        Costs what it returns: of much, much may be gone.
        """
        event = self.db.value(_LAST_DEPARTURE, feed)
        if event <= since:
            return Departed(event)
        posts = self.db.column(_WITHDRAWN, since) + self.db.column(_POSTS_LEFT, feed, since)
        posts += self.db.column(_TAKEN_OUT, feed, since)
        sources = self.db.column(_SOURCES_LEFT, feed, since)
        return Departed(event, set(filter(None, posts)), set(sources))

    def news(
        self, feed: Feed, admitted: Sequence[int], rewritten: Sequence[int], since: int
    ) -> tuple[list[PostRef], list[PostRef], list[PostRef]]:
        """Return the posts of a feed that were published, updated and withdrawn.

        `admitted` and `rewritten` are numbers of posts; what left the feed after the event `since`
        is withdrawn.
        """
        number = Feeds(self.db).row(feed.name).number
        return (
            self._refs("p.number", number, admitted),
            self._refs("p.number", number, sorted(set(rewritten).difference(admitted))),
            self._refs("p.public_id", number, sorted(self._departed(number, since).posts)),
        )

    def _refs(self, key: str, feed: int, values: Sequence[object]) -> list[PostRef]:
        if not values:
            return []
        return list(starmap(PostRef, self.db.rows(_REFS % key, feed, codec.encode(values))))

    def without_lists(self, feed: Feed) -> list[int]:
        """Return the posts in the documents without chosen lists, by sequence.

        These are the posts just admitted, or left by a killed run.
        """
        # A cross join is made in the order written: from the posts in the documents.
        return self.db.column(
            """SELECT e.post FROM entries e INDEXED BY entries_current
            CROSS JOIN frozen f ON f.post = e.post AND f.lists IS NULL
            JOIN members m ON m.feed = e.feed AND m.source = e.source AND m.gone = 0
            WHERE e.feed = ? AND e.current = 1 ORDER BY e.sequence""",
            Feeds(self.db).row(feed.name).number,
        )

    def shown(self, feed: Feed) -> list[int]:
        """Return the posts that stand in a feed's documents, in the order of their sequence."""
        return self.db.column(
            """SELECT post FROM entries INDEXED BY entries_current
            WHERE feed = ? AND current = 1 ORDER BY sequence""",
            Feeds(self.db).row(feed.name).number,
        )

    def languages(self, feed: Feed, since: int) -> tuple[int, Set[str]]:
        """Return the last sequence of a feed, and the languages of its entries after one.

        Of those alone that may still be shown.
        """
        row = Feeds(self.db).row(feed.name)
        return row.sequence, set(self.db.column(_LANGUAGES, row.number, since))

    def note_popular(self, feed: Feed, edition: Edition) -> None:
        """Note which posts stand among the popular ones, before pages are made that name them."""
        names = codec.encode([reference.id for reference in edition.popular])
        self.db.execute(_NOTE_POPULAR, (names, feed.name))

    # -- history
    # --------------------------------------------------------------------------------------

    def stale_archives(self, feed: Feed) -> list[int]:
        """Return the slices of history that changed since they were written, or never were."""
        return self.db.column(
            """SELECT a.number FROM archives a JOIN feeds f ON f.number = a.feed
            WHERE f.name = ? AND a.mark <> a.written ORDER BY a.number""",
            feed.name,
        )

    def archive(self, feed: Feed, number: int) -> Archive:
        """Return a slice of history, newest first; 1 is the oldest.

        Of one that is no archive (yet) only the posts that left the documents.
        """
        condition, values = self._slice(feed, number)
        items = self._items(f"{_SLICE} {condition} ORDER BY e.sequence DESC", *values)
        touched = "SELECT touched FROM archives WHERE feed = ? AND number = ?"
        date = codec.moment(self.db.value(touched, values[0], number))
        return Archive(number, tuple(items), date)

    def archive_spans(self, feed: Feed, number: int) -> list[tuple[datetime, datetime]]:
        """Return the dates of the oldest and the newest post of each month (UTC) of a slice."""
        condition, values = self._slice(feed, number)
        spans = self.db.rows(
            f"""SELECT min(p.published), max(p.published)
            FROM entries e JOIN posts p ON p.number = e.post
            WHERE e.feed = ? AND e.sequence BETWEEN ? AND ? AND e.gone = 0 {condition}
            GROUP BY strftime('%Y-%m', p.published, 'unixepoch')""",
            *values,
        )
        return [(codec.moment(oldest), codec.moment(newest)) for oldest, newest in spans]

    def _slice(self, feed: Feed, number: int) -> tuple[str, tuple[int, int, int]]:
        """Return a condition for the entries of a slice; feed, first and last sequence."""
        row = Feeds(self.db).row(feed.name)
        is_archive = feed.archives and number <= row.sequence // ARCHIVE
        condition = "" if is_archive else "AND e.current = 0"
        return condition, (row.number, (number - 1) * ARCHIVE + 1, number * ARCHIVE)

    def archive_written(self, feed: Feed, number: int) -> None:
        """Note that the documents of a slice stand on disk as they should."""
        self.db.execute(
            """UPDATE archives SET written = mark
            WHERE number = ? AND feed = (SELECT number FROM feeds WHERE name = ?)""",
            (number, feed.name),
        )


_TOTAL = (
    "SELECT number, total FROM sources JOIN members ON source = number WHERE id = ? AND feed = ?"
)
_LISTING = """SELECT coalesce(story.public_id, p.public_id), p.title, p.link, p.language, p.published
    FROM entries e INDEXED BY entries_by_source JOIN posts p ON p.number = e.post
    LEFT JOIN posts story ON e.story <> e.post AND story.number = e.story
    WHERE e.feed = ? AND e.source = ? AND e.gone = 0 AND NOT p.withdrawn
    AND NOT coalesce(story.withdrawn, 0)
    ORDER BY e.sequence DESC LIMIT ?"""


def _item(
    entry: Sequence[Any],
    info: SourceInfo,
    visible: links.Visible,
    versions: tuple[Reference, ...],
) -> Item:
    (
        sequence, _, _, first, public_id, published, updated, lists, layout, source_updated, *whole,
    ) = entry  # fmt: skip
    post: Post = rows.post(whole)
    also, by_scope = visible
    return Item(
        id=public_id,
        post=post,
        source=replace(info, updated=codec.moment_or_none(source_updated)),
        published=codec.moment(published),
        # Noticed by a clock that was wrong, or before its date had come.
        updated=codec.moment(max(published, updated)),
        first_published=codec.moment(first),
        sequence=sequence,
        related=links.lists_of(lists, by_scope) if lists else (),
        also=also,
        copies=tuple(version for version in versions if version.url != post.link),
        layout=layout,
        keeps_id=True,
        shown=lists is not None,
    )
