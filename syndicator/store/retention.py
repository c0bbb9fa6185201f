"""Withdraw posts from all feeds, and drop old bodies. Identities stay for ever."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from syndicator.store import codec, events
from syndicator.store.db import Table
from syndicator.store.meta import Meta

WAIT = timedelta(days=3)
UNDO_WITHIN = timedelta(days=1)
# As the log of updates has it.
WITHDRAWN = "withdrawn"
DELETED = "withdrawn, since its source deleted it"


class PurgeNoted(Struct, frozen=True):
    """When bodies were found to be old enough to be dropped."""

    time: datetime


class Withdrawal(Struct, frozen=True):
    """All that `undo` needs: the posts, the places of those that stood in documents, the links."""

    time: datetime
    stories: tuple[int, ...]
    standing: tuple[tuple[int, int], ...]  # feed and sequence
    links: tuple[tuple[Any, ...], ...]


class Retention(Table):
    """Takes away: posts for ever, or the bodies of old ones."""

    __slots__ = ()

    def withdraw(self, post: str, now: datetime) -> bool:
        """Take a post and its copies out of documents and lists for ever; False: it is unknown.

        `post` is its public id or its link.
        """
        find = "SELECT coalesce(copy_of, number) FROM posts WHERE"
        story = self.db.value(f"{find} public_id = ?", post)
        # Not by "": many a post has no link.
        story = story or self.db.value(f"{find} link = ? AND link <> '' LIMIT 1", post)
        if story is None:
            return False
        self.withdraw_stories([story], post, now)
        return True

    def withdraw_stories(
        self, stories: Collection[int], name: str, now: datetime, reason: str = WITHDRAWN
    ) -> None:
        """Take posts and their copies out of documents and lists for ever.

        For a day `undo` takes it back, by this name.
        """
        db, packed = self.db, codec.encode(list(stories))
        with db.transaction():
            row = packed, events.next_event(db)
            db.execute(f"UPDATE posts SET withdrawn = ?2 WHERE {_VERSIONS}", row)
            log = "INSERT OR REPLACE INTO updates VALUES (?, ?, ?)"
            db.executemany(log, [(story, now.timestamp(), reason) for story in stories])
            standing = db.rows(f"SELECT feed, sequence FROM entries WHERE {_SHOWN}", packed)
            links = db.rows(f"DELETE FROM links WHERE target IN ({_NUMBERS}) RETURNING *", packed)
            self._mark(stories, {link[0] for link in links}, now)
            db.execute(f"UPDATE entries SET current = 0 WHERE {_SHOWN}", (packed,))
            self._forget_old(now)
            kept = Withdrawal(now, tuple(stories), tuple(standing), tuple(links))
            Meta(db).write(kept, name)

    def undo(self, name: str, now: datetime) -> int:
        """Take back a withdrawal of the last day; return how many posts came back.

        `name` is that of `withdraw`; 0: there was none, or it is too old.
        """
        db, meta = self.db, Meta(self.db)
        kept = meta.read(Withdrawal, name)
        if kept is None or now - kept.time > UNDO_WITHIN:
            return 0
        packed = codec.encode(list(kept.stories))
        with db.transaction():
            db.execute(f"UPDATE posts SET withdrawn = 0 WHERE {_VERSIONS}", (packed,))
            log = "DELETE FROM updates WHERE post IN (SELECT value FROM json_each(?)) AND parts GLOB ?"
            db.execute(log, (packed, f"{WITHDRAWN}*"))
            restore = f"INSERT OR IGNORE INTO links VALUES ({', '.join('?' * 11)})"
            db.executemany(restore, kept.links)
            change = "UPDATE entries SET current = 1 WHERE feed = ? AND sequence = ?"
            db.executemany(change, kept.standing)
            self._mark(kept.stories, {link[0] for link in kept.links}, now)
            meta.delete(Withdrawal, name)
        return len(kept.stories)

    def _mark(self, stories: Collection[int], naming: Collection[int], now: datetime) -> None:
        """Mark all that shows these posts, or lists them under the posts `naming`."""
        db = self.db
        events.touch(db, stories, now)
        # Pages of other posts of its source name it among the newest.
        entries = f"SELECT DISTINCT feed, source FROM entries WHERE {_OF_STORIES}"
        for feed, source in db.rows(entries, codec.encode(list(stories))):
            events.mark_archives_of(db, feed, source)
            db.execute("UPDATE feeds SET shape = '' WHERE number = ?", (feed,))
        events.touch(db, sorted(naming), now)

    def _forget_old(self, now: datetime) -> None:
        """Forget the withdrawals that can't be taken back any more."""
        prefix = f"{Withdrawal.__name__} "
        keys = self.db.column("SELECT key FROM meta WHERE key GLOB ?", f"{prefix}*")
        for name in (key.removeprefix(prefix) for key in keys):
            kept = Meta(self.db).read(Withdrawal, name)
            if kept is not None and now - kept.time > UNDO_WITHIN:
                Meta(self.db).delete(Withdrawal, name)

    def follow(self, numbers: Collection[int], now: datetime) -> list[str]:
        """Take out the posts that their sources deleted; return the addresses of those taken out.

        A story that another source tells at another address stays.
        """
        taken = []
        for number, copied, link in self.db.rows(_DELETED, codec.encode(list(numbers))):
            if copied:
                self._drop_copy(number, now)
            else:
                self.withdraw_stories([number], link, now, DELETED)
            taken.append(link)
        return taken

    def _drop_copy(self, number: int, now: datetime) -> None:
        """Take out one version of a story that has others."""
        db = self.db
        with db.transaction():
            row = events.next_event(db), number
            db.execute("UPDATE posts SET withdrawn = ? WHERE number = ?", row)
            naming = db.column("DELETE FROM links WHERE target = ? RETURNING post", number)
            events.touch(db, [number, *sorted(set(naming))], now)
            shown = "UPDATE entries SET current = 0 WHERE post = ? RETURNING feed"
            for feed in db.column(shown, number):
                db.execute("UPDATE feeds SET shape = '' WHERE number = ?", (feed,))

    def named(self, source_id: str, guids: Sequence[str], standing: Collection[int]) -> list[int]:
        """Return the posts of a source with these ids, but for those that its feed lists."""
        query = """SELECT p.number FROM posts p JOIN sources s ON s.number = p.source
            JOIN bodies b ON b.post = p.number WHERE s.id = ? AND p.withdrawn = 0
            AND b.guid IN (SELECT value FROM json_each(?))"""
        numbers = self.db.column(query, source_id, codec.encode(list(guids)))
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
            drop = "UPDATE bodies SET content = '', text = '' WHERE post = ?"
            self.db.executemany(drop, old)
            self.db.executemany("UPDATE posts SET purged = 1 WHERE number = ?", old)
        return len(old)


_STORIES = "(SELECT value FROM json_each(?1))"
_VERSIONS = f"(number IN {_STORIES} OR copy_of IN {_STORIES})"
_NUMBERS = f"SELECT number FROM posts WHERE {_VERSIONS}"
_OF_STORIES = f"story IN {_STORIES}"
_SHOWN = f"{_OF_STORIES} AND current = 1"
# A story of its own only where no other version lives: told by another source, elsewhere.
_DELETED = f"""SELECT p.number, p.copy_of IS NOT NULL, p.link FROM posts p
    WHERE p.number IN {_STORIES} AND p.withdrawn = 0 AND (p.copy_of IS NOT NULL OR NOT EXISTS
        (SELECT 1 FROM posts v WHERE v.copy_of = p.number AND v.withdrawn = 0
            AND v.source <> p.source AND v.link <> p.link))"""
_OLD = """SELECT number FROM posts WHERE purged = 0 AND published < ?1 AND first_seen < ?1
    AND NOT EXISTS (SELECT 1 FROM entries WHERE story = coalesce(copy_of, number) AND current = 1)"""
