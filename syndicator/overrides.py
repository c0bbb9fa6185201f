"""A source's settings and its feed's own words -> the overrides, for `why` and `fetch`. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from syndicator.model.post import SourceInfo
from syndicator.model.settings import Source


class Override(Struct, frozen=True):
    """A word of feeds.toml that goes before the word of the feed."""

    key: str  # of `[[sources]]`
    value: str
    feed_says: str = ""  # "" where the feed says nothing, or its word is not known yet


def overrides(source: Source, info: SourceInfo) -> list[Override]:
    """Return the words of feeds.toml that stand for those of a source's feed, by key."""
    declared = info.declared
    words = (
        ("title", source.name, declared.name or info.title),
        ("author", source.author, declared.author),
        ("site", source.site, declared.link),
        ("timezone", source.timezone, ""),
        ("language", source.language, declared.language),
        ("icon", source.icon, declared.image),
    )
    return [Override(*word) for word in words if word[1]]


def lines(overrides_told: Sequence[Override]) -> list[str]:
    """Return a line for each override.

    >>> lines([Override("language", "fr", "en"), Override("title", "Blog", "Blog")])
    ['language: fr, by feeds.toml; the feed says en', 'title: Blog, by feeds.toml; the feed says the same']
    """
    told = []
    for override in overrides_told:
        line = f"{override.key}: {override.value}, by feeds.toml"
        if override.feed_says:
            same = override.feed_says == override.value
            line += f"; the feed says {'the same' if same else override.feed_says}"
        told.append(line)
    return told
