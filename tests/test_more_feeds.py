"""More than one feed from one file, end to end: who is in which, whose ids they bear, and that
nothing moves.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Site, configuration, rss, site
from lxml import etree, html

from syndicator.cli import main
from syndicator.languages import label

pytestmark = pytest.mark.slow

A = "{http://www.w3.org/2005/Atom}"
ROOT = Path(__file__).resolve().parents[1]
ENGLISH = [
    (f"Boats {n}", f"The boats of the harbour were painted, and this is the {n}th of them.")
    for n in range(120)
]
VIETNAMESE = [
    (f"Phố {n}", f"Những con phố nhỏ của Hà Nội vào buổi sáng, đây là phố thứ {n}.")
    for n in range(110)
]
FEED = """link = "https://planet.example/"
limit = 10
per_source = true
per_language = true
"""
MORE = """
[[feeds]]
name = "odd"
[feeds.filter.include]
title = "[13579]$"

[[feeds]]
name = "harbour"
title = "Of the harbour"
tags = ["sea"]
limit = 3
formats = ["rss", "html"]
"""
FOLDERS = [
    "",
    "odd",
    "harbour",
    "by-source/boats",
    "by-source/pho",
    "by-language/en",
    "by-language/vi",
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Site]]:
    """A planet of two sources with two feeds written out, one for each source, one for each
    language; run once.
    """
    home = tmp_path_factory.mktemp("planet")
    pages = {
        "/en": rss("Boats", ENGLISH),
        "/vi": rss("Phố", VIETNAMESE, "https://pho.example", "vi"),
    }
    with site(dict(pages)) as planet, pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        sources = f'{planet.url}/en\nid = "boats"\ntags = ["sea"]', f'{planet.url}/vi\nid = "pho"'
        configuration(home, *sources, feed=FEED, more=MORE)
        assert main(["run", "-q"]) == 0
        yield home, planet


def atom(home: Path, folder: str) -> etree._Element:
    return etree.fromstring((home / "public" / folder / "atom.xml").read_bytes())


def titles(home: Path, folder: str) -> list[str]:
    return [entry.findtext(f"{A}title") or "" for entry in atom(home, folder).findall(f"{A}entry")]


def link(root: etree._Element, rel: str) -> str:
    found = root.find(f"{A}link[@rel='{rel}']")
    return "" if found is None else found.get("href", "")


def snapshot(home: Path) -> dict[Path, tuple[bytes, int]]:
    files = (path for path in (home / "public").rglob("*") if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_members(world: tuple[Path, Site]) -> None:
    """Each feed holds the posts of its sources, its tags, its language, and what its filter lets
    through.
    """
    home, _ = world
    assert {title.split()[0] for title in titles(home, "")} == {"Boats", "Phố"}
    assert all(re.search("[13579]$", title) for title in titles(home, "odd"))
    for folder in ("by-source/boats", "by-language/en"):
        assert {title.split()[0] for title in titles(home, folder)} == {"Boats"}
    for folder in ("by-source/pho", "by-language/vi"):
        assert {title.split()[0] for title in titles(home, folder)} == {"Phố"}
    items = etree.fromstring((home / "public/harbour/rss.xml").read_bytes()).findall("channel/item")
    assert [(item.findtext("title") or "").split()[0] for item in items] == ["Boats"] * 3


def test_ids_and_addresses(world: tuple[Path, Site]) -> None:
    """Each feed has an id and an address of its own; a post has one id in all of them."""
    home, _ = world
    feeds = [atom(home, folder) for folder in FOLDERS if folder != "harbour"]
    assert len({feed.findtext(f"{A}id") for feed in feeds}) == len(feeds)
    assert [link(feed, "self") for feed in feeds] == [
        f"https://planet.example/{folder}/atom.xml".replace("e//", "e/")
        for folder in FOLDERS
        if folder != "harbour"
    ]
    ids: dict[str | None, set[str | None]] = {}
    for entry in (entry for feed in feeds for entry in feed.findall(f"{A}entry")):
        ids.setdefault(entry.findtext(f"{A}title"), set()).add(entry.findtext(f"{A}id"))
    assert {len(found) for found in ids.values()} == {1}


def test_archives(world: tuple[Path, Site]) -> None:
    """Each feed has the archives of its own posts, in the one format that it publishes."""
    home, _ = world
    archived = {
        str(path.relative_to(home / "public")) for path in (home / "public").rglob("archive/*.xml")
    }
    assert archived == {
        "archive/atom-1.xml", "archive/atom-2.xml", "odd/archive/atom-1.xml", "harbour/archive/rss-1.xml",
        "by-source/boats/archive/atom-1.xml", "by-source/pho/archive/atom-1.xml",
        "by-language/en/archive/atom-1.xml", "by-language/vi/archive/atom-1.xml",
    }  # fmt: skip
    assert (
        link(atom(home, "by-source/pho"), "prev-archive")
        == "https://planet.example/by-source/pho/archive/atom-1.xml"
    )
    archive = etree.fromstring((home / "public/by-source/pho/archive/atom-1.xml").read_bytes())
    assert {
        (entry.findtext(f"{A}title") or "").split()[0] for entry in archive.findall(f"{A}entry")
    } == {"Phố"}


def test_pages_name_the_other_feeds(world: tuple[Path, Site]) -> None:
    """The index of each links to all others that are written out, not to itself, nor to those made
    of each source.
    """
    home, _ = world
    addresses = {f"https://planet.example/{folder}/".replace("e//", "e/") for folder in FOLDERS}
    written = {address for address in addresses if "/by-" not in address}
    for folder in FOLDERS:
        page = (home / "public" / folder / "index.html").read_text("utf-8")
        own = f"https://planet.example/{folder}/".replace("e//", "e/")
        assert {address for address in addresses if f'<a href="{address}"' in page} == written - {
            own
        }


def links(home: Path, page: str, made: str = "by-source/") -> dict[str, str]:
    """Return the made feeds that a page links to, by the words of the link."""
    root = html.parse(str(home / "public" / page))
    found = {a.text_content(): a.get("href") for a in root.iter("a") if made in a.get("href", "")}
    assert all((home / "public" / page).parent.joinpath(href).is_file() for href in found.values())
    return found


def test_the_feed_of_a_source_is_named_where_the_source_is(world: tuple[Path, Site]) -> None:
    """The main site's page of the source and its list of sources link to it; no other page does, of
    no feed.
    """
    home, _ = world
    assert links(home, "sources/boats.html") == {"Subscribe": "../by-source/boats/index.html"}
    assert links(home, "sources.html") == {
        "Subscribe Boats": "by-source/boats/index.html",
        "Subscribe Phố": "by-source/pho/index.html",
    }
    pages = [
        path.relative_to(home / "public").as_posix() for path in (home / "public").rglob("*.html")
    ]
    naming = {page for page in pages if links(home, page)}
    assert naming == {"sources.html", "sources/boats.html", "sources/pho.html"}


def test_the_feeds_by_language_are_named_on_the_first_page(world: tuple[Path, Site]) -> None:
    """By what each language calls itself."""
    home, _ = world
    expected = {"English": "by-language/en/index.html", "Tiếng Việt": "by-language/vi/index.html"}
    assert links(home, "index.html", "by-language/") == expected


def test_the_sources_of_a_language(world: tuple[Path, Site]) -> None:
    """The pages of its feed list the sources that write it, and no others."""
    home, _ = world
    for tag, name in (("en", "Boats"), ("vi", "Phố")):
        table = html.parse(str(home / "public/by-language" / tag / "sources.html")).getroot()
        assert table.xpath("//tbody//*[@class and contains(@class, 'chip')]//text()") == [name]
    table = html.parse(str(home / "public/sources.html")).getroot()
    assert len(table.xpath("//tbody/tr")) == 2


def test_what_made_feeds_are_called(world: tuple[Path, Site]) -> None:
    """By the title of the source's feed where feeds.toml has no name for it; by the language's own
    name.
    """
    home, _ = world
    assert [atom(home, folder).findtext(f"{A}title") for folder in FOLDERS if folder.startswith("by-")] == [
        "Planet Test: Boats", "Planet Test: Phố", "Planet Test: English", "Planet Test: Tiếng Việt"
    ]  # fmt: skip


def test_a_language_whose_posts_are_in_the_archives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has its feed too: what the main feed has published counts, not what stands in it now."""
    monkeypatch.chdir(tmp_path)
    old = rss("Phố", VIETNAMESE[:3], "https://pho.example", "vi").replace(b" Oct ", b" Sep ")
    with site({"/en": rss("Boats", ENGLISH[:9]), "/vi": old}) as planet:
        configuration(
            tmp_path,
            f"{planet.url}/en",
            f"{planet.url}/vi",
            feed=FEED.replace("limit = 10", "limit = 4"),
        )
        assert main(["run", "-q"]) == 0
    assert {title.split()[0] for title in titles(tmp_path, "")} == {"Boats"}
    assert [title.split()[0] for title in titles(tmp_path, "by-language/vi")] == ["Phố"] * 3


@pytest.mark.parametrize("tag", ["en", "vi"])
def test_a_feed_by_language_speaks_that_language(world: tuple[Path, Site], tag: str) -> None:
    """In every format, and around its posts: labels and dates too. The others keep the main
    feed's.
    """
    home, _ = world
    folder = home / "public/by-language" / tag
    page = html.parse(str(folder / "index.html")).getroot()
    assert (page.get("lang"), page.get("dir")) == (tag, "ltr")
    assert atom(home, f"by-language/{tag}").get("{http://www.w3.org/XML/1998/namespace}lang") == tag
    assert json.loads((folder / "feed.json").read_text("utf-8"))["language"] == tag
    assert etree.parse(str(folder / "rss.xml")).findtext("channel/language") == tag
    assert label(tag, "sources") in page.text_content()
    assert (
        json.loads((home / "public/by-source/pho/feed.json").read_text("utf-8"))["language"] == "en"
    )


def test_a_feed_by_language_is_written_as_its_language_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From right to left, on a planet whose main feed is not."""
    monkeypatch.chdir(tmp_path)
    posts = [("قوارب", "تم طلاء قوارب الميناء هذا الصباح قبل أن يعود الصيادون إلى البحر")]
    with site({"/ar": rss("قوارب", posts, "https://boats.example", "ar")}) as planet:
        configuration(tmp_path, f"{planet.url}/ar", feed=FEED)
        assert main(["run", "-q"]) == 0
    pages = [
        html.parse(str(tmp_path / "public" / name)).getroot()
        for name in ("index.html", "by-language/ar/index.html")
    ]
    assert [(page.get("lang"), page.get("dir")) for page in pages] == [("en", "ltr"), ("ar", "rtl")]


def test_a_source_more_makes_no_page_of_others_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed for each source, in each of which nothing is written when another joins; nor do posts'
    pages change.
    """
    monkeypatch.chdir(tmp_path)
    pages = {
        "/en": rss("Boats", ENGLISH[:5]), "/vi": rss("Phố", VIETNAMESE[:5], "https://pho.example", "vi"),
        "/new": rss("Gulls", [(f"Gull {n}", f"A gull sits on roof {n}.") for n in range(5)], "https://gulls.example"),
    }  # fmt: skip
    with site(dict(pages)) as planet:
        old = [f'{planet.url}/{path}\nid = "{path}"' for path in ("en", "vi")]
        configuration(tmp_path, *old, feed=FEED)
        main(["run", "-q"])
        before, ids = snapshot(tmp_path), atom(tmp_path, "by-source/en").findtext(f"{A}id")
        configuration(tmp_path, *old, f'{planet.url}/new\nid = "new"', feed=FEED)
        main(["run", "-q"])
    after = snapshot(tmp_path)
    changed = {
        path.relative_to(tmp_path / "public").as_posix()
        for path in before
        if after[path] != before[path]
    }
    assert "sources.html" in changed
    assert not {path for path in changed if path.startswith("by-source/") or "posts/" in path}
    assert (tmp_path / "public/by-source/new/index.html").is_file()
    assert atom(tmp_path, "by-source/en").findtext(f"{A}id") == ids


def test_settings_show_with_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That each source has a feed, a name for one: also where no source has anything new."""
    monkeypatch.chdir(tmp_path)
    with site({"/en": rss("Boats", ENGLISH[:3])}) as planet:
        source = f'{planet.url}/en\nid = "boats"'
        configuration(tmp_path, source)
        assert main(["run", "-q"]) == 0
        assert "by-source" not in (tmp_path / "public/sources.html").read_text("utf-8")
        configuration(tmp_path, source, feed="per_source = true\n")
        assert main(["run", "-q"]) == 0
        assert 'href="by-source/boats/' in (tmp_path / "public/sources.html").read_text("utf-8")
        configuration(tmp_path, f'{source}\nname = "Ships"', feed="per_source = true\n")
        assert main(["run", "-q"]) == 0
        assert atom(tmp_path, "by-source/boats").findtext(f"{A}title").endswith(": Ships")


def test_a_run_with_nothing_new(world: tuple[Path, Site]) -> None:
    """No byte of any feed changes, and no file's time."""
    home, _ = world
    before = snapshot(home)
    assert main(["run", "--force", "-q"]) == 0
    assert snapshot(home) == before


def test_archives_of_another_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who drops Atom has the whole history in RSS after the next run, and none of the old files."""
    monkeypatch.chdir(tmp_path)
    with site({"/en": rss("Boats", ENGLISH)}) as planet:
        configuration(tmp_path, f"{planet.url}/en")
        main(["run", "-q"])
        configuration(tmp_path, f"{planet.url}/en", feed='formats = ["rss"]')
        main(["run", "-q"])
    assert [path.name for path in (tmp_path / "public/archive").iterdir()] == ["rss-1.xml"]


def test_a_source_that_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page, the pages of its posts and its posts in archives go; no page links to what is gone;
    all comes back.
    """
    monkeypatch.chdir(tmp_path)
    with site(
        {"/en": rss("Boats", ENGLISH), "/vi": rss("Phố", VIETNAMESE, "https://pho.example", "vi")}
    ) as planet:
        boats, pho = f'{planet.url}/en\nid = "boats"', f'{planet.url}/vi\nid = "pho"'
        configuration(tmp_path, boats, pho, feed='pages = "full"\n')
        main(["run", "-q"])
        whole = set(snapshot(tmp_path))
        configuration(tmp_path, boats, feed='pages = "full"\n')
        main(["run", "-q"])
        left = snapshot(tmp_path)
        assert tmp_path / "public/sources/boats.html" in left
        assert tmp_path / "public/sources/pho.html" not in left
        for path, (body, _) in left.items():
            assert b"pho.example" not in body or path.name == ".syndicator", path
            if path.suffix == ".html":
                for target in re.findall(rb'href="((?:\.\./)?(?:posts|sources)/[^"]+)"', body):
                    assert (path.parent / target.decode()).is_file(), (path, target)
        configuration(tmp_path, boats, pho, feed='pages = "full"\n')
        main(["run", "-q", "--force"])
        assert set(snapshot(tmp_path)) >= whole


IDLE = """
import json, sys
from syndicator.cli import main
from syndicator.languages import label
status = main(["run", "-q"])
print(json.dumps([status, sorted(sys.modules)]))
"""


def test_an_idle_run_imports_nothing_of_what_it_does_not_do(tmp_path: Path) -> None:
    """With nothing due and nothing changed no step but the store is loaded, and no large
    library.
    """
    with site({"/en": rss("Boats", ENGLISH[:3])}) as planet:
        configuration(tmp_path, f"{planet.url}/en")
        command, environment = [sys.executable, "-c", IDLE], {"PYTHONPATH": str(ROOT)}
        runs = [
            subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
            for _ in range(2)
        ]
        assert planet.asked == [("/en", 200)]
    (first, second) = (json.loads(run.stdout) for run in runs)
    assert first[0] == second[0] == 0
    steps = {"generator", "publisher", "normalizer", "related", "check", "websub", "serve"}
    libraries = {
        "requests",
        "feedparser",
        "feedgen",
        "lxml",
        "jinja2",
        "babel",
        "nh3",
        "numpy",
        "re2",
        "markupsafe",
    }
    unwanted = {f"syndicator.{step}" for step in steps} | libraries
    assert unwanted & set(second[1]) == set()
    assert {"syndicator.generator", "lxml", "jinja2"} <= set(first[1])  # the check can fail
