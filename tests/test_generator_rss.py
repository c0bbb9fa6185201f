"""rss: what podcast clients, feed readers and the validator stumble over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from generator_helpers import EDITION, EPISODE, ITEM, SOURCE, edition, item
from lxml import etree
from msgspec.structs import replace

from syndicator.generator import generate_one as one
from syndicator.model.edition import Item
from syndicator.model.feed import Enclosure, Episode, Origin, Person

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


def channel(*items: Item, **fields: object) -> etree._Element:
    return etree.fromstring(one(edition(*items, **fields), "rss").body)[0]


def only(**fields: object) -> etree._Element:
    found = channel(item(**fields)).find("item")
    assert found is not None
    return found


def test_guid_that_is_no_link() -> None:
    """An id that is not the post's address says so, or readers would open it."""
    assert only().find("guid").get("isPermaLink") == "false"


def test_guid_that_is_the_link() -> None:
    """An id that is the post's address is a permalink."""
    found = channel(replace(item(), id="https://cats.example.org/1")).find("item/guid")
    assert (found.text, found.get("isPermaLink")) == ("https://cats.example.org/1", "true")


def test_id_that_is_no_uri() -> None:
    """An id that Atom could not hold is a UUID made of it, the same in every format."""
    found = edition(replace(item(), id="post 1"))
    guid = etree.fromstring(one(found, "rss").body).findtext("channel/item/guid")
    assert guid == "urn:uuid:59de5eec-c53a-5bb2-bc4f-a1c7124a67f8"
    assert guid.encode() in one(found, "atom").body
    assert guid.encode() in one(found, "json").body


def test_untitled() -> None:
    """An untitled post has no title: readers show its text, as they do for microblogs."""
    assert only(title="").find("title") is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("AT&T < IBM", "AT&T < IBM"),
        ("the <b> tag", "the &lt;b&gt; tag"),
        ("&amp; is an entity", "&amp;amp; is an entity"),
    ],
)
def test_plain_title_where_readers_expect_html(title: str, text: str) -> None:
    """A title that would be taken for markup is escaped as HTML, any other is not."""
    assert only(title=title).findtext("title") == text


def test_escapes_of_plain_text() -> None:
    """In plain text `&` and `<` are written by number, as the Best Practices Profile asks; in HTML
    they are not.
    """
    body = one(edition(item(title="the <b> tag & AT&T", summary="R&D")), "rss").body
    assert b"<title>the &#x26;lt;b&#x26;gt; tag &#x26;amp; AT&#x26;amp;T</title>" in body
    assert b"<description>R&amp;amp;D</description>" in body


def test_summary_and_body() -> None:
    """The summary is the description, in which text is HTML; the body stands after it."""
    found = only(summary="1 < 2", content_html="<p>all</p>")
    assert found.findtext("description") == "1 &lt; 2"
    assert found.findtext(f"{CONTENT}encoded") == "<p>all</p>"


def test_no_summary() -> None:
    """Without a summary the body is the description, for an item needs one."""
    found = only(summary="", content_html="<p>all</p>")
    assert found.findtext("description") == "<p>all</p>"
    assert found.find(f"{CONTENT}encoded") is None


def test_nothing_but_a_link() -> None:
    """A post without title, text and credit is an item all the same."""
    assert only(title="", summary="", content_html="").findtext("description") == "<p>Cat Diary</p>"


def test_first_file_is_the_enclosure() -> None:
    """Readers know one enclosure: the first that the source called one; the others are
    media:content.
    """
    files = (
        Enclosure("https://a.example/preview.jpg", "image/jpeg", primary=False),
        Enclosure("https://a.example/1.mp3", "audio/mpeg", 10),
        Enclosure("https://a.example/1.ogg"),
    )
    found = only(enclosures=files)
    assert dict(found.find("enclosure").attrib) == {
        "url": "https://a.example/1.mp3", "length": "10", "type": "audio/mpeg"
    }  # fmt: skip
    assert [media.get("url") for media in found.findall(f"{MEDIA}content")] == [
        "https://a.example/preview.jpg",
        "https://a.example/1.ogg",
    ]


def test_file_of_unknown_type_and_length() -> None:
    """All attributes of an enclosure are required: what is not known is guessed or said to be
    unknown.
    """
    assert dict(only(enclosures=(Enclosure("https://a.example/1.m4a?x"),)).find("enclosure").attrib) == {
        "url": "https://a.example/1.m4a?x", "length": "0", "type": "audio/mp4"
    }  # fmt: skip
    assert (
        only(enclosures=(Enclosure("https://a.example/1", medium="video"),))
        .find("enclosure")
        .get("type")
        == "video/mp4"
    )
    assert (
        only(enclosures=(Enclosure("https://a.example/1"),)).find("enclosure").get("type")
        == "application/octet-stream"
    )


@pytest.mark.parametrize(
    "address", ["ftp://a.example/1.mp3", "https://user@a.example/1.mp3", "magnet:?xt=urn:btih:1"]
)
def test_file_that_strict_clients_refuse(address: str) -> None:
    """What cannot be an enclosure is media:content."""
    found = only(enclosures=(Enclosure(address, "audio/mpeg"),))
    assert found.find("enclosure") is None
    assert found.find(f"{MEDIA}content").get("url") == address


def test_authors() -> None:
    """Names stand in dc:creator; RSS's own author would need a mail address."""
    found = only(authors=(Person("Ann"), Person("", "", "bob@b.example")))
    assert [creator.text for creator in found.findall(f"{DC}creator")] == ["Ann", "bob"]
    assert found.find("author") is None


def test_language_of_a_post() -> None:
    """A language is said where it is not the feed's."""
    assert only(language="vi").findtext(f"{DC}language") == "vi"
    assert only(language="en").find(f"{DC}language") is None


def test_source() -> None:
    """The item names its source and that source's feed."""
    found = only().find("source")
    assert (found.text, found.get("url")) == ("Cat Diary", "https://cats.example.org/feed.xml")


def test_republished() -> None:
    """A proven copy names its origin's feed."""
    found = only(
        republished=True,
        origin=Origin("First", "https://first.example/", "https://first.example/rss"),
    )
    assert found.find("source").get("url") == "https://first.example/rss"


def test_private_source() -> None:
    """There is no source without an address, and a private one has none."""
    assert channel(item(1, replace(SOURCE, private=True))).find("item/source") is None


def test_dates() -> None:
    """Dates are RFC 822 with four digits of year, in whatever locale; an update has its own."""
    early = datetime(987, 6, 5, 4, 3, 2, tzinfo=UTC)
    found = channel(replace(item(), published=early, updated=early)).find("item")
    assert found.findtext("pubDate") == "Tue, 05 Jun 0987 04:03:02 +0000"
    assert found.find(f"{ATOM}updated") is None
    later = channel(replace(item(), updated=datetime(2024, 5, 18, tzinfo=UTC))).find("item")
    assert later.findtext(f"{ATOM}updated") == "2024-05-18T00:00:00+00:00"


def test_no_clock() -> None:
    """lastBuildDate is the edition's, not now's."""
    assert channel().findtext("lastBuildDate") == "Fri, 17 May 2024 11:30:00 +0000"


def test_no_version() -> None:
    """Neither our version nor feedgen's is named: a new one must not rewrite what was published."""
    assert channel().findtext("generator") == "syndicator"


def test_contact() -> None:
    """A mail address is the web master's, with a name that RFC 822 lets stand; a page is the
    publisher's.
    """
    found = channel(title='Pets (the "best")', contact="mailto:a@b.example")
    assert found.findtext("webMaster") == "a@b.example (Pets the best)"
    assert (
        channel(contact="https://b.example/me").findtext(f"{DC}publisher") == "https://b.example/me"
    )
    assert channel(contact="").find("webMaster") is None
    assert (
        channel().find("managingEditor") is None
    )  # readers would take it for the author of every post


def test_merged_feed_with_episodes() -> None:
    """A directory may not list it as somebody's show, unless the operator says so."""
    assert channel(ITEM).findtext(f"{ITUNES}block") == "yes"
    assert channel(ITEM, podcast=True).find(f"{ITUNES}block") is None
    assert channel(item()).find(f"{ITUNES}block") is None


def test_feed_without_episodes() -> None:
    """Prefixes that are not used are not declared."""
    assert b"itunes" not in one(edition(item()), "rss").body


@pytest.mark.parametrize(
    "field",
    [{"duration": "about an hour"}, {"explicit": "clean"}, {"episode": "first"}, {"type": "other"}, {"image": "/i.png"},
     {"season": "0"}, {"chapters": "chapters.json"}],
)  # fmt: skip
def test_what_directories_refuse(field: dict[str, str]) -> None:
    """A value that is not in the form of the specification is left out."""
    name = {"type": "episodeType"}.get(*field, *field)
    found = only(episode=Episode(**field))  # type: ignore[arg-type]
    assert found.find(f"{ITUNES}{name}") is None
    assert found.find(f"{{https://podcastindex.org/namespace/1.0}}{name}") is None


def test_long_podcast_texts() -> None:
    """Texts are cut to what directories take, and markup is taken out of them."""
    found = only(episode=replace(EPISODE, summary="<p>x</p> " * 3000, subtitle="y" * 300))
    assert found.findtext(f"{ITUNES}summary").startswith("x x")
    assert len(found.findtext(f"{ITUNES}summary")) == 4000
    assert len(found.findtext(f"{ITUNES}subtitle")) == 255


def test_duration_from_the_file() -> None:
    """An episode without a duration has its file's."""
    files = (Enclosure("https://a.example/1.mp3", duration=90),)
    assert only(episode=Episode(), enclosures=files).findtext(f"{ITUNES}duration") == "90"


def test_names_are_declared_once() -> None:
    """The prefixes are the usual ones, declared at the root."""
    body = one(EDITION, "rss").body
    assert body.count(b"xmlns:") == body.split(b"<channel>")[0].count(b"xmlns:")
    assert b"ns0:" not in body


@pytest.mark.parametrize(("title", "named"), [("One", None), ("", "The film")])
def test_title_of_a_file(title: str, named: str | None) -> None:
    """feedparser takes it for the title of the item, so only an item without one has it."""
    files = (
        Enclosure("https://cats.example.org/1.mp3"),
        Enclosure("https://cats.example.org/1.mp4", title="The film"),
    )
    assert only(title=title, enclosures=files).findtext(f"{MEDIA}content/{MEDIA}title") == named
