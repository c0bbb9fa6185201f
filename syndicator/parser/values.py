"""Texts, counts and durations as feeds write them -> plain words, whole numbers."""

from __future__ import annotations

import html
import re

from syndicator.model.feed import TextKind

# A tag in a text that should be plain, such as a feed's title. Must not match a lone "<" as in
# "a < b": a tag begins with a letter, a slash or "!" right behind it. It ends before the next "<",
# or many unclosed ones would each be followed to the end.
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
_MARKED = re.compile(
    r"</\w+>|<(?:br|img|hr)\b[^<>]*>|&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);"
)


def plain(text: str) -> str:
    """Take the tags out of some HTML and decode its entities, once.

    >>> plain("Fish &amp; <b>chips</b>")
    'Fish & chips'
    """
    return " ".join(html.unescape(_TAG.sub("", text)).split())


def text_kind(*, is_html: bool) -> TextKind:
    """Return the kind of a text."""
    return "html" if is_html else "text"


def looks_marked(text: str) -> bool:
    """Return True if a text declared as plain has a closing tag or an entity in it."""
    return _MARKED.search(text) is not None


def number(text: str) -> int:
    """Read a count; 0 for anything else, and for numbers of more than 17 digits.

    >>> number("1024"), number("1,5 MB"), number("-1")
    (1024, 0, 0)
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 18:
        return int(text)
    return 0


def seconds(text: str) -> int:
    """Read a duration in seconds or h:mm:ss."""
    parts = text.strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(
        re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]+)?", part) for part in parts
    ):
        return 0
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return int(total)
