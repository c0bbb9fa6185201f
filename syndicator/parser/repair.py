"""A feed that is nearly well-formed XML -> well-formed XML.

Most broken feeds have one of three faults: an HTML entity (`&nbsp;`), a bare ampersand (`AT&T`,
`?a=1&b=2`), an undeclared prefix. This module repairs these; feedparser's loose parser reads the
rest.
"""

from __future__ import annotations

import re
from html.entities import html5

from syndicator.namespaces import usual_uri
from syndicator.parser.xml_tree import literals_apart

# An ampersand that begins none of XML's references; the name behind it, if it is written like an
# entity.
_AMPERSAND = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)(?:([A-Za-z][A-Za-z0-9]*);)?"
)
# References to characters that XML forbids: &#0; to &#31; but for tab and line ends.
_FORBIDDEN = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9A-Fa-f]));"
)
_PREFIX = re.compile(rb"</?([A-Za-z_][\w.-]*):[A-Za-z_]")
_DECLARED = re.compile(rb"\sxmlns:([\w.-]+)\s*=")
_ROOT = re.compile(rb"<[A-Za-z_][\w.:-]*")


def mended(data: bytes) -> bytes:
    """Return the document with its ampersands, HTML entities and undeclared prefixes put right.

    >>> mended(b"<rss><title>AT&T &nbsp; R&amp;D</title><dc:date/></rss>")
    b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><title>AT&amp;T &#160; R&amp;D</title><dc:date/></rss>'
    """
    parts = literals_apart(data)
    parts[::2] = (_FORBIDDEN.sub(b"", _AMPERSAND.sub(_reference, part)) for part in parts[::2])
    used = {prefix for part in parts[::2] for prefix in _PREFIX.findall(part)}
    missing = sorted(used - set(_DECLARED.findall(data)) - {b"xml"})
    return _declared(b"".join(parts), missing) if missing else b"".join(parts)


def _reference(found: re.Match[bytes]) -> bytes:
    name = found[1]
    if name is None:
        return b"&amp;"
    meant = html5.get(name.decode() + ";")
    return (
        "".join(f"&#{ord(letter)};" for letter in meant).encode()
        if meant
        else b"&amp;" + name + b";"
    )


def _declared(data: bytes, prefixes: list[bytes]) -> bytes:
    """Declare prefixes on the root with their usual namespaces."""
    found = _ROOT.search(data)
    if not found:
        return data
    names = ((prefix, usual_uri(prefix.decode())) for prefix in prefixes)
    added = b"".join(b' xmlns:%s="%s"' % (prefix, uri.encode()) for prefix, uri in names)
    return data[: found.end()] + added + data[found.end() :]
