"""A subscription -> the values of its `[[sources]]` table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from syndicator.importers.subscription import Subscription
from syndicator.model.settings import Filter, Rules


def values(feed: Subscription, taken: Collection[str] = ()) -> dict[str, Any]:
    """Return a feed's table as TOML's values, without defaults; a name of `taken` is left out."""
    return _without_empty(
        {
            "url": feed.url,
            "name": "" if feed.name in taken else feed.name,
            "tags": list(feed.tags),
            "future": feed.future,
            "icon": feed.icon,
            "filter": filter_values(feed.filter),
        }
    )


def filter_values(shown: Filter) -> dict[str, Any]:
    """Return a filter as TOML's values, without defaults."""
    return _without_empty({"include": _rules(shown.include), "exclude": _rules(shown.exclude)})


def _rules(rules: Rules) -> dict[str, Any]:
    return _without_empty(
        {
            "category": list(rules.category),
            "title": rules.title,
            "author": rules.author,
            "text": rules.text,
        }
    )


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}
