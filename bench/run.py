"""Side by side with the peers: whole-process CPU seconds, interleaved, from one command.

    python bench/run.py               200 feeds of 40 KB, three situations, five rounds
    python bench/run.py --sites 1000 --situation nothing
    python bench/run.py --captured    the captured feeds beside the clone: a first run, and nothing changed

In each round every program runs each situation once, in turn: `new`, a first run; `nothing`, a second
with nothing changed; `some`, one in which one feed in twenty has one new post. CPU is user and system time of
the program and its children; the server of the feeds is another process. Ratios are against the fastest peer
of the same round. Absolute figures say more of the machine than of the programs.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import measure
from certificates import bundle
from feeds import SIZE
from peers import PEERS, Peer
from server import host, latency, serving, span

CAPTURED = Path(__file__).resolve().parents[2] / "shared" / "feeds" / "real"
JOBS = 64  # of ours, see peers.py
SITUATIONS = ("new", "nothing", "some")
OURS = "syndicator"


def main() -> None:
    """Run the rounds and print the table."""
    options = arguments()
    peers = [
        peer for peer in PEERS if peer.is_there and (not options.only or peer.name in options.only)
    ]
    if options.captured:  # some are broken, and these programs end there
        ended = ("the libraries alone", "naive", "rss2email")
        peers = [peer for peer in peers if peer.name not in ended]
    for peer in PEERS:
        if not peer.is_there:
            print(f"left out, not installed: {peer.name}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="syndicator-bench-") as name:
        figures = rounds(options, peers, Path(name))
    print(table(peers, figures, options))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--posts", type=int, default=20)
    parser.add_argument("--size", type=int, default=SIZE, help="bytes a post, mean")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--latency", default="0", help="seconds before each answer, or a range: 0.05-0.2"
    )
    parser.add_argument("--port", type=int, default=0, help="of the server; default: a free one")
    parser.add_argument(
        "--https", action="store_true", help="with a certificate made for the occasion"
    )
    parser.add_argument(
        "--situation", choices=SITUATIONS, default="some", help="the last one to run"
    )
    parser.add_argument("--only", action="append", default=[], help="a program; may be repeated")
    parser.add_argument(
        "--captured",
        nargs="?",
        const=str(CAPTURED),
        default="",
        metavar="FOLDER",
        help="feeds of real sites, a file each; without the situation `some`",
    )
    parser.add_argument("--wall", action="store_true", help="print wall seconds instead of CPU")
    options = parser.parse_args()
    if options.captured:
        options.sites = len(list(Path(options.captured).iterdir()))
        options.situation = "new" if options.situation == "new" else "nothing"
    return options


def rounds(
    options: argparse.Namespace, peers: list[Peer], folder: Path
) -> dict[tuple[str, str], list[float]]:
    """Return seconds by program and situation, a figure a round."""
    figures: dict[tuple[str, str], list[float]] = defaultdict(list)
    shape = [
        f"--{key}={getattr(options, key)}" for key in ("sites", "posts", "size", "latency", "port")
    ]
    if options.captured:
        shape.append(f"--captured={options.captured}")
    if options.https:
        shape.append(f"--https={folder / 'https'}")
    with serving("--warm", f"--news={folder / 'news'}", *shape) as port:
        scheme = "https" if options.https else "http"
        urls = [f"{scheme}://{host(site)}:{port}/{site}.xml" for site in range(options.sites)]
        for _ in range(options.rounds):
            for peer in peers:
                for situation, seconds in zip(
                    SITUATIONS, lives(peer, folder, urls, options), strict=False
                ):
                    figures[peer.name, situation].append(seconds)
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
    environment = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(home))
    if (root := bundle(folder / "https")).exists():
        environment |= dict.fromkeys(
            ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), str(root)
        )
    cost = measure.run(peer.command, home, environment)
    peer.verify(home)
    return cost.wall if wall else cost.cpu


def table(
    peers: list[Peer], figures: dict[tuple[str, str], list[float]], options: argparse.Namespace
) -> str:
    """Return a Markdown table: medians, and the ratio of ours to the fastest peer, round by
    round.
    """
    situations = SITUATIONS[: SITUATIONS.index(options.situation) + 1]
    what = "captured feeds" if options.captured else f"feeds of {options.posts} posts"
    unit = "wall" if options.wall else "CPU"
    lines = [
        f"{options.sites} {what}, {unit} seconds, medians of {options.rounds}",
        *waiting(options),
        "",
        "| program | " + " | ".join(situations) + " |",
        "|---|" + "---|" * len(situations),
    ]
    lines += [row(peer, figures, situations) for peer in peers]
    others = [peer.name for peer in peers if peer.rival]
    for ours in (peer.name for peer in peers if peer.name.startswith(OURS)) if others else ():
        lines.append(
            f"| **{ours} / fastest peer** | {' | '.join(ratios(ours, others, figures, situations))} |"
        )
    return "\n".join(lines)


def waiting(options: argparse.Namespace) -> list[str]:
    """Say what the latency alone takes of the wall time, where there is some."""
    between = span(options.latency)
    total = sum(latency(site, between) for site in range(options.sites))
    return [f"the waiting alone, {JOBS} at once: {total / JOBS:.2f}"] if total else []


def row(
    peer: Peer, figures: dict[tuple[str, str], list[float]], situations: tuple[str, ...]
) -> str:
    """Return a program's row of the table."""
    cells = [f"{statistics.median(figures[peer.name, situation]):.2f}" for situation in situations]
    return f"| {peer.name} ({peer.about}) | {' | '.join(cells)} |"


def ratios(
    ours: str,
    others: list[str],
    figures: dict[tuple[str, str], list[float]],
    situations: tuple[str, ...],
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
