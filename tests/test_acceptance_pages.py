"""Pages of posts that left the documents: what is taken away is named by none of them, and what
changed is shown.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

from syndicator import pipeline, slugs

pytestmark = pytest.mark.slow

OTHER, THIRD = "https://other.example", "https://third.example"
EARLY = START - 9 * HOUR
GONE = f"{OTHER}/sleeper/"
STORY = "<p>Sleepers of the northern railway cross the glacier bridge by night.</p>"
RELATED = '[related]\nscope = "all"\ncopies = "off"'
ALONE = '[related]\nscope = "none"'
COUNTS = [20, 120]  # posts that came after: an open slice of history, or a closed archive
WAYS = ["withdrawn", "source removed"]


def planet(folder: Path, site: loopback.Site, body: str, more: str, head: str = "") -> Planet:
    """Return one with two posts of a source, of which one will be taken away, and one of another
    with this body.
    """
    other = [
        item("Sleeper", GONE, STORY + words(1), EARLY),
        item("Stopper", f"{OTHER}/2/", words(2), EARLY),
    ]
    site.pages["/a"] = feed(
        "Blog", BLOG, item("Night train", f"{BLOG}/1/", body + words(3), EARLY + HOUR)
    )
    site.pages["/b"] = feed("Other", OTHER, *other)
    head = f'limit = 200\nstay = "1h"\n{head}'
    made = Planet(folder, site, ("/a", 'id = "a"'), ("/b", 'id = "b"'), head=head, more=more)
    made.run()
    return made


def fill(planet: Planet, site: loopback.Site, count: int) -> None:
    """Let so many new posts of a third source push all others out of the documents."""
    site.pages["/c"] = feed("Third", THIRD, item("First", f"{THIRD}/1/", words(9), EARLY))
    planet.sources.append(("/c", 'id = "c"'))
    planet.run()
    minute = timedelta(minutes=1)
    fresh = (
        item(f"Number {n}", f"{THIRD}/{n}/", words(n), START - n * minute)
        for n in range(9, 9 + count)
    )
    site.pages["/c"] = feed("Third", THIRD, *fresh)
    planet.run()
    planet.head = planet.head.replace("limit = 200", "limit = 5")
    planet.now += HOUR
    planet.run()
    assert {post["url"].startswith(THIRD) for post in planet.items()} == {True}


def naming(planet: Planet) -> list[str]:
    """Return the pages that name the post that was taken away, by its address or by our page of it."""
    names = GONE.encode(), slugs.mark(GONE).encode()
    files = {path: body for path, body in planet.files().items() if path.suffix == ".html"}
    return sorted(path.name for path, body in files.items() if any(name in body for name in names))


def dead(planet: Planet) -> set[str]:
    """Return where links between pages lead to nothing."""
    pages = [path for path in planet.files() if path.suffix == ".html"]
    links = {
        (path, link)
        for path in pages
        for link in re.findall(r'href="([^:"]+\.html)"', path.read_text("utf-8"))
    }
    return {f"{path.name} -> {link}" for path, link in links if not (path.parent / link).exists()}


def take_away(planet: Planet, way: str) -> None:
    if way == "withdrawn":
        pipeline.withdraw(planet.config(), GONE, planet.now)
        planet.now += HOUR
    else:
        del planet.sources[1]
    planet.run()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("archives", ["true", "false"])
def test_a_list(tmp_path: Path, site: loopback.Site, way: str, count: int, archives: str) -> None:
    """Related posts are chosen once, but lead to nothing that was taken away."""
    made = planet(tmp_path, site, STORY, RELATED, f"archives = {archives}")
    fill(made, site, count)
    assert len(naming(made)) >= 2
    take_away(made, way)
    assert not naming(made)
    assert not dead(made)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", COUNTS)
def test_a_popular_post(tmp_path: Path, site: loopback.Site, way: str, count: int) -> None:
    """It stands beside every post that was published while others linked to it."""
    made = planet(tmp_path, site, f'<p>As <a href="{GONE}">they say</a>.</p>', ALONE)
    fill(made, site, count)
    # Pages in an open slice are made anew without the list: the documents have one source now.
    assert len(naming(made)) >= (3 if count > 100 else 2)
    take_away(made, way)
    assert not naming(made)


@pytest.mark.parametrize("count", COUNTS)
def test_the_newest_of_a_source(tmp_path: Path, site: loopback.Site, count: int) -> None:
    """Pages of its other posts, and its own, go on with them."""
    made = planet(tmp_path, site, "", ALONE)
    fill(made, site, count)
    assert len(naming(made)) >= 2
    take_away(made, "withdrawn")
    assert not naming(made)


@pytest.mark.parametrize("count", COUNTS)
def test_a_source_that_a_feed_takes_no_more(
    tmp_path: Path, site: loopback.Site, count: int
) -> None:
    """Lists go on to name its posts, which are still to be had, but lead to the originals."""
    made = planet(tmp_path, site, STORY, RELATED, 'pages = "full"')
    fill(made, site, count)
    assert not dead(made)
    made.head += '\nsources = ["a", "c"]'
    made.run()
    assert not dead(made)
    assert naming(made)


@pytest.mark.parametrize("count", COUNTS)
def test_an_edit(tmp_path: Path, site: loopback.Site, count: int) -> None:
    """A source that changes a post of days ago changes its page."""
    made = planet(tmp_path, site, STORY, ALONE, 'pages = "full"')
    fill(made, site, count)
    site.pages["/a"] = site.pages["/a"].replace(b"glacier bridge", b"wooden bridge")
    made.run()
    assert [
        path
        for path, body in made.files().items()
        if b"wooden bridge" in body and "posts" in path.parts
    ]


def test_posts_that_leave_the_documents(tmp_path: Path, site: loopback.Site) -> None:
    """The page of older posts names each at once, not when a hundred have gathered."""

    def shown(numbers: range) -> set[int]:
        """Run with these posts in the source; return those that the page of older posts names."""
        posts = (
            item(f"Post {n}", f"{BLOG}/{n}/", words(n), EARLY + (n - 200) * HOUR)
            for n in reversed(numbers)
        )
        site.pages["/a"] = feed("Blog", BLOG, *posts)
        made.now += 2 * HOUR
        made.run()
        page = (tmp_path / "public" / "archive" / "1.html").read_text("utf-8")
        return {n for n in numbers if f'"{BLOG}/{n}/"' in page}

    head = 'limit = 3\nstay = "1h"'
    made = Planet(tmp_path, site, ("/a", 'id = "a"\njoin = 0'), head=head, more=ALONE)
    assert shown(range(100, 108)) == set(range(100, 105))
    assert shown(range(100, 109)) == set(range(100, 106))
    assert shown(range(100, 110)) == set(range(100, 107))
    assert shown(range(80, 110)) == set(range(80, 107))  # they came late, as history


def test_rerender(tmp_path: Path, site: loopback.Site) -> None:
    """A new theme is seen on the page of each post."""
    made = planet(tmp_path, site, STORY, ALONE)
    fill(made, site, 20)
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "foot.html").write_text("<footer>A new foot</footer>", "utf-8")
    made.head += '\ntemplates = "templates"'
    made.run(rerender=True)
    posts = [body for path, body in made.files().items() if "posts" in path.parts]
    assert all(b"A new foot" in body for body in posts)


def test_a_source_without_a_page(tmp_path: Path, site: loopback.Site) -> None:
    """One that is silent, or has old posts only, is named without a link until it has a post in the
    documents.
    """
    site.pages["/a"] = feed(
        "Old", BLOG, *(item(f"N {n}", f"{BLOG}/{n}/", words(n), EARLY) for n in range(5))
    )
    site.pages["/b"] = feed(
        "New", OTHER, *(item(f"M {n}", f"{OTHER}/{n}/", words(n + 9), START) for n in range(5))
    )
    sources = [(f"/{name}", f'id = "{name}"') for name in "abc"]
    made = Planet(tmp_path, site, *sources, head="limit = 3", more=ALONE)
    made.run()
    listed = tmp_path / "public" / "sources.html"
    assert 'href="sources/b.html"' in listed.read_text("utf-8")
    assert not dead(made)
    site.pages["/a"] = feed("Old", BLOG, item("New", f"{BLOG}/new/", words(8), made.now))
    made.run()
    assert 'href="sources/a.html"' in listed.read_text("utf-8")
    assert not dead(made)
