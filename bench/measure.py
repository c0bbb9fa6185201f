"""A command -> what it cost: CPU and wall seconds, and the most memory it had at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a program took, with the processes that it started, and what it printed."""

    cpu: float  # seconds, user and system
    wall: float  # seconds
    peak: float  # MB of resident memory, of the largest of its processes
    output: str


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command in a folder; end the bench where it fails. `environment` is put over our
    own.
    """
    ours = {**os.environ, **(environment or {})}
    ours.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody's cron compiles every module at every run
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as failed:
        started = time.monotonic()
        with subprocess.Popen(command, cwd=folder, env=ours, stdout=said, stderr=failed) as process:
            # Not the difference of all children's: that has no peak of this one. Linux counts the
            # memory of whoever starts a program to its peak, so what fills a store must be a
            # process of its own.
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - started
        said.seek(0)
        output = said.read().decode()
        if process.returncode:
            failed.seek(0)
            words = failed.read().decode()[-800:]
            sys.exit(f"{' '.join(command[:4])} ended with status {process.returncode}: {words}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, output)
