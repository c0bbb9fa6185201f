"""Look at a source and store nothing: `fetch` shows its posts, `vet` judges it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import msgspec

import syndicator
from syndicator.cli.edge import Edge, plain
from syndicator.cli.terminal import as_json, excerpt
from syndicator.errors import Interrupted
from syndicator.model.feed import Enclosure, Episode
from syndicator.model.post import Post, SourceInfo
from syndicator.model.run import Preview
from syndicator.overrides import lines as override_lines
from syndicator.overrides import overrides
from syndicator.quantities import counted
from syndicator.vetting import words
from syndicator.wishes import in_words

if TYPE_CHECKING:
    from rich.console import Console

_AT_TERMINAL = 10  # posts that are shown there, unless --limit says how many


def fetch(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print a preview, or the document that would be published."""
    now = edge.now()
    with edge.signals() as stop:
        preview = syndicator.preview(arguments.target, arguments.config, now, stop.event)
        if preview is None:
            raise Interrupted(stop.signal)
    edge.say(preview.remarks)
    for address in preview.others:
        title = preview.titles.get(address, "")
        edge.tell(f"another feed of that page: {address}{f'  {title}' if title else ''}")
    if arguments.format == "text":
        from rich.console import Console  # here: no other format is drawn

        with edge.results():
            limit = arguments.limit or (_AT_TERMINAL if sys.stdout.isatty() else 0)
            _posts(Console(), preview, limit)
        return 0
    edge.write_bytes(syndicator.document(preview, arguments.format, arguments.limit, now))
    return 0


def vet(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the verdicts; return 1 if a source should not be taken as it is."""
    verdicts = []
    with edge.signals() as stop:
        for address in arguments.addresses:
            verdict = syndicator.vet(address, arguments.config, edge.now(), stop.event)
            if verdict is None:
                raise Interrupted(stop.signal)
            verdicts.append(verdict)
    if arguments.format == "json":
        edge.write(as_json(msgspec.to_builtins(verdicts)))
    else:
        form = words.markdown if arguments.format == "markdown" else words.text
        edge.write_lines(form(verdicts))
    return 0 if all(verdict.is_wanted for verdict in verdicts) else 1


def _posts(console: Console, preview: Preview, limit: int) -> None:
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
    everything = preview.newest_first
    shown = everything[: limit or None]
    for number, post in enumerate(shown, 1):
        console.print()
        _post(console, number, post, info, preview.credits[post.fingerprint])
    console.print()
    more = f"; --limit {len(everything)} shows all" if len(shown) < len(everything) else ""
    _line(console, f"{counted(len(everything), 'post')}, {len(shown)} shown{more}", "dim")


def _post(console: Console, number: int, post: Post, info: SourceInfo, credit: str) -> None:
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
    if credit:
        _paragraph(console, f"credit: {plain(credit)}", "dim")
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
