"""Fetches -> the next one that may start: hosts take turns, each with a limit and a delay. Pure.

It holds no lock, no thread and no clock: the pool calls it under its own lock with the time.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

T = TypeVar("T")

_NO_WAIT = 0.0


class _Host(Struct):
    waiting: deque[Any] = field(default_factory=deque)
    active: int = 0
    free_at: float = _NO_WAIT  # the soonest start of its next request
    doubtful: bool = False  # its last request could not reach it
    queued: bool = False  # it has a place in the heap


class HostQueue(Generic[T]):
    """Items by host: `take` gives one that may start now, and `done` must follow for each."""

    def __init__(self, per_host: int, delay: float) -> None:
        self._per_host = per_host
        self._delay = delay
        self._hosts: dict[str, _Host] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._turn = 0
        self.waiting = 0

    def add(self, name: str, item: T) -> None:
        """Queue an item at a host; "" is the disk, which has no limit."""
        host = self._hosts.setdefault(name, _Host())
        host.waiting.append(item)
        self.waiting += 1
        self._queue(name, host)

    def take(self, now: float) -> tuple[str, T] | None:
        """Return a host and an item to start at `now`, or None."""
        while self._ready and self._ready[0][0] <= now:
            _, _, name = heappop(self._ready)
            host = self._hosts[name]
            host.queued = False
            if not host.waiting or host.active >= self._limit(name, host):
                continue  # `done` puts it in the heap again
            host.active += 1
            host.free_at = now + self._delay if name else _NO_WAIT
            self.waiting -= 1
            item = host.waiting.popleft()
            self._queue(name, host)
            return name, item
        return None

    def next_start(self) -> float | None:
        """Return the start of the next item, None if that depends on one being done."""
        return self._ready[0][0] if self._ready else None

    def done(self, name: str, *, unreachable: bool = False) -> bool:
        """Note that a request to a host has ended; tell whether the host is given up for this run.

        That is so after two in a row that could not reach it: 200 sources of a dead host must not
        cost 200 timeouts. After the first they are tried one at a time.
        """
        host = self._hosts[name]
        host.active -= 1
        given_up = unreachable and host.doubtful
        host.doubtful = unreachable
        self._queue(name, host)
        return given_up

    def drop(self, name: str) -> list[T]:
        """Remove all items of a host from the queue and return them."""
        host = self._hosts[name]
        dropped = list(host.waiting)
        host.waiting.clear()
        self.waiting -= len(dropped)
        return dropped

    def _limit(self, name: str, host: _Host) -> int:
        if not name:
            return 1 << 30  # files: no server is spared by waiting
        return 1 if host.doubtful else self._per_host

    def _queue(self, name: str, host: _Host) -> None:
        """Put a host into the heap if one of its items may start."""
        if host.waiting and not host.queued and host.active < self._limit(name, host):
            self._turn += 1
            host.queued = True
            heappush(self._ready, (host.free_at, self._turn, name))
