"""Read and write the tags of sanitized HTML.

nh3 writes HTML in one form: lower case, attributes in double quotes, `<`, `>` and `"` escaped in
their values. So `<[^>]*>` is exactly a tag, and text never holds a bare `<`. These functions are
correct for that form alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Attributes = dict[str, str]

# The mark of a removed part, until `tidy` has looked at the wrappers around it. HTML can't hold it.
GONE = "\x00"

_ATTRIBUTE = re.compile(r' ([a-z][a-z0-9-]*)="([^"]*)"')
_NOTHING = re.compile(
    r"<(a|p|div|span|figure|picture|li|center|em|strong|small|pre|code|h[1-6])(?: [^>]*)?>"
    r"((?:\s|&nbsp;|<br>|\x00)+)</\1>"
)

_DEEPEST = 50  # wrappers looked through: more are hostile, and would cost their square
_END = 40  # characters
# A word, and the end tags behind it.
_ENDS_WELL = re.compile(r".*[^\s>;](?:</[a-z][a-z0-9]*>)*", re.DOTALL)
_LAST_CLOSING = re.compile(r"</[a-z][a-z0-9]*>")
# Elements that are nothing without text; not a frame, cell or player, which may be empty.
_LAST_OPENING = re.compile(
    r"<(p|div|a|b|i|em|strong|u|s|small|sub|sup|span|mark|code)(?: [^<>]*)?>"
)


# The ampersand last, so that "&amp;lt;" becomes "&lt;".
_ESCAPES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\xa0", "&amp;": "&"}


def attributes(tag: str) -> Attributes:
    """Return a start tag's attributes, their values unescaped.

    >>> attributes('<img src="a?b&amp;c" alt="">')
    {'src': 'a?b&c', 'alt': ''}
    """
    written = _ATTRIBUTE.findall(tag)
    if "&" in tag:
        return {name: value(raw) for name, raw in written}
    return dict(written)


def value(raw: str) -> str:
    """Undo the escapes of nh3, in text or attributes; it writes no others.

    >>> value("&lt;b&gt; &quot;&amp;lt;&quot;")
    '<b> "&lt;"'
    """
    if "&" in raw:
        for written, meant in _ESCAPES.items():
            raw = raw.replace(written, meant)
    return raw


def escaped(text: str) -> str:
    """Escape as nh3 does, for text and attributes alike.

    >>> escaped('a "<b>" & c')
    'a &quot;&lt;b&gt;&quot; &amp; c'
    """
    text = text.replace("&", "&amp;").replace("\xa0", "&nbsp;")
    return text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def start(name: str, attributes: Mapping[str, str]) -> str:
    """Write a start tag.

    >>> start("a", {"href": "b?c&d"})
    '<a href="b?c&amp;d">'
    """
    written = (f' {key}="{escaped(text)}"' for key, text in attributes.items())
    return f"<{name}{''.join(written)}>"


def end_of(html: str, start: int, name: str) -> int:
    """Return the index behind the element that starts at `start`, or of the HTML's end.

    >>> end_of("<div><div></div>x</div>y", 0, "div")
    23
    """
    depth = 0
    for tag in re.compile(rf"<(/?){name}(?=[ >])[^>]*>").finditer(html, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return len(html)


def without(html: str, opening: re.Pattern[str]) -> tuple[str, int]:
    """Remove each element with a matching start tag; return the HTML and their number.

    Group 1 of the pattern is the name of the element.
    """
    kept: list[str] = []
    done = 0
    while match := opening.search(html, done):
        kept.append(html[done : match.start()])
        done = end_of(html, match.start(), match[1])
    return GONE.join([*kept, html[done:]]), len(kept)


def trimmed(html: str) -> str:
    """Remove line breaks, rules, white space and empty elements at the end, also nested ones.

    >>> trimmed("<div>a<br><br> </div>"), trimmed("<p>a</p><b></b>")
    ('<div>a</div>', '<p>a</p>')
    """
    if _ENDS_WELL.fullmatch(html[-_END:]):
        return html
    body, closing = html.rstrip(), ""
    for _ in range(_DEEPEST):
        if body.endswith(("<br>", "<hr>")):
            body = body[:-4].rstrip()
        elif body.endswith("&nbsp;"):
            body = body[:-6].rstrip()
        elif (end := _LAST_CLOSING.match(body, body.rfind("<"))) and end.end() == len(body):
            body, closing = body[: end.start()].rstrip(), end[0] + closing
        elif empty := _hollow(body, closing):
            body, closing = body[: empty.start()].rstrip(), closing.removeprefix(f"</{empty[1]}>")
        else:
            break
    return body + closing


def _hollow(body: str, closing: str) -> re.Match[str] | None:
    """Return the start tag at the end of `body` if `closing` begins with its end tag."""
    opening = _LAST_OPENING.match(body, body.rfind("<"))
    if opening is None or opening.end() != len(body):
        return None
    return opening if closing.startswith(f"</{opening[1]}>") else None


def tidy(html: str) -> str:
    r"""Remove the wrappers that a removal has emptied, and the marks of removed parts.

    >>> tidy("<p>a</p><p><a href='x'>\x00</a><br></p><p></p>")
    '<p>a</p><p></p>'
    """
    for _ in range(_DEEPEST):
        if GONE not in html:
            return html
        emptied = _NOTHING.sub(lambda wrapper: GONE if GONE in wrapper[2] else wrapper[0], html)
        if emptied == html:
            break
        html = emptied
    return html.replace(GONE, "")
