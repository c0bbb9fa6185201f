"""Pages of the tags that feeds.toml gives to sources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import site_helpers as given
from lxml import html
from msgspec.structs import replace
from site_helpers import pages
from test_site_reach import clicks

from syndicator.cli import main
from syndicator.generator import obsolete_paths
from syndicator.generator.site.paths import TAGS
from syndicator.model.edition import Document, Edition, Reference, SourceListing

SETTINGS = """[feed]
title = "Planet"
link = "https://planet.example/"
[[sources]]
url = "sea.xml"
name = "sea"
tags = ["boats", "Slow Things"]
[[sources]]
url = "rail.xml"
name = "rail"
tags = ["Slow Things"]
"""
FEED = """<rss version="2.0"><channel><title>{0}</title><link>https://{0}.example/</link>
<item><guid>https://{0}.example/1</guid><title>News of {0}</title><link>https://{0}.example/1</link>
<pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate><description>Text of {0}</description></item>
</channel></rss>"""
SLOW = "sources/tags/slow-things-"


def tagged() -> Edition:
    tags = {"harbour": ("ferries",), "radio": ("ferries", "sound"), "members": ("ferries",)}
    edition = given.edition()
    public = {info.id for info in edition.sources}
    return replace(edition, tags={name: tags[name] for name in tags if name in public})


def site_of(edition: Edition) -> dict[str, Document]:
    return {document.path: document for document in pages(edition)}


def tree(document: Document) -> html.HtmlElement:
    return html.document_fromstring(document.body.decode())


def test_a_tag_has_a_page_of_its_sources_and_their_newest_posts() -> None:
    """Newest first, each with its source; a private source is not among them."""
    edition = tagged()
    page = tree(site_of(edition)["sources/tags/ferries.html"])
    assert page.xpath("//h1/text()") == ["ferries"]
    names = page.xpath("//header[@class='opening']//li")
    assert [name.text_content() for name in names] == ["Harbour Notes", "Radio Kettle"]
    shown = page.xpath("//a[@class='what']")
    expected = [i for i in edition.items if i.source.id in ("harbour", "radio")]
    assert len(shown) == len(expected)
    assert shown[0].text_content() == expected[0].post.title
    assert set(page.xpath("//span[@class='from']/text()")) == {"Harbour Notes", "Radio Kettle"}


def test_a_tag_is_linked_where_its_sources_are() -> None:
    """From the first page, the table of sources and the page of each source."""
    site = site_of(tagged())
    index = tree(site["index.html"])
    assert index.xpath("//a[@rel='tag']/@href") == [
        "sources/tags/ferries.html",
        "sources/tags/sound.html",
    ]
    table = tree(site["sources.html"])
    assert table.xpath("//th[last()]/text()")[0] == "Tags"
    assert "sources/tags/sound.html" in table.xpath("//td[@class='tagged']/a/@href")
    source = tree(site["sources/radio.html"])
    assert source.xpath("//a[@rel='tag']/@href") == [
        "../sources/tags/ferries.html",
        "../sources/tags/sound.html",
    ]
    assert set(site) - set(clicks({p: d for p, d in site.items() if p.endswith(".html")})) <= {
        path for path in site if not path.endswith(".html") or path == "fragment.html"
    }


def test_pages_without_tags_are_as_they_were() -> None:
    """Digests too, so no page is made again; with tags only those that name them."""
    before, after = site_of(given.edition()), site_of(tagged())
    assert not any("Tags" in document.body.decode() for document in before.values())
    changed = {path for path in before if before[path].digest != after[path].digest}
    assert changed == {"index.html", "sources.html", "sources/harbour.html", "sources/radio.html"}


def test_a_tag_of_sources_that_a_feed_does_not_list() -> None:
    """Its page, published when they were listed, is removed."""

    class Files:
        def kind(self, path: str) -> None:
            return None

        def of_type(self, kind: str) -> list[str]:
            return []

        def below(self, folder: str) -> list[str]:
            return [TAGS + "ferries.html", TAGS + "silent.html"] if folder == TAGS else []

    edition = replace(tagged(), tags={**tagged().tags, "nobody": ("silent",)})
    assert obsolete_paths(edition, Files()) == [TAGS + "silent.html"]  # type: ignore[arg-type]


@pytest.fixture
def planet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A planet of two sources with tags, published."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds.toml").write_text(SETTINGS, "utf-8")
    for name in ("sea", "rail"):
        (tmp_path / f"{name}.xml").write_text(FEED.format(name), "utf-8")
    assert main(["run", "-q"]) == 0
    return tmp_path


def tag_pages(folder: Path) -> list[str]:
    public = folder / "public"
    return sorted(str(path.relative_to(public)) for path in public.glob("sources/tags/*"))


def test_a_tag_that_leaves_feeds_toml(planet: Path) -> None:
    """Its page goes with the next run, though nothing new came; the links to it go too."""
    assert [path.startswith(SLOW) for path in tag_pages(planet)] == [False, True]
    text = SETTINGS.replace(', "Slow Things"', "").replace('"Slow Things"', '"rails"')
    (planet / "feeds.toml").write_text(text, "utf-8")
    feeds = (planet / "public" / "rss.xml").read_bytes()
    assert main(["run", "-q"]) == 0
    assert tag_pages(planet) == ["sources/tags/boats.html", "sources/tags/rails.html"]
    for page in ("index.html", "sources.html", "sources/sea.html"):
        assert "slow-things" not in (planet / "public" / page).read_text("utf-8")
    assert (planet / "public" / "rss.xml").read_bytes() == feeds


def test_a_run_with_nothing_new_leaves_the_pages_of_tags(planet: Path) -> None:
    """Not even their times change."""
    public = planet / "public"
    before = {path: path.stat().st_mtime_ns for path in public.rglob("*.html")}
    assert main(["run", "-q"]) == 0
    assert {path: path.stat().st_mtime_ns for path in public.rglob("*.html")} == before


def test_a_withdrawn_post_is_on_no_page_of_a_tag(planet: Path) -> None:
    """Its page is made again without it."""
    (entry,) = [
        entry
        for entry in json.loads((planet / "public" / "feed.json").read_bytes())["items"]
        if entry["title"] == "News of sea"
    ]
    assert main(["withdraw", entry["id"]]) == 0
    assert main(["run", "-q"]) == 0
    for page in tag_pages(planet):
        assert "News of sea" not in (planet / "public" / page).read_text("utf-8")


def test_a_post_that_two_sources_of_a_tag_carry() -> None:
    """It stands once."""
    edition = tagged()
    first = edition.items[0]
    copy = Reference(first.id, "The same", "https://radio.example/copy", "Radio Kettle")
    copy = replace(copy, published=first.published)
    listing = SourceListing("radio", (copy,), 1, given.SOURCES["radio"])
    others = [listed for listed in edition.listings if listed.source_id != "radio"]
    page = tree(site_of(replace(edition, listings=(*others, listing)))["sources/tags/ferries.html"])
    titles = page.xpath("//a[@class='what']/text()")
    assert sum(title in ("The same", first.post.title) for title in titles) == 1
