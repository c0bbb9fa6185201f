"""Start tags of sanitized HTML <-> their attributes, and where an element ends.

nh3 writes HTML in one way only: lower case, attributes in double quotes, `<`, `>` and `"` in their values
escaped. So `<[^>]*>` is exactly a tag, and text never holds a bare `<`; these functions are true of that
HTML and of no other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Attributes = dict[str, str]

# Stands where something was taken out, until `tidy` has looked at what is around it. HTML can't hold it.
GONE = "\x00"

_ATTRIBUTE = re.compile(r' ([a-z][a-z0-9-]*)="([^"]*)"')
_NOTHING = re.compile(
    r"<(a|p|div|span|figure|picture|li|center|em|strong|small|h[1-6])(?: [^>]*)?>((?:\s|&nbsp;|<br>|\x00)+)</\1>"
)


_DEEPEST = (
    50  # wrappers looked through: nobody writes more, and a hostile page must not cost its square
)
_END = 40  # characters
_ENDS_WELL = re.compile(
    r".*[^\s>;](?:</[a-z][a-z0-9]*>)*", re.DOTALL
)  # with a word, and what closes around it
_LAST_CLOSING = re.compile(r"</[a-z][a-z0-9]*>")
# What a link or an element of text leaves when its text has gone; never a frame, cell or player, which may be empty.
_LAST_OPENING = re.compile(
    r"<(p|div|a|b|i|em|strong|u|s|small|sub|sup|span|mark|code)(?: [^<>]*)?>"
)


_ESCAPE = re.compile("&(lt|gt|quot|nbsp|amp);")
_ESCAPED = {"lt": "<", "gt": ">", "quot": '"', "nbsp": "\xa0", "amp": "&"}


def attributes(tag: str) -> Attributes:
    """Return a start tag's attributes, their values unescaped.

    >>> attributes('<img src="a?b&amp;c" alt="">')
    {'src': 'a?b&c', 'alt': ''}
    """
    written = _ATTRIBUTE.findall(tag)
    return {name: value(raw) for name, raw in written} if "&" in tag else dict(written)


def value(raw: str) -> str:
    """Undo the escapes of nh3, in text as in attributes: there are no others.

    >>> value("&lt;b&gt; &quot;&amp;lt;&quot;")
    '<b> "&lt;"'
    """
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], raw) if "&" in raw else raw


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
    return (
        f"<{name}" + "".join(f' {key}="{escaped(text)}"' for key, text in attributes.items()) + ">"
    )


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
    """Take out each element whose start tag matches (its name is group 1); return the HTML and how many went."""
    kept: list[str] = []
    done = 0
    while found := opening.search(html, done):
        kept.append(html[done : found.start()])
        done = end_of(html, found.start(), found[1])
    return GONE.join([*kept, html[done:]]), len(kept)


def trimmed(html: str) -> str:
    """Take line breaks, rules, white space and empty text elements off the end, also those inside the last elements.

    >>> trimmed("<div>a<br><br> </div>"), trimmed("<p>a</p>"), trimmed("<p>a</p><b></b>")
    ('<div>a</div>', '<p>a</p>', '<p>a</p>')
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
    """Return the start tag that ends `body`, where it is of an element that `closing` ends at once."""
    opening = _LAST_OPENING.match(body, body.rfind("<"))
    whole = (
        opening is not None
        and opening.end() == len(body)
        and closing.startswith(f"</{opening[1]}>")
    )
    return opening if whole else None


def tidy(html: str) -> str:
    r"""Take out the wrappers that hold nothing now that something is gone, and the marks.

    >>> tidy("<p>a</p><p><a href='x'>\x00</a><br></p><p></p>")
    '<p>a</p><p></p>'
    """
    for _ in range(_DEEPEST):
        if GONE not in html:
            return html
        emptied = _NOTHING.sub(lambda found: GONE if GONE in found[2] else found[0], html)
        if emptied == html:
            break
        html = emptied
    return html.replace(GONE, "")
