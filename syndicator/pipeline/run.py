"""Run the program once: update the store, then build the feeds.

A run has two halves. `update` fetches sources and fills the store; `build` reads the store and
writes the feeds. `build` uses the network only to ping WebSub hubs. `run` does both. A source that
fails yields a `FetchFailed`, which is saved in that source's state; nothing is raised.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct, field, structs

from syndicator import failures, metrics
from syndicator.errors import SyndicatorError
from syndicator.lock import run_lock
from syndicator.model.fetch import Outage, SourceState
from syndicator.model.run import Options, PostRef, Progress, Report, SourceFacts
from syndicator.model.settings import Config
from syndicator.pipeline import deletions, faces, following
from syndicator.pipeline.build import Built, FeedChange, build, changes
from syndicator.pipeline.update import UpdateStats, outage, update
from syndicator.store import Store
from syndicator.store.meta import TakenForPrivate
from syndicator.version import RELEASED

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)  # of a time that a caller gives, as replays do


class _Work(Struct):
    """The results of the steps of a run, so far."""

    now: datetime
    stats: UpdateStats = field(default_factory=UpdateStats)
    built: Built = field(default_factory=Built)
    news: tuple[list[PostRef], list[PostRef], list[PostRef]] = ([], [], [])
    before: Mapping[str, SourceState] = {}  # the states of the sources, and of the lists
    after: Mapping[str, SourceState] = {}
    outage_before: Outage | None = None  # of our own network
    outage: Outage | None = None
    told: Sequence[str] = ()
    stored: int = 0
    had_worked: bool = False  # a source had been fetched with success before

    @property
    def has_worked(self) -> bool:
        """Whether any source was ever fetched with success."""
        return self.had_worked or bool(self.stats.changed or self.stats.not_modified)


def run(
    config: Config,
    options: Options = Options(),  # noqa: B008 - frozen
    now: datetime | None = None,
    stop: threading.Event | None = None,
    watch: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Fetch the sources that are due, store their new posts and publish the feeds.

    `now` is the machine's clock where none is given. `stop` ends the fetching early; posts fetched
    by then are stored and published. `watch` is called after each source. Raises LockHeld,
    StoreError, PublishError; SyndicatorError for a clock of before this version.
    """
    started = time.monotonic()
    earliest = EARLIEST if now else datetime.fromisoformat(f"{RELEASED}T00:00Z")
    now, stop = now or datetime.now(UTC), stop or threading.Event()
    if now < earliest:
        raise SyndicatorError(
            f"the clock says {now:%Y-%m-%d}: set it first, or posts without a date keep that one"
        )
    work = _Work(now)
    with run_lock(config.state), Store(config.state) as store:
        if config.has_secrets:
            store.connection.restrict()
        lists = following.follow(config, store, options, now, stop)
        config = lists.config
        if config.has_secrets:  # a list may have brought a private source
            store.connection.restrict()
        # First of all, so that a source with a changed address keeps its state and its posts.
        store.sources.adopt(config.sources)
        work.told = [*lists.lines, *_taken_for_private(config, store)]
        config = _without_rejected(config, store)
        work.after = store.sources.states()
        work.before, written = {**work.after, **lists.before}, store.connection.total_changes
        work.outage_before, last_event = outage(store), store.feeds.last_event()
        if not options.offline:
            work.stats = update(config, store, work.before, options, now, stop, watch)
            work.stats.news += deletions.follow(config, store, now, stop)
            faces.follow(config, store, now, stop)
        # A store that never fetched anything may be a lost one: it must not empty published feeds.
        work.had_worked = _has_worked(config, work.before)
        if work.has_worked:
            work.built = build(config, store, options, now)
            if store.feeds.last_event() != last_event:
                admitted, rewritten = work.built.admitted, work.stats.rewritten
                work.news = store.snapshots.news(
                    config.feeds[0], admitted, rewritten, since=last_event
                )
        if store.connection.total_changes != written:  # to read them takes 2 ms
            work.after = store.sources.states()
        work.outage = outage(store)
        work.stored = store.posts.count()
    report = _report(config, options, work, time.monotonic() - started)
    _write_extras(config, work, report)
    return report


def _without_rejected(config: Config, store: Store) -> Config:
    """Pause the sources that a review rejected: they are asked no more, and their posts stay."""
    rejected = {hold.source_id for hold in store.reviews.holds().values() if hold.rejected}
    if not rejected:
        return config
    sources = []
    for source in config.sources:
        paused = source.paused or source.id in rejected
        sources.append(structs.replace(source, paused=paused))
    return structs.replace(config, sources=tuple(sources))


def _report(config: Config, options: Options, work: _Work, seconds: float) -> Report:
    after, stats = work.after, work.stats
    configured = [after[source.id] for source in config.sources if source.id in after]
    published, updated, withdrawn = map(tuple, work.news)
    return Report(
        **structs.asdict(failures.changes(work.before, after, config.asked)),
        started=work.now,
        total=len(options.named or config.sources),
        due=stats.due,
        changed=stats.changed,
        not_modified=stats.not_modified,
        failed=stats.failed,
        gone=sum(state.gone for state in configured),
        new=stats.new,
        updated=stats.updated,
        duplicates=stats.duplicates,
        stored=work.stored,
        received=stats.received,
        documents=tuple(work.built.documents),
        posts_published=published,
        posts_updated=updated,
        posts_withdrawn=withdrawn,
        outage=work.outage,
        outage_before=work.outage_before,
        remarks=(*work.told, *stats.news, *work.built.remarks),
        faults=tuple(stats.faults),
        seconds=seconds,
        nothing_works=_nothing_works(config, configured, work.outage),
        nothing_ever_worked=not work.has_worked,
        is_first=not work.had_worked,
    )


def _write_extras(config: Config, work: _Work, report: Report) -> None:
    """Write the page of charts and the metrics, if they are wanted."""
    charts = config.feeds[0].output / "activity.html"
    if (config.activity and work.has_worked) or charts.exists():
        # It loads the site's theme: only runs that publish the page, or take it away, need it.
        from syndicator.pipeline import activity

        activity.publish(config, work.now)
    if config.metrics.path is not None:
        metrics.write(config.metrics.path, config, report, work.after)


def _taken_for_private(config: Config, store: Store) -> list[str]:
    """Return a line, once, for each source that is not published because it looks private."""
    known = store.meta.read(TakenForPrivate) or TakenForPrivate()
    suspected = {source.id: source for source in config.sources if source.private_by}
    if tuple(suspected) != known.sources:
        store.meta.write(TakenForPrivate(tuple(suspected)))
    lines = []
    for source_id, source in suspected.items():
        if source_id not in known.sources:
            lines.append(f"{failures.label(source)}: {failures.unpublished(source)}")
    return lines


def _has_worked(config: Config, states: Mapping[str, SourceState]) -> bool:
    """Tell whether any configured source was ever fetched with success."""
    for source in config.sources:
        state = states.get(source.id)
        if state and state.last_success:
            return True
    return False


def _nothing_works(config: Config, states: Sequence[SourceState], outage: Outage | None) -> bool:
    """Tell whether every source fails; during an outage only local files can work."""
    files = {source.id for source in config.sources if source.path is not None}
    for state in states:
        is_reachable = outage is None or state.source_id in files
        if state.last_success and not state.consecutive and is_reachable:
            return False
    return True


def dry_run(config: Config, now: datetime | None = None) -> list[FeedChange]:
    """Return the changes that the settings of now would make to what is published; keep none.

    Nothing is fetched. Raises LockHeld, StoreError.
    """
    if not config.state.exists():
        return []
    with run_lock(config.state), Store(config.state) as store:
        return changes(config, store, now or datetime.now(UTC))


def source_facts(config: Config) -> Mapping[str, SourceFacts]:
    """Return title, number of posts and newest post of each source. Raises StoreError."""
    if not config.state.exists():
        return {}
    with Store(config.state, read_only=True) as store:
        return store.sources.facts()


def source_id(config: Config, word: str) -> str:
    """Return the id of the source with a name or an address, or whose feed alone has this title.

    Else the word itself. `status` and `list` show a source without a `name` by its title. An id,
    name or address of feeds.toml goes before it, and the state file is not read then. Raises
    StoreError.
    """
    named = [source.id for source in config.sources if word in (source.id, source.name, source.url)]
    if named and word:
        return word if word in named else named[0]
    facts = source_facts(config) if config.sources and word else {}
    unnamed = {source.id for source in config.sources if not source.name}
    titled = [name for name in unnamed & facts.keys() if facts[name].title == word]
    return titled[0] if len(titled) == 1 else word


def states(config: Config) -> Mapping[str, SourceState]:
    """Return the stored state of each source, none before the first run. Raises StoreError."""
    if not config.state.exists():
        return {}
    with Store(config.state, read_only=True) as store:
        return store.sources.states()
