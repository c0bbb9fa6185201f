"""What is decided at a post's first publication and stays: its credit, its copies known then, its lists, its layout.

Readers that compare bodies mark an item unread when one changes, so a body changes only when its source does.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from syndicator.model.edition import Reference, RelatedList
from syndicator.model.post import Attribution
from syndicator.store import codec, events


def freeze(db: sqlite3.Connection, shown: Sequence[tuple[int, int, int]]) -> None:
    """Keep the credit of posts as it is now, with the date of their source's feed; what is frozen already stays.

    Each is the number of the post, of its story and of its source.
    """
    query = "SELECT source, json_extract(info, '$.updated') FROM infos WHERE source IN (SELECT value FROM json_each(?))"
    dates = dict(db.execute(query, (codec.dumps(list({source for _, _, source in shown})),)))
    copies = versions(db, [(story, post) for post, story, _ in shown])
    db.executemany(
        """INSERT OR IGNORE INTO frozen (post, credit, also, source_updated)
        SELECT post, credit, ?, ? FROM bodies WHERE post = ?""",
        [
            (
                codec.encode([codec.pack(one) for one in copies.get(story, ())]),
                dates.get(source),
                post,
            )
            for post, story, source in shown
        ],
    )


def versions(
    db: sqlite3.Connection, shown: Sequence[tuple[int, int]]
) -> dict[int, tuple[Reference, ...]]:
    """Return for each story (and the version of it that is shown) its other versions, each place once."""
    found = db.execute(
        """SELECT coalesce(p.copy_of, p.number), p.number, p.title, p.link, p.language, s.id, coalesce(i.info, '{}')
        FROM posts p JOIN sources s ON s.number = p.source LEFT JOIN infos i ON i.source = p.source
        WHERE p.number IN (SELECT number FROM posts WHERE copy_of IN (SELECT value FROM json_each(?1))
            UNION SELECT copy_of FROM posts WHERE copy_of IN (SELECT value FROM json_each(?1)))
        AND p.withdrawn = 0 AND p.source NOT IN (SELECT source FROM hidden) ORDER BY p.number""",
        (codec.dumps([story for story, _ in shown]),),
    ).fetchall()
    # The version shown is not among its "Also at", nor one that stands at the very same address.
    addresses = {number: url for _, number, _, url, *_ in found}
    own = {story: addresses.get(post) for story, post in shown}
    places: dict[int, dict[str, Reference]] = {}
    for story, _, title, url, language, source_id, info in found:
        source = json.loads(info)
        if url and url != own[story] and not source.get("private"):
            place = Reference("", title, url, source.get("name", source_id), language=language)
            places.setdefault(story, {}).setdefault(url, place)
    return {story: tuple(found.values()) for story, found in places.items()}


def freeze_related(
    db: sqlite3.Connection, number: int, lists: Sequence[RelatedList], layout: int
) -> None:
    """Keep the lists of a post, unless it has some: they are chosen once."""
    packed = codec.encode([codec.pack(one) for one in lists])
    db.execute(
        "UPDATE frozen SET related = ?, layout = ? WHERE post = ? AND related IS NULL",
        (packed, layout, number),
    )


def refreeze(
    db: sqlite3.Connection, number: int, attribution: Attribution | None, lists: Sequence[RelatedList], layout: int,
    now: datetime,
) -> None:  # fmt: skip
    """Give a published post another wording of its attribution, other lists, and the name that its source has now."""
    row = db.execute(
        "SELECT credit, related, layout FROM frozen WHERE post = ?", (number,)
    ).fetchone()
    if row is None:
        return
    credit = {
        name: value for name, value in json.loads(row[0] or "{}").items() if name != "attribution"
    }
    if (name := _name_now(db, number)) and not credit.get("republished"):
        credit["origin"] = {**credit.get("origin", {}), "name": name}
    if attribution is not None:
        credit["attribution"] = codec.pack(attribution)
    packed = codec.encode(credit), codec.encode([codec.pack(one) for one in lists]), layout
    # The order of the credit's parts is as it happens: an equal one in another order is no change of the feed.
    if packed[1:] != row[1:] or credit != json.loads(row[0] or "{}"):
        db.execute(
            "UPDATE frozen SET credit = ?, related = ?, layout = ? WHERE post = ?",
            (*packed, number),
        )
        events.touch(db, number, now)


def _name_now(db: sqlite3.Connection, number: int) -> str:
    query = (
        "SELECT json_extract(info, '$.name') FROM infos JOIN posts USING (source) WHERE number = ?"
    )
    row = db.execute(query, (number,)).fetchone()
    return row[0] or "" if row else ""
