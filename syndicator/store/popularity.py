"""Items of an edition -> the links between them, and the popular ones among them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from syndicator import urls
from syndicator.model.edition import Item, Reference

POPULAR = 10


def with_inbound(items: Sequence[Item]) -> list[Item]:
    """Count for each item how many of the other posts published now link to it.

    Counting over the published ones keeps it free of the clock and of the size of the store, and no
    old favourite stands on the page for ever.
    """
    from html import unescape  # its table of entities takes a millisecond to load

    own = [_bare(item.post.link) for item in items]
    places, counts = set(own) - {""}, Counter[str]()
    for item, address in zip(items, own, strict=True):
        # Sanitized HTML writes attributes in one way only, so that no parser is needed.
        parts = item.post.content_html.split(' href="http')[1:]
        linked = {_bare("http" + unescape(part.partition('"')[0])) for part in parts}
        counts.update(linked & places - {address})  # once a post, and never itself
    counted = zip(items, map(counts.__getitem__, own), strict=True)
    return [replace(item, inbound=count) if count else item for item, count in counted]


def _bare(link: str) -> str:
    """Return an address without scheme, `www.`, closing slash, tracking and fragment."""
    return urls.loose(link.partition("#")[0])


def popular(items: Sequence[Item]) -> tuple[Reference, ...]:
    """Return the posts that others link to most, then those with most comments; at most POPULAR."""

    def weight(item: Item) -> tuple[int, int]:
        return item.inbound, item.post.comment_count or 0

    candidates = [item for item in items if any(weight(item)) and item.post.title]
    candidates.sort(key=weight, reverse=True)
    return tuple(map(_reference, candidates[:POPULAR]))


def _reference(item: Item) -> Reference:
    post, name = item.post, item.source.name
    return Reference(item.id, post.title, post.link, name, 0.0, post.language, item.published)
