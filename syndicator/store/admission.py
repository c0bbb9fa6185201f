"""Stored posts -> entries of one of our feeds: which are published now, and in what order.

A post is considered once by each feed, when it is new; a post passed over then is never published
later. Membership in the documents (`current`) is decided here too, when something happens, and
kept: the clock alone never changes a document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from itertools import islice

from msgspec import Struct

from syndicator import slugs
from syndicator.model.settings import Feed, Source
from syndicator.store import codec, current, events, links, publicid, selection
from syndicator.store.db import Connection
from syndicator.store.meta import Meta, Takeover
from syndicator.store.posts import Posts
from syndicator.store.selection import Judge, Row, Selection


class FeedRow(Struct, frozen=True):
    """A feed of ours as its row has it."""

    number: int
    id: str
    seen: int = 0  # posts up to this number have been considered
    sequence: int = 0  # the last one given
    shape: str = ""
    rules: str = ""
    updated: float = 0.0


def admit(
    db: Connection,
    row: FeedRow,
    feed: Feed,
    configured: Mapping[str, Source],
    now: datetime,
    judge: Judge | None,
) -> list[int]:
    """Publish the new posts of a feed; return their numbers, in their sequence.

    Everything is decided and kept here: what is published, its sequence, public id, credit, and
    which posts stand in the documents. Their lists are still to be chosen: `Links.keep`.
    """
    apply_scheduled_dates(db, now)
    selected = selection.chosen(db, feed, configured)
    shape, rules = selection.shape(feed, selected), selection.rules(feed, selected)
    rules_changed = row.rules not in {"", rules}
    if shape == row.shape and not rules_changed and not _has_new(db, row, now):
        if not row.rules:
            db.execute("UPDATE feeds SET rules = ? WHERE number = ?", (rules, row.number))
        return []
    taste, before = Selection(db, feed, selected, now, judge), _members(db, row.number)
    approved = set(db.column(_APPROVED, row.number, selection.APPROVED_WHOLE))
    considered = taste.fitting(_considered(row, taste, before, approved))
    admitted = _unpublished(db, row, selected, considered, now, before)
    if takeover := Meta(db).read(Takeover, feed.name):
        admitted = [post for post in admitted if not _came_before(row, post, takeover)]
    history = _older_than_known(db, row, selected, admitted, before)
    # Of a source that was approved as a whole, `join` posts are news, as when it joins.
    history |= _beyond_join((post for post in admitted if post.number in approved), selected)
    if rules_changed:
        known = {post.story for post in admitted}
        came = []
        for post in _unpublished(db, row, selected, taste.judge_again(row.number), now, before):
            if post.story not in known:
                came.append(post)
                history.add(post.number)
        admitted = [*came, *admitted]
    new = _publish(db, row, admitted, selected, now, history)
    anew = shape != row.shape or rules_changed or _members(db, row.number) != before
    if new or anew:
        since = 0 if anew else row.sequence + 1
        if current.choose(db, row.number, feed, selected, now, since) or new or rules_changed:
            events.mark_feed(db, row.number, now)
    # A feed without posts is as old as itself, not of 1970.
    db.execute(
        """UPDATE feeds SET seen = (SELECT coalesce(max(number), 0) FROM posts), shape = ?, rules = ?,
        updated = iif(updated > 0, updated, ?) WHERE number = ?""",
        (shape, rules, now.timestamp(), row.number),
    )
    return new


def _came_before(feed: FeedRow, row: Row, takeover: Takeover) -> bool:
    """Tell whether a post is older than the edition that was taken over: its readers know it.

    It is if its source has older posts there, or the document has. So are the undated posts of the
    first run.
    """
    if row.source > takeover.sources:
        return False
    oldest = takeover.known.get(row.source, takeover.oldest)
    return not feed.shape if row.undated else row.published < oldest


def _older_than_known(
    db: Connection,
    feed: FeedRow,
    selected: Mapping[int, Source],
    admitted: Sequence[Row],
    members: Set[int],
) -> set[int]:
    """Return the posts that are history though they are new: older than all known of their source.

    A feed may suddenly list its whole past. At most `join` of such posts of a source count as news,
    the newest ones.
    """
    oldest: dict[int, float] = {}
    for source in members & {row.source for row in admitted}:
        oldest[source] = db.value(_OLDEST, source, feed.seen)
    older = []
    for row in admitted:
        is_dated = row.source in oldest and not row.undated
        if is_dated and row.published < oldest[row.source]:
            older.append(row)
    return _beyond_join(older, selected)


_OLDEST = """SELECT coalesce((SELECT published FROM posts WHERE source = ? AND number <= ?
    ORDER BY published LIMIT 1), -1e300)"""


def _beyond_join(rows: Iterable[Row], selected: Mapping[int, Source]) -> set[int]:
    """Return the posts, oldest first, that are more than the `join` newest of their source."""
    by_source: dict[int, list[int]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row.number)
    history: set[int] = set()
    for source, numbers in by_source.items():
        history.update(numbers[: max(0, len(numbers) - selected[source].join)])
    return history


def _has_new(db: Connection, feed: FeedRow, now: datetime) -> bool:
    """Tell whether there is a post that a feed has not considered, or has to consider again."""
    newest, held = db.row(
        """SELECT (SELECT coalesce(max(number), 0) FROM posts),
        EXISTS (SELECT 1 FROM held WHERE feed = ? AND until <= ?)""",
        feed.number,
        now.timestamp(),
    )
    return bool(newest > feed.seen or held)


def apply_scheduled_dates(db: Connection, now: datetime) -> None:
    """Give posts the date that they announced, once it has passed."""
    query = "SELECT number, due, published FROM posts WHERE due <= ?"
    for number, due, published in db.rows(query, now.timestamp()):
        db.execute("UPDATE posts SET published = ?, due = NULL WHERE number = ?", (due, number))
        if due != published:
            events.touch(db, [number], now)


def _considered(
    feed: FeedRow, taste: Selection, members: Set[int], approved: Set[int]
) -> list[Row]:
    """Return the posts that a feed looks at now: new, held, and the newest of joining sources.

    `approved` are the held ones of sources that a review let through as a whole.
    """
    db, selected, now, first = taste.db, taste.selected, taste.now, feed.sequence == 0
    _note_departures(db, feed.number, members, selected.keys())
    rows = selection.rows(db, "WHERE p.number > ?", feed.seen)
    considered = [row for row in rows if row.source in members and row.source in selected]
    for source in selected.keys() - members:
        join = selected[source].join
        # A first edition looks at all that a source has, a later one at the newest of a new source.
        joining = list(
            islice(filter(taste.fits, _newest_first(db, source)), None if first else join)
        )
        considered += joining
        # It has joined with its first post; where it may bring none (`join = 0`), once it has some.
        any_post = "SELECT 1 FROM posts WHERE source = ? LIMIT 1"
        if joining or (not first and join == 0 and db.row(any_post, source)):
            joined = 0 if first else Posts(db).count()
            db.execute(_JOIN, (feed.number, source, joined))
    rows = selection.rows(
        db,
        "WHERE p.number IN (SELECT post FROM held WHERE feed = ? AND until <= ?)",
        feed.number,
        now.timestamp(),
    )
    # A source that was approved before it had joined brings what any source brings that joins.
    rows = [row for row in rows if row.source in members or row.number not in approved]
    considered += [row for row in rows if row.source in selected]
    db.execute(_RETURN, (feed.number, now.timestamp()))
    db.execute("DELETE FROM held WHERE feed = ? AND until <= ?", (feed.number, now.timestamp()))
    return considered


_APPROVED = "SELECT post FROM held WHERE feed = ? AND until = ?"
_JOIN = """INSERT INTO members (feed, source, joined) VALUES (?, ?, ?)
    ON CONFLICT (feed, source) DO UPDATE SET gone = 0, joined = excluded.joined"""
# A changed filter took it out until its date.
_RETURN = """UPDATE entries SET gone = 0, current = 1, history = 0 WHERE feed = ?1 AND gone > 0
    AND post IN (SELECT post FROM held WHERE feed = ?1 AND until <= ?2)"""


def _note_departures(db: Connection, feed: int, members: Set[int], selected: Set[int]) -> None:
    """Note which sources leave a feed, and mark the archives of those that leave or come back."""
    leaving = members - selected
    for source in leaving:
        db.execute(
            "UPDATE members SET gone = ? WHERE feed = ? AND source = ?",
            (events.next_event(db), feed, source),
        )
    left = db.column("SELECT source FROM members WHERE feed = ? AND gone > 0", feed)
    for source in leaving | (selected & set(left)):
        events.mark_archives_of(db, feed, source)
    links.touch_naming(db, leaving - links.hidden_sources(db), None)


def _members(db: Connection, feed: int) -> set[int]:
    return set(db.column("SELECT source FROM members WHERE feed = ? AND gone = 0", feed))


def _newest_first(db: Connection, source: int) -> Iterable[Row]:
    """Return a source's posts that are let through, newest first; undated ones last, of any age."""
    where = "WHERE p.source = ? AND p.filtered = '' AND p.purged = 0"
    return selection.rows(
        db, f"{where} ORDER BY {selection.UNDATED}, p.published DESC, p.number DESC", source
    )


def _unpublished(
    db: Connection,
    feed: FeedRow,
    selected: Mapping[int, Source],
    considered: Iterable[Row],
    now: datetime,
    members: Set[int],
) -> list[Row]:
    """Return of the posts considered one version of each story not published yet, oldest first.

    An undated post of one of the feed's `members` has just appeared. Of a source that joins, it may
    be of any age: such a post may push out none whose date is known, so it counts as older than
    all.
    """
    # Numbers tell which source answered first, so the order of the sources goes before them.
    places = {source: place for place, source in enumerate(selected)}

    def place(row: Row) -> tuple[bool, int, int]:
        return row.number != row.story, places[row.source], row.number

    stories: dict[int, Row] = {}
    # A story's own post goes before its copies.
    for row in sorted(considered, key=place):
        if row.filtered or row.withdrawn or row.story in stories:
            continue
        holds = selected[row.source].future == "hold"
        if holds and row.due is not None and row.due > now.timestamp():
            db.execute(
                "INSERT OR REPLACE INTO held VALUES (?, ?, ?)", (feed.number, row.number, row.due)
            )
            continue
        # A story that came after the last look has no entry yet.
        if row.story > feed.seen or not _has_entry(db, feed.number, row.story):
            stories[row.story] = row

    def age(row: Row) -> tuple[bool, float, int, int]:
        is_dated = row.source in members or not row.undated
        return is_dated, row.published, -places[row.source], row.number

    return sorted(stories.values(), key=age)


def _has_entry(db: Connection, feed: int, story: int) -> bool:
    return db.row("SELECT 1 FROM entries WHERE story = ? AND feed = ?", story, feed) is not None


def _publish(
    db: Connection,
    feed: FeedRow,
    admitted: Sequence[Row],
    selected: Mapping[int, Source],
    now: datetime,
    history: Set[int],
) -> list[int]:
    """Give posts their ids and places in a feed, freeze credits and lists, mark filled archives."""
    if not admitted:
        return []
    for row in admitted:
        if row.public_id is None:
            source = selected[row.source]
            _give_public_id(db, row, source.id, secret=source.private)
    links.freeze(db, [(row.number, row.story, row.source) for row in admitted])
    # Each stands in the documents at once, so that `stay` holds for it however many come. Not so of
    # a first edition, which has no reader yet: `current.choose` chooses from it.
    # Nor of a post that comes as history: it never stands there.
    place, is_later = (feed.number, now.timestamp()), feed.sequence > 0
    db.executemany(
        """INSERT INTO entries (feed, first_published, current, history, sequence, story, post, source)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                *place,
                is_later and row.number not in history,
                row.number in history,
                sequence,
                row.story,
                row.number,
                row.source,
            )
            for sequence, row in enumerate(admitted, feed.sequence + 1)
        ],
    )
    for source_number, count in Counter(row.source for row in admitted).items():
        db.execute(
            "UPDATE members SET total = total + ? WHERE feed = ? AND source = ?",
            (count, feed.number, source_number),
        )
    total = feed.sequence + len(admitted)
    db.execute("UPDATE feeds SET sequence = ? WHERE number = ?", (total, feed.number))
    close_archives(db, feed, total, now)
    if history:  # the open slice names them at once
        events.mark_slices(db, feed.number, [total // events.ARCHIVE + 1])
    return [row.number for row in admitted]


def close_archives(db: Connection, feed: FeedRow, total: int, now: datetime) -> None:
    """Mark the archives that are full now, open the one behind them."""
    closed = range(feed.sequence // events.ARCHIVE + 1, total // events.ARCHIVE + 1)
    event, number = events.next_event(db), feed.number
    db.executemany(_CLOSE, [(number, archive, event, now.timestamp()) for archive in closed])
    db.execute(
        "INSERT OR IGNORE INTO archives VALUES (?, ?, 0, 0, ?)",
        (number, closed.stop, now.timestamp()),
    )
    if closed:  # the one before links on to the first of them now
        db.execute(
            "UPDATE archives SET mark = ? WHERE feed = ? AND number = ?",
            (event, number, closed.start - 1),
        )


_CLOSE = """INSERT INTO archives (feed, number, mark, touched) VALUES (?, ?, ?, ?)
    ON CONFLICT (feed, number) DO UPDATE SET mark = excluded.mark, touched = excluded.touched"""


def _give_public_id(db: Connection, row: Row, source_id: str, *, secret: bool) -> None:
    """Give a story its public id, made of the version that shows it first."""
    # The date as the source gave it; never the time of ours, which no other store would know.
    given = row.given and datetime.fromisoformat(row.given).timestamp()
    chosen = new_public_id(
        db, row.guid, source_id, f"{row.link or row.title}\n{given}", secret=secret
    )
    page = slugs.slug(chosen, row.title, codec.moment(row.published))
    db.execute(
        "UPDATE posts SET public_id = ?, slug = ? WHERE number = ?", (chosen, page, row.story)
    )


def new_public_id(db: Connection, guid: str, source_id: str, parts: str, *, secret: bool) -> str:
    """Return an id that no stored post has; the arguments are those of `publicid.chosen`."""

    def is_free(proposed: str) -> bool:
        return db.row("SELECT 1 FROM posts WHERE public_id = ?", proposed) is None

    return publicid.chosen(guid, source_id, parts, is_free, secret=secret)
