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

from syndicator.fetcher.client import Traveller, Trip, timed_out
from syndicator.fetcher.host_queue import Agenda
from syndicator.fetcher.large_bodies import Room, Seat
from syndicator.model.fetch import UNREACHABLE, FetchFailed, Outcome
from syndicator.model.settings import FetchSettings
from syndicator.urls import host_of

_log = logging.getLogger(__name__)
_FIRST = 8  # threads to begin with: where answers come at once they are enough, and each costs 0.3 ms to start
_PATIENCE = 0.005  # seconds without a result after which as many again are hired
_TICK = 0.25  # seconds between looks at `stop` and at hops past their deadline
_GRACE = 1.0  # a hop ends itself at its deadline; this much later it is taken to hang

_Result = tuple[Outcome | None, Seat | None]  # without an outcome: a trip that was not made


class Crowd:
    """One run's fetching: an agenda, the threads that work it off, and what they brought."""

    def __init__(
        self,
        trips: Iterable[Trip],
        settings: FetchSettings,
        stop: threading.Event,
        traveller: Traveller,
    ) -> None:
        self._settings = settings
        self._stop = stop
        self._traveller = traveller
        self._agenda: Agenda[Trip] = Agenda(settings.per_host, settings.delay.total_seconds())
        for trip in trips:
            self._agenda.add(_host(trip), trip)
        self._open = self._agenda.waiting  # trips that have not come to a result that was taken
        self._changed = threading.Condition()
        self._results: SimpleQueue[_Result] = SimpleQueue()
        self._alive = 0  # bodies that may exist: hops under way and results not yet taken
        self._under_way: dict[Seat, tuple[str, Trip]] = {}
        self._shut: dict[
            str, FetchFailed
        ] = {}  # hosts that are not asked any more in this run, and why
        self._room = Room()
        self._watched = float("inf")  # when a thread will wake to look at the agenda: one is enough
        self._hired = 0  # threads that have not been left behind
        self._closed = False

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what comes of each trip; after `stop` only what has already come."""
        if self._stop.is_set():
            return
        self._hire(_FIRST)
        try:
            while self._open and not self._stop.is_set():
                yield from self._next_outcome()
            self.close()
            while not self._results.empty():
                yield from self._next_outcome()
        finally:
            self.close()

    def close(self) -> None:
        """Send the threads home."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        # Both wake threads that wait where the condition does not reach: for room, and for bytes.
        self._room.close()
        self._traveller.abort()

    def _next_outcome(self) -> Iterator[Outcome]:
        """Yield the next outcome, or nothing: after a tick, or for a trip that was not made."""
        short_handed = self._hired < min(self._settings.jobs, self._open)
        try:
            outcome, seat = self._results.get(timeout=_PATIENCE if short_handed else _TICK)
        except Empty:
            if short_handed:
                self._hire(self._hired)
            else:
                self._leave_hanging()
            return
        with self._changed:
            self._open -= 1
            self._alive -= 1
            self._changed.notify()
        if outcome is not None:
            yield outcome
        if seat is not None:
            self._room.leave(seat)  # the reader has done with its body

    def _leave_hanging(self) -> None:
        """Give up hops that are past their deadline, and hire a thread in the place of each."""
        late = time.monotonic() - _GRACE
        with self._changed:
            hanging = [
                (seat, trip) for seat, (_, trip) in self._under_way.items() if seat.deadline < late
            ]
        for seat, trip in hanging:
            if self._finish(seat, timed_out(trip)):
                self._hired -= 1
                self._hire(1)

    def _hire(self, count: int) -> None:
        """Start threads, at most as many as may be at work at once or have something to do.

        Daemons, see above: one that hangs must not keep the program from ending.
        """
        for _ in range(min(count, min(self._settings.jobs, self._open) - self._hired)):
            threading.Thread(target=self._work, name="fetch", daemon=True).start()
            self._hired += 1

    def _work(self) -> None:
        """Make one hop after the other; end when there are none left, or when left behind."""
        while (task := self._next_task()) is not None:
            seat, trip = task
            try:
                result = self._traveller.hop(trip, seat)
            except Exception as bug:  # noqa: BLE001  a bug must cost one source, not the run
                result = _bug(trip, bug)
            if not self._finish(seat, result):
                self._room.leave(seat)
                return

    def _next_task(self) -> tuple[Seat, Trip] | None:
        """Return the next hop when it may start; None when there will be none, or the run is over."""
        with self._changed:
            while not self._closed:
                if (
                    not self._agenda.waiting and not self._under_way
                ):  # a hop under way may still redirect
                    self._changed.notify_all()
                    return None
                now = time.monotonic()
                taken = self._agenda.take(now) if self._alive < self._settings.jobs else None
                if taken is not None:
                    host, trip = taken
                    seat = Seat(self._room, trip.deadline)
                    self._alive += 1
                    self._under_way[seat] = host, trip
                    self._changed.notify()  # another may be ready, or the clock need watching
                    return seat, trip
                self._wait(now)
        return None

    def _wait(self, now: float) -> None:
        """Wait until something may have changed; one of all idle threads watches the clock."""
        at = self._agenda.next_at()
        if at is None or at >= self._watched or self._alive >= self._settings.jobs:
            self._changed.wait()
            return
        self._watched = at
        self._changed.wait(max(at - now, 0.0))
        self._watched = float("inf")

    def _finish(self, seat: Seat, result: Outcome | Trip) -> bool:
        """Hand over what a hop came to; False where it had been given up before."""
        with self._changed:
            if (entry := self._under_way.pop(seat, None)) is None or self._closed:
                return False
            host = entry[0]
            failed = result if isinstance(result, FetchFailed) else None
            given_up = self._agenda.done(
                host, unreachable=failed is not None and failed.kind in UNREACHABLE
            )
            if isinstance(result, Trip):
                self._alive -= 1
                self._room.leave(seat)
                self._send_on(result)
            else:
                self._results.put((result, seat if seat.is_large else None))
            if failed is not None and host and (given_up or _is_sent_away(failed)):
                self._shut[host] = failed
                for trip in self._agenda.drop(host):
                    self._refuse(trip, failed)
            self._changed.notify()
        return True

    def _send_on(self, trip: Trip) -> None:
        """Put a redirect in line at the host that it leads to."""
        host = _host(trip)
        if host in self._shut:
            self._refuse(trip, self._shut[host])
        else:
            self._agenda.add(host, trip)

    def _refuse(self, trip: Trip, why: FetchFailed) -> None:
        """Settle a trip that is not made: its host can't be reached, or asked for peace, of which nothing is said."""
        self._alive += 1
        self._results.put((None if _is_sent_away(why) else _not_tried(trip, why), None))


def _is_sent_away(failed: FetchFailed) -> bool:
    """Tell whether the answer was a 429 that counts for the whole host."""
    return failed.kind == "rate-limited" and failed.retry_scope == "host"


def _host(trip: Trip) -> str:
    return "" if trip.ask.source.path is not None else host_of(trip.url)


def _not_tried(trip: Trip, failed: FetchFailed) -> FetchFailed:
    source = trip.ask.source
    url = "" if source.private else trip.ask.url
    return FetchFailed(
        source.id, url, failed.kind, "its host could not be reached for other sources either"
    )


def _bug(trip: Trip, bug: Exception) -> FetchFailed:
    """Return a bug as a failure of its source; the traceback goes to the log, but for private ones."""
    source = trip.ask.source
    if not source.private:
        _log.error("a bug in the fetcher, met with %s", source.id, exc_info=bug)
    words = f"a bug in syndicator ({type(bug).__name__})"
    return FetchFailed(
        source.id, "" if source.private else trip.ask.url, "bug", words, "please report it"
    )
