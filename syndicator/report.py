"""Report -> words: the lines for cron's mail, and the summary at a terminal. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from syndicator.model.fetch import Outage
from syndicator.model.run import Changes, Failure, Move, Report
from syndicator.quantities import counted, in_words

MOST = 20  # lines about failures; nobody reads ten thousand
_ENDED = (
    "It is asked no more. Its posts stay while it is in feeds.toml, and go when it is taken out."
)


def alerts(changes: Changes, now: datetime) -> list[str]:
    """Return the lines about failures that cron should tell now, each once."""
    told = {_group_key(failure) for failure in changes.failures if failure.is_news}
    concerned = [failure for failure in changes.failures if _group_key(failure) in told]
    return _capped(concerned, lambda group: f"{_names(group)} fails: {_words(group, now)}")


def news(changes: Changes) -> list[str]:
    """Return the lines about ends, returns and moves, each once, at a terminal too."""
    back = _capped(
        changes.recovered, lambda group: f"{group[0].host or group[0].source} works again"
    )
    return [
        *(
            f"{source} is gone: its server said so on two days. {_ENDED}"
            for source in changes.ended
        ),
        *back,
        *map(moved_line, changes.moved),
    ]


def failure_lines(changes: Changes, now: datetime) -> list[str]:
    """Return the lines about all failures that stand, those of one host in one."""
    return _capped(changes.failures, lambda group: f"{_names(group)}: {_words(group, now)}")


def grouped(failures: Iterable[Failure]) -> list[list[Failure]]:
    """Group failures by host and kind, the largest groups first."""
    groups: dict[tuple[str, str], list[Failure]] = defaultdict(list)
    for failure in failures:
        groups[_group_key(failure)].append(failure)
    return sorted(groups.values(), key=lambda group: -len(group))


def _group_key(failure: Failure) -> tuple[str, str]:
    if failure.host:
        return (failure.host, failure.kind)
    return ("", failure.source)


def _capped(failures: Iterable[Failure], line_of: Callable[[Sequence[Failure]], str]) -> list[str]:
    """Return a line for each of the largest groups, and the number of sources in the others."""
    groups = grouped(failures)
    return [*map(line_of, groups[:MOST]), *others(groups[MOST:])]


def others(groups: Sequence[Sequence[Failure]]) -> list[str]:
    """Return the line about the groups that are not told one by one, none without any."""
    if not groups:
        return []
    more = counted(sum(map(len, groups)), "more source")
    return [f"and {more}: `syndicator status --failing` has all"]


def _names(group: Sequence[Failure]) -> str:
    if len(group) == 1:
        return group[0].source
    return f"{group[0].host} ({len(group)} sources)"


def _words(group: Sequence[Failure], now: datetime) -> str:
    """Say how a group fails, how often and since when."""
    since = min(failure.since for failure in group)
    count = max(failure.consecutive for failure in group)
    return f"{group[0].error} {_lasted(count, now - since)}{_held(group, now)}"


def _held(group: Sequence[Failure], now: datetime) -> str:
    """Name the host that asked to be left alone, "" if none did: its other sources wait too."""
    for failure in group:
        if failure.held_until is not None and now < failure.held_until:
            until = f"{failure.held_until:%Y-%m-%d %H:%M} UTC"
            return f"; no source of {failure.held_host} is asked until {until}"
    return ""


def _lasted(count: int, span: timedelta) -> str:
    times = "once" if count == 1 else f"{count} times"
    return f"[failed {times}, for {in_words(span)}]"


def moved_line(move: Move) -> str:
    """Return the line to put into feeds.toml for a source that has moved."""
    if not move.url:
        return (
            f"{move.source} has moved for good; ask its owner for the new address and put it into "
            "feeds.toml"
        )
    kept = f'  and  id = "{move.keep_id}"' if move.keep_id else ""
    return f'{move.source} has moved for good; put this into feeds.toml:  url = "{move.url}"{kept}'


def outage_line(outage: Outage | None, now: datetime) -> list[str]:
    """Return the line about an outage of our own network, for cron and a terminal."""
    if outage is None:
        return []
    kinds = ", ".join(f"{kind} {count}" for kind, count in outage.kinds.items())
    sources = counted(sum(outage.kinds.values()), "source")
    return [
        f"none of the {sources} fetched could be reached ({kinds}): is this machine's own network "
        f"down? {_lasted(outage.runs, now - outage.since)}"
    ]


def mail(report: Report, now: datetime) -> list[str]:
    """Return all lines that cron should mail after a run; none while all is well."""
    before, after = report.outage_before, report.outage
    is_news = after is not None and after.alerted and not (before and before.alerted)
    began = outage_line(after, now) if is_news else []
    return [*began, *alerts(report, now), *all_news(report, now)]


def all_news(report: Report, now: datetime) -> list[str]:
    """Return the lines of a run that are told once, at a terminal too."""
    before, told = report.outage_before, [*news(report), *report.remarks]
    if before is not None and before.alerted and report.outage is None:
        lasted = in_words(now - before.since)
        told.insert(0, f"sources can be reached again: none could for {lasted}")
    return told


def failing(report: Report, now: datetime) -> list[str]:
    """Return the lines about all that fails after a run."""
    return [*outage_line(report.outage, now), *failure_lines(report, now)]
