"""Bound HTML of any shape, so that nh3 cleans it in time and memory proportional to its length.

nh3 (html5ever) takes quadratic time for bare ampersands, for the attributes of one tag and for the
depth of elements. By HTML, 13.2.4.3, a parser opens unclosed formatting elements again in each
block, so that 85 kB become 789 MB.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import unescape

_FORMATTING_TAG = re.compile(
    r"<(/?)(b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[\s/>])[^<>]*>", re.IGNORECASE
)
MOST_OPEN = 60  # formatting elements open at once
MANY_REFERENCES = 500
_REFERENCE = re.compile(r"&(?:#[0-9a-zA-Z]{1,12};?|[a-zA-Z][a-zA-Z0-9]{0,40};?)?")
# A noncharacter (Unicode, 23.7), which no text means; it stands for an ampersand while nh3 works.
_AMPERSAND = "\ufdd0"
_KEPT = frozenset("<>\"'")
# A start tag of some length; its attributes are counted by their names.
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{2000,}")
_ATTRIBUTE = re.compile(r"\s[^\s=<>\"']+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']*))?")
MOST_ATTRIBUTES = 100  # of one tag
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>?")
_DEEPEST = 500  # browsers stop at 512
# Elements that never hold one of their own kind, so that many without an end tag are no depth.
_LEAF_NAMES = "p br hr img wbr tr td th source track col area embed param"
_LEAVES = frozenset(_LEAF_NAMES.split())
# HTML, 13.2.4.3 and 13.2.4.2: elements closed in any order, and those that bound an end tag.
_FORMATTING_NAMES = "a b big code em font i nobr s small strike strong tt u"
_FORMATTING = frozenset(_FORMATTING_NAMES.split())
_SCOPE_NAMES = "applet caption button marquee math object select svg table template"
_SCOPES = frozenset(_SCOPE_NAMES.split())


def tamed(html: str, names: Sequence[str]) -> str:
    """Bound the attributes of a tag and the formatting elements that are open at once.

    `names` are the names of its tags, such as "p", "/p" and "br/", each as often as it occurs.
    """
    html = _LONG_TAG.sub(_with_few_attributes, html)
    if len(names) > MOST_OPEN and _begun(names) > MOST_OPEN and _most_open(html) > MOST_OPEN:
        html = _FORMATTING_TAG.sub("", html)
    return html


def _with_few_attributes(tag: re.Match[str]) -> str:
    attributes = _ATTRIBUTE.findall(tag[0])
    if len(attributes) <= MOST_ATTRIBUTES:
        return tag[0]
    name = re.match(r"<[^\s/]+", tag[0])
    return (name[0] if name else "") + "".join(attributes[:MOST_ATTRIBUTES])


def _begun(names: Sequence[str]) -> int:
    """Count the start tags of formatting elements: no more can be open."""
    begun = 0
    for name, count in Counter(names).items():
        if name.partition("/")[0].lower() in _FORMATTING:
            begun += count
    return begun


def _most_open(html: str) -> int:
    """Count the formatting elements open at once, of equal ones three (the "Noah's Ark" rule)."""
    open_tags: dict[str, list[str]] = {}
    equal: Counter[str] = Counter()
    now = most = 0
    for tag in _FORMATTING_TAG.finditer(html):
        name = tag[2].lower()
        stack = open_tags.setdefault(name, [])
        if not tag[1]:
            equal[tag[0]] += 1
            now += equal[tag[0]] <= 3  # as HTML has it
            stack.append(tag[0])
        elif stack:
            closed = stack.pop()
            now -= equal[closed] <= 3
            equal[closed] -= 1
        most = max(most, now)
    return most


def without_ampersands(html: str) -> tuple[str, bool]:
    """Replace ampersands by a noncharacter if they are many; return whether it was done.

    Known references become their characters, but for those that HTML escapes. `with_ampersands`
    undoes the rest.
    """
    if html.count("&") < MANY_REFERENCES:
        return html, False
    return _REFERENCE.sub(_character, html.replace(_AMPERSAND, "")), True


def _character(reference: re.Match[str]) -> str:
    text = unescape(reference[0])
    if text in _KEPT:
        return reference[0]
    return text.replace("&", _AMPERSAND)


def with_ampersands(html: str) -> str:
    """Write the ampersands of cleaned HTML again."""
    return html.replace(_AMPERSAND, "&amp;")


def shallow(html: str) -> str:
    """Leave out the elements that stand deeper than in any browser.

    >>> shallow("<b>" * 600).count("<b>")
    500
    """
    open_: list[str] = []

    def kept(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if tag[1]:
            _close(name, open_)
        elif name not in _LEAVES:
            if len(open_) >= _DEEPEST:
                return ""
            open_.append(name)
        return tag[0]

    return _TAG.sub(kept, html)


def _close(name: str, open_: list[str]) -> None:
    """Close an element as parsers do (HTML, 13.2.6.4.7).

    Formatting elements are closed alone. Others close all within them, but none outside of the
    table or object around. An element that is wrongly counted as open costs no more than a tag.
    """
    if name not in open_:
        return
    place = len(open_) - 1 - open_[::-1].index(name)
    if name in _FORMATTING:
        del open_[place]
    elif _SCOPES.isdisjoint(open_[place + 1 :]):
        del open_[place:]
