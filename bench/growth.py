"""How the cost of a run grows with the number of sources and of stored posts, for the whole program.

    python bench/growth.py --sources 1000 10000            by sources: a run in which nothing changed
    python bench/growth.py --posts 10000 100000 1000000    by posts stored, of 1,000 sources: a run in which
                                                           nothing changed, and one that publishes one new post

Each is run as cron would, with every source due, from a server on loopback; in turn, so that a busy machine
is busy for all. Prints medians; peak memory is the most of any run. `--plot FILE.svg` draws the curves;
`--keep FOLDER` keeps the filled stores for the next time (a million posts take twenty minutes to store).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import measure
import stock
from server import host, serving

HERE = Path(__file__).resolve().parent
RUN = [sys.executable, "-m", "syndicator", "run", "--json"]
DUE = 1.2  # seconds after a run until all sources are due again; see `configure`

Curves = dict[str, dict[int, list[float]]]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, nargs="*", default=[])
    parser.add_argument("--posts", type=int, nargs="*", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port", type=int, default=0, help="of the server; default: a free one")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    if any(count < 2 * stock.SITES for count in options.posts):
        parser.error(f"--posts: at least {2 * stock.SITES:,}, two of each source")
    curves: Curves = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory(prefix="syndicator-growth-") as name:
        if options.sources:
            by_sources(options, Path(name), curves)
        if options.posts:
            by_posts(options, options.keep or Path(name), curves)
    print(table(curves))
    if options.plot:
        options.plot.write_text(picture(curves))


def by_sources(options: argparse.Namespace, folder: Path, curves: Curves) -> None:
    """Measure runs in which nothing changed, by the number of sources."""
    with serving(
        f"--port={options.port}", "--posts=2", f"--size={stock.SIZE}", "--news=none"
    ) as port:
        for count in options.sources:
            configure(folder / str(count), count, port)
            measure.run(RUN, folder / str(count))
        for _ in range(options.rounds):
            for count in options.sources:
                cost = unchanged(folder / str(count), count)
                curves["CPU ms a source where nothing changed, by sources"][count].append(
                    1000 * cost.cpu / count
                )
                curves["MB at most, by sources"][count].append(cost.peak)


def by_posts(options: argparse.Namespace, kept: Path, curves: Curves) -> None:
    """Measure runs in which nothing changed, and with one new post, by the number of posts
    stored.
    """
    with ExitStack() as servers:
        homes = {count: stocked(kept, count, servers) for count in options.posts}
        for _ in range(options.rounds):
            for count, home in homes.items():
                same = unchanged(home, stock.SITES)
                write_one(home)
                more = published(home)
                curves["CPU ms where nothing changed, 1,000 sources, by posts stored"][
                    count
                ].append(1000 * same.cpu)
                curves["CPU ms with one new post, 1,000 sources, by posts stored"][count].append(
                    1000 * more.cpu
                )
                curves["MB at most where nothing changed, by posts stored"][count].append(same.peak)
                curves["MB at most with one new post, by posts stored"][count].append(more.peak)


def stocked(kept: Path, count: int, servers: ExitStack) -> Path:
    """Return the home of a store that holds so many posts, and serve its sources as they were when
    it was filled.
    """
    home = kept / f"posts-{count}"
    if not home.exists():
        configure(home, stock.SITES, 1)
        (home / "news").write_text("1000 0")
        subprocess.run([sys.executable, str(HERE / "stock.py"), str(home), str(count)], check=True)
    shape = ["--posts=2", f"--size={stock.SIZE}", f"--before={count // stock.SITES - 2}"]
    port = servers.enter_context(serving(*shape, f"--news={home / 'news'}"))
    configure(home, stock.SITES, port)
    measure.run(RUN, home)  # the addresses are new, and what is there is asked for once
    return home


def write_one(home: Path) -> None:
    """Let one of the sources have one more new post."""
    every, count = (home / "news").read_text().split()
    (home / "news").write_text(f"{every} {int(count) + 1}")


def unchanged(home: Path, count: int) -> measure.Cost:
    """Run once when all sources are due again; end the bench where one was not asked, or had
    news.
    """
    time.sleep(DUE)
    cost = measure.run(RUN, home)
    found = json.loads(cost.output)["sources"]["not_modified"]
    if found != count:
        sys.exit(f"of {count} unchanged sources {found} were found so")
    return cost


def published(home: Path) -> measure.Cost:
    """Run once when all sources are due again; end the bench where not one new post was found."""
    time.sleep(DUE)
    cost = measure.run(RUN, home)
    found = json.loads(cost.output)["posts"]["new"]
    if found != 1:
        sys.exit(f"{found} new posts were found, where there was one")
    return cost


def configure(home: Path, count: int, port: int) -> None:
    """Write feeds.toml. The sources keep their ids whatever the port, and are due again a second
    after each run.
    """
    home.mkdir(parents=True, exist_ok=True)
    tables = "".join(
        f'[[sources]]\nid = "{stock.name(site)}"\nurl = "http://{host(site)}:{port}/{site}.xml"\n'
        for site in range(count)
    )
    fetch = 'jobs = 64\ninterval = "1s"\nmax_interval = "1s"'
    (home / "feeds.toml").write_text(f'[feed]\ntitle = "Growth"\n[fetch]\n{fetch}\n{tables}')


def points(curves: Curves) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    """Yield each curve with its points: medians of costs, the most of peaks."""
    for label, rounds in curves.items():
        middle = max if label.startswith("MB") else statistics.median
        yield label, [(count, middle(values)) for count, values in rounds.items()]


def table(curves: Curves) -> str:
    """Return a line a curve: each point, and the last as a multiple of the first."""
    lines = []
    for label, found in points(curves):
        figures = ", ".join(f"{count:,}: {figure(value)}" for count, value in found)
        lines.append(f"{label}: {figures} (x{found[-1][1] / found[0][1]:.2f})")
    return "\n".join(lines)


def figure(value: float) -> str:
    """Return a figure with as many digits as say something."""
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def picture(curves: Curves) -> str:
    """Draw each curve as a row of bars, in SVG: no library is worth four bars."""
    rows, y = [], 30
    for label, found in points(curves):
        most = max(value for _, value in found)
        rows.append(f'<text x="10" y="{y}" font-weight="bold">{label}</text>')
        for count, value in found:
            y += 26
            width = 400 * value / most
            rows.append(f'<text x="90" y="{y}" text-anchor="end">{count:,}</text>')
            rows.append(
                f'<rect x="100" y="{y - 13}" width="{width:.0f}" height="16" fill="#476a8f"/>'
            )
            rows.append(f'<text x="{110 + width:.0f}" y="{y}">{figure(value)}</text>')
        y += 44
    return svg(620, y, rows)


def svg(width: int, height: int, marks: Iterable[str]) -> str:
    """Return marks of SVG as a picture on white."""
    body = "\n".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' font-family="sans-serif" font-size="13">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    main()
