"""The posts that wait for a person, and the decisions on them: `syndicator review`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from syndicator.config.words import source_meant
from syndicator.errors import UsageError
from syndicator.failures import label
from syndicator.lock import run_lock
from syndicator.model.run import Options
from syndicator.model.settings import Config, FollowedList, Source
from syndicator.pipeline import following
from syndicator.pipeline.build import build
from syndicator.quantities import counted
from syndicator.store import Store
from syndicator.store.reviews import WaitingPost
from syndicator.urls import redacted

_BY_SETTING = "`hold = true` in its table"
_STILL = "posts of a time when it was held"


class HeldSource(Struct, frozen=True):
    """A source that is held, or has posts that wait."""

    id: str
    name: str
    reason: str
    since: datetime | None  # None: its table says so
    rejected: bool  # it is asked no more
    posts: tuple[WaitingPost, ...]  # the newest first


def review(config: Config) -> list[HeldSource]:
    """Return the posts that wait for a review, by source, in the order of feeds.toml. Raises StoreError."""
    if not config.state.exists():
        return []
    with Store(config.state, read_only=True) as store:
        return _held(config, store)


def judge(
    config: Config, names: Sequence[str], *, approved: bool, now: datetime | None = None
) -> list[str]:
    """Approve or reject sources and posts; publish the effect; return a line for each.

    A name is that of a source (id, name, title, address) or of a waiting post (number, address).
    Raises UsageError for a name that is neither, before anything is decided; LockHeld, StoreError,
    PublishError.
    """
    now = now or datetime.now(UTC)
    if not config.state.exists():
        raise UsageError("nothing waits for a review: there was no run yet")
    with run_lock(config.state), Store(config.state) as store:
        held = _held(config, store)
        titles = {source_id: facts.title for source_id, facts in store.sources.facts().items()}
        meant = [_meant(name, held, config, titles) for name in names]
        lines = [_decide(store, each, approved=approved, now=now) for each in meant]
        config = following.current(config, store)
        build(config, store, Options(offline=True), now)
    return lines


def _held(config: Config, store: Store) -> list[HeldSource]:
    """Return the sources that are held, or have posts that wait."""
    holds, names = store.reviews.holds(), store.sources.names()
    posts: dict[str, list[WaitingPost]] = {}
    for post in store.reviews.waiting():
        posts.setdefault(post.source_id, []).append(post)
    held = []
    for source in config.sources:
        hold, waiting = holds.get(source.id), posts.get(source.id, [])
        if hold is None and not waiting:
            continue
        name = label(source) if source.private else source.name or names.get(source.id, source.id)
        reason = hold.reason if hold else (_STILL, _BY_SETTING)[source.hold]
        since, rejected = (hold.since, hold.rejected) if hold else (None, False)
        held.append(HeldSource(source.id, name, reason, since, rejected, tuple(waiting)))
    for followed in config.lists:
        if reason := following.doubt(store, followed):
            name = label(followed.source)
            held.append(HeldSource(followed.url, name, reason, None, rejected=False, posts=()))
    return held


def _meant(
    name: str, held: Sequence[HeldSource], config: Config, titles: dict[str, str]
) -> Source | FollowedList | WaitingPost:
    """Return the source, the list or the waiting post of a name. Raises UsageError."""
    for each in held:
        for post in each.posts:
            if name in {str(post.number), post.url}:
                return post
    for followed in config.lists:
        names = {followed.url, label(followed.source)}
        if name in names and followed.url in {each.id for each in held}:
            return followed
    for source in config.sources:
        if name in {source.id, source.name, source.url, titles.get(source.id)}:
            return source
    hint = source_meant(name, [each.name for each in held])
    raise UsageError(
        f'no source, and no list or post that waits, is named "{redacted(name)}"; {hint}'
    )


def _decide(
    store: Store, meant: Source | FollowedList | WaitingPost, *, approved: bool, now: datetime
) -> str:
    """Keep one decision; return it in words."""
    word = "approved" if approved else "rejected"
    if isinstance(meant, FollowedList):
        following.accept(store, meant, approved=approved)
        return f"{label(meant.source)}: its present version is {word}"
    if isinstance(meant, WaitingPost):
        store.reviews.judge_posts([meant.number], approved=approved)
        return f"{word}: {meant.title or meant.url}"
    if approved:
        count = store.reviews.approve_source(meant.id)
        return f"{label(meant)} is approved, with {counted(count, 'post')}"
    count = store.reviews.reject_source(meant.id, now)
    return (
        f"{label(meant)} is rejected, with {counted(count, 'post')}: it is asked no more, and "
        "what is published of it stays; `syndicator remove` takes it out"
    )
