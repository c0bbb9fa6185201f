"""A text -> the text without numbers that change by themselves.

Counts of comments, and "3 hours ago".

The words beside such numbers are data: `languages/counts.json`, which says under "_about" what each
list is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from syndicator import languages

DATA = Path(languages.__file__).with_name("counts.json")

_NUMBER = re.compile(r"\d[\d.,]*k?")
_NEXT = re.compile(r"\s?([^\W\d_]+)")  # the word behind a number
_UNIT = re.compile(r"\s?[^\W\d_]{2,12}")
# "An hour ago" is a number in words.
_ONE = re.compile(
    r"\ban?(?= \w+ ago)|\bone(?= \w+ ago)|(?<=vor )eine[rm]|(?<=il y a )une?|(?<=hace )una?|(?<=há )uma?",
    re.IGNORECASE,
)
# Templates put such numbers at the ends of a text. Short texts are searched whole.
_SHORT, _END = 2000, 500
# The end of a label before a number: one of these, or a letter of a script without spaces.
_LABEL_ENDS = frozenset(":：(（")
_UNSPACED = "\u0e00"  # Thai, the first of these scripts
_BEFORE = 24  # characters before a number that may say what it counts
# Bytes that stand in no number: all but ASCII digits and the first bytes of digits of other scripts
# (Arabic, NKo, South and South-East Asian, fullwidth, emoji). Taking them out of a text is ten
# times faster than a search for \d.
_NUMBERLESS = bytes(
    set(range(256)) - {*b"0123456789", 0xD9, 0xDB, 0xDF, 0xE0, 0xE1, 0xEA, 0xEF, 0xF0}
)


class _Data(Struct, frozen=True):
    """The file."""

    counted: Mapping[str, str]
    stars: str
    posts: Mapping[str, str]
    people: str
    unspaced: Mapping[str, str]
    ago: str
    since: tuple[str, ...]
    signs: str


class _Patterns(Struct, frozen=True):
    """The words behind and before a number that changes by itself."""

    after: re.Pattern[str]
    ago: re.Pattern[str]
    words: re.Pattern[str]  # one word that `after` may begin with
    label: re.Pattern[str]
    since: tuple[str, ...]
    signs: tuple[str, ...]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """Compile the words, once (three milliseconds)."""
    data = msgspec.json.decode(DATA.read_bytes(), type=_Data)
    counted = "|".join(data.counted.values())
    posts = "|".join(data.posts.values())
    between = rf"(?:{data.unspaced['between']})?\s?"
    people = rf"\d[\d.,]*k?\s?{between}(?:{data.people}|{data.unspaced['words']})"
    alternatives = f"{counted}|{data.stars}|{posts}".split("|")
    phrases = sorted({phrase.split(" ")[0] for phrase in alternatives if " " in phrase})
    after = (
        rf"(?:{counted})(?!\w)",
        rf"(?<=[\dk][\dk] )(?:{data.stars})(?!\w)",
        rf"(?:{posts}|{between}(?:{data.unspaced['posts']}))(?=\s?[-–—·,|/]\s?{people})",
        rf"{between}(?:{data.unspaced['words']})",
        r"[^\W\d_]{1,3}(?:前| 전)",
    )
    label = (
        rf"(?<!\w)(?:{counted}|{data.stars})\s?[:：(（]\s?$",
        rf"(?:{data.unspaced['words']})\s?[:：(（]?\s?$",
    )
    return _Patterns(
        re.compile(rf"\s?(?:{'|'.join(after)})", re.IGNORECASE),
        re.compile(rf"\s?[^\W\d_]{{1,12}}\.?(?: yang)?\s(?:{data.ago})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?:{'|'.join(phrases)}|{counted}|{data.stars}|{posts})(?!\w)", re.IGNORECASE),
        re.compile("|".join(label), re.IGNORECASE),
        data.since,
        tuple(sign + space for sign in data.signs for space in ("", " ", "\ufe0f ", "\ufe0f")),
    )


def without_counts(text: str) -> str:
    """Take relative dates and counts out of a text.

    >>> without_counts("By Ann, 3 hours ago (12 comments): the 7 wonders")
    'By Ann,  (): the 7 wonders'
    >>> without_counts("Points: 12, vor einer Stunde") == without_counts("Points: 7, vor 2 Stunden")
    True
    """
    if len(text) > _SHORT:
        middle = text[_END:-_END]
        return _without_counts(text[:_END]) + middle + _without_counts(text[-_END:])
    return _without_counts(text)


def _without_counts(text: str) -> str:
    if " ago" in text or "vor " in text or "il y a " in text or "hace " in text or "há " in text:
        text = _ONE.sub("1", text)
    if not text.encode("utf-8", "replace").translate(None, _NUMBERLESS):
        return text
    patterns = _patterns()
    kept, end = [], 0
    for number in _NUMBER.finditer(text):
        if number.start() < end:
            continue
        place = _end_of_count(text, number, patterns)
        if place:
            kept.append(text[end : number.start()])
            end = place
    return "".join((*kept, text[end:]))


@lru_cache(maxsize=4096)
def _may_count(word: str) -> bool:
    """Tell whether a word behind a number may name the counted things: most words don't."""
    return not word.isascii() or _patterns().words.match(word) is not None


def _end_of_count(text: str, number: re.Match[str], patterns: _Patterns) -> int:
    """Return the end of a count that begins with a number, 0 for any other number."""
    after, word = None, _NEXT.match(text, number.end())
    if word:
        after = patterns.ago.match(text, number.end())
    if word and after is None and _may_count(word[1]):
        after = patterns.after.match(text, number.end())
    if after:
        return after.end()
    before = text[max(0, number.start() - _BEFORE) : number.start()]
    if before.endswith(patterns.since) and (unit := _UNIT.match(text, number.end())):
        return unit.end()
    if not before.isascii() and before.endswith(patterns.signs):
        return number.end()
    last = before.rstrip()[-1:]
    labelled = last in _LABEL_ENDS or last >= _UNSPACED
    return number.end() if labelled and patterns.label.search(before) else 0
