"""When a source is due, with which validators, and what an outcome makes of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from fetcher_helpers import DAY, HOUR, MINUTE, SETTINGS, START, bad, daily, good, world
from msgspec.structs import replace

from syndicator import schedule
from syndicator.model.fetch import (
    Ask,
    Fetched,
    FetchFailed,
    Hints,
    NotModified,
    SourceState,
    Validators,
)
from syndicator.model.settings import Source
from syndicator.urls import host_of

SOURCE = Source("a", "https://a.example/feed", name="a")
ASK = Ask(SOURCE, SOURCE.url)
HELD = Validators('W/"odd etag', "Wed, 1 May 2024 10:00 nonsense")


def settled(
    outcome, state=None, now=START, jitter=0.0, hints=None, source=SOURCE, settings=SETTINGS
):
    return schedule.next_state(source, state, outcome, now, settings, jitter, hints)


def plan(state, now, source=SOURCE, **more):
    return schedule.due_asks(
        [source], {state.source_id: state} if state else {}, now, SETTINGS, **more
    )


def fetched(**more):
    return Fetched(
        "a", SOURCE.url, b"<rss/>", validators=HELD, body_hash="1", reach="public", **more
    )


def test_a_new_source_is_due_at_once():
    """Nothing is known of it, so it is asked without conditions."""
    assert plan(None, START) == [ASK]


def test_validators_go_back_exactly_as_received():
    """However odd they look."""
    (ask,) = plan(settled(fetched()), START + HOUR)
    assert ask.validators == HELD
    assert ask.body_hash == "1"


def test_a_fetch_that_was_not_stored_leaves_the_old_validators():
    """A feed that could not be parsed must not be hidden behind its own 304."""
    broken = settled(bad(ASK, "not-a-feed"), settled(fetched()), START + HOUR)
    assert broken.validators == HELD
    assert broken.body_hash == "1"
    assert settled(bad(ASK, "not-a-feed")).validators == Validators()


def test_a_304_without_validators_keeps_the_old_ones():
    """What a 304 leaves out still holds; what it names anew is taken."""
    before = settled(fetched())
    assert settled(NotModified("a", SOURCE.url), before, START + HOUR).validators == HELD
    renamed = NotModified("a", SOURCE.url, Validators(etag='"2"'))
    assert settled(renamed, before, START + HOUR).validators == Validators(
        '"2"', HELD.last_modified
    )


def test_a_304_without_a_max_age_keeps_the_old_one():
    """How long an answer stays fresh holds until the server says otherwise."""
    before = settled(fetched(max_age=3 * HOUR))
    assert (
        settled(NotModified("a", SOURCE.url), before, START + 3 * HOUR).next_due == START + 6 * HOUR
    )
    sooner = NotModified("a", SOURCE.url, max_age=2 * HOUR)
    assert settled(sooner, before, START + 3 * HOUR).next_due == START + 5 * HOUR


def test_a_source_without_news_is_asked_less_often():
    """As many hours apart as it has brought nothing for days; a new body, and the interval holds
    again.
    """
    state = settled(NotModified("a", SOURCE.url), settled(fetched()), START + 5 * DAY)
    assert state.next_due == START + 5 * DAY + 5 * HOUR
    assert state.due_reason == "nothing new for long"
    assert settled(fetched(), state, START + 6 * DAY).next_due == START + 6 * DAY + HOUR


def test_an_interrupted_fetch_says_nothing():
    """Neither a failure nor an attempt."""
    before = settled(fetched())
    assert settled(bad(ASK, "interrupted"), before, START + HOUR) == before


def test_hints_of_the_feed_are_kept_while_it_does_not_change():
    """A 304 has no feed in it: the ttl of the last one still counts, and the pace of the last but
    one.
    """
    state = settled(fetched(), hints=Hints(ttl=5 * HOUR, pace=DAY))
    state = settled(good(replace(ASK, validators=Validators('"1"'))), state, START + 5 * HOUR)
    assert state.next_due == START + 10 * HOUR
    assert "ttl" in state.due_reason
    assert settled(fetched(), state, START + DAY, hints=Hints()).hints == Hints(pace=DAY)


def test_an_interval_longer_than_a_day_is_not_cut():
    """The day bounds what others ask for, not what the operator wants."""
    weekly = replace(SOURCE, interval=7 * DAY)
    assert settled(fetched(max_age=30 * DAY), source=weekly).next_due == START + 7 * DAY


def test_a_late_cron_keeps_out_of_skipped_hours():
    """Due before the hour that the feed wants for itself, but run within it: not now; after a day
    all the same.
    """
    state = settled(fetched(), now=START + 9 * HOUR, hints=Hints(skip_hours=(11, 12)))
    assert state.next_due == START + 10 * HOUR
    assert not plan(state, START + 11 * HOUR)
    assert not plan(state, START + 12.9 * HOUR)
    assert plan(state, START + 13 * HOUR)
    assert plan(state, START + DAY + 11 * HOUR)


def test_a_changed_interval_counts_at_once():
    """Where the interval was what it waited for, the new one holds from the last request on, longer
    or shorter.
    """
    state = settled(fetched())
    assert plan(state, START + 10 * MINUTE, replace(SOURCE, interval=10 * MINUTE))
    assert not plan(state, START + HOUR, replace(SOURCE, interval=DAY))


def test_a_file_is_read_at_its_interval_however_long_it_has_not_changed():
    """To look at it disturbs nobody; who edits it wants to see that."""
    source = Source("f", "", path=Path("feed.xml"))
    same = NotModified("f", "feed.xml", Validators("1-2"))
    state = settled(replace(fetched(), source_id="f"), source=source)
    assert settled(same, state, START + 99 * DAY, source=source).next_due == START + 99 * DAY + HOUR


def test_the_most_that_hints_can_do_is_settable():
    """max_interval is the bound of all hints together."""
    settings = replace(SETTINGS, max_interval=3 * HOUR)
    assert settled(fetched(max_age=DAY), settings=settings).next_due == START + 3 * HOUR


def test_force_asks_conditionally_and_before_its_time():
    """--force makes every source due; requests stay conditional."""
    (ask,) = plan(settled(fetched()), START + MINUTE, force=True)
    assert ask.validators == HELD


def test_force_does_not_break_a_retry_after():
    """An explicit wait holds for --force too, to the second; for one source by name it does not."""
    state = settled(bad(ASK, "unavailable", retry_at=START + HOUR))
    before = START + HOUR - timedelta(seconds=1)
    assert not plan(state, before, force=True)
    assert not plan(state, before, named=["a"])
    assert plan(state, before, force=True, named=["a"])
    assert plan(state, START + HOUR, force=True)


def test_force_by_name_asks_a_host_that_is_held():
    """Whoever names a source and insists has a reason."""
    held = settled(bad(ASK, "rate-limited", retry_at=START + HOUR, retry_scope="host"))
    other = Source("b", ASK.url.replace("/feed", "/other"))
    assert not schedule.due_asks([other], {"a": held}, START, SETTINGS)
    assert schedule.due_asks([other], {"a": held}, START, SETTINGS, force=True, named=["b"])


def test_a_retry_after_of_years():
    """One in a state of an earlier version holds for two days, for the source and for its host."""
    year = START + 365 * DAY
    state = settled(bad(ASK, "rate-limited", retry_at=year, retry_scope="host"))
    assert not plan(state, START + 47 * HOUR, force=True)
    assert plan(state, START + 2 * DAY)
    assert schedule.held_hosts({"a": state}, START) == {"a.example:443": START + 2 * DAY}
    assert schedule.held_hosts({"a": state}, START + 2 * DAY) == {}


def test_a_failure_that_is_not_tried_again_becomes_news_by_the_clock():
    """A server that asks for two days of peace does not silence its own failure."""
    state = settled(bad(ASK, "unavailable", retry_at=START + 2 * DAY))
    assert schedule.told_by_the_clock(state, START + 23 * HOUR, SETTINGS) is None
    told = schedule.told_by_the_clock(state, START + DAY, SETTINGS)
    assert told is not None
    assert told.alerted
    assert schedule.told_by_the_clock(told, START + 2 * DAY, SETTINGS) is None


def test_retry_after_of_a_host_holds_back_its_other_sources():
    """A 429 counts for the host, a source that was never asked included; another port is another
    host.
    """
    sources = [SOURCE, Source("b", "https://a.example/b"), Source("c", "https://a.example:444/c")]
    states = {"a": settled(bad(ASK, "rate-limited", retry_at=START + HOUR, retry_scope="host"))}
    assert [
        ask.source.id for ask in schedule.due_asks(sources, states, START, SETTINGS, force=True)
    ] == ["c"]
    assert len(schedule.due_asks(sources, states, START + HOUR, SETTINGS, force=True)) == 3


def test_retry_after_of_a_source_is_its_own():
    """A 503 at one address says nothing of the others at its host."""
    states = {"a": settled(bad(ASK, "unavailable", retry_at=START + HOUR))}
    sources = [SOURCE, Source("b", "https://a.example/b")]
    assert [
        ask.source.id for ask in schedule.due_asks(sources, states, START, SETTINGS, force=True)
    ] == ["b"]


def test_a_source_that_is_gone_is_asked_only_where_forced_and_named():
    """--force alone does not wake the dead."""
    state = settled(bad(ASK, "gone"), settled(bad(ASK, "gone")), START + DAY)
    assert state.gone
    later = START + 99 * DAY
    assert not plan(state, later)
    assert not plan(state, later, force=True)
    assert not plan(state, later, named=["a"])
    assert plan(state, later, force=True, named=["a"])


def test_a_source_that_comes_back_from_the_dead():
    """One good answer forgets the end."""
    state = settled(bad(ASK, "gone"), settled(bad(ASK, "gone")), START + DAY)
    assert not settled(fetched(), state, START + 9 * DAY).gone


def test_two_410s_on_one_day_are_no_end():
    """A server that is being moved says so for an hour."""
    state = settled(bad(ASK, "gone"), settled(bad(ASK, "gone")), START + HOUR)
    assert not state.gone
    assert state.next_due is not None
    assert state.next_due >= START + DAY


def test_404_is_never_the_end():
    """However long it lasts, it is asked again."""
    state = None
    for day in range(0, 400, 7):
        state = settled(bad(ASK, "not-found"), state, START + day * DAY)
    assert state is not None
    assert not state.gone
    assert state.next_due == START + 399 * DAY + 7 * DAY


@pytest.mark.parametrize(
    ("failures", "since", "wait"),
    [
        (1, 0, 1), (2, 1, 2), (3, 3, 4), (5, 15, 16), (6, 31, 24), (30, 24 * 25, 24), (50, 24 * 31, 24 * 7),
        (5000, 24 * 99, 24 * 7),
    ],
)  # fmt: skip
def test_failures_back_off(failures: int, since: int, wait: int):
    """Doubling to a day, after a month of them a week; jitter shortens by up to a fifth, never
    below the interval.
    """
    before = SourceState("a", SOURCE.url, consecutive=failures - 1, failing_since=START)
    now = START + since * HOUR
    due = [settled(bad(ASK, "dns"), before, now, jitter).next_due for jitter in (0.0, 0.999)]
    assert due[0] == now + wait * HOUR
    shortened = now + max(0.8002 * wait, 1) * HOUR
    assert abs(due[1] - shortened) < timedelta(seconds=1)


def test_named_sources_only():
    """--source restricts the run."""
    sources = [SOURCE, Source("b", "https://b.example/")]
    assert [
        ask.source.id for ask in schedule.due_asks(sources, {}, START, SETTINGS, named=["b"])
    ] == ["b"]


def test_hosts_take_turns():
    """A host with many sources does not fill the line before the others."""
    sources = [
        Source(f"{host}{n}", f"https://{host}.example/{n}") for host in "ab" for n in range(3)
    ]
    asked = [ask.source.id for ask in schedule.due_asks(sources, {}, START, SETTINGS)]
    assert asked == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_a_new_address_in_the_file_starts_afresh():
    """The operator's edit: no validators, backing off or end of the old address count."""
    state = settled(bad(ASK, "gone"), settled(bad(ASK, "gone"), settled(fetched())), START + DAY)
    changed = replace(SOURCE, url="https://b.example/feed")
    assert plan(state, START + DAY, changed) == [Ask(changed, changed.url)]
    assert settled(fetched(), state, START + DAY, source=changed).reach == "public"


def test_the_new_address_put_into_the_file_keeps_what_is_known():
    """Following our advice costs no second download."""
    state = None
    for day in range(4):
        state = settled(good(ASK, moved_to="https://b.example/feed"), state, START + day * DAY)
    assert state is not None
    assert state.moved
    asked = settled(good(ASK), state, START + 5 * DAY)
    assert asked.url == "https://b.example/feed"
    changed = replace(SOURCE, url="https://b.example/feed")
    (ask,) = plan(asked, START + 9 * DAY, changed)
    assert ask.validators == Validators('"1"')
    assert not settled(good(ask), asked, START + 9 * DAY, source=changed).moved


def test_a_permanent_redirect_that_changes_its_mind_is_not_believed():
    """Only the same answer on several days counts; several on one day are one."""
    state = None
    for hour in range(8):
        state = settled(good(ASK, moved_to="https://b.example/"), state, START + hour * HOUR)
    for day in range(1, 9):
        state = settled(good(ASK, moved_to=f"https://{day % 2}.example/"), state, START + day * DAY)
    assert state is not None
    assert not state.moved


def test_a_permanent_redirect_that_goes_away_is_counted_anew():
    """Two days of it, a day on which the address itself answers, and one more of it are no three in
    a row.
    """
    moving = good(ASK, moved_to="https://b.example/feed")
    state = settled(moving, settled(moving), START + DAY)
    back = settled(good(ASK), state, START + 2 * DAY)
    assert (back.moved_to, back.moved_days) == ("", ())
    assert not settled(moving, back, START + 3 * DAY).moved
    assert settled(moving, state, START + 2 * DAY).moved


def test_a_new_address_that_does_not_work_is_given_up():
    """Three failures in a row at the new address, and the old one is asked again."""
    state = None
    for day in range(3):
        state = settled(good(ASK, moved_to="https://b.example/feed"), state, START + day * DAY)
    for hour in range(3):
        assert plan(state, START + 3 * DAY, force=True)[0].url == "https://b.example/feed"
        state = settled(bad(ASK, "not-found"), state, START + 3 * DAY + hour * HOUR)
    assert plan(state, START + 4 * DAY, force=True)[0].url == SOURCE.url


def test_where_a_source_lay_first_is_remembered():
    """A later answer can't move its trust inward, be it a body or a 304."""
    state = settled(fetched())
    for later in (
        replace(fetched(), reach="loopback"),
        NotModified("a", SOURCE.url, reach="private"),
    ):
        state = settled(later, state, START + HOUR)
    assert plan(state, START + 2 * HOUR)[0].reach == "public"


def test_pace_is_the_usual_gap_and_counts_the_silence():
    """Hourly a year ago is quiet today; two dates are too few to say."""
    assert schedule.usual_gap([START - n * DAY for n in range(12)], START) == DAY
    assert schedule.usual_gap([START - n * HOUR for n in range(5)], START + 100 * DAY) == 50 * DAY
    assert schedule.usual_gap([START, START - DAY, START - 2 * DAY], START) == DAY
    assert schedule.usual_gap([START, START - DAY], START) is None
    assert schedule.usual_gap([START + DAY, START, START - DAY], START) is None


def test_states_of_sources_taken_out_do_no_harm():
    """The store remembers more than the file names."""
    lived = world(a=lambda ask, now: (daily(ask, now), None))
    lived.states["old"] = SourceState(
        "old", "https://old.example/", retry_at=START + DAY, retry_scope="host"
    )
    assert len(lived.run(START)) == 1


def test_failure_and_advice_are_kept_for_status():
    """The last error stands with what to do about it."""
    failed = FetchFailed("a", SOURCE.url, "tls", "its certificate is not valid", "renew it")
    assert settled(failed).failure == "its certificate is not valid: renew it"


@pytest.mark.parametrize(
    ("reach", "url", "may"),
    [
        ("public", "https://b.example/1", True),
        ("public", "https://held.example/1", False),
        ("private", "https://a.example/1", True),
        ("private", "https://b.example/1", False),
    ],
)
def test_where_a_feed_may_send_us(reach, url, may):
    """To any host that did not ask to be left alone; within our own network to its own host."""
    state = SourceState("a", url=SOURCE.url, reach=reach)
    held = {host_of("https://held.example/"): START}
    assert schedule.may_lead_to(SOURCE, state, url, held) is may
