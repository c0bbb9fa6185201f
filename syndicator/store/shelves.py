"""What stands beside the posts on pages: a source's published posts, links between posts, the popular ones."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from syndicator import urls
from syndicator.model.edition import Item, Reference, SourceListing
from syndicator.model.post import SourceInfo
from syndicator.model.settings import Feed
from syndicator.store import codec

POPULAR = 10


def with_inbound(found: Sequence[Item]) -> list[Item]:
    """Count for each item how many of the other posts published now link to it.

    Counting over what is published keeps it free of the clock and of the size of the store, and no old
    favourite stands on the page for ever.
    """
    from html import unescape  # its table of entities takes a millisecond to load

    own = [_bare(item.post.link) for item in found]
    places, counts = set(own) - {""}, Counter[str]()
    for item, address in zip(found, own, strict=True):
        # Sanitized HTML writes attributes in one way only, so that no parser is needed.
        parts = item.post.content_html.split(' href="http')[1:]
        linked = {_bare("http" + unescape(part.partition('"')[0])) for part in parts}
        counts.update(linked & places - {address})  # once a post, and never itself
    return [
        replace(item, inbound=counts[address]) if counts[address] else item
        for item, address in zip(found, own, strict=True)
    ]


def _bare(link: str) -> str:
    """Return an address without what writers leave out or add: see `urls.loose`; nor with the place in the page."""
    return urls.loose(link.partition("#")[0])


def popular(found: Sequence[Item]) -> tuple[Reference, ...]:
    """Return the posts that others link to most, then those that are talked about most; no more than POPULAR."""

    def weight(item: Item) -> tuple[int, int]:
        return item.inbound, item.post.comment_count or 0

    ranked = sorted(
        (item for item in found if any(weight(item)) and item.post.title), key=weight, reverse=True
    )
    return tuple(_reference(item) for item in ranked[:POPULAR])


def _reference(item: Item) -> Reference:
    post = item.post
    return Reference(
        item.id,
        post.title,
        post.link,
        item.source.name,
        language=post.language,
        published=item.published,
    )


def note_popular(db: sqlite3.Connection, feed: Feed, found: Iterable[Reference]) -> None:
    """Note which posts of a feed were ever popular: should one leave, any page may name it."""
    db.execute(
        """UPDATE entries INDEXED BY entries_by_story SET popular = 1
        WHERE story IN (SELECT number FROM posts WHERE public_id IN (SELECT value FROM json_each(?)))
        AND feed = (SELECT number FROM feeds WHERE name = ?) AND popular = 0""",
        (codec.dumps([one.id for one in found]), feed.name),
    )


def shelves(
    db: sqlite3.Connection, feed: int, infos: Mapping[str, SourceInfo], limit: int
) -> Iterable[SourceListing]:
    """Return the published posts of each of these sources, at most `limit` of each."""
    for source_id, info in sorted(infos.items()):
        name = info.name
        source, total = db.execute(
            "SELECT number, total FROM sources JOIN members ON source = number WHERE id = ? AND feed = ?",
            (source_id, feed),
        ).fetchone()
        links = db.execute(
            """SELECT coalesce(story.public_id, p.public_id), p.title, p.link, p.language, p.published
            FROM entries e INDEXED BY entries_by_source
            JOIN posts p ON p.number = e.post LEFT JOIN posts story ON e.story <> e.post AND story.number = e.story
            WHERE e.feed = ? AND e.source = ? AND NOT p.withdrawn AND NOT coalesce(story.withdrawn, 0)
            ORDER BY e.sequence DESC LIMIT ?""",
            (feed, source, limit),
        ).fetchall()
        links.sort(key=lambda row: (-row[4], row[0]))
        references = (
            Reference(i, title, url, name, 0.0, lang, codec.moment(at))
            for i, title, url, lang, at in links
        )
        yield SourceListing(source_id, tuple(references), total, info)
