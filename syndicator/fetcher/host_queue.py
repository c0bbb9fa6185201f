"""Trips -> the next one that may go now: hosts take turns, at most so many at once to a host. Pure.

It holds no lock, no thread and no clock: the crowd calls it under its own lock with the time.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

T = TypeVar("T")

_NO_WAIT = 0.0


class _Host(Struct):
    waiting: deque[Any] = field(default_factory=deque)  # tickets
    active: int = 0
    free_at: float = _NO_WAIT  # the soonest start of its next request
    doubtful: bool = False  # its last answer was that it can't be reached
    queued: bool = False  # it has a place in the heap


class Agenda(Generic[T]):
    """Tickets by host. `take` gives one that may start now; `done` must follow for each."""

    def __init__(self, per_host: int, delay: float) -> None:
        self._per_host = per_host
        self._delay = delay
        self._hosts: dict[str, _Host] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._turn = 0
        self.waiting = 0

    def add(self, host: str, ticket: T) -> None:
        """Put a ticket in line at a host."""
        line = self._hosts.setdefault(host, _Host())
        line.waiting.append(ticket)
        self.waiting += 1
        self._queue(host, line)

    def take(self, now: float) -> tuple[str, T] | None:
        """Return a host and a ticket whose request may start at `now`, or None."""
        while self._ready and self._ready[0][0] <= now:
            _, _, host = heappop(self._ready)
            line = self._hosts[host]
            line.queued = False
            if not line.waiting or line.active >= self._limit(host, line):
                continue  # `done` puts it in the heap again
            line.active += 1
            line.free_at = now + (self._delay if host else _NO_WAIT)
            self.waiting -= 1
            ticket = line.waiting.popleft()
            self._queue(host, line)
            return host, ticket
        return None

    def next_at(self) -> float | None:
        """Return when the next ticket may start, None where that depends on one being done."""
        return self._ready[0][0] if self._ready else None

    def done(self, host: str, *, unreachable: bool = False) -> bool:
        """Note that a request to `host` has ended; tell whether the host should be given up for this run.

        That is so after two in a row that could not reach it: 200 sources of a dead host must not cost
        200 timeouts. After the first they are tried one at a time.
        """
        line = self._hosts[host]
        line.active -= 1
        given_up = unreachable and line.doubtful
        line.doubtful = unreachable
        self._queue(host, line)
        return given_up

    def drop(self, host: str) -> list[T]:
        """Take all tickets of a host out of the line and return them."""
        line = self._hosts[host]
        dropped = list(line.waiting)
        line.waiting.clear()
        self.waiting -= len(dropped)
        return dropped

    def _limit(self, host: str, line: _Host) -> int:
        if not host:
            return 1 << 30  # files: the disk has no manners to keep
        return 1 if line.doubtful else self._per_host

    def _queue(self, host: str, line: _Host) -> None:
        if line.waiting and not line.queued and line.active < self._limit(host, line):
            self._turn += 1
            line.queued = True
            heappush(self._ready, (line.free_at, self._turn, host))
