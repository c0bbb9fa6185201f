"""Stored posts as candidates for a list of related posts (store <-> related)."""

from __future__ import annotations

from msgspec import Struct

from syndicator.model.edition import Reference
from syndicator.model.post import Keys


class Neighbour(Struct, frozen=True):
    """A stored post near another, and its score (0 to 1)."""

    number: int
    score: float


class Card(Struct, frozen=True):
    """A stored post that a list may link to: titled, neither withdrawn, filtered nor folded."""

    number: int
    source_id: str
    keys: Keys
    reference: Reference
