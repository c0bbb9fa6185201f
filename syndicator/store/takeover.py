"""The edition that another program published -> posts and entries of a feed of ours.

Ids, dates, order and bodies stay. A body of another program has layout 0: it is shown as it is, its
credit and lists within, until its source edits the post. One of ours has its credit and its links
as data, as it had them before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from syndicator import slugs
from syndicator.model.edition import Reference, RelatedList
from syndicator.model.post import New, Post
from syndicator.model.settings import Feed, Source
from syndicator.store import codec, events, links
from syndicator.store.admission import close_archives, new_public_id
from syndicator.store.db import Connection
from syndicator.store.feeds import Feeds
from syndicator.store.meta import Meta, Takeover
from syndicator.store.posts import Posts
from syndicator.store.selection import selects
from syndicator.store.sources import Sources


class AdoptedPost(Struct, frozen=True):
    """A post as another program published it."""

    post: Post
    id: str  # the published one, "" for none
    source_updated: datetime | None = None  # the date of its source's feed, as published
    layout: int = 0
    lists: tuple[RelatedList, ...] | None = ()  # None: it never stood in a document, so has no page
    also: tuple[Reference, ...] = ()
    slug: str | None = None  # of its page; None: not known


class AdoptedFeed(Struct, frozen=True):
    """A feed that was published before."""

    feed: Feed
    # The places of its posts among all, oldest first: whether they stand in the current document,
    # and not only in an archive.
    entries: Mapping[int, bool]
    updated: datetime
    archives: Sequence[datetime] = ()  # their dates, from the oldest on


def take_over(
    db: Connection,
    posts: Sequence[AdoptedPost],
    feeds: Iterable[AdoptedFeed],
    configured: Sequence[Source],
    now: datetime,
) -> None:
    """Make posts, oldest first, the entries of feeds that have published nothing yet.

    The `configured` sources that a feed selects have joined it.
    """
    numbers = _stored(db, posts, now)
    _link(db, posts, numbers)
    for adopted in feeds:
        _enter(db, adopted, posts, numbers, configured, now)


def _enter(
    db: Connection,
    adopted: AdoptedFeed,
    posts: Sequence[AdoptedPost],
    numbers: Sequence[int],
    configured: Iterable[Source],
    now: datetime,
) -> None:
    feed, own = adopted.feed, [posts[place] for place in adopted.entries]
    row = Feeds(db).row(feed.name)
    _publish(db, row.number, adopted, posts, numbers, now)
    close_archives(db, row, len(own), now)
    touched = "UPDATE archives SET touched = ? WHERE feed = ? AND number = ?"
    dates = enumerate((date.timestamp() for date in adopted.archives), 1)
    db.executemany(touched, [(date, row.number, number) for number, date in dates])
    totals = Counter(entry.post.source_id for entry in own)
    _join(db, row.number, totals, [source.id for source in configured if selects(feed, source)])
    db.execute(
        """UPDATE feeds SET seen = (SELECT max(number) FROM posts), sequence = ?, updated = ?
        WHERE number = ?""",
        (len(own), adopted.updated.timestamp(), row.number),
    )
    events.mark_feed(db, row.number, None)
    shown, archived = dict[int, float](), dict[int, float]()
    for place, is_current in adopted.entries.items():
        post = posts[place].post
        source, date = Sources(db).number(post.source_id), _date(post, now).timestamp()
        if is_current:
            shown[source] = min(date, shown.get(source, date))
        else:
            archived[source] = max(date, archived.get(source, date))
    last = db.value("SELECT max(number) FROM sources")
    Meta(db).write(Takeover(min(shown.values()), last, archived | shown), feed.name)


def _stored(db: Connection, posts: Sequence[AdoptedPost], now: datetime) -> list[int]:
    """Store posts with their ids; return their numbers."""
    by_source: dict[str, list[int]] = {}
    for place, adopted in enumerate(posts):
        by_source.setdefault(adopted.post.source_id, []).append(place)
    numbers = [0] * len(posts)
    for source_id, places in by_source.items():
        own = [posts[place].post for place in places]
        # The other program has published each of them as a post of its own.
        intake = Posts(db).receive(source_id, own, [], lambda new, *_: [New()] * len(new), now)
        for place, number in zip(places, intake.numbers, strict=True):
            numbers[place] = number
    for number, adopted in zip(numbers, posts, strict=True):
        _give_id(db, number, adopted, now)
    return numbers


def _give_id(db: Connection, number: int, adopted: AdoptedPost, now: datetime) -> None:
    post, public_id = adopted.post, adopted.id
    if not public_id:
        parts = f"{post.link or post.title}\n{codec.seconds_or_none(post.published)}"
        public_id = new_public_id(db, "", post.source_id, parts, secret=True)
    page = adopted.slug or slugs.slug(public_id, post.title, _date(post, now))
    db.execute(
        "UPDATE posts SET public_id = ?, slug = ? WHERE number = ?", (public_id, page, number)
    )
    headings = None if adopted.lists is None else links.headings(adopted.lists)
    db.execute(
        """INSERT INTO frozen (post, credit, source_updated, lists, layout)
        SELECT post, credit, ?, ?, ? FROM bodies WHERE post = ?""",
        (codec.seconds_or_none(adopted.source_updated), headings, adopted.layout, number),
    )


def _link(db: Connection, posts: Sequence[AdoptedPost], numbers: Sequence[int]) -> None:
    """Keep the links under posts, each with the post that it leads to where that is known."""
    ids = dict(db.rows("SELECT public_id, number FROM posts WHERE public_id IS NOT NULL"))
    for number, adopted in zip(numbers, posts, strict=True):
        lists = []
        for part in adopted.lists or ():
            leading = (replace(link, number=ids.get(link.id, 0)) for link in part.links)
            lists.append(replace(part, links=tuple(leading)))
        links.insert(db, number, lists, adopted.also)
    links.note_chains(db, numbers)


def _date(post: Post, now: datetime) -> datetime:
    return post.published or now


def _publish(
    db: Connection,
    feed: int,
    adopted: AdoptedFeed,
    posts: Sequence[AdoptedPost],
    numbers: Sequence[int],
    now: datetime,
) -> None:
    """Enter posts into a feed; what stood in archives alone never comes back into the documents.

    A post beyond the limit stands in the document for the sake of `stay`, and stays so long.
    """
    rows = []
    staying = sum(adopted.entries.values()) - adopted.feed.limit
    for sequence, (place, is_current) in enumerate(adopted.entries.items(), 1):
        number, post = numbers[place], posts[place].post
        first = min(_date(post, now), now).timestamp()
        if is_current and staying > 0:
            first, staying = now.timestamp(), staying - 1
        source = Sources(db).number(post.source_id)
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
