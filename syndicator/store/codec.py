"""Structs <-> JSON without default values, for the columns that no query searches.

Old rows must be readable for ever: an unknown name is ignored, a missing one takes its default.
So a field can come and go in `model` without a migration as long as it has a default.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence, Set
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypedDict, TypeVar, cast

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from syndicator.errors import StoreError

T = TypeVar("T")
N = TypeVar("N", bound=Struct)

_encode = msgspec.json.Encoder().encode


def encode(value: object) -> str:
    """Return a noun, or plain data, as JSON.

    A noun's fields that equal their defaults are left out.

    It can hold no lone surrogate (msgspec raises UnicodeEncodeError, as SQLite would).
    """
    return _encode(value).decode()


def fields_of(value: Struct, without: Set[str]) -> dict[str, Any]:
    """Return as JSON data the fields of a noun that differ from their defaults, but for some."""
    data: dict[str, Any] = msgspec.to_builtins(value)
    for name in without & data.keys():
        del data[name]
    return data


def read(kind: type[T], text: str | bytes) -> T:
    """Return the noun, or the list of nouns, that a text holds. Raises StoreError for damage."""
    try:
        value: T = _decoder(cast(Hashable, kind))(text)
    except (msgspec.MsgspecError, UnicodeError, TypeError) as error:
        raise _damaged(kind, error) from error
    return value


def _damaged(kind: object, error: Exception) -> StoreError:
    what = getattr(kind, "__name__", kind)
    return StoreError(
        f"the state file is damaged: a row holds no {what} ({error}); put a copy of it from a "
        "backup in its place, or move it away to start anew"
    )


def read_fields(kind: type[Struct], text: str) -> dict[str, Any]:
    """Return the fields of a noun that a text holds, for one whose other fields stand elsewhere."""
    return cast(dict[str, Any], read(_some(kind), text))


@cache
def _decoder(kind: Hashable) -> Callable[[str | bytes], Any]:
    return msgspec.json.Decoder(kind, strict=False).decode


@cache
def _some(kind: type[Struct]) -> Any:  # noqa: ANN401 - a type made here
    return TypedDict("Some", {f.name: f.type for f in fields(kind)}, total=False)  # type: ignore[operator]


def noun(kind: type[N], row: Sequence[object]) -> N:
    """Return the noun of a row with a column for each field; dates are seconds since 1970.

    Raises StoreError for damage.
    """
    fields_of_row = dict(zip(kind.__struct_fields__, row, strict=True))
    try:
        return msgspec.convert(fields_of_row, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _damaged(kind, error) from error


def moment(seconds: float) -> datetime:
    """Return the aware UTC time of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    """Return the aware UTC time of seconds since 1970, None for none."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def seconds_or_none(time: datetime | None) -> float | None:
    """Return seconds since 1970, None for none."""
    return None if time is None else time.timestamp()
