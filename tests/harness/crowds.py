"""Several runs at the same time, some of them killed, while the published files are read.

    python tests/harness/crowds.py --count 100 [--seed 1]

One run holds the lock; each other one ends with words. Every file that is read meanwhile is a whole
document. After the next run each post stands once, under its id.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from planet import STOPPED, Planet, Trials, arguments, clock, command, start, wait


def at_one_time(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Start two to five runs within moments of each other, and kill one of them now and then."""
    for number in range(count):
        step = number % planet.steps
        where = planet.trial(step)
        crowd: list[int] = []
        for _ in range(dice.randint(2, 5)):
            crowd.append(start(where, clock(step)))
            time.sleep(dice.random() * 0.05)
        killed = dice.choice(crowd) if dice.random() < 0.3 else 0
        if killed:
            time.sleep(dice.random() * 0.3)
            os.kill(killed, signal.SIGKILL)
        faults = planet.broken(where)
        statuses = [wait(child) for child in crowd]
        allowed = (0, STOPPED, -signal.SIGKILL)
        faults += [f"a run ended with {status}" for status in statuses if status not in allowed]
        if not killed and 0 not in statuses:
            faults.append("no run went through")
        faults += planet.broken(where) + planet.incomplete(where, step)
        if not faults:
            shutil.rmtree(where)
        yield "runs at one time", [f"step {step}: {fault} ({where})" for fault in faults]


def series(folder: Path, count: int, dice: random.Random) -> list[Trials]:
    """Start runs at the same time."""
    return [at_one_time(Planet(folder), count, dice)]


if __name__ == "__main__":
    raise SystemExit(command(arguments(__doc__).parse_args(), series))
