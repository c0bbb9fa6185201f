"""HTML or plain text -> its closing lines, last first, each folded for comparison.

No words are judged here. A line is what stands between two block boundaries or line breaks. Its
text is folded (lower case, plain quotes, single spaces, no invisible marks), and each link in it is
one private-use character, so that a pattern sees the sentence and not the markup.
"""

from __future__ import annotations

import operator
import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

LINK = "\U000f0000"  # the first link of a line; the next is \U000f0001, ...
TITLE = "\U000ffffd"  # the post's own title, where it stands as text
MARKERS = f"{LINK}-{TITLE}"

# As nh3 writes it: "<" and ">" are escaped in attributes and text, so each of them is a tag's.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*+)([^<>]*+)>")
_HREF = re.compile(r"\bhref=\"([^\"]*)\"")
_OURS = re.compile(r"\bclass=\"[^\"]*\bsyndicator-(attribution|related|also)\b")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "rp",
     "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)  # fmt: skip
# One that ends a text, with nothing in it that would cut it.
_LAST_PARAGRAPH = re.compile(
    rf"<p(?: [^<>]*)?>(?:[^<]++|</?(?:{'|'.join(sorted(_INLINE))})(?=[ >])[^<>]*>)*+</p>(?:\s|</[a-z][a-z0-9]*>)*"
)
_MEDIA = frozenset(
    {
        "img",
        "video",
        "audio",
        "iframe",
        "svg",
        "math",
        "object",
        "embed",
        "picture",
        "source",
        "input",
    }
)
_QUOTING = frozenset({"blockquote", "pre", "li", "td", "th", "figcaption"})
VOID_TAGS = frozenset(
    {"area", "br", "col", "hr", "img", "input", "source", "track", "wbr", "embed"}
)

_QUOTES = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ´`′ʹ＇", "'"),
        **dict.fromkeys("“”„‟«»″〝〞＂", '"'),
        **dict.fromkeys("–—―‒−", "-"),
    }
)
# Zero-width and bidi marks, the soft hyphen, the zero-width non-joiner of Persian, the vowel marks
# of Arabic.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u0640\u064b-\u0652\u180e\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
)
_SPECIAL = "\\s&\u0300-\u036f\u0130" + _INVISIBLE + "".join(map(re.escape, map(chr, _QUOTES)))
_PIECE = re.compile(
    f"(?P<plain>[^{_SPECIAL}]+(?: [^{_SPECIAL}]+)*(?![\u0300-\u036f]))"
    "|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
    "|(?P<space>\\s+)|.[\u0300-\u036f]*",
    re.DOTALL,
)
_ENCODED = re.compile(r"</?(?:a|b|br|div|em|i|p|small|span|strong)\b[^<>]*>")
_DROPPED = re.compile(f"[{_INVISIBLE}]")


class Anchor(NamedTuple):
    """A link in a line."""

    href: str
    text: str  # plain


class Line(Struct, frozen=True):
    """A line as patterns see it."""

    text: str  # folded
    starts: tuple[int, ...]  # where each character of `text` starts and ends in the source
    ends: tuple[int, ...]
    links: tuple[Anchor, ...] = ()
    block: str = ""  # the innermost block element: "p", "li", "h3" ...
    ours: str = ""  # "attribution", "related" or "also": it stands in an element of ours
    quoted: bool = False  # it stands in a quotation, a list or a table

    def last(self, size: int) -> Line:
        """Return the last `size` characters as a line."""
        return replace(
            self, text=self.text[-size:], starts=self.starts[-size:], ends=self.ends[-size:]
        )

    def first(self, size: int) -> Line:
        """Return the first `size` characters as a line, without spaces at its end."""
        size = len(self.text[:size].rstrip())
        return replace(
            self, text=self.text[:size], starts=self.starts[:size], ends=self.ends[:size]
        )

    def link(self, mark: str) -> Anchor:
        """Return the link of one of the characters that stand for links."""
        return self.links[ord(mark) - ord(LINK)]

    @property
    def start(self) -> int:
        """Its first place in the source."""
        return self.starts[0]

    @property
    def end(self) -> int:
        """The place behind it in the source."""
        return self.ends[-1]


@lru_cache(maxsize=256)
def fold(text: str) -> str:
    r"""Return text as lines hold it.

    Lower case, plain quotes and dashes, single spaces, no invisible marks.

    >>> fold("L’Été\u00a0 «\u200eX»&amp;")
    'l\'été "x"&'
    """
    return "".join(_Folded().add(text, 0).characters).strip()


@lru_cache(maxsize=512)
def letters(text: str) -> str:
    """Return the letters and digits of a name, folded: names are compared by these.

    >>> letters("«Foo»: Bar!") == letters("foo - bar")
    True
    """
    return "".join(filter(str.isalnum, fold(unescape(text))))


class _Folded:
    """Folded characters with their places in the source."""

    def __init__(self) -> None:
        self.characters: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, text: str, offset: int) -> _Folded:
        """Fold a stretch of source that holds no tag. White space counts once."""
        for piece in _PIECE.finditer(text):
            start, end = offset + piece.start(), offset + piece.end()
            if piece["plain"]:
                folded = piece["plain"].lower()
                if len(folded) == end - start:
                    self.characters.extend(folded)
                    self.starts.extend(range(start, end))
                    self.ends.extend(range(start + 1, end + 1))
                    continue
            for character in _fold_piece(piece[0]):
                self.put(character, start, end)
        return self

    def put(self, character: str, start: int, end: int) -> None:
        """Add one character; a space after a space is none."""
        if character == " " and (not self.characters or self.characters[-1] == " "):
            return
        self.characters.append(character)
        self.starts.append(start)
        self.ends.append(end)


def _fold_piece(raw: str) -> str:
    if raw[0] == "&" and len(raw) > 1:
        raw = unescape(raw)
    raw = unicodedata.normalize("NFC", raw).translate(_QUOTES).lower()
    return _DROPPED.sub("", "".join(" " if character.isspace() else character for character in raw))


# ----------------------------------------------------------------------------------------------
# Lines
# ----------------------------------------------------------------------------------------------


class Tag(NamedTuple):
    start: int
    end: int
    closing: bool
    name: str
    attributes: str


class _Place(NamedTuple):
    """The blocks around a line."""

    block: str = ""  # the innermost
    ours: str = ""  # the kind of the element of ours
    quoted: bool = False  # in one of _QUOTING


class _Segment(NamedTuple):
    """A stretch between two boundaries, with the inline tags in it."""

    start: int
    end: int
    tags: list[Tag]
    place: _Place


def lines(source: str, *, window: int, text_mode: bool) -> Iterator[Line]:
    """Yield the lines that show something, last first, of about the last `window` characters."""
    first, last = max(0, len(source) - window), len(source)
    if first and not text_mode:
        first = max(
            0,
            source.rfind("<p", 0, first),
            source.rfind("<br", 0, first),
            source.rfind("<div", 0, first),
        )
    near = source.rfind("<p", first)
    # Most often no other than the last has to be read. (What an element of ours holds is told by
    # what is around it.)
    if (
        not text_mode
        and near > first
        and "syndicator-" not in source
        and _LAST_PARAGRAPH.fullmatch(source, near)
    ):
        yield from _lines(source, near, last, text_mode=False)
        last = near
    yield from _lines(source, first, last, text_mode=text_mode)


def first_lines(source: str, *, window: int, most: int) -> list[Line]:
    """Return the first lines of HTML that show words, within its first `window` characters."""
    shown = []
    for segment in _segments(source, 0, min(window, len(source)), text_mode=False):
        if (line := _line(source, segment)) and line.text and segment.end < window:
            shown.append(line)
        if len(shown) == most:
            break
    return shown


def _lines(source: str, first: int, last: int, *, text_mode: bool) -> Iterator[Line]:
    for segment in reversed(list(_segments(source, first, last, text_mode=text_mode))):
        if line := _line(source, segment):
            yield line


def tags_in(source: str, first: int = 0, last: int = sys.maxsize) -> list[Tag]:
    """Return the tags between two places of sanitized HTML, in their order."""
    return [
        Tag(match.start(), match.end(), match[1] == "/", match[2].lower(), match[3])
        for match in _TAG.finditer(source, first, last)
    ]


def _segments(source: str, first: int, last: int, *, text_mode: bool) -> Iterator[_Segment]:
    """Cut at block tags, breaks and, in plain text, newlines."""
    start, inner = first, list[Tag]()
    stack = [_Place()]
    for tag in tags_in(source, first, last):
        if tag.name in _INLINE or tag.name in _MEDIA:
            inner.append(tag)
            continue
        yield _Segment(start, tag.start, inner, stack[-1])
        start, inner = tag.end, []
        _nest(stack, tag)
    rest = _Segment(start, last, inner, stack[-1])
    yield from _at_newlines(source, rest) if text_mode else (rest,)


def _at_newlines(source: str, whole: _Segment) -> Iterator[_Segment]:
    start = whole.start
    for newline in [
        *(match.end() for match in re.finditer(r"\n", source) if match.end() > start),
        whole.end,
    ]:
        yield whole._replace(
            start=start,
            end=newline,
            tags=[tag for tag in whole.tags if start <= tag.start < newline],
        )
        start = newline


def _nest(stack: list[_Place], tag: Tag) -> None:
    """Keep the stack of open blocks, outermost first."""
    if tag.closing:
        names = [place.block for place in stack]
        if tag.name in names:
            del stack[len(names) - 1 - names[::-1].index(tag.name) :]
    elif tag.name not in VOID_TAGS:
        around = stack[-1]
        ours = _OURS.search(tag.attributes) if tag.attributes else None
        stack.append(
            _Place(
                tag.name, ours[1] if ours else around.ours, around.quoted or tag.name in _QUOTING
            )
        )


def _line(source: str, segment: _Segment) -> Line | None:
    """Fold one segment, None for one that shows nothing."""
    if not segment.tags and source[segment.start : segment.end].isspace():
        return None
    folded, links, media = _Folded(), list[Anchor](), False
    place, opened = segment.start, None
    for tag in [
        *segment.tags,
        Tag(segment.end, segment.end, closing=True, name="a", attributes=""),
    ]:
        if opened is None:
            folded.add(source[place : tag.start], place)
        media = media or tag.name in _MEDIA
        place = tag.end
        if tag.name != "a":
            continue
        if opened is not None:  # its end, another's start, or the end of the line
            folded.put(chr(ord(LINK) + len(links)), opened.start, tag.end)
            links.append(Anchor(_href(opened), plain(source[opened.end : tag.start])))
        opened = None if tag.closing else tag
    while folded.characters and folded.characters[-1] == " ":
        folded.characters.pop()
    if not (size := len(folded.characters)):
        if media:
            return Line("", (segment.start,), (segment.end,), (), *segment.place)
        return None
    text = "".join(folded.characters)
    starts, ends = tuple(folded.starts[:size]), tuple(folded.ends[:size])
    return _without_encodedtags_in(Line(text, starts, ends, tuple(links), *segment.place))


def _without_encodedtags_in(line: Line) -> Line:
    """Pass over tags that stand as text.

    HTML that was encoded twice shows "<a href=...>" to readers.
    """
    if "<" not in line.text:
        return line
    kept = list(range(len(line.text)))
    for tag in reversed(list(_ENCODED.finditer(line.text))):
        del kept[tag.start() : tag.end()]
    pick = operator.itemgetter(*kept) if len(kept) > 1 else None
    if pick is None:
        return line
    ends = (*pick(line.ends)[:-1], line.ends[-1])  # a closing "</p>" goes with the line
    return replace(line, text="".join(pick(line.text)), starts=pick(line.starts), ends=ends)


def plain(html: str) -> str:
    """Return the text of a stretch of HTML, its white space as single spaces."""
    return " ".join(unescape(_TAG.sub("", html)).split())


def _href(tag: Tag) -> str:
    match = _HREF.search(tag.attributes)
    return unescape(match[1]).strip() if match else ""
