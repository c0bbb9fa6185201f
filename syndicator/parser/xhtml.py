"""An element with markup inside (atom:content type="xhtml") -> that markup as HTML."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.parser.markup import XML_BASE, XML_LANG, Element, Scope, Uncertain, letters, name_of, scoped

_XHTML = "http://www.w3.org/1999/xhtml}"
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
# Elements that are taken for HTML where their namespace was forgotten. None may be one of a feed's own, such
# as `summary` or `source`: feedparser stumbles over those.
_SAFE = frozenset({
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "small", "span",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "tt", "u", "ul",
})  # fmt: skip


def inner_html(element: Element, unwrap: bool) -> str:
    """Write what is in an element; with `unwrap`, a <div> around all of it is left out (RFC 4287, 3.1.1.3).

    Raise Uncertain for elements that are not XHTML's, such as pictures in SVG and formulas.
    """
    if unwrap and (only := _only_div(element)) is not None:
        element = only
    return letters("".join(_inside(element)))


def scope_inside(element: Element, scope: Scope) -> Scope:
    """Return the base and language in effect inside the <div> around XHTML, which goes with its attributes."""
    try:
        only = _only_div(element)
    except Uncertain:
        only = None
    return scope if only is None else scoped(only, scope)


def _only_div(element: Element) -> Element | None:
    if len(element) != 1 or (element.text or "").strip() or (element[0].tail or "").strip():
        return None
    return element[0] if _local(element[0]) == "div" else None


def _inside(element: Element) -> Iterator[str]:
    yield _escaped(element.text)
    for child in element:
        yield from _whole(child)
        yield _escaped(child.tail)


def _whole(element: Element) -> Iterator[str]:
    tag = _local(element)
    start = f"<{tag}{''.join(_attributes(element))}"
    if tag in VOID and not len(element) and not element.text:
        yield f"{start} />"
        return
    yield f"{start}>"
    yield from _inside(element)
    yield f"</{tag}>"


def _local(element: Element) -> str:
    if element.tag.startswith(_XHTML):
        return element.tag[len(_XHTML) :].lower()
    if (name := name_of(element.tag)) in _SAFE:
        return name
    raise Uncertain(f"{element.tag} in XHTML")


def _attributes(element: Element) -> Iterator[str]:
    for key, value in element.attrib.items():
        name = {XML_LANG: "xml:lang", XML_BASE: "xml:base"}.get(key, key.lower())
        if "}" in name:
            raise Uncertain(f"attribute {key} in XHTML")
        written = _escaped(value.lower() if name in ("rel", "type") else value)  # as feedparser has them
        yield f' {name}="{written.replace(chr(34), "&quot;")}"'


def _escaped(text: str | None) -> str:
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;") if text else ""
