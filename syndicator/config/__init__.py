"""feeds.toml -> Config: every value typed, every default filled in, all mistakes named in one go.

A source and a `[[feeds]]` table inherit here, so that no later step looks up twice. The schema are
the structs of `model.settings`, where its docstring tells how to add a setting.
"""

from __future__ import annotations

import os
import tomllib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from syndicator import urls
from syndicator.config.feeds import (
    check_feeds,
    feeds_by_language,
    feeds_by_source,
    made_feed,
    read_other_feed,
    sub_feed,
)
from syndicator.config.kinds import Surroundings
from syndicator.config.schema import keys, table_keys
from syndicator.config.sources import check_doubles, read_list, read_source
from syndicator.config.table import Complaints, Table
from syndicator.errors import ConfigError
from syndicator.model.settings import (
    AttributionSettings,
    Config,
    Feed,
    FetchSettings,
    MetricsSettings,
    RelatedSettings,
    RunSettings,
    Source,
)
from syndicator.version import __version__

__all__ = [
    "check_feed",
    "feeds_by_language",
    "load",
    "place",
    "source_of",
    "sub_feed",
    "with_listed",
]

_SOURCES = "write [[sources]], in double brackets, once for each source"
_LISTS = "write [[lists]], in double brackets, once for each list"
_FEEDS = (
    "write [feed] for the one feed that you publish; [[feeds]], in double brackets, are more of "
    "them"
)


def load(path: Path | str = "feeds.toml", environment: Mapping[str, str] = os.environ) -> Config:
    """Read feeds.toml.

    `environment` gives the values of `${NAME}`. Raises ConfigError, which names file, table and key
    of each mistake: unknown keys, wrong types and values, and what stands twice.
    """
    path = Path(path)
    try:
        document = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: can't be read as TOML: {error}") from error
    complaints = Complaints(str(path))
    config = _config(path, Table(complaints, "the top level", document), complaints, environment)
    complaints.check()
    return config


def source_of(
    values: Mapping[str, Any], where: str, *, base: Source | None = None, home: Path | None = None
) -> Source:
    """Return the source of one table that stands in no file.

    `where` is what complaints call its place. Raises ConfigError.
    """
    complaints = Complaints(where)
    table = Table(complaints, "[[sources]]", values)
    source = read_source(table, base or Source(id="", url=""), Surroundings(home or Path(), {}))
    complaints.check()
    return source


def with_listed(config: Config, listed: Mapping[str, Sequence[Source]]) -> Config:
    """Return a configuration with the sources of its lists, by the id of each list.

    A source that feeds.toml has itself wins, and so does the first of two lists.
    """
    sources = [source for source in config.sources if not source.followed]
    taken = {name for source in sources for name in (source.id, place(source))}
    for followed in config.lists:
        for source in listed.get(followed.url, ()):
            if taken.isdisjoint((source.id, place(source))):
                newcomers = "publish" if followed.trust else "hold"
                sources.append(structs.replace(source, followed=followed.url, newcomers=newcomers))
                taken |= {source.id, place(source)}
    feeds = config.feeds
    if config.per_source:
        written = [feed for feed in feeds if feed.per != "source"]
        feeds = (*written, *feeds_by_source(sources, feeds[0]))
    return structs.replace(config, sources=tuple(sources), feeds=feeds)


def place(source: Source) -> str:
    """Return the form in which two sources are one feed, whatever their scheme and closing slash."""
    return f"{urls.place(source.url)}{source.path or ''} {':'.join(source.auth or ())}"


def check_feed(values: Mapping[str, Any], where: str, name: str = "[feed]") -> None:
    """Read the values of a `[feed]` table that stands in no file. Raises ConfigError."""
    complaints = Complaints(where)
    table = Table(complaints, name, values)
    table.read(table_keys("feed"), Feed(title=""), Surroundings(Path(), {}))
    complaints.check()


def with_executor(config: Config, address: str) -> Config:
    """Return a configuration with another `[run] executor`. Raises ConfigError."""
    complaints = Complaints("--executor")
    table = Table(complaints, "[run]", {"executor": address})
    run = table.struct(config.run, Surroundings(config.path.parent, {}))
    complaints.check()
    return structs.replace(config, run=run)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")  # editors of Windows put a byte order mark first
    except FileNotFoundError:
        what = "say with -c where the configuration is, or make one with `syndicator init`"
        raise ConfigError(f"{path}: no such file; {what}") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        if error.object.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            raise ConfigError(f"{path}: is in UTF-16; save the file as UTF-8") from None
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8; save the file as UTF-8") from None


def _config(
    path: Path, top: Table, complaints: Complaints, environment: Mapping[str, str]
) -> Config:
    """Read all tables in the order of need: sources inherit of `[feed]` and `[fetch]`."""
    home = path.resolve().parent
    around = Surroundings(home, environment)
    feed_table, fetch_table = top.section("feed"), top.section("fetch")
    source_tables = top.sections("sources", _SOURCES)
    feed_tables = top.sections("feeds", _FEEDS)
    list_tables = top.sections("lists", _LISTS)
    top.only()
    unset = Feed(title="", output=home / "public")
    in_feed = feed_table.read(table_keys("feed"), unset, around)
    if not in_feed.get("title") and isinstance(feed_table.values.get("title", ""), str):
        feed_table.missing("title", "the name of the feed that you publish")
    main = made_feed(feed_table, _part(in_feed, Feed), unset)
    in_fetch = fetch_table.read(table_keys("fetch"), FetchSettings(), around)
    inherited = {**in_feed, **in_fetch}
    base = Source(
        id="",
        url="",
        fallback=main.language,
        attribution=top.section("attribution").struct(AttributionSettings(), around),
        related=top.section("related").struct(RelatedSettings(), around),
        **{name: inherited[name] for name in _FOR_ALL if name in inherited},
    )
    sources = tuple(read_source(table, base, around) for table in source_tables)
    feeds = (main, *(read_other_feed(table, main, around) for table in feed_tables))
    complaints.check()  # before what only makes sense of tables that are right
    config = Config(
        path=path,
        feeds=feeds,
        sources=sources,
        run=top.section("run").struct(RunSettings(), around),
        lists=tuple(read_list(table, base, around) for table in list_tables),
        base=base,
        metrics=top.section("metrics").struct(MetricsSettings(), around),
        fetch=FetchSettings(
            user_agent=f"syndicator/{__version__}" + (main.contact and f" (+{main.contact})"),
            **_part(in_fetch, FetchSettings),
        ),
        **{"state": home / "syndicator.db", **_part(in_feed, Config)},
    )
    check_doubles(sources, source_tables)
    check_feeds(feeds, [feed_table, *feed_tables], sources, closed=not list_tables)
    _check_state(feed_table, config)
    if config.per_source:
        config = structs.replace(config, feeds=(*feeds, *feeds_by_source(sources, main)))
    return config


# The keys of a source that stand in `[feed]` or `[fetch]`, for all of them.
_FOR_ALL = [key.name for key in keys(Source).values() if key.table]


def _part(values: Mapping[str, Any], struct: type[Struct]) -> dict[str, Any]:
    """Return those of a table's values that are of one struct."""
    return {name: value for name, value in values.items() if name in keys(struct)}


def _check_state(table: Table, config: Config) -> None:
    """Note a state file in a folder that is published: anyone could fetch all that is in it."""
    state = config.state.resolve()
    for feed in config.feeds:
        if state.is_relative_to(feed.output.resolve()):
            written = table.values.get("state", config.state.name)
            what = f"{written!r} lies in the published folder {feed.output}"
            table.fail("state", f"{what}; put it elsewhere")
            return
