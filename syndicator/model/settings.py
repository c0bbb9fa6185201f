"""feeds.toml, read and checked (config -> everyone)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

from msgspec import Struct

from syndicator.model.redacted import RedactedRepr

Scope = Literal["source", "all", "both", "none"]
Copies = Literal["exact", "near", "off"]
Per = Literal["", "source", "language"]
BackoffScope = Literal["host", "source"]


class AttributionSettings(Struct, frozen=True):
    """`[attribution]`, or a source's own `attribution` table."""

    enabled: bool = True
    text: str = ""  # "": our wording in the post's language


class RelatedSettings(Struct, frozen=True):
    """`[related]`, or a source's own `related` table."""

    scope: Scope = "source"
    limit: int = 5
    heading: str = ""  # "": our wording in the post's language
    copies: Copies = "exact"  # one item per story: which copies are folded


class Rules(Struct, frozen=True):
    """What a filter matches: categories by name (case-insensitive), the rest by RE2 patterns."""

    category: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    text: str = ""


class Filter(Struct, frozen=True):
    """Which posts are let through: not excluded, and included where `include` says anything."""

    include: Rules = Rules()
    exclude: Rules = Rules()
    max_age: timedelta | None = None  # judged once, at first sight
    newest: int = 0  # 0: no cap; else at most this many of one fetch, newest first


class Source(RedactedRepr, frozen=True):
    """One `[[sources]]` table, with what it inherits already filled in."""

    repr_exclude = frozenset(["url", "headers", "auth"])

    id: str  # what the store knows it by
    url: str  # http(s) URL, or "" where `path` is set; may be a secret
    path: Path | None = None  # a file named in feeds.toml
    name: str = ""  # "": the feed's own title
    tags: tuple[str, ...] = ()
    language: str = ""  # BCP 47
    fallback: str = "en"  # our own feed's language, where nothing tells a post's
    interval: timedelta = timedelta(hours=1)
    timeout: timedelta = timedelta(seconds=30)
    limit: int = 0  # 0: no cap on its posts in one document
    headers: Mapping[str, str] = {}  # ${ENV} already put in; a secret
    auth: tuple[str, str] | None = None  # basic auth (user, password); a secret
    private: bool = False  # its address is shown nowhere
    publish: bool = True  # False for a private source unless the operator said `publish = true`
    republish: bool = False  # overrides access:restriction
    backoff_scope: BackoffScope | None = None  # None: as `[fetch]` says
    content: Literal["full", "summary", "none"] = "full"
    images: Literal["keep", "link", "none"] = "keep"
    future: Literal["now", "hold", "keep"] = (
        "now"  # a date to come: first-seen time, held back, or believed
    )
    join: int = 3  # newest posts added when it joins a feed that is already published
    filter: Filter = Filter()
    attribution: AttributionSettings = AttributionSettings()
    related: RelatedSettings = RelatedSettings()


class FetchSettings(Struct, frozen=True):
    """`[fetch]`: manners and bounds of the fetcher."""

    jobs: int = 32
    per_host: int = 2
    delay: timedelta = timedelta(seconds=1)
    max_bytes: int = 20_000_000
    max_decoded_bytes: int = 100_000_000
    max_interval: timedelta = timedelta(
        hours=24
    )  # the most that a feed's hints can lengthen an interval to
    backoff_scope: BackoffScope | None = None  # None: 429 counts for the host, 503 for the source
    alert_after: timedelta = timedelta(days=1)  # cron speaks of a source that has failed this long,
    alert_runs: int = 3  # or this many times in a row
    user_agent: str = ""  # name, version, contact: made by config


class Feed(Struct, frozen=True):
    """One combined feed that we publish: `[feed]`, or one of `[[feeds]]`."""

    title: str
    name: str = ""  # "": the main feed; else unique, and its folder below `output` unless set
    per: Per = ""  # made of one source or language, without being written out
    link: str = (
        "http://127.0.0.1:8000/"  # where `output` is served, ends in "/"; never part of an id
    )
    contact: str = ""
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"  # whose days are shown to people: a name of IANA's database
    output: Path = Path("public")  # absolute: the folder of this feed's documents
    formats: tuple[str, ...] = ("rss", "atom", "json", "opml", "html")  # also "fragment"
    names: Mapping[str, str] = {}  # format -> file name, e.g. {"rss": "rss20.xml"}
    limit: int = 100
    stay: timedelta = timedelta(
        hours=48
    )  # each post stays at least this long, beyond `limit` if need be
    sources: tuple[str, ...] = ()  # ids chosen; with tags and languages empty too: all
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # posts in these languages only ("pt" also takes "pt-BR")
    filter: Filter = Filter()
    hub: str = ""  # WebSub
    archives: bool = True  # RFC 5005
    gzip: bool = False  # .gz twins
    pages: Literal["excerpt", "full", "none"] = "excerpt"
    index: bool = False  # may search engines index the pages?
    templates: Path | None = None  # a folder whose templates override ours one by one
    podcast: bool = False  # True: the merged feed may be listed by podcast directories
    related_on_pages: int = 20


class Config(Struct, frozen=True):
    """feeds.toml, whole."""

    path: Path
    state: Path
    feeds: tuple[Feed, ...]  # the main feed first
    sources: tuple[Source, ...]
    fetch: FetchSettings = FetchSettings()
    keep: timedelta = timedelta(days=730)  # bodies older than this are dropped; identities never
    id: str = ""  # `[feed] id`, where the operator sets it
    per_language: bool = False  # also a feed for each language that posts are in
