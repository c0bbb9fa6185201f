"""The parser of the command line; docs/cli.md is made from it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from syndicator.cli.commands import COMMANDS, Command
from syndicator.version import __version__

EXIT_STATUS = """\
exit status:
  0    done; sources may have failed, their last good posts stay published
  1    no configured source works, or nothing could be published, or a check failed
  2    wrong usage or configuration
  75   another run holds the lock
  130  interrupted, 143 terminated; what was fetched by then is published
"""
_CONFIG = Path("feeds.toml")
# argparse has no public name for the result of add_subparsers.
Commands = argparse._SubParsersAction
# argparse asks a formatter about each option, and one that asks for the terminal's width loads
# three archivers.
_CHECKING = partial(argparse.HelpFormatter, width=80)


class Parser(argparse.ArgumentParser):
    """A parser that says which command was probably meant."""

    commands: Mapping[str, Any] = {}

    def error(self, message: str) -> NoReturn:
        """End with status 2; `message` is argparse's."""
        wrong = re.search(r"argument COMMAND: invalid choice: '([^']*)'", message)
        if wrong:
            import difflib  # here: only a mistake needs it

            close = difflib.get_close_matches(wrong[1], self.commands, n=1)
            known = f"the commands are {', '.join(self.commands)}"
            hint = f"did you mean `syndicator {close[0]}`?" if close else known
            message = f'there is no command "{wrong[1]}"; {hint}'
        elif "required: COMMAND" in message:
            first = "`syndicator init` makes a feeds.toml to start from"
            if _CONFIG.exists():
                first = "`syndicator run` fetches and publishes"
            message = f"no command was given; {first}, `syndicator --help` lists the others"
        super().error(message)


def parser(first: str = "") -> argparse.ArgumentParser:
    """Return the parser of the whole command line.

    `first` is its first word: if that is a command, the others are left out, since argparse takes
    a fifth of a millisecond for each option.
    """
    top = Parser(
        prog="syndicator",
        description="Fetch feeds, credit every post to its source, and republish one combined feed.",
        epilog=EXIT_STATUS,
        formatter_class=_CHECKING,
    )
    top.add_argument("--version", action="version", version=f"syndicator {__version__}")
    _add_config(top, default=_CONFIG)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    top.commands = commands.choices
    for name, command in COMMANDS.items():
        if name == first or first not in COMMANDS:
            _add(commands, name, command)
    top.formatter_class = argparse.RawDescriptionHelpFormatter
    return top


def _add_config(command: argparse.ArgumentParser, default: object) -> None:
    what = "the configuration (default: feeds.toml)"
    command.add_argument("-c", "--config", metavar="FILE", type=Path, help=what, default=default)


def _add(commands: Commands[Parser], name: str, command: Command) -> None:
    """Add a command to the parser."""
    summary = command.summary
    description = f"{summary[0].upper()}{summary[1:]}. {command.more}".strip()
    added = commands.add_parser(
        name, help=summary, description=description, formatter_class=_CHECKING
    )
    # Also before the command: then it must not be overwritten by a default here.
    _add_config(added, default=argparse.SUPPRESS)
    added.set_defaults(module=command.module or name, command=command.function or name)
    for names, options in command.arguments:
        added.add_argument(*names, **options)
    if command.one_of:
        group = added.add_mutually_exclusive_group()
        for names, options in command.one_of:
            group.add_argument(*names, **options)
    added.formatter_class = argparse.HelpFormatter
