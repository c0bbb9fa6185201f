"""argv -> calls -> exit status. The clock, the signals and the only print live here.

Standard output carries results only; all else goes to standard error. What a command does not use it
does not import: `--version`, and a run with nothing due, start in a tenth of a second.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

from syndicator import __version__
from syndicator.errors import CheckFailed, Interrupted, SyndicatorError, UsageError
from syndicator.model.run import Options, Progress, Report
from syndicator.model.settings import Source

EXIT_STATUS = """\
exit status:
  0    done; sources may have failed, their last good posts stay published
  1    no configured source works, or nothing could be published, or a check failed
  2    wrong usage or configuration
  75   another run holds the lock
  130  interrupted, 143 terminated; what was fetched by then is published
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    gc.set_threshold(
        20_000, 20, 50
    )  # few cycles are made: looking for them as often as Python does costs 5 %
    _mend_streams()
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except SyndicatorError as error:
        if str(error):
            _tell(f"syndicator: {error}")
        return error.exit_code
    except (
        KeyboardInterrupt
    ):  # where there is nothing to end in order: `check`, or a run that has not begun
        return 128 + signal.SIGINT


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; docs/cli.md is made from it."""
    top = argparse.ArgumentParser(
        prog="syndicator",
        description="Fetch feeds, credit every post to its source, and republish one combined feed.",
        epilog=EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"syndicator {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_fetch(commands)
    _add_serve(commands)
    _add_status(commands)
    _add_check(commands)
    _add_withdraw(commands)
    _add_import(commands)
    return top


Commands = (
    argparse._SubParsersAction
)  # the type that add_subparsers returns; argparse gives it no public name


def _add(
    commands: Commands[argparse.ArgumentParser], name: str, summary: str, more: str = ""
) -> argparse.ArgumentParser:
    description = f"{summary[0].upper()}{summary[1:]}. {more}".strip()
    command = commands.add_parser(name, help=summary, description=description)
    configuration = "the configuration (default: feeds.toml)"
    command.add_argument(
        "-c", "--config", metavar="FILE", type=Path, default=Path("feeds.toml"), help=configuration
    )
    return command


def _add_run(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _add(commands, "run", "fetch what is due, store what is new, publish")
    force = "every source is due, though a Retry-After still holds; harmed feeds are made again"
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
    command.add_argument(
        "--rerender",
        action="store_true",
        help="give published posts the credit, lists, names and templates of now; "
        "take away what `content` and `images` let through no more",
    )
    command.add_argument(
        "--json", action="store_true", help="print what happened as one JSON object"
    )
    loudness = command.add_mutually_exclusive_group()
    loudness.add_argument("-v", "--verbose", action="store_true", help="a line for each source")
    loudness.add_argument(
        "-q", "--quiet", action="store_true", help="say no more than cron would mail"
    )
    command.set_defaults(command=_run)


def _add_fetch(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _add(commands, "fetch", "show what one source would give", "Nothing is stored.")
    command.add_argument(
        "target",
        metavar="TARGET",
        help="a source's id or name, a feed's address, a page's address, a path, or - for standard input",
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
    command.set_defaults(command=_fetch)


def _add_serve(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _add(commands, "serve", "serve what is published, for a reader on this machine")
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)"
    )
    command.add_argument(
        "--port", type=_port, default=8000, help="the port to listen on (default: 8000)"
    )
    command.set_defaults(command=_serve)


def _add_status(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _add(
        commands,
        "status",
        "show when each source last worked, when it is due and why, and what fails",
    )
    command.add_argument("--json", action="store_true", help="as a JSON list")
    command.set_defaults(command=_status)


def _add_check(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _add(commands, "check", "check the configuration and the published documents")
    command.set_defaults(command=_check)


def _add_withdraw(commands: Commands[argparse.ArgumentParser]) -> None:
    command = _add(
        commands, "withdraw", "take a post out of all documents, pages and lists, for good"
    )
    command.add_argument(
        "post", metavar="POST", help="its id, its address, or that of our page of it"
    )
    command.set_defaults(command=_withdraw)


def _add_import(commands: Commands[argparse.ArgumentParser]) -> None:
    more = "Prints what the configuration does not have yet; append it: syndicator import list.opml >> feeds.toml"
    command = _add(
        commands, "import", "turn another program's list of feeds into [[sources]] tables", more
    )
    command.add_argument(
        "file",
        metavar="FILE",
        help="OPML, the INI file of a planet, or a list with an address a line",
    )
    command.set_defaults(command=_import)


def _count(text: str) -> int:
    return _whole(text, range(1, sys.maxsize), "of at least 1")


def _port(text: str) -> int:
    return _whole(text, range(65536), "from 0 to 65535")


def _whole(text: str, allowed: range, right: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", text) or int(text) not in allowed:
        raise argparse.ArgumentTypeError(f"must be a whole number {right}, not {text!r}")
    return int(text)


# -- the commands ---------------------------------------------------------------------------------------


def _run(arguments: argparse.Namespace) -> int:
    from syndicator import config, pipeline

    loaded = config.load(arguments.config)
    options = Options(
        force=arguments.force,
        named=_named(loaded.sources, arguments.source),
        offline=arguments.offline,
        rerender=arguments.rerender,
    )
    at_terminal = sys.stderr.isatty() and not (arguments.quiet or arguments.verbose)
    with _signals() as stop, _progress(at_terminal, verbose=arguments.verbose) as watch:
        report = pipeline.run(loaded, options, _now(), stop.event, watch)
    _report(report, arguments, at_terminal=at_terminal)
    if stop.signal:
        raise Interrupted(stop.signal, "what was fetched by then is published")
    return _verdict(report, options, shown=at_terminal or arguments.verbose)


def _verdict(report: Report, options: Options, *, shown: bool) -> int:
    """Return the exit status of a run; say why nothing works where it is news: a blip of the network is none.

    `shown`: the failures stand above already, since a person looks on.
    """
    if not report.nothing_works:
        return 0
    if not report.total:
        raise SyndicatorError("there is no [[sources]] table yet: nothing to fetch")
    if options.offline and report.nothing_ever_worked:
        raise SyndicatorError("nothing has been fetched yet, so --offline has nothing to publish")
    if shown:
        raise SyndicatorError("no configured source works; `syndicator status` says why")
    # A new installation: at once, but not again at each run. What lasts is said as of any source, by `alerts`.
    if report.nothing_ever_worked and report.newly_failing and not report.alerts:
        raise SyndicatorError("\n  ".join(["no configured source works:", *report.failing]))
    return SyndicatorError.exit_code


def _report(report: Report, arguments: argparse.Namespace, *, at_terminal: bool) -> None:
    """Tell what a run did: all of it to a person or a program, to cron only what it should mail."""
    _say(report.faults)
    if arguments.json or at_terminal or arguments.verbose:
        from syndicator import terminal

        if arguments.json:
            with _results():
                print(terminal.as_json(terminal.report_as_json(report)))
        if at_terminal or arguments.verbose:
            _say([*terminal.summary(report), *report.news])
            return
    _say([*report.alerts, *report.news])


def _fetch(arguments: argparse.Namespace) -> int:
    from syndicator import previews, terminal

    with _signals() as stop:
        look = previews.look(arguments.target, arguments.config, _now(), stop.event)
        if look is None:
            raise Interrupted(stop.signal)
    _say(look.remarks)
    if arguments.format == "text":
        with _results():
            terminal.posts(terminal.console(), look, arguments.limit)
    else:
        document = previews.document(look, arguments.format, arguments.limit, _now())
        with _results():
            sys.stdout.buffer.write(document)
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    from syndicator import config, serve

    feed = config.load(arguments.config).feeds[0]
    with _signals() as stop:
        serve.serve(feed.output, arguments.host, arguments.port, stop.event, say=_tell)
    return 128 + stop.signal  # nothing else ends it


def _status(arguments: argparse.Namespace) -> int:
    from syndicator import config, pipeline, status, terminal

    loaded = config.load(arguments.config)
    states = pipeline.states(loaded)
    with _results():
        if arguments.json:
            print(terminal.as_json(status.rows(loaded.sources, states, _now())))
        else:
            print(terminal.plain(status.table(loaded.sources, states, _now())))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from syndicator import config, install_check, terminal

    findings = list(install_check.inspect(config.load(arguments.config)))
    with _results():
        for finding in findings:
            print(terminal.plain(str(finding)))
    if any(finding.is_error for finding in findings):
        raise CheckFailed
    return 0


def _withdraw(arguments: argparse.Namespace) -> int:
    from syndicator import config, pipeline

    loaded = config.load(arguments.config)
    pipeline.withdraw(loaded, arguments.post, _now())
    _say([f"withdrawn for good: {arguments.post}"])
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from syndicator import importers

    brought = importers.bring(arguments.file, arguments.config)
    with _results():
        sys.stdout.buffer.write(brought.text.encode())  # TOML is UTF-8, whatever the locale
    _say(brought.remarks)
    return 0


# -- the edge -------------------------------------------------------------------------------------------


def _now() -> datetime:
    return datetime.now(UTC)


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        _tell(line)


def _tell(line: str) -> None:
    from syndicator.terminal import plain  # here: a run that says nothing needs no words

    print(plain(line), file=sys.stderr, flush=True)


def _named(sources: Sequence[Source], names: Sequence[str]) -> frozenset[str]:
    """Return the ids of the sources that `--source` names. Raises UsageError."""
    known = {name: source.id for source in sources for name in (source.name, source.id) if name}
    for name in names:
        if name not in known:
            from syndicator.config.words import source_meant
            from syndicator.urls import redacted

            raise UsageError(
                f'--source: no source is named "{redacted(name)}"; {source_meant(name, list(known))}'
            )
    return frozenset(known[name] for name in names)


class _Stop:
    """Which signal asked for an end, and the event that tells the workers."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.signal = 0

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Note the signal; the run looks at the event between two steps."""
        if self.signal:  # asked twice: at once, then
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self.signal = number
        self.event.set()


@contextmanager
def _signals() -> Iterator[_Stop]:
    """Turn SIGINT and SIGTERM into an orderly end while the block runs."""
    stop = _Stop()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell_progress(progress: Progress) -> None:
    if progress.done:
        _tell(f"{progress.done}/{progress.total} {progress.source}: {progress.words}")


@contextmanager
def _progress(at_terminal: bool, *, verbose: bool) -> Iterator[Callable[[Progress], None]]:
    if at_terminal:
        from syndicator.terminal import progress_bar

        with progress_bar() as watch:
            yield watch
    elif verbose:
        yield _tell_progress
    else:
        yield lambda _progress: None


def _mend_streams() -> None:
    """See that any text can be printed: cron jobs start with streams closed, and in locales that lack most letters."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  for as long as we run
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def _results() -> Iterator[None]:
    """Print results in the block: a full disk is said, and who stops reading (`syndicator fetch ... | head`) knows."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        # Python flushes standard output once more at exit; give it something that takes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise SyndicatorError(f"standard output can't be written: {error.strerror}") from error
