"""A text -> an error in words, "" if it is right, as a date, an address, a number ..."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from syndicator.languages import normalise
from syndicator.text_rules import LANGUAGE_TAG, is_uri, mail, shortened
from syndicator.urls import IRI

Value = Callable[[str], str]


class Slip(str):
    """A complaint that makes no document invalid, but some reader stumble."""

    __slots__ = ()


_RFC822 = re.compile(
    r"((?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?P<day>\d\d?) "
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?P<year>\d{4}) "
    r"\d\d:\d\d(:\d\d)? ([+-]\d\d[03]0|UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|Z)"
)
# What RFC 822 allows and clients stumble over: two digits of year, military zones, comments, odd
# spaces and minutes.
_RFC822_LOOSE = re.compile(
    r"((mon|tue|wed|thu|fri|sat|sun)\s*,\s*)?\d\d?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d\d(\d\d)?\s+"
    r"\d\d:\d\d(:\d\d)?\s+([+-]\d{4}|ut|gmt|[ecmp][sd]t|[a-ik-z])?",
    re.IGNORECASE,
)
# RFC 822 comments, innermost first, and escaped characters: "(a \\) b)". Not a bracket left open.
_COMMENT = re.compile(r"\\.|\([^()]*\)")
# Whatever could be meant as an address, relative ones too; not words with spaces between them.
_IRI_REFERENCE = re.compile(r"[^\s<>\"{}|\\^`]*")
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")
_HOST = r"(?:[A-Z0-9-]+\.)+[A-Z0-9][A-Z0-9-]*"
# A file's address. Not "http://user@host/", not "http://localhost/": podcast clients and the W3C
# refuse them.
_FILE = re.compile(rf"https?://{_HOST}(:\d+)?(/|$)", re.IGNORECASE)
# An address of IPv6 for a host (RFC 3986, 3.2.2); not "[x]", nor brackets in a path.
_IP_LITERAL = re.compile(r"^(https?://)\[[0-9A-Fa-f:.]+\](?=[:/?#]|$)")
# With parameters, quoted or not; not "mp3", not "audio/", not two of them with a comma.
_MEDIA_TYPE = re.compile(
    r'[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+(\s*;\s*[^\s()<>,;:\\"/\[\]?=]+=("[^"]*"|[^\s()<>,;:\\"/\[\]?=]+))*'
)
_DURATION = re.compile(r"\d+(:[0-5]\d(:[0-5]\d)?)?")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOURS, _MINUTES, _SECONDS = 23, 59, 60  # a leap second is one (RFC 3339, 5.7)


def _unless(is_right: object, text: str, error: str) -> str:
    """Return "" for a right text, else the quoted text with its error."""
    return "" if is_right else f"{shown(text)} {error}"


def anything(text: str) -> str:
    """Accept all text."""
    return ""


def something(text: str) -> str:
    """Refuse the empty text."""
    return "" if text.strip() else Slip("is empty")


def uri(text: str) -> str:
    """Refuse all but an absolute URI (RFC 3986)."""
    return _unless(is_uri(_IP_LITERAL.sub(r"\1host", text)), text, "is no absolute URI")


def atom_id(text: str) -> str:
    """Refuse all but an absolute IRI (RFC 4287, 4.2.6), by the rule of `id` in feeds.toml."""
    if re.fullmatch(IRI, text) and not is_uri(text):
        return Slip(f"{shown(text)} is no URI by the rules of its scheme")
    return uri(text)


def file(text: str) -> str:
    """Refuse all but an http(s) address that every client can fetch."""
    return _unless(_FILE.match(text) and is_uri(text), text, "is no full http(s) address")


def identifier(text: str) -> str:
    """Refuse a number so short that another feed is sure to use it too."""
    is_unique = not text.isdigit() or len(text) >= 9
    return something(text) or _unless(is_unique, text, "is not unique enough")


def rss_date(text: str) -> str:
    """Refuse all but an RFC 822 date with four digits of year and the right weekday."""
    match = _RFC822.fullmatch(text)
    if not match:
        return _loose_date(text)
    try:
        day = date(int(match["year"]), 1 + _MONTHS.index(match["month"]), int(match["day"]))
    except ValueError:
        return f"{shown(text)} is no day of the calendar"
    weekday = _DAYS[day.weekday()]
    return _unless(match["weekday"] in {None, weekday}, text, f"was a {weekday}")


def _loose_date(text: str) -> str:
    bare = before = text
    while (bare := _COMMENT.sub(" ", bare)) != before:  # comments in comments
        before = bare
    if _RFC822_LOOSE.fullmatch(bare.strip()):
        return Slip(f"{shown(text)} is an RFC 822 date that not every reader understands")
    return f"{shown(text)} is no RFC 822 date"


def atom_date(text: str) -> str:
    """Refuse all but an RFC 3339 date and time."""
    match = _RFC3339.fullmatch(text)
    if not match:
        return f"{shown(text)} is no RFC 3339 date"
    *day, hour, minute, second = map(int, match.groups()[:6])
    try:
        date(*day)
    except ValueError:
        return f"{shown(text)} is no day of the calendar"
    is_right = hour <= _HOURS and minute <= _MINUTES and second <= _SECONDS
    return _unless(is_right, text, "is no time of day")


def language(text: str) -> str:
    """Refuse all but a language tag (RFC 5646)."""
    first = text.partition("-")[0]
    # Of the three-letter codes (ISO 639-2) we know only those that websites are written in.
    right = LANGUAGE_TAG.fullmatch(text) and (len(first) == len("eng") or normalise(text))
    return _unless(right or first == "x", text, "is no language")


def media_type(text: str) -> str:
    """Refuse all but a media type (RFC 6838)."""
    return _unless(_MEDIA_TYPE.fullmatch(text), text, "is no media type")


def count(text: str) -> str:
    """Refuse all but 0, 1, 2 ..."""
    return _unless(text.isascii() and text.isdigit(), text, "is no whole number")


def positive(text: str) -> str:
    """Refuse all but 1, 2, 3 ..."""
    return _unless(not count(text) and int(text), text, "is no number above 0")


def duration(text: str) -> str:
    """Refuse all but seconds, mm:ss and h:mm:ss."""
    return _unless(_DURATION.fullmatch(text), text, "is no duration")


def chapter_start(text: str) -> str:
    """Refuse all but a normal play time (Podlove Simple Chapters 1.2): h:mm:ss, mm:ss, seconds."""
    return duration(text.partition(".")[0])


def base(text: str) -> str:
    """Refuse all but an IRI reference (RFC 3987)."""
    return _unless(_IRI_REFERENCE.fullmatch(text), text, "is no address")


def reference(text: str) -> str:
    """Refuse all but an IRI reference that is not empty."""
    return something(text) or base(text)


def bare_address(text: str) -> str:
    """Refuse all but a mail address without a name."""
    return _unless(mail(text), text, "is no mail address")


def at_most_number(limit: int) -> Value:
    """Refuse all but 1, 2 ... limit."""

    def check(text: str) -> str:
        return positive(text) or _unless(int(text) <= limit, text, f"is more than {limit}")

    return check


def address(text: str) -> str:
    """Refuse all but a mail address: `ann@example.org (Ann)`, `Ann <ann@example.org>`, or bare."""
    bare = text
    if text.endswith(")"):
        bare = text.partition("(")[0].rstrip()
    inner = re.fullmatch(r"[^<>]*<([^<>]*)>", bare)
    return _unless(mail(inner[1] if inner else bare), text, "is no mail address")


def one_of(*words: str) -> Value:
    """Refuse all but these words."""
    return lambda text: _unless(text in words, text, f"is none of {', '.join(words)}")


def at_most(length: int) -> Value:
    """Refuse longer texts."""

    def check(text: str) -> str:
        excess = f"has {len(text)} characters, {length} are allowed"
        return excess if len(text) > length else ""

    return check


def shown(text: str) -> str:
    """Quote a value for a message, shortened to 80 characters."""
    return repr(shortened(text, 80))
