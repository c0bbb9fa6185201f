"""Bytes -> a tree of elements, and the name, text and scope of an element, for both readers.

Names follow feedparser: lower case, with the usual prefix of the namespace; elements of the feed
formats themselves have no prefix.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin
from xml.parsers import expat  # it loads nothing from elsewhere, and bounds what entities expand to

from syndicator import namespaces
from syndicator.namespaces import prefix_of

Element = ET.Element


class Uncertain(Exception):
    """The fast reader met a construct that feedparser may read differently."""


XML_BASE = f"{namespaces.XML}}}base"
XML_LANG = f"{namespaces.XML}}}lang"
RDF = f"{namespaces.RDF}}}"


@lru_cache(maxsize=4096)
def name_of(tag: str) -> str:
    """Return an element's name with the usual prefix.

    The tag is expat's: namespace, "}", local name.

    >>> name_of("http://purl.org/dc/elements/1.1/}creator"), name_of("pubDate"), name_of("urn:x}y")
    ('dc:creator', 'pubdate', 'urn:x}y')
    """
    uri, mark, local = tag.rpartition("}")
    if not mark:
        return tag.lower()
    if (prefix := prefix_of(uri)) is None:
        return tag.lower()
    return f"{prefix}:{local.lower()}" if prefix else local.lower()


def tree(data: bytes) -> Element | None:
    """Return the root of a document in UTF-8, or None if it is not well-formed."""
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate("utf-8", "}")  # so a tag is "namespace}name": see name_of
    # Long texts arrive in one piece, and no function of Python's stands between the two of C's:
    # with ElementTree's own parser this takes half as long again.
    parser.buffer_text, parser.buffer_size = True, 1 << 16
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.SkippedEntityHandler = _refuse_entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, Uncertain):
        return None
    return _bare(builder.close())


def _bare(root: Element) -> Element:
    """Remove an invented namespace from an RSS feed, since RSS has none.

    suspilne.media has xmlns="https://cyber.harvard.edu/rss/rss.html".
    """
    uri, mark, local = root.tag.rpartition("}")
    if mark and local.lower() == "rss" and prefix_of(uri) is None:
        for element in root.iter():
            element.tag = element.tag.removeprefix(uri + mark)
    return root


def _refuse_entity(name: str, _parameter: bool) -> None:
    raise Uncertain(f"&{name}; is declared elsewhere")  # in a DTD that nobody fetches


def repaired(data: bytes) -> bytes:
    """Parse a broken document by libxml2 and serialise it again; b"" if that gives nothing."""
    from lxml import etree  # for broken documents only, which are one in twenty

    parser = etree.XMLParser(
        recover=True,
        no_network=True,
        resolve_entities=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return b""
    if root is None:
        return b""
    etree.strip_tags(root, etree.Entity)  # the undefined ones
    return etree.tostring(root, encoding="utf-8")


# What the bytes 0x80 to 0x9F mean to those who write them: windows-1252, as browsers read them too.
_WINDOWS = {
    chr(code): bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)
}
_C1 = re.compile("[\x80-\x9f]")
_C1_IN_UTF_8 = re.compile(b"\xc2[\x80-\x9f]")


def letters(text: str | None) -> str:
    r"""Return stripped text with its letters repaired as feedparser does.

    UTF-8 that was decoded as ISO 8859-1 is decoded right; C1 control characters become the letters
    of windows-1252.

    >>> letters(" caf\u00c3\u00a9 "), letters("1\u00962")
    ('café', '1–2')
    """
    if not text:
        return ""
    text = text.strip()
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    # In UTF-8 the search is for one byte first, and takes a tenth of the time.
    if _C1_IN_UTF_8.search(text.encode("utf-8", "replace")):
        text = _C1.sub(lambda match: _WINDOWS[match[0]], text)
    return text


# Each prefix that a document binds, and its namespace.
BOUND = re.compile(rb"""xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']""")
# The start tag of the root: past comments, processing instructions and a DOCTYPE with what it
# holds.
ROOT = re.compile(
    rb"(?:\s+|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+<([A-Za-z_][\w.:-]*)[^>]*",
    re.DOTALL | re.IGNORECASE,
)


def root_of(data: bytes) -> str:
    """Return the name of a document's root element as written, or ""."""
    match = ROOT.match(data)
    return match[1].decode("ascii", "replace") if match else ""


_OPENING = re.compile(rb"<!\[CDATA\[|<!--")


def literals_apart(data: bytes) -> list[bytes]:
    """Split a document into markup and, alternating, CDATA sections and comments.

    It searches forward once: a pattern would scan to the end for each unclosed section.
    """
    parts, start = [], 0
    while match := _OPENING.search(data, start):
        close = b"]]>" if match[0] == b"<![CDATA[" else b"-->"
        end = data.find(close, match.end())
        end = len(data) if end < 0 else end + len(close)
        parts += [data[start : match.start()], data[match.start() : end]]
        start = end
    return [*parts, data[start:]]


class Scope(NamedTuple):
    """The base and language that an element passes on to its children."""

    base: str = ""
    language: str = ""


def scoped(element: Element, outer: Scope) -> Scope:
    """Return the base and language in effect inside an element (xml:base, xml:lang)."""
    attributes = element.attrib
    if not attributes:
        return outer
    base, language = attributes.get(XML_BASE), attributes.get(XML_LANG, attributes.get("lang"))
    if base is None and language is None:
        return outer
    return Scope(
        resolved(outer.base, base) if base else outer.base,
        outer.language if language is None else language.replace("_", "-"),
    )


_LONGEST_BASE = 2000


def resolved(base: str, href: str) -> str:
    """Resolve a reference against a declared base; without a base it stays as written.

    So it does below a base that is longer than any real one: each inside the other they grow.
    """
    if not base or not href or len(base) > _LONGEST_BASE:
        return href
    try:
        return urljoin(base, href)
    except ValueError:  # [not an address
        return href


_IANA = re.compile(r"https?://www\.iana\.org/assignments/(?:link-)?relations?/#?", re.IGNORECASE)


def relation(written: str) -> str:
    """Return a link relation in its short form (RFC 4287, 4.2.7.2); "" is alternate.

    >>> relation("http://www.iana.org/assignments/relation/Alternate"), relation("self")
    ('alternate', 'self')
    """
    rel = written.strip().lower() or "alternate"
    return _IANA.sub("", rel) if ":" in rel else rel


def file_type(written: str) -> str:
    """Return the type of a link or file, "" for HTML: feedparser says that if a feed says nothing."""
    kind = written.lower()
    return "" if kind == "text/html" else kind


def words(element: Element) -> str:
    """Return an element's own text, repaired by `letters`."""
    return letters(element.text)
