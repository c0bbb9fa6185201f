"""Each page of a site is linked from another, and the first page shows what is new without
repeating itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import site_helpers as given
from lxml import html
from msgspec.structs import replace
from site_helpers import pages, published

from syndicator.cli import main
from syndicator.generator.site import post_path
from syndicator.generator.site.brief import excerpt
from syndicator.model.edition import Archive, Document, Edition, Item

SAMPLES = Path(__file__).parents[1] / "samples"


def tree(document: Document) -> html.HtmlElement:
    return html.document_fromstring(document.body.decode())


def clicks(site: Mapping[str, Document], start: str = "index.html") -> dict[str, int]:
    """Return how many clicks each page is away from the first one."""
    depths, front = {start: 0}, [start]
    while front:
        path = front.pop(0)
        for href in tree(site[path]).xpath("//a/@href"):
            parts = urlsplit(urljoin(f"http://site/{path}", href))
            target = parts.path.lstrip("/")
            if parts.netloc == "site" and target in site and target not in depths:
                depths[target] = depths[path] + 1
                front.append(target)
    return depths


def long_history(count: int) -> tuple[Edition, list[Archive]]:
    """Make an edition after so many posts, in closed slices of a hundred and an open one."""
    one = given.edition().items[0]
    items = [
        replace(
            one,
            id=f"urn:{n}",
            post=replace(one.post, title=f"Tide {n}", link=f"https://harbour.example/{n}"),
            published=given.NOON - timedelta(hours=9 * (count - n)),
            updated=given.NOON - timedelta(hours=9 * (count - n)),
            sequence=n,
            related=(),
            also=(),
        )
        for n in range(1, count + 1)
    ]
    slices = [items[start : start + 100] for start in range(0, count, 100)]
    current = items[-30:]
    archives = [
        Archive(number, tuple(part), given.NOON) for number, part in enumerate(slices, start=1)
    ]
    if len(slices[-1]) < 100:
        left = tuple(item for item in slices[-1] if item not in current)
        archives[-1] = replace(archives[-1], items=left)
    edition = replace(
        given.edition(pages="excerpt", limit=30),
        items=tuple(reversed(current)),
        archives=count // 100,
        slices=len(slices),
        popular=(),
    )
    return edition, archives


def spans(archives: list[Archive], number: int) -> list[tuple[datetime, datetime]]:
    """Return the first and the last date of each month of a slice."""
    months: dict[str, list[datetime]] = {}
    for item in archives[number - 1].items:
        months.setdefault(f"{item.published:%Y-%m}", []).append(item.published)
    return [(min(dates), max(dates)) for dates in months.values()]


def made(edition: Edition, archives: list[Archive]) -> dict[str, Document]:
    documents = pages(edition, archives=archives, spans=partial(spans, archives))
    return {d.path: d for d in documents if d.path.endswith(".html")}


@pytest.mark.parametrize("count", [20, 130, 1000, 1050])
def test_every_page_is_within_three_clicks(count: int) -> None:
    """Of a thousand posts too: the list of older posts names each slice of history."""
    site = made(*long_history(count))
    depths = clicks(site)
    assert set(site) - set(depths) - {"fragment.html"} == set()
    assert max(depths.values()) <= 3


def test_the_list_of_all_posts_is_by_months() -> None:
    """Under their years, newest first. A month leads to its section; further pages follow."""
    site = made(*long_history(300))
    page = tree(site["archive/index.html"])
    assert page.xpath("//section[@class='month']/h2/text()") == ["2026"]
    months = page.xpath("//ul[@class='slices']/li")
    assert [month.text_content() for month in months] == [
        "November 2026",
        "October 2026 2",
        "September 2026 1",
        "August 2026",
    ]
    assert months[1].xpath("a/@href") == ["3.html#2026-10", "2.html#2026-10"]
    assert tree(site["archive/2.html"]).xpath("//section[@id='2026-10']")


def test_a_history_that_came_late() -> None:
    """A source that joined later brings older posts: each year and month stands once."""
    edition, archives = long_history(300)

    def dates(number: int) -> list[tuple[datetime, datetime]]:
        old = spans(archives, number)
        return (
            [(a.replace(year=2017), b.replace(year=2017)) for a, b in old] if number == 3 else old
        )

    documents = pages(edition, archives=archives, spans=dates)
    (index,) = [document for document in documents if document.path == "archive/index.html"]
    assert tree(index).xpath("//section[@class='month']/h2/text()") == ["2026", "2017"]


def test_the_days_of_the_time_zone_part_months() -> None:
    """A post of the last evening of October in UTC is one of November in Hanoi."""
    edition, archives = long_history(300)
    evening = datetime(2026, 10, 31, 20, tzinfo=UTC)
    edition = replace(edition, feed=replace(edition.feed, timezone="Asia/Ho_Chi_Minh"))
    documents = pages(edition, archives=archives, spans=lambda _number: [(evening, evening)])
    (index,) = [document for document in documents if document.path == "archive/index.html"]
    assert tree(index).xpath("//ul[@class='slices']/li/a[1]/text()") == ["November 2026"]


def test_all_posts_of_a_new_planet() -> None:
    """Before any post is history the list names the posts, and each page leads to the list."""
    edition = given.edition(pages="excerpt")
    site = {document.path: document for document in pages(edition)}
    page = tree(site["archive/index.html"])
    assert len(page.xpath("//ol[@class='lines']/li")) == len(edition.items)
    for path, document in site.items():
        if path.endswith(".html") and path != "fragment.html":
            assert len(tree(document).xpath("//nav//a[contains(@href, 'archive/index.html')]")) == 1


def test_a_title_leads_to_the_original_and_its_date_to_our_page() -> None:
    """With excerpts on our pages; lists under a post lead to our pages."""
    edition = given.edition(pages="excerpt")
    site = {document.path: document for document in pages(edition)}
    item = edition.items[20]
    (row,) = tree(site["index.html"]).xpath(f"//li[a/@href='{item.post.link}']")
    assert row.xpath("a[@rel='bookmark']/@href") == [post_path(item.id)]
    first = tree(site[post_path(edition.items[0].id)])
    links = first.xpath("//section[@class='more'][1]//a/@href")
    assert f"../{post_path(edition.items[0].related[0].links[0].id)}" in links


def test_headlines_that_lead_to_our_pages() -> None:
    """headlines = "page": the headline opens our page, which leads on to the original."""
    edition = given.edition(pages="excerpt", headlines="page")
    site = {document.path: document for document in pages(edition)}
    index = tree(site["index.html"])
    assert index.xpath("//article[1]/h2/a/@href") == [post_path(edition.items[0].id)]
    page = tree(site[post_path(edition.items[0].id)])
    assert page.xpath("//p[@class='onward']/a/@href") == [edition.items[0].post.link]


def busy() -> Edition:
    """An edition in which one source wrote thirty posts in a day."""
    edition = given.edition()
    one = edition.items[0]
    flood = [
        replace(
            one,
            id=f"urn:flood:{n}",
            post=replace(one.post, title=f"Flood {n}", link=f"https://harbour.example/f{n}"),
            published=given.NOON + timedelta(hours=6, minutes=30 - n),
        )
        for n in range(30)
    ]
    return replace(edition, items=(*flood, *edition.items))


def test_a_busy_source_is_one_card() -> None:
    """The newest of its thirty posts of the day; the others stand folded below it."""
    (index,) = [document for document in pages(busy()) if document.path == "index.html"]
    page = tree(index)
    cards = [h2.text_content() for h2 in page.xpath("//article/h2")]
    assert len(cards) == 12
    assert [title for title in cards if title.startswith("Flood")] == ["Flood 0"]
    (rest,) = page.xpath("//article[1]/details[@class='rest']")
    assert rest.xpath("summary/text()") == ["View more from \u2068Harbour Notes\u2069 (30)"]
    assert len(rest.xpath("ol/li")) == 30
    assert not rest.xpath(".//span[@class='from']")


def test_a_busy_source_on_a_french_page() -> None:
    """The count follows the words; the space before their colon goes with it."""
    edition = busy()
    french = replace(edition, feed=replace(edition.feed, language="fr"))
    (index,) = [document for document in pages(french) if document.path == "index.html"]
    (rest,) = tree(index).xpath("//article[1]/details[@class='rest']")
    assert rest.xpath("summary/text()") == ["Plus d’articles sur \u2068Harbour Notes\u2069 (30)"]


def test_a_busy_source_among_few_is_folded_as_lines() -> None:
    """Where other posts are too few for the cards, it fills these, and three lines of a day."""
    edition = busy()
    few = replace(edition, items=edition.items[:34])
    (index,) = [document for document in pages(few) if document.path == "index.html"]
    page = tree(index)
    assert len(page.xpath("//article")) == 12
    (rest,) = page.xpath("//section[@class='month']//details[@class='rest']")
    assert rest.xpath("summary/text()") == ["View more from \u2068Harbour Notes\u2069 (19)"]


def test_cards_stand_under_days_with_their_times() -> None:
    """A day that goes on in the lines is said once."""
    edition = given.edition()
    items = [
        replace(item, published=given.NOON - timedelta(minutes=30 * place))
        for place, item in enumerate(edition.items)
    ]
    edition = replace(edition, items=tuple(items))
    (index,) = [document for document in pages(edition) if document.path == "index.html"]
    page = tree(index)
    assert page.xpath("//article[2]/p//time/text()") == ["11:30\u202fAM"]
    assert page.xpath("//h2[@class='day']/text()") == ["Tuesday, November 24, 2026"]
    lines = page.xpath("//section[@class='month']")
    assert [group.xpath("string(h2)") for group in lines] == ["", "Monday, November 23, 2026"]


def test_lines_stand_under_days_with_their_times() -> None:
    """Not under fifty equal dates."""
    edition = busy()
    few = replace(edition, items=edition.items[:34])
    (index,) = [document for document in pages(few) if document.path == "index.html"]
    time = tree(index).xpath("//section[@class='month'][1]/ol/li[1]//time/text()")
    assert time[0] == "6:21\u202fPM"


def test_lines_of_a_quiet_planet_stand_under_months() -> None:
    """With a post every other day a heading for each would be half of the page."""
    edition = given.edition()
    items = [
        replace(item, published=given.NOON - timedelta(days=2 * place))
        for place, item in enumerate(edition.items)
    ]
    (index,) = [
        document
        for document in pages(replace(edition, items=tuple(items)))
        if document.path == "index.html"
    ]
    sections = tree(index).xpath("//section[@class='month']")
    assert [section.xpath("string(h2)") for section in sections] == [
        "October 2026",
        "September 2026",
    ]
    assert sections[0].xpath("string(ol/li[1]//time)") == "Oct 31"
    assert not tree(index).xpath("//details")


def popular(edition: Edition, *items: Item) -> Edition:
    from syndicator.generator.site.brief import refer

    held = tuple({item.id: item for item in (*edition.items, *items)}.values())
    return replace(edition, items=held, popular=tuple(map(refer, items)))


def test_popular_posts_are_of_different_sources() -> None:
    """One of each, with the numbers of links to it and of its comments."""
    edition = given.edition()
    one, two, three = edition.items[:3]
    one, three = replace(one, inbound=2), replace(three, inbound=1)
    edition = replace(edition, items=(one, two, three, *edition.items[3:]))
    again = replace(one, id="urn:again")
    edition = popular(edition, one, again, two, three)
    (index,) = [document for document in pages(edition) if document.path == "index.html"]
    names = tree(index).xpath("//section[@class='popular']//span[@class='from']/text()")
    assert names == [
        "Harbour Notes · Links\xa02 · Comments\xa01,204",
        "Vườn Sau Nhà · Comments\xa03",
        "دفتر الصحراء · Links\xa01",
    ]


def test_popular_posts_of_two_sources_are_no_list() -> None:
    """It would say nothing that the page does not."""
    edition = given.edition()
    one, two = edition.items[:2]
    edition = popular(edition, one, replace(one, id="urn:again"), two)
    (index,) = [document for document in pages(edition) if document.path == "index.html"]
    assert not tree(index).xpath("//section[@class='popular']")


def test_no_comments_are_no_number() -> None:
    """A link to the comments stands without a nought."""
    edition = given.edition()
    item = edition.items[0]
    quiet = replace(item, post=replace(item.post, comment_count=0))
    site = {d.path: d for d in pages(replace(edition, items=(quiet, *edition.items[1:])))}
    page = tree(site[post_path(item.id)])
    assert page.xpath("//a[@class='comments']")[0].text_content().strip() == "Comments"


@pytest.mark.parametrize(
    ("summary", "shown"),
    [
        ("The boats stay in. […]", "The boats stay in. …"),
        ("The boats stay in [...]", "The boats stay in …"),
        ("Boats. Continue reading →", "Boats. …"),
        ("https://harbour.example/boats?id=1", ""),
        ("Your browser does not support the audio element.", ""),
        ("[…]", ""),
        ("Read more »", ""),
        ("https://harbour.example/a https://harbour.example/b", ""),
        ("Sorry, your browser doesn’t support embedded videos.", ""),
        ("Your browser cannot play this video", ""),
        (
            "Your browser does not support it. Mine does, since the spring.",
            "Your browser does not support it. Mine does, since the spring.",
        ),
        ("There is no excerpt because this is a protected post.", ""),
        ("See https://harbour.example/ for the rest", "See https://harbour.example/ for the rest"),
        ("And so it went on ...", "And so it went on ..."),
    ],
)
def test_an_excerpt_says_something(summary: str, shown: str) -> None:
    """No bare address, no mark of a cut, no player's words for old browsers."""
    assert excerpt(summary) == shown


@pytest.mark.slow
@pytest.mark.parametrize("whole", ["full", "excerpt"])
def test_a_planet_with_all_kinds_of_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: str
) -> None:
    """Feeds by source and language, tags, charts: three clicks to each page, no link to nothing."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SAMPLES, tmp_path / "samples")
    text = (SAMPLES.parent / "feeds.toml").read_text("utf-8")
    more = "limit = 20\nper_source = true\nper_language = true\nactivity = true\nsearch = true\n"
    text = text.replace('pages = "full"\n', f'pages = "{whole}"\n{more}')
    tagged = text.replace('.xml"\n', '.xml"\ntags = ["Việt Nam", "R&D / fun"]\n')
    (tmp_path / "feeds.toml").write_text(tagged, "utf-8")
    assert main(["run", "-q"]) == 0
    folder = tmp_path / "public"
    site = published(folder)
    assert len([path for path in site if path.startswith("sources/tags/")]) == 2
    depths = clicks(site)
    assert set(site) == set(depths)
    assert max(depths.values()) <= 3
    for path, document in site.items():
        for href in tree(document).xpath("//a/@href[not(contains(., ':'))]"):
            target = unquote(urlsplit(urljoin(f"http://site/{path}", href)).path)[1:]
            assert target.endswith("search") or (folder / target).is_file(), (path, href)


def test_check_names_a_page_that_nothing_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own link to itself is none. A site as a run makes it has no such page."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SAMPLES, tmp_path / "samples")
    shutil.copy(SAMPLES.parent / "feeds.toml", tmp_path)
    assert main(["run"]) == 0
    capsys.readouterr()
    assert main(["check", "--offline"]) == 0
    assert "leads to" not in capsys.readouterr().out
    for page in (tmp_path / "public").rglob("*.html"):
        if page.parent.name != "archive":
            page.write_bytes(page.read_bytes().replace(b"archive/index.html", b"index.html"))
    assert main(["check", "--offline"]) == 0
    said = capsys.readouterr().out
    assert "1 page that no other page leads to, such as archive/index.html;" in said


def test_check_reads_feeds_by_source_and_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It tells of one that the main feed does not lead to, and of a document that is broken."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SAMPLES, tmp_path / "samples")
    text = (SAMPLES.parent / "feeds.toml").read_text("utf-8")
    settings = 'per_source = true\nper_language = true\ntags = ["trains"]\n'
    text = text.replace("[feed]\n", f"[feed]\n{settings}", 1)
    text = text.replace('rivers.json"\n', 'rivers.json"\ntags = ["trains"]\n')
    text = text.replace('pho.atom"\n', 'pho.atom"\nid = "pho"\n')
    more = '\n[[feeds]]\nname = "all"\ntitle = "All"\nformats = ["rss"]\ntags = []\n'
    (tmp_path / "feeds.toml").write_text(text + more, "utf-8")
    assert main(["run", "-q"]) == 0
    assert main(["check", "--offline"]) == 0
    said = capsys.readouterr().out
    assert "by-source/pho: no page of the main feed leads here: [feed] does not take" in said
    assert "by-language" not in said
    folder = tmp_path / "public/by-language/en"
    (folder / "rss.xml").write_text("<rss", "utf-8")
    for other in (tmp_path / "public").rglob("*.html"):
        other.write_bytes(other.read_bytes().replace(b"by-language/en/index.html", b"index.html"))
    assert main(["check", "--offline"]) == 1
    said = capsys.readouterr().out
    assert f"error: {folder / 'rss.xml'}: " in said
    assert f"warning: {folder}: no page of the main feed leads here" in said
