"""Posts that their sources deleted -> taken out of all that is published.

A feed may name them itself (`at:deleted-entry`, RFC 6721). Most only list them no more, as a feed
that shortens does. So the page of a post that has been missing for a day from above a survivor is
asked, and tells. The page of a survivor is asked first: a site that answers 404 to it, too, says
nothing by a 404.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from syndicator import fetcher, schedule
from syndicator.failures import label
from syndicator.model.fetch import Ask, FetchFailed, Outcome, SourceState
from syndicator.model.settings import Config, FetchSettings, Source
from syndicator.store import Store
from syndicator.store.missing import MissingPost
from syndicator.urls import host_of

MOST = 12  # pages of missing posts that a run asks,
MOST_OF_A_SOURCE = 3  # and of one source
_SHOWN = 80  # characters of a title that are shown

# "gone": 404 or 410; "there": an answer with a body; "unclear": refused, down, too slow.
_Fate = Literal["gone", "there", "unclear"]


class _Question(Struct, frozen=True):
    """The missing posts of a source, and the page of one that it lists."""

    source: Source
    neighbour: str
    posts: Sequence[MissingPost]


def follow_named(
    store: Store, source_id: str, guids: Sequence[str], items: Sequence[str], now: datetime
) -> None:
    """Take out the posts that a source's feed calls deleted, unless it lists them, too.

    `items` are the fingerprints of all its items.
    """
    known = store.sources.items(source_id)
    standing = {known[item] for item in items if item in known}
    numbers = store.retention.named(source_id, guids, standing)
    store.retention.follow(numbers, now)


def follow(config: Config, store: Store, now: datetime, stop: threading.Event) -> list[str]:
    """Ask the pages of missing posts, and take out the posts with pages that are gone.

    Return a line for each. Raises StoreError. A run without missing posts reads one row.
    """
    posts = store.missing.due(now)
    if not posts or stop.is_set():
        return []
    states = store.sources.states()
    questions = _questions(config, store, states, posts, now)
    fates = _asked(questions, states, config.fetch, stop)
    lines = []
    with store.transaction():
        for question in questions:
            lines += _judge(question, fates, store, now)
    return lines


def _questions(
    config: Config,
    store: Store,
    states: Mapping[str, SourceState],
    posts: Sequence[MissingPost],
    now: datetime,
) -> list[_Question]:
    """Return the questions of this run, a few of each source; posts that can't be asked wait."""
    held = schedule.held_hosts(states, now)
    by_source: dict[str, list[MissingPost]] = {}
    for post in posts:
        by_source.setdefault(post.source_id, []).append(post)
    questions, room, holds = [], MOST, store.reviews.holds()
    for source in config.sources:
        waiting, state = by_source.get(source.id, []), states.get(source.id)
        if not waiting or state is None or state.consecutive or state.gone or source.paused:
            continue
        # The pages of a private source may answer 404 to everybody but its readers, and the site of
        # a new owner to the posts of the old one.
        if not source.url or source.private or source.id in holds or host_of(source.url) in held:
            continue
        neighbour = store.missing.neighbour(source.id, store.sources.items(source.id))
        may_ask = partial(schedule.may_lead_to, source, state, held=held)
        if not neighbour or not may_ask(neighbour):
            continue
        allowed = [post for post in waiting if may_ask(post.link)]
        by_source[source.id] = [post for post in waiting if post not in allowed]
        if some := allowed[: min(room, MOST_OF_A_SOURCE)]:
            questions.append(_Question(source, neighbour, some))
            room -= len(some)
    store.missing.postpone(_numbers(chain.from_iterable(by_source.values())), now)
    return questions


def _asked(
    questions: Sequence[_Question],
    states: Mapping[str, SourceState],
    settings: FetchSettings,
    stop: threading.Event,
) -> dict[str, _Fate]:
    """Return the fate of each page by its address."""
    asks: dict[str, Ask] = {}
    for question in questions:
        source, reach = question.source, states[question.source.id].reach or "public"
        for link in (question.neighbour, *(post.link for post in question.posts)):
            # By its address, since an outcome names its source alone.
            asks.setdefault(link, Ask(replace(source, id=link), link, reach=reach))
    outcomes = fetcher.fetch_all(asks.values(), settings, stop)
    return {outcome.source_id: _fate(outcome) for outcome in outcomes}


def _numbers(posts: Iterable[MissingPost]) -> list[int]:
    return [post.number for post in posts]


def _fate(outcome: Outcome) -> _Fate:
    if not isinstance(outcome, FetchFailed):
        return "there"
    if outcome.kind in ("not-found", "gone"):
        return "gone"
    # A page is a failure with status 200, since it is no feed; a bot wall says nothing of it.
    return "there" if outcome.status == 200 and outcome.kind != "challenge" else "unclear"


def _judge(
    question: _Question, fates: Mapping[str, _Fate], store: Store, now: datetime
) -> list[str]:
    """Take out the posts with pages that are gone; return a line for each."""
    by_fate: dict[_Fate, list[MissingPost]] = {"gone": [], "there": [], "unclear": []}
    for post in question.posts:
        fate = fates.get(post.link, "unclear")
        if fate == "gone" and fates.get(question.neighbour) != "there":
            fate = "unclear"
        by_fate[fate].append(post)
    store.missing.postpone(_numbers(by_fate["unclear"]), now)
    store.missing.forget(_numbers(by_fate["there"] + by_fate["gone"]))
    taken = store.retention.follow(_numbers(by_fate["gone"]), now)
    name, lines = label(question.source), []
    for post in by_fate["gone"]:
        if post.link in taken:
            title = post.title[:_SHOWN] or post.link
            lines.append(f'{name}: its site deleted "{title}", so it was taken out')
    return lines
