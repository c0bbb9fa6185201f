"""Count what feeds hold: the made-up ones beside a folder of real ones.

    python bench/markup.py                    the feeds of feeds.py and those beside the clone
    python bench/markup.py --feeds FOLDER     a file a feed

Bodies are read by feedparser, neither sanitized nor resolved: the longest text of an entry. The
figures of a body are sums over all bodies, for each 8 kB of them. A feed is of the platform
that its generator element names.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import feedparser
from feeds import FeedMaker
from run import CAPTURED

MADE = 600  # feeds
KINDS = ("WordPress", "Blogger", "Atom", "RDF", "podcast")
COUNTED = {
    "tags": re.compile(r"<[a-z]", re.IGNORECASE),
    "attributes": re.compile(r"\s[a-z-]+=[\"']", re.IGNORECASE),
    "pictures": re.compile(r"<img\b", re.IGNORECASE),
    "links": re.compile(r"<a\b", re.IGNORECASE),
    "paragraphs": re.compile(r"<p\b", re.IGNORECASE),
    "classes": re.compile(r"\sclass=", re.IGNORECASE),
    "entities": re.compile(r"&#?\w{1,30};"),
}


def main() -> None:
    """Print a Markdown table: a line a figure, a column a set of feeds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=Path, default=CAPTURED)
    options = parser.parse_args()
    maker = FeedMaker()
    real = figures(path.read_bytes() for path in sorted(options.feeds.iterdir()))
    made = figures(maker.feed(number) for number in range(MADE))
    print("| | real | made |", "|---|---|---|", sep="\n")
    for name in real:
        print(f"| {name} | {real[name]} | {made[name]} |")


def figures(feeds: Iterable[bytes]) -> dict[str, str]:
    """Return the figures of a set of feeds by name."""
    kinds: Counter[str] = Counter()
    sizes: list[int] = []
    posts: list[int] = []
    bodies: list[str] = []
    summaries = 0
    for raw in feeds:
        feed = feedparser.parse(raw, sanitize_html=False, resolve_relative_uris=False)
        kinds.update(kinds_of(feed))
        sizes.append(len(raw))
        posts.append(len(feed.entries))
        for entry in feed.entries:
            texts = [entry.get("summary", ""), *(part.value for part in entry.get("content", []))]
            bodies.append(max(texts, key=len))
            summaries += len(set(filter(None, texts))) > 1
    lengths = sorted(len(body.encode()) for body in bodies)
    table = {
        "bytes a feed, mean; median": middle(sizes),
        "posts a feed, mean; median": middle(posts),
        "bytes a body, mean; median": middle(lengths),
        "bytes a body, one in ten has more": f"{lengths[len(lengths) * 9 // 10]:,}",
        "bytes a body, one in a hundred has more": f"{lengths[len(lengths) * 99 // 100]:,}",
        "bodies without a tag": share("<" not in body for body in bodies),
        "bodies with `srcset`": share("srcset=" in body for body in bodies),
        "entries with a summary beside the body": f"{100 * summaries / len(bodies):.0f} %",
    }
    for name, pattern in COUNTED.items():
        count = sum(len(pattern.findall(body)) for body in bodies)
        table[f"{name}, each 8 kB"] = f"{count * 8_000 / sum(lengths):.1f}"
    for name in KINDS:
        table[f"feeds: {name}"] = f"{100 * kinds[name] / len(sizes):.0f} %"
    return table


def kinds_of(feed: feedparser.FeedParserDict) -> list[str]:
    """Return the platform that a feed names, its format, and whether it has audio files."""
    program, version = feed.feed.get("generator", "").lower(), feed.version
    files = [file for entry in feed.entries for file in entry.get("enclosures", [])]
    is_kind = {
        "WordPress": "wordpress" in program,
        "Blogger": "blogger" in program,
        "Atom": version.startswith("atom"),
        "RDF": version in ("rss10", "rss090"),
        "podcast": any(file.get("type", "").startswith("audio/") for file in files),
    }
    return [kind for kind in KINDS if is_kind[kind]]


def middle(values: Sequence[int]) -> str:
    return f"{statistics.mean(values):,.0f}; {statistics.median(values):,.0f}"


def share(truths: Iterable[bool]) -> str:
    return f"{100 * statistics.mean(truths):.0f} %"


if __name__ == "__main__":
    main()
