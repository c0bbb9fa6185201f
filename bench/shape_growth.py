"""Run each hostile shape through a whole run at several sizes, and say how the time grows.

    python bench/shape_growth.py [SHAPE ...] [--sizes 32 128 512]
    python bench/shape_growth.py --sizes 300 --most 3

The seconds are those over a run of an empty feed. With `--most`, the exit status is 1 if a whole run takes
more seconds of CPU. Each run is a process of its own, so that a shape that does not end costs its own time limit alone.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from shapes import SHAPES

_CONFIG = """[feed]
title = "Growth"
link = "https://planet.example/"
id = "urn:uuid:11111111-2222-4333-8444-555555555555"
output = "public"
state = "state.db"

[[sources]]
url = "feed.xml"
"""


def measured(name: str, size: int, limit: float = 60.0) -> tuple[float, int, int]:
    """Return the CPU seconds of a whole run, the bytes that it published, and its peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "feeds.toml").write_text(_CONFIG, "utf-8")
        Path(folder, "feed.xml").write_bytes(SHAPES[name](size))
        code = (
            "import json, resource, sys; from syndicator.cli import main\n"
            "try: main(['run'])\n"
            "except SystemExit: pass\n"
            "u = resource.getrusage(resource.RUSAGE_SELF)\n"
            "print(json.dumps([u.ru_utime + u.ru_stime, u.ru_maxrss * 1024]))\n"
        )
        try:
            done = subprocess.run(
                [sys.executable, "-c", code],
                cwd=folder,
                env=dict(os.environ, PYTHONPATH=str(Path(__file__).parents[1])),
                capture_output=True,
                text=True,
                timeout=limit,
                check=False,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30)),
            )
        except subprocess.TimeoutExpired:
            return math.inf, 0, 0
        if done.returncode or not done.stdout:
            print(done.stderr[-500:])
            return math.inf, 0, 0
        seconds, memory = json.loads(done.stdout.splitlines()[-1])
        published = sum(
            path.stat().st_size for path in Path(folder, "public").rglob("*") if path.is_file()
        )
        return seconds, published, memory


def main() -> None:
    """Print a line for each shape: seconds at each size, the exponent, output and memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 128, 512], help="in kB")
    parser.add_argument("--most", type=float, default=math.inf, help="seconds of CPU of a run")
    parser.add_argument("shape", nargs="*")
    options = parser.parse_args()
    sizes = options.sizes
    base, _, _ = measured("a long guid", 10)
    longest = 0.0
    for name in options.shape or SHAPES:
        results = []
        for size in sizes:
            result = measured(name, size << 10)
            results.append(result)
            longest = max(longest, result[0])
            if result[0] > 20:
                break
        times = [max(0.01, seconds - base) for seconds, _, _ in results]
        growth = 0.0
        if len(times) > 1 and math.isfinite(times[-1]):
            growth = math.log(times[-1] / times[-2], sizes[len(times) - 1] / sizes[len(times) - 2])
        shown = " ".join(f"{seconds:7.2f}" for seconds in times)
        _, published, memory = results[-1]
        print(
            f"{name:36} {shown}  n^{growth:4.2f} {published >> 10:8} kB {memory >> 20:5} MB",
            flush=True,
        )
    print(f"the longest run: {longest:.2f} s of CPU, {base:.2f} of them for any feed")
    sys.exit(longest > options.most)


if __name__ == "__main__":
    main()
