"""`adopt`: begin the state file with the feed that another program publishes."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli.edge import Edge
from syndicator.quantities import counted

_NAMED = 10  # sources that are told by name


def adopt(arguments: argparse.Namespace, edge: Edge) -> int:
    """Take over a published feed."""
    config = syndicator.load_config(arguments.config)
    result = syndicator.adopt(config, arguments.target, edge.now())
    posts, sources = counted(result.posts, "post"), counted(result.sources, "source")
    edge.tell(f"{result.title or arguments.target}: {posts} of {sources} taken over")
    if result.unnamed:
        names = ", ".join(result.unnamed[:_NAMED])
        more = len(result.unnamed) - _NAMED
        rest = f" and {more} more" if more > 0 else ""
        edge.tell(f"not in feeds.toml, so their posts are not shown: {names}{rest}")
    edge.tell("next: `syndicator run`; `names` in [feed] keeps the file names of the old feed")
    return 0
