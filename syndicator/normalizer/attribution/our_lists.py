"""The lists of links that a feed of ours put under its posts, and that come back with them."""

from __future__ import annotations

import re
from functools import lru_cache

from syndicator import languages
from syndicator.normalizer.attribution.lines import Line, fold
from syndicator.normalizer.html import tags

_OUR_LIST = re.compile(r"<([a-z][a-z0-9]*) [^<>]*\bclass=\"[^\"]*\bsyndicator-(?:related|also)\b")


def without(source: str) -> str:
    """Take out the lists that a feed of ours put under its posts, by their class."""
    left, taken = tags.without(source, _OUR_LIST)
    return tags.trimmed(tags.tidy(left)) if taken else source


def end_behind(source: str, end: int, followed: list[Line]) -> int:
    """Return the end of our lists that follow a credit at `end` without our classes, else `end`.

    A reader on the way took the classes off. The lists are ours by a heading in our words, with
    nothing but links below it up to the end.
    """
    below = list(reversed(followed))
    if below and below[-1].end >= len(source.rstrip()) - 40 and all(map(is_ours, below)):
        return below[-1].end
    return end


def is_ours(line: Line) -> bool:
    """Tell whether a line is one of a list of ours, or the heading over it."""
    if line.block == "li":
        return not any(map(str.isalnum, re.sub(r"\(.*\)$", "", line.text)))
    return bool(_our_headings().match(line.text))


@lru_cache(maxsize=1)
def _our_headings() -> re.Pattern[str]:
    """Match our headings over lists and our "Also at: ..." in any language."""
    forms = {
        words[key] for words in languages.table().values() for key in ("heading", "related", "also")
    }
    patterns = sorted(re.escape(fold(form)).replace(r"\{source\}", ".{1,120}") for form in forms)
    return re.compile(f"(?:{'|'.join(patterns)})[^a-z]*$")
