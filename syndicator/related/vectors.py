"""Weighted terms <-> packed vectors, weighed by how rare each term is. Pure, with numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Terms = NDArray[np.uint32]
Weights = NDArray[np.float32]

SLOTS = 1 << 18  # terms are counted in slots that they may share: a rare term then looks a little less rare
KEPT = 96  # terms kept of a post
POSTED = 24  # terms under which it can be found

_SCALE = 16.0  # weights are kept as bytes: sixteenths of 1 + log(count)
POSTING = np.dtype([("number", "<u4"), ("weight", "u1")])


class Counts:
    """In how many posts each term stands."""

    def __init__(self, kept: bytes = b"") -> None:
        """Take up what was kept (`bytes`), or start from nothing."""
        self.slots = np.frombuffer(kept, "<u4").copy() if len(kept) == 4 * SLOTS + 4 else np.zeros(SLOTS + 1, "<u4")

    def __bytes__(self) -> bytes:
        return self.slots.tobytes()

    def add(self, terms: Terms) -> None:
        """Count one post with these terms."""
        self.slots[np.unique(terms % SLOTS)] += 1
        self.slots[-1] += 1

    def rarity(self, terms: Terms) -> Weights:
        """Return the inverse document frequency of each term, 1 for one that is everywhere."""
        total = float(self.slots[-1])
        return (1.0 + np.log((1.0 + total) / (1.0 + self.slots[terms % SLOTS]))).astype(np.float32)


def pack(weighted: Mapping[int, float], counts: Counts) -> bytes:
    """Pack the terms of a post that say most, weightiest first."""
    terms = np.fromiter(weighted.keys(), np.uint32, len(weighted))
    weights = np.fromiter(weighted.values(), np.float32, len(weighted))
    weights = np.where(weights >= 1, 1 + np.log(np.maximum(weights, 1)), weights).astype(np.float32)
    order = np.argsort(-weights * counts.rarity(terms), kind="stable")[:KEPT]
    kept = np.clip(np.rint(weights[order] * _SCALE), 1, 255).astype(np.uint8)
    return terms[order].tobytes() + kept.tobytes()


def unpack(packed: bytes) -> tuple[Terms, NDArray[np.uint8]]:
    """Return the terms of a packed vector and their weights in sixteenths."""
    size = len(packed) // 5
    return np.frombuffer(packed, "<u4", size), np.frombuffer(packed, np.uint8, size, 4 * size)


def weigh(terms: Terms, kept: NDArray[np.uint8], counts: Counts) -> Weights:
    """Return the weights times the rarity of their terms, as a vector of length 1."""
    weights = kept * counts.rarity(terms)
    norm = float(np.sqrt(weights @ weights))
    return (weights / norm if norm else weights).astype(np.float32)


def rows(packed: Sequence[bytes], counts: Counts, terms: Terms, weights: Weights) -> NDArray[np.float32]:
    """Return a matrix whose first row is a question (`terms`, `weights`), the others the packed vectors, length 1 each."""
    parts = [unpack(one) for one in packed]
    names = np.concatenate([terms, *(part for part, _ in parts)])
    lengths = np.array([len(terms), *(len(part) for part, _ in parts)])
    kept = np.concatenate([part for _, part in parts])
    values = np.concatenate([weights, kept * counts.rarity(names[len(terms) :])])
    owner = np.repeat(np.arange(len(lengths)), lengths)
    distinct, column = np.unique(names, return_inverse=True)
    matrix = np.zeros((len(lengths), len(distinct)), np.float32)
    matrix[owner, column] = values
    norms = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    return np.asarray(matrix / np.maximum(norms, 1e-9)[:, None], np.float32)
