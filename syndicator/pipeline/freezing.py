"""Choose the related lists and the credits that published posts keep for good.

numpy, the templates and the normalizer take 0.2 s to import, so a run imports this module only if
there are new posts, or with --rerender.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from syndicator import normalizer
from syndicator.generator.body import LAYOUT
from syndicator.model.edition import RelatedList
from syndicator.model.post import Post
from syndicator.model.settings import Feed, Source
from syndicator.pipeline.posts import read_each
from syndicator.related import Index
from syndicator.store import Store
from syndicator.store.meta import Stories


def keep_lists(
    store: Store, feeds: Sequence[Feed], numbers: Sequence[int], sources: Mapping[str, Source]
) -> None:
    """Choose and store the related lists and the stories of posts that have no lists yet."""
    index = Index(store.terms)
    with store.transaction():
        for number, _, lists in _choose_lists(store, index, numbers, sources):
            store.links.keep(number, lists, LAYOUT)
        if any(source.related.needs_index for source in sources.values()):
            _keep_stories(store, index, feeds, numbers)


def _keep_stories(
    store: Store, index: Index, feeds: Sequence[Feed], newcomers: Sequence[int]
) -> None:
    """Add newcomers to the stories that the first pages show; older stories are forgotten.

    A first page shows the newest `limit` posts: of a flood no other is compared.
    """
    shown: set[int] = set()
    for feed in feeds:
        if feed.stories and "html" in feed.formats and not feed.per:
            shown |= set(store.snapshots.shown(feed)[-feed.limit :])
    told = store.meta.read(Stories) or Stories()
    kept = shown.difference(newcomers)
    known = {number: story for number, story in told.of.items() if number in kept}
    story_of = index.stories(shown.intersection(newcomers), shown, known)
    if story_of != told.of:
        store.meta.write(Stories(story_of))


def _choose_lists(
    store: Store, index: Index, numbers: Sequence[int], sources: Mapping[str, Source]
) -> Iterator[tuple[int, Post, tuple[RelatedList, ...]]]:
    """Choose the related lists of stored posts, the last post first."""
    public = frozenset(
        source.id for source in sources.values() if source.publish and not source.private
    )
    for number, post in read_each(store, numbers[::-1]):
        source = sources[post.source_id]
        lists = index.choose(number, post, source.related, sources=public, fallback=source.fallback)
        yield number, post, lists
    index.keep()


def rerender(
    store: Store, feeds: Sequence[Feed], sources: Mapping[str, Source], now: datetime
) -> None:
    """Apply the current settings to published posts.

    Attribution and lists change for posts in the documents; a body that may no longer be shown
    is cut in every stored post.
    """
    shown = (number for feed in feeds for number in store.snapshots.shown(feed))
    numbers = list(dict.fromkeys(shown))
    index = Index(store.terms)
    with store.transaction():
        for source in sources.values():
            _narrow(store, source, now)
        if any(source.related.needs_index for source in sources.values()):
            _keep_stories(store, index, feeds, numbers)
        for number, post, lists in _choose_lists(store, index, numbers, sources):
            source = sources[post.source_id]
            line = normalizer.own_line(post, post.language, source)
            store.links.rewrite(number, line, lists, LAYOUT, now)


def _narrow(store: Store, source: Source, now: datetime) -> None:
    """Remove from a source's stored posts all that its settings no longer allow."""
    if source.content == "full" and source.images == "keep":
        return
    for number, post in read_each(store, store.posts.kept(source.id)):
        narrowed = normalizer.narrowed(post, source)
        if narrowed != post:
            store.posts.revise(number, narrowed, now)
