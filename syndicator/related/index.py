"""Index new posts, and choose the lists and the copies of a stored post."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from syndicator.languages import DEFAULT
from syndicator.model.edition import RelatedList
from syndicator.model.likeness import IndexTables, Neighbour
from syndicator.model.post import Post
from syndicator.model.settings import RelatedSettings
from syndicator.related import copies, lists, search, stories, tuning, vectors
from syndicator.related import terms as words
from syndicator.related.lists import Request
from syndicator.related.postings import Postings
from syndicator.related.search import Vector


class Index:
    """The index of related posts, for one run; its methods use the caller's transaction."""

    def __init__(self, terms: IndexTables) -> None:
        """Open the index on the store's tables; only the counts of terms are read (6 MB)."""
        self._terms = terms
        self._counts = vectors.Counts(terms.kept("counts"), terms.kept("learnt"))
        self._postings = Postings(terms)
        self._searcher = search.Searcher(terms, self._counts, self._postings)
        self._flushed = False
        self._has_learnt = False
        # A run ends with nothing pending: these posts were added by one that was killed, before it
        # could store their counts.
        self._counts.add(packed for _, packed in terms.pending(-1))

    def add(self, posts: Iterable[tuple[int, Post, float]]) -> None:
        """Index posts that are new or have changed words; `flush` makes them findable.

        With each go its number, and its date in seconds since 1970. Untitled posts are left out.
        Costs 0.1 ms of CPU for a summary, 0.2 ms for a long article, and 0.06 ms to flush.
        """
        titled = []
        for number, post, time in posts:
            if post.title:
                titled.append((number, post, time))
            else:
                self._terms.drop(number)
        packed = words.packed([post for _, post, _ in titled])
        self._counts.add(packed)
        rows = zip(titled, packed, strict=True)
        self._terms.put([(n, post.source_id, time, terms) for (n, post, time), terms in rows])
        self._flushed = False

    def flush(self) -> None:
        """Make all added posts findable; `choose` does it too, for a run that was killed.

        A lost index, or one of another version, is made again from the stored posts.
        """
        if self._flushed:
            return
        while unindexed := self._terms.unindexed(tuning.BATCH):
            self.add(unindexed)
            self._post_pending()
        self._post_pending()
        self._flushed = True

    def choose(
        self,
        number: int,
        post: Post,
        settings: RelatedSettings,
        *,
        sources: Collection[str] | None = None,
        fallback: str = DEFAULT,
    ) -> tuple[RelatedList, ...]:
        """Choose the lists under a post: of its source, of all sources, or both.

        `number` is that of the post, which was added before. `sources` are the ids of the sources
        that a list may link to, None for all; the post's own is always allowed. `fallback` is the
        language of our feed, for a heading in a language without wordings.

        A source's list is filled up with its newest posts; an "all" list holds near posts only.
        No list holds the post itself, a copy of it, two copies of each other, or posts that are
        withdrawn, filtered, folded or untitled. Untitled posts get no lists. Costs 1 to 2 ms of
        CPU at 100,000 stored posts.
        """
        if settings.scope == "none" or not post.title:
            return ()
        self.flush()
        request = Request(number, post, settings, sources, fallback)
        chosen = []
        own: list[int] = []
        if settings.scope != "all":
            own = self._terms.newest(post.source_id, tuning.MAX_PER_SOURCE)
            chosen.append(lists.of_source(self._terms, request, self._nearest(number, own), own))
        if settings.scope != "source" and _has_enough_terms(self._vector(number)):
            # The second of two lists must not repeat the first.
            chosen.append(lists.of_all(self._terms, request, self._nearest(number), set(own)))
        return tuple(related for related in chosen if related.links)

    def copy_of(self, number: int, post: Post) -> int:
        """Return the first stored post of another source that this one copies, 0 for none.

        For `copies = "near"`; exact copies are known by their keys alone.
        """
        self.flush()
        nearest = [near.number for near in self._nearest(number)[: tuning.COPY_CANDIDATES]]
        originals = [
            card.number
            for card in self._terms.cards(nearest).values()
            if card.source_id != post.source_id and copies.near(card.keys, post.keys)
        ]
        return min(originals, default=0)

    def keep(self) -> None:
        """Store the learnt weights of terms, once after the last choice of a run."""
        if self._has_learnt:
            self._terms.keep("learnt", self._counts.pack_learnt())
            self._has_learnt = False

    def near(self, number: int, source_id: str = "") -> list[Neighbour]:
        """Return the posts nearest to a stored one, best first; of one source if given."""
        self.flush()
        among = self._terms.newest(source_id, tuning.MAX_PER_SOURCE) if source_id else None
        return self._nearest(number, among)

    def stories(
        self, newcomers: Collection[int], shown: Collection[int], told: Mapping[int, int]
    ) -> dict[int, int]:
        """Return the stories of the `shown` posts after these newcomers joined, by post.

        `told` are the stories so far; a story has the number of one of its posts. A post that
        tells no story with another is left out. Costs 1 ms of CPU for a newcomer.
        """
        self.flush()
        among = np.array(sorted(shown), np.intp)

        def alike(number: int) -> Mapping[int, float]:
            own = self._vector(number)
            return self._searcher.alike(own, among) if _has_enough_terms(own) else {}

        return stories.join(self._terms.cards, alike, newcomers, told)

    def _vector(self, number: int) -> Vector:
        """Return the vector of a post, one without terms for a post that is not indexed."""
        return next(iter(self._terms.vectors([number])), (number, 0.0, b"", b""))

    def _nearest(self, number: int, among: list[int] | None = None) -> list[Neighbour]:
        numbers = None if among is None else np.array(among, np.intp)
        nearest = self._searcher.nearest(self._vector(number), numbers)
        self._terms.keep_neighbours(number, search.pack_neighbours(nearest))
        self._has_learnt = True
        return nearest

    def _post_pending(self) -> None:
        """Post the posts that were added under their terms, and store the counts."""
        if not self._terms.pending(1):
            return
        while pending := self._terms.pending(tuning.BATCH):
            numbers = [number for number, _ in pending]
            kept, terms, shares = zip(
                *(vectors.pruned(packed, self._counts) for _, packed in pending), strict=True
            )
            self._postings.add(numbers, terms, shares)
            self._terms.finish(list(zip(numbers, kept, strict=True)))
        self._terms.keep("counts", self._counts.pack())


def _has_enough_terms(vector: Vector) -> bool:
    return len(vector[2]) >= tuning.MIN_TERMS * vectors.TERM.itemsize
