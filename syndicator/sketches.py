"""Sketches of two texts -> how much of them is the same. A leaf: identity and related posts both ask."""

from __future__ import annotations

from collections.abc import Sequence

SKETCH = 24  # numbers kept of a text: the likeness of two texts is known to about a tenth


def likeness(one: Sequence[int], other: Sequence[int], size: int = SKETCH) -> float | None:
    """Estimate how much of two sketched texts is the same, 0 to 1: Jaccard's index by bottom-k min-hash.

    None where one begins with 0, of small pieces, and the other does not, or one has none: they can't be compared.
    `size` is how many of the smallest numbers of both are looked at.

    >>> likeness((1, 2, 3), (2, 3, 4)), likeness((0, 1), (1, 2)), likeness((), ())
    (0.5, None, None)
    """
    if not one or not other or (one[0] == 0) != (other[0] == 0):
        return None
    both = set(one) & set(other) - {0}
    # Only of the smallest numbers of both can each sketch tell whether its text has them: the rest it has dropped.
    union = sorted({*one, *other} - {0})[:size]
    return sum(number in both for number in union) / len(union) if union else None
