"""`status`: the failing sources, the silent ones, and the state of each."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import syndicator
from syndicator import Config, failures
from syndicator import status as words
from syndicator.cli import terminal
from syndicator.cli.edge import Edge
from syndicator.errors import CheckFailed
from syndicator.failures import label
from syndicator.report import grouped
from syndicator.status import Row

_MOST = 200  # sources that are listed one by one
_MOST_SILENT = 20
_SILENT = timedelta(days=365)


def status(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the states. Raises CheckFailed if too many sources fail for `--fail-if`."""
    config = syndicator.load_config(arguments.config)
    states, facts = syndicator.states(config), syndicator.source_facts(config)
    now = edge.now()
    if arguments.letter:
        name, state = arguments.letter, None
        for row in words.read(config.sources, states, now, facts):
            if name in (row.source.id, row.source.name, row.source.url, row.title):
                name, state = row.source.id, row.state
                break
        with edge.signals() as stop:
            edge.write(syndicator.write_letter(config, name, state, now, stop.event))
        return 0
    if arguments.html:
        syndicator.write_activity(config, arguments.html, now)
        edge.tell(f"{arguments.html} is written")
        return 0
    failing = list(filter(_fails, words.read(config.asked, states, now)))
    if arguments.json:
        edge.write(terminal.as_json(words.rows(config.sources, states, now, facts)))
    else:
        rows = words.read(config.sources, states, now, facts)
        edge.write_lines(_view(arguments, config, rows, failing, now))
    if 0 < arguments.fail_if <= len(failing):
        raise CheckFailed
    return 0


def _fails(row: Row) -> bool:
    return row.state.failing_since is not None and not row.source.paused


def _view(
    arguments: argparse.Namespace,
    config: Config,
    rows: Sequence[Row],
    failing: Sequence[Row],
    now: datetime,
) -> Iterator[str]:
    """Yield the lines: failing sources first, then silent ones, then each source, then totals."""
    columns = terminal.width()
    quiet = words.silent(rows, now, arguments.silent or _SILENT)
    everything = not arguments.failing and arguments.silent is None
    states = {row.source.id: row.state for row in failing}
    titles = {label(row.source): row.title for row in rows}
    groups = grouped(failures.changes(states, states, config.asked).failures)
    if arguments.failing:
        table = terminal.failure_table(groups, now, columns, len(groups), titles)
        yield from table or ["nothing fails"]
    if arguments.silent is not None:
        yield from words.silent_table(quiet, now, columns) or ["no source is silent"]
    if everything:
        most = terminal.MOST_FAILURES
        yield from _with_gap(terminal.failure_table(groups, now, columns, most, titles))
        yield from _with_gap(words.silent_table(quiet, now, columns, _MOST_SILENT))
        if len(rows) <= _MOST or arguments.all:
            yield from _with_gap(words.table(rows, now, columns))
        else:
            yield "`syndicator status --all` lists each source"
        yield words.totals(rows, quiet)


def _with_gap(lines: Sequence[str]) -> Iterator[str]:
    yield from lines
    if lines:
        yield ""
