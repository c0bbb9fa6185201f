"""Fetch the sources that are due and store their new posts, each source in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from syndicator import schedule
from syndicator.errors import SyndicatorError
from syndicator.failures import label
from syndicator.model.fetch import (
    Ask,
    Fetched,
    FetchFailed,
    Hints,
    NotModified,
    Outage,
    Outcome,
    SourceState,
)
from syndicator.model.post import Intake
from syndicator.model.run import Options, Progress
from syndicator.model.settings import Config, Source
from syndicator.pipeline import deletions
from syndicator.pipeline.gathering import Gathered, Known, gather
from syndicator.schedule.outage import OutageDetector
from syndicator.store import Store

if TYPE_CHECKING:
    from syndicator.pipeline.gate import Gate
    from syndicator.pipeline.posts import PostWriter
    from syndicator.pipeline.reading import Reading

FEW = 3  # so many unfinished sources are named at a terminal
UNWRITTEN = 200  # states of unchanged sources collected for one common transaction


class UpdateStats(Struct):
    """The counts of an update."""

    due: int = 0
    changed: int = 0
    not_modified: int = 0
    failed: int = 0
    new: int = 0
    updated: int = 0
    duplicates: int = 0
    received: int = 0  # bytes of new bodies
    rewritten: list[int] = []  # the posts that their sources updated
    faults: list[str] = []
    news: list[str] = []  # lines for the operator

    def count(self, outcome: Outcome, intake: Intake) -> str:
        """Add the outcome of one source; return it in words."""
        self.new += len(intake.new)
        self.updated += len(intake.updated)
        self.rewritten += intake.updated
        self.duplicates += len(intake.copies)
        if isinstance(outcome, FetchFailed):
            self.failed += 1
            return f"failed: {outcome.error}"
        if isinstance(outcome, NotModified):
            self.not_modified += 1
            return "not modified"
        self.changed += 1
        self.received += outcome.received
        return f"{len(intake.new)} new, {len(intake.updated)} updated"


def update(
    config: Config,
    store: Store,
    states: Mapping[str, SourceState],
    options: Options,
    now: datetime,
    stop: threading.Event,
    watch: Callable[[Progress], None],
) -> UpdateStats:
    """Fetch the sources that are due, store their new posts and return the counts.

    `states` are those from before the run. Raises StoreError.
    """
    asks = schedule.due_asks(
        config.sources, states, now, config.fetch, force=options.force, named=options.named
    )
    writer = _OutcomeWriter(config, store, states, now)
    writer.stats.due = len(asks)
    unfinished = {ask.source.id: ask.source for ask in asks}
    watch(Progress(0, len(asks)))
    try:
        for done, gathered in enumerate(_gathered(asks, writer, options, stop), 1):
            source = unfinished.pop(gathered.outcome.source_id)
            words = writer.write(source, gathered)
            named = tuple(map(label, unfinished.values())) if len(unfinished) <= FEW else ()
            watch(Progress(done, len(asks), label(source), words, named))
    finally:
        writer.finish()
    return writer.stats


def _gathered(
    asks: Sequence[Ask], writer: _OutcomeWriter, options: Options, stop: threading.Event
) -> Iterator[Gathered]:
    """Yield the outcome of each ask as it comes: of this process, or of an executor's workers."""
    config, now, known = writer.config, writer.now, writer.known
    if not asks or not (options.executor or config.run.executor):
        yield from gather(asks, config.fetch, now, known, stop)
        return
    module = import_module("syndicator.pipeline.batches")  # 4 ms that other runs do not pay
    here, batches = module.split(asks, writer.states, config.run.batch)
    with module.opened(options.executor, config.run.executor) as executor:
        run = module.BatchRun(executor, config, now, known, stop)
        run.send(batches)
        yield from gather(here, config.fetch, now, known, stop)
        yield from run.gathered()
    writer.stats.news += run.losses()


def outage(store: Store) -> Outage | None:
    """Return the stored outage of our own network, None without one."""
    return store.meta.read(Outage)


class _OutcomeWriter:
    """Stores the outcomes of a run one by one, and counts them."""

    def __init__(
        self, config: Config, store: Store, states: Mapping[str, SourceState], now: datetime
    ) -> None:
        self.config = config
        self.store = store
        self.states = states
        self.now = now
        self.stats = UpdateStats()
        self.unwritten: list[SourceState] = []
        self.asked: set[str] = set()
        self.detector = OutageDetector(outage(store), states)
        self.posts: PostWriter | None = None  # from the first body on

    def known(self, source_id: str) -> Known:
        """Return the stored knowledge of a source that reading its feed needs."""
        sources = self.store.sources
        return Known(sources.known_items(source_id), sources.info(source_id).spoken)

    def write(self, source: Source, gathered: Gathered) -> str:
        """Store the outcome of one source; return it in words."""
        outcome, intake = gathered.outcome, Intake()
        self.asked.add(source.id)
        held = self.detector.hold_back(source, outcome)
        if isinstance(outcome, Fetched) and gathered.reading is not None:
            reading, listed = gathered.reading, gathered.listed
            outcome, intake = self._store_reading(source, outcome, reading, listed)
        if not isinstance(outcome, Fetched) and not held:
            self.unwritten.append(self._next_state(source, outcome))
            if len(self.unwritten) >= UNWRITTEN:
                self._write_states()
        return self.stats.count(outcome, intake)

    def finish(self) -> None:
        """Write the remaining states, and complete the index of related posts."""
        with self.store.transaction():
            self._judge_failures()
            self._note_long_silences()
            self._write_states()
        if self.posts is None:
            return
        self.posts.finish()
        folded = len(self.posts.folded) // 2
        self.stats.new -= folded
        self.stats.duplicates += folded

    def _judge_failures(self) -> None:
        """Blame the failures that were held back on their sources, or on our own network."""
        detector = self.detector
        verdict = detector.verdict(self.config.sources, self.now, self.config.fetch)
        if verdict != detector.before:
            if verdict:
                self.store.meta.write(verdict)
            else:
                self.store.meta.delete(Outage)
        for source, failure in detector.failures:
            before = self.states.get(source.id)
            spared = schedule.spared_state(source, before, self.now) if verdict else None
            self.unwritten.append(spared or self._next_state(source, failure))

    def _note_long_silences(self) -> None:
        """Mark as news the sources that have failed for long and were not asked in this run."""
        for source in self.config.sources:
            state = self.states.get(source.id)
            if state is not None and state.failing_since and source.id not in self.asked:
                told = schedule.told_by_the_clock(state, self.now, self.config.fetch)
                if told is not None:
                    self.unwritten.append(told)

    def _store_reading(
        self, source: Source, fetched: Fetched, body: Reading, listed: int
    ) -> tuple[Outcome, Intake]:
        """Store the posts of a body together with the state of its source.

        `listed` is the number of its items that were known before.
        """
        # nh3, lxml and the parsers take 0.1 s to import: a run without changes needs none of them.
        from syndicator.pipeline import gate, posts, reading

        if self.posts is None:
            self.posts = posts.PostWriter(self.store, self.now, self.config.sources)
        if body.failed is not None:
            self._remember_fault(source, body.fault)
            return body.failed, Intake()
        info = self.store.sources.info(source.id)
        source_gate = gate.Gate(
            self.store, source, self.states, fetched, body, listed, self.now, info
        )
        try:
            with self.store.transaction():
                intake = self._store_feed(self.posts, source, source_gate)
                pace = schedule.usual_gap(self.store.posts.dates(source.id), self.now)
                hints = replace(body.hints, pace=pace)
                state = self._next_state(source, fetched, hints)
                if source_gate.is_held and fetched.moved_to:
                    # A move brings known posts along; this redirect leads to somebody else.
                    stayed = replace(fetched, moved_to="")
                    state = self._next_state(source, stayed, hints)
                    state = replace(state, strange=fetched.moved_to)
                self.store.sources.save_state(state)
        except SyndicatorError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug costs this source its turn only
            self._remember_fault(source, reading.trace(source, error))
            return reading.own_fault(source, fetched, error), Intake()
        self.stats.news += filter(None, [source_gate.line])
        return fetched, intake

    def _store_feed(self, posts: PostWriter, source: Source, gate: Gate) -> Intake:
        """Store a source's posts, as far as its gate lets them through."""
        body = gate.reading
        assert body.feed is not None  # noqa: S101 - for mypy: `_store_reading` has seen to it
        intake = posts.put(body.feed, body.items, source.related.copies, gate)
        if body.feed.deleted and not gate.is_held:
            deleted = body.feed.deleted
            deletions.follow_named(self.store, source.id, deleted, body.items, self.now)
        if gate.is_held and gate.line and intake.new and not gate.listed:
            # So that "View more" lists do not mix the posts of both owners.
            self.store.sources.mark_former(source.id, min(intake.new) - 1)
        return intake

    def _remember_fault(self, source: Source, traceback: str) -> None:
        if traceback:
            self.stats.faults.append(f"{source.id}: a fault of ours:\n{traceback}")

    def _next_state(
        self, source: Source, outcome: Outcome, hints: Hints | None = None
    ) -> SourceState:
        import random  # here: a run with nothing due has no use for it

        # Spreads the retries of sources that failed together; it needs no secret randomness.
        jitter, before = random.random(), self.states.get(source.id)  # noqa: S311
        return schedule.next_state(
            source, before, outcome, self.now, self.config.fetch, jitter, hints
        )

    def _write_states(self) -> None:
        with self.store.transaction():
            self.store.sources.save_states(self.unwritten)
        self.unwritten.clear()
