"""No regular expression of the package hangs on a string of its own parts."""

import re
import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "bench"))
import pattern_sites
import patterns
from pattern_sites import Pattern

from syndicator.fetcher.responses import unwrapped
from syndicator.normalizer.attribution import wordings
from syndicator.pipeline.budget import budget


@cache
def everything() -> tuple[list[Pattern], list[str]]:
    return pattern_sites.patterns()


def test_all_calls_of_re() -> None:
    """Each one in the source has shown its pattern, those inside functions too."""
    made, missed = everything()
    assert len(made) > 700
    assert not missed


def test_bounds_of_patterns_that_are_gone() -> None:
    """There are none: each bound names a pattern."""
    assert patterns.BOUNDS.keys() <= {pattern.name for pattern in everything()[0]}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_patterns_on_their_own_parts(part: int) -> None:
    """None takes more than in proportion to the text, or it takes little for all that it can see."""
    steep = {pattern.name: patterns.steepest(pattern, 3) for pattern in everything()[0][part::8]}
    assert {name: growth for name, growth in steep.items() if growth} == {}


@pytest.mark.parametrize("written", [r"\s+$", "(a*)*b", "<[^>]*>"])
def test_a_pattern_that_grows_with_the_square(written: str) -> None:
    """It is told."""
    pattern = Pattern("x", re.compile(written), frozenset({"search"}))
    assert patterns.steepest(pattern, 6, most=0.5)


def test_many_starts_of_a_feed_in_a_page() -> None:
    """They are not followed to the end each: the body is no feed."""
    body = b"<html>" + b"<feed " * 300_000
    with budget(10, 10**9):
        assert unwrapped(body) == body
    assert unwrapped(b"<html><feed ><rss a='1'></RSS >\n</html>") == b"<rss a='1'></RSS >"


def test_a_name_of_words_that_run_together() -> None:
    """It is none that means any site."""
    with budget(10, 10**9):
        assert not wordings.is_generic("eigen" * 40)
