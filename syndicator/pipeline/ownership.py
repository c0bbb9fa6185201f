"""Detect a source address that now belongs to somebody else.

Domains expire, and the next owner finds that the old feed address is read and republished. The
operator is told of it; a redesigned site is no news.
"""

from __future__ import annotations

import re

from syndicator import urls
from syndicator.failures import label
from syndicator.model.fetch import SourceState
from syndicator.model.post import SourceInfo
from syndicator.model.settings import Source

_LONGEST = 80  # characters of a title that are shown: the new owner chose it


def looks_strange(
    source: Source,
    state: SourceState | None,
    before: SourceInfo,
    after: SourceInfo,
) -> bool:
    """Tell whether title and site have changed, and no new address in feeds.toml explains it.

    A redirect does not explain it: a move brings known posts along, a sale does not. The caller
    checks that none of the items is known. On the old host, which a new owner keeps, the titles
    must have no word in common, since many titles hold a date or a number.
    """
    old, new = urls.host(before.link), urls.host(after.link)
    if not old or not new or _title(before) == _title(after):
        return False
    if old == new and _words(before) & _words(after):
        return False
    # Else the operator has changed the address.
    return state is not None and source.url in {state.url, state.moved_from}


def line(source: Source, before: SourceInfo, after: SourceInfo) -> str:
    """Return the line for the operator."""
    change = (
        f"{label(source)} is another feed now: {_named(after)}, and was {_named(before)}; "
        "it has not one known post."
    )
    if not source.publish:
        return change
    return (
        f"{change} Its new posts are published. Take it out of feeds.toml if it has changed "
        "hands: all its posts go."
    )


def _named(info: SourceInfo) -> str:
    title = _title(info)
    short = title if len(title) <= _LONGEST else f"{title[:_LONGEST]}..."
    if info.private:
        return f'"{short}"'
    return f'"{short}" of {urls.host(info.link)}'


def _title(info: SourceInfo) -> str:
    return info.title or info.name


def _words(info: SourceInfo) -> set[str]:
    return set(re.findall(r"\w+", _title(info).casefold()))
