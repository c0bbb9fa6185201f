"""`fetch`: show one source's posts as they would be published."""

from __future__ import annotations

import argparse
import sys

import syndicator
from syndicator.cli import terminal
from syndicator.cli.edge import Edge
from syndicator.errors import Interrupted

_AT_TERMINAL = 10  # posts that are shown there, unless --limit says how many


def fetch(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print a preview, or the document that would be published."""
    now = edge.now()
    with edge.signals() as stop:
        preview = syndicator.preview(arguments.target, arguments.config, now, stop.event)
        if preview is None:
            raise Interrupted(stop.signal)
    edge.say(preview.remarks)
    for address in preview.others:
        title = preview.titles.get(address, "")
        edge.tell(f"another feed of that page: {address}{f'  {title}' if title else ''}")
    if arguments.format == "text":
        with edge.results():
            limit = arguments.limit or (_AT_TERMINAL if sys.stdout.isatty() else 0)
            terminal.posts(terminal.console(), preview, limit)
        return 0
    edge.write_bytes(syndicator.document(preview, arguments.format, arguments.limit, now))
    return 0
