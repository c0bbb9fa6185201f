"""argv -> one command -> exit status.

Standard output carries results only; all else goes to standard error. A command is a function of
a module beside this one, imported only when it runs: `--version`, and a run with nothing due, start
in a tenth of a second. Commands use the public API (`syndicator.run` ...), and `report` and `terminal`
for words.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from syndicator.cli.arguments import EXIT_STATUS, parser
from syndicator.cli.edge import Edge, mend_streams
from syndicator.errors import SyndicatorError

__all__ = ["EXIT_STATUS", "main", "parser"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    mend_streams()
    edge = Edge()
    try:
        words = sys.argv[1:] if argv is None else argv
        arguments = parser(words[0] if words else "").parse_args(words)
        command = import_module(f"syndicator.cli.{arguments.module}")
        return int(getattr(command, arguments.command)(arguments, edge))
    except SyndicatorError as error:
        if str(error):
            edge.tell(f"syndicator: {error}")
        return error.exit_code
    except KeyboardInterrupt:  # nothing is to be ended in order: `check`, or a run not begun yet
        return 128 + signal.SIGINT
