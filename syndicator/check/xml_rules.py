"""RSS, Atom and OPML documents -> their problems, by the grammar of each."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import XMLParser, XMLSyntaxError, fromstring

from syndicator.check.atom_grammar import FEED
from syndicator.check.extension_grammar import EXTENSIONS
from syndicator.check.grammar import Rule, walk
from syndicator.check.opml_grammar import OPML
from syndicator.check.problem import Problem, line_of
from syndicator.check.rss_grammar import RSS
from syndicator.formats import Format

# The grammar of each root element that a format of ours has.
_RULES: dict[str, Rule] = {"rss": RSS, "feed": FEED, "opml": OPML}


def check_xml(body: bytes, form: Format) -> Iterator[Problem]:
    """Yield the problems of an XML document, which has the root element of its format."""
    name = form.root.rpartition("}")[2]
    # Nothing is fetched or expanded for a document; `huge_tree`, since libxml2 else stops at texts
    # of 10 MB.
    try:
        root = fromstring(body, XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except XMLSyntaxError as error:
        yield Problem("", f"is not well-formed: {error.msg}", line=error.lineno or 0)
        return
    if root.tag != form.root:
        yield Problem("", f"is no {name} document: its root is {root.tag}", line=line_of(root))
        return
    if rule := _RULES.get(name):
        yield from walk(root, rule, name, EXTENSIONS)
