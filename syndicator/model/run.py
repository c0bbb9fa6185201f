"""A run, or a look at one source (cli -> pipeline, previews -> cli)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

if (
    TYPE_CHECKING
):  # named, never made here: a run with nothing to do does not pay for the nouns of posts
    from syndicator.model.edition import Published
    from syndicator.model.post import NormalizedFeed
    from syndicator.model.settings import Source


class Options(Struct, frozen=True):
    """What the command line asks of a run."""

    force: bool = False  # every source is due
    named: frozenset[str] = frozenset()  # these source ids only
    offline: bool = False  # publish from the store
    rerender: bool = False  # changed settings count for published posts too


class Progress(Struct, frozen=True):
    """One source is done, or none yet."""

    done: int
    total: int
    source: str = ""  # its id
    words: str = ""  # what became of it
    left: tuple[str, ...] = ()  # the ids of those that are not done, once they are few


class Failure(Struct, frozen=True):
    """A source that fails, due this time or not."""

    source: str
    url: str  # "" where private
    kind: str
    error: str
    since: datetime
    consecutive: int


class Report(Struct, frozen=True):
    """What a run did."""

    total: int = 0  # sources in the configuration, or those named by --source
    due: int = 0
    changed: int = 0
    not_modified: int = 0
    failed: int = 0
    gone: int = 0
    new: int = 0  # posts
    updated: int = 0
    duplicates: int = 0
    stored: int = 0
    documents: tuple[Published, ...] = ()
    failures: tuple[Failure, ...] = ()
    failing: tuple[
        str, ...
    ] = ()  # the same for a person: a line each, a host that fails for many in one
    alerts: tuple[str, ...] = ()  # what fails for long enough that cron's mail should say so
    # What is said once to cron and at a terminal: gone, back, moved, taken over, a hub that failed.
    news: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()  # tracebacks of bugs that cost one source its turn
    seconds: float = 0.0
    nothing_works: bool = False  # every source fails
    nothing_ever_worked: bool = False
    newly_failing: bool = False  # a source that did not fail before was asked in this run, and does


class Look(Struct, frozen=True):
    """One source, fetched once and stored nowhere: what `fetch` shows."""

    source: Source
    url: str  # the feed's own address, after discovery and redirects; "" where private
    feed: NormalizedFeed
    remarks: tuple[str, ...] = ()  # of the feed as a whole
