"""A feed that is nearly well-formed XML -> well-formed XML.

Most broken feeds have one of three faults: an HTML entity (`&nbsp;`), a bare ampersand (`AT&T`,
`?a=1&b=2`), an undeclared prefix. This module repairs these; feedparser's loose parser reads the
rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
# Half of a UTF-16 surrogate pair as a reference, escaped once or twice: &#55356; &amp;#xD83C;
_HALF = rb"&(amp;)?#(?:([0-9]{5})|[xX]([dD][89a-fA-F][0-9a-fA-F]{2}));"
_HALVES = re.compile(_HALF + rb"(?:" + _HALF + rb")?")
_MAYBE_HALF = re.compile(rb"#(?:5[567]|[xX][dD])")  # a tenth of the time of seven searches
_PREFIX = re.compile(rb"</?([A-Za-z_][\w.-]*):[A-Za-z_]")
_DECLARED = re.compile(rb"\sxmlns:([\w.-]+)\s*=")
_ROOT = re.compile(rb"<[A-Za-z_][\w.:-]*")


def with_whole_characters(data: bytes) -> bytes:
    """Join references to the halves of a surrogate pair; half a pair becomes U+FFFD.

    XML 1.0, 2.2, and HTML, 13.2.5.80, know no reference to a half, so that a feed with one is torn.

    >>> with_whole_characters(b"&#55356;&#57225; &#xD83C; &#55555")
    b'&#127881; &#65533; &#55555'
    """
    if not _MAYBE_HALF.search(data):
        return data
    return _HALVES.sub(_whole, data)


def _whole(match: re.Match[bytes]) -> bytes:
    escaped, *first = match.groups()[:3]
    high, low = _code(first), _code(match.groups()[4:])
    if not 0xD800 <= high <= 0xDFFF:
        return match[0]
    code = 0xFFFD
    if high < 0xDC00 <= low <= 0xDFFF:
        code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    rest = b"&#65533;" if low and code == 0xFFFD and 0xD800 <= low <= 0xDFFF else b""
    return b"&" + (escaped or b"") + b"#%d;" % code + rest


def _code(digits: Sequence[bytes | None]) -> int:
    decimal, hexadecimal = digits
    return int(decimal) if decimal else int(hexadecimal or b"0", 16)


def mended(data: bytes) -> bytes:
    """Return the document with its ampersands, HTML entities and undeclared prefixes put right.

    >>> mended(b"<rss><title>AT&T &nbsp; R&amp;D</title><dc:date/></rss>")
    b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><title>AT&amp;T &#160; R&amp;D</title><dc:date/></rss>'
    """
    parts = literals_apart(data)
    parts[::2] = (_FORBIDDEN.sub(b"", _AMPERSAND.sub(_reference, part)) for part in parts[::2])
    used = {prefix for part in parts[::2] for prefix in _PREFIX.findall(part)}
    if missing := sorted(used - set(_DECLARED.findall(data)) - {b"xml"}):
        return _declared(b"".join(parts), missing)
    return b"".join(parts)


def _reference(match: re.Match[bytes]) -> bytes:
    name = match[1]
    if name is None:
        return b"&amp;"
    if not (meant := html5.get(name.decode() + ";")):
        return b"&amp;" + name + b";"
    return "".join(f"&#{ord(letter)};" for letter in meant).encode()


def _declared(data: bytes, prefixes: list[bytes]) -> bytes:
    """Declare prefixes on the root with their usual namespaces."""
    if not (match := _ROOT.search(data)):
        return data
    added = b""
    for prefix in prefixes:
        added += b' xmlns:%s="%s"' % (prefix, usual_uri(prefix.decode()).encode())
    return data[: match.end()] + added + data[match.end() :]
