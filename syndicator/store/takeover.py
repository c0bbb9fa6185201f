"""The edition that another program published -> posts and entries of a feed of ours.

Ids, dates, order and bodies stay. A body that was taken over has layout 0: it is shown as it is,
its credit and lists within, until its source edits the post.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from datetime import datetime

from msgspec import Struct

from syndicator import slugs
from syndicator.model.post import KnownPost, New, Post, SourceInfo, Verdict
from syndicator.model.settings import Feed, Source
from syndicator.store import codec, events, publicid
from syndicator.store.db import Connection
from syndicator.store.feeds import Feeds, close_archives
from syndicator.store.meta import Meta, Takeover
from syndicator.store.posts import Posts
from syndicator.store.selection import selects
from syndicator.store.sources import Sources


class AdoptedPost(Struct, frozen=True):
    """A post as another program published it."""

    post: Post
    id: str  # the published one, "" for none
    is_current: bool  # it stands in the current document, not only in an archive
    source_updated: datetime | None = None  # the date of its source's feed, as published


def take_over(
    db: Connection,
    feed: Feed,
    infos: Iterable[SourceInfo],
    posts: Sequence[AdoptedPost],
    configured: Iterable[Source],
    updated: datetime,
    now: datetime,
) -> None:
    """Make posts, oldest first, the entries of a feed that has published nothing yet.

    `infos` are their sources as the document shows them. `configured` sources that the feed
    selects have joined it. `updated` is the date of the edition.
    """
    for info in infos:
        Sources(db).save_info(info, now)
    numbers = _stored(db, posts, now)
    row = Feeds(db).row(feed.name)
    _publish(db, row.number, posts, numbers, now)
    close_archives(db, row, len(posts), now)
    totals = Counter(adopted.post.source_id for adopted in posts)
    _join(db, row.number, totals, [source.id for source in configured if selects(feed, source)])
    db.execute(
        """UPDATE feeds SET seen = (SELECT max(number) FROM posts), sequence = ?, updated = ?
        WHERE number = ?""",
        (len(posts), updated.timestamp(), row.number),
    )
    events.mark_feed(db, row.number, None)
    dates = [_date(adopted.post, now) for adopted in posts if adopted.is_current]
    last = db.value("SELECT max(number) FROM sources")
    Meta(db).write(Takeover(min(dates).timestamp(), last), feed.name)


def _all_new(
    posts: Sequence[Post], _known: Sequence[Sequence[KnownPost]], _claimed: Set[int]
) -> list[Verdict]:
    """Return that each post is new: the other program has published each as one."""
    return [New() for _ in posts]


def _stored(db: Connection, posts: Sequence[AdoptedPost], now: datetime) -> list[int]:
    """Store posts with their ids; return their numbers."""
    by_source: dict[str, list[int]] = {}
    for place, adopted in enumerate(posts):
        by_source.setdefault(adopted.post.source_id, []).append(place)
    numbers = [0] * len(posts)
    for source_id, places in by_source.items():
        own = [posts[place].post for place in places]
        intake = Posts(db).receive(source_id, own, [], _all_new, now)
        for place, number in zip(places, intake.numbers, strict=True):
            numbers[place] = number
    for number, adopted in zip(numbers, posts, strict=True):
        _give_id(db, number, adopted, now)
    return numbers


def _give_id(db: Connection, number: int, adopted: AdoptedPost, now: datetime) -> None:
    post = adopted.post

    def is_free(proposed: str) -> bool:
        return db.row("SELECT 1 FROM posts WHERE public_id = ?", proposed) is None

    public_id, date = adopted.id, _date(post, now)
    if not public_id:
        parts = f"{post.link or post.title}\n{codec.seconds_or_none(post.published)}"
        public_id = publicid.chosen("", post.source_id, parts, is_free, secret=True)
    page = slugs.slug(public_id, post.title, date)
    change = "UPDATE posts SET public_id = ?, slug = ? WHERE number = ?"
    db.execute(change, (public_id, page, number))
    freeze = """INSERT INTO frozen (post, credit, source_updated, lists, layout)
        SELECT post, credit, ?, '[]', 0 FROM bodies WHERE post = ?"""
    db.execute(freeze, (codec.seconds_or_none(adopted.source_updated), number))


def _date(post: Post, now: datetime) -> datetime:
    return post.published or now


def _publish(
    db: Connection, feed: int, posts: Sequence[AdoptedPost], numbers: Sequence[int], now: datetime
) -> None:
    """Enter posts into a feed; what stood in archives alone never comes back into the documents."""
    rows = []
    for sequence, (number, adopted) in enumerate(zip(numbers, posts, strict=True), 1):
        source = Sources(db).number(adopted.post.source_id)
        first = min(_date(adopted.post, now), now).timestamp()
        is_current = adopted.is_current
        rows.append((feed, sequence, number, number, source, first, is_current, not is_current))
    db.executemany(
        """INSERT INTO entries
        (feed, sequence, story, post, source, first_published, current, history)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        rows,
    )


def _join(db: Connection, feed: int, totals: Counter[str], selected: Iterable[str]) -> None:
    """Make members of the sources that published posts, and of all that the feed selects."""
    last = Posts(db).count()
    for name in sorted({*selected, *totals}):
        row = feed, Sources(db).number(name), last, totals[name]
        db.execute("INSERT INTO members (feed, source, joined, total) VALUES (?, ?, ?, ?)", row)
