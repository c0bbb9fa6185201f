"""The elements of an item that feedparser drops or misreads -> Draft, for both readers.

`EXTRAS` maps the name of an element to the function that reads it: ids as written, people, sources,
counts and terms here, podcasts and media in `podcast` and `media`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from syndicator.model.feed import Enclosure, Link, Origin, Person, Text
from syndicator.namespaces import ATOM, INDEXING, RSL, THREAD
from syndicator.parser.dates import instant
from syndicator.parser.draft import Draft, Reader
from syndicator.parser.media import MEDIA, read_licence
from syndicator.parser.podcast import PODCAST
from syndicator.parser.values import number, plain
from syndicator.parser.xml_tree import (
    RDF,
    Element,
    Scope,
    name_of,
    relation,
    resolved,
    scoped,
    words,
)

if TYPE_CHECKING:
    from lxml import etree

INDEX = f"{INDEXING}}}index"
_COUNT = f"{THREAD}}}count"
_PAGE = "text/html"
# A mail address. It must not match a bare handle (@jane) or a fediverse one (@jane@example.com).
_MAIL = re.compile(r"(?<![@\w.+-])[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:\?subject=\S+)?")
_NOBODY = "noreply@blogger.com"  # Blogger's, for all its authors
_FRAME = re.compile(r"\(\s*\)|<\s*>|&lt;\s*&gt;")  # what the address stood in
_PARTS = {"name": "name", "uri": "uri", "url": "uri", "homepage": "uri", "email": "email"}
_LONGEST_TERMS = 4000  # characters of the terms of one item; longer ones are left out
_DEEPEST_TERMS = 6
_TERM = f"{RSL}}}"  # tags of the tree have no opening brace
_TERM_ATTRIBUTES = ("url", "server", "encrypted", "lastmod", "type", "currency")


def read_extras(draft: Draft, item: Element, outer: Scope) -> Scope:
    """Read all elements of the table into a draft; return the item's own scope."""
    scope = read_item_attributes(draft, item, outer)
    for child in item:
        if reader := EXTRAS.get(name_of(child.tag)):
            reader(draft, child, scoped(child, scope))
    return scope


def read_item_attributes(draft: Draft, item: Element, outer: Scope) -> Scope:
    """Read the attributes of the item's own tag, and return its scope."""
    if not item.attrib:
        return outer
    draft.guid = item.get(RDF + "about", "").strip()
    draft.noindex = item.get(INDEX, "").lower() == "no"
    return scoped(item, outer)


def _guid(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.guid = words(element)
    # RSS 2.0: a permalink unless it says no; the attribute is written in any case.
    if name_of(element.tag) == "guid":
        said = next(
            (value for key, value in element.attrib.items() if key.lower() == "ispermalink"), "true"
        )
        draft.guid_is_permalink = said.strip().lower() != "false"


def person(element: Element) -> Person | None:
    """Read `author`, `contributor`, `dc:creator` or `managingEditor`; None if it is empty.

    RSS wants "jane@example.com (Jane Doe)", Atom elements for name, address and page; feeds write
    either anywhere. feedparser gives an author without a mail address that of the one before, so
    both readers use this function.
    """
    if not len(element):
        return named(words(element))
    parts = {"name": "", "uri": "", "email": ""}
    for child in element:
        if (part := _PARTS.get(name_of(child.tag))) and not parts[part]:
            parts[part] = words(child)
    if parts["email"] == _NOBODY:
        parts["email"] = ""
    return Person(**parts) if any(parts.values()) else named(words(element))


def named(text: str) -> Person | None:
    """Part a name from the mail address beside it.

    >>> named("jane@example.com (Jane Doe)")
    Person(name='Jane Doe', uri='', email='jane@example.com')
    """
    match = _MAIL.search(text) if "@" in text else None
    if not match:
        return Person(text) if text else None
    rest = _FRAME.sub("", text.replace(match[0], "")).strip()
    return Person(
        rest.removeprefix("(").removesuffix(")").strip(),
        email="" if match[0] == _NOBODY else match[0],
    )


def _author(draft: Draft, element: Element, _scope: Scope) -> None:
    if person_ := person(element):
        draft.authors.append(person_)


def _contributor(draft: Draft, element: Element, _scope: Scope) -> None:
    if person_ := person(element):
        draft.contributors.append(person_)


def _source(draft: Draft, element: Element, scope: Scope) -> None:
    """Read RSS <source url> or atom:source (RFC 4287, 4.2.11)."""
    # RSS has the feed's address in `url` and its title as text, Atom all in children.
    parts: dict[str, str] = {"feed": element.get("url", ""), "name": words(element)}
    for child in element:
        name = name_of(child.tag)
        if name == "link":
            _source_link(parts, child, scope)
        elif name in ("title", "id", "updated", "rights"):
            parts["name" if name == "title" else name] = _plain_child(child)
    origin = Origin(
        name=parts["name"],
        url=parts.get("url", ""),
        feed=parts["feed"],
        id=parts.get("id", ""),
        updated=instant(parts.get("updated", "")),
        rights=parts.get("rights", ""),
        language=scope.language if len(element) else "",
    )
    if replace(origin, language="") != Origin():
        draft.source = origin


def _source_link(parts: dict[str, str], element: Element, scope: Scope) -> None:
    rel = relation(element.get("rel", ""))
    href = resolved(scoped(element, scope).base, element.get("href", "") or words(element))
    if rel == "alternate":
        parts.setdefault("url", href)
    elif rel == "self" and not parts["feed"]:
        parts["feed"] = href


def _plain_child(element: Element) -> str:
    if len(element):  # XHTML: its words
        return " ".join("".join(element.itertext()).split())
    if element.get("type", "text") != "text":
        return plain(words(element))
    return words(element)


def read_remote_content(draft: Draft, element: Element, scope: Scope) -> None:
    """Read content that is only pointed at (RFC 4287, 4.1.3.2): a page is a link, the rest a file."""
    address, kind = element.get("src", "").strip(), element.get("type", "").lower()
    if not address or not element.tag.startswith(f"{ATOM}}}"):
        return
    if kind in ("", "html", "xhtml", "text/html", "application/xhtml+xml"):
        if not any(link.rel == "alternate" for link in draft.links):
            draft.links.append(Link(resolved(scope.base, address)))
    else:
        draft.media.append(Enclosure(resolved(scope.base, address), kind, primary=False))


def _slash_comments(draft: Draft, element: Element, _scope: Scope) -> None:
    text = words(element)
    if text.isascii() and text.isdigit():
        draft.comment_count = number(text)


def read_replies(draft: Draft, element: Element, scope: Scope) -> None:
    """Read a link to the page of an entry's comments, and their number in `thr:count` (RFC 4685).

    By RFC 4685, 4, a link without a type is a feed; in practice it is a page.
    """
    if relation(element.get("rel", "")) != "replies":
        return
    if not draft.replies and element.get("type", _PAGE).lower() in (_PAGE, "application/xhtml+xml"):
        draft.replies = resolved(scope.base, element.get("href", "").strip())
    count = element.get(_COUNT, "").strip()
    if draft.comment_count is None and count.isascii() and count.isdigit():
        draft.comment_count = number(count)


def _language(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.language = draft.language or words(element).replace("_", "-")


def _index(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.noindex = draft.noindex or words(element).lower() == "no"


def _full_text(draft: Draft, element: Element, scope: Scope) -> None:
    """Read yandex:full-text, HTML: the body of an item without another one."""
    if text := words(element):
        draft.full_text = Text(text, "html", scope.language, scope.base)


def _markdown(draft: Draft, element: Element, scope: Scope) -> None:
    """Read source:markdown: the body of an item without another one, as plain text."""
    if (text := words(element)) and draft.spare_body is None:
        draft.spare_body = Text(text, "text", scope.language, scope.base)


def _original_link(draft: Draft, element: Element, scope: Scope) -> None:
    draft.original_link = draft.original_link or resolved(scope.base, words(element))


def _terms(draft: Draft, element: Element, scope: Scope) -> None:
    """Read rsl:content, the terms of an item as XML of that vocabulary alone; the first counts.

    RSL 1.0 (rslstandard.org, 2025-11-06): its module for RSS puts the terms of an item's page there.
    """
    if draft.rsl or not element.get("url"):
        return
    from lxml import etree  # few feeds have such terms

    terms = etree.Element(f"{{{_TERM}content", nsmap={"rsl": RSL})
    _copy_terms(element, terms, _DEEPEST_TERMS)
    terms.set("url", resolved(scope.base, element.get("url", "").strip()))
    written = etree.tostring(terms, encoding="unicode")
    draft.rsl = written if len(written) <= _LONGEST_TERMS else ""


def _copy_terms(element: Element, copy: etree._Element, depth: int) -> None:
    """Copy attributes, texts and elements of the vocabulary."""
    for name in _TERM_ATTRIBUTES:
        if value := element.get(name):
            copy.set(name, value)
    copy.text = (element.text or "").strip() or None
    for child in element:
        if depth and child.tag.startswith(_TERM):
            inner = copy.makeelement(f"{{{child.tag}")
            copy.append(inner)
            _copy_terms(child, inner, depth - 1)


EXTRAS: dict[str, Reader] = {
    "guid": _guid,
    "id": _guid,
    "content": read_remote_content,
    "author": _author,
    "dc:creator": _author,
    "dc:author": _author,
    "contributor": _contributor,
    "dc:language": _language,
    "link": read_replies,
    "dc:contributor": _contributor,
    "source": _source,
    "slash:comments": _slash_comments,
    "thr:total": _slash_comments,
    "cc:license": read_licence,
    "creativecommons:license": read_licence,
    "indexing:index": _index,
    "rsl:content": _terms,
    "yandex:full-text": _full_text,
    "source:markdown": _markdown,
    "feedburner:origlink": _original_link,
    **PODCAST,
    **MEDIA,
}
