"""What left a feed: its pages go once, at a cost that is that of what left now, and for good."""

from __future__ import annotations

import shutil
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words
from sqlite_helpers import counted

from syndicator import pipeline, slugs
from syndicator.store import Store

pytestmark = pytest.mark.slow

OTHER, THIRD = "https://other.example", "https://third.example"
FULL = 'pages = "full"'


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many instructions SQLite ran so far, ten at a time."""
    return counted(monkeypatch, every=10)


def planet(
    folder: Path, site: loopback.Site, count: int, head: str = FULL, *more: tuple[str, str]
) -> Planet:
    """Return one of two sources and more, with so many posts each."""
    for path, host in (("/a", BLOG), ("/b", OTHER)):
        posts = (
            item(f"Number {n}", f"{host}/{n}/", words(n + len(host)), START - n * HOUR)
            for n in range(count)
        )
        site.pages[path] = feed(host[8:13], host, *posts)
    folder.mkdir(exist_ok=True)
    rest = '[related]\nscope = "none"\ncopies = "off"'
    made = Planet(folder, site, ("/a", ""), ("/b", ""), *more, head=head, more=rest)
    made.run()
    return made


def page(planet: Planet, url: str) -> Path:
    """Return where our page of a post lies, as long as the post is published."""
    (found,) = [post["id"] for post in planet.items() if post["url"] == url]
    end = f"{slugs.mark(found)}.html"
    (path,) = (planet.folder / "public" / "posts").rglob(f"*{end}")
    return path


def test_cost_of_one_new_post(tmp_path: Path, site: loopback.Site, steps: list[int]) -> None:
    """Publishing it costs no more where hundreds were withdrawn, and hundreds more left with their
    source.
    """
    costs = []
    for count in (510, 1020):
        site.pages["/c"] = feed(
            "Third", THIRD, *(item(f"N {n}", f"{THIRD}/{n}/", words(n), START) for n in range(9))
        )
        made = planet(
            tmp_path / str(count), site, count, f"{FULL}\nlimit = 10\narchives = false", ("/c", "")
        )
        with Store(made.config().state) as store, store.transaction():
            for n in range(count):
                store.retention.withdraw(f"{BLOG}/{n}/", made.now)
        del made.sources[1]
        made.run()
        before = steps[0]
        site.pages["/c"] = feed("Third", THIRD, item("New", f"{THIRD}/new/", words(9), START))
        made.run()
        assert made.items()[0]["title"] == "New"
        costs.append(steps[0] - before)
    assert 50 < costs[1] < costs[0] * 1.1


@pytest.mark.parametrize("lost", ["folder", "state"])
def test_an_older_copy_of_the_folder_or_the_state(
    tmp_path: Path, site: loopback.Site, lost: str
) -> None:
    """What was taken away since is removed from it once more."""
    made = planet(tmp_path, site, 5)
    gone, also = page(made, f"{BLOG}/1/"), page(made, f"{OTHER}/1/")
    name = "public" if lost == "folder" else "syndicator.db"
    saved, original = tmp_path / "saved", tmp_path / name
    (shutil.copytree if lost == "folder" else shutil.copy)(original, saved)
    pipeline.withdraw(made.config(), f"{BLOG}/1/", made.now)
    del made.sources[1]
    made.run()
    assert not gone.exists()
    assert not also.exists()
    if lost == "folder":
        shutil.rmtree(original)
    saved.rename(original)
    if lost == "state":
        pipeline.withdraw(made.config(), f"{BLOG}/1/", made.now)
    site.pages["/a"] = feed("Blog", BLOG, item("New", f"{BLOG}/new/", words(9), START))
    made.run()
    assert not gone.exists()
    assert not also.exists()


def test_another_folder(tmp_path: Path, site: loopback.Site) -> None:
    """One that was left and is published in again loses what was taken away meanwhile."""
    made = planet(tmp_path, site, 5)
    gone = page(made, f"{BLOG}/1/")
    made.head += '\noutput = "elsewhere"'
    made.run()
    pipeline.withdraw(made.config(), f"{BLOG}/1/", made.now)
    assert gone.exists()
    made.head = FULL
    made.run()
    assert not gone.exists()
