"""Make and write the documents of one feed, unless all of them are current."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from syndicator.formats import document_types, file_name
from syndicator.model.edition import Document, Edition, Published
from syndicator.model.settings import Feed, Source
from syndicator.pipeline import hubs
from syndicator.pipeline.hubs import short_digest
from syndicator.store import Files, Store
from syndicator.store.meta import Build, Takeover
from syndicator.whole_files import read_bytes


class SharedState:
    """State shared by all feed builds, computed once per run (there may be thousands of feeds)."""

    def __init__(
        self,
        feeds: Sequence[Feed],
        sources: Mapping[str, Source],
        main_id: str,
        *,
        has_charts: bool = False,
    ) -> None:
        self.feeds = feeds
        self.has_charts = has_charts  # a page of them, in the folder of the main feed
        self.written = [feed for feed in feeds if not feed.per]
        self.sources = sources
        self.main_id = main_id
        self.search_is_current = False  # the index of the search, which all feeds share
        names = [
            (feed.name, feed.title, feed.link, feed.language, feed.formats) for feed in self.written
        ]
        self._names = short_digest(repr((names, main_id)))
        self._derived = short_digest(repr([feed.name for feed in feeds if feed.per]))
        self._sources = short_digest(
            repr([(source.id, source.name, source.tags) for source in sources.values()])
        )

    def siblings(self, feed: Feed) -> Sequence[Feed]:
        """Return the feeds that the pages of one may link to.

        The main feed links to those derived from it (`per` source or language), and the feed of a
        language to those of the others.
        """
        if feed.per == "language":
            return [other for other in self.feeds if other.per != "source"]
        return self.written if feed.name else self.feeds

    def stamp(self, feed: Feed) -> str:
        """Return a digest of everything outside this feed that its pages show."""
        if feed.sources and not feed.tags:
            own = map(self.sources.get, feed.sources)
            named = repr([source and (source.name, source.tags) for source in own])
        else:
            named = self._sources
        if feed.name:
            return f"{self._names} {named} "
        charts = " charts" if self.has_charts else ""
        return f"{self._names} {named} {self._derived}{charts}"


class FeedBuild(Struct):
    """Publishes one feed.

    Each feed has a stamp: its event counter plus a digest of its settings. If the stamp equals the
    last build's and every file still has its size, the build stops there, without reading posts
    or importing libraries.
    """

    shared: SharedState
    store: Store
    feed: Feed
    now: datetime
    remarks: list[str] = []

    def publish(
        self, *, force: bool, rerender: bool, changed: Sequence[int] = ()
    ) -> list[Published]:
        """Make the documents and write those that changed; return all of them.

        With `force` the files on the disk are compared with the published ones by their bytes.
        `changed`: the slices of history that changed by more than a `rerender`.
        """
        stamp, meta = self._stamp(), self.store.meta
        last = meta.read(Build, self.feed.name) or Build()
        files = self.store.files(self.feed.output)
        # Not the pages: there may be one for each post ever published.
        damaged = files.damaged(document_types()) if force else []
        is_current = last.stamp == stamp and not (rerender or damaged)
        if is_current and (unchanged := _unchanged(last.documents)):
            return unchanged
        event = self.store.feeds.last_event()
        # Both the folder and the state file are those of the last build: posts that left
        # before it are removed already, and the archives are as it wrote them.
        is_known = files.mark.stamp == self._signature(last.stamp)
        files.trusted = is_known
        edition, published, slices = self._write(
            files,
            damaged,
            since=last.event if is_known else 0,
            changed=changed if is_known else None,
            rerender=rerender,
            is_first=not last.stamp,
        )
        files.sign(edition.id, self._signature(stamp))
        with self.store.transaction():
            for number in slices:
                self.store.snapshots.archive_written(self.feed, number)
            self.store.corrections.forget(self.feed.name)
            hubs.note_news(self.store, edition, self.now)
            documents = tuple((str(file.path), file.posts, file.bytes) for file in published)
            meta.write(Build(stamp, event, documents), self.feed.name)
        return published

    def _edition(self, since: int, listed: Collection[str]) -> Edition:
        """Read the edition; posts that left before the event `since` are not named in it.

        `listed`: ids of further sources with pages to make.
        """
        # `[feed] id` is the id of the main feed alone.
        shared, main_id = self.shared, "" if self.feed.name else self.shared.main_id
        siblings = shared.siblings(self.feed)
        edition = self.store.snapshots.edition(
            self.feed, shared.sources, siblings, main_id, since=since, listed=listed
        )
        self.store.snapshots.note_popular(self.feed, edition)
        if shared.has_charts and not self.feed.name:
            return replace(edition, has_charts=True)
        return edition

    def _write(
        self,
        files: Files,
        damaged: Sequence[str],
        *,
        since: int,
        changed: Sequence[int] | None,
        rerender: bool,
        is_first: bool,
    ) -> tuple[Edition, list[Published], set[int]]:
        """Write changed documents and remove obsolete ones.

        Return what they show, the documents, and the numbers of the archives among them.
        """
        # Imported here because they load feedgen, lxml and jinja2, and only a change needs them.
        from syndicator import generator, publisher, search

        feed, store = self.feed, self.store
        names = [file_name(feed, form) for form in feed.formats]
        publisher.refuse_blocked(feed.output, names, twins=feed.gzip)
        outdated, listed = dict[str, int](), list[str]()
        if "html" in feed.formats and (correction := store.corrections.read(feed.name)):
            read = partial(_page, files)
            outdated = generator.outdated_pages(correction, files, read, store.posts.slugs)
            files.outdate(outdated)
            path_of = generator.source_path
            listed += (name for name in correction.sources if path_of(name) in outdated)
        edition = self._edition(since, listed)
        if not self.shared.search_is_current:
            self.remarks += search.update(store, self.shared.feeds, self.shared.sources)
            self.shared.search_is_current = True
        if rerender or changed is None:
            files.reclaim(generator.departed_pages(edition, store.posts.slugs))
        files.hide(damaged)  # a damaged archive counts as missing
        # The settings may ask for archives of another format now, and files may have been deleted.
        stale = {*store.snapshots.stale_archives(feed), *generator.missing_archives(edition, files)}
        stale |= set(outdated.values()) - {0}
        gone = generator.obsolete_paths(edition, files, store.posts.slugs)
        if feed.pages == "none" and any(path.startswith("posts/") for path in gone):
            stale |= set(range(1, edition.archives + 1))  # they lead to pages that are no more
        files.hide(gone)
        documents = generator.generate(
            edition,
            lambda number: store.snapshots.archive(feed, number),
            # A setting that changed is no reason to give a page to a post that has none.
            stale=changed if rerender or changed is None else stale,
            known=_known_pages(files),
            rerender=rerender,
            was_published=lambda path: files.kind(path) is not None,
            spans=lambda number: store.snapshots.archive_spans(feed, number),
            slugs=store.posts.slugs,
        )
        documents = chain(generator.face_documents(edition, files, store.faces.body), documents)
        if is_first and store.meta.read(Takeover, feed.name):
            documents = _as_adopted(documents, files.folder, outdated)
        documents = _beside_others(documents, files, generator.WISH_FILES)
        published = publisher.publish(documents, files, gone=gone, twins=feed.gzip)
        return edition, published, stale

    def _stamp(self) -> str:
        """Return a text that changes with everything that the documents are made of."""
        settings = short_digest(f"{self.feed} {self.shared.stamp(self.feed)}")
        return f"{self.store.feeds.stamp(self.feed)} {settings}"

    def _signature(self, stamp: str) -> int:
        """Return the 31 bits by which a folder knows a build; no build has the -1 of no stamp.

        The store's own name is part of it: two state files may have equal counters.
        """
        if stamp:
            return crc32(f"{self.store.meta.store_id} {stamp}".encode()) >> 1
        return -1


# The newest posts of a source on the page of a post, as of the day on which it was made.
_NEWEST = re.compile(rb'<section class="more">.*?</section>', re.DOTALL)


def _page(files: Files, path: str) -> bytes:
    """Return a page of ours, b"" if it is not there. Raises PublishError."""
    return read_bytes(files.folder / path) if path in files else b""


def _known_pages(files: Files) -> Mapping[str, str]:
    """Return the digests of our pages; none for a first build, which would ask for each of them."""
    if not files.of_type("text/html", 1):
        return {}
    files.read_ahead("archive/")  # the list of all posts asks for the page of each slice
    return files


def _beside_others(
    documents: Iterable[Document], files: Files, paths: Collection[str]
) -> Iterator[Document]:
    """Yield documents; of `paths` those not where the operator has a file, such as a robots.txt."""
    for document in documents:
        path = document.path
        is_others = path in paths and files.kind(path) is None and (files.folder / path).exists()
        if not is_others:
            yield document


def _as_adopted(
    documents: Iterable[Document], folder: Path, outdated: Collection[str]
) -> Iterator[Document]:
    """Yield documents; a page of a post stays as it stands if only its newest posts differ.

    One that is outdated does not. Raises PublishError for a page that can't be read.
    """
    for document in documents:
        page = folder / document.path
        is_page = document.path.startswith("posts/") and document.path not in outdated
        if is_page and page.is_file():
            old = read_bytes(page)
            if _NEWEST.sub(b"", old) == _NEWEST.sub(b"", document.body):
                yield replace(document, body=old)
                continue
        yield document


def _unchanged(files: Sequence[tuple[str, int, int]]) -> list[Published]:
    """Return the documents of the last build (path, posts, size) if all have their sizes."""
    documents = [Published(Path(path), False, posts, size) for path, posts, size in files]
    is_damaged = any(_size(document.path) != document.bytes for document in documents)
    return [] if is_damaged else documents


def _size(path: Path) -> int:
    """Return the size of a file in bytes, -1 for a missing one."""
    try:
        return path.stat().st_size
    except OSError:
        return -1
