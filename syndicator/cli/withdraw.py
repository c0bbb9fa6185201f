"""`withdraw`."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli.edge import Edge
from syndicator.errors import UsageError
from syndicator.pipeline.run import source_id
from syndicator.pipeline.withdrawing import Choice
from syndicator.quantities import counted
from syndicator.urls import redacted


def withdraw(arguments: argparse.Namespace, edge: Edge) -> int:
    """Take posts out of all that is published, or take that back."""
    config = syndicator.load_config(arguments.config)
    by, value = _chosen(arguments)
    if by == "source":
        value = source_id(config, value)
    if arguments.undo:
        count = syndicator.undo_withdrawal(config, value, edge.now(), by=by)
        edge.tell(f"back again: {counted(count, 'post')}")
        return 0
    count = syndicator.withdraw(config, value, edge.now(), by=by)
    posts = redacted(value) if by == "post" else counted(count, "post")
    edge.tell(f"withdrawn for good: {posts}; `--undo` takes it back for a day")
    if by != "post":
        edge.tell(_TO_COME[by])
    return 0


_TO_COME = {
    "source": "posts to come are not concerned: `syndicator remove` ends the source",
    "author": "posts to come are not concerned: `exclude` in a filter keeps them out",
    "pattern": "posts to come are not concerned: `exclude` in a filter keeps them out",
}


def _chosen(arguments: argparse.Namespace) -> tuple[Choice, str]:
    """Return how the posts are chosen, and by what. Raises UsageError for none or two ways."""
    ways: tuple[Choice, ...] = ("post", "source", "author", "pattern")
    given = [(way, getattr(arguments, way)) for way in ways if getattr(arguments, way)]
    if len(given) != 1:
        raise UsageError("give one of POST, --source, --author and --pattern")
    return given[0]
