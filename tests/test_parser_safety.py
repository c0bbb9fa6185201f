"""Whatever the bytes, the parser answers with a value: soon, without the network, from no other
file.
"""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parser_helpers import CASES, URL, item, parsed, rss

from syndicator import parser
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched, FetchFailed

BOMB = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
%s]><rss version="2.0"><channel><title>&j;</title><item><title>&j;</title></item></channel></rss>""" % b"".join(
    b'<!ENTITY %c "%s">\n' % (name, b"&%c;" % (name - 1) * 10) for name in range(ord("b"), ord("k"))
)
FEEDS = [path.read_bytes() for path in sorted(CASES.glob("*.xml"))]
TOKENS = [b"<item>", b"</item>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&", b"<", b">", b"\x00", b"\xff", b"<entry>",
          b"</channel>", b"<?x ?>", b"<!DOCTYPE x [", b"&#0;", b"\xef\xbb\xbf",
          b"xml:base='x'", b"<width>"]  # fmt: skip


def answer(body: bytes, content_type: str = "") -> ParsedFeed | FetchFailed:
    return parser.parse(Fetched("s", URL, body, {"content-type": content_type}))


def test_a_bomb_of_entities():
    """A billion laughs: nothing is expanded to more than what was sent, many times over."""
    assert len(repr(answer(BOMB))) < 100_000  # an expansion would take hours, and all memory


def test_a_file_of_this_machine(tmp_path):
    """External entities are not read, of files or of the network."""
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    for uri in (secret.as_uri(), str(secret), "http://127.0.0.1:9/"):
        head = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{uri}">]>'
        assert "do not tell" not in repr(
            answer(head.encode() + rss("<item><title>a&x;</title></item>"))
        )


def test_a_document_that_looks_like_the_name_of_a_file(tmp_path, monkeypatch):
    """The body is a body: it is opened nowhere."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rss.xml").write_bytes(rss("<item/>"))
    assert isinstance(answer(b"rss.xml"), FetchFailed)


def test_deep_nesting():
    """Elements within elements, many thousands deep, exhaust no stack."""
    deep = "<b>" * 30_000 + "</b>" * 30_000
    assert isinstance(answer(item(f"<title>x</title><x:a>{deep}</x:a>")), ParsedFeed | FetchFailed)
    inside = (
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{deep}</div></content>'
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{inside}</entry></feed>'
    assert isinstance(answer(body.encode()), ParsedFeed | FetchFailed)


@pytest.mark.parametrize(
    "tail", [b"<!" * 20_000, b"&" * 20_000, b"<a " * 20_000, b"]]>" * 20_000, b"<!--" * 20_000]
)
def test_markup_that_makes_slow_patterns_slower(tail: bytes):
    """No pattern of ours grows with the square of what a broken feed may hold: this test would
    hang.
    """
    found = answer(b'<rss version="2.0"><channel><item><title>x</title></item>' + tail)
    assert isinstance(found, ParsedFeed)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(FEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(TOKENS) | st.integers(0, 300)), max_size=4),
    st.sampled_from(["", "text/xml", "text/html; charset=gbk", "application/xml; charset=utf-16"]),
)
def test_damaged_feeds(body: bytes, damages: list[tuple[float, bytes | int]], content_type: str):
    """A token put in, or some bytes taken out, anywhere."""
    for place, damage in damages:
        at = int(place * len(body))
        body = body[:at] + (
            damage + body[at:] if isinstance(damage, bytes) else body[at + damage :]
        )
    assert isinstance(answer(body, content_type), ParsedFeed | FetchFailed)


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes):
    """Noise is no feed, and no exception either."""
    assert isinstance(answer(body), ParsedFeed | FetchFailed)


def test_the_door_is_light():
    """Who imports the parser pays for no library until there is something to parse."""
    heavy = {
        "feedparser",
        "lxml",
        "dateutil",
        "syndicator.parser.dispatch",
        "syndicator.model.feed",
    }
    code = f"import sys, syndicator.parser\nprint(*{heavy} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def test_a_common_feed_needs_no_heavy_library():
    """The fast lane works with the standard library alone."""
    path = str(CASES / "fast-wordpress.xml")
    code = (
        "import sys\nfrom syndicator import parser\nfrom syndicator.model.fetch import Fetched\n"
        f"assert len(parser.parse(Fetched('s', '', open({path!r}, 'rb').read())).entries) == 2\n"
        "print(*{'feedparser', 'lxml', 'dateutil'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def test_numbers_beyond_all_bounds():
    """Sizes, counts and durations with a hundred digits are none."""
    huge = "9" * 100
    (entry,) = parsed(
        item(f'<enclosure url="a" length="{huge}"/><slash:comments>{huge}</slash:comments>')
    ).entries
    assert (entry.enclosures[0].length, entry.comment_count) == (0, 0)
