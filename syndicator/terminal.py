"""What a run did, or one source's posts -> words for a person, or JSON for a program.

Nothing here decides anything. `rich` draws (wide characters, NO_COLOR, pipes), and is imported only by
the commands that show something.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from syndicator.model.edition import Published
from syndicator.model.post import Post
from syndicator.model.run import Look, Progress, Report
from syndicator.text_rules import counted

if TYPE_CHECKING:
    from rich.console import Console

# A feed must not steer the terminal, nor turn its lines around (U+202A to U+202E); never the line feed.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_EXCERPT = 240  # characters: three lines
_NO_DATE = datetime.fromtimestamp(
    0, UTC
)  # any will do: posts without a date are sorted among themselves

Watch = Callable[[Progress], None]


def as_json(value: object) -> str:
    """Return a value as JSON that people can read, too."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def report_as_json(report: Report) -> dict[str, Any]:
    """Return the object that `run --json` prints; its keys are a contract."""
    return {
        "sources": {
            key: getattr(report, key)
            for key in ("total", "due", "changed", "not_modified", "failed", "gone")
        },
        "posts": {key: getattr(report, key) for key in ("new", "updated", "duplicates", "stored")},
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


def summary(report: Report) -> list[str]:
    """Return the lines that end a run at a terminal."""
    sources = counted(report.total, "source")
    asked = [f"{report.due or 'none'} due"] if report.due != report.total else []
    outcomes = [
        f"{count} {word}"
        for count, word in (
            (report.changed, "with news"),
            (report.not_modified, "unchanged"),
            (report.failed, "failed"),
            (report.gone, "gone"),
        )
        if count
    ]
    posts = [f"{report.new} new", f"{report.updated} updated"]
    if report.duplicates:
        posts.append(counted(report.duplicates, "copy", "copies") + " folded")
    return [
        f"{sources}: {', '.join(asked + outcomes) or 'none due'} ({report.seconds:.1f} s)",
        f"Posts: {', '.join(posts)}, {report.stored} stored",
        *_written(report.documents),
        *(["Failing:"] if report.failing else []),
        *(f"  {line}" for line in report.failing),
    ]


def _written(documents: tuple[Published, ...]) -> list[str]:
    """Say what was written, folder by folder, pages counted instead of named."""
    changed = [document for document in documents if document.changed]
    if not changed:
        return ["Published: nothing changed"] if documents else []
    top = min(
        (document.path.parent for document in documents), key=lambda folder: len(folder.parts)
    )
    named = [document.path.name for document in changed if document.path.parent == top]
    others = len(changed) - len(named)
    more = f" and {counted(others, 'more file')}" if others else ""
    return [f"Published in {top}: {', '.join(named) or 'no feed'}{more}"]


@contextmanager
def progress_bar() -> Iterator[Watch]:
    """Show a bar on standard error while the block runs; yields what to call for each source done."""
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


def posts(console: Console, look: Look, limit: int) -> None:
    """Print one source's posts as they would be published, and what was done to each."""
    info = look.feed.info
    _line(console, plain(info.name or look.url), "bold")
    for label, address in (("feed", look.url), ("site", info.link)):
        if address:
            _line(console, f"{label}: {plain(address)}", "dim")
    everything = newest_first(look.feed.posts)
    shown = everything[:limit] if limit else everything
    for number, shown_post in enumerate(shown, 1):
        console.print()
        _post(console, number, shown_post)
    console.print()
    _line(console, f"{counted(len(everything), 'post')}, {len(shown)} shown", "dim")


def newest_first(posts: Sequence[Post]) -> list[Post]:
    """Return posts by their dates, those without one first: they count as new now."""
    return sorted(
        posts,
        key=lambda post: (post.published is not None, -(post.published or _NO_DATE).timestamp()),
    )


def _post(console: Console, number: int, post: Post) -> None:
    facts = [f"{post.published:%Y-%m-%d %H:%M} UTC" if post.published else "no date"]
    facts += [", ".join(author.name for author in post.authors if author.name)]
    facts += [", ".join(category.term for category in post.categories[:4])]
    _line(console, f"{number:>3}  {plain(post.title) or '(untitled)'}", "bold")
    _paragraph(console, plain(" · ".join(filter(None, facts))), "dim")
    _line(console, f"     {plain(post.link)}", "cyan")
    if post.summary:
        _paragraph(console, excerpt(plain(post.summary)))
    if post.filtered:
        _line(console, f"     not let through: {plain(post.filtered)}", "yellow")
    for note in post.notes:
        _line(console, f"     - {plain(note)}", "green")


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
    """Print a line as it is: a title's "[b]" is no markup of rich's, and an address stays whole to be copied."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _paragraph(console: Console, text: str, style: str = "") -> None:
    from rich.text import Text

    # By rich, since textwrap counts letters: Chinese ones take two columns each.
    for line in Text(text, style).wrap(console, max(console.width - 5, 20)):
        line.rstrip()
        console.print(Text("     ") + line, soft_wrap=True)


def plain(text: str) -> str:
    r"""Return text that can't steer a terminal.

    >>> plain("a\x1b[31mb")
    'a[31mb'
    """
    return _CONTROL.sub("", text)
