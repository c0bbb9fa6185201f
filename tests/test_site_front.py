"""The first page of a large feed is light, and each page leads to the other languages."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import site_helpers as given
from lxml import html
from msgspec.structs import replace
from site_helpers import pages, published
from test_site_reach import clicks

from syndicator.cli import main
from syndicator.generator.site.brief import refer
from syndicator.generator.site.words import comma
from syndicator.languages import own_name
from syndicator.model.edition import Document, Edition, Item

SAMPLES = Path(__file__).parents[1] / "samples"


def tree(document: Document) -> html.HtmlElement:
    return html.document_fromstring(document.body.decode())


def large(count: int) -> Edition:
    """Make an edition with so many posts, of long titles, excerpts and addresses."""
    edition = given.edition(pages="excerpt", limit=count)
    items = [_copy(edition.items[place % len(edition.items)], place) for place in range(count)]
    return replace(edition, items=tuple(items), popular=(), archives=0)


def _copy(item: Item, place: int) -> Item:
    post = replace(
        item.post,
        title=f"Thủy triều lên xuống theo con nước ngoài bến {place}",
        link=f"https://harbour.example/{'%d8%a7' * 30}/{place}",
        summary="Con nước " * 60,
    )
    when = given.NOON - timedelta(minutes=50 * place)
    return replace(item, id=f"urn:{place}", post=post, published=when, related=(), also=())


def site_of(edition: Edition) -> dict[str, Document]:
    return {d.path: d for d in pages(edition) if d.path.endswith(".html")}


def test_the_first_page_of_a_large_feed_is_light() -> None:
    """Its other posts stand on a page behind it, which leads back; each is within three clicks."""
    site = site_of(large(1000))
    index, behind = site["index.html"], site["archive/recent.html"]
    assert 12 < index.posts < 150
    assert 45_000 < len(index.body) < 60_000
    assert tree(index).xpath("//a[@rel='prev']/@href") == ["archive/recent.html"]
    assert tree(behind).xpath("//p[@class='turn']/a[@rel='next']/@href") == ["../index.html"]
    assert index.posts + len(tree(behind).xpath("//ol[@class='lines']/li")) == 1000
    depths = clicks(site)
    assert set(site) - set(depths) - {"fragment.html"} == set()
    assert max(depths.values()) <= 3


def test_the_first_page_with_pictures_of_sources_and_tags() -> None:
    """It is light, although each source brings the address of its picture, and its tags."""
    edition = large(1000)
    infos = [
        replace(
            edition.items[0].source,
            id=f"s{number}",
            name=f"Bến thuyền và con nước {number}",
            image=f"https://s{number}.example/{'icon' * 35}.png",
        )
        for number in range(60)
    ]
    items = [
        replace(item, source=infos[place % len(infos)]) for place, item in enumerate(edition.items)
    ]
    tags = {info.id: (f"tag {info.id}",) for info in infos}
    feed = replace(edition.feed, faces="link")
    full = replace(edition, feed=feed, items=tuple(items), tags=tags, sources=tuple(infos))
    index = site_of(full)["index.html"]
    assert b"icon" * 35 in index.body
    assert index.body.count(b"sources/tags/") == 30
    assert tree(index).xpath("string(//h2[@id='who-title'])") == "Sources 30 / 60"
    assert tree(index).xpath("//p[@class='all']/a/text()") == ["Sources (60)"]
    assert 45_000 < len(index.body) < 60_000


def test_the_first_page_of_large_posts_has_its_cards() -> None:
    """However long their excerpts: a page without them would say nothing."""
    edition = large(100)
    items = [
        replace(item, post=replace(item.post, summary="Con nước " * 2000)) for item in edition.items
    ]
    (index,) = [d for d in pages(replace(edition, items=tuple(items))) if d.path == "index.html"]
    assert index.posts == 12


def test_the_page_of_a_busy_source_has_days() -> None:
    """Each once, with the times of its posts; a quiet one has months, with their days."""
    edition = given.edition()
    posts = [item for item in edition.items if item.source.id == "harbour"]
    quiet = site_of(edition)["sources/harbour.html"]
    assert tree(quiet).xpath("string(//section[@class='month']/h2)") == "November 2026"
    assert tree(quiet).xpath("string(//ol/li[1]//time)") == "Nov 24"
    busy = [
        replace(item, published=given.NOON - timedelta(hours=place))
        for place, item in enumerate(posts)
    ]
    page = site_of(replace(edition, items=tuple(busy), listings=()))["sources/harbour.html"]
    headings = tree(page).xpath("//section[@class='month']/h2/text()")
    assert headings == ["Tuesday, November 24, 2026", "Monday, November 23, 2026"]
    assert tree(page).xpath("string(//ol/li[2]//time)") == "11:00\u202fAM"


def write_source(path: Path, count: int) -> None:
    """Write a feed of so many posts with long titles."""
    entries = [
        f"<entry><id>urn:tide:{n}</id><title>{'A tide that came late ' * 12}{n}</title>"
        f'<link href="https://harbour.example/{n}"/>'
        f"<updated>2026-11-{1 + n // 24:02}T{n % 24:02}:00:00Z</updated>"
        f"<content>Tide {n}</content></entry>"
        for n in range(count)
    ]
    head = "<title>Harbour</title><id>urn:harbour</id><updated>2026-11-24T00:00:00Z</updated>"
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{"".join(entries)}</feed>'
    path.write_text(feed, "utf-8")


def test_the_page_behind_the_first_one_goes_with_its_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A smaller limit leaves none for it. A run with nothing new writes it no second time."""
    monkeypatch.chdir(tmp_path)
    write_source(tmp_path / "harbour.xml", 200)
    head = '[feed]\ntitle = "Tides"\nlink = "https://tides.example/"\nstay = "0d"\n'
    tail = 'output = "public"\nstate = "s.db"\n\n[[sources]]\nurl = "harbour.xml"\n'
    (tmp_path / "feeds.toml").write_text(f"{head}limit = 200\n{tail}", "utf-8")
    assert main(["run", "-q"]) == 0
    behind = tmp_path / "public/archive/recent.html"
    written = behind.stat()
    assert main(["run", "-q", "--force"]) == 0
    assert behind.stat().st_ino == written.st_ino
    assert main(["check", "--offline"]) == 0
    assert "leads to" not in capsys.readouterr().out
    (tmp_path / "feeds.toml").write_text(f"{head}limit = 20\n{tail}", "utf-8")
    assert main(["run", "-q"]) == 0
    assert not behind.exists()


@pytest.fixture
def planet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Publish the samples with a feed of each language; return the output folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SAMPLES, tmp_path / "samples")
    text = (SAMPLES.parent / "feeds.toml").read_text("utf-8")
    text = text.replace("[feed]", "[feed]\nper_language = true", 1)
    (tmp_path / "feeds.toml").write_text(text, "utf-8")
    assert main(["run", "-q"]) == 0
    return tmp_path / "public"


def languages(page: Path, root: Path) -> Mapping[str, str]:
    """Return the pages, by the names of their languages, that the masthead of a page leads to."""
    found = {}
    for link in html.document_fromstring(page.read_text("utf-8")).xpath(
        "//header//ul[@class='languages']//*[self::a or self::span]"
    ):
        address = urljoin(f"http://site/{page.relative_to(root)}", link.get("href", ""))
        found[link.text_content()] = urlsplit(address).path.lstrip("/") if link.get("href") else ""
    return found


@pytest.mark.parametrize(
    ("page", "other"),
    [
        ("index.html", "by-language/vi/index.html"),
        ("sources.html", "by-language/vi/sources.html"),
        ("subscribe.html", "by-language/vi/subscribe.html"),
        ("archive/index.html", "by-language/vi/archive/index.html"),
        ("by-language/en/sources.html", "by-language/vi/sources.html"),
        ("by-language/en/archive/index.html", "by-language/vi/archive/index.html"),
    ],
)
def test_each_page_leads_to_the_other_languages(planet: Path, page: str, other: str) -> None:
    """To the page of its kind, else to the first one. All of these are there."""
    linked = languages(planet / page, planet)
    assert linked[own_name("vi")] == other
    for target in filter(None, linked.values()):
        assert (planet / target).is_file()


def test_the_page_of_a_post_or_source_leads_to_first_pages(planet: Path) -> None:
    """A page in the feed of a language names that language, without a link to itself."""
    source = next((planet / "sources").glob("*.html"))
    for post in (source, *planet.rglob("posts/**/*.html")):
        linked = languages(post, planet)
        own = post.relative_to(planet).parts
        if own[0] == "by-language":
            assert linked[own_name(own[1])] == ""
        assert "by-language/vi/index.html" in linked.values() or linked[own_name("vi")] == ""


def test_the_feed_of_the_only_language_is_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the main feed, since it has pages of its own; on these there is nothing to switch."""
    monkeypatch.chdir(tmp_path)
    write_source(tmp_path / "harbour.xml", 3)
    text = '[feed]\ntitle = "Tides"\nper_language = true\n[[sources]]\nurl = "harbour.xml"\n'
    (tmp_path / "feeds.toml").write_text(text + 'language = "en"\n', "utf-8")
    assert main(["run", "-q"]) == 0
    folder = tmp_path / "public"
    site = published(folder)
    assert set(site) == set(clicks(site))
    own = "by-language/en/index.html"
    assert languages(folder / "index.html", folder) == {own_name("en"): own}
    assert languages(folder / own, folder) == {}


def test_names_in_a_list_are_parted_as_the_language_does(planet: Path) -> None:
    """The Arabic comma on a page in Arabic, Persian or Urdu; no word that a name may have."""
    assert [comma(tag) for tag in ("en", "vi", "ar", "ur")] == [", ", ", ", "، ", "، "]
    assert comma("fa").strip("\u200f ") == "،"
    edition = given.edition(language="ar")
    item = edition.items[0]
    also = tuple(replace(refer(other), url="https://o.example/") for other in edition.items[1:3])
    shown = replace(item, also=also)
    site = site_of(replace(edition, items=(shown, *edition.items[1:])))
    text = next(
        tree(page).xpath("string(//p[@class='also'])")
        for path, page in site.items()
        if path.startswith("posts/") and tree(page).xpath("//p[@class='also']")
    )
    assert "، " in text
    assert ", " not in text
