"""`[feed]` and `[[feeds]]` -> Feed: what we publish, where and for whom. A `[[feeds]]` table inherits `[feed]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from syndicator.config.pieces import read_filter, read_language, read_timezone, read_web_address
from syndicator.config.tables import Table, did_you_mean, source_meant
from syndicator.formats import FORMATS
from syndicator.model.settings import Feed, Per, Source

# What a site has beside them (a test holds it): folders, pages, styles, compressed twins. Lower case, as disks fold it.
_TAKEN = re.compile(
    r"posts|sources|archive|by-source|by-language|sources\.html|style-[0-9a-f]+\.css|.*\.gz"
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # a folder's name, never a path
_FILE_NAME = re.compile(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*")  # never hidden, never a path
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+|(https?://|mailto:)\S+")


def read_main_feed(table: Table, home: Path) -> Feed:
    """Read `[feed]`; the caller reads the keys that are no feed's own. Raises ConfigError."""
    if not table.get("title", str, "").strip():
        table.missing("title", "the name of the feed that you publish")
    return _feed(table, Feed(title="", output=home / "public"), home)


def read_other_feed(table: Table, main: Feed, home: Path) -> Feed:
    """Read one `[[feeds]]` table. Raises ConfigError."""
    name = table.get("name", str, "")
    if not name:
        table.missing("name", "letters, digits, dots and hyphens, for its folder")
    if not _NAME.fullmatch(name):
        table.fail(
            "name", f"must be letters, digits, dots and hyphens, for its folder; not {name!r}"
        )
    table.name = f'[[feeds]] "{name}"'  # as complaints name it from here on
    feed = _feed(table, replace(sub_feed(main, name, name), description=""), home)
    table.done()
    return feed


def sub_feed(
    main: Feed, name: str, title: str, *, per: Per = "", **selection: tuple[str, ...]
) -> Feed:
    """Return a feed like the main one, in a folder of its own, with a selection of its posts.

    `selection`: sources, tags or languages, as Feed has them. One made of a language speaks it.
    """
    selected: dict[str, Any] = dict(selection)
    if per == "language":
        (selected["language"],) = selection["languages"]
    output, link = main.output / name, f"{main.link}{name}/"
    return replace(
        main,
        name=name,
        per=per,
        title=f"{main.title}: {title}",
        output=output,
        link=link,
        **selected,
    )


def feeds_by_source(sources: Sequence[Source], main: Feed) -> list[Feed]:
    """Make a feed of each source that may be published, in by-source/, without writing them out."""
    feeds, taken = [], set[str]()
    for source in sources:
        # Sources that are not published have a name taken, too: to publish one must not rename another's feed.
        slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"^https?://", "", source.id.lower())).strip("-")
        name = f"by-source/{slug}"
        if (
            not slug or name in taken
        ):  # by the id, not by a count: another order in the file must not swap two feeds
            name = f"by-source/{slug or 'source'}-{blake2b(source.id.encode(), digest_size=3).hexdigest()}"
        taken.add(name)
        if source.publish:
            feeds.append(
                sub_feed(main, name, source.name or source.id, per="source", sources=(source.id,))
            )
    return feeds


def check_feeds(feeds: Sequence[Feed], tables: Sequence[Table], sources: Sequence[Source]) -> None:
    """Raise ConfigError where a feed asks for what no source has, or two share a folder."""
    ids, tags = (
        {source.id for source in sources},
        {tag for source in sources for tag in source.tags},
    )
    folders: dict[Path, tuple[Feed, Table]] = {}
    for feed, table in zip(feeds, tables, strict=True):
        for key, wanted, known in (("sources", feed.sources, ids), ("tags", feed.tags, tags)):
            for word in wanted:
                if word not in known:
                    table.fail(key, f'no source has "{word}"; {source_meant(word, sorted(known))}')
        folder = feed.output.resolve()
        if folder in folders:
            table.fail(
                "output", f"is the folder of {folders[folder][1].name} too; each feed needs its own"
            )
        folders[folder] = feed, table
    for folder, (feed, table) in folders.items():
        for above in folder.parents:
            if above in folders:
                _check_below(feed, table, folders[above][0], folder.relative_to(above).parts[0])


def _check_below(feed: Feed, table: Table, other: Feed, word: str) -> None:
    """Raise ConfigError where a feed's folder is, or lies below, a file or folder that another has for itself."""
    files = {(other.names.get(kind) or FORMATS[kind].file).casefold() for kind in other.formats}
    if word.casefold() in files or _TAKEN.fullmatch(word.casefold()):
        key = "output" if table.has("output") or not feed.name else "name"
        what = f'"{word}" in {other.output} is where the feed there has pages or files of its own'
        table.fail(key, f"{what}; choose another")


def _feed(table: Table, base: Feed, home: Path) -> Feed:
    """Read what `[feed]` and `[[feeds]]` have in common; `base` is what the table inherits."""
    templates, output = table.get("templates", str, ""), table.get("output", str, "")
    feed = Feed(
        name=base.name,
        title=table.get("title", str, base.title).strip() or base.title,
        link=read_web_address(table, "link", base.link).rstrip("/")
        + "/",  # paths are put behind it
        contact=table.get("contact", str, base.contact).strip(),
        description=table.get("description", str, base.description),
        language=read_language(table, base.language),
        timezone=read_timezone(table, base.timezone),
        output=home / output if output else base.output,
        formats=table.strings("formats", base.formats),
        names={**base.names, **table.texts("names")},
        limit=table.count("limit", base.limit, least=1),
        stay=table.duration("stay", base.stay),
        sources=table.strings("sources", base.sources),
        tags=table.strings("tags", base.tags),
        languages=table.strings("languages", base.languages),
        filter=read_filter(table.table("filter"), base.filter),
        hub=read_web_address(table, "hub", base.hub),
        archives=table.get("archives", bool, base.archives),
        gzip=table.get("gzip", bool, base.gzip),
        pages=table.choice("pages", base.pages, ("excerpt", "full", "none")),
        index=table.get("index", bool, base.index),
        templates=home / templates if templates else base.templates,
        podcast=table.get("podcast", bool, base.podcast),
        related_on_pages=table.count("related_on_pages", base.related_on_pages),
    )
    _check(table, feed)
    return feed


def _check(table: Table, feed: Feed) -> None:
    if not feed.formats:
        table.fail("formats", f"must name at least one of {', '.join(FORMATS)}")
    for word in feed.formats:
        if word not in FORMATS:
            table.fail("formats", f'"{word}" is not known; {did_you_mean(word, [*FORMATS])}')
    for kind, name in feed.names.items():
        if kind not in FORMATS:
            table.fail(f"names.{kind}", f"is not known; {did_you_mean(kind, [*FORMATS])}")
        if not _FILE_NAME.fullmatch(name):
            table.fail(f"names.{kind}", f"must be a plain file name, not {name!r}")
        if _TAKEN.fullmatch(name.casefold()):
            table.fail(
                f"names.{kind}",
                f'"{name}" is where the site has pages or files of its own; choose another',
            )
    files: dict[str, str] = {}
    for kind in dict.fromkeys(feed.formats):
        name = feed.names.get(kind) or FORMATS[kind].file
        if (folded := name.casefold()) in files:
            table.fail(
                "names",
                f'"{files[folded]}" and "{kind}" have one file name, "{name}"; each needs its own',
            )
        files[folded] = kind
    if feed.templates and not feed.templates.is_dir():
        table.fail("templates", f"no such folder: {feed.templates}")
    if feed.contact and not _CONTACT.fullmatch(feed.contact):
        table.fail("contact", f"must be a mail address or a URL, not {feed.contact!r}")
