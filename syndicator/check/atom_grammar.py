"""The grammar of Atom 1.0 (RFC 4287), of its archives (RFC 5005) and its reply links (RFC 4685)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from lxml.etree import _Element

from syndicator import namespaces
from syndicator.check.extension_grammar import ATOM, FH
from syndicator.check.grammar import Rule, markup
from syndicator.check.problem import Problem, line_of
from syndicator.check.values import (
    anything,
    atom_date,
    atom_id,
    bare_address,
    base,
    count,
    language,
    media_type,
    reference,
    shown,
    something,
    uri,
)


def _construct(element: _Element, where: str) -> Iterator[Problem]:
    """Judge a text construct by its type: text, html, xhtml, or a media type for content."""
    line, kind = line_of(element), element.get("type", "text")
    text = element.text or ""
    if element.get("src") is not None:
        yield from _external_content(element, kind, where)
    elif kind == "html" or (kind == "text/html" and element.tag == f"{ATOM}content"):
        yield from markup(element, where)
    elif kind == "xhtml":
        if [child.tag for child in element] != [f"{{{namespaces.XHTML}}}div"]:
            yield Problem(where, "is XHTML without its one div", line=line)
    elif len(element) and not kind.endswith(("+xml", "/xml")):
        yield Problem(where, f"has elements, though its type is {kind}", line=line)
    elif kind != "text":
        yield from _typed(element, kind, where)
    elif "</" in text:
        yield Problem(
            where, "looks like markup where plain text is expected", serious=False, line=line
        )


def _external_content(element: _Element, kind: str, where: str) -> Iterator[Problem]:
    """Judge content that is only pointed at (RFC 4287, 4.1.3.2)."""
    if len(element) or (element.text or "").strip():
        yield Problem(where, "has both src and content of its own", line=line_of(element))
    if element.get("type") is not None and media_type(kind):
        yield Problem(f"{where}@type", f"{shown(kind)} is no media type", line=line_of(element))


def _typed(element: _Element, kind: str, where: str) -> Iterator[Problem]:
    """Judge content of a media type: it is text, XML or Base64 (RFC 4287, 4.1.3.3)."""
    line = line_of(element)
    if element.tag != f"{ATOM}content" or media_type(kind):
        yield Problem(f"{where}@type", f"{shown(kind)} is none of text, html, xhtml", line=line)
    elif not kind.startswith("text/") and not kind.endswith(("+xml", "/xml")):
        try:
            base64.b64decode((element.text or "").encode("ascii"), validate=False)
        except (binascii.Error, ValueError):
            yield Problem(where, "is not Base64", line=line)


def _link(element: _Element, where: str) -> Iterator[Problem]:
    rel = element.get("rel", "alternate")
    if rel not in RELATIONS and uri(rel):
        yield Problem(
            f"{where}@rel",
            f"{shown(rel)} is no registered relation",
            serious=False,
            line=line_of(element),
        )


# Of IANA's list those that feeds have a use for; another one is a URI (RFC 4287, 4.2.7.2).
_RELATIONS = (
    "alternate current describedby edit edit-media enclosure first hub last license next next-archive payment "
    "prev-archive previous related replies search self service up via"
)
RELATIONS = frozenset(_RELATIONS.split())

TEXT = Rule(anything, attributes={"type": something}, special=_construct)
LINK = Rule(
    many=True,
    attributes={
        "href": uri,
        "rel": something,
        "type": media_type,
        "hreflang": language,
        "title": something,
        "length": count,
    },
    required=("href",),
    special=_link,
)
PERSON = Rule(
    many=True,
    required=("name",),
    children={"name": Rule(something), "uri": Rule(uri, tight=True), "email": Rule(bare_address)},
)
_CATEGORY = Rule(
    many=True,
    attributes={"term": something, "scheme": uri, "label": anything},
    required=("term",),
    value=anything,
)


def _alternates(element: _Element, where: str) -> Iterator[Problem]:
    """Refuse a second page of one type and language (RFC 4287, 4.1.1 and 4.1.2)."""
    seen = set()
    for link in element.iterfind(f"{ATOM}link"):
        if link.get("rel", "alternate") == "alternate":
            kind = link.get("type", ""), link.get("hreflang", "")
            if kind in seen:
                yield Problem(
                    where, "has two alternate links of one type and language", line=line_of(link)
                )
            seen.add(kind)


def _entry(entry: _Element, where: str) -> Iterator[Problem]:
    """Judge an entry's author, and its content, link or summary (RFC 4287, 4.1.2)."""
    yield from _alternates(entry, where)
    # An author is inherited from the entry's source before its feed (RFC 4287, 4.2.1).
    authors = [
        author
        for holder in (entry, entry.find(f"{ATOM}source"), entry.getparent())
        if holder is not None
        for author in holder.iterfind(f"{ATOM}author")
    ]
    content, has_summary = entry.find(f"{ATOM}content"), entry.find(f"{ATOM}summary") is not None
    relations = {link.get("rel", "alternate") for link in entry.iterfind(f"{ATOM}link")}
    is_alone = content is None and "alternate" not in relations
    is_unreadable = content is not None and _is_unreadable(content)
    for is_wrong, what, serious in (
        (not authors, "has no author, and neither have its source and its feed", True),
        (
            is_unreadable and not has_summary,
            "has content that is not text, and no summary",
            True,
        ),
        (is_alone, "has neither content nor an alternate link", True),
        (content is None and not has_summary, "has neither content nor a summary", False),
    ):
        if is_wrong:
            yield Problem(where, what, serious, line_of(entry))


def _is_unreadable(content: _Element) -> bool:
    """Tell whether content is remote or binary, so that a summary is needed (RFC 4287, 4.1.2)."""
    kind = content.get("type", "text")
    is_text = "/" not in kind or kind.startswith("text/") or kind.endswith(("+xml", "/xml"))
    return content.get("src") is not None or not is_text


def _feed(feed: _Element, where: str) -> Iterator[Problem]:
    line = line_of(feed)
    yield from _alternates(feed, where)
    relations = {link.get("rel", "alternate") for link in feed.iterfind(f"{ATOM}link")}
    if "self" not in relations:
        yield Problem(where, "has no link to itself", serious=False, line=line)
    is_archive = feed.find(f"{FH}archive") is not None and feed.find(f"{FH}complete") is None
    if is_archive and "current" not in relations:  # one without links to others may be the only one
        yield Problem(
            where, "is an archive without a link to the current document", serious=False, line=line
        )
    yield from _twins(feed, where)
    # RFC 4287 lets the order be; readers that stop at the first entry would miss what follows.
    entries = 0
    for child in feed.iterchildren(f"{ATOM}*"):
        entries += child.tag == f"{ATOM}entry"
        if entries and child.tag != f"{ATOM}entry":
            yield Problem(
                where,
                f"has {str(child.tag).rpartition('}')[2]} after an entry",
                line=line_of(child),
            )


def _twins(feed: _Element, where: str) -> Iterator[Problem]:
    """Find ids that stand twice: RFC 4287, 4.1.1 allows it, and most readers show one of the two."""
    ids: set[str] = set()
    for place, entry in enumerate(feed.iterfind(f"{ATOM}entry"), 1):
        name = (entry.findtext(f"{ATOM}id") or "").strip()
        if name and name in ids:
            yield Problem(
                f"{where}/entry[{place}]/id",
                f"{shown(name)} stands twice",
                serious=False,
                line=line_of(entry),
            )
        ids.add(name)


# What a feed says of itself, and an entry's source of the feed that it was taken from.
_HEAD = {
    "id": Rule(atom_id, tight=True),
    "title": TEXT,
    "updated": Rule(atom_date, tight=True),
    "author": PERSON,
    "contributor": PERSON,
    "category": _CATEGORY,
    "generator": Rule(something, attributes={"uri": base, "version": anything}),
    "icon": Rule(reference, tight=True),
    "logo": Rule(reference, tight=True),
    "link": LINK,
    "rights": TEXT,
    "subtitle": TEXT,
}


def _source(source: _Element, where: str) -> Iterator[Problem]:
    """Judge a source: it should have the id, title and date of its feed (RFC 4287, 4.2.11)."""
    yield from _alternates(source, where)
    for name in ("id", "title", "updated"):
        if source.find(f"{ATOM}{name}") is None:
            yield Problem(where, f"has no {name}", serious=False, line=line_of(source))


_CONTENT = Rule(anything, attributes={"type": something, "src": uri}, special=_construct)

ENTRY = Rule(
    many=True,
    children={
        "id": Rule(atom_id, tight=True),
        "title": TEXT,
        "updated": Rule(atom_date, tight=True),
        "published": Rule(atom_date, tight=True),
        "author": PERSON,
        "contributor": PERSON,
        "category": _CATEGORY,
        "content": _CONTENT,
        "link": LINK,
        "rights": TEXT,
        "summary": TEXT,
        "source": Rule(children=_HEAD, special=_source),
    },
    required=("id", "title", "updated"),
    special=_entry,
)
FEED = Rule(children={**_HEAD, "entry": ENTRY}, required=("id", "title", "updated"), special=_feed)
