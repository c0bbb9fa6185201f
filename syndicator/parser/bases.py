"""The xml:base of a document, as feedparser can read it: https://www.w3.org/TR/xmlbase/."""

from __future__ import annotations

import re
from itertools import islice

# A base in folders of another, with or without quotes; not "http://a.example/", not "/a/". One inside
# the other, they make an address as long as all together for each of them.
_FOLDER = rb"(?![A-Za-z][A-Za-z0-9+.-]*://|/)"
_RELATIVE = re.compile(
    rb"(?<=\s)(?:xml:)?base(?=\s*=\s*(?:[\"']" + _FOLDER + rb"|(?![\s\"'])" + _FOLDER + rb"))",
    re.IGNORECASE,
)
_MOST = 1000
LEFT_OUT = f"relative bases over {_MOST} left out"

# feedparser forgets to leave an element's xml:base where none stands around it, and the next item's
# links go to the last item's page. A base around everything keeps it straight, and is taken off
# again afterwards. Three folders deep, so that "../../page" can be told from "/page".
_OUTER = "http://base.invalid/a/b/c/"
_LEVELS = {
    _OUTER: "",
    "http://base.invalid/a/b/": "../",
    "http://base.invalid/a/": "../../",
    "http://base.invalid/": "/",
}
_ROOT = re.compile(rb"<(?:rss|feed|rdf:RDF)\b(?![^<>]*\sxml:base=)")


def few(data: bytes) -> bytes:
    """Rename the relative bases of a document beyond the first thousand, so that they count no more.

    >>> few(b'<a xml:base="b/">') == b'<a xml:base="b/">'
    True
    """
    over = next(islice(_RELATIVE.finditer(data), _MOST, None), None)
    if over is None:
        return data
    kept = over.start() - 1  # with the blank that a base follows
    return data[:kept] + _RELATIVE.sub(b"left-out", data[kept:])


def outer(data: bytes) -> bytes:
    """Put a base around everything in a document that has any; `outside` takes it off again."""
    if b"xml:base" not in data:
        return data
    return _ROOT.sub(
        lambda match: match[0] + b' xml:base="' + _OUTER.encode() + b'"', data, count=1
    )


def outside(href: str) -> str:
    """Give back a reference as it was written before the outer base was put in front of it.

    >>> outside("http://base.invalid/a/b/c/page?a=1"), outside("http://base.invalid/page")
    ('page?a=1', '/page')
    """
    for around, written in _LEVELS.items():
        if href.startswith(around):
            return written + href.removeprefix(around)
    return href
