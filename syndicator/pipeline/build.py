"""Store -> documents: what is new is admitted to each feed, related, and published. No network but a hub's ping."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec import Struct

from syndicator.config import sub_feed
from syndicator.ledger import Ledger
from syndicator.model.edition import Edition, Published, RelatedList
from syndicator.model.post import Post
from syndicator.model.run import Options
from syndicator.model.settings import Config, Feed, Filter, Source
from syndicator.pipeline import sums
from syndicator.store import Store

if TYPE_CHECKING:
    from syndicator import websub

PORTION = 100  # posts that are read whole at a time


class Built(Struct):
    """What a build did."""

    documents: list[Published] = []
    remarks: list[str] = []  # what the operator should hear: a hub that failed


def build(config: Config, store: Store, options: Options, now: datetime) -> Built:
    """Publish each feed of the configuration. Raises StoreError, PublishError.

    The decisions (what is published, with which lists) are kept in the store before a file is written; a
    run that is killed in between is completed by the next one.
    """
    wanted = {source.id: source for source in config.sources}
    feeds = _named(config.feeds, store, wanted)
    built = Built(remarks=_recall(feeds, store))
    store.conceal(config.sources, now)
    admit(feeds, store, wanted, now)
    if config.per_language:
        by_language = _feeds_by_language(config.feeds[0], store)
        _recall(by_language, store)
        admit(by_language, store, wanted, now)
        feeds += by_language
    if options.rerender:
        _rerender(store, feeds, wanted, now)
    common = _Common(feeds, wanted, config.id)
    for feed in feeds:
        one = _FeedBuild(common, store, feed, now)
        built.documents += one.publish(force=options.force, rerender=options.rerender)
        built.remarks += one.remarks
    store.purge(now, config.keep)
    built.remarks += _tell_hubs(store, config.fetch.user_agent)
    return built


def _recall(feeds: Sequence[Feed], store: Store) -> list[str]:
    """Let feeds that the store does not know keep the ids that they have in their folders; say so if it knows none.

    Post ids come from the sources, but a feed's own is made once: with another, readers would take it for another feed.
    """
    known = store.feed_names()
    found = []
    for feed in feeds:
        if feed.name in known:
            continue
        with Ledger(feed.output) as ledger:
            if feed_id := ledger.feed_id:
                store.name_feed(feed.name, feed_id)
                found.append(feed.output)
    if known or not found:
        return []
    return [
        f"there was no state file {store.path}, though {found[0]} holds what an earlier one published: starting anew, "
        "so readers may show posts as unread again, and what sources list no more is gone. If mislaid, put it back."
    ]


def admit(feeds: Sequence[Feed], store: Store, wanted: Mapping[str, Source], now: datetime) -> None:
    """Decide what each feed publishes, and choose the lists of what is new in it; both are kept for ever."""
    for feed in feeds:
        store.admit(feed, wanted, now, _accepts(feed.filter, now))
    unlisted = list(dict.fromkeys(number for feed in feeds for number in store.unlisted(feed)))
    if unlisted:
        from syndicator.generator.body import LAYOUT  # Markup and more: only who publishes pays

        with store.transaction():
            for number, _, lists in _related(store, unlisted, wanted):
                store.freeze_related(number, lists, LAYOUT)


def _accepts(rules: Filter, now: datetime) -> Callable[[Post], bool] | None:
    if rules == Filter():
        return None
    from syndicator.normalizer import filters  # RE2: only who filters pays

    return lambda post: not filters.judge(post, rules, now)


def _related(
    store: Store, numbers: Sequence[int], wanted: Mapping[str, Source]
) -> Iterator[tuple[int, Post, tuple[RelatedList, ...]]]:
    """Choose the lists of stored posts, the last first, from all that is known now."""
    from syndicator.related import (
        Index,
    )  # numpy: 80 ms that only a run with something to publish pays

    index = Index(store.corpus())
    shown = frozenset(
        source.id for source in wanted.values() if source.publish and not source.private
    )
    newest = numbers[::-1]
    for start in range(0, len(newest), PORTION):
        portion = newest[start : start + PORTION]
        found = store.documents(portion)
        for number, post in ((number, found[number]) for number in portion if number in found):
            source = wanted[post.source_id]
            lists = index.choose(
                number, post, source.related, sources=shown, fallback=source.fallback
            )
            yield number, post, lists
    index.keep()


def _rerender(
    store: Store, feeds: Sequence[Feed], wanted: Mapping[str, Source], now: datetime
) -> None:
    """Make published posts what the settings ask for now.

    Wording and lists are those of the posts in the documents; bodies that may no more be shown are everywhere.
    """
    from syndicator.generator.body import LAYOUT  # as above
    from syndicator.normalizer import attribution  # only --rerender judges published posts again

    numbers = list(dict.fromkeys(number for feed in feeds for number in store.shown(feed)))
    with store.transaction():
        store.rename(wanted.values())
        for source in wanted.values():
            _narrow(store, source, now)
        for number, post, lists in _related(store, numbers, wanted):
            source = wanted[post.source_id]
            titled = bool(post.title)
            line = attribution.choose(
                source.attribution, post.language, titled=titled, fallback=source.fallback
            )
            store.refreeze(number, line, lists, LAYOUT, now)


def _narrow(store: Store, source: Source, now: datetime) -> None:
    """Take out of a source's stored posts what its settings let through no more."""
    from syndicator import normalizer  # as above

    if source.content == "full" and source.images == "keep":
        return
    numbers = store.numbers_of(source.id)
    for start in range(0, len(numbers), PORTION):
        for number, post in store.documents(numbers[start : start + PORTION]).items():
            narrowed = normalizer.narrowed(post, source)
            if narrowed != post:
                store.revise(number, narrowed, now)


# -- one feed's documents ---------------------------------------------------------------------------------


class _Common:
    """What all feeds have in common, looked at once: with a feed for each of a thousand sources it is much."""

    def __init__(self, feeds: Sequence[Feed], wanted: Mapping[str, Source], main_id: str) -> None:
        self.feeds = feeds
        self.written = [feed for feed in feeds if not feed.per]
        self.wanted = wanted
        self.main_id = main_id
        names = [
            (feed.name, feed.title, feed.link, feed.language, feed.formats) for feed in self.written
        ]
        self._names = _short(repr((names, main_id)))
        self._made = _short(repr([feed.name for feed in feeds if feed.per]))
        self._sources = _short(repr([(source.id, source.name) for source in wanted.values()]))

    def others(self, feed: Feed) -> Sequence[Feed]:
        """Return the feeds that the pages of one may name: only those of the main one name what is made of each."""
        return self.written if feed.name else self.feeds

    def stamp(self, feed: Feed) -> str:
        """Return what changes with the other feeds and the sources that one may name; of a source's, that alone."""
        if feed.sources and not feed.tags:
            named = repr([source and source.name for source in map(self.wanted.get, feed.sources)])
        else:
            named = self._sources
        return f"{self._names} {named} {'' if feed.name else self._made}"


class _FeedBuild:
    """Publishes one feed: what `publish` decides, `_write` does."""

    def __init__(self, common: _Common, store: Store, feed: Feed, now: datetime) -> None:
        self.common = common
        self.store = store
        self.feed = feed
        self.now = now
        self.remarks: list[str] = []
        self.sums = sums.Sums(store, feed)

    def publish(self, *, force: bool, rerender: bool) -> list[Published]:
        """Make and write the documents, unless all stand on the disk as they would be made.

        That they do is known by their sizes, and with `force` by their bytes.
        """
        stamp = self._stamp()
        old, event, *kept = json.loads(self.store.note(f"built:{self.feed.name}") or '["", 0]')
        damaged = self.sums.damaged() if force else []
        if not (rerender or damaged) and old == stamp and (standing := _standing(kept)):
            return standing
        common, store = self.common, self.store
        now_event = store.last_event()
        with Ledger(self.feed.output) as ledger:
            # Both the folder and the state file are as the last build left them: what left before was removed then, and
            # archives stand as they were written.
            is_known = ledger.stamp == self._sign(old)
            since = event if is_known else 0
            main_id = (
                "" if self.feed.name else common.main_id
            )  # `[feed] id` is the main feed's alone
            edition = store.edition(
                self.feed, common.wanted, common.others(self.feed), main_id, since=since
            )
            store.note_popular(self.feed, edition)
            published, slices = self._write(
                edition, ledger, damaged, all_archives=rerender or not is_known, rerender=rerender
            )
            ledger.name(edition.id)
            ledger.sign(self._sign(stamp))
        if ledger.lost:
            what = "was damaged and begins anew: files that were published before and are not again stay where they are"
            self.remarks.append(f"{ledger.path} {what}")
        with store.transaction():
            for number in slices:
                store.archive_written(self.feed, number)
            self._note_news(edition)
            store.set_note(
                f"built:{self.feed.name}", json.dumps([stamp, now_event, *_kept(published)])
            )
        return published

    def _write(
        self,
        edition: Edition,
        ledger: Ledger,
        damaged: Iterable[str],
        *,
        all_archives: bool,
        rerender: bool,
    ) -> tuple[list[Published], list[int]]:
        """Make and write what is new or changed, remove what is gone; return it, and the slices of history in it."""
        from syndicator import (
            generator,
            publisher,
        )  # feedgen, lxml, jinja2: only who publishes pays

        feed, store = self.feed, self.store
        # Other settings may ask for archives of another format, and somebody may have emptied the folder.
        stale = [
            *store.stale_archives(feed),
            *generator.lacking(edition, ledger),
            *sums.archives(damaged),
        ]
        gone = generator.obsolete(edition, ledger)
        ledger.hide(gone)
        documents = generator.generate(
            edition,
            lambda number: store.archive(feed, number),
            stale=None if all_archives else stale,
            known=ledger,
            rerender=rerender,
        )
        published = publisher.publish(self.sums.over(documents), ledger, gone=gone, twins=feed.gzip)
        self.sums.keep(gone)
        return published, stale

    def _stamp(self) -> str:
        """Return what changes with anything that the documents are made of."""
        return f"{self.store.edition_mark(self.feed)} {_short(f'{self.feed} {self.common.stamp(self.feed)}')}"

    def _sign(self, stamp: str) -> int:
        """Return what a ledger keeps of a build: 31 bits; a new one has 0. Two state files may have counted alike."""
        return crc32(f"{self.store.note('store')} {stamp}".encode()) >> 1 if stamp else -1

    def _note_news(self, edition: Edition) -> None:
        """Note the pings that are due: only an entry added or updated is news.

        A withdrawal is none, nor is the older post that takes the place: an entry is new by its sequence alone.
        """
        if not self.feed.hub:
            return
        key = f"told:{self.feed.name}"
        items = {_short(item.id): item for item in edition.items}
        versions = {
            entry: _short(f"{item.updated} {item.post.meaning}") for entry, item in items.items()
        }
        told = json.loads(self.store.note(key) or "{}")
        newest = told.pop("", 0)
        if any(
            told[entry] != versions[entry] if entry in told else item.sequence > newest
            for entry, item in items.items()
        ):
            for topic in _topics(self.feed):
                self.store.add_ping(self.feed.hub, topic, self.now)
        last = max((item.sequence for item in edition.items), default=0)
        self.store.set_note(key, json.dumps({"": max(newest, last), **versions}))


def _kept(published: Iterable[Published]) -> Iterator[tuple[str, int, int]]:
    """Yield path, posts and size of the documents of a build: by these the next one sees whether they stand."""
    for document in published:
        yield str(document.path), document.posts, document.bytes


def _standing(kept: Sequence[tuple[str, int, int]]) -> list[Published]:
    """Return the documents if all are there as they were written; else nothing."""
    if any(_size(Path(path)) != size for path, _, size in kept):
        return []
    return [Published(Path(path), False, posts, size) for path, posts, size in kept]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()


# -- feeds by source and by language ----------------------------------------------------------------------


def _named(feeds: Sequence[Feed], store: Store, wanted: Mapping[str, Source]) -> list[Feed]:
    """Call the feed of a source that feeds.toml gives no name by the name that the source has given itself."""
    names = store.names() if any(feed.per == "source" for feed in feeds) else {}

    def named(feed: Feed) -> Feed:
        (source,) = feed.sources if feed.per == "source" else ("",)
        if source not in names or wanted[source].name:
            return feed
        return sub_feed(feeds[0], feed.name, names[source], per="source", sources=feed.sources)

    return list(map(named, feeds))


def _feeds_by_language(main: Feed, store: Store) -> list[Feed]:
    """Make a feed of each language that the main feed has ever published posts in; one that is there stays."""
    seen, names = json.loads(store.note("languages") or "[0, {}]")
    last, tags = store.languages(main, seen)
    if last != seen:
        found = {tag.partition("-")[0].lower() for tag in tags} - {""}
        # Names are kept, too: who publishes nothing new does not pay for Babel, nor for our own tables.
        from syndicator.languages import own_name

        names = {
            language: names.get(language) or own_name(language)
            for language in sorted(found | names.keys())
        }
        store.set_note("languages", json.dumps([last, names]))
    return [
        sub_feed(main, f"by-language/{language}", name, per="language", languages=(language,))
        for language, name in names.items()
    ]


# -- hubs -------------------------------------------------------------------------------------------------


def _topics(feed: Feed) -> list[str]:
    from syndicator.generator import addresses  # here, as above

    return addresses(feed)


def _tell_hubs(store: Store, user_agent: str) -> list[str]:
    """Send the pings that are due, those that failed before included; return a line for each hub that fails now.

    It is said once, be it of one document or many, until the hub has taken what it was not told of.
    """
    pending = store.pending_pings()
    if not pending:
        return []
    from syndicator import websub  # requests: only who pings pays

    known = {ping.hub for ping in pending if ping.attempts}
    failed: dict[str, list[websub.Pinged]] = {}
    for result in websub.notify(
        [websub.Ping(ping.hub, ping.topic) for ping in pending], user_agent
    ):
        ping = result.ping
        if result.error:
            store.failed_ping(ping.hub, ping.topic, result.error)
            failed.setdefault(ping.hub, []).append(result)
        else:
            store.drop_ping(ping.hub, ping.topic)
    return [_untold(hub, results) for hub, results in failed.items() if hub not in known]


def _untold(hub: str, results: Sequence[websub.Pinged]) -> str:
    first = results[0]
    what = first.ping.topic if len(results) == 1 else f"{len(results)} documents"
    return f"the hub {hub} was not told of {what}: {first.error}; each run tries again"
