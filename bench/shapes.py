"""Feeds of odd and hostile shapes, of any size: each shape once cost time that grew with its
square.

A shape is a function from a size in bytes to a feed of about that size.
"""

from __future__ import annotations

from collections.abc import Callable

Shape = Callable[[int], bytes]
_NAMESPACES = (
    ' xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)
_XHTML = "http://www.w3.org/1999/xhtml"
_HEAD = (
    f'<rss version="2.0"{_NAMESPACES}><channel><title>Harbour Notes</title>'
    "<link>https://harbour.example/</link><description>Notes</description>\n"
)
_END = "</channel></rss>\n"


def _rss(*items: str) -> bytes:
    return (_HEAD + "".join(items) + _END).encode()


def _items(size: int, item: Callable[[int], str]) -> bytes:
    """Repeat an item, made from its number, up to a size."""
    items: list[str] = []
    length = 0
    while length < size:
        items.append(item(len(items)))
        length += len(items[-1])
    return _rss(*items)


def _repeated(size: int, part: str | Callable[[int], str], frame: str) -> bytes:
    """Repeat a part within one item; `frame` has an `@` in its place."""
    make = part if callable(part) else lambda _: part
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(make(len(parts)))
        length += len(parts[-1])
    return _rss("<item>", frame.replace("@", "".join(parts)), "</item>")


_ONE = "<title>Tide</title><guid>tide</guid><link>https://harbour.example/tide</link>"
_BODY = _ONE + "<description><![CDATA[@]]></description>"


def _item(number: int, parts: str) -> str:
    return f"<item>{parts.replace('#', str(number))}</item>\n"


def _nested(size: int, tag: str, frame: str) -> bytes:
    depth = size // (2 * len(tag) + 5)
    inner = f"<{tag}>" * depth + "text" + f"</{tag}>" * depth
    return _rss("<item>", frame.replace("@", inner), "</item>")


def _based(size: int, tag: str, frame: str) -> bytes:
    """Nest elements with a base, each of which is a folder in the one around it."""
    start = f'<{tag} xml:base="a/">'
    depth = size // (len(start) + len(tag) + 3)
    return _rss("<item>", frame.replace("@", start * depth + "x" + f"</{tag}>" * depth), "</item>")


def _reopened(size: int) -> bytes:
    """Open many formatting elements that HTML opens again in each paragraph."""
    half = size // 2
    opened = "".join(f"<b title={number}>" for number in range(half // 14))
    return _rss("<item>", _BODY.replace("@", "<p>" + opened + "<p>x" * (half // 4)), "</item>")


SHAPES: dict[str, Shape] = {
    "items with one guid": lambda size: _items(
        size, lambda n: _item(n, "<title>Tide #</title><guid>tide</guid>")
    ),
    "items with one link": lambda size: _items(
        size, lambda n: _item(n, "<title>Tide #</title><link>https://harbour.example/t</link>")
    ),
    "items with one title": lambda size: _items(size, lambda n: _item(n, "<title>Tide</title>")),
    "items that differ in text alone": lambda size: _items(
        size, lambda n: _item(n, _ONE + "<description>Low at #</description>")
    ),
    "distinct items": lambda size: _items(
        size,
        lambda n: _item(
            n, "<title>Tide #</title><guid>t#</guid><link>https://harbour.example/#</link>"
        ),
    ),
    "unclosed items": lambda size: _items(size, lambda n: f"<item><title>Tide {n}</title>\n"),
    "unclosed empty items": lambda size: _rss("<item>" * (size // 6)),
    "comments between items": lambda size: _items(
        size, lambda n: _item(n, "<title>Tide #</title>") + "<!-- x -->"
    ),
    "unclosed comments": lambda size: _rss(
        "<item><title>a</title></item>", "<!-- x " * (size // 7)
    ),
    "unclosed cdata": lambda size: _rss("<item><title>", "<![CDATA[x " * (size // 11)),
    "categories": lambda size: _repeated(size, lambda n: f"<category>c{n}</category>", _ONE + "@"),
    "equal categories": lambda size: _repeated(size, "<category>c</category>", _ONE + "@"),
    "keywords": lambda size: _repeated(
        size, lambda n: f"k{n},", _ONE + "<media:keywords>@</media:keywords>"
    ),
    "authors": lambda size: _repeated(
        size, lambda n: f"<dc:creator>Ann {n}</dc:creator>", _ONE + "@"
    ),
    "enclosures": lambda size: _repeated(
        size,
        lambda n: (
            f'<enclosure url="https://harbour.example/{n}.mp3" type="audio/mpeg" length="1"/>'
        ),
        _ONE + "@",
    ),
    "media files": lambda size: _repeated(
        size, lambda n: f'<media:content url="https://harbour.example/{n}.jpg"/>', _ONE + "@"
    ),
    "links": lambda size: _repeated(
        size, lambda n: f"<link>https://harbour.example/{n}</link>", "<title>a</title>@"
    ),
    "nested media groups": lambda size: _nested(size, "media:group", _ONE + "@"),
    "nested unknown elements": lambda size: _nested(size, "media:unknown", _ONE + "@"),
    "nested items": lambda size: _nested(size, "item", "<title>a</title>@"),
    "lone ampersands": lambda size: _repeated(size, "& ", _BODY),
    "tight ampersands": lambda size: _repeated(size, "&", _BODY),
    "unknown entities": lambda size: _repeated(size, "&nope; ", _BODY),
    "ampersands in a title": lambda size: _repeated(
        size, "&amp; ", "<title>@</title><guid>t</guid>"
    ),
    "raw ampersands": lambda size: _repeated(
        size, "& ", "<title>a</title><description>@</description>"
    ),
    "attributes": lambda size: _repeated(
        size, lambda n: f" a{n}=1", _BODY.replace("@", "<p @>x</p>")
    ),
    "title attributes": lambda size: _repeated(
        size, ' title="t"', _BODY.replace("@", "<p @>x</p>")
    ),
    "parameters of a link": lambda size: _repeated(
        size,
        lambda n: f"&amp;p{n}=1",
        "<title>a</title><guid>t</guid><link>https://harbour.example/?a=1@</link>",
    ),
    "tracking parameters in a body": lambda size: _repeated(
        size, "&utm_source=x", _BODY.replace("@", '<a href="https://harbour.example/?a=1@">x</a>')
    ),
    "open bold": lambda size: _repeated(size, "<b>", _BODY),
    "open bold and paragraphs": lambda size: _repeated(size, "<b><p>", _BODY),
    "reopened bold": _reopened,
    "open divs": lambda size: _repeated(size, "<div>", _BODY),
    "open tables": lambda size: _repeated(size, "<table>", _BODY),
    "open links": lambda size: _repeated(size, '<a href="/x">', _BODY),
    "list items": lambda size: _repeated(size, "<li>x", _BODY),
    "angle brackets": lambda size: _repeated(size, "<", _BODY),
    "open tags": lambda size: _repeated(size, "<a ", _BODY),
    "open quotes": lambda size: _repeated(size, '<a href="', _BODY),
    "comments in a body": lambda size: _repeated(size, "<!--", _BODY),
    "line ends": lambda size: _repeated(size, "\n", _BODY),
    "blanks": lambda size: _repeated(size, " ", _BODY),
    "breaks": lambda size: _repeated(size, "<br>", _BODY),
    "pictures": lambda size: _repeated(size, lambda n: f'<img src="/{n}.jpg">', _BODY),
    "paragraphs": lambda size: _repeated(size, lambda n: f"<p>Words of {n}.</p>", _BODY),
    "blanks in a formula": lambda size: _repeated(
        size, " ", _BODY.replace("@", '<script type="math/tex">@x</script>')
    ),
    "a name of words that run together": lambda size: _repeated(
        size,
        "eigen",
        _BODY.replace(
            "@",
            '<p>The post <a href="https://harbour.example/tide">Tide</a> appeared first on'
            ' <a href="https://harbour.example/">@!</a>.</p>',
        ),
    ),
    "a long word": lambda size: _repeated(size, "x", _BODY),
    "a long title": lambda size: _repeated(size, "word ", "<title>@</title><guid>t</guid>"),
    "a long guid": lambda size: _repeated(size, "g", "<title>a</title><guid>@</guid>"),
    "a long address": lambda size: _repeated(
        size, "p/", "<title>a</title><link>https://harbour.example/@</link>"
    ),
    "a long author": lambda size: _repeated(size, "Ann ", _ONE + "<dc:creator>@</dc:creator>"),
    "a long category": lambda size: _repeated(size, "Sea ", _ONE + "<category>@</category>"),
    "a long date": lambda size: _repeated(size, "1 ", _ONE + "<pubDate>@</pubDate>"),
    "dates of commas": lambda size: _items(
        size, lambda n: _item(n, f"<guid>t#</guid><pubDate>{',' * 90}{n % 1000:03}</pubDate>")
    ),
    "at signs in an author": lambda size: _repeated(size, "a@", _ONE + "<author>@</author>"),
    "a long description of the feed": lambda size: (
        _HEAD.replace("Notes</d", "Notes " * (size // 6) + "</d") + _END
    ).encode(),
    "namespaces": lambda size: _rss("<item><title>a</title></item>").replace(
        b"<rss ", b"<rss " + b" ".join(b'xmlns:n%d="urn:%d"' % (n, n) for n in range(size // 20))
    ),
    "sources of a picture": lambda size: _repeated(
        size, lambda n: f"/{n}.jpg {n}w, ", _BODY.replace("@", '<img src="/a.jpg" srcset="@">')
    ),
    "nested bases": lambda size: _based(size, "x", _ONE + "@"),
    "nested bases in XHTML": lambda size: _based(
        size, "div", _ONE + f'<div xmlns="{_XHTML}">@</div>'
    ),
    "bases of open elements": lambda size: _repeated(size, '<p xml:base="a/">', _BODY),
}
