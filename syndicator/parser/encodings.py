"""The bytes of a response -> the document in UTF-8 without XML declaration, and a note on guesses.

All readers get the result, so they agree on every letter. Valid UTF-8 is UTF-8, against header and
declaration. No other encoding of feeds passes that test by chance in a text of some length, but
many servers add `charset=iso-8859-1` to everything.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# "<" with zero bytes beside it, and "<?xm" in EBCDIC (XML 1.0, appendix F), for the documents
# without a mark. The longer ones first, here and above: UTF-32's little-endian signs begin with
# those of UTF-16.
_SIGNS = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
# White space, marks and declarations before the document; some stand twice. Not <?xml-stylesheet?>.
_FRONT = re.compile(rb"(?:\s+|\xef\xbb\xbf|<\?xml\s[^>]*?\?>)+")
_DECLARED = re.compile(rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]+)""", re.IGNORECASE)
# Encodings whose text is ASCII to the eye, so that "valid UTF-8" proves nothing.
_DISGUISED = ("iso-2022", "iso2022", "hz", "utf-7", "csiso2022")
# Browsers and feedparser read the superset where the subset is named, since so do those who write.
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252",
              "ascii": "cp1252", "shift_jis": "cp932", "euc-kr": "cp949", "iso-8859-9": "cp1254"}  # fmt: skip
# Forbidden by XML 1.0 (2.2): one such byte makes the whole document not well-formed.
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32)])
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_FORBIDDEN = dict.fromkeys((0xFFFE, 0xFFFF))
_TORN = 0.02  # share of letters beyond ASCII that may be torn in what still is UTF-8


def bare(body: bytes) -> bytes | None:
    """Return a document without byte order mark and declaration; None if its start excludes UTF-8.

    The parser, which accepts nothing but UTF-8, checks the rest.
    """
    if _marked(body) or _declared(body).startswith(_DISGUISED):
        return None
    match = _FRONT.match(body)
    return body[match.end() :] if match else body


def to_utf8(body: bytes, content_type: str = "") -> tuple[bytes, str]:
    r"""Return the document in UTF-8 without byte order mark and XML declaration, and a note or "".

    Forbidden control characters and white space in front are left out. Never raises.

    >>> to_utf8(b"<?xml version='1.0' encoding='iso-8859-1'?><rss>caf\xe9</rss>")
    (b'<rss>caf\xc3\xa9</rss>', '')
    """
    data = bare(body)
    if data is not None and _is_utf8(data):
        return _clean(data), ""
    text, note = _decoded(body, _marked(body), content_type)
    data = text.encode("utf-8", "replace")
    match = _FRONT.match(data)
    return _clean(data[match.end() :] if match else data), note


def _clean(data: bytes) -> bytes:
    cleaned = data.translate(None, _CONTROL)
    if any(mark in cleaned for mark in _NONCHARACTERS):
        cleaned = cleaned.decode("utf-8", "replace").translate(_FORBIDDEN).encode("utf-8")
    return cleaned


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(body: bytes) -> str:
    # The declaration stands at the start; a long body of blanks is not searched.
    match = _DECLARED.match(body[:300])
    return match[1].decode("ascii").lower() if match else ""


def _marked(body: bytes) -> str:
    """Return the encoding that the first bytes show, "" for none and for UTF-8."""
    for mark, name in _BOMS[1:]:
        if body.startswith(mark):
            return name
    return next((name for sign, name in _SIGNS if body.startswith(sign)), "")


def _decoded(body: bytes, marked: str, content_type: str) -> tuple[str, str]:
    if not marked and (torn := _torn(body)):
        return torn
    header = _CHARSET.search(content_type)
    named = [marked, header[1].lower() if header else "", _declared(body)]
    for name in dict.fromkeys(filter(None, named)):
        if name in ("utf-8", "utf8"):
            continue
        try:
            text = body.decode(_SUPERSETS.get(name, name))
        # Not only UnicodeDecodeError: Python has a codec named "undefined".
        except (UnicodeError, LookupError):
            continue
        return text.lstrip("\ufeff"), ""
    return _guess(body)


def _torn(body: bytes, spare: int = 0) -> tuple[str, str] | None:
    """Decode UTF-8 with a few torn letters (excerpts cut by bytes); None if they are too many.

    Fifty whole letters to a torn one: no text of another encoding comes near that by chance, so it
    counts for more than a declared name. `spare` more letters may be torn.
    """
    text = body.decode("utf-8", "replace")
    torn, foreign = text.count("\ufffd"), len(text) - len(text.encode("ascii", "ignore"))
    if 0 < torn <= spare + foreign * _TORN and foreign > torn:
        return text, f"{torn} torn letters in UTF-8"
    return None


def _guess(body: bytes) -> tuple[str, str]:
    """Decode as UTF-8 with one torn letter, else as windows-1252."""
    return _torn(body, spare=1) or (
        body.decode("cp1252", "replace"),
        "no encoding fits; read as windows-1252",
    )
