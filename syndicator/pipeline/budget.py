"""A limit on the CPU time that one source may use, so that no feed holds up the others."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OverBudget(Exception):
    """A source has used up its CPU time."""


@contextmanager
def cpu_budget(seconds: float) -> Iterator[None]:
    """Raise OverBudget inside the block once it has used so many seconds of CPU.

    The clock is that of the calling thread, so that fetches in other threads count for nothing.
    Signals reach the main thread alone: in other threads nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    end = time.thread_time() + seconds

    def stop(_signal: int, _frame: FrameType | None) -> None:
        left = end - time.thread_time()
        if left <= 0:
            raise OverBudget
        signal.setitimer(signal.ITIMER_PROF, max(left, 0.01))  # other threads used the rest

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
