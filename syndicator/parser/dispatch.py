"""(Fetched, known items) -> ParsedFeed | FetchFailed: recognise a document, choose its reader."""

from __future__ import annotations

import re
from collections.abc import Container

from msgspec.structs import replace

from syndicator import wishes
from syndicator.model.feed import ParsedFeed, Wishes
from syndicator.model.fetch import FailureKind, Fetched, FetchFailed
from syndicator.parser.bounds import bounded
from syndicator.parser.by_feedparser import Unreadable, parse_with_feedparser
from syndicator.parser.encodings import bare, to_utf8
from syndicator.parser.fast import parse_fast
from syndicator.parser.json_feed import parse_json
from syndicator.parser.repair import mended, with_whole_characters
from syndicator.parser.xml_tree import Element, repaired, root_of, tree

# A web page may begin with any of these tags: HTML lets authors leave out the ones around them.
_PAGE_ROOTS = (
    "html",
    "head",
    "body",
    "title",
    "meta",
    "script",
    "style",
    "link",
    "div",
    "table",
    "center",
)
_FEED_ROOTS = ("rss", "rdf", "feed", "channel", "item", "entry")


def read(fetched: Fetched, known: Container[str], most_items: int) -> ParsedFeed | FetchFailed:
    """Read a feed of any dialect: see `syndicator.parser.parse`."""
    # Nine feeds in ten are UTF-8 and well-formed: try those bytes before anything else.
    data = with_whole_characters(bare(fetched.body) or b"")
    try:
        fast = parse_fast(data, fetched.source_id, fetched.url, known)
        parsed = fast or _slowly(fetched, known, data)
    except Unreadable as error:
        return _failed(fetched, "not-a-feed", f"no parser can read it: {_line(str(error))}")
    if isinstance(parsed, FetchFailed):
        return parsed
    stated = wishes.of_headers(fetched.headers, fetched.url)
    parsed = bounded(parsed, most_items)
    return replace(parsed, wishes=stated) if stated != Wishes() else parsed


def _slowly(fetched: Fetched, known: Container[str], refused: bytes) -> ParsedFeed | FetchFailed:
    """Decode and recognise the document, repair plain mistakes, and try both readers.

    `refused` are the bytes that the fast reader has tried already.
    """
    data, note = to_utf8(fetched.body, fetched.content_type)
    data = with_whole_characters(data)
    if not data.strip():
        return _failed(fetched, "empty", "the answer has no content")
    if data[:1] in (b"{", b"["):  # JSON, if anything
        parsed = parse_json(data, fetched.source_id, fetched.url, known)
        if isinstance(parsed, str):
            return _failed(fetched, "not-a-feed", parsed)
        return _noted(parsed, note)
    if _root(data) in _PAGE_ROOTS:
        return _failed(fetched, "html", "an HTML page where a feed was expected")
    root = tree(data)
    # If the repair fails, feedparser's loose parser gets the bytes of the source.
    if root is None and (root := tree(better := mended(data))) is not None:
        data, note = better, note or "not well-formed: mended"
    feed = None
    if data != refused:
        feed = parse_fast(data, fetched.source_id, fetched.url, known)
    feed = feed or _by_feedparser(data, root, fetched, known)
    # feedparser finds something in anything; a feed has items, a dialect, or at least a feed's
    # root.
    if not (feed.items or feed.head.version or _root(data) in _FEED_ROOTS):
        return _failed(fetched, "not-a-feed", _no_feed(data))
    return _noted(feed, note)


def _by_feedparser(
    data: bytes, root: Element | None, fetched: Fetched, known: Container[str]
) -> ParsedFeed:
    try:
        return parse_with_feedparser(data, root, fetched.source_id, fetched.url, known)
    except Unreadable:  # its loose parser stumbles over odd character references and stray end tags
        if not (better := repaired(data)):
            raise
        return parse_with_feedparser(better, tree(better), fetched.source_id, fetched.url, known)


def _no_feed(data: bytes) -> str:
    if root := _root(data):
        return f"its root element is <{root}>, which is no feed"
    return f"it begins with {_line(data[:40].decode('utf-8', 'replace'))!r}, which is no feed"


def _root(data: bytes) -> str:
    if root := root_of(data):
        return root.rpartition(":")[2].lower()
    if re.match(rb"\s*<!doctype\s+html", data, re.IGNORECASE):
        return "html"
    return ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _noted(parsed: ParsedFeed, note: str) -> ParsedFeed:
    return replace(parsed, notes=(note, *parsed.notes)) if note else parsed


def _failed(fetched: Fetched, kind: FailureKind, error: str) -> FetchFailed:
    return FetchFailed(fetched.source_id, fetched.url, kind, error)
