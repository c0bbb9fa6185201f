"""`state`: verify, compact or copy the state file."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli.edge import Edge
from syndicator.errors import CheckFailed, UsageError
from syndicator.lock import run_lock
from syndicator.store import maintenance


def state(arguments: argparse.Namespace, edge: Edge) -> int:
    """Verify, compact or copy the state file. Raises CheckFailed if it is damaged."""
    path = syndicator.load_config(arguments.config).state
    if (arguments.action == "backup") != (arguments.file is not None):
        raise UsageError("FILE is for `state backup FILE`, and is needed there")
    if not path.is_file():
        raise UsageError(f"there is no state file {path} yet: `syndicator run` makes it")
    if arguments.action == "verify":
        problems = list(maintenance.problems(path))
        edge.write_lines(problems or [f"{path} is sound"])
        if problems:
            raise CheckFailed
    elif arguments.action == "backup":
        size = maintenance.backup(path, arguments.file)
        edge.tell(f"{arguments.file}: {size} bytes, verified")
    else:
        with run_lock(path):
            before, after = maintenance.compact(path)
        edge.tell(f"{path}: {before} bytes before, {after} now")
    return 0
