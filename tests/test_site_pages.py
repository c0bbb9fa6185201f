"""Pages as a browser and a search engine get them: whole, valid, in their languages, and nobody's
secret.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
import site_helpers as given
from lxml import html
from msgspec.structs import replace
from site_helpers import pages

from syndicator import languages
from syndicator.errors import PublishError
from syndicator.generator.site import post_path, source_path
from syndicator.model.edition import (
    Departed,
    Document,
    Edition,
    Reference,
    RelatedList,
    SourceListing,
)
from syndicator.model.feed import Person
from syndicator.model.post import Post
from syndicator.model.settings import Feed


def made(edition: Edition, **options: object) -> dict[str, Document]:
    """Return all pages by path."""
    return {
        document.path: document for document in pages(edition, archives=given.archives(), **options)
    }


def tree(document: Document) -> html.HtmlElement:
    return html.document_fromstring(document.body.decode())


@pytest.fixture(scope="module")
def site() -> dict[str, Document]:
    return made(given.edition())


def first(edition: Edition, **changes: object) -> Edition:
    """Return the edition with its first post changed."""
    item = edition.items[0]
    return replace(
        edition, items=(replace(item, post=replace(item.post, **changes)), *edition.items[1:])
    )


# -- validity
# -------------------------------------------------------------------------------------------


def htmls(documents: dict[str, Document]) -> Iterator[tuple[str, str]]:
    return (
        (path, document.body.decode())
        for path, document in documents.items()
        if path.endswith(".html")
    )


def test_every_page_of_a_full_site_is_valid_html(site: dict[str, Document]) -> None:
    """The HTML standard's own parser finds no error in any page."""
    for path, text in htmls(site):
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(text)
        assert not parser.errors, (path, parser.errors[:3])


def hostile() -> Edition:
    """An edition whose sources try to leave every place that a page has for them."""
    evil = "\"><script>alert(1)</script>{{ 7 * 7 }}<!-- ' &amp; \x00\ud800"
    edition = given.edition(title=evil, description=evil, contact="javascript:alert(1)")
    item = edition.items[0]
    scheme = "javascript:alert(1)"
    post = replace(
        item.post, title=evil, summary=evil, link=scheme, comments=scheme, rights=evil, licence=scheme,
        authors=(Person(evil, scheme),), image=replace(given.picture("a", evil), url=scheme),
        enclosures=(replace(given.items()[5].post.enclosures[0], url=scheme, title=evil),),
    )  # fmt: skip
    source = replace(
        item.source,
        name=evil,
        link=scheme,
        feed=scheme,
        licence=scheme,
        description=evil,
        rights=evil,
    )
    link = Reference("x", evil, scheme, evil)
    bad = replace(
        item,
        post=post,
        source=source,
        also=(link,),
        related=(RelatedList("source", evil, "en", (link,)),),
    )
    return replace(edition, items=(bad,), popular=(link,), sources=(source,), archives=0)


def test_a_source_that_writes_markup_into_every_field_stays_text() -> None:
    """No field of a source or of the settings becomes markup, an attribute, a template or a
    script's address.
    """
    for path, text in htmls({d.path: d for d in pages(hostile())}):
        page = html.document_fromstring(text)
        for script in page.xpath("//script"):  # a block of data: a browser runs no such type
            assert dict(script.attrib) == {"type": "application/ld+json"}, path
            assert not set("<>&") & set(script.text), path
            assert json.loads(script.text)["@type"] == "BlogPosting"
        assert not [a for a in page.xpath("//@href | //@src | //@content[contains(., 'javascript:')]")
                    if a.strip().lower().startswith("javascript:")], path  # fmt: skip
        assert "49" not in re.sub(r"[0-9a-f]{16}", "", text), path


def test_pages_agree_on_what_there_is(site: dict[str, Document]) -> None:
    """Every link from page to page leads to a page that is there, or to a document of the feed."""
    feeds = {"rss.xml", "atom.xml", "feed.json", "opml.xml"}
    for path, text in htmls(site):
        for href in html.document_fromstring(text).xpath("//@href"):
            if not urlsplit(href).scheme and not href.startswith("#"):
                target = urlsplit(urljoin(f"http://h/{path}", href)).path.lstrip("/")
                assert target in site or target in feeds, (path, href)


# -- for people who don't look at it
# ----------------------------------------------------------------------


def test_headings_landmarks_and_names_are_in_order(site: dict[str, Document]) -> None:
    """One h1, no level skipped on our part, one main, labelled pictures and scrollers, ids once."""
    for path, text in htmls(site):
        page = html.document_fromstring(text)
        levels = [int(tag.tag[1]) for tag in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == 1 or path == "index.html", path
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        assert (
            len(page.xpath("//main"))
            == len(page.xpath("//header[contains(@class, 'masthead')]"))
            == 1
        ), path
        assert not page.xpath("//img[not(@alt)]"), path
        assert not page.xpath("//iframe[not(@title)]"), path
        assert not page.xpath(
            "//table[not(ancestor::div[@class='wide' and @tabindex and @aria-label])]"
        ), path
        assert not page.xpath("//pre[not(@tabindex)]"), path
        assert not [i for i, times in Counter(page.xpath("//@id")).items() if times > 1], path
        assert page.xpath("//a[@class='skip']/@href") == ["#main"], path
        assert all(
            a.text_content().strip() or a.xpath(".//img/@alt") for a in page.xpath("//a[@href]")
        ), path


def test_a_post_says_its_language_and_direction() -> None:
    """An Arabic post in an English feed runs from right to left, our line above it does not."""
    edition = given.edition()
    page = tree(made(edition)[post_path(edition.items[2].id)])
    (article,) = page.xpath("//article")
    assert (article.get("lang"), article.get("dir")) == ("ar", "rtl")
    assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
    assert page.xpath("//article//p[contains(@class, 'meta')]/@dir") == ["ltr"]


@pytest.mark.parametrize(
    ("language", "direction", "date"),
    [
        ("vi", "ltr", "24 tháng 11, 2026"),
        ("ar", "rtl", "24 نوفمبر 2026"),
        ("ja", "ltr", "2026年11月24日"),
        ("pt-BR", "ltr", "24 de novembro de 2026"),
    ],
)
def test_dates_and_labels_are_in_the_language_of_the_feed(
    language: str, direction: str, date: str
) -> None:
    """Whatever the language of the post."""
    edition = given.edition(language=language)
    page = tree(made(edition)[post_path(edition.items[0].id)])
    assert (page.get("lang"), page.get("dir")) == (language, direction)
    assert page.xpath("//article//time")[0].text == date
    assert page.xpath("//a[@class='comments']")[0].text.strip() == languages.label(
        language, "comments"
    )


@pytest.mark.parametrize(
    ("language", "year", "day"),
    [("fa", "۲۰۲۶", "۲۴"), ("bn", "২০২৬", "২৪"), ("mr", "२०२६", "२४"), ("ar", "2026", "24")],
)
def test_digits_are_those_of_the_language(language: str, year: str, day: str) -> None:
    """As CLDR has them: Persian and Bengali their own, Arabic the European ones."""
    shown = made(given.edition(language=language))
    post = tree(shown[post_path(given.edition().items[0].id)])
    (date,) = post.xpath("//time[@class='dt-published']/text()")
    assert year in date
    assert day in date


def test_days_are_those_of_the_feeds_time_zone(site: dict[str, Document]) -> None:
    """On all pages, under days of theirs; dates for machines stay as they are, and each page is
    made again.
    """
    edition = given.edition(timezone="Asia/Ho_Chi_Minh", language="vi")
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    shown = replace(edition.items[0], published=late, updated=late.replace(hour=20, day=30))
    edition = replace(edition, items=(shown, *edition.items[1:20], replace(shown, id="urn:line")))
    documents = made(edition)
    post, index = tree(documents[post_path(shown.id)]), tree(documents["index.html"])
    time, card = post.xpath("//article//time")[0], index.xpath("//article//time")[0]
    assert (time.text, time.get("datetime")) == ("1 tháng 11, 2026", "2026-10-31T23:30:00Z")
    assert (card.text, card.get("datetime")) == ("06:30", "2026-10-31T23:30:00Z")
    assert index.xpath("//h2[@class='day'][1]/text()")[0] == "Chủ Nhật, 1 tháng 11, 2026"
    assert post.xpath("//meta[@property='article:published_time']/@content") == [
        "2026-10-31T23:30:00Z"
    ]
    last = index.xpath("//section[@class='month']")[-1]
    assert (last.xpath("h2")[0].text, last.xpath(".//time")[-1].text) == (
        "Chủ Nhật, 1 tháng 11, 2026",
        "06:30",
    )
    again = made(given.edition(timezone="Asia/Ho_Chi_Minh"), known=digests(site))
    assert set(again) >= {path for path in site if path.endswith(".html")}


@pytest.mark.parametrize(
    ("zone", "said"), [("UTC", "UTC"), ("Asia/Ho_Chi_Minh", "Asia/Ho Chi Minh")]
)
def test_pages_say_whose_clock_their_times_are_of(zone: str, said: str) -> None:
    """At the foot of each, so that "09:06" can be understood elsewhere."""
    for path, document in made(given.edition(timezone=zone)).items():
        if path.endswith(".html"):
            assert tree(document).xpath("//p[@class='small']/span/text()") == [said], path


def test_an_update_on_another_day_is_one_in_the_feeds_time_zone() -> None:
    """A post of the evening that is changed after the midnight of its readers says when."""
    edition = given.edition(timezone="Asia/Ho_Chi_Minh")
    evening = datetime(2026, 11, 24, 16, tzinfo=UTC)
    changed = replace(edition.items[0], published=evening, updated=evening.replace(hour=18))
    page = tree(made(replace(edition, items=(changed,)))[post_path(changed.id)])
    assert [time.text for time in page.xpath("//article//time")] == [
        "November 24, 2026",
        "November 25, 2026",
    ]


def test_a_date_at_the_end_of_the_calendar_has_a_page() -> None:
    """A source's future may be believed, and no zone's clock goes on from there."""
    edition = given.edition(timezone="Asia/Ho_Chi_Minh")
    far = replace(edition.items[0], published=datetime(9999, 12, 31, 23, 30, tzinfo=UTC))
    assert b"December 31, 9999" in made(replace(edition, items=(far,)))[post_path(far.id)].body


def test_the_first_page_shows_as_many_posts_as_the_feed_has(site: dict[str, Document]) -> None:
    """Those that stay in its documents for slow readers are not news; another limit shows at once,
    and there alone.
    """
    assert shown(site["index.html"]) == (12, 24) == (12, len(given.edition().items) - 12)
    fewer = made(given.edition(limit=20), known=digests(site))
    assert set(fewer) == {"index.html"}
    assert shown(fewer["index.html"]) == (12, 8)
    assert fewer["index.html"].posts == 20
    few = made(given.edition(limit=5))["index.html"]
    assert (*shown(few), few.posts) == (12, 0, 12)
    assert not made(given.edition(limit=1000), known=digests(site))


def shown(index: Document) -> tuple[int, int]:
    """Return how many posts the first page shows as cards and as lines, folded ones included."""
    page = tree(index)
    return len(page.xpath("//article")), len(page.xpath("//ol[@class='lines']/li"))


# -- what a post's page holds
# -----------------------------------------------------------------------------


def test_a_page_has_the_parts_of_a_syndicated_post_in_their_order(
    site: dict[str, Document],
) -> None:
    """Title, picture with caption, body, attribution, comments with their number, more from the
    source, popular.
    """
    edition = given.edition()
    text = tree(site[post_path(edition.items[0].id)]).xpath("//main")[0].text_content()
    parts = [
        "The ferry leaves when the water allows it",
        "The slate by the gangway",
        "I have kept a list for eleven years",
        "The post The ferry leaves when the water allows it appeared first on Harbour Notes.",
        "Comments 1,204",
        "View more from Harbour Notes",
        "30 ways to tie what was never loose",
        "Popular posts",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_list_under_a_post_goes_on_with_the_newest_of_its_source(
    site: dict[str, Document],
) -> None:
    """Twenty links: the five frozen ones first, the post itself not among them."""
    edition = given.edition()
    page = tree(site[post_path(edition.items[0].id)])
    links = page.xpath("//section[@class='more'][1]//a/@href")
    frozen = [f"../{post_path(link.id)}" for link in edition.items[0].related[0].links]
    assert len(links) == len(set(links)) == 20
    assert links[:5] == frozen
    assert f"../{post_path(edition.items[0].id)}" not in links


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Ada Quay", ["By Ada Quay"]), ("harbour notes", []), ("Admin", [])],
)
def test_a_byline_names_a_person(name: str, shown: list[str]) -> None:
    """Neither the source once more nor a program's user; machines get the name in any case."""
    edition = first(given.edition(), authors=(Person(name),))
    post = tree(made(edition)[post_path(edition.items[0].id)])
    assert post.xpath("//p[@class='byline']/text()") == shown
    assert post.xpath("//data[@class='p-author']/@value") == [name]


def test_copies_are_named_where_they_stand(site: dict[str, Document]) -> None:
    """All that are known now, one that came after the post was published too; each leads to its own
    site.
    """
    edition = given.edition()
    item = edition.items[0]
    copies = (
        *item.also,
        Reference("urn:late", "The ferry", "https://radio.example/ferry", "Radio Kettle"),
    )
    edition = replace(edition, items=(replace(item, copies=copies), *edition.items[1:]))
    page = tree(made(edition, known=digests(site))[post_path(item.id)])
    assert [(a.text, a.get("href")) for a in page.xpath("//p[@class='also']/a")] == [
        ("The Slow Workshop", item.also[0].url), ("Radio Kettle", "https://radio.example/ferry"),
    ]  # fmt: skip


def test_a_picture_that_the_body_shows_is_not_shown_twice() -> None:
    """Also where the body asks for it in another size."""
    picture = f"{given.MEDIA}ferry.png"
    edition = first(given.edition(), content_html=f'<p><img src="{picture}?w=300" alt="x"></p>')
    page = tree(made(edition)[post_path(edition.items[0].id)])
    assert not page.xpath("//figure[@class='opener']")


def test_third_party_posts_show_an_excerpt_and_the_way_to_the_whole() -> None:
    """Unless the operator has said pages = "full": the text belongs to its source."""
    edition = given.edition(pages="excerpt")
    page = tree(made(edition)[post_path(edition.items[0].id)])
    text = page.xpath("//main")[0].text_content()
    assert "the harbour master writes the difference" in text
    assert "eleven years" not in text
    assert page.xpath("//p[@class='onward']/a/@href") == [edition.items[0].post.link]
    index = tree(made(edition)["index.html"])
    assert index.xpath("//article[1]/h2/a/@href") == [edition.items[0].post.link]
    assert index.xpath("//article[1]//a[@rel='bookmark']/@href") == [post_path(edition.items[0].id)]


def test_an_untitled_post_is_named_by_its_first_words() -> None:
    """On its page, in lists, and for who can't see that it has no title."""
    edition = given.edition()
    documents = made(edition)
    page = tree(documents[post_path(edition.items[3].id)])
    assert page.xpath("//h1")[0].text.startswith("Cut the tail off a function")
    assert page.xpath("//h1/@class") == ["unseen"]
    assert "Cut the tail off" in tree(documents["sources/workshop.html"]).text_content()


def test_an_episode_can_be_played_on_its_page(site: dict[str, Document]) -> None:
    """And what is no sound is a link."""
    page = tree(site[post_path(given.edition().items[5].id)])
    assert page.xpath("//audio/@src") == [f"{given.MEDIA}episode-41.mp3"]
    assert page.xpath("//audio/@preload") == ["none"]
    assert page.xpath("//p[@class='file']/a/text()") == ["Transcript"]


def test_without_pages_of_posts_titles_lead_to_the_originals() -> None:
    """pages = "none": no file for a post, and no link to one."""
    edition = given.edition(pages="none")
    documents = made(edition)
    assert not [path for path in documents if path.startswith("posts/")]
    assert tree(documents["index.html"]).xpath("//article[1]/h2/a/@href") == [
        edition.items[0].post.link
    ]


# -- lists
# ----------------------------------------------------------------------------------------------


def test_the_index_leads_on_to_older_posts_and_those_to_each_other(
    site: dict[str, Document],
) -> None:
    """Cut as the archives are, so that a page of older posts keeps its posts."""
    turn = {path: tree(site[path]).xpath("//p[@class='turn']/a/@href") for path in
            ("index.html", "archive/2.html", "archive/1.html")}  # fmt: skip
    assert turn == {
        "index.html": ["archive/2.html"],
        "archive/2.html": ["../index.html", "1.html"],
        "archive/1.html": ["2.html"],
    }


def test_a_source_page_shows_its_shelf() -> None:
    """Not only what the edition holds of it."""
    edition = given.edition()
    old = Reference(
        "urn:old", "Before there was a harbour", "https://harbour.example/old", published=given.NOON
    )
    documents = made(replace(edition, listings=(SourceListing("harbour", (old,), 900),)))
    assert "Before there was a harbour" in tree(documents["sources/harbour.html"]).text_content()


def test_the_sources_page_says_where_each_post_comes_from_and_how_to_be_removed(
    site: dict[str, Document],
) -> None:
    """Site, feed, licence, contact."""
    hrefs = set(tree(site["sources.html"]).xpath("//main//@href"))
    assert {
        "https://harbour.example/", "https://harbour.example/feed", "https://creativecommons.org/licenses/by/4.0/",
        "mailto:keeper@reader.example",
    } <= hrefs  # fmt: skip


def test_a_private_source_has_no_address_on_any_page(site: dict[str, Document]) -> None:
    """Its posts are there because the operator said so; where they came from is not."""
    for path, text in htmls(site):
        assert "s3cret" not in text, path
        assert "members.example/feed" not in text, path
    assert 'href="https://members.example/"' not in site[source_path("members")].body.decode()


# -- what machines are told
# -------------------------------------------------------------------------------


def test_pages_are_not_for_search_engines_unless_asked(site: dict[str, Document]) -> None:
    """noindex everywhere, and no canonical link that would say otherwise."""
    for path, text in htmls(site):
        page = html.document_fromstring(text)
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"], path
        assert not page.xpath("//link[@rel='canonical']"), path


def test_where_indexing_is_allowed_the_original_is_the_canonical_one() -> None:
    """Except for posts whose source says that they are not to be indexed: those stay noindex."""
    edition = given.edition(index=True)
    one, two = edition.items[:2]
    edition = replace(edition, items=(one, replace(two, post=replace(two.post, noindex=True))))
    documents = made(edition)
    open_page, closed_page = (tree(documents[post_path(item.id)]) for item in edition.items)
    assert open_page.xpath("//link[@rel='canonical']/@href") == [one.post.link]
    assert not open_page.xpath("//meta[@name='robots']")
    assert not closed_page.xpath("//link[@rel='canonical']")
    assert closed_page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_every_page_names_the_feeds(site: dict[str, Document]) -> None:
    """By the names that the operator gave them; OPML is no alternate."""
    edition = given.edition(names={"rss": "rss20.xml"}, formats=("rss", "atom", "opml", "html"))
    for path, text in htmls(made(edition)):
        root = "../" if "/" in path else ""
        links = html.document_fromstring(text).xpath("//link[@rel='alternate']")
        assert [(link.get("type"), link.get("href")) for link in links] == [
            ("application/rss+xml", f"{root}rss20.xml"), ("application/atom+xml", f"{root}atom.xml"),
        ]  # fmt: skip


def test_a_post_can_be_shown_by_who_links_to_it(site: dict[str, Document]) -> None:
    """Open Graph: title, kind, address, picture, site, language."""
    edition = given.edition()
    page = tree(site[post_path(edition.items[1].id)])
    graph = {meta.get("property"): meta.get("content") for meta in page.xpath("//meta[@property]")}
    assert graph["og:title"] == edition.items[1].post.title
    assert graph["og:type"] == "article"
    assert graph["og:url"] == f"https://reader.example/{post_path(edition.items[1].id)}"
    assert graph["og:image"] == f"{given.MEDIA}vuon.png"
    assert graph["og:locale"] == "vi_VN"
    assert graph["article:published_time"] == "2026-11-24T05:00:00Z"


# -- what is made again, and what is not
# --------------------------------------------------------------------


def digests(documents: dict[str, Document]) -> dict[str, str]:
    return {path: document.digest for path, document in documents.items()}


def test_nothing_new_makes_no_page(site: dict[str, Document]) -> None:
    """Not even the style sheet."""
    assert not made(given.edition(), known=digests(site))


def test_a_new_template_leaves_what_was_published_as_it_is(
    site: dict[str, Document], tmp_path: Path
) -> None:
    """Until the operator asks for it."""
    (tmp_path / "post.html").write_text(
        "{% extends 'base.html' %}{% block main %}<h1>Mine</h1>{% endblock %}"
    )
    edition = given.edition(templates=tmp_path)
    assert not made(edition, known=digests(site))
    again = made(edition, known=digests(site), rerender=True)
    path = post_path(edition.items[0].id)
    assert tree(again[path]).xpath("//h1")[0].text == "Mine"
    assert again["index.html"].body == site["index.html"].body


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("<p>\n{% broken", "line 2: "),
        ("<p>{{ nosuch.thing }}", "line 1: 'nosuch' is undefined"),
        ("{% include 'nosuch.html' %}", "line 1: "),  # Jinja2 says it in its own words, by version
        ("<p>\n\n{{ site.title() }}", "line 3: 'str' object is not callable"),
    ],
)
def test_a_template_that_fails_is_named(tmp_path: Path, written: str, says: str) -> None:
    """With its line, in words: it is the operator's, and no traceback of ours helps."""
    (tmp_path / "index.html").write_text(written)
    with pytest.raises(PublishError) as failed:
        made(given.edition(templates=tmp_path))
    assert f"{tmp_path / 'index.html'}, {says}" in str(failed.value)


def test_a_template_in_another_encoding_is_said_to_be(tmp_path: Path) -> None:
    """Templates are UTF-8."""
    (tmp_path / "index.html").write_bytes("<p>Über uns".encode("latin-1"))
    with pytest.raises(PublishError, match=r"a template in .*'utf-8' codec"):
        made(given.edition(templates=tmp_path))


def test_a_style_of_ones_own_has_an_address_of_its_own(
    site: dict[str, Document], tmp_path: Path
) -> None:
    """So that pages made before keep theirs."""
    (tmp_path / "style.css").write_text("body { color: red }")
    ours, mine = ({path for path in documents if path.startswith("style-")} for documents in
                  (site, made(given.edition(templates=tmp_path))))  # fmt: skip
    assert len(ours) == len(mine) == 1
    assert ours != mine


def test_restless_numbers_alone_make_no_page(site: dict[str, Document]) -> None:
    """Popular posts and the time of a source's last change are refreshed when something else is."""
    edition = given.edition()
    item = edition.items[0]
    edition = replace(
        edition, popular=edition.popular[:2],
        items=(replace(item, inbound=9, source=replace(item.source, updated=given.NOON)), *edition.items[1:]),
    )  # fmt: skip
    assert not made(edition, known=digests(site))


def test_a_number_of_comments_makes_its_page_alone(site: dict[str, Document]) -> None:
    """No list shows it. (The edition is looked at when something else changed.)"""
    edition = first(given.edition(), comment_count=2000)
    assert set(made(edition, known=digests(site))) == {post_path(edition.items[0].id)}


def among_others(*others: Feed) -> Edition:
    """Return the edition beside these other feeds."""
    return replace(given.edition(), siblings=others)


def test_feeds_of_each_source_and_language_make_only_the_pages_that_name_them(
    site: dict[str, Document],
) -> None:
    """A planet with a feed for each of its sources adds one without touching what it has
    published.
    """
    boats = Feed(
        "The Low Tide Reader: Harbour Notes", "by-source/harbour", "source", sources=("harbour",)
    )
    persian = Feed("The Low Tide Reader: فارسی", "by-language/fa", "language", languages=("fa",))
    assert set(made(among_others(boats), known=digests(site))) == {
        "sources/harbour.html",
        "sources.html",
    }
    czech = Feed("The Low Tide Reader: čeština", "by-language/cs", "language", languages=("cs",))
    again = made(among_others(persian, czech), known=digests(site))
    assert set(again) == {"index.html"}
    (link,) = tree(again["index.html"]).xpath("//header//a[@hreflang='fa']")
    assert (link.text, link.get("href"), link.get("lang"), link.get("dir")) == (
        "فارسی", "by-language/fa/index.html", "fa", "rtl"
    )  # fmt: skip


def test_a_feed_that_is_written_out_is_named_by_every_page(site: dict[str, Document]) -> None:
    """So each is made again."""
    again = made(
        among_others(Feed("Of the sea", "sea", link="https://reader.example/sea/")),
        known=digests(site),
    )
    pages = {path for path in site if path.endswith(".html")}
    assert set(again) >= pages
    assert all(
        tree(again[path]).xpath("//footer//a[@href='https://reader.example/sea/']")
        for path in pages
    )


def test_a_changed_post_makes_its_page_and_the_lists_that_show_it(
    site: dict[str, Document],
) -> None:
    """And no other post's."""
    edition = first(given.edition(), title="The ferry has left")
    again = made(edition, known=digests(site))
    lists = {"index.html", "sources/harbour.html", "subscribe.html"}
    assert set(again) == {post_path(edition.items[0].id)} | lists


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"}, {"content_html": "<p>Other</p>"}, {"link": "https://other.example/"}, {"summary": "Other"},
        {"comments": "https://other.example/"}, {"language": "fr"}, {"image": None}, {"authors": ()},
        {"categories": ()}, {"rights": "Other"}, {"attribution": None}, {"noindex": True},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_what_a_page_shows_is_in_its_digest(
    site: dict[str, Document], change: dict[str, object]
) -> None:
    """A post whose source changed it in any way that shows is made again."""
    edition = first(given.edition(), **change)
    assert post_path(edition.items[0].id) in made(edition, known=digests(site))


def test_a_withdrawn_post_is_named_by_no_page_any_more(site: dict[str, Document]) -> None:
    """Every page is made again, since any may have had it among its fresh or its popular posts."""
    edition = given.edition()
    gone = edition.items[6].post
    left = tuple(replace(item, related=()) for item in edition.items if item.post.link != gone.link)
    popular = tuple(link for link in edition.popular if link.url != gone.link)
    edition = replace(edition, items=left, popular=popular, departed=Departed(1))
    again = {document.path: document for document in pages(edition, known=digests(site))}
    assert {post_path(item.id) for item in edition.items} | {
        "index.html",
        "sources/workshop.html",
    } <= set(again)
    assert [path for path, text in htmls(again) if post_path(gone.link) in text] == []


def test_a_closed_archive_is_linked_on_when_the_next_one_closes() -> None:
    """Its page is made once more, then never again."""
    edition = given.edition()
    before = {
        d.path: d.digest for d in pages(replace(edition, archives=1), archives=given.archives()[:1])
    }
    after = {d.path: d for d in pages(edition, archives=given.archives(), known=before)}
    assert {"archive/1.html", "archive/2.html"} <= set(after)
    assert not [d for d in pages(replace(edition, archives=3), archives=given.archives(), known=digests(after))
                if d.path == "archive/1.html"]  # fmt: skip


def test_pages_come_before_the_lists_that_link_to_them(site: dict[str, Document]) -> None:
    """In rising rank, so that a run that dies midway leaves no link to nothing."""
    ranks = [document.rank for document in site.values()]
    assert ranks == sorted(ranks)
    assert list(site)[-1] == "index.html"


def test_the_same_edition_gives_the_same_bytes(site: dict[str, Document]) -> None:
    """On any machine, at any time."""
    assert {path: document.body for path, document in made(given.edition()).items()} == {
        path: document.body for path, document in site.items()
    }


# -- a piece for another page
# -----------------------------------------------------------------------------


def test_a_fragment_stands_in_any_page() -> None:
    """Every address in it is absolute, and it brings neither head nor style."""
    edition = given.edition(formats=("rss", "fragment"), names={"fragment": "latest.html"})
    (document,) = pages(edition)
    text = document.body.decode()
    parser = html5lib.HTMLParser()
    parser.parseFragment(text)
    assert not parser.errors
    fragment = html.fragment_fromstring(text)
    assert document.path == "latest.html"
    assert all(href.startswith("https://") for href in fragment.xpath("//@href"))
    assert len(fragment.xpath(".//li")) == 10


def test_without_html_among_the_formats_there_are_no_pages() -> None:
    """Feeds for programs only."""
    assert not list(pages(given.edition(formats=("rss", "atom"))))


def test_an_edition_without_posts_still_has_a_page() -> None:
    """That of a new installation, before its first post."""
    edition = replace(given.edition(), items=(), popular=(), archives=0)
    assert {"index.html", "sources.html"} <= {document.path for document in pages(edition)}


def test_posts_without_anything_but_a_body_have_pages() -> None:
    """No title, no summary, no link, no date of their own, no source language."""
    edition = given.edition()
    item = edition.items[0]
    bare = Post("harbour", item.post.keys, "m", content_html="<p>Hm.</p>")
    source = replace(
        item.source, language="", description="", link="", feed="", licence="", rights=""
    )
    edition = replace(
        edition, items=(replace(item, post=bare, source=source, related=(), also=()),), popular=()
    )
    page = tree({d.path: d for d in pages(edition)}[post_path(item.id)])
    assert page.xpath("//h1")[0].text == "Harbour Notes"
    assert "Hm." in page.text_content()
