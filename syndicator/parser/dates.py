"""A date in any dialect of feeds -> an aware UTC datetime, or None if it is ambiguous.

All readers use this module. RFC 822 and RFC 3339 come first: 999 dates in 1,000 follow them. The
last resort is dateutil, which guesses. Its guess counts only if it is the same for different
defaults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from syndicator.parser.months import month

# Hours from UTC. RFC 822 gives the American names; the others are what feeds use where no second
# meaning is alive. A name that nobody knows is read as UTC: hours wrong at worst, where no date at
# all would put a post of years ago on top.
_ZONES = {
    "ut": 0, "gmt": 0, "utc": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "met": 1, "mest": 2,
    "mez": 1, "mesz": 2, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "msd": 4, "sast": 2,
    "pkt": 5, "ist": 5.5, "npt": 5.75, "ict": 7, "wib": 7, "hkt": 8, "sgt": 8, "awst": 8, "jst": 9,
    "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3, "art": -3,
    "nst": -3.5, "ndt": -2.5, "adt": -3, "ast": -4, "at": -4, "edt": -4, "est": -5, "et": -5,
    "cdt": -5, "cst": -6, "ct": -6, "mdt": -6, "mst": -7, "mt": -7, "pdt": -7, "pst": -8, "pt": -8,
    "akdt": -8, "akst": -9, "hst": -10,
}  # fmt: skip

# What nine in ten items of RSS have; the patterns below take thrice the time.
_USUAL = re.compile(
    r"[A-Z][a-z]{2}, ([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) "
    r"(?:GMT|UTC|Z|([+-])([0-9]{2})([0-9]{2}))"
)
# A clock, and all behind it: "8:15", "08.15.00", "T08:15:5.25Z", "um 8:15 Uhr", "오후 8:15". The zone
# begins with no digit or colon, or seconds in one digit would be one.
_CLOCK = (
    r"(?:(?:\s*[Tt]\s*|,?\s+)(?:(?:um|klo|kl\.?|at|à|в|o)\s+)?(?P<before>오전|오후|午前|午後|上午|下午)?\s*"
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{1,2})(?:[:.](?P<second>[0-9]{1,2})(?:[.,][0-9]+)?)?"
    r"\s*(?P<zone>(?![:0-9]).*))?"
)
_WEEKDAY = r"(?:[^0-9\s]+[\s,]+){0,2}?"  # "Tue, ", "Thứ Ba, "
_NAME = r"(?P<name>[^\W\d_][^\s,/-]*|[0-9]{1,2}[月월])"
_DIALECTS = tuple(
    re.compile(pattern)
    for pattern in (
        # RFC 822 and its relatives: "5 Mar 2024", "5th of March, 2024", "5. ožujka 2024."
        rf"{_WEEKDAY}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]+(?:de\s|of\s)?{_NAME}[.,]*[\s-]+"
        rf"(?:de\s)?(?P<year>[0-9]{{4}}|[0-9]{{2}})[.,]?{_CLOCK}",
        # ISO 8601, with or without its signs.
        r"(?P<year>[0-9]{4})-?(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})(?:(?:\s*[Tt]\s*|\s+)(?P<hour>[0-9]{1,2}):?"
        r"(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?\s*(?P<zone>(?![:0-9]).*))?",
        # asctime and "Jan 5, 2004 12:00:00 EST"; the year may stand at the end.
        rf"{_WEEKDAY}{_NAME}\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?(?:\s+(?P<year>[0-9]{{4}}),?)?"
        r"(?:\s+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{1,2}))?\s*(?P<zone>.*?)"
        r"(?:\s+(?P<late>[0-9]{4}))?)?",
        # The year in front leaves one order only: "2024/3/5", "2024-3-5", "2024. 03. 05."
        rf"(?:\w{{3}},\s+)?(?P<year>[0-9]{{4}})(?P<sign>[/.-])\s?(?P<month>[0-9]{{1,2}})(?P=sign)\s?"
        rf"(?P<day>[0-9]{{1,2}})\.?{_CLOCK}",
        rf"(?P<year>[0-9]{{4}})[年년]\s*(?P<month>[0-9]{{1,2}})[月월]\s*(?P<day>[0-9]{{1,2}})[日일]?"
        rf"(?:\s*\(?[^0-9\s]+\)?(?=\s))??{_CLOCK}",
        # "2024. március 5.", and feedparser's Hungarian "2004-július-13T9:15-05:00".
        rf"(?P<year>[0-9]{{4}})[.,]?[\s-]+{_NAME}[\s-]+(?P<day>[0-9]{{1,2}})\.?{_CLOCK}",
        # With points between the day always comes first; with slashes nobody knows.
        rf"(?:\w+\.?,?\s+)??(?P<day>[0-9]{{1,2}})\.\s?(?P<month>[0-9]{{1,2}})\.\s?(?P<year>[0-9]{{4}})\.?{_CLOCK}",
    )
)
# "tháng 3", "Tháng Mười Hai": names of several words become one.
_VIETNAMESE = re.compile(r"\b(tháng|thg)\.?\s+(?:(mười)\s+(?=một|hai))?", re.IGNORECASE)
_COMMAS = re.compile(r",{4,}")  # which a dialect could part in very many ways
# Marks of writing direction, spaces that do not break, the Arabic comma, the digits of Arabic and
# Persian.
_PLAIN = {0x200E: None, 0x200F: None, 0xA0: " ", 0x202F: " ", 0x60C: ","}
_PLAIN |= {zero + digit: str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}
_BUDDHIST = 543  # years that the calendar of Thailand is ahead
_THAI_YEARS = range(2400, 2700)
_KOREA = timedelta(hours=9)
_EPOCH = re.compile(r"(1[0-9]{9})(?:[0-9]{3})?")  # seconds or milliseconds since 1970, from 2001 on
# "-0500 EST", "GMT+1 (CET)", "+01:00[Europe/Berlin]"; not "-05 h".
_OFFSET = re.compile(
    r"(?:[a-z]{1,5}\s*)?([+-])([0-9]{1,2}):?([0-9]{2})?(?:\s*[(\[].*|\s+[a-z]{2,5})?"
)
# The half of a twelve-hour clock, which stands in the place of a zone.
_HALF = re.compile(r"([aApP])\.?[mM]\.?(?:\s+(.*)|$)")
_COARSE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")  # 2003 or 2003-12, which W3CDTF allows

# What programs write where they have no date: the first second of Unix, Windows, spreadsheets and
# NTP. The year 1 of Go and .NET, and MySQL's year 0, are before the earliest that is believed.
_ZEROS = frozenset(
    datetime(*day, tzinfo=UTC) for day in ((1970, 1, 1), (1601, 1, 1), (1899, 12, 30), (1900, 1, 1))
)
_EARLIEST = 1583  # the calendar's own first full year; diaries of 1776 have feeds
_LONGEST = 100  # no date is longer, but a body in the wrong element is


class _Written(NamedTuple):
    """A date as it is written: its clock, naive, and the offset of its zone from UTC."""

    clock: datetime
    offset: timedelta = timedelta(0)  # also of no zone


def instant(text: str) -> datetime | None:
    """Read a date of any dialect that feeds use.

    >>> instant("Tue, 05 Mar 2024 08:15:00 +0700")
    datetime.datetime(2024, 3, 5, 1, 15, tzinfo=datetime.timezone.utc)
    >>> instant("2024-03-05T08:15:00.25Z")
    datetime.datetime(2024, 3, 5, 8, 15, tzinfo=datetime.timezone.utc)
    >>> instant("01/02/2024") is None  # January or February?
    True

    Seconds are the finest: feeds that give fractions make them up anew at each fetch. A date
    without a zone is UTC (RFC 822 asks for one; feedparser reads it so too).
    """
    return instant_and_clock(text)[0]


def clock(text: str) -> datetime | None:
    """Return the clock that a date writes, naive, whatever its zone; None without a date or clock.

    >>> clock("Tue, 05 Mar 2024 08:15:00 +0700"), clock("2024-03-05T08:15:00Z")
    (datetime.datetime(2024, 3, 5, 8, 15), datetime.datetime(2024, 3, 5, 8, 15))
    >>> clock("1709600000") is None  # seconds since 1970 are of no zone
    True
    """
    return instant_and_clock(text)[1]


# Most feeds write an item's date twice, and the unchanged ones in every run.
@lru_cache(maxsize=4096)
def instant_and_clock(text: str) -> tuple[datetime | None, datetime | None]:
    """Read a date once for both its `instant` and its `clock`."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None, None
    try:
        written = _read(text)
        moment = written and (written.clock - written.offset).replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # 31 February, hour 25, a year 0 or 10000 once it is UTC
        return None, None
    if not (written and moment) or moment.year < _EARLIEST or moment in _ZEROS:
        return None, None
    return moment, None if _EPOCH.fullmatch(text) else written.clock


def _read(text: str) -> _Written | None:
    """Read a date by the first way that fits. Raises ValueError, OverflowError."""
    # RFC 3339, which the library reads in a microsecond.
    if text[10:11] == "T" and text[4] == text[7] == "-":
        with suppress(ValueError):
            return _apart(datetime.fromisoformat(text))
    return _usual(text) or _by_dialect(text) or _coarse(text) or _epoch(text) or _guess(text)


def _apart(moment: datetime) -> _Written:
    """Part the clock of a moment from its offset; fractions of seconds are cut."""
    offset = moment.utcoffset() or timedelta(0)
    return _Written(moment.replace(microsecond=0, tzinfo=None), offset)


def _offset(zone: str | None) -> timedelta:
    """Return the offset of a zone from UTC; 0 for no zone or an unknown one."""
    if not zone:
        return timedelta(0)
    zone = zone.lower().removeprefix("etc/")
    if match := _OFFSET.fullmatch(zone):
        sign, hours, minutes = match.groups()
        length = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return -length if sign == "-" else length
    return timedelta(hours=_ZONES.get(re.split(r"[(\[\s]", zone)[0], 0))


def _usual(text: str) -> _Written | None:
    match = _USUAL.fullmatch(text)
    number = month(match[2]) if match else 0
    if match is None or not number:
        return None
    day, _, year, hour, minute, second, sign, hours, minutes = match.groups()
    try:
        clock = datetime(int(year), number, int(day), int(hour), int(minute), int(second))
    except ValueError:  # a leap second, or midnight as 24:00: left to the next
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return _Written(clock, -offset if sign == "-" else offset)


def _by_dialect(text: str) -> _Written | None:
    """Read a date by the first pattern that finds a known month and a year."""
    text = _COMMAS.sub(",", text.translate(_PLAIN).strip())
    if text[-1:].isalnum() and "th" in text.lower():
        text = _VIETNAMESE.sub(lambda name: name[1].lower() + (name[2] or "").lower(), text)
    for dialect in _DIALECTS:
        match = dialect.fullmatch(text)
        if match and (day := _day(match.groupdict())):
            return _from_parts(day, match.groupdict(), text)
    return None


def _from_parts(day: tuple[int, int, int], parts: Mapping[str, str | None], text: str) -> _Written:
    """Put the parts of a date together. Raises ValueError, OverflowError for an impossible one."""
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    zone = parts["zone"]
    if before := parts.get("before"):
        hour = hour % 12 + 12 * (before in ("오후", "午後", "下午"))
    if half := _HALF.match(zone or ""):
        hour, zone = hour % 12 + 12 * (half[1] in "pP"), half[2]
    extra = timedelta(0)
    if (hour, minute, second) == (24, 0, 0):  # ISO 8601: midnight at the end of the day
        hour, extra = 0, timedelta(days=1)
    if second == 60:  # a leap second
        second = 59
    # The dates of OnBlog and Nate say by their words alone that they are Korean time.
    is_korean = not parts["zone"] and ("년" in text or "오전" in text or "오후" in text)
    clock = datetime(*day, hour, minute, second) + extra
    return _Written(clock, _KOREA if is_korean else _offset(zone))


def _day(parts: Mapping[str, str | None]) -> tuple[int, int, int] | None:
    """Return year, month and day; None for an unknown month or a missing year."""
    number = int(parts.get("month") or 0) or month(parts.get("name") or "")
    year = parts.get("year") or parts.get("late")
    if number and year:
        return (_year(year), number, int(parts["day"] or 0))
    return None


def _year(digits: str) -> int:
    """Read a year of four or two digits.

    90 to 99 are of the last century, unlike in RFC 2822, 4.3.
    """
    year = int(digits)
    if len(digits) == 4:
        return year - _BUDDHIST if year in _THAI_YEARS else year
    return year + (1900 if year >= 90 else 2000)


def _epoch(text: str) -> _Written | None:
    match = _EPOCH.fullmatch(text)
    return _apart(datetime.fromtimestamp(int(match[1]), UTC)) if match else None


def _coarse(text: str) -> _Written | None:
    match = _COARSE.fullmatch(text)
    return _Written(datetime(int(match[1]), int(match[2] or 1), 1)) if match else None


def _guess(text: str) -> _Written | None:
    """Ask dateutil; believe it if the order of day and month makes no difference."""
    if sum(map(str.isdigit, text)) < 5:  # a day and a year at least
        return None
    from dateutil import parser, tz  # 46 ms of import, for one date in a thousand

    zones = {name.upper(): tz.tzoffset(name, int(hours * 3600)) for name, hours in _ZONES.items()}
    gaps = datetime(2001, 3, 4), datetime(2002, 5, 6)  # what a missing part is filled with
    try:
        readings = {
            parser.parse(text, default=gap, dayfirst=dayfirst, tzinfos=zones, ignoretz=False)
            for gap in gaps
            for dayfirst in (False, True)
        }
    except (ValueError, ArithmeticError, TypeError, AttributeError):
        return None
    return _apart(readings.pop()) if len(readings) == 1 else None
