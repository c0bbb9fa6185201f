"""`why`: the origin and the history of a post, and the reason why a feed shows it or not."""

from __future__ import annotations

import argparse

import msgspec

import syndicator
from syndicator import why as words
from syndicator.cli.edge import Edge
from syndicator.cli.terminal import as_json


def why(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the way of a post."""
    posts = words.why(syndicator.load_config(arguments.config), arguments.post)
    if arguments.json:
        edge.write(as_json(msgspec.to_builtins(posts)))
    else:
        edge.write_lines(words.text(posts))
    return 0
