"""Sources that are taken away, hidden, moved or renamed: what stays published, byte for byte, and
what goes.
"""

from __future__ import annotations

from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

pytestmark = pytest.mark.slow

OTHER = "https://other.example"
EARLY, LATE = START - 3 * HOUR, START - HOUR
FRIENDS = '[related]\nscope = "all"\ncopies = "off"'


def naming(planet: Planet, word: str) -> list[str]:
    """Return the published files that hold a word, without our own notes."""
    return [
        path.name
        for path, body in planet.files().items()
        if word.encode() in body and path.name != ".syndicator"
    ]


GONE = [None, "private = true", "private = true\npublish = true", "publish = false"]


def take_away(planet: Planet, path: str, how: str | None) -> None:
    planet.sources = [(url, rest) for url, rest in planet.sources if url != path]
    if how is not None:
        planet.sources.append((path, how))


@pytest.mark.parametrize("how", GONE)
def test_a_copy_whose_source_is_shown_no_more(
    tmp_path: Path, site: loopback.Site, how: str | None
) -> None:
    """No document or page names the place any longer, and all else stays as it was."""
    site.pages["/a"] = feed("Blog", BLOG, item("Sleeper", f"{BLOG}/s/", words(1), EARLY))
    site.pages["/b"] = feed("Other", OTHER, item("Sleeper", f"{OTHER}/s/", words(1), LATE))
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""))
    planet.run()
    before = planet.items()
    assert naming(planet, "other.example/s")
    take_away(planet, "/b", how)
    planet.run()
    assert not naming(planet, "other.example/s")
    (one,) = planet.items()
    assert one["id"] == before[0]["id"]
    assert before[0]["content_html"].startswith(one["content_html"])
    take_away(planet, "/b", "")
    planet.run()
    assert [post["content_html"] for post in planet.items()] == [
        post["content_html"] for post in before
    ]


@pytest.mark.parametrize("how", GONE)
def test_related_posts_of_a_source_that_is_shown_no_more(
    tmp_path: Path, site: loopback.Site, how: str | None
) -> None:
    """No list of another source's post leads there."""
    posts = [
        (
            n,
            f"<p>Sleepers of the northern railway cross the glacier bridge by night, number {n}.</p>"
            + words(n),
        )
        for n in range(4)
    ]
    for path, host in (("/a", BLOG), ("/b", OTHER)):
        mine = [one for one in posts if one[0] % 2 == (path == "/b")]
        site.pages[path] = feed(
            host[8:12], host, *(item(f"Number {n}", f"{host}/{n}/", t, EARLY) for n, t in mine)
        )
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""), more=FRIENDS)
    planet.run()
    linking = [
        post
        for post in planet.items()
        if post["url"].startswith(BLOG) and OTHER in post["content_html"]
    ]
    assert linking
    take_away(planet, "/b", how)
    planet.run()
    left = [post for post in planet.items() if post["url"].startswith(BLOG)]
    assert len(left) == 2
    assert not [post for post in left if OTHER in str(post)]


@pytest.mark.parametrize("news", [False, True])
def test_a_published_source_that_turns_private(
    tmp_path: Path, site: loopback.Site, news: bool
) -> None:
    """The address of its feed is shown nowhere at the next run, whether the feed itself has changed
    or not.
    """
    site.pages["/a"] = feed(
        "Blog", BLOG, *(item(f"N {n}", f"{BLOG}/{n}/", words(n), EARLY) for n in range(101))
    )
    planet = Planet(tmp_path, site, ("/a", 'id = "blog"'), head="limit = 3")
    planet.run()
    assert {"rss.xml", "atom.xml", "opml.xml", "atom-1.xml"} <= set(naming(planet, f"{site.url}/a"))
    planet.sources = [("/a", 'id = "blog"\nprivate = true\npublish = true')]
    if news:
        site.pages["/a"] = site.pages["/a"].replace(b"<title>Blog", b"<title>My blog")
    planet.run()
    assert not naming(planet, f"{site.url}/a")
    assert planet.items()
    planet.sources = [("/a", 'id = "blog"')]
    planet.run()
    assert {"rss.xml", "atom.xml", "opml.xml", "atom-1.xml"} <= set(naming(planet, f"{site.url}/a"))


# -- addresses and names
# ----------------------------------------------------------------------------------


def test_a_new_address_that_no_redirect_told_of(tmp_path: Path, site: loopback.Site) -> None:
    """A feed with the same site and the same posts, where the old one is gone from the file, is the
    same source.
    """
    pages = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), EARLY - n * HOUR) for n in range(6)]
    site.pages["/a.xml"] = feed("Blog", BLOG, *pages)
    site.pages["/b"] = feed("Other", OTHER, item("Number 1", f"{OTHER}/1/", words(1), LATE))
    planet = Planet(tmp_path, site, ("/a.xml", ""), ("/b", ""))
    planet.run()
    before = planet.items()
    site.pages["/moved.xml"] = feed("Blog", BLOG, *pages[:5])
    planet.sources[0] = ("/moved.xml", "")
    planet.run()
    assert [post["content_html"] for post in planet.items()] == [
        post["content_html"] for post in before
    ]
    assert [post["id"] for post in planet.items()] == [post["id"] for post in before]


def test_a_new_address_that_fails_at_first(tmp_path: Path, site: loopback.Site) -> None:
    """The posts are away until it answers, and then as they were."""
    pages = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), EARLY - n * HOUR) for n in range(6)]
    site.pages["/a.xml"] = feed("Blog", BLOG, *pages)
    site.pages["/b"] = feed("Other", OTHER, item("One", f"{OTHER}/1/", words(8), LATE))
    planet = Planet(tmp_path, site, ("/a.xml", ""), ("/b", ""))
    planet.run()
    before = planet.items()
    planet.sources[0] = ("/moved.xml", "")
    planet.run()
    site.pages["/moved.xml"] = feed("Blog", BLOG, *pages)
    planet.run()
    assert [post["content_html"] for post in planet.items()] == [
        post["content_html"] for post in before
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_writer_who_is_read_directly_now(
    tmp_path: Path, site: loopback.Site, at_once: bool
) -> None:
    """A planet that had all of a writer's posts was another source: what it is given up for does
    not become it.

    Where the writer's feed fails at first, its posts are back when it answers.
    """
    pages = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), EARLY - n * HOUR) for n in range(3)]
    site.pages["/planet"] = feed(
        "Planet", OTHER, *pages, item("Elsewhere", f"{OTHER}/1/", words(9), EARLY)
    )
    planet = Planet(tmp_path, site, ("/planet", ""))
    planet.run()
    planet.sources = [("/a", ""), ("/other", "")]
    site.pages["/other"] = feed("Other", OTHER, item("Else", f"{OTHER}/2/", words(7), EARLY))
    if not at_once:
        planet.run()
        assert [post["title"] for post in planet.items()] == ["Else"]
    site.pages["/a"] = feed("Blog", BLOG, *pages)
    planet.run()
    assert "Elsewhere" not in [post["title"] for post in planet.items()]
    assert len(planet.items()) == 4


def test_a_new_address_and_then_a_name(tmp_path: Path, site: loopback.Site) -> None:
    """Each may change the source's id; the posts stay one source's, and every later run ends
    well.
    """
    site.pages["/a.xml"] = feed(
        "Blog", BLOG, *(item(f"N {n}", f"{BLOG}/{n}/", words(n), EARLY) for n in range(3))
    )
    planet = Planet(tmp_path, site, ("/a.xml", ""))
    planet.run()
    before = planet.items()
    site.pages["/moved.xml"] = site.pages["/a.xml"]
    for sources in (
        ("/moved.xml", ""),
        ("/moved.xml", 'name = "A friend"'),
        ("/a.xml", 'name = "A friend"'),
    ):
        planet.sources = [sources]
        planet.run()
        assert [post["content_html"] for post in planet.items()] == [
            post["content_html"] for post in before
        ]
