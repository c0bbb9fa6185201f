"""Source, SourceState -> Fetched | NotModified | FetchFailed.

    schedule.plan -> Asks -> fetch_all -> Outcomes -> schedule.settle -> SourceStates

    schedule  when is a source due, with which validators, what does an outcome make of it   pure
    outage    were the failures of a run those of our own network                            pure
    skips     skipHours and skipDays                                                         pure
    crowd     many at once; agenda says who may go                                           threads
    trip      one request at a time: redirects, what an answer means (answers, discovery)
    adapter   what requests sends through: wire (sockets), framing (HTTP/1.1), decoding (gzip ...)
    addresses where may a fetch lead                                                         pure
    files     sources that are files

This door is light: a run in which nothing is due pays for `schedule` only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from syndicator.model.fetch import Ask, Outcome
from syndicator.model.settings import FetchSettings

if TYPE_CHECKING:
    from syndicator.fetcher.trip import Trip
    from syndicator.fetcher.wire import Resolver

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present as an aware UTC datetime."""
    return datetime.now(UTC)


def fetch_all(
    asks: Iterable[Ask],
    settings: FetchSettings,
    stop: threading.Event,
    *,
    clock: Clock = utc_now,
    lookup: Resolver | None = None,
) -> Iterator[Outcome]:
    """Yield an Outcome for each ask as it comes, at most about `settings.jobs` bodies alive at a time.

    After `stop` is set, what has come is yielded and all else broken off: an ask without an Outcome was
    not made, and says nothing about its source. So it is with those of a host that answered 429 to another.
    `clock` dates a Retry-After; `lookup` stands in for the system's resolver.
    """
    asks = list(asks)
    if not asks:
        return
    # Here: it brings requests, which takes 0.1 s to import, and a run with nothing due saves that.
    from syndicator.fetcher.trip import start

    yield from _crowd([start(ask) for ask in asks], settings, stop, clock, lookup)


def fetch_one(
    ask: Ask,
    settings: FetchSettings,
    stop: threading.Event | None = None,
    *,
    follow: bool = False,
    clock: Clock = utc_now,
    lookup: Resolver | None = None,
) -> Outcome | None:
    """Return what comes of one ask; None where `stop` was set before.

    `follow`: where a page answers, go on to the first feed that it announces.
    """
    from syndicator.fetcher.trip import start  # here, as above

    return next(
        _crowd([start(ask, follow=follow)], settings, stop or threading.Event(), clock, lookup),
        None,
    )


def _crowd(
    trips: list[Trip],
    settings: FetchSettings,
    stop: threading.Event,
    clock: Clock,
    lookup: Resolver | None,
) -> Iterator[Outcome]:
    from syndicator.fetcher.adapter import LeanAdapter  # here, as above
    from syndicator.fetcher.crowd import Crowd
    from syndicator.fetcher.trip import Traveller
    from syndicator.fetcher.wire import resolve

    traveller = Traveller(settings, LeanAdapter(lookup or resolve), clock)
    return Crowd(trips, settings, stop, traveller).outcomes()
