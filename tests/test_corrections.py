"""A source's correction of a title, a link or a body: which documents, pages and lists show it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

pytestmark = pytest.mark.slow

OTHER = "https://other.example"
LISTS = '[related]\nscope = "all"\ncopies = "off"'
TOPICS = [
    "Sleepers of the northern railway cross the glacier bridge by night with mail and herring.",
    "The bakery grinds its own rye, and the sourdough rises in baskets of willow until noon.",
    "Beekeepers moved their hives to the heather, since the orchards had been sprayed in May.",
    "A lens maker polishes telescope mirrors by hand and tests them against a candle flame.",
]


def entry(n: int, host: str, title: str = "", link: str = "", more: str = "") -> str:
    number = n + 500 * (host == OTHER)
    body = f"<p>{TOPICS[n % 4]}</p>{words(number)}{more}"
    address = f"{host}/{n}/"
    made = item(title or f"Number {number}.", address, body, START - n * HOUR)
    return made.replace(f"<link>{address}", f"<link>{link or address}")


def planet_of(tmp_path: Path, site: loopback.Site, count: int, head: str) -> Planet:
    """Return a published planet: a blog with so many posts, and another with as many alike."""
    for path, host in (("/a", BLOG), ("/b", OTHER)):
        site.pages[path] = feed(host[8:13], host, *(entry(n, host) for n in range(count)))
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""), head=head, more=LISTS)
    planet.run()
    return planet


def naming(planet: Planet, words: str) -> set[str]:
    """Return the published files that hold these words."""
    folder = planet.folder / "public"
    return {
        str(path.relative_to(folder))
        for path, body in planet.files().items()
        if words.encode() in body and path.name != ".syndicator"
    }


@pytest.mark.parametrize("limit", [6, 100])
def test_a_title_and_a_link(tmp_path: Path, site: loopback.Site, limit: int) -> None:
    """Documents, pages, archives and the lists under other posts show it; none has the old one.

    Lists keep their members, and no other post is dated anew.
    """
    head = f'pages = "full"\nlimit = {limit}\nstay = "0s"'
    planet = planet_of(tmp_path, site, 60, head)
    # So that most of the 120 posts are in the archive or behind the documents.
    site.pages["/c"] = feed("Third", "https://third.example", *(
        item(f"Else {n}", f"https://third.example/{n}/", words(900 + n), START - n * HOUR)
        for n in range(limit)
    ))  # fmt: skip
    planet.sources.append(("/c", ""))
    planet.run()
    posts = [entry(n, BLOG) for n in range(60)]
    for number in (3, 40):
        before = naming(planet, f"Number {number}.") | naming(planet, f"{BLOG}/{number}/")
        listed = {post["id"]: post for post in planet.items()}
        posts[number] = entry(number, BLOG, f"Wakened {number}", f"{BLOG}/new-{number}/")
        site.pages["/a"] = feed("blog.", BLOG, *posts)
        planet.run()
        assert len(before) >= 3
        left = naming(planet, f"{BLOG}/{number}/")
        # The id of a post is the address that it had first: only there it may stand.
        for name in left:
            text = (tmp_path / "public" / name).read_text("utf-8")
            assert f'href="{BLOG}/{number}/"' not in text, name
            assert f"&quot;{BLOG}/{number}/&quot;" not in text, name
        assert naming(planet, f"Wakened {number}") >= before - left
        for post in planet.items():
            old = listed[post["id"]]
            if post["title"] != f"Wakened {number}":
                assert post.get("date_modified") == old.get("date_modified")
            ours = [len(part["items"]) for part in post["_syndicator"].get("related", [])]
            theirs = [len(part["items"]) for part in old["_syndicator"].get("related", [])]
            assert ours == theirs


def test_a_list_of_another_source(tmp_path: Path, site: loopback.Site) -> None:
    """It shows the new title and link of its member."""
    planet = planet_of(tmp_path, site, 4, "")
    changed = entry(2, BLOG, "Wakened", f"{BLOG}/new/")
    site.pages["/a"] = feed(
        "blog.", BLOG, *(entry(n, BLOG) if n != 2 else changed for n in range(4))
    )
    planet.run()
    links = [
        link
        for post in planet.items()
        if post["url"].startswith(OTHER)
        for part in post["_syndicator"].get("related", [])
        for link in part["items"]
    ]
    assert ("Wakened", f"{BLOG}/new/") in {(link["title"], link["url"]) for link in links}
    assert {link["url"] for link in links if link["title"] == "Wakened"} == {f"{BLOG}/new/"}
    assert f"{BLOG}/2/" not in {link["url"] for link in links}


def test_a_body(tmp_path: Path, site: loopback.Site) -> None:
    """Its own page, the documents and an archive show it; no other page is made again."""
    planet = planet_of(tmp_path, site, 60, 'pages = "full"\nlimit = 6\nstay = "0s"')
    before = planet.files()
    changed = entry(50, BLOG, more="<p>A correction of the eve.</p>")
    site.pages["/a"] = feed(
        "blog.", BLOG, *(entry(n, BLOG) if n != 50 else changed for n in range(60))
    )
    planet.run()
    shown = naming(planet, "A correction of the eve.")
    assert {name.split("/")[0] for name in shown} == {"archive"}
    changed_files = {path.name for path, body in planet.files().items() if before.get(path) != body}
    assert not [name for name in changed_files if name.startswith("number")]


def test_the_page_of_a_source_whose_posts_are_all_of_old(
    tmp_path: Path, site: loopback.Site
) -> None:
    """It shows the new title, though no post of it stands in the documents."""
    planet = planet_of(tmp_path, site, 5, 'pages = "full"\nlimit = 3\nstay = "0s"')
    site.pages["/c"] = feed("Third", "https://third.example", *(
        item(f"Else {n}", f"https://third.example/{n}/", words(900 + n), START + n * HOUR)
        for n in range(3)
    ))  # fmt: skip
    planet.sources.append(("/c", ""))
    planet.now += timedelta(hours=9)
    planet.run()
    assert {post["title"][:4] for post in planet.items()} == {"Else"}
    changed = entry(0, BLOG, "Wakened")
    site.pages["/a"] = feed("blog.", BLOG, changed, *(entry(n, BLOG) for n in range(1, 5)))
    planet.run()
    assert naming(planet, "Number 0.") == set()
    assert {name for name in naming(planet, "Wakened") if name.startswith("sources/")}


def test_a_post_that_is_popular(tmp_path: Path, site: loopback.Site) -> None:
    """Pages of other sources name it beside their posts, by its new title."""
    comments = (
        '<slash:comments xmlns:slash="http://purl.org/rss/1.0/modules/slash/">50</slash:comments>'
    )

    def blog(title: str) -> bytes:
        popular = item(title, f"{BLOG}/9/", words(9), START, comments)
        return feed("blog.", BLOG, popular, *(entry(n, BLOG) for n in range(3)))

    for path, host in (("/b", OTHER), ("/c", "https://third.example")):
        body = (
            item(f"Else {n}", f"{host}/{n}/", words(700 + n), START - n * HOUR) for n in range(3)
        )
        site.pages[path] = feed(host[8:13], host, *body)
    site.pages["/a"] = blog("Loved by all")
    more = '[related]\nscope = "none"\ncopies = "off"'
    sources = (("/a", ""), ("/b", ""), ("/c", ""))
    planet = Planet(tmp_path, site, *sources, head='pages = "full"', more=more)
    planet.run()
    elsewhere = {name for name in naming(planet, "Loved by all") if "/else-" in name}
    assert elsewhere
    site.pages["/a"] = blog("Loathed by all")
    planet.run()
    assert naming(planet, "Loved by all") == set()
    assert naming(planet, "Loathed by all") >= elsewhere
