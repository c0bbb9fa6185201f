"""Two posts' keys -> do they tell the same in the same words? Pure.

Conservative: reports of two papers on one event share names and quotes, and are related, not copies.
"""

from __future__ import annotations

from collections.abc import Sequence

from syndicator.model.post import Keys

NEAR = 0.8  # of the pieces of two texts: what an editor's touch, another lead or a cut last paragraph leaves
ENOUGH = 12  # pieces: of a text of fewer words too little is known


def exact(one: Keys, other: Keys) -> bool:
    """Tell whether two posts have the same text, letter for letter; those without texts, the same title."""
    if one.text or other.text:
        return one.text == other.text
    return bool(one.title) and one.title == other.title


def near(one: Keys, other: Keys) -> bool:
    """Tell whether two posts have nearly the same text: exactly the same, or four fifths of it."""
    return exact(one, other) or likeness(one.sketch, other.sketch) >= NEAR


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate how much of two sketched texts is the same, 0 to 1: Jaccard's index by bottom-k min-hash.

    A sketch that begins with 0 is of small pieces: it can't be compared with one of large pieces. Of short texts
    too little is known.

    >>> likeness((*range(1, 13), 20), (*range(1, 13), 30)), likeness((1, 2), (1, 2)), likeness((), ())
    (0.9230769230769231, 0.0, 0.0)
    """
    size = max(len(one), len(other))
    if min(len(one), len(other)) < ENOUGH or (one[0] == 0) != (other[0] == 0):
        return 0.0
    both = set(one) & set(other) - {0}
    union = sorted({*one, *other} - {0})[: size - (one[0] == 0)]
    return sum(number in both for number in union) / len(union)
