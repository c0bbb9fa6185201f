"""A report, or one source's posts -> words for a person, or JSON for a program.

Nothing here decides anything. `rich` draws (wide characters, NO_COLOR, pipes), and is imported only
by the commands that show something.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicator.cli.edge import plain
from syndicator.failures import label
from syndicator.layout import layout
from syndicator.model.feed import Enclosure, Episode
from syndicator.model.post import Post, SourceInfo
from syndicator.model.run import Failure, PostRef, Preview, Progress, Report
from syndicator.model.settings import Config
from syndicator.overrides import lines as override_lines
from syndicator.overrides import overrides
from syndicator.quantities import counted, short
from syndicator.report import grouped, outage_line
from syndicator.wishes import in_words

if TYPE_CHECKING:
    from rich.console import Console

MOST_FAILURES = 20  # lines of a table; nobody reads ten thousand
_EXCERPT = 240  # characters: three lines
# The sorting date of posts without a date; any will do.
_NO_DATE = datetime.fromtimestamp(0, UTC)

Watch = Callable[[Progress], None]


def as_json(value: object) -> str:
    """Return a value as JSON that people can read, too."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def report_as_json(report: Report, config: Config) -> dict[str, Any]:
    """Return the object that `run --json` prints; its keys are a contract."""
    ref = partial(_ref, named={source.id: label(source) for source in config.sources})
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


def _ref(post: PostRef, named: Mapping[str, str]) -> dict[str, str]:
    """Return a post for a program that announces it; `source` is the name of its source."""
    return {
        "id": post.id,
        "title": post.title,
        "url": post.url,
        "source": named.get(post.source, post.source),
    }


def summary(report: Report, config: Config, now: datetime) -> list[str]:
    """Return the lines that end a run at a terminal."""
    lines = [f"{_outcome(report)}, {_seconds(report.seconds)}"]
    others = []
    if report.updated:
        others.append(f"{counted(report.updated, 'post')} updated")
    if report.duplicates:
        others.append(f"{counted(report.duplicates, 'copy', 'copies')} folded")
    if others:
        lines.append(", ".join(others))
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
    most: int = MOST_FAILURES,
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
    lines = layout(rows, columns)
    more = sum(map(len, groups[most:]))
    if more:
        lines.append(f"and {counted(more, 'more source')}: `syndicator status --failing` has all")
    return lines


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


def console() -> Console:
    """Return the console of standard output."""
    from rich.console import Console

    return Console()


def posts(console: Console, preview: Preview, limit: int) -> None:
    """Print one source's posts as they would be published, with the changes made to each."""
    info = preview.feed.info
    _line(console, plain(info.name or preview.url), "bold")
    told = overrides(preview.source, info)
    overridden = {override.key for override in told}
    for word, value in (
        ("feed", preview.url),
        ("site", info.link),
        ("language", info.language or info.spoken),
    ):
        if value and word not in overridden:
            _line(console, f"{word}: {plain(value)}", "dim")
    for line in in_words(info.wishes):
        _line(console, plain(line), "dim")
    for line in override_lines(told):
        _line(console, plain(line), "dim")
    everything = newest_first(preview.feed.posts)
    shown = everything[: limit or None]
    for number, post in enumerate(shown, 1):
        console.print()
        _post(console, number, post, info)
    console.print()
    more = f"; --limit {len(everything)} shows all" if len(shown) < len(everything) else ""
    _line(console, f"{counted(len(everything), 'post')}, {len(shown)} shown{more}", "dim")


def credit_line(preview: Preview) -> str:
    """Return the credit that the newest post of a source would have, "" without any."""
    lines = (credit(post, preview.feed.info) for post in newest_first(preview.feed.posts))
    return next(filter(None, lines), "")


def credit(post: Post, info: SourceInfo) -> str:
    """Return the credit of a post as plain text, "" without any."""
    if post.attribution is None:
        return ""
    values = {
        "post": post.title or post.link,
        "source": post.origin.name or info.name,
        "author": ", ".join(post.author_names),
        "date": f"{post.published:%Y-%m-%d}" if post.published else "",
    }
    text = post.attribution.text
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def newest_first(posts: Sequence[Post]) -> list[Post]:
    """Return posts by their dates, those without one first: they count as new now."""
    return sorted(
        posts,
        key=lambda post: (post.published is not None, -(post.published or _NO_DATE).timestamp()),
    )


def _post(console: Console, number: int, post: Post, info: SourceInfo) -> None:
    facts = [f"{post.published:%Y-%m-%d %H:%M} UTC" if post.published else "no date"]
    facts += [", ".join(post.author_names)]
    facts += [", ".join(category.term for category in post.categories[:4])]
    if post.language != (info.language or info.spoken):
        facts.append(post.language)
    title = plain(post.title) or "(untitled)"
    _paragraph(console, f"{number:>3}  {title}", "bold", first="")
    _paragraph(console, plain(" · ".join(filter(None, facts))), "dim")
    _line(console, f"     {plain(post.link)}", "cyan")
    for file in post.enclosures:
        if file.primary:
            _line(console, f"     file: {plain(file.url)}{_size(file, post.episode)}", "cyan")
    if post.summary:
        _paragraph(console, excerpt(plain(post.summary)))
    if line := credit(post, info):
        _paragraph(console, f"credit: {plain(line)}", "dim")
    if post.filtered:
        _paragraph(console, f"not let through: {plain(post.filtered)}", "yellow")
    for note in post.notes:
        _paragraph(console, f"- {plain(note)}", "green")


def _size(file: Enclosure, episode: Episode | None) -> str:
    """Return type, megabytes and length of a file in brackets, as far as they are known."""
    facts = [file.type] if file.type else []
    if file.length:
        facts.append(f"{file.length / 1_000_000:.1f} MB")
    if file.duration:
        facts.append(f"{file.duration // 60} min")
    elif episode and episode.duration:
        facts.append(plain(episode.duration))
    return f" ({', '.join(facts)})" if facts else ""


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


def _line(console: Console, text: str, style: str) -> None:
    """Print a line as it is: "[b]" is no markup here, and an address stays whole to be copied."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _paragraph(console: Console, text: str, style: str = "", first: str = "     ") -> None:
    """Print a text in lines that all begin in one column; `first` stands before the first line."""
    from rich.text import Text

    # By rich, since textwrap counts letters: Chinese ones take two columns each.
    room = max(console.width - 5, 20)
    head, text = ("     ", text) if first else (text[:5], text[5:])
    for number, line in enumerate(Text(text, style).wrap(console, room)):
        line.rstrip()
        console.print(Text(head if not number else "     ", style) + line, soft_wrap=True)
