"""Better rules of the normalizer are no news: stored posts stay what they are, and take their new
hashes in silence.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from html import escape
from pathlib import Path

import loopback
import pytest
import rule_helpers
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words
from rule_helpers import next_version

from syndicator.normalizer import identity
from syndicator.store import Store

Rule = Callable[[pytest.MonkeyPatch], None]
BAR = '<div class="tell-friends"><a href="https://a.example/tell">Tell a friend</a> Seven did</div>'
PICTURE = '<p><img src="https://www.count.example/day/photo.jpg" alt="A day"></p>'
NOTE = "The tide is late."


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    rule_helpers.forget()


def bow(title: str) -> str:
    return f"<p>The post {title} made its first bow at Blog.</p>"


def entries(more: str = "") -> list[str]:
    """Posts of each kind, each with what every one of the rules is about; `more` makes other bytes
    of them.
    """
    made = []
    for number, body in enumerate((words(1) * 5, words(2), NOTE, ""), 1):
        link = f"{BLOG}/{number}/?from=feed"
        title = f"Post {number}"
        html = f'<p>See <a href="https://b.example/?from=blog">b</a>.</p>{body}{PICTURE}{BAR}'
        made.append(item(title, link, html + bow(title), START - number * HOUR, more))
    link = f"{BLOG}/bare/?from=feed"
    bare = f"<link>{link.replace('&', '&amp;')}</link>{more}"
    made.append(f"<item><title>Bare</title>{bare}</item>")  # no guid, no date, no text
    made.append(
        f"<item><description>{NOTE} So is the ferry, and the post with it.</description>{more}</item>"
    )
    return made


def numbers(planet: Planet) -> set[int]:
    with closing(sqlite3.connect(planet.folder / "syndicator.db")) as db:
        return {number for (number,) in db.execute("SELECT identity_version FROM posts")}


@pytest.mark.parametrize("rule", rule_helpers.RULES)
@pytest.mark.parametrize("wanted", ["", "hub", "pages"])
def test_the_same_posts_under_another_rule(
    rule: Rule, wanted: str, tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Served with other bytes, nothing is new or updated and no document changes; the run after is
    quiet, too.
    """
    head = {"": "", "hub": f'hub = "{site.url}/hub"', "pages": 'pages = "full"'}[wanted]
    planet = Planet(tmp_path, site, ("/a", ""), head=head)
    site.pages["/a"] = feed("Blog", BLOG, *entries())
    assert planet.run().new == 6
    with Store(tmp_path / "syndicator.db") as store:
        for ping in store.meta.pending_pings():
            store.meta.drop_ping(ping.hub, ping.topic)
    before = planet.files()
    rule(monkeypatch)
    next_version(monkeypatch)
    for more in ("<!-- two -->", "<!-- three -->"):
        site.pages["/a"] = feed("Blog", BLOG, *entries(more))
        report = planet.run()
        assert (report.new, report.updated, report.duplicates) == (0, 0, 0)
        assert planet.files() == before
        assert numbers(planet) == {identity.VERSION}
        with Store(tmp_path / "syndicator.db") as store:
            assert store.meta.pending_pings() == []


@pytest.mark.parametrize("rule", rule_helpers.RULES)
def test_another_rule_without_another_number(
    rule: Rule, tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then posts are updated: this is what the number is for."""
    planet = Planet(tmp_path, site, ("/a", ""))
    site.pages["/a"] = feed("Blog", BLOG, *entries())
    planet.run()
    rule(monkeypatch)
    site.pages["/a"] = feed("Blog", BLOG, *entries("<!-- two -->"))
    report = planet.run()
    assert report.updated + report.new > 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Post 1", "Another name"),
        ("Post 3", "Post 33"),
        (NOTE, "The tide is early."),
        (escape(words(2)), escape(words(9))),
        (escape(words(1) * 5), escape(words(1) * 3 + words(8) * 2)),
        ("late.", "late. But we have time, and a thermos full of tea."),
    ],
)
def test_an_edit_together_with_another_rule(
    old: str, new: str, tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the source changed is an update all the same."""
    planet = Planet(tmp_path, site, ("/a", ""))
    site.pages["/a"] = feed("Blog", BLOG, *entries())
    planet.run()
    rule_helpers.credit(monkeypatch)
    next_version(monkeypatch)
    plain = entries("<!-- two -->")[:4]
    edited = [entry.replace(old, new) for entry in plain]
    assert sum(one != other for one, other in zip(plain, edited, strict=True)) == 1
    site.pages["/a"] = feed("Blog", BLOG, *edited)
    report = planet.run()
    assert (report.new, report.updated) == (0, 1)
    site.pages["/a"] = feed("Blog", BLOG, *(entry + "\n" for entry in edited))
    report = planet.run()
    assert (report.new, report.updated) == (0, 0)


def test_an_edit_after_another_rule(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new hash counts from then on: a word that changes is an update."""
    planet = Planet(tmp_path, site, ("/a", ""))
    site.pages["/a"] = feed("Blog", BLOG, *entries())
    planet.run()
    rule_helpers.share_bar(monkeypatch)
    next_version(monkeypatch)
    site.pages["/a"] = feed("Blog", BLOG, *entries("<!-- two -->"))
    assert planet.run().updated == 0
    edited = [entry.replace("stop 1.", "stop 1000.") for entry in entries("<!-- two -->")]
    site.pages["/a"] = feed("Blog", BLOG, *edited)
    assert planet.run().updated == 1


def test_a_site_that_moves_together_with_another_rule(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new host and a new rule at once: still the same posts."""
    planet = Planet(tmp_path, site, ("/a", ""))
    site.pages["/a"] = feed("Blog", BLOG, *entries()[:4])
    planet.run()
    before = [(post["id"], post["content_html"]) for post in planet.items()]
    rule_helpers.share_bar(monkeypatch)
    next_version(monkeypatch)
    moved = feed("Blog", BLOG, *entries()[:4]).replace(BLOG.encode(), b"https://blog.new.example")
    site.pages["/a"] = moved
    report = planet.run()
    assert (report.new, report.updated) == (0, 0)
    assert [(post["id"], post["content_html"]) for post in planet.items()] == before


def test_an_older_program(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules of a lower number than the stored ones are other rules as well."""
    monkeypatch.setattr(identity, "VERSION", identity.VERSION + 5)
    planet = Planet(tmp_path, site, ("/a", ""))
    site.pages["/a"] = feed("Blog", BLOG, *entries())
    planet.run()
    monkeypatch.setattr(identity, "VERSION", identity.VERSION - 1)
    rule_helpers.share_bar(monkeypatch)
    site.pages["/a"] = feed("Blog", BLOG, *entries("<!-- two -->"))
    report = planet.run()
    assert (report.new, report.updated) == (0, 0)


def test_a_body_that_is_kept_no_more(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its keys alone tell: the same post again."""
    planet = Planet(tmp_path, site, ("/a", ""))
    site.pages["/a"] = feed("Blog", BLOG, *entries())
    planet.run()
    with closing(sqlite3.connect(tmp_path / "syndicator.db", isolation_level=None)) as db:
        db.execute("UPDATE posts SET purged = 1")
        db.execute("UPDATE bodies SET content = '', text = ''")
    rule_helpers.picture(monkeypatch)
    next_version(monkeypatch)
    site.pages["/a"] = feed("Blog", BLOG, *entries("<!-- two -->"))
    report = planet.run()
    assert (report.new, report.updated) == (0, 0)
