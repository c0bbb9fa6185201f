"""Asks -> batches of whole hosts -> Gathered, by the workers of a `concurrent.futures.Executor`.

    split -> BatchRun.send -> gather_batch, on a worker -> BatchRun.gathered

All that the pipeline knows of an engine is that interface. `opened` names the engines; another
one with such an adapter is one more function there. A batch that is lost costs its sources this
run only: nothing was stored of them, so the next run asks them again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from msgspec import Struct, field

from syndicator.errors import ConfigError, SyndicatorError
from syndicator.model.fetch import Ask, SourceState
from syndicator.model.settings import Config, FetchSettings
from syndicator.model.structs import RedactedRepr
from syndicator.pipeline.gathering import Gathered, Known, gather
from syndicator.quantities import counted
from syndicator.urls import host
from syndicator.version import __version__

CLUSTER = "pip install 'syndicator[cluster]'"
_IN_FLIGHT = 16  # batches sent and not yet stored: bounds the memory here and at the scheduler
_TICK = 0.25  # seconds between looks at `stop`
_CONNECT = 10  # seconds to reach a scheduler, and for its first worker
_TALKATIVE = ("asyncio", "distributed", "distributed.client", "tornado.application")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Batch(RedactedRepr, frozen=True):
    """The sources of some hosts, and all that a worker needs to fetch and read them."""

    repr_exclude = frozenset(["asks", "known"])  # a worker logs the arguments of what fails

    asks: Sequence[Ask]
    known: Mapping[str, Known]
    settings: FetchSettings
    now: datetime
    deadline: timedelta
    version: str = __version__


class BatchResult(Struct, frozen=True):
    """The outcomes of a batch; without those of sources that its deadline cut off."""

    gathered: Sequence[Gathered]
    is_cut: bool


def gather_batch(batch: Batch) -> BatchResult:
    """Fetch and read the sources of a batch, on a worker.

    Raises SyndicatorError where another version of this program would make other documents.
    """
    if batch.version != __version__:
        words = f"a worker has syndicator {__version__} where this machine has {batch.version}"
        raise SyndicatorError(words)
    stop = threading.Event()
    timer = threading.Timer(batch.deadline.total_seconds(), stop.set)
    timer.daemon = True
    timer.start()
    known = batch.known.__getitem__
    gathered = list(gather(batch.asks, batch.settings, batch.now, known, stop))
    timer.cancel()
    return BatchResult(gathered, stop.is_set())


def split(
    asks: Iterable[Ask], states: Mapping[str, SourceState], size: int
) -> tuple[list[Ask], list[list[Ask]]]:
    """Return the asks that stay here, and batches of the others, about `size` asks each.

    A host is never parted: `www.` and the port count for nothing, since redirects lead across them.
    Nor is it parted from the host that a redirect led to the last time. The largest groups come
    first, as they take longest. Within one the source that was not asked for the longest time is
    first, so that a deadline starves none. Files of this machine are read here, and so are the
    sources of a host that needs a certificate's file.
    """
    here: list[Ask] = []
    batches: list[list[Ask]] = []

    def last_attempt(ask: Ask) -> datetime:
        state = states.get(ask.source.id)
        return (state and state.last_attempt) or _LONG_AGO

    for group in sorted(_groups(asks, states), key=len, reverse=True):
        if any(ask.source.path or ask.source.verify for ask in group):
            here += group
            continue
        if not batches or len(batches[-1]) + len(group) > size:
            batches.append([])
        batches[-1] += sorted(group, key=last_attempt)
    return here, batches


def _groups(asks: Iterable[Ask], states: Mapping[str, SourceState]) -> Iterable[list[Ask]]:
    """Return the asks of each host, those of hosts that redirects connect in one (union-find)."""
    leaders: dict[str, str] = {}
    hosts: dict[str, list[Ask]] = {}

    def leader(name: str) -> str:
        while name in leaders:
            name = leaders[name]
        return name

    for ask in asks:
        state, name = states.get(ask.source.id), "" if ask.source.path else host(ask.url)
        hosts.setdefault(name, []).append(ask)
        own, other = leader(name), leader((state and state.led_to) or name)
        if own != other:
            leaders[own] = other
    groups: dict[str, list[Ask]] = {}
    for name, group in hosts.items():
        groups.setdefault(leader(name), []).extend(group)
    return groups.values()


class BatchRun(Struct):
    """The batches of one run: sent a few at a time, their outcomes yielded, the lost counted."""

    _executor: Executor
    _config: Config
    _now: datetime
    _known: Callable[[str], Known]
    _stop: threading.Event
    _waiting: deque[Sequence[Ask]] = field(default_factory=deque)
    _sent: dict[Future[BatchResult], int] = {}  # with the number of sources
    _lost: Counter[str] = field(default_factory=Counter)  # sources by reason
    _broken: Exception | None = None  # the engine let all batches go

    def send(self, batches: Iterable[Sequence[Ask]] = ()) -> None:
        """Queue batches, and send as many as may be under way."""
        self._waiting.extend(batches)
        while self._waiting and len(self._sent) < _IN_FLIGHT:
            asks = self._waiting[0]
            batch = Batch(
                asks,
                {ask.source.id: self._known(ask.source.id) for ask in asks},
                self._config.fetch,
                self._now,
                self._config.run.deadline,
            )
            try:
                self._sent[self._executor.submit(gather_batch, batch)] = len(asks)
            except RuntimeError as error:  # it has broken, or was shut down
                self._give_up(error)
                return
            self._waiting.popleft()

    def gathered(self) -> Iterator[Gathered]:
        """Yield outcomes as batches come back; end without those that are lost, or after `stop`.

        A batch takes its deadline at most, and so may its second try after a worker died. If none
        comes back for longer than both, the engine is taken to hang.
        """
        patience = 2 * self._config.run.deadline.total_seconds() + _CONNECT
        heard = time.monotonic()
        while self._sent and not self._stop.is_set():
            done, _ = wait(self._sent, _TICK, FIRST_COMPLETED)
            for future in done:
                yield from self._outcomes(future)
                heard = time.monotonic()
            if time.monotonic() - heard > patience:
                self._give_up(TimeoutError())
            elif self._broken is not None:
                self._give_up(self._broken)
            self.send()
        for future in self._sent:
            future.cancel()

    def losses(self) -> list[str]:
        """Return a line for each reason for which sources were not asked."""
        return [
            f"{counted(count, 'source')} could not be asked by the cluster: {reason}; "
            "the next run asks again"
            for reason, count in self._lost.items()
        ]

    def _outcomes(self, future: Future[BatchResult]) -> Iterator[Gathered]:
        """Yield the outcomes of a batch that came back, or note its loss."""
        count = self._sent.pop(future)
        try:
            result = future.result()
        except SyndicatorError as error:
            self._lost[str(error)] += count
            return
        except (CancelledError, BrokenExecutor) as error:  # the others of `done` may be whole
            self._broken = error
            self._sent[future] = count
            return
        except Exception as error:  # noqa: BLE001 - its text may quote what is secret
            self._lost[type(error).__name__] += count
            return
        if result.is_cut:
            self._lost["its batch took longer than [run] deadline"] += count - len(result.gathered)
        yield from result.gathered

    def _give_up(self, error: Exception) -> None:
        """Count all that is sent or waits as lost with the engine."""
        count = sum(self._sent.values()) + sum(map(len, self._waiting))
        self._lost[f"it went away ({type(error).__name__})"] += count
        for future in self._sent:
            future.cancel()
        self._sent.clear()
        self._waiting.clear()


@contextmanager
def opened(given: Executor | None, address: str) -> Iterator[Executor]:
    """Yield an executor: the one that is given, or that of an engine's address.

    Raises ConfigError without the engine's package, SyndicatorError if no scheduler or no worker
    answers.
    """
    if given is not None:
        yield given
        return
    scheme, _, place = address.partition("://")
    with _dask(place, "tls" if scheme.endswith("+tls") else "tcp") as executor:
        yield executor


@contextmanager
def _dask(place: str, protocol: str) -> Iterator[Executor]:
    """Yield the executor of a Dask scheduler; TLS is set as Dask's own configuration says."""
    try:
        distributed: Any = import_module("distributed")  # it takes a second to import
    except ImportError:
        raise ConfigError(f"[run] executor needs Dask, which is missing: {CLUSTER}") from None
    # They log lost connections with tracebacks; a run tells its losses in a line.
    for logger in _TALKATIVE:
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)
    try:
        client = distributed.Client(f"{protocol}://{place}", timeout=_CONNECT, set_as_default=False)
        client.wait_for_workers(1, timeout=_CONNECT)
    except (OSError, TimeoutError) as error:
        words = f"no scheduler with a worker answers at {place} ({type(error).__name__})"
        raise SyndicatorError(f"{words}: nothing was fetched, the next run tries again") from None
    with client:
        yield client.get_executor(pure=False)
