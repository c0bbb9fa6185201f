"""HTML or plain text -> its closing lines, last first, each folded for comparison; and the cutting of one.

No words are judged here. A line is what stands between two block boundaries or line breaks. Its text is folded (lower
case, plain quotes, single spaces, no invisible marks), and each link in it is one private-use character, so that a
pattern sees the sentence and not the markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

LINK = "\ue000"  # the first link of a line; the next is \ue001, ...
TITLE = "\uf8ff"  # the post's own title as text
MARKERS = f"{LINK}-\uf8ff"

# A tag as nh3 writes it; the attributes may hold ">". In plain text a lone "<" must not match: "a < b and c > d".
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>\"]|\"[^\"]*\")*)>")
_HREF = re.compile(r"\bhref=\"([^\"]*)\"")
_OURS = re.compile(r"\bclass=\"[^\"]*\bsyndicator-(attribution|related|also)\b")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "rp",
     "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)  # fmt: skip
_MEDIA = frozenset({"img", "video", "audio", "iframe", "svg", "math", "object", "embed", "picture", "source", "input"})
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "source", "track", "wbr", "embed"})
_PIECE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|.[\u0300-\u036f]*", re.DOTALL)
_QUOTES = str.maketrans(
    {**dict.fromkeys("‘’‚‛ʼ´`′ʹ＇", "'"), **dict.fromkeys("“”„‟«»″〝〞＂", '"'), **dict.fromkeys("–—―‒−", "-")}
)
# Zero-width and bidi marks, the soft hyphen, the byte order mark, the zero-width non-joiner of Persian.
_INVISIBLE = frozenset("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff") | {
    chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


@dataclass(frozen=True, slots=True)
class Anchor:
    href: str
    text: str  # plain


@dataclass(frozen=True, slots=True)
class Line:
    text: str  # folded
    spans: tuple[tuple[int, int], ...]  # where each character of `text` stands in the source
    links: tuple[Anchor, ...] = ()
    media: bool = False
    block: str = ""  # the innermost block element: "p", "li", "h3" ...
    ours: str = ""  # "attribution", "related" or "also": it stands in an element of ours

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class _Tag:
    start: int
    end: int
    closing: bool
    name: str
    attributes: str


@lru_cache(maxsize=256)
def fold(text: str) -> str:
    """Return text as lines hold it: lower case, plain quotes and dashes, single spaces, no invisible marks.

    >>> fold("L’Été\\u00a0 «\\u200eX»&amp;")
    'l\\'été "x"&'
    """
    return "".join(character for character, _, _ in _folded(text, 0)).strip()


@lru_cache(maxsize=512)
def letters(text: str) -> str:
    """Return only what a name is told by: its letters and digits, folded.

    >>> letters("«Foo»: Bar!") == letters("foo - bar")
    True
    """
    return "".join(character for character in fold(unescape(text)) if character.isalnum())


def _folded(text: str, offset: int) -> Iterator[tuple[str, int, int]]:
    """Yield folded characters with their place in the source; white space once, as one space."""
    for piece in _PIECE.finditer(text):
        raw = piece[0]
        if len(raw) > 1:
            raw = unescape(raw) if raw[0] == "&" else unicodedata.normalize("NFC", raw)
        for character in raw.translate(_QUOTES).lower():
            if character not in _INVISIBLE:
                yield (" " if character.isspace() else character), offset + piece.start(), offset + piece.end()


def lines(source: str, *, text_mode: bool) -> Iterator[Line]:
    """Yield the lines that show something, last first."""
    tags = list(_tags(source))
    for start, end, inner, block, ours in reversed(list(_segments(source, tags, text_mode=text_mode))):
        line = _line(source, start, end, inner, block, ours)
        if line:
            yield line


def _tags(source: str) -> Iterator[_Tag]:
    for found in _TAG.finditer(source):
        yield _Tag(found.start(), found.end(), found[1] == "/", found[2].lower(), found[3])


def _segments(source: str, tags: list[_Tag], *, text_mode: bool) -> Iterator[tuple[int, int, list[_Tag], str, str]]:
    """Cut at block tags, breaks and, in plain text, newlines: (start, end, inline tags, block, ours)."""
    start, inner = 0, list[_Tag]()
    stack: list[tuple[str, str]] = []
    for tag in tags:
        if tag.name in _INLINE or tag.name in _MEDIA:
            inner.append(tag)
            continue
        yield from _split(source, (start, tag.start), inner, stack, text_mode=text_mode)
        start, inner = tag.end, []
        _nest(stack, tag)
    yield from _split(source, (start, len(source)), inner, stack, text_mode=text_mode)


def _split(
    source: str, span: tuple[int, int], inner: list[_Tag], stack: list[tuple[str, str]], *, text_mode: bool
) -> Iterator[tuple[int, int, list[_Tag], str, str]]:
    block, ours = stack[-1] if stack else ("", "")
    start, end = span
    if not text_mode:
        yield start, end, inner, block, ours
        return
    for newline in [*(found.end() for found in re.finditer(r"\n", source[start:end])), end - start]:
        stop = span[0] + newline
        yield start, stop, [tag for tag in inner if start <= tag.start < stop], block, ours
        start = stop


def _nest(stack: list[tuple[str, str]], tag: _Tag) -> None:
    """Keep the stack of open blocks, each with what element of ours it stands in."""
    if tag.closing:
        names = [name for name, _ in stack]
        if tag.name in names:
            del stack[len(names) - 1 - names[::-1].index(tag.name) :]
    elif tag.name not in _VOID:
        found = _OURS.search(tag.attributes)
        stack.append((tag.name, found[1] if found else (stack[-1][1] if stack else "")))


def _line(source: str, start: int, end: int, inner: list[_Tag], block: str, ours: str) -> Line | None:
    """Fold one segment; None where it shows nothing."""
    characters: list[tuple[str, int, int]] = []
    links: list[Anchor] = []
    media, place, opened = False, start, None
    for tag in [*inner, _Tag(end, end, closing=True, name="a", attributes="")]:
        if opened is None:
            characters += _folded(source[place : tag.start], place)
        media = media or (tag.name in _MEDIA)
        place = tag.end
        if tag.name != "a":
            continue
        if opened is not None:  # its end, another's start, or the end of the line
            plain = " ".join(unescape(_TAG.sub("", source[opened.end : tag.start])).split())
            characters.append((chr(ord(LINK) + len(links)), opened.start, tag.end))
            links.append(Anchor(_href(opened), plain))
        opened = None if tag.closing else tag
    return _trimmed(characters, Line("", (), tuple(links), media, block, ours))


def _href(tag: _Tag) -> str:
    found = _HREF.search(tag.attributes)
    return unescape(found[1]).strip() if found else ""


def _trimmed(characters: list[tuple[str, int, int]], line: Line) -> Line | None:
    kept = [
        character
        for place, character in enumerate(characters)
        if character[0] != " " or (place and characters[place - 1][0] != " ")
    ]
    while kept and kept[-1][0] == " ":
        kept.pop()
    if not kept:
        return Line("", ((0, 0),), (), media=True, block=line.block, ours=line.ours) if line.media else None
    text, starts, ends = zip(*kept, strict=True)
    spans = tuple(zip(starts, ends, strict=True))
    return Line("".join(text), spans, line.links, line.media, line.block, line.ours)


# ---------------------------------------------------------------------------------------------------
# Cutting
# ---------------------------------------------------------------------------------------------------

_EMPTY_BEFORE = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)(?:[^<>\"]|\"[^\"]*\")*>(?:\s|&nbsp;|\u00a0)*$")
_EMPTY_AFTER = re.compile(r"(?:\s|&nbsp;|\u00a0)*</([a-zA-Z][a-zA-Z0-9-]*)>")
_BREAK_BEFORE = re.compile(r"(?:\s|&nbsp;|\u00a0|<(?:br|hr)\b[^<>]*>)+$")
_EMPTY_ELEMENT = re.compile(r"<(p|div|span|em|strong|small|footer|section|aside|b|i)\b(?:[^<>\"]|\"[^\"]*\")*>"
                            r"(?:\s|&nbsp;|\u00a0|<br\b[^<>]*>)*</\1>(?:\s|&nbsp;|\u00a0)*$")  # fmt: skip
_ONLY_CLOSERS = re.compile(r"(?:\s|&nbsp;|\u00a0|</[a-zA-Z][a-zA-Z0-9-]*>)*$")


def cut(source: str, start: int, end: int) -> str:
    """Take a stretch out of HTML, keep it balanced, and take out what that leaves empty around it.

    >>> cut('<div><p>a</p><hr><p><em>b <a href="c">d</a></em></p></div>', 24, 42)
    '<div><p>a</p></div>'
    """
    before, after = source[:start], _unbalanced(source[start:end]) + source[end:]
    before, after = _climb(before, after)
    if _ONLY_CLOSERS.match(after):  # it stood last: a rule or breaks before it, and empty blocks, go with it
        while True:
            shorter = _EMPTY_ELEMENT.sub("", _BREAK_BEFORE.sub("", before))
            shorter, after = _climb(shorter, after)
            if shorter == before:
                break
            before = shorter
    return (before + after).rstrip()


def _unbalanced(stretch: str) -> str:
    """Return the tags whose partners stand outside of the stretch."""
    opened: list[_Tag] = []
    kept: list[_Tag] = []
    for tag in _tags(stretch):
        if tag.closing:
            if opened and opened[-1].name == tag.name:
                opened.pop()
            else:
                kept.append(tag)
        elif tag.name not in _VOID:
            opened.append(tag)
    return "".join(stretch[tag.start : tag.end] for tag in sorted([*kept, *opened], key=lambda tag: tag.start))


def _climb(before: str, after: str) -> tuple[str, str]:
    """Take out each element that now is empty, from the inside out."""
    while True:
        opening, closing = _EMPTY_BEFORE.search(before), _EMPTY_AFTER.match(after)
        if not (opening and closing and opening[1].lower() == closing[1].lower()):
            return before, after
        before, after = before[: opening.start()], after[closing.end() :]
