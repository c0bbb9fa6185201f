"""Limits on the CPU time and the memory that one source may use, so that no feed holds up a run."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_BETWEEN = 0.25  # seconds of CPU between two looks at the memory
_PAGES = Path("/proc/self/statm")


class OverBudget(Exception):
    """A source has used up its CPU time or its memory.

    `setting` is the key of [fetch] that bounds it.
    """

    def __init__(self, words: str, setting: str) -> None:
        super().__init__(words)
        self.setting = setting


@contextmanager
def budget(seconds: float, memory: int) -> Iterator[None]:
    """Raise OverBudget inside the block once it has used so many seconds of CPU or bytes.

    The clock is that of the calling thread, so that fetches in other threads count for nothing.
    Memory is the growth of the process, looked at four times a second of CPU; only Linux tells it.
    A signal waits for the end of a call into C. Signals reach the main thread alone: in other
    threads nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    end, most = time.thread_time() + seconds, _resident() + memory

    def look(_signal: int, _frame: FrameType | None) -> None:
        left = end - time.thread_time()
        if left <= 0:
            raise OverBudget(f"more than {seconds:.0f} s of CPU", "max_cpu")
        if _resident() > most:
            raise OverBudget(f"more than {memory / 1e6:.0f} MB of memory", "max_memory")
        signal.setitimer(signal.ITIMER_PROF, min(max(left, 0.01), _BETWEEN))

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, min(seconds, _BETWEEN))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _resident() -> int:
    """Return the bytes of this process in memory (proc(5), statm); 0 where the system has no /proc."""
    try:
        pages = _PAGES.read_bytes().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
