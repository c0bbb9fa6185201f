"""The table of sources, their faces, the page for people who open a feed, and the words of the
channel.
"""

from __future__ import annotations

import json
from datetime import timedelta

import generator_helpers as feeds
import pytest
import site_helpers as given
from lxml import etree, html
from msgspec.json import decode
from msgspec.structs import replace
from site_helpers import pages

from syndicator.check import check
from syndicator.generator import generate_one
from syndicator.generator.site import post_path
from syndicator.model.edition import Activity, Document, Edition

CHANNEL = {
    "icon": "https://planet.example.org/icon.png",
    "logo": "https://planet.example.org/logo.png",
    "rights": "© 2026 Planet & friends",
    "ttl": timedelta(hours=2),
    "category": "Arts",
}


def page(edition: Edition, path: str) -> html.HtmlElement:
    (document,) = [document for document in pages(edition) if document.path == path]
    return html.document_fromstring(document.body.decode())


def test_sources_stand_in_a_table_dead_and_silent_ones_last() -> None:
    """By the day of their newest post, with the number of their posts."""
    edition = given.edition()
    activity = {
        "radio": Activity(3, given.NOON + timedelta(days=1), is_dead=True),
        "harbour": Activity(1234, given.NOON - timedelta(days=3)),
        "vuon": Activity(2, given.NOON),
    }
    rows = page(replace(edition, activity=activity), "sources.html").xpath("//tbody/tr")
    names = [row.xpath("th//a | th/span")[0].text_content().strip() for row in rows]
    assert names[:3] == ["Vườn Sau Nhà", "Harbour Notes", "Radio Kettle"]
    assert rows[1].xpath("td[@class='count']/text()") == ["1,234"]
    assert rows[1].xpath("td[@class='day']/time/text()") == ["November 21, 2026"]
    assert not rows[3].xpath("td[@class='day']/time")


def test_the_table_has_no_column_that_is_empty_for_all() -> None:
    """Licences and feeds are left out where no source has one; a private source names none."""
    edition = given.edition()
    columns = [cell.text for cell in page(edition, "sources.html").xpath("//thead//th")]
    assert columns == ["Sources", "Updated", "All posts", "Website", "Feed", "Licence"]
    bare = tuple(replace(info, feed="", licence="", rights="") for info in edition.sources)
    shown = page(replace(edition, sources=bare), "sources.html")
    assert [cell.text for cell in shown.xpath("//thead//th")] == columns[:4]
    assert {len(row) for row in shown.xpath("//tbody/tr")} == {4}


def test_a_count_names_itself() -> None:
    """A telephone shows no heads of columns, so the style puts this label before the number."""
    counts = page(given.edition(language="vi"), "sources.html").xpath("//td[@class='count']")
    assert {count.get("data-label") for count in counts} == {"Tất cả bài viết"}


def test_a_source_has_its_picture_where_asked_for() -> None:
    """By a link to it; else the coloured dot. A private one keeps its dot."""
    edition = given.edition(faces="link")
    item = edition.items[0]
    faced = replace(item.source, image="https://harbour.example/face.png")
    hidden = replace(faced, id="members", private=True)
    items = (replace(item, source=faced), replace(item, id="urn:p", source=hidden))
    shown = page(replace(edition, items=items), "index.html")
    assert shown.xpath("//article//img[@class='face']/@src") == [faced.image]
    plain = page(replace(given.edition(), items=items), "index.html")
    assert not plain.xpath("//img[@class='face']")


def test_the_page_of_a_source_names_it_once() -> None:
    """In its heading; a second time only where its words on rights name it."""
    edition = given.edition()
    for info in edition.sources:
        shown = page(edition, f"sources/{info.id}.html")
        (body,) = shown.xpath("//body")
        assert body.text_content().count(info.name) == 1 + info.rights.count(info.name)


def test_a_person_who_opens_a_feed_is_told_how_to_follow_it() -> None:
    """Addresses to copy, readers for each system, the newest titles; in the language of the
    feed.
    """
    shown = page(given.edition(language="vi"), "subscribe.html")
    assert shown.xpath("//h1/text()") == ["Theo dõi"]
    assert shown.xpath("//code/text()")[0].endswith("/rss.xml")
    assert shown.xpath("//code/text()")[0].startswith("https://reader.example/")
    assert len(shown.xpath("//dl[@class='readers']/dt")) >= 4
    assert len(shown.xpath("//ul[@class='lines']/li")) == 10
    assert "trình đọc" in shown.xpath("//p[@class='tagline']")[0].text_content()
    assert shown.xpath("//p[@class='facts']/a[@type='text/x-opml']/text()") == ["Nguồn (OPML)"]


def test_a_feed_of_pages_alone_has_no_page_to_subscribe() -> None:
    """There is nothing to copy, so no page leads to it."""
    for formats in (("html", "opml"), ("html",)):
        documents = list(pages(given.edition(formats=formats)))
        assert "subscribe.html" not in {document.path for document in documents}
        for document in documents:
            assert b'subscribe.html"' not in document.body
            assert (b'id="subscribe"' in document.body) <= ("opml" in formats)


def test_a_page_names_what_it_takes_up() -> None:
    """h-entry with the original as u-repost-of, its name, author and date; the sources as a
    blogroll.
    """
    edition = given.edition()
    shown = page(edition, post_path(edition.items[0].id))
    (entry,) = shown.xpath("//article[contains(@class, 'h-entry')]")
    original = edition.items[0].post.link
    assert entry.xpath(".//*[contains(@class, 'u-repost-of')]/@value") == [original]
    assert entry.xpath(".//time[@class='dt-published']/@datetime") == ["2026-11-24T12:00:00Z"]
    names = [person.name for person in edition.items[0].post.authors]
    assert entry.xpath(".//*[contains(@class, 'p-author')]/@value") == names
    assert shown.xpath("//link[@rel='blogroll']/@href") == ["../opml.xml"]


def test_a_page_is_described_by_words_that_say_something() -> None:
    """As in lists: without the mark of a cut. A page without a picture of its own has the logo."""
    edition = given.edition(logo="https://planet.example/logo.png")
    item = edition.items[0]
    cut = replace(item, post=replace(item.post, summary="The boats stay in. […]"))
    edition = replace(edition, items=(cut,))
    shown = page(edition, post_path(item.id))
    for name in ("@name='description'", "@property='og:description'"):
        assert shown.xpath(f"//meta[{name}]/@content") == ["The boats stay in. …"]
    index = page(edition, "index.html")
    assert index.xpath("//meta[@property='og:image']/@content") == [edition.feed.logo]


def test_a_page_tells_programs_what_it_is_based_on() -> None:
    """JSON-LD with the original, the author and the date; only pages of posts have it."""
    edition = given.edition()
    shown = page(edition, post_path(edition.items[0].id))
    (text,) = shown.xpath("//head/script[@type='application/ld+json']/text()")
    facts = json.loads(text)
    post = edition.items[0].post
    assert (facts["@context"], facts["@type"]) == ("https://schema.org", "BlogPosting")
    assert facts["isBasedOn"] == post.link
    assert facts["author"] == [{"@type": "Person", "name": post.authors[0].name}]
    assert facts["datePublished"] == "2026-11-24T12:00:00Z"
    assert facts["isPartOf"]["name"] == edition.feed.title
    assert not page(edition, "index.html").xpath("//script")


def document(form: str, **fields: object) -> Document:
    feed = replace(feeds.FEED, **fields)
    return generate_one(replace(feeds.EDITION, feed=feed), form)


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_a_channel_with_all_its_words_is_valid(form: str) -> None:
    """Icon, logo, rights, ttl and the podcast fields; no problem in any."""
    made = document(form, podcast=True, **CHANNEL)
    assert [str(problem) for problem in check(made.body, made.type)] == []


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_a_channel_without_them_is_as_it_was(form: str) -> None:
    """They appear only where they are set."""
    body = document(form).body
    for word in (b"logo", b"<ttl>", b"<copyright>", b'"icon"', b"<icon>", b"itunes:category"):
        assert word not in body


def test_the_words_of_an_rss_channel() -> None:
    """Each in the element that RSS and the podcast directories have for it."""
    root = etree.fromstring(document("rss", podcast=True, **CHANNEL).body)
    channel = root[0]
    itunes = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
    assert channel.findtext("copyright") == CHANNEL["rights"]
    assert channel.findtext("ttl") == "120"
    assert channel.findtext("image/url") == CHANNEL["logo"]
    assert channel.find(f"{itunes}image").get("href") == CHANNEL["logo"]
    assert channel.find(f"{itunes}category").get("text") == "Arts"
    owner = channel.find(f"{itunes}owner")
    said = [owner.findtext(f"{itunes}{name}") for name in ("name", "email")]
    assert said == [feeds.FEED.title, feeds.FEED.contact]


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_podcast_without_the_words_of_a_podcast(form: str) -> None:
    """Its posts have sound alone: with `podcast` the channel says all the same what it is."""
    (item,) = feeds.EDITION.items[:1]
    sound = replace(item, post=replace(item.post, episode=None))
    feed = replace(feeds.FEED, podcast=True, **CHANNEL)
    made = generate_one(replace(feeds.EDITION, feed=feed, items=(sound,)), form)
    assert b'<itunes:category text="Arts"/>' in made.body
    assert b"<itunes:block>" not in made.body
    assert [str(problem) for problem in check(made.body, made.type)] == []


def test_the_words_of_atom_and_json() -> None:
    """atom:icon, atom:logo, atom:rights; JSON Feed's icon is the large one, its favicon the small
    one.
    """
    root = etree.fromstring(document("atom", **CHANNEL).body)
    atom = "{http://www.w3.org/2005/Atom}"
    names = ("icon", "logo", "rights")
    assert [root.findtext(atom + name) for name in names] == [CHANNEL[name] for name in names]
    feed = decode(document("json", **CHANNEL).body)
    assert (feed["icon"], feed["favicon"]) == (CHANNEL["logo"], CHANNEL["icon"])
