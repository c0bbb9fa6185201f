"""What the parser's tests share: small documents around what a test is about, and both lanes side
by side.
"""

from pathlib import Path

from msgspec.structs import replace

from syndicator import parser
from syndicator.model.feed import Entry, ParsedFeed
from syndicator.model.fetch import Fetched, FetchFailed
from syndicator.parser.by_feedparser import parse_with_feedparser
from syndicator.parser.encodings import to_utf8
from syndicator.parser.fast import parse_fast
from syndicator.parser.xml_tree import tree

SHARED = Path(__file__).parents[2] / "shared"
CASES = Path(__file__).parent / "cases" / "parser"
URL = "https://hanoi.example/feed"

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "atom": "http://www.w3.org/2005/Atom",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "slash": "http://purl.org/rss/1.0/modules/slash/",
        "sy": "http://purl.org/rss/1.0/modules/syndication/",
        "media": "http://search.yahoo.com/mrss/",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "podcast": "https://podcastindex.org/namespace/1.0",
        "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
        "access": "http://www.bloglines.com/about/specs/fac-1.0",
        "indexing": "urn:atom-extension:indexing",
        "x": "urn:example:unknown",
    }.items()
)


def rss(items: str = "", head: str = "", attributes: str = "") -> bytes:
    """An RSS 2.0 document with these items (whole elements) and this in its head."""
    document = f'<rss version="2.0" {NAMESPACES} {attributes}><channel><title>Hanoi</title>{head}{items}</channel></rss>'  # noqa: E501
    return document.encode()


def item(inside: str, head: str = "") -> bytes:
    """An RSS 2.0 document with one item."""
    return rss(f"<item>{inside}</item>", head)


def atom(inside: str, head: str = "", attributes: str = "") -> bytes:
    """An Atom 1.0 document with one entry."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" {attributes}>'
        f"<title>Hanoi</title>{head}<entry>{inside}</entry></feed>"
    ).encode()


def parsed(body: bytes, known: frozenset[str] = frozenset(), content_type: str = "") -> ParsedFeed:
    outcome = parser.parse(Fetched("s", URL, body, {"content-type": content_type}), known)
    assert isinstance(outcome, ParsedFeed), outcome
    return outcome


def failed(body: bytes) -> FetchFailed:
    outcome = parser.parse(Fetched("s", URL, body))
    assert isinstance(outcome, FetchFailed), outcome
    return outcome


def only(body: bytes) -> Entry:
    """The one entry of a document, which both lanes must agree on where the fast one takes it."""
    (entry,) = parsed(body).entries
    assert lanes_agree(body) is not False
    return entry


def fast(body: bytes) -> ParsedFeed | None:
    return parse_fast(to_utf8(body)[0], "s", URL, frozenset())


def lanes_agree(body: bytes) -> bool | None:
    """Whether both lanes give the same nouns; None where the fast lane hands over."""
    quick = fast(body)
    if quick is None:
        return None
    data, _ = to_utf8(body)
    slow = parse_with_feedparser(data, tree(data), "s", URL, frozenset())
    return quick.head == slow.head and list(map(_bare, quick.entries)) == list(
        map(_bare, slow.entries)
    )


def _bare(entry: Entry) -> Entry:
    return replace(entry, fingerprint="")  # each lane has its own
