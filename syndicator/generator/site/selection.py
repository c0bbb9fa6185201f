"""Edition -> the posts and sources that its pages show, and in which place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from syndicator.model.edition import Edition, Item, Reference
from syndicator.model.post import SourceInfo

CARDS = 16  # posts that the index shows with excerpt and picture; the rest are lines
_CARDS_OF_A_SOURCE = 4  # before its further posts become lines, while others have cards to fill
_POPULAR = 5
_POPULAR_SOURCES = 3  # with fewer of them a list of popular posts says nothing


def split_cards(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Return the items that the index shows as cards, and the others, both in their order.

    A busy source has a few cards only, as long as other sources have posts to fill the rest.
    """
    chosen: list[Item] = []
    counts = Counter[str]()
    for item in items:
        counts[item.source.id] += 1
        if counts[item.source.id] <= _CARDS_OF_A_SOURCE and len(chosen) < CARDS:
            chosen.append(item)
    ids = {item.id for item in chosen}
    for item in items:
        if len(ids) >= CARDS:
            break
        ids.add(item.id)
    cards = [item for item in items if item.id in ids]
    return cards, [item for item in items if item.id not in ids]


def popular_posts(edition: Edition) -> list[tuple[Reference, int]]:
    """Return the most linked and discussed posts, one of a source, with their comments."""
    comments = {item.id: item.post.comment_count or 0 for item in edition.items}
    by_source: dict[str, tuple[Reference, int]] = {}
    for reference in edition.popular:
        by_source.setdefault(reference.source, (reference, comments.get(reference.id, 0)))
    if len({item.source.id for item in edition.items}) < _POPULAR_SOURCES:
        return []
    return list(by_source.values())[:_POPULAR]


def named_ids(edition: Edition) -> Iterator[str]:
    """Yield the ids of the posts that the pages of an edition may name."""
    for item in edition.items:
        yield item.id
        for links in item.related:
            yield from (link.id for link in links.links)
    for listing in edition.listings:
        yield from (post.id for post in listing.posts)
    yield from (post.id for post in edition.popular)


def shown_sources(edition: Edition) -> dict[str, SourceInfo]:
    """Return the sources that have posts in the edition, or lost some, by their ids."""
    sources = {listing.source.id: listing.source for listing in edition.listings if listing.source}
    return sources | {item.source.id: item.source for item in edition.items}


def listed_sources(edition: Edition) -> Sequence[SourceInfo]:
    """Return the sources that pages list: in a feed of some languages only those that write them."""
    if edition.feed.languages and edition.activity:
        return [info for info in edition.sources if info.id in edition.activity]
    return edition.sources


def sources_by_tag(edition: Edition) -> dict[str, list[SourceInfo]]:
    """Return the sources of each tag, both in the order of the alphabet."""
    tagged: dict[str, list[SourceInfo]] = {}
    for info in listed_sources(edition):
        for tag in edition.tags.get(info.id, ()):
            tagged.setdefault(tag, []).append(info)
    return dict(sorted(tagged.items(), key=lambda pair: pair[0].casefold()))


def newest_first(listed: Iterable[Reference], limit: int) -> list[Reference]:
    """Return the newest of these posts, at most so many; a copy stands for its original."""
    dated = {(link.published, link.id): link for link in listed if link.published}
    by_id = {dated[key].id: dated[key] for key in sorted(dated, reverse=True)}
    return list(by_id.values())[:limit]
