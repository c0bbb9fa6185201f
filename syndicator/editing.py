"""Changes of feeds.toml by command, which keep its comments and its order.

The only module that imports tomlkit: it takes a while, and a run needs none of it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AoT

from syndicator import config
from syndicator.config.words import source_meant
from syndicator.errors import ConfigError, UsageError
from syndicator.model.settings import Source
from syndicator.urls import redacted


def add_sources(path: Path, tables: Sequence[Mapping[str, Any]]) -> None:
    """Append `[[sources]]` tables. Raises ConfigError if the file would be wrong with them."""
    with _edited(path) as document:
        if "sources" not in document:
            document.append("sources", tomlkit.aot())
        sources: Any = document["sources"]
        for values in tables:
            table = tomlkit.table() if isinstance(sources, AoT) else tomlkit.inline_table()
            for name, value in values.items():
                table.add(name, value)
            if isinstance(sources, AoT):
                table.trivia.indent = "\n" if len(sources) or len(document) > 1 else ""
            sources.append(table)


def remove_source(path: Path, name: str) -> Source:
    """Take a source out of the file; return it. Raises UsageError if none has the name."""
    source, index = _find(path, name)
    with _edited(path) as document:
        _tables(document).pop(index)
    return source


def rename_source(path: Path, name: str, new: str) -> Source:
    """Give a source another name for people; its id stays, and with it its posts."""
    source, index = _find(path, name)
    with _edited(path) as document:
        table = _tables(document)[index]
        table["name"] = new
        table.pop("title", None)  # the other word for it
        if "id" not in table:
            table["id"] = source.id
    return source


def pause_source(path: Path, name: str, *, paused: bool) -> Source:
    """Have a source asked no more, or again; return it as it was."""
    source, index = _find(path, name)
    with _edited(path) as document:
        table = _tables(document)[index]
        if paused:
            table["paused"] = True
        else:
            table.pop("paused", None)
    return source


def _find(path: Path, name: str) -> tuple[Source, int]:
    """Return a source and its place in the file, by id, name or address."""
    sources = config.load(path).sources
    for index, source in enumerate(sources):
        if name in (source.id, source.name, source.url) and name:
            return source, index
    names = [source.name or source.id for source in sources]
    raise UsageError(
        f'no source is named "{redacted(name)}" in {path}; {source_meant(name, names)}'
    )


def _tables(document: tomlkit.TOMLDocument) -> Any:  # noqa: ANN401  a list of tables of either kind
    return document["sources"]


@contextmanager
def _edited(path: Path) -> Iterator[tomlkit.TOMLDocument]:
    """Yield the document to change; write it as a whole, or leave the file as it was.

    Raises ConfigError where the result would be wrong.
    """
    path = path.resolve()
    document = tomlkit.parse(path.read_text("utf-8-sig"))
    yield document
    number, name = tempfile.mkstemp(prefix=".feeds-", suffix=".toml", dir=path.parent)
    draft = Path(name)
    try:
        with open(number, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123  by number
            file.write(tomlkit.dumps(document))
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, draft)
        try:
            config.load(draft)
        except ConfigError as error:
            raise ConfigError(str(error).replace(str(draft), str(path))) from None
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
