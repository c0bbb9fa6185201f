"""Tell from the keys of two posts whether one copies the other.

The test is strict: two papers that report one event share names and quotes, and are no copies.
"""

from __future__ import annotations

from collections.abc import Sequence

from syndicator.minhash import likeness
from syndicator.model.post import Keys
from syndicator.related import tuning


def exact(first: Keys, second: Keys) -> bool:
    """Tell whether two posts have equal texts; without texts, equal titles."""
    if first.text or second.text:
        return first.text == second.text
    return bool(first.title) and first.title == second.title


def near(first: Keys, second: Keys) -> bool:
    """Tell whether two posts share at least four fifths of their texts."""
    return exact(first, second) or alike(first.sketch, second.sketch) >= tuning.COPY_SHARE


def alike(first: Sequence[int], second: Sequence[int]) -> float:
    """Estimate which share of two sketched texts is equal, 0 to 1; 0 for very short texts.

    >>> alike((*range(1, 13), 20), (*range(1, 13), 30)), alike((1, 2), (1, 2)), alike((), ())
    (0.9230769230769231, 0.0, 0.0)
    >>> # a leading 0 marks texts cut into small pieces, and is no piece itself
    >>> alike((0, *range(1, 13), 20), (0, *range(1, 13), 30))
    0.9230769230769231
    """
    if min(len(first), len(second)) < tuning.COPY_MIN_PIECES:
        return 0.0
    pieces = max(len(first), len(second)) - (first[0] == 0)
    return likeness(first, second, pieces) or 0.0
