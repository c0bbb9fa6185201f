"""HTML and a stretch of it -> the HTML without it: tags balanced, no empty element left behind."""

from __future__ import annotations

import re

from syndicator.normalizer.attribution.lines import VOID_TAGS, Tag, tags_in

_BLANK = r"(?:\s|&nbsp;)"
_OPENED = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*+)[^<>]*>")
_CLOSED_AFTER = re.compile(rf"{_BLANK}*</([a-zA-Z][a-zA-Z0-9-]*)>")
_BREAK = re.compile(r"<(?:br|hr)\b[^<>]*>")
_EMPTY_BEFORE = re.compile(
    rf"<(p|div|span|em|strong|small|footer|section|aside|b|i)\b[^<>]*>(?:{_BLANK}|<br\b[^<>]*>)*</\1>{_BLANK}*$"
)
_EMPTY_AFTER = re.compile(
    rf"(?:{_BLANK}|<(p|div|span)\b[^<>]*>(?:{_BLANK}|<br\b[^<>]*>)*</\1>|<(?:br|hr)\b[^<>]*>)+"
)
_CLOSING_ONLY = re.compile(rf"(?:{_BLANK}|</[a-zA-Z][a-zA-Z0-9-]*>)*$")
# A block, and inline elements in it, that have just begun; and the breaks that then stand first in
# it.
_BLOCK_START = re.compile(
    r"<(?:p|div|li|blockquote|section)(?: [^<>]*)?>(?:<(?:em|i|small|span|strong|b)(?: [^<>]*)?>)*$"
)
_LEADING_BREAKS = re.compile(rf"^(?:{_BLANK}|<br\b[^<>]*>)+")
_NEAR = 600  # characters before a cut that may hold what the cut leaves empty


def cut(source: str, start: int, end: int) -> str:
    """Take a stretch out of HTML, and the elements that are empty then; keep the rest balanced.

    >>> cut('<div><p>a</p><hr><p><em>b <a href="c">d</a></em></p></div>', 24, 43)
    '<div><p>a</p></div>'
    """
    closing, opening = _unbalanced(source[start:end])
    before, closing = _climb(source[:start], closing)
    before, after = _climb(before + closing + opening, source[end:])
    if (empty := _EMPTY_AFTER.match(after)) and _CLOSING_ONLY.match(after, empty.end()):
        before, after = _climb(before, after[empty.end() :])
    if _BLOCK_START.search(before, max(0, len(before) - _NEAR)):
        after = _LEADING_BREAKS.sub("", after, count=1)
    # Where the stretch stood last, a rule or breaks before it go too, and empty blocks.
    while _CLOSING_ONLY.match(after):
        shorter = _without_empty(_without_breaks(before))
        shorter, after = _climb(shorter, after)
        if shorter == before:
            break
        before = shorter
    return (before + after).rstrip()


def _without_breaks(text: str) -> str:
    while True:
        text = _without_blanks(text)
        if not (text.endswith(">") and _BREAK.fullmatch(text, text.rfind("<"))):
            return text
        text = text[: text.rfind("<")]


def _without_blanks(text: str) -> str:
    text = text.rstrip()
    while text.endswith("&nbsp;"):
        text = text[:-6].rstrip()
    return text


def _without_empty(text: str) -> str:
    end = text.rfind("</")
    if end < 1 or not (text[end - 1] in ">;" or text[end - 1].isspace()):
        return text
    match = _EMPTY_BEFORE.search(text, max(0, len(text) - _NEAR))
    return text[: match.start()] if match else text


def _unbalanced(stretch: str) -> tuple[str, str]:
    """Return the end tags and the start tags without a partner in the stretch."""
    opened: list[Tag] = []
    closed: list[Tag] = []
    for tag in tags_in(stretch):
        if not tag.closing:
            opened += [] if tag.name in VOID_TAGS else [tag]
        elif opened:
            opened.pop()
        else:
            closed.append(tag)
    return "".join(f"</{tag.name}>" for tag in closed), "".join(
        stretch[tag.start : tag.end] for tag in opened
    )


def _climb(before: str, after: str) -> tuple[str, str]:
    """Take out each element that now is empty, from the inside out."""
    while True:
        closing = _CLOSED_AFTER.match(after)
        bare = _without_blanks(before) if closing else ""
        opening = _OPENED.fullmatch(bare, max(0, bare.rfind("<")))
        if not (opening and closing and opening[1].lower() == closing[1].lower()):
            return before, after
        before, after = before[: opening.start()], after[closing.end() :]
