"""Durations, sizes and counts, as people write and read them."""

from __future__ import annotations

import math
import re
from datetime import timedelta

_DURATION = r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w|y)"  # one number, one unit; never "1h30m"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31_536_000}
_LONGEST = 100 * 365 * 86400  # seconds: further from now no calendar must reach
_SIZE = r"(\d+(?:\.\d+)?)\s*(B|kB|KB|MB|GB)"  # never a bare number: bytes or megabytes?
_LARGEST = 2**53  # bytes: so far a float counts them one by one
_BYTES = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000}


def parse_duration(text: str) -> timedelta | None:
    """Read a duration as feeds.toml writes it; None if it is none.

    >>> parse_duration("90s"), parse_duration("7d"), parse_duration("soon")
    (datetime.timedelta(seconds=90), datetime.timedelta(days=7), None)
    """
    match = re.fullmatch(_DURATION, text.strip())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else math.inf
    return timedelta(seconds=seconds) if seconds <= _LONGEST else None


def parse_size(text: str) -> int | None:
    """Read a size in bytes as feeds.toml writes it; None if it is none.

    >>> parse_size("20MB"), parse_size("20")
    (20000000, None)
    """
    match = re.fullmatch(_SIZE, text.strip())
    size = float(match[1]) * _BYTES[match[2]] if match else math.inf
    return int(size) if size <= _LARGEST else None


def short(span: timedelta) -> str:
    """Return a span of time in a few letters.

    >>> short(timedelta(seconds=5)), short(timedelta(hours=26)), short(timedelta(days=800))
    ('1 min', '26 h', '2.2 y')
    """
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:  # two hours
        return f"{max(minutes, 1)} min"
    if minutes < 60 * 48:
        return f"{minutes // 60} h"
    days = minutes // (60 * 24)
    return f"{days} d" if days < 730 else f"{days / 365.25:.1f} y"  # two years


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "source"), counted(2, "source"), counted(2, "copy", "copies")
    ('1 source', '2 sources', '2 copies')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def in_words(span: timedelta) -> str:
    """Return a span of time as a person says it.

    >>> in_words(timedelta(seconds=30)), in_words(timedelta(hours=26)), in_words(timedelta(days=9))
    ('less than a minute', '26 hours', '9 days')
    """
    minutes = int(span.total_seconds() // 60)
    for most, size, unit in ((120, 1, "minute"), (60 * 48, 60, "hour"), (math.inf, 60 * 24, "day")):
        if 1 <= minutes < most:
            return counted(minutes // size, unit)
    return "less than a minute"
