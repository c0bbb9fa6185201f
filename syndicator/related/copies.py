"""Two posts' keys -> do they tell the same in the same words? Pure.

Conservative: reports of two papers on one event share names and quotes, and are related, not copies.
"""

from __future__ import annotations

from collections.abc import Sequence

from syndicator.model import Keys

NEAR = 0.8  # of the pieces of two texts: what an editor's touch, another lead or a cut last paragraph leaves
ENOUGH = 12  # pieces, about a hundred words: of shorter texts too little is known


def exact(one: Keys, other: Keys) -> bool:
    """Tell whether two posts have the same text, letter for letter; those without texts, the same title."""
    if one.text or other.text:
        return one.text == other.text
    return bool(one.title) and one.title == other.title


def near(one: Keys, other: Keys) -> bool:
    """Tell whether two posts have nearly the same text: exactly the same, or four fifths of it."""
    if exact(one, other):
        return True
    enough = min(len(one.sketch), len(other.sketch)) >= ENOUGH
    return enough and likeness(one.sketch, other.sketch) >= NEAR


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate how much of two sketched texts is the same, 0 to 1: Jaccard's index by bottom-k min-hash.

    >>> likeness((1, 2, 3, 4), (1, 2, 3, 9)), likeness((1, 2), ())
    (0.75, 0.0)
    """
    both = set(one) & set(other)
    union = sorted({*one, *other})[: max(len(one), len(other))]
    return sum(number in both for number in union) / len(union) if union else 0.0
