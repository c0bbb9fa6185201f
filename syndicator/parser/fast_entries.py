"""An item's element -> Entry, by feedparser's rules; Uncertain if feedparser might differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import entitydefs

from msgspec import Struct

from syndicator.model.feed import Category, Enclosure, Entry, Link, Text
from syndicator.parser.draft import Draft, alternate, entry
from syndicator.parser.elements import (
    EXTRAS,
    read_item_attributes,
    read_remote_content,
    read_replies,
)
from syndicator.parser.splitting import Item, proved
from syndicator.parser.values import number, text_kind
from syndicator.parser.xhtml import inner_html, scope_inside
from syndicator.parser.xml_tree import (
    XML_BASE,
    Element,
    Scope,
    Uncertain,
    file_type,
    letters,
    name_of,
    relation,
    resolved,
    scoped,
    words,
)


class _Reading(Struct):
    """One item while it is read: its draft, and flags for rules that depend on element order."""

    draft: Draft
    atom: bool  # its types say what is HTML; in RSS one has to look
    unwrap: bool
    summarised: bool = False
    pictured: bool = False  # an image's title may become the item's
    interrupted: bool = False  # after an image or a source a second title counts


def read_entry(element: Element, piece: Item, outer: Scope, version: str) -> Entry:
    """Read one item of a feed of some version; raise Uncertain if feedparser might differ."""
    item = _Reading(Draft(), version.startswith("atom"), version == "atom10")
    scope = read_item_attributes(item.draft, element, outer)
    _refuse_odd_base(element, scope)
    for child in element:
        name = name_of(child.tag)
        inner = scope
        # Asking for `attrib` would make a dictionary for each element that has none.
        if child.keys():
            inner = scoped(child, scope)
            _refuse_odd_base(child, inner)
        if core := _CORE.get(name):
            core(item, child, inner)
        elif date := _DATES.get(name):
            setattr(item.draft, date, _leaf(child))
        elif extra := EXTRAS.get(name):
            extra(item.draft, child, inner)
            if len(child):
                _refuse_inside(child, name)
            if name in ("image", "source"):
                item.interrupted = True
                item.pictured = item.pictured or (name == "image" and len(child) > 0)
        elif name in _REFUSED or (len(child) and not _inert(child)):
            raise Uncertain(f"<{name}> in an item")
    if item.pictured and not _is_plain(item.draft.title):
        raise Uncertain("an image's title")
    fingerprint = proved(piece, item.draft.guid, alternate(item.draft.links))
    return entry(item.draft, fingerprint, scope.language, scope.base)


def _is_plain(title: Text | None) -> bool:
    return (
        title is not None
        and title.kind == "text"
        and "<" not in title.value
        and "&" not in title.value
    )


def _refuse_odd_base(element: Element, scope: Scope) -> None:
    """Refuse a base that feedparser reads in a way of its own.

    It takes a bare `base` for xml:base, drops surplus slashes, and passes over one whose scheme it
    does not know.
    """
    base = element.get(XML_BASE, "")
    if (
        "base" in element.attrib
        or "///" in base
        or base != base.strip()
        or (base and not scope.base.startswith(("http://", "https://")))
    ):
        raise Uncertain("a base that is no web address")


def _inert(element: Element) -> bool:
    """Return True if feedparser takes nothing inside an unknown element for a part of the item."""
    return not any(_counts(name_of(part.tag)) for part in element.iter() if part is not element)


def _counts(name: str) -> bool:
    """Return True if feedparser takes an element for a part of the item."""
    is_known = name in _CORE or name in _DATES or name in EXTRAS or name in _REFUSED
    return is_known or not ("}" in name or ":" in name)


# What may stand within these four, where both lanes know it for a part of them and not of the item.
_INSIDE = {
    "author": ("name", "uri", "url", "homepage", "email", "gd:image"),
    "contributor": ("name", "uri", "url", "homepage", "email", "gd:image"),
    "source": ("title", "link", "id", "updated", "rights", "author", "name", "uri", "email", "subtitle", "icon", "logo",
               "category", "generator", "contributor", "published", "modified"),
    "image": ("url", "title", "link", "width", "height"),
}  # fmt: skip


def _refuse_inside(element: Element, name: str) -> None:
    """Refuse unexpected elements inside an element.

    Media and podcast elements are allowed: `by_feedparser` hides them from feedparser.
    """
    allowed = _INSIDE.get(name, ())
    for part in element.iter():
        inner = name_of(part.tag)
        if part is not element and inner not in allowed and (name in _INSIDE or _counts(inner)):
            if name not in _INSIDE and inner.startswith(("media:", "itunes:", "podcast:")):
                continue
            raise Uncertain(f"<{inner}> in <{name}>")


# -- the elements that both readers know ------------------------------------------------


def _text(item: _Reading, element: Element, scope: Scope, default: str) -> Text | None:
    """Read a text construct of its declared type; plain text in RSS may look like HTML."""
    said = element.get("type", default)
    kind = _TYPES.get(said.lower())
    if kind is None or element.get("mode", "escaped") == "base64":
        raise Uncertain(f"a text of type {said}")
    if kind == "xhtml":
        scope = scope_inside(element, scope) if item.unwrap else scope
        value = inner_html(element, item.unwrap, scope.base)
    elif len(element):
        raise Uncertain("elements in a text")
    else:
        value = letters(element.text)
    if not value:
        return None
    html = kind != "text" or (not item.atom and _looks_like_html(value))
    return Text(value, text_kind(is_html=html), scope.language, scope.base)


_TYPES: dict[str, str] = {
    "text": "text",
    "plain": "text",
    "text/plain": "text",
    "html": "html",
    "text/html": "html",
    "xhtml": "xhtml",
    "application/xhtml+xml": "xhtml",
}
_ENTITY = re.compile(r"&#?\w+;")
_NAMED = re.compile(r"&(\w+);")
_CLOSING = re.compile(r"</\w+>")
_ANY_TAG = re.compile(r"</?(\w+)")
_PLAIN_HTML = frozenset({
    "a", "abbr", "b", "br", "cite", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "i", "img",
    "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "tt",
    "u", "ul", "var", "blockquote",
})  # fmt: skip


def _looks_like_html(text: str) -> bool:
    """Guess as feedparser does: a closing tag or an entity, and nothing that HTML does not have."""
    if "&" not in text and "<" not in text:
        return False
    if not (_CLOSING.search(text) or _ENTITY.search(text)):
        return False
    if any(tag.lower() not in _PLAIN_HTML for tag in _ANY_TAG.findall(text)):
        raise Uncertain("a text with a rare tag in it")
    return all(name in entitydefs for name in _NAMED.findall(text))


def _leaf(element: Element) -> str:
    if len(element):
        raise Uncertain(f"elements in <{element.tag}>")
    return words(element)


def _title(item: _Reading, element: Element, scope: Scope) -> None:
    if item.pictured or (item.draft.title and item.interrupted):
        raise Uncertain("a title after an image or a source")
    if (text := _text(item, element, scope, "text")) and item.draft.title is None:
        item.draft.title = text


def _summary(item: _Reading, element: Element, scope: Scope) -> None:
    if item.summarised:
        raise Uncertain("a second summary")
    item.summarised = True
    default = "text" if name_of(element.tag) == "summary" else "html"  # description
    item.draft.summary = _text(item, element, scope, default)


def _content(item: _Reading, element: Element, scope: Scope) -> None:
    if element.get("src"):
        read_remote_content(item.draft, element, scope)
    elif text := _text(item, element, scope, "text"):
        item.draft.contents.append(text)


def _encoded(item: _Reading, element: Element, scope: Scope) -> None:
    if text := _text(item, element, scope, "html"):
        item.draft.contents.append(text)


# feedparser sends every address through urljoin and a pattern of its own: they may drop surplus
# slashes behind the scheme, tabs and line ends, and a closing ";".
_ODD_ADDRESS = re.compile(r"///|[\t\r\n]|;$")


def _link(item: _Reading, element: Element, scope: Scope) -> None:
    plain = not element.keys()
    href = "" if plain else element.get("url") or element.get("uri") or element.get("href")
    if not href:
        href = _leaf(element)
        # feedparser undoes `&b;=2` here, and so may undo what was meant.
        if ";" in href and "&" in href:
            raise Uncertain("an entity in a link")
    # An empty address may come to mean the base itself.
    if _ODD_ADDRESS.search(href) or (scope.base and not href):
        raise Uncertain("an odd address")
    if href and plain:
        item.draft.links.append(Link(resolved(scope.base, href)))
    elif href:
        _attributed_link(item.draft, element, resolved(scope.base, href))
        read_replies(item.draft, element, scope)


def _attributed_link(draft: Draft, element: Element, href: str) -> None:
    rel, kind = relation(element.get("rel", "")), file_type(element.get("type", ""))
    title, length = element.get("title", ""), number(element.get("length", ""))
    if rel == "enclosure":
        draft.enclosures.append(Enclosure(href, kind, length, title))
        return
    if rel == "self" and "type" not in element.attrib:
        kind = "application/atom+xml"  # feedparser's word for a feed's own link that has no type
    draft.links.append(Link(href, rel, kind, title, element.get("hreflang", ""), length))


def _enclosure(item: _Reading, element: Element, _scope: Scope) -> None:
    href = element.get("url") or element.get("uri") or element.get("href")
    if href:
        kind, length = file_type(element.get("type", "")), number(element.get("length", ""))
        item.draft.enclosures.append(Enclosure(href, kind, length, element.get("title", "")))


def _category(item: _Reading, element: Element, _scope: Scope) -> None:
    text = _leaf(element)
    if not element.keys():
        if text:
            item.draft.categories.append(Category(text))
        return
    term, label = element.get("term", ""), element.get("label", "")
    scheme = element.get("scheme", element.get("domain", ""))
    if not term and not text and (scheme or label):
        raise Uncertain("a category without a term")  # feedparser gives it the next one's
    if term or text:
        item.draft.categories.append(Category(term or text, scheme, label))
    if term and text:
        item.draft.categories.append(Category(text))


def _comments(item: _Reading, element: Element, scope: Scope) -> None:
    if element.keys():
        raise Uncertain("comments with attributes")
    address = _leaf(element)
    if _ODD_ADDRESS.search(address):
        raise Uncertain("an odd address")
    item.draft.comments = resolved(scope.base, address)


def _rights(item: _Reading, element: Element, scope: Scope) -> None:
    text = _text(item, element, scope, "text")
    item.draft.rights = text.value if text else ""


_CORE: dict[str, Callable[[_Reading, Element, Scope], None]] = {
    "title": _title,
    "dc:title": _title,
    "link": _link,
    "description": _summary,
    "dc:description": _summary,
    "summary": _summary,
    "content": _content,
    "content:encoded": _encoded,
    "enclosure": _enclosure,
    "category": _category,
    "keywords": _category,
    "dc:subject": _category,
    "comments": _comments,
    "rights": _rights,
    "copyright": _rights,
    "dc:rights": _rights,
}
# The dates, and the field of a draft that each fills.
_DATES = {
    **dict.fromkeys(("pubdate", "published", "issued", "dcterms:issued"), "published"),
    **dict.fromkeys(
        ("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"), "updated"
    ),
    **dict.fromkeys(("created", "dcterms:created"), "created"),
}
# What feedparser gives a meaning that we don't model, or keeps under a name that it also uses
# itself.
_REFUSED = frozenset({
    "textinput", "body", "xhtml:body", "fullitem", "abstract", "tags", "item", "entry", "channel",
    "feed", "rss", "authors", "contributors", "links", "title_detail", "summary_detail",
    "guidislink", "managingeditor",
})  # fmt: skip
