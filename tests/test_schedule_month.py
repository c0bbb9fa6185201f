"""A month of cron runs against sources that give every signal: the request log shows manners."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from fetcher_helpers import DAY, HOUR, MINUTE, START, Request, World, bad, daily, good, world

from syndicator.model.fetch import Fetched, FetchFailed, Hints, NotModified, Validators
from syndicator.model.settings import Source
from syndicator.urls import host_of

SLACK = 2 * MINUTE
HINTS = {
    "ttl": Hints(ttl=timedelta(minutes=180)),
    "long_ttl": Hints(ttl=7 * DAY),  # counts to a day
    "period": Hints(update_period=DAY / 2),
    "night": Hints(skip_hours=(22, 23, 24, 1, 2, 3, 4, 5)),
    "weekend": Hints(skip_days=("Saturday", "Sunday")),
    "quiet": Hints(pace=12 * DAY),
    "all": Hints(
        ttl=2 * HOUR, update_period=3 * HOUR, skip_hours=(12, 13), skip_days=("Monday",), pace=DAY
    ),
}


def hinting(name):
    return lambda ask, now: (daily(ask, now, max_age=HOUR if name == "all" else None), HINTS[name])


def fresh(age):
    return lambda ask, now: (daily(ask, now, max_age=age), None)


def busy_host(ask, now):
    """Answer 429 for five hours each fourth day."""
    if (now - START).days % 4 == 3 and now.hour == 6:
        return bad(ask, "rate-limited", retry_at=now + 5 * HOUR, retry_scope="host"), None
    return daily(ask, now), None


def unavailable(ask, now):
    if (now - START).days % 3 == 2 and now.hour == 9:
        return bad(ask, "unavailable", retry_at=now + timedelta(hours=30)), None
    return daily(ask, now), None


def blips(ask, now):
    return (bad(ask, "timeout") if now.hour == 7 else daily(ask, now)), None


def unparsable_at_times(ask, now):
    """Be broken every other day: what was held before must still be asked with."""
    return (bad(ask, "not-a-feed") if (now - START).days % 2 else daily(ask, now)), None


@pytest.fixture(scope="module")
def month() -> World:
    every = {name: hinting(name) for name in HINTS}
    lived = world(
        hourly=lambda ask, now: (daily(ask, now), None),
        max_age=fresh(6 * HOUR),
        long_age=fresh(30 * DAY),
        unavailable=unavailable,
        blips=blips,
        broken=unparsable_at_times,
        dead=lambda ask, now: (bad(ask, "dns"), None),
        gone=lambda ask, now: (
            bad(ask, "gone") if now > START + 3 * DAY else daily(ask, now),
            None,
        ),
        still=lambda ask, now: (good(ask), None),
        moved=lambda ask, now: (
            daily(ask, now, moved_to="" if "new" in ask.url else "https://new.example/feed"),
            None,
        ),
        **every,
    )
    for number in range(3):
        lived.sources.append(
            Source(f"busy_{number}", f"https://busy.example/{number}", interval=2 * HOUR)
        )
        lived.servers[f"busy_{number}"] = busy_host
    lived.live(31, every=15 * MINUTE)
    return lived


def required(request: Request) -> timedelta:
    """Return how long the source must be left alone after this request, as its signals add up."""
    hints = request.hints or Hints()
    waits = [hints.ttl, hints.update_period]
    if isinstance(request.outcome, Fetched | NotModified):
        waits.append(request.outcome.max_age)
    longest = max((wait for wait in waits if wait), default=timedelta(0))
    return max(request.ask.source.interval, min(longest, DAY))


def pairs(world: World) -> list[tuple[Request, Request]]:
    by_source = [world.requests_to(source.id) for source in world.sources]
    return [pair for requests in by_source for pair in pairwise(requests)]


def test_no_request_earlier_than_allowed(month: World):
    """Between two requests lie the interval and what the headers and the feed ask for, to a day."""
    for earlier, later in pairs(month):
        assert later.at - earlier.at >= required(earlier) - SLACK, (earlier, later)


def test_retry_after_is_kept_to_the_second(month: World):
    """An explicit Retry-After counts in full, without slack: 503 for the source, 429 for the whole
    host.
    """
    asked_to_wait = [
        r for r in month.log if isinstance(r.outcome, FetchFailed) and r.outcome.retry_at
    ]
    assert {r.ask.source.id for r in asked_to_wait} == {"unavailable", "busy_0", "busy_1", "busy_2"}
    for waiting in asked_to_wait:
        not_before = waiting.outcome.retry_at
        assert not_before
        for request in month.log:
            same = request.ask.source.id == waiting.ask.source.id
            host = waiting.outcome.retry_scope == "host" and host_of(request.ask.url) == host_of(
                waiting.ask.url
            )
            if (same or host) and request.at > waiting.at:
                assert request.at >= not_before


@pytest.mark.parametrize(
    ("name", "hours", "days"), [("night", (22, 23, 0, 1, 2, 3, 4, 5), ()), ("weekend", (), (5, 6))]
)
def test_no_request_in_skipped_hours_and_days(
    month: World, name: str, hours: tuple[int, ...], days: tuple[int, ...]
):
    """skipHours (24 is midnight) and skipDays hold, but for the day that all hints together may
    add.
    """
    requests = month.requests_to(name)
    for earlier, later in pairwise(requests):
        skipped = later.at.hour in hours or later.at.weekday() in days
        assert not skipped or later.at - earlier.at >= DAY - SLACK, later.at


def test_none_unconditional_where_validators_are_held(month: World):
    """Every request after a body that was stored is conditional, but once after eight days of
    nothing but 304.
    """
    for source in month.sources:
        held, silent_since = Validators(), None
        for request in month.requests_to(source.id):
            distrusted = silent_since is not None and request.at - silent_since >= 8 * DAY
            assert request.ask.validators == (Validators() if distrusted else held), request
            if isinstance(request.outcome, Fetched):
                held, silent_since = request.outcome.validators, None
            elif isinstance(request.outcome, NotModified):
                silent_since = None if request.outcome.by_hash else silent_since or request.at


def test_eight_days_of_304_are_doubted_once(month: World):
    """A source that never changes is asked without validators every eight days or so, and only
    then.
    """
    bare = [
        request
        for request in month.requests_to("still")[1:]
        if request.ask.validators == Validators()
    ]
    assert 2 <= len(bare) <= 4
    assert all(
        isinstance(request.outcome, NotModified) and request.outcome.by_hash for request in bare
    )


def test_hourly_source_is_asked_hourly(month: World):
    """Cron's trembling clock makes no hourly source miss its hour."""
    assert 31 * 24 - 4 <= len(month.requests_to("hourly")) <= 31 * 24


def test_quiet_source_is_asked_less_often(month: World):
    """One that posts every twelve days is asked every twelve hours."""
    assert 58 <= len(month.requests_to("quiet")) <= 64


def test_hints_together_add_at_most_a_day(month: World):
    """A ttl of a week, or an answer that is fresh for a month, is asked daily all the same."""
    for name in ("long_ttl", "long_age"):
        assert len(month.requests_to(name)) in (30, 31)


def test_dead_source_is_asked_ever_less(month: World):
    """Failures double the wait to a day, with jitter only downwards."""
    requests = month.requests_to("dead")
    waits = [later.at - earlier.at for earlier, later in pairwise(requests)]
    assert waits[:5] == sorted(waits[:5])
    assert max(waits) <= DAY + 20 * MINUTE
    assert 32 <= len(requests) <= 45
    assert len(set(waits[6:])) > 3


def test_a_blip_changes_nothing(month: World):
    """One failure a day is tried again at the next regular time."""
    assert len(month.requests_to("blips")) > 31 * 24 - 40


def test_gone_is_asked_once_more_and_then_no_more(month: World):
    """410, and 410 again the next day: that was it."""
    last = [
        request for request in month.requests_to("gone") if isinstance(request.outcome, FetchFailed)
    ]
    assert len(last) == 2
    assert last[1].at - last[0].at >= DAY - SLACK


def test_moved_source_is_asked_at_its_new_address(month: World):
    """A permanent redirect on three days is believed; the validators move with it."""
    addresses = {request.at.date(): request.ask.url for request in month.requests_to("moved")}
    urls = list(addresses.values())
    assert urls[:2] == ["https://moved.example/feed"] * 2
    assert set(urls[3:]) == {"https://new.example/feed"}


def test_cron_is_quiet(month: World):
    """In the whole month: one line for the dead, one for the end, one for the move, none for
    blips.
    """
    lines = [line for _, line in month.said]
    assert sum("dead fails" in line for line in lines) == 1
    assert sum("gone is gone" in line for line in lines) == 1
    assert sum('url = "https://new.example/feed"' in line for line in lines) == 1
    assert not [line for line in lines if line.startswith(("blips", "busy", "hourly"))]
    assert {datetime.date(at) for at, line in month.said if "dead" in line} == {START.date()}
