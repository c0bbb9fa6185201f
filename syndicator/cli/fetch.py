"""`fetch`: show one source's posts as they would be published."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli import terminal
from syndicator.cli.edge import Edge
from syndicator.errors import Interrupted


def fetch(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print a preview, or the document that would be published."""
    now = edge.now()
    with edge.signals() as stop:
        preview = syndicator.preview(arguments.target, arguments.config, now, stop.event)
        if preview is None:
            raise Interrupted(stop.signal)
    edge.say(preview.remarks)
    edge.say(f"another feed of that page: {address}" for address in preview.others)
    if arguments.format == "text":
        with edge.results():
            terminal.posts(terminal.console(), preview, arguments.limit)
        return 0
    edge.write_bytes(syndicator.document(preview, arguments.format, arguments.limit, now))
    return 0
