"""(Fetched, known items) -> ParsedFeed | FetchFailed.

`parse` is the entry point. Two readers give equal results. `by_feedparser` reads every dialect and
every kind of broken markup. `fast` reads well-formed feeds of the common shapes at a tenth of the
cost, and leaves all else to `by_feedparser`. `json_feed` reads JSON Feed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # most runs parse nothing, and need no structs of a feed
    from collections.abc import Container

    from syndicator.model.feed import ParsedFeed
    from syndicator.model.fetch import Fetched, FetchFailed

__all__ = ["parse"]

MOST_ITEMS = 5000


def parse(
    fetched: Fetched, known: Container[str] = frozenset(), most_items: int = MOST_ITEMS
) -> ParsedFeed | FetchFailed:
    """Read a fetched feed of any dialect: RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, JSON Feed 1.0, 1.1.

    `known` holds the fingerprints of items that are stored already. `items` names them, `entries`
    leaves them out. Any bytes give a value, never an exception; failures are of the kinds "empty",
    "html" and "not-a-feed". Of more than `most_items` items the oldest are left out, with a note.
    """
    from syndicator.parser.dispatch import read  # 20 ms of patterns and parsers, for runs with news

    return read(fetched, known, most_items)
