"""What an answer means: freshness, feeds and pages told apart, discovery; and no bytes of a server
are a bug.
"""

import gzip
import socket
import sys
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator import parser
from syndicator.fetcher import responses
from syndicator.fetcher.addresses import literal_reach, may_connect, reach_of
from syndicator.fetcher.connection import Bounds, Connection, Slot
from syndicator.fetcher.decoding import accepted, decoded
from syndicator.fetcher.discovery import read_page
from syndicator.fetcher.fetch_error import FetchError
from syndicator.fetcher.http1 import Exchange
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.urls import host_of

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
DATE = {"date": "Wed, 01 May 2024 12:00:00 GMT"}
LIMIT = 1_000_000


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, Max-Age="600" , must-revalidate'}, 600),
        ({"cache-control": "s-maxage=9, max-age=600", "age": "50"}, 550),
        ({"cache-control": "max-age=600", "age": "900"}, 0),
        ({"cache-control": "max-age=600", "age": "-9 or so"}, 600),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store, max-age=600"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": f"max-age={10**30}"}, 365 * 86400),
        ({"cache-control": f"max-age={'9' * 5000}", "age": "9" * 5000}, 365 * 86400),
        ({"expires": "Wed, 01 May 2024 13:00:00 GMT"} | DATE, 3600),
        ({"expires": "Wed, 01 May 2024 13:00:00 GMT", "cache-control": "max-age=60"} | DATE, 60),
        ({"expires": "Wed, 01 May 2024 11:00:00 GMT"} | DATE, None),
        ({"expires": "Wed, 01 May 2024 13:00:00 GMT"}, None),
        ({"expires": "Thu, 99 Foo 2024"} | DATE, None),
        ({"expires": "-1"} | DATE, None),
        ({}, None),
    ],
)
def test_freshness(fields: dict[str, str], seconds: int | None):
    """max-age less Age, else Expires less the server's own Date; what says nothing is nothing."""
    assert responses.max_age(fields) == (
        timedelta(seconds=seconds) if seconds is not None else None
    )


@pytest.mark.parametrize(
    "body",
    [
        b"<rss version='2.0'>",
        b"\xef\xbb\xbf<?xml version='1.0'?><!-- a page? <html> --><rss>",
        "\ufeff<?xml version='1.0' encoding='utf-16'?><feed xmlns='http://www.w3.org/2005/Atom'>".encode(
            "utf-16-le"
        ),
        "<rdf:RDF>".encode("utf-16-be"),
        b"<?xml-stylesheet href='a'?><atom:feed>",
        b'\n\n  {"version": "https://jsonfeed.org/version/1.1"}',
        b"<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN'><rss version='0.91'>",
        b"<!DOCTYPE html><rss version='2.0'>",
        b"Warning: mysql_connect() failed<br />\n<?xml version='1.0'?><rss version='2.0'>",
        b"<unknown>let the parser say what is wrong</unknown>",
    ],
)
@pytest.mark.parametrize("content_type", ["text/html", "application/xml", ""])
def test_what_may_be_a_feed_goes_to_the_parser(body: bytes, content_type: str):
    """Many feeds are served as text/html, behind a BOM or a warning, in UTF-16; the type tells of
    what is unknown.
    """
    found = responses.no_feed(body, content_type)
    is_page = b"unknown" in body and content_type == "text/html"
    assert (found and found.kind) == ("html" if is_page else None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\x00", "empty"),
        (b"<!doctype HTML><p>", "html"),
        (
            b"<?xml version='1.0'?>\n<!-- x --><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'><html>",
            "html",
        ),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'>", "html"),
        (b"<head><meta http-equiv='refresh' content='0'>", "html"),
        (b"\x89PNG\r\n\x1a\n<rssx", "not-a-feed"),
        (b"%PDF-1.7 <", "not-a-feed"),
        (b"\x1f\x8b\x08", "not-a-feed"),
        (b"Not today.", "not-a-feed"),
    ],
)
def test_what_is_no_feed(body: bytes, kind: str):
    """A page, a binary file, plain text, nothing."""
    found = responses.no_feed(body, "application/rss+xml")
    assert found is not None
    assert found.kind == kind


def test_discovery():
    """Announced feeds with a feed's type, best first; comments, scripts of the page and its API
    left out or last.
    """
    page = b"""<html><head><base href="//cdn.example/x/">
    <!-- <link rel="alternate" type="application/rss+xml" href="commented-out"> -->
    <link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
    <link rel="alternate" type="application/rss+xml" title="Comments Feed" href="https://a.example/comments/feed/">
    <LINK TYPE='application/atom+xml' REL='alternate home' HREF='atom.xml?a=1&amp;b=2'>
    <link rel=alternate type=application/feed+json href=/feed.json>
    <link rel="alternate stylesheet" type="application/rss+xml" href="style">
    <link rel="alternate" hreflang="de" href="/de/">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
    <link rel="alternate" type="application/rss+xml" href="http://[broken">
    <a href="/not-asked/feed">feed</a></head>"""
    assert read_page(page, "text/html", "https://a.example/page").feeds == (
        "https://cdn.example/x/atom.xml?a=1&b=2",
        "https://cdn.example/feed.json",
        "https://a.example/comments/feed/",
    )


def test_discovery_falls_back_to_links():
    """A page that announces nothing may still link to its feed."""
    page = (
        b"<a href='/about'>x</a> <a class=x href='/blog/feed/'>RSS</a> <a href='/index.rss'>x</a>"
    )
    assert read_page(page, "", "https://a.example/").feeds == (
        "https://a.example/blog/feed/",
        "https://a.example/index.rss",
    )


@pytest.mark.parametrize(
    ("page", "feeds"),
    [
        (b"<script>" + b"x" * 900_000 + b"</script><link rel=alternate type=application/rss+xml href=/f>", ["/f"]),
        (b"<link rel=alternate type=application/rss+xml href='feed:https://b.example/f'>", ["https://b.example/f"]),
        (b"<link rel=feed href=/one><link rel=alternate type=application/rss+xml href=/two>", ["/two", "/one"]),
        (b"<a rel=feed href=/posts>all</a><a href=/other/feed>x</a>", ["/posts"]),
        (
            b"<link rel=alternate type=application/rss+xml title='A post: Comments' href=/1/feed>"
            b"<link rel=alternate type=application/rss+xml title='Site' href=/feed>",
            ["/feed", "/1/feed"],
        ),
        (
            b"<link rel=alternate type=application/rss+xml title='Commentaires sur A' href=/1>"
            b"<link rel=alternate type=application/atom+xml title='A' href=/2>",
            ["/2", "/1"],
        ),
    ],
)  # fmt: skip
def test_discovery_of_odd_announcements(page: bytes, feeds: list[str]):
    """Far down in a page, as feed: addresses, by rel=feed; the feed of comments comes last."""
    urls = [url if "://" in url else f"https://a.example{url}" for url in feeds]
    assert read_page(page, "text/html; charset=utf-8", "https://a.example/").feeds == tuple(urls)


@pytest.mark.parametrize("doctype", [b"", b"<!DOCTYPE html>\n"])
def test_a_feed_within_a_page(doctype: bytes):
    """An Atom feed whose root is html is taken out of it, and read."""
    feed = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><id>x</id><entry><title>t</title>'
        b"<id>1</id><updated>2024-01-01T00:00:00Z</updated></entry></feed>"
    )
    body = doctype + b"<html><head/><body>" + feed + b"</body></html>"
    assert responses.no_feed(body, "text/html") is None
    assert responses.unwrapped(body) == feed
    assert responses.unwrapped(feed) == feed
    parsed = parser.parse(Fetched("a", "http://a.example/", feed))
    assert isinstance(parsed, ParsedFeed)
    assert len(parsed.entries) == 1


@pytest.mark.parametrize(
    ("modified", "kept"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Tue, 01 Jan 1980 00:00:00 GMT", False),
        ("Fri, 01 May 2043 12:00:00 GMT", False),
        ("Wed, 01 May 2024 12:00:00 GMT", True),
        ("Thursday 32nd", True),
        ("", True),
    ],
)
def test_a_last_modified_that_can_not_be_true(modified: str, kept: bool):
    """A clock that was never set says nothing of a version; what is no date goes back as it
    came.
    """
    validators = responses.validators({"etag": '"1"', "last-modified": modified}, NOW)
    assert validators.etag == '"1"'
    assert validators.last_modified == (modified if kept else "")


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("8.8.8.8", "public"), ("2606:4700::1111", "public"), ("127.9.9.9", "loopback"), ("::1", "loopback"),
        ("0.0.0.0", "loopback"), ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("192.168.0.1", "private"),  # noqa: S104
        ("100.64.0.1", "private"), ("fd00::1", "private"), ("224.0.0.1", "private"), ("192.0.2.1", "private"),
        ("169.254.1.1", "link-local"), ("fe80::1%eth0", "link-local"), ("169.254.169.254", "link-local"),
        ("fd00:ec2::254", "link-local"), ("100.100.100.200", "link-local"), ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::7f00:1", "loopback"), ("2002:7f00:1::", "loopback"), ("255.255.255.255", "private"),
        ("64:ff9b::808:808", "public"), ("64:ff9b:1::7f00:1", "loopback"), ("64:ff9b:1::808:808", "private"),
        ("::127.0.0.1", "loopback"), ("::10.0.0.1", "private"), ("::8.8.8.8", "private"), ("::", "loopback"),
        ("::ffff:0:7f00:1", "loopback"), ("::ffff:0:a9fe:a9fe", "link-local"), ("::ffff:0:808:808", "private"),
        ("fec0::1", "private"), ("192.0.0.171", "private"), ("::ffff:192.0.0.9", "private"),
        ("192.0.0.192", "link-local"), ("fd20:ce::254", "link-local"), ("5f00::1", "private"), ("3fff::1", "private"),
    ],
)  # fmt: skip
def test_where_an_address_lies(address: str, reach: str):
    """IPv4 within IPv6 counts as what it leads to; metadata services are link-local wherever they
    are.
    """
    assert reach_of(address) == reach


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("1e100.net", ""), ("0x7f.example", ""), ("1.2.3.4.5", ""), ("999.1.1.1", ""), ("", ""),
        ("LOCALHOST.", "loopback"), ("a.localhost", "loopback"), ("017700000001", "loopback"), ("::1", "loopback"),
    ],
)  # fmt: skip
def test_what_a_host_is_by_its_spelling(host: str, reach: str):
    """Only what needs no resolver is decided without one."""
    assert literal_reach(host) == reach


def test_metadata_is_opened_by_nothing_but_the_literal_address():
    """Not by a name that has never been asked, not by a source that lies there itself by
    redirect.
    """
    assert not may_connect("link-local", "")
    assert not may_connect("link-local", "link-local")
    assert may_connect("link-local", "link-local", own_literal=True)


# --- whatever the bytes
# ------------------------------------------------------------------------------


def read(data: bytes) -> bytes:
    """Return what an answer of these bytes comes to; raises what the fetcher would meet."""
    near, far = socket.socketpair()
    with near, far:
        far.sendall(data)
        far.shutdown(socket.SHUT_WR)
        exchange = asked(near, seconds=5)
        head = exchange.head()
        return b"".join(
            decoded(exchange.body(head), head.fields.get("content-encoding", ""), LIMIT)
        )


def asked(near: socket.socket, seconds: float) -> Exchange:
    """Return an exchange whose request has been sent."""
    slot = Slot(threading.Semaphore(), time.monotonic() + seconds)
    exchange = Exchange(Connection(near, Bounds(slot, LIMIT, LIMIT), "public"))
    exchange.send("GET", "/", [("Host", "a.example")])
    return exchange


def test_a_drip_ends_at_the_deadline():
    """Each byte comes in good time, the whole does not: the wire itself ends it, before anybody
    gives it up.
    """
    near, far = socket.socketpair()
    stop = threading.Event()

    def drip() -> None:
        for _ in range(100):
            if stop.wait(0.05):
                return
            far.sendall(b"x")
        far.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=drip)
    thread.start()
    with near, far:
        exchange = asked(near, seconds=0.3)
        # By the wire where a byte came last, by the socket where it was waited for.
        with pytest.raises((FetchError, TimeoutError)) as caught:
            exchange.head()
        stop.set()
        thread.join()
    assert isinstance(caught.value, TimeoutError) or getattr(caught.value, "kind", "") == "timeout"


TOKENS = [
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"\r\n", b"\n", b"\r\n\r\n", b"0", b"5\r\nhello\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"Content-Length: 99\r\n", b"ffffff", b";x=y",
    b"Content-Encoding: gzip\r\n", b"Content-Encoding: deflate\r\n", b"Content-Encoding: br, zstd\r\n",
    b"Content-Encoding: zstd\r\n", gzip.compress(b"hello"), zlib.compress(b"hello"), brotli.compress(b"hello"),
    zstandard.compress(b"hello"), b"hello", b": :", b" folded\r\n", b"\x85\xff",
]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS) | st.binary(max_size=9), max_size=12).map(b"".join))
@settings(max_examples=200, deadline=None)
def test_no_bytes_of_a_server_are_a_bug(data: bytes):
    """Any answer comes to a body or to a FetchError in words; nothing else escapes."""
    for answer in (data, b"HTTP/1.1 200 OK\r\n" + data):
        try:
            assert len(read(answer)) <= LIMIT
        except FetchError as fault:
            assert fault.error


@given(
    st.binary(max_size=400), st.sampled_from(["gzip", "deflate", "br", "zstd"]), st.integers(1, 7)
)
@settings(max_examples=200, deadline=None)
def test_encodings_do_not_care_how_the_wire_cuts_them(data: bytes, encoding: str, size: int):
    """Decoded in pieces of any size it is the same; without its last byte it is never taken for
    whole.
    """
    pack = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }[encoding]
    packed = pack(data)
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert b"".join(decoded(iter(pieces), encoding, LIMIT)) == data
    with pytest.raises(FetchError):
        b"".join(decoded(iter([packed[:-1]]), encoding, LIMIT))


def test_a_body_in_a_million_members():
    """A gzip body may have several members, not so many that each would cost us time: a thousand
    are enough.
    """
    member = gzip.compress(b"")
    assert b"".join(decoded(iter([member * 1000]), "gzip", LIMIT)) == b""
    with pytest.raises(FetchError, match="pieces"):
        b"".join(decoded(iter([member * 2000]), "gzip", LIMIT))


@pytest.mark.parametrize(
    "piece",
    [b"<!--", b"<a href='", b'<link "', b"<a<link<", b"<div>", b"&amp", b"<![CDATA[", b"</a"],
)
def test_no_page_takes_long(piece: bytes):
    """A page that is made to be slow to read: this test would not end."""
    assert read_page(piece * 200_000, "text/html", "https://a.example/").feeds == ()


@given(st.text(max_size=200), st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_of_a_server_is_a_bug(text: str, body: bytes):
    """Header values and pages of any kind are read without an exception."""
    fields = {
        "retry-after": text,
        "cache-control": f"max-age={text}",
        "expires": text,
        "date": text,
        "age": text,
    }
    responses.retry_at(fields, NOW)
    responses.max_age(fields)
    responses.max_age({"expires": text, "date": text})
    responses.no_feed(body, text)
    read_page(
        body + b"<link rel=alternate type=text/xml href='" + text.encode() + b"feed'>",
        text,
        "https://a.example/",
    )
    literal_reach(text)
    host_of(text)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (
            429,
            "if we do, lengthen the interval of this host's sources; else ask its owner to allow our User-Agent",
        ),
        (410, "its owner has ended it; its posts stay while it is in feeds.toml"),
    ],
)
def test_advice_is_true_whatever_was_done_before(status: int, advice: str):
    """A host may refuse whom it was seldom asked by; and what leaves the file leaves the
    documents.
    """
    assert responses.refusal(status, {}).advice == advice


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"X-Space : 1\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"no colon in this line\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"X(Odd): 1\r\n: nameless\r\n\r\nhello",
        OK + b"Content-Length:\r\n\r\nhello",
        OK + b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"X-Nul: a\x00b\r\nX-Return: a\rb\r\n\r\nhello",
        b"HTTP/2 200\r\n\r\nhello",
        b"HTTP/1.1  200 OK\r\n\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        OK + b"Content-Length: 5, 5\r\n\r\nhello\r\n",
    ],
)
def test_sloppy_heads_are_read(answer: bytes):
    """Lines that are no fields are passed over, and a missing last line end costs nothing."""
    assert read(answer) == b"hello"


@pytest.mark.parametrize(
    "coding", ["us-ascii", "aws-chunked", "UTF-8", "windows-1252", "7bit", '""', "null", "gzip;q=1"]
)
def test_codings_that_are_none(coding: str):
    """A charset or a transfer encoding in the wrong header changes nothing."""
    body = gzip.compress(b"hello") if coding.startswith("gzip") else b"hello"
    head = f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    assert read(OK + head + body) == b"hello"


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_a_coding_whose_library_is_missing(coding: str, monkeypatch: pytest.MonkeyPatch):
    """A server that compresses unasked is named as that, with the extra to install."""
    for library in ("brotli", "zstandard"):
        monkeypatch.setitem(sys.modules, library, None)
    assert accepted() == "gzip, deflate"
    with pytest.raises(FetchError) as caught:
        read(OK + f"Content-Encoding: {coding}\r\n\r\nhello".encode())
    assert caught.value.kind == "protocol"
    assert "compression" in caught.value.advice
