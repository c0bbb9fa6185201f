"""What the program costs where there is little to do: CPU and wall seconds, and peak memory, by number of sources.

    python bench/startup.py           --version, a run with nothing due, status, check
    python bench/startup.py --sources 10 10000

Each is run once before it is measured, so that its bytecode is compiled, as it is from cron's second run on.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import measure
from peers import syndicator
from server import host, serving

OURS = [sys.executable, "-m", "syndicator"]
COMMANDS = {
    "nothing due": ["run"],
    "status": ["status"],
    "check": ["check"],
}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, nargs="*", default=[10, 200, 1000])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--port", type=int, default=0, help="of the server; default: a free one")
    options = parser.parse_args()
    print(
        "| command | sources | CPU seconds | wall seconds | MB at most | lines printed |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory(prefix="syndicator-startup-") as name:
        print(row("--version", "", [*OURS, "--version"], Path(name), options.rounds))
        with serving(f"--port={options.port}", "--posts=2", "--size=500", "--news=none") as port:
            for count in options.sources:
                home = Path(name) / str(count)
                home.mkdir()
                syndicator()(
                    home, [f"http://{host(site)}:{port}/{site}.xml" for site in range(count)]
                )
                measure.run([*OURS, "run"], home)
                for label, command in COMMANDS.items():
                    print(row(label, f"{count:,}", [*OURS, *command], home, options.rounds))


def row(label: str, count: str, command: list[str], folder: Path, rounds: int) -> str:
    """Return a row of the table: medians, and the largest peak."""
    costs = [measure.run(command, folder) for _ in range(rounds + 1)][1:]
    cpu, wall = (
        statistics.median(getattr(cost, name) for cost in costs) for name in ("cpu", "wall")
    )
    peak = max(cost.peak for cost in costs)
    return f"| {label} | {count} | {cpu:.3f} | {wall:.3f} | {peak:.0f} | {costs[-1].output.count(chr(10))} |"


if __name__ == "__main__":
    main()
