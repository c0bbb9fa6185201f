"""Published documents -> their problems, each with its place.

The rules are those of RSS 2.0 with the Best Practices Profile, RFC 4287, RFC 5005, JSON Feed 1.1
and OPML 2.0, and of the namespaces that we write. An error of the W3C's feed validator is an error
here; tests compare the two. Documents of other programs are judged as well, except for unknown
namespaces.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import XMLParser, XMLSyntaxError, fromstring

from syndicator.check.atom_grammar import FEED
from syndicator.check.extension_grammar import EXTENSIONS
from syndicator.check.grammar import walk
from syndicator.check.json_rules import check_json
from syndicator.check.opml_grammar import OPML
from syndicator.check.problem import Problem, line_of
from syndicator.check.rss_grammar import RSS
from syndicator.formats import Format, by_type

__all__ = ["Problem", "check"]

# The grammar of each root element that a format of ours has.
_RULES = {"rss": RSS, "feed": FEED, "opml": OPML}


def check(body: bytes, kind: str) -> Iterator[Problem]:
    """Yield the problems of a document of a media type; none for a type without rules."""
    if kind.endswith("+json"):
        yield from check_json(body)
    elif (form := by_type(kind)) and form.root:
        yield from _check_xml(body, form)


def _check_xml(body: bytes, form: Format) -> Iterator[Problem]:
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
    elif rule := _RULES.get(name):
        yield from walk(root, rule, name, EXTENSIONS)
