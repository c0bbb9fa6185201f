"""Edition -> Documents: feeds for programs, pages for people. Pure: the same edition gives the same bytes anywhere.

Documents come in the order in which they may be published: pages and archives before the current documents that
point at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import PurePosixPath
from typing import Protocol

from msgspec.structs import replace

from syndicator import formats
from syndicator.generator.body import LAYOUT
from syndicator.generator.item import (
    Volume,
    address,
    archive_form,
    archive_name,
    closed,
    current,
    file_name,
    prepare,
)
from syndicator.generator.site import Site, post_path, source_path
from syndicator.model.edition import Archive, Document, Edition
from syndicator.model.settings import Feed

__all__ = ["LAYOUT", "addresses", "generate", "lacking", "obsolete", "one"]

NOTHING: Mapping[str, str] = {}
_OF_PAGES = frozenset({"text/html", "text/css"})
_POSTS = post_path("").partition("/")[0] + "/"
_ARCHIVES = "archive/"


def generate(
    edition: Edition,
    archive: Callable[[int], Archive] | None = None,
    *,
    stale: Iterable[int] | None = None,
    known: Mapping[str, str] = NOTHING,
    rerender: bool = False,
) -> Iterator[Document]:
    """Yield the documents of an edition, in rising rank.

    `archive` gives a slice of history by its number; `stale` are the numbers that may have changed since they were
    published (None: all), the only ones that are made, so that publishing costs by what is published. When an
    archive closes, it is stale and so is the one before it, which now links on to it. Of a slice that is no archive
    only the posts have pages. `known` and `rerender` are for the pages: see `site.Site`.
    """
    site = Site(edition, known, rerender=rerender)
    yield from site.posts(edition.items)
    if archive:
        # One by one, and each read once: all of a long history would not fit into memory.
        for volume in map(archive, _numbers(edition, stale, site)):
            if volume.number <= _archives(edition):
                yield from site.archive(volume)
                yield from _history(edition, volume)
            else:
                yield from site.posts(volume.items)
    yield from site.lists()
    forms = formats.written(edition.feed.formats)
    pieces = prepare(edition.items if forms else (), edition.feed.timezone)
    for form in forms:
        yield _document(edition, form, current(edition, form, pieces))


def _archives(edition: Edition) -> int:
    """Return how many closed archives are published, 0 where the feed wants none."""
    return edition.archives if edition.feed.archives else 0


def _numbers(edition: Edition, stale: Iterable[int] | None, site: Site) -> Sequence[int]:
    """Return the slices to read: beyond the archives only for the pages of their posts."""
    slices = edition.slices if site.has_posts else 0
    everything = range(1, max(slices, _archives(edition)) + 1)
    return (
        everything
        if stale is None
        else sorted({number for number in stale if number in everything})
    )


def _history(edition: Edition, archive: Archive) -> Iterator[Document]:
    """Yield the feed document of a closed archive; of rank 0, since the current documents link to it."""
    form = archive_form(edition.feed)
    if form:
        newest_first = sorted(archive.items, key=lambda item: -item.sequence)
        pieces = prepare(newest_first, edition.feed.timezone)
        yield replace(_document(edition, form, closed(edition, form, archive, pieces)), rank=0)


def one(edition: Edition, form: str) -> Document:
    """Make a single current document ("rss", "atom", "json", "opml"), as `fetch --format` prints it."""
    return _document(
        edition, form, current(edition, form, prepare(edition.items, edition.feed.timezone))
    )


def _document(edition: Edition, form: str, volume: Volume) -> Document:
    posts = len(edition.sources if form == "opml" else volume.pieces)
    body = _write(edition, form, volume)
    return Document(volume.path, body, formats.FORMATS[form].type, posts=posts, rank=2)


def _write(edition: Edition, form: str, volume: Volume) -> bytes:
    # feedgen and lxml cost 60 ms to import: a run that publishes nothing, or only JSON, does not pay for them.
    writer = import_module(formats.FORMATS[form].writer)
    body: bytes = writer.write(edition, volume)
    return body


class Files(Protocol):
    """What was published before, as a ledger answers for it: never all of it, which may be much."""

    hidden: frozenset[str]  # paths that count as gone, though they are named

    def kind(self, path: str) -> str | None:
        """Return the media type of what was published at a path; None: nothing was."""

    def of_type(self, kind: str) -> Iterable[str]:
        """Return the paths of a media type, whatever its parameters."""

    def below(self, folder: str) -> Iterable[str]:
        """Return the paths below a folder."""


def obsolete(edition: Edition, known: Files) -> list[str]:
    """Return the paths, among those published before, that this edition publishes no more.

    A page that is only not made anew is not among them.
    """
    feed, wanted, departed = edition.feed, set(_feed_paths(edition)), edition.departed
    lost = {path for kind in formats.document_types() for path in known.of_type(kind)} - wanted
    pages = {*map(post_path, departed.posts), *map(source_path, departed.sources)}
    lost |= {path for path in pages if known.kind(path) is not None}
    if not {"html", "fragment"} & set(feed.formats):
        lost |= {path for kind in _OF_PAGES for path in known.of_type(kind)}
    elif feed.pages == "none" or "html" not in feed.formats:
        lost |= {*known.below(_POSTS)}
    return sorted(lost)


def lacking(edition: Edition, known: Files) -> list[int]:
    """Return the archives that are not among the published paths: a new setting may ask for all of them."""
    there = {*known.below(_ARCHIVES)} - known.hidden
    return [number for number, path in _archive_paths(edition) if path not in there]


def addresses(feed: Feed) -> list[str]:
    """Return the addresses that a feed's subscribers poll: what a hub is told of."""
    return [address(feed, file_name(feed, form)) for form in formats.polled(feed.formats)]


def _feed_paths(edition: Edition) -> Iterator[str]:
    feed: Feed = edition.feed
    for form in formats.written(feed.formats):
        yield file_name(feed, form)
    yield from (path for _, path in _archive_paths(edition))


def _archive_paths(edition: Edition) -> Iterator[tuple[int, str]]:
    feed = edition.feed
    form = archive_form(feed)
    if feed.archives and form:
        # Named once and not one by one: of a million posts there are ten thousand archives, looked at by each run.
        tail = PurePosixPath(file_name(feed, form)).suffix
        head = archive_name(feed, 0).removesuffix(f"-0{tail}")
        yield from ((number, f"{head}-{number}{tail}") for number in range(1, edition.archives + 1))
