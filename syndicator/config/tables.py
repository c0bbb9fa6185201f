"""A TOML table -> typed values, or a complaint that says where and what would be right.

`Table` hands out each key once and with its type checked; `done()` complains of what nobody asked for.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, time, timedelta
from typing import Any, NoReturn, TypeVar

from syndicator.config.keys import elsewhere
from syndicator.errors import ConfigError
from syndicator.urls import redacted

_NAMED = 30  # known words that are named: as many keys are read,
_NEAREST = 3  # but of hundreds of addresses nobody reads more
_NO_HEADS: Mapping[str, str] = {}

T = TypeVar("T")
M = TypeVar("M", int, timedelta)

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")  # one number, one unit; never "1h30m"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = 100 * 365 * 86400  # seconds: further from now no calendar must reach
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|kB|KB|MB|GB)")  # never a bare number: bytes or megabytes?
_LARGEST = 2**53  # bytes: so far a float counts them one by one
_BYTES = {"B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000}
# User and password of what should be an address and is none: there they may hold any character, also "/".
_BEFORE_AT = re.compile(r"(?:(?<=//)|(?<=:)(?!//)).*@")
_KINDS: dict[type, str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    dict: "a table",
}
# What is told of by its kind: whole tables are long, and may hold secrets. A datetime is a date.
_UNSHOWN: dict[type, str] = {dict: "a table", list: "a list", date: "a date", time: "a time"}


def parse_duration(text: str) -> timedelta | None:
    """Read a duration as feeds.toml writes it; None where it is none.

    >>> parse_duration("90s"), parse_duration("7d"), parse_duration("soon")
    (datetime.timedelta(seconds=90), datetime.timedelta(days=7), None)
    """
    match = _DURATION.fullmatch(text.strip())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else math.inf
    return timedelta(seconds=seconds) if seconds <= _LONGEST else None


def parse_size(text: str) -> int | None:
    """Read a size in bytes as feeds.toml writes it; None where it is none.

    >>> parse_size("20MB"), parse_size("20")
    (20000000, None)
    """
    match = _SIZE.fullmatch(text.strip())
    size = float(match[1]) * _BYTES[match[2]] if match else math.inf
    return int(size) if size <= _LARGEST else None


def did_you_mean(word: str, known: Sequence[str], heads: Mapping[str, str] = _NO_HEADS) -> str:
    """Say which known word was probably meant, else which are known; `heads` says how some of them are written.

    >>> did_you_mean("titel", ["title", "link"])
    'did you mean "title"?'
    >>> did_you_mean("xyz", ["title", "link"])
    'known here: link, title'
    """
    return _meant(word, known, heads) or _all_known(known, heads)


def source_meant(word: str, known: Sequence[str]) -> str:
    """Say which of the names and tags of sources was probably meant, else which are nearest.

    >>> source_meant("abc", ["xyz", "https://abc.example/posts/feed/", "qrs", "a", "b"])
    'known here: https://abc.example/posts/feed/, a, b and 2 more'
    """
    words = sorted(set(known))
    if meant := _meant(word, words, _NO_HEADS):
        return meant
    if len(words) > _NEAREST:
        words.sort(key=lambda name: _distance(word.casefold(), name.casefold()))
    return _known_here(words, _NEAREST)


def _distance(word: str, name: str) -> tuple[bool, float]:
    """Return what sorts names in which a word stands first, then by likeness."""
    return word not in name, -difflib.SequenceMatcher(None, word, name).ratio()


def _meant(word: str, known: Sequence[str], heads: Mapping[str, str]) -> str:
    close = difflib.get_close_matches(word, sorted(set(known)), n=1)
    quoted = f'"{close[0]}"' if close else ""
    return f"did you mean {heads.get(close[0], quoted)}?" if close else ""


def _all_known(known: Sequence[str], heads: Mapping[str, str]) -> str:
    return _known_here([heads.get(word, word) for word in sorted(set(known))], _NAMED)


def _known_here(words: Sequence[str], most: int) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return f"known here: {', '.join(words[:most]) or 'none'}{more}"


def shown(value: object) -> str:
    """Show a wrong value as the file has it, without what an address in it may hide; or say of what kind it is.

    >>> shown(True), shown("ftp://me:s3/cr 3t@a.example/?key=1"), shown({"password": 1})
    ('true', "'ftp://a.example/?key=...'", 'a table')
    """
    for kind, words in _UNSHOWN.items():
        if isinstance(value, kind):
            return words
    if isinstance(value, str):
        return repr(redacted(_BEFORE_AT.sub("...@", value)))
    return (
        str(value).lower() if isinstance(value, bool) else repr(value)
    )  # TOML's truth has no capital letter


class Table:
    """One table of a TOML file while it is read."""

    __slots__ = ("_file", "_known", "_values", "name")

    def __init__(self, file: str, name: str, values: Mapping[str, Any]) -> None:
        self._file = file
        self.name = name
        self._values = values
        self._known: list[str] = []

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise the ConfigError that names file, table and key."""
        where = f"{self.name}, key `{key}`" if key else self.name
        raise ConfigError(f"{self._file}: {where}: {problem}")

    def missing(self, key: str, what: str) -> NoReturn:
        """Raise the ConfigError that a key is required; a written one that is close to it was meant, probably."""
        for written in difflib.get_close_matches(key, self._values, n=1):
            if written != key:
                self.fail(written, f'is not known; did you mean "{key}"?')
        self.fail(key, f"is required: {what}")

    def has(self, key: str) -> bool:
        """Tell whether the key is written."""
        return key in self._values

    def only(self, keys: Set[str]) -> bool:
        """Tell whether nothing but these keys is written."""
        return self._values.keys() <= keys

    def get(self, key: str, kind: type[T], default: T) -> T:
        """Return the key's value, or the default where it is not written."""
        self._known.append(key)
        if key not in self._values:
            return default
        value = self._values[key]
        # bool is an int in Python; in TOML they are different things.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(key, f"must be {_KINDS[kind]}, not {shown(value)}")
        return value

    def count(self, key: str, default: int, *, least: int = 0) -> int:
        """Return a whole number of at least `least`."""
        value = self.get(key, int, default)
        if value < least:
            self.fail(key, f"must be at least {least}, not {value}")
        return value

    def strings(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts; one text alone counts as a list of one."""
        self._known.append(key)
        value = self._values.get(key, default)
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list | tuple):
            self.fail(key, f"must be a list of texts, not {shown(value)}")
        for part in value:
            if not isinstance(part, str):
                self.fail(key, f"must be a list of texts in quotes; {shown(part)} is none")
        return tuple(value)

    def choice(self, key: str, default: T, allowed: Sequence[T]) -> T:
        """Return one of the allowed texts."""
        self._known.append(key)
        value: T = self._values.get(key, default)
        if value != default and value not in allowed:
            names = ", ".join(f'"{word}"' for word in allowed)
            self.fail(key, f"must be one of {names}, not {shown(value)}")
        return value

    def duration(
        self, key: str, default: timedelta, *, least: timedelta = timedelta(0)
    ) -> timedelta:
        """Return a duration, written as 90s, 30m, 12h or 7d."""
        value = self._measured(
            key, default, parse_duration, 'a duration such as "90s", "30m", "12h" or "7d"'
        )
        if value < least:
            self.fail(
                key,
                f'must be at least "{least.total_seconds():g}s", not {shown(self._values[key])}',
            )
        return value

    def size(self, key: str, default: int) -> int:
        """Return a size in bytes, written as 500kB, 20MB or 1GB."""
        value = self._measured(key, default, parse_size, 'a size such as "500kB", "20MB" or "1GB"')
        if value < 1:
            self.fail(key, f"must be more than 0, not {shown(self._values[key])}")
        return value

    def _measured(self, key: str, default: M, read: Callable[[str], M | None], right: str) -> M:
        self._known.append(key)
        if key not in self._values:
            return default
        value = self._values[key]
        measured = read(value) if isinstance(value, str) else None
        if measured is None:
            self.fail(key, f"must be {right}, not {shown(value)}")
        return measured

    def section(self, name: str) -> Table:
        """Return the table `[name]` of the top level, empty where it is not written."""
        if not isinstance(self._values.get(name, {}), dict):
            self.fail(name, f"write [{name}], in single brackets, and its keys below it")
        return Table(self._file, f"[{name}]", self.get(name, dict, {}))

    def sections(self, name: str, right: str) -> list[Table]:
        """Return the tables `[[name]]` of the top level, in order; `right` says how they are written."""
        self._known.append(name)
        values = self._values.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.fail(name, right)
        return [
            Table(self._file, f"[[{name}]] no. {number}", value)
            for number, value in enumerate(values, 1)
        ]

    def table(self, key: str) -> Table:
        """Return the table below a key, empty where it is not written."""
        # `[[sources]] "A", table `filter``, but `[feed.filter]`: as each is written in the file.
        label = (
            f"{self.name}, table `{key}`"
            if self.name.startswith("[[")
            else f"{self.name[:-1]}.{key}]"
        )
        return Table(self._file, label, self.get(key, dict, {}))

    def texts(self, key: str, shape: str = '{ name = "text" }') -> dict[str, str]:
        """Return a table of texts, such as headers; what is wrong is never shown, for it may be a secret."""
        self._known.append(key)
        values = self._values.get(key, {})
        if not isinstance(values, dict):
            self.fail(key, f"must be {shape}")
        for name, value in values.items():
            if not isinstance(value, str):
                self.fail(f"{key}.{name}", f"must be text in quotes: {shape}")
        return dict(values)

    def done(self, heads: Mapping[str, str] = _NO_HEADS) -> None:
        """Complain of the keys that nobody asked for, all in one; `heads` as for did_you_mean."""
        unknown = [key for key in self._values if key not in self._known]
        if len(unknown) == 1:
            (key,) = unknown
            self.fail(
                key, elsewhere(key) or f"is not known; {did_you_mean(key, self._known, heads)}"
            )
        if unknown:
            hints = {key: elsewhere(key) or _meant(key, self._known, heads) for key in unknown}
            told = ", ".join(
                f"`{key}` ({hint})" if hint else f"`{key}`" for key, hint in hints.items()
            )
            rest = "" if all(hints.values()) else f"; {_all_known(self._known, heads)}"
            self.fail("", f"these keys are not known: {told}{rest}")
