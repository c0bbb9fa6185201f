"""A visitor searches what is published: `/search` of `serve`, from the index that a run keeps."""

from __future__ import annotations

import http.client
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import loopback
import pytest
from acceptance_helpers import START, Planet, feed, item
from lxml import html

from syndicator import pipeline, search
from syndicator.serve import search as search_page
from syndicator.store import SearchTimeout, Store

BLOG, LETTER = "https://blog.example", "https://letter.example"
FERRY = "<p>The ferry stopped at the salt store. <b>Nobody</b> rowed &amp; the calves waited.</p>"


def many(count: int) -> list[str]:
    return [
        item(f"Ferry {n}", f"{BLOG}/{n}", f"<p>Crossing number{n}</p>", START - timedelta(days=n))
        for n in range(count)
    ]


def planet(
    folder: Path, site: loopback.Site, *items: str, head: str = "search = true", rest: str = ""
) -> Planet:
    """A planet of one blog, after its first run."""
    site.pages["/blog.xml"] = feed("Blog", BLOG, *items)
    made = Planet(folder, site, ("/blog.xml", f'id = "blog"\n{rest}'), head=head)
    made.run()
    return made


def serving(made: Planet) -> AbstractContextManager[tuple[str, int]]:
    """Serve what a planet published, with its search."""
    config = made.config()
    folder = config.feeds[0].output
    return loopback.serving(folder, search_page.routes(config, folder))


def ask(
    at: tuple[str, int], path: str = "/search", **parameters: object
) -> tuple[int, dict[str, str], str]:
    """Return status, headers and page of a search; `month`, `source` ... are parameters."""
    with closing(http.client.HTTPConnection(*at, timeout=30)) as connection:
        connection.request("GET", f"{path}?{urlencode(parameters)}")
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read().decode("utf-8")


def titles(at: tuple[str, int], **parameters: object) -> list[str]:
    """Return the titles of what a search finds."""
    status, _, page = ask(at, **parameters)
    assert status == 200
    return nodes(page, "//ol[@class='results']//h2/a/text()")


def nodes(text: str | bytes, path: str) -> list[Any]:
    found: list[Any] = html.fromstring(text).xpath(path)  # type: ignore[assignment]
    return found


def tables(made: Planet) -> list[str]:
    with closing(sqlite3.connect(made.folder / "syndicator.db")) as db:
        query = "SELECT name FROM sqlite_master WHERE name LIKE 'search%'"
        return [name for (name,) in db.execute(query)]


def test_a_word_of_a_post(tmp_path: Path, site: loopback.Site) -> None:
    """The page has the site's look; the passage shows the words marked and escaped, and the title
    leads to the original.
    """
    made = planet(
        tmp_path,
        site,
        item("Why it stopped", f"{BLOG}/1", FERRY, START),
        item("Of bread", f"{BLOG}/2", "<p>Rye and water.</p>", START),
    )
    with serving(made) as at:
        assert titles(at, q="ferry bread") == []
        assert titles(at, q="sal") == []  # a short word stands for itself alone
        status, headers, text = ask(at, q="FERRY calv")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "<mark>ferry</mark> stopped at the salt store. Nobody rowed &amp; the" in text
    assert nodes(text, "//ol[@class='results']//h2/a/@href") == [f"{BLOG}/1"]
    assert nodes(text, "//mark/text()") == ["ferry", "calves"]
    assert nodes(text, "//meta[@name='robots']/@content") == ["noindex"]
    (style,) = nodes(text, "//link[@rel='stylesheet']/@href")
    assert (tmp_path / "public" / style).is_file()


def test_a_style_that_no_page_has_yet(tmp_path: Path, site: loopback.Site) -> None:
    """The answer looks as the published pages do until a run publishes the new style."""
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    made.head += '\naccent = "#0a6e5c"'
    with serving(made) as at:
        (style,) = nodes(ask(at, q="ferry")[2], "//link[@rel='stylesheet']/@href")
    assert (tmp_path / "public" / style).is_file()


def test_a_box_on_each_page(tmp_path: Path, site: loopback.Site) -> None:
    """Its form is a GET to `search` beside the first page, which the page's policy allows."""
    planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    pages = sorted((tmp_path / "public").rglob("*.html"))
    assert len(pages) > 3
    for path in pages:
        text = path.read_bytes()
        up = "../" * (len(path.relative_to(tmp_path / "public").parts) - 1)
        assert nodes(text, "//form/@action") == [f"{up}search"], path
        assert nodes(text, "//form//input/@name") == ["q"]
        (policy,) = nodes(text, "//meta[@http-equiv]/@content")
        assert "form-action 'self'" in policy


def test_a_category_leads_to_a_search(tmp_path: Path, site: loopback.Site) -> None:
    """A category of a post is found as its words in this order; without search it is a word."""
    inside = "<category>Slow &amp; small &quot;boats&quot;</category>"
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START, inside))
    (path,) = (tmp_path / "public" / "posts").rglob("*.html")
    (link,) = nodes(path.read_bytes(), "//ul[@class='tags']//a/@href")
    (query,) = parse_qs(urlsplit(link).query)["q"]
    assert query.split() == ['"Slow', "&", "small", "boats", '"']
    with serving(made) as at:
        assert titles(at, q=query) == ["One"]
    made.head = ""
    made.run()
    assert nodes(path.read_bytes(), "//ul[@class='tags']/li/text()") == ['Slow & small "boats"']


def test_no_search_is_wanted(tmp_path: Path, site: loopback.Site) -> None:
    """Without the setting there is no table, no box, and no page at /search."""
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START), head="")
    assert tables(made) == []
    assert b"<form" not in b"".join(made.files().values())
    with serving(made) as at:
        assert ask(at, q="ferry")[0] == 404


def test_search_is_switched_off(tmp_path: Path, site: loopback.Site) -> None:
    """The next run takes the index out of the state file, and the box off the pages."""
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    assert "search_words" in tables(made)
    made.head = ""
    made.run()
    assert tables(made) == []
    assert b"<form" not in b"".join(made.files().values())


def test_search_is_switched_on(tmp_path: Path, site: loopback.Site) -> None:
    """Until the next run has indexed what is published, the answer is 503 and says so."""
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START), head="")
    made.head = "search = true"
    with serving(made) as at:
        status, headers, text = ask(at, q="ferry")
        assert (status, headers["retry-after"]) == (503, "1")
        assert "next run" in text
        made.run()
        assert titles(at, q="ferry") == ["One"]


def test_a_run_with_nothing_new(tmp_path: Path, site: loopback.Site) -> None:
    """It changes no document and indexes nothing."""
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    before = made.files()
    made.run()
    assert made.files() == before
    with Store(tmp_path / "syndicator.db") as store:
        assert store.search.waiting(9) == []


def test_a_post_that_changed(tmp_path: Path, site: loopback.Site) -> None:
    """It is found by its new words, and no more by those that it lost."""
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    changed = item("One", f"{BLOG}/1", "<p>The tramway is late again, said Ann.</p>", START)
    site.pages["/blog.xml"] = feed("Blog", BLOG, changed)
    made.run()
    with serving(made) as at:
        assert titles(at, q="tramway") == ["One"]
        assert titles(at, q="ferry") == []


def test_a_post_that_was_withdrawn(tmp_path: Path, site: loopback.Site) -> None:
    """It is found no more at once, before the next run."""
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    with serving(made) as at:
        assert titles(at, q="ferry") == ["One"]
        pipeline.withdraw(made.config(), f"{BLOG}/1", made.now)
        assert titles(at, q="ferry") == []


@pytest.mark.parametrize("rest", ["private = true\npublish = true", "publish = false"])
def test_a_private_source(tmp_path: Path, site: loopback.Site, rest: str) -> None:
    """Its posts are never found, nor is it among the sources to choose."""
    site.pages["/letter.xml"] = feed("Letter", LETTER, item("Two", f"{LETTER}/2", FERRY, START))
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    made.sources.append(("/letter.xml", f'id = "letter"\n{rest}'))
    made.run()
    with serving(made) as at:
        assert titles(at, q="ferry") == ["One"]
        assert "Letter" not in ask(at, q="ferry")[2]


def test_a_source_that_was_removed(tmp_path: Path, site: loopback.Site) -> None:
    """Its posts are found no more after the next run."""
    site.pages["/letter.xml"] = feed("Letter", LETTER, item("Two", f"{LETTER}/2", FERRY, START))
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", "<p>A ferry sank.</p>", START))
    made.sources.append(("/letter.xml", 'id = "letter"\n[sources.related]\ncopies = "off"'))
    made.sources[1] = ("/letter.xml", 'id = "letter"')
    made.run()
    with serving(made) as at:
        assert sorted(titles(at, q="ferry")) == ["One", "Two"]
    made.sources.pop()
    made.run()
    with serving(made) as at:
        assert titles(at, q="ferry") == ["One"]


def test_only_a_summary_may_be_published(tmp_path: Path, site: loopback.Site) -> None:
    """Words of the body that the source's `content` keeps back find nothing and are not shown."""
    body = f"<p>{'Rain fell on the harbour all day. ' * 30}</p><p>The secretword came last.</p>"
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", body, START), rest='content = "summary"')
    with serving(made) as at:
        assert titles(at, q="harbour") == ["One"]
        assert titles(at, q="secretword") == []


def test_a_choice_of_source_tag_and_month(tmp_path: Path, site: loopback.Site) -> None:
    """Each narrows what is found; the form offers those that are there, in the site's language."""
    site.pages["/letter.xml"] = feed("Letter", LETTER, item("Two", f"{LETTER}/2", FERRY, START))
    march = START.replace(month=3)
    made = planet(
        tmp_path,
        site,
        item("One", f"{BLOG}/1", "<p>A ferry sank.</p>", march),
        head='search = true\nlanguage = "vi"\ntimezone = "Asia/Ho_Chi_Minh"',
    )
    made.sources.append(("/letter.xml", 'id = "letter"\ntags = ["islands"]'))
    made.run()
    with serving(made) as at:
        assert sorted(titles(at, q="ferry")) == ["One", "Two"]
        assert titles(at, q="ferry", source="blog") == ["One"]
        assert titles(at, q="ferry", tag="islands") == ["Two"]
        assert titles(at, q="ferry", month=f"{START:%Y-%m}") == ["Two"]
        assert titles(at, q="ferry", month=f"{march:%Y-%m}", source="letter") == []
        assert len(titles(at, q="ferry", month="2026-13", source="")) == 2
        text = ask(at, q="ferry", month=f"{march:%Y-%m}")[2]
    assert nodes(text, "//html/@lang") == ["vi"]
    assert nodes(text, "//select[@name='source']/option/@value") == ["", "blog", "letter"]
    assert nodes(text, "//select[@name='tag']/option/@value") == ["", "islands"]
    assert nodes(text, "//select[@name='month']/option[@selected]/text()") == ["tháng 3 năm 2026"]


def test_more_than_a_page_is_found(tmp_path: Path, site: loopback.Site) -> None:
    """Twenty stand on a page, each post on one; the links carry the words along."""
    made = planet(tmp_path, site, *many(45), head="search = true\njoin = 50")
    with serving(made) as at:
        pages = [titles(at, q="ferry", page=page) for page in (1, 2, 3)]
        text = ask(at, q="ferry", page=2)[2]
        assert titles(at, q="ferry", page="99999999999999999999") == pages[0]
    assert list(map(len, pages)) == [20, 20, 5]
    assert len({title for page in pages for title in page}) == 45
    assert nodes(text, "//nav[@class='turns']/a/@href")[2] == "search?q=ferry&page=3"
    assert nodes(text, "//nav[@class='turns']/a[@aria-current]/text()") == ["2"]
    (found,) = nodes(text, "//p[@role='status']")
    assert found.text_content().strip() == "“ferry” (45)"


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("東京都の古い家を直す。", "東京"), ("東京都の古い家を直す。", "京都"),
        ("今天下雨，渡船停了。", "渡船"), ("서울에서 배가 멈췄다.", "서울"),
        ("เรือข้ามฟากหยุดแล้ว", "ข้ามฟาก"), ("हिन्दी में नाव रुक गई।", "हिन्दी"),
        ("Đường phố đông đúc", "duong pho"), ("Đường phố đông đúc", "đường phố"),
        ("Паром остановился", "ПАРОМ"), ("ملاحظات عن النجوم", "النجوم"),
        ("Über die Fähre", "uber fahre"), ("the number-crunching", "number-crunching"),
        ("שלום לכל הנוסעים", "לכל"), ("Η βάρκα έφυγε", "βαρκα"), ("Żółty łódź", "zolty lodz"),
        ("كَتَبَ الوَلَدُ", "كتب"), ("Cafe\u0301 Müller", "café"), ("ﬁn de siècle", "siecle"),
    ],
)  # fmt: skip
def test_a_language(tmp_path: Path, site: loopback.Site, body: str, query: str) -> None:
    """Words are found whether or not spaces part them, and without the marks that many leave out."""
    made = planet(
        tmp_path,
        site,
        item("One", f"{BLOG}/1", f"<p>{body}</p>", START),
        item("Other", f"{BLOG}/2", "<p>Rye bread</p>", START),
    )
    with serving(made) as at:
        assert titles(at, q=query) == ["One"]
        assert "<mark>" in ask(at, q=query)[2]


@pytest.mark.parametrize(
    "query",
    [
        '"', '""', '"ferry', "ferry*", "* ferry", "ferry AND", "NOT ferry", "NEAR(ferry", "title:ferry", "^ferry",
        "{title} : ferry", "ferry)", "'; DROP TABLE posts; --", "ferry\0stopped", "ferry\ud800", "\uffff", "-ferry",
        "%", "<script>alert(1)</script>", "ferry " * 5000, "a" * 100_000, "(" * 9000, '"' * 9000, "\u0301", "+ferry",
    ],
)  # fmt: skip
def test_a_hostile_query(tmp_path: Path, site: loopback.Site, query: str) -> None:
    """None is an error, none is markup: words are what is left of it."""
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    text = query.encode("utf-8", "surrogatepass")[:60_000]
    with serving(made) as at:
        status, _, page = ask(at, q=text)
        assert status in (200, 400)  # the server itself refuses a line that is too long
    assert "<script>alert" not in page


def test_a_search_that_takes_too_long(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is broken off at its deadline, and the store can be asked again."""
    monkeypatch.setattr("syndicator.store.search._STEPS", 10)
    made = planet(tmp_path, site, *many(45), head="search = true\njoin = 50")
    with Store(made.folder / "syndicator.db", read_only=True) as store:
        find = store.search.find
        with pytest.raises(SearchTimeout):
            find("", search.expression("ferry"), seconds=-1)
        assert len(find("", search.expression("ferry"))) == 45


def test_many_searches_at_once(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those beyond the few that may be at work are told to come again, and documents are served."""
    monkeypatch.setattr(search_page, "_WAIT", 0.05)
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    state = tmp_path / "syndicator.db"
    with serving(made) as at:
        state.rename(tmp_path / "kept.db")
        os.mkfifo(state)  # whoever opens it waits, as on a disk that hangs
        with ThreadPoolExecutor(20) as threads:
            answers = [threads.submit(ask, at, q="ferry") for _ in range(20)]
            refused = [answer.result()[0] for answer in islice(as_completed(answers), 16)]
            document = ask(at, "/index.html")[0]
            writer = os.open(state, os.O_WRONLY)
            (tmp_path / "kept.db").rename(state)
            os.close(writer)
            late = [answer.result()[0] for answer in answers if answer.result()[0] != 503]
    assert (document, refused, late) == (200, [503] * 16, [200] * 4)


def test_nothing_is_found(tmp_path: Path, site: loopback.Site) -> None:
    """The page says so in the site's language; without words it only asks."""
    made = planet(
        tmp_path,
        site,
        item("One", f"{BLOG}/1", FERRY, START),
        head='search = true\nlanguage = "de"',
    )
    with serving(made) as at:
        assert "Nichts gefunden." in ask(at, q="zeppelin")[2]
        assert "Nichts gefunden." not in ask(at)[2]


def test_the_search_leads_to_other_languages(tmp_path: Path, site: loopback.Site) -> None:
    """To the first page of the feed of each, once a run knows them."""
    vietnamese = "<p>Sáng nay giàn mướp ra bông đầu tiên, nhỏ và vàng.</p>"
    posts = item("Why", f"{BLOG}/1", FERRY, START), item("Mướp", f"{BLOG}/2", vietnamese, START)
    made = planet(tmp_path, site, *posts, head="search = true\nper_language = true")
    with serving(made) as at:
        text = ask(at, q="ferry")[2]
    linked = nodes(text, "//header//ul[@class='languages']//a/@href")
    assert linked == ["by-language/en/index.html", "by-language/vi/index.html"]
    assert all((tmp_path / "public" / path).is_file() for path in linked)


def test_another_feed_has_its_own_search(tmp_path: Path, site: loopback.Site) -> None:
    """`/NAME/search` finds the posts of that feed; feeds made per source have none."""
    site.pages["/letter.xml"] = feed("Letter", LETTER, item("Two", f"{LETTER}/2", FERRY, START))
    made = planet(
        tmp_path,
        site,
        item("One", f"{BLOG}/1", "<p>A ferry sank.</p>", START),
        head="search = true\nper_source = true",
    )
    made.more = '[[feeds]]\nname = "islands"\ntags = ["islands"]'
    made.sources.append(("/letter.xml", 'id = "letter"\ntags = ["islands"]'))
    made.run()
    with serving(made) as at:
        assert sorted(titles(at, q="ferry")) == ["One", "Two"]
        assert titles(at, path="/islands/search", q="ferry") == ["Two"]
        assert ask(at, "/by-source/blog/search", q="ferry")[0] == 404
    page = (tmp_path / "public" / "by-source" / "blog" / "index.html").read_text("utf-8")
    assert "<form" not in page


def test_an_index_full_of_old_versions(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made anew once they outnumber the posts."""
    monkeypatch.setattr("syndicator.store.search._STALE", 2)
    made = planet(tmp_path, site, item("One", f"{BLOG}/1", FERRY, START))
    for number in range(6):
        changed = item("One", f"{BLOG}/1", f"<p>Tramway {number * 'again '} is late.</p>", START)
        site.pages["/blog.xml"] = feed("Blog", BLOG, changed)
        made.run()
    with Store(made.folder / "syndicator.db", read_only=True) as store:
        last = store.connection.value("SELECT max(document) FROM search_documents")
    assert last <= 4
    with serving(made) as at:
        assert titles(at, q="tramway") == ["One"]
