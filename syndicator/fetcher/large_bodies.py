"""Large bodies -> one at a time: the memory of a run must not be the largest answer times `jobs`.

A feed has 50 to 500 KB. What grows beyond `LARGE` waits here until no other large one is alive: being
read, decoded, or in the hands of whoever parses it. Waiting costs the source none of its time.
"""

from __future__ import annotations

import threading
import time

from syndicator.fetcher.fetch_error import Fault

LARGE = 4_000_000  # bytes, decoded


class Room:
    """The place for one large body."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._holder: Seat | None = None
        self._closed = False

    def enter(self, seat: Seat) -> None:
        """Wait until no other large body is alive. Raises Fault when the run ends meanwhile."""
        with self._changed:
            while self._holder is not None and not self._closed:
                self._changed.wait()
            if self._closed:
                raise Fault("interrupted", "the run was ended")
            self._holder = seat

    def leave(self, seat: Seat) -> None:
        """Make room, if it was this one's."""
        with self._changed:
            if self._holder is seat:
                self._holder = None
                self._changed.notify()

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Seat:
    """One hop's claim: its deadline, and whether its body is a large one."""

    __slots__ = ("_room", "deadline", "is_large")

    def __init__(self, room: Room, deadline: float) -> None:
        self._room = room
        self.deadline = deadline  # time.monotonic()
        self.is_large = False

    def grow(self, size: int) -> None:
        """Note that its body has `size` bytes now; wait for room when that has become large."""
        if size <= LARGE or self.is_large:
            return
        left = self.deadline - time.monotonic()
        self.deadline = float("inf")  # nobody takes it to hang while it waits
        self._room.enter(self)
        self.is_large = True
        self.deadline = time.monotonic() + left
