"""Several sources carry one story: the order of feeds.toml says whose it is, not the network."""

from __future__ import annotations

from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

MIDNIGHT = START.replace(hour=0)
PATHS = ("/all", "/part", "/copy")


def fill(site: loopback.Site) -> None:
    """Two feeds of one site that share a post, a copy elsewhere; the other posts are of one date."""
    both = item("Both", f"{BLOG}/both/", words(1), START - HOUR)
    site.pages["/all"] = feed("Blog", BLOG, both, item("A", f"{BLOG}/a/", words(2), MIDNIGHT))
    more = item("B", f"{BLOG}/b/", words(3), MIDNIGHT)
    site.pages["/part"] = feed("Blog » Boats", BLOG, both, more)
    elsewhere = "https://copy.example"
    copy = item("Both", f"{elsewhere}/both/", words(1), START - HOUR)
    site.pages["/copy"] = feed("Copy", elsewhere, copy, item("C", "", words(4), MIDNIGHT))


@pytest.mark.parametrize("copies", ["exact", "near"])
@pytest.mark.parametrize("order", [PATHS, tuple(reversed(PATHS))], ids=["forth", "back"])
def test_whichever_answers_first(order: tuple[str, ...], copies: str, tmp_path: Path) -> None:
    """The first in feeds.toml has the story, and no document shows which was the first to answer."""
    shown = []
    for slow in PATHS:
        folder = tmp_path / slow[1:]
        folder.mkdir()
        with loopback.site() as site:
            fill(site)
            site.slow[slow] = 0.3
            head = f'[related]\ncopies = "{copies}"'
            planet = Planet(folder, site, *((path, "") for path in order), head=head)
            planet.run()
            shown.append(
                [
                    (post["title"], post["_syndicator"]["source"]["title"], post["content_html"])
                    for post in planet.items()
                ]
            )
    assert shown[0] == shown[1] == shown[2]
    titles = {"/all": "A", "/part": "B", "/copy": "C"}
    names = {"/all": "Blog", "/part": "Blog » Boats", "/copy": "Copy"}
    assert [title for title, *_ in shown[0]] == ["Both", *map(titles.get, order)]
    assert shown[0][0][1] == names[order[0]]
