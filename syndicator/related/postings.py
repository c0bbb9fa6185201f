"""The posts under each term: an index on the disk, and the newest in a log beside it.

Posting one post under its 32 terms rewrites 32 database pages. So a run writes its postings to a
log, in one row. Once thousands wait there they are merged into the index, term by term: a
log-structured merge of two levels (O'Neil et al. 1996).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from syndicator.model.likeness import IndexTables
from syndicator.related import tuning
from syndicator.related.vectors import Records, Weights

ENTRY = np.dtype([("number", "<u4"), ("weight", "u1")])
LOGGED = np.dtype([("term", "<u4"), ("number", "<u4"), ("weight", "u1")])

Numbers = NDArray[np.intp]


class Postings:
    """The postings, for one run; its methods use the caller's transaction."""

    def __init__(self, terms: IndexTables) -> None:
        """Open the postings; the log is read at the first query."""
        self._terms = terms
        self._log: _Log | None = None

    def add(
        self, numbers: Sequence[int], terms: Sequence[Records], shares: Sequence[Weights]
    ) -> None:
        """Post each of these numbers under its terms, with its shares (0 to 1)."""
        new = np.empty(sum(map(len, terms)), LOGGED)
        new["term"] = np.concatenate(terms)
        new["number"] = np.repeat(numbers, list(map(len, terms)))
        new["weight"] = np.clip(np.rint(np.concatenate(shares) * 255), 1, 255)
        if self._terms.append_log(new.tobytes()) >= tuning.LOG_ENTRIES * LOGGED.itemsize:
            self._terms.append_postings(_Log(self._terms.read_log()).by_term())
        self._log = None

    def under(self, terms: Records, long: Records) -> tuple[Numbers, Numbers, Weights]:
        """Return the entries under terms: place in `terms`, number of the post, share in 255ths.

        Of terms in `long` the closed rows are read too, not only the newest hundreds of posts.
        """
        if self._log is None:
            self._log = _Log(self._terms.read_log())
        asked = terms.tolist()
        by_term = self._terms.postings(asked, long.tolist())
        parts = [by_term.get(term, b"") for term in asked]
        places = np.arange(len(asked)).repeat([len(part) // ENTRY.itemsize for part in parts])
        log_places, logged = self._log.under(terms)
        entries = np.frombuffer(b"".join((*parts, logged)), ENTRY)
        places = np.concatenate((places, log_places))
        return places, entries["number"].astype(np.intp), entries["weight"]


class _Log:
    """Logged entries, sorted by term; those of one term in their order of arrival."""

    def __init__(self, logged: bytes) -> None:
        log = np.frombuffer(logged, LOGGED)
        log = log[np.argsort(log["term"], kind="stable")]
        self._terms = log["term"].copy()
        self._entries = np.empty(len(log), ENTRY)
        self._entries["number"] = log["number"]
        self._entries["weight"] = log["weight"]

    def under(self, terms: Records) -> tuple[Numbers, bytes]:
        """Return for each entry under terms its place in `terms`, and the entries."""
        first = self._terms.searchsorted(terms)
        sizes = self._terms.searchsorted(terms, "right") - first
        # The places of all entries: one stretch of the log after another.
        where = np.arange(sizes.sum()) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)
        return np.arange(len(terms)).repeat(sizes), self._entries[where].tobytes()

    def by_term(self) -> list[tuple[int, bytes]]:
        """Return the entries to append under each term."""
        terms, starts = np.unique(self._terms, return_index=True)
        edges = [*(starts * ENTRY.itemsize).tolist(), self._entries.nbytes]
        parts = map(self._entries.tobytes().__getitem__, map(slice, edges, edges[1:]))
        return list(zip(terms.tolist(), parts, strict=True))
