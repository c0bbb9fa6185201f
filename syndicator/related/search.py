"""A post's vector and the index -> its nearest posts.

Two stages: the postings of its rarest terms name candidates, whose whole vectors are then compared with its
own, and once more with what the nearest of them have in common: that finds "shares slip" for "stocks fall".
Which words the nearest have in common is remembered, for the next question.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from syndicator.model.likeness import Corpus, Neighbour
from syndicator.related import vectors
from syndicator.related.postings import Numbers, Postings
from syndicator.related.vectors import Counts, Rows, Weights

ASKED = 128  # terms of the post whose postings are read,
READ = 40_000  # until this many entries were
LONGEST = 3600  # about as many entries of a term the corpus gives
OPEN = 300  # posts that a term has at least when part of its postings is closed
CANDIDATES = 64  # posts that are compared whole
WITNESSES = 5  # the nearest, whose common terms widen the question
CLEAR = 0.12  # how near witnesses are, taken together, whose word counts in full,
SURE = 0.15  # and how near those are beside whom nearness itself says more than they do
KINDRED = 8  # nearest posts that are kept of a post
VOUCHED = 0.7  # of the last part of a score is how well the kin did, the rest how well the post itself did
TEACHERS = 16  # nearest posts, of which is learnt what its terms are worth
COMPANY = 16  # posts of its source: what most of them have says nothing: a signature, the small words of a language
OUTSIDE = 0.7  # of the last candidate's score: what a post is given that is none
PARTS = 4  # nearness and what witnesses say, together at most 2, and both again of the kin
DAY = 86_400.0

KIN = np.dtype([("number", "<u4"), ("weight", "u1")])

Vector = tuple[int, float, bytes, bytes]  # number, time, packed terms, packed kin


def kin(nearest: Sequence[Neighbour]) -> bytes:
    """Pack the nearest of a post's neighbours."""
    packed = np.zeros(min(len(nearest), KINDRED), KIN)
    packed["number"] = [one.number for one in nearest[:KINDRED]]
    packed["weight"] = [max(1, min(255, round(255 * one.score))) for one in nearest[:KINDRED]]
    return bytes(packed.tobytes())


class Searcher:
    """Finds the nearest posts; keeps between questions the boards on which scores are added up (8 bytes a post)."""

    def __init__(self, corpus: Corpus, counts: Counts, postings: Postings) -> None:
        self._corpus = corpus
        self._postings = postings
        self._counts = counts
        self._board = np.zeros(vectors.SLOTS, np.float32)
        self._scores = np.zeros(0, np.float32)
        self._last = np.zeros(0, np.int32)

    def nearest(self, own: Vector, shelf: Numbers | None = None) -> list[Neighbour]:
        """Return the posts nearest to one, best first, itself left out; of one shelf only, where given."""
        number, _, packed, _ = own
        if not packed:
            return []
        numbers = self._candidates(packed, shelf)
        # A post that lost its words ("Untitled" became "...") may still be posted under them.
        found = [one for one in self._corpus.vectors(numbers[numbers != number].tolist()) if one[2]]
        return self._ranked(own, found) if found else []

    def _candidates(self, packed: bytes, shelf: Numbers | None) -> Numbers:
        numbers, weights = self._posted(packed)
        if not len(numbers):
            return numbers
        self._grow(int(numbers.max()))
        np.add.at(self._scores, numbers, weights)
        if shelf is None:
            # Of several entries of one post, the last to be written down stands for it.
            place = np.arange(len(numbers), dtype=np.int32)
            self._last[numbers] = place
            found = numbers[self._last[numbers] == place]
        else:
            found = shelf[shelf < len(self._scores)]
        scores = self._scores[found]
        self._scores[numbers] = 0.0
        if len(found) > CANDIDATES:
            # All that do as well as the last: which of equals are left out must not hang on which arrived first.
            last = np.partition(scores, -CANDIDATES - 1)[-CANDIDATES - 1]
            best = np.flatnonzero(scores >= np.float32(0.9999) * last)[: 2 * CANDIDATES]
            found, scores = found[best], scores[best]
        touched: Numbers = found[scores > 0]
        return touched

    def _posted(self, packed: bytes) -> tuple[Numbers, Weights]:
        """Return the entries under a vector's rarest terms, one after another: numbers, and shares multiplied."""
        terms, shares = vectors.question(packed, self._counts, ASKED)
        often = np.minimum(self._counts.often(terms), LONGEST)
        order = np.argsort(often, kind="stable")
        order = order[np.cumsum(often[order]) <= READ]
        places, numbers, weights = self._postings.under(
            terms[order], terms[order[often[order] > OPEN]]
        )
        return numbers, weights * shares[order][places]

    def _ranked(self, own: Vector, found: Sequence[Vector]) -> list[Neighbour]:
        _, time, terms, known = own
        # Newest first, then by their words: which of equals comes first must not hang on which feed arrived first.
        found = sorted(found, key=itemgetter(1, 2), reverse=True)
        rows = Rows([terms, *(packed for _, _, packed, _ in found)], self._counts)
        numbers = np.array([number for number, *_ in found], np.intp)
        fresh = _fresh(np.array([at for _, at, *_ in found]) - time)
        usual = vectors.usual(self._corpus.company(own[0], COMPANY), self._board)
        near = self._compared(rows, {0: 1.0}, usual)[1:] * fresh
        seconded, heard = self._seconded(rows, near, usual)
        score = (2 - heard) * near + heard * fresh * seconded
        vouched = self._vouched(numbers, [kin for *_, kin in found], score)
        score = (2 - VOUCHED) * score + VOUCHED * vouched
        score = np.round(score / PARTS, 6)  # sums in another order differ in their last digits
        order = np.argsort(-score, kind="stable")
        if not known:
            # What is not really near is heard in part, as with witnesses.
            self._counts.learn(*rows.shared(0, order[:TEACHERS] + 1, usual, self._board, CLEAR))
        return [Neighbour(found[row][0], round(float(score[row]), 4)) for row in order.tolist()]

    def _seconded(self, rows: Rows, near: Weights, usual: Numbers) -> tuple[Weights, np.float32]:
        """Return how near each row is to what the nearest have in common, and how much that says beside nearness.

        A witness does not speak for itself. The nearest has the say: voices are weighed by the cube of nearness.
        Where none is really near, as among a few dozen short posts, what they share are small words, and they are
        heard in part. Where all are very near, they speak of what one story has in common with another of its kind,
        and nearness tells the two apart.
        """
        best = np.argsort(-near, kind="stable")[:WITNESSES]
        shares = near[best] ** 3
        shares /= max(float(shares.sum()), 1e-9)
        voices = dict(zip((best + 1).tolist(), shares.tolist(), strict=True))
        seconded = self._compared(rows, voices, usual)[1:]
        seconded[best] -= shares
        nearness = max(float(near[best].mean()), 1e-9)
        seconded *= np.float32(min(1.0, nearness / CLEAR))
        return seconded, np.float32(min(1.0, SURE / nearness))

    def _vouched(self, numbers: Numbers, kins: Sequence[bytes], score: Weights) -> Weights:
        """Return how well the kin of each post did: a post among good ones is better than it looks.

        Kin are kept when a post gets its lists; of one that never did, the usual share of its own score is taken.
        """
        known = np.array(
            [row for row, kin in enumerate(kins) if len(kin) == KIN.itemsize * KINDRED], np.intp
        )
        if not len(known):
            return score
        kin = np.frombuffer(b"".join(kins[row] for row in known.tolist()), KIN).reshape(
            len(known), KINDRED
        )
        self._grow(max(int(kin["number"].max()), int(numbers.max())))
        # What is not among the candidates did less well than the last of them.
        self._scores[kin["number"]] = OUTSIDE * score.min()
        self._scores[numbers] = score
        weights = kin["weight"].astype(np.float32)
        voices = (self._scores[kin["number"]] * weights).sum(1) / np.maximum(weights.sum(1), 1.0)
        self._scores[kin["number"]] = 0.0
        self._scores[numbers] = 0.0
        vouched: Weights = score * np.float32(voices.mean() / max(float(score[known].mean()), 1e-9))
        vouched[known] = voices
        return vouched

    def _compared(self, rows: Rows, shares: dict[int, float], usual: Numbers) -> Weights:
        """Return how near each row is to some of them, each with its share, in all but the `usual` slots."""
        for row, share in shares.items():
            rows.put(row, self._board, share)
        self._board[usual] = 0.0
        likeness = rows.likeness(self._board)
        for row in shares:
            rows.wipe(row, self._board)
        return likeness

    def _grow(self, number: int) -> None:
        if number >= len(self._scores):
            self._scores = np.zeros(number + 4096, np.float32)
            self._last = np.zeros(number + 4096, np.int32)


def _fresh(apart: NDArray[np.float64]) -> Weights:
    """Return what posts that lie so many seconds apart lose in nearness: news of one day belong together."""
    return (0.5 + 0.5 * np.exp(-np.abs(apart) / DAY)).astype(np.float32)
