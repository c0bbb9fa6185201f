"""The links under a post, chosen at its first publication: its lists, and its copies ("Also at").

Readers that compare bodies mark an item unread when one changes, so links stay as they were chosen.
But none leads to a post that is withdrawn, or whose source is hidden: removed from feeds.toml,
unpublished or private. The links to a withdrawn post are deleted; those to hidden sources are
marked, and shown again with the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from msgspec.structs import replace

from syndicator.model.edition import Item, Reference, RelatedList
from syndicator.model.post import Attribution, Post, SourceInfo
from syndicator.model.settings import Source
from syndicator.store import codec, events
from syndicator.store.db import Connection, Table
from syndicator.store.sources import Sources, mark_members

# Where a link stands: `place` is the first of these that is not above it, and its position.
ALSO = 0
PLACES: Mapping[str, int] = {"source": 1000, "all": 2000}
_SCOPES = ("", "source", "all")  # by thousands

_COLUMNS = "post, place, target, id, title, url, source, score, language, published"
_INSERT = f"INSERT INTO links ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NUMBERS = "(SELECT value FROM json_each(?1))"

Row = tuple[Any, ...]
# The visible links of a post: its "Also at", and the links of its lists by their scope.
Visible = tuple[tuple[Reference, ...], Mapping[str, Sequence[Reference]]]
NONE: Visible = ((), {})


class Links(Table):
    """The links of published posts, and the sources that no link may lead to."""

    def keep(self, post: int, lists: Sequence[RelatedList], layout: int = 1) -> None:
        """Keep the lists of a post for ever, unless it has some, and the layout of its body."""
        change = "UPDATE frozen SET lists = ?, layout = ? WHERE post = ? AND lists IS NULL"
        if self.db.execute(change, (headings(lists), layout, post)).rowcount:
            insert(self.db, post, lists)

    def rewrite(
        self,
        post: int,
        attribution: Attribution | None,
        lists: Sequence[RelatedList],
        layout: int,
        now: datetime,
    ) -> None:
        """Give a published post another wording of its attribution, and other lists (`--rerender`).

        It also takes the name that its source has now.
        """
        frozen = self.db.row("SELECT credit, lists, layout FROM frozen WHERE post = ?", post)
        if frozen is None or frozen[2] == 0:  # a body that was taken over whole stays so
            return
        old = codec.read(dict[str, Any], frozen[0])
        credit = {name: value for name, value in old.items() if name != "attribution"}
        if (name := _name_now(self.db, post)) and not credit.get("republished"):
            credit["origin"] = {**credit.get("origin", {}), "name": name}
        if attribution is not None:
            credit["attribution"] = codec.fields_of(attribution, frozenset())
        over = headings(lists)
        same = list(_rows(post, lists)) == self.db.rows(
            f"SELECT {_COLUMNS} FROM links WHERE post = ? AND place >= ? ORDER BY place",
            post,
            PLACES["source"],
        )
        # An equal credit in another order is no change of the feed.
        if same and (over, layout) == frozen[1:] and credit == old:
            return
        self.db.execute(
            "UPDATE frozen SET credit = ?, lists = ?, layout = ? WHERE post = ?",
            (codec.encode(credit), over, layout, post),
        )
        self.db.execute("DELETE FROM links WHERE post = ? AND place >= 1000", (post,))
        insert(self.db, post, lists)
        events.touch(self.db, [post], now)

    def hide_sources(self, configured: Iterable[Source], now: datetime) -> None:
        """Hide the links to the sources that the file shows no more; to be called once before `admit`.

        It also shows each source by the name that the file gives it.

        Posts with such links are made again, and those with links to a source that is back.
        """
        db, sources = self.db, list(configured)
        flags = [str(db.value("SELECT coalesce(max(number), 0) FROM sources"))]
        for source in sources:
            flags.append(f"{source.id} {source.publish:d}{source.private:d} {source.name}")
            flags += filter(None, (source.language, source.site, source.icon))
        digest = blake2b("\n".join(flags).encode(), digest_size=8).hexdigest()
        if db.value("SELECT value FROM meta WHERE key = 'shown sources'") == digest:
            return
        with db.transaction():
            known = dict(db.rows("SELECT id, number FROM sources"))
            shown = {source.id for source in sources if source.publish and not source.private}
            before = hidden_sources(db)
            after = {number for source_id, number in known.items() if source_id not in shown}
            db.executemany("DELETE FROM hidden WHERE source = ?", zip(before - after))
            db.executemany("INSERT INTO hidden VALUES (?)", zip(after - before))
            for source in sources:
                number = known.get(source.id, 0)
                if number in before ^ after:
                    _show_as(db, number, source)
            touch_naming(db, before ^ after, now)
            Sources(db).rename(sources)
            row = "shown sources", digest
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)


def headings(lists: Sequence[RelatedList]) -> str:
    """Return the headings of lists as `frozen` keeps them: scope, heading, language of each."""
    return codec.encode([(part.scope, part.heading, part.language) for part in lists])


def insert(
    db: Connection, post: int, lists: Sequence[RelatedList], also: Sequence[Reference] = ()
) -> None:
    """Keep the links of a post that has none yet."""
    db.executemany(_INSERT, [_row(post, place, link) for place, link in enumerate(also, ALSO)])
    db.executemany(_INSERT, _rows(post, lists))
    if hidden_sources(db):
        db.execute(f"{_HIDE} AND post = ?1", (post,))


def _rows(post: int, lists: Sequence[RelatedList]) -> Iterable[Row]:
    for part in lists:
        for place, link in enumerate(part.links, PLACES[part.scope]):
            yield _row(post, place, link)


def _row(post: int, place: int, link: Reference) -> Row:
    return (
        post, place, link.number, link.id, link.title, link.url, link.source, link.score,
        link.language, codec.seconds_or_none(link.published),
    )  # fmt: skip


def read(db: Connection, posts: Iterable[int]) -> dict[int, Visible]:
    """Return the visible links of posts, by number; a post without any is left out."""
    query = f"SELECT {_COLUMNS} FROM links WHERE post IN {_NUMBERS} AND hidden = 0"
    links: dict[int, dict[str, list[Reference]]] = {}
    for post, place, _, *shown in db.rows(query, codec.encode(list(posts))):
        id_, title, url, source, score, language, published = shown
        link = Reference(id_, title, url, source, score, language, codec.moment_or_none(published))
        links.setdefault(post, {}).setdefault(_SCOPES[place // 1000], []).append(link)
    return {post: (tuple(scopes.pop("", ())), scopes) for post, scopes in links.items()}


def lists_of(packed: str, links: Mapping[str, Sequence[Reference]]) -> tuple[RelatedList, ...]:
    """Return the lists under these frozen headings with the links that are visible."""
    return tuple(
        RelatedList(scope, heading, language, tuple(links.get(scope, ())))  # type: ignore[arg-type]
        for scope, heading, language in codec.read(list[tuple[str, str, str]], packed)
    )


def freeze(db: Connection, shown: Sequence[tuple[int, int, int]]) -> None:
    """Keep the credit and the copies of posts as they are now; a frozen post stays as it is.

    Each is the number of the post, of its story and of its source. Kept is also the date of the
    source's feed, so that it does not move in what is published.
    """
    numbers = codec.encode(list(map(itemgetter(0), shown)))
    known = set(db.column(f"SELECT post FROM frozen WHERE post IN {_NUMBERS}", numbers))
    new = [entry for entry in shown if entry[0] not in known]
    infos = dict(
        db.rows(
            f"SELECT source, info FROM infos WHERE source IN {_NUMBERS}",
            codec.encode(list(set(map(itemgetter(2), new)))),
        )
    )
    dates = {number: codec.read(SourceInfo, info).updated for number, info in infos.items()}
    copies = versions(db, list(map(itemgetter(1, 0), new)))
    db.executemany(
        """INSERT INTO frozen (post, credit, source_updated)
        SELECT post, credit, ? FROM bodies WHERE post = ?""",
        [(codec.seconds_or_none(dates.get(source)), post) for post, _, source in new],
    )
    for post, story, _ in new:
        links = enumerate(copies.get(story, ()), ALSO)
        db.executemany(_INSERT, [_row(post, place, link) for place, link in links])
    note_chains(db, list(map(itemgetter(0), new)))


def note_chains(db: Connection, posts: Sequence[int]) -> None:
    """Note the sites and feeds that the chains of copies of these posts name."""
    chains = f"""SELECT post, credit FROM frozen WHERE post IN {_NUMBERS}
        AND json_extract(credit, '$.via') IS NOT NULL"""
    for post, credit in db.rows(chains, codec.encode(list(posts))):
        for step in codec.read_fields(Post, credit)["via"]:
            rows = [(url, post) for url in (step.url, step.feed) if url]
            db.executemany("INSERT OR IGNORE INTO chains VALUES (?, ?)", rows)


def versions(db: Connection, shown: Sequence[tuple[int, int]]) -> dict[int, tuple[Reference, ...]]:
    """Return the other versions of each story, by the version that is shown, each url once."""
    rows = db.rows(_VERSIONS, codec.encode([story for story, _ in shown]))
    # The version shown is not among its "Also at", nor one that stands at the very same address.
    addresses = {number: url for _, number, _, url, *_ in rows}
    own = {story: addresses.get(post) for story, post in shown}
    places: dict[int, dict[str, Reference]] = {}
    for story, number, title, url, language, source_id, info in rows:
        source = codec.read(SourceInfo, info) if info else SourceInfo(source_id, source_id)
        if url and url != own[story] and not source.private:
            link = Reference("", title, url, source.name, language=language, number=number)
            places.setdefault(story, {}).setdefault(url, link)
    return {story: tuple(linked.values()) for story, linked in places.items()}


_VERSIONS = """SELECT coalesce(p.copy_of, p.number), p.number, p.title, p.link, p.language, s.id, i.info
    FROM posts p JOIN sources s ON s.number = p.source LEFT JOIN infos i ON i.source = p.source
    WHERE p.number IN (SELECT number FROM posts WHERE copy_of IN (SELECT value FROM json_each(?1))
        UNION SELECT copy_of FROM posts WHERE copy_of IN (SELECT value FROM json_each(?1)))
    AND p.withdrawn = 0 AND p.source NOT IN (SELECT source FROM hidden)
    ORDER BY p.first_seen, s.id, p.number"""  # not by number alone, which tells who answered first


# -- hidden sources
# -----------------------------------------------------------------------------------


def hidden_sources(db: Connection) -> set[int]:
    """Return the numbers of the sources that are shown no more."""
    return set(db.column("SELECT source FROM hidden"))


# A link is hidden where a hidden source tells its story, unless a shown one has this very address.
_TOLD = """FROM posts target JOIN posts v ON v.number = coalesce(target.copy_of, target.number)
    OR v.copy_of = coalesce(target.copy_of, target.number)
    WHERE target.number = links.target AND v.source"""
_HIDE = f"""UPDATE links SET hidden =
    EXISTS (SELECT 1 {_TOLD} IN (SELECT source FROM hidden)) AND NOT
    EXISTS (SELECT 1 {_TOLD} NOT IN (SELECT source FROM hidden) AND v.link = links.url)
    WHERE place NOT BETWEEN 1000 AND 1999"""  # a source's list of its own posts is its own affair
# The posts of these sources, and all versions of the stories that they tell.
_OF_SOURCES = f"SELECT number FROM posts WHERE source IN {_NUMBERS}"
_TELLING = f"""WITH stories AS MATERIALIZED (
        SELECT coalesce(copy_of, number) FROM posts WHERE source IN {_NUMBERS}),
    versions AS MATERIALIZED (SELECT number FROM posts WHERE number IN stories
        UNION SELECT number FROM posts WHERE copy_of IN stories)"""
_NAMING = f"""SELECT post FROM links WHERE target IN ({_OF_SOURCES}) UNION
    SELECT coalesce(p.copy_of, p.number) FROM posts p WHERE p.source IN {_NUMBERS}
    AND (p.copy_of IS NOT NULL OR EXISTS (SELECT 1 FROM posts c WHERE c.copy_of = p.number))"""


def touch_naming(db: Connection, sources: Set[int], now: datetime | None) -> None:
    """Hide or show the links to these sources, and mark the posts that name one of them."""
    if not sources:
        return
    numbers = codec.encode(list(sources))
    db.execute(f"{_TELLING} {_HIDE} AND target IN (SELECT number FROM versions)", (numbers,))
    naming = db.column(_NAMING, numbers)
    addresses = codec.encode(list(_addresses(db, sources)))
    naming += db.column(f"SELECT post FROM chains WHERE address IN {_NUMBERS}", addresses)
    events.touch(db, sorted(set(naming)), now)


def _addresses(db: Connection, sources: Iterable[int]) -> set[str]:
    """Return the addresses of sources: of their sites and feeds."""
    rows = db.rows(
        f"""SELECT s.url, json_extract(i.info, '$.link'), json_extract(i.info, '$.feed')
        FROM sources s LEFT JOIN infos i ON i.source = s.number WHERE s.number IN {_NUMBERS}""",
        codec.encode(list(sources)),
    )
    return set().union(*rows) - {None, ""}


def without_hidden_chains(db: Connection, items: list[Item]) -> list[Item]:
    """Return items with chains of copies that name no hidden source, but for the item's own."""
    chained = any(item.post.via for item in items)
    addresses = _addresses(db, hidden_sources(db)) if chained else set()
    if not addresses:
        return items
    return [_without(item, addresses) for item in items]


def _without(item: Item, addresses: Set[str]) -> Item:
    hidden = addresses - {item.source.link, item.source.feed}
    via = tuple(step for step in item.post.via if hidden.isdisjoint((step.url, step.feed)))
    if via == item.post.via:
        return item
    return replace(item, post=replace(item.post, via=via))


def _show_as(db: Connection, number: int, source: Source) -> None:
    """Forget the addresses of a source that has become private, or show them.

    Its feed need not change for that.
    """
    db.execute(
        """UPDATE infos SET info = json_set(json_remove(info, '$.feed_id'),
            '$.private', json(iif(?2, 'true', 'false')), '$.feed', ?3)
        WHERE source = ?1 AND coalesce(json_extract(info, '$.private'), 0) <> ?2""",
        (number, int(source.private), source.unless_private(source.url)),
    )
    if source.private:
        # Copies that were credited to it, when it was no secret, have their own credit again.
        db.execute(_OWN_CREDIT, (number,))
    mark_members(db, number, archives=True)


_OWN_CREDIT = """UPDATE frozen SET credit = (SELECT credit FROM bodies b WHERE b.post = frozen.post)
    WHERE post IN (SELECT copy.number FROM posts p JOIN posts copy ON copy.number = p.copy_of
        JOIN frozen f ON f.post = copy.number JOIN bodies b ON b.post = copy.number
        WHERE p.source = ?1 AND copy.source <> ?1 AND json_extract(f.credit, '$.origin_link') = p.link
        AND json_extract(b.credit, '$.origin_link') IS NOT p.link)"""


def _name_now(db: Connection, post: int) -> str:
    query = (
        "SELECT json_extract(info, '$.name') FROM infos JOIN posts USING (source) WHERE number = ?"
    )
    return db.value(query, post) or ""
