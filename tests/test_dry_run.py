"""`run --dry-run`: what changed settings would do to the documents."""

from __future__ import annotations

from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

from syndicator.cli import main


def test_a_changed_filter(
    tmp_path: Path,
    site: loopback.Site,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The posts that would leave are named; nothing is fetched, kept or written."""
    names = ("Shop talk", "A walk", "More of the shop")
    posts = [item(name, f"{BLOG}/{n}/", words(n), START - n * HOUR) for n, name in enumerate(names)]
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    planet = Planet(tmp_path, site, ("/a", 'id = "a"'))
    planet.run()
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--dry-run"]) == 0
    assert capsys.readouterr().out == "Planet: nothing changes\n"
    planet.more = '[feed.filter]\nexclude = { title = "(?i)shop" }'
    planet.config()
    before, asked = planet.files(), len(site.asked)
    for _ in range(2):
        assert main(["run", "--dry-run"]) == 0
        out = capsys.readouterr().out
        assert out == "Planet:\n  2 posts would leave:\n    More of the shop\n    Shop talk\n"
    assert (planet.files(), len(site.asked)) == (before, asked)
    planet.run()
    assert [post["title"] for post in planet.items()] == ["A walk"]
