"""Two posts' keys -> do they tell the same in the same words? Pure.

Conservative: reports of two papers on one event share names and quotes, and are related, not copies.
"""

from __future__ import annotations

from collections.abc import Sequence

from syndicator.minhash import likeness
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
    return exact(one, other) or alike(one.sketch, other.sketch) >= NEAR


def alike(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate how much of two sketched texts is the same, 0 to 1; 0 for texts so short that too little is known.

    >>> alike((*range(1, 13), 20), (*range(1, 13), 30)), alike((1, 2), (1, 2)), alike((), ())
    (0.9230769230769231, 0.0, 0.0)
    >>> alike((0, *range(1, 13), 20), (0, *range(1, 13), 30))  # the 0 says how the texts were cut, and is no piece
    0.9230769230769231
    """
    if min(len(one), len(other)) < ENOUGH:
        return 0.0
    return likeness(one, other, max(len(one), len(other)) - (one[0] == 0)) or 0.0
