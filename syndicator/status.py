"""SourceStates -> the state of each source, as `status` shows it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from syndicator.failures import has_moved, label, move, unpublished
from syndicator.model.fetch import SourceState
from syndicator.model.settings import Source
from syndicator.report import in_words, moved_line
from syndicator.schedule import held_hosts
from syndicator.urls import host_of

_HELD = "its host asked to be left alone until then (429, Retry-After)"
_ROUNDED_UP = timedelta(seconds=59)


def rows(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> list[dict[str, Any]]:
    """Return an object for each source, as `status --json` prints it; times in ISO 8601, null where there is none."""
    shown = _shown_states(sources, states, now)
    return [_row(source, state, now) for source, state in shown]


def table(sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime) -> str:
    """Return `status` for a terminal: a source's last success, when it is due next and why, what fails since when."""
    cells = [("SOURCE", "LAST GOOD", "NEXT", "WHY")]
    notes: list[list[str]] = [[]]
    for source, state in _shown_states(sources, states, now):
        cells.append(
            (label(source), _ago(state.last_success, now), _until(state, now), _reason(state))
        )
        notes.append(_notes(source, state, now))
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    lines = []
    for row, below in zip(cells, notes, strict=True):
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join([*padded, row[3]]).rstrip())
        lines += [f"    {note}" for note in below]
    return "\n".join(lines)


def _shown_states(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> Iterator[tuple[Source, SourceState]]:
    """Yield each source with its state; one whose host asked to be left alone waits for that host."""
    held = held_hosts(states, now)
    for source in sources:
        state = states.get(source.id) or SourceState(source.id)
        until = held.get(host_of(state.url or source.url)) if held else None
        if until is not None and state.failing_since is None and not state.gone:
            due = max(until, state.next_due or until)
            state = replace(state, next_due=due, due_reason=_HELD)
        yield source, state


def _row(source: Source, state: SourceState, now: datetime) -> dict[str, Any]:
    private = source.private
    return {
        "source": label(source),
        "id": "" if private and label(source) != source.id else source.id,
        "url": "" if private else source.url or str(source.path),
        "state": _standing(state),
        "published": source.publish,
        "last_success": _iso(state.last_success),
        "last_change": _iso(state.last_change),
        "last_attempt": _iso(state.last_attempt),
        "next_due": None if state.gone else _iso(state.next_due or now),
        "why": _reason(state),
        "failing_since": _iso(state.failing_since),
        "consecutive": state.consecutive,
        "kind": state.failure_kind,
        "error": state.failure,
        "moved_to": state.moved_to if has_moved(source, state) and not private else "",
    }


def _standing(state: SourceState) -> str:
    if state.gone:
        return "gone"
    if state.failing_since is not None:
        return "failing"
    return "ok" if state.last_success is not None else "new"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _reason(state: SourceState) -> str:
    return state.due_reason or ("it was never asked" if state.last_attempt is None else "")


def _ago(moment: datetime | None, now: datetime) -> str:
    return f"{in_words(now - moment)} ago" if moment is not None else "never"


def _until(state: SourceState, now: datetime) -> str:
    if state.gone:
        return "never"
    if state.next_due is None or state.next_due <= now:
        return "now"
    return f"in {in_words(state.next_due - now + _ROUNDED_UP)}"  # never sooner than it is


def _notes(source: Source, state: SourceState, now: datetime) -> list[str]:
    """Return what stands below a source's line."""
    notes = []
    if not source.publish:
        words = "its posts are not published: `publish = false`"
        notes.append(unpublished(source) if source.private else words)
    if state.failing_since is not None:
        times = "once" if state.consecutive == 1 else f"{state.consecutive} times"
        notes.append(
            f"failing for {in_words(now - state.failing_since)} ({times}): {state.failure}"
        )
    if has_moved(source, state):
        notes.append(moved_line(move(source, state)))
    return notes
