"""Side by side with the peers: whole-process CPU seconds, interleaved, from one command.

    python bench/run.py                  200 feeds of 180 KB, three situations, medians of five rounds
    python bench/run.py --sites 1000 --situation nothing

In each round every program runs each situation once, in turn: `new`, a first run; `nothing`, a second
with nothing changed; `some`, one in which one feed in twenty has one new post. CPU is user and system time of
the program and its children; the server of the feeds is another process. Ratios are against the fastest peer
of the same round. Absolute figures say more of the machine than of the programs.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from peers import PEERS, Peer
from server import host

HERE = Path(__file__).resolve().parent
SITUATIONS = ("new", "nothing", "some")
OURS = "syndicator"


def main() -> None:
    """Run the rounds and print the table."""
    options = arguments()
    peers = [peer for peer in PEERS if peer.is_there and (not options.only or peer.name in options.only)]
    for peer in PEERS:
        if not peer.is_there:
            print(f"left out, not installed: {peer.name}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="syndicator-bench-") as name:
        figures = measure(options, peers, Path(name))
    print(table(peers, figures, options))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--posts", type=int, default=20)
    parser.add_argument("--size", type=int, default=8_000, help="bytes a post")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--https", action="store_true", help="with a certificate made for the occasion")
    parser.add_argument("--situation", choices=SITUATIONS, default="some", help="the last one to run")
    parser.add_argument("--only", action="append", default=[], help="a program; may be repeated")
    parser.add_argument("--wall", action="store_true", help="print wall seconds instead of CPU")
    return parser.parse_args()


def measure(options: argparse.Namespace, peers: list[Peer], folder: Path) -> dict[tuple[str, str], list[float]]:
    """Return seconds by program and situation, a figure a round."""
    figures: dict[tuple[str, str], list[float]] = defaultdict(list)
    scheme, tls = certificate(folder) if options.https else ("http", [])
    port = 8123
    urls = [f"{scheme}://{host(site)}:{port}/{site}.xml" for site in range(options.sites)]
    shape = [f"--{key}={getattr(options, key)}" for key in ("sites", "posts", "size", "latency")]
    server = [
        sys.executable,
        str(HERE / "server.py"),
        f"--port={port}",
        f"--news={folder / 'news'}",
        "--warm",
        *shape,
        *tls,
    ]
    with subprocess.Popen(server, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            for _ in range(options.rounds):
                for peer in peers:
                    for situation, seconds in zip(SITUATIONS, lives(peer, folder, urls, options), strict=False):
                        figures[peer.name, situation].append(seconds)
        finally:
            process.kill()
    return figures


def lives(peer: Peer, folder: Path, urls: list[str], options: argparse.Namespace) -> list[float]:
    """Let a program start anew and meet the situations one after the other."""
    home, news = folder / peer.name, folder / "news"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    peer.prepare(home, urls)
    seconds = []
    for situation in SITUATIONS[: SITUATIONS.index(options.situation) + 1]:
        news.write_text("20 1" if situation == "some" else "1 0")
        seconds.append(run(peer, home, folder, wall=options.wall))
    return seconds


def run(peer: Peer, home: Path, folder: Path, *, wall: bool) -> float:
    """Run a program once; return its seconds."""
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody's cron compiles every module at every run
    bundle = str(folder / "pem")
    environment |= (
        {"SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle, "CURL_CA_BUNDLE": bundle}
        if Path(bundle).exists()
        else {}
    )
    before, started = usage(), time.monotonic()
    finished = subprocess.run(peer.command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode:
        sys.exit(f"{peer.name} ended with status {finished.returncode}: {finished.stderr[-800:]}")
    peer.verify(home)
    return time.monotonic() - started if wall else usage() - before


def usage() -> float:
    """Return the CPU seconds of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def certificate(folder: Path) -> tuple[str, list[str]]:
    """Make a certificate for all loopback hosts of the bench; return the scheme and the server's option."""
    names = ",".join(f"IP:{host(site)}" for site in range(1000))
    pem = folder / "pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += [
        "-subj",
        "/CN=bench",
        "-addext",
        f"subjectAltName={names}",
        "-keyout",
        str(folder / "key"),
        "-out",
        str(folder / "crt"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    pem.write_text((folder / "key").read_text() + (folder / "crt").read_text())
    return "https", [f"--certificate={pem}"]


def table(peers: list[Peer], figures: dict[tuple[str, str], list[float]], options: argparse.Namespace) -> str:
    """Return a Markdown table: medians, and the ratio of ours to the fastest peer, round by round."""
    situations = SITUATIONS[: SITUATIONS.index(options.situation) + 1]
    unit = "wall" if options.wall else "CPU"
    lines = [
        f"{options.sites} feeds of {options.posts} posts, {unit} seconds, medians of {options.rounds}",
        "",
        "| program | " + " | ".join(situations) + " |",
        "|---|" + "---|" * len(situations),
    ]
    lines += [row(peer, figures, situations) for peer in peers]
    others = [peer.name for peer in peers if not peer.name.startswith(OURS)]
    for ours in (peer.name for peer in peers if peer.name.startswith(OURS)) if others else ():
        lines.append(f"| **{ours} / fastest peer** | {' | '.join(ratios(ours, others, figures, situations))} |")
    return "\n".join(lines)


def row(peer: Peer, figures: dict[tuple[str, str], list[float]], situations: tuple[str, ...]) -> str:
    """Return a program's row of the table."""
    cells = [f"{statistics.median(figures[peer.name, situation]):.2f}" for situation in situations]
    return f"| {peer.name} ({peer.about}) | {' | '.join(cells)} |"


def ratios(
    ours: str, others: list[str], figures: dict[tuple[str, str], list[float]], situations: tuple[str, ...]
) -> list[str]:
    """Return the median ratio to the fastest peer, and which that is, by situation."""
    cells = []
    for situation in situations:
        fastest = min(others, key=lambda name: statistics.median(figures[name, situation]))
        pairs = zip(figures[ours, situation], figures[fastest, situation], strict=True)
        cells.append(f"{statistics.median(a / b for a, b in pairs):.2f} ({fastest})")
    return cells


if __name__ == "__main__":
    main()
