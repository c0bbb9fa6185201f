"""Sources, SourceStates, now -> Asks: the sources that are due, with address and validators.

Pure. A cron run in which nothing is due ends here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from syndicator.model.fetch import Ask, SourceState, Validators
from syndicator.model.settings import FetchSettings, Source
from syndicator.schedule.state import (
    BY_INTERVAL,
    BY_RETRY_AFTER,
    asked_at,
    is_of_address,
    skipped,
)
from syndicator.urls import host_of

# cron starts at slightly different seconds: an hourly interval must not miss a run by one.
SLACK = timedelta(minutes=2)
DISTRUST_AFTER = timedelta(days=8)  # servers have said 304 for ever; ask once without validators
LONGEST_SILENCE = timedelta(days=2)  # that a Retry-After can ask for, whatever an older state holds


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

    `named` restricts the run to these source ids. `force` makes all of them due. A Retry-After
    still holds, and a source that is gone stays so, unless the source is both forced and named.
    """
    insisted = force and bool(named)
    held = {} if insisted else held_hosts(states, now)
    asks = []
    for source in sources:
        if (named and source.id not in named) or (source.paused and not named):
            continue
        state = states.get(source.id)
        if state is None or insisted or _is_due(source, state, now, settings, force=force):
            ask = _ask(source, state, now)
            if not held or host_of(ask.url) not in held:
                asks.append(ask)
    return _interleaved(asks)


def held_hosts(states: Mapping[str, SourceState], now: datetime) -> dict[str, datetime]:
    """Return the hosts that asked to be left alone for all their sources (429), and until when."""
    held: dict[str, datetime] = {}
    for state in states.values():
        if state.retry_scope == "host" and (until := _held_until(state, now)):
            host = host_of(state.url)
            held[host] = max(until, held.get(host, until))
    return held


def may_lead_to(source: Source, state: SourceState, url: str, held: Mapping[str, datetime]) -> bool:
    """Tell whether a feed may send us now to an address that it names.

    One of our own network may do so to its own host alone. None may to one of the `held` hosts.
    """
    host = host_of(url)
    return host not in held and (state.reach == "public" or host == host_of(source.url))


def _is_due(
    source: Source, state: SourceState, now: datetime, settings: FetchSettings, *, force: bool
) -> bool:
    """Tell whether a source is asked now; `force` overrides all but an end and a Retry-After."""
    if not is_of_address(source, state, asked_at(source, state)):
        return True  # the operator has changed the address: the old one's state says nothing
    if state.gone or _held_until(state, now):
        return False
    if force or state.next_due is None or _is_of_a_wrong_clock(state, now):
        return True
    due = state.next_due
    if state.due_reason == BY_INTERVAL and state.last_attempt is not None:
        due = state.last_attempt + source.interval  # the operator may have changed it since
    if state.due_reason == BY_RETRY_AFTER and state.last_attempt is not None:
        due = min(due, state.last_attempt + LONGEST_SILENCE)
    if now < due - min(SLACK, source.interval / 10):
        return False
    return not _in_skipped_time(state, now, settings)


def _held_until(state: SourceState, now: datetime) -> datetime | None:
    """Return the end of a Retry-After that still holds, else None."""
    if state.retry_at is None or _is_of_a_wrong_clock(state, now):
        return None
    until = state.retry_at
    if state.last_attempt is not None:
        until = min(until, state.last_attempt + LONGEST_SILENCE)
    return until if now < until else None


def _is_of_a_wrong_clock(state: SourceState, now: datetime) -> bool:
    """Tell whether the last request lies in the future: the clock was wrong, and no wait holds."""
    return state.last_attempt is not None and state.last_attempt > now + SLACK


def _in_skipped_time(state: SourceState, now: datetime, settings: FetchSettings) -> bool:
    """Tell whether the feed asks not to be read at this hour, for `max_interval` at most."""
    if not (state.hints.skip_hours or state.hints.skip_days) or state.last_attempt is None:
        return False
    return now < state.last_attempt + settings.max_interval - SLACK and skipped(now, state.hints)


def _ask(source: Source, state: SourceState | None, now: datetime) -> Ask:
    """Return the request for a source; a new one, or one with a new address, has no validators."""
    url = asked_at(source, state)
    if state is None or not is_of_address(source, state, url):
        return Ask(source=source, url=url, reach=source.within)
    validators = state.validators
    if state.unchanged_since is not None and now - state.unchanged_since >= DISTRUST_AFTER:
        validators = Validators()
    return Ask(
        source=source,
        url=url,
        validators=validators,
        body_hash=state.body_hash,
        reach=state.reach or source.within,
    )


def _interleaved(asks: list[Ask]) -> list[Ask]:
    """Return the asks with their hosts taking turns, each host's own in the order given."""
    turns, counts = dict[str, int](), Counter[str]()
    for ask in asks:
        host = host_of(ask.url)
        turns[ask.source.id] = counts[host]
        counts[host] += 1
    return sorted(asks, key=lambda ask: turns[ask.source.id])
