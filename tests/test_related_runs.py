"""Whole runs: one item a story where it is asked for, and lists without what was withdrawn."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

from syndicator import pipeline

OTHER, THIRD = "https://other.example", "https://third.example"
NEAR = '[related]\ncopies = "near"'
RELEASE = words(1) + words(2) + words(3)
TOUCHED = RELEASE.replace("Carriage 31 ", "Wagon 31 ", 1)
SEEN_AGAIN = RELEASE.replace("Carriage 32 ", "Coach 32 ", 1)
# One event, told by another reporter: names and a quote in common.
REPORT = """<p>The night train to Hue will run again from Friday, the railway said. "We have mended the bridge," its
director Lan told reporters in the old station hall. Fares stay as they were. Two carriages carry beds only.</p>"""
ANOTHER = """<p>From Friday travellers can sleep on their way to Hue. A storm had torn away the bridge last month.
"We have mended the bridge," director Lan said. The first train leaves at nine in the evening, fully booked.</p>"""


def places(planet: Planet) -> list[tuple[str, list[str]]]:
    """Return the address of each item, with those of its copies."""
    return [
        (post["url"], [at["url"] for at in post["_syndicator"].get("also", ())])
        for post in planet.items()
    ]


def lists(planet: Planet) -> dict[str, set[str]]:
    """Return the addresses in the lists under each item."""
    return {
        post["url"]: {
            link["url"] for one in post["_syndicator"].get("related", ()) for link in one["items"]
        }
        for post in planet.items()
    }


def put(site: loopback.Site, path: str, home: str, title: str, body: str, hours: int) -> None:
    site.pages[path] = feed(home[8:], home, item(title, f"{home}/s/", body, START - hours * HOUR))


@pytest.mark.parametrize("order", [("/a", "/b"), ("/b", "/a")])
def test_a_touched_release_where_one_item_a_story_is_asked_for(
    tmp_path: Path, site: loopback.Site, order: tuple[str, str]
) -> None:
    """The earlier is the item and names the other, on its page too; the report counts one new post
    and one copy.
    """
    put(site, "/a", BLOG, "A sleeper to Hue", RELEASE, 3)
    put(site, "/b", OTHER, "At last: a sleeper", TOUCHED, 1)
    planet = Planet(tmp_path, site, *((path, "") for path in order), more=NEAR)
    report = planet.run()
    assert places(planet) == [(f"{BLOG}/s/", [f"{OTHER}/s/"])]
    assert (report.new, report.duplicates) == (1, 1)
    assert any(
        f"{OTHER}/s/".encode() in body
        for path, body in planet.files().items()
        if path.suffix == ".html"
    )


def test_a_touched_release_by_default(tmp_path: Path, site: loopback.Site) -> None:
    """Two items: only the same words, letter for letter, are folded unasked."""
    put(site, "/a", BLOG, "A sleeper to Hue", RELEASE, 3)
    put(site, "/b", OTHER, "At last: a sleeper", TOUCHED, 1)
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""))
    report = planet.run()
    assert places(planet) == [(f"{OTHER}/s/", []), (f"{BLOG}/s/", [])]
    assert (report.new, report.duplicates) == (2, 0)


def test_a_release_that_three_sites_touched(tmp_path: Path, site: loopback.Site) -> None:
    """One item with two places, whichever is read first."""
    put(site, "/a", BLOG, "A sleeper to Hue", RELEASE, 2)
    put(site, "/b", OTHER, "At last: a sleeper", TOUCHED, 3)
    put(site, "/c", THIRD, "Sleep on the way", SEEN_AGAIN, 1)
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""), ("/c", ""), more=NEAR)
    report = planet.run()
    ((first, others),) = places(planet)
    assert (first, sorted(others)) == (f"{OTHER}/s/", [f"{BLOG}/s/", f"{THIRD}/s/"])
    assert (report.new, report.duplicates) == (1, 2)


@pytest.mark.parametrize("order", [("/a", "/b"), ("/b", "/a")])
def test_one_source_that_asks_is_enough(
    tmp_path: Path, site: loopback.Site, order: tuple[str, str]
) -> None:
    """Its posts are folded with those of sources that do not ask, whichever is read first."""
    put(site, "/a", BLOG, "A sleeper to Hue", RELEASE, 3)
    put(site, "/b", OTHER, "At last: a sleeper", TOUCHED, 1)
    more = {"/a": 'related = { copies = "near" }', "/b": ""}
    planet = Planet(tmp_path, site, *((path, more[path]) for path in order))
    planet.run()
    assert places(planet) == [(f"{BLOG}/s/", [f"{OTHER}/s/"])]


def test_a_touched_release_that_comes_a_run_later(tmp_path: Path, site: loopback.Site) -> None:
    """It is folded into what is published, and that stays as it is."""
    put(site, "/a", BLOG, "A sleeper to Hue", RELEASE, 1)
    planet = Planet(tmp_path, site, ("/a", ""), more=NEAR)
    planet.run()
    before = planet.items()
    put(site, "/b", OTHER, "At last: a sleeper", TOUCHED, 3)
    planet.sources.append(("/b", ""))
    report = planet.run()
    assert planet.items() == before
    assert (report.new, report.duplicates) == (0, 1)


def test_two_reports_on_one_event_where_one_item_a_story_is_asked_for(
    tmp_path: Path, site: loopback.Site
) -> None:
    """They stay two items: own words make two posts."""
    put(site, "/a", BLOG, "Night train to Hue runs again", REPORT, 3)
    put(site, "/b", OTHER, "Sleep on the way to Hue", ANOTHER, 1)
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""), more=NEAR)
    planet.run()
    assert places(planet) == [(f"{OTHER}/s/", []), (f"{BLOG}/s/", [])]


def test_a_withdrawn_post_that_was_listed_but_never_published(
    tmp_path: Path, site: loopback.Site
) -> None:
    """Older than what the feed shows, it stood in lists by its address alone; it leaves them all
    the same.
    """
    posts = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), START - n * HOUR) for n in range(1, 6)]
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    planet = Planet(tmp_path, site, ("/a", ""), head="limit = 2")
    planet.run()
    before = lists(planet)
    assert f"{BLOG}/5/" in before[f"{BLOG}/1/"]
    pipeline.withdraw(planet.config(), f"{BLOG}/5/", planet.now + timedelta(minutes=1))
    planet.run()
    assert lists(planet) == {url: found - {f"{BLOG}/5/"} for url, found in before.items()}


def test_lists_switched_on_later(tmp_path: Path, site: loopback.Site) -> None:
    """What was stored while nobody asked for lists is found by the first post that gets one."""
    old = [
        item(f"Brass clocks {n}", f"{BLOG}/{n}/", f"<p>{words(n)}</p>", START - n * HOUR)
        for n in range(1, 5)
    ]
    site.pages["/a"] = feed("Clocks", BLOG, *old)
    Planet(tmp_path, site, ("/a", ""), more='[related]\nscope = "none"').run()
    site.pages["/a"] = feed(
        "Clocks", BLOG, item("More brass clocks", f"{BLOG}/more/", "<p>Chimes</p>", START), *old
    )
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    assert lists(planet)[f"{BLOG}/more/"] == {f"{BLOG}/{n}/" for n in range(1, 5)}
