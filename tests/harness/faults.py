"""Runs over changing feeds with a fault of the disk or of the database at each edge.

    python tests/harness/faults.py --count 200 [--seed 1]

One call fails with ENOSPC, EIO, EROFS, EACCES or EMFILE, or one SQL statement with "disk I/O
error", "database or disk is full" or "database is locked". With strace, single system calls inside
SQLite fail, too. The run ends with words or without harm, never with a traceback, and each
published file is whole. After the next run, without a fault, each post stands once in its feeds,
with the id that it has in an undisturbed run.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from planet import (
    STOPPED,
    Planet,
    Trials,
    Watch,
    arguments,
    can_trace,
    chosen_edges,
    clock,
    command,
    start,
    trace,
    wait,
)

_DISK = ("ENOSPC", "EIO", "EROFS", "EACCES", "EMFILE")
_DATABASE = ("disk I/O error", "database or disk is full", "database is locked")
_CALLS = ("pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink", "mkdir")


class Fault:
    """Fails one call as the system or SQLite fails it; remembers nothing of the run."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, edge: str) -> None:
        """Raise the error that belongs to a call."""
        if edge.endswith(("execute", "executemany", "connect")):
            raise sqlite3.OperationalError(_DATABASE[self.number % len(_DATABASE)])
        code = getattr(errno, _DISK[self.number % len(_DISK)])
        raise OSError(code, os.strerror(code))


def at_edges(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Let single calls of Python fail."""
    for step, place in chosen_edges(planet, count, dice):
        where = planet.trial(step)
        status = wait(start(where, clock(step), Watch(place, Fault(place))))
        yield _judged(planet, where, step, status, f"edge {place}")


def at_calls(planet: Planet, count: int, dice: random.Random) -> Trials:
    """Let single system calls fail, those of SQLite too."""
    for number in range(count):
        step = number % planet.steps
        where = planet.trial(step)
        call, error = dice.choice(_CALLS), dice.choice(_DISK[:3])
        place = dice.randint(1, 60)
        inject = f"inject={call}:error={error}:when={place}"
        status = trace(where, step, "-o", os.devnull, "-e", f"trace={call}", "-e", inject)
        yield _judged(planet, where, step, status, f"system call {call} {place} {error}")


def _judged(
    planet: Planet, where: Path, step: int, status: int, name: str
) -> tuple[str, list[str]]:
    """Return the outcome of a trial and its faults, and remove its folder unless it has some."""
    said = (where / "said").read_text("utf-8") if (where / "said").exists() else ""
    faults = planet.broken(where) + planet.incomplete(
        where, step, late=step == 0 and "can't be read" in said
    )
    if status not in (0, STOPPED):
        faults.insert(0, f"the run ended with {status}: {said[-1500:]}")
    if not faults:
        shutil.rmtree(where)
    outcome = {0: "the run went on", STOPPED: "the run ended with words"}.get(status, "a traceback")
    kind = " ".join(name.split()[: 2 if name.startswith("system") else 1])
    return f"{kind}: {outcome}", [f"step {step}, {name}: {fault} ({where})" for fault in faults]


def series(folder: Path, count: int, dice: random.Random) -> list[Trials]:
    """Let calls of Python fail and, where strace may trace, system calls."""
    planet = Planet(folder)
    traced = count // 4 if can_trace() else 0
    return [at_edges(planet, count - traced, dice), at_calls(planet, traced, dice)]


if __name__ == "__main__":
    raise SystemExit(command(arguments(__doc__).parse_args(), series))
