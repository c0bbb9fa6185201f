"""A run that reads with helper processes, and is killed."""

import os
import subprocess
import sys
from pathlib import Path

RUN = """
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
from syndicator.pipeline import reading
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), reading._as_helper)
    print(pool.submit(os.getpid).result(), flush=True)
    sys.stdin.read()
"""


def test_helpers_of_a_killed_run(tmp_path: Path) -> None:
    """They end with it: none stays behind, and who waits for the end of its output is not kept waiting."""
    (tmp_path / "run.py").write_text(RUN, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "run.py"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert int(process.stdout.readline()) != process.pid
        process.kill()
        out, _ = process.communicate(timeout=30)
        assert out == b""
