"""HTML of any shape -> HTML that nh3 cleans in time and memory proportional to its length.

nh3 (html5ever) takes quadratic time for bare ampersands and for the attributes of one tag. By HTML,
13.2.4.3, a parser opens unclosed formatting elements again in each block, so that 85 kB become 789 MB.
"""

from __future__ import annotations

import re
from collections import Counter
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


def tamed(html: str) -> str:
    """Bound the attributes of a tag and the formatting elements that are open at once."""
    html = _LONG_TAG.sub(_with_few_attributes, html)
    if _most_open(html) > MOST_OPEN:
        html = _FORMATTING_TAG.sub("", html)
    return html


def _with_few_attributes(tag: re.Match[str]) -> str:
    attributes = _ATTRIBUTE.findall(tag[0])
    if len(attributes) <= MOST_ATTRIBUTES:
        return tag[0]
    name = re.match(r"<[^\s/]+", tag[0])
    return (name[0] if name else "") + "".join(attributes[:MOST_ATTRIBUTES])


def _most_open(html: str) -> int:
    """Count the formatting elements that are open at once, at most three equal ones (Noah's Ark)."""
    open_tags: dict[str, list[str]] = {}
    equal: Counter[str] = Counter()
    now = most = 0
    for tag in _FORMATTING_TAG.finditer(html):
        name = tag[2].lower()
        stack = open_tags.setdefault(name, [])
        if not tag[1]:
            equal[tag[0]] += 1
            now += equal[tag[0]] <= 3  # noqa: PLR2004 - as HTML has it
            stack.append(tag[0])
        elif stack:
            closed = stack.pop()
            now -= equal[closed] <= 3  # noqa: PLR2004
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
