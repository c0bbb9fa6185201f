"""atom: links in the order that readers need, and a source that says whose it is, last."""

from __future__ import annotations

import html

import pytest
from generator_helpers import EDITION, ITEM, SOURCE, edition, item
from lxml import etree
from msgspec.structs import replace

from syndicator.generator import generate_one as one
from syndicator.model.edition import Item
from syndicator.model.feed import Category, Origin, Person

A = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def feed(*items: Item, **fields: object) -> etree._Element:
    return etree.fromstring(one(edition(*items, **fields), "atom").body)


def only(**fields: object) -> etree._Element:
    entry = feed(item(**fields)).find(f"{A}entry")
    assert entry is not None
    return entry


def test_alternate_comes_first() -> None:
    """Some readers take the first link of an entry, whatever its relation."""
    entry = feed(ITEM).find(f"{A}entry")
    relations = [link.get("rel") for link in entry.findall(f"{A}link")]
    assert relations[0] == "alternate"
    assert relations == sorted(
        relations, key=["alternate", "enclosure", "replies", "license", "related"].index
    )
    assert [child.tag for child in entry][:4] == [f"{A}id", f"{A}title", f"{A}updated", f"{A}link"]


def test_links_keep_their_attributes() -> None:
    """Relation, type, title, language and length are all there."""
    links = feed(ITEM).find(f"{A}entry").findall(f"{A}link")
    assert dict(links[1].attrib) == {
        "rel": "enclosure", "href": "https://cats.example.org/7.mp3", "type": "audio/mpeg", "title": "The sound",
        "length": "1234",
    }  # fmt: skip
    assert dict(links[-1].attrib) == {
        "rel": "related", "href": "https://dogs.example.org/bark", "type": "text/html", "hreflang": "en",
        "title": "Dogs bark",
    }  # fmt: skip


def test_source_comes_last() -> None:
    """Some readers take its title for the entry's when it comes first."""
    assert feed(ITEM).find(f"{A}entry")[-1].tag == f"{A}source"


def test_source_is_whole() -> None:
    """It has id, title, date, links and rights (RFC 4287, 4.2.11)."""
    source = feed(ITEM).find(f"{A}entry/{A}source")
    assert source.findtext(f"{A}id") == "tag:cats.example.org,2020:feed"
    assert source.findtext(f"{A}title") == "Cat Diary"
    assert source.findtext(f"{A}updated") == "2024-05-17T09:30:00+00:00"
    assert source.findtext(f"{A}rights") == "© 2024 Ann Author"
    assert [(link.get("rel"), link.get("href")) for link in source.findall(f"{A}link")] == [
        ("alternate", "https://cats.example.org/"),
        ("self", "https://cats.example.org/feed.xml"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
    ]


def test_source_without_a_date() -> None:
    """The date of the post stands for it: a date that each fetch changes would rewrite the feed."""
    entry = feed(item(1, replace(SOURCE, updated=None))).find(f"{A}entry")
    assert entry.findtext(f"{A}source/{A}updated") == entry.findtext(f"{A}updated")


def test_source_without_an_id() -> None:
    """Its feed's address stands for it."""
    entry = feed(item(1, replace(SOURCE, feed_id="feed 7"))).find(f"{A}entry")
    assert entry.findtext(f"{A}source/{A}id") == "https://cats.example.org/feed.xml"


def test_private_source() -> None:
    """A private source has its name, an id that tells nothing, and no link."""
    source = feed(item(1, replace(SOURCE, private=True))).find(f"{A}entry/{A}source")
    assert source.findtext(f"{A}title") == "Cat Diary"
    assert source.findtext(f"{A}id").startswith("urn:uuid:")
    assert source.find(f"{A}link") is None


def test_republished() -> None:
    """A proven copy has its origin as source; the way it came and the original are `via`."""
    origin = Origin(
        "First", "https://first.example/", "https://first.example/rss", "tag:first.example,2001:f"
    )
    between = Origin("Between", "https://between.example/")
    entry = only(
        republished=True, origin=origin, origin_link="https://first.example/1", via=(between,)
    )
    assert entry.findtext(f"{A}source/{A}id") == "tag:first.example,2001:f"
    via = [
        (link.get("href"), link.get("title"))
        for link in entry.findall(f"{A}link")
        if link.get("rel") == "via"
    ]
    assert via == [("https://between.example/", "Between"), ("https://first.example/1", "First")]


def test_no_author() -> None:
    """An entry without an author has its source for one; else it would have the feed's, that is,
    us.
    """
    assert only().findtext(f"{A}author/{A}name") == "Cat Diary"


def test_authors() -> None:
    """All authors stand with what is known of them."""
    entry = only(authors=(Person("Ann", "https://a.example/", "ann@a.example"), Person("Bob")))
    assert [[field.text for field in author] for author in entry.findall(f"{A}author")] == [
        ["Ann", "ann@a.example", "https://a.example/"],
        ["Bob"],
    ]


LONG = "one two three four five six seven eight nine ten eleven twelve"


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        ("Good morning", "Good morning"),
        (f"{LONG} thirteen", f"{LONG}…"),
        (LONG, LONG),
        ("", "Cat Diary"),
    ],
)
def test_untitled(summary: str, title: str) -> None:
    """Atom must have a title: the first words of the post, else its source's name."""
    assert only(title="", summary=summary).findtext(f"{A}title") == title


def test_plain_title_that_looks_like_markup() -> None:
    """It says that it is HTML, and is escaped as such: a reader that sniffs is not misled."""
    title = only(title="the <b> tag").find(f"{A}title")
    assert (title.get("type"), title.text) == ("html", "the &lt;b&gt; tag")
    assert only(title="AT&T").find(f"{A}title").get("type") is None


def test_languages() -> None:
    """The feed says its language, and an entry its own where it differs."""
    found = feed(item(language="vi"), item(2, language="en"))
    assert found.get(LANG) == "en"
    assert [entry.get(LANG) for entry in found.findall(f"{A}entry")] == ["vi", None]


def test_feed_id_is_not_an_address() -> None:
    """The feed's id stays when the feed moves."""
    here, there = feed(ITEM), feed(ITEM, link="https://elsewhere.example/")
    assert here.findtext(f"{A}id") == there.findtext(f"{A}id") == EDITION.id


def test_one_alternate_of_a_kind() -> None:
    """An entry has one alternate link; its copies elsewhere are related."""
    links = feed(ITEM).find(f"{A}entry").findall(f"{A}link")
    assert [link.get("rel") for link in links].count("alternate") == 1
    assert "https://wire.example.net/1" in [
        link.get("href") for link in links if link.get("rel") == "related"
    ]


def test_signs_of_xml_survive() -> None:
    """What XML would read otherwise comes back as it was: in texts and in attributes."""
    words = "Tom & \"Ann\" <b> ]]> 1 > 0 'x'"
    entry = only(title=words, content_html=f"<p>a\rb</p>{words}", categories=(Category(words),))
    assert entry.find(f"{A}category").get("term") == words.replace("<b>", "< b>")
    assert entry.findtext(f"{A}title") == html.escape(words, quote=False)
    assert entry.findtext(f"{A}content").startswith(f"<p>a\rb</p>{words}")
