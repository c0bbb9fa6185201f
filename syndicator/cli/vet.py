"""`vet`: a verdict on each source that somebody proposes."""

from __future__ import annotations

import argparse

import msgspec

import syndicator
from syndicator.cli.edge import Edge
from syndicator.cli.terminal import as_json
from syndicator.errors import Interrupted
from syndicator.vetting import words


def vet(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the verdicts; return 1 if a source should not be taken as it is."""
    verdicts = []
    with edge.signals() as stop:
        for address in arguments.addresses:
            verdict = syndicator.vet(address, arguments.config, edge.now(), stop.event)
            if verdict is None:
                raise Interrupted(stop.signal)
            verdicts.append(verdict)
    if arguments.format == "json":
        edge.write(as_json(msgspec.to_builtins(verdicts)))
    else:
        form = words.markdown if arguments.format == "markdown" else words.text
        edge.write_lines(form(verdicts))
    return 0 if all(verdict.is_wanted for verdict in verdicts) else 1
