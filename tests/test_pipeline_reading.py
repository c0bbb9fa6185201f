"""Reading bodies: here, or in other processes where there are many."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from loopback import rss

from syndicator.model.fetch import Fetched, NotModified, Outcome
from syndicator.model.settings import Source
from syndicator.pipeline import reading
from syndicator.pipeline.reading import Known, Reading, read, readings

NOW = datetime(2026, 11, 24, tzinfo=UTC)
Result = tuple[Source, Outcome, Reading | None]


def outcomes(count: int) -> Iterator[tuple[Source, Outcome]]:
    for number in range(count):
        source = Source(id=f"s{number}", url=f"https://s{number}.example/feed")
        if number % 4 == 3:
            yield source, NotModified(source.id, source.url)
        else:
            body = rss(f"Blog {number}", [(f"Post {n}", f"Text {n} of {number}") for n in range(5)])
            yield source, Fetched(source.id, source.url, body if number % 5 else b"no feed")


def nothing_known(_source: str) -> Known:
    return Known()


def by_source(results: Iterator[Result]) -> dict[str, Reading | None]:
    return {source.id: found for source, _, found in results}


def test_many_unread_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes read them; what comes of it is the same."""
    here = by_source(readings(outcomes(12), nothing_known, NOW, unread=0))
    monkeypatch.setattr(reading, "MANY", 2)
    assert by_source(readings(outcomes(12), nothing_known, NOW, unread=12)) == here
    assert here["s0"] is not None
    assert here["s0"].failed is not None
    assert here["s1"] is not None
    assert here["s1"].feed is not None
    assert here["s3"] is None


def test_a_process_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had is read here: no source loses its turn."""
    monkeypatch.setattr(reading, "MANY", 2)
    found = {}
    for source, _, result in readings(outcomes(40), nothing_known, NOW, unread=40):
        found[source.id] = result
        for child in multiprocessing.active_children():
            if child.pid and len(found) == 3:
                os.kill(child.pid, signal.SIGKILL)
    assert found == by_source(readings(outcomes(40), nothing_known, NOW, unread=0))


def test_a_bug_that_a_feed_brings_out() -> None:
    """It costs that source its turn, says whose fault it is, and keeps its traceback."""
    source = Source(id="x", url="https://x.example/", filter=None)  # type: ignore[arg-type]
    result = read(Fetched("x", source.url, rss("X", [("One", "Text")])), source, Known(), NOW)
    assert result.failed is not None
    assert result.failed.kind == "bug"
    assert "syndicator's own" in result.failed.error
    assert "Traceback" in result.fault


def test_what_feedparser_cannot_read_is_the_fault_of_the_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It raises anything on some; the source is told of, with no traceback."""
    body = (
        b"<rss><channel><item><title>a</title></item></channel>"  # not well-formed, so it is asked
    )

    def stumble(*_: object, **__: object) -> None:
        raise TypeError("odd bytes")

    monkeypatch.setattr("feedparser.parse", stumble)
    found = read(
        Fetched("s", "https://s.example/", body), Source("s", "https://s.example/"), Known(), NOW
    )
    assert found.failed is not None
    assert (found.failed.kind, found.failed.error) == (
        "not-a-feed",
        "no parser can read it: TypeError: odd bytes",
    )
    assert not found.fault


@pytest.mark.parametrize("where", ["parser.dispatch.parse_fast", "parser.dispatch.to_utf8"])
def test_a_bug_of_ours_in_the_parser_is_told_as_such(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs that source its turn, and its traceback is shown: it is no fault of the source."""

    def stumble(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(f"syndicator.{where}", stumble)
    body = b'<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><item><title>\xe9</title></item></channel></rss>'
    found = read(
        Fetched("s", "https://s.example/", body), Source("s", "https://s.example/"), Known(), NOW
    )
    assert found.failed is not None
    assert found.failed.kind == "bug"
    assert "KeyError: 'ours'" in found.fault
