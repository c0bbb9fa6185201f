"""(Fetched, known items) -> ParsedFeed: the keys of all items, the bodies of the unseen; or FetchFailed.

One door: `parse`. Behind it two lanes give the same nouns. `reference` is feedparser, for every dialect
and every kind of broken markup; `fastlane` reads well-formed feeds of the common shapes at a fraction of
the cost and hands over whatever it is not certain of. JSON Feed has its own reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # most runs bring nothing to parse, and need no nouns of a feed
    from collections.abc import Container

    from syndicator.model.feed import ParsedFeed
    from syndicator.model.fetch import Fetched, FetchFailed

__all__ = ["parse"]


def parse(fetched: Fetched, known: Container[str] = frozenset()) -> ParsedFeed | FetchFailed:
    """Read a fetched feed of any dialect: RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, JSON Feed 1.0, 1.1.

    `known` holds the fingerprints of items that are stored already: they are named in `items` but left
    out of `entries`. Whatever the bytes, the answer is a value; its failures are of the kinds "empty",
    "html" and "not-a-feed".
    """
    from syndicator.parser.dispatch import read  # 20 ms of patterns and parsers, likewise

    return read(fetched, known)
