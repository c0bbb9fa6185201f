"""One run at a time: an advisory lock on a file beside the state.

The kernel drops the lock with the process, so a killed run holds nobody up. The file itself stays:
were it removed, one run could hold the lock of the removed file, and another that of its
successor.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syndicator.errors import LockHeld, StoreError

# A network file system, or a container's, that has no locks.
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


@contextmanager
def run_lock(state: Path) -> Iterator[None]:
    """Hold the lock of the state file `state` while the block runs.

    Raises LockHeld where another process has it, naming that process; StoreError where no lock
    file can be made, or its file system has no locks.
    """
    path = state.with_name(state.name + ".lock")
    try:  # not emptied when it is opened: until the lock is ours it names another process
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: the lock file can't be made: {error.strerror}") from error
    try:
        _take(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path) -> None:
    """Lock the file and write the process into it. Raises LockHeld, StoreError."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        process = holder and f" (process {holder})"
        raise LockHeld(f"another run is at work{process}; it holds {path}") from None
    except OSError as error:
        advice = "put `state` on a local disk" if error.errno in _NO_LOCKS else "is it readable?"
        words = f"{path} can't be locked: {error.strerror}; {advice}"
        raise StoreError(words) from error
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}") from error
