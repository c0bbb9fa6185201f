"""The bench works, on a small size: every program does what it is measured for. What it took is
nobody's promise.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.bench

BENCH = Path(__file__).resolve().parents[1] / "bench"
SMALL = ("--sites=17", "--posts=3", "--size=600", "--rounds=1")


def bench(script: str, *options: str) -> str:
    """Run a script of the bench; return what it prints."""
    command = [sys.executable, str(BENCH / script), *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def figures(table: str) -> dict[str, list[str]]:
    """Return the cells of a Markdown table by what stands first in each row."""
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {cells[0].strip("*").partition(" (")[0]: cells[1:] for cells in rows}


@pytest.mark.parametrize("program", ["newsboat", "sfeed_update", "r2e"])
def test_a_peer_is_measured_beside_ours(program: str) -> None:
    """Each in all three situations, and the ratio of ours to it; a program that makes nothing ends
    the bench.
    """
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    peer = {"sfeed_update": "sfeed", "r2e": "rss2email"}.get(program, program)
    found = figures(bench("run.py", *SMALL, f"--only={peer}", "--only=syndicator"))
    for name in (peer, "syndicator"):
        assert all(float(seconds) > 0 for seconds in found[name]), found
        assert len(found[name]) == 3
    assert [cell.partition(" ")[2] for cell in found["syndicator / fastest peer"]] == [
        f"({peer})"
    ] * 3


def test_what_is_no_rival_is_measured_too() -> None:
    """Ours with less switched on and the libraries alone: ratios are to programs that do the
    work.
    """
    found = figures(
        bench(
            "run.py",
            *SMALL,
            "--only=the libraries alone",
            "--only=syndicator, lean",
            "--only=naive",
        )
    )
    assert set(found) == {
        "program",
        "syndicator, lean",
        "the libraries alone",
        "naive",
        "syndicator, lean / fastest peer",
    }
    assert all(cell.endswith("(naive)") for cell in found["syndicator, lean / fastest peer"])


def test_reader_over_https_with_latency() -> None:
    """Certificates of its own making are trusted by the programs, and what the waiting takes is
    said.
    """
    assert find_spec("reader")
    asked = (
        "--https",
        "--latency=0.01-0.03",
        "--wall",
        "--situation=nothing",
        "--only=reader",
        "--only=syndicator",
    )
    said = bench("run.py", *SMALL, *asked)
    assert re.search(r"the waiting alone, 64 at once: 0\.0\d", said)
    assert all(len(cells) == 2 for name, cells in figures(said).items() if name != "program")


def test_growth_by_sources(tmp_path: Path) -> None:
    """Prints a line a curve with its points, and draws them."""
    said = bench(
        "growth.py", "--sources", "3", "6", "--rounds=1", f"--plot={tmp_path / 'growth.svg'}"
    )
    lines = said.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "CPU ms a source where nothing changed, by sources",
        "MB at most, by sources",
    ]
    assert all(re.search(r": 3: [\d.]+, 6: [\d.]+ \(x[\d.]+\)$", line) for line in lines)
    bars = ElementTree.parse(tmp_path / "growth.svg").findall("{*}rect")  # noqa: S314 - our own drawing
    assert len(bars) == 1 + 4  # the ground, and a bar a point


def test_start_up() -> None:
    """A run with nothing due says nothing; `status` has a line a source, a head and two below."""
    found = figures(bench("startup.py", "--sources", "5", "--rounds=1"))
    assert {name: cells[-1].split()[0] for name, cells in found.items() if name != "command"} == {
        "--version": "1",
        "nothing due": "0",
        "status": "8",
        "check": "1",
    }


def test_related_posts_of_a_labelled_set(tmp_path: Path) -> None:
    """Two subjects with words of their own: every one of the first five has the same label."""
    subjects = {
        "tea": "green leaves steep in hot water",
        "rail": "night trains cross the border slowly",
    }
    documents = [
        {"title": f"{label} {number}", "text": f"{words} {label}{number}", "label": label}
        for label, words in subjects.items()
        for number in range(7)
    ]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, documents)))
    assert re.search(r"\b1\.000\b", bench("related.py", str(tmp_path)))


def test_the_cost_of_related_posts() -> None:
    """Of indexing and of a list, for both scopes."""
    said = bench("related.py", "--cost=200", "--words=40")
    assert re.search(r"200 posts of 40 words stored", said)
    assert len(re.findall(r"scope (?:source|all): [\d.]+ ms a list", said)) == 2


def test_feeds_of_a_folder(tmp_path: Path) -> None:
    """Captured feeds are served a host each; there is no situation with news."""
    for path in (BENCH.parent / "samples").glob("*.[axj]*"):
        shutil.copy(path, tmp_path)
    said = bench("run.py", f"--captured={tmp_path}", "--rounds=1", "--only=syndicator")
    assert said.startswith("3 captured feeds")
    assert all(len(cells) == 2 for cells in figures(said).values())


def test_the_same_feeds_on_any_machine() -> None:
    """What is fetched depends on the seed alone; one feed in sixteen is not well-formed."""
    code = """
import sys; sys.path.insert(0, sys.argv[1])
from hashlib import sha256
from xml.etree import ElementTree
from feeds import FeedMaker
bodies = [FeedMaker(size=600).feed(number, 3, 1) for number in range(16)]
def broken(body):
    try: ElementTree.fromstring(body)
    except ElementTree.ParseError: return True
print(sum(map(bool, map(broken, bodies))), sha256(b"".join(bodies)).hexdigest())
"""
    said = {
        subprocess.check_output([sys.executable, "-c", code, str(BENCH)], text=True)
        for _ in range(2)
    }
    assert len(said) == 1
    assert said.pop().startswith("1 ")


def test_the_markup_of_made_up_feeds_is_counted_beside_that_of_a_folder(tmp_path: Path) -> None:
    """A row a figure, with a column for the folder's feeds and one for those of the bench."""
    for path in (BENCH.parent / "samples").glob("*.[ax]*"):
        shutil.copy(path, tmp_path)
    rows = figures(bench("markup.py", f"--feeds={tmp_path}"))
    assert rows["tags, each 8 kB"] != ["0.0", "0.0"]
    assert rows["feeds: WordPress"][1] == "19 %"


def test_stories_of_a_labelled_set(tmp_path: Path) -> None:
    """Two reports on one event are a story, and it is right."""
    reports = (
        "the river Lam rose above the dyke at Nam Dan and flooded four hundred houses on Tuesday",
        "four hundred houses at Nam Dan flooded on Tuesday as the river Lam rose above the dyke",
    )
    documents = [{"title": report[:30], "text": report, "story": "dyke"} for report in reports]
    for number in range(20):
        text = f"recipe {number} takes {number * 7} eggs, lime and an hour of patience in kitchen {number}"
        documents.append({"title": text[:9], "text": text, "story": f"recipe {number}"})
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, documents)))
    said = bench("stories.py", str(tmp_path))
    assert "own: 1 stories of 2 of 22 posts, 0 wrong by the labels (0.0 %)" in said


def test_growth_past_one_machine(tmp_path: Path) -> None:
    """Constants of this machine, a table of what follows from them, and a picture of it."""
    drawn = tmp_path / "scale.svg"
    said = bench("scale.py", "--sources=20", "--posts=10000", "--rounds=1", f"--plot={drawn}")
    assert "CPU ms, a source with nothing new, https: " in said
    assert set(figures(said)) == {
        "sources",
        "cores: asking, nothing new",
        "cores: new posts, from fetch to page",
        "cores: of these, store and index",
        "Mbit/s, nothing new",
        "GB of memory of a run",
        "GB of state file, after a year",
    }
    lines = ElementTree.parse(drawn).findall("{*}polyline")  # noqa: S314 - our own drawing
    assert len(lines) == 6
