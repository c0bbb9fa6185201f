"""(Fetched, known items) -> ParsedFeed: the keys of all items, the bodies of the unseen; or FetchFailed.

One door: `parse`. Behind it two lanes give the same nouns. `reference` is feedparser, for every dialect
and every kind of broken markup; `fastlane` reads well-formed feeds of the common shapes at a tenth of
the cost and hands over whatever it is not certain of. JSON Feed has its own reader.
"""

from __future__ import annotations

import re
from collections.abc import Container

from syndicator.model import FailureKind, FetchFailed, Fetched, ParsedFeed
from syndicator.parser.encodings import to_utf8
from syndicator.parser.jsonfeed import looks_like_json, parse_json
from syndicator.parser.reference import parse_with_feedparser

__all__ = ["parse"]

# The first element of the document: past comments, processing instructions and a DOCTYPE with what it holds.
_ROOT = re.compile(
    rb"(?:\s+|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)",
    re.DOTALL | re.IGNORECASE,
)
_FEED_ROOTS = (b"rss", b"rdf", b"feed", b"channel", b"item", b"entry")


def parse(fetched: Fetched, known: Container[str] = frozenset()) -> ParsedFeed | FetchFailed:
    """Read a fetched feed of any dialect: RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, JSON Feed 1.0, 1.1.

    `known` holds the fingerprints of items that are stored already: they are named in `items` but left
    out of `entries`. Whatever the bytes, the answer is a value; its failures are of the kinds "empty",
    "html" and "not-a-feed".
    """
    data, note = to_utf8(fetched.body, fetched.content_type)
    if not data.strip():
        return _failed(fetched, "empty", "the answer has no content")
    try:
        parsed = _read(data, fetched, known)
    except Exception as error:  # noqa: BLE001 - feedparser raises anything on some bytes, and one feed never ends a run
        return _failed(fetched, "not-a-feed", f"no parser can read it: {type(error).__name__}: {_line(str(error))}")
    if isinstance(parsed, FetchFailed) or not note:
        return parsed
    return _noted(parsed, note)


def _read(data: bytes, fetched: Fetched, known: Container[str]) -> ParsedFeed | FetchFailed:
    if looks_like_json(data):
        parsed = parse_json(data, fetched.source_id, fetched.url, known)
        return _failed(fetched, "not-a-feed", parsed) if isinstance(parsed, str) else parsed
    root = _root(data)
    if root == "html":
        return _failed(fetched, "html", "an HTML page where a feed was expected")
    found = parse_with_feedparser(data, fetched.source_id, fetched.url, known)
    if found.items or found.head.version or root.encode() in _FEED_ROOTS:
        return found
    what = (
        f"its root element is <{root}>" if root else f"it begins with {_line(data[:40].decode('utf-8', 'replace'))!r}"
    )
    return _failed(fetched, "not-a-feed", f"{what}, which is no feed")


def _root(data: bytes) -> str:
    found = _ROOT.match(data)
    if found:
        return found[2].decode("ascii", "replace").lower()
    return "html" if re.match(rb"\s*<!doctype\s+html", data, re.IGNORECASE) else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _noted(parsed: ParsedFeed, note: str) -> ParsedFeed:
    from dataclasses import replace

    return replace(parsed, notes=(note, *parsed.notes))


def _failed(fetched: Fetched, kind: FailureKind, error: str) -> FetchFailed:
    return FetchFailed(fetched.source_id, fetched.url, kind, error)
