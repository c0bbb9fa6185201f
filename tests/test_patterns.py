"""No regular expression of the package hangs on a string of its own parts."""

import sys
from pathlib import Path

import pytest

from syndicator.pipeline.budget import budget

sys.path.append(str(Path(__file__).resolve().parents[1] / "bench"))
import patterns

PATTERNS = patterns.patterns()


def test_there_are_patterns() -> None:
    """They are found in the modules themselves."""
    assert len(PATTERNS) > 200


@pytest.mark.slow
@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_on_its_own_parts(name: str) -> None:
    """It ends within a budget that no linear pattern reaches, and no quadratic one on a text of 2 kB."""
    pattern = PATTERNS[name]
    with budget(5, 10**9):
        for text in patterns.strings(pattern, patterns.longest(name, 2000), 6):
            patterns.searched(pattern, text)
