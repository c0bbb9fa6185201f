"""Sources that are shown no more (removed, unpublished, private) -> what others show of theirs is left out.

Lists and copies are frozen at first publication, but no later than its source may a link be shown. The frozen rows
stay as they are: what names a hidden source is left out as they are read, and comes back with the source.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from msgspec.structs import replace

from syndicator.model.edition import Item, RelatedList
from syndicator.model.settings import Source
from syndicator.store import codec, events, notes

_NOTE = "shown sources"


def conceal(db: sqlite3.Connection, wanted: Iterable[Source], now: datetime) -> None:
    """Note which sources the file shows no more; what named one of them, or one that is back, is made again."""
    sources = list(wanted)
    (last,) = db.execute("SELECT coalesce(max(number), 0) FROM sources").fetchone()
    text = "\n".join(
        [str(last), *(f"{source.id} {source.publish:d}{source.private:d}" for source in sources)]
    )
    mark = blake2b(text.encode(), digest_size=8).hexdigest()
    if notes.note(db, _NOTE) == mark:
        return
    known = dict(db.execute("SELECT id, number FROM sources"))
    shown = {source.id for source in sources if source.publish and not source.private}
    before = sources_hidden(db)
    after = {number for source_id, number in known.items() if source_id not in shown}
    db.executemany("DELETE FROM hidden WHERE source = ?", [(source,) for source in before - after])
    db.executemany("INSERT INTO hidden VALUES (?)", [(source,) for source in after - before])
    for source in sources:
        number = known.get(source.id, 0)
        if number in before ^ after:
            _show_as(db, number, source)
    touch_naming(db, before ^ after, now)
    notes.set_note(db, _NOTE, mark)


def sources_hidden(db: sqlite3.Connection) -> set[int]:
    """Return the numbers of the sources that are shown no more."""
    return {source for (source,) in db.execute("SELECT source FROM hidden")}


def forget(db: sqlite3.Connection) -> None:
    """Let the next `conceal` look at all sources again."""
    notes.set_note(db, _NOTE, "")


def _show_as(db: sqlite3.Connection, number: int, source: Source) -> None:
    """Forget the addresses of a source that has become private, or show them: its feed need not change for that."""
    db.execute(
        """UPDATE infos SET info =
            json_set(json_remove(info, '$.feed_id'), '$.private', json(iif(?2, 'true', 'false')), '$.feed', ?3)
        WHERE source = ?1 AND coalesce(json_extract(info, '$.private'), 0) <> ?2""",
        (number, int(source.private), "" if source.private else source.url),
    )
    if (
        source.private
    ):  # copies that were credited to it, when it was no secret, have their own credit again
        db.execute(_OWN_CREDIT, (number,))
    for (feed,) in db.execute("SELECT feed FROM members WHERE source = ?", (number,)).fetchall():
        events.mark_feed(db, feed, None)
        events.mark_archives_of(db, feed, number)


_OWN_CREDIT = """UPDATE frozen SET credit = (SELECT credit FROM bodies b WHERE b.post = frozen.post)
    WHERE post IN (SELECT copy.number FROM posts p JOIN posts copy ON copy.number = p.copy_of
        JOIN frozen f ON f.post = copy.number JOIN bodies b ON b.post = copy.number
        WHERE p.source = ?1 AND copy.source <> ?1 AND json_extract(f.credit, '$.origin_link') = p.link
        AND json_extract(b.credit, '$.origin_link') IS NOT p.link)"""


def touch_naming(db: sqlite3.Connection, sources: set[int], now: datetime | None) -> None:
    """Say that the posts that name one of these sources changed: what shows them is made again."""
    for post in sorted(_naming(db, sources)) if sources else ():
        events.touch(db, post, now)


def _naming(db: sqlite3.Connection, sources: Iterable[int]) -> set[int]:
    """Return the posts that name one of these sources: their copies, and where a list leads to them.

    Reads all lists: a person takes a source away rarely.
    """
    packed = codec.dumps(list(sources))
    posts = db.execute(
        "SELECT number, public_id, link FROM posts WHERE source IN (SELECT value FROM json_each(?))",
        (packed,),
    ).fetchall()
    if not posts:
        return set()
    names = {name for _, *both in posts for name in both if name}
    sites = {site for row in db.execute(f"{_ADDRESSES} WHERE s.number IN (SELECT value FROM json_each(?))", (packed,))
             for site in row if site}  # fmt: skip
    found = {number for (number,) in db.execute(_TOLD_TWICE, (packed,))}
    for post, related, credit in db.execute(
        "SELECT post, coalesce(related, ''), credit FROM frozen"
    ):
        # A tenth of the work of reading the JSON; msgspec writes addresses as they are.
        parts = (
            part.partition('"')[0]
            for key in ('"id":"', '"url":"')
            for part in related.split(key)[1:]
        )
        if not names.isdisjoint(parts) or (
            '"via":' in credit and any(f'"{site}"' in credit for site in sites)
        ):
            found.add(post)
    return found


_TOLD_TWICE = """SELECT coalesce(p.copy_of, p.number) FROM posts p WHERE p.source IN (SELECT value FROM json_each(?))
    AND (p.copy_of IS NOT NULL OR EXISTS (SELECT 1 FROM posts c WHERE c.copy_of = p.number))"""


class Veil:
    """What of hidden sources the frozen parts of some stories name; made once for all of them.

    A link stays if no source that tells its story is hidden, or if one that is shown has this very address.
    """

    def __init__(
        self, db: sqlite3.Connection, stories: Iterable[int], packed: Iterable[str | None]
    ) -> None:
        self.stories: dict[str, int] = {}  # by public id
        self.hidden: set[int] = set()  # stories that a hidden source tells
        self.open: set[tuple[int, str]] = (
            set()
        )  # stories with the addresses at which sources that are shown tell them
        self.addresses: set[str] = set()
        self.any = db.execute("SELECT 1 FROM hidden LIMIT 1").fetchone() is not None
        if self.any:
            self._look(db, set(stories), packed)

    def _look(
        self, db: sqlite3.Connection, stories: set[int], packed: Iterable[str | None]
    ) -> None:
        ids = {
            part.partition('"')[0] for text in packed if text for part in text.split('"id":"')[1:]
        }
        by_id = "SELECT public_id, coalesce(copy_of, number) FROM posts WHERE public_id IN (SELECT value FROM json_each(?))"  # noqa: E501
        self.stories = dict(db.execute(by_id, (codec.dumps(list(ids)),)))
        numbers = codec.dumps(list(stories.union(self.stories.values())))
        for story, link, is_hidden in db.execute(_VERSIONS, (numbers,)):
            if is_hidden:
                self.hidden.add(story)
            else:
                self.open.add((story, link))
        for addresses in db.execute(f"{_ADDRESSES} WHERE s.number IN (SELECT source FROM hidden)"):
            self.addresses.update(filter(None, addresses))

    def over(self, item: Item, story: int) -> Item:
        """Return an item without what may not be shown. A source's list of its own posts is its own affair."""
        post, own = item.post, {item.source.link, item.source.feed}
        told = self.addresses - own
        via = tuple(step for step in post.via if told.isdisjoint((step.url, step.feed)))
        return replace(
            item,
            post=post if via == post.via else replace(post, via=via),
            related=tuple(self._open(one) if one.scope == "all" else one for one in item.related),
            also=tuple(copy for copy in item.also if self._shows(story, copy.url)),
        )

    def _open(self, found: RelatedList) -> RelatedList:
        links = tuple(one for one in found.links if self._shows(self.stories.get(one.id), one.url))
        return replace(found, links=links)

    def _shows(self, story: int | None, url: str) -> bool:
        return story is None or story not in self.hidden or (story, url) in self.open


_VERSIONS = """SELECT coalesce(copy_of, number), link, source IN (SELECT source FROM hidden) FROM posts
    WHERE number IN (SELECT value FROM json_each(?1)) OR copy_of IN (SELECT value FROM json_each(?1))"""
_ADDRESSES = """SELECT s.url, json_extract(i.info, '$.link'), json_extract(i.info, '$.feed')
    FROM sources s LEFT JOIN infos i ON i.source = s.number"""
