"""Sources <-> their rows: the schedule's state, how we show them, the items of their feed's current version."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from syndicator import urls
from syndicator.model.fetch import Hints, SourceState, Validators
from syndicator.model.post import SourceInfo
from syndicator.model.settings import Source
from syndicator.store import codec, events

_COLUMNS = """id, url, etag, last_modified, body_hash, last_attempt, last_success, last_change, next_due,
    unchanged_since, due_reason, reach, hints, rest"""
# What the schedule asks of every source in every run stands in columns of its own; the rest, seldom there, is JSON.
_IN_COLUMNS = frozenset(
    [
        "source_id",
        "url",
        "validators",
        "body_hash",
        "last_attempt",
        "last_success",
        "last_change",
        "next_due",
        "unchanged_since",
        "due_reason",
        "hints",
        "reach",
    ]
)


def number(db: sqlite3.Connection, source_id: str) -> int:
    """Return the number of a source, given one where it has none."""
    row = db.execute("SELECT number FROM sources WHERE id = ?", (source_id,)).fetchone()
    if row is None:
        row = db.execute(
            "INSERT INTO sources (id) VALUES (?) RETURNING number", (source_id,)
        ).fetchall()[0]
    return int(row[0])


def states(db: sqlite3.Connection) -> dict[str, SourceState]:
    """Return the state of every source ever asked."""
    return {row[0]: _state(row) for row in db.execute(f"SELECT {_COLUMNS} FROM sources")}


def _state(row: tuple[Any, ...]) -> SourceState:
    (
        source_id,
        url,
        etag,
        modified,
        body_hash,
        attempt,
        success,
        change,
        due,
        unchanged,
        reason,
        reach,
        hints,
        rest,
    ) = row
    time = datetime.fromtimestamp
    return SourceState(
        source_id=source_id,
        url=url,
        validators=Validators(etag, modified) if etag or modified else _NO_VALIDATORS,
        body_hash=body_hash,
        hints=_hints(hints) if hints else _NO_HINTS,
        last_attempt=None if attempt is None else time(attempt, UTC),
        last_success=None if success is None else time(success, UTC),
        last_change=None if change is None else time(change, UTC),
        next_due=None if due is None else time(due, UTC),
        unchanged_since=None if unchanged is None else time(unchanged, UTC),
        due_reason=reason,
        reach=reach,
        **(codec.read_fields(SourceState, rest) if rest else {}),
    )


_NO_VALIDATORS = Validators()
_NO_HINTS = Hints()


@lru_cache(maxsize=1024)  # ten thousand sources have a few dozen different ones
def _hints(packed: str) -> Hints:
    return codec.read(Hints, packed)


def save_state(db: sqlite3.Connection, state: SourceState) -> None:
    """Keep the state of a source."""
    time = codec.seconds_or_none
    rest = codec.pack(state, _IN_COLUMNS)
    row = (
        state.source_id, state.url, state.validators.etag, state.validators.last_modified, state.body_hash,
        time(state.last_attempt), time(state.last_success), time(state.last_change), time(state.next_due),
        time(state.unchanged_since), state.due_reason, state.reach,
        codec.dumps(codec.pack(state.hints)) if state.hints != _NO_HINTS else "", codec.dumps(rest) if rest else "",
    )  # fmt: skip
    db.execute(_SAVE, row)


_NAMES = _COLUMNS.replace(",", " ").split()
_SAVE = f"""INSERT INTO sources ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])}"""


def save_info(db: sqlite3.Connection, info: SourceInfo, now: datetime) -> bool:
    """Keep how we show a source; tell whether anything shown changed (not its feed's date, say)."""
    source = number(db, info.id)
    packed = codec.dumps(codec.pack(info))
    old = db.execute("SELECT info FROM infos WHERE source = ?", (source,)).fetchone()
    if old is not None and old[0] == packed:
        return False
    db.execute("INSERT OR REPLACE INTO infos VALUES (?, ?)", (source, packed))
    if old is not None and _shown(old[0]) == _shown(packed):
        return False
    for (feed,) in db.execute("SELECT feed FROM members WHERE source = ?", (source,)).fetchall():
        events.mark_feed(
            db, feed, None
        )  # how a source is shown is not news: where no entry names it, no byte changes
    return True


def _shown(packed: str) -> dict[str, object]:
    return {
        name: value
        for name, value in json.loads(packed).items()
        if name not in {"updated", "title", "spoken"}
    }


def items(db: sqlite3.Connection, source_id: str) -> dict[str, int]:
    """Return the fingerprints of the feed's current items, each with the number of its post."""
    row = db.execute(
        "SELECT items FROM items JOIN sources ON source = number WHERE id = ?", (source_id,)
    ).fetchone()
    return {} if row is None else json.loads(row[0])


def remember_items(
    db: sqlite3.Connection,
    source: int,
    current: Sequence[str],
    old: Mapping[str, int],
    posts: Mapping[str, int],
) -> None:
    """Keep the items of a feed's current version, and as many of those before: some servers waver between two.

    Never an older version of an item that is there: what its source takes back must be read again.
    """
    merged = {
        name: posts[name] if name in posts else old[name]
        for name in current
        if name in posts or name in old
    }
    standing = set(merged.values())
    for name, post in old.items():
        if (
            len(merged) >= 2 * len(current) + 8
        ):  # a feed of one item may have had a few; none grows for ever
            break
        if post not in standing:
            merged.setdefault(name, post)
    if merged != old or list(merged) != list(old):
        db.execute("INSERT OR REPLACE INTO items VALUES (?, ?)", (source, codec.dumps(merged)))


def adopt(db: sqlite3.Connection, wanted: Iterable[Source]) -> dict[str, str]:
    """Let a source that the file names anew take over what the store knows it by; return old id -> new id.

    An operator who puts a feed's new address into feeds.toml changes its id where that is the address. The
    row that no source of the file claims, and that was asked at this address or is known to have moved
    there, is the same source.
    """
    known = {row[0]: row for row in db.execute("SELECT id, url, rest FROM sources")}
    sources = list(wanted)
    if all(source.id in known for source in sources):
        return {}
    claimed = {source.id for source in sources}
    orphans = {}
    for source_id, url, rest in known.values():
        if source_id not in claimed:
            moved = json.loads(rest).get("moved_to", "") if rest else ""
            orphans.update(
                {urls.loose(address): source_id for address in (source_id, url, moved) if address}
            )
    adopted = {}
    for source in sources:
        old = orphans.get(urls.loose(source.url)) if source.id not in known and source.url else None
        if old is not None and old not in adopted:
            db.execute("UPDATE sources SET id = ? WHERE id = ?", (source.id, old))
            db.execute(_RENAME, (source.id,))
            adopted[old] = source.id
    return adopted


def names(db: sqlite3.Connection) -> dict[str, str]:
    """Return the names that sources are shown by, by their ids."""
    return dict(
        db.execute(
            "SELECT id, json_extract(info, '$.name') FROM infos JOIN sources ON source = number"
        )
    )


def rename(db: sqlite3.Connection, wanted: Iterable[Source]) -> None:
    """Show sources by the names that the file gives them now; else a name waits for its feed to change."""
    named = [(source.name, source.id) for source in wanted if source.name]
    db.executemany(
        """UPDATE infos SET info = json_set(info, '$.name', ?1)
        WHERE source IN (SELECT number FROM sources WHERE id = ?2) AND json_extract(info, '$.name') IS NOT ?1""",
        named,
    )


_RENAME = """UPDATE infos SET info = json_set(info, '$.id', ?1)
    WHERE source IN (SELECT number FROM sources WHERE id = ?1)"""
