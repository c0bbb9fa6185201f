"""Safe HTML of a post -> the same, fit for a page that has headings of its own and may be narrow.

The normalizer has given pictures an alt text, frames a title and players their manners. Its HTML is
serialised, so a tag is a tag: neither text nor a quoted value holds a "<" or ">" as itself.
"""

from __future__ import annotations

import re
from html import escape, unescape

_TABLE = re.compile(r"<(/?)table(?=[ >])[^>]*>")
_PRE = re.compile(r"<pre(?=[ >])")
# Room that an editor made by an empty paragraph; a page spaces by itself.
_BLANK = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>\n?")
_HEADING = re.compile(r"<(/?)h([1-5])(?=[ >])")
# A link that holds nothing but a picture without words; not one with text, nor a picture that is
# described.
_MUTE = re.compile(r'(<a [^<>]*>\s*<img(?=[ >])[^<>]* alt=")("[^<>]*>\s*</a>)')
_SOURCE = re.compile(r'<img(?=[ >])[^<>]* src="([^"]*)')
# How WordPress, its image host and Blogger write one picture in many sizes: cat-300x200.jpg,
# i0.wp.com/, /s320-c/.
_SIZE = re.compile(
    r"\?.*|-\d+x\d+(?=\.\w+(?:\?|$))|^https?://(?:i\d\.wp\.com/)?|/[sw]\d+(?:-[a-z0-9]+)*(?=/)"
)


def shows(html: str, picture: str) -> bool:
    """Tell whether the body already shows a picture, in any size.

    >>> shows('<p><img alt="" src="https://a.example/cat-300x200.jpg?w=9"></p>', "http://a.example/cat.jpg?w=300")
    True
    >>> shows('<img src="https://a.example/cat-2.jpg">', "https://a.example/cat.jpg")
    False
    """
    if "<img" not in html:
        return False
    wanted = _SIZE.sub("", picture)
    return any(_SIZE.sub("", unescape(source)) == wanted for source in _SOURCE.findall(html))


def fit(html: str, title: str) -> str:
    """Return the body with scrollers around tables, names for mute links, and no second h1.

    A table gets a box of its own that scrolls and that a keyboard reaches; so does code. A linked
    picture without a description is named after the post. Headings move down one level where the
    body has an h1, because the page's own is the post's title. Empty paragraphs are left out.

    >>> fit("<h1>A</h1><h2>B</h2>", "T")
    '<h2>A</h2><h3>B</h3>'
    >>> fit("<p>A</p><p>&nbsp;</p><p> <br></p><p>B</p>", "T")
    '<p>A</p><p>B</p>'
    >>> fit('<p>1 &lt; 2</p><pre class="x">a</pre>', "T")
    '<p>1 &lt; 2</p><pre tabindex="0" class="x">a</pre>'
    >>> fit('<a href="b"><img src="a.png" alt=""></a><img src="a.png" alt="">', "T")
    '<a href="b"><img src="a.png" alt="T"></a><img src="a.png" alt="">'
    >>> fit("<table><tr><td>1</td></tr></table>", "T")
    '<div class="wide" tabindex="0" role="region" aria-label="T"><table><tr><td>1</td></tr></table></div>'
    """
    name = escape(title)
    html = _BLANK.sub("", html)
    if "<h1" in html:  # themes that use it for each section of a post
        html = _HEADING.sub(_lower, html)
    if "<pre" in html:
        html = _PRE.sub('<pre tabindex="0"', html)
    if "<table" in html:
        html = _boxed(html, name)
    if "<img" in html and 'alt=""' in html:
        html = _MUTE.sub(lambda image: f"{image[1]}{name}{image[2]}", html)
    return html


def _lower(tag: re.Match[str]) -> str:
    return f"<{tag[1]}h{int(tag[2]) + 1}"


def _boxed(html: str, name: str) -> str:
    """Put each table into a box, but not one inside another: that one scrolls already."""
    depth = 0

    def box(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[1]:
            depth -= 1
            return f"{tag[0]}</div>" if depth == 0 else tag[0]
        depth += 1  # tables in tables: newsletters, old Blogger layouts
        if depth > 1:
            return tag[0]
        return f'<div class="wide" tabindex="0" role="region" aria-label="{name}">{tag[0]}'

    return _TABLE.sub(box, html)
