"""Posts that their sources delete: which leave all that is published, when, and which stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import HOUR, START, Planet, feed, item, words

from syndicator.store import Store

pytestmark = pytest.mark.slow

ALONE = '[related]\nscope = "source"\ncopies = "off"'


def show(
    site: loopback.Site, numbers: Iterable[int], pages: Iterable[int], path: str = "/a"
) -> None:
    """Let the site list these posts, the newest first, and have the pages of those."""
    listed = sorted(numbers, reverse=True)
    site.pages[path] = feed(
        "Blog",
        site.url,
        *(
            item(f"Number {n}", f"{site.url}/p/{n}", words(n), START - (90 - n) * HOUR)
            for n in listed
        ),
    )
    for n in range(20):
        site.pages[f"/p/{n}"] = 404
    for n in pages:
        site.pages[f"/p/{n}"] = b"<!doctype html><title>A post</title><p>Words."
        site.types[f"/p/{n}"] = "text/html"


def wait(planet: Planet, hours: int) -> list[str]:
    """Run every hour; return the lines for the operator."""
    lines: list[str] = []
    for _ in range(hours):
        lines += planet.run().remarks
    return lines


def numbers(planet: Planet) -> list[int]:
    return sorted(int(post["title"].rpartition(" ")[2]) for post in planet.items())


def asked(site: loopback.Site) -> list[str]:
    return [path for path, _ in site.asked if path.startswith("/p/")]


def naming(planet: Planet, words: str) -> list[str]:
    return [path.name for path, body in planet.files().items() if words.encode() in body]


def test_a_post_that_its_site_deletes(tmp_path: Path, site: loopback.Site) -> None:
    """It stays for a day, then leaves documents, pages and lists, with a tombstone in Atom; where
    the feed lists it again, it does not come back.
    """
    show(site, range(6), range(6))
    planet = Planet(tmp_path, site, ("/a", ""), head='pages = "full"', more=ALONE)
    planet.run()
    show(site, [0, 1, 2, 4, 5], [0, 1, 2, 4, 5])
    wait(planet, 24)
    assert numbers(planet) == [0, 1, 2, 3, 4, 5]
    assert asked(site) == []
    assert wait(planet, 3) == [f'{site.url}/a: its site deleted "Number 3", so it was taken out']
    assert numbers(planet) == [0, 1, 2, 4, 5]
    assert sorted(asked(site)) == ["/p/3", "/p/5"]
    assert naming(planet, "Number 3") == []
    atom = (tmp_path / "public" / "atom.xml").read_text("utf-8")
    assert re.findall(r"<at:deleted-entry [^>]*>", atom) == [
        f'<at:deleted-entry ref="{site.url}/p/3" when="2026-11-02T10:00:00+00:00"/>'
    ]
    before = planet.files()
    show(site, range(6), range(6))
    planet.run()
    assert numbers(planet) == [0, 1, 2, 4, 5]
    assert naming(planet, "Number 3") == []
    assert {path.name for path, body in planet.files().items() if before.get(path) != body} <= {
        ".syndicator"
    }


def test_a_post_whose_page_is_there(tmp_path: Path, site: loopback.Site) -> None:
    """It stays, and its page is asked once."""
    show(site, range(6), range(6))
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    show(site, [0, 1, 2, 4, 5], range(6))
    assert wait(planet, 60) == []
    assert numbers(planet) == [0, 1, 2, 3, 4, 5]
    assert sorted(asked(site)) == ["/p/3", "/p/5"]


def test_a_feed_that_shortens(tmp_path: Path, site: loopback.Site) -> None:
    """Nothing is lost or asked, though no page of what it lists no more is there."""
    show(site, range(8), [])
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    show(site, range(5, 9), [])
    assert wait(planet, 30) == []
    assert numbers(planet) == list(range(9))
    assert asked(site) == []


def test_a_feed_with_its_oldest_post_on_top(tmp_path: Path, site: loopback.Site) -> None:
    """It loses nothing by its end."""
    posts = [
        item(f"Number {n}", f"{site.url}/p/{n}", words(n), START - (9 - n) * HOUR) for n in range(8)
    ]
    site.pages["/a"] = feed("Blog", site.url, *posts[:6])
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    site.pages["/a"] = feed("Blog", site.url, *posts[2:])
    assert wait(planet, 30) == []
    assert numbers(planet) == list(range(8))


def test_the_newest_post(tmp_path: Path, site: loopback.Site) -> None:
    """What was published by mistake leaves, though nothing newer has come."""
    show(site, range(6), range(6))
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    show(site, range(5), range(5))
    wait(planet, 26)
    assert numbers(planet) == list(range(5))


@pytest.mark.parametrize("status", [404, 410])
def test_a_site_that_is_gone_but_for_its_feed(
    tmp_path: Path, site: loopback.Site, status: int
) -> None:
    """Where the page of a post that is listed is missing, too, nothing is taken out."""
    show(site, range(6), [])
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    show(site, [0, 1, 2, 4, 5], [])
    site.pages["/p/3"] = status
    assert wait(planet, 80) == []
    assert numbers(planet) == list(range(6))
    assert len(asked(site)) == 6, "each is asked once a day"
    site.pages["/p/5"] = b"<!doctype html><title>A post</title>"
    wait(planet, 24)
    assert numbers(planet) == [0, 1, 2, 4, 5]


def test_a_page_that_gives_no_clear_answer(tmp_path: Path, site: loopback.Site) -> None:
    """It is asked once a day, for two weeks."""
    show(site, range(6), range(6))
    site.pages["/p/3"] = 503
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    show(site, [0, 1, 2, 4, 5], range(6))
    site.pages["/p/3"] = 503
    for _ in range(20):
        planet.run()
        planet.now += timedelta(days=1)
    assert asked(site).count("/p/3") in (13, 14)
    assert numbers(planet) == list(range(6))


def test_a_bot_wall_in_place_of_the_page(tmp_path: Path, site: loopback.Site) -> None:
    """It says nothing: the page is asked again a day later."""
    show(site, range(6), range(6))
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    show(site, [0, 1, 2, 4, 5], range(6))
    site.pages["/p/3"] = b"<!doctype html><title>Just a moment...</title>"
    wait(planet, 26)
    site.pages["/p/3"] = 404
    wait(planet, 24)
    assert numbers(planet) == [0, 1, 2, 4, 5]


def test_a_post_that_comes_back_within_the_day(tmp_path: Path, site: loopback.Site) -> None:
    """A server that wavers between two versions loses nothing, and no page is asked."""
    show(site, range(6), [])
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    for turn in range(40):
        show(site, range(6) if turn % 5 else [0, 1, 2, 4, 5], [])
        planet.run()
    assert numbers(planet) == list(range(6))
    assert asked(site) == []


def test_many_posts_at_once(tmp_path: Path, site: loopback.Site) -> None:
    """A run asks three pages of a source, beside that of a neighbour; in the end all are asked."""
    show(site, range(12), range(12))
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    show(site, [0, 11], [0, 11])
    wait(planet, 24)
    site.asked.clear()
    planet.run()
    assert len(asked(site)) == 4
    wait(planet, 5)
    assert numbers(planet) == [0, 11]


def test_a_private_source_that_is_published(tmp_path: Path, site: loopback.Site) -> None:
    """Its pages are asked by nobody: they may be there for its readers alone."""
    show(site, range(6), [0, 1, 2, 4, 5])
    planet = Planet(tmp_path, site, ("/a", "private = true\npublish = true"), more=ALONE)
    planet.run()
    show(site, [0, 1, 2, 4, 5], [0, 1, 2, 4, 5])
    assert wait(planet, 30) == []
    assert numbers(planet) == list(range(6))
    assert asked(site) == []


def test_a_page_on_another_host_of_our_own_network(tmp_path: Path, site: loopback.Site) -> None:
    """A feed that lies there sends us to its own host alone."""
    inward = site.url.replace("127.0.0.1", "127.0.0.2")
    posts = [item(f"Number {n}", f"{inward}/p/{n}", words(n), START - n * HOUR) for n in range(5)]
    site.pages["/a"] = feed("Blog", site.url, *posts)
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    site.pages["/a"] = feed("Blog", site.url, *posts[:2], *posts[3:])
    wait(planet, 30)
    for _ in range(16):
        planet.now += timedelta(days=1)
        planet.run()
    assert numbers(planet) == list(range(5))
    with Store(planet.config().state, read_only=True) as store:
        query = "SELECT key FROM meta WHERE key GLOB 'Missing*'"
        assert store.connection.column(query) == [], "it is forgotten in the end"


def test_another_source_that_tells_the_same(tmp_path: Path, site: loopback.Site) -> None:
    """A story that is told at another address, too, stays; one of the same address goes."""
    show(site, range(6), range(6))
    copies = [
        item("Number 3", f"{site.url}/c/3", words(3), START - 80 * HOUR),
        item("Number 2", f"{site.url}/p/2", words(2), START - 80 * HOUR),
        item("Number 19", f"{site.url}/p/19", words(19), START - 80 * HOUR),
    ]
    site.pages["/b"] = feed("Other", "https://other.example", *copies)
    more = '[related]\nscope = "none"\ncopies = "near"'
    planet = Planet(tmp_path, site, ("/a", ""), more=more)
    planet.run()
    planet.sources.append(("/b", ""))
    planet.run()
    assert numbers(planet) == [0, 1, 2, 3, 4, 5, 19]
    show(site, [0, 1, 4, 5], [0, 1, 4, 5])
    wait(planet, 30)
    assert numbers(planet) == [0, 1, 3, 4, 5, 19]


TOMBSTONE = '<at:deleted-entry ref="urn:post:{}" when="2026-11-01T08:00:00Z"/>'


def atom(site: loopback.Site, numbers: Iterable[int], deleted: Iterable[int] = ()) -> bytes:
    entries = "".join(
        f"<entry><id>urn:post:{n}</id><title>Number {n}</title><updated>2026-10-{n + 1:02}T08:00:00Z"
        f"</updated><link href='{site.url}/p/{n}'/><content type='html'>{words(n)}</content></entry>"
        for n in numbers
    ).replace("<p>", "&lt;p&gt;").replace("</p>", "&lt;/p&gt;")  # fmt: skip
    head = "<title>Blog</title><id>urn:blog</id><updated>2026-11-01T08:00:00Z</updated>"
    stones = "".join(map(TOMBSTONE.format, deleted))
    names = 'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
    return f"<feed {names}>{head}{stones}{entries}</feed>".encode()


def test_a_feed_that_names_a_deleted_entry(tmp_path: Path, site: loopback.Site) -> None:
    """It leaves at once, and no page is asked."""
    site.pages["/a"] = atom(site, range(5))
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    site.pages["/a"] = atom(site, [0, 1, 3, 4], deleted=[2, 17])
    planet.run()
    assert numbers(planet) == [0, 1, 3, 4]
    assert asked(site) == []
    written = (tmp_path / "public" / "atom.xml").read_text("utf-8")
    assert 'ref="urn:post:2" when="2026-11-01T10:00:00+00:00"' in written
    site.pages["/a"] = atom(site, range(5))
    planet.run()
    assert numbers(planet) == [0, 1, 3, 4]


def test_an_entry_that_is_deleted_and_listed(tmp_path: Path, site: loopback.Site) -> None:
    """It was published again after that, and stays."""
    site.pages["/a"] = atom(site, range(5), deleted=[2])
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    site.pages["/a"] = atom(site, range(6), deleted=[2])
    planet.run()
    assert numbers(planet) == list(range(6))


def test_an_entry_of_another_source(tmp_path: Path, site: loopback.Site) -> None:
    """A feed deletes its own entries alone."""
    site.pages["/a"] = atom(site, range(5))
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    site.pages["/b"] = atom(site, [9], deleted=[2])
    planet.sources.append(("/b", ""))
    planet.run()
    assert numbers(planet) == [0, 1, 2, 3, 4, 9]


def test_tombstones_of_long_ago(tmp_path: Path, site: loopback.Site) -> None:
    """A document tells of the withdrawals of a month; only something new makes it anew."""
    site.pages["/a"] = atom(site, range(5))
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    site.pages["/a"] = atom(site, [0, 1, 3, 4], deleted=[2])
    planet.run()
    planet.now += timedelta(days=40)
    before = planet.files()
    planet.run()
    assert planet.files() == before
    site.pages["/a"] = atom(site, [0, 1, 3, 4, 5])
    planet.run()
    assert "deleted-entry" not in (tmp_path / "public" / "atom.xml").read_text("utf-8")


def test_nothing_is_missing(tmp_path: Path, site: loopback.Site) -> None:
    """No note is kept."""
    show(site, range(6), [])
    planet = Planet(tmp_path, site, ("/a", ""), more=ALONE)
    planet.run()
    show(site, range(2, 9), [])
    planet.run()
    with Store(planet.config().state, read_only=True) as store:
        query = "SELECT key FROM meta WHERE key GLOB 'Missing*' OR key GLOB 'Corrected*'"
        assert store.connection.column(query) == []
