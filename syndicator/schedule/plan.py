"""Sources, SourceStates, now -> Asks: which sources are due, at which address, with which validators.

Pure. A cron run in which nothing is due comes no further than this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from syndicator.model.fetch import Ask, SourceState, Validators
from syndicator.model.settings import FetchSettings, Source
from syndicator.schedule.skips import skipped
from syndicator.schedule.state import BY_INTERVAL, asked_at, speaks_of
from syndicator.urls import host_of

SLACK = timedelta(
    minutes=2
)  # cron's clock trembles: an hourly interval must not miss the hourly run by a second
DISTRUST_AFTER = timedelta(days=8)  # servers have said 304 for ever; ask once without validators


def due_asks(
    sources: Iterable[Source],
    states: Mapping[str, SourceState],
    now: datetime,
    settings: FetchSettings,
    *,
    force: bool = False,
    named: Collection[str] = (),
) -> list[Ask]:
    """Return the requests to make now, hosts interleaved so that none waits behind another's queue.

    `named` restricts the run to these source ids. `force` makes all of them due, but a Retry-After still
    holds, and a source that is gone is asked only where it is both forced and named.
    """
    held = _held_hosts(states, now)
    asks = []
    for source in sources:
        if named and source.id not in named:
            continue
        state = states.get(source.id)
        if state is None or _is_due(source, state, now, settings, force=force, named=bool(named)):
            ask = _ask(source, state, now)
            if not held or host_of(ask.url) not in held:
                asks.append(ask)
    return _interleaved(asks)


def _is_due(
    source: Source,
    state: SourceState,
    now: datetime,
    settings: FetchSettings,
    *,
    force: bool,
    named: bool,
) -> bool:
    if not speaks_of(source, state, asked_at(source, state)):
        return (
            True  # the operator has changed its address: what was known of the old one says nothing
        )
    if state.gone and not (force and named):
        return False
    if _is_held(state, now):
        return False  # explicit: no slack, and --force does not break it
    if force or state.next_due is None or _is_of_a_wrong_clock(state, now):
        return True
    due = state.next_due
    if state.due_reason == BY_INTERVAL and state.last_attempt is not None:
        due = state.last_attempt + source.interval  # the operator may have changed it since
    if now < due - min(SLACK, source.interval / 10):
        return False
    return not _in_skipped_time(state, now, settings)


def _is_held(state: SourceState, now: datetime) -> bool:
    return (
        state.retry_at is not None and now < state.retry_at and not _is_of_a_wrong_clock(state, now)
    )


def _is_of_a_wrong_clock(state: SourceState, now: datetime) -> bool:
    """Tell whether it was last asked at a time to come: the clock has been set right since, and no wait of it holds."""
    return state.last_attempt is not None and state.last_attempt > now + SLACK


def _in_skipped_time(state: SourceState, now: datetime, settings: FetchSettings) -> bool:
    """Tell whether the feed asked not to be asked at this hour, and the most that hints can do is not used up."""
    if not (state.hints.skip_hours or state.hints.skip_days) or state.last_attempt is None:
        return False
    return now < state.last_attempt + settings.max_interval - SLACK and skipped(now, state.hints)


def _held_hosts(states: Mapping[str, SourceState], now: datetime) -> frozenset[str]:
    """Return the hosts that told one of their sources to stay away for all of them."""
    return frozenset(
        host_of(state.url)
        for state in states.values()
        if state.retry_scope == "host" and _is_held(state, now)
    )


def _ask(source: Source, state: SourceState | None, now: datetime) -> Ask:
    url = asked_at(source, state)
    if state is None or not speaks_of(source, state, url):
        return Ask(
            source=source, url=url
        )  # a new source, or one whose address the operator has changed
    stale = state.unchanged_since is not None and now - state.unchanged_since >= DISTRUST_AFTER
    validators = Validators() if stale else state.validators
    return Ask(
        source=source, url=url, validators=validators, body_hash=state.body_hash, reach=state.reach
    )


def _interleaved(asks: list[Ask]) -> list[Ask]:
    """Return the asks with their hosts taking turns, each host's own in the order given."""
    queues: dict[str, deque[Ask]] = {}
    for ask in asks:
        queues.setdefault(host_of(ask.url), deque()).append(ask)
    if len(queues) == len(asks):
        return asks
    turns: list[Ask] = []
    waiting = list(queues.values())
    while waiting:
        turns.extend(queue.popleft() for queue in waiting)
        waiting = [queue for queue in waiting if queue]
    return turns
