"""A frozen dataclass <-> JSON without what equals its default. For what no query asks for.

Old rows must be readable for ever: an unknown name is ignored, a missing one takes its default, so a field
can come and go in `model` without a migration as long as it has a default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypedDict, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Coder = Callable[[Any], Any]


# One encoder for all: json.dumps() makes a new one for every call that asks for anything.
dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack(value: object, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the fields of a dataclass that differ from their defaults, as JSON data."""
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
    hints = get_type_hints(kind)
    plan = tuple((f.name, _default(f), _encoder(hints[f.name])) for f in fields(kind) if f.name not in without)
    return plan, attrgetter(*(name for name, _, _ in plan))


def _default(f: Field[Any]) -> object:
    if f.default is not MISSING:
        return f.default
    return f.default_factory() if f.default_factory is not MISSING else MISSING


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
    return pack if hasattr(hint, "__dataclass_fields__") else None


def encode(data: object) -> str:
    """Return JSON data as text, many times as fast as `dumps`; it can hold no lone surrogate."""
    text: str = _encode()(data).decode()
    return text


def read(kind: type[T], text: str) -> T:
    """Return the dataclass, or the list of dataclasses, that a text holds."""
    value: T = _decoder(cast(Hashable, kind))(text)
    return value


def read_fields(kind: type, text: str) -> dict[str, Any]:
    """Return the fields of a dataclass that a text holds, for one whose other fields stand elsewhere."""
    found: dict[str, Any] = _decoder(_some(kind))(text)
    return found


# msgspec takes 10 ms to load, which a run in which nothing is due does not pay.
@cache
def _encode() -> Callable[[object], bytes]:
    import msgspec

    return msgspec.json.Encoder().encode


@cache
def _decoder(kind: Hashable) -> Coder:
    import msgspec

    return msgspec.json.Decoder(kind, strict=False).decode  # times are numbers


@cache
def _some(kind: Hashable) -> Hashable:
    hints = get_type_hints(kind)
    return TypedDict("Some", hints, total=False)  # type: ignore[operator, no-any-return]


def moment(seconds: float) -> datetime:
    """Return the aware UTC time of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    """Return the aware UTC time of seconds since 1970, None for none."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def seconds_or_none(time: datetime | None) -> float | None:
    """Return seconds since 1970, None for none."""
    return None if time is None else time.timestamp()
