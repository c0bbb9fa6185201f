"""`why`: each reason for which a feed shows a post, or does not, from one installation that has
them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

from syndicator import why
from syndicator.cli import main
from syndicator.errors import UsageError
from syndicator.pipeline.run import withdraw

OTHER, LATE, GONE, SECRET = (f"https://{name}.example" for name in ("other", "late", "gone", "s"))
HEAD = 'limit = 3\nstay = "1h"\nlanguages = ["en"]\n[feed.filter]\nexclude = { title = "Advert" }'


@pytest.fixture
def site() -> Iterator[loopback.Site]:
    with loopback.site() as running:
        yield running


def posts(host: str, *names: str, hours: int = 0) -> list[str]:
    return [
        item(
            name,
            f"{host}/{name.replace(' ', '-')}/",
            words(len(name) + n),
            START - (n + hours) * HOUR,
        )
        for n, name in enumerate(names)
    ]


@pytest.fixture
def planet(tmp_path: Path, site: loopback.Site) -> Planet:
    """An installation of some days: five sources, a filter, a source that left, one that joined."""
    soon = item("Soon", f"{BLOG}/Soon/", words(70), START + timedelta(days=9))
    site.pages["/a"] = feed("Blog", BLOG, soon, *posts(BLOG, "First", "Advert here", "Shop talk"))
    copy = item("Told twice", f"{OTHER}/twice/", words(80), START)
    site.pages["/b"] = feed("Other", OTHER, copy, *posts(OTHER, "Bonjour tout le monde", hours=2))
    site.pages["/g"] = feed("Gone", GONE, *posts(GONE, "Left behind"))
    site.pages["/s"] = feed("Secret", SECRET, *posts(SECRET, "Hidden"))
    made = Planet(
        tmp_path,
        site,
        ("/a", 'id = "a"\nfuture = "hold"\n[sources.filter]\nexclude = { title = "Shop" }'),
        ("/b", 'id = "b"'),
        ("/g", 'id = "g"'),
        ("/s", 'id = "s"\nprivate = true'),
        head=HEAD,
    )
    made.run()
    del made.sources[2]
    site.pages["/l"] = feed("Late", LATE, *posts(LATE, *(f"Late {n}" for n in range(9)), hours=9))
    made.sources.append(("/l", 'id = "l"\njoin = 1'))
    twin = item("Told twice", f"{BLOG}/twice/", words(80), START + HOUR)
    changed = item("First", f"{BLOG}/First/", words(99), START)
    site.pages["/a"] = feed("Blog", BLOG, twin, changed)
    made.run()
    made.run()
    return made


def verdict(planet: Planet, post: str) -> tuple[bool, str]:
    (found,) = why.why(planet.config(), post)
    (of_feed,) = found.feeds
    return of_feed.shown, of_feed.why


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        ("Shop talk", "the filter of its source: excluded by title pattern Shop"),
        ("Advert here", "the filter of the feed: excluded by title pattern Advert"),
        ("Soon", "held back until its date, 2026-11-10 09:00 UTC (`future`)"),
        ("Left behind", "its source was removed from feeds.toml"),
        ("Hidden", "its source is private: `publish = true` in its table would show it"),
        ("Late 8", "its source joined this feed with its newest 1 posts (`join`)"),
        (f"{BLOG}/twice", "folded into a copy that tells the same: that version is shown"),
    ],
)
def test_why_a_post_is_missing(planet: Planet, post: str, reason: str) -> None:
    """The reason names the rule or the setting."""
    assert verdict(planet, post) == (False, reason)


def test_why_a_post_is_there(planet: Planet) -> None:
    """Its first publication is told, and each update with the parts that changed."""
    (found,) = why.why(planet.config(), f"{BLOG}/First/")
    (of_feed,) = found.feeds
    assert (of_feed.shown, of_feed.first_published) == (True, START)
    assert [update.changed for update in found.updates] == ["text"]
    assert (found.source, found.source_standing) == ("a", "")


def test_a_post_that_gave_way(planet: Planet, site: loopback.Site) -> None:
    """The document's limit is named where newer posts took its place."""
    site.pages["/l"] = feed("Late", LATE, *posts(LATE, "N 1", "N 2", "N 3", "N 4"))
    planet.now += 48 * HOUR
    planet.run()
    assert verdict(planet, f"{BLOG}/First/") == (
        False,
        "in the archives: 3 newer posts took its place (`limit`), after `stay`",
    )


def test_a_withdrawn_post(planet: Planet) -> None:
    """It is told, whatever else there is to say."""
    withdraw(planet.config(), f"{BLOG}/First/", planet.now)
    assert verdict(planet, f"{BLOG}/First/") == (False, "withdrawn for good")


def test_several_posts(planet: Planet, capsys: pytest.CaptureFixture[str]) -> None:
    """They are listed; the id or address of one says more."""
    lines = why.text(why.why(planet.config(), "late"))
    assert lines[0].startswith("9 posts are named so")
    assert len(lines) == 10


def test_a_post_that_nobody_knows(planet: Planet) -> None:
    """An error says what else to try."""
    with pytest.raises(UsageError, match="syndicator fetch SOURCE"):
        why.why(planet.config(), "no such thing")


def test_the_command(
    planet: Planet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text for a person, JSON for a program; the state file is not changed."""
    monkeypatch.chdir(planet.folder)
    before = (planet.folder / "syndicator.db").read_bytes()
    assert main(["why", "Shop talk"]) == 0
    told = capsys.readouterr().out
    assert "not in Planet: the filter of its source: excluded by title pattern Shop" in told
    assert main(["why", "--json", "Shop talk"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["source"], found["feeds"][0]["shown"]) == ("a", False)
    assert (planet.folder / "syndicator.db").read_bytes() == before
