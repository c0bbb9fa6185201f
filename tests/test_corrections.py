"""A source's correction of a title, a link or a body: which documents, pages and lists show it."""

from __future__ import annotations

import itertools
import random
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

from syndicator.pipeline.withdrawing import undo_withdrawal, withdraw

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
            item(f"Else {n}", f"{host}/{n}/", words(700 + n), START - n * HOUR, comments)
            for n in range(3)
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


def test_a_page_that_was_made_again_in_between(tmp_path: Path, site: loopback.Site) -> None:
    """It named a later post beside its lists; when that is corrected, it alone is made again."""
    planet = planet_of(tmp_path, site, 60, 'pages = "full"\nlimit = 6\nstay = "0s"')
    posts = [entry(n, BLOG) for n in range(60)]

    def publish(changed: str, *added: str) -> None:
        site.pages["/a"] = feed("blog.", BLOG, changed, *added, *posts)
        planet.run()

    newest = [
        item(f"Fresh {n}", f"{BLOG}/fresh-{n}/", words(800 + n), START + n * HOUR)
        for n in range(130)
    ]
    for start in range(0, 130, 10):
        planet.now += timedelta(hours=9)
        publish("", *newest[start : start + 10])
        if start == 60:
            posts[1] = entry(1, BLOG, more="<p>Made again.</p>")
            publish("", *newest[start : start + 10])
    (page,) = naming(planet, "Made again.") & {
        name for name in naming(planet, "Fresh 69") if "/number-" in name
    }
    before = planet.files()
    publish(item("Stale 69", f"{BLOG}/fresh-69/", words(869), START + 69 * HOUR), *newest[120:])
    assert naming(planet, "Fresh 69<") == set()
    assert "archive/2.html" in naming(planet, "Stale 69")
    remade = {path.name for path, body in planet.files().items() if before.get(path) != body}
    assert [name for name in remade if name.startswith("number")] == [Path(page).name]


THIRD = "https://third.example"
HOSTS = {"/a": BLOG, "/b": OTHER, "/c": THIRD}
COMMENTS = '<slash:comments xmlns:slash="http://purl.org/rss/1.0/modules/slash/">9</slash:comments>'
# An id is the address that a post had first, and stays.
IDS = re.compile(r"<guid.*?</guid>|<id>.*?</id>|\"id\": *\"[^\"]*\"|ref=\"[^\"]*\"")


class Author:
    """A post whose title, link and body its source corrects; it remembers what it said before.

    `copied`: the post of another source whose title and text it repeats.
    """

    def __init__(self, path: str, number: int, hour: int, copied: Author | None = None) -> None:
        self.path, self.number, self.hour, self.copied = path, number, hour, copied
        self.version, self.outdated, self.credit = 0, set[str](), ""
        self.link, self.body = self.words("link"), self.words("body")
        # Every second note of a source has no title: lists show its first words.
        self.title = "" if path == "/b" and number % 2 else self.words("title")
        if copied:
            self.title, self.body = copied.title, copied.body

    def words(self, part: str) -> str:
        if part == "title":
            return f"Q&A 'no' {self.path[1]}{self.number} v{self.version}"
        if part == "link":
            return f"{HOSTS[self.path]}/{self.number}/?a=v{self.version}&b=2"
        return f"Report {self.path[1]}{self.number} of day {self.version}."

    def correct(self, part: str) -> None:
        if getattr(self, part):
            self.version += 1
            self.outdated.add(getattr(self, part))
            setattr(self, part, self.words(part))

    def entry(self) -> str:
        text = self.copied or self
        body = f"<p>{self.body}</p>{words(text.number + 1000 * ord(text.path[1]))}{self.credit}"
        comments = COMMENTS * (self.number % 5 == 0)
        made = item(self.title, self.link, body, START + self.hour * HOUR / 9, comments)
        return re.sub("<guid>.*</guid>", f"<guid>{HOSTS[self.path]}/{self.number}</guid>", made)


def outdated_files(planet: Planet, posts: list[Author]) -> set[tuple[str, str]]:
    """Return the published files with words that no post has any more."""
    old = set[str]().union(*(post.outdated for post in posts))
    old -= {word for post in posts for word in (post.title, post.link, post.body)}
    remains = set()
    for path, body in planet.files().items():
        if path.suffix in (".html", ".xml", ".json"):
            shown = unescape(unescape(IDS.sub("", body.decode())))
            remains |= {(path.name, word) for word in old if word in shown}
    return remains


@pytest.mark.parametrize("seed", [1, 2])
def test_corrections_at_random(tmp_path: Path, site: loopback.Site, seed: int) -> None:
    """After each run no file holds a title, a link or a text that no post has any more."""
    rng, numbers = random.Random(seed), itertools.count()
    posts: list[Author] = []
    late: list[Author] = []
    head = 'pages = "full"\nlimit = 9\nstay = "0s"\nrelated_on_pages = 12\n'
    head += 'formats = ["rss", "atom", "json", "html", "fragment"]'
    tables = [(path, f'tags = ["all", "{path[1:]}"]') for path in HOSTS]
    planet = Planet(tmp_path, site, *tables, head=head, more='[related]\nscope = "all"')
    for hour in range(0, 162, 9):
        if hour < 108:
            posts += late
            posts += [Author(path, next(numbers), hour) for path in HOSTS for _ in range(4)]
            # One post that another source repeats, and one that it repeats before it comes.
            late = [Author("/a", next(numbers), hour)]
            for copied in (rng.choice(posts[-12:-4]), *late):
                copy = Author("/c", next(numbers), hour + 1, copied)
                credit = f'This post first appeared on <a href="{copied.link}">blog.</a>'
                copy.credit = f"<p>{credit}</p>" * (copied in late)
                posts.append(copy)
        for post in rng.sample(posts, 5):
            post.correct(rng.choice(["title", "link", "body"]))
        for path, host in HOSTS.items():
            own = [post.entry() for post in reversed(posts) if post.path == path]
            site.pages[path] = feed(host[8:13], host, *own)
        planet.run()
        assert outdated_files(planet, posts) == set(), hour


def test_the_address_of_another_version(tmp_path: Path, site: loopback.Site) -> None:
    """A post names its copies, and one that was published from a copy its original, anew."""
    original = Author("/a", 1, 0)
    early = Author("/c", 2, 1, original)
    early.credit = f'<p>This post first appeared on <a href="{original.link}">blog.</a></p>'
    told = Author("/a", 3, 0)
    late = Author("/c", 4, 9, told)
    planet = Planet(tmp_path, site, ("/a", ""), ("/c", ""), head='pages = "full"')

    def publish(*posts: Author) -> None:
        for path, host in HOSTS.items():
            own = [post.entry() for post in reversed(posts) if post.path == path]
            site.pages[path] = feed(host[8:13], host, *own)
        planet.run()

    publish(told, early)
    publish(told, early, original)
    publish(told, early, original, late)
    for post in (original, late):
        post.correct("link")
        publish(told, early, original, late)
        assert outdated_files(planet, [post]) == set()


def test_a_post_that_is_back_after_its_correction(tmp_path: Path, site: loopback.Site) -> None:
    """An undone withdrawal brings back the lists that name it, by its new title."""
    planet = planet_of(tmp_path, site, 4, 'pages = "full"')
    before = naming(planet, "Number 2.")
    withdraw(planet.config(), f"{BLOG}/2/", planet.now)
    posts = [entry(n, BLOG) for n in range(4)]
    posts[2] = entry(2, BLOG, "Wakened")
    site.pages["/a"] = feed("blog.", BLOG, *posts)
    planet.run()
    assert naming(planet, "Wakened") == set()
    undo_withdrawal(planet.config(), f"{BLOG}/2/", planet.now)
    assert naming(planet, "Number 2.") == set()
    assert naming(planet, "Wakened") == before
