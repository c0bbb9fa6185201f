"""Look after an installation: `serve`, `check`, `state`, `theme`."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli.edge import Edge
from syndicator.errors import CheckFailed, Interrupted, UsageError
from syndicator.lock import run_lock
from syndicator.pipeline.following import Followed
from syndicator.store import maintenance


def serve(arguments: argparse.Namespace, edge: Edge) -> int:
    """Serve until a signal comes; nothing else ends it."""
    config = syndicator.load_config(arguments.config)
    with edge.signals() as stop:
        syndicator.serve_feeds(config, arguments.host, arguments.port, stop.event, say=edge.tell)
    return 128 + stop.signal


def check(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the findings, a line each. Raises CheckFailed if one is an error."""
    config = syndicator.load_config(arguments.config)
    findings = list(syndicator.inspect(config))
    if not arguments.offline:
        with edge.signals() as stop:
            findings += syndicator.home_pages(config, stop.event)
        if stop.signal:
            raise Interrupted(stop.signal)
    if findings:
        edge.write("\n".join(map(str, findings)))
    if any(finding.is_error for finding in findings):
        raise CheckFailed
    return 0


def state(arguments: argparse.Namespace, edge: Edge) -> int:
    """Verify, compact or copy the state file. Raises CheckFailed if it is damaged."""
    path = syndicator.load_config(arguments.config).state
    if (arguments.action == "backup") != (arguments.file is not None):
        raise UsageError("FILE is for `state backup FILE`, and is needed there")
    if not path.is_file():
        raise UsageError(f"there is no state file {path} yet: `syndicator run` makes it")
    if arguments.action == "verify":
        problems = list(maintenance.problems(path, [Followed]))
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


def theme(arguments: argparse.Namespace, edge: Edge) -> int:
    """Write our templates into a folder, as a theme to start from."""
    files = syndicator.write_theme(arguments.folder)
    edge.tell(f"{len(files)} files are in {arguments.folder}; remove those that stay as ours are")
    edge.tell(f'[feed] needs: templates = "{arguments.folder}"')
    return 0
