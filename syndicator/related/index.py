"""New posts -> the index; a post -> its lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Literal

import numpy as np

from syndicator import languages
from syndicator.model import Card, Corpus, Neighbour, Post, Reference, RelatedList, RelatedSettings, Trace
from syndicator.related import copies, similarity, tokens, vectors

THRESHOLD = 0.18  # below this, a post of another source is not related
SHELF = 4096  # the newest posts of a source that "View more from" chooses among


class Index:
    """The index of likeness over a corpus, for one run."""

    def __init__(self, corpus: Corpus) -> None:
        """Open the index. `corpus` is the store's; nothing but counts of terms (1 MB) is read into memory."""
        self._corpus = corpus
        self._counts = vectors.Counts(corpus.counts())

    def add(self, number: int, post: Post, time: float) -> None:
        """Index a new post, or one whose words have changed; `time` is its date in seconds since 1970.

        It is found once `settle` was called. Untitled posts are left out.
        """
        if not post.title:
            self._corpus.drop(number)
            return
        categories = [category.label or category.term for category in post.categories]
        weighted = tokens.terms(post.title, post.text, categories)
        self._counts.add(np.fromiter(weighted, np.uint32, len(weighted)))
        packed = vectors.pack(weighted, self._counts)
        keys = post.keys
        self._corpus.put(Trace(number, post.source_id, time, packed, keys.title, keys.text, keys.sketch))

    def settle(self) -> None:
        """Make all that was added findable. In a transaction; without one that was lost, the next call does it."""
        waiting = self._corpus.unposted()
        if not waiting:
            return
        self._corpus.post(_postings(waiting, self._counts), [trace.number for trace in waiting])
        self._corpus.keep_counts(bytes(self._counts))

    def choose(
        self,
        number: int,
        post: Post,
        settings: RelatedSettings,
        *,
        limit: int = 0,
        sources: Collection[str] | None = None,
    ) -> tuple[RelatedList, ...]:
        """Choose the lists of related posts under a post: of its source, of all sources, or both.

        `number` is the post's own. `limit` overrides that of `settings`, as pages do. `sources` are the ids of
        those that a list may link to, None for all; the post's own always may. A source's list is filled up
        with its newest; an "all" list stays short where little is near. Untitled posts get none.
        """
        if settings.scope == "none" or not post.title:
            return ()
        own = self._corpus.traces([number]).get(number)
        if own is None:
            return ()
        size = limit or settings.limit
        lists = [
            self._list(scope, own, post, settings, size, sources)
            for scope in (("source", "all") if settings.scope == "both" else (settings.scope,))
        ]
        return tuple(each for each in lists if each.links)

    def near(self, number: int, source_id: str = "") -> list[Neighbour]:
        """Return the posts nearest to a stored one, best first, itself among them; of one source where given."""
        own = self._corpus.traces([number]).get(number)
        if own is None:
            return []
        shelf = np.sort(np.array(self._corpus.shelf(source_id, SHELF), np.uint32)) if source_id else None
        return similarity.nearest(self._corpus, self._counts, own.terms, shelf)

    def _list(
        self,
        scope: Literal["source", "all"],
        own: Trace,
        post: Post,
        settings: RelatedSettings,
        size: int,
        sources: Collection[str] | None,
    ) -> RelatedList:
        near = self.near(own.number, own.source_id if scope == "source" else "")
        scores = {one.number: one.score for one in near if scope == "source" or one.score >= THRESHOLD}
        order = list(scores)
        if scope == "source":
            order += [n for n in self._corpus.shelf(own.source_id, 4 * size + 8) if n not in scores]
        cards = self._shown(order, own, size, sources)
        links = tuple(
            # The heading names the source where all links are its own.
            _reference(card, scores.get(card.number, 0.0), named=scope == "all")
            for card in cards
        )
        heading = settings.heading or languages.label(post.language, "heading" if scope == "source" else "related")
        return RelatedList(scope, heading, post.language, links)

    def _shown(self, order: list[int], own: Trace, size: int, sources: Collection[str] | None) -> list[Card]:
        shown: list[Card] = []
        step = 2 * size + 8
        chosen: list[Trace] = [own]
        for start in range(0, len(order), step):
            numbers = [n for n in order[start : start + step] if n != own.number]
            cards = self._corpus.cards(numbers)
            traces = self._corpus.traces(numbers)
            for number in numbers:
                card, trace = cards.get(number), traces.get(number)
                if card is None or trace is None or any(copies.same(trace, other) for other in chosen):
                    continue
                if sources is None or card.source_id in sources or card.source_id == own.source_id:
                    chosen.append(trace)
                    shown.append(card)
                if len(shown) == size:
                    return shown
        return shown


def _reference(card: Card, score: float, *, named: bool) -> Reference:
    reference = card.reference
    return replace(reference, score=score, source=reference.source if named else "")


def _postings(waiting: Iterable[Trace], counts: vectors.Counts) -> list[tuple[int, bytes]]:
    """Gather what is to be appended to each term: the numbers of its posts, and its weight in them."""
    names, entries = [], []
    for trace in waiting:
        terms, kept = vectors.unpack(trace.terms)
        weights = vectors.weigh(terms, kept, counts)
        top = np.argsort(-weights, kind="stable")[: vectors.POSTED]
        entry = np.empty(len(top), vectors.POSTING)
        entry["number"] = trace.number
        entry["weight"] = np.clip(np.rint(weights[top] * 255), 1, 255)
        names.append(terms[top])
        entries.append(entry)
    every, posted = np.concatenate(names), np.concatenate(entries)
    order = np.argsort(every, kind="stable")
    every, posted = every[order], posted[order]
    distinct, starts = np.unique(every, return_index=True)
    blob, ends = posted.tobytes(), [*starts[1:].tolist(), len(every)]
    step = vectors.POSTING.itemsize
    return [(t, blob[a * step : b * step]) for t, a, b in zip(distinct.tolist(), starts.tolist(), ends, strict=True)]
