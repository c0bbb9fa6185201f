"""New posts -> the index; a stored post -> its neighbours, its copies, its lists."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from syndicator.languages import DEFAULT
from syndicator.model.edition import RelatedList
from syndicator.model.likeness import Corpus, Neighbour
from syndicator.model.post import Post
from syndicator.model.settings import RelatedSettings
from syndicator.related import copies, lists, search, terms, vectors
from syndicator.related.lists import Wanted
from syndicator.related.postings import Postings

SHELF = 4096  # the newest posts of a source, among which "View more from" chooses
PORTION = (
    2000  # posts that are posted at once, or indexed when an index is made again: a few megabytes
)
COPIES = 8  # the nearest posts, among which copies are looked for
ENOUGH = 16  # terms without which a post can't be compared with all others: one word and no body may mean anything


class Index:
    """The index of likeness over a corpus, for one run. Its methods read and write within the caller's transaction."""

    def __init__(self, corpus: Corpus) -> None:
        """Open the index. `corpus` is the store's; nothing but what is known of terms is read into memory (6 MB)."""
        self._corpus = corpus
        self._counts = vectors.Counts(corpus.counts(), corpus.learnt())
        self._postings = Postings(corpus)
        self._searcher = search.Searcher(corpus, self._counts, self._postings)
        self._settled = False
        self._taught = False

    def add(self, number: int, post: Post, time: float) -> None:
        """Index a new post, or one whose words have changed; `time` is its date in seconds since 1970.

        It is found once `flush` was called. Untitled posts are left out. 0.1 ms of CPU for a summary, 0.2 for a
        long article, and 0.06 to settle it.
        """
        if not post.title:
            self._corpus.drop(number)
            return
        categories = [category.label or category.term for category in post.categories]
        packed = vectors.pack(*terms.terms(post.title, post.text, post.link, categories))
        self._counts.add(packed)
        self._corpus.put(number, post.source_id, time, packed)
        self._settled = False

    def flush(self) -> None:
        """Make all that was added findable. Choosing does it too, so that a killed run leaves nothing behind.

        An index that was lost, or is of another version, is made again here.
        """
        while owed := self._corpus.owed(PORTION):
            for number, post, time in owed:
                self.add(number, post, time)
            self._post()
        self._post()
        self._settled = True

    def choose(
        self,
        number: int,
        post: Post,
        settings: RelatedSettings,
        *,
        sources: Collection[str] | None = None,
        fallback: str = DEFAULT,
    ) -> tuple[RelatedList, ...]:
        """Choose the lists under a post: of its source, of all sources, or one of its own and one of the others.

        `number` is the post's own, of whom `add` has told. `sources` are the ids of those that a list may link to,
        None for all; the post's own always may. `fallback` is our feed's language, for a heading where we have no
        words of the post's. A source's list is filled up with its newest; an "all" list stays short where little is
        near. Neither holds the post itself, a copy of it, two copies of each other, or what is withdrawn, filtered,
        folded or untitled. Untitled posts get none. 1 to 2 ms of CPU at 100,000 stored posts.
        """
        if settings.scope == "none" or not post.title:
            return ()
        self._ready()
        wanted = Wanted(number, post, settings, sources, fallback)
        chosen = []
        own: list[int] = []
        if settings.scope != "all":
            own = self._corpus.shelf(post.source_id, SHELF)
            chosen.append(lists.of_source(self._corpus, wanted, self._near(number, own), own))
        if settings.scope != "source" and self._says_enough(number):
            taken = set(own)  # the second of two lists would say again what the first says
            nearest = [one for one in self._near(number) if one.number not in taken]
            chosen.append(lists.of_all(self._corpus, wanted, nearest))
        return tuple(one for one in chosen if one.links)

    def copy_of(self, number: int, post: Post) -> int:
        """Return the post of another source of which this is a copy, nearly word for word; 0 for none.

        The first that was stored of several. For those who want one item a story (`copies = "near"`); exact copies
        are known by their keys alone.
        """
        self._ready()
        nearest = [one.number for one in self._near(number)[:COPIES]]
        found = self._corpus.cards(nearest).values()
        same = [
            card
            for card in found
            if card.source_id != post.source_id and copies.near(card.keys, post.keys)
        ]
        return min((card.number for card in same), default=0)

    def keep(self) -> None:
        """Keep what choosing taught about terms, for the next run. Call it once, after the last choice."""
        if self._taught:
            self._corpus.keep_learnt(self._counts.pack_learnt())
            self._taught = False

    def near(self, number: int, source_id: str = "") -> list[Neighbour]:
        """Return the posts nearest to a stored one, best first; of one source where given."""
        self._ready()
        return self._near(number, self._corpus.shelf(source_id, SHELF) if source_id else None)

    def _ready(self) -> None:
        if not self._settled:
            self.flush()

    def _says_enough(self, number: int) -> bool:
        return any(
            len(packed) >= ENOUGH * vectors.TERM.itemsize
            for _, _, packed, _ in self._corpus.vectors([number])
        )

    def _near(self, number: int, shelf: list[int] | None = None) -> list[Neighbour]:
        own = self._corpus.vectors([number])
        if not own:
            return []
        nearest = self._searcher.nearest(
            own[0], None if shelf is None else np.array(shelf, np.intp)
        )
        self._corpus.keep_kin(number, search.kin(nearest))
        self._taught = True
        return nearest

    def _post(self) -> None:
        waiting = self._corpus.unposted(PORTION)
        if not waiting:
            return
        while waiting:
            numbers = [number for number, _ in waiting]
            kept, terms, shares = zip(
                *(vectors.settled(packed, self._counts) for _, packed in waiting), strict=True
            )
            self._postings.add(numbers, terms, shares)
            self._corpus.settle(list(zip(numbers, kept, strict=True)))
            waiting = self._corpus.unposted(PORTION)
        self._corpus.keep_counts(self._counts.pack())
