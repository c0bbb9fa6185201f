"""SourceStates and facts -> the state of each source, as `status` shows it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from syndicator.failures import has_moved, label, move, standing, unpublished
from syndicator.layout import layout, wrapped
from syndicator.model.fetch import SourceState
from syndicator.model.run import Move, SourceFacts
from syndicator.model.settings import Source
from syndicator.quantities import counted, short
from syndicator.report import moved_line
from syndicator.schedule import held_hosts
from syndicator.schedule.state import BY_INTERVAL, BY_RETRY_AFTER
from syndicator.urls import host_of

_HELD = "its host asked to be left alone until then (429, Retry-After)"
_ROUNDED_UP = timedelta(seconds=59)
# Reasons that the column of the next fetch needs no words for.
_USUAL_REASONS = ("", BY_INTERVAL, "it was never asked")


def read(
    sources: Iterable[Source],
    states: Mapping[str, SourceState],
    now: datetime,
    facts: Mapping[str, SourceFacts] = {},
) -> list[Row]:
    """Return the rows of all sources, in their order in feeds.toml.

    A host that asked to be left alone holds its sources.
    """
    held, rows = held_hosts(states, now), []
    for source in sources:
        state = states.get(source.id) or SourceState(source.id)
        until = held.get(host_of(state.url or source.url)) if held else None
        if until is not None and state.failing_since is None and not state.gone:
            due = max(until, state.next_due or until)
            state = replace(state, next_due=due, due_reason=_HELD)
        rows.append(Row(source, state, facts.get(source.id, SourceFacts())))
    return rows


class Row(Struct, frozen=True):
    """One source as `status` shows it."""

    source: Source
    state: SourceState
    facts: SourceFacts

    @property
    def title(self) -> str:
        """The name for people; of a private source nothing that holds its address."""
        if self.source.name or self.source.private:
            return label(self.source)
        return self.facts.title or self.source.id


def table(rows: Sequence[Row], now: datetime, columns: int) -> list[str]:
    """Return a line for each source: last post, number of posts, last and next fetch."""
    cells = [("SOURCE", "LAST POST", "POSTS", "CHECKED", "NEXT")]
    notes: list[list[str]] = [[]]
    for row in rows:
        cells.append(
            (
                row.title,
                _ago(row.facts.newest, now),
                str(row.facts.posts),
                _ago(row.state.last_attempt, now),
                _until(row, now),
            )
        )
        notes.append(_notes(row))
    lines = layout(cells, columns, most=max(columns - 45, 12))
    for number in range(len(lines) - 1, -1, -1):
        below = [wrapped(note, columns - 4) for note in notes[number]]
        lines[number + 1 : number + 1] = [f"    {line}" for note in below for line in note]
    return lines


def silent(rows: Iterable[Row], now: datetime, span: timedelta) -> list[Row]:
    """Return working sources with a newest post older than `span`; oldest first."""
    quiet = []
    for row in rows:
        newest = row.facts.newest
        if newest is not None and now - newest > span and _standing(row) == "ok":
            quiet.append(row)
    return sorted(quiet, key=lambda row: row.facts.newest or now)


def silent_table(rows: Sequence[Row], now: datetime, columns: int, most: int = 0) -> list[str]:
    """Return a line for each silent source, at most `most` of them; 0: all."""
    if not rows:
        return []
    shown = rows[: most or None]
    cells = [("SILENT", "LAST POST", "POSTS", "SITE")]
    for row in shown:
        link = "" if row.source.private else row.facts.link or row.source.url
        cells.append((row.title, _ago(row.facts.newest, now), str(row.facts.posts), link))
    lines = layout(cells, columns)
    if len(rows) > len(shown):
        lines.append(f"and {len(rows) - len(shown)} more: `syndicator status --silent 1y` has all")
    return lines


def totals(rows: Sequence[Row], quiet: Sequence[Row]) -> str:
    """Return the line of totals."""
    counts = Counter(map(_standing, rows))
    words = {"ok": "well", "new": "not asked yet"}
    parts = [f"{counts[word]} {words.get(word, word)}" for word in _STANDINGS if counts[word]]
    if quiet:
        parts.append(f"{len(quiet)} silent")
    posts = counted(sum(row.facts.posts for row in rows), "post")
    return f"{counted(len(rows), 'source')}: {', '.join(parts) or 'none'}; {posts}"


_STANDINGS = ("ok", "failing", "held", "rejected", "gone", "paused", "new")


def as_json(row: Row, now: datetime) -> dict[str, Any]:
    """Return the object of a source that `status --json` prints.

    Times are in ISO 8601, null if there is none.
    """
    source, state, private = row.source, row.state, row.source.private
    return {
        "source": label(source),
        "title": row.title,
        "id": "" if private and label(source) != source.id else source.id,
        "url": source.shown_address,
        "tags": list(source.tags),
        "state": _standing(row),
        "published": source.publish,
        "posts": row.facts.posts,
        "newest_post": _iso(row.facts.newest),
        "last_success": _iso(state.last_success),
        "last_change": _iso(state.last_change),
        "last_attempt": _iso(state.last_attempt),
        "next_due": None if state.gone or source.paused else _iso(state.next_due or now),
        "why": _reason(state),
        "held": row.facts.held,
        "failing_since": _iso(state.failing_since),
        "consecutive": state.consecutive,
        "kind": state.failure_kind,
        "error": state.failure,
        "moved_to": state.moved_to if has_moved(source, state) and not private else "",
    }


def _standing(row: Row) -> str:
    word = standing(row.source, row.state)
    if row.facts.rejected:
        return "rejected"
    return "held" if row.facts.held and word == "ok" else word


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _reason(state: SourceState) -> str:
    return state.due_reason or ("it was never asked" if state.last_attempt is None else "")


def _ago(moment: datetime | None, now: datetime) -> str:
    return f"{short(now - moment)} ago" if moment is not None else "never"


def _until(row: Row, now: datetime) -> str:
    if row.state.gone or row.source.paused or row.facts.rejected:
        return _standing(row)
    due = row.state.next_due
    if due is None or due <= now:
        return "now"
    return f"in {short(due - now + _ROUNDED_UP)}"  # never sooner than it is


def _moved_notes(move: Move) -> list[str]:
    """Return the lines to put into feeds.toml, each for itself, to be copied."""
    if not move.url:
        return [moved_line(move)]
    notes = ["moved for good; put this into feeds.toml:", f'url = "{move.url}"']
    return [*notes, f'id = "{move.keep_id}"'] if move.keep_id else notes


def _notes(row: Row) -> list[str]:
    """Return the lines below a source."""
    source, state, notes = row.source, row.state, []
    if not source.publish:
        words = "its posts are not published: `publish = false`"
        notes.append(unpublished(source) if source.private else words)
    if row.facts.held and not row.facts.rejected:
        notes.append(f"held: {row.facts.held}; `syndicator review` shows what waits")
    reason = _reason(state)
    is_held = reason in (BY_RETRY_AFTER, _HELD)  # a failure's usual wait needs no words
    if is_held or (_standing(row) == "ok" and reason not in _USUAL_REASONS):
        notes.append(f"why then: {reason}")
    if has_moved(source, state):
        notes += _moved_notes(move(source, state))
    return notes
