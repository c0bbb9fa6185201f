"""Weight the terms of posts, pack them into bytes, and compare packed vectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from syndicator.related import tuning

Slots = NDArray[np.intp]
Weights = NDArray[np.float32]
Records = NDArray[Any]

TERM = np.dtype([("term", "<u4"), ("weight", "u1")])


class Counts:
    """Counts the posts that have each term, and learns which terms the neighbours of posts share.

    From both follows the weight of a term.
    """

    def __init__(self, counts: bytes = b"", learnt: bytes = b"") -> None:
        """Read stored counts; other sizes than ours, such as none, count as nothing known."""
        if len(counts) == 4 * (tuning.SLOTS + 1):
            self.slots = np.frombuffer(counts, "<u4").copy()
        else:
            self.slots = np.zeros(tuning.SLOTS + 1, "<u4")  # the last one counts all posts
        both = np.zeros(2 * tuning.SLOTS, np.float32)
        if len(learnt) == 2 * both.size:
            both = np.frombuffer(learnt, "<f2").astype(np.float32)
        # Neighbours seen of posts with a term, and how many of these have the term too.
        self._seen, self._sharing = both[: tuning.SLOTS], both[tuning.SLOTS :]
        self._rarity: Weights | None = None
        self._weights: Weights | None = None

    def pack(self) -> bytes:
        """Return the counts, to be stored."""
        return bytes(self.slots.tobytes())

    def pack_learnt(self) -> bytes:
        """Return the counts learnt from neighbours, to be stored."""
        return np.concatenate((self._seen, self._sharing)).astype("<f2").tobytes()

    def add(self, posts: Iterable[bytes]) -> None:
        """Count the packed terms of posts."""
        for packed in posts:
            # A slot that two terms of a post share is counted once: posts are counted, not terms.
            self.slots[slots(np.frombuffer(packed, TERM)["term"])] += np.uint32(1)
            self.slots[-1] += np.uint32(1)
        self._weights = None

    def posts_with(self, terms: Records) -> NDArray[np.uint32]:
        """Return how many posts have each term, at most."""
        return self.slots[slots(terms)]

    def weights(self) -> Weights:
        """Return the weight of each slot.

        Rarity gives 1 to a term of all posts and 5 to a rare one. What was learnt multiplies it
        by 0.9, for a term that neighbours do not share, up to 1.4.
        """
        if self._weights is None:
            idf, rarest = _inverse_frequency(self.slots)
            # Among few posts no term is as rare as among many. Without a power of the rarity small
            # words would outvote the others.
            stretch = min(max((tuning.RARITY_RANGE / rarest) ** 2, 1.0), tuning.MAX_STRETCH)
            scaled = idf / np.float32(rarest)
            if stretch > 1:  # the power is most of the work; among very many posts it is 1
                scaled **= np.float32(stretch)
            rarity: Weights = 1 + np.float32(tuning.RARITY_RANGE) * scaled
            self._rarity = rarity
            self._weights = rarity * self._trust(slice(None))
        return self._weights

    def rarity_among(self, packed: Iterable[bytes]) -> Weights:
        """Return the rarity of each slot among these posts over that among all, 1 at most."""
        sample = Counts()
        sample.add(packed)
        ratio: Weights = np.minimum(_plain_rarity(sample.slots) / _plain_rarity(self.slots), 1)
        return ratio

    def learn(self, seen: float, own: Slots, shared: Slots, credit: Weights) -> None:
        """Learn from `seen` neighbours of a post which of its terms (`own`) they share.

        `shared` names a slot once for each neighbour that has it, `credit` how much that counts.
        """
        # A term of three posts can be shared by two others at most.
        self._seen[own] += np.clip(self.slots[own].astype(np.float32) - 1, 0, seen)
        np.add.at(self._sharing, shared, credit)
        old = own[self._seen[own] > tuning.FORGET_AT]
        self._seen[old] /= 2
        self._sharing[old] /= 2
        if self._rarity is not None and self._weights is not None:
            self._weights[own] = self._rarity[own] * self._trust(own)

    def _trust(self, where: slice | Slots) -> Weights:
        """Return the factor learnt for slots: the share of neighbours beyond chance."""
        chance = self.slots[:-1][where].astype(np.float32) / np.float32(max(self.slots[-1], 1))
        seen = self._seen[where]
        beyond = np.maximum(self._sharing[where] - seen * chance, np.float32(0))
        prior = tuning.PRIOR_POSTS
        share = (beyond + np.float32(prior * tuning.EXPECTED_SHARE)) / (
            seen * (1 - chance) + np.float32(prior)
        )
        usual = np.float32(tuning.PLAIN + tuning.EXPECTED_SHARE)
        return np.asarray((np.float32(tuning.PLAIN) + share) / usual, np.float32)


def _inverse_frequency(counted: NDArray[np.uint32]) -> tuple[Weights, float]:
    """Return the logarithms of inverse document frequency by slot, and the highest possible one."""
    total = np.float32(counted[-1])
    common = np.float32(tuning.COMMON_SHARE) * total
    count = counted[:-1].astype(np.float32)
    idf = np.maximum(np.log((1 + total) / (1 + count + common)), np.float32(0))
    return idf, max(float(np.log((1 + total) / (2 + common))), 1.0)


def _plain_rarity(counted: NDArray[np.uint32]) -> Weights:
    idf, rarest = _inverse_frequency(counted)
    return np.asarray(1 + np.float32(tuning.RARITY_RANGE / rarest) * idf, np.float32)


def slots(terms: Records) -> Slots:
    """Return the slots of terms."""
    return (terms & np.uint32(tuning.SLOTS - 1)).astype(np.intp)


def pack(terms: Records, counts: Weights) -> bytes:
    """Pack terms into five bytes each, with their saturated counts."""
    packed = np.empty(len(terms), TERM)
    packed["term"] = terms
    packed["weight"] = np.rint(255 * counts / (counts + np.float32(tuning.SATURATION)))
    return packed.tobytes()


def pruned(packed: bytes, counts: Counts) -> tuple[bytes, Records, Weights]:
    """Return the heaviest terms of a packed vector, then those to be found by and their shares.

    The posts of a run must all be counted before: only then is known which terms are rare.
    """
    vector = np.frombuffer(packed, TERM)
    weights = vector["weight"] * counts.weights()[slots(vector["term"])]
    order = _heaviest(weights)[: tuning.TERMS_KEPT]
    vector, weights = vector[order], weights[order]
    posted = tuning.TERMS_POSTED
    return vector.tobytes(), vector["term"][:posted], weights[:posted] / _length(weights)


def _length(weights: Weights) -> float:
    return max(float(np.sqrt(weights @ weights)), 1e-9)


def _heaviest(weights: Weights) -> Slots:
    """Return the places of weights, greatest first, of equal weights the first place first.

    Integers that hold weight and place sort twice as fast as a stable sort of places, and sort
    alike on every machine.
    """
    keys = (-256 * weights).astype(np.int64) << 32 | np.arange(len(weights))
    keys.sort()
    return keys & 0xFFFFFFFF


def query(packed: bytes, counts: Counts, size: int) -> tuple[Records, Weights]:
    """Return the heaviest terms of a packed vector, and their shares in its length."""
    vector = np.frombuffer(packed, TERM)
    weights = vector["weight"] * counts.weights()[slots(vector["term"])]
    order = np.argsort(-weights, kind="stable")[:size]
    return vector["term"][order], weights[order] / _length(weights)


def usual_slots(packed: Sequence[bytes], accumulator: Weights) -> Slots:
    """Return the slots that most of these packed vectors have, once for each vector with it.

    `accumulator` is all zeros, before and after.
    """
    every = slots(np.frombuffer(b"".join(packed), TERM)["term"])
    np.add.at(accumulator, every, np.float32(1))
    usual = every[accumulator[every] > max(len(packed) / 2, tuning.USUAL_FROM)]
    accumulator[every] = 0.0
    return usual


class Rows:
    """Packed vectors side by side, each scaled to length 1, to be compared with several queries.

    A query is a vector spread over an accumulator, one place for each slot. The `usual` slots
    count for nothing in it. `factors` by slot multiply the weights of terms.
    """

    def __init__(
        self, packed: Sequence[bytes], counts: Counts, usual: Slots, factors: Weights | None = None
    ) -> None:
        vector = np.frombuffer(b"".join(packed), TERM)
        sizes = np.array([len(row) // TERM.itemsize for row in packed], np.intp)
        self._starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        self._ends = self._starts + sizes
        self._slots = slots(vector["term"])
        self._usual = usual
        weights = vector["weight"] * counts.weights()[self._slots]
        if factors is not None:
            weights *= factors[self._slots]
        norms = np.sqrt(np.add.reduceat(weights * weights, self._starts))
        self._weights: Weights = (weights / np.repeat(norms, sizes)).astype(np.float32)

    def similarity(self, shares: Mapping[int, float], accumulator: Weights) -> Weights:
        """Return the cosine of each row and a weighted sum of rows."""
        for row, share in shares.items():
            part = self._part(row)
            accumulator[self._slots[part]] += share * self._weights[part]
        accumulator[self._usual] = 0.0
        products = self._weights * accumulator[self._slots]
        for row in shares:
            accumulator[self._slots[self._part(row)]] = 0.0
        return np.asarray(np.add.reduceat(products, self._starts), np.float32)

    def shared(
        self, row: int, others: Slots, accumulator: Weights
    ) -> tuple[float, Slots, Slots, Weights]:
        """Return the arguments of `Counts.learn`: which terms of a row its neighbours share.

        A neighbour less near than FEEDBACK_FULL_AT counts in part. A term is credited by the
        nearness of the rest of the two texts: the term itself proves nothing.
        """
        part = self._part(row)
        accumulator[self._slots[part]] += self._weights[part]
        places = np.concatenate([np.arange(self._starts[n], self._ends[n]) for n in others])
        sizes = self._ends[others] - self._starts[others]
        products = self._weights[places] * accumulator[self._slots[places]]
        nearness = np.add.reduceat(products, np.cumsum(sizes) - sizes)
        accumulator[self._usual] = 0.0
        own = self._slots[part]
        own = own[accumulator[own] > 0]
        common = np.flatnonzero((products > 0) & (accumulator[self._slots[places]] > 0))
        accumulator[self._slots[part]] = 0.0
        counted = np.minimum(1, nearness / np.float32(tuning.FEEDBACK_FULL_AT))
        rest = 1 - products[common] / np.repeat(nearness, sizes)[common]
        credit = rest * rest * np.repeat(counted, sizes)[common]
        return float(counted.sum()), own, self._slots[places[common]], credit

    def _part(self, row: int) -> slice:
        return slice(self._starts[row], self._ends[row])
