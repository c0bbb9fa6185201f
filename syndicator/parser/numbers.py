"""Counts and durations as feeds write them -> whole numbers."""

from __future__ import annotations

import re


def number(text: str) -> int:
    """Read a count; 0 for anything else, and for numbers of more than 17 digits.

    >>> number("1024"), number("1,5 MB"), number("-1")
    (1024, 0, 0)
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 18:
        return int(text)
    return 0


def seconds(text: str) -> int:
    """Read a duration in seconds or h:mm:ss."""
    parts = text.strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(
        re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]+)?", part) for part in parts
    ):
        return 0
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return int(total)
