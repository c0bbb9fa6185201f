r"""Text of a source -> text valid in a feed, or "": ids, addresses, media types, languages, mail.

Published documents must be valid for any input. Each function returns a text that the named grammar
accepts, and returns an accepted text unchanged; "" means that no valid text can be made.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from html import unescape
from uuid import NAMESPACE_URL, uuid5

from syndicator.languages import normalise
from syndicator.urls import to_uri

# XML 1.0, 2.2: all else cannot stand in a document, not even escaped. C1 controls could, but show
# as nothing and are what is left of a wrong charset; JSON takes all, but a lone surrogate has no
# UTF-8.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))
_C1 = re.compile(rb"\xc2[\x80-\x9f]")  # as UTF-8; not \xc2\xa0, the space that does not break
_TAG_START = re.compile(r"<[A-Za-z/!?]")
# A tag; not "1 < 2 > 0", not "<ann@example.org>".
_ANY_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(\s[^<>]*)?/?>")
# A reference with a number or a name, and its semicolon; not "AT&T". "AT&T;" has a name that HTML
# does not know.
REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
# Its slash, its name and its attributes; not "<3", not "<ann@example.org>".
_TAG_PARTS = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)([\s/][^<>]*|)>")
# Where a tag begins, and a reference that HTML takes without its semicolon; not "a < b", "AT&T".
_HALF_TAG = re.compile(r"<(?=[A-Za-z/!?])|&(?=lt|LT|amp|AMP|#[0-9xX])")
_MOST_ESCAPES = 8  # of one name
_SPACE = re.compile("[ \t\n\r\f\v\x85\u2028\u2029]+")  # the last three end a line in some programs

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9;/?:@&=+$._!~*'(),#%-]+")
_WEB = re.compile(r"https?://[^/]", re.IGNORECASE)
_ONE_HASH = re.compile(r"[^#]*(#[^#]*)?")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# A URN (RFC 2141).
_URN = re.compile(
    r"urn:[a-z0-9][a-z0-9-]{1,31}:([a-z0-9()+,.:=@;$_!*'-]|%[0-9a-f]{2})+", re.IGNORECASE
)
# A tag URI (RFC 4151).
_TAG = re.compile(r"tag:([a-z0-9._-]+@)?[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[^#]*(#[^#]*)?")
# A host that every podcast client takes: no user, no brackets, no underscore, a port and a path
# where they belong.
_PLAIN_WEB = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::\d+)?/")
_NO_PATH = re.compile(r"(https?://[^/?#]+)(\?.*)?")

# RFC 6838, 4.2; parameters are dropped.
_MEDIA_TYPE = re.compile(r"([A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+)(?:\s*;.*)?", re.DOTALL)
# Languages that BCP 47 knows and ISO 639-2, all that RSS and validators know, does not: written by
# their macrolanguage.
_WIDER = {
    "arz": "ar-arz", "ckb": "ku-Arab", "glk": "fa", "hak": "zh-hak", "kmr": "ku", "lzh": "zh-lzh",
    "nan": "zh-nan", "pnb": "pa-Arab", "prs": "fa-AF", "wuu": "zh-wuu", "yue": "zh-yue",
    "zza": "ku",
}  # fmt: skip
# And those that have no wider language there: of such a text no language is said.
_NARROW = (
    "bar bez brx ceo cgg dje dyo ebu frp gag gcr gom guz hif hne hyw jam jgo jmc kea khq khw kln ksb ksf ksh lag lij "
    "lkt lld lmo lrc ltg luy mer mfe mgo mhr mrj mua mzn naq nnh nov nqo nus pcd pcm pdc pfl pms pnt prg qug rgn rhg "
    "rof rue rwk saq sbp sdh seh ses sgs shi stq szl tcy teo tok twq tzm vec vep vls vmf vro vun wae xog yav yrl zgh"
)
_UNPUBLISHED = frozenset(_NARROW.split())
# A language tag in outline (RFC 5646); not "en_us", not "english".
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_MAIL = re.compile(r"[A-Za-z0-9_+.'!#$%&*/=?^`{|}~-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*")

# Not the machine's mime.types: the same store must give the same bytes on every machine.
_TYPES = {
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "m4b": "audio/mp4", "aac": "audio/aac",
    "oga": "audio/ogg", "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav",
    "flac": "audio/flac", "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime",
    "webm": "video/webm", "ogv": "video/ogg", "mkv": "video/x-matroska", "jpg": "image/jpeg",
    "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "avif": "image/avif", "svg": "image/svg+xml", "pdf": "application/pdf",
    "epub": "application/epub+zip", "zip": "application/zip", "torrent": "application/x-bittorrent",
    "vtt": "text/vtt", "srt": "application/x-subrip", "json": "application/json",
    "html": "text/html", "htm": "text/html", "txt": "text/plain", "xml": "application/xml",
}  # fmt: skip
_OF_MEDIUM = {"audio": "audio/mpeg", "video": "video/mp4", "image": "image/jpeg"}
UNKNOWN_TYPE = "application/octet-stream"


def clean(text: str) -> str:
    r"""Return text without the characters that XML 1.0 forbids.

    >>> clean("a\x00b\ud800c\n")
    'abc\n'
    """
    return text if _is_clean(text) else _FORBIDDEN.sub("", text)


def _is_clean(text: str) -> bool:
    """Return True if a text has no forbidden character: 7 us for 9 KB, by the pattern 41."""
    try:
        data = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    if len(data.translate(None, _CONTROLS)) != len(data):
        return False
    return len(data) == len(text) or not (  # nothing but ASCII
        "\ufffe" in text or "\uffff" in text or (b"\xc2" in data and _C1.search(data))
    )


def line(text: str) -> str:
    r"""Return clean text as one line. Ideographic and no-break spaces are no white space.

    >>> line(" a\n  b\xa0c "), line("一\u3000二")
    ('a b\xa0c', '一\u3000二')
    """
    if text.isprintable() and "  " not in text:  # nearly always, and twenty times as fast to see
        return text.strip(" ")
    return " ".join(filter(None, clean(_SPACE.sub(" ", text)).split(" ")))


def shortened(text: str, limit: int) -> str:
    """Return a text cut to so many characters, its ellipsis included.

    >>> shortened("One two three", 8), shortened("One two", 8)
    ('One two…', 'One two')
    """
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def is_markup(text: str) -> bool:
    """Return True if plain text would look different when read as HTML.

    >>> is_markup("the <b> tag"), is_markup("&copy 2024"), is_markup("AT&T < IBM")
    (True, True, False)
    """
    return bool(_TAG_START.search(text)) or ("&" in text and unescape(text) != text)


def without_markup(text: str) -> str:
    """Return the words of a text that should have been plain, but may be HTML, as `plain_name` does.

    >>> without_markup("<p>Tom &amp; Ann</p><p>AT&T</p>"), without_markup("1 < 2")
    ('Tom & Ann AT&T', '1 < 2')
    >>> without_markup("<i>The &amp;lt;b> tag</i>")
    'The < b> tag'
    """
    if is_markup(text):
        return plain_name(unescape(_ANY_TAG.sub(" ", text)))
    return line(text)


@lru_cache(maxsize=1024)  # the same few write most posts
def plain_name(text: str) -> str:
    """Return a name or a category without markup, however often it was escaped.

    A reader that takes it for HTML shows just these words. Pairs of tags go, and tags with values
    of attributes or with a slash at their end. Any other bracket is the name's own, and a space
    behind it makes it text. A name of nothing but tags keeps them as text.

    >>> plain_name("&amp;lt;b&amp;gt;Tom&amp;lt;/b&amp;gt; &amp; Jerry"), plain_name("C++ <3 R&D")
    ('Tom & Jerry', 'C++ <3 R&D')
    >>> plain_name("List<String>"), plain_name("Ann <img src=x onerror=run()>"), plain_name("&ltscript>")
    ('List< String>', 'Ann', '& ltscript>')
    """
    if "<" not in text and "&" not in text:
        return line(text)
    for _ in range(_MOST_ESCAPES):
        before, text = text, line(REFERENCE.sub(lambda reference: unescape(reference[0]), text))
        text = line(_without_tags(text)) or text
        if text == before:
            break
    else:
        text = text.replace("&", " ")
    return _HALF_TAG.sub(r"\g<0> ", line(text))


def _without_tags(text: str) -> str:
    """Remove the tags of a text that stand in pairs, have values of attributes, or end themselves."""
    tags = _TAG_PARTS.findall(text)
    closed = {tag.lower() for slash, tag, _ in tags if slash}
    paired = {tag.lower() for slash, tag, _ in tags if not slash} & closed

    def replaced(tag: re.Match[str]) -> str:
        is_markup = tag[2].lower() in paired or "=" in tag[3] or tag[3].strip() == "/"
        return " " if is_markup else tag[0]

    return _TAG_PARTS.sub(replaced, text)


@lru_cache(maxsize=8192)  # each address of a post is asked about once a format
def is_uri(text: str) -> bool:
    """Say whether text is an absolute URI (RFC 3986; RFC 8141 for urn, RFC 4151 for tag).

    >>> is_uri("tag:example.org,2024:1"), is_uri("https://example.org/é"), is_uri("urn:uuid:1")
    (True, False, False)
    """
    if not _URI.fullmatch(text) or not _ONE_HASH.fullmatch(text) or _BAD_PERCENT.search(text):
        return False
    scheme = text.partition(":")[0].lower()
    if scheme == "urn":
        return bool((_UUID if text[:9].lower() == "urn:uuid:" else _URN).fullmatch(text))
    if scheme == "tag":
        return bool(_TAG.fullmatch(text))
    return scheme not in {"http", "https", "ftp"} or bool(re.match(r"\w+://[^/]", text))


@lru_cache(maxsize=8192)
def uri(text: str) -> str:
    """Return a web address as a URI, another absolute URI as it is, "" for all else.

    >>> uri("https://example.org/é x"), uri("mailto:a@example.org"), uri("/path")
    ('https://example.org/%C3%A9%20x', 'mailto:a@example.org', '')
    """
    if is_uri(text):
        return text
    mapped = _WEB.match(text) and to_uri(text)
    return mapped if mapped and is_uri(mapped) else ""


def web(text: str) -> str:
    """Return an http(s) address as a URI, "" for all else."""
    return uri(text) if _WEB.match(text) else ""


def plain_web(text: str) -> str:
    """Return an http(s) address that strict clients accept for files (RSS enclosure), or "".

    >>> plain_web("https://example.org?x=1"), plain_web("https://user@example.org/a.mp3")
    ('https://example.org/?x=1', '')
    """
    address = web(text)
    if bare := _NO_PATH.fullmatch(address):
        address = f"{bare[1]}/{bare[2] or ''}"
    return address if _PLAIN_WEB.match(address) else ""


def identifier(text: str) -> str:
    """Return an id that every format accepts: a URI as it is, else a UUID made from the text.

    >>> identifier("https://example.org/?p=1"), identifier("post 1")
    ('https://example.org/?p=1', 'urn:uuid:59de5eec-c53a-5bb2-bc4f-a1c7124a67f8')
    """
    if is_uri(text):
        return text
    # Without lone surrogates; different texts stay different.
    encodable = text.encode("utf-8", "backslashreplace").decode()
    return f"urn:uuid:{uuid5(NAMESPACE_URL, encodable)}"


def media_type(text: str, url: str = "", medium: str = "") -> str:
    """Return a media type in lower case, else one guessed from the address or the medium, or "".

    >>> media_type("Audio/MPEG; q=1"), media_type("mp3", "https://example.org/a.mp3?x=1"), media_type("", "", "image")
    ('audio/mpeg', 'audio/mpeg', 'image/jpeg')
    """
    if match := _MEDIA_TYPE.fullmatch(text.strip()):
        return match[1].lower()
    name = url.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return _TYPES.get(name.rpartition(".")[2].lower(), "") or _OF_MEDIUM.get(medium, "")


@lru_cache(maxsize=1024)
def language(text: str) -> str:
    """Return a language tag (RFC 5646) with its first subtag in ISO 639-2, or "".

    >>> language("pt_br"), language("yue"), language("ckb-IQ"), language("english"), language("tok")
    ('pt-BR', 'zh-yue', 'ku-Arab-IQ', '', '')
    """
    first, dash, rest = normalise(text).partition("-")
    if first in _UNPUBLISHED:
        return ""
    return _WIDER.get(first, first) + dash + rest


def mail(text: str) -> str:
    """Return a mail address (RFC 5322 addr-spec, in ASCII), without `mailto:`, or "".

    >>> mail("mailto:ann@example.org"), mail("ann at example.org")
    ('ann@example.org', '')
    """
    address = text.strip().removeprefix("mailto:").partition("?")[0]
    return address if _MAIL.fullmatch(address) else ""


def rfc822(moment: datetime) -> str:
    """Return a time as RSS and OPML write it (RFC 822 with four digits of year), in any locale.

    >>> rfc822(datetime(2024, 2, 1, 8, 5, tzinfo=UTC))
    'Thu, 01 Feb 2024 08:05:00 +0000'
    """
    from email.utils import format_datetime  # here: it brings sockets, 10 ms of each start

    return format_datetime(moment.astimezone(UTC))


def rfc3339(moment: datetime) -> str:
    """Return a time as Atom and JSON Feed write it, to the second.

    >>> rfc3339(datetime(2024, 2, 1, 8, 5, 1, 999, tzinfo=UTC))
    '2024-02-01T08:05:01+00:00'
    """
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
