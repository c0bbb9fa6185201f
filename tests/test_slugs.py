"""The addresses of pages that people share: made once, of title and month, and kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import site_helpers as given
from site_helpers import pages
from test_site_reach import clicks, long_history, spans

from syndicator import slugs
from syndicator.cli import main

FEED = """<rss version="2.0"><channel><title>Harbour Notes</title>
<link>https://harbour.example/</link><description>d</description>
<item><guid>https://harbour.example/1</guid><title>{title}</title>
<link>https://harbour.example/1</link><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate>
<description>{text}</description></item></channel></rss>"""
SETTINGS = """[feed]
title = "Planet Harbour"
link = "https://planet.example/"
[[sources]]
url = "feed.xml"
"""
MARK = slugs.mark("https://harbour.example/1")


@pytest.fixture
def planet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A planet of one source with one post, published."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds.toml").write_text(SETTINGS, "utf-8")
    write(tmp_path, "Why the ferry stopped", "Ice in the harbour")
    assert main(["run"]) == 0
    return tmp_path


def write(folder: Path, title: str, text: str) -> None:
    (folder / "feed.xml").write_text(FEED.format(title=title, text=text), "utf-8")


def posts(folder: Path) -> list[str]:
    public = folder / "public"
    return [path.relative_to(public).as_posix() for path in public.glob("posts/**/*.html")]


def test_a_post_has_an_address_that_says_what_it_is(planet: Path) -> None:
    """Month and words; its pages lead to it and from it."""
    (path,) = posts(planet)
    assert path == f"posts/2026/11/why-the-ferry-stopped-{MARK}.html"
    assert f'href="{path}"' in (planet / "public" / "index.html").read_text("utf-8")
    text = (planet / "public" / path).read_text("utf-8")
    assert 'href="../../../index.html"' in text
    assert f'content="https://planet.example/{path}"' in text


def test_an_address_outlives_the_title(planet: Path) -> None:
    """It is made once, as the id is."""
    before = posts(planet)
    write(planet, "The ferry runs again", "No ice any more in the whole of the harbour, at last")
    assert main(["run", "--force"]) == 0
    assert posts(planet) == before
    assert "The ferry runs again" in (planet / "public" / before[0]).read_text("utf-8")


def test_a_page_of_before_keeps_its_address(planet: Path) -> None:
    """A post that was published without a slug has the hash of its id, as it had."""
    with closing(sqlite3.connect(planet / "syndicator.db")) as db, db:
        db.execute("UPDATE posts SET slug = NULL")
    assert main(["run", "--offline", "--rerender"]) == 0
    hashed = [path for path in posts(planet) if path.count("/") == 1]
    assert len(hashed) == 1
    assert f'href="{hashed[0]}"' in (planet / "public" / "index.html").read_text("utf-8")


def test_every_page_is_reached_by_its_slug() -> None:
    """From pages at any depth."""
    edition, archives = long_history(130)

    def addresses(ids: Iterable[str]) -> dict[str, str]:
        return {
            each: slugs.slug(each, f"Tide {each}", given.NOON) for each in ids if each[4:].isdigit()
        }

    documents = pages(edition, archives=archives, spans=partial(spans, archives), slugs=addresses)
    site = {d.path: d for d in documents if d.path.endswith(".html")}
    assert set(site) - set(clicks(site)) - {"fragment.html"} == set()
    assert sum(path.startswith("posts/2026/11/") for path in site) == 130


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Ô nhiễm ở Hà Nội: 30 năm", "o-nhiem-o-ha-noi-30-nam"),
        ("Don’t panic! (part 2)", "dont-panic-part-2"),
        ("Größe & Maß", "grosse-mass"),
        ("../../etc/passwd", "etc-passwd"),
        ("word " * 40, "-".join(["word"] * 12)),
    ],
)
def test_words_of_a_slug(title: str, words: str) -> None:
    """Plain letters that any disk and any mail takes, and no more than fit a line."""
    assert slugs.slug("urn:x", title, given.NOON) == f"2026/11/{words}-{slugs.mark('urn:x')}"
