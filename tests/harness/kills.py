"""Runs over changing feeds, killed with SIGKILL: at a random moment, at an edge, at a system call.

    python tests/harness/kills.py --count 1000 [--seed 1] [--series ../shared/feeds/series]
    python tests/harness/kills.py --every [STEP ...] [--series ../shared/feeds/series]

An edge is the place before or after one call that writes, syncs, renames, removes, or executes
SQL. A system call is chosen by strace, where it may trace. With `--every`, runs are killed at each
system call that changes a file, once each: in the steps that are named, from 0, or in all. The
feeds are of our own writing, or those of captured series, a version a step.

After each kill no published file is torn or lost, and SQLite finds the state file sound. The next
run publishes, to the byte, what a run publishes that nobody killed; the run after it writes
nothing. So no post is missing or twice, and no id has changed.
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
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from planet import (
    OWN,
    Feeds,
    Planet,
    Trials,
    Watch,
    arguments,
    can_trace,
    captured_feeds,
    chosen_edges,
    clock,
    command,
    start,
    trace,
    wait,
)

# Calls that change a file. Those that sync change none: a kill leaves the same before and after.
CHANGES = (
    *("openat", "write", "pwrite64", "ftruncate", "rename", "unlink", "mkdir", "rmdir"),
    *("link", "symlink", "chmod", "fchmod", "utimensat"),
)
SYNCS = ("fsync", "fdatasync")
_READ_ONLY = re.compile(r"openat\((?!.*O_CREAT)")


def at_moments(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Kill runs after a random part of the time that a whole one takes."""
    for step, share in enumerate(planet.shares(count)):
        whole = _time(planet, step)
        for _ in range(share):
            where = planet.trial(step)
            child = start(where, clock(step))
            time.sleep(dice.random() * whole)
            os.kill(child, signal.SIGKILL)
            yield _judged(planet, where, step, wait(child), "moment")


def _time(planet: Planet, step: int) -> float:
    """Return the seconds that a whole run of a step takes."""
    where = planet.trial(step)
    begun = time.monotonic()
    wait(start(where, clock(step)))
    seconds = time.monotonic() - begun
    shutil.rmtree(where)
    return seconds


def at_edges(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Kill runs before and after single calls."""
    for step, place in chosen_edges(planet, count, dice):
        where = planet.trial(step)
        watch = Watch(place, lambda _: os.kill(os.getpid(), signal.SIGKILL))
        status = wait(start(where, clock(step), watch))
        yield _judged(planet, where, step, status, "edge", str(place))


def at_calls(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Kill runs at single system calls, those inside SQLite too."""
    for step, share in enumerate(planet.shares(count)):
        calls = calls_of(planet, step, CHANGES + SYNCS)
        yield from _at(planet, step, dice.sample(calls, min(share, len(calls))))


def at_every_call(planet: Planet, steps: Iterable[int]) -> Trials:
    """Kill the runs of steps at each system call that changes a file: all that a kill can leave."""
    for step in steps:
        yield from _at(planet, step, calls_of(planet, step, CHANGES))


def calls_of(planet: Planet, step: int, names: tuple[str, ...]) -> list[tuple[str, int]]:
    """Return the calls of the main thread of a step's run: name, and number among its namesakes."""
    where = planet.trial(step)
    log = where / "calls"
    trace(where, step, "-o", str(log), "-e", f"trace={','.join(names)}")
    lines = log.read_text("utf-8", "replace").splitlines()
    shutil.rmtree(where)
    main_thread = lines[0].split(maxsplit=1)[0]  # strace counts the calls of each thread
    numbers: Counter[str] = Counter()
    calls: list[tuple[str, int]] = []
    for line in lines:
        call = re.match(rf"{main_thread} +(\w+)\(", line)
        if call:
            numbers[call[1]] += 1
            if not _READ_ONLY.search(line):
                calls.append((call[1], numbers[call[1]]))
    return calls


def _at(planet: Planet, step: int, calls: list[tuple[str, int]]) -> Trials:
    """Kill a run as it enters each of these calls."""
    for name, number in calls:
        where = planet.trial(step)
        inject = f"inject={name}:signal=SIGKILL:when={number}"
        status = trace(where, step, "-o", os.devnull, "-e", f"trace={name}", "-e", inject)
        yield _judged(planet, where, step, status, "system call", f"{name} {number}")


def _judged(
    planet: Planet, where: Path, step: int, status: int, kind: str, place: str = ""
) -> tuple[str, list[str]]:
    """Return the kind of a trial and its faults, and remove its folder unless it has some."""
    faults = planet.torn(where, step) + planet.recovered(where, step)
    if not faults:
        shutil.rmtree(where)
    name = f"{kind} {place}".rstrip()
    killed = "killed" if status == -signal.SIGKILL else f"ended with {status} before the kill"
    return f"{kind}: {killed}", [f"step {step}, {name}: {fault} ({where})" for fault in faults]


def series(
    folder: Path,
    count: int,
    dice: random.Random,
    feeds: Sequence[Feeds] = OWN,
    *,
    every: Sequence[int] | None = None,
) -> list[Trials]:
    """Kill runs at moments, at edges and, where strace may trace, at system calls."""
    planet = Planet(folder, feeds)
    if every is not None:
        return [at_every_call(planet, every or range(planet.steps))]
    traced = count * 3 // 5 if can_trace() else 0
    moments = (count - traced) // 2
    return [
        at_moments(planet, moments, dice),
        at_edges(planet, count - traced - moments, dice),
        at_calls(planet, traced, dice),
    ]


def main() -> int:
    """Kill runs, and say what came of it."""
    parser = arguments(__doc__)
    parser.add_argument("--series", type=Path, help="a folder of captured series")
    every = "kill at each system call that changes a file, in these steps or in all"
    parser.add_argument("--every", nargs="*", type=int, metavar="STEP", help=every)
    options = parser.parse_args()
    feeds = captured_feeds(options.series) if options.series else OWN
    return command(options, partial(series, feeds=feeds, every=options.every))


if __name__ == "__main__":
    raise SystemExit(main())
