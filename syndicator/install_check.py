"""Config -> the findings of `check`: remarks on the file, and faults of the documents."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from syndicator import check, fetcher, pipeline
from syndicator.config import feeds_by_language
from syndicator.errors import StoreError
from syndicator.failures import label, unpublished
from syndicator.formats import file_name
from syndicator.generator.site.links import PageLinks
from syndicator.generator.site.trial import template_faults
from syndicator.model.fetch import Ask, FetchFailed
from syndicator.model.settings import Config
from syndicator.quantities import counted
from syndicator.store import Store, examine
from syndicator.store.meta import Languages
from syndicator.text_rules import is_uri

# Placeholders of a credit that a post may have nothing for.
_LACKING = {"post": "a title", "author": "an author"}
MANY = 20  # problems of one document that are shown
# Why the main feed may not lead to a feed that is derived from it.
_UNLINKED = {
    "source": "[feed] does not take this source",
    "language": "`syndicator run --rerender` makes its pages again",
}
ASKED = 200  # sources that `check` asks at most


class Finding(Struct, frozen=True):
    """One thing found; an error makes `check` fail, a remark does not."""

    where: str
    what: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{'error' if self.is_error else 'warning'}: {self.where}: {self.what}"


def inspect(config: Config) -> Iterator[Finding]:
    """Yield the findings: remarks on the configuration first, then each document's problems."""
    yield from _remarks(config)
    yield from _places(config)
    yield from _documents(config)


def home_pages(config: Config, stop: threading.Event | None = None) -> Iterator[Finding]:
    """Ask the sources that never worked; yield the addresses that are pages, with their feeds'.

    At most 200 are asked. `stop` ends it early.
    """
    if _state_fault(config.state):
        return
    states = pipeline.states(config)
    asks = []
    for source in config.sources:
        state = states.get(source.id)
        if source.url and not source.paused and not (state and state.last_success):
            asks.append(Ask(source, source.url))
    names = {source.id: label(source) for source in config.sources}
    for outcome in fetcher.fetch_all(asks[:ASKED], config.fetch, stop or threading.Event()):
        if isinstance(outcome, FetchFailed) and outcome.kind == "html":
            where = f'[[sources]] "{names[outcome.source_id]}", key `url`'
            yield Finding(str(config.path), f"{where}: {outcome.error}; {outcome.advice}")


def _remarks(config: Config) -> Iterator[Finding]:
    file, main = str(config.path), config.feeds[0]
    if not main.contact:
        what = "[feed] contact is not set: publishers and readers can't reach you; give a URL or a mail address"
        yield Finding(file, what, is_error=False)
    if config.id and not is_uri(config.id):
        what = f'[feed], key `id`: "{config.id}" is no URI by the rules of its scheme'
        what += "; keep it where subscribers know the feed by it, else leave the key out"
        yield Finding(file, what, is_error=False)
    if not (config.sources or config.lists):
        yield Finding(file, "there is no [[sources]] table: nothing would be fetched")
    texts = {source.attribution.text: None for source in config.sources}
    for text in texts:
        lacking = [name for name in _LACKING if f"{{{name}}}" in text]
        if lacking:
            names = " or ".join(f"without {_LACKING[name]}" for name in lacking)
            what = f'the credit "{text}" does not suit posts {names}: they get our own wording'
            yield Finding(file, what, is_error=False)
    for source in config.sources:
        if source.private_by:
            yield Finding(file, f"{label(source)}: {unpublished(source)}", is_error=False)
    for source in config.asked:
        if source.path and not source.path.is_file():
            what = "no such file (an address begins with https://)"
            if source.path.exists():
                what = "is not a file"
            table = "sources" if source in config.sources else "lists"
            yield Finding(file, f'[[{table}]] "{source.id}", key `url`: {what}: {source.path}')
    for feed in {feed.templates: feed for feed in config.feeds if feed.templates}.values():
        for fault in template_faults(feed):
            yield Finding(file, f"[feed], key `templates`: {fault}")


def _places(config: Config) -> Iterator[Finding]:
    """Yield which of the places that a run writes to it can't use.

    To find that out nothing is made or changed.
    """
    file = str(config.path)
    if fault := _state_fault(config.state):
        yield Finding(file, f"[feed], key `state`: {fault}")
    faults: dict[str, str] = {}  # each once: most feeds lie in the folder of the first
    for feed in config.feeds:
        faults.setdefault(
            _folder_fault(feed.output), f'[[feeds]] "{feed.name}"' if feed.name else "[feed]"
        )
    for fault, table in faults.items():
        if fault:
            yield Finding(file, f"{table}, key `output`: {fault}")


def _state_fault(path: Path) -> str:
    """Say why the state file can't be used; "" if it can."""
    if not _may(path, os.F_OK):
        return _folder_fault(path.parent)
    if not path.is_file():
        return (
            f"{path} is {'a folder' if path.is_dir() else 'no file'}; it must be the path of a file"
        )
    if not _may(path, os.R_OK | os.W_OK):
        return f"{path} can't be read and written by who runs this"
    try:
        examine(path)
    except StoreError as error:
        return str(error)
    return _folder_fault(path.parent)  # SQLite needs files beside it


def _folder_fault(folder: Path) -> str:
    """Say why a folder can't be written to, or made; "" if it can."""
    there = next((path for path in (folder, *folder.parents) if _may(path, os.F_OK)), folder)
    if not there.is_dir():
        return f"{there} is no folder"
    if _may(there, os.W_OK | os.X_OK):
        return ""
    return f"{there} can't be written to by who runs this"


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _documents(config: Config) -> Iterator[Finding]:
    """Yield the problems of all published files, one by one: there may be a page for each post."""
    if _state_fault(config.state):
        return
    is_new = not config.state.exists() or not config.state.stat().st_size
    with Store(":memory:" if is_new else config.state, read_only=not is_new) as store:
        feeds = list(config.feeds)
        if config.per_language and (spoken := store.meta.read(Languages)):
            feeds += feeds_by_language(config.feeds[0], spoken.names)
        main = PageLinks(feeds[0])
        for feed in feeds:
            if _folder_fault(feed.output):
                continue
            path, links = "", PageLinks(feed) if feed.name else main
            for path, kind in store.files(feed.output).all():
                try:
                    body = (feed.output / path).read_bytes()
                except OSError as error:
                    what = f"can't be read: {error.strerror}; {_again(kind)}"
                    yield Finding(str(feed.output / path), what)
                    continue
                if kind.startswith("text/html"):
                    links.add(path, body)
                yield from _problems(feed.output / path, kind, body)
            if not path:
                what = "nothing is published there yet: `syndicator run` does that"
                yield Finding(str(feed.output), what, is_error=False)
            home = f"{feed.name}/{file_name(feed, 'html')}"
            if feed.per and "html" in feed.formats and not main.leads_to(home):
                what = f"no page of the main feed leads here: {_UNLINKED[feed.per]}"
                yield Finding(str(feed.output), what, is_error=False)
            if unlinked := links.unlinked():
                what = (
                    f"{counted(len(unlinked), 'page')} that no other page leads to, such as "
                    f"{unlinked[0]}; `syndicator run --rerender` makes the lists of posts again"
                )
                yield Finding(str(feed.output), what, is_error=False)


def _problems(path: Path, kind: str, body: bytes) -> Iterator[Finding]:
    problems = map(_of_ours, check.check(body, kind))
    shown = list(islice(problems, MANY))
    for problem in shown:
        yield Finding(str(path), str(problem), problem.serious)
    serious = [problem.serious for problem in problems]
    if serious:
        yield Finding(str(path), "and more", any(serious))
    if any(serious) or any(problem.serious for problem in shown):
        yield Finding(str(path), f"if another hand changed it: {_again(kind)}", is_error=False)


# The id of a feed, of a post or of one taken out, as the checker names its place.
_ID = re.compile(r"feed(?:/entry\[\d+\])?/id|feed/deleted-entry(?:\[\d+\])?@ref")


def _of_ours(problem: check.Problem) -> check.Problem:
    """Call an id that is no URI no error: ours are URIs, but for those that `adopt` took over."""
    if not (_ID.fullmatch(problem.where) and problem.what.endswith("absolute URI")):
        return problem
    what = f"{problem.what}; it was taken over, and readers know it"
    return replace(problem, what=what, serious=False)


def _again(kind: str) -> str:
    """Name the command that makes a document again: `run --force` does not compare pages."""
    option = "--rerender" if kind.startswith("text/html") else "--force"
    return f"`syndicator run {option}` makes it again"
