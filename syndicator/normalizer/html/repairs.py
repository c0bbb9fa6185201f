"""Repair the HTML of a feed before it is sanitized.

The sanitizer drops attributes and elements without regard to their effect. The repairs keep what
a browser would show: formulas, the state of check boxes, line ends, links in buttons. They mark
what a browser would hide, so that it can be removed after parsing.

The patterns run over HTML by anyone, in any form. Each repair runs only if a substring shows that
it may be needed.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache
from html import escape

from syndicator.normalizer.html import trackers

# A start tag with attributes. Does not match the attributes behind a ">" in a quoted value.
_START = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)(\s[^<>]*)>")
# Attributes as nearly all write them: a literal prefix is searched five times as fast. So `STYLE =`
# is not looked at.
_CLASS = re.compile(r" class=(\"[^\"]*\"|'[^']*')")
_STYLE = re.compile(r" style=(\"[^\"]*\"|'[^']*')")
_HIDDEN_ATTRIBUTE = re.compile(
    r"\shidden(?:\s*=\s*(?:\"(?:hidden)?\"|'(?:hidden)?'|hidden|true))?(?=[\s/>]|$)", re.IGNORECASE
)
# Not "opacity: 0", with which scripts fade real text in, nor "font-size: 0" or "height: 0", which
# wrap shown elements.
_HIDING_STYLE = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%)",
    re.IGNORECASE,
)
_UNSELECTABLE = re.compile(r"user-select\s*:\s*none", re.IGNORECASE)
# Void elements, players and frames are not marked: other rules judge them by their own styles.
_NEVER_MARKED_WORDS = """
    area audio br col embed hr iframe img input link meta noscript object param source track
    video wbr x-iframe x-embed x-object x-noscript
"""
_NEVER_MARKED = frozenset(_NEVER_MARKED_WORDS.split())
# Parts of forms, whose tags go and whose texts stay: a hidden one, such as a trap for robots, must go
# whole, so it becomes an element that is kept until then.
_FORM_PART = re.compile(r"(</?)(label|form|fieldset)(?=[\s/>])", re.IGNORECASE)
_HIDDEN_FORM_PART = re.compile(r'<(?:label|form|fieldset) data-hidden=""', re.IGNORECASE)
# Text for screen readers alone, and the line numbers of Hugo, Pygments, Rouge, highlight.js,
# Prism, Crayon and SyntaxHighlighter.
_HIDING_CLASSES_WORDS = """
    screen-reader-text screen-reader-only sr-only visually-hidden visuallyhidden lnt ln lineno
    linenos linenodiv line-number line-numbers-rows hljs-ln-numbers rouge-gutter gutter
    crayon-nums code-line-number
"""
_HIDING_CLASSES = frozenset(_HIDING_CLASSES_WORDS.split())
# The rendered twins of a formula, beside its MathML or its TeX.
_HIDING_BESIDE_MATHML = _HIDING_CLASSES | {"katex-html", "mjx-math", "MathJax_Preview"}
_TEX_TWINS_WORDS = """
    MathJax MathJax_Preview MathJax_Display MathJax_CHTML MathJax_SVG MathJax_SVG_Display
    mjx-chtml MJXc-display MJX_Assistive_MathML
"""
_HIDING_BESIDE_TEX = _HIDING_CLASSES.union(_TEX_TWINS_WORDS.split())
# MathJax 2 keeps the TeX of a formula in a script.
_TEX = re.compile(
    r"<script\b[^<>]*?\btype\s*=\s*[\"']?math/tex(\s*;\s*mode\s*=\s*display)?[\"']?[^<>]*>"
    r"((?:[^<]|<(?!/?script\b))*)</script\s*>",
    re.IGNORECASE,
)
_CDATA = re.compile(
    r"(?:%|(?<!\s))\s*+(?:<!\[CDATA\[|\]\]>)"
)  # by which Markdown processors guard it
# Elements that XHTML may close in their start tag, though HTML then reads raw text to the end. Not
# an unquoted value that ends with a slash.
_RAW_NAMES = "script style title textarea noembed noframes xmp svg select canvas button template"
_CLOSED_BY_END_TAG = frozenset(name + slash for name in _RAW_NAMES.split() for slash in ("", "/"))
_SELF_CLOSED = re.compile(
    r"<(script|style|title|textarea|noembed|noframes|xmp|svg|select|canvas|button|template)"
    r"((?:\s[^<>]*?)?(?:[\"'\s]|(?<=[a-z])))/>",
    re.IGNORECASE,
)
# A button with a link in it, or in a link: it shows the words of the link.
_BUTTON_IN_LINK = re.compile(
    r"(<a\s[^<>]*>(?:\s|<(?:b|div|p|span|strong)\b[^<>]*>)*)"
    r"<button\b[^<>]*>(.{0,500}?)</button\s*>",
    re.IGNORECASE | re.DOTALL,
)
_LINK_IN_BUTTON = re.compile(
    r"<button\b[^<>]*>((?:(?!</?button\b).){0,500}?<a\s(?:(?!</?button\b).){0,500})</button\s*>",
    re.IGNORECASE | re.DOTALL,
)
# The check box that begins an item of a list, as GitHub and others write task lists.
_CHECK_BOX = re.compile(
    r"(<li\b[^<>]*>\s*(?:<(?:p|label)\b[^<>]*>\s*)?)"
    r"<input\b([^<>]*\btype\s*=\s*[\"']?checkbox\b[^<>]*)>",
    re.IGNORECASE,
)
_CHECKED = re.compile(r"(?<![\w-])checked(?![\w-])", re.IGNORECASE)  # not "aria-checked"
# Text of a frame for browsers without frames; tags in it may be a link to the video.
_FRAME_TEXT = re.compile(r"(<iframe\b[^<>]*[^<>/]>)[^<]+(?=</iframe)", re.IGNORECASE)
_PRESERVES_LINES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_TAG_OR_TEXT = re.compile(r"<[^>]*>|[^<]+")
_INLINE = re.compile(
    r"</?(?:a|b|code|em|i|img|mark|s|small|span|strong|sub|sup|u)\b", re.IGNORECASE
)
_LONGEST_ELEMENT = 50_000  # characters in which the end of an element is looked for
_MOST_UNCLOSED = 20  # elements whose end was not found before no more are looked for


def repaired(html: str, names: Set[str]) -> str:
    """Return HTML with the repairs made, still unsafe.

    `names` are the names of its tags in lower case, such as "p", "/p" and "br/".

    >>> repaired('<li><input type="checkbox" checked> Paint</li>', {"li", "input", "/li"})
    '<li>☑ Paint</li>'
    """
    hiding = _hiding_classes(html, names)
    if "/>" in html and not names.isdisjoint(_CLOSED_BY_END_TAG):
        html = _SELF_CLOSED.sub(r"<\1\2></\1>", html)
    if "script" in names and "math/tex" in html:
        html = _TEX.sub(_tex, html)
    if "button" in names:
        html = _LINK_IN_BUTTON.sub(r"\1", _BUTTON_IN_LINK.sub(r"\1\2", html))
    if "input" in names:
        html = _CHECK_BOX.sub(_check_box, html)
    if "iframe" in names:
        html = _FRAME_TEXT.sub(r"\1", html)
    if "white-space" in html:
        html = _with_line_breaks(html)
    return _marked(html, names, hiding)


def _tex(script: re.Match[str]) -> str:
    """Return a formula as TeX between the delimiters that MathJax and KaTeX look for."""
    tex = escape(_CDATA.sub("", script[2]).strip(), quote=False)
    return rf"\[{tex}\]" if script[1] else rf"\({tex}\)"


def _check_box(box: re.Match[str]) -> str:
    return f"{box[1]}{'☑' if _CHECKED.search(box[2]) else '☐'}"


@lru_cache(maxsize=4096)  # the posts of a feed have the same styles
def _is_hiding(style: str) -> bool:
    return _HIDING_STYLE.search(style[1:-1]) is not None


def _marked(html: str, names: Set[str], hiding: frozenset[str]) -> str:
    """Mark the start tags of share bars and of hidden elements, since classes and styles go."""
    marks = {}
    for written in set(_CLASS.findall(html)):
        classes = written[1:-1].split()
        if not trackers.BARS.isdisjoint(classes):
            marks[written] = ' data-bar=""'
        elif not hiding.isdisjoint(classes):
            marks[written] = ' data-hidden=""'
    if " style=" in html:
        has_code = "pre" in names or "code" in names
        for style in set(_STYLE.findall(html)):
            if _is_hiding(style) or (has_code and _UNSELECTABLE.search(style)):
                marks[style] = ' data-hidden=""'
    is_hidden = " hidden" in html and _HIDDEN_ATTRIBUTE.search(html)
    if not (marks or is_hidden):
        return html  # nearly all posts

    def marked(tag: re.Match[str]) -> str:
        name, written = tag.groups()
        if name.lower() in _NEVER_MARKED:
            return tag[0]
        for pattern in (_CLASS, _STYLE):
            if (match := pattern.search(written)) and match[1] in marks:
                return f"<{name}{marks[match[1]]}{written}>"
        if _HIDDEN_ATTRIBUTE.search(written):
            return f'<{name} data-hidden=""{written}>'
        return tag[0]

    html = _START.sub(marked, html)
    return _FORM_PART.sub(_as_box, html) if _HIDDEN_FORM_PART.search(html) else html


def _as_box(tag: re.Match[str]) -> str:
    return f"{tag[1]}{'span' if tag[2].lower() == 'label' else 'div'}"


def _hiding_classes(html: str, names: Set[str]) -> frozenset[str]:
    """Return the classes that hide, with those of formulas that have a twin in MathML or TeX."""
    if "script" in names and "math/tex" in html:
        return _HIDING_BESIDE_TEX
    return _HIDING_BESIDE_MATHML if "math" in names else _HIDING_CLASSES


def _with_line_breaks(html: str) -> str:
    """Turn the line ends that a style preserves into line breaks.

    Spans are left alone: editors put the style on each, around text that is wrapped by chance.
    """
    parts: list[str] = []
    done = unclosed = 0
    for tag in _START.finditer(html):
        style = _STYLE.search(tag[2])
        name = tag[1].lower()
        if tag.start() < done or style is None or name in ("span", "pre", "code", "textarea"):
            continue
        if not _PRESERVES_LINES.search(style[1]):
            continue
        end = _end_of(html, tag.end(), name)
        unclosed += end == tag.end()
        if unclosed == _MOST_UNCLOSED:
            break
        parts += [html[done : tag.end()], _broken(html[tag.end() : end])]
        done = end
    return "".join([*parts, html[done:]])


def _end_of(html: str, start: int, name: str) -> int:
    """Return the index of an element's end tag; its start tag ends at `start`."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}(?=[\s>/])", re.IGNORECASE).finditer(
        html, start, start + _LONGEST_ELEMENT
    ):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.start()
    return start


def _broken(inner: str) -> str:
    """Return the content of an element with breaks for line ends, except between its blocks."""
    closed, end, rest = inner.rpartition(">")  # no "<" without a ">" is looked for more than once
    pieces = [*_TAG_OR_TEXT.findall(closed + end), *filter(None, rest.split("<"))]
    for place, piece in enumerate(pieces):
        if piece.startswith("<") or not piece.strip():
            continue
        text = piece
        if not (place and _INLINE.match(pieces[place - 1])):
            text = text.lstrip("\r\n")
        if not (place + 1 < len(pieces) and _INLINE.match(pieces[place + 1])):
            text = text.rstrip("\r\n")
        pieces[place] = re.sub(r"\r\n?|\n", "<br>", text)
    return "".join(pieces)
