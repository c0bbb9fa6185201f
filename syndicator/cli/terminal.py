"""A report -> words for a person, or JSON for a program.

Nothing here decides anything. `rich` draws (wide characters, NO_COLOR, pipes), and is imported only
by the commands that show something.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from syndicator.cli.edge import plain
from syndicator.failures import label
from syndicator.layout import layout
from syndicator.model.run import Failure, PostRef, Progress, Report
from syndicator.model.settings import Config
from syndicator.quantities import counted, short
from syndicator.report import MOST, grouped, others, outage_line

_EXCERPT = 240  # characters: three lines

Watch = Callable[[Progress], None]


def as_json(value: object) -> str:
    """Return a value as JSON that people can read, too."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def report_as_json(report: Report, config: Config) -> dict[str, Any]:
    """Return the object that `run --json` prints; its keys are a contract."""
    names = {source.id: label(source) for source in config.sources}

    def ref(post: PostRef) -> dict[str, str]:
        """Return a post for a program that announces it."""
        name = names.get(post.source, post.source)
        return {"id": post.id, "title": post.title, "url": post.url, "source": name}

    return {
        "version": 1,
        "sources": {
            key: getattr(report, key)
            for key in ("total", "due", "changed", "not_modified", "failed", "gone")
        },
        "posts": {key: getattr(report, key) for key in ("new", "updated", "duplicates", "stored")},
        "published": list(map(ref, report.posts_published)),
        "updated": list(map(ref, report.posts_updated)),
        "withdrawn": list(map(ref, report.posts_withdrawn)),
        "documents": [
            {
                "path": str(document.path),
                "changed": document.changed,
                "posts": document.posts,
                "bytes": document.bytes,
            }
            for document in report.documents
        ],
        "failures": [
            {
                "source": failure.source,
                "url": failure.url,
                "kind": failure.kind,
                "error": failure.error,
                "since": failure.since.isoformat(),
                "consecutive": failure.consecutive,
            }
            for failure in report.failures
        ],
        "seconds": round(report.seconds, 3),
    }


def summary(report: Report, config: Config, now: datetime) -> list[str]:
    """Return the lines that end a run at a terminal."""
    lines = [f"{_outcome(report)}, {_seconds(report.seconds)}"]
    changes = []
    if report.updated:
        changes.append(f"{counted(report.updated, 'post')} updated")
    if report.duplicates:
        changes.append(f"{counted(report.duplicates, 'copy', 'copies')} folded")
    if changes:
        lines.append(", ".join(changes))
    lines += [f"  {line}" for line in outage_line(report.outage, now)]
    lines += failure_table(grouped(report.failures), now, width())
    if report.documents:
        lines.append(_written(report, config))
    if report.is_first and not report.nothing_ever_worked:
        lines += [
            "",
            "Next: let cron run it, with a line such as",
            f"  */15 * * * * syndicator -c {config.path.resolve()} run",
            "`syndicator add ADDRESS` adds a source, `syndicator status` shows how they do.",
        ]
    return lines


def _outcome(report: Report) -> str:
    """Sum up the outcomes of all sources in one line."""
    parts = []
    if report.changed:
        parts.append(f"{counted(report.new, 'new post')} from {report.changed}")
    for count, word in (
        (report.not_modified, "unchanged"),
        (report.failed, "failed"),
        (report.gone, "gone"),
        (report.left, "not asked yet"),
    ):
        if count:
            parts.append(f"{count} {word}")
    if report.due != report.total:
        parts.append(f"{report.total - report.due} not due")
    return f"{counted(report.total, 'source')}: {', '.join(parts) or 'none due'}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def _written(report: Report, config: Config) -> str:
    """Say how many files are published, and how to see them."""
    folder = config.feeds[0].output
    with suppress(ValueError):
        folder = folder.relative_to(Path.cwd())
    changed = sum(document.changed for document in report.documents)
    if not changed:
        return f"{folder}/ is up to date; `syndicator serve` shows it"
    return f"{counted(changed, 'file')} written to {folder}/; `syndicator serve` shows them"


def failure_table(
    groups: Sequence[Sequence[Failure]],
    now: datetime,
    columns: int,
    most: int = MOST,
    titles: Mapping[str, str] = {},
) -> list[str]:
    """Return failures as a table: source, duration, tries, error and advice.

    `titles` are better names of sources, as far as they are known.
    """
    if not groups:
        return []
    rows = [("FAILING", "SINCE", "TRIES", "WHAT, AND WHAT TO DO")]
    for group in groups[:most]:
        first, name = group[0], titles.get(group[0].source, group[0].source)
        if len(group) > 1:
            name = f"{first.host} ({len(group)} sources)"
        since = min(failure.since for failure in group)
        tries = max(failure.consecutive for failure in group)
        rows.append((name, short(now - since), str(tries), first.error))
    return [*layout(rows, columns), *others(groups[most:])]


def width() -> int:
    """Return the columns of the terminal, 80 if nothing tells them."""
    return shutil.get_terminal_size().columns


@contextmanager
def progress_bar() -> Iterator[Watch]:
    """Show a bar on standard error while the block runs.

    Yield the function to call for each finished source.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    name = TextColumn("{task.description}", markup=False)
    columns = (TextColumn("Fetching"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), name)
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def watch(progress: Progress) -> None:
            words = f"waiting for {', '.join(progress.left)}" if progress.left else progress.source
            # No longer than what stands beside the bar on one line.
            bar.update(
                task, completed=progress.done, total=progress.total, description=plain(words)[:60]
            )

        yield watch


def excerpt(text: str) -> str:
    """Return the first words of a text; of a script that writes no spaces, the first letters.

    >>> excerpt("word " * 60)[-11:], excerpt("語" * 300)[-3:], excerpt("short")
    ('word word …', '語 …', 'short')
    """
    if len(text) <= _EXCERPT:
        return text
    cut = text[:_EXCERPT]
    words = cut.rpartition(" ")[0]
    return f"{words if len(words) > _EXCERPT // 2 else cut} …"
