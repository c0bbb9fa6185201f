"""Parsers of feeds, side by side in one process: CPU milliseconds a feed, medians of rounds.

    python bench/parsing.py                the feeds of feeds.py
    python bench/parsing.py --captured     the captured feeds beside the clone, or in a folder
    python bench/parsing.py --budget       the seconds a MB to parse and normalize each, and its share of `max_cpu`;
                                           the exit status is 1 where that is more than a twentieth

`items` is the share of the items that our parser finds. A feed that a parser refuses counts with the
time until it does, and with no item.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree

import feedparser
from feeds import FeedMaker
from run import CAPTURED

from syndicator import parser
from syndicator.model.fetch import Fetched, FetchFailed, Validators
from syndicator.model.settings import FetchSettings, Source
from syndicator.pipeline import reading

LARGE = 0.1  # MB: of a smaller feed the seconds a MB are those of what any feed costs
Read = Callable[[bytes], int]  # the body of a feed -> the number of its items


def main() -> None:
    """Time every parser over the same feeds, in turn, and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sites", type=int, default=60)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--captured", nargs="?", const=str(CAPTURED), default="")
    arguments.add_argument("--budget", action="store_true")
    options = arguments.parse_args()
    if options.captured:
        bodies = [path.read_bytes() for path in sorted(Path(options.captured).iterdir())]
    else:
        bodies = [FeedMaker().feed(number) for number in range(options.sites)]
    if options.budget:
        budget(bodies, options.rounds)
    known = [fingerprints(body) for body in bodies]
    readers: dict[str, list[Read]] = {
        "ours, all new": [partial(ours, ()) for _ in bodies],
        "ours, one new": [partial(ours, items[1:]) for items in known],
        "ours, all known": [partial(ours, items) for items in known],
        "expat into ElementTree, nothing read": [tree] * len(bodies),
        "feedparser, without sanitizing": [partial(by_feedparser, False)] * len(bodies),
        "feedparser": [partial(by_feedparser, True)] * len(bodies),
    }
    if find_spec("fastfeedparser"):
        readers["fastfeedparser"] = [by_fastfeedparser] * len(bodies)
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    found: dict[str, int] = {}
    for _ in range(options.rounds):
        for name, reads in readers.items():
            began = time.process_time()
            found[name] = sum(read(body) for read, body in zip(reads, bodies, strict=True))
            seconds[name].append(time.process_time() - began)
    print(f"{len(bodies)} feeds of {sum(map(len, bodies)) // len(bodies) // 1000} kB\n")
    print("| parser | ms a feed | items |\n|---|---|---|")
    for name, rounds in seconds.items():
        share = found[name] / sum(map(len, known))
        print(f"| {name} | {statistics.median(rounds) / len(bodies) * 1000:.2f} | {share:.0%} |")


def budget(bodies: list[bytes], rounds: int) -> NoReturn:
    """Print what it takes to parse and normalize each feed as new, and end: well within the budget, or not.

    A feed counts with its fastest round, since what the first one loads is loaded once in a run.
    """
    source = Source("bench", "https://bench.example/feed.xml")
    seconds = [math.inf] * len(bodies)
    for _ in range(rounds):
        for place, body in enumerate(bodies):
            began = time.thread_time()
            reading.read(fetched(body), source, datetime.now(UTC))
            seconds[place] = min(seconds[place], time.thread_time() - began)
    most = FetchSettings().max_cpu.total_seconds()
    sizes = [len(body) / 1e6 for body in bodies]
    shares = [used / (most * (1 + size)) for used, size in zip(seconds, sizes, strict=True)]
    rates = [used / size for used, size in zip(seconds, sizes, strict=True)]
    large = [rate for rate, size in zip(rates, sizes, strict=True) if size >= LARGE]
    print("| of each feed | median | 99th percentile | most |\n|---|---|---|---|")
    for name, values in (
        ("milliseconds", [used * 1000 for used in seconds]),
        ("seconds a MB", rates),
        (f"seconds a MB, {len(large)} feeds from {LARGE * 1000:.0f} kB", large),
        ("percent of the budget", [share * 100 for share in shares]),
    ):
        ordered = sorted(values) or [0.0]
        figures = (statistics.median(ordered), ordered[int(0.99 * len(ordered))], ordered[-1])
        print(f"| {name} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |")
    sys.exit(max(shares) > 1 / 20)


def fetched(body: bytes) -> Fetched:
    """Return a body as the fetcher gives it."""
    url = "https://bench.example/feed.xml"
    return Fetched("bench", url, body, {"content-type": "application/xml"}, Validators(), None)


def fingerprints(body: bytes) -> list[str]:
    """Return how our parser knows the items of a feed again."""
    parsed = parser.parse(fetched(body))
    return [] if isinstance(parsed, FetchFailed) else [item.fingerprint for item in parsed.items]


def ours(known: list[str], body: bytes) -> int:
    """Read the items that are not known."""
    parsed = parser.parse(fetched(body), frozenset(known))
    return 0 if isinstance(parsed, FetchFailed) else len(parsed.items)


def tree(body: bytes) -> int:
    """Parse the XML and read nothing: what any parser over expat pays."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - for its time alone
    except (ElementTree.ParseError, ValueError):  # ValueError: an encoding that expat lacks
        return 0
    return sum(element.tag.rpartition("}")[2] in {"item", "entry"} for element in root.iter())


def by_feedparser(sanitize: bool, body: bytes) -> int:
    """Read a feed with feedparser."""
    parsed = feedparser.parse(body, sanitize_html=sanitize, resolve_relative_uris=sanitize)
    return len(parsed.entries)


def by_fastfeedparser(body: bytes) -> int:
    """Read a feed with fastfeedparser."""
    import fastfeedparser

    try:
        return len(fastfeedparser.parse(body).entries)
    except ValueError:
        return 0


if __name__ == "__main__":
    main()
