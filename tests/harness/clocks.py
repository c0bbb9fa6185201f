"""Runs at wrong clocks, from 1901 to 2261, and back at the right one.

    python tests/harness/clocks.py --count 200 [--seed 1]

A run is given its time, as by a caller from Python: one before 2020 ends with words, one at any
later time publishes the posts of an undisturbed run. (The machine's own clock is refused before
the release of this version, which no trial can set.) Back at the right time each post stands once, under its id.
"""

from __future__ import annotations

import random
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from planet import STOPPED, Planet, Trials, arguments, command, start, wait

from syndicator.pipeline.run import EARLIEST

_FIRST, _LAST = datetime(1901, 1, 1, tzinfo=UTC), datetime(2261, 12, 31, tzinfo=UTC)


def at_wrong_times(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Run at one to three wrong times in a row, each drawn from all that a clock may say."""
    for number in range(count):
        step = number % planet.steps
        where = planet.trial(step)
        faults: list[str] = []
        for _ in range(dice.randint(1, 3)):
            now = _FIRST + timedelta(seconds=dice.random() * (_LAST - _FIRST).total_seconds())
            status = wait(start(where, now))
            if status != (STOPPED if now < EARLIEST else 0):
                faults.append(f"a run at {now:%Y-%m-%d} ended with {status}")
            faults += planet.broken(where)
        faults += planet.incomplete(where, step)
        if not faults:
            shutil.rmtree(where)
        yield "wrong clock", [f"step {step}: {fault} ({where})" for fault in faults]


def series(folder: Path, count: int, dice: random.Random) -> list[Trials]:
    """Run at wrong clocks."""
    return [at_wrong_times(Planet(folder), count, dice)]


if __name__ == "__main__":
    raise SystemExit(command(arguments(__doc__).parse_args(), series))
