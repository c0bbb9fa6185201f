"""Counted terms <-> packed vectors, and how much each term tells. Pure arithmetic, with numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Slots = NDArray[np.intp]
Weights = NDArray[np.float32]
Records = NDArray[Any]

SLOTS = (
    1 << 18
)  # terms share slots to be counted and compared in: a few in a hundred posts meet by mistake, weakly
KEPT = 400  # terms kept of a post: of most, all; two reports on one event share many words that tell little each
POSTED = 32  # terms under which it can be found
FEW = 8  # posts of a source that may have a term in common without its being usual there

# Half of what a third mention adds to a second is noise (BM25's k1), and a term that one post in fifty has
# tells as much as the rarest: without that cap the words of a big story, being frequent, would count for little.
SATURATION = 1.2
COMMON = 0.018
FULL = 4.0  # what the rarest term tells more than one that all posts have: log(1 / COMMON), as among very many posts
STRETCHED = (
    3.0  # at most: the power to which rarity is raised among a dozen posts; 1 among thousands
)

# How often the nearest posts of one that has a term have it too, beyond chance: names do, "everything" does not.
PLAIN = 1.5  # what a term that they never have counts, beside at most 1 more
EXPECTED = 0.25  # how often they have one of which nothing is known,
DOUBT = 8.0  # as sure as of this many of them
LASTING = 500.0  # posts looked at until the older half of what was learnt is forgotten

TERM = np.dtype([("term", "<u4"), ("weight", "u1")])


class Counts:
    """In how many posts each term stands, how often their nearest have it too, and so how much it tells."""

    def __init__(self, kept: bytes = b"", learnt: bytes = b"") -> None:
        """Take up what was kept, or start from nothing."""
        usable = len(kept) == 4 * (SLOTS + 1)
        self.slots = np.frombuffer(kept, "<u4").copy() if usable else np.zeros(SLOTS + 1, "<u4")
        usable = len(learnt) == 2 * 2 * SLOTS
        both = (
            np.frombuffer(learnt, "<f2").astype(np.float32)
            if usable
            else np.zeros(2 * SLOTS, np.float32)
        )
        self._near, self._shared = both[:SLOTS], both[SLOTS:]
        self._rarity: Weights | None = None
        self._telling: Weights | None = None

    def pack(self) -> bytes:
        """Return what the next run takes up."""
        return bytes(self.slots.tobytes())

    def pack_learnt(self) -> bytes:
        """Return what was learnt, for the next run."""
        return np.concatenate((self._near, self._shared)).astype("<f2").tobytes()

    def add(self, packed: bytes) -> None:
        """Count the terms of one post."""
        # A slot that comes twice is counted once, as it should be: it says in how many posts.
        self.slots[slots(np.frombuffer(packed, TERM)["term"])] += np.uint32(1)
        self.slots[-1] += np.uint32(1)
        self._telling = None

    def total(self) -> int:
        """Return how many posts were counted."""
        return int(self.slots[-1])

    def often(self, terms: Records) -> NDArray[np.uint32]:
        """Return in how many posts terms stand, at most."""
        return self.slots[slots(terms)]

    def telling(self) -> Weights:
        """Return how much a term of each slot tells: 1 where every post has it, about 5 where few have.

        Up to 1.4 times that where the nearest have it too, 0.9 times where they don't.
        """
        if self._telling is None:
            total = np.float32(self.slots[-1])
            often = self.slots[:-1].astype(np.float32)
            told = np.log((1 + total) / (1 + often + np.float32(COMMON) * total))
            rarest = max(float(np.log((1 + total) / (2 + np.float32(COMMON) * total))), 1.0)
            # Among few posts nothing is as rare as among many: stretched, or small words would outvote the others.
            stretch = min(max((FULL / rarest) ** 2, 1.0), STRETCHED)
            scaled = np.maximum(told, np.float32(0)) / np.float32(rarest)
            if stretch > 1:  # with very many posts it is not, and the power is most of the work
                scaled **= np.float32(stretch)
            rarity: Weights = 1 + np.float32(FULL) * scaled
            self._rarity = rarity
            self._telling = rarity * self._trust(slice(None))
        return self._telling

    def learn(self, near: float, own: Slots, shared: Slots, credit: Weights) -> None:
        """Learn from so many posts near one which of its terms (`own`) they have too; `credit`: how surely."""
        # Of a term that three posts have, two others can have it at most.
        self._near[own] += np.clip(self.slots[own].astype(np.float32) - 1, 0, near)
        np.add.at(self._shared, shared, credit)
        old = own[self._near[own] > LASTING]
        self._near[old] /= 2
        self._shared[old] /= 2
        if self._rarity is not None and self._telling is not None:
            self._telling[own] = self._rarity[own] * self._trust(own)

    def _trust(self, where: slice | Slots) -> Weights:
        chance = self.slots[:-1][where].astype(np.float32) / np.float32(max(self.slots[-1], 1))
        near = self._near[where]
        beyond = np.maximum(self._shared[where] - near * chance, np.float32(0))
        often = (beyond + np.float32(DOUBT * EXPECTED)) / (near * (1 - chance) + np.float32(DOUBT))
        return np.asarray((np.float32(PLAIN) + often) / np.float32(PLAIN + EXPECTED), np.float32)


def slots(terms: Records) -> Slots:
    """Return the slots of terms."""
    return (terms & np.uint32(SLOTS - 1)).astype(np.intp)


def pack(terms: Records, often: Weights) -> bytes:
    """Pack the terms of a post, five bytes each, with how `often` each counts, saturated."""
    packed = np.empty(len(terms), TERM)
    packed["term"] = terms
    packed["weight"] = np.rint(255 * often / (often + np.float32(SATURATION)))
    return packed.tobytes()


def settled(packed: bytes, counts: Counts) -> tuple[bytes, Records, Weights]:
    """Return the part of a packed vector that tells most, and of that the terms to be found by, with their shares.

    It is done once all of a run are counted: before, nothing is known of what is rare.
    """
    vector = np.frombuffer(packed, TERM)
    weights = vector["weight"] * counts.telling()[slots(vector["term"])]
    order = _strongest(weights)[:KEPT]
    vector, weights = vector[order], weights[order]
    shares = weights[:POSTED] / max(float(np.sqrt(weights @ weights)), 1e-9)
    return vector.tobytes(), vector["term"][:POSTED], shares


def _strongest(weights: Weights) -> Slots:
    """Return the places of weights, the greatest first, of equal ones the first: on every machine the same.

    Numbers that hold weight and place are sorted twice as fast as a stable sort of places is done.
    """
    keys = (-256 * weights).astype(np.int64) << 32 | np.arange(len(weights))
    keys.sort()
    return keys & 0xFFFFFFFF


def question(packed: bytes, counts: Counts, size: int) -> tuple[Records, Weights]:
    """Return the most telling terms of a packed vector, and their share in its length."""
    vector = np.frombuffer(packed, TERM)
    weights = vector["weight"] * counts.telling()[slots(vector["term"])]
    order = np.argsort(-weights, kind="stable")[:size]
    return vector["term"][order], weights[order] / max(float(np.sqrt(weights @ weights)), 1e-9)


def usual(packed: Sequence[bytes], board: Weights) -> Slots:
    """Return the slots that most of these packed vectors have, and more than FEW; `board` is empty, and left so.

    A slot comes as often as vectors have it.
    """
    every = slots(np.frombuffer(b"".join(packed), TERM)["term"])
    np.add.at(board, every, np.float32(1))
    found = every[board[every] > max(len(packed) / 2, FEW)]
    board[every] = 0.0
    return found


class Rows:
    """Packed vectors side by side, each of length 1, to be compared with one question after another."""

    def __init__(self, packed: Sequence[bytes], counts: Counts) -> None:
        vector = np.frombuffer(b"".join(packed), TERM)
        sizes = np.array([len(one) // TERM.itemsize for one in packed], np.intp)
        self._starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        self._slots = slots(vector["term"])
        weights = vector["weight"] * counts.telling()[self._slots]
        norms = np.sqrt(np.add.reduceat(weights * weights, self._starts))
        self._weights: Weights = (weights / np.repeat(norms, sizes)).astype(np.float32)
        self._ends = self._starts + sizes

    def likeness(self, board: Weights) -> Weights:
        """Return how near each row is to the question that stands on the board."""
        return np.asarray(
            np.add.reduceat(self._weights * board[self._slots], self._starts), np.float32
        )

    def shared(
        self, row: int, others: Slots, usual: Slots, board: Weights, clear: float
    ) -> tuple[float, Slots, Slots, Weights]:
        """Return how many others there are, those less near than `clear` counted in part, and the slots of a row.

        Then those of them that the others have too, each as often as they do, and how surely: a term by which alone
        two posts are near says nothing about itself; the rest of the text has to agree. Without `usual` slots.
        """
        self.put(row, board)
        parts = np.concatenate([np.arange(self._starts[one], self._ends[one]) for one in others])
        sizes = self._ends[others] - self._starts[others]
        agreed = self._weights[parts] * board[self._slots[parts]]
        near = np.add.reduceat(agreed, np.cumsum(sizes) - sizes)
        board[usual] = 0.0
        own = self._slots[self._starts[row] : self._ends[row]]
        own = own[board[own] > 0]
        common = np.flatnonzero((agreed > 0) & (board[self._slots[parts]] > 0))
        self.wipe(row, board)
        heard = np.minimum(1, near / np.float32(clear))
        rest = 1 - agreed[common] / np.repeat(near, sizes)[common]
        return (
            float(heard.sum()),
            own,
            self._slots[parts[common]],
            rest * rest * np.repeat(heard, sizes)[common],
        )

    def put(self, row: int, board: Weights, share: float = 1.0) -> None:
        """Add a row's vector to the board."""
        part = slice(self._starts[row], self._ends[row])
        board[self._slots[part]] += share * self._weights[part]

    def wipe(self, row: int, board: Weights) -> None:
        """Take a row off the board again."""
        board[self._slots[self._starts[row] : self._ends[row]]] = 0.0
