"""opml: the public sources, for readers that subscribe to them one by one."""

from __future__ import annotations

from generator_helpers import EDITION, SOURCE, edition
from lxml import etree
from msgspec.structs import replace

from syndicator.generator import generate_one as one
from syndicator.model.post import SourceInfo


def outlines(*sources: SourceInfo) -> list[dict[str, str]]:
    root = etree.fromstring(one(replace(EDITION, sources=sources), "opml").body)
    return [dict(outline.attrib) for outline in root.find("body")]


def test_source() -> None:
    """A source has a name, a feed, a site, a description and a language."""
    assert outlines(SOURCE) == [
        {
            "type": "rss",
            "text": "Cat Diary",
            "title": "Cat Diary",
            "xmlUrl": "https://cats.example.org/feed.xml",
            "htmlUrl": "https://cats.example.org/",
            "description": "What the cats did",
            "language": "en",
        }
    ]


def test_private_source() -> None:
    """A private source is not listed."""
    private = replace(SOURCE, name="Members", private=True)
    assert [outline["text"] for outline in outlines(SOURCE, private)] == ["Cat Diary"]


def test_source_that_is_a_file() -> None:
    """A source without an address cannot be subscribed to."""
    assert "xmlUrl" not in outlines(replace(SOURCE, feed=""))[0]


def test_no_public_source() -> None:
    """OPML must have an outline: the feed's own name, without an address."""
    assert outlines() == [{"text": "Pets"}]


def test_name_is_plain_text() -> None:
    """Readers show names as they are written; a space keeps what looks like a tag from being one."""
    assert outlines(replace(SOURCE, name="R&D: 1 < 2"))[0]["text"] == "R&D: 1 < 2"
    assert outlines(replace(SOURCE, name="R&D <news>"))[0]["text"] == "R&D < news>"


def test_owner() -> None:
    """The head names the feed, its newest change, and its contact."""
    head = etree.fromstring(one(edition(), "opml").body).find("head")
    assert {child.tag: child.text for child in head} == {
        "title": "Pets",
        "dateModified": "Fri, 17 May 2024 11:30:00 +0000",
        "ownerName": "Pets",
        "ownerEmail": "editor@planet.example.org",
    }
