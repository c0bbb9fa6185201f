"""`import`: print the tables of another program's list."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli.edge import Edge


def import_(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the sources of a list that the configuration does not have yet."""
    result = syndicator.import_list(arguments.file, arguments.config)
    edge.write_bytes(result.text.encode())  # TOML is UTF-8, whatever the locale
    edge.say(result.remarks)
    return 0
