"""RSS, Atom and OPML documents -> their problems, by the grammar of each."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import XMLParser, XMLSyntaxError, fromstring

from syndicator.check.atom_grammar import FEED
from syndicator.check.extension_grammar import ATOM, EXTENSIONS
from syndicator.check.grammar import Rule, walk
from syndicator.check.opml_grammar import OPML
from syndicator.check.problem import Problem, line_of
from syndicator.check.rss_grammar import RSS

_ROOTS: dict[str, tuple[str, str, Rule]] = {
    "application/rss+xml": ("rss", "rss", RSS),
    "application/atom+xml": (f"{ATOM}feed", "feed", FEED),
    "text/x-opml": ("opml", "opml", OPML),
}


def check_xml(body: bytes, kind: str) -> Iterator[Problem]:
    """Yield the problems of an XML document of this media type."""
    tag, name, rule = _ROOTS[kind]
    # Nothing is fetched or expanded for a document; `huge_tree`, since libxml2 else stops at texts
    # of 10 MB.
    try:
        root = fromstring(body, XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except XMLSyntaxError as error:
        yield Problem("", f"is not well-formed: {error.msg}", line=error.lineno or 0)
        return
    if root.tag != tag:
        yield Problem("", f"is no {name} document: its root is {root.tag}", line=line_of(root))
        return
    yield from walk(root, rule, name, EXTENSIONS)
