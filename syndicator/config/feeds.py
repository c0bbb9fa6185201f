"""`[feed]` and `[[feeds]]` -> Feed: a selection of posts and its folder.

A `[[feeds]]` table inherits `[feed]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from syndicator.config.kinds import SITE_FILES, Surroundings
from syndicator.config.schema import table_keys
from syndicator.config.table import Table
from syndicator.config.words import source_meant
from syndicator.formats import file_name
from syndicator.model.settings import Feed, Per, Source


def read_other_feed(table: Table, main: Feed, around: Surroundings) -> Feed:
    """Read one `[[feeds]]` table. Mistakes are noted in the table."""
    name = table.values.get("name", "")
    if name and isinstance(name, str):
        table.name = f'[[feeds]] "{name}"'  # as complaints name it from here on
    elif not name:
        table.missing("name", "letters, digits, dots and hyphens, for its folder")
    values = table.read(table_keys("feeds"), main, around)
    name = values.get("name", "")
    return made_feed(table, values, replace(sub_feed(main, name, name), description=""))


def made_feed(table: Table, values: dict[str, Any], base: Feed) -> Feed:
    """Return a feed: `base` with the values of a table put in. Mistakes are noted."""
    if not values.get("title"):
        values.pop("title", None)
    values["names"] = {**base.names, **values.get("names", {})}
    feed = replace(base, **values)
    files: dict[str, str] = {}
    for kind in dict.fromkeys(feed.formats):
        name = file_name(feed, kind)
        if (other := files.setdefault(name.casefold(), kind)) != kind:
            what = f'"{other}" and "{kind}" have one file name, "{name}"'
            table.fail("names", f"{what}; each needs its own")
    return feed


def sub_feed(
    main: Feed, name: str, title: str, *, per: Per = "", **selection: tuple[str, ...]
) -> Feed:
    """Return a feed like the main one, in a folder of its own, with a selection of its posts.

    `selection`: sources, tags or languages, as Feed has them. A feed of one language speaks it.
    """
    selected: dict[str, Any] = dict(selection)
    if per == "language":
        (selected["language"],) = selection["languages"]
    return replace(
        main,
        name=name,
        per=per,
        search=main.search and not per,
        title=f"{main.title}: {title}",
        output=main.output / name,
        link=f"{main.link}{name}/",
        **selected,
    )


def feeds_by_source(sources: Sequence[Source], main: Feed) -> list[Feed]:
    """Make a feed of each source that may be published, in by-source/."""
    feeds, taken = [], set[str]()
    for source in sources:
        # Sources that are not published take a name, too: to publish one must not rename another's.
        slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"^https?://", "", source.id.lower())).strip("-")
        name = f"by-source/{slug}"
        # By the id, not by a count: another order in the file must not swap two feeds.
        if not slug or name in taken:
            digest = blake2b(source.id.encode(), digest_size=3).hexdigest()
            name = f"by-source/{slug or 'source'}-{digest}"
        taken.add(name)
        if source.publish:
            title = source.name or source.id
            feeds.append(sub_feed(main, name, title, per="source", sources=(source.id,)))
    return feeds


def feeds_by_language(main: Feed, names: Mapping[str, str]) -> list[Feed]:
    """Make a feed of each language, in by-language/; `names` has their names by their tags."""
    return [
        sub_feed(main, f"by-language/{tag}", name, per="language", languages=(tag,))
        for tag, name in names.items()
    ]


def check_feeds(
    feeds: Sequence[Feed], tables: Sequence[Table], sources: Sequence[Source], *, closed: bool
) -> None:
    """Note unknown sources and tags, and feeds that share a folder.

    `closed`: no list that is followed may bring other sources and tags.
    """
    ids = {source.id for source in sources}
    tags = set[str]().union(*(source.tags for source in sources))
    folders: dict[Path, tuple[Feed, Table]] = {}
    for feed, table in zip(feeds, tables, strict=True):
        for key, wanted, known in (("sources", feed.sources, ids), ("tags", feed.tags, tags)):
            for word in wanted:
                if closed and word not in known:
                    table.fail(key, f'no source has "{word}"; {source_meant(word, sorted(known))}')
        folder = feed.output.resolve()
        if folder in folders:
            other = folders[folder][1].name
            table.fail("output", f"is the folder of {other} too; each feed needs its own")
        folders[folder] = feed, table
    for folder, (feed, table) in folders.items():
        for above in folder.parents:
            if above in folders:
                word = folder.relative_to(above).parts[0]
                _check_below(feed, table, folders[above][0], word)


def _check_below(feed: Feed, table: Table, other: Feed, word: str) -> None:
    """Note that a feed's folder is, or lies below, a file or folder of another feed."""
    files = {file_name(other, kind).casefold() for kind in other.formats}
    if word.casefold() in files or SITE_FILES.fullmatch(word.casefold()):
        key = "output" if "output" in table.values or not feed.name else "name"
        what = f'"{word}" in {other.output} is where the feed there has pages or files of its own'
        table.fail(key, f"{what}; choose another")
