"""What goes: a post that is withdrawn, bodies that have grown old. Identities never go."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from syndicator.store import events


def withdraw(db: sqlite3.Connection, post: str, now: datetime) -> bool:
    """Take a post and its copies out of documents and lists for ever; tell whether it was found."""
    row = db.execute(
        "SELECT coalesce(copy_of, number) FROM posts WHERE public_id = ?", (post,)
    ).fetchone()
    # Not by "": many a post has no link.
    by_link = "SELECT coalesce(copy_of, number) FROM posts WHERE link = ? AND link <> ''"
    row = row or db.execute(by_link, (post,)).fetchone()
    if row is None:
        return False
    (story,) = row
    event = events.next_event(db)
    db.execute("UPDATE posts SET withdrawn = ?2 WHERE number = ?1 OR copy_of = ?1", (story, event))
    events.touch(db, story, now)
    # Pages of other posts of its source name it among the newest.
    for feed, source in db.execute(
        "SELECT feed, source FROM entries WHERE story = ?", (story,)
    ).fetchall():
        events.mark_archives_of(db, feed, source)
    db.execute(
        "UPDATE feeds SET shape = '' WHERE number IN (SELECT feed FROM entries WHERE story = ?)",
        (story,),
    )
    db.execute("UPDATE entries SET current = 0 WHERE story = ?", (story,))
    _unlink(db, story, now)
    return True


def _unlink(db: sqlite3.Connection, story: int, now: datetime) -> None:
    """Mark what shows a list in which the post or a copy of it stands. Reads all lists: a person withdraws rarely."""
    rows = db.execute(
        "SELECT public_id, link FROM posts WHERE number = ?1 OR copy_of = ?1", (story,)
    ).fetchall()
    query = "SELECT post FROM frozen WHERE instr(related, ?1) OR instr(also, ?1)"
    found = {
        post for names in rows for name in names if name for (post,) in db.execute(query, (name,))
    }
    for post in sorted(found):
        events.touch(db, post, now)


def purge(db: sqlite3.Connection, now: datetime, keep: timedelta) -> int:
    """Drop the bodies of posts older than `keep` that stand in no document now."""
    old = db.execute(
        """SELECT number FROM posts WHERE purged = 0 AND published < ?1 AND first_seen < ?1
        AND NOT EXISTS (SELECT 1 FROM entries WHERE story = coalesce(copy_of, number) AND current = 1)""",
        ((now - keep).timestamp(),),
    ).fetchall()
    db.executemany("UPDATE bodies SET content = '', text = '' WHERE post = ?", old)
    db.executemany("UPDATE posts SET purged = 1 WHERE number = ?", old)
    return len(old)
