"""Runs over changing feeds, killed with SIGKILL: at a random moment, at an edge, at a system call.

    python tests/harness/kills.py --count 1000 [--seed 1]

An edge is the place before or after one call that writes, syncs, renames, removes, or executes
SQL. A system call is chosen by strace, where it is installed. After each kill no published file is
torn or lost, and SQLite finds the state file sound. The next run publishes, to the byte, what a run
publishes that nobody killed; the run after it writes nothing. So no post is missing or twice, and
no id has changed.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from planet import (
    STEPS,
    Planet,
    Watch,
    attempt,
    clock,
    edges,
    places,
    report,
    start,
    tally,
    wait,
)

CALLS = ("pwrite64", "write", "fsync", "fdatasync", "rename", "unlink", "mkdir", "ftruncate")


def at_moments(planet: Planet, count: int, dice: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Kill runs after a random part of the time that a whole one takes."""
    for number in range(count):
        step = number % STEPS
        where = planet.trial(step)
        begun = time.monotonic()
        wait(start(where, clock(step)))
        whole = time.monotonic() - begun
        shutil.rmtree(where)
        where = planet.trial(step)
        child = start(where, clock(step))
        time.sleep(dice.random() * whole)
        os.kill(child, signal.SIGKILL)
        yield _judged(planet, where, step, wait(child), "moment")


def at_edges(planet: Planet, count: int, dice: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Kill runs before and after single calls."""
    for step in range(STEPS):
        share = count // STEPS + (step < count % STEPS)
        for place in places(edges(planet, step), share, dice) if share else ():
            where = planet.trial(step)
            watch = Watch(place, lambda _: os.kill(os.getpid(), signal.SIGKILL))
            status = wait(start(where, clock(step), watch))
            yield _judged(planet, where, step, status, "edge")


def at_calls(planet: Planet, count: int, dice: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Kill runs at single system calls, those inside SQLite too."""
    for step in range(STEPS):
        share = count // STEPS + (step < count % STEPS)
        where = planet.trial(step)
        log = where / "calls"
        trace(where, step, "-o", str(log), "-e", f"trace={','.join(CALLS)}")
        text = log.read_text("utf-8", "replace")
        main_thread = text.split(maxsplit=1)[0]  # strace counts the calls of each thread
        names = Counter(re.findall(rf"^{main_thread} +(\w+)\(", text, re.M))
        calls = [(name, n) for name, most in sorted(names.items()) for n in range(1, most + 1)]
        shutil.rmtree(where)
        for name, n in dice.sample(calls, min(share, len(calls))):
            where = planet.trial(step)
            inject = f"inject={name}:signal=SIGKILL:when={n}"
            status = trace(where, step, "-o", os.devnull, "-e", f"trace={name}", "-e", inject)
            yield _judged(planet, where, step, status, "system call")


def trace(where: Path, step: int, *options: str) -> int:
    """Run a step in a process of its own under strace; return its exit status."""
    command = ["strace", "-f", *options, sys.executable, __file__]
    command += ["--one", str(where), "--step", str(step)]
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


def _judged(
    planet: Planet, where: Path, step: int, status: int, kind: str
) -> tuple[str, list[str]]:
    """Return the kind of a trial and its faults, and remove its folder unless it has some."""
    faults = planet.torn(where, step) + planet.recovered(where, step)
    if not faults:
        shutil.rmtree(where)
    killed = "killed" if status == -signal.SIGKILL else f"ended with {status} before the kill"
    return f"{kind}: {killed}", [f"step {step}, {kind}: {fault} ({where})" for fault in faults]


def killed(folder: Path, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Kill some runs; return how many of each kind there were, and the faults."""
    dice = random.Random(seed)
    planet = Planet(folder)
    traced = count // 5 if shutil.which("strace") else 0
    moments = (count - traced) // 3
    return tally(
        at_moments(planet, moments, dice),
        at_edges(planet, count - traced - moments, dice),
        at_calls(planet, traced, dice),
    )


def main() -> int:
    """Kill runs, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--step", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return attempt(options.one, clock(options.step))
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    return report(*killed(folder, options.count, options.seed), folder)


if __name__ == "__main__":
    raise SystemExit(main())
