"""What the nouns are made with: the mark of a setting, and a struct that keeps fields out of logs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar

from msgspec import Struct, structs


class RedactedRepr(Struct, frozen=True):
    """A struct with a repr that leaves out the fields in `repr_exclude`.

    An address or a header may be a secret, and a body is long.
    """

    repr_exclude: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        """Return the name of the class and all fields but the excluded ones."""
        shown = [name for name in self.__struct_fields__ if name not in self.repr_exclude]
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__name__}({fields})"


class Key(Struct, frozen=True):
    """The mark that makes a field a key of feeds.toml.

    `config.schema` fills in the last three from the field.
    """

    meaning: str  # as the documentation says it
    kind: str = ""  # the reader, in `config/kinds.py`; "": that of the type
    least: int | timedelta | None = None  # the smallest value
    unset: str = ""  # the default in words, where the value does not say it
    table: str = ""  # a table of the top level that has the key too, for all sources or feeds
    on_pages: bool = False  # pages show it, so they are made again when it changes
    name: str = ""
    type: Any = None  # as msgspec converts to it
    default: Any = None  # NODEFAULT: the key is required


@cache
def _fields_on_pages(struct: type[Struct]) -> list[str]:
    shown = []
    for field in structs.fields(struct):
        metas = getattr(field.type, "__metadata__", ())
        shown += [field.name for meta in metas if meta.on_pages]
    return shown


def settings_on_pages(feed: Struct) -> tuple[object, ...]:
    """Return the settings that pages show, as plain data, for the digests of pages."""
    values = (getattr(feed, name) for name in _fields_on_pages(type(feed)))
    return tuple(sorted(value.items()) if isinstance(value, Mapping) else value for value in values)
