"""SourceStates -> words: what cron says, and what stands after a run. Pure.

Cron's mail is read only while it is rare. A blip is not worth a line; what has failed for a day or
three runs is, once; so is its return, a move and an end. A host that fails for many is one line, and so are
more than twenty hosts with one kind of trouble.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain, groupby
from urllib.parse import urlsplit

from syndicator.model.fetch import UNREACHABLE, Outage, SourceState
from syndicator.model.run import Failure
from syndicator.model.settings import Source
from syndicator.text_rules import counted

# What is the host's trouble rather than one feed's.
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
_MANY = 2  # sources of one host with one trouble: so many are one line
_MOST = 20  # lines about one kind of trouble; more are one
_SOME = 3  # sources of a crowd that are named

_UNKNOWN = SourceState("")

_Pair = tuple[Source, SourceState]


def alerts(
    before: Mapping[str, SourceState],
    after: Mapping[str, SourceState],
    sources: Iterable[Source],
    now: datetime,
) -> list[str]:
    """Return a line for each failure that cron should speak of after a run.

    Each is said once: `schedule.next_state` decides when a failure is news and keeps that in the states.
    """
    pairs = _pairs(after, sources)
    # What cron has spoken of stays told while it lasts, also of sources of that host that join in later.
    told = {_trouble(pair) for pair in _pairs(before, pairs) if pair[1].alerted}
    failing = [
        (source, state)
        for source, state in pairs
        if state.alerted and not state.gone and not before.get(source.id, _UNKNOWN).alerted
    ]
    return _failing_lines([pair for pair in failing if not _is_told(pair, told)], pairs, now)


def news(
    before: Mapping[str, SourceState], after: Mapping[str, SourceState], sources: Iterable[Source]
) -> list[str]:
    """Return what else is said once after a run, at a terminal too: what has ended, come back or moved."""
    pairs = _pairs(after, sources)
    fresh = [(source, state, before.get(source.id, _UNKNOWN)) for source, state in pairs]
    ended = [source for source, state, old in fresh if state.gone and not old.gone]
    back = [(source, old) for source, state, old in fresh if old.alerted and not state.alerted]
    moved = [(source, state) for source, state, old in fresh if state.moved and not old.moved]
    still = {_trouble(pair) for pair in pairs if pair[1].alerted}
    return [
        *(f"{label(source)} is gone: its server said so on two days. {_END}" for source in ended),
        *_back_lines([pair for pair in back if not _is_told(pair, still)], pairs),
        *(moved_line(source, state) for source, state in moved),
    ]


def outage_line(outage: Outage | None, now: datetime) -> list[str]:
    """Return the line about a network of our own that is down, for cron and a terminal; nothing where it is not."""
    if outage is None:
        return []
    kinds = ", ".join(f"{kind} {count}" for kind, count in outage.kinds.items())
    sources = counted(sum(outage.kinds.values()), "source")
    lasted = _lasted(outage.runs, now - outage.since)
    return [
        f"none of the {sources} fetched could be reached ({kinds}): is this machine's own network down? {lasted}"
    ]


def outage_alerts(before: Outage | None, after: Outage | None, now: datetime) -> list[str]:
    """Return that line where it is news to cron."""
    is_news = after is not None and after.alerted and not (before and before.alerted)
    return outage_line(after, now) if is_news else []


def outage_news(before: Outage | None, after: Outage | None, now: datetime) -> list[str]:
    """Return the line that says that it is over, where cron had spoken of it."""
    if before is None or after is not None or not before.alerted:
        return []
    return [f"sources can be reached again: none could for {in_words(now - before.since)}"]


def newly_failing(
    before: Mapping[str, SourceState], after: Mapping[str, SourceState], sources: Iterable[Source]
) -> bool:
    """Tell whether a source that did not fail before a run does after it."""
    return any(
        state.consecutive and not before.get(source.id, _UNKNOWN).consecutive
        for source, state in _pairs(after, sources)
    )


def failures(sources: Iterable[Source], states: Mapping[str, SourceState]) -> tuple[Failure, ...]:
    """Return the failures that stand, those of sources that were not due included, longest first."""
    standing = [
        Failure(
            source=label(source),
            url="" if source.private else source.url or str(source.path),
            kind=state.failure_kind,
            error=state.failure,
            since=state.failing_since,
            consecutive=state.consecutive,
        )
        for source in sources
        if (state := states.get(source.id)) is not None and state.failing_since is not None
    ]
    return tuple(sorted(standing, key=lambda failure: failure.since))


def failure_table(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime
) -> list[str]:
    """Return a line for each failure that stands, of each host that fails for many one; for a terminal."""
    pairs = [
        (source, state)
        for source, state in _pairs(states, sources)
        if state.failing_since is not None
    ]
    singles, crowds = _sorted_out(_grouped(pairs))
    return [
        *(f"{_names(group)}: {_words(group, now)}" for group in singles),
        *(f"{_many(crowd)}: {_words(crowd, now)}{_hint(crowd)}" for crowd in crowds),
    ]


def label(source: Source) -> str:
    """Return what to call a source: its name or id; of a private one nothing that holds its address.

    >>> label(Source(id="https://a.example/feed?token=...", url="https://a.example/feed?token=x", private=True))
    'a private source at a.example'
    """
    if not source.private:
        return source.name or source.id
    if source.name and source.name != source.url:
        return source.name
    if "://" not in source.id and "/" not in source.id:
        return source.id
    return (
        f"a private source at {urlsplit(source.url).hostname}" if source.url else "a private file"
    )


def in_words(span: timedelta) -> str:
    """Return a span of time as a person says it.

    >>> in_words(timedelta(seconds=30)), in_words(timedelta(hours=26)), in_words(timedelta(days=9))
    ('less than a minute', '26 hours', '9 days')
    """
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:  # noqa: PLR2004  two hours
        return counted(minutes, "minute")
    if minutes < 60 * 48:
        return counted(minutes // 60, "hour")
    return counted(minutes // (60 * 24), "day")


_END = "It is asked no more. Its posts stay while it is in feeds.toml, and go when it is taken out."


def _pairs(
    states: Mapping[str, SourceState], sources: Iterable[Source] | Iterable[_Pair]
) -> list[_Pair]:
    """Return the sources that have a state, with it."""
    only = (item[0] if isinstance(item, tuple) else item for item in sources)
    return [(source, states[source.id]) for source in only if source.id in states]


def _host(source: Source) -> str:
    return urlsplit(source.url).netloc.rpartition("@")[2].lower()


def _trouble(pair: _Pair) -> tuple[str, str]:
    return _host(pair[0]), pair[1].failure_kind


def _is_told(pair: _Pair, told: set[tuple[str, str]]) -> bool:
    """Tell whether the same trouble of the same host is in the set: then one more source of it is no news."""
    return _is_of_the_host(pair) and _trouble(pair) in told


def _is_of_the_host(pair: _Pair) -> bool:
    host, kind = _trouble(pair)
    return bool(host) and kind in _OF_THE_HOST


def _grouped(pairs: list[_Pair]) -> list[list[_Pair]]:
    """Return the pairs, those with the same trouble of their host together; what is a feed's own stands alone."""

    def key(pair: _Pair) -> tuple[str, str, str]:
        host, kind = _trouble(pair)
        return host, kind, "" if _is_of_the_host(pair) else pair[0].id

    return [list(group) for _, group in groupby(sorted(pairs, key=key), key=key)]


def _names(group: list[_Pair]) -> str:
    """Return what a group is called: the source, or the host and how many of its sources."""
    source = group[0][0]
    if len(group) < _MANY:
        return label(source)
    return f"{_host(source)} ({len(group)} sources)"


def _words(group: list[_Pair], now: datetime) -> str:
    """Return what happened to a group, since when, how often."""
    state = group[0][1]
    since = min((state.failing_since or now for _, state in group), default=now)
    count = max(state.consecutive for _, state in group)
    return f"{state.failure} {_lasted(count, now - since)}{_held(group, now)}"


def _held(group: list[_Pair], now: datetime) -> str:
    """Name the host that asked to be left alone, "" where none did: its other sources wait too."""
    for source, state in group:
        if state.retry_scope == "host" and state.retry_at is not None and now < state.retry_at:
            until = f"{state.retry_at:%Y-%m-%d %H:%M} UTC"
            return f"; no source of {_host(source)} is asked until {until}"
    return ""


def _lasted(count: int, span: timedelta) -> str:
    times = "once" if count == 1 else f"{count} times"
    return f"[failed {times}, for {in_words(span)}]"


def _failing_lines(news: list[_Pair], pairs: list[_Pair], now: datetime) -> list[str]:
    """Return a line for each failure that is news; for a trouble of the host with all whom it has met by now."""
    met: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    for pair in pairs if news else ():
        if pair[1].consecutive:
            met[_trouble(pair)].append(pair)
    groups = [
        met[_trouble(group[0])] if _is_of_the_host(group[0]) else group for group in _grouped(news)
    ]
    singles, crowds = _sorted_out(groups)
    return [
        *(f"{_names(group)} fails: {_words(group, now)}" for group in singles),
        *(f"{_many(crowd)} fail: {_words(crowd, now)}{_hint(crowd)}" for crowd in crowds),
    ]


def _back_lines(back: list[_Pair], pairs: list[_Pair]) -> list[str]:
    """Return a line for each source that works again; the last of a host whose trouble it was says so for all.

    Which others had failed is forgotten by then: each has been well again since its own return.
    """
    of_host: dict[str, list[SourceState]] = defaultdict(list)
    for source, state in pairs if back else ():
        of_host[_host(source)].append(state)
    singles, crowds = _sorted_out(_grouped(back))
    lines = []
    for group in singles:
        host = _host(group[0][0])
        known = of_host[host] if _is_of_the_host(group[0]) else []
        if len(known) >= _MANY and not any(state.alerted for state in known):
            lines.append(
                f"{_names(group)} works again: none of the sources of {host} fails any more"
            )
        else:
            lines += [f"{label(source)} works again" for source, _ in group]
    return [*lines, *(f"{_many(crowd)} work again" for crowd in crowds)]


def _sorted_out(groups: list[list[_Pair]]) -> tuple[list[list[_Pair]], list[list[_Pair]]]:
    """Part the groups that get a line each from those that get one together: too many with one kind of trouble.

    When our own network is down, each of ten thousand hosts fails; nobody reads ten thousand lines.
    """
    kinds: dict[str, list[list[_Pair]]] = defaultdict(list)
    for group in groups:
        kinds[group[0][1].failure_kind].append(group)
    crowds = {
        kind: list(chain.from_iterable(alike))
        for kind, alike in kinds.items()
        if len(alike) > _MOST
    }
    return [group for group in groups if group[0][1].failure_kind not in crowds], list(
        crowds.values()
    )


def _many(crowd: list[_Pair]) -> str:
    """Return what a crowd is called: how many, and the first few of them."""
    hosts = {_host(source) for source, _ in crowd} - {""}
    of = f" of {counted(len(hosts), 'host')}" if hosts else ""
    some = ", ".join(label(source) for source, _ in crowd[:_SOME])
    return f"{len(crowd)} sources{of} ({some} ...)"


def _hint(crowd: list[_Pair]) -> str:
    """Return what to do about a crowd that fails."""
    ours = "is the network of this machine up? " if crowd[0][1].failure_kind in UNREACHABLE else ""
    return f"; {ours}`syndicator status` names them"


def has_moved(source: Source, state: SourceState) -> bool:
    """Tell whether it has moved and the operator has not yet written the new address."""
    return state.moved and source.url != state.moved_to


def moved_line(source: Source, state: SourceState) -> str:
    """Return the line that asks the operator to write down where a source has moved to."""
    if source.private:
        return f"{label(source)} has moved for good; ask its owner for the new address and put it into feeds.toml"
    # Without an id of its own its address is its id, by which its posts, page and feed are kept.
    kept = f'  and  id = "{source.id}"' if source.id == source.url else ""
    return f'{label(source)} has moved for good; put this into feeds.toml:  url = "{state.moved_to}"{kept}'
