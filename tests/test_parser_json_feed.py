"""JSON Feed 1.0 and 1.1."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from parser_helpers import failed, parsed

from syndicator.model.feed import Category, Enclosure, Image, ItemKey, Link, Origin, Person, Text

FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Hanoi",
    "home_page_url": "https://hanoi.example/",
    "feed_url": "https://hanoi.example/feed.json",
    "description": "A blog",
    "language": "vi",
    "icon": "https://hanoi.example/i.png",
    "authors": [{"name": "Lan", "url": "https://lan.example/"}, {}, "Minh"],
    "items": [
        {
            "id": 17,
            "url": "https://hanoi.example/17",
            "external_url": "https://other.example/",
            "title": "Pho & more",
            "content_html": "<p>Soup</p>",
            "content_text": "Soup",
            "summary": "A soup",
            "image": "https://hanoi.example/17.jpg",
            "banner_image": "https://hanoi.example/17-wide.jpg",
            "date_published": "2024-03-05T08:15:00+07:00",
            "date_modified": "2024-03-06T08:15:00+07:00",
            "tags": ["Food", "Food", 3, " "],
            "language": "en",
            "attachments": [
                {"url": "https://hanoi.example/17.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9,
                 "duration_in_seconds": 61.5, "title": "Sound"},
                {"mime_type": "audio/mpeg"},
            ],
        }
    ],
}  # fmt: skip


def feed(**changes: object) -> bytes:
    return json.dumps(FEED | changes).encode()


def test_all_fields():
    """Each field of 1.1 has its place; a number as an id is read as its digits."""
    found = parsed(feed())
    (entry,) = found.entries
    assert found.head.title == "Hanoi"
    assert (found.head.version, found.head.language) == ("json11", "vi")
    assert found.head.authors == (Person("Lan", "https://lan.example/"),)
    assert (entry.guid, entry.links, entry.external_url) == (
        "17", (Link("https://hanoi.example/17"),), "https://other.example/",
    )  # fmt: skip
    assert entry.title == Text("Pho & more", "text", "en")
    assert entry.contents == (Text("<p>Soup</p>", "html", "en"), Text("Soup", "text", "en"))
    assert entry.summary == Text("A soup", "text", "en")
    assert entry.published == datetime(2024, 3, 5, 1, 15, tzinfo=UTC)
    assert entry.updated == datetime(2024, 3, 6, 1, 15, tzinfo=UTC)
    assert entry.categories == (Category("Food"),)
    assert entry.images == (
        Image("https://hanoi.example/17.jpg"),
        Image("https://hanoi.example/17-wide.jpg"),
    )
    assert entry.enclosures == (
        Enclosure("https://hanoi.example/17.mp3", "audio/mpeg", 9, title="Sound", duration=61),
    )


def test_version_1_0():
    """The one author of 1.0 counts where there are no authors."""
    old = {
        "version": "https://jsonfeed.org/version/1",
        "title": "Old",
        "author": {"name": "Lan"},
        "items": [],
    }
    found = parsed(json.dumps(old).encode())
    assert (found.head.version, found.head.authors) == ("json10", (Person("Lan"),))


def test_a_known_item():
    """It is named, with its id and link, and not read again."""
    first = parsed(feed())
    again = parsed(feed(), frozenset(key.fingerprint for key in first.items))
    assert (again.entries, again.items) == ((), first.items)
    assert first.items[0] == ItemKey(first.entries[0].fingerprint, "17", "https://hanoi.example/17")


def test_an_item_whose_names_are_in_another_order():
    """The order of names means nothing in JSON, so it makes no item new."""
    turned = dict(reversed(FEED["items"][0].items()))
    assert parsed(feed(items=[turned])).items == parsed(feed()).items


def test_utf_16_and_a_byte_order_mark():
    """JSON is UTF-8, but some write a mark before it, or UTF-16."""
    assert parsed(b"\xef\xbb\xbf" + feed()).head.title == "Hanoi"
    assert parsed(feed().decode().encode("utf-16")).head.title == "Hanoi"


@pytest.mark.parametrize("wrong", [None, 1, "x", [1, None, "x"], {"a": 1}, True, 1e400, -1])
@pytest.mark.parametrize("name", sorted({*FEED, *FEED["items"][0]} - {"items"}))
def test_a_value_of_the_wrong_type(name: str, wrong: object):
    """It counts as absent; nothing is raised and the rest stays."""
    found = parsed(feed(**{name: wrong}, items=[FEED["items"][0] | {name: wrong}]))
    assert len(found.entries) == 1


@pytest.mark.parametrize(
    "body", [b'{"a": 1}', b"[1, 2]", b"{", b"[" * 100_000, b'{"items": 1}', b'{"items": NaN']
)
def test_json_that_is_no_feed(body: bytes):
    """What is JSON, or looks like it, but has no list of items."""
    assert failed(body).kind == "not-a-feed"


def test_half_a_surrogate_pair():
    """Programs that cut texts by UTF-16 units write it; it costs its letter, not the feed."""
    body = b'{"items": [{"id": "1", "title": "Pho \\ud83d", "content_text": "\\uD83C\\uDF5C", "language": "v\\udc00"}]}'
    entry = parsed(body).entries[0]
    assert entry.title == Text("Pho \ufffd", "text", "v\ufffd")
    assert entry.contents == (Text("\N{STEAMING BOWL}", "text", "v\ufffd"),)


def test_what_our_own_feeds_add():
    """JSON Feed has no word for comments, rights, licence and source: ours stand in
    `_syndicator`.
    """
    ours = {
        "comments_url": "https://a.example/1#comments", "rights": "© Lan", "licence": "https://l.example/by",
        "source": {"title": "A", "id": "urn:x:a", "home_page_url": "https://a.example/", "feed_url": "https://a.example/f"},
    }  # fmt: skip
    entry = parsed(json.dumps({"items": [{"id": "1", "_syndicator": ours}]}).encode()).entries[0]
    assert (entry.comments, entry.rights, entry.licence) == (
        ours["comments_url"],
        ours["rights"],
        ours["licence"],
    )
    assert entry.source == Origin("A", "https://a.example/", "https://a.example/f", "urn:x:a")


def test_wishes_that_our_own_feeds_pass_on():
    """Not to be republished is for the whole feed to say, not to be indexed for each item."""
    feed = {
        "_syndicator": {"noindex": True, "norepublish": True},
        "items": [{"id": "1"}, {"id": "2"}],
    }
    assert not parsed(
        json.dumps({**feed, "_syndicator": {"norepublish": "no"}}).encode()
    ).head.denied
    feed["items"][0]["_syndicator"] = {"noindex": True}
    found = parsed(json.dumps(feed).encode())
    assert (found.head.denied, found.head.noindex) == (True, False)
    assert [entry.noindex for entry in found.entries] == [True, False]


@pytest.mark.parametrize(
    "odd", [7, [], {"source": "A", "comments_url": {}}, {"source": {"title": []}}]
)
def test_an_extension_that_is_none_of_ours(odd: object):
    """Anyone may write anything under an underscore."""
    entry = parsed(json.dumps({"items": [{"id": "1", "_syndicator": odd}]}).encode()).entries[0]
    assert entry.source is None
    assert entry.comments == ""
