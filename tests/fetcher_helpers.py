"""A month of cron runs without a network: plan, a server of a few lines, settle, what cron says."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from syndicator import failures, report, schedule
from syndicator.model.fetch import (
    Ask,
    Fetched,
    FetchFailed,
    Hints,
    NotModified,
    Outcome,
    SourceState,
    Validators,
)
from syndicator.model.run import Changes
from syndicator.model.settings import FetchSettings, Source

START = datetime(2024, 5, 1, tzinfo=UTC)  # a Wednesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SETTINGS = FetchSettings()

Server = Callable[[Ask, datetime], tuple[Outcome, Hints | None]]


@dataclass(frozen=True)
class Request:
    """A line of the request log."""

    at: datetime
    ask: Ask
    outcome: Outcome
    hints: Hints | None
    force: bool = False


@dataclass
class World:
    """Sources with their servers, and what has become of them."""

    servers: dict[str, Server]
    sources: list[Source]
    settings: FetchSettings = SETTINGS
    states: dict[str, SourceState] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)
    said: list[tuple[datetime, str]] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def run(self, now: datetime, *, force: bool = False, named: Iterable[str] = ()) -> list[Ask]:
        """Make one cron run at `now` and return what it asked."""
        before = dict(self.states)
        asks = schedule.due_asks(
            self.sources, self.states, now, self.settings, force=force, named=tuple(named)
        )
        for ask in asks:
            outcome, hints = self.servers[ask.source.id](ask, now)
            self.log.append(Request(now, ask, outcome, hints, force))
            self.states[ask.source.id] = schedule.next_state(
                ask.source,
                before.get(ask.source.id),
                outcome,
                now,
                self.settings,
                self.dice.random(),
                hints,
            )
        changes = failures.changes(before, self.states, self.sources)
        lines = [*report.alerts(changes, now), *report.news(changes)]
        self.said += [(now, line) for line in lines]
        return asks

    def live(self, days: float, every: timedelta = HOUR) -> None:
        """Let cron run for so many days; its clock trembles by up to twenty seconds."""
        begin = max(
            (state.last_attempt for state in self.states.values() if state.last_attempt),
            default=START,
        )
        begin = begin.replace(minute=0, second=0, microsecond=0) + (
            every if self.states else timedelta(0)
        )
        for number in range(int(days * DAY / every)):
            self.run(begin + number * every + timedelta(seconds=self.dice.uniform(0, 20)))

    def requests_to(self, source_id: str) -> list[Request]:
        return [request for request in self.log if request.ask.source.id == source_id]


def standing(states: dict[str, SourceState], sources: list[Source]) -> Changes:
    """Return the failures that stand, and nothing that is new."""
    return failures.changes(states, states, sources)


def world(settings: FetchSettings = SETTINGS, **servers: Server) -> World:
    """Return a world with one source for each server, each at its own host."""
    sources = [
        Source(name, f"https://{name.replace('_', '-')}.example/feed", name=name)
        for name in servers
    ]
    return World(dict(servers), sources, settings)


def good(
    ask: Ask, number: int = 1, max_age: timedelta | None = None, moved_to: str = ""
) -> Outcome:
    """Return the answer of a server that keeps its manners: 304 to the validators of this very
    version.
    """
    validators = Validators(etag=f'"{number}"')
    if ask.validators == validators:
        return NotModified(ask.source.id, ask.url, max_age=max_age, moved_to=moved_to)
    if ask.body_hash == str(number):
        return NotModified(
            ask.source.id, ask.url, validators, max_age=max_age, moved_to=moved_to, by_hash=True
        )
    return Fetched(
        ask.source.id, ask.url, b"<rss/>", validators=validators, max_age=max_age, moved_to=moved_to,
        body_hash=str(number), reach="public",
    )  # fmt: skip


def bad(ask: Ask, kind: str, **more: object) -> FetchFailed:
    return FetchFailed(ask.source.id, ask.url, kind, f"fails with {kind}", **more)  # type: ignore[arg-type]


def daily(ask: Ask, now: datetime, **more: object) -> Outcome:
    """Return the answer of a source that has something new once a day."""
    return good(ask, (now - START).days, **more)  # type: ignore[arg-type]
