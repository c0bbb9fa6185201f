"""Safe HTML of a post -> the same, fit for a page that has headings of its own and may be narrow.

The sanitizer serialised what comes here, so a tag is a tag: text holds no "<", and every attribute is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

# A whole tag with its attributes. Values are taken whole, so that a "<table" in one is never taken for a tag.
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^\"'>]|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)

_WANTING = ("<table", "<pre", "<h1", "<img", "<iframe", "<video", "<audio")


def fit(html: str, title: str) -> str:
    """Return the body with scrollers around wide things, names for what has none, and no second h1.

    A table gets a box of its own that scrolls and that a keyboard reaches; so does code. Pictures without alt are
    marked as decoration, or named after the post where they are all that a link holds. Headings move down one
    level where the body has an h1, because the page's own is the post's title.

    >>> fit("<h1>A</h1><h2>B</h2>", "T")
    '<h2>A</h2><h3>B</h3>'
    >>> fit('<p title="<table">x</p><img src="a.png">', "T")
    '<p title="<table">x</p><img src="a.png" alt="" loading="lazy">'
    >>> fit("<table><tr><td>1</td></tr></table>", "T")
    '<div class="wide" tabindex="0" role="region" aria-label="T"><table><tr><td>1</td></tr></table></div>'
    """
    if not any(tag in html for tag in _WANTING):
        return html
    return _TAG.sub(_Fitter(title, "<h1" in html), html)


class _Fitter:
    """What is done to each tag, left to right; it remembers whether a link is open."""

    def __init__(self, title: str, demote: bool) -> None:
        self.title = escape(title, quote=True)
        self.demote = demote
        self.in_link = False
        self.tables = 0
        self.rules: dict[str, Callable[[re.Match[str], bool], str]] = {
            "a": self.link, "table": self.table, "pre": self.pre, "img": self.img, "iframe": self.iframe,
            "audio": self.player, "video": self.player,
        }  # fmt: skip
        if demote:
            self.rules.update({f"h{level}": self.heading for level in range(1, 6)})

    def __call__(self, tag: re.Match[str]) -> str:
        rule = self.rules.get(tag[2].lower())
        return rule(tag, bool(tag[1])) if rule else tag[0]

    def link(self, tag: re.Match[str], closes: bool) -> str:
        self.in_link = not closes
        return tag[0]

    def table(self, tag: re.Match[str], closes: bool) -> str:
        self.tables += -1 if closes else 1
        if self.tables != (0 if closes else 1):  # inside another: that one scrolls
            return tag[0]
        return f"{tag[0]}</div>" if closes else f"{self.box('div')}{tag[0]}"

    def pre(self, tag: re.Match[str], closes: bool) -> str:
        return tag[0] if closes else f'<pre tabindex="0"{tag[3]}>'

    def img(self, tag: re.Match[str], _closes: bool) -> str:
        attributes = tag[3].rstrip(" /")
        if not re.search(r"\salt=", attributes):
            attributes += f' alt="{self.title if self.in_link else ""}"'
        if not re.search(r"\sloading=", attributes):
            attributes += ' loading="lazy"'
        return f"<img{attributes}>"

    def iframe(self, tag: re.Match[str], closes: bool) -> str:
        if closes or re.search(r"\stitle=", tag[3]):
            return tag[0]
        return f'<iframe{tag[3]} title="{self.title}">'

    def player(self, tag: re.Match[str], closes: bool) -> str:
        if closes or re.search(r"\spreload\b", tag[3]):
            return tag[0]
        return f'<{tag[2]}{tag[3]} preload="none">'

    def heading(self, tag: re.Match[str], _closes: bool) -> str:
        return f"<{tag[1]}h{int(tag[2][1]) + 1}{tag[3]}>"

    def box(self, name: str) -> str:
        return f'<{name} class="wide" tabindex="0" role="region" aria-label="{self.title}">'
