"""A post's vector and the index -> its nearest posts.

Two stages: the postings of its weightiest terms name candidates, whose whole vectors are then compared; and
what the nearest have in common widens the question (pseudo-relevance feedback).
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from syndicator.model import Corpus, Neighbour
from syndicator.related import vectors
from syndicator.related.vectors import Counts

CANDIDATES = 96
FEEDBACK = 8


def shelf_term(source_id: str) -> int:
    """Return the term under which all posts of a source are posted."""
    return crc32(f"source {source_id}".encode())


def nearest(corpus: Corpus, counts: Counts, packed: bytes, shelf: NDArray[np.uint32] | None = None) -> list[Neighbour]:
    """Return the posts nearest to a vector, best first, the post itself among them; of one shelf only where given."""
    terms, kept = vectors.unpack(packed)
    weights = vectors.weigh(terms, kept, counts)
    top = np.argsort(-weights, kind="stable")[: vectors.POSTED]
    numbers = _candidates(corpus, terms[top], weights[top], shelf)
    return _ranked(corpus, counts, terms, weights, numbers)


def _candidates(
    corpus: Corpus, terms: NDArray[np.uint32], weights: NDArray[np.float32], shelf: NDArray[np.uint32] | None
) -> NDArray[np.uint32]:
    posted = corpus.postings(terms.tolist())
    pairs = zip(terms.tolist(), weights, strict=True)
    parts = [(np.frombuffer(posted[term], vectors.POSTING), weight) for term, weight in pairs if term in posted]
    if not parts:
        return np.empty(0, np.uint32)
    numbers = np.concatenate([part["number"] for part, _ in parts])
    scores = np.concatenate([part["weight"] * w for part, w in parts])
    total = np.bincount(numbers, scores)
    if shelf is not None:
        shelf = shelf[shelf < len(total)]
        order = np.argsort(-total[shelf], kind="stable")[:CANDIDATES]
        found = shelf[order]
        return found[total[found] > 0]
    if len(total) > CANDIDATES:
        found = np.argpartition(-total, CANDIDATES)[:CANDIDATES]
        found = found[np.argsort(-total[found], kind="stable")]
    else:
        found = np.argsort(-total, kind="stable")
    return found[total[found] > 0].astype(np.uint32)


def _ranked(
    corpus: Corpus, counts: Counts, terms: NDArray[np.uint32], weights: NDArray[np.float32], numbers: NDArray[np.uint32]
) -> list[Neighbour]:
    traces = corpus.traces(numbers.tolist())
    if not traces:
        return []
    known = list(traces)
    rows = vectors.rows([traces[number].terms for number in known], counts, terms, weights)
    question, posts = rows[0], rows[1:]
    likeness = posts @ question
    best = np.argsort(-likeness, kind="stable")[:FEEDBACK]
    widened = question + likeness[best] @ posts[best] / max(float(likeness[best].sum()), 1e-9)
    widened /= max(float(np.sqrt(widened @ widened)), 1e-9)
    score = 0.5 * likeness + 0.5 * (posts @ widened)
    order = np.argsort(-score, kind="stable")
    return [Neighbour(known[i], round(float(score[i]), 4)) for i in order.tolist()]
