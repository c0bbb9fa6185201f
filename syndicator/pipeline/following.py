"""Followed lists -> sources: they come and go with the `[[lists]]` that name them.

A list is fetched like a feed, under a state of its own, and its sources are one row of `meta`. So a
list that fails, empties or shrinks by half changes nothing: the row stays as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from syndicator import config as configuration
from syndicator import fetcher, schedule, urls
from syndicator.config import place
from syndicator.errors import ConfigError, UsageError
from syndicator.failures import label
from syndicator.model.fetch import Fetched, FetchFailed, Outcome, SourceState
from syndicator.model.run import Options
from syndicator.model.settings import Config, FollowedList, Reach, Source
from syndicator.quantities import counted
from syndicator.store import Store

_KEPT = "its sources stay as they were"
_TOLD = 20  # changes of one list that are told one by one

Values = dict[str, Any]  # a `[[sources]]` table


class Followed(Struct, frozen=True, omit_defaults=True):
    """The sources of a list, as its last good version has them."""

    tables: tuple[Values, ...] = ()
    reach: Reach = ""  # the network that the list lies in: its sources may lie there too
    doubted: tuple[Values, ...] | None = None  # a version that lacks more than half of them


class Update(Struct, frozen=True):
    """The lists after they were fetched."""

    config: Config  # with the sources of now
    lines: tuple[str, ...] = ()  # for the operator
    before: Mapping[str, SourceState] = {}  # the states of the lists that were fetched


def load(path: Path | str = "feeds.toml") -> Config:
    """Read feeds.toml, with the sources of its lists as the last run left them.

    Raises ConfigError, and StoreError where there are lists.
    """
    config = configuration.load(path)
    if not config.lists or not config.state.exists():
        return config
    with Store(config.state, read_only=True) as store:
        return current(config, store)


def current(config: Config, store: Store) -> Config:
    """Return the configuration with the sources that its lists have."""
    listed = {}
    for followed in config.lists:
        note = store.meta.read(Followed, followed.url) or Followed()
        listed[followed.url] = list(_sources(config, followed, note))
    return configuration.with_listed(config, listed)


def follow(
    config: Config, store: Store, options: Options, now: datetime, stop: threading.Event
) -> Update:
    """Fetch the lists that are due, and keep their changes. Raises StoreError."""
    if not config.lists:
        return Update(config)
    states, lists = store.sources.states(), {each.url: each for each in config.lists}
    asks = []
    if not (options.offline or options.named):
        sources = [followed.source for followed in config.lists]
        asks = schedule.due_asks(sources, states, now, config.fetch, force=options.force)
    asks = [replace(ask, takes_text=True) for ask in asks]
    lines, before = list[str](), {}
    for outcome in fetcher.fetch_all(asks, config.fetch, stop):
        followed, state = lists[outcome.source_id], states.get(outcome.source_id)
        before[outcome.source_id] = state or SourceState(outcome.source_id)
        with store.transaction():
            lines += _take(config, store, followed, outcome, state, now)
    return Update(current(config, store), tuple(lines), before)


def accept(store: Store, followed: FollowedList, *, approved: bool) -> None:
    """Believe a list that has shrunk, or forget that it has."""
    note = store.meta.read(Followed, followed.url) or Followed()
    tables = note.doubted if approved and note.doubted is not None else note.tables
    store.meta.write(replace(note, tables=tables, doubted=None), followed.url)


def doubt(store: Store, followed: FollowedList) -> str:
    """Return the reason for a list to wait for a review, "" for none."""
    note = store.meta.read(Followed, followed.url)
    if note is None or note.doubted is None:
        return ""
    return _shrunk(note, note.doubted)


def _shrunk(note: Followed, tables: Sequence[Values]) -> str:
    """Return the words about a list that lost half of its sources, or more; "" for any other."""
    before, after = _addresses(note.tables), _addresses(tables)
    if not before or len(before & after) * 2 > len(before):
        return ""
    had = counted(len(before), "source")
    return f"lists {len(before & after)} of the {had} that it had: none is removed"


def _addresses(tables: Sequence[Values]) -> set[str]:
    return {urls.loose(table["id"]) for table in tables}


def _take(
    config: Config,
    store: Store,
    followed: FollowedList,
    outcome: Outcome,
    state: SourceState | None,
    now: datetime,
) -> list[str]:
    """Keep the state of a list, and its sources where it has changed; return the lines."""
    lines: list[str] = []
    if isinstance(outcome, Fetched):
        outcome, lines = _read(config, store, followed, outcome)
    if isinstance(outcome, FetchFailed):
        if state is not None and state.failing_since is not None:
            lines = []  # told when it began, and from then on as of any source
        outcome = replace(outcome, advice="; ".join(filter(None, (outcome.advice, _KEPT))))
    source = followed.source
    new = schedule.next_state(source, state, outcome, now, config.fetch, 0.0)
    store.sources.save_state(new)
    return [f"{label(source)} {line}" for line in lines]


def _read(
    config: Config, store: Store, followed: FollowedList, fetched: Fetched
) -> tuple[Outcome, list[str]]:
    """Return the outcome of reading a list, and the lines about its changes."""
    from syndicator.pipeline import list_reading  # it loads the parsers of lists

    name = label(followed.source)
    note = store.meta.read(Followed, followed.url) or Followed()
    new = replace(note, reach=fetched.reach or note.reach)
    try:
        tables = list_reading.tables(fetched.body, name, new.reach)
    except UsageError as error:
        what = str(error).removeprefix(f"{name}: ")
        failed = FetchFailed(followed.url, fetched.url, "not-a-feed", what)
        return failed, [f"can't be read as a list: {what}; {_KEPT}"]
    kept = tuple(table for table in tables if _source(config, followed, new, table))
    if shrunk := _shrunk(note, kept):
        store.meta.write(replace(new, doubted=kept), followed.url)
        advice = f"`syndicator review approve {name}` if that is right"
        return fetched, [f"{shrunk}; {advice}"]
    store.meta.write(replace(new, tables=kept, doubted=None), followed.url)
    return fetched, list(_changes(config, followed, note, replace(new, tables=kept)))


def _changes(
    config: Config, followed: FollowedList, before: Followed, after: Followed
) -> Iterator[str]:
    """Yield a line for each change of a list; for its first version one in all."""
    waiting = "" if followed.trust else "; its posts wait for `syndicator review`"
    if not before.tables:
        yield f"is followed: {counted(len(after.tables), 'source')}{waiting}"
        return
    known = {place(source) for source in config.sources if not source.followed}
    old = {place(source): source for source in _sources(config, followed, before)}
    new = {place(source): source for source in _sources(config, followed, after)}
    lines = []
    for where, source in new.items():
        if where not in old:
            lines.append(f"has a new source, {label(source)}{waiting}")
        elif source != old[where]:
            lines.append(f"tells another name, tag or filter of {label(source)}")
    for where, source in old.items():
        if where not in new and where not in known:
            lines.append(f"has {label(source)} no more: its posts leave")
    yield from lines[:_TOLD]
    if len(lines) > _TOLD:
        yield f"has {counted(len(lines) - _TOLD, 'more change')}"


def _sources(config: Config, followed: FollowedList, note: Followed) -> Iterator[Source]:
    for table in note.tables:
        if source := _source(config, followed, note, table):
            yield source


def _source(config: Config, followed: FollowedList, note: Followed, table: Values) -> Source | None:
    """Return the source of an entry of a list, None for one that feeds.toml could not have."""
    try:
        source = configuration.source_of(table, followed.url, base=config.base)
    except ConfigError:
        return None
    return replace(source, within=note.reach)
