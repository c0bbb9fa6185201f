"""`run`: fetch, store, publish, and tell the result."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import syndicator
from syndicator import Config, Options, Progress, Report
from syndicator import report as words
from syndicator.cli.edge import Edge
from syndicator.config import with_executor
from syndicator.config.words import source_meant
from syndicator.errors import Interrupted, SyndicatorError, UsageError
from syndicator.pipeline.build import FeedChange
from syndicator.pipeline.run import dry_run, source_id
from syndicator.quantities import counted
from syndicator.urls import redacted

_SHOWN = 20  # titles of a dry run in one list
_STOPPING = "Stopping: publishing what came; Ctrl-C again leaves it"


def run(arguments: argparse.Namespace, edge: Edge) -> int:
    """Run once; the exit status says whether any source works."""
    if arguments.log_format == "json":
        edge.run_id = os.urandom(6).hex()
    config = syndicator.load_config(arguments.config)
    if arguments.executor is not None:
        config = with_executor(config, arguments.executor)
    if arguments.dry_run:
        edge.write_lines(_changes(dry_run(config, edge.now())))
        return 0
    edge.event("run started", sources=len(config.sources))
    options = Options(
        force=arguments.force,
        named=_named(config, arguments.source),
        offline=arguments.offline,
        rerender=arguments.rerender,
    )
    loud = arguments.quiet or arguments.verbose or edge.run_id
    at_terminal = sys.stderr.isatty() and not loud
    note = "" if arguments.quiet or edge.run_id else _STOPPING
    with edge.signals(note) as stop, _progress(edge, arguments, at_terminal=at_terminal) as watch:
        report = syndicator.run(config, options, None, stop.event, watch)
    shown = at_terminal or (arguments.verbose and not edge.run_id)
    edge.event("run ended", **_counts(report))
    _tell(report, config, arguments, edge, shown=shown)
    if stop.signal:
        raise Interrupted(stop.signal, "what was fetched by then is published")
    return _verdict(report, options, edge, shown=shown)


def _tell(
    report: Report, config: Config, arguments: argparse.Namespace, edge: Edge, *, shown: bool
) -> None:
    """Tell all of a run to a person or a program, and to cron only the lines to mail."""
    now = report.started or edge.now()
    edge.say(report.faults)
    if arguments.json:
        terminal: Any = import_module("syndicator.cli.terminal")
        edge.write(terminal.as_json(terminal.report_as_json(report, config)))
    if not shown:
        edge.say(words.mail(report, now))
        return
    terminal = import_module("syndicator.cli.terminal")
    edge.say(terminal.summary(report, config, now))
    edge.say(words.all_news(report, now))


def _changes(feed_changes: Sequence[FeedChange]) -> Iterator[str]:
    """Yield the lines of a dry run: for each feed the posts that leave it or come into it."""
    for change in feed_changes:
        parts = (
            ("leave", change.leaving),
            ("come in", change.coming),
            ("go to its archives", change.history),
        )
        changed = [(what, titles) for what, titles in parts if titles]
        yield f"{change.feed}: {'nothing changes' if not changed else ''}".rstrip()
        for what, titles in changed:
            yield f"  {counted(len(titles), 'post')} would {what}:"
            yield from (f"    {title}" for title in titles[:_SHOWN])
            if len(titles) > _SHOWN:
                yield f"    and {len(titles) - _SHOWN} more"


def _counts(report: Report) -> dict[str, object]:
    names = ("total", "due", "changed", "not_modified", "failed", "new", "updated", "stored")
    return {name: getattr(report, name) for name in names} | {"seconds": round(report.seconds, 3)}


def _verdict(report: Report, options: Options, edge: Edge, *, shown: bool) -> int:
    """Return the exit status; say why nothing works if it is news: a blip of the network is none.

    `shown`: the failures stand above already, since a person looks on.
    """
    if not report.nothing_works:
        return 0
    if not report.total and not report.failures:  # a list may fail
        raise SyndicatorError(
            "there is no source yet: nothing to fetch; `syndicator add ADDRESS` adds one"
        )
    if options.offline and report.nothing_ever_worked:
        raise SyndicatorError("nothing has been fetched yet, so --offline has nothing to publish")
    if shown:
        raise SyndicatorError("no configured source works; `syndicator status` says why")
    now = report.started or edge.now()
    # A new installation: at once, but not again at each run. What lasts is told as of any source.
    is_told = words.alerts(report, now) or (report.outage is not None and report.outage.alerted)
    if report.nothing_ever_worked and report.newly_failing and not is_told:
        lines = ["no configured source works:", *words.failing(report, now)]
        raise SyndicatorError("\n  ".join(lines))
    return SyndicatorError.exit_code


def _named(config: Config, names: Sequence[str]) -> frozenset[str]:
    """Return the ids of the sources that `--source` names. Raises UsageError."""
    known = {}
    for source in config.sources:
        known.update(dict.fromkeys(filter(None, (source.name, source.id)), source.id))
    ids = set()
    for word in names:
        name = source_id(config, word)
        if name not in known:
            meant = source_meant(name, list(known))
            raise UsageError(f'--source: no source is named "{redacted(name)}"; {meant}')
        ids.add(known[name])
    return frozenset(ids)


@contextmanager
def _progress(
    edge: Edge, arguments: argparse.Namespace, *, at_terminal: bool
) -> Iterator[Callable[[Progress], None]]:
    """Yield the function that tells each finished source: a bar, a line or nothing."""
    if at_terminal:
        with import_module("syndicator.cli.terminal").progress_bar() as watch:
            yield watch
        return

    def tell(progress: Progress) -> None:
        if progress.done:
            edge.event("source done", source=progress.source, outcome=progress.words)
            if edge.run_id:
                return
        if arguments.verbose and progress.done:
            edge.tell(f"{progress.done}/{progress.total} {progress.source}: {progress.words}")

    yield tell
