"""Read one fetched body: parse it, and normalize the posts that are new.

It loads the parsers and the normalizer, so it is imported only if there is a body to read.
"""

from __future__ import annotations

import traceback
from collections.abc import Collection
from datetime import datetime

from msgspec import Struct, field

from syndicator import normalizer, parser
from syndicator.model.fetch import Fetched, FetchFailed, Hints
from syndicator.model.post import NormalizedFeed
from syndicator.model.settings import FetchSettings, Source
from syndicator.pipeline.budget import OverBudget, budget


class Reading(Struct, frozen=True):
    """The result of reading a body: a feed, or a failure of its source."""

    feed: NormalizedFeed | None = None
    items: tuple[str, ...] = ()  # the fingerprints of all items of the feed, in its order
    hints: Hints = field(default_factory=Hints)
    failed: FetchFailed | None = None
    fault: str = ""  # the traceback of a bug that this feed triggered


def read(
    fetched: Fetched,
    source: Source,
    now: datetime,
    known: Collection[str] = (),
    spoken: str = "",
    settings: FetchSettings = FetchSettings(),  # noqa: B008 - frozen
) -> Reading:
    """Parse a body and normalize its new posts; never raises.

    `known` holds the fingerprints of items seen before, `spoken` is `SourceInfo.spoken`. A bug
    costs this source its turn only: the failure carries its traceback. So does a feed that uses up
    `max_cpu` or `max_memory`; then the failure says so.
    """
    seconds = settings.max_cpu.total_seconds() * (1 + len(fetched.body) / 1_000_000)
    try:
        with budget(seconds, settings.max_memory):
            parsed = parser.parse(fetched, known, settings.max_items)
            if isinstance(parsed, FetchFailed):
                return Reading(failed=parsed)
            if refused := normalizer.refusal(parsed, source):
                return Reading(failed=refused)
            feed = normalizer.normalize(
                parsed, source, now, spoken=spoken, longest=settings.max_post
            )
    except OverBudget as over:
        address = source.unless_private(fetched.url)
        advice = f"raise {over.setting} in [fetch] if the feed is right"
        words = f"takes {over} to read"
        return Reading(failed=FetchFailed(source.id, address, "too-large", words, advice))
    except Exception as error:  # noqa: BLE001 - as the docstring says
        return Reading(failed=own_fault(source, fetched, error), fault=trace(source, error))
    return Reading(feed, tuple(item.fingerprint for item in parsed.items), parsed.head.hints)


def own_fault(source: Source, fetched: Fetched, error: Exception) -> FetchFailed:
    """Return the failure of a source caused by a bug of this program."""
    name = f"a fault of syndicator's own ({type(error).__name__}"
    if source.private:  # the message of the exception may quote the private address
        return FetchFailed(source.id, "", "bug", f"{name})")
    return FetchFailed(source.id, fetched.url, "bug", f"{name}: {error})")


def trace(source: Source, error: Exception) -> str:
    """Return the traceback of a bug; of a private source only the lines of code."""
    if source.private:
        return "".join([*traceback.format_tb(error.__traceback__), type(error).__name__, "\n"])
    return "".join(traceback.format_exception(error))
