"""A feed's bytes -> its items as byte slices, each with a fingerprint of bytes and context.

Items are found by searching, not by parsing: only if they don't nest and no comment or CDATA
section is open at a cut. Bytes outside the slices are parsed, so nothing is lost.
"""

from __future__ import annotations

import hashlib
import html
import re

from msgspec import Struct

from syndicator.model.feed import ItemKey
from syndicator.parser.xml_tree import ROOT, letters


def digest(*parts: bytes) -> str:
    """Return the fingerprint of some bytes and their context, as 32 hexadecimal digits."""
    made = hashlib.sha256()  # the processor has instructions for it: half the time of blake2b
    for part in parts:
        made.update(b"%d:" % len(part))
        made.update(part)
    return made.hexdigest()[:32]


class Item(Struct, frozen=True):
    """One item's bytes within its document, from its start tag to its end tag."""

    data: bytes
    fingerprint: str


class Pieces(Struct, frozen=True):
    """A document cut into items and gaps around them; the head is in the first gap."""

    gaps: tuple[bytes, ...]  # one more than items
    items: tuple[Item, ...]


_CHANNEL = re.compile(rb"<channel\b[^<>]*>")
_ITEM_OF = {b"rss": b"item", b"rdf:RDF": b"item", b"feed": b"entry"}
# Parts of the head that change an item's meaning: the language, and the site as base of its links.
_INHERITED = re.compile(rb"<(?:dc:)?language\b[^<>]*>[^<]*|<link>[^<]*")
_AFTER_NAME = (b">", b" ", b"\t", b"\r", b"\n")


def cut(data: bytes) -> Pieces | None:
    """Cut a feed into its items; None if searching can't be sure of them.

    An end tag is the item's own, and not text in a CDATA section, if all of this holds: one start
    tag stands before each end tag, no gap leaves a comment or section open, and a parse of gaps and
    items finds as many items, none in another. The caller checks the last.
    """
    root = ROOT.match(data)
    name = _ITEM_OF.get(root[1]) if root else None
    if root is None or name is None:
        return None
    if (spans := _spans(data, b"<" + name, b"</" + name + b">")) is None:
        return None
    edges = [0, *(edge for span in spans for edge in span), len(data)]
    gaps = tuple(data[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    if not all(map(_closed, gaps)) or any(b"<" + name + b"/" in gap for gap in gaps):
        return None
    context = _context(gaps[0][root.start(1) :])
    bodies = (data[start:end] for start, end in spans)
    return Pieces(gaps, tuple(Item(body, digest(context, body)) for body in bodies))


def _spans(data: bytes, start_tag: bytes, end_tag: bytes) -> list[tuple[int, int]] | None:
    """Return (start, end) of each item; None if a start or an end tag has no partner."""
    spans, position = [], 0
    while (end := data.find(end_tag, position)) >= 0:
        start = _start(data, start_tag, position, end)
        if start < 0:
            return None
        position = end + len(end_tag)
        spans.append((start, position))
    if _start(data, start_tag, position, len(data)) < 0:
        return spans
    return None


def _context(head: bytes) -> bytes:
    """Return the context that all items of a feed inherit: namespaces, base, language, site."""
    tags = head[: head.find(b">")] + b"".join(_CHANNEL.findall(head))
    return tags + b"".join(_INHERITED.findall(head))


def _start(data: bytes, start_tag: bytes, position: int, end: int) -> int:
    """Find the first start tag of just this name before `end`: <item>, not <items>."""
    while (position := data.find(start_tag, position, end)) >= 0:
        after = position + len(start_tag)
        if data[after : after + 1] in _AFTER_NAME:
            return position
        position = after
    return -1


def _closed(gap: bytes) -> bool:
    """Return True if no comment and no CDATA section is open at the end of a gap."""
    return gap.isspace() or (
        gap.count(b"<![CDATA[") == gap.count(b"]]>") and gap.count(b"<!--") == gap.count(b"-->")
    )


# An item's id and link where they stand in the plainest form. What is matched is never given back
# (`*+`), or white space of some length would be tried in all its parts.
_VALUE = rb"\s*+(?:<!\[CDATA\[([^<]*?)\]\]>\s*+|([^<&]*+(?:&(?:amp|#38);[^<&]*+)*+))"
_GUID = re.compile(rb"<(?:guid|id)(?:\s[^<>]*+)?>" + _VALUE + rb"</")
_LINK = re.compile(rb"<link>" + _VALUE + rb"</link>")
_ABOUT = re.compile(rb"""<item\s+rdf:about=["']([^"'<&]*)["']""")
_ATOM_LINK = re.compile(rb"<link\b([^<>]*)>")
_HREF = re.compile(rb"""\shref=["']([^"'<]*)["']""")

# Marks an item whose id and link need a parse in each run.
UNREADABLE = "-"


def key_of(item: Item) -> ItemKey:
    """Guess guid and link of an item without parsing it.

    `proved` checks the guess when the item is parsed for the first time.
    """
    data = item.data
    if data.startswith(b"<entry"):
        return ItemKey(item.fingerprint, _value(_GUID, data, b"<id"), _atom_link(data))
    guid = _value(_GUID, data, b"<guid")
    if not guid and (about := _ABOUT.match(data)):
        guid = about[1].decode("utf-8", "replace")
    return ItemKey(item.fingerprint, guid, _value(_LINK, data, b"<link>"))


def proved(item: Item, guid: str, link: str) -> str:
    """Return the fingerprint of a parsed item, marked as UNREADABLE if `key_of` guesses wrongly.

    Equal bytes give equal guesses, so the guess for a known item is right.
    """
    guess = key_of(item)
    if (guess.guid, guess.link) == (guid, link):
        return item.fingerprint
    return item.fingerprint + UNREADABLE


def _value(pattern: re.Pattern[bytes], data: bytes, mark: bytes) -> str:
    place = data.find(mark)
    match = pattern.match(data, place) if place >= 0 else None
    if not match:
        return ""
    text = (match[1] or match[2] or b"").decode("utf-8", "replace")
    return letters(html.unescape(text) if match[1] is None and "&" in text else text)


def _atom_link(data: bytes) -> str:
    for match in _ATOM_LINK.finditer(data):
        if b"rel=" in match[1] and b'"alternate"' not in match[1]:
            continue
        if href := _HREF.search(match[1]):
            return html.unescape(href[1].decode("utf-8", "replace"))
        return ""
    return ""


def without_known(data: bytes, pieces: Pieces, fresh: list[bool]) -> bytes:
    """Put the document together again with the fresh items only."""
    if all(fresh):
        return data
    parts = [pieces.gaps[0]]
    for item, gap, kept in zip(pieces.items, pieces.gaps[1:], fresh, strict=True):
        parts += [item.data, gap] if kept else [gap]
    return b"".join(parts)
