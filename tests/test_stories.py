"""Reports of one event by several sources stand together on the first page, and only there."""

from __future__ import annotations

from pathlib import Path

import loopback
import pytest
import site_helpers as given
from acceptance_helpers import HOUR, START, Planet, feed, item
from lxml import html
from msgspec.structs import replace
from related_helpers import Shop
from site_helpers import pages

from syndicator.cli import main
from syndicator.model.edition import Edition

FLOOD = (
    "The river Lam rose above the dyke at Nam Dan on Tuesday night and flooded four hundred houses. "
    "Nobody was hurt, the district said; two schools stay closed until the water has gone."
)
FLOOD_AGAIN = (
    "Four hundred houses at Nam Dan stand in water since the river Lam rose above its dyke on Tuesday "
    "night. The district closed two schools until the water has gone. Nobody was hurt."
)
FLOOD_LATER = (
    "After the river Lam rose above the dyke at Nam Dan on Tuesday, four hundred houses are flooded, "
    "and two schools stay closed, the district said. Nobody was hurt that night."
)
MARKET = "The flower market opens at three in the morning, when the boats come in with lilies."


def shop() -> Shop:
    """Two reports on a flood, with posts about other things around them."""
    stored = Shop()
    stored.add("Nam Dan dyke gives way", FLOOD, source="a")
    stored.add("The dyke of Nam Dan gave way", FLOOD_AGAIN, source="b", day=0.5)
    stored.add("The flower market at three", MARKET, source="c")
    for n in range(12):
        stored.add(f"Recipe {n} of the week", f"Boil {n} eggs with lime {n * 7}.", source="d")
    return stored


def stories(stored: Shop, told: dict[int, int] | None = None) -> dict[int, int]:
    newcomers = [number for number in stored.posts if number not in (told or {})]
    return stored.index.stories(newcomers, list(stored.posts), told or {})


def test_two_reports_on_one_event() -> None:
    """They are one story; what tells of something else is in none."""
    assert stories(shop()) == {1: 1, 2: 1}


def test_a_report_that_comes_later() -> None:
    """It joins the story that was told before it came."""
    stored = shop()
    told = stories(stored)
    stored.add("Dyke at Nam Dan gave way", FLOOD_LATER, source="e", day=1)
    number = len(stored.posts)
    assert stored.index.stories([number], list(stored.posts), told) == {1: 1, 2: 1, number: 1}


def test_reports_that_lie_days_apart() -> None:
    """The next flood at the same dyke is another event."""
    stored = shop()
    stored.add("The dyke of Nam Dan gave way", FLOOD_AGAIN, source="b", day=3, number=2)
    assert stories(stored) == {}


def test_a_source_that_tells_of_an_event_twice() -> None:
    """Its second report stands for itself: who reads the source wants both."""
    stored = shop()
    stored.add("The dyke of Nam Dan gave way", FLOOD_AGAIN, source="a", day=0.5, number=2)
    assert stories(stored) == {}


def test_a_report_that_was_withdrawn() -> None:
    """Nothing is told together with it."""
    stored = shop()
    stored.mark(1, "withdrawn", 1)
    assert stories(stored) == {}


def test_titles_of_a_word() -> None:
    """Two posts named "Photo" are no story: too few words tell of an event."""
    stored = Shop()
    stored.add("IMG 0666", source="a")
    stored.add("IMG 0666", source="b")
    assert stories(stored) == {}


def told_together() -> Edition:
    """An edition whose first, second and last posts are one story."""
    edition = given.edition(pages="excerpt")
    items = edition.items
    return replace(edition, stories={item.id: 7 for item in (items[0], items[1], items[-1])})


def index_of(edition: Edition) -> html.HtmlElement:
    (index,) = [document for document in pages(edition) if document.path == "index.html"]
    return html.document_fromstring(index.body.decode())


def test_a_story_stands_under_its_first_report() -> None:
    """The others are named there with their sources, and stand nowhere else on the page."""
    edition = told_together()
    page = index_of(edition)
    (told,) = page.xpath("//p[@class='told']")
    second, third = edition.items[1], edition.items[0]
    assert told.text_content() == f"Also told by: {second.source.name}, {third.source.name}"
    assert told.xpath("a/@href") == [second.post.link, third.post.link]
    assert told.xpath("ancestor::article | ancestor::li")[0].xpath("h2/a/@href | a[@class]/@href")
    main = page.xpath("//div[@class='stream']")[0]
    for other in (second, third):
        assert main.xpath(f".//a[@href='{other.post.link}']/parent::p/@class") == ["told"]


def test_a_story_changes_the_first_page_alone() -> None:
    """Every other page has the bytes that it had; so has the first one without stories."""
    before = {document.path: document for document in pages(given.edition(pages="excerpt"))}
    after = {document.path: document for document in pages(told_together())}
    changed = {path for path in before if before[path].body != after[path].body}
    assert changed == {"index.html"}
    assert before["index.html"].digest != after["index.html"].digest


def test_a_story_of_which_one_report_is_left_on_the_first_page() -> None:
    """It is a post like any other."""
    edition = given.edition()
    page = index_of(replace(edition, stories={edition.items[0].id: 7, "urn:gone": 7}))
    assert not page.xpath("//p[@class='told']")


def planet(folder: Path, site: loopback.Site, head: str = "") -> Planet:
    """Two papers on one flood, one of them a day after the other."""
    others = [
        item(f"Recipe {n}", f"https://river.example/{n}", f"<p>Boil {n} eggs.</p>", START)
        for n in range(12)
    ]
    first = item("Nam Dan dyke gives way", "https://river.example/dyke", f"<p>{FLOOD}</p>", START)
    site.pages["/river"] = feed("River Post", "https://river.example", first, *others)
    site.pages["/delta"] = feed("Delta Day", "https://delta.example")
    return Planet(folder, site, ("/river", ""), ("/delta", ""), head=head)


def told_in(planet: Planet) -> list[str]:
    text = (planet.folder / "public" / "index.html").read_text("utf-8")
    lines = html.document_fromstring(text).xpath("//p[@class='told']")
    return [line.text_content() for line in lines]


def publish_second_report(planet: Planet) -> dict[Path, bytes]:
    """Return the files of before it."""
    planet.run()
    before = planet.files()
    link, body = "https://delta.example/dyke", f"<p>{FLOOD_AGAIN}</p>"
    report = item("The dyke of Nam Dan gave way", link, body, START + HOUR)
    planet.site.pages["/delta"] = feed("Delta Day", "https://delta.example", report)
    planet.run()
    return before


def test_a_second_report_in_a_later_run(tmp_path: Path, site: loopback.Site) -> None:
    """The first page names it under the first; the feeds carry both, and the first report's own page
    stays as it was.
    """
    stories_on = planet(tmp_path, site, 'pages = "full"')
    before = publish_second_report(stories_on)
    assert told_in(stories_on) == ["Also told by: Delta Day"]
    assert len(stories_on.items()) == 14
    after = stories_on.files()
    posts = [path for path in before if "posts" in path.parts]
    assert all(after[path] == before[path] for path in posts)
    stories_on.run(rerender=True)
    assert told_in(stories_on) == ["Also told by: Delta Day"]


def test_why_names_the_other_reports(
    tmp_path: Path, site: loopback.Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who misses a post on the first page is told under which one it stands."""
    publish_second_report(planet(tmp_path, site))
    assert main(["-c", str(tmp_path / "feeds.toml"), "why", "The dyke of Nam Dan gave way"]) == 0
    said = capsys.readouterr().out
    assert "also told   River Post: https://river.example/dyke" in said
    assert main(["-c", str(tmp_path / "feeds.toml"), "why", "Recipe 3"]) == 0
    assert "also told" not in capsys.readouterr().out


def test_a_planet_without_stories(tmp_path: Path, site: loopback.Site) -> None:
    """stories = false: each report stands for itself."""
    stories_off = planet(tmp_path, site, "stories = false")
    publish_second_report(stories_off)
    assert told_in(stories_off) == []
    text = (tmp_path / "public" / "index.html").read_text("utf-8")
    assert "https://delta.example/dyke" in text
