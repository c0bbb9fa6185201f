"""A table of feeds.toml -> the values that are written in it, each mistake noted and none raised.

All mistakes of a file are told in one go: `Complaints` gathers them, and raises at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct, structs

from syndicator.config.kinds import READERS, Surroundings, Wrong
from syndicator.config.schema import HEADS, allowed_in, keys
from syndicator.config.words import KEYS, all_known, did_you_mean, meant, shown
from syndicator.errors import ConfigError
from syndicator.model.settings import Key

_MOST = 20  # mistakes that are told

S = TypeVar("S", bound=Struct)


class Complaints(Struct):
    """The mistakes of one file."""

    _file: str
    _lines: list[str] = []

    def add(self, where: str, key: str, problem: str) -> None:
        """Note a mistake of a key, or of a whole table if `key` is ""."""
        place = f"{where}, key `{key}`" if key else where
        self._lines.append(f"{place}: {problem}")

    def check(self) -> None:
        """Raise ConfigError if there is a mistake; it names all of them."""
        count = len(self._lines)
        if count == 1:
            raise ConfigError(f"{self._file}: {self._lines[0]}")
        if count:
            told = self._lines[:_MOST]
            if count > _MOST:
                told.append(f"and {count - _MOST} more")
            raise ConfigError("\n  ".join([f"{self._file}: {count} mistakes:", *told]))


class Table(Struct):
    """One table of a TOML file while it is read."""

    complaints: Complaints
    name: str
    values: Mapping[str, Any]

    def fail(self, key: str, problem: str) -> None:
        """Note a mistake of a key."""
        self.complaints.add(self.name, key, problem)

    def missing(self, key: str, what: str) -> None:
        """Note that a key is required, unless a written key is so close that it was meant."""
        import difflib  # here: only a mistake needs it

        if not difflib.get_close_matches(key, self.values.keys() - {key}, n=1):
            self.fail(key, f"is required: {what}")

    def section(self, name: str) -> Table:
        """Return the table `[name]` of the top level, empty if it is not written."""
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            self.fail(name, f"write [{name}], in single brackets, and its keys below it")
            values = {}
        return Table(self.complaints, f"[{name}]", values)

    def sections(self, name: str, right: str) -> list[Table]:
        """Return the tables `[[name]]` of the top level; `right` says how they are written."""
        values = self.values.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.fail(name, right)
            values = []
        return [
            Table(self.complaints, f"[[{name}]] no. {number}", value)
            for number, value in enumerate(values, 1)
        ]

    def only(self) -> None:
        """Note the keys of the top level that are no tables of ours."""
        unknown = [name for name in self.values if name not in HEADS]
        if unknown:
            self._unknown(unknown, HEADS, HEADS)

    def read(
        self, known: Mapping[str, Key], base: Mapping[str, Any] | Struct, around: Surroundings
    ) -> dict[str, Any]:
        """Return the values of the keys that are written and right, by name.

        A key that is a table is merged with the same table of `base`, key by key.
        """
        read: dict[str, Any] = {}
        unknown = []
        for name, written in self.values.items():
            key = known.get(name)
            if key is None:
                unknown.append(name)
            elif key.kind == "table":
                read[name] = self._merged(name, written, getattr(base, name), around)
            else:
                try:
                    read[name] = READERS[key.kind](written, key, around)
                except Wrong as error:
                    self.fail(name + error.part, str(error))
        if unknown:
            self._unknown(unknown, known, {})
        return read

    def struct(self, base: S, around: Surroundings) -> S:
        """Return a struct with the values of this table put in."""
        return structs.replace(base, **self.read(keys(type(base)), base, around))

    def _merged(self, name: str, written: object, base: S, around: Surroundings) -> S:
        if not isinstance(written, dict):
            self.fail(name, f"must be a table, not {shown(written)}")
            return base
        # `[[sources]] "A", table `filter``, but `[feed.filter]`: as each is written in the file.
        label = f"{self.name[:-1]}.{name}]"
        if self.name.startswith("[["):
            label = f"{self.name}, table `{name}`"
        return Table(self.complaints, label, written).struct(base, around)

    def _unknown(
        self, unknown: list[str], known: Mapping[str, object], heads: Mapping[str, str]
    ) -> None:
        """Note the keys that are not known, all in one."""
        words = [*known]
        if len(unknown) == 1:
            (key,) = unknown
            hint = f"is not known; {did_you_mean(key, words, heads, KEYS)}"
            self.fail(key, allowed_in(key) or hint)
            return
        hints = {key: allowed_in(key) or meant(key, words, heads) for key in unknown}
        told = [f"`{key}` ({hint})" if hint else f"`{key}`" for key, hint in hints.items()]
        rest = "" if all(hints.values()) else f"; {all_known(words, heads)}"
        self.fail("", f"these keys are not known: {', '.join(told)}{rest}")
