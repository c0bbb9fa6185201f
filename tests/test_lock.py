"""One run at a time."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from syndicator.errors import LockHeld, StoreError
from syndicator.lock import run_lock

HOLDER = """
import sys, pathlib, time
from syndicator.lock import run_lock
with run_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run(tmp_path: Path) -> None:
    """It is told who holds the lock, and may come back later (EX_TEMPFAIL)."""
    state = tmp_path / "state.db"
    with (
        run_lock(state),
        pytest.raises(LockHeld, match=f"process {os.getpid()}") as caught,
        run_lock(state),
    ):
        pass
    assert caught.value.exit_code == 75


def test_a_run_after_one_with_a_longer_number(tmp_path: Path) -> None:
    """Who is named is the process that holds the lock, with nothing left of the one before."""
    state = tmp_path / "state.db"
    state.with_name("state.db.lock").write_text(f"{10**12}\n")
    with (
        run_lock(state),
        pytest.raises(LockHeld, match=rf"\(process {os.getpid()}\)"),
        run_lock(state),
    ):
        pass


def test_one_run_after_another(tmp_path: Path) -> None:
    """The lock is free again."""
    for _ in range(2):
        with run_lock(tmp_path / "deep" / "state.db"):
            pass


def test_a_killed_run(tmp_path: Path) -> None:
    """It holds nobody up, though its lock file stays."""
    state = tmp_path / "state.db"
    with subprocess.Popen([sys.executable, "-c", HOLDER, state], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockHeld), run_lock(state):
            pass
        holder.send_signal(signal.SIGKILL)
    with run_lock(state):
        assert state.with_name("state.db.lock").exists()


def test_no_place_for_the_lock(tmp_path: Path) -> None:
    """The path is named."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"), run_lock(tmp_path / "file" / "state.db"):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.EINVAL])
def test_a_file_system_without_locks(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network file systems have none: said in words, with the way out."""

    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StoreError, match="local disk"), run_lock(tmp_path / "state.db"):
        raise AssertionError
