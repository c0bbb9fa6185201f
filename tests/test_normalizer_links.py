"""An entry's addresses: which is its page, what stands against what, and what never comes
through.
"""

from __future__ import annotations

import pytest
from normalizer_helpers import FEED, NOW, PAGE, SITE, entry, feed, post

from syndicator.model.feed import (
    Enclosure,
    Episode,
    FeedHead,
    Image,
    Link,
    ParsedFeed,
    Text,
    Transcript,
)
from syndicator.model.settings import Source
from syndicator.normalizer import normalize

ATOM = FeedHead(title="Blog", link=SITE, version="atom10")
RSS = FeedHead(title="Blog", link=SITE, version="rss20")


@pytest.mark.parametrize(
    ("links", "guid", "is_permalink", "page"),
    [
        ((Link("https://a.example/1?utm_source=rss"),), "x", False, "https://a.example/1"),
        ((Link("https://a.example/x.json", type="application/json"), Link("https://a.example/1", type="text/html")),
         "", False,
         "https://a.example/1"),
        ((Link("https://a.example/rel", rel="related"), Link("https://a.example/1")), "", False, "https://a.example/1"),
        ((Link("javascript:x"), Link("/2")), "", False, "https://blog.example/2"),
        ((), "https://a.example/g", True, "https://a.example/g"),
        ((), "/g", True, "https://blog.example/g"),
        ((), "https://a.example/g", False, "https://a.example/g"),
        ((), "tag:a.example,2024:1", False, ""),
        ((), "g", False, ""),
        ((Link("javascript:x"),), "https://a.example/g", False, ""),
        ((), "", False, ""),
    ],
)  # fmt: skip
def test_the_page_of_an_entry(links, guid, is_permalink, page):
    """The first alternate that is a page, else any, else a guid that is one; without tracking
    parameters.
    """
    made = post(links=links, guid=guid, guid_is_permalink=is_permalink, head=RSS)
    assert made.link == page
    assert made.guid == guid


@pytest.mark.parametrize(
    ("head", "url", "link", "expected"),
    [
        (ATOM, "https://blog.example/a/feed.atom", "p", "https://blog.example/a/p"),
        (RSS, "https://blog.example/a/feed.rss", "p", "https://blog.example/p"),
        (ATOM, "https://feeds.proxy.example/blog", "p", "https://blog.example/p"),
        (
            FeedHead(base="https://x.example/b/", version="atom10"),
            FEED,
            "p",
            "https://x.example/b/p",
        ),
        (
            FeedHead(self_link="https://blog.example/a/feed"),
            "samples/feed.xml",
            "p",
            "https://blog.example/a/p",
        ),
        (FeedHead(link="../site/"), "https://blog.example/a/feed", "p", "https://blog.example/a/p"),
        (FeedHead(version="rss20"), "feed.xml", "p", ""),
    ],
)
def test_a_relative_link_stands_against_the_right_base(head, url, link, expected):
    """xml:base, the feed's address for Atom, the site for RSS and for feeds that another host
    serves.
    """
    parsed = ParsedFeed("blog", url, head, (), (entry(links=(Link(link),), guid="g"),))
    assert normalize(parsed, Source(id="blog", url=""), NOW).posts[0].link == expected


def test_bodies_stand_against_xml_base_then_the_page_then_the_feed():
    """And the post's notes say which."""
    html = '<a href="x">x</a>'
    written = post(contents=(Text(html, base="https://base.example/b/"),))
    of_entry = post(contents=(Text(html),), base="https://entry.example/")
    of_page = post(html)
    of_feed = post(html, links=(), guid="")
    assert [part.content_html.split('"')[1] for part in (written, of_entry, of_page, of_feed)] == [
        "https://base.example/b/x", "https://entry.example/x", PAGE + "x", "https://blog.example/x",
    ]  # fmt: skip
    assert [part.notes[-1].rpartition(" by ")[2] for part in (written, of_entry, of_page, of_feed)] == [
        "xml:base", "xml:base", "the post's page", "the feed",
    ]  # fmt: skip


def test_dangerous_schemes_are_nowhere():
    """Links, guids, enclosures, comments, pictures, persons, licences, transcripts: none may run
    anything.
    """
    bad = "java\tscript:alert(1)"
    made = post(
        guid=bad,
        guid_is_permalink=True,
        links=(Link(bad),),
        comments=bad,
        licence=bad,
        external_url=bad,
        enclosures=(Enclosure(bad),),
        images=(Image(bad),),
        episode=Episode(image=bad, chapters=bad, transcripts=(Transcript(bad),)),
        head=FeedHead(title="B", link=bad, self_link=bad, image=bad, licence=bad, id=bad),
        source=Source(id="blog", url=""),
    )
    info = feed(
        entry(), head=FeedHead(link=bad, self_link=bad, image=bad, licence=bad, id=bad)
    ).info
    assert "alert" not in repr(made)
    assert info.link == info.image == info.licence == info.feed_id == ""


def test_the_same_guid_comes_out_as_it_went_in():
    """A guid is never cleaned of parameters, resolved or encoded: it is an id."""
    for guid in (
        "https://a.example/?p=1&utm_source=x",
        "tag:a.example,2024:é",
        "urn:uuid:1",
        "7",
        "/relative",
    ):
        assert post(guid=guid).guid == guid


def test_enclosures_are_absolute_and_said_once_with_every_parameter():
    """What one element says completes what another of the same file left out."""
    made = post(
        enclosures=(
            Enclosure("/e.mp3?token=a&utm_source=x", "audio/mpeg", primary=True),
            Enclosure(
                "https://blog.example/e.mp3?token=a&utm_source=x",
                length=9,
                medium="audio",
                primary=False,
            ),
            Enclosure("/e.mp3?token=b", "audio/mpeg"),
        ),
        links=(),
        guid="g",
    )
    assert made.enclosures == (
        Enclosure(
            "https://blog.example/e.mp3?token=a&utm_source=x", "audio/mpeg", 9, medium="audio"
        ),
        Enclosure("https://blog.example/e.mp3?token=b", "audio/mpeg"),
    )


@pytest.mark.parametrize(
    ("parts", "url"),
    [
        (
            {"images": (Image("/s.jpg", 75, 75), Image("/l.jpg", 600, 400))},
            "https://blog.example/l.jpg",
        ),
        ({"enclosures": (Enclosure("/e.jpg", "image/jpeg"),)}, "https://blog.example/e.jpg"),
        (
            {"enclosures": (Enclosure("/e.jpg", medium="image", primary=False),)},
            "https://blog.example/e.jpg",
        ),
        (
            {
                "enclosures": (Enclosure("/e.mp3", "audio/mpeg"),),
                "episode": Episode(image="/c.jpg"),
            },
            "https://blog.example/c.jpg",
        ),
        ({}, "https://blog.example/b.jpg"),
    ],
)
def test_the_picture_of_a_post(parts, url):
    """What the feed names for it, the largest; an attached one; the episode's; the first in the
    body, kept there.
    """
    made = post('<figure><img src="/b.jpg"><figcaption>C</figcaption></figure>', **parts)
    assert made.image is not None
    assert made.image.url == url
    assert "<figcaption>C</figcaption>" in made.content_html
    assert post("<p>no picture</p>").image is None
