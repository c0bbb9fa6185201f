"""A small share of each harness; `docs/reliability.md` has the figures of the large ones."""

import random
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent / "harness"))
import faults
import kills
import mutations
from planet import Planet


@pytest.fixture(scope="module")
def planet(tmp_path_factory: pytest.TempPathFactory) -> Planet:
    """A planet with the folders of its undisturbed runs."""
    return Planet(tmp_path_factory.mktemp("planet"))


@pytest.mark.slow
def test_killed_at_an_edge(planet: Planet) -> None:
    """The next run publishes, to the byte, what an undisturbed one does."""
    trials = list(kills.at_edges(planet, 3, random.Random(3)))
    assert [wrong for _, found in trials for wrong in found] == []
    assert [kind for kind, _ in trials] == ["edge: killed"] * 3


@pytest.mark.slow
def test_killed_at_a_random_moment(planet: Planet) -> None:
    """No file is torn, no post is missing or twice, and no id has changed."""
    trials = list(kills.at_moments(planet, 2, random.Random(3)))
    assert [wrong for _, found in trials for wrong in found] == []


@pytest.mark.slow
def test_a_fault_of_the_disk_or_the_database(planet: Planet) -> None:
    """The run ends with words or goes on, and the next one completes it."""
    trials = list(faults.at_edges(planet, 2, random.Random(3)))
    assert [wrong for _, found in trials for wrong in found] == []


@pytest.mark.slow
def test_mutated_feeds_and_payloads() -> None:
    """No exception escapes, and nothing that could run is left in a body."""
    assert sum(mutations.tried(40, 3)) > 0
