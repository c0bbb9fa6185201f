"""Runs on a cluster of real processes, compared with the run of one machine.

    python tests/harness/cluster.py [--sources 10000] [--workers 1 2 4] [--latency 0.05-0.2]

A scheduler and workers are started by Dask's own commands on loopback, the bench's server gives
each source a host of its own and a latency. Each cluster fetches all sources anew, then again with
nothing changed; its documents must be those of the local run to the byte. At last a worker is
killed in the middle, then the scheduler; the run after that must make it good.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parents[2] / "bench"
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ID = "urn:uuid:11111111-2222-4333-8444-555555555555"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cluster:
    """A scheduler and its workers, each a process with a log of its own."""

    folder: Path
    host: str = "127.0.0.1"
    before: tuple[str, ...] = ()  # words before each command, such as those of `ip netns exec`
    protocol: str = "tcp"
    place: str = ""  # as Dask's commands name the scheduler
    address: str = ""  # as `[run] executor` names it
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start one of Dask's commands; its log is a file of its name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*self.before, sys.executable, "-m", "dask", *command, "--no-dashboard"],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def start_scheduler(self, port: int = 0) -> None:
        """Start the scheduler and wait for its address."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        where = ("--host", self.host, "--port", str(port), "--protocol", self.protocol)
        self.scheduler = self.start("scheduler", "scheduler", *where, "--scheduler-file", str(file))
        wait_for(lambda: file.exists() and "address" in file.read_text())
        self.place = json.loads(file.read_text())["address"]
        self.address = self.place.replace("tcp:", "dask:").replace("tls:", "dask+tls:")

    def start_worker(self, *options: str) -> None:
        """Start one more worker; it has one thread, and nobody starts it again."""
        name = f"worker-{len(self.workers)}"
        more = ("--nthreads", "1", "--no-nanny", "--name", name, "--death-timeout", "60", *options)
        self.workers.append(self.start(name, "worker", self.place, "--host", self.host, *more))
        log = self.folder / f"{name}.log"
        wait_for(lambda: b"Registered to" in log.read_bytes())

    def logs(self) -> str:
        """Return all that the processes have logged."""
        return "".join(path.read_text("utf-8") for path in self.folder.glob("*.log"))

    def cpu(self) -> tuple[float, float]:
        """Return the CPU seconds of the scheduler, and of all workers."""
        assert self.scheduler is not None
        return cpu_of(self.scheduler.pid), sum(cpu_of(worker.pid) for worker in self.workers)


def wait_for(condition, seconds: float = 120) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "a process of the cluster did not start"
        time.sleep(0.05)


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a living process has used (Linux)."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


@contextmanager
def cluster(folder: Path, workers: int, **more: Any) -> Iterator[Cluster]:
    """Run a cluster while the block does; `more` are fields of Cluster."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Cluster(folder, **more)
    try:
        running.start_scheduler()
        for _ in range(workers):
            running.start_worker()
        yield running
    finally:
        for process in (*running.workers, running.scheduler):
            if process is not None:
                process.kill()
                process.wait()


# -- runs ------------------------------------------------------------------------------------------


def configure(home: Path, urls: Sequence[str], executor: str = "", more: str = "") -> None:
    """Write feeds.toml; the feed has an id, so that documents of two installations are equal."""
    home.mkdir(parents=True, exist_ok=True)
    tables = "".join(f'[[sources]]\nid = "{n}"\nurl = "{url}"\n' for n, url in enumerate(urls))
    run = f'[run]\nexecutor = "{executor}"\n' if executor else ""
    head = f'[feed]\ntitle = "Planet"\nid = "{ID}"\nlink = "https://planet.example/"\n'
    (home / "feeds.toml").write_text(f"{head}{run}{more}\n{tables}", "utf-8")


def begin(home: Path, now: datetime) -> subprocess.Popen[str]:
    """Start a run at a fixed time, in a process of its own."""
    command = [sys.executable, __file__, "--run", str(home), now.isoformat()]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the report of a run; `error` holds what it wrote to standard error."""
    out, error = process.communicate(timeout=3600)
    if process.returncode:  # an error in words: nothing was fetched
        return {
            "changed": 0,
            "left": -1,
            "seconds": 0.0,
            "stored": 0,
            "remarks": [],
            "error": error,
        }
    return {**json.loads(out), "error": error}


def run(home: Path, now: datetime) -> dict[str, Any]:
    """Run once and return the report."""
    return result(begin(home, now))


def run_here(home: Path, now: str) -> None:
    """Run in this process; print the report as JSON."""
    import syndicator

    config = syndicator.load_config(home / "feeds.toml")
    try:
        report = syndicator.run(config, syndicator.Options(force=True), datetime.fromisoformat(now))
    except syndicator.SyndicatorError as error:
        sys.exit(str(error))
    used = resource.getrusage(resource.RUSAGE_SELF)
    names = ("due", "changed", "not_modified", "failed", "new", "stored", "left", "remarks")
    told = {name: getattr(report, name) for name in names}
    told |= {"seconds": report.seconds, "cpu": used.ru_utime + used.ru_stime}
    told |= {"peak": used.ru_maxrss / 1024, "loaded": "distributed" in sys.modules}
    print(json.dumps(told))


def published(home: Path) -> Mapping[str, bytes]:
    """Return all published documents by path."""
    public = home / "public"
    paths = sorted(public.rglob("*"))
    # `.syndicator` is no document: it holds the random name of the state file.
    files = (path for path in paths if path.is_file() and path.name != ".syndicator")
    return {str(path.relative_to(public)): path.read_bytes() for path in files}


def differences(home: Path, other: Path) -> list[str]:
    """Return the paths of the files that differ between two installations."""
    ours, theirs = published(home), published(other)
    paths = sorted({*ours, *theirs})
    return [path for path in paths if ours.get(path) != theirs.get(path)]


# -- the command -----------------------------------------------------------------------------------


def main() -> None:
    """Measure and compare; end with status 1 if anything differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--latency", default="0.05-0.2", help="seconds before each answer")
    parser.add_argument("--posts", type=int, default=5)
    parser.add_argument("--size", type=int, default=2_000, help="bytes a post")
    parser.add_argument("--run", nargs=2, metavar=("HOME", "NOW"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_here(Path(options.run[0]), options.run[1])
        return
    sys.path.append(str(BENCH))
    server: Any = import_module("server")
    shape = [f"--{key}={getattr(options, key)}" for key in ("posts", "size", "latency")]
    with tempfile.TemporaryDirectory(prefix="syndicator-cluster-") as name, ExitStack() as stack:
        port = stack.enter_context(server.serving(*shape, f"--news={name}/none"))
        urls = [f"http://{server.host(n)}:{port}/{n}.xml" for n in range(options.sources)]
        wrong = compared(Path(name), urls, options.workers)
    sys.exit(1 if wrong else 0)


def compared(folder: Path, urls: Sequence[str], counts: Sequence[int]) -> int:
    """Run everything; return the number of comparisons that failed."""
    print("| where | new: s | CPU s here | MB here | unchanged: s | CPU s here | workers' CPU s |"
          " scheduler's | differing files |")  # fmt: skip
    print("|---" * 9 + "|")
    local = folder / "local"
    configure(local, urls)
    show("local", run(local, START), run(local, START + HOUR), (0, 0), [])
    wrong, whole = 0, 0.0
    for count in counts:
        home = folder / f"workers-{count}"
        with cluster(folder / f"logs-{count}", count) as running:
            configure(home, urls, running.address)
            started = running.cpu()
            first = run(home, START)
            second = run(home, START + HOUR)
            files = differences(local, home)
            scheduler, workers = running.cpu()
            spent = scheduler - started[0], workers - started[1]
            show(f"{count} workers", first, second, spent, files)
        wrong, whole = wrong + bool(files), first["seconds"]
    for victim in ("worker", "scheduler"):
        wrong += survived(folder / victim, urls, local, victim, whole / 2)
    return wrong


def show(
    name: str, new: dict[str, Any], same: dict[str, Any], cpu: tuple[float, float], files: list[str]
) -> None:
    """Print a row of the table."""
    figures = (new["seconds"], new["cpu"], new["peak"], same["seconds"], same["cpu"])
    cells = [f"{figure:.1f}" for figure in (*figures, cpu[1], cpu[0])]
    print(f"| {name} | {' | '.join(cells)} | {len(files)} |", flush=True)
    if new["error"] or new["left"]:
        print(name, new["left"], new["remarks"], new["error"])


def survived(folder: Path, urls: Sequence[str], local: Path, victim: str, seconds: float) -> bool:
    """Kill a process of the cluster in the middle of a run; tell whether it was not made good."""
    home = folder / "home"
    with cluster(folder / "logs", 2) as running:
        configure(home, urls, running.address)
        begun = begin(home, START)
        time.sleep(seconds)
        process = running.workers[0] if victim == "worker" else running.scheduler
        assert process is not None
        process.kill()
        report = result(begun)
    configure(home, urls)
    after = run(home, START + HOUR)
    stored, whole = after["stored"], run(local, START + 2 * HOUR)["stored"]
    print(
        f"{victim} killed after {seconds:.0f} s: {report['changed']} of {len(urls)} sources read, "
        f"{report['left']} not asked, {report['seconds']:.1f} s; {report['remarks']}"
        f"{report['error']}; "
        f"after the next run {stored} posts of {whole} are stored",
        flush=True,
    )
    return bool(stored != whole)


if __name__ == "__main__":
    main()
