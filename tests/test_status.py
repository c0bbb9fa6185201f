"""What cron says, and how seldom; what `status` shows; what stays hidden."""

import time
from datetime import timedelta

import pytest
from fetcher_helpers import (
    DAY,
    HOUR,
    MINUTE,
    SETTINGS,
    START,
    World,
    bad,
    daily,
    good,
    standing,
    world,
)
from msgspec.structs import replace

from syndicator import failures, report, schedule, status
from syndicator.model.fetch import Ask, SourceState
from syndicator.model.settings import Source


def table(sources, states, now, columns: int = 200) -> str:
    """Return the table of all sources as `status` prints it."""
    return "\n".join(status.table(status.read(sources, states, now), now, columns))


def json_rows(sources, states, now):
    """Return the objects that `status --json` prints."""
    return [status.as_json(row, now) for row in status.read(sources, states, now)]


def failing(kind: str, **more: object):
    return lambda ask, now: (bad(ask, kind, **more), None)


def fine(ask, now):
    return daily(ask, now), None


def fails_between(first: int, last: int, kind: str = "timeout"):
    """Return a server that fails from one hour since START to another."""

    def play(ask, now):
        hours = (now - START) / HOUR
        return (bad(ask, kind) if first <= hours < last else daily(ask, now)), None

    return play


def many(kind_of, count: int = 12, host: str = "big.example") -> World:
    """Return a world with many sources at one host."""
    sources = [Source(f"s{n}", f"https://{host}/{n}", name=f"Source {n}") for n in range(count)]
    return World({source.id: kind_of for source in sources}, sources)


def lines(lived: World) -> list[str]:
    return [line for _, line in lived.said]


def first_alerts(lived: World) -> list[tuple[object, str]]:
    """Return when each source failed for the third time in a row."""
    failed: dict[str, list[object]] = {}
    for request in lived.log:
        if hasattr(request.outcome, "kind"):
            failed.setdefault(request.ask.source.id, []).append(request.at)
    return [(times[2], source) for source, times in failed.items()]


def test_silence_while_all_is_well():
    """Nothing to say, nothing said."""
    lived = world(a=fine, b=fine)
    lived.live(3)
    assert lines(lived) == []


@pytest.mark.parametrize("blip", [(5, 6), (5, 7)])
def test_silence_for_a_blip(blip: tuple[int, int]):
    """One or two failures and then a good answer: no mail, neither of the failure nor of the
    return.
    """
    lived = world(a=fails_between(*blip))
    lived.live(3)
    assert lines(lived) == []
    assert any(request.outcome for request in lived.log if hasattr(request.outcome, "kind"))


def test_a_failure_that_lasts_is_one_line_and_its_end_another():
    """Said after three runs, once; and once when it is back."""
    lived = world(a=fails_between(10, 200, "dns"))
    lived.live(14)
    failed, back = lines(lived)
    assert failed.startswith("a fails: fails with dns [failed 3 times, for ")
    assert back == "a works again"


def test_a_failure_of_a_day_is_said_before_the_third_run():
    """With an interval of a day, the second failure is news."""
    lived = world(a=fails_between(24, 240))
    lived.sources = [replace(lived.sources[0], interval=DAY)]
    lived.live(9)
    assert [(at - START).days for at, _ in lived.said] == [2]


def test_when_cron_speaks_is_settable():
    """alert_after and alert_runs."""
    lived = world(replace(SETTINGS, alert_runs=1), a=fails_between(10, 11))
    lived.live(1)
    assert len(lines(lived)) == 2


def test_a_host_that_fails_for_many_is_one_line():
    """Twelve sources of one host, which back off at different times: one line down, one line up."""
    lived = many(fails_between(10, 60, "connect"))
    lived.live(5, every=15 * MINUTE)
    down, up = lines(lived)
    alerts = {at for at, source in first_alerts(lived)}
    assert len(alerts) > 1, "they must become news in different runs, or the test shows nothing"
    assert down.startswith(
        "big.example (12 sources) fails: fails with connect [failed 3 times, for "
    )
    assert up == "big.example works again"


def hosts(kind_of, count: int) -> World:
    """Return a world with many hosts of one source each."""
    sources = [
        Source(f"s{n}", f"https://host{n}.example/", name=f"Source {n}") for n in range(count)
    ]
    return World(
        {source.id: kind_of for source in sources}, sources, replace(SETTINGS, alert_runs=1)
    )


def test_many_hosts_that_fail_fill_no_mail():
    """Twenty lines down, twenty up, and how many more there are, with a hint where to look."""
    lived = hosts(fails_between(10, 13, "dns"), 23)
    lived.live(3)
    said = lines(lived)
    assert len(said) == 42
    more = "and 3 more sources: `syndicator status --failing` has all"
    assert [said[20], said[41]] == [more, more]


def test_twenty_hosts_are_named_each():
    """As many lines are read."""
    lived = hosts(fails_between(10, 13, "dns"), 20)
    lived.live(3)
    assert [line.partition(" ")[0] for line in lines(lived)] == ["Source"] * 40


def test_a_crowd_that_fails_is_one_line_at_a_terminal():
    """It comes first, then the rest."""
    states = {
        f"s{n}": SourceState(
            f"s{n}", failing_since=START, consecutive=1, failure_kind="tls", failure="no feed"
        )
        for n in range(30)
    }
    sources = [Source(f"s{n}", f"https://one.example/{n}") for n in range(30)]
    states["s7"] = replace(states["s7"], failure_kind="dns", failure="no such host")
    assert report.failure_lines(standing(states, sources), START + HOUR) == [
        "one.example (29 sources): no feed [failed once, for 60 minutes]",
        "s7: no such host [failed once, for 60 minutes]",
    ]


def test_ten_thousand_hosts_cost_a_moment():
    """Each is looked at a few times, not once for each other: then it would be minutes."""
    sources = [Source(f"s{n}", f"https://host{n}.example/") for n in range(10_000)]
    well = {source.id: SourceState(source.id) for source in sources}
    trouble = {"alerted": True, "failing_since": START, "consecutive": 3, "failure_kind": "dns"}
    down = {name: replace(state, **trouble) for name, state in well.items()}
    began = time.process_time()
    assert len(report.alerts(failures.changes(well, down, sources), START)) == 21
    assert len(report.news(failures.changes(down, well, sources))) == 21
    assert time.process_time() - began < 30  # seconds; it takes half a one


def test_feeds_that_fail_each_for_itself_are_named():
    """404 is a feed's own trouble: another one at the same host later is said, too."""

    def play(ask, now):
        start = 10 if ask.source.id == "s0" else 100
        return fails_between(start, 999, "not-found")(ask, now)

    lived = many(play, count=2)
    lived.live(12)
    assert [line.partition(":")[0] for line in lines(lived)] == ["Source 0 fails", "Source 1 fails"]


def test_gone_is_said_once():
    """With what to do about it; never as a failure before."""
    lived = world(a=failing("gone"))
    lived.live(40)
    assert lines(lived) == [
        "a is gone: its server said so on two days. It is asked no more. "
        "Its posts stay while it is in feeds.toml, and go when it is taken out."
    ]


def test_moved_is_the_line_to_put_into_the_file():
    """Said once, when it is believed."""
    lived = world(
        a=lambda ask, now: (
            good(ask, moved_to="" if "new" in ask.url else "https://new.example/f?a=1"),
            None,
        )
    )
    lived.live(20)
    assert lines(lived) == [
        'a has moved for good; put this into feeds.toml:  url = "https://new.example/f?a=1"'
    ]
    address = lived.sources[0].url
    unnamed = [replace(lived.sources[0], id=address)]
    states = {address: replace(lived.states["a"], source_id=address)}
    said = table(unnamed, states, START + 20 * DAY)
    assert f'    url = "https://new.example/f?a=1"\n    id = "{address}"' in said
    assert 'url = "https://new.example/f?a=1"' in table(
        lived.sources, lived.states, START + 20 * DAY
    )


def test_sources_taken_out_are_not_spoken_of():
    """What the file does not name any more concerns nobody."""
    lived = world(a=failing("dns"))
    lived.live(0.1)
    lived.sources = []
    lived.live(3)
    assert lines(lived) == []


def test_private_sources_are_named_without_their_address():
    """Neither in cron's mail, nor in the tables, nor in JSON."""
    secret = "https://me.example/t0ken/feed"  # noqa: S105
    source = Source(secret, secret, private=True)
    moving = {"moved_to": "https://other.example/t0ken"}
    lived = World({secret: failing("dns")}, [source])
    lived.live(3)
    moved = World({secret: lambda ask, now: (good(ask, **moving), None)}, [source])
    moved.live(5)
    now = START + 5 * DAY
    shown = [*lines(lived), *lines(moved)]
    assert len(shown) == 2
    for each in (lived, moved):
        shown += [
            table([source], each.states, now),
            str(json_rows([source], each.states, now)),
            str(standing(each.states, [source])),
            *report.failure_lines(standing(each.states, [source]), now),
        ]
    assert not [text for text in shown if "t0ken" in text]
    assert "a private source at me.example" in shown[0]


def test_failures_list_all_that_stand():
    """Those that were not due this time included, the longest first."""
    lived = world(a=fails_between(10, 999), b=fine, c=fails_between(2, 999, "tls"))
    lived.live(2)
    found = standing(lived.states, lived.sources).failures
    assert [(failure.source, failure.kind) for failure in found] == [("c", "tls"), ("a", "timeout")]
    assert found[0].url == "https://c.example/feed"
    assert found[0].error == "fails with tls"
    assert found[0].consecutive == lived.states["c"].consecutive > 3


def test_failure_table_has_a_line_for_a_host():
    """Twelve of one host are one line, another source has its own."""
    lived = many(failing("connect"))
    lived.sources.append(Source("other", "https://other.example/", name="Other"))
    lived.servers["other"] = failing("not-found", advice="look for it")
    lived.live(0.05)
    shown = report.failure_lines(standing(lived.states, lived.sources), START + HOUR)
    assert len(shown) == 2
    assert shown[0].startswith("big.example (12 sources): fails with connect [failed once")
    assert shown[1].startswith("Other: fails with not-found: look for it")


def test_table_says_when_it_is_due_and_why():
    """Each source: its last success, the next request and the reason for that time."""
    lived = world(a=fine, b=failing("unavailable", retry_at=START + 5 * HOUR), c=fine)
    lived.sources = lived.sources[:2]
    lived.run(START)
    lived.sources.append(Source("c", "https://c.example/", name="c"))
    head, first, second, below, third = table(
        lived.sources, lived.states, START + 30 * timedelta(minutes=1)
    ).split("\n")
    assert head.split() == ["SOURCE", "LAST", "POST", "POSTS", "CHECKED", "NEXT"]
    assert first.split() == ["a", "never", "0", "30", "min", "ago", "in", "30", "min"]
    assert second.endswith("in 4 h")
    assert below == "    why then: the server said when to come back (Retry-After)"
    assert third.split() == ["c", "never", "0", "never", "now"]


def test_a_source_that_is_read_but_not_published():
    """Who added an address with a token, and looks for its posts in vain, finds the reason here."""
    token = Source("a", "https://a.example/?token=x", name="a", private=True, publish=False)
    chosen = Source("b", "https://b.example/", name="b", publish=False)
    shown = Source("c", "https://c.example/?token=x", name="c", private=True)
    _, _, first, _, second, _ = table([token, chosen, shown], {}, START).split("\n")
    assert (
        first == "    its posts are not published: it is private; `publish = true` publishes them"
    )
    assert second == "    its posts are not published: `publish = false`"
    assert [row["published"] for row in json_rows([token, shown], {}, START)] == [False, True]


def test_rows_are_the_same_for_a_program():
    """One object a source, with times that a program can read."""
    lived = world(a=fine)
    lived.run(START)
    (row,) = json_rows(lived.sources, lived.states, START)
    assert row["state"] == "ok"
    assert row["last_success"] == START.isoformat()
    assert row["next_due"] == (START + HOUR).isoformat()
    assert row["why"] == "its interval"
    assert row["failing_since"] is None
    gone = {"a": SourceState("a", gone=True, failing_since=START)}
    assert json_rows(lived.sources, gone, START)[0]["state"] == "gone"
    assert json_rows(lived.sources, gone, START)[0]["next_due"] is None
    assert json_rows(lived.sources, {}, START)[0]["state"] == "new"


def test_a_host_that_asked_to_be_left_alone_is_named():
    """Its other sources say what they wait for, and the failure's line names the host and the
    time.
    """
    until = START + HOUR
    limited = bad(
        Ask(Source("a", "https://one.example/a"), "https://one.example/a"),
        "rate-limited",
        retry_at=until,
        retry_scope="host",
    )
    first, other = (Source(name, f"https://one.example/{name}") for name in "ab")
    state = schedule.next_state(first, None, limited, START, SETTINGS, 0.0)
    row = json_rows([other], {"a": state}, START)[0]
    assert row["next_due"] == until.isoformat()
    assert "left alone" in row["why"]
    assert json_rows([other], {"a": state}, until)[0]["why"] == "it was never asked"
    (line,) = report.failure_lines(standing({"a": state}, [first, other]), START)
    assert "no source of one.example is asked until 2024-05-01 01:00 UTC" in line
