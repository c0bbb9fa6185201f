"""Reading one body: a feed, a failure of its source, or a bug."""

from datetime import UTC, datetime

import pytest
from loopback import rss

from syndicator.model.fetch import Fetched
from syndicator.model.settings import Source
from syndicator.pipeline.reading import read

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_bug_that_a_feed_brings_out() -> None:
    """It costs that source its turn, says whose fault it is, and keeps its traceback."""
    source = Source(id="x", url="https://x.example/", filter=None)  # type: ignore[arg-type]
    result = read(Fetched("x", source.url, rss("X", [("One", "Text")])), source, NOW)
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
    found = read(Fetched("s", "https://s.example/", body), Source("s", "https://s.example/"), NOW)
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
    found = read(Fetched("s", "https://s.example/", body), Source("s", "https://s.example/"), NOW)
    assert found.failed is not None
    assert found.failed.kind == "bug"
    assert "KeyError: 'ours'" in found.fault
