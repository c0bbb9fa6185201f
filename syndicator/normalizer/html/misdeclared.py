"""Text of a wrong type, as feeds write it -> HTML or plain text as it was meant.

Plain text in an element for HTML loses all behind a `<`; HTML that was escaped twice shows its source. The
evidence is the text itself: pairs of known tags, attributes, void elements.
"""

from __future__ import annotations

import re
from html import unescape

# The elements of HTML; "the <path> element" names none of them.
_ELEMENTS = frozenset(
    """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br button
    canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed
    fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe
    img input ins kbd label legend li link main map mark marquee math menu meta meter nav nobr noembed noframes
    noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp script search section
    select slot small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th
    thead time title tr track tt u ul var video wbr
    """.split()
)
# A whole tag. Not "<jane@mail.example>", not "a <b and c> d" with its sign inside.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)(/?)>")
_BARE = frozenset({"br", "hr", "wbr", "p", "li", "dt", "dd", "tr", "td", "th"})  # need no partner
# Evidence of HTML in nine posts of ten, found without reading all of it.
_PLAINLY_HTML = ("</p>", "<br", "</a>", "</div>", "</li>", "<img ", "</strong>", "</em>", "</span>")
# A `<` that begins no tag, comment or declaration, such as that of an address: "<jane@mail.example>".
_ADDRESS = re.compile(r"<(?=[^\s<>@/]{1,100}@[^\s<>@/]{1,100}>)")
# A tag cut at the end of an excerpt: "<a href=", "<im"; not "if p<q then".
_CUT_TAG = re.compile(r"<(?:/?[A-Za-z]*|[A-Za-z]+\s[^<>]*=[^<>]*)\Z")
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*?)(?:\]\]>)?\s*\Z", re.DOTALL)
_ESCAPED_LINK = re.compile(r"&lt;(a|img)\s[^<>]{0,500}?\b(?:href|src)\s*=")
_ESCAPED_START = re.compile(r"\s*&lt;([A-Za-z][A-Za-z0-9]*)\b[^<>]*?&gt;")
_ESCAPED_END = re.compile(r"(?:&lt;/([A-Za-z][A-Za-z0-9]*)|&lt;(?:br|img|hr)\b[^<>]{0,500}?/?)&gt;\s*\Z")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def without_cdata(text: str) -> str:
    """Remove the marks of a CDATA section that was escaped with its text.

    >>> without_cdata("<![CDATA[Real title]]>")
    'Real title'
    """
    if "<![CDATA[" not in text:
        return text
    section = _CDATA.match(text)
    return section[1] if section else text


def html_as_meant(text: str) -> str:
    """Return HTML as its author meant it: unescaped once more, or with each `<` of plain text escaped.

    >>> html_as_meant("&lt;p&gt;Hello &lt;b&gt;there&lt;/b&gt;&lt;/p&gt;")
    '<p>Hello <b>there</b></p>'
    >>> html_as_meant("the <path> element, if p<q"), html_as_meant("<p>the <b>best")
    ('the &lt;path> element, if p&lt;q', '<p>the <b>best')
    """
    text = without_cdata(text)
    if "<" not in text:
        return unescape(text) if _is_escaped_twice(text) else text
    if not any(mark in text for mark in _PLAINLY_HTML) and not _has_markup(text):
        cut = _CUT_TAG.search(text)
        whole = text[: cut.start()] if cut else text
        return whole.replace("<", "&lt;")
    return _ADDRESS.sub("&lt;", text) if "@" in text else text


def _has_markup(text: str) -> bool:
    """Return True if a text has a tag with attributes, without need of a partner, or with its partner."""
    if "<!--" in text or "<?" in text:
        return True
    opened: set[str] = set()
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name not in _ELEMENTS:
            continue
        if name in _BARE or "=" in tag[3] or (not tag.start() and text[tag.end() :].strip()):
            return True
        if tag[1] and (name in opened or not opened):
            return True
        opened.add(name)
    return False


def _is_escaped_twice(text: str) -> bool:
    """Return True if a text without tags has escaped ones that dress it, not ones that it is about."""
    if "&lt;" not in text:
        return False
    if _ESCAPED_LINK.search(text) and ("&lt;/a&gt;" in text or "&lt;img" in text):
        return True
    start, end = _ESCAPED_START.match(text), _ESCAPED_END.search(text[-600:])
    return bool(start and end and start[1].lower() in _ELEMENTS)


def plain_as_meant(text: str) -> str:
    """Decode the references in plain text, which has none, but for those of `<` and `>`.

    >>> plain_as_meant("Fish&nbsp;&amp;&nbsp;chips &lt;b&gt;")
    'Fish\\xa0&\\xa0chips &lt;b&gt;'
    """
    if "&" not in text:
        return text
    return _REFERENCE.sub(_character, without_cdata(text))


def _character(reference: re.Match[str]) -> str:
    character = unescape(reference[0])
    return reference[0] if character in "<>" else character
