"""feeds.toml -> Config: every value typed, every default filled in, every mistake named.

What a source or a `[[feeds]]` table does not say, it inherits here, so that no later step looks up twice.
"""

from __future__ import annotations

import os
import tomllib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from syndicator import __version__
from syndicator.config.feeds import (
    check_feeds,
    feeds_by_source,
    read_main_feed,
    read_other_feed,
    sub_feed,
)
from syndicator.config.keys import HEADS
from syndicator.config.pieces import read_attribution, read_related, read_uri
from syndicator.config.sources import check_doubles, read_source
from syndicator.config.tables import Table
from syndicator.errors import ConfigError
from syndicator.model.settings import (
    AttributionSettings,
    Config,
    Feed,
    FetchSettings,
    RelatedSettings,
    Source,
)

__all__ = ["load", "sub_feed"]

_SOURCES = "write [[sources]], in double brackets, once for each source"
_FEEDS = "write [feed] for the one feed that you publish; [[feeds]], in double brackets, are more of them"


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Read feeds.toml.

    `environment` gives the values of `${NAME}`. Raises ConfigError, which names file, table and key, for
    what can't be read, is not known, has a wrong type or stands twice.
    """
    try:
        document = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: can't be read as TOML: {error}") from error
    return _config(path, Table(str(path), "the top level", document), environment)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")  # editors of Windows put a byte order mark first
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; say with -c where the configuration is") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        if error.object.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            raise ConfigError(f"{path}: is in UTF-16; save the file as UTF-8") from None
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8; save the file as UTF-8") from None


def _config(path: Path, top: Table, environment: Mapping[str, str]) -> Config:
    """Read all tables, in the order of need: sources inherit of `[feed]` and `[fetch]`, feeds choose among sources."""
    home = path.resolve().parent
    feed_table, fetch_table, attribution, related = map(
        top.section, ("feed", "fetch", "attribution", "related")
    )
    source_tables, feed_tables = top.sections("sources", _SOURCES), top.sections("feeds", _FEEDS)
    top.done(
        HEADS
    )  # first: the title that stands above [feed] is told of, not that one is missing there
    main = read_main_feed(feed_table, home)
    base = Source(
        id="",
        url="",
        fallback=main.language,
        interval=fetch_table.duration("interval", timedelta(hours=1)),
        timeout=fetch_table.duration(
            "timeout", timedelta(seconds=30), least=timedelta(milliseconds=100)
        ),
        join=feed_table.count("join", 3),
        attribution=read_attribution(attribution, AttributionSettings()),
        related=read_related(related, RelatedSettings()),
    )
    sources = tuple(read_source(table, base, home, environment) for table in source_tables)
    written = [main, *(read_other_feed(table, main, home) for table in feed_tables)]
    check_doubles(sources, source_tables)
    check_feeds(written, [feed_table, *feed_tables], sources)
    by_source = (
        feeds_by_source(sources, main) if feed_table.get("per_source", bool, default=False) else []
    )
    config = Config(
        path=path,
        state=_state(feed_table, home, written),
        feeds=(*written, *by_source),
        sources=sources,
        fetch=_fetch(fetch_table, main.contact),
        keep=feed_table.duration("keep", timedelta(days=730)),
        id=read_uri(feed_table, "id"),
        per_language=feed_table.get("per_language", bool, default=False),
    )
    for table in (feed_table, fetch_table):  # last, since several readers ask of them
        table.done()
    return config


def _state(table: Table, home: Path, feeds: list[Feed]) -> Path:
    """Return where the state file is: never in a folder that is published, or anyone could fetch all that is in it."""
    state = table.get("state", str, "syndicator.db")
    if not state:
        table.fail("state", "must be the path of a file")
    for feed in feeds:
        if (home / state).resolve().is_relative_to(feed.output.resolve()):
            table.fail(
                "state", f"{state!r} lies in the published folder {feed.output}; put it elsewhere"
            )
    return home / state


def _fetch(table: Table, contact: str) -> FetchSettings:
    default = FetchSettings()
    scopes: Any = ("host", "source")
    return FetchSettings(
        jobs=table.count("jobs", default.jobs, least=1),
        per_host=table.count("per_host", default.per_host, least=1),
        delay=table.duration("delay", default.delay),
        max_bytes=table.size("max_bytes", default.max_bytes),
        max_decoded_bytes=table.size("max_decoded_bytes", default.max_decoded_bytes),
        max_interval=table.duration("max_interval", default.max_interval),
        backoff_scope=table.choice("backoff_scope", default.backoff_scope, scopes),
        alert_after=table.duration("alert_after", default.alert_after),
        alert_runs=table.count("alert_runs", default.alert_runs, least=1),
        user_agent=f"syndicator/{__version__}" + (f" (+{contact})" if contact else ""),
    )
