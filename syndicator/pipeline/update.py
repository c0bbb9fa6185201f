"""Sources -> store: what is due is fetched, parsed, made clean and kept, each source in one transaction."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from syndicator import fetcher, schedule
from syndicator.errors import SyndicatorError
from syndicator.model.fetch import (
    Fetched,
    FetchFailed,
    Hints,
    NotModified,
    Outage,
    Outcome,
    SourceState,
)
from syndicator.model.post import Intake, NormalizedFeed, Post
from syndicator.model.run import Options, Progress
from syndicator.model.settings import Config, Copies, Source
from syndicator.pipeline import ownership
from syndicator.pipeline.reading import Known, Reading, own_fault, readings, trace
from syndicator.schedule.outage import Suspicion
from syndicator.store import Store

if TYPE_CHECKING:
    from syndicator.related import Index

PORTION = 100  # posts that are read whole at a time
FEW = 3  # sources that a run still waits for are named at a terminal
UNWRITTEN = 200  # states of unchanged sources that may wait for one common transaction


class Tally(Struct):
    """What an update did, counted."""

    due: int = 0
    changed: int = 0
    not_modified: int = 0
    failed: int = 0
    new: int = 0
    updated: int = 0
    duplicates: int = 0
    faults: list[str] = []
    news: list[str] = []  # what the operator should hear of

    def count(self, outcome: Outcome, intake: Intake) -> str:
        """Count what became of a source; return it in words."""
        self.new += len(intake.new)
        self.updated += len(intake.updated)
        self.duplicates += len(intake.copies)
        if isinstance(outcome, FetchFailed):
            self.failed += 1
            return f"failed: {outcome.error}"
        if isinstance(outcome, NotModified):
            self.not_modified += 1
            return "not modified"
        self.changed += 1
        return f"{len(intake.new)} new, {len(intake.updated)} updated"


def update(
    config: Config,
    store: Store,
    states: Mapping[str, SourceState],
    options: Options,
    now: datetime,
    stop: threading.Event,
    watch: Callable[[Progress], None],
) -> Tally:
    """Fetch what is due and store what is new; return what was done. Raises StoreError."""
    asks = schedule.due_asks(
        config.sources, states, now, config.fetch, force=options.force, named=options.named
    )
    keeper = _Keeper(config, store, states, now)
    keeper.tally.due = len(asks)
    sources = {ask.source.id: ask.source for ask in asks}
    left = dict.fromkeys(sources)
    outcomes = (
        (sources[outcome.source_id], outcome)
        for outcome in fetcher.fetch_all(asks, config.fetch, stop)
    )
    unread = sum(not ask.body_hash for ask in asks)
    watch(Progress(0, len(asks)))
    try:
        for done, (source, outcome, reading) in enumerate(
            readings(outcomes, partial(_known, store), now, unread), 1
        ):
            del left[source.id]
            words = keeper.keep(source, outcome, reading)
            watch(
                Progress(done, len(asks), source.id, words, tuple(left) if len(left) <= FEW else ())
            )
    finally:
        keeper.finish()
    return keeper.tally


def _known(store: Store, source_id: str) -> Known:
    return Known(store.known_items(source_id), store.source_info(source_id).spoken)


def outage(store: Store) -> Outage | None:
    """Return the outage of our own network that stands, None where there is none."""
    note = store.note("outage")
    return msgspec.json.decode(note, type=Outage) if note else None


class Shelver:
    """Puts clean posts into the store, and makes them findable as related ones."""

    def __init__(self, store: Store, now: datetime, *, relates: bool = True) -> None:
        """Open a shelver; without `relates` nobody asks for related posts, and none are indexed."""
        self.store = store
        self.now = now
        self.relates = relates
        self.unindexed = False
        self.index: Index | None = None
        self.doubtful: list[
            int
        ] = []  # new posts that are compared with all others once these are known
        self.folded: set[tuple[int, int]] = set()  # which of them with which, both ways round

    def put(self, feed: NormalizedFeed, items: Sequence[str], copies: Copies = "exact") -> Intake:
        """Store a source's posts; `items` are the fingerprints of all items of its feed, in their order.

        `copies` says which posts of other sources' are folded into one story (`related.copies`).
        """
        from syndicator.normalizer import identity  # is there already where there are posts

        with self.store.transaction():
            self.store.save_source(feed.info, self.now)
            decide = partial(identity.decide, fold=copies != "off")
            intake = self.store.receive(feed.info.id, feed.posts, items, decide, self.now)
            self._index(feed.posts, intake)
        if copies == "near":
            self.doubtful += intake.new
        return intake

    def _index(self, posts: Sequence[Post], intake: Intake) -> None:
        fresh = {*intake.new, *intake.updated}
        if not fresh:
            return
        if not self.relates:
            self.unindexed = True
            return
        if self.index is None:
            from syndicator.related import Index  # numpy: 80 ms that only a run with new posts pays

            self.index = Index(self.store.corpus())
        for number, post in zip(intake.numbers, posts, strict=True):
            if number in fresh:
                self.index.add(number, post, (post.published or self.now).timestamp())

    def settle(self) -> None:
        """Finish the index, once after the last `put`; one that would have holes is thrown away, to be made anew."""
        if self.unindexed:
            with self.store.transaction():
                self.store.corpus().forget()
        if self.index is not None:
            with self.store.transaction():
                self.index.settle()
                self._fold(self.index)
                self.index.keep()

    def _fold(self, index: Index) -> None:
        """Fold new posts and those that have nearly their words into one, the later into the earlier."""
        for start in range(0, len(self.doubtful), PORTION):
            for number, post in self.store.documents(
                self.doubtful[start : start + PORTION]
            ).items():
                of = index.copy_of(number, post)
                if not of or (of, number) in self.folded:
                    continue
                other = self.store.documents([of])[of].published or self.now
                if (post.published or self.now) < other:
                    self.store.mark_copy(of, number, self.now)  # a published one stays what it is
                self.store.mark_copy(number, of, self.now)
                self.folded |= {(number, of), (of, number)}


class _Keeper:
    """Takes outcomes one by one into the store."""

    def __init__(
        self, config: Config, store: Store, states: Mapping[str, SourceState], now: datetime
    ) -> None:
        self.config = config
        self.store = store
        self.states = states
        self.now = now
        self.tally = Tally()
        self.waiting: list[SourceState] = []
        self.suspicion = Suspicion(outage(store), states)
        wishes = [source.related for source in config.sources]
        relates = any(wish.scope != "none" or wish.copies == "near" for wish in wishes)
        self.shelf = Shelver(store, now, relates=relates)
        # Spreads the retries of sources that failed together; nothing secret hangs on it.
        self.jitter = random.Random()  # noqa: S311

    def keep(self, source: Source, outcome: Outcome, reading: Reading | None) -> str:
        """Take in what came of one source; return it in words."""
        intake = Intake()
        held = self.suspicion.holds(source, outcome)
        if isinstance(outcome, Fetched) and reading is not None:
            outcome, intake = self._take(source, outcome, reading)
        if not isinstance(outcome, Fetched) and not held:
            self.waiting.append(self._settled(source, outcome))
            if len(self.waiting) >= UNWRITTEN:
                self._write()
        return self.tally.count(outcome, intake)

    def finish(self) -> None:
        """Write what still waits, and make new posts findable as related ones."""
        with self.store.transaction():
            self._judge()
            self._write()
        self.shelf.settle()
        folded = len(self.shelf.folded) // 2
        self.tally.new -= folded
        self.tally.duplicates += folded

    def _judge(self) -> None:
        """Settle the failures that were kept back: as the sources' own, or as our network's."""
        suspicion = self.suspicion
        found = suspicion.verdict(self.config.sources, self.now, self.config.fetch)
        if found != suspicion.before:
            self.store.set_note("outage", msgspec.json.encode(found).decode() if found else "")
        for source, failure in suspicion.failures:
            spared = (
                schedule.spared_state(source, self.states.get(source.id), self.now)
                if found
                else None
            )
            self.waiting.append(spared or self._settled(source, failure))

    def _take(self, source: Source, fetched: Fetched, reading: Reading) -> tuple[Outcome, Intake]:
        if reading.failed is not None:
            self._remember_fault(source, reading.fault)
            return reading.failed, Intake()
        assert reading.feed is not None  # noqa: S101 - for mypy: a reading is a feed or a failure
        try:
            with self.store.transaction():
                intake, news = self._put(source, fetched, reading.feed, reading.items)
                hints = replace(
                    reading.hints, pace=schedule.usual_gap(self.store.dates(source.id), self.now)
                )
                self.store.save_state(self._settled(source, fetched, hints))
        except SyndicatorError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug that one feed brings out costs that source its turn only
            self._remember_fault(source, trace(source, error))
            return own_fault(source, fetched, error), Intake()
        self.tally.news += news
        return fetched, intake

    def _put(
        self, source: Source, fetched: Fetched, feed: NormalizedFeed, items: Sequence[str]
    ) -> tuple[Intake, list[str]]:
        """Store a source's posts; return what became of them, and the line where it has been taken over."""
        before, state = self.store.source_info(source.id), self.states.get(source.id)
        strange = ownership.looks_strange(source, state, fetched, before, feed.info)
        known = bool(strange and self.store.known_items(source.id) & set(items))
        intake = self.shelf.put(feed, items, source.related.copies)
        if not strange or known or intake.updated or intake.unchanged or not intake.new:
            return intake, []
        self.store.disown(
            source.id, min(intake.new) - 1
        )  # no "View more" from the one leads to the other
        return intake, [ownership.line(source, before, feed.info)]

    def _remember_fault(self, source: Source, trace: str) -> None:
        if trace:
            self.tally.faults.append(f"{source.id}: a fault of ours:\n{trace}")

    def _settled(self, source: Source, outcome: Outcome, hints: Hints | None = None) -> SourceState:
        jitter, before = self.jitter.random(), self.states.get(source.id)
        return schedule.next_state(
            source, before, outcome, self.now, self.config.fetch, jitter, hints
        )

    def _write(self) -> None:
        with self.store.transaction():
            for state in self.waiting:
                self.store.save_state(state)
        self.waiting.clear()
