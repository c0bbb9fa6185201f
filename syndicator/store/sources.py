"""Sources <-> their rows: the schedule's state, how each is shown, its feed's current items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from syndicator import urls
from syndicator.model.fetch import Hints, SourceState, Validators
from syndicator.model.post import Declared, SourceInfo
from syndicator.model.run import SourceFacts
from syndicator.model.settings import Source
from syndicator.store import codec, events
from syndicator.store.db import Connection, Table

# The schedule asks these of every source in every run; the rest, seldom there, is JSON.
_COLUMNS = (
    "id", "url", "etag", "last_modified", "body_hash", "last_attempt", "last_success", "last_change",
    "next_due", "unchanged_since", "due_reason", "reach", "hints", "rest",
)  # fmt: skip
_IN_COLUMNS = frozenset({"source_id", "validators", *_COLUMNS})
_STATES = f"SELECT {', '.join(_COLUMNS)} FROM sources"
_SAVE = f"""INSERT INTO sources ({", ".join(_COLUMNS)}) VALUES ({", ".join("?" * len(_COLUMNS))})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}"""
_INFOS = """SELECT id, info FROM sources JOIN infos ON source = number
    WHERE id IN (SELECT value FROM json_each(?))"""
_NAMES = "SELECT id, json_extract(info, '$.name') FROM infos JOIN sources ON source = number"
_FACTS = """SELECT number, id, coalesce(h.reason, ''), coalesce(h.rejected, 0), info FROM sources
    LEFT JOIN infos i ON i.source = number LEFT JOIN holds h ON h.source = number"""
# The index `posts_by_source` covers it: a million posts are counted in a tenth of a second.
_COUNTS = "SELECT source, count(*), max(published) FROM posts GROUP BY source"
_NO_VALIDATORS, _NO_HINTS = Validators(), Hints()


class Sources(Table):
    """The sources ever asked, and all facts on each."""

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self._named: Set[str] = frozenset()
        self._unclaimed: Set[str] | None = None

    def states(self) -> dict[str, SourceState]:
        """Return the state of every source ever asked, by source id."""
        return {row[0]: _state(row) for row in self.db.rows(_STATES)}

    def save_state(self, state: SourceState) -> None:
        """Keep the state of a source."""
        self.save_states([state])

    def save_states(self, states: Iterable[SourceState]) -> None:
        """Keep the states of many sources by one call of SQLite's module."""
        self.db.executemany(_SAVE, map(_row, states))

    def number(self, source_id: str) -> int:
        """Return the number of a source; a new one is given its number here."""
        number = self.db.value("SELECT number FROM sources WHERE id = ?", source_id)
        if number is None:
            number = self.db.value(
                "INSERT INTO sources (id) VALUES (?) RETURNING number", source_id
            )
        return int(number)

    def info(self, source_id: str) -> SourceInfo:
        """Return how a source is shown; its id is its name where nothing is known of it."""
        return self.infos([source_id]).get(source_id) or SourceInfo(source_id, source_id)

    def infos(self, source_ids: Iterable[str]) -> dict[str, SourceInfo]:
        """Return how sources are shown, by id; those of which nothing is known are left out."""
        known = self.db.rows(_INFOS, codec.encode(list(source_ids)))
        return {source_id: codec.read(SourceInfo, packed) for source_id, packed in known}

    def save_info(self, info: SourceInfo) -> bool:
        """Keep how a source is shown.

        Tell whether anything shown changed, not its feed's date, say. Feeds that show it are then
        made again.
        """
        with self.db.transaction():
            source, packed = self.number(info.id), codec.encode(info)
            old = self.db.value("SELECT info FROM infos WHERE source = ?", source)
            if old == packed:
                return False
            self.db.execute("INSERT OR REPLACE INTO infos VALUES (?, ?)", (source, packed))
            if old is not None and undated(codec.read(SourceInfo, old)) == undated(info):
                return False
            mark_members(self.db, source)
            return True

    def names(self) -> dict[str, str]:
        """Return the names that sources are shown by, by their ids.

        One that never answered has none.
        """
        return dict(self.db.rows(_NAMES))

    def facts(self) -> dict[str, SourceFacts]:
        """Return title, number of posts and newest post of each source, by source id."""
        counts = {source: row for source, *row in self.db.rows(_COUNTS)}
        known = {}
        for number, source_id, held, rejected, packed in self.db.rows(_FACTS):
            info = codec.read(SourceInfo, packed) if packed else SourceInfo(source_id, "")
            posts, newest = counts.get(number, (0, None))
            known[source_id] = SourceFacts(
                title=info.title or info.name,
                link=info.link,
                language=info.language or info.spoken,
                posts=posts,
                newest=codec.moment_or_none(newest),
                held=held,
                rejected=bool(rejected),
            )
        return known

    def rename(self, configured: Iterable[Source]) -> None:
        """Show sources as feeds.toml says now; their feeds need not change.

        A private source has its new name at once, and the rest when its feed changes.
        """
        for source in configured:
            for field, value in _shown_as(source):
                for number in self.db.column(_OVERRIDE, f"$.{field}", value, source.id):
                    mark_members(self.db, number, archives=True)

    def mark_former(self, source_id: str, last: int) -> None:
        """Note that posts up to this number are of the one who had the source's address before."""
        self.db.execute("UPDATE sources SET former = ? WHERE id = ?", (last, source_id))

    def known_items(self, source_id: str) -> frozenset[str]:
        """Return the fingerprints of the items of a feed's current version, to be parsed no more."""
        return frozenset(self.items(source_id))

    def items(self, source_id: str) -> dict[str, int]:
        """Return the fingerprints of a feed's current items, each with the number of its post."""
        return codec.read(
            dict[str, int],
            self.db.value(
                "SELECT items FROM items JOIN sources ON source = number WHERE id = ?", source_id
            )
            or "{}",
        )

    def save_items(
        self,
        source: int,
        current: Sequence[str],
        old: Mapping[str, int],
        posts: Mapping[str, int],
    ) -> None:
        """Keep the items of a feed's current version, and as many of those before.

        Some servers waver between two versions. Never kept is an older version of an item that is
        there: an edit that its source takes back must be read again.
        """
        known = {**old, **posts}
        merged = {name: known[name] for name in current if name in known}
        standing = set(merged.values())
        for name, post in old.items():
            # A feed of one item may have had a few; none grows for ever.
            if len(merged) >= 2 * len(current) + 8:
                break
            if post not in standing:
                merged.setdefault(name, post)
        if merged != old or list(merged) != list(old):
            row = source, codec.encode(merged)
            self.db.execute("INSERT OR REPLACE INTO items VALUES (?, ?)", row)

    def adopt(self, configured: Iterable[Source]) -> dict[str, str]:
        """Let a source with a new address take over the row of its old one.

        Return old id -> new id.

        To be called once a run, before `states`. An operator who writes a feed's new address into
        feeds.toml changes the id where that is the address. A row that no source of the file
        claims, and that was asked at this address or is known to have moved there, is the same
        source.
        """
        sources = list(configured)
        self._named = {source.id for source in sources}
        rows = self.db.rows("SELECT id, url, rest FROM sources")
        known = {row[0] for row in rows}
        if self._named <= known:
            return {}
        unclaimed: dict[str, str] = {}
        for source_id, url, rest in rows:
            if source_id not in self._named:
                moved = codec.read(dict[str, Any], rest).get("moved_to", "") if rest else ""
                addresses = filter(None, (source_id, url, moved))
                unclaimed.update((urls.loose(address), source_id) for address in addresses)
        adopted: dict[str, str] = {}
        with self.db.transaction():
            for source in sources:
                old = unclaimed.get(urls.loose(source.url)) if source.url else None
                if source.id not in known and old is not None and old not in adopted:
                    change_id(self.db, old, source.id)
                    adopted[old] = source.id
        return adopted

    def unclaimed(self) -> Set[str]:
        """Return the ids of the sources that the file names no more; none before `adopt`."""
        if self._named and self._unclaimed is None:
            self._unclaimed = set(self.db.column("SELECT id FROM sources")) - self._named
        return self._unclaimed or frozenset()


def change_id(db: Connection, old: str, new: str) -> None:
    """Give a source another id. Its page gets another address; what leads there is made again."""
    db.execute("UPDATE sources SET id = ? WHERE id = ?", (new, old))
    db.execute(_NEW_ID, (new,))
    db.execute("INSERT OR REPLACE INTO former_ids VALUES (?, ?)", (old, events.next_event(db)))
    mark_members(db, Sources(db).number(new), archives=True)


def _shown_as(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the fields of SourceInfo that feeds.toml overrides, each with its value."""
    if source.name:
        yield "name", source.name
    if not source.private:  # their addresses may hold a secret, which the normalizer cuts out
        values = ("language", source.language), ("link", source.site), ("image", source.icon)
        yield from (value for value in values if value[1])


_OVERRIDE = """UPDATE infos SET info = json_set(info, ?1, ?2)
    WHERE source IN (SELECT number FROM sources WHERE id = ?3)
    AND json_extract(info, ?1) IS NOT ?2 RETURNING source"""
_NEW_ID = """UPDATE infos SET info = json_set(info, '$.id', ?1)
    WHERE source IN (SELECT number FROM sources WHERE id = ?1)"""


_NOTHING_DECLARED = Declared()


def undated(info: SourceInfo) -> SourceInfo:
    """Return how a source is shown, less the facts that are shown nowhere: title, learnt language, date.

    The date of its feed moves at every fetch; items have it as it was when they were published.
    """
    return replace(info, updated=None, title="", spoken="", declared=_NOTHING_DECLARED)


def mark_members(db: Connection, source: int, *, archives: bool = False) -> None:
    """Mark the feeds that a source has joined: how it is shown changed, which makes nothing newer.

    With `archives` also the slices of history that have posts of it.
    """
    for feed in db.column("SELECT feed FROM members WHERE source = ?", source):
        events.mark_feed(db, feed, None)
        if archives:
            events.mark_archives_of(db, feed, source)


def is_private(db: Connection, source: int) -> bool:
    """Tell whether a source is private, as of its last fetch."""
    return bool(
        db.value("SELECT json_extract(info, '$.private') FROM infos WHERE source = ?", source)
    )


def _state(row: Sequence[Any]) -> SourceState:
    source_id, url, etag, modified, body_hash, *times, reason, reach, hints, rest = row
    attempt, success, change, due, unchanged = map(codec.moment_or_none, times)
    return SourceState(
        source_id=source_id,
        url=url,
        validators=Validators(etag, modified) if etag or modified else _NO_VALIDATORS,
        body_hash=body_hash,
        hints=_hints(hints) if hints else _NO_HINTS,
        last_attempt=attempt,
        last_success=success,
        last_change=change,
        next_due=due,
        unchanged_since=unchanged,
        due_reason=reason,
        reach=reach,
        **(codec.read_fields(SourceState, rest) if rest else {}),
    )


def _row(state: SourceState) -> tuple[object, ...]:
    time, rest = codec.seconds_or_none, codec.fields_of(state, _IN_COLUMNS)
    return (
        state.source_id, state.url, state.validators.etag, state.validators.last_modified,
        state.body_hash, time(state.last_attempt), time(state.last_success),
        time(state.last_change), time(state.next_due), time(state.unchanged_since),
        state.due_reason, state.reach,
        codec.encode(state.hints) if state.hints != _NO_HINTS else "",
        codec.encode(rest) if rest else "",
    )  # fmt: skip


@lru_cache(maxsize=1024)  # ten thousand sources have a few dozen different ones
def _hints(packed: str) -> Hints:
    return codec.read(Hints, packed)
