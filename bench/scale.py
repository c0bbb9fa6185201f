"""The constants by which a planet grows, measured, and the growth that follows from them.

    python bench/scale.py                          5,000 sources, 20,000 posts: some minutes
    python bench/scale.py --posts 100000 --plot docs/scale.svg

Measures whole runs (a source with nothing new, over http and https; a new post from fetch to
page), the store alone, and a build of so many new posts. All in CPU seconds of one core, since a
cluster divides those. Then multiplies, from 1,000 to 10,000,000 sources, each asked once an hour
over https and posting twice a day; `--a-day` says how often else.
"""

from __future__ import annotations

import argparse
import json
import math
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import measure
from certificates import bundle
from growth import DUE, RUN, configure, svg
from server import serving

HERE = Path(__file__).resolve().parent
SIZES = tuple(10**exponent for exponent in range(3, 8))
DAY, HOUR = 86400, 3600
COLOURS = ("#2f6f9f", "#9a2f1b", "#3d7a3d", "#7a4f9a", "#b07a00", "#444444")
POSTS_OF_A_SOURCE = 3
NOTHING_NEW = "CPU ms, a source with nothing new, https"
NEW_POST = "CPU ms, a new post from fetch to page"
STORED_POST = "CPU ms, a new post in the store and the index"
MEMORY = "kB of memory, a source in a run"
FILE = "bytes of the state file, a post"
WIRE = "bytes of a request and its 304, without TLS and TCP"
SIZE = 2000  # bytes a post


def main() -> None:
    """Measure, print the constants and the table of growth, and draw it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=5000, help="at least 10")
    parser.add_argument("--posts", type=int, default=20_000, help="stored and built at once")
    parser.add_argument("--rounds", type=int, default=3, help="of the run with nothing new")
    parser.add_argument("--a-day", type=float, default=2, help="new posts of a source")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--store", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.store:
        store(Path(options.store[0]), *map(int, options.store[1:]))
        return
    with tempfile.TemporaryDirectory(prefix="syndicator-scale-") as name:
        constants = dict(measured(options, Path(name)))
    for label, value in constants.items():
        print(f"{label}: {figure(value)}")
    curves = growth(constants, options.a_day)
    print(table(curves))
    if options.plot:
        options.plot.write_text(picture(curves, options.a_day), "utf-8")


# -- the constants ---------------------------------------------------------------------------------


def measured(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, float]]:
    """Yield the constants by name."""
    few, many = options.sources // 10, options.sources
    _, small = costs(folder / "few", few, options.rounds)
    first, same = costs(folder / "many", many, options.rounds)
    _, secure = costs(folder / "secure", few, options.rounds, secure=True)
    # By differences, so that the start of the program counts for nothing.
    plain = (same.cpu - small.cpu) / (many - few)
    encrypted = plain + (secure.cpu - small.cpu) / few
    yield "CPU s, the start of a run", small.cpu - few * plain
    yield "CPU ms, a source with nothing new, http", 1000 * plain
    yield NOTHING_NEW, 1000 * encrypted
    yield "sources an hour and core with nothing new, https", HOUR / encrypted
    yield f"MB of a run with nothing new, {few:,} sources", small.peak
    yield f"MB of a run with nothing new, {many:,} sources", same.peak
    yield MEMORY, 1e3 * (same.peak - small.peak) / (many - few)
    yield NEW_POST, 1000 * (first.cpu - same.cpu) / (many * POSTS_OF_A_SOURCE)
    yield f"MB of a first run, {many:,} sources", first.peak
    yield from built(folder / "stored", options.posts, "0s")
    yield from built(folder / "stored-as-usual", options.posts // 10, "2d")
    yield WIRE, exchanged()  # at last: it makes this process larger, which counts for children


def built(home: Path, posts: int, stay: str) -> Iterator[tuple[str, float]]:
    """Yield the costs of so many new posts of 1,000 sources that are published already."""
    configure(home, 1000, 1)
    file = home / "feeds.toml"
    file.write_text(file.read_text().replace("[fetch]", f'stay = "{stay}"\n[fetch]'))
    fill = [sys.executable, __file__, "--store", str(home)]
    measure.run([*fill, "1000", "0"], home)
    measure.run([*RUN, "--offline"], home)  # from now on each new post is news
    before = (home / "syndicator.db").stat().st_size
    seconds, size = map(float, measure.run([*fill, str(posts), "1"], home).output.split())
    build = measure.run([*RUN, "--offline"], home)
    label = f'{posts:,} new posts with stay = "{stay}"'
    if stay == "0s":
        yield STORED_POST, 1000 * seconds / posts
        yield "posts a day and core in the store and the index", DAY * posts / seconds
        yield FILE, (size - before) / posts
    yield f"CPU s, a build of {label}", build.cpu
    yield f"MB, a build of {label}", build.peak
    pages = len([*(home / "public" / "posts").rglob("*.html")])
    yield f"pages of posts after a build of {label}", float(pages)


def costs(
    home: Path, count: int, rounds: int, *, secure: bool = False
) -> tuple[measure.Cost, measure.Cost]:
    """Return the costs of a first run, and of the cheapest one with nothing new."""
    shape = [f"--posts={POSTS_OF_A_SOURCE}", f"--size={SIZE}", f"--news={home / 'none'}"]
    certificates, environment = home / "https", {}
    if secure:
        shape.append(f"--https={certificates}")
        certificates.mkdir(parents=True)
    with serving(*shape) as port:
        configure(home, count, port)
        if secure:
            environment["REQUESTS_CA_BUNDLE"] = str(bundle(certificates))
            file = home / "feeds.toml"
            file.write_text(file.read_text().replace("http://", "https://"))
        first = measure.run(RUN, home, environment)
        again = []
        for _ in range(rounds):
            time.sleep(DUE)
            again.append(measure.run(RUN, home, environment))
    for cost in again:
        if json.loads(cost.output)["sources"]["not_modified"] != count:
            sys.exit("a source was not found unchanged")
    return first, min(again, key=lambda cost: cost.cpu)


def exchanged() -> float:
    """Return the bytes of one conditional request of ours and of a small 304 answer."""
    from syndicator import fetcher
    from syndicator.model.fetch import Ask, Validators
    from syndicator.model.settings import FetchSettings, Source

    answer = b'HTTP/1.1 304 Not Modified\r\nETag: "0123456789abcdef"\r\nConnection: close\r\n\r\n'
    asked: list[bytes] = []

    def serve() -> None:
        caller, _ = door.accept()
        with caller:
            asked.append(caller.recv(65536))
            caller.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as door:
        served = threading.Thread(target=serve)
        served.start()
        url = f"http://127.0.0.1:{door.getsockname()[1]}/feed.xml"
        validators = Validators('"0123456789abcdef"', "Thu, 01 Oct 2026 00:00:00 GMT")
        fetcher.fetch_one(Ask(Source(id=url, url=url), url, validators), FetchSettings())
        served.join()
    return float(len(asked[0]) + len(answer))


def store(home: Path, count: int, before: int) -> None:
    """Store and index new posts as runs do; print the CPU seconds of that and the file's bytes."""
    from datetime import UTC, datetime

    from feeds import FeedMaker
    from msgspec.structs import replace

    from syndicator import config, normalizer, parser
    from syndicator.model.fetch import Fetched, SourceState
    from syndicator.pipeline.posts import PostWriter
    from syndicator.store import Store

    loaded, now, spent = config.load(home / "feeds.toml"), datetime.now(UTC), 0.0
    each, maker = count // len(loaded.sources), FeedMaker(size=SIZE)
    with Store(loaded.state) as opened:
        opened.sources.adopt(loaded.sources)
        writer = PostWriter(opened, now, loaded.sources)
        for site, source in enumerate(loaded.sources):
            parsed = parser.parse(Fetched(source.id, source.url, maker.feed(site, each, before)))
            feed = normalizer.normalize(replace(parsed, source_id=source.id), source, now)
            begun = time.process_time()
            writer.put(feed, [item.fingerprint for item in parsed.items])
            opened.sources.save_state(SourceState(source.id, url=source.url, last_success=now))
            spent += time.process_time() - begun
        begun = time.process_time()
        writer.finish()
        spent += time.process_time() - begun
    print(spent, loaded.state.stat().st_size)


# -- the growth ------------------------------------------------------------------------------------


def growth(constants: Mapping[str, float], a_day: float) -> dict[str, dict[int, float]]:
    """Return what a planet needs by its number of sources."""
    a_source = {
        "cores: asking, nothing new": constants[NOTHING_NEW] / 1000 / HOUR,
        "cores: new posts, from fetch to page": a_day * constants[NEW_POST] / 1000 / DAY,
        "cores: of these, store and index": a_day * constants[STORED_POST] / 1000 / DAY,
        "Mbit/s, nothing new": constants[WIRE] * 8 / 1e6 / HOUR,
        "GB of memory of a run": constants[MEMORY] / 1e6,
        "GB of state file, after a year": 365 * a_day * constants[FILE] / 1e9,
    }
    return {name: {size: size * part for size in SIZES} for name, part in a_source.items()}


def table(curves: Mapping[str, Mapping[int, float]]) -> str:
    """Return the growth as a table in Markdown."""
    lines = ["| sources | " + " | ".join(f"{size:,}" for size in SIZES) + " |"]
    lines.append("|---" * (len(SIZES) + 1) + "|")
    for name, points in curves.items():
        lines.append(f"| {name} | {' | '.join(figure(value) for value in points.values())} |")
    return "\n".join(lines)


def figure(value: float) -> str:
    """Return a figure with two digits that say something.

    >>> figure(0.01234), figure(3.456), figure(123456.0)
    ('0.012', '3.5', '120,000')
    """
    digits = 1 - math.floor(math.log10(value)) if value > 0 else 0
    return f"{round(value, digits):,.{max(digits, 0)}f}"


def picture(curves: Mapping[str, Mapping[int, float]], a_day: float) -> str:
    """Draw each need as a line over the sources, both by powers of ten; cores are thick."""
    left, top, width, height, low, high = 80, 50, 420, 440, -6, 5

    def x(size: float) -> float:
        return left + width * (math.log10(size) - 3) / 4

    def y(value: float) -> float:
        return top + height * (high - math.log10(max(value, 10**low))) / (high - low)

    marks = [
        f'<text x="10" y="24" font-weight="bold">Needs by sources: each asked once an hour,'
        f" {a_day:g} posts a day</text>"
    ]
    for exponent in range(low, high + 1):
        line, weight = y(10**exponent), 2 if exponent == 0 else 0.5
        end = left + width
        marks.append(f'<path d="M{left} {line:.0f}H{end}" stroke="#888" stroke-width="{weight}"/>')
        label = f"{10**exponent:,}" if exponent >= 0 else f"{10**exponent:.{-exponent}f}"
        marks.append(f'<text x="{left - 8}" y="{line + 4:.0f}" text-anchor="end">{label}</text>')
    for size in SIZES:
        place = f'x="{x(size):.0f}" y="{top + height + 20}" text-anchor="middle"'
        marks.append(f"<text {place}>{size:,}</text>")
    row = top + height + 46
    for colour, (name, points) in zip(COLOURS, curves.items(), strict=True):
        path = " ".join(f"{x(size):.0f},{y(value):.0f}" for size, value in points.items())
        pen = f'stroke="{colour}" stroke-width="{3 if name.startswith("cores") else 1.5}"'
        marks.append(f'<polyline points="{path}" fill="none" {pen}/>')
        marks.append(f'<text x="{left}" y="{row}" fill="{colour}">{name}</text>')
        row += 20
    return svg(560, row, marks)


if __name__ == "__main__":
    main()
