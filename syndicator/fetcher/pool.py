"""Fetches -> Outcomes in the order of completion: many at once, memory bounded.

Blocking threads are enough, since the work is waiting. They are daemons on purpose: the system's
resolver obeys no timeout, so a thread that hangs in it is abandoned at its deadline.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from syndicator.fetcher.client import Client, Fetch, begin, failed
from syndicator.fetcher.connection import Resolver, Slot, resolve
from syndicator.fetcher.fetch_error import too_late
from syndicator.fetcher.host_queue import HostQueue
from syndicator.fetcher.transport import Transport
from syndicator.model.fetch import UNREACHABLE, Ask, FetchFailed, Outcome
from syndicator.model.settings import FetchSettings
from syndicator.urls import host_of

_FIRST_THREADS = 8  # enough where answers come at once; each costs 0.3 ms to start
_PATIENCE = 0.005  # seconds without a result after which the number of threads is doubled
_TICK = 0.25  # seconds between looks at `stop` and at requests past their deadline
_PROCESSOR = 36  # of the fields behind a thread's name: the core that it ran on last
_GRACE = 1.0  # seconds after its deadline at which a request is taken to hang

_Result = tuple[Outcome | None, Slot]  # None: a fetch that was not made


class FetchPool:
    """The fetches of one run, the threads that make them, and their outcomes.

    The arguments are those of `fetch_all`.
    """

    def __init__(
        self,
        asks: Iterable[Ask],
        settings: FetchSettings,
        stop: threading.Event,
        clock: Callable[[], datetime],
        lookup: Resolver | None,
        *,
        follow: bool,
    ) -> None:
        self._settings = settings
        self._stop = stop
        self._client = Client(settings, Transport(lookup or resolve), clock)
        self._queue: HostQueue[Fetch] = HostQueue(settings.per_host, settings.delay.total_seconds())
        for ask in asks:
            fetch = begin(ask, follow=follow)
            self._queue.add(_host(fetch), fetch)
        self._open = self._queue.waiting  # fetches whose result has not been taken
        self._changed = threading.Condition()
        self._results: SimpleQueue[_Result] = SimpleQueue()
        self._alive = 0  # bodies that may exist: requests under way and results not yet taken
        self._under_way: dict[Slot, tuple[str, Fetch]] = {}
        self._given_up: dict[str, FetchFailed] = {}  # hosts that this run asks no more, and why
        self._large_bodies = threading.Semaphore()
        self._watched = float("inf")  # when a waiting thread will look at the queue: one is enough
        self._threads = 0  # without those that were abandoned
        self._closed = False

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcome of each fetch; after `stop` only those that have already come."""
        if self._stop.is_set():
            return
        with _on_one_core():
            self._start_threads(_FIRST_THREADS)
            try:
                while self._open and not self._stop.is_set():
                    yield from self._next_outcome()
                self.close()
                while not self._results.empty():
                    yield from self._next_outcome()
            finally:
                self.close()

    def close(self) -> None:
        """End the threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        # Some threads wait elsewhere: for the lock of large bodies, and for bytes.
        self._large_bodies.release(self._settings.jobs)
        self._client.abort()

    def _next_outcome(self) -> Iterator[Outcome]:
        """Yield the next outcome, or nothing: after a tick, or for a fetch that was not made."""
        may_grow = self._threads < min(self._settings.jobs, self._open)
        try:
            outcome, slot = self._results.get(timeout=_PATIENCE if may_grow else _TICK)
        except Empty:
            if may_grow:
                self._start_threads(self._threads)
            else:
                self._abandon_hanging()
            return
        with self._changed:
            self._open -= 1
            self._alive -= 1
            self._changed.notify()
        if outcome is not None:
            yield outcome
        slot.release()  # the reader has done with its body

    def _abandon_hanging(self) -> None:
        """Time out the requests that are past their deadline, and replace their threads."""
        late = time.monotonic() - _GRACE
        with self._changed:
            hanging = [
                (slot, fetch)
                for slot, (_, fetch) in self._under_way.items()
                if slot.deadline < late
            ]
        for slot, fetch in hanging:
            # It hangs in the system's resolver, beyond any timeout.
            if self._finish(slot, failed(fetch, too_late())):
                self._threads -= 1
                self._start_threads(1)

    def _start_threads(self, count: int) -> None:
        """Start threads, at most as many as may be at work at once or have something to do."""
        for _ in range(min(count, min(self._settings.jobs, self._open) - self._threads)):
            threading.Thread(target=self._work, name="fetch", daemon=True).start()
            self._threads += 1

    def _work(self) -> None:
        """Make one request after the other; end when there are none left, or when abandoned."""
        while (task := self._next_task()) is not None:
            slot, fetch = task
            try:
                result = self._client.send(fetch, slot)
            except Exception as bug:  # noqa: BLE001  a bug must cost one source, not the run
                result = _bug(fetch, bug)
            if not self._finish(slot, result):
                slot.release()
                return

    def _next_task(self) -> tuple[Slot, Fetch] | None:
        """Return the next request when it may start; None when none is left or the run is over."""
        with self._changed:
            while not self._closed:
                # A request under way may still redirect.
                if not self._queue.waiting and not self._under_way:
                    self._changed.notify_all()
                    return None
                now = time.monotonic()
                if self._alive < self._settings.jobs and (taken := self._queue.take(now)):
                    slot = Slot(self._large_bodies, taken[1].deadline)
                    self._alive += 1
                    self._under_way[slot] = taken
                    self._changed.notify()  # another may be ready, or the clock need watching
                    return slot, taken[1]
                self._wait(now)
        return None

    def _wait(self, now: float) -> None:
        """Wait until something may have changed; one of all idle threads watches the clock."""
        start = self._queue.next_start()
        if start is None or start >= self._watched or self._alive >= self._settings.jobs:
            self._changed.wait()
            return
        self._watched = start
        self._changed.wait(max(start - now, 0.0))
        self._watched = float("inf")

    def _finish(self, slot: Slot, result: Outcome | Fetch) -> bool:
        """Hand over the result of a request; return False if it was abandoned before."""
        with self._changed:
            if (task := self._under_way.pop(slot, None)) is None or self._closed:
                return False
            host = task[0]
            failure = result if isinstance(result, FetchFailed) else None
            unreachable = failure is not None and failure.kind in UNREACHABLE
            given_up = self._queue.done(host, unreachable=unreachable)
            if isinstance(result, Fetch):
                self._alive -= 1
                slot.release()
                self._send_on(result)
            else:
                self._results.put((result, slot))
            if failure is not None and host and (given_up or _is_rate_limited(failure)):
                self._give_up(host, failure)
            self._changed.notify()
        return True

    def _give_up(self, host: str, reason: FetchFailed) -> None:
        """Ask a host no more in this run."""
        self._given_up[host] = reason
        for fetch in self._queue.drop(host):
            self._refuse(fetch, reason)

    def _send_on(self, fetch: Fetch) -> None:
        """Queue a redirect at the host that it leads to."""
        host = _host(fetch)
        if host in self._given_up:
            self._refuse(fetch, self._given_up[host])
        else:
            self._queue.add(host, fetch)

    def _refuse(self, fetch: Fetch, reason: FetchFailed) -> None:
        """Finish a queued fetch without sending it: its host is down, or answered 429.

        After a 429 no outcome is recorded.
        """
        self._alive += 1
        outcome = None if _is_rate_limited(reason) else _not_tried(fetch, reason)
        self._results.put((outcome, Slot(self._large_bodies, 0.0)))


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Keep this thread, and those that it starts, on the core that it runs on, where Linux can.

    One thread of Python runs at a time. Spread over the cores, each that has its answer wakes
    another core, and takes the interpreter's data there: half of the CPU time of a run in which
    nothing changed.
    """
    if sys.platform != "linux":
        yield
        return
    cores = set[int]()
    with suppress(OSError, ValueError, IndexError):  # no /proc, or a sandbox that forbids it
        # The fields of a thread's stat follow its name, which may have spaces: see proc(5).
        fields = Path("/proc/thread-self/stat").read_text("utf-8", "replace").rpartition(")")[2]
        allowed = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {int(fields.split()[_PROCESSOR])})
        cores = allowed
    try:
        yield
    finally:
        if cores:
            os.sched_setaffinity(0, cores)


def _is_rate_limited(failure: FetchFailed) -> bool:
    """Tell whether the answer was a 429 that counts for the whole host."""
    return failure.kind == "rate-limited" and failure.retry_scope == "host"


def _host(fetch: Fetch) -> str:
    return "" if fetch.ask.source.path is not None else host_of(fetch.url)


def _not_tried(fetch: Fetch, reason: FetchFailed) -> FetchFailed:
    return FetchFailed(
        fetch.ask.source.id,
        fetch.shown_url,
        reason.kind,
        "its host could not be reached for other sources either",
    )


def _bug(fetch: Fetch, bug: Exception) -> FetchFailed:
    """Return a bug as a failure of its source, and log its traceback unless it is private."""
    import logging  # 2 ms, for what should not be

    source = fetch.ask.source
    if not source.private:
        logging.getLogger(__name__).error(
            "a bug in the fetcher, met with %s", source.id, exc_info=bug
        )
    return FetchFailed(
        source.id,
        fetch.shown_url,
        "bug",
        f"a bug in syndicator ({type(bug).__name__})",
        "please report it",
    )
