"""Asks -> Gathered: fetch sources and read the bodies that are new, here or on a worker.

A pure function of its arguments and the network: it knows no store. So a run is a map over sources.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from syndicator import fetcher
from syndicator.model.fetch import Ask, Fetched, Outcome
from syndicator.model.settings import FetchSettings

if TYPE_CHECKING:
    from syndicator.pipeline.reading import Reading


class Known(Struct, frozen=True):
    """The part of the stored knowledge of a source that reading its feed needs."""

    items: frozenset[str] = frozenset()  # fingerprints of items seen before
    spoken: str = ""  # as `SourceInfo.spoken`


class Gathered(Struct, frozen=True):
    """The outcome of one source."""

    outcome: Outcome  # its body is read and gone
    reading: Reading | None = None  # of a body: its new posts, or why it can't be read
    listed: int = 0  # items of that feed that were known before


def gather(
    asks: Sequence[Ask],
    settings: FetchSettings,
    now: datetime,
    known: Callable[[str], Known],
    stop: threading.Event,
) -> Iterator[Gathered]:
    """Yield the outcome of each ask as it comes, as `fetch_all` does, with its body read.

    `known` is asked by source id, for each source that sends a body.
    """
    sources = {ask.source.id: ask.source for ask in asks}
    for outcome in fetcher.fetch_all(asks, settings, stop):
        if not isinstance(outcome, Fetched):
            yield Gathered(outcome)
            continue
        # nh3, lxml and the parsers take 0.1 s to import: a run without changes needs none of them.
        from syndicator.pipeline import reading

        source, before = sources[outcome.source_id], known(outcome.source_id)
        body = reading.read(outcome, source, now, before.items, before.spoken, settings)
        listed = len(before.items & set(body.items))
        yield Gathered(replace(outcome, body=b"", headers={}), body, listed)
