"""Edition -> Documents: feeds for programs, pages for people.

Pure: the same edition gives the same bytes. Documents come in the order in which they may be
published: pages and archives before the current documents that point at them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from importlib import import_module
from itertools import chain

from msgspec.structs import replace

from syndicator import formats
from syndicator.generator.body import LAYOUT, narrowed
from syndicator.generator.documents import (
    FeedDocument,
    archive_document,
    archive_format,
    archive_names,
    current_document,
    feed_paths,
    polled_addresses,
)
from syndicator.generator.item import RenderedItem, render_items
from syndicator.generator.site import (
    POSTS,
    PostPaths,
    SiteBuilder,
    Slugs,
    Spans,
    face_path,
    outdated_pages,
    source_path,
)
from syndicator.generator.site.front import further_posts
from syndicator.generator.site.paths import RECENT, TAGS, archive_path, tag_path
from syndicator.generator.site.selection import sources_by_tag
from syndicator.generator.site.theme import Theme
from syndicator.generator.wishes import WISH_FILES, wish_files
from syndicator.model.edition import Archive, Document, Edition, Item, PublishedFiles
from syndicator.model.settings import Feed

__all__ = [
    "LAYOUT",
    "WISH_FILES",
    "face_documents",
    "generate",
    "generate_one",
    "missing_archives",
    "obsolete_paths",
    "outdated_pages",
    "polled_addresses",
    "source_path",
]

NOTHING: Mapping[str, str] = {}
_PAGE_TYPES = frozenset({"text/html", "text/css"})


def generate(  # noqa: PLR0913 - what was published before says what to make
    edition: Edition,
    archive: Callable[[int], Archive] | None = None,
    *,
    stale: Iterable[int] | None = None,
    known: Mapping[str, str] = NOTHING,
    rerender: bool = False,
    was_published: Callable[[str], bool] | None = None,
    spans: Spans | None = None,
    slugs: Slugs | None = None,
) -> Iterator[Document]:
    """Yield the documents of an edition, in rising rank.

    `archive` gives a slice of history by its number. `stale` are the numbers of slices that may
    have changed since they were published (None: all). Only these are made, so that publishing
    costs by what is published: a closing archive is stale, and so is the one before it, which now
    links on to it. Of a slice that is no archive only the posts have pages. `known`, `rerender` and
    `spans` are for the pages: see `site.SiteBuilder`. With `rerender` the other slices are made
    again too, but no page of a post that had none, as `was_published` tells by its path.
    """
    site = SiteBuilder(edition, known, rerender=rerender, spans=spans, slugs=slugs)
    yield from site.posts(edition.items)
    if archive:
        # One by one, and each read once: all of a long history would not fit into memory.
        changed = None if stale is None else set(stale)
        numbers = _slice_numbers(edition, None if rerender else changed, has_posts=site.has_posts)
        for number in numbers:
            had_page = None if changed is None or number in changed else was_published
            yield from _history(edition, archive(number), site, had_page)
    yield from site.lists()
    yield from wish_files(edition)
    written = formats.written(edition.feed.formats)
    items = _rendered(edition.items if written else (), edition.feed)
    for form in written:
        yield _bounded_document(edition, form, items)


def _archive_count(edition: Edition) -> int:
    """Return the number of closed archives that are published, 0 if the feed wants none."""
    return edition.archives if edition.feed.archives else 0


def _slice_numbers(
    edition: Edition, stale: Iterable[int] | None, *, has_posts: bool
) -> Iterable[int]:
    """Return the slices to read: beyond the archives only for the pages of their posts."""
    slices = edition.slices if has_posts else 0
    every = range(1, max(slices, _archive_count(edition)) + 1)
    return every if stale is None else sorted(set(stale).intersection(every))


def _history(
    edition: Edition, archive: Archive, site: SiteBuilder, had_page: Callable[[str], bool] | None
) -> Iterator[Document]:
    """Yield the pages of a slice of history and, if it is closed, its feed document.

    The document has rank 0, since the current documents link to it.
    """
    yield from site.archive(archive, had_page)
    form = archive_format(edition.feed)
    if form and archive.number <= _archive_count(edition):
        newest_first = sorted(archive.items, key=lambda item: -item.sequence)
        items = _rendered(newest_first, edition.feed)
        document = archive_document(edition, form, archive, items)
        yield replace(_document(edition, form, document), rank=0)


def _rendered(items: Iterable[Item], feed: Feed) -> tuple[RenderedItem, ...]:
    return render_items((narrowed(item, feed.content) for item in items), feed.timezone)


def _bounded_document(edition: Edition, form: str, items: tuple[RenderedItem, ...]) -> Document:
    """Return the current document of a format with as many posts as `max_bytes` has room for.

    It has the newest post, however long. The list of sources has no posts and no bound.
    """

    def document(count: int) -> Document:
        return _document(edition, form, current_document(edition, form, items[:count]))

    whole, bound = document(len(items)), edition.feed.max_bytes
    if bound is None or len(whole.body) <= bound or form == "opml":
        return whole
    counts = range(1, len(items))
    fitting = bisect_right(counts, bound, key=lambda count: len(document(count).body))
    return document(max(fitting, 1))


def generate_one(edition: Edition, form: str) -> Document:
    """Make a single current document of a format, as `fetch --format` prints it."""
    items = _rendered(edition.items, edition.feed)
    return _document(edition, form, current_document(edition, form, items))


def _document(edition: Edition, form: str, document: FeedDocument) -> Document:
    # feedgen and lxml cost 60 ms to import: a run that writes only JSON, or nothing, does not pay.
    body = import_module(formats.FORMATS[form].writer).write(edition, document)
    posts = len(edition.sources if form == "opml" else document.items)
    return Document(document.path, body, formats.FORMATS[form].type, posts=posts, rank=2)


def departed_pages(edition: Edition, slugs: Slugs | None = None) -> set[str]:
    """Return the paths of the pages of posts and sources that left a feed."""
    departed, paths = edition.departed, PostPaths(slugs)
    paths.learn(departed.posts)
    return {*map(paths.path, departed.posts), *map(source_path, departed.sources)}


def obsolete_paths(
    edition: Edition, known: PublishedFiles, slugs: Slugs | None = None
) -> list[str]:
    """Return the paths, among those published before, that this edition publishes no more.

    A page that is only not made anew is not among them.
    """
    feed = edition.feed
    lost = set(chain.from_iterable(map(known.of_type, formats.document_types())))
    lost -= feed_paths(edition)
    lost |= {path for path in departed_pages(edition, slugs) if known.kind(path) is not None}
    lost |= {path for path in known.below("sources/") if not path.endswith(".html")}
    lost -= {face_path(*face) for face in edition.faces.items()}
    lost |= set(known.below("theme/"))
    lost |= set(known.below(TAGS)).difference(map(tag_path, sources_by_tag(edition)))
    if known.kind(RECENT) is not None and not further_posts(edition):
        lost.add(RECENT)
    stating = {document.path for document in wish_files(edition)}
    lost |= {path for path in WISH_FILES if path not in stating and known.kind(path) is not None}
    if "html" in feed.formats:
        lost -= {document.path for document in Theme(feed.templates, feed.language).files()}
    if not {"html", "fragment"} & set(feed.formats):
        lost.update(*map(known.of_type, _PAGE_TYPES))
    elif feed.pages == "none" or "html" not in feed.formats:
        lost |= {*known.below(POSTS)}
        # The page of the open slice of history is made with the pages of its posts.
        opened = map(archive_path, range(edition.archives + 1, edition.slices + 1))
        lost |= {path for path in opened if known.kind(path) is not None}
    return sorted(lost)


def face_documents(
    edition: Edition, known: Mapping[str, str], body_of: Callable[[str], bytes]
) -> Iterator[Document]:
    """Yield the pictures of sources that are not published yet, or changed.

    `body_of` gives the picture of a source by its id.
    """
    for source_id, suffix in edition.faces.items():
        path, body = face_path(source_id, suffix), body_of(source_id)
        digest = blake2b(body, digest_size=16).hexdigest()
        if known.get(path) != digest:
            yield Document(path, body, formats.ASSETS[suffix], digest=digest)


def missing_archives(edition: Edition, known: PublishedFiles) -> list[int]:
    """Return the numbers of archives that are not published yet: a new setting may ask for all."""
    published = {*known.below("archive/")} - known.hidden
    return [number for number, path in archive_names(edition) if path not in published]
