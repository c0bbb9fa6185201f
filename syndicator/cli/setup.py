"""Edit and list feeds.toml: `init`, `add`, `remove`, `rename`, `pause`, `resume`, `list`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import syndicator
from syndicator import Preview, editing, starter
from syndicator.cli import terminal
from syndicator.cli.edge import Edge
from syndicator.errors import Interrupted, SyndicatorError, UsageError
from syndicator.failures import label
from syndicator.layout import layout
from syndicator.pipeline.run import source_id
from syndicator.quantities import counted, in_words

_UNBOUNDED = 1_000_000  # columns of a pipe: a program reads names whole


def init(arguments: argparse.Namespace, edge: Edge) -> int:
    """Write a feeds.toml to start from, by a few questions at a terminal."""
    title, link, contact = arguments.title, arguments.link, arguments.contact
    if (arguments.folder / "feeds.toml").exists():
        raise UsageError(
            f"{arguments.folder / 'feeds.toml'} is there already; `syndicator add ADDRESS` adds to it"
        )
    if sys.stdin.isatty() and not title:
        title = edge.ask("The title of what you publish", "My planet")
        link = link or edge.ask("The address where it will be served", "http://127.0.0.1:8000/")
        contact = contact or edge.ask("A mail address or URL by which you can be reached", "")
    path = starter.write(arguments.folder, title or "My planet", link, contact)
    there = "" if path.parent == Path() else f" -c {path}"
    edge.tell(f"{path} is made. Next:")
    edge.tell(f"  syndicator{there} add https://example.org/   a site's home page is enough")
    edge.tell(f"  syndicator{there} run")
    return 0


def add(arguments: argparse.Namespace, edge: Edge) -> int:
    """Find the feed of each address, show it and write its table into feeds.toml."""
    if arguments.name and len(arguments.addresses) > 1:
        raise UsageError("--name is for one address")
    config = syndicator.load_config(arguments.config)
    known = {source.url: label(source) for source in config.sources if source.url}
    now, failed = edge.now(), 0
    for address in arguments.addresses:
        try:
            with edge.signals() as stop:
                previews = syndicator.find_feeds(address, arguments.config, now, stop.event)
        except UsageError:
            raise
        except SyndicatorError as error:
            edge.tell(f"syndicator: {error}")
            failed += 1
            continue
        if stop.signal:
            raise Interrupted(stop.signal)
        preview = _chosen(previews, arguments, edge, now)
        if preview is None:
            edge.tell(f"nothing added for {address}")
            continue
        url = preview.url or preview.source.url or address
        if url in known:
            edge.tell(f"{url} is there already: {known[url]}")
            continue
        values = {"url": url, "name": arguments.name, "tags": arguments.tag}
        table = {name: value for name, value in values.items() if value}
        editing.add_sources(arguments.config, [table])
        known[url] = preview.feed.info.name
        edge.say(_about(preview, now))
        edge.tell(f"added to {arguments.config}; `syndicator run` fetches it")
    return 1 if failed else 0


def _chosen(
    previews: Sequence[Preview], arguments: argparse.Namespace, edge: Edge, now: datetime
) -> Preview | None:
    """Return the feed to add: the best, or the one that a person chooses at a terminal."""
    if len(previews) < 2 or arguments.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        for other in previews[1:]:
            edge.tell(f"another feed of that page: {other.url}  {other.feed.info.name}")
        return previews[0] if previews else None
    for number, preview in enumerate(previews, 1):
        edge.tell(f"{number}  {_headline(preview, now)}\n   {preview.url}")
    answer = edge.ask(f"Which one (1 to {len(previews)}, 0 for none)", "1")
    if answer.isdigit() and 0 < int(answer) <= len(previews):
        return previews[int(answer) - 1]
    return None


def _headline(preview: Preview, now: datetime) -> str:
    posts = preview.feed.posts
    dates = [post.published for post in posts if post.published]
    age = f", the newest {in_words(now - max(dates))} old" if dates else ""
    return f"{preview.feed.info.name or preview.url}: {counted(len(posts), 'post')}{age}"


def _about(preview: Preview, now: datetime) -> list[str]:
    """Return lines about a feed: title, posts, language, credit."""
    lines = [_headline(preview, now), f"  feed: {preview.url or 'private'}"]
    language = preview.feed.info.language or next(
        (post.language for post in preview.feed.posts if post.language), ""
    )
    if language:
        lines.append(f"  language: {language}")
    credits_of_posts = (preview.credits[post.fingerprint] for post in preview.newest_first)
    if credit := next(filter(None, credits_of_posts), ""):
        lines.append(f"  credit: {credit}")
    if not preview.source.publish:
        lines.append("  its address holds a secret: read, but not published")
    return lines


def remove(arguments: argparse.Namespace, edge: Edge) -> int:
    """Take a source out of feeds.toml."""
    source = editing.remove_source(arguments.config, _known(arguments))
    edge.tell(f"{label(source)} is removed; its posts go with the next run")
    return 0


def rename(arguments: argparse.Namespace, edge: Edge) -> int:
    """Give a source another name."""
    source = editing.rename_source(arguments.config, _known(arguments), arguments.name)
    edge.tell(f'{label(source)} is named "{arguments.name}"; its id stays')
    edge.tell("`run` shows it; credit lines that are published change with `run --rerender`")
    return 0


def pause(arguments: argparse.Namespace, edge: Edge) -> int:
    """Have a source asked no more."""
    source = editing.pause_source(arguments.config, _known(arguments), paused=True)
    edge.tell(f"{label(source)} is paused: asked no more, its posts stay published")
    return 0


def resume(arguments: argparse.Namespace, edge: Edge) -> int:
    """Have a paused source asked again."""
    source = editing.pause_source(arguments.config, _known(arguments), paused=False)
    what = "is asked again" if source.paused else "was not paused"
    edge.tell(f"{label(source)} {what}")
    return 0


def _known(arguments: argparse.Namespace) -> str:
    """Return the id of the source that the argument means, by its feed's title too."""
    return source_id(syndicator.load_config(arguments.config), arguments.source)


def list_(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the sources with their addresses and tags."""
    config = syndicator.load_config(arguments.config)
    facts = syndicator.source_facts(config)
    rows = []
    for source in config.sources:
        title = facts[source.id].title if source.id in facts and not source.private else ""
        notes = [*source.tags, *(["(paused)"] if source.paused else [])]
        rows.append((source.name or title or label(source), ", ".join(notes), source.shown_address))
    if not rows:
        edge.tell("there is no source yet; `syndicator add ADDRESS` adds one")
        return 0
    columns = terminal.width() if sys.stdout.isatty() else _UNBOUNDED
    edge.write("\n".join(layout([("NAME", "TAGS", "ADDRESS"), *rows], columns)))
    return 0
