"""Store normalized posts, and add them to the index of related posts.

It loads the normalizer, so it is imported only if there are posts to store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from syndicator.model.post import Intake, NormalizedFeed, Post
from syndicator.model.settings import Copies, Source
from syndicator.normalizer import identity
from syndicator.store import Store

if TYPE_CHECKING:
    from syndicator.pipeline.gate import Gate
    from syndicator.related import Index

_PORTION = 100  # posts read whole at a time


def read_each(store: Store, numbers: Sequence[int]) -> Iterator[tuple[int, Post]]:
    """Yield stored posts whole, by their numbers in the order given; a few are read at a time."""
    for start in range(0, len(numbers), _PORTION):
        portion = numbers[start : start + _PORTION]
        posts = store.posts.read(portion)
        yield from ((number, posts[number]) for number in portion if number in posts)


class PostWriter:
    """Stores normalized posts and adds them to the index of related posts."""

    def __init__(self, store: Store, now: datetime, sources: Sequence[Source]) -> None:
        """Open a writer; none are indexed if none of `sources` wants related posts.

        The first of `sources`, in the order of feeds.toml, has a story that several have.
        """
        self.order = {source.id: place for place, source in enumerate(sources)}
        self.store = store
        self.now = now
        self.relates = any(source.related.needs_index for source in sources)
        self.unindexed = False
        self.index: Index | None = None
        # New posts to compare with all others, once these are indexed.
        self.candidates: list[int] = []
        self.folded: set[tuple[int, int]] = set()  # pairs of copies, each in both orders

    def put(
        self,
        feed: NormalizedFeed,
        items: Sequence[str],
        copies: Copies = "exact",
        gate: Gate | None = None,
    ) -> Intake:
        """Store the posts of a source in one transaction.

        `items` are the fingerprints of all items of its feed, in order. `copies` says which posts
        of other sources count as the same story (`related.copies`). `gate` decides whether new
        posts wait for a review.
        """
        with self.store.transaction():
            self.store.sources.save_info(feed.info)
            decide = partial(identity.decide, fold=copies != "off", order=self.order)
            receive = partial(self.store.posts.receive, feed.info.id, feed.posts, items, decide)
            intake = receive(self.now, gate)
            if gate is not None:
                gate.restore()
            self._index(feed.posts, intake)
        if copies == "near":
            self.candidates += intake.new
        return intake

    def _index(self, posts: Sequence[Post], intake: Intake) -> None:
        """Add new and updated posts to the index, and a copy that took over its story."""
        leading = self.store.posts.leading(intake.copies)
        changed = {*intake.new, *intake.updated, *leading}
        if not changed:
            return
        if not self.relates:
            self.unindexed = True
            return
        if self.index is None:
            # Imported here because numpy takes 80 ms: only a run with new posts needs it.
            from syndicator.related import Index

            self.index = Index(self.store.terms)
        self.index.add(
            (number, post, (post.published or self.now).timestamp())
            for number, post in zip(intake.numbers, posts, strict=True)
            if number in changed
        )

    def finish(self) -> None:
        """Complete the index, once after the last `put`.

        An index with holes is deleted; the next run that needs one makes it from the posts.
        """
        if self.unindexed:
            with self.store.transaction():
                self.store.terms.clear()
        if self.index is not None:
            with self.store.transaction():
                self.index.flush()
                self._fold_copies(self.index)
                self.index.keep()

    def _fold_copies(self, index: Index) -> None:
        """Fold each new post and its near copy into one story, the later into the earlier."""
        for number, post in read_each(self.store, self.candidates):
            original = index.copy_of(number, post)
            if not original or (original, number) in self.folded:
                continue
            other = self.store.posts.read([original])[original]
            # A published post stays what it is: the store refuses to fold it.
            if self._age(post) < self._age(other):
                self.store.posts.fold(original, number, self.now)
            self.store.posts.fold(number, original, self.now)
            self.folded |= {(number, original), (original, number)}

    def _age(self, post: Post) -> tuple[datetime, int]:
        """Return the rank of a copy: by date, and of equal dates by the order of feeds.toml."""
        return post.published or self.now, self.order.get(post.source_id, len(self.order))
