"""Runs over changing feeds, killed with SIGKILL: at a random moment, at an edge, at a system call.

    python tests/harness/kills.py --count 1000 [--seed 1]

An edge is the place before or after one call that writes, syncs, renames, removes, or executes
SQL. A system call is chosen by strace, where it is installed. After each kill no published file is
torn or lost, and SQLite finds the state file sound. The next run publishes, to the byte, what a run
publishes that nobody killed; the run after it writes nothing. So no post is missing or twice, and
no id has changed.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from planet import (
    STEPS,
    Planet,
    Trials,
    Watch,
    chosen_edges,
    clock,
    command,
    shares,
    start,
    trace,
    wait,
)

CALLS = ("pwrite64", "write", "fsync", "fdatasync", "rename", "unlink", "mkdir", "ftruncate")


def at_moments(planet: Planet, count: int, dice: random.Random) -> Trials:
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


def at_edges(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Kill runs before and after single calls."""
    for step, place in chosen_edges(planet, count, dice):
        where = planet.trial(step)
        watch = Watch(place, lambda _: os.kill(os.getpid(), signal.SIGKILL))
        status = wait(start(where, clock(step), watch))
        yield _judged(planet, where, step, status, "edge")


def at_calls(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Kill runs at single system calls, those inside SQLite too."""
    for step, share in enumerate(shares(count)):
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


def _judged(
    planet: Planet, where: Path, step: int, status: int, kind: str
) -> tuple[str, list[str]]:
    """Return the kind of a trial and its faults, and remove its folder unless it has some."""
    faults = planet.torn(where, step) + planet.recovered(where, step)
    if not faults:
        shutil.rmtree(where)
    killed = "killed" if status == -signal.SIGKILL else f"ended with {status} before the kill"
    return f"{kind}: {killed}", [f"step {step}, {kind}: {fault} ({where})" for fault in faults]


def series(folder: Path, count: int, dice: random.Random) -> list[Trials]:
    """Kill runs at moments, at edges and, where strace is installed, at system calls."""
    planet = Planet(folder)
    traced = count // 5 if shutil.which("strace") else 0
    moments = (count - traced) // 3
    return [
        at_moments(planet, moments, dice),
        at_edges(planet, count - traced - moments, dice),
        at_calls(planet, traced, dice),
    ]


if __name__ == "__main__":
    raise SystemExit(command(__doc__, series))
