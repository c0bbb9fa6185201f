"""Another program's list of feeds -> the `[[sources]]` tables that a configuration does not have yet.

For who moves here from a planet or a reader. What is printed must be a configuration that can be
read, and may be appended twice: so feeds are compared as the configuration compares its own, and
each table is read here first.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from syndicator import config, urls
from syndicator.errors import ConfigError, UsageError
from syndicator.importers.lists import heading, read
from syndicator.importers.subscription import (
    Heading,
    Subscription,
    account,
    filter_values,
    values,
)
from syndicator.model.settings import Filter
from syndicator.parser.encodings import to_utf8  # lists are in as many encodings as feeds
from syndicator.quantities import counted
from syndicator.starter import toml

__all__ = ["ImportResult", "Subscription", "import_list", "read", "tables"]

# What a configuration must begin with; the shell has made an empty file by the time that `>>
# feeds.toml` reaches us.
_TITLE = 'title = "My planet"  # the name of what you publish: put in yours'


class ImportResult(Struct, frozen=True):
    """The new sources of a list: text to append to the configuration, and lines for a person."""

    text: str
    remarks: tuple[str, ...]


def import_list(file: str, configuration: Path | str = "feeds.toml") -> ImportResult:
    """Return the feeds of a list that the configuration does not have.

    A configuration that is missing or says nothing yet is begun with a `[feed]` table: the
    planet's, where the list is one's. Raises UsageError for what is no list, ConfigError for a
    configuration that can't be read.
    """
    configuration, text = Path(configuration), _text(file)
    feeds, remarks = read(text, file)
    begun = not _is_blank(configuration)
    known = config.load(configuration).sources if begun else ()
    places = {
        (urls.place(source.url or str(source.path)), name)
        for source in known
        for name in ("", ":".join(source.auth or ()))
    }
    new = [feed for feed in feeds if (urls.place(feed.url), account(feed.url)) not in places]
    shared = Filter() if begun else _shared_filter(new)
    if shared != Filter():
        new = [replace(feed, filter=Filter()) for feed in new]
    written, refused = tables(new, (name for source in known for name in (source.id, source.name)))
    head, titled = ([], []) if begun or not written else _begun(heading(text, file), shared)
    there = f", {len(feeds) - len(new)} there already" if len(new) < len(feeds) else ""
    return ImportResult(
        "".join(f"\n{table}\n" for table in (*head, *written)),
        (f"{counted(len(written), 'new source')}{there}", *titled, *remarks, *refused),
    )


def _shared_filter(feeds: Sequence[Subscription]) -> Filter:
    """Return the filter that all feeds of a planet have: it is written once, in `[feed.filter]`."""
    first = feeds[0].filter if len(feeds) > 1 else Filter()
    return first if all(feed.filter == first for feed in feeds) else Filter()


def _begun(said: Heading, shared: Filter) -> tuple[list[str], list[str]]:
    """Return the `[feed]` table that a configuration begins with (a list of one), and lines about it."""
    title, hint = _TITLE, ": put your title in"
    if said.title:
        title, hint = f"title = {_written(said.title)}", ", with the title that the list has"
    lines, remarks = ["[feed]", title], [f"a [feed] table is printed first{hint}"]
    settings = {
        "link": said.link,
        "contact": said.contact,
        "id": said.id,
        "names": said.names,
        "limit": said.limit,
        "join": said.join,
    }
    for key, value in settings.items():
        if not value:
            continue
        try:
            config.check_feed({"title": "any", key: value}, "the list", "[Planet]")
        except ConfigError as error:
            remarks.append(f"not taken over: {error}")
        else:
            lines.append(f"{key} = {_written(value)}")
    if shared != Filter():
        lines += ["", "[feed.filter]"]
        lines += [f"{kind} = {_written(rules)}" for kind, rules in filter_values(shared).items()]
    return ["\n".join(lines)], remarks


def tables(feeds: Iterable[Subscription], taken: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """Return a `[[sources]]` table for each feed, and a line about each that would be none.

    A name is left out where another source, or one of `taken`, has it; two that go by one id get
    ids of their own.
    """
    ids, written, refused = set(taken), list[str](), list[str]()
    for feed in feeds:
        table = values(feed, ids)
        try:
            source = config.source_of(table, "the list")
        except ConfigError as error:
            refused.append(f"left out: {error}")
            continue
        # Private sources are known by their addresses without secrets, which may be alike.
        if source.id in ids:
            table["id"] = next(
                name for number in count(2) if (name := f"{source.id}, {number}") not in ids
            )
        ids |= {table.get("id", source.id), source.name}
        written.append(
            "\n".join(
                ["[[sources]]", *(f"{key} = {_written(value)}" for key, value in table.items())]
            )
        )
    return written, refused


def _text(file: str) -> str:
    """Read the list. Raises UsageError, which says why it can't be read."""
    if file == "-":
        return to_utf8(sys.stdin.buffer.read())[0].decode()
    if "://" in file:
        address = urls.redacted(file)
        raise UsageError(f"{address}: is an address, and import takes a file: download it first")
    try:
        return to_utf8(Path(file).read_bytes())[0].decode()
    except FileNotFoundError:
        raise UsageError(f"{file}: there is no such file") from None
    except OSError as error:
        raise UsageError(f"{file}: can't be read ({error.strerror})") from None


def _is_blank(configuration: Path) -> bool:
    """Tell whether a configuration is missing or says nothing.

    One that can't be read is for `config` to judge.
    """
    try:
        return not tomllib.loads(configuration.read_text("utf-8-sig"))
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False


def _written(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_written(part)}' for key, part in value.items())} }}"
    return toml(value)
