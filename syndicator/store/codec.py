"""A frozen dataclass <-> plain JSON data, without what equals its default. For what no query asks for.

Old rows must be readable for ever: an unknown name is ignored, a missing one takes its default, so a field
can come and go in `model` without a migration as long as it has a default.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime, timedelta
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Coder = Callable[[Any], Any]


# One encoder for all: json.dumps() makes a new one for every call that asks for anything.
dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack(value: object, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the fields of a dataclass that differ from their defaults, as JSON data."""
    packed = {}
    for name, default, encode, _ in _plan(value.__class__):
        part = getattr(value, name)
        # Most fields hold the very object that is their default.
        if part is not default and name not in without and part != default:
            packed[name] = encode(part) if encode else part
    return packed


def unpack(kind: type[T], data: dict[str, Any], **more: Any) -> T:  # noqa: ANN401
    """Return the dataclass from what `pack` gave; `more` are fields that stand elsewhere."""
    for name, _, _, decode in _plan(kind):
        if name in data:
            more[name] = decode(data[name]) if decode else data[name]
    return kind(**more)


Plan = tuple[tuple[str, object, Coder | None, Coder | None], ...]
_PLANS: dict[type, Plan] = {}


def _plan(kind: type) -> Plan:
    """Return what to do with each field: its name, its default, how to write and how to read it (None: as it is)."""
    if kind not in _PLANS:
        hints = get_type_hints(kind)
        _PLANS[kind] = tuple((f.name, _default(f), *_coders(hints[f.name])) for f in fields(kind))
    return _PLANS[kind]


def _default(f: Field[Any]) -> object:
    if f.default is not MISSING:
        return f.default
    return f.default_factory() if f.default_factory is not MISSING else MISSING


def _coders(hint: Any) -> tuple[Coder | None, Coder | None]:  # noqa: ANN401
    origin = get_origin(hint)
    if origin in {Union, UnionType}:  # of something and None, and None is always a default
        return _coders(next(arg for arg in get_args(hint) if arg is not NoneType))
    if origin is tuple:
        return _tuple_coders(get_args(hint)[0])
    if hint is datetime:
        return datetime.timestamp, moment
    if hint is timedelta:
        return timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds)
    if hasattr(hint, "__dataclass_fields__"):
        return pack, lambda data: unpack(hint, data)
    return None, None


def _tuple_coders(item: Any) -> tuple[Coder | None, Coder | None]:  # noqa: ANN401
    encode, decode = _coders(item)
    return (
        (lambda value: [encode(part) for part in value]) if encode else list,
        (lambda data: tuple(decode(part) for part in data)) if decode else tuple,
    )


def moment(seconds: float) -> datetime:
    """Return the aware UTC time of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    """Return the aware UTC time of seconds since 1970, None for none."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def seconds_or_none(time: datetime | None) -> float | None:
    """Return seconds since 1970, None for none."""
    return None if time is None else time.timestamp()
