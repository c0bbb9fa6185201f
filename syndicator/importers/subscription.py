"""The nouns between reading a list and writing tables, and a subscription as such a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal
from urllib.parse import unquote

from msgspec import Struct

from syndicator.model.settings import Filter, Rules


class Subscription(Struct, frozen=True):
    """A feed as another program lists it."""

    url: str  # or the path of a file
    name: str = ""
    tags: tuple[str, ...] = ()
    filter: Filter = Filter()
    future: Literal["", "hold", "keep"] = ""  # as `Source.future`; "": not said
    icon: str = ""  # the address of its picture


class Remark(Struct, frozen=True):
    """A thing that is not taken over, of one feed; many of one kind are told in one line."""

    kind: str  # "left out, a list of feeds itself"
    about: str  # the address of the feed
    joint: str = ": "  # between the two


class Heading(Struct, frozen=True):
    """A planet's own settings, as our `[feed]` has them; empty for each that it does not have."""

    title: str = ""
    link: str = ""
    contact: str = ""
    id: str = ""
    names: dict[str, str] = {}
    limit: int = 0
    join: int = 0


def summed(remarks: Iterable[Remark | str]) -> list[str]:
    """Return a line for each kind of remark.

    >>> summed([Remark("left out, private", "a"), "x", Remark("left out, private", "b")])
    ['left out, private: 2 feeds, such as a', 'x']
    """
    lines: dict[str, str] = {}
    kinds: dict[str, list[Remark]] = {}
    for remark in remarks:
        if isinstance(remark, str):
            lines[remark] = remark
            continue
        kinds.setdefault(remark.kind, []).append(remark)
        first, count = kinds[remark.kind][0], len(kinds[remark.kind])
        about = first.about if count == 1 else f"{count} feeds, such as {first.about}"
        lines[f"kind {remark.kind}"] = f"{remark.kind}{first.joint}{about}"
    return list(lines.values())


def account(url: str) -> str:
    """Return user and password of an address: two accounts at one address have two feeds."""
    return unquote(re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0].rpartition("@")[0])


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
