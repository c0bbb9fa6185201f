"""Terms <-> the posts that stand under them: most in the index, the newest in a log beside it.

To append one post under its 32 terms rewrites 32 pages. So what a run posts is logged in one row, and appended term
by term once thousands wait, many of them to a page: a log-structured merge of two levels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from syndicator.model.likeness import Corpus
from syndicator.related.vectors import Records, Weights

LOG = (
    4000 * 32
)  # entries that wait at most, of 4,000 posts: a megabyte, which each run with new posts reads and sorts

ENTRY = np.dtype([("number", "<u4"), ("weight", "u1")])
LOGGED = np.dtype([("term", "<u4"), ("number", "<u4"), ("weight", "u1")])

Numbers = NDArray[np.intp]


class Postings:
    """The posts under each term, for one run. Its methods read and write within the caller's transaction."""

    def __init__(self, corpus: Corpus) -> None:
        """Open them; the log is read at the first question."""
        self._corpus = corpus
        self._log: _Log | None = None

    def add(
        self, numbers: Sequence[int], terms: Sequence[Records], shares: Sequence[Weights]
    ) -> None:
        """Put each of these posts under its terms, with its share in them (0..1)."""
        new = np.empty(sum(map(len, terms)), LOGGED)
        new["term"] = np.concatenate(terms)
        new["number"] = np.repeat(numbers, [len(one) for one in terms])
        new["weight"] = np.clip(np.rint(np.concatenate(shares) * 255), 1, 255)
        waiting = self._corpus.log(new.tobytes())
        if waiting >= LOG * LOGGED.itemsize:
            self._corpus.post(_Log(self._corpus.logged()).by_term())
        self._log = None

    def under(self, terms: Records, long: Records) -> tuple[Numbers, Numbers, Weights]:
        """Return the entries under terms: the place in `terms` of each, the post that it names, its share in 255ths.

        Of terms in `long` not only the newest few hundred posts.
        """
        if self._log is None:
            self._log = _Log(self._corpus.logged())
        asked = terms.tolist()
        posted = self._corpus.postings(asked, long.tolist())
        parts = [posted.get(term, b"") for term in asked]
        found = np.arange(len(asked)).repeat([len(part) // ENTRY.itemsize for part in parts])
        places, new = self._log.under(terms)
        entries = np.frombuffer(b"".join((*parts, new)), ENTRY)
        return np.concatenate((found, places)), entries["number"].astype(np.intp), entries["weight"]


class _Log:
    """Logged entries, by term; those of one term in the order in which they came."""

    def __init__(self, logged: bytes) -> None:
        log = np.frombuffer(logged, LOGGED)
        order = np.argsort(log["term"], kind="stable")
        self._terms = log["term"][order]
        self._entries = np.empty(len(log), ENTRY)
        self._entries["number"] = log["number"][order]
        self._entries["weight"] = log["weight"][order]

    def under(self, terms: Records) -> tuple[Numbers, bytes]:
        """Return the entries under terms, and the place in `terms` of each."""
        first = self._terms.searchsorted(terms)
        found = self._terms.searchsorted(terms, "right") - first
        # Stretches of the log, one after another.
        where = np.arange(found.sum()) + np.repeat(first - np.cumsum(found) + found, found)
        return np.arange(len(terms)).repeat(found), self._entries[where].tobytes()

    def by_term(self) -> list[tuple[int, bytes]]:
        """Return what is to be appended under each term."""
        terms, starts = np.unique(self._terms, return_index=True)
        edges = [*(starts * ENTRY.itemsize).tolist(), self._entries.nbytes]
        blob = self._entries.tobytes()
        return list(
            zip(terms.tolist(), map(blob.__getitem__, map(slice, edges, edges[1:])), strict=True)
        )
