"""Entries of a feed -> Edition, Archive, Shelf: what the generator is given. Costs what is published, not what is stored."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from syndicator.model import Edition, Feed, Item, Post, Reference, RelatedList, Shelf, Source, SourceInfo
from syndicator.store import admission, codec, posts
from syndicator.store.events import ARCHIVE

ENTRY = """SELECT e.sequence, e.story, e.post, e.first_published, story.public_id, p.published, p.updated,
    coalesce(f.related, ''), coalesce(f.layout, 1), coalesce(f.credit, '') FROM entries e
    JOIN posts story ON story.number = e.story JOIN posts p ON p.number = e.post
    LEFT JOIN frozen f ON f.post = e.post"""
POPULAR = 10


def edition(
    db: sqlite3.Connection, feed: Feed, sources: Mapping[str, Source], siblings: Sequence[Feed], wanted_id: str,
    shelf: int,
) -> Edition:  # fmt: skip
    """Return all that a feed publishes now."""
    number, feed_id, _, sequence, _ = admission.feed_row(db, feed.name, wanted_id)
    (updated,) = db.execute("SELECT updated FROM feeds WHERE number = ?", (number,)).fetchone()
    infos = shown_infos(db, [source for source in sources.values() if admission.selects(feed, source)])
    found = items(db, f"{ENTRY} WHERE e.feed = ? AND e.current = 1 ORDER BY e.sequence DESC", number)
    found = with_inbound(sorted(found, key=lambda item: (item.published, item.sequence), reverse=True))
    return Edition(
        feed=feed,
        id=feed_id,
        updated=codec.moment(updated),
        items=tuple(found),
        sources=tuple(sorted((i for i in infos if not i.private), key=lambda i: (i.name.casefold(), i.id))),
        archives=sequence // ARCHIVE if feed.archives else 0,
        popular=popular(found),
        siblings=tuple(other for other in siblings if other.name != feed.name),
        shelves=tuple(shelves(db, number, found, shelf)) if shelf else (),
    )


def shown_infos(db: sqlite3.Connection, sources: Iterable[Source]) -> list[SourceInfo]:
    """Return how each source is shown, also those that have never answered."""
    known = {
        source_id: info
        for source_id, info in db.execute("SELECT id, info FROM sources JOIN infos ON source = number")
    }  # fmt: skip
    return [
        replace(codec.unpack(SourceInfo, json.loads(known[source.id])), updated=None)
        if source.id in known
        else SourceInfo(
            source.id, source.name or source.id, feed="" if source.private else source.url, private=source.private
        )
        for source in sources
    ]


def items(db: sqlite3.Connection, query: str, *values: object) -> list[Item]:
    """Return the items of a query for ENTRY's columns, in its order."""
    entries = db.execute(query, values).fetchall()
    shown: dict[int, Post] = {}
    for at in range(0, len(entries), 500):  # SQLite takes so many variables at a time in any build
        shown |= posts.wholes(db, [entry[2] for entry in entries[at : at + 500]])
    infos: dict[str, SourceInfo] = {}
    gone = withdrawn(db)
    return [_item(db, entry, shown[entry[2]], infos, gone) for entry in entries]


def _item(
    db: sqlite3.Connection, entry: Sequence[Any], post: Post, infos: dict[str, SourceInfo], gone: set[str]
) -> Item:  # fmt: skip
    sequence, story, number, first, public_id, published, updated, related, layout, credit = entry
    if post.source_id not in infos:
        infos[post.source_id] = source_info(db, post.source_id)
    at = json.loads(credit).get("source_updated") if credit else None
    return Item(
        id=public_id,
        post=post,
        source=replace(infos[post.source_id], updated=codec.moment_or_none(at)),
        published=codec.moment(published),
        updated=codec.moment(updated),
        first_published=codec.moment(first),
        sequence=sequence,
        related=related_lists(related, gone) if related else (),
        also=also(db, story, number, post.link),
        layout=layout,
    )


def source_info(db: sqlite3.Connection, source_id: str) -> SourceInfo:
    """Return how a source is shown; its id is its name where nothing is known."""
    row = db.execute("SELECT info FROM infos JOIN sources ON source = number WHERE id = ?", (source_id,)).fetchone()
    return codec.unpack(SourceInfo, json.loads(row[0])) if row else SourceInfo(source_id, source_id)


def withdrawn(db: sqlite3.Connection) -> set[str]:
    """Return the public ids of withdrawn posts: no list links to them."""
    return {public_id for (public_id,) in db.execute("SELECT public_id FROM posts WHERE withdrawn = 1")}


def related_lists(packed: str, gone: set[str]) -> tuple[RelatedList, ...]:
    """Return frozen lists, without the posts that are withdrawn."""
    lists = [codec.unpack(RelatedList, data) for data in json.loads(packed)]
    return tuple(replace(one, links=tuple(link for link in one.links if link.id not in gone)) for one in lists)


def also(db: sqlite3.Connection, story: int, shown: int, link: str) -> tuple[Reference, ...]:
    """Return the other versions of a story, each place once."""
    found = db.execute(
        """SELECT p.title, p.link, p.language, s.id, coalesce(i.info, '') FROM posts p
        JOIN sources s ON s.number = p.source LEFT JOIN infos i ON i.source = p.source
        WHERE (p.copy_of = ?1 OR p.number = ?1) AND p.number <> ?2 AND p.withdrawn = 0 ORDER BY p.number""",
        (story, shown),
    ).fetchall()
    places: dict[str, Reference] = {}
    for title, url, language, source_id, info in found:
        data = json.loads(info) if info else {}
        if url and url != link and not data.get("private"):
            places.setdefault(url, Reference("", title, url, data.get("name", source_id), language=language))
    return tuple(places.values())


def unlisted(db: sqlite3.Connection, feed: Feed) -> list[int]:
    """Return the published posts whose lists are not chosen yet, in the order of their sequence."""
    number, *_ = admission.feed_row(db, feed.name)
    found = db.execute(
        """SELECT e.post FROM frozen f JOIN posts p ON p.number = f.post
        JOIN entries e ON e.story = coalesce(p.copy_of, p.number) AND e.feed = ? AND e.post = f.post
        WHERE f.related IS NULL ORDER BY e.sequence""",
        (number,),
    )
    return [post for (post,) in found]


def shown(db: sqlite3.Connection, feed: Feed) -> list[int]:
    """Return the posts that stand in a feed's documents, in the order of their sequence."""
    number, *_ = admission.feed_row(db, feed.name)
    query = "SELECT post FROM entries WHERE feed = ? AND current = 1 ORDER BY sequence"
    return [post for (post,) in db.execute(query, (number,))]


def freeze_related(db: sqlite3.Connection, number: int, lists: Sequence[RelatedList], layout: int) -> None:
    """Keep the lists of a post, unless it has some: they are chosen once."""
    packed = codec.dumps([codec.pack(one) for one in lists])
    db.execute("UPDATE frozen SET related = ?, layout = ? WHERE post = ? AND related IS NULL", (packed, layout, number))


def references(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Reference]:
    """Return what a list shows of posts, by number; gives public ids to those that have none."""
    found = {}
    for number in numbers:
        story, source, title, link, language, published, info = db.execute(
            """SELECT coalesce(p.copy_of, p.number), s.id, p.title, p.link, p.language, p.published, coalesce(i.info, '')
            FROM posts p JOIN sources s ON s.number = p.source LEFT JOIN infos i ON i.source = p.source
            WHERE p.number = ?""",
            (number,),
        ).fetchone()
        data = json.loads(info) if info else {}
        public_id = admission.public_id(db, number, story, source, secret=data.get("private", False))
        name = data.get("name", source)
        found[number] = Reference(public_id, title, link, name, 0.0, language, codec.moment(published))
    return found


def mark(db: sqlite3.Connection, feed: Feed) -> str:
    """Return a stamp that changes with every event that touched the feed."""
    row = db.execute("SELECT id, mark, shape FROM feeds WHERE name = ?", (feed.name,)).fetchone()
    return " ".join(map(str, row)) if row else ""


_HREF = re.compile(r"""href=["']https?://(?:www\.)?([^"'#?]+[^"'#?/])""")


def with_inbound(found: Sequence[Item]) -> list[Item]:
    """Count for each item how many of the other posts published now link to it.

    Counting over what is published keeps it free of the clock and of the size of the store, and old
    favourites do not stand on the page for ever.
    """
    counts: Counter[str] = Counter()
    own = [_bare(item.post.link) for item in found]
    for item, address in zip(found, own, strict=True):
        counts.update(set(_HREF.findall(item.post.content_html)) - {address})
    return [
        replace(item, inbound=counts[address]) if counts[address] else item
        for item, address in zip(found, own, strict=True)
    ]


def _bare(link: str) -> str:
    address = link.partition("://")[2].removeprefix("www.")
    return address.partition("#")[0].partition("?")[0].rstrip("/")


def popular(found: Sequence[Item]) -> tuple[Reference, ...]:
    """Return the posts published now that others link to or that are talked about most; no more than POPULAR."""

    def weight(item: Item) -> tuple[int, int]:
        return item.inbound, item.post.comment_count or 0

    ranked = sorted((item for item in found if any(weight(item)) and item.post.title), key=weight, reverse=True)
    return tuple(reference(item) for item in ranked[:POPULAR])


def reference(item: Item) -> Reference:
    """Return a link to an item."""
    post = item.post
    return Reference(item.id, post.title, post.link, item.source.name, language=post.language, published=item.published)


def shelves(db: sqlite3.Connection, feed: int, found: Sequence[Item], limit: int) -> Iterable[Shelf]:
    """Return the published posts of each source that has some among the items."""
    names = {item.source.id: item.source.name for item in found}
    for source_id, name in sorted(names.items()):
        ((source,),) = db.execute("SELECT number FROM sources WHERE id = ?", (source_id,))
        links = db.execute(
            """SELECT story.public_id, p.title, p.link, p.language, p.published FROM entries e
            JOIN posts story ON story.number = e.story JOIN posts p ON p.number = e.post
            WHERE e.feed = ? AND e.source = ? AND NOT story.withdrawn AND NOT p.withdrawn
            ORDER BY e.sequence DESC LIMIT ?""",
            (feed, source, limit),
        )
        references = [Reference(i, t, u, name, 0.0, lang, codec.moment(at)) for i, t, u, lang, at in links]
        (total,) = db.execute("SELECT count(*) FROM entries WHERE feed = ? AND source = ?", (feed, source)).fetchone()
        newest = sorted(references, key=lambda one: (one.published or codec.moment(0), one.id), reverse=True)
        yield Shelf(source_id, tuple(newest), total)
