"""A source gets another name: it shows at once, and leaves no page behind."""

from __future__ import annotations

from pathlib import Path

import loopback
from acceptance_helpers import BLOG, START, Planet, feed, item, words


def pages(planet: Planet) -> set[str]:
    return {path.name for path in (planet.folder / "public" / "sources").glob("*.html")}


def test_a_name_that_is_the_id(tmp_path: Path, site: loopback.Site) -> None:
    """The page moves to the new name; of a source that is removed afterwards nothing is left."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1), START))
    site.pages["/b"] = feed(
        "Other", "https://b.example", item("Two", "https://b.example/2/", words(2), START)
    )
    planet = Planet(tmp_path, site, ("/a", 'name = "blog"'), ("/b", 'name = "other"'))
    planet.run()
    assert pages(planet) == {"blog.html", "other.html"}
    planet.sources[0] = ("/a", 'name = "weblog"')
    planet.run()
    assert pages(planet) == {"weblog.html", "other.html"}
    del planet.sources[0]
    planet.run()
    assert pages(planet) == {"other.html"}


def test_a_new_name(tmp_path: Path, site: loopback.Site) -> None:
    """It shows with the next run though the feed did not change; the page stays where it is."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1), START))
    planet = Planet(tmp_path, site, ("/a", 'id = "a"\nname = "Old name"'))
    planet.run()
    planet.sources[0] = ("/a", 'id = "a"\nname = "New name"')
    planet.run(force=False)
    assert pages(planet) == {"a.html"}
    for name in ("index.html", "sources/a.html", "opml.xml"):
        assert b"New name" in (tmp_path / "public" / name).read_bytes()
