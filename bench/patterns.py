"""Each regular expression of the package on strings made from its own parts: which grow faster than their input?

    python bench/patterns.py [--strings 20]

A pattern is searched in strings of 2 and of 8 kB. A line is printed for each that takes more than nine times as
long for four times the text; linear ones take four times as long.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import random
import re
import re._parser as sre  # type: ignore[import-not-found]
import time
from collections.abc import Iterator
from typing import Any

import syndicator

AnyPattern = re.Pattern[str] | re.Pattern[bytes]
# Patterns that see short texts alone: no date has more than 100 characters.
SHORT = {"syndicator.parser.dates.": 100}
_SAMPLES = {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "1", "CATEGORY_WORD": "a"}


def patterns() -> dict[str, AnyPattern]:
    """Return all patterns that modules of the package hold, by module and name."""
    found: dict[str, AnyPattern] = {}
    for module in pkgutil.walk_packages(syndicator.__path__, "syndicator."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            values = value if isinstance(value, (tuple, list)) else (value,)
            for place, part in enumerate(values):
                if isinstance(part, re.Pattern):
                    found.setdefault(f"{module.name}.{name}[{place}]", part)
    return found


def longest(name: str, size: int) -> int:
    """Return the length of text that a pattern may see, at most `size`."""
    return min([size, *(most for start, most in SHORT.items() if name.startswith(start))])


def strings(pattern: AnyPattern, size: int, count: int) -> Iterator[str | bytes]:
    """Yield strings of a pattern's own parts, repeated, each with an end that matches nothing."""
    maker = random.Random(repr(pattern.pattern))
    source = pattern.pattern
    text = source if isinstance(source, str) else source.decode("latin-1")
    parts = sorted(_parts(sre.parse(text, pattern.flags))) or ["a"]
    units = [*parts[:count], *("".join(maker.choices(parts, k=3)) for _ in range(count))]
    for unit in filter(None, dict.fromkeys(units)):
        made = maker.choice(parts) + unit * (size // len(unit)) + "\x01"
        yield made if isinstance(source, str) else made.encode("latin-1", "replace")


def _parts(tokens: Any) -> set[str]:
    """Return literals and samples of the classes of a parsed pattern."""
    found: set[str] = set()
    run = ""
    for operator, argument in tokens:
        name = str(operator)
        if name == "LITERAL":
            run += chr(argument)
            continue
        found.add(run)
        run = ""
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            found |= _parts(argument[2])
        elif name == "SUBPATTERN":
            found |= _parts(argument[3])
        elif name == "BRANCH":
            for branch in argument[1]:
                found |= _parts(branch)
        elif name in ("ASSERT", "ASSERT_NOT"):
            found |= _parts(argument[1])
        elif name == "ATOMIC_GROUP":
            found |= _parts(argument)
        elif name == "IN":
            found |= {_sample(kind, value) for kind, value in argument}
        elif name in ("NOT_LITERAL", "ANY"):
            found.add("x")
    return (found | {run}) - {""}


def _sample(kind: object, value: Any) -> str:
    if str(kind) == "LITERAL":
        return chr(value)
    if str(kind) == "RANGE":
        return chr(value[0])
    return _SAMPLES.get(str(value), "-")


def searched(pattern: AnyPattern, text: str | bytes) -> float:
    """Return the CPU seconds that one search for all matches takes."""
    start = time.thread_time()
    for _ in pattern.finditer(text):  # type: ignore[arg-type]
        pass
    return time.thread_time() - start


def main() -> None:
    """Print the patterns that grow too fast, with the string that shows it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strings", type=int, default=20)
    options = parser.parse_args()
    everything = patterns()
    for name, pattern in everything.items():
        size = longest(name, 8000)
        for short, long in zip(
            strings(pattern, size // 4, options.strings),
            strings(pattern, size, options.strings),
            strict=True,
        ):
            less, more = searched(pattern, short), searched(pattern, long)
            if more > 0.004 and more > 9 * less:
                print(f"{name:60} {more:7.3f} s  {long[:40]!r}", flush=True)
                break
    print(f"{len(everything)} patterns")


if __name__ == "__main__":
    main()
