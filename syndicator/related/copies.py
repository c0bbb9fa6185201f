"""Two posts' digests -> do they tell the same in the same words? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syndicator.model import Trace

NEAR = 0.8  # of the pieces of two texts: what an editor's touch leaves the same


def same(one: Trace, other: Trace, *, near: bool = True) -> bool:
    """Tell whether two posts are copies: the same text, or (`near`) nearly the same; without texts, the same title."""
    if one.text and one.text == other.text:
        return True
    if not (one.text or other.text):
        return bool(one.title) and one.title == other.title
    return near and likeness(one.sketch, other.sketch) >= NEAR


def likeness(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Estimate how much of two sketched texts is the same, 0 to 1 (bottom-k min-hash)."""
    if not one or not other:
        return 0.0
    size = max(len(one), len(other))
    union = sorted({*one, *other})[:size]
    return len(set(union) & set(one) & set(other)) / len(union)


def without(numbers: Iterable[int], traces: Mapping[int, Trace], own: Trace | None) -> list[int]:
    """Return the posts that are copies neither of `own` nor of one before them, in their order."""
    chosen: list[Trace] = [own] if own is not None else []
    left: list[int] = []
    for number in numbers:
        trace = traces.get(number)
        if trace is None or any(same(trace, other) for other in chosen):
            continue
        chosen.append(trace)
        left.append(number)
    return left
