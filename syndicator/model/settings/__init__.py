"""feeds.toml, read and checked (config -> all steps). These structs are its schema.

A field with a `Key` is a key of feeds.toml. Its type, default, limits and meaning are declared
here and nowhere else: `config` reads the file by them, and docs/configuration.md is made from them.
A field without one is computed by `config`.

To add a setting, add one field, for instance to `Feed`:

    stars: Annotated[int, Key("how many stars a page shows", least=0, on_pages=True)] = 3

and run `python tests/test_docs.py`, which writes the tables anew. A value of another shape than
text, number, list, duration or table gets a `kind`, which `config/kinds.py` knows how to read.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Struct

from syndicator.model.settings.feed import Feed, Per
from syndicator.model.settings.source import (
    AttributionSettings,
    BackoffScope,
    Copies,
    Credentials,
    Filter,
    FollowedList,
    Reach,
    RelatedSettings,
    Rules,
    Scope,
    Source,
)
from syndicator.model.structs import Key, settings_on_pages

__all__ = [
    "AttributionSettings",
    "BackoffScope",
    "Config",
    "Copies",
    "Credentials",
    "Feed",
    "FetchSettings",
    "Filter",
    "FollowedList",
    "Key",
    "MetricsSettings",
    "Per",
    "Reach",
    "RelatedSettings",
    "Rules",
    "RunSettings",
    "Scope",
    "Source",
    "settings_on_pages",
]


class FetchSettings(Struct, frozen=True):
    """`[fetch]`: manners and bounds of the fetcher."""

    jobs: Annotated[int, Key("at once in all", least=1)] = 32
    per_host: Annotated[int, Key("at once to one host", least=1)] = 2
    delay: Annotated[timedelta, Key("between two requests to one host")] = timedelta(seconds=1)
    max_bytes: Annotated[int, Key("on the wire", kind="size")] = 20_000_000
    max_decoded_bytes: Annotated[int, Key("after decompression", kind="size")] = 100_000_000
    max_items: Annotated[int, Key("of a feed; the oldest above are left out", least=1)] = 5000
    max_post: Annotated[int, Key("of a post; a longer one becomes an excerpt", kind="size")] = (
        1_000_000
    )
    max_cpu: Annotated[timedelta, Key("to read a feed, and as much again for each MB of it")] = (
        timedelta(seconds=10)
    )
    max_memory: Annotated[int, Key("by which the process may grow to read a feed", kind="size")] = (
        500_000_000
    )
    max_interval: Annotated[
        timedelta, Key("the most that a feed's hints can lengthen an interval to")
    ] = timedelta(hours=24)
    inward: Annotated[
        Literal["named", "never"],
        Key(
            'may a source lie on your own network? `"named"`: where the host that feeds.toml itself '
            'writes does, and then its redirects within it; `"never"`'
        ),
    ] = "named"
    backoff_scope: Annotated[
        BackoffScope | None,
        Key(
            '`"host"` or `"source"`: whom a Retry-After holds up. Unset: 429 the host, 503 the '
            "source"
        ),
    ] = None
    alert_after: Annotated[
        timedelta, Key("cron speaks of a source that has failed for so long")
    ] = timedelta(days=1)
    alert_runs: Annotated[int, Key("or so many times in a row", least=1)] = 3
    user_agent: str = ""  # name, version, contact


class RunSettings(Struct, frozen=True):
    """`[run]`: where sources are fetched and read."""

    executor: Annotated[
        str,
        Key(
            "the cluster whose workers fetch and read, such as `dask://scheduler:8786`; "
            "`--executor` says it for one run",
            kind="executor",
            unset="this process",
        ),
    ] = ""
    batch: Annotated[
        int, Key("sources sent to a worker at once; those of one host are never parted", least=1)
    ] = 500
    deadline: Annotated[
        timedelta,
        Key(
            "a batch ends after so long; its sources that were not asked come first in the next "
            "run",
            least=timedelta(seconds=1),
        ),
    ] = timedelta(minutes=10)


class MetricsSettings(Struct, frozen=True):
    """`[metrics]`: a file for monitoring."""

    path: Annotated[
        Path | None,
        Key("a file in Prometheus' textfile format, written anew by each run", kind="path"),
    ] = None


class Config(Struct, frozen=True):
    """feeds.toml, whole. Its own keys stand in `[feed]`."""

    path: Path
    feeds: tuple[Feed, ...]  # the main feed first
    sources: tuple[Source, ...]
    state: Annotated[
        Path,  # absolute
        Key("what is known between runs; never below an `output`", table="feed"),
    ] = Path("syndicator.db")
    lists: tuple[FollowedList, ...] = ()
    base: Source = Source(id="", url="")  # all that [feed] and [fetch] say of sources
    fetch: FetchSettings = FetchSettings()
    run: RunSettings = RunSettings()
    metrics: MetricsSettings = MetricsSettings()
    keep: Annotated[
        timedelta,
        Key(
            "bodies older than this and no longer published are dropped; identities never",
            table="feed",
        ),
    ] = timedelta(days=730)
    id: Annotated[
        str,
        Key(
            "the feed's own id, a URI, if you bring one from elsewhere",
            kind="uri",
            unset="made once",
            table="feed",
        ),
    ] = ""
    per_source: Annotated[
        bool,
        Key(
            "also a feed of each source, in `by-source/ID/`, linked where the source is listed",
            table="feed",
        ),
    ] = False
    activity: Annotated[
        bool,
        Key(
            "also a page of charts, `activity.html`: posts a day and by source, failures; linked "
            "below the table of sources",
            table="feed",
        ),
    ] = False
    per_language: Annotated[
        bool,
        Key(
            "also a feed of each language, in `by-language/TAG/` and in that language, linked in "
            "the masthead",
            table="feed",
        ),
    ] = False

    @property
    def sources_by_id(self) -> dict[str, Source]:
        """The sources, in the order of feeds.toml."""
        return {source.id: source for source in self.sources}

    @property
    def asked(self) -> tuple[Source, ...]:
        """All that is fetched: the sources, and the lists that are followed."""
        return (*self.sources, *(followed.source for followed in self.lists))

    @property
    def has_secrets(self) -> bool:
        """Whether the state file holds what nobody but its owner may read."""
        return any(source.private or source.auth or source.headers for source in self.asked)
