"""`status`: the state of each source."""

from __future__ import annotations

import argparse

import syndicator
from syndicator import status as words
from syndicator.cli import terminal
from syndicator.cli.edge import Edge


def status(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the states as a table or as JSON."""
    config = syndicator.load_config(arguments.config)
    states = syndicator.states(config)
    if arguments.json:
        edge.write(terminal.as_json(words.rows(config.sources, states, edge.now())))
    else:
        edge.write(words.table(config.sources, states, edge.now()))
    return 0
