"""The commands of the command line, as data: their words, their functions, their arguments."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from syndicator.quantities import parse_duration

Argument = tuple[tuple[str, ...], dict[str, Any]]  # as `add_argument` takes it


class Command(NamedTuple):
    """A command; its function is one of a module of this package."""

    summary: str
    more: str = ""  # behind the summary, in the help of the command itself
    module: str = ""  # "": that of the command's name
    function: str = ""  # likewise
    arguments: tuple[Argument, ...] = ()
    one_of: tuple[Argument, ...] = ()  # of which at most one may be given


def _argument(*names: str, **options: Any) -> Argument:  # noqa: ANN401 - of argparse
    return names, options


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


_YEAR = timedelta(days=365)
_SOURCE = _argument("source", metavar="SOURCE", help="by id, name or address")

COMMANDS: dict[str, Command] = {
    "init": Command(
        "make a commented feeds.toml to start from",
        more="Asks at a terminal.",
        module="setup",
        arguments=(
            _argument(
                "folder", metavar="DIR", type=Path, nargs="?", default=Path(), help="its folder"
            ),
            _argument("--title", default="", help="the title of what you publish"),
            _argument("--link", metavar="URL", default="", help="where it will be served"),
            _argument(
                "--contact", default="", help="a mail address or URL by which you can be reached"
            ),
        ),
    ),
    "add": Command(
        "find the feed of a site and add it to feeds.toml",
        more="The home page is enough: feeds that it announces come first, then the usual places. "
        "Comments and order of the file stay.",
        module="setup",
        arguments=(
            _argument(
                "addresses",
                metavar="ADDRESS",
                nargs="+",
                help="of a site, a page, a feed, or a path",
            ),
            _argument("--name", default="", help="its name, instead of the feed's own title"),
            _argument(
                "--tag",
                action="append",
                default=[],
                help="for [[feeds]] to choose by; may be repeated",
            ),
            _argument("--yes", action="store_true", help="take the best feed without asking"),
        ),
    ),
    "remove": Command(
        "take a source out of feeds.toml; its posts go with the next run",
        module="setup",
        arguments=(_SOURCE,),
    ),
    "rename": Command(
        "give a source another name; its id and its posts stay",
        module="setup",
        arguments=(
            _SOURCE,
            _argument("name", metavar="NAME", help="the new name"),
        ),
    ),
    "pause": Command(
        "ask a source no more; what is published stays",
        module="setup",
        arguments=(_SOURCE,),
    ),
    "resume": Command(
        "ask a paused source again",
        module="setup",
        arguments=(_SOURCE,),
    ),
    "list": Command(
        "list the sources with tags and addresses",
        module="setup",
        function="list_",
    ),
    "run": Command(
        "fetch what is due, store what is new, publish",
        arguments=(
            _argument(
                "--force",
                action="store_true",
                help="every source is due, though a Retry-After still holds; feeds are compared "
                "by their bytes",
            ),
            _argument(
                "--source",
                metavar="NAME",
                action="append",
                default=[],
                help="only this source, by id or name; may be repeated",
            ),
            _argument(
                "--offline", action="store_true", help="publish from the store, without network"
            ),
            _argument(
                "--dry-run",
                action="store_true",
                help="say what changed settings would change in the documents; fetch and keep "
                "nothing",
            ),
            _argument(
                "--rerender",
                action="store_true",
                help="give published posts the credit, lists, names and templates of now; "
                "take away what `content` and `images` let through no more",
            ),
            _argument(
                "--executor",
                metavar="ADDRESS",
                help="fetch and read on the workers of a cluster, such as dask://scheduler:8786",
            ),
            _argument("--json", action="store_true", help="print what happened as one JSON object"),
            _argument(
                "--log-format",
                choices=("text", "json"),
                default="text",
                help="json: a line an event on standard error, with time and run id",
            ),
        ),
        one_of=(
            _argument("-v", "--verbose", action="store_true", help="a line for each source"),
            _argument(
                "-q", "--quiet", action="store_true", help="say no more than cron would mail"
            ),
        ),
    ),
    "fetch": Command(
        "show what one source would give",
        module="sources",
        more="Nothing is stored.",
        arguments=(
            _argument(
                "target",
                metavar="TARGET",
                help="a source's id or name, a feed's address, a page's address, a path, "
                "or - for standard input",
            ),
            _argument(
                "--format",
                choices=("text", "json", "rss", "atom"),
                default="text",
                help="text to read, or the document itself",
            ),
            _argument(
                "--json",
                dest="format",
                action="store_const",
                const="json",
                help="the same as --format json",
            ),
            _argument(
                "--limit",
                metavar="N",
                type=_count,
                default=0,
                help="the newest N posts (default: all)",
            ),
        ),
    ),
    "vet": Command(
        "say whether a source is wanted as it is, and why",
        module="sources",
        more="Fetches each feed twice and compares it with feeds.toml and the state file; stores "
        "nothing. Ends with 1 where one is not to be taken as it is.",
        arguments=(
            _argument(
                "addresses",
                metavar="ADDRESS",
                nargs="+",
                help="of a site, a page, a feed, a path, or the name of a source",
            ),
            _argument(
                "--format",
                choices=("text", "markdown", "json"),
                default="text",
                help="text to read, Markdown for a comment on a pull request, or JSON",
            ),
        ),
    ),
    "serve": Command(
        "serve what is published, for a reader on this machine",
        module="admin",
        arguments=(
            _argument(
                "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)"
            ),
            _argument(
                "--port", type=_port, default=8000, help="the port to listen on (default: 8000)"
            ),
        ),
    ),
    "status": Command(
        "show which sources fail, which have fallen silent, and how the others do",
        arguments=(
            _argument("--failing", action="store_true", help="only what fails, all of it"),
            _argument(
                "--silent",
                metavar="SPAN",
                type=_span,
                nargs="?",
                const=_YEAR,
                help="only sources without a post for so long (default: 1y)",
            ),
            _argument("--all", action="store_true", help="each source, also of more than 200"),
            _argument(
                "--letter",
                metavar="SOURCE",
                default="",
                help="ask a failing source once; print a letter to the owner of its site",
            ),
            _argument(
                "--html",
                metavar="FILE",
                type=Path,
                help="write a page of charts: posts a day, by source, failures, hours between "
                "posts",
            ),
            _argument(
                "--fail-if",
                metavar="N",
                type=_count,
                default=0,
                help="status 1 if N sources fail, or more",
            ),
            _argument("--json", action="store_true", help="as a JSON list"),
        ),
    ),
    "why": Command(
        "say where a post came from, and why a feed shows it or does not",
        module="posts",
        more="Reads the state file, without network.",
        arguments=(
            _argument("post", metavar="POST", help="its id, its address, or words of its title"),
            _argument("--json", action="store_true", help="as a JSON list"),
        ),
    ),
    "review": Command(
        "show what waits for a person, and approve or reject it",
        module="posts",
        more="Without ACTION it lists the held sources, each with the reason, and their posts. "
        "Approving "
        "a source lets its posts through and ends its hold; rejecting it asks it no more.",
        arguments=(
            _argument(
                "action",
                metavar="ACTION",
                choices=("approve", "reject"),
                nargs="?",
                help="approve or reject",
            ),
            _argument(
                "names",
                metavar="NAME",
                nargs="*",
                help="a source by id, name or address, or a post by its number or address",
            ),
            _argument("--json", action="store_true", help="as a JSON list"),
        ),
    ),
    "check": Command(
        "check the configuration and the published documents",
        more="Sources that never worked are asked whether they are a feed or a page.",
        module="admin",
        arguments=(_argument("--offline", action="store_true", help="ask no source"),),
    ),
    "state": Command(
        "verify, compact or back up the state file",
        module="admin",
        more="backup FILE works while a run does; to restore, put FILE in the state file's place.",
        arguments=(
            _argument(
                "action", choices=("verify", "compact", "backup"), help="verify, compact or backup"
            ),
            _argument("file", metavar="FILE", type=Path, nargs="?", help="the copy to make"),
        ),
    ),
    "theme": Command(
        "write our templates into a folder, as a theme to start from",
        more="Each file tells what it makes. `extra.css` is added to our style.",
        module="admin",
        arguments=(
            _argument("folder", metavar="DIR", type=Path, help="a folder without templates"),
        ),
    ),
    "withdraw": Command(
        "take posts out of all documents, pages and lists, for good",
        module="posts",
        more="Give one of POST, --source, --author and --pattern. Posts to come are not concerned.",
        arguments=(
            _argument(
                "post",
                metavar="POST",
                nargs="?",
                help="its id, its address, or that of our page of it",
            ),
            _argument("--source", metavar="NAME", help="all posts of a source"),
            _argument("--author", metavar="NAME", help="all posts of an author, by name or mail"),
            _argument(
                "--pattern", metavar="ADDRESS", help="all posts with such an address; * is any text"
            ),
            _argument("--undo", action="store_true", help="take it back, within a day"),
        ),
    ),
    "import": Command(
        "turn another program's list of feeds into [[sources]] tables",
        more="Prints what the configuration does not have yet; append it: "
        "syndicator import list.opml >> feeds.toml",
        module="exchange",
        function="import_",
        arguments=(
            _argument(
                "file",
                metavar="FILE",
                help="OPML, the INI file of a planet, the list of sfeed, rawdog, Perlanet, "
                "planet-sympy or "
                "mercury, or one with an address a line; - for standard input",
            ),
        ),
    ),
    "adopt": Command(
        "begin the state file with what another planet publishes",
        more="Keeps its ids, dates, order and bodies, so that its subscribers see nothing twice. "
        "Also "
        "of an earlier installation of this program whose state file is lost.",
        module="exchange",
        arguments=(
            _argument(
                "target",
                metavar="TARGET",
                help="the address of the published feed (RSS, Atom, JSON Feed), a file, or the "
                "folder with "
                "its documents and archives",
            ),
        ),
    ),
    "export": Command(
        "print the public sources for another program",
        module="exchange",
        arguments=(
            _argument(
                "--format",
                choices=("opml", "list"),
                default="opml",
                help="OPML, or an address a line",
            ),
        ),
    ),
}
