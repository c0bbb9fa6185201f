"""Make and write the documents of one feed, unless all of them are current."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zlib import crc32

from syndicator.ledger import Ledger
from syndicator.model.edition import Edition, Published
from syndicator.model.settings import Feed, Source
from syndicator.pipeline import hubs
from syndicator.pipeline.hubs import short_digest
from syndicator.store import Store


class SharedState:
    """State shared by all feed builds, computed once per run (there may be thousands of feeds)."""

    def __init__(self, feeds: Sequence[Feed], sources: Mapping[str, Source], main_id: str) -> None:
        self.feeds = feeds
        self.written = [feed for feed in feeds if not feed.per]
        self.sources = sources
        self.main_id = main_id
        names = [
            (feed.name, feed.title, feed.link, feed.language, feed.formats) for feed in self.written
        ]
        self._names = short_digest(repr((names, main_id)))
        self._derived = short_digest(repr([feed.name for feed in feeds if feed.per]))
        self._sources = short_digest(
            repr([(source.id, source.name) for source in sources.values()])
        )

    def siblings(self, feed: Feed) -> Sequence[Feed]:
        """Return the feeds that the pages of one may link to.

        Only the main feed links to feeds derived from it (`per` source or language).
        """
        return self.written if feed.name else self.feeds

    def stamp(self, feed: Feed) -> str:
        """Return a digest of everything outside this feed that its pages show."""
        if feed.sources and not feed.tags:
            named = repr([source and source.name for source in map(self.sources.get, feed.sources)])
        else:
            named = self._sources
        return f"{self._names} {named} {'' if feed.name else self._derived}"


class FeedBuild:
    """Publishes one feed.

    Each feed has a stamp: its event counter plus a digest of its settings. If the stamp equals the
    last build's and every file still has its size, the build stops there, without reading posts
    or importing libraries.
    """

    def __init__(self, shared: SharedState, store: Store, feed: Feed, now: datetime) -> None:
        self.shared = shared
        self.store = store
        self.feed = feed
        self.now = now
        self.remarks: list[str] = []

    def publish(self, *, force: bool, rerender: bool) -> list[Published]:
        """Make the documents and write those that changed; return all of them.

        With `force` the files on the disk are compared with the published ones by their bytes.
        """
        stamp, key = self._stamp(), f"built:{self.feed.name}"
        old_stamp, event, *files = json.loads(self.store.note(key) or '["", 0]')
        with Ledger(self.feed.output) as ledger:
            damaged = _damaged(ledger) if force else []
            if (
                not (rerender or damaged)
                and old_stamp == stamp
                and (unchanged := _unchanged(files))
            ):
                return unchanged
            last_event = self.store.last_event()
            # Both the folder and the state file are those of the last build: posts that left
            # before it are removed already, and the archives are as it wrote them.
            is_known = ledger.stamp == self._signature(old_stamp)
            edition = self._edition(since=event if is_known else 0)
            published, slices = self._write(
                edition, ledger, damaged, all_archives=rerender or not is_known, rerender=rerender
            )
            ledger.name(edition.id)
            ledger.sign(self._signature(stamp))
        if ledger.lost:
            self.remarks.append(
                f"{ledger.path} was damaged and begins anew: files that were published before "
                "and are not again stay where they are"
            )
        with self.store.transaction():
            for number in slices:
                self.store.archive_written(self.feed, number)
            hubs.note_news(self.store, edition, self.now)
            files = [(str(file.path), file.posts, file.bytes) for file in published]
            self.store.set_note(key, json.dumps([stamp, last_event, *files]))
        return published

    def _edition(self, since: int) -> Edition:
        """Read the edition; posts that left before the event `since` are not named in it."""
        # `[feed] id` is the id of the main feed alone.
        main_id = "" if self.feed.name else self.shared.main_id
        siblings = self.shared.siblings(self.feed)
        edition = self.store.edition(self.feed, self.shared.sources, siblings, main_id, since=since)
        self.store.note_popular(self.feed, edition)
        return edition

    def _write(
        self,
        edition: Edition,
        ledger: Ledger,
        damaged: Sequence[str],
        *,
        all_archives: bool,
        rerender: bool,
    ) -> tuple[list[Published], list[int]]:
        """Write changed documents and remove obsolete ones.

        Return the documents, and the numbers of the archives among them.
        """
        # Imported here because they load feedgen, lxml and jinja2.
        from syndicator import generator, publisher

        feed, store = self.feed, self.store
        ledger.hide(damaged)  # a damaged archive counts as missing
        # The settings may ask for archives of another format now, and files may have been deleted.
        stale = [*store.stale_archives(feed), *generator.missing_archives(edition, ledger)]
        gone = generator.obsolete_paths(edition, ledger)
        ledger.hide(gone)
        documents = generator.generate(
            edition,
            lambda number: store.archive(feed, number),
            stale=None if all_archives else stale,
            known=ledger,
            rerender=rerender,
        )
        published = publisher.publish(documents, ledger, gone=gone, twins=feed.gzip)
        return published, stale

    def _stamp(self) -> str:
        """Return a text that changes with everything that the documents are made of."""
        settings = short_digest(f"{self.feed} {self.shared.stamp(self.feed)}")
        return f"{self.store.edition_mark(self.feed)} {settings}"

    def _signature(self, stamp: str) -> int:
        """Return the 31 bits by which a ledger knows a build; no build has the -1 of no stamp.

        The store's own name is part of it: two state files may have equal counters.
        """
        return crc32(f"{self.store.note('store')} {stamp}".encode()) >> 1 if stamp else -1


def _damaged(ledger: Ledger) -> list[str]:
    from syndicator import publisher  # lxml: only --force compares bytes

    return publisher.damaged(ledger)


def _unchanged(files: Sequence[tuple[str, int, int]]) -> list[Published]:
    """Return the documents of the last build (path, posts, size) if all have their sizes."""
    if any(_size(Path(path)) != size for path, _, size in files):
        return []
    return [Published(Path(path), False, posts, size) for path, posts, size in files]


def _size(path: Path) -> int:
    """Return the size of a file in bytes, -1 for a missing one."""
    try:
        return path.stat().st_size
    except OSError:
        return -1
