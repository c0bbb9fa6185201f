"""Asks -> Outcomes in the order of completion: many at once, none held up by another, memory bounded.

Threads that block are enough: the work is waiting. They are daemons on purpose: one that hangs in the
system's resolver, which no timeout reaches, is left behind at its deadline and holds nobody up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from queue import Empty, SimpleQueue

from syndicator.fetcher.agenda import Agenda
from syndicator.fetcher.schedule import host_of
from syndicator.fetcher.trip import Traveller, Trip, timed_out
from syndicator.model import FetchFailed, FetchSettings, Outcome

_log = logging.getLogger(__name__)
_TICK = 0.25  # seconds between looks at `stop` and at hops past their deadline
_GRACE = 1.0  # a hop ends itself at its deadline; this much later it is taken to hang
_UNREACHABLE = frozenset({"dns", "connect", "timeout"})


class Crowd:
    """One run's fetching: an agenda, the threads that work it off, and what they brought."""

    def __init__(
        self, trips: Iterable[Trip], settings: FetchSettings, stop: threading.Event, traveller: Traveller
    ) -> None:
        self._settings = settings
        self._stop = stop
        self._traveller = traveller
        self._agenda: Agenda[Trip] = Agenda(settings.per_host, settings.delay.total_seconds())
        for trip in trips:
            self._agenda.add(_host(trip), [trip])
        self._open = self._agenda.waiting  # trips that have not come to an outcome that was handed over
        self._changed = threading.Condition()
        self._results: SimpleQueue[Outcome | None] = SimpleQueue()  # None: a ticket without an outcome
        self._alive = 0  # bodies that may exist: hops under way and outcomes not yet taken
        self._under_way: dict[object, tuple[str, Trip, float]] = {}  # by a token of each hop
        self._timing = False  # one idle thread waits for the clock, the others for a word
        self._closed = False

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what comes of each trip; after `stop` only what has already come."""
        if self._stop.is_set():
            return
        for _ in range(min(self._settings.jobs, self._open)):
            self._hire()
        try:
            while self._open:
                if (outcome := self._next_outcome()) is not None:
                    yield outcome
                elif self._stop.is_set():
                    yield from self._leftovers()
                    return
        finally:
            self.close()

    def close(self) -> None:
        """Send the threads home."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._traveller.abort()

    def _next_outcome(self) -> Outcome | None:
        """Return an outcome, or None after a tick without one or for a ticket that has none."""
        try:
            outcome = self._results.get(timeout=0 if self._stop.is_set() else _TICK)
        except Empty:
            self._leave_hanging()
            return None
        with self._changed:
            self._open -= 1
            self._alive -= 1
            self._changed.notify()
        return outcome

    def _leftovers(self) -> Iterator[Outcome]:
        while not self._results.empty():
            if (outcome := self._results.get()) is not None:
                yield outcome

    def _leave_hanging(self) -> None:
        """Give up hops that are past their deadline, and hire a thread in the place of each."""
        now = time.monotonic()
        for token, (_, trip, deadline) in list(self._under_way.items()):
            if now > deadline + _GRACE and self._finish(token, timed_out(trip)):
                self._hire()

    def _hire(self) -> None:
        threading.Thread(target=self._work, name="fetch", daemon=True).start()

    def _work(self) -> None:
        """Make one hop after the other; end when there are none left, or when left behind."""
        while (task := self._next_task()) is not None:
            token, trip = task
            try:
                result = self._traveller.hop(trip)
            except Exception as bug:  # noqa: BLE001  a bug must cost one source, not the run
                result = _bug(trip, bug)
            if not self._finish(token, result):
                return

    def _next_task(self) -> tuple[object, Trip] | None:
        with self._changed:
            while not self._closed:
                if not self._agenda.waiting and not self._under_way:
                    self._changed.notify_all()
                    return None
                now = time.monotonic()
                taken = self._agenda.take(now) if self._alive < self._settings.jobs else None
                if taken is not None:
                    host, trip = taken
                    token = object()
                    self._alive += 1
                    self._under_way[token] = (host, trip, trip.deadline)
                    self._changed.notify()  # another may be ready, or the clock need watching
                    return token, trip
                self._wait(now)
        return None

    def _wait(self, now: float) -> None:
        """Wait until something may have changed; only one of all idle threads watches the clock."""
        at = self._agenda.next_at()
        if self._timing or at is None or self._alive >= self._settings.jobs:
            self._changed.wait()
            return
        self._timing = True
        self._changed.wait(max(at - now, 0.0))
        self._timing = False

    def _finish(self, token: object, result: Outcome | Trip) -> bool:
        """Hand over what a hop came to; False where it had been given up before."""
        with self._changed:
            if (entry := self._under_way.pop(token, None)) is None or self._closed:
                return False
            host, _, _ = entry
            failed = result if isinstance(result, FetchFailed) else None
            unreachable = failed is not None and failed.kind in _UNREACHABLE
            given_up = self._agenda.done(host, unreachable=unreachable and bool(host))
            if isinstance(result, Trip):
                self._alive -= 1
                self._agenda.add(_host(result), [result])
            else:
                self._results.put(result)
            if failed is not None:
                self._spread(host, failed, given_up)
            self._changed.notify()
        return True

    def _spread(self, host: str, failed: FetchFailed, given_up: list[Trip]) -> None:
        """Settle the trips that wait for a host which was given up, or which asked us to stay away."""
        self._alive += len(given_up)
        for trip in given_up:
            self._results.put(_not_tried(trip, failed))
        if failed.kind == "rate-limited" and failed.retry_scope == "host" and host:
            dropped = self._agenda.drop(host)
            self._alive += len(dropped)
            for _ in dropped:
                self._results.put(None)  # not asked, so neither a success nor a failure


def _host(trip: Trip) -> str:
    return "" if trip.ask.source.path is not None else host_of(trip.url)


def _not_tried(trip: Trip, failed: FetchFailed) -> FetchFailed:
    source = trip.ask.source
    url = "" if source.private else trip.ask.url
    return FetchFailed(source.id, url, failed.kind, "its host could not be reached for other sources either")


def _bug(trip: Trip, bug: Exception) -> FetchFailed:
    """Return a bug as a failure of its source; the traceback goes to the log, but for private ones."""
    source = trip.ask.source
    if not source.private:
        _log.error("a bug in the fetcher, met with %s", source.id, exc_info=bug)
    name = type(bug).__name__
    return FetchFailed(
        source.id, "" if source.private else trip.ask.url, "bug", f"a bug in syndicator ({name})", "please report it"
    )
