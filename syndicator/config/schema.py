"""The settings structs -> the keys of each table of feeds.toml.

`model.settings` declares a key once, as a field with a `Key`; all else is read off it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import get_args

from msgspec import NODEFAULT, Struct, structs

from syndicator.model.settings import (
    AttributionSettings,
    Config,
    Credentials,
    Feed,
    FetchSettings,
    Filter,
    FollowedList,
    Key,
    MetricsSettings,
    RelatedSettings,
    Rules,
    RunSettings,
    Source,
)

# The tables of the top level, as they are written.
HEADS = {
    "feed": "[feed]",
    "feeds": "[[feeds]]",
    "fetch": "[fetch]",
    "run": "[run]",
    "metrics": "[metrics]",
    "attribution": "[attribution]",
    "related": "[related]",
    "sources": "[[sources]]",
    "lists": "[[lists]]",
}


@cache
def keys(struct: type[Struct]) -> Mapping[str, Key]:
    """Return the keys that a settings struct declares, by name."""
    known = {}
    for field in structs.fields(struct):
        for key in getattr(field.type, "__metadata__", ()):
            declared, default = get_args(field.type)[0], field.default
            if field.default_factory is not NODEFAULT:
                default = field.default_factory()
            known[field.name] = structs.replace(
                key,
                name=field.name,
                type=declared,
                kind=key.kind or _kind(declared),
                default=default,
            )
    return known


def _kind(declared: object) -> str:
    """Return the kind of reader that a type has."""
    for part in (declared, *get_args(declared)):
        if part is timedelta:
            return "duration"
        if isinstance(part, type) and issubclass(part, Struct):
            return "table"
        if part is Path:
            return "path"
    return "texts" if declared == tuple[str, ...] else "plain"


@cache
def table_keys(table: str) -> Mapping[str, Key]:
    """Return the keys of a table of the top level: "feed", "feeds", "fetch", "sources" ..."""
    if table == "feed":
        return {
            **{name: key for name, key in keys(Feed).items() if not key.table},
            **_shared("feed", Config),
            **_shared("feed", Source),
        }
    if table == "fetch":
        return {**keys(FetchSettings), **_shared("fetch", Source)}
    return keys(_STRUCTS[table])


_STRUCTS: dict[str, type[Struct]] = {
    "feeds": Feed,
    "sources": Source,
    "lists": FollowedList,
    "attribution": AttributionSettings,
    "related": RelatedSettings,
    "metrics": MetricsSettings,
    "run": RunSettings,
}


def _shared(table: str, struct: type[Struct]) -> dict[str, Key]:
    return {name: key for name, key in keys(struct).items() if key.table == table}


def allowed_in(word: str) -> str:
    """Name the tables that a misplaced key may stand in; "" for a key of no table.

    >>> allowed_in("state"), allowed_in("interval"), allowed_in("titel")
    ('may be set in [feed] only', 'may be set in [fetch] and in [[sources]] only', '')
    """
    places = {
        "at the top level": HEADS,
        "in [feed]": table_keys("feed"),
        "in [[feeds]]": table_keys("feeds"),
        "in [fetch]": table_keys("fetch"),
        "in [run]": table_keys("run"),
        "in [metrics]": table_keys("metrics"),
        "in [[sources]]": table_keys("sources"),
        "in [[lists]]": table_keys("lists"),
        "in an `attribution` table": keys(AttributionSettings),
        "in a `related` table": keys(RelatedSettings),
        "in a `filter` table": keys(Filter),
        "in `include` and `exclude` of a filter": keys(Rules),
        "in `auth` of a source": Credentials._fields,
    }
    *more, last = [place for place, known in places.items() if word in known] or [""]
    if more:
        last = f"{', '.join(more)} and {last}"
    return f"may be set {last} only" if last else ""
