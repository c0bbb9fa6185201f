"""Find the nearest posts of a post, by its term vector.

The search has two stages. The postings of the rarest terms name candidates. Their whole vectors
are compared with the post's own, then with the terms that the nearest candidates share
(pseudo-relevance feedback): that finds "shares slip" for "stocks fall". The terms that neighbours
share are remembered for later queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from syndicator.model.likeness import IndexTables, Neighbour
from syndicator.related import tuning, vectors
from syndicator.related.postings import Numbers, Postings
from syndicator.related.vectors import Counts, Rows, Weights

NEIGHBOUR = np.dtype([("number", "<u4"), ("weight", "u1")])

Vector = tuple[int, float, bytes, bytes]  # number, time, packed terms, packed neighbours


def pack_neighbours(nearest: Sequence[Neighbour]) -> bytes:
    """Pack the nearest of a post's neighbours, to be stored."""
    packed = np.zeros(min(len(nearest), tuning.NEIGHBOURS_KEPT), NEIGHBOUR)
    for place, neighbour in enumerate(nearest[: tuning.NEIGHBOURS_KEPT]):
        packed[place] = neighbour.number, max(1, min(255, round(255 * neighbour.score)))
    return bytes(packed.tobytes())


class Searcher:
    """Finds the nearest posts; keeps accumulators of scores (8 bytes a post) between queries."""

    def __init__(self, terms: IndexTables, counts: Counts, postings: Postings) -> None:
        self._terms = terms
        self._postings = postings
        self._counts = counts
        self._accumulator = np.zeros(tuning.SLOTS, np.float32)
        self._scores = np.zeros(0, np.float32)
        self._last = np.zeros(0, np.int32)
        self._by_language: Mapping[str, list[int]] | None = None
        self._language_factors: dict[str, Weights | None] = {}

    def nearest(self, own: Vector, among: Numbers | None = None) -> list[Neighbour]:
        """Return the posts nearest to one, best first, without itself; only `among` if given."""
        candidates = self._candidates(own, among)
        if not candidates:
            return []
        # A source seldom has several languages.
        factors = self._factors(own[0]) if among is None else None
        return self._ranked(own, candidates, factors)

    def alike(self, own: Vector, among: Numbers) -> dict[int, float]:
        """Return the posts `among` these that share words with one, and how near each is, 0 to 1.

        Nearness is the cosine of the two vectors alone, which means the same in every corpus.
        """
        candidates = self._candidates(own, among)
        if not candidates:
            return {}
        nearness = self._rows(own, candidates).similarity({0: 1.0}, self._accumulator)[1:]
        return dict(zip(map(itemgetter(0), candidates), nearness.tolist(), strict=True))

    def _candidates(self, own: Vector, among: Numbers | None) -> list[Vector]:
        number, _, packed, _ = own
        if not packed:
            return []
        numbers = self._candidate_numbers(packed, among)
        vectors_found = self._terms.vectors(numbers[numbers != number].tolist())
        # A post that lost its words ("Untitled" became "...") may still be posted under them.
        return [vector for vector in vectors_found if vector[2]]

    def _factors(self, number: int) -> Weights | None:
        """Return by slot how rare terms are in the language of a post, as a share of their rarity.

        None for the language of most posts, an unknown one, and one of too few posts. Read once a
        run: 5 ms, and 2 ms a language.
        """
        language = self._terms.languages([number]).get(number, "")
        if language not in self._language_factors:
            self._language_factors[language] = self._read_factors(language)
        return self._language_factors[language]

    def _read_factors(self, language: str) -> Weights | None:
        if self._by_language is None:
            self._by_language = self._terms.by_language(tuning.LANGUAGE_NEWEST)
        posts = self._by_language.get(language, [])
        every = sum(map(len, self._by_language.values()))
        if not language or not tuning.LANGUAGE_LEAST <= len(posts) <= every / 2:
            return None
        some = posts[:: 1 + len(posts) // tuning.LANGUAGE_SAMPLE]
        return self._counts.rarity_among(vector[2] for vector in self._terms.vectors(some))

    def _rows(
        self, own: Vector, candidates: Sequence[Vector], factors: Weights | None = None
    ) -> Rows:
        """Return a post and its candidates side by side, without the usual terms of its source."""
        sample = self._terms.sample(own[0], tuning.SOURCE_SAMPLE)
        usual = vectors.usual_slots(sample, self._accumulator)
        return Rows([own[2], *map(itemgetter(2), candidates)], self._counts, usual, factors)

    def _candidate_numbers(self, packed: bytes, among: Numbers | None) -> Numbers:
        numbers, weights = self._posted(packed)
        if not len(numbers):
            return numbers
        self._grow(int(numbers.max()))
        np.add.at(self._scores, numbers, weights)
        if among is None:
            # Each post once: of its several entries, the last one written stands for it.
            place = np.arange(len(numbers), dtype=np.int32)
            self._last[numbers] = place
            posts = numbers[self._last[numbers] == place]
        else:
            posts = among[among < len(self._scores)]
        scores = self._scores[posts]
        self._scores[numbers] = 0.0
        if len(posts) > tuning.CANDIDATES:
            # Keep all that equal the last one: the choice must not depend on the order of arrival.
            last = np.partition(scores, -tuning.CANDIDATES - 1)[-tuning.CANDIDATES - 1]
            best = np.flatnonzero(scores >= np.float32(0.9999) * last)[: 2 * tuning.CANDIDATES]
            posts, scores = posts[best], scores[best]
        candidates: Numbers = posts[scores > 0]
        return candidates

    def _posted(self, packed: bytes) -> tuple[Numbers, Weights]:
        """Return the entries under a vector's rarest terms: numbers, and products of shares."""
        terms, shares = vectors.query(packed, self._counts, tuning.QUERY_TERMS)
        sizes = np.minimum(self._counts.posts_with(terms), tuning.LONGEST_POSTINGS)
        order = np.argsort(sizes, kind="stable")
        order = order[np.cumsum(sizes[order]) <= tuning.ENTRIES_READ]
        long = terms[order[sizes[order] > tuning.CLOSED_FROM]]
        places, numbers, weights = self._postings.under(terms[order], long)
        return numbers, weights * shares[order][places]

    def _ranked(
        self, own: Vector, candidates: Sequence[Vector], factors: Weights | None
    ) -> list[Neighbour]:
        _, time, _, known_neighbours = own
        # Newest first, then by terms: equal scores must not depend on the order of arrival.
        candidates = sorted(candidates, key=itemgetter(1, 2), reverse=True)
        rows = self._rows(own, candidates, factors)
        freshness = _freshness(np.array(list(map(itemgetter(1), candidates))) - time)
        nearness = rows.similarity({0: 1.0}, self._accumulator)[1:]
        feedback, weight = self._feedback(rows, nearness)
        score = (2 - weight) * nearness + weight * feedback
        score = (2 - tuning.NEIGHBOUR_WEIGHT) * score + (
            tuning.NEIGHBOUR_WEIGHT * self._smoothed(candidates, score)
        )
        # Rounded: sums in another order differ in their last digits.
        timeless = np.round(score / tuning.SCORE_PARTS, 6)
        score = np.round(timeless * freshness, 6)
        order = np.argsort(-score, kind="stable")
        if not known_neighbours:
            teachers = order[: tuning.LEARN_FROM] + 1
            self._counts.learn(*rows.shared(0, teachers, self._accumulator))
        scores = np.round((score, timeless), 4).T.tolist()
        return [Neighbour(candidates[row][0], *scores[row]) for row in order.tolist()]

    def _feedback(self, rows: Rows, nearness: Weights) -> tuple[Weights, np.float32]:
        """Return the similarity of each row to the nearest rows, and the weight of this feedback.

        A row is not compared with itself. Rows are weighed by the cube of their nearness. Where
        none is really near, as among a few dozen short posts, what they share are small words, so
        feedback counts in part. Where all are very near, they report one event each of a kind,
        and nearness separates these events better.
        """
        best = np.argsort(-nearness, kind="stable")[: tuning.FEEDBACK_POSTS]
        shares = nearness[best] ** 3
        shares /= max(float(shares.sum()), 1e-9)
        query = dict(zip((best + 1).tolist(), shares.tolist(), strict=True))
        feedback = rows.similarity(query, self._accumulator)[1:]
        feedback[best] -= shares
        mean = max(float(nearness[best].mean()), 1e-9)
        feedback *= np.float32(min(1.0, mean / tuning.FEEDBACK_FULL_AT))
        return feedback, np.float32(min(1.0, tuning.FEEDBACK_FADE_FROM / mean))

    def _smoothed(self, candidates: Sequence[Vector], score: Weights) -> Weights:
        """Return the mean score of each candidate's own neighbours.

        Neighbours are stored when a post gets its lists. A post without them gets its own score
        times the usual ratio.
        """
        numbers = np.array(list(map(itemgetter(0), candidates)), np.intp)
        whole = NEIGHBOUR.itemsize * tuning.NEIGHBOURS_KEPT
        stored = list(map(itemgetter(3), candidates))
        known = np.array(
            [row for row, packed in enumerate(stored) if len(packed) == whole], np.intp
        )
        if not len(known):
            return score
        packed = b"".join(stored[row] for row in known.tolist())
        neighbours = np.frombuffer(packed, NEIGHBOUR).reshape(len(known), tuning.NEIGHBOURS_KEPT)
        self._grow(max(int(neighbours["number"].max()), int(numbers.max())))
        # A post that is no candidate would score less than the worst candidate.
        self._scores[neighbours["number"]] = tuning.OUTSIDE_SCORE * score.min()
        self._scores[numbers] = score
        weights = neighbours["weight"].astype(np.float32)
        sums = (self._scores[neighbours["number"]] * weights).sum(1)
        means = sums / np.maximum(weights.sum(1), 1.0)
        self._scores[neighbours["number"]] = 0.0
        self._scores[numbers] = 0.0
        usual_ratio = means.mean() / max(float(score[known].mean()), 1e-9)
        smoothed: Weights = score * np.float32(usual_ratio)
        smoothed[known] = means
        return smoothed

    def _grow(self, number: int) -> None:
        if number >= len(self._scores):
            self._scores = np.zeros(number + 4096, np.float32)
            self._last = np.zeros(number + 4096, np.int32)


def _freshness(seconds: NDArray[np.float64]) -> Weights:
    """Return the factor for posts that lie so many seconds apart, 1 to 0.5: news age in a day."""
    return (0.5 + 0.5 * np.exp(-np.abs(seconds) / tuning.SECONDS_A_DAY)).astype(np.float32)
