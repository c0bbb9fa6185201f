"""A date in any dialect of feeds -> an aware UTC datetime, or None if it is ambiguous.

All readers use this module. RFC 822 and RFC 3339 come first: 999 dates in 1,000 follow them. The
last resort is dateutil, which guesses. Its guess counts only if it is the same for different
defaults.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache

# English, Greek (feedparser knows them), and what sites write that let their blog's language into
# their feed. A name that two languages give to two months is in none of them: "lip" is June in
# Zagreb and July in Warsaw.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ιαν janv ene gen jän янв січ oca sty",
            "feb february φεβ fev fév fevr févr фев лют şub lut",
            "mar march μάώ μαρ mär mrt maa мар бер",
            "apr april απρ avr abr апр кві nis kwi",
            "may mai μάι μαϊ μαι maj mei mag май мая тра",
            "jun june ιούν ιον juin giu июн чер haz cze",
            "jul july ιούλ ιολ juil lug июл лип tem",
            "aug august αύγ αυγ août aout ago авг сер ağu sie",
            "sep sept september σεπ set сен вер eyl wrz",
            "oct october οκτ okt ott out окт жов eki paź",
            "nov november νοέ νοε ноя лис kas",
            "dec december δεκ dez dic déc дек гру ara gru",
        ),
        start=1,
    )
    for name in names.split()
}
# feedparser's Hungarian dialect (2004-július-13T9:15-05:00): the only one whose month stands inside
# ISO 8601.
_HUNGARIAN = (
    *("január", "februári", "március", "április", "máujus", "június"),
    *("július", "augusztus", "szeptember", "október", "november", "december"),
)

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
_ISO = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:(?:\s*[Tt]\s*|\s+)([0-9]{1,2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,][0-9]+)?)?\s*(.*))?"
)
_RFC822 = re.compile(
    r"(?:\w+\.?,?\s+)??([0-9]{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:de\s)?(\w{3,9})\.?,?[\s-]+(?:de\s)?([0-9]{4}|[0-9]{2}),?"
    r"(?:\s+([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.[0-9]+)?)?\s*(.*))?"
)
_MONTH_FIRST = re.compile(  # asctime and "Jan 5, 2004 12:00:00 EST"; the year may stand at the end
    r"(?:\w+\.?,?\s+)??([A-Za-z]{3,9})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?(?:\s+([0-9]{4}),?)?"
    r"(?:\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*(.*?)(?:\s+([0-9]{4}))?)?"
)
_SLASHED = re.compile(
    r"(?:\w{3},\s+)?([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})(?:\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*(.*))?"
)
_KOREAN = re.compile(
    r"([0-9]{4})(?:-|년\s+)([0-9]{2})(?:-|월\s+)([0-9]{2})(?:일)?\s+(오전|오후)?\s*([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
)
# With points between the day always comes first; with slashes nobody knows.
_DOTTED = re.compile(
    r"(?:\w+\.?,?\s+)??([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})(?:,?\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*(.*))?"
)
_CJK = re.compile(
    r"([0-9]{4})年\s*([0-9]{1,2})月\s*([0-9]{1,2})日(?:\s*\(?\w*\)?\s+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*(.*))?"
)
_EPOCH = re.compile(r"(1[0-9]{9})(?:[0-9]{3})?")  # seconds or milliseconds since 1970, from 2001 on
_OFFSET = re.compile(r"(?:gmt|utc)?\s*([+-])([0-9]{1,2}):?([0-9]{2})?(?:\s*\(.*\))?")
_HALF = re.compile(
    r"([aApP])\.?[mM]\.?(?:\s+(.*)|$)"
)  # twelve-hour clocks put it where a zone would stand
_COARSE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")  # 2003 or 2003-12, which W3CDTF allows

# What programs write where they have no date: the first second of Unix, Windows, spreadsheets and
# NTP. The year 1 of Go and .NET, and MySQL's year 0, are before the earliest that is believed.
_ZEROS = frozenset(
    datetime(*day, tzinfo=UTC) for day in ((1970, 1, 1), (1601, 1, 1), (1899, 12, 30), (1900, 1, 1))
)
_EARLIEST = 1583  # the calendar's own first full year; diaries of 1776 have feeds
_LONGEST = 100  # no date is longer, but a body in the wrong element is


@lru_cache(
    maxsize=4096
)  # most feeds write an item's date twice, and the unchanged ones in every run
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
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if (
        text[10:11] == "T" and text[4] == text[7] == "-"
    ):  # RFC 3339, which the library reads in a microsecond
        with suppress(ValueError, OverflowError):  # the last: a year 0 or 10000 once it is UTC
            return _plausible(_to_utc(datetime.fromisoformat(text)))
    # The frequent ones first; last what guesses, and would make a day of a mere year or a number of
    # seconds.
    for read in (
        _usual,
        _rfc822,
        _iso,
        _month_first,
        _slashed,
        _korean,
        _hungarian,
        _coarse,
        _dotted,
        _epoch,
        _guessed,
    ):
        try:
            found = read(text)
        except (ValueError, OverflowError):  # 31 February, hour 25
            return None
        if found is not None:
            return _plausible(found)
    return None


def _plausible(found: datetime) -> datetime | None:
    return found if found.year >= _EARLIEST and found not in _ZEROS else None


def _to_utc(found: datetime) -> datetime:
    """Convert to UTC, the default zone, and cut fractions of seconds."""
    if found.tzinfo is None:
        return found.replace(microsecond=0, tzinfo=UTC)
    return found.replace(microsecond=0).astimezone(UTC)


def _made(date: tuple[int, int, int], clock: tuple[str | None, ...], zone: str | None) -> datetime:
    """Put a date together. Raises ValueError, OverflowError for one that no calendar has."""
    hour, minute, second = (int(part) if part else 0 for part in clock)
    if zone and (half := _HALF.match(zone)):
        hour, zone = hour % 12 + (12 if half[1] in "pP" else 0), half[2]
    extra = timedelta(0)
    if (hour, minute, second) == (24, 0, 0):  # ISO 8601: midnight at the end of the day
        hour, extra = 0, timedelta(days=1)
    if second == 60:  # a leap second  # noqa: PLR2004
        second = 59
    return datetime(*date, hour, minute, second, tzinfo=UTC) + extra - _offset(zone)


def _offset(zone: str | None) -> timedelta:
    """Return the offset of a zone from UTC; 0 for no zone or an unknown one."""
    if not zone:
        return timedelta(0)
    zone = zone.lower().removeprefix("etc/")
    if found := _OFFSET.fullmatch(zone):
        sign, hours, minutes = found.groups()
        length = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return -length if sign == "-" else length
    return timedelta(hours=_ZONES.get(zone.split("(")[0].strip(), 0))


def _usual(text: str) -> datetime | None:
    found = _USUAL.fullmatch(text)
    if not found:
        return None
    day, name, year, hour, minute, second, sign, hours, minutes = found.groups()
    month = _MONTHS.get(name.lower())
    if not month:
        return None
    try:
        moment = datetime(
            int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError:  # a leap second, or midnight as 24:00: left to the next
        return None
    if not sign:
        return moment
    length = timedelta(hours=int(hours), minutes=int(minutes))
    return moment + length if sign == "-" else moment - length


def _rfc822(text: str) -> datetime | None:
    found = _RFC822.fullmatch(text)
    if not found:
        return None
    day, name, year, *clock, zone = found.groups()
    month = _month(name)
    return _made((_year(year), month, int(day)), tuple(clock), zone) if month else None


def _month(name: str) -> int:
    """Return the number of a month by its name or its first letters ("Oktober", "ноября"), else 0."""
    name = name.lower()
    return _MONTHS.get(name) or _MONTHS.get(name[:4]) or _MONTHS.get(name[:3], 0)


def _year(digits: str) -> int:
    """Read a year of four or two digits; 90 to 99 are of the last century, unlike in RFC 2822, 4.3."""
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 90 else 2000)  # noqa: PLR2004


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, *clock, zone = found.groups()
    return _made((int(year), int(month), int(day)), tuple(clock), zone)


def _month_first(text: str) -> datetime | None:
    found = _MONTH_FIRST.fullmatch(text)
    if not found:
        return None
    name, day, year, hour, minute, second, zone, last = found.groups()
    month = _month(name)
    if not month or not (year or last):
        return None
    return _made((int(year or last), month, int(day)), (hour, minute, second), zone)


def _slashed(text: str) -> datetime | None:
    """Read yyyy/mm/dd (perforce): the year in front leaves one order only."""
    found = _SLASHED.fullmatch(text)
    if not found:
        return None
    year, month, day, *clock, zone = found.groups()
    return _made((int(year), int(month), int(day)), tuple(clock), zone)


def _korean(text: str) -> datetime | None:
    """Read the dates of OnBlog and Nate, which are Korean time and say so by their words alone."""
    found = _KOREAN.match(text)
    if not found:
        return None
    year, month, day, half, hour, minute, second = found.groups()
    afternoon = 12 if half == "오후" and int(hour) < 12 else 0  # noqa: PLR2004
    return _made(
        (int(year), int(month), int(day)), (str(int(hour) + afternoon), minute, second), "+09:00"
    )


def _hungarian(text: str) -> datetime | None:
    for number, name in enumerate(_HUNGARIAN, start=1):
        if f"-{name}-" in text:
            year, _, rest = text.partition(f"-{name}-")
            day, mark, clock = rest.partition("T")
            return _iso(f"{year}-{number:02}-{int(day):02}{mark}{clock}")
    return None


def _dotted(text: str) -> datetime | None:
    """Read 10.11.2026 and 2026年11月10日."""
    if found := _DOTTED.fullmatch(text):
        day, month, year, *clock, zone = found.groups()
    elif found := _CJK.fullmatch(text):
        year, month, day, *clock, zone = found.groups()
    else:
        return None
    return _made((int(year), int(month), int(day)), tuple(clock), zone)


def _epoch(text: str) -> datetime | None:
    found = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _coarse(text: str) -> datetime | None:
    found = _COARSE.fullmatch(text)
    return (
        _made((int(found[1]), int(found[2] or 1), 1), (None, None, None), None) if found else None
    )


def _guessed(text: str) -> datetime | None:
    """Ask dateutil; believe it if the order of day and month makes no difference."""
    if sum(map(str.isdigit, text)) < 5:  # a day and a year at least  # noqa: PLR2004
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
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    if len(readings) != 1:
        return None
    return _to_utc(readings.pop())
