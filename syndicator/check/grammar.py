"""A grammar of XML documents: Rule, and the walk that compares a document with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from lxml.etree import _Element
from msgspec import Struct

from syndicator import namespaces
from syndicator.check.markup import check_markup
from syndicator.check.problem import Problem, line_of
from syndicator.check.values import Slip, Value, anything, base, language

XML = f"{{{namespaces.XML}}}"
# C1 controls and U+FFFD: the traces of a text that was read in a wrong charset.
_C1 = re.compile("[\x80-\x9f�]")
_MARKUP = re.compile(r"</[A-Za-z]\w*>")  # a closing tag: words may hold "<b", but hardly that
# Elements of which a document has many: the first has its number, too.
_NUMBERED = frozenset({"item", "entry", "outline"})

# (element, place) -> problems that no table can express.
Special = Callable[[_Element, str], Iterator[Problem]]


class Rule(Struct, frozen=True):
    """The grammar of one element; names of other namespaces are written {namespace}name."""

    value: Value | None = None  # None: no text of its own
    many: bool = False  # may stand more than once in its parent
    attributes: Mapping[str, Value] = {}
    required: tuple[str, ...] = ()  # attributes and children that must be there
    children: Mapping[str, Rule] = {}
    tight: bool = False  # no white space around it
    plain: bool = False  # plain text: what looks like markup in it is a sign of a slip
    special: Special | None = None


def markup(element: _Element, where: str) -> Iterator[Problem]:
    """Judge the HTML in an element: a Special."""
    for what, serious in check_markup(element.text or ""):
        yield Problem(where, what, serious=serious, line=line_of(element))


def walk(element: _Element, rule: Rule, where: str, known: Mapping[str, Rule]) -> Iterator[Problem]:
    """Yield the problems of an element and all in it.

    `known` has rules of namespaced extensions.
    """
    yield from _own(element, rule, where)
    yield from _attributes(element, rule, where)
    seen: Counter[str] = Counter()
    space = _space(element)
    for child in element.iterchildren("*"):
        tag = str(child.tag)
        seen[tag] += 1
        name = tag.rpartition("}")[2]
        place = f"{where}/{name}" + (f"[{seen[tag]}]" if seen[tag] > 1 or name in _NUMBERED else "")
        ours = _space(child) == space
        child_rule = (rule.children.get(name) if ours else rule.children.get(tag)) or known.get(tag)
        if child_rule:
            yield from walk(child, child_rule, place, known)
            if seen[tag] > 1 and not child_rule.many:
                yield Problem(place, "stands more than once", line=line_of(child))
        elif ours or not _space(child):  # others may be of an unknown namespace
            yield Problem(place, "is not an element of this format", line=line_of(child))
    # Rules name children of the parent's own namespace without it.
    names = {
        child.rpartition("}")[2]
        for child in seen
        if child.rpartition("}")[0].removeprefix("{") == space
    }
    for name in rule.required:
        if name not in names and element.get(name) is None:
            yield Problem(where, f"has no {name}", line=line_of(element))
    if rule.special:
        yield from rule.special(element, where)


def _space(element: _Element) -> str:
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def _own(element: _Element, rule: Rule, where: str) -> Iterator[Problem]:
    line = line_of(element)
    text = "".join([element.text or "", *(child.tail or "" for child in element)])
    if rule.value is None:
        if text.strip():
            yield Problem(where, f"has text: {text.strip()[:40]!r}", line=line)
        return
    wrong = rule.value(text.strip())
    if wrong:
        yield Problem(where, wrong, serious=not isinstance(wrong, Slip), line=line)
    if rule.tight and text != text.strip():
        yield Problem(where, "has white space around it", line=line)
    yield from _letters(text, where, line)
    if rule.plain and _MARKUP.search(text):
        yield Problem(
            where, "looks like markup where plain text is expected", serious=False, line=line
        )


def _letters(text: str, where: str, line: int) -> Iterator[Problem]:
    if _C1.search(text):
        yield Problem(where, "has characters of a wrong charset", serious=False, line=line)


def _attributes(element: _Element, rule: Rule, where: str) -> Iterator[Problem]:
    line = line_of(element)
    for name, value in ((str(name), str(value)) for name, value in element.attrib.items()):
        check = rule.attributes.get(name) or _XML_ATTRIBUTES.get(name)
        if check is None:
            if not name.startswith("{"):
                yield Problem(where, f"has the unknown attribute {name}", line=line)
            continue
        place = f"{where}@{name.rpartition('}')[2]}"
        wrong = check(value)
        if wrong:
            yield Problem(place, wrong, serious=not isinstance(wrong, Slip), line=line)
        yield from _letters(value, place, line)


_XML_ATTRIBUTES: Mapping[str, Value] = {
    # "" cancels the inherited language (XML 1.0, 2.12).
    f"{XML}lang": lambda text: text and language(text),
    f"{XML}base": base,
    f"{XML}space": anything,
    f"{XML}id": anything,
}
