"""A noun <-> JSON without what equals its default. For what no query asks for.

Old rows must be readable for ever: an unknown name is ignored, a missing one takes its default, so a field
can come and go in `model` without a migration as long as it has a default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypedDict, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

T = TypeVar("T")
Coder = Callable[[Any], Any]


# One encoder for all: json.dumps() makes a new one for every call that asks for anything.
dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack(value: object, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the fields of a noun that differ from their defaults, as JSON data."""
    try:
        plan, parts = _PLANS[value.__class__, without]
    except KeyError:
        plan, parts = _PLANS[value.__class__, without] = _plan(value.__class__, without)
    return {
        name: encode(part) if encode else part
        for (name, default, encode), part in zip(plan, parts(value), strict=True)
        # Most fields hold the very object that is their default.
        if part is not default and (default is None or part != default)
    }


Plan = tuple[tuple[tuple[str, object, Coder | None], ...], Callable[[object], tuple[Any, ...]]]
_PLANS: dict[tuple[type, frozenset[str]], Plan] = {}


def _plan(kind: type, without: frozenset[str]) -> Plan:
    """Return name, default and encoder of each field (None: as it is), and what gets all their values at once."""
    plan = tuple(
        (f.name, _default(f), _encoder(f.type)) for f in fields(kind) if f.name not in without
    )
    return plan, attrgetter(*(name for name, _, _ in plan))


def _default(f: FieldInfo) -> object:
    return f.default if f.default_factory is NODEFAULT else f.default_factory()


def _encoder(hint: Any) -> Coder | None:  # noqa: ANN401
    origin = get_origin(hint)
    if origin in {Union, UnionType}:  # of something and None, and None is always a default
        return _encoder(next(arg for arg in get_args(hint) if arg is not NoneType))
    if origin is tuple:
        encode = _encoder(get_args(hint)[0])
        return (lambda value: [encode(part) for part in value]) if encode else list
    if hint is datetime:
        return datetime.timestamp
    if hint is timedelta:
        return timedelta.total_seconds
    return pack if isinstance(hint, type) and issubclass(hint, Struct) else None


_encode = msgspec.json.Encoder().encode


def encode(data: object) -> str:
    """Return JSON data as text, many times as fast as `dumps`; it can hold no lone surrogate."""
    return _encode(data).decode()


def read(kind: type[T], text: str) -> T:
    """Return the noun, or the list of nouns, that a text holds."""
    value: T = _decoder(cast(Hashable, kind))(text)
    return value


def read_fields(kind: type[Struct], text: str) -> dict[str, Any]:
    """Return the fields of a noun that a text holds, for one whose other fields stand elsewhere."""
    found: dict[str, Any] = _decoder(_some(kind))(text)
    return found


@cache
def _decoder(kind: Hashable) -> Coder:
    return msgspec.json.Decoder(kind, strict=False).decode  # times are numbers


@cache
def _some(kind: type[Struct]) -> Hashable:
    return TypedDict("Some", {f.name: f.type for f in fields(kind)}, total=False)  # type: ignore[operator, no-any-return]


def moment(seconds: float) -> datetime:
    """Return the aware UTC time of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    """Return the aware UTC time of seconds since 1970, None for none."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def seconds_or_none(time: datetime | None) -> float | None:
    """Return seconds since 1970, None for none."""
    return None if time is None else time.timestamp()
