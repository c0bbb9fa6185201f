"""A fetch of a source -> do its new posts wait for a review? Asked before any of them is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Literal

from msgspec import Struct

from syndicator import schedule
from syndicator.failures import label
from syndicator.model.fetch import Fetched, SourceState
from syndicator.model.post import KnownPost, Post, SourceInfo, Verdict
from syndicator.model.settings import Source
from syndicator.pipeline import holding
from syndicator.pipeline.reading import Reading
from syndicator.store import Store

NEW = "it is new here"
WAIT = "Its new posts wait: `syndicator review` shows them."


class Gate(Struct):
    """The decision on one fetch; call it as `store.posts.Holds`."""

    store: Store
    source: Source
    states: Mapping[str, SourceState]
    fetched: Fetched
    reading: Reading
    listed: int  # items that were known before
    now: datetime
    before: SourceInfo  # the source as it was shown
    is_held: bool = False  # nothing of the source changes
    line: str = ""  # for the operator, when a hold begins

    def __call__(
        self,
        posts: Sequence[Post],
        known: Sequence[Sequence[KnownPost]],
        _claimed: Set[int],
        verdicts: Sequence[Verdict],
    ) -> Literal["", "new", "all"]:
        """Decide, and keep the decision."""
        source, reviews = self.source, self.store.reviews
        if source.id in reviews.holds():
            self.is_held = True
            return "all"
        if self._is_newcomer():
            reviews.hold(source.id, NEW, self.now)
            self.line = "" if source.followed else f"{label(source)} is held: {NEW}. {WAIT}"
            return "new"
        if reason := self._reason(holding.Arrivals(posts, known, verdicts)):
            reviews.hold(source.id, reason, self.now)
            self.is_held, self.line = True, f"{label(source)} {reason}. {WAIT}"
            return "all"
        return "new" if source.hold else ""

    def _is_newcomer(self) -> bool:
        source = self.source
        if source.newcomers == "publish" or self._state.last_success is not None:
            return False
        if not source.followed and not any(state.last_success for state in self.states.values()):
            return False  # the planet's first run
        return not self.store.reviews.past(source.id, 1)

    def _reason(self, arrivals: holding.Arrivals) -> str:
        feed = self.reading.feed
        state, url = self._state, schedule.asked_at(self.source, self._state)
        # The operator may have given another address, and any other feed with it.
        has_same_address = schedule.is_of_address(self.source, state, url)
        if not arrivals.posts or feed is None or not has_same_address:
            return ""
        posts = self.store.reviews.past(self.source.id, holding.PAST)
        past = holding.Past(self.before, posts, state.last_success)
        present = holding.Present(feed.info, url, self.fetched.url, self.listed)
        return holding.reason(past, present, arrivals, self.now)

    @property
    def _state(self) -> SourceState:
        return self.states.get(self.source.id) or SourceState(self.source.id)

    def restore(self) -> None:
        """Show a held source as before: its new title and site wait as its posts do."""
        if self.is_held:
            self.store.sources.save_info(self.before)
