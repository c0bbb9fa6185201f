"""rsl:content of an item -> its terms as XML of that vocabulary alone.

RSL 1.0 (rslstandard.org, 2025-11-06): its module for RSS puts the terms of an item's page there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syndicator.namespaces import RSL
from syndicator.parser.draft import Draft
from syndicator.parser.xml_tree import Element, Scope, resolved

if TYPE_CHECKING:
    from lxml import etree

_LONGEST = 4000  # characters of the terms of one item; longer ones are left out
_DEEPEST = 6
_NAMESPACE = f"{RSL}}}"  # tags of the tree have no opening brace
_ATTRIBUTES = ("url", "server", "encrypted", "lastmod", "type", "currency")


def read_rsl(draft: Draft, element: Element, scope: Scope) -> None:
    """Read the terms of an item, the first that name an address."""
    if draft.rsl or not element.get("url"):
        return
    from lxml import etree  # few feeds have such terms

    terms = etree.Element(f"{{{_NAMESPACE}content", nsmap={"rsl": RSL})
    _copy(element, terms, _DEEPEST)
    terms.set("url", resolved(scope.base, element.get("url", "").strip()))
    written = etree.tostring(terms, encoding="unicode")
    draft.rsl = written if len(written) <= _LONGEST else ""


def _copy(element: Element, copy: etree._Element, depth: int) -> None:
    """Copy attributes, texts and elements of the vocabulary."""
    for name in _ATTRIBUTES:
        if value := element.get(name):
            copy.set(name, value)
    copy.text = (element.text or "").strip() or None
    for child in element if depth else ():
        if child.tag.startswith(_NAMESPACE):
            inner = copy.makeelement(f"{{{child.tag}")
            copy.append(inner)
            _copy(child, inner, depth - 1)
