"""The parser of the command line; docs/cli.md is made from it."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from syndicator.quantities import parse_duration
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


class Parser(argparse.ArgumentParser):
    """A parser that says which command was probably meant."""

    commands: Mapping[str, Any] = {}

    def error(self, message: str) -> NoReturn:
        """End with status 2; `message` is argparse's."""
        wrong = re.search(r"argument COMMAND: invalid choice: '([^']*)'", message)
        if wrong:
            close = difflib.get_close_matches(wrong[1], self.commands, n=1)
            known = f"the commands are {', '.join(self.commands)}"
            hint = f"did you mean `syndicator {close[0]}`?" if close else known
            message = f'there is no command "{wrong[1]}"; {hint}'
        elif "required: COMMAND" in message:
            message = "no command was given; " + _first_step()
        super().error(message)


def _first_step() -> str:
    if _CONFIG.exists():
        return "`syndicator run` fetches and publishes, `syndicator --help` lists the commands"
    return "`syndicator init` makes a feeds.toml to start from, `syndicator --help` lists the rest"


def parser(first: str = "") -> argparse.ArgumentParser:
    """Return the parser of the whole command line.

    `first` is its first word: if that is a command, the others are left out, since argparse takes
    a fifth of a millisecond for each option.
    """
    top = Parser(
        prog="syndicator",
        description="Fetch feeds, credit every post to its source, and republish one combined feed.",
        epilog=EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"syndicator {__version__}")
    _add_config(top, default=_CONFIG)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    top.commands = commands.choices
    adders = [_ADDERS[first]] if first in _ADDERS else dict.fromkeys(_ADDERS.values())
    for add in adders:
        add(commands)
    return top


def _add_config(command: argparse.ArgumentParser, default: object) -> None:
    what = "the configuration (default: feeds.toml)"
    command.add_argument("-c", "--config", metavar="FILE", type=Path, help=what, default=default)


def _add(
    commands: Commands[Parser],
    name: str,
    summary: str,
    more: str = "",
    *,
    module: str = "",
) -> Parser:
    """Add a command: the function of its name in a module of this package."""
    description = f"{summary[0].upper()}{summary[1:]}. {more}".strip()
    command = commands.add_parser(name, help=summary, description=description)
    # Also before the command: then it must not be overwritten by a default here.
    _add_config(command, default=argparse.SUPPRESS)
    command.set_defaults(module=module or name, command=name)
    return command


def _add_init(commands: Commands[Parser]) -> None:
    summary = "make a commented feeds.toml to start from"
    command = _add(commands, "init", summary, "Asks at a terminal.", module="setup")
    command.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?", default=Path(), help="its folder"
    )
    command.add_argument("--title", default="", help="the title of what you publish")
    command.add_argument("--link", metavar="URL", default="", help="where it will be served")
    command.add_argument(
        "--contact", default="", help="a mail address or URL by which you can be reached"
    )


def _add_add(commands: Commands[Parser]) -> None:
    command = _add(
        commands,
        "add",
        "find the feed of a site and add it to feeds.toml",
        "The home page is enough: feeds that it announces come first, then the usual places. "
        "Comments and order of the file stay.",
        module="setup",
    )
    command.add_argument(
        "addresses", metavar="ADDRESS", nargs="+", help="of a site, a page, a feed, or a path"
    )
    command.add_argument("--name", default="", help="its name, instead of the feed's own title")
    command.add_argument(
        "--tag", action="append", default=[], help="for [[feeds]] to choose by; may be repeated"
    )
    command.add_argument("--yes", action="store_true", help="take the best feed without asking")


def _add_edits(commands: Commands[Parser]) -> None:
    for name, summary in (
        ("remove", "take a source out of feeds.toml; its posts go with the next run"),
        ("rename", "give a source another name; its id and its posts stay"),
        ("pause", "ask a source no more; what is published stays"),
        ("resume", "ask a paused source again"),
    ):
        command = _add(commands, name, summary, module="setup")
        command.add_argument("source", metavar="SOURCE", help="by id, name or address")
        if name == "rename":
            command.add_argument("name", metavar="NAME", help="the new name")
    command = _add(commands, "list", "list the sources with tags and addresses", module="setup")
    command.set_defaults(command="list_")


def _add_export(commands: Commands[Parser]) -> None:
    summary = "print the public sources for another program"
    command = _add(commands, "export", summary, module="setup")
    command.add_argument(
        "--format",
        choices=("opml", "list"),
        default="opml",
        help="OPML, or an address a line",
    )


def _add_run(commands: Commands[Parser]) -> None:
    command = _add(commands, "run", "fetch what is due, store what is new, publish")
    force = (
        "every source is due, though a Retry-After still holds; feeds are compared by their bytes"
    )
    command.add_argument("--force", action="store_true", help=force)
    command.add_argument(
        "--source",
        metavar="NAME",
        action="append",
        default=[],
        help="only this source, by id or name; may be repeated",
    )
    command.add_argument(
        "--offline", action="store_true", help="publish from the store, without network"
    )
    dry_run = "say what changed settings would change in the documents; fetch and keep nothing"
    command.add_argument("--dry-run", action="store_true", help=dry_run)
    command.add_argument(
        "--rerender",
        action="store_true",
        help="give published posts the credit, lists, names and templates of now; "
        "take away what `content` and `images` let through no more",
    )
    command.add_argument(
        "--executor",
        metavar="ADDRESS",
        help="fetch and read on the workers of a cluster, such as dask://scheduler:8786",
    )
    command.add_argument(
        "--json", action="store_true", help="print what happened as one JSON object"
    )
    command.add_argument(
        "--log-format",
        choices=("text", "json"),
        default="text",
        help="json: a line an event on standard error, with time and run id",
    )
    loudness = command.add_mutually_exclusive_group()
    loudness.add_argument("-v", "--verbose", action="store_true", help="a line for each source")
    loudness.add_argument(
        "-q", "--quiet", action="store_true", help="say no more than cron would mail"
    )


def _add_fetch(commands: Commands[Parser]) -> None:
    command = _add(commands, "fetch", "show what one source would give", "Nothing is stored.")
    command.add_argument(
        "target",
        metavar="TARGET",
        help="a source's id or name, a feed's address, a page's address, a path, "
        "or - for standard input",
    )
    command.add_argument(
        "--format",
        choices=("text", "json", "rss", "atom"),
        default="text",
        help="text to read, or the document itself",
    )
    command.add_argument(
        "--json",
        dest="format",
        action="store_const",
        const="json",
        help="the same as --format json",
    )
    command.add_argument(
        "--limit", metavar="N", type=_count, default=0, help="the newest N posts (default: all)"
    )


def _add_vet(commands: Commands[Parser]) -> None:
    summary = "say whether a source is wanted as it is, and why"
    more = (
        "Fetches each feed twice and compares it with feeds.toml and the state file; stores "
        "nothing. Ends with 1 where one is not to be taken as it is."
    )
    command = _add(commands, "vet", summary, more)
    command.add_argument(
        "addresses",
        metavar="ADDRESS",
        nargs="+",
        help="of a site, a page, a feed, a path, or the name of a source",
    )
    command.add_argument(
        "--format",
        choices=("text", "markdown", "json"),
        default="text",
        help="text to read, Markdown for a comment on a pull request, or JSON",
    )


def _add_serve(commands: Commands[Parser]) -> None:
    command = _add(
        commands, "serve", "serve what is published, for a reader on this machine", module="admin"
    )
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)"
    )
    command.add_argument(
        "--port", type=_port, default=8000, help="the port to listen on (default: 8000)"
    )


def _add_status(commands: Commands[Parser]) -> None:
    summary = "show which sources fail, which have fallen silent, and how the others do"
    command = _add(commands, "status", summary)
    command.add_argument("--failing", action="store_true", help="only what fails, all of it")
    command.add_argument(
        "--silent",
        metavar="SPAN",
        type=_span,
        nargs="?",
        const=_YEAR,
        help="only sources without a post for so long (default: 1y)",
    )
    command.add_argument("--all", action="store_true", help="each source, also of more than 200")
    command.add_argument(
        "--letter",
        metavar="SOURCE",
        default="",
        help="ask a failing source once; print a letter to the owner of its site",
    )
    command.add_argument(
        "--html",
        metavar="FILE",
        type=Path,
        help="write a page of charts: posts a day, by source, failures, hours between posts",
    )
    command.add_argument(
        "--fail-if", metavar="N", type=_count, default=0, help="status 1 if N sources fail, or more"
    )
    command.add_argument("--json", action="store_true", help="as a JSON list")


def _add_why(commands: Commands[Parser]) -> None:
    summary = "say where a post came from, and why a feed shows it or does not"
    command = _add(commands, "why", summary, "Reads the state file, without network.")
    command.add_argument("post", metavar="POST", help="its id, its address, or words of its title")
    command.add_argument("--json", action="store_true", help="as a JSON list")


def _add_review(commands: Commands[Parser]) -> None:
    summary = "show what waits for a person, and approve or reject it"
    more = (
        "Without ACTION it lists the held sources, each with the reason, and their posts. Approving "
        "a source lets its posts through and ends its hold; rejecting it asks it no more."
    )
    command = _add(commands, "review", summary, more)
    command.add_argument(
        "action",
        metavar="ACTION",
        choices=("approve", "reject"),
        nargs="?",
        help="approve or reject",
    )
    command.add_argument(
        "names",
        metavar="NAME",
        nargs="*",
        help="a source by id, name or address, or a post by its number or address",
    )
    command.add_argument("--json", action="store_true", help="as a JSON list")


def _add_state(commands: Commands[Parser]) -> None:
    summary = "verify, compact or back up the state file"
    more = "backup FILE works while a run does; to restore, put FILE in the state file's place."
    command = _add(commands, "state", summary, more)
    command.add_argument(
        "action", choices=("verify", "compact", "backup"), help="verify, compact or backup"
    )
    command.add_argument("file", metavar="FILE", type=Path, nargs="?", help="the copy to make")


def _add_check(commands: Commands[Parser]) -> None:
    summary = "check the configuration and the published documents"
    more = "Sources that never worked are asked whether they are a feed or a page."
    command = _add(commands, "check", summary, more, module="admin")
    command.add_argument("--offline", action="store_true", help="ask no source")


def _add_theme(commands: Commands[Parser]) -> None:
    summary = "write our templates into a folder, as a theme to start from"
    more = "Each file tells what it makes. `extra.css` is added to our style."
    command = _add(commands, "theme", summary, more, module="admin")
    command.add_argument("folder", metavar="DIR", type=Path, help="a folder without templates")


def _add_withdraw(commands: Commands[Parser]) -> None:
    summary = "take posts out of all documents, pages and lists, for good"
    more = "Give one of POST, --source, --author and --pattern. Posts to come are not concerned."
    command = _add(commands, "withdraw", summary, more)
    command.add_argument(
        "post", metavar="POST", nargs="?", help="its id, its address, or that of our page of it"
    )
    command.add_argument("--source", metavar="NAME", help="all posts of a source")
    command.add_argument("--author", metavar="NAME", help="all posts of an author, by name or mail")
    command.add_argument(
        "--pattern", metavar="ADDRESS", help="all posts with such an address; * is any text"
    )
    command.add_argument("--undo", action="store_true", help="take it back, within a day")


def _add_import(commands: Commands[Parser]) -> None:
    command = _add(
        commands,
        "import",
        "turn another program's list of feeds into [[sources]] tables",
        "Prints what the configuration does not have yet; append it: "
        "syndicator import list.opml >> feeds.toml",
        module="importing",
    )
    command.set_defaults(command="import_")
    command.add_argument(
        "file",
        metavar="FILE",
        help="OPML, the INI file of a planet, the list of sfeed, rawdog, Perlanet, planet-sympy or "
        "mercury, or one with an address a line; - for standard input",
    )


def _add_adopt(commands: Commands[Parser]) -> None:
    command = _add(
        commands,
        "adopt",
        "begin the state file with what another planet publishes",
        "Keeps its ids, dates, order and bodies, so that its subscribers see nothing twice. Also "
        "of an earlier installation of this program whose state file is lost.",
        module="adopting",
    )
    command.add_argument(
        "target",
        metavar="TARGET",
        help="the address of the published feed (RSS, Atom, JSON Feed), a file, or the folder with "
        "its documents and archives",
    )


_YEAR = timedelta(days=365)


def _span(text: str) -> timedelta:
    span = parse_duration(text)
    if span is None:
        raise argparse.ArgumentTypeError(f'must be a span such as "90d" or "1y", not {text!r}')
    return span


def _count(text: str) -> int:
    return _whole(text, range(1, sys.maxsize), "of at least 1")


def _port(text: str) -> int:
    return _whole(text, range(65536), "from 0 to 65535")


def _whole(text: str, allowed: range, right: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", text) or int(text) not in allowed:
        raise argparse.ArgumentTypeError(f"must be a whole number {right}, not {text!r}")
    return int(text)


_ADDERS = {
    "init": _add_init,
    "add": _add_add,
    "remove": _add_edits,
    "rename": _add_edits,
    "pause": _add_edits,
    "resume": _add_edits,
    "list": _add_edits,
    "run": _add_run,
    "fetch": _add_fetch,
    "vet": _add_vet,
    "serve": _add_serve,
    "status": _add_status,
    "why": _add_why,
    "review": _add_review,
    "check": _add_check,
    "state": _add_state,
    "theme": _add_theme,
    "withdraw": _add_withdraw,
    "import": _add_import,
    "adopt": _add_adopt,
    "export": _add_export,
}
