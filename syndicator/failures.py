"""The states of the sources before and after a run -> failures, returns, ends and moves. Pure.

Cron's mail is read only while it is rare. A blip is not told; a failure of a day or three runs is,
once, and so is its return. `schedule` decides when a failure is news and keeps that in the states
(`alerted`); here one failure of a host that fails for many stands for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

from syndicator.model.fetch import SourceState
from syndicator.model.run import Changes, Failure, Move
from syndicator.model.settings import Source

# Troubles of the host, rather than of one feed.
_OF_THE_HOST = frozenset(
    [
        "timeout",
        "dns",
        "connect",
        "tls",
        "reset",
        "challenge",
        "rate-limited",
        "unavailable",
        "server-error",
        "forbidden",
        "unauthorized",
    ]
)
_UNKNOWN = SourceState("")
_EPOCH = datetime.fromtimestamp(0, UTC)

Pair = tuple[Source, SourceState]


def changes(
    before: Mapping[str, SourceState], after: Mapping[str, SourceState], sources: Iterable[Source]
) -> Changes:
    """Compare the states of the configured sources before and after a run."""
    asked = [source for source in sources if source.id in after and not source.paused]
    pairs = [(source, after[source.id]) for source in asked]

    @cache  # most runs have no failure to tell
    def hosts() -> Counter[str]:
        return Counter(_host(source) for source, _ in pairs)

    def is_shared(source: Source) -> bool:
        return hosts()[_host(source)] > 1

    # A failure that cron was told of stays told while it lasts, for sources of that host that
    # follow, too.
    told = {
        _trouble(source, before[source.id])
        for source, _ in pairs
        if source.id in before and before[source.id].alerted
    }
    lasting = {_trouble(source, state) for source, state in pairs if state.alerted}
    failures, recovered, ended, moved = [], [], list[str](), []
    newly_failing = False
    for source, state in pairs:
        old = before.get(source.id, _UNKNOWN)
        newly_failing = newly_failing or bool(state.consecutive and not old.consecutive)
        if state.failing_since is not None:
            is_news = state.alerted and not old.alerted and not state.gone
            is_news = is_news and _trouble(source, state) not in told - _OWN
            shared = is_shared(source)
            failures.append(_failure(source, state, shared=shared, is_news=is_news))
        if old.alerted and not state.alerted and _trouble(source, old) not in lasting - _OWN:
            recovered.append(_failure(source, old, shared=is_shared(source)))
        if state.gone and not old.gone:
            ended.append(label(source))
        if state.moved and not old.moved:
            moved.append(move(source, state))
    return Changes(
        failures=tuple(sorted(failures, key=lambda failure: failure.since)),
        recovered=tuple(recovered),
        ended=tuple(ended),
        moved=tuple(moved),
        newly_failing=newly_failing,
    )


_OWN = {("", "")}  # the trouble of one feed


def _trouble(source: Source, state: SourceState) -> tuple[str, str]:
    """Return host and kind of a trouble of a host, two empty texts for that of one feed."""
    if state.failure_kind not in _OF_THE_HOST or not source.url:
        return "", ""
    return _host(source), state.failure_kind


def _host(source: Source) -> str:
    return urlsplit(source.url).netloc.rpartition("@")[2].lower()


def _failure(source: Source, state: SourceState, *, shared: bool, is_news: bool = False) -> Failure:
    host, _ = _trouble(source, state)
    held = state.retry_scope == "host" and state.retry_at is not None
    return Failure(
        source=label(source),
        url=source.shown_address,
        kind=state.failure_kind,
        error=state.failure,
        since=state.failing_since or _EPOCH,
        consecutive=state.consecutive,
        host=host if shared else "",
        is_news=is_news,
        held_host=_host(source) if held else "",
        held_until=state.retry_at if held else None,
    )


def standing(source: Source, state: SourceState | None) -> str:
    """Return the state of a source in a word: "ok", "failing", "gone", "paused" or "new"."""
    if source.paused:
        return "paused"
    if state is None:
        return "new"
    if state.gone:
        return "gone"
    if state.failing_since is not None:
        return "failing"
    return "ok" if state.last_success is not None else "new"


def has_moved(source: Source, state: SourceState) -> bool:
    """Tell whether a source has moved, and feeds.toml does not have the new address yet."""
    return state.moved and source.url != state.moved_to


def move(source: Source, state: SourceState) -> Move:
    """Return the new address of a source that has moved."""
    if source.private:
        return Move(label(source))
    # Without an id of its own its address is its id, by which its posts, page and feed are kept.
    return Move(label(source), state.moved_to, source.id if source.id == source.url else "")


def label(source: Source) -> str:
    """Return the name of a source for people: for a private one nothing that holds its address.

    >>> address = "https://a.example/feed?token="
    >>> label(Source(id=address + "...", url=address + "x", private=True))
    'a private source at a.example'
    """
    if not source.private:
        return source.name or source.id
    if source.name and source.name != source.url:
        return source.name
    if "://" not in source.id and "/" not in source.id:
        return source.id
    if not source.url:
        return "a private file"
    return f"a private source at {urlsplit(source.url).hostname}"


def unpublished(source: Source) -> str:
    """Say why the posts of a private source are not published, and which key publishes them."""
    if not source.private_by:
        return "its posts are not published: it is private; `publish = true` publishes them"
    return (
        f"its posts are not published: it is taken for private, since {source.private_by}; "
        "`private = false` if that is no secret, `publish = true` to publish them without its address"
    )
