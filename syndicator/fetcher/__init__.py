"""Ask -> Fetched | NotModified | FetchFailed.

    schedule.due_asks -> Asks -> fetch_all -> Outcomes -> schedule.next_state -> SourceStates

    pool        many at once; host_queue says which may start                      threads
    client      one request at a time: redirects, cookies; responses and discovery read the answer
    transport   one request on the wire: connection (sockets), http1, decoding (gzip ...)
    addresses   where may a fetch lead                                            pure
    files       sources that are files

This door is light: a run in which nothing is due imports no network.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from syndicator.model.fetch import Ask, Outcome
from syndicator.model.settings import FetchSettings

if TYPE_CHECKING:
    from syndicator.fetcher.connection import Resolver

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present as an aware UTC datetime."""
    return datetime.now(UTC)


def fetch_all(
    asks: Iterable[Ask],
    settings: FetchSettings,
    stop: threading.Event,
    *,
    follow: bool = False,
    clock: Clock = utc_now,
    lookup: Resolver | None = None,
) -> Iterator[Outcome]:
    """Yield an Outcome for each ask as it comes; at most about `settings.jobs` bodies are alive.

    After `stop` is set, the outcomes that have come are yielded and the rest is broken off. An ask
    without an Outcome was not made, and says nothing about its source; so are those of a host that
    answered 429 to another. `follow`: where a page answers, go on to the first feed that it
    announces, or where it sends browsers. `clock` dates a Retry-After; `lookup` stands in for the
    system's resolver.
    """
    if asks := list(asks):
        # Here: it brings ssl and h11, 30 ms to import, and a run with nothing due saves that.
        from syndicator.fetcher.pool import FetchPool

        yield from FetchPool(asks, settings, stop, clock, lookup, follow=follow).outcomes()


def fetch_one(
    ask: Ask,
    settings: FetchSettings,
    stop: threading.Event | None = None,
    *,
    follow: bool = False,
    clock: Clock = utc_now,
    lookup: Resolver | None = None,
) -> Outcome | None:
    """Return the outcome of one ask; None after `stop`. The arguments are those of `fetch_all`."""
    stop = stop or threading.Event()
    return next(fetch_all([ask], settings, stop, follow=follow, clock=clock, lookup=lookup), None)
