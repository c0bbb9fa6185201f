"""Our own network is down: no source is blamed for it, and the operator hears of it once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fetcher_helpers import HOUR, SETTINGS, START, bad
from loopback import configuration, rss, site
from msgspec.structs import replace

from syndicator import config, pipeline, schedule
from syndicator.model.fetch import Ask, FetchFailed, NotModified, Outage, SourceState
from syndicator.model.run import Options, Report
from syndicator.model.settings import Reach, Source
from syndicator.report import failing, mail
from syndicator.schedule.outage import OutageDetector

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
DOWN = "none of the 6 sources fetched could be reached (connect 6): is this machine's own network down?"

Run = Callable[[timedelta], Report]


def runner(folder: Path, *addresses: str) -> Run:
    """Return a cron run so long after NOW."""
    loaded = config.load(configuration(folder, *addresses))
    return lambda after: pipeline.run(
        loaded, Options(), NOW + after, threading.Event(), lambda _: None
    )


def test_a_network_that_is_down_for_days(tmp_path: Path) -> None:
    """One line after three runs, one at its end; the run in which it is back asks every source as
    it would have.
    """
    pages = {
        f"/{n}": rss(f"Blog {n}", [(f"Post {n}", f"Text {n}")], f"https://blog{n}.example")
        for n in range(6)
    }
    with site(dict(pages)) as blog:
        other = blog.url.replace("127.0.0.1", "localhost")
        run = runner(tmp_path, *(f"{(blog.url, other)[n % 2]}/{n}" for n in range(6)))
        assert run(0 * HOUR).changed == 6
        port = blog.url.rpartition(":")[2]
    reports = [run(hour * HOUR) for hour in range(1, 61)]
    assert [report.failed for report in reports] == [6] * 60
    assert [mail(report, report.started) for report in reports] == [
        [],
        [],
        [f"{DOWN} [failed 3 times, for 2 hours]"],
        *[[]] * 57,
    ]
    assert all(report.nothing_works and not report.failures for report in reports)
    assert failing(reports[0], reports[0].started) == [
        f"{DOWN} [failed once, for less than a minute]"
    ]
    idle = run(60 * HOUR + timedelta(minutes=15))
    assert (idle.due, idle.nothing_works, len(failing(idle, idle.started))) == (0, True, 1)
    with site(dict(pages), port=int(port)):
        back = run(61 * HOUR)
    assert (back.due, back.failed, back.nothing_works) == (6, 0, False)
    assert mail(back, back.started) == ["sources can be reached again: none could for 2 days"]
    assert failing(back, back.started) == []


@pytest.mark.parametrize(("interval", "wait"), [(HOUR / 4, HOUR / 4), (24 * HOUR, HOUR)])
def test_when_it_is_asked_again(interval: timedelta, wait: timedelta) -> None:
    """After its interval, within an hour: a source that is asked daily does not wait another
    day.
    """
    source = Source("a", "https://a.example/", interval=interval)
    asked = schedule.spared_state(source, replace(FAILING, url=source.url), START + HOUR)
    assert asked.next_due == START + HOUR + wait
    assert (
        asked.due_reason
        == "nothing at all could be reached: this machine's own network may be down"
    )
    assert (asked.consecutive, asked.failing_since) == (FAILING.consecutive, FAILING.failing_since)


SOURCES = (Source("a", "https://a.example/"),)
GOOD = SourceState("", last_attempt=START, last_success=START)
SPARED = SourceState("", last_attempt=START + HOUR, last_success=START)
FAILING = SourceState(
    "", last_attempt=START, last_success=START - HOUR, consecutive=4, failing_since=START - HOUR
)
STANDING = Outage(START, 1, {"dns": 2})


def judged(
    states: dict[str, SourceState], *others: object, before: Outage | None = None
) -> Outage | None:
    """Return what is thought of a run in which the sources of some hosts could not be reached,
    after `others`.
    """
    detector = OutageDetector(before, states)
    for outcome in others:
        source = Source("other", "https://other.example/")
        assert not detector.hold_back(source, outcome(Ask(source, source.url)))  # type: ignore[operator]
    for name in states:
        source = Source(name, f"https://{name}/feed")
        detector.hold_back(source, bad(Ask(source, source.url), "dns"))
    return detector.verdict(SOURCES, START + 2 * HOUR, SETTINGS)


def test_several_hosts_that_fail_at_once() -> None:
    """It begins where they worked when they were asked last."""
    assert judged({"a.example": GOOD, "b.example": GOOD}) == Outage(START + 2 * HOUR, 1, {"dns": 2})


@pytest.mark.parametrize(
    "states",
    [
        {"a.example": GOOD},
        {"a.example": GOOD, "a.example:8080": GOOD},  # one machine
        {"a.example": GOOD, "b.example": FAILING, "c.example": FAILING},
        {
            "a.example": SPARED,
            "b.example": SPARED,
        },  # others were reached since, or the outage would stand
        {"a.example": SourceState(""), "b.example": SourceState("")},  # mistyped, perhaps
        {},
    ],
)
def test_what_may_be_the_sources_own(states: dict[str, SourceState]) -> None:
    """One host, dead ones that are due alone, new ones: they back off and are told of, as ever."""
    assert judged(states) is None


def refused(ask: Ask) -> FetchFailed:
    return bad(ask, "forbidden", status=403)


def unanswered(ask: Ask) -> FetchFailed:
    return bad(ask, "timeout", status=408)


def same(ask: Ask) -> NotModified:
    return NotModified(ask.source.id, ask.url)


@pytest.mark.parametrize("answer", [refused, unanswered, same])
@pytest.mark.parametrize("before", [None, STANDING])
def test_any_answer_ends_the_detector(answer: object, before: Outage | None) -> None:
    """Be it a refusal."""
    assert judged({"a.example": GOOD, "b.example": GOOD}, answer, before=before) is None


@pytest.mark.parametrize("reach", ["public", "loopback"])
def test_a_server_on_this_machine_says_nothing_of_the_internet(reach: Reach) -> None:
    """It answers while the network is down; where all sources are in one's own network, it is an
    answer like others.
    """
    states = {name: replace(GOOD, reach=reach) for name in ("a.example", "b.example")}
    found = judged(states, lambda ask: replace(same(ask), reach="loopback"))
    assert (found is not None) == (reach == "public")


def test_an_outage_ends_with_the_last_source_that_has_an_address() -> None:
    """Else nothing would ever end it."""
    assert (
        OutageDetector(STANDING, {}).verdict(
            [Source("file", "", path=Path("feed.xml"))], START, SETTINGS
        )
        is None
    )


def test_a_file_works_while_the_network_is_down(tmp_path: Path) -> None:
    """So it isn't said that nothing does."""
    (tmp_path / "own.xml").write_bytes(rss("Own", [("Post", "Text")]))
    with site({f"/{n}": rss(f"Blog {n}", [("Post", f"Text {n}")]) for n in range(2)}) as blog:
        other = blog.url.replace("127.0.0.1", "localhost")
        run = runner(tmp_path, f"{blog.url}/0", f"{other}/1", "own.xml")
        assert run(0 * HOUR).changed == 3
    down = run(1 * HOUR)
    assert (down.failed, down.nothing_works, len(failing(down, down.started))) == (2, False, 1)


def test_what_says_nothing_of_the_network() -> None:
    """A file that is read, or not; a fetch that was broken off; a run in which nothing was due."""
    detector = OutageDetector(STANDING, {})
    file = Source("file", "", path=Path("feed.xml"))
    assert not detector.hold_back(file, bad(Ask(file, ""), "file"))
    assert not detector.hold_back(file, same(Ask(file, "")))
    other = Source("other", "https://other.example/")
    assert not detector.hold_back(other, bad(Ask(other, ""), "interrupted"))
    assert detector.verdict(SOURCES, START + HOUR, SETTINGS) == STANDING


def test_one_source_is_enough_for_it_to_go_on() -> None:
    """Others are not due yet; a day of it is news."""
    settings = SETTINGS
    detector = OutageDetector(STANDING, {"a": GOOD})
    source = Source("a", "https://a.example/")
    assert detector.hold_back(source, bad(Ask(source, ""), "timeout"))
    assert detector.verdict(SOURCES, START + HOUR, settings) == Outage(START, 2, {"timeout": 1})
    assert detector.verdict(SOURCES, START + 24 * HOUR, settings) == Outage(
        START, 2, {"timeout": 1}, alerted=True
    )
