"""Each regular expression of the package on strings of its own parts: which outgrow their input?

    python bench/patterns.py [--strings 20] [--only NAME]

A pattern is tried as the package uses it, on strings of 2 and of 8 kB. A line is printed for each
that takes more than nine times as long for four times the text; linear ones take four times as
long. Then, and where a call of `re` was left out, the exit status is 1. A pattern that sees no
such strings stands in `BOUNDS` with the reason: it is tried on the longest that it can see, or on
texts of their form.
"""

from __future__ import annotations

import argparse
import random
import re
import re._parser as sre  # type: ignore[import-not-found]
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import nh3
from pattern_sites import ANCHORED, AnyPattern, Pattern, patterns

from syndicator.pipeline.budget import OverBudget, budget

SIZE = 8000
MOST = 10.0  # seconds of CPU for all strings of a pattern; the costliest takes a seventh
_STEEP = 9.0
_SHORTEST = 0.004  # seconds: less is noise
_LONGEST = (
    0.25  # seconds that a pattern may take for the most that it can see, where that is bounded
)
_SAMPLES = {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "1", "CATEGORY_WORD": "a"}


def serialized(text: str) -> str:
    """Return HTML as nh3 writes it, with all tags and attributes that a text may have."""
    names = set(re.findall("[a-z][a-z0-9-]*", text))
    return nh3.clean(
        text, tags=names, attributes={"*": names}, clean_content_tags=set(), link_rel=None
    )


def closed(text: str) -> str:
    """Return a text that ends with `>`."""
    return f"{text}>"


@dataclass(frozen=True)
class Bound:
    """Why the texts that a pattern sees are no strings of any form and length."""

    reason: str
    most: int = SIZE  # characters
    form: Callable[[str], str] = str


_SAFE = "it sees HTML as nh3 has written it, where each start of a tag has an end"
_OPERATOR = "the operator writes it into feeds.toml"
# By the name of the place, which may make many patterns.
BOUNDS = {
    "syndicator.config.words._BEFORE_AT": Bound(_OPERATOR, 2000),
    "syndicator.normalizer.attribution.stripping._BESIDE_LINKS": Bound(
        "the last 12,000 characters of a body (_TAIL_LISTED)", 12_000
    ),
    "syndicator.normalizer.attribution.stripping._MANY_BESIDE_LINKS": Bound(
        "the last 12,000 characters of a body (_TAIL_LISTED)", 12_000
    ),
    "syndicator.normalizer.attribution.wordings.is_generic": Bound(
        "a longer name is none of these (_GENERIC)", 48
    ),
    "syndicator.normalizer.attribution.wordings._compiled": Bound(
        "a line is cut to 320 characters before (judging._LONG)", 320
    ),
    "syndicator.normalizer.html.images._NOSCRIPT": Bound(_SAFE, form=serialized),
    "syndicator.normalizer.html.repairs._TAG_OR_TEXT": Bound("it ends with `>`", form=closed),
    "syndicator.normalizer.html.sanitize._LINK": Bound(_SAFE, form=serialized),
    "syndicator.normalizer.identity.content_hash._NAMED": Bound(
        "an address has at most 8,000 characters (parser/bounds.py)"
    ),
    "syndicator.parser.dates._DIALECTS": Bound(
        "a longer text is no date, and four commas become one before", 100
    ),
    "syndicator.parser.encodings._DECLARED": Bound("the first 300 bytes of a body", 300),
    "syndicator.pipeline.documents._NEWEST": Bound(
        "our own page, which closes each section", form=serialized
    ),
}


def bound_of(name: str) -> Bound | None:
    """Return what bounds the texts of a pattern, None if nothing does."""
    return BOUNDS.get(name.partition("[")[0])


def strings(
    pattern: AnyPattern, size: int, count: int, form: Callable[[str], str] = str
) -> Iterator[Any]:
    """Yield strings of a pattern's own parts, repeated, each with an end that matches nothing.

    Every other one begins with a part that may lead into the pattern.
    """
    maker = random.Random(repr(pattern.pattern))
    source = pattern.pattern
    text = source if isinstance(source, str) else source.decode("latin-1")
    parts = sorted(_parts(sre.parse(text, pattern.flags))) or ["a"]
    maker.shuffle(parts)
    units = [*parts[:count], *("".join(maker.choices(parts, k=3)) for _ in range(count))]
    for number, unit in enumerate(dict.fromkeys(units)):
        start = maker.choice(parts) if number % 2 else ""
        made = form(start + unit * (size // len(unit)) + "\x01")
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
    if str(kind) == "NEGATE":
        return "x"
    return _SAMPLES.get(str(value), "-")


def searched(pattern: Pattern, text: Any) -> float:
    """Return the CPU seconds that it takes to use a pattern on a text."""
    compiled: re.Pattern[Any] = pattern.pattern
    start = time.thread_time()
    if pattern.ways and pattern.ways <= ANCHORED:
        for way in pattern.ways:
            getattr(compiled, way)(text)
    else:
        for _ in compiled.finditer(text):
            pass
    return time.thread_time() - start


def steepest(pattern: Pattern, count: int, most: float = MOST) -> str:
    """Say how long a pattern takes on a text, if that outgrows the text; "" if it does not.

    One that does not end within its CPU time grows so, too.
    """
    try:
        with budget(most, 10**10):
            for text, seconds in _steep(pattern, count):
                return f"{seconds:7.3f} s  {text[:40]!r}"
    except OverBudget as over:
        return f"{over}"
    return ""


def _steep(pattern: Pattern, count: int) -> Iterator[tuple[Any, float]]:
    """Yield texts of whole length that take a pattern too long, and the seconds."""
    bound = bound_of(pattern.name) or Bound("")
    longest = _LONGEST if bound.reason and bound.form is str else _SHORTEST
    for short, long in zip(
        strings(pattern.pattern, bound.most // 4, count, bound.form),
        strings(pattern.pattern, bound.most, count, bound.form),
        strict=True,
    ):
        if searched(pattern, long) < longest:
            continue
        # The least of some on both sides: another program may have used the caches.
        more = min(searched(pattern, long) for _ in range(3))
        less = min(searched(pattern, short) for _ in range(3))
        if more > max(longest, _STEEP * less):
            yield long, more


def main() -> None:
    """Print the patterns that grow too fast, with the string that shows it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strings", type=int, default=20)
    parser.add_argument("--only", default="", help="a part of the names to try")
    options = parser.parse_args()
    everything, missed = patterns()
    steep = 0
    for pattern in everything:
        if options.only not in pattern.name:
            continue
        if growth := steepest(pattern, options.strings):
            steep += 1
            print(f"{pattern.name:60} {growth}", flush=True)
    for name in missed:
        print(f"{name:60} was not compiled: name a call in pattern_sites.py")
    print(f"{len(everything)} patterns, {steep} of them grow faster than their input")
    sys.exit(bool(steep or missed))


if __name__ == "__main__":
    main()
