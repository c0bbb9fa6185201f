"""Limits on the CPU time and the memory that one source may use, so that no feed holds up a run."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
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


Look = Callable[[float], None]  # takes CPU seconds of a thread, raises OverBudget


@contextmanager
def budget(seconds: float, memory: int) -> Iterator[None]:
    """Raise OverBudget inside the block once it has used so many seconds of CPU or bytes.

    The clock is that of the calling thread, so that fetches in other threads count for nothing.
    Memory is the growth of the process, looked at four times a second of CPU; only Linux tells it.
    A signal waits for the end of a call into C. Signals reach the main thread alone: a thread of a
    worker is watched by another. On macOS, which has no clock of another thread, it has no limit.
    """
    end, most = time.thread_time() + seconds, _resident() + memory

    def look(used: float) -> None:
        if used >= end:
            raise OverBudget(f"more than {seconds:.0f} s of CPU", "max_cpu")
        if _resident() > most:
            raise OverBudget(f"more than {memory / 1e6:.0f} MB of memory", "max_memory")

    if threading.current_thread() is threading.main_thread():
        with _by_signal(look, end):
            yield
    elif hasattr(time, "pthread_getcpuclockid"):
        with _watch().limit(look):
            yield
    else:
        yield


@contextmanager
def _by_signal(look: Look, end: float) -> Iterator[None]:
    """Limit the main thread by the signal of a timer."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        set_timer()  # first: Python drops what is raised in a finalizer
        look(time.thread_time())

    def set_timer() -> None:
        left = max(end - time.thread_time(), 0.01)
        signal.setitimer(signal.ITIMER_PROF, min(left, _BETWEEN))

    before = signal.signal(signal.SIGPROF, interrupt)
    set_timer()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class _Stopped(Exception):
    """The watch has interrupted this thread."""


class _Watch:
    """One thread that interrupts the others that are over their budgets."""

    def __init__(self) -> None:
        # No Condition: an interruption could arrive between its lock and the block.
        self._lock = threading.Lock()
        self._looks: dict[int, Look] = {}  # by thread
        self._over: dict[int, OverBudget] = {}
        threading.Thread(target=self._work, name="budget", daemon=True).start()

    @contextmanager
    def limit(self, look: Look) -> Iterator[None]:
        """Watch the calling thread inside the block."""
        thread = threading.get_ident()
        with self._lock:
            self._looks[thread] = look
        try:
            try:
                yield
            finally:
                # An interruption that was made under the lock arrives here at the latest.
                with self._lock:
                    self._looks.pop(thread, None)
        except _Stopped:
            raise self._over.pop(thread) from None

    def _work(self) -> None:
        import ctypes  # 10 ms, which a run without workers does not need

        while True:
            time.sleep(_BETWEEN)
            with self._lock:
                for thread, look in [*self._looks.items()]:
                    # The thread is alive: it takes itself out before it ends.
                    try:
                        look(time.clock_gettime(time.pthread_getcpuclockid(thread)))
                    except OverBudget as over:
                        del self._looks[thread]
                        self._over[thread] = over
                        stopped = ctypes.py_object(_Stopped)
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), stopped)


@cache
def _watch() -> _Watch:
    return _Watch()


def _resident() -> int:
    """Return the bytes of this process in memory (proc(5), statm); 0 if the system has no /proc."""
    try:
        pages = _PAGES.read_bytes().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
