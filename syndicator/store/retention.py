"""Withdraw posts from all feeds, and drop old bodies. Identities stay for ever."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from syndicator.store import codec, events
from syndicator.store.db import Table
from syndicator.store.meta import Meta

WAIT = timedelta(days=3)
UNDO_WITHIN = timedelta(days=1)
# As the log of updates has it.
WITHDRAWN = "withdrawn"
DELETED = "withdrawn, since its source deleted it"

# The ways to choose many posts.
By = Literal["source", "author", "pattern"]


class PurgeNoted(Struct, frozen=True):
    """When bodies were found to be old enough to be dropped."""

    time: datetime


class Withdrawal(Struct, frozen=True):
    """All that `undo` needs: the posts, the places of those that stood in documents, the links."""

    time: datetime
    posts: tuple[int, ...]
    standing: tuple[tuple[int, int], ...]  # feed and sequence
    links: tuple[tuple[Any, ...], ...]


class Retention(Table):
    """Takes away: posts for ever, or the bodies of old ones."""

    def withdraw(self, post: str, now: datetime) -> bool:
        """Take a post and its copies out of documents and lists for ever; False: it is unknown.

        `post` is its public id or its link.
        """
        story = self._story(post)
        if story:
            self.withdraw_posts([story], post, now)
        return bool(story)

    def withdraw_posts(
        self, numbers: Collection[int], name: str, now: datetime, reason: str = WITHDRAWN
    ) -> None:
        """Take posts and their copies out of documents and lists for ever.

        For a day `undo` takes it back, by this name.
        """
        db, packed = self.db, codec.encode(list(numbers))
        with db.transaction():
            row = packed, events.next_event(db)
            db.execute(f"UPDATE posts SET withdrawn = ?2 WHERE {_VERSIONS}", row)
            db.executemany(
                "INSERT OR REPLACE INTO updates VALUES (?, ?, ?)",
                [(number, now.timestamp(), reason) for number in numbers],
            )
            shown = f"{_SHOWN} AND current = 1"
            standing = db.rows(f"SELECT feed, sequence FROM entries WHERE {shown}", packed)
            links = db.rows(f"DELETE FROM links WHERE target IN ({_NUMBERS}) RETURNING *", packed)
            self._mark(numbers, {link[0] for link in links}, now)
            db.execute(f"UPDATE entries SET current = 0 WHERE {shown}", (packed,))
            self._forget_old(now)
            Meta(db).write(Withdrawal(now, tuple(numbers), tuple(standing), tuple(links)), name)

    def undo(self, name: str, now: datetime) -> int:
        """Take back a withdrawal of the last day; return how many posts came back.

        `name` is that of the withdrawal, or names its one post. 0: there was none, or it is too
        old.
        """
        self._forget_old(now)
        kept = Meta(self.db).read_all(Withdrawal)
        story = (self._story(name),)
        names = (known for known in kept if known == name or kept[known].posts == story)
        if (known := next(names, None)) is None:
            return 0
        self._restore(kept[known], now)
        Meta(self.db).delete(Withdrawal, known)
        return len(kept[known].posts)

    def _story(self, post: str) -> int:
        """Return the story with a public id or a link, 0 for none."""
        find = "SELECT coalesce(copy_of, number) FROM posts WHERE"
        story = self.db.value(f"{find} public_id = ?", post)
        # Not by "": many a post has no link.
        return int(story or self.db.value(f"{find} link = ? AND link <> '' LIMIT 1", post) or 0)

    def _restore(self, kept: Withdrawal, now: datetime) -> None:
        db, packed = self.db, codec.encode(list(kept.posts))
        with db.transaction():
            db.execute(f"UPDATE posts SET withdrawn = 0 WHERE {_VERSIONS}", (packed,))
            db.execute(
                f"DELETE FROM updates WHERE post IN {_POSTS} AND parts GLOB ?2",
                (packed, f"{WITHDRAWN}*"),
            )
            db.executemany(
                f"INSERT OR IGNORE INTO links VALUES ({', '.join('?' * 11)})", kept.links
            )
            # Its source may have corrected it meanwhile.
            db.execute(f"{_SHOW_AS_NOW} WHERE target IN ({_NUMBERS})", (packed,))
            db.executemany(
                "UPDATE entries SET current = 1 WHERE feed = ? AND sequence = ?", kept.standing
            )
            self._mark(kept.posts, {link[0] for link in kept.links}, now)

    def _mark(self, numbers: Collection[int], naming: Collection[int], now: datetime) -> None:
        """Mark all that shows these posts, or lists them under the posts `naming`."""
        db = self.db
        events.touch(db, numbers, now)
        # Pages of other posts of its source name it among the newest.
        entries = f"SELECT DISTINCT feed, source FROM entries WHERE {_SHOWN}"
        for feed, source in db.rows(entries, codec.encode(list(numbers))):
            events.mark_archives_of(db, feed, source)
            db.execute("UPDATE feeds SET shape = '' WHERE number = ?", (feed,))
        events.touch(db, sorted(naming), now)

    def _forget_old(self, now: datetime) -> None:
        """Forget the withdrawals that can't be taken back any more."""
        meta = Meta(self.db)
        for name, kept in meta.read_all(Withdrawal).items():
            if kept.time < now - UNDO_WITHIN:
                meta.delete(Withdrawal, name)

    def chosen(self, by: By, value: str) -> list[int]:
        """Return the posts of a source, of an author, or with addresses of a pattern.

        Withdrawn ones are not among them, nor is a story that a source of others tells, too, at
        another address. `*` in a pattern stands for any text. An author is known by name or mail
        address, in any case. Reads all posts: a person asks.
        """
        if by == "source":
            query = (
                "SELECT number FROM posts WHERE source = (SELECT number FROM sources WHERE id = ?)"
            )
            numbers = self.db.column(query, value)
        elif by == "pattern":
            literal = value.replace("[", "[[]").replace("?", "[?]")
            numbers = self.db.column("SELECT number FROM posts WHERE link GLOB ?", literal)
        else:
            query = """SELECT post, json_extract(a.value, '$.name'), json_extract(a.value, '$.email')
                FROM bodies, json_each(rest, '$.authors') a"""
            rows = self.db.rows(query)
            word = value.casefold()
            numbers = [
                n for n, *names in rows if word in [(name or "").casefold() for name in names]
            ]
        return [number for number, _ in self.db.rows(_OWN, codec.encode(numbers))]

    def follow(self, numbers: Collection[int], now: datetime) -> list[str]:
        """Take out the posts that their sources deleted; return the addresses of those taken out.

        A story that another source tells at another address stays.
        """
        taken = self.db.rows(_OWN, codec.encode(list(numbers)))
        for number, link in taken:
            self.withdraw_posts([number], link, now, DELETED)
        return [link for _, link in taken]

    def named(self, source_id: str, guids: Sequence[str], standing: Collection[int]) -> list[int]:
        """Return the posts of a source with these ids, but for those that its feed lists."""
        numbers = self.db.column(
            """SELECT p.number FROM posts p JOIN sources s ON s.number = p.source
            JOIN bodies b ON b.post = p.number WHERE s.id = ? AND p.withdrawn = 0
            AND b.guid IN (SELECT value FROM json_each(?))""",
            source_id,
            codec.encode(list(guids)),
        )
        return [number for number in numbers if number not in standing]

    def purge(self, now: datetime, keep: timedelta) -> int:
        """Drop the bodies of posts older than `keep` that no document shows; return how many.

        Only the second time, some days later, that they are found to be so old: a clock that is
        wrong for one run loses nothing.
        """
        meta = Meta(self.db)
        noted = meta.read(PurgeNoted)
        if noted is None or not now - noted.time >= WAIT:
            is_old = self.db.row(f"{_OLD} LIMIT 1", (now - keep).timestamp())
            if is_old and (noted is None or now < noted.time):
                meta.write(PurgeNoted(now))
            return 0
        with self.db.transaction():
            meta.delete(PurgeNoted)
            old = self.db.rows(_OLD, (noted.time - keep).timestamp())
            self.db.executemany("UPDATE bodies SET content = '', text = '' WHERE post = ?", old)
            self.db.executemany("UPDATE posts SET purged = 1 WHERE number = ?", old)
        return len(old)


_SHOW_AS_NOW = """UPDATE links
    SET (title, url) = (SELECT title, link FROM posts WHERE number = target)"""
_POSTS = "(SELECT value FROM json_each(?1))"
_VERSIONS = f"(number IN {_POSTS} OR copy_of IN {_POSTS})"
_NUMBERS = f"SELECT number FROM posts WHERE {_VERSIONS}"
# By the index of stories; of a version that is a copy, only the entries that show it.
_SHOWN = f"""story IN (SELECT coalesce(copy_of, number) FROM posts WHERE number IN {_POSTS})
    AND (story IN {_POSTS} OR post IN {_POSTS})"""
# A story only where no other version lives: told by another source, elsewhere.
_OWN = f"""SELECT p.number, p.link FROM posts p
    WHERE p.number IN {_POSTS} AND p.withdrawn = 0 AND (p.copy_of IS NOT NULL OR NOT EXISTS
        (SELECT 1 FROM posts v WHERE v.copy_of = p.number AND v.withdrawn = 0
            AND v.source <> p.source AND v.link <> p.link))"""
_OLD = """SELECT number FROM posts WHERE purged = 0 AND published < ?1 AND first_seen < ?1
    AND NOT EXISTS (SELECT 1 FROM entries WHERE story = coalesce(copy_of, number) AND current = 1)"""
