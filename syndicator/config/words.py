"""The words of a complaint: which known word was meant, and how a wrong value is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time

from syndicator.urls import redacted

_NAMED = 30  # known words that are named,
KEYS = 60  # all keys of the longest table,
_NEAREST = 3  # but of hundreds of addresses nobody reads more

# User and password in a text that should be an address and is none: they may hold any character,
# "/" too.
_BEFORE_AT = re.compile(r"(?:(?<=//)|(?<=:)(?!//)).*@")
# Values that are shown by their kind: whole tables are long, and may hold secrets. A datetime is a
# date.
_UNSHOWN: dict[type, str] = {dict: "a table", list: "a list", date: "a date", time: "a time"}


def did_you_mean(
    word: str, known: Sequence[str], heads: Mapping[str, str] = {}, most: int = _NAMED
) -> str:
    """Say which known word was probably meant, else which are known.

    `heads` says how some of them are written; `most` of them are named.

    >>> did_you_mean("titel", ["title", "link"])
    'did you mean "title"?'
    >>> did_you_mean("xyz", ["title", "link"])
    'known here: link, title'
    """
    return meant(word, known, heads) or all_known(known, heads, most)


def source_meant(word: str, known: Sequence[str]) -> str:
    """Say which of the names and tags of sources was probably meant, else which are nearest.

    >>> source_meant("abc", ["xyz", "https://abc.example/posts/feed/", "qrs", "a", "b"])
    'known here: https://abc.example/posts/feed/, a, b and 2 more'
    """
    words = sorted(set(known))
    if near := meant(word, words):
        return near
    if len(words) > _NEAREST:
        words.sort(key=lambda name: _distance(word.casefold(), name.casefold()))
    return _known_here(words, _NEAREST)


def _distance(word: str, name: str) -> tuple[bool, float]:
    """Return a sort key: names that contain a word come first, then similar ones."""
    import difflib  # here: only a mistake needs it

    return word not in name, -difflib.SequenceMatcher(None, word, name).ratio()


def meant(word: str, known: Sequence[str], heads: Mapping[str, str] = {}) -> str:
    """Say which known word was probably meant, "" if none is near."""
    import difflib  # as above

    close = difflib.get_close_matches(word, sorted(set(known)), n=1)
    if not close:
        return ""
    quoted = f'"{close[0]}"'
    return f"did you mean {heads.get(close[0], quoted)}?"


def all_known(known: Sequence[str], heads: Mapping[str, str] = {}, most: int = KEYS) -> str:
    """Say which words are known, `most` of them by name."""
    return _known_here([heads.get(word, word) for word in sorted(set(known))], most)


def _known_here(words: Sequence[str], most: int) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return f"known here: {', '.join(words[:most]) or 'none'}{more}"


def shown(value: object) -> str:
    """Show a wrong value as the file has it, without the secrets of an address, or by its kind.

    >>> shown(True), shown("ftp://me:s3/cr 3t@a.example/?key=1"), shown({"password": 1})
    ('true', "'ftp://a.example/?key=...'", 'a table')
    """
    for kind, words in _UNSHOWN.items():
        if isinstance(value, kind):
            return words
    if isinstance(value, str):
        return repr(redacted(_BEFORE_AT.sub("...@", value)))
    if isinstance(value, bool):
        return str(value).lower()  # TOML's truth has no capital letter
    return repr(value)
