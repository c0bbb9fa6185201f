"""Withdraw posts from all feeds, and drop old bodies. Identities stay for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from syndicator.store import events
from syndicator.store.db import Table
from syndicator.store.meta import Meta

WAIT = timedelta(days=3)


class PurgeNoted(Struct, frozen=True):
    """When bodies were found to be old enough to be dropped."""

    time: datetime


class Retention(Table):
    """Takes away: a post for ever, or the body of an old one."""

    __slots__ = ()

    def withdraw(self, post: str, now: datetime) -> bool:
        """Take a post and its copies out of documents and lists for ever; False: it is unknown.

        `post` is its public id or its link.
        """
        db = self.db
        find = "SELECT coalesce(copy_of, number) FROM posts WHERE"
        story = db.value(f"{find} public_id = ?", post)
        # Not by "": many a post has no link.
        story = story or db.value(f"{find} link = ? AND link <> '' LIMIT 1", post)
        if story is None:
            return False
        with db.transaction():
            change = "UPDATE posts SET withdrawn = ?2 WHERE number = ?1 OR copy_of = ?1"
            db.execute(change, (story, events.next_event(db)))
            events.touch(db, [story], now)
            # Pages of other posts of its source name it among the newest.
            for feed, source in db.rows("SELECT feed, source FROM entries WHERE story = ?", story):
                events.mark_archives_of(db, feed, source)
                db.execute("UPDATE feeds SET shape = '' WHERE number = ?", (feed,))
            db.execute("UPDATE entries SET current = 0 WHERE story = ?", (story,))
            naming = db.column(_UNLINK, story)
            events.touch(db, sorted(set(naming)), now)
        return True

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


_UNLINK = """DELETE FROM links
    WHERE target IN (SELECT number FROM posts WHERE number = ?1 OR copy_of = ?1) RETURNING post"""
_OLD = """SELECT number FROM posts WHERE purged = 0 AND published < ?1 AND first_seen < ?1
    AND NOT EXISTS (SELECT 1 FROM entries WHERE story = coalesce(copy_of, number) AND current = 1)"""
