"""The story of a run: the order of the steps, and nothing else.

    feeds.toml + network --update--> store --build--> documents

`update` (what is due -> fetch -> parse -> normalize -> store) is all that is left of the store; `build`
(admit -> relate -> edition -> generate -> publish) all that is right of it, and needs no network. One
source's failure is a value that ends in its state; it never ends a run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from syndicator import report
from syndicator.errors import UsageError
from syndicator.lock import run_lock
from syndicator.model.fetch import SourceState
from syndicator.model.run import Options, Progress, Report
from syndicator.model.settings import Config
from syndicator.pipeline.build import Built, build
from syndicator.pipeline.update import Tally, outage, update
from syndicator.store import Store

__all__ = ["build", "run", "states", "update", "withdraw"]


def run(
    config: Config,
    options: Options,
    now: datetime,
    stop: threading.Event,
    watch: Callable[[Progress], None],
) -> Report:
    """Fetch what is due, store what is new, publish; return what was done.

    `stop` ends the fetching early: what has come by then is stored and published. `watch` is told of each
    source that is done. Raises LockHeld, StoreError, PublishError.
    """
    started = time.monotonic()
    with run_lock(config.state), Store(config.state) as store:
        # First, so that a source whose address was changed in the file has the states and posts that it had.
        store.adopt(config.sources)
        before, down_before = store.states(), outage(store)
        tally = (
            Tally() if options.offline else update(config, store, before, options, now, stop, watch)
        )
        worked = (
            before[source.id].last_success for source in config.sources if source.id in before
        )
        # With nothing ever fetched there is nothing to say: a lost state must not empty a feed that people read.
        ever_worked = bool(tally.changed or tally.not_modified) or any(worked)
        built = build(config, store, options, now) if ever_worked else Built()
        after = (
            store.states()
        )  # what cron hears is the difference; not read sooner, for it is as large as `before`
        configured = [after[source.id] for source in config.sources if source.id in after]
        files = frozenset(source.id for source in config.sources if source.path is not None)
        down = outage(store)
        stored = store.count()
    return Report(
        total=len(options.named or config.sources),
        due=tally.due,
        changed=tally.changed,
        not_modified=tally.not_modified,
        failed=tally.failed,
        gone=sum(state.gone for state in configured),
        new=tally.new,
        updated=tally.updated,
        duplicates=tally.duplicates,
        stored=stored,
        documents=tuple(built.documents),
        failures=report.failures(config.sources, after),
        failing=(*report.outage_line(down, now), *report.failure_table(config.sources, after, now)),
        alerts=(
            *report.outage_alerts(down_before, down, now),
            *report.alerts(before, after, config.sources, now),
        ),
        news=(
            *report.outage_news(down_before, down, now),
            *report.news(before, after, config.sources),
            *tally.news,
            *built.remarks,
        ),
        faults=tuple(tally.faults),
        seconds=time.monotonic() - started,
        nothing_works=not any(
            state.last_success
            and not state.consecutive
            and not (down and state.source_id not in files)
            for state in configured
        ),
        nothing_ever_worked=not ever_worked,
        newly_failing=report.newly_failing(before, after, config.sources),
    )


def states(config: Config) -> Mapping[str, SourceState]:
    """Return what is known of each source, nothing where there was no run yet. Raises StoreError."""
    if not config.state.exists():
        return {}
    with Store(config.state) as store:
        return store.states()


def withdraw(config: Config, post: str, now: datetime) -> None:
    """Take a post, named by its id, its link or the address of our page of it, out of all that is published, for good.

    Raises UsageError where no such post is known, LockHeld, StoreError, PublishError.
    """
    with run_lock(config.state), Store(config.state) as store:
        if not (store.withdraw(post, now) or store.withdraw(_shown_at(store, post), now)):
            raise UsageError(f"no stored post has the id or address {post!r}")
        build(config, store, Options(offline=True), now)


def _shown_at(store: Store, address: str) -> str:
    """Return the id of the post whose page of ours has an address, whoever serves it; "" for none.

    Who wants a post withdrawn has seen it there, and a page's name is a hash of the id: all of them are tried.
    """
    from syndicator.generator.site import post_path  # only who withdraws a post so pays for it

    name = "posts/" + address.partition("#")[0].partition("?")[0].rpartition("/posts/")[2]
    return next((known for known in store.public_ids() if post_path(known) == name), "")
