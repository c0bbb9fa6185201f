"""`serve`, `check`, `withdraw`."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli.edge import Edge
from syndicator.errors import CheckFailed
from syndicator.urls import redacted


def serve(arguments: argparse.Namespace, edge: Edge) -> int:
    """Serve until a signal comes; nothing else ends it."""
    config = syndicator.load_config(arguments.config)
    with edge.signals() as stop:
        syndicator.serve_feeds(config, arguments.host, arguments.port, stop.event, say=edge.tell)
    return 128 + stop.signal


def check(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the findings, a line each. Raises CheckFailed if one is an error."""
    findings = list(syndicator.inspect(syndicator.load_config(arguments.config)))
    if findings:
        edge.write("\n".join(map(str, findings)))
    if any(finding.is_error for finding in findings):
        raise CheckFailed
    return 0


def withdraw(arguments: argparse.Namespace, edge: Edge) -> int:
    """Take a post out of all that is published."""
    syndicator.withdraw(syndicator.load_config(arguments.config), arguments.post, edge.now())
    edge.tell(f"withdrawn for good: {redacted(arguments.post)}")
    return 0
