"""How the cost of a run grows with the number of sources and of stored posts.

    python bench/growth.py --sources 1000 10000            a run in which nothing changed
    python bench/growth.py --posts 10000 100000 1000000    publishing, with so many posts stored

Prints CPU milliseconds a source and peak memory; `--plot FILE.svg` draws the curves.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feeds import FeedMaker
from server import host

HERE = Path(__file__).resolve().parent
PORT = 8124


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, nargs="*", default=[])
    parser.add_argument("--posts", type=int, nargs="*", default=[])
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    curves: dict[str, list[tuple[int, float]]] = {}
    for count in options.sources:
        milliseconds, peak = unchanged(count)
        curves.setdefault("ms a source, nothing changed", []).append((count, milliseconds))
        print(f"{count} sources, nothing changed: {milliseconds:.3f} ms of CPU a source, {peak:.0f} MB at most")
    for count in options.posts:
        milliseconds, peak = publishing(count)
        curves.setdefault("ms to publish one new post", []).append((count, milliseconds))
        print(f"{count} posts stored, one new: {milliseconds:.0f} ms of CPU to publish, {peak:.0f} MB at most")
    if options.plot:
        options.plot.write_text(picture(curves))


def unchanged(count: int) -> tuple[float, float]:
    """Return CPU milliseconds a source of a run with nothing changed, and its peak memory in MB."""
    with tempfile.TemporaryDirectory(prefix="syndicator-growth-") as name:
        folder = Path(name)
        server = [sys.executable, str(HERE / "server.py"), f"--port={PORT}", "--posts=2", "--size=500", "--news=none"]
        with subprocess.Popen(server, stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout is not None
                process.stdout.readline()
                urls = [f"http://{host(site)}:{PORT}/{site}.xml" for site in range(count)]
                configure(folder, urls)
                run(folder)
                seconds, peak = run(folder, "--force")
            finally:
                process.kill()
    return seconds * 1000 / count, peak


def publishing(count: int) -> tuple[float, float]:
    """Return CPU milliseconds of an offline run that publishes one new post over `count` stored ones, and MB."""
    with tempfile.TemporaryDirectory(prefix="syndicator-growth-") as name:
        folder = Path(name)
        fill(folder, count)
        feed = folder / "feed.xml"
        configure(folder, ["feed.xml"])
        feed.write_bytes(FeedMaker(size=500).feed(0, 5))
        run(folder)
        feed.write_bytes(FeedMaker(size=500).feed(0, 5, 1))
        seconds, peak = run(folder, "--force")
    return seconds * 1000, peak


def fill(folder: Path, count: int) -> None:
    """Store posts as a run would, of a thousand sources."""
    from syndicator import normalizer, parser
    from syndicator.model.fetch import Fetched
    from syndicator.model.settings import Source
    from syndicator.pipeline.update import Shelver
    from syndicator.store import Store

    maker, now, each = FeedMaker(size=500), datetime.now(UTC) - timedelta(days=30), 50
    with Store(folder / "syndicator.db") as store:
        shelver = Shelver(store, now)
        for number, site in enumerate(random.Random(1).sample(range(1_000_000), count // each)):
            source = Source(id=f"s{site}", url=f"https://site{site}.example/feed")
            parsed = parser.parse(Fetched(source.id, source.url, maker.feed(site, each)))
            posts = normalizer.normalize(parsed, source, now)
            shelver.put(posts, [item.fingerprint for item in parsed.items])
            if number % 200 == 0:  # each run finishes the index for what it brought
                shelver.settle()
        shelver.settle()


def configure(folder: Path, urls: list[str]) -> None:
    """Write feeds.toml."""
    tables = "".join(f'[[sources]]\nurl = "{url}"\n' for url in urls)
    (folder / "feeds.toml").write_text(f'[feed]\ntitle = "Growth"\n[fetch]\njobs = 64\n{tables}')


def run(folder: Path, *options: str) -> tuple[float, float]:
    """Run syndicator; return CPU seconds and peak memory in MB of this one child."""
    with subprocess.Popen([sys.executable, "-m", "syndicator", "run", *options], cwd=folder) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"syndicator ended with status {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def picture(curves: dict[str, list[tuple[int, float]]]) -> str:
    """Draw each curve as a row of bars, in SVG: no library is worth four bars."""
    rows, y = [], 30
    for label, points in curves.items():
        most = max(value for _, value in points)
        rows.append(f'<text x="10" y="{y}" font-weight="bold">{label}</text>')
        for count, value in points:
            y += 26
            width = 400 * value / most
            rows.append(f'<text x="90" y="{y}" text-anchor="end">{count:,}</text>')
            rows.append(f'<rect x="100" y="{y - 13}" width="{width:.0f}" height="16" fill="#476a8f"/>')
            rows.append(f'<text x="{110 + width:.0f}" y="{y}">{value:.2f}</text>')
        y += 44
    body = "\n".join(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="620" height="{y}" font-family="sans-serif" font-size="13">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    main()
