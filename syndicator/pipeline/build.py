"""Publish the feeds from the store; the network is used only to ping WebSub hubs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec import Struct

from syndicator import filters
from syndicator.config import feeds_by_language, sub_feed
from syndicator.failures import label
from syndicator.model.edition import Published
from syndicator.model.run import Options
from syndicator.model.settings import Config, Feed, Source
from syndicator.pipeline import hubs
from syndicator.pipeline.documents import FeedBuild, SharedState
from syndicator.quantities import counted
from syndicator.store import Store
from syndicator.store.meta import Languages


class Built(Struct):
    """The result of a build."""

    documents: list[Published] = []
    admitted: list[int] = []  # the posts that are new in the main feed
    remarks: list[str] = []  # lines for the operator


class FeedChange(Struct, frozen=True):
    """The posts, by title, that would leave the documents of a feed, or come into it."""

    feed: str  # its title
    leaving: tuple[str, ...]
    coming: tuple[str, ...]
    history: tuple[str, ...]  # into the archives


class _Undo(Exception):
    pass


def changes(config: Config, store: Store, now: datetime) -> list[FeedChange]:
    """Return the changes that a build would make to the documents of each feed; none is kept."""
    sources = config.sources_by_id
    feed_changes = []
    with suppress(_Undo), store.transaction():
        store.links.hide_sources(config.sources, now)
        for feed in config.feeds:
            before = store.snapshots.shown(feed)
            admitted = store.feeds.admit(feed, sources, now, filters.judge)
            after = store.snapshots.shown(feed)
            posts = store.posts.read({*before, *after, *admitted})
            titles = {number: post.title or post.link for number, post in posts.items()}
            leaving = _named(before, after, titles)
            coming = _named(after, before, titles)
            change = FeedChange(feed.title, leaving, coming, _named(admitted, after, titles))
            feed_changes.append(change)
        raise _Undo
    return feed_changes


def _named(
    numbers: Iterable[int], others: Collection[int], titles: Mapping[int, str]
) -> tuple[str, ...]:
    """Return the titles of the posts that are not among the others."""
    return tuple(titles[number] for number in numbers if number not in others)


def build(config: Config, store: Store, options: Options, now: datetime) -> Built:
    """Publish each feed of the configuration. Raises StoreError, PublishError.

    The decisions (which posts are published, with which lists) are stored before any file is
    written, so the next run completes one that was killed.
    """
    sources = config.sources_by_id
    feeds = _with_source_names(config.feeds, store, sources)
    restored = _restore_ids(feeds, store)
    store.links.hide_sources(config.sources, now)
    built = admit(feeds, store, sources, now)
    built.remarks = [*restored, *built.remarks]
    if config.per_language:
        by_language = _feeds_by_language(config.feeds[0], store)
        _restore_ids(by_language, store)
        admit(by_language, store, sources, now)
        feeds += by_language
    # Other settings touch the slices of all their posts: asked for before.
    changed = {feed.name: store.snapshots.stale_archives(feed) for feed in feeds}
    if options.rerender:
        from syndicator.pipeline import freezing  # as in _list_related

        freezing.rerender(store, feeds, sources, now)
    shared = SharedState(feeds, sources, config.id, has_charts=config.activity)
    for feed in feeds:
        feed_build = FeedBuild(shared, store, feed, now)
        built.documents += feed_build.publish(
            force=options.force, rerender=options.rerender, changed=changed[feed.name]
        )
        built.remarks += feed_build.remarks
    store.retention.purge(now, config.keep)
    built.remarks += hubs.ping(store, feeds, config.fetch.user_agent, now)
    return built


def _restore_ids(feeds: Sequence[Feed], store: Store) -> list[str]:
    """Give feeds that are new to the store the ids published in their folders.

    Readers take a feed with another id for another feed. Return a line for the operator if the
    store knows no feed at all although something was published.
    """
    known = store.feeds.names()
    folders = []
    for feed in feeds:
        if feed.name not in known and (feed_id := store.files(feed.output).mark.feed):
            store.feeds.register(feed.name, feed_id)
            folders.append(feed.output)
    if known or not folders:
        return []
    return [
        f"there was no state file {store.path}, though {folders[0]} holds what an earlier one "
        "published: starting anew, so readers may show posts as unread again, and what sources "
        "list no more is gone. If mislaid, put it back. If lost: `syndicator adopt`, before such a "
        "run, keeps all that is published."
    ]


def admit(
    feeds: Sequence[Feed], store: Store, sources: Mapping[str, Source], now: datetime
) -> Built:
    """Decide which posts each feed publishes, and choose the related lists of new ones.

    Both decisions are stored and never change.
    """
    built, archived = Built(), dict[str, int]()
    for feed in feeds:
        numbers = store.feeds.admit(feed, sources, now, filters.judge)
        if feed is feeds[0]:
            built.admitted = numbers
        for source_id, count in store.feeds.archived(feed, numbers).items():
            archived[source_id] = max(count, archived.get(source_id, 0))
    for source_id, count in archived.items():
        posts = counted(count, "older post")
        line = f"{posts} came as history: in the archives, not in the documents"
        built.remarks.append(f"{label(sources[source_id])}: {line}")
    _list_related(feeds, store, sources)
    return built


def _list_related(feeds: Sequence[Feed], store: Store, sources: Mapping[str, Source]) -> None:
    """Choose the related lists of the posts that have none yet."""
    unlisted: dict[int, None] = {}
    for feed in feeds:
        unlisted.update(dict.fromkeys(store.snapshots.without_lists(feed)))
    if not unlisted:
        return
    from syndicator.pipeline import freezing  # loads numpy and more: only new posts need it

    freezing.keep_lists(store, feeds, list(unlisted), sources)


def _with_source_names(
    feeds: Sequence[Feed], store: Store, sources: Mapping[str, Source]
) -> list[Feed]:
    """Name the feed of a source after it, unless feeds.toml names it."""
    if not any(feed.per == "source" for feed in feeds):
        return list(feeds)
    names = store.sources.names()
    named = []
    for feed in feeds:
        (source,) = feed.sources if feed.per == "source" else ("",)
        if source in names and not sources[source].name:
            title = names[source]
            feed = sub_feed(feeds[0], feed.name, title, per="source", sources=feed.sources)  # noqa: PLW2901
        named.append(feed)
    return named


def _feeds_by_language(main: Feed, store: Store) -> list[Feed]:
    """Return a feed for each language in which the main feed has ever published posts."""
    before = store.meta.read(Languages) or Languages()
    last, tags = store.snapshots.languages(main, before.last)
    names = before.names
    if last != before.last:
        # The names are stored: a run that publishes nothing new loads no language tables.
        from syndicator.languages import own_name

        spoken = {tag.partition("-")[0].lower() for tag in tags} - {""}
        names = {
            language: names.get(language) or own_name(language)
            for language in sorted(spoken | names.keys())
        }
        store.meta.write(Languages(last, names))
    return feeds_by_language(main, names)
