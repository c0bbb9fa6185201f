"""A corrected title or link of a post -> the lists of other posts, and a note for its feeds.

Members of a frozen list stay, and show the post as its source has it now. A page also names the
newest posts of its source, and popular ones, as they were when it was made. Which those are is kept
nowhere, so the words of before are noted: a build looks for them in the pages on the disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from msgspec import Struct

from syndicator.model.edition import Correction
from syndicator.model.post import Post
from syndicator.store import codec, events
from syndicator.store.db import Connection, Table
from syndicator.store.meta import Meta

# Title and link; of a post without a title, which lists show by its first words, also the time of
# its last update, else 0.
Words = tuple[str, str, float]


class Corrected(Struct, frozen=True):
    """The posts that were corrected since a feed was built: their titles and links of before."""

    before: Mapping[int, Set[str]] = {}


class Corrections(Table):
    """The corrections that the pages of a feed may not show yet."""

    def read(self, feed: str) -> Correction | None:
        """Return the corrections since a feed was built, and the pages to look into; None: none."""
        noted = Meta(self.db).read(Corrected, feed)
        if noted is None:
            return None
        shown = self.db.rows(_SHOWN, feed, codec.encode(list(noted.before)))
        before = {public_id: noted.before[number] for number, public_id, _, _ in shown}
        # A page of any source may name a post that was popular.
        is_popular = any(popular for *_, popular in shown)
        sources = codec.encode([source for _, _, source, _ in shown])
        members = self.db.rows(_MEMBERS, feed, sources, is_popular)
        numbers = codec.encode([number for number, _ in members])
        posts = dict(self.db.rows(_POSTS, feed, numbers, events.ARCHIVE))
        return Correction(before, posts, tuple(name for _, name in members))

    def forget(self, feed: str) -> None:
        """Note that the pages of a feed show all corrections."""
        Meta(self.db).delete(Corrected, feed)


def spread(db: Connection, number: int, old_link: str, post: Post) -> None:
    """Show a corrected post by its title and link of now in the lists and credits of others."""
    change = "UPDATE links SET title = ?, url = ? WHERE target = ? RETURNING post"
    naming = db.column(change, post.title, post.link, number)
    # A story that another version stands for names this one, and may be credited to it.
    db.execute(_CREDIT, (post.link, number, old_link))
    naming += db.column(
        "SELECT copy_of FROM posts WHERE number = ? AND copy_of IS NOT NULL", number
    )
    # Their bodies change, but it is no news of theirs.
    events.touch(db, sorted(set(naming)), None)


def words(db: Connection, numbers: Sequence[int]) -> dict[int, Words]:
    """Return the words that name posts on pages, by number."""
    rows = db.rows(_WORDS, codec.encode(numbers)) if numbers else ()
    return {number: (title, link, updated) for number, title, link, updated in rows}


def note(db: Connection, before: Mapping[int, Words]) -> None:
    """Note for the feeds that show posts the words of before that have changed.

    Those of a fetch at once: a site that moved changes thousands, and a note is written whole.
    """
    after = words(db, list(before))
    changed = [number for number in before if after[number] != before[number]]
    by_feed: dict[str, list[int]] = {}
    for feed, number in db.rows(_FEEDS, codec.encode(changed)) if changed else ():
        by_feed.setdefault(feed, []).append(number)
    for feed, numbers in by_feed.items():
        noted = dict((Meta(db).read(Corrected, feed) or Corrected()).before)
        for number in numbers:
            title, link, _ = before[number]
            noted[number] = {*noted.get(number, ()), *filter(None, (title, link))}
        Meta(db).write(Corrected(noted), feed)


_WORDS = """SELECT number, title, link, iif(title = '', updated, 0) FROM posts
    WHERE number IN (SELECT value FROM json_each(?))"""
_FEEDS = """SELECT feeds.name, p.number FROM json_each(?) j CROSS JOIN posts p ON p.number = j.value
    CROSS JOIN entries e INDEXED BY entries_by_story ON e.story = coalesce(p.copy_of, p.number)
    CROSS JOIN feeds ON feeds.number = e.feed WHERE e.post = p.number"""
_CREDIT = """UPDATE frozen SET credit = json_set(credit, '$.origin_link', ?1)
    WHERE post = (SELECT copy_of FROM posts WHERE number = ?2)
    AND json_extract(credit, '$.origin_link') = ?3"""
_SHOWN = """SELECT p.number, story.public_id, e.source, e.popular FROM posts p
    JOIN posts story ON story.number = coalesce(p.copy_of, p.number)
    JOIN entries e INDEXED BY entries_by_story ON e.story = story.number
        AND e.feed = (SELECT number FROM feeds WHERE name = ?)
    WHERE p.number IN (SELECT value FROM json_each(?))"""
_MEMBERS = """SELECT s.number, s.id FROM members m JOIN sources s ON s.number = m.source
    WHERE m.feed = (SELECT number FROM feeds WHERE name = ?) AND m.gone = 0
    AND (m.source IN (SELECT value FROM json_each(?)) OR ?)"""
_POSTS = """SELECT story.public_id, (e.sequence - 1) / ?3 + 1
    FROM json_each(?2) j CROSS JOIN entries e INDEXED BY entries_by_source ON e.source = j.value
        AND e.feed = (SELECT number FROM feeds WHERE name = ?1)
    CROSS JOIN posts story ON story.number = e.story"""
