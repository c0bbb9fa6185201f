"""`serve`, `check`, `theme`."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli.edge import Edge
from syndicator.errors import CheckFailed, Interrupted


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


def theme(arguments: argparse.Namespace, edge: Edge) -> int:
    """Write our templates into a folder, as a theme to start from."""
    files = syndicator.write_theme(arguments.folder)
    edge.tell(f"{len(files)} files are in {arguments.folder}; remove those that stay as ours are")
    edge.tell(f'[feed] needs: templates = "{arguments.folder}"')
    return 0
