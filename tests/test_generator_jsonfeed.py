"""json_feed: version 1.1, with what it has no word for in one object of ours."""

from __future__ import annotations

import json
from typing import Any

from generator_helpers import EDITION, ITEM, SOURCE, edition, item
from msgspec.structs import replace

from syndicator.generator import generate_one as one
from syndicator.model.edition import Item
from syndicator.model.feed import Category, Enclosure, Person


def feed(*items: Item, **fields: object) -> Any:
    return json.loads(one(edition(*items, **fields), "json").body)


def only(**fields: object) -> Any:
    return feed(item(**fields))["items"][0]


def test_head() -> None:
    """The feed says where its page and itself lie, who makes it, and which hub tells of it."""
    found = feed()
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["home_page_url"] == "https://planet.example.org/"
    assert found["feed_url"] == "https://planet.example.org/feed.json"
    assert "authors" not in found  # readers would take them for the authors of posts that name none
    assert found["hubs"] == [{"type": "WebSub", "url": "https://hub.example.org/"}]
    assert found["_syndicator"] == {
        "id": EDITION.id,
        "updated": "2024-05-17T11:30:00+00:00",
        "contact": "mailto:editor@planet.example.org",
    }
    assert found["items"] == []


def test_untitled() -> None:
    """An untitled post has no title."""
    assert "title" not in only(title="")


def test_nothing_empty() -> None:
    """What is not known is not said."""
    assert set(only()) == {
        "id",
        "url",
        "title",
        "content_html",
        "summary",
        "date_published",
        "language",
        "_syndicator",
    }
    assert set(only()["_syndicator"]) == {"source", "licence"}


def test_body_is_never_missing() -> None:
    """An item must have content."""
    assert only(content_html="", summary="")["content_html"] == "<p>One</p>"


def test_authors() -> None:
    """An author has a name and a page, or a mail address."""
    found = only(
        authors=(
            Person("Ann", "https://a.example/", "a@a.example"),
            Person("Bob", "", "b@b.example"),
        )
    )
    assert found["authors"] == [
        {"name": "Ann", "url": "https://a.example/"},
        {"name": "Bob", "url": "mailto:b@b.example"},
    ]


def test_an_avatar_is_of_who_writes_alone() -> None:
    """The picture of a source is no picture of its five authors."""
    source = replace(SOURCE, image="https://cats.example/i.png")
    alone, both = (Person("Ann"),), (Person("Ann"), Person("Bob"))
    for authors, avatars in ((alone, ["https://cats.example/i.png"]), (both, [None, None])):
        (found,) = feed(item(source=source, authors=authors))["items"]
        assert [author.get("avatar") for author in found["authors"]] == avatars


def test_tags() -> None:
    """Tags are shown by their labels, each once."""
    assert only(categories=(Category("a", label="A"), Category("A"), Category("b")))["tags"] == [
        "A",
        "b",
    ]


def test_attachments() -> None:
    """All files are attached, each with the type that it must have."""
    files = (
        Enclosure("https://a.example/1.mp3", length=5, duration=7),
        Enclosure("https://a.example/x"),
    )
    assert only(enclosures=files)["attachments"] == [
        {
            "url": "https://a.example/1.mp3",
            "mime_type": "audio/mpeg",
            "size_in_bytes": 5,
            "duration_in_seconds": 7,
        },
        {"url": "https://a.example/x", "mime_type": "application/octet-stream"},
    ]


def test_our_object() -> None:
    """Source, credit, copies and lists stand apart from the body, for programs that lay them out
    themselves.
    """
    found = feed(ITEM)["items"][0]["_syndicator"]
    assert found["source"]["title"] == "Cat Diary"
    assert found["attribution"] in feed(ITEM)["items"][0]["content_html"]
    assert [entry["title"] for links in found["related"] for entry in links["items"]] == [
        "Hunger & sleep",
        "Dogs bark",
    ]
    assert found["related"][0]["heading"] == "View more from Cat Diary:"
    assert found["also"][0]["source"] == "The Wire"


def test_private_source() -> None:
    """A private source is a name."""
    found = feed(item(1, replace(SOURCE, private=True)))["items"][0]["_syndicator"]["source"]
    assert set(found) == {"title", "id"}


def test_an_item_a_line() -> None:
    """Versions of the document can be compared by lines."""
    body = one(edition(item(1), item(2)), "json").body.decode()
    assert [line[:6] for line in body.splitlines()[1:3]] == ['{"id":'] * 2
    assert "日本" in one(edition(item(title="日本")), "json").body.decode()
