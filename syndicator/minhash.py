"""Compare texts by their min-hash sketches (Broder 1997).

A leaf: identity and related posts ask.
"""

from __future__ import annotations

from collections.abc import Sequence

SKETCH = 24  # numbers kept of a text: the likeness of two texts is known to about a tenth


def likeness(first: Sequence[int], second: Sequence[int], size: int = SKETCH) -> float | None:
    """Estimate Jaccard's index of two sketched texts, 0 to 1, by bottom-k min-hash.

    Returns None where either sketch is empty, or where only one begins with 0, the mark of small
    pieces: such sketches can't be compared. `size` bounds the smallest numbers of both looked at.

    >>> likeness((1, 2, 3), (2, 3, 4)), likeness((0, 1), (1, 2)), likeness((), ())
    (0.5, None, None)
    """
    if not first or not second or (first[0] == 0) != (second[0] == 0):
        return None
    both = set(first) & set(second) - {0}
    # Each sketch knows its text's smallest numbers only: it has dropped the rest.
    union = sorted({*first, *second} - {0})[:size]
    if union:
        return sum(number in both for number in union) / len(union)
    return None
