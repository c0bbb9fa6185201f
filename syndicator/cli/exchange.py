"""What goes to and comes from other programs: `import`, `adopt`, `export`."""

from __future__ import annotations

import argparse

import syndicator
from syndicator.cli.edge import Edge
from syndicator.importers.export import export as exported_bytes
from syndicator.importers.export import exported
from syndicator.quantities import counted

_NAMED = 10  # sources that are told by name


def import_(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the sources of a list that the configuration does not have yet."""
    result = syndicator.import_list(arguments.file, arguments.config)
    edge.write_bytes(result.text.encode())  # TOML is UTF-8, whatever the locale
    edge.say(result.remarks)
    return 0


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


def export(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the sources for another program."""
    config = syndicator.load_config(arguments.config)
    edge.write_bytes(exported_bytes(config, syndicator.source_facts(config), arguments.format))
    if left := len(config.sources) - len(exported(config)):
        edge.tell(f"left out: {counted(left, 'source')} that are private, or files")
    return 0
