"""parser.parse: what it makes of each kind of answer."""

from syndicator import parser
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched, FetchFailed

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Hanoi notes</title><link>https://hanoi.example/</link>
<item><guid isPermaLink="false">a-1</guid><link>https://hanoi.example/pho</link><title>Pho &amp; more</title>
<description>&lt;p&gt;Soup&lt;/p&gt;</description><pubDate>Tue, 05 Mar 2024 08:15:00 +0700</pubDate></item>
</channel></rss>"""


def parsed(body: bytes, content_type: str = "application/xml") -> ParsedFeed:
    outcome = parser.parse(
        Fetched("s", "https://hanoi.example/feed", body, {"content-type": content_type})
    )
    assert isinstance(outcome, ParsedFeed), outcome
    return outcome


def failure(body: bytes) -> FetchFailed:
    outcome = parser.parse(Fetched("s", "https://hanoi.example/feed", body))
    assert isinstance(outcome, FetchFailed)
    return outcome


def test_a_feed_gives_its_entry():
    """Guid, link, title, body and date come as the source wrote them."""
    (entry,) = parsed(RSS).entries
    assert (entry.guid, entry.links[0].href) == ("a-1", "https://hanoi.example/pho")
    assert entry.title is not None and entry.summary is not None
    assert entry.title.value == "Pho & more"
    assert entry.summary.value == "<p>Soup</p>"
    assert (
        entry.published is not None and entry.published.isoformat() == "2024-03-05T01:15:00+00:00"
    )


def test_an_item_that_is_known_is_named_but_not_read():
    """`items` tells of every item; `entries` only of those whose fingerprint is new."""
    first = parsed(RSS)
    again = parser.parse(
        Fetched("s", "https://hanoi.example/feed", RSS), known={first.items[0].fingerprint}
    )
    assert isinstance(again, ParsedFeed)
    assert again.entries == ()
    assert again.items == first.items


def test_a_feed_without_items_is_a_feed():
    """A new blog has nothing to say yet, and that is no failure."""
    empty = parsed(b'<rss version="2.0"><channel><title>Soon</title></channel></rss>')
    assert (empty.head.title, empty.items) == ("Soon", ())


def test_an_empty_answer():
    """Nothing, or nothing but white space, is a failure of its own kind."""
    assert failure(b" \n").kind == "empty"


def test_a_page_where_a_feed_was_expected():
    """An HTML page is told apart, so that the feeds it announces can be named."""
    assert failure(b"<!-- hi --><!DOCTYPE html>\n<html><body>Welcome</body></html>").kind == "html"
    assert failure(b"<!doctype html><head><title>Welcome</title><p>No html element").kind == "html"
    assert failure(b"<!doctype html>Welcome").kind == "html"


def test_a_document_that_is_no_feed():
    """The error names what was found instead."""
    assert "<urlset>" in failure(b"<?xml version='1.0'?><urlset><url/></urlset>").error
    assert failure(b"\x89PNG\r\n\x1a\n\x00\x00").kind == "not-a-feed"
