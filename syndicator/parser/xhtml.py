"""An element with markup inside (atom:content type="xhtml") -> that markup as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from syndicator.namespaces import XHTML
from syndicator.parser.xml_tree import (
    XML_BASE,
    XML_LANG,
    Element,
    Scope,
    Uncertain,
    letters,
    name_of,
    resolved,
    scoped,
)

_XHTML = f"{XHTML}}}"
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr")
)  # fmt: skip
# Ends at the next `<` at the latest, so that many unclosed ones cost no more than their length.
_TAG = re.compile(r'<(/?)[a-zA-Z](?:[^<">]|"[^<"]*")*?(/?)>')
_OWN_BASE = re.compile(r' xml:base="([^"]+)"')
_ADDRESS = re.compile(r' (href|src|srcset|cite|poster|data|longdesc|background)="([^"]+)"')
_IN_SET = re.compile(r"((?:^|,)\s*)([^\s,]+)")
# Elements without a namespace that count as HTML. None may be one of a feed's own, such as
# `summary` or `source`: feedparser stumbles over those.
_SAFE = frozenset({
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "div", "dl", "dt", "em",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p",
    "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead",
    "tr", "tt", "u", "ul",
})  # fmt: skip


def inner_html(element: Element, unwrap: bool, base: str) -> str:
    """Serialise the content of an element, with `unwrap` without its <div> (RFC 4287, 3.1.1.3).

    `base` is the base around the element, from which inner ones start. Raise Uncertain for elements
    outside of XHTML, such as pictures in SVG and formulas.
    """
    if unwrap and (only := _only_div(element)) is not None:
        element = only
    bases: list[str] = []
    html = letters("".join(_inside(element, bases)))
    return rebased(html, base) if bases else html


def rebased(html: str, base: str) -> str:
    """Resolve the addresses below an inner xml:base (XML Base, 4.1); others stay as written.

    `html` is markup as both readers write it: `>` only at the ends of tags, values in double
    quotes. feedparser knows the base around a text only.

    >>> rebased('<a href="x">1</a><p xml:base="/b/"><a href="x">2</a></p>', "https://a.example/a/")
    '<a href="x">1</a><p xml:base="/b/"><a href="https://a.example/b/x">2</a></p>'
    """
    bases = [""]  # of the elements around; "": there is only the text's

    def seen(tag: re.Match[str]) -> str:
        if tag[1]:
            if len(bases) > 1:
                bases.pop()
            return tag[0]
        inner = bases[-1]
        if own := _OWN_BASE.search(tag[0]):
            inner = resolved(inner or base, unescape(own[1]).strip())
        if not tag[2] and tag[0].removeprefix("<").partition(" ")[0].rstrip(">") not in VOID:
            bases.append(inner)
        if inner:
            return _ADDRESS.sub(lambda match: _placed(match, inner), tag[0])
        return tag[0]

    return _TAG.sub(seen, html)


def _placed(match: re.Match[str], base: str) -> str:
    name, written = match.groups()
    if name != "srcset":
        written = _absolute(written, base)
    elif "data:" not in written:  # it holds commas
        written = _IN_SET.sub(lambda address: address[1] + _absolute(address[2], base), written)
    return f' {name}="{written}"'


def _absolute(written: str, base: str) -> str:
    """Resolve an address as it stands in an attribute; one within the page stays."""
    if written.startswith("#"):
        return written
    return _escaped(resolved(base, unescape(written).strip())).replace('"', "&quot;")


def scope_inside(element: Element, scope: Scope) -> Scope:
    """Return the base and language inside the <div> around XHTML, which is left out."""
    try:
        only = _only_div(element)
    except Uncertain:
        only = None
    return scope if only is None else scoped(only, scope)


def _only_div(element: Element) -> Element | None:
    if len(element) != 1 or (element.text or "").strip() or (element[0].tail or "").strip():
        return None
    return element[0] if _local(element[0]) == "div" else None


def _inside(element: Element, bases: list[str]) -> Iterator[str]:
    yield _escaped(element.text)
    for child in element:
        yield from _whole(child, bases)
        yield _escaped(child.tail)


def _whole(element: Element, bases: list[str]) -> Iterator[str]:
    tag = _local(element)
    start = f"<{tag}{''.join(_attributes(element, bases))}"
    if tag in VOID and not len(element) and not element.text:
        yield f"{start} />"
        return
    yield f"{start}>"
    yield from _inside(element, bases)
    yield f"</{tag}>"


def _local(element: Element) -> str:
    if element.tag.startswith(_XHTML):
        return element.tag[len(_XHTML) :].lower()
    if (name := name_of(element.tag)) in _SAFE:
        return name
    raise Uncertain(f"{element.tag} in XHTML")


def _attributes(element: Element, bases: list[str]) -> Iterator[str]:
    """Serialise attributes, and collect those that are an xml:base."""
    for key, value in element.attrib.items():
        name = {XML_LANG: "xml:lang", XML_BASE: "xml:base"}.get(key, key.lower())
        if name == "xml:base":
            bases.append(value)
        elif "}" in name:
            raise Uncertain(f"attribute {key} in XHTML")
        # feedparser writes these two in lower case.
        written = _escaped(value.lower() if name in ("rel", "type") else value)
        yield f' {name}="{written.replace(chr(34), "&quot;")}"'


def _escaped(text: str | None) -> str:
    if text:
        return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return ""
