"""Edition -> the posts and sources that its pages show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from syndicator.model.edition import Edition, Item, Reference
from syndicator.model.post import SourceInfo

_POPULAR = 5
_FEWEST = 3  # a shorter list of popular posts says nothing


def popular_posts(edition: Edition) -> list[Item]:
    """Return the most linked and discussed posts, one of a source.

    None where fewer than three sources have any.
    """
    items = {item.id: item for item in edition.items}
    by_source: dict[str, Item] = {}
    for reference in edition.popular:
        if item := items.get(reference.id):
            by_source.setdefault(item.source.id, item)
    return list(by_source.values())[:_POPULAR] if len(by_source) >= _FEWEST else []


def named_ids(edition: Edition) -> Iterator[str]:
    """Yield the ids of the posts that the pages of an edition may name."""
    for item in edition.items:
        yield item.id
        for links in item.related:
            for link in links.links:
                yield link.id
    for listing in edition.listings:
        for post in listing.posts:
            yield post.id
    for post in edition.popular:
        yield post.id


def shown_sources(edition: Edition) -> dict[str, SourceInfo]:
    """Return the sources that have posts in the edition, or lost some, by their ids."""
    sources: dict[str, SourceInfo] = {}
    for listing in edition.listings:
        if listing.source:
            sources[listing.source.id] = listing.source
    for info in sources_of(edition.items):
        sources[info.id] = info
    return sources


def listed_sources(edition: Edition) -> Sequence[SourceInfo]:
    """Return the sources that pages list: in a feed of some languages only those that write them."""
    if edition.feed.languages and edition.activity:
        return [info for info in edition.sources if info.id in edition.activity]
    return edition.sources


def sources_of(items: Iterable[Item]) -> Iterable[SourceInfo]:
    """Return the sources of items, each once."""
    return {item.source.id: item.source for item in items}.values()


def sources_by_tag(edition: Edition) -> dict[str, list[SourceInfo]]:
    """Return the sources of each tag, both in the order of the alphabet."""
    tagged: dict[str, list[SourceInfo]] = {}
    for info in listed_sources(edition):
        for tag in edition.tags.get(info.id, ()):
            tagged.setdefault(tag, []).append(info)
    return dict(sorted(tagged.items(), key=lambda pair: pair[0].casefold()))


def newest_first(listed: Iterable[Reference], limit: int) -> list[Reference]:
    """Return the newest of these posts, at most so many; a copy stands for its original."""
    dated: dict[tuple[datetime, str], Reference] = {}
    for link in listed:
        if link.published:
            dated[link.published, link.id] = link
    by_id: dict[str, Reference] = {}
    for key in sorted(dated, reverse=True):
        by_id[dated[key].id] = dated[key]
    return list(by_id.values())[:limit]
