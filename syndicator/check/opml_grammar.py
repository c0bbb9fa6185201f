"""The grammar of OPML 2.0."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from syndicator.check.grammar import Rule
from syndicator.check.problem import Problem, line_of
from syndicator.check.values import (
    address,
    anything,
    count,
    file,
    language,
    one_of,
    rss_date,
    something,
    uri,
)


def _outline(outline: _Element, where: str) -> Iterator[Problem]:
    """Find gaps that hinder an import (OPML 2.0, "Subscription lists"); none is invalid."""
    kind, address = outline.get("type", "").lower(), outline.get("xmlUrl")
    for has_gap, what in (
        (kind == "rss" and not address, "is a feed without xmlUrl"),
        (kind == "rss" and not outline.get("title"), "is a feed without title"),
        (kind == "link" and not outline.get("url"), "is a link without url"),
        (address and not kind, "has an xmlUrl, but no type"),
    ):
        if has_gap:
            yield Problem(where, what, serious=False, line=line_of(outline))


_TRUTH = one_of("true", "false")
_ATTRIBUTES = {
    "text": anything,
    "type": something,
    "xmlUrl": uri,
    "htmlUrl": uri,
    "url": uri,
    "title": anything,
    "description": anything,
    "language": language,
    "version": anything,
    "category": anything,
    "created": rss_date,
    "isComment": _TRUTH,
    "isBreakpoint": _TRUTH,
}
_CHILDREN: dict[str, Rule] = {}
OUTLINE = Rule(
    many=True, attributes=_ATTRIBUTES, required=("text",), children=_CHILDREN, special=_outline
)
_CHILDREN["outline"] = OUTLINE  # outlines in outlines

_WINDOW = ("vertScrollState", "windowTop", "windowLeft", "windowBottom", "windowRight")
HEAD = Rule(
    children={
        "title": Rule(anything),
        "dateCreated": Rule(rss_date),
        "dateModified": Rule(rss_date),
        "ownerName": Rule(anything),
        "ownerEmail": Rule(address),
        "ownerId": Rule(file),
        "expansionState": Rule(anything),
        **dict.fromkeys(_WINDOW, Rule(count)),
    }
)
OPML = Rule(
    attributes={"version": one_of("1.0", "1.1", "2.0")},
    required=("version", "head", "body"),
    children={"head": HEAD, "body": Rule(children={"outline": OUTLINE}, required=("outline",))},
)
