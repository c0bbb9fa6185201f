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
    states, now = syndicator.states(config), edge.now()
    rows = words.read(config.sources, states, now, syndicator.source_facts(config))
    if name := arguments.letter:
        named = (row for row in rows if name in _names(row))
        row = next(named, None)
        name, state = (row.source.id, row.state) if row else (name, None)
        with edge.signals() as stop:
            edge.write(syndicator.write_letter(config, name, state, now, stop.event))
        return 0
    if arguments.html:
        syndicator.write_activity(config, arguments.html, now)
        edge.tell(f"{arguments.html} is written")
        return 0
    asked = words.read(config.asked, states, now)
    failing = [row for row in asked if row.state.failing_since and not row.source.paused]
    if arguments.json:
        edge.write(terminal.as_json([words.as_json(row, now) for row in rows]))
    else:
        edge.write_lines(_view(arguments, config, rows, failing, now))
    if 0 < arguments.fail_if <= len(failing):
        raise CheckFailed
    return 0


def _names(row: Row) -> tuple[str, ...]:
    return row.source.id, row.source.name, row.source.url, row.title


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
        whole = terminal.failure_table(groups, now, columns, len(groups), titles)
        yield from whole or ["nothing fails"]
    if arguments.silent is not None:
        yield from words.silent_table(quiet, now, columns) or ["no source is silent"]
    if everything:
        yield from _with_gap(terminal.failure_table(groups, now, columns, titles=titles))
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
