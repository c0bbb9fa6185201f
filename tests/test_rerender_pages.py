"""`--rerender` on a planet whose settings changed: which posts have pages, and how long lists are."""

from __future__ import annotations

import re
from pathlib import Path

import loopback
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

POSTS, LIMIT = 12, 4
SECTION = re.compile(r'<section class="more">.*?</section>', re.DOTALL)


def planet(folder: Path, site: loopback.Site, head: str = "", more: str = "") -> Planet:
    """Two sources of twelve posts; the documents hold four."""
    for source in ("/a", "/b"):
        site.pages[source] = feed(
            source[1:].upper(),
            f"{BLOG}{source}",
            *(
                item(f"On {source[1:]}{n}", f"{BLOG}{source}/{n}", words(n), START - n * HOUR)
                for n in range(POSTS)
            ),
        )
    return Planet(folder, site, ("/a", ""), ("/b", ""), head=f"limit = {LIMIT}\n{head}", more=more)


def pages(folder: Path) -> set[Path]:
    return set((folder / "public" / "posts").rglob("*.html"))


def test_a_feed_for_each_source(tmp_path: Path, site: loopback.Site) -> None:
    """Posts that only stand in the documents of their own source's feed get no page on the planet;
    a page that was lost is made again.
    """
    made = planet(tmp_path, site)
    made.run()
    before = pages(tmp_path)
    assert len(before) == LIMIT
    made.head += "\nper_source = true"
    made.run()
    made.run(rerender=True)
    assert pages(tmp_path) == before
    min(before).unlink()
    made.run(rerender=True)
    assert pages(tmp_path) == before


def test_posts_that_left_the_documents(tmp_path: Path, site: loopback.Site) -> None:
    """Their pages are made again, also after a time without pages."""
    made = planet(tmp_path, site)
    made.run()
    made.head = "limit = 2"
    made.run()
    before = pages(tmp_path)
    assert len(before) == LIMIT
    lost = sorted(before)
    for page in lost:
        page.unlink()
    made.run(rerender=True)
    assert pages(tmp_path) == before
    made.head = 'limit = 2\npages = "none"'
    made.run()
    assert not pages(tmp_path)
    made.head = "limit = 2"
    made.run(rerender=True)
    assert pages(tmp_path) == before


def test_pages_of_posts_that_are_wanted_no_more(tmp_path: Path, site: loopback.Site) -> None:
    """They go, and with them the links of lists of older posts, which nothing else changes."""
    made = planet(tmp_path, site)
    made.run()
    made.head = 'limit = 2\nstay = "0d"'
    made.run(rerender=True)
    older = tmp_path / "public" / "archive" / "1.html"
    assert "../posts/" in older.read_text("utf-8")
    made.head += '\npages = "none"'
    made.run()
    assert not pages(tmp_path)
    for page in (tmp_path / "public").rglob("*.html"):
        assert "posts/" not in page.read_text("utf-8")


def test_pages_with_fewer_related_links_than_the_feeds(tmp_path: Path, site: loopback.Site) -> None:
    """Each list of a page has at most `related_on_pages` links, however many the items have."""
    made = planet(tmp_path, site, "related_on_pages = 2", '[related]\nscope = "both"\nlimit = 4')
    made.run()
    assert len(pages(tmp_path)) == LIMIT
    for page in pages(tmp_path):
        sections = SECTION.findall(page.read_text("utf-8"))
        assert sections
        assert all(section.count("<li") <= 2 for section in sections)
    listed = max(len(post["_syndicator"]["related"][0]["items"]) for post in made.items())
    assert listed == 4
