"""Source, SourceState, Outcome -> the next SourceState, with the time of the next request.

Pure. Validators in a state always belong to the last body that was parsed *and* stored: a fetch
that fails later leaves the old ones, or a 304 would hide the feed for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from syndicator.model.fetch import (
    DEAD_AFTER,
    Fetched,
    FetchFailed,
    Hints,
    NotModified,
    Outcome,
    SourceState,
    Validators,
)
from syndicator.model.settings import FetchSettings, Source
from syndicator.urls import host

DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AFTER_OUTAGE = timedelta(hours=1)  # it is asked again, at the latest
GONE_AFTER = timedelta(hours=23)  # a 410 that is repeated this much later is believed
MOVED_AFTER = 3  # days on which a permanent redirect gave the same answer before it is believed
QUIET_SHARE = 24  # a source that posts once in n days is asked every n hours
MOVE_MISTRUST = 3  # failures in a row at the new address before the old one is tried again
BY_INTERVAL = "its interval"
_BY_OUTAGE = "nothing at all could be reached: this machine's own network may be down"
_BY_SKIPS = "the feed asks to be left alone until then (skipHours, skipDays)"
_BY_410 = "the server says it is gone (410): asked once more a day later"
BY_RETRY_AFTER = "the server said when to come back (Retry-After)"
_GONE = "gone (410 on two days): asked no more"
_MANY_FAILURES = 20  # doubling the wait further would overflow
_LEAST_POSTS = 3  # two gaps are the least that can be called usual
_HABIT = 10  # the newest posts, whose gaps are a feed's present habit

_Hint = tuple[timedelta | None, str]  # a wait, None where nothing is said, and the reason for it


def next_state(
    source: Source,
    state: SourceState | None,
    outcome: Outcome,
    now: datetime,
    settings: FetchSettings,
    jitter: float,
    hints: Hints | None = None,
) -> SourceState:
    """Return the state of `source` after `outcome`; `jitter` is in [0, 1) and spreads retries.

    A Fetched given here has been parsed and stored; if it was not, give the FetchFailed that says
    why. `hints` are those of the feed's head, with `pace` where it is known (see `usual_gap`).
    """
    if isinstance(outcome, FetchFailed) and outcome.kind == "interrupted":
        return state or SourceState(source.id)
    before = _state_before(source, state)
    attempt: dict[str, Any] = {"url": asked_at(source, state), "last_attempt": now}
    if isinstance(outcome, FetchFailed):
        return _failed(source, replace(before, **attempt), outcome, now, settings, jitter)
    if isinstance(outcome, NotModified):
        news = _confirmed(before, outcome, now)
    else:
        news = _changed(before, outcome, now, hints)
    moved = _move(source, before, attempt["url"], outcome.moved_to, now)
    answered = host(outcome.url)
    led_to = answered if answered != host(attempt["url"]) else ""
    changes = {**attempt, **_WELL, **news, **moved, "led_to": led_to}
    return _due_again(source, replace(before, **changes), now, settings)


def spared_state(source: Source, state: SourceState | None, now: datetime) -> SourceState:
    """Return the state of a source that was asked while our own network was down.

    Only its next time changes. It is due again soon: no server has heard of the request.
    """
    due = now + min(source.interval, AFTER_OUTAGE)
    asked = replace(_state_before(source, state), url=asked_at(source, state), last_attempt=now)
    return replace(asked, next_due=due, due_reason=_BY_OUTAGE)


def told_by_the_clock(
    state: SourceState, now: datetime, settings: FetchSettings
) -> SourceState | None:
    """Return the state of a source that becomes news without being asked, else None.

    A server that asks to be left alone for long must not silence its own failure.
    """
    if state.failing_since is None or state.alerted or state.gone:
        return None
    if not is_news(state.failing_since, state.consecutive, now, settings):
        return None
    return replace(state, alerted=True)


def is_news(since: datetime | None, times: int, now: datetime, settings: FetchSettings) -> bool:
    """Tell whether cron should speak of a failure: it has lasted for long, or come often."""
    has_lasted = since is not None and now - since >= settings.alert_after
    return has_lasted or times >= settings.alert_runs


def usual_gap(published: Iterable[datetime], now: datetime) -> timedelta | None:
    """Return the usual gap between the newest posts, None for fewer than three posts.

    The silence since the newest one counts as a gap too: a feed that posted hourly a year ago is
    quiet.
    """
    past = [moment for moment in published if moment <= now]
    newest = sorted(past, reverse=True)[:_HABIT]
    if len(newest) < _LEAST_POSTS:
        return None
    gaps = sorted(later - earlier for later, earlier in pairwise(newest))
    return max(gaps[len(gaps) // 2], (now - newest[0]) / 2)  # the median: a holiday is no habit


def asked_at(source: Source, state: SourceState | None) -> str:
    """Return the address to ask: the source's, or the new one after a move."""
    if state is not None and state.moved and state.moved_from == source.url:
        return state.moved_to
    return source.url or str(source.path or "")


def is_of_address(source: Source, state: SourceState, url: str) -> bool:
    """Tell whether the state is that of this address, or of one redirected to it for days."""
    return state.url == url or (state.moved and state.url == state.moved_from == source.url)


def _state_before(source: Source, state: SourceState | None) -> SourceState:
    """Return the state to go on from: that of this address, or an empty one."""
    if state is None or not is_of_address(source, state, asked_at(source, state)):
        return SourceState(source.id, alerted=state is not None and state.alerted)
    return state


# --- success --------------------------------------------------------------------------------------


# No trace of trouble.
_WELL: dict[str, Any] = {
    "retry_at": None,
    "retry_scope": "source",
    "failing_since": None,
    "consecutive": 0,
    "failure_kind": "",
    "failure": "",
    "alerted": False,
    "gone_since": None,
    "gone": False,
}
_NOT_MOVED: dict[str, Any] = {"moved_to": "", "moved_days": (), "moved": False, "moved_from": ""}


def _changed(
    before: SourceState, fetched: Fetched, now: datetime, hints: Hints | None
) -> dict[str, Any]:
    """Return the changes by a body that was parsed and stored."""
    said = hints or Hints()
    return {
        "last_success": now,
        "last_change": now,
        "validators": fetched.validators,
        "body_hash": fetched.body_hash,
        "hints": replace(said, max_age=fetched.max_age, pace=said.pace or before.hints.pace),
        "unchanged_since": None,
        "reach": before.reach or fetched.reach,
    }


def _confirmed(before: SourceState, same: NotModified, now: datetime) -> dict[str, Any]:
    """Return the changes by a 304 or the same body again.

    A 304 keeps the fields that it omits (RFC 9110, 15.4.5).
    """
    kept, hints = before.validators, before.hints
    validators, unchanged_since = same.validators, None
    if not same.by_hash:
        etag = validators.etag or kept.etag
        validators = Validators(etag, validators.last_modified or kept.last_modified)
        unchanged_since = before.unchanged_since or now
    if same.max_age is not None and same.max_age != hints.max_age:
        hints = replace(hints, max_age=same.max_age)
    return {
        "last_success": now,
        "validators": validators,
        "hints": hints,
        "unchanged_since": unchanged_since,
        "reach": before.reach or same.reach,
    }


def _move(
    source: Source, before: SourceState, asked: str, moved_to: str, now: datetime
) -> dict[str, Any]:
    """Return the changes by a permanent redirect, which is believed after some days."""
    if moved_to == before.strange:
        moved_to = ""
    if not moved_to and not before.moved_to:
        return {}
    if before.moved and asked == before.moved_to and not moved_to:
        return {"moved": source.url != asked}  # asked at the new address, and it is there
    if not moved_to or moved_to == source.url:
        return _NOT_MOVED
    days = before.moved_days if moved_to == before.moved_to else ()
    days = tuple(dict.fromkeys((*days, now.date().isoformat())))[-MOVED_AFTER:]
    return {
        "moved_to": moved_to,
        "moved_days": days,
        "moved": len(days) >= MOVED_AFTER,
        "moved_from": source.url,
    }


# --- failure --------------------------------------------------------------------------------------


def _failed(
    source: Source,
    before: SourceState,
    failure: FetchFailed,
    now: datetime,
    settings: FetchSettings,
    jitter: float,
) -> SourceState:
    """Return the state after a failure: validators, hints and the last success stay."""
    since, times = before.failing_since or now, before.consecutive + 1
    words = ": ".join(filter(None, (failure.error, failure.advice)))
    state = replace(
        before,
        retry_at=failure.retry_at,
        retry_scope=failure.retry_scope,
        failing_since=since,
        consecutive=times,
        failure_kind=failure.kind,
        failure=words,
        alerted=before.alerted or is_news(since, times, now, settings),
    )
    if state.moved and times >= MOVE_MISTRUST:
        state = replace(state, **_NOT_MOVED)
    state = _with_gone(state, failure, now)
    if state.gone:
        return replace(state, next_due=None, due_reason=_GONE)
    due, reason = _back_off(source, state, now, settings, jitter)
    # Each may only put it off: the server's own word comes last and outlasts the rest.
    if state.gone_since is not None:
        due, reason = max(due, now + DAY), _BY_410
    if state.retry_at is not None and state.retry_at > due:
        due, reason = state.retry_at, BY_RETRY_AFTER
    return replace(state, next_due=due, due_reason=reason)


def _with_gone(state: SourceState, failure: FetchFailed, now: datetime) -> SourceState:
    """Return `state` with its end noted: by a 410, or taken back by any other failure."""
    if failure.kind != "gone":
        return replace(state, gone_since=None, gone=False)
    since = state.gone_since or now
    return replace(state, gone_since=since, gone=state.gone or now - since >= GONE_AFTER)


# --- the next time --------------------------------------------------------------------------------


def _due_again(
    source: Source, state: SourceState, now: datetime, settings: FetchSettings
) -> SourceState:
    """Return `state` with the time of its next regular request and the reason."""
    # Reading a file disturbs nobody.
    hints = () if source.path else _all_hints(state, now)
    wait, reason = _regular_wait(source, settings, hints)
    due = now + wait
    kept = out_of_skipped(due, state.hints, latest=max(due, now + settings.max_interval))
    return replace(state, next_due=kept, due_reason=reason if kept == due else _BY_SKIPS)


def _regular_wait(
    source: Source, settings: FetchSettings, hints: Iterable[_Hint]
) -> tuple[timedelta, str]:
    """Return the longest of interval and hints; hints count to `max_interval` at most."""
    wait, reason = source.interval, BY_INTERVAL
    for hinted, words in hints:
        if hinted and min(hinted, settings.max_interval) > wait:
            wait, reason = min(hinted, settings.max_interval), words
    return wait, reason


def _all_hints(state: SourceState, now: datetime) -> tuple[_Hint, ...]:
    hints, unchanged = state.hints, now - (state.last_change or now)
    fresh = "the server says how long its answer stays fresh (Cache-Control, Expires)"
    return (
        *_feed_hints(state),
        (hints.max_age, fresh),
        (hints.pace and hints.pace / QUIET_SHARE, "it seldom posts"),
        (unchanged / QUIET_SHARE, "nothing new for long"),
    )


def _feed_hints(state: SourceState) -> tuple[_Hint, ...]:
    hints = state.hints
    return (hints.ttl, "the feed's ttl"), (hints.update_period, "the feed's updatePeriod")


def _back_off(
    source: Source, state: SourceState, now: datetime, settings: FetchSettings, jitter: float
) -> tuple[datetime, str]:
    """Return the time of the next try: doubling to a day, weekly after a month of failures."""
    # Nobody is spared by waiting for a file, and its maker wants to see it.
    if source.path is not None:
        return now + source.interval, BY_INTERVAL
    regular, _ = _regular_wait(source, settings, _feed_hints(state))
    is_dead = state.failing_since is not None and now - state.failing_since >= DEAD_AFTER
    wait = 7 * DAY if is_dead else max(DAY, regular)
    if not is_dead and state.consecutive <= _MANY_FAILURES:
        wait = min(wait, regular * 2 ** (state.consecutive - 1))
    due = now + max(regular, wait * (1 - 0.2 * jitter))  # downwards: "up to a day" stays true
    due = out_of_skipped(due, state.hints, latest=max(due, now + settings.max_interval))
    times = {1: "once", 2: "twice"}.get(state.consecutive, f"{state.consecutive} times")
    how = "again" if due - now <= regular else "less often"
    return due, f"failed {times}, so it is asked {how}"


# --- skipHours and skipDays (RSS 2.0), both in GMT ---------------------------------------------


def skipped(moment: datetime, hints: Hints) -> bool:
    """Tell whether the feed asks not to be read at this moment (an aware UTC datetime).

    >>> from datetime import UTC
    >>> skipped(datetime(2024, 5, 4, 23, tzinfo=UTC), Hints(skip_days=("Saturday",)))
    True
    """
    if not hints.skip_hours and not hints.skip_days:
        return False
    by_hour = moment.hour in {hour % 24 for hour in hints.skip_hours}  # some write 24 for midnight
    return by_hour or _WEEK[moment.weekday()] in {day.strip().lower() for day in hints.skip_days}


def out_of_skipped(due: datetime, hints: Hints, latest: datetime) -> datetime:
    """Return `due` or the first full hour after it that is not skipped, at most `latest`.

    >>> from datetime import UTC
    >>> noon = datetime(2024, 5, 4, 12, 30, tzinfo=UTC)
    >>> str(out_of_skipped(noon, Hints(skip_hours=(12,)), latest=noon + 24 * _HOUR))
    '2024-05-04 13:00:00+00:00'
    """
    moment = due
    while moment < latest and skipped(moment, hints):
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
    return min(moment, latest)
