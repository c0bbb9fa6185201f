"""Fetched -> Reading: parsed and made clean; by other processes too, where there is much to read.

Pure, so it can be done anywhere. A pool costs a third of a second to start and each post a trip between
processes: it starts only for a run with many sources never read before, where parsing is the work.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from syndicator import parser
from syndicator.model.fetch import Fetched, FetchFailed, Hints, Outcome
from syndicator.model.post import NormalizedFeed
from syndicator.model.settings import Source

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

MANY = 400  # unread sources for which a pool pays: below, the run is over before it would have caught up
AHEAD = 4  # bodies that wait for each process


class Known(Struct, frozen=True):
    """What earlier fetches have brought to light of a source, as far as reading needs it."""

    items: Collection[str] = frozenset()  # the fingerprints of those seen
    spoken: str = ""  # SourceInfo.spoken


class Reading(Struct, frozen=True):
    """What a body turned out to be: a feed, or a failure of its source."""

    feed: NormalizedFeed | None = None
    items: tuple[str, ...] = ()  # the fingerprints of all its items, in its order
    hints: Hints = field(default_factory=Hints)
    failed: FetchFailed | None = None
    fault: str = ""  # the traceback of a bug that this feed brought out


def read(fetched: Fetched, source: Source, known: Known, now: datetime) -> Reading:
    """Parse a body and make its unseen posts clean.

    Never raises: a bug that one feed brings out costs that source its turn only, and is told with its traceback.
    """
    # Here, since it brings nh3 and lxml: a run in which nothing changed does not pay for them.
    from syndicator import normalizer

    try:
        parsed = parser.parse(fetched, known.items)
        if isinstance(parsed, FetchFailed):
            return Reading(failed=parsed)
        if refused := normalizer.refusal(parsed, source):
            return Reading(failed=refused)
        feed = normalizer.normalize(parsed, source, now, spoken=known.spoken)
    except Exception as error:  # noqa: BLE001 - as the docstring says
        return Reading(failed=own_fault(source, fetched, error), fault=trace(source, error))
    return Reading(feed, tuple(item.fingerprint for item in parsed.items), parsed.head.hints)


def own_fault(source: Source, fetched: Fetched, error: Exception) -> FetchFailed:
    """Return the failure of a source for a bug of ours."""
    told = (
        "" if source.private else f": {error}"
    )  # what a private feed has at hand may be its address
    words = f"a fault of syndicator's own ({type(error).__name__}{told})"
    return FetchFailed(source.id, "" if source.private else fetched.url, "bug", words)


def trace(source: Source, error: Exception) -> str:
    """Return the traceback of a bug; of a private source only the lines of code."""
    if source.private:
        return "".join([*traceback.format_tb(error.__traceback__), type(error).__name__, "\n"])
    return "".join(traceback.format_exception(error))


def readings(
    outcomes: Iterable[tuple[Source, Outcome]],
    known: Callable[[str], Known],
    now: datetime,
    unread: int,
) -> Iterator[tuple[Source, Outcome, Reading | None]]:
    """Yield each outcome with its Reading, None where there is no body.

    `known` gives what is stored of a source; `unread` says how many sources were never read before.
    """
    processes = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    if unread < MANY or processes == 1:
        for source, outcome in outcomes:
            body = outcome if isinstance(outcome, Fetched) else None
            yield source, outcome, read(body, source, known(source.id), now) if body else None
        return
    # Here: most runs start no pool. Not by fork: the fetcher's threads hold locks that a copy would hold for ever.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(processes, get_context("spawn"), _as_helper) as pool:
        yield from _pooled(pool, outcomes, known, now, ahead=AHEAD * processes)


def _pooled(
    pool: ProcessPoolExecutor,
    outcomes: Iterable[tuple[Source, Outcome]],
    known: Callable[[str], Known],
    now: datetime,
    ahead: int,
) -> Iterator[tuple[Source, Outcome, Reading | None]]:
    from concurrent.futures import BrokenExecutor

    waiting: deque[tuple[Source, Fetched, Future[Reading]]] = deque()

    def finished() -> tuple[Source, Fetched, Reading]:
        source, fetched, future = waiting.popleft()
        try:
            return source, fetched, future.result()
        except (
            BrokenExecutor
        ):  # a process was killed, for its memory perhaps: what it had is read here
            return source, fetched, read(fetched, source, known(source.id), now)

    for source, outcome in outcomes:
        if not isinstance(outcome, Fetched):
            yield source, outcome, None
            continue
        try:
            waiting.append(
                (source, outcome, pool.submit(read, outcome, source, known(source.id), now))
            )
        except BrokenExecutor:
            yield source, outcome, read(outcome, source, known(source.id), now)
        while waiting and (len(waiting) > ahead or waiting[0][2].done()):
            yield finished()
    while waiting:
        yield finished()


def _as_helper() -> None:
    """Let the run end its helpers in order, since Ctrl-C goes to the whole group; and end with a run that is killed.

    A helper that outlived it would wait for ever, and cron with it for the end of its output.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_run, daemon=True).start()


def _end_with_the_run() -> None:
    from multiprocessing import parent_process

    run = parent_process()
    if run is not None:
        run.join()
        os._exit(1)
