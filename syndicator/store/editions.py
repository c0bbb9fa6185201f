"""Entries of a feed -> Edition: what the generator is given. Costs what is published, not what is stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain
from typing import Any

from msgspec.structs import replace

from syndicator.model.edition import Departed, Edition, Item, Reference, RelatedList
from syndicator.model.post import Post, SourceInfo
from syndicator.model.settings import Feed, Source
from syndicator.store import admission, codec, frozen, rows, shelves
from syndicator.store.events import ARCHIVE
from syndicator.store.hidden import Veil

ENTRY = f"""SELECT e.sequence, e.story, e.post, e.first_published, story.public_id, p.published, p.updated, f.related,
    f.also, coalesce(f.layout, 1), f.source_updated, {rows.WHOLE.replace("p.keys", "NULL")}
    FROM entries e %s JOIN posts story ON story.number = e.story JOIN posts p ON p.number = e.post
    JOIN sources s ON s.number = p.source JOIN bodies b ON b.post = e.post LEFT JOIN frozen f ON f.post = e.post"""


def edition(
    db: sqlite3.Connection,
    feed: Feed,
    sources: Mapping[str, Source],
    siblings: Sequence[Feed],
    wanted_id: str,
    shelf: int,
    since: int,
) -> Edition:
    """Return all that a feed publishes now, and what left it after an event."""
    number, feed_id, _, sequence, _ = admission.feed_row(db, feed.name, wanted_id)
    (updated,) = db.execute("SELECT updated FROM feeds WHERE number = ?", (number,)).fetchone()
    infos = shown_infos(
        db, [source for source in sources.values() if admission.selects(feed, source)]
    )
    found = items(
        db, f"{ENTRY % 'INDEXED BY entries_current'} WHERE e.feed = ? AND e.current = 1", number
    )
    held = {item.source.id: item.source for item in found}
    lessened = {source: source_info(db, source) for source in _lessened(db, number, since)}
    found = shelves.with_inbound(
        sorted(found, key=lambda item: (item.published, item.sequence), reverse=True)
    )
    return Edition(
        feed=feed,
        id=feed_id,
        updated=codec.moment(updated),
        items=tuple(found),
        sources=tuple(
            sorted((i for i in infos if not i.private), key=lambda i: (i.name.casefold(), i.id))
        ),
        archives=sequence // ARCHIVE if feed.archives else 0,
        slices=-(-sequence // ARCHIVE),  # rounded up: the last is open
        popular=shelves.popular(found),
        departed=departed(db, number, since),
        siblings=tuple(other for other in siblings if other.name != feed.name),
        listings=tuple(shelves.shelves(db, number, lessened | held, shelf)) if shelf else (),
    )


def shown_infos(db: sqlite3.Connection, sources: Iterable[Source]) -> list[SourceInfo]:
    """Return how each source is shown, also those that have never answered."""
    known = dict(db.execute("SELECT id, info FROM sources JOIN infos ON source = number"))
    return [_shown_info(source, known.get(source.id)) for source in sources]


def _shown_info(source: Source, packed: str | None) -> SourceInfo:
    if packed is None:
        url = "" if source.private else source.url
        return SourceInfo(source.id, source.name or source.id, feed=url, private=source.private)
    # The date of its feed moves at every fetch; items have it as it was when they were published.
    return replace(codec.read(SourceInfo, packed), updated=None, title="", spoken="")


def items(db: sqlite3.Connection, query: str, *values: object) -> list[Item]:
    """Return the items of a query for the columns of ENTRY, in its order."""
    entries = db.execute(query, values).fetchall()
    infos: dict[tuple[str, float | None], SourceInfo] = {}
    gone = withdrawn(
        db, (packed for entry in entries for packed in entry[7:9] if packed)
    )  # `related` and `also`
    versions = frozen.versions(db, [(entry[1], entry[2]) for entry in entries])
    veil = Veil(db, (entry[1] for entry in entries), (entry[7] for entry in entries))
    found = [_item(db, entry, infos, gone, versions.get(entry[1], ())) for entry in entries]
    return (
        [veil.over(item, entry[1]) for item, entry in zip(found, entries, strict=True)]
        if veil.any
        else found
    )


def _item(
    db: sqlite3.Connection,
    entry: Sequence[Any],
    infos: dict[tuple[str, float | None], SourceInfo],
    gone: Set[str],
    versions: tuple[Reference, ...],
) -> Item:
    (
        sequence,
        _,
        _,
        first,
        public_id,
        published,
        updated,
        related,
        also,
        layout,
        source_updated,
        *whole,
    ) = entry
    post: Post = rows.post(tuple(whole))
    at = (post.source_id, source_updated)
    if at not in infos:
        dated = codec.moment_or_none(source_updated)
        infos[at] = replace(source_info(db, post.source_id), updated=dated, title="", spoken="")
    return Item(
        id=public_id,
        post=post,
        source=infos[at],
        published=codec.moment(published),
        updated=codec.moment(
            max(published, updated)
        ),  # noticed by a clock that was wrong, or before its date had come
        first_published=codec.moment(first),
        sequence=sequence,
        related=related_lists(related, gone) if related else (),
        also=links(codec.read(list[Reference], also), gone) if also != "[]" else (),
        copies=tuple(version for version in versions if version.url != post.link),
        layout=layout,
        shown=related is not None,
    )


def source_info(db: sqlite3.Connection, source_id: str) -> SourceInfo:
    """Return how a source is shown; its id is its name where nothing is known."""
    row = db.execute(
        "SELECT info FROM infos JOIN sources ON source = number WHERE id = ?", (source_id,)
    ).fetchone()
    return codec.read(SourceInfo, row[0]) if row else SourceInfo(source_id, source_id)


def withdrawn(db: sqlite3.Connection, packed: Iterable[str]) -> Set[str]:
    """Return the public ids and links of withdrawn posts, at least those in packed lists: no list leads to them."""
    few = db.execute(
        "SELECT public_id, link FROM posts WHERE withdrawn > 0 LIMIT ?", (_FEW,)
    ).fetchall()
    if len(few) < _FEW:
        return {name for names in few for name in names if name}
    # Looked up by what the lists name (2 ms an edition), since more may have been withdrawn than was ever listed.
    parts = {
        part.partition('"')[0] for text in packed for key in _NAMES for part in text.split(key)[1:]
    }
    return {name for (name,) in db.execute(_WITHDRAWN, (codec.dumps(list(parts)),))}


_FEW = 500  # are read sooner than they are looked up
_NAMES = ('"id":"', '"url":"')
_WITHDRAWN = """WITH names AS (SELECT value FROM json_each(?1))
    SELECT public_id FROM posts WHERE public_id IN (SELECT value FROM names) AND withdrawn > 0
    UNION SELECT link FROM posts INDEXED BY posts_withdrawn_by_link
        WHERE link IN (SELECT value FROM names) AND withdrawn > 0"""


def _lessened(db: sqlite3.Connection, feed: int, since: int) -> list[str]:
    """Return the ids of the sources that lost posts after an event: their pages are to be made again."""
    return [source for (source,) in db.execute(_LESSENED, (since, feed))]


# The first of two bounds is the one by which SQLite enters the index; the other tells it which index serves.
_LESSENED = """SELECT DISTINCT s.id FROM posts p
    CROSS JOIN entries e INDEXED BY entries_by_story ON e.story = p.number
    JOIN members m ON m.feed = e.feed AND m.source = e.source AND m.gone = 0
    JOIN sources s ON s.number = e.source WHERE p.withdrawn > ? AND p.withdrawn > 0 AND e.feed = ?"""


def departed(db: sqlite3.Connection, feed: int, since: int) -> Departed:
    """Return what left a feed after an event. Costs what it returns: of a long history, much may have left."""
    (event,) = db.execute(_LAST, (feed,)).fetchone()
    if event <= since:
        return Departed(event)
    posts = chain(db.execute(_WITHDRAWN_SINCE, (since,)), db.execute(_LEFT, (feed, since)))
    sources = db.execute(_SOURCES, (feed, since))
    return Departed(event, {post for (post,) in posts if post}, {source for (source,) in sources})


_LAST = """SELECT max((SELECT coalesce(max(withdrawn), 0) FROM posts WHERE withdrawn > 0),
    (SELECT coalesce(max(gone), 0) FROM members WHERE feed = ?))"""
_WITHDRAWN_SINCE = "SELECT public_id FROM posts WHERE withdrawn > ? AND withdrawn > 0"
_SOURCES = "SELECT id FROM members JOIN sources ON number = source WHERE feed = ? AND gone > ?"
# Cross joins are made in the order written: from the few sources that left, not from all entries.
_LEFT = """SELECT p.public_id FROM members m
    CROSS JOIN entries e INDEXED BY entries_by_source ON e.feed = m.feed AND e.source = m.source
    CROSS JOIN posts p ON p.number = e.story WHERE m.feed = ? AND m.gone > ?"""


def related_lists(packed: str, gone: Set[str]) -> tuple[RelatedList, ...]:
    """Return frozen lists, without the posts that are withdrawn."""
    found = codec.read(list[RelatedList], packed)
    return tuple(replace(one, links=links(one.links, gone)) if gone else one for one in found)


def links(found: Iterable[Reference], gone: Set[str]) -> tuple[Reference, ...]:
    """Return frozen links, without those to posts that are withdrawn."""
    return tuple(one for one in found if one.id not in gone and one.url not in gone)


def references(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Reference]:
    """Return what a list shows of posts, by number; a post that was never published gets its public id here."""
    found = {}
    for row in admission.rows_of(db, numbers):
        source_id, info = db.execute(
            "SELECT id, coalesce(info, '{}') FROM sources LEFT JOIN infos ON source = number WHERE number = ?",
            (row.source,),
        ).fetchone()
        source = json.loads(info)
        name = source.get("name", source_id)
        made = row.public_id or admission.public_id(
            db, row, source_id, secret=source.get("private", False)
        )
        found[row.number] = Reference(
            made,
            row.title,
            row.link,
            name,
            language=row.language,
            published=codec.moment(row.published),
        )
    return found


def unlisted(db: sqlite3.Connection, feed: Feed) -> list[int]:
    """Return the posts in the documents whose lists are not chosen yet, in the order of their sequence."""
    number, *_ = admission.feed_row(db, feed.name)
    found = db.execute(
        # A cross join is made in the order written: from what stands in the documents, not from all without lists.
        """SELECT e.post FROM entries e INDEXED BY entries_current
        CROSS JOIN frozen f ON f.post = e.post AND f.related IS NULL
        JOIN members m ON m.feed = e.feed AND m.source = e.source AND m.gone = 0
        WHERE e.feed = ? AND e.current = 1 ORDER BY e.sequence""",
        (number,),
    )
    return [post for (post,) in found]


def shown(db: sqlite3.Connection, feed: Feed) -> list[int]:
    """Return the posts that stand in a feed's documents, in the order of their sequence."""
    number, *_ = admission.feed_row(db, feed.name)
    query = "SELECT post FROM entries INDEXED BY entries_current WHERE feed = ? AND current = 1 ORDER BY sequence"
    return [post for (post,) in db.execute(query, (number,))]


def languages(db: sqlite3.Connection, feed: Feed, since: int) -> tuple[int, Set[str]]:
    """Return the last sequence of a feed, and the languages of the entries after one that may still be shown."""
    number, _, _, last, _ = admission.feed_row(db, feed.name)
    # CROSS: from the entries on, in this order, or all that the members ever published is read.
    found = db.execute(
        """SELECT DISTINCT p.language FROM entries e CROSS JOIN posts p ON p.number = e.post
        CROSS JOIN members m ON m.feed = e.feed AND m.source = e.source
        WHERE e.feed = ? AND e.sequence > ? AND p.purged = 0 AND p.withdrawn = 0 AND m.gone = 0""",
        (number, since),
    )
    return last, {language for (language,) in found}


def mark(db: sqlite3.Connection, feed: Feed) -> str:
    """Return a stamp that changes with every event that touched the feed."""
    row = db.execute("SELECT id, mark, shape FROM feeds WHERE name = ?", (feed.name,)).fetchone()
    return " ".join(map(str, row)) if row else ""
