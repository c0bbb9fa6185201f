"""Note which WebSub hubs to ping about a feed, and ping them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from syndicator.model.edition import Edition
from syndicator.model.settings import Feed
from syndicator.store import Store
from syndicator.store.meta import Announced, HubPauses

if TYPE_CHECKING:
    from syndicator import websub


def note_news(store: Store, edition: Edition, now: datetime) -> None:
    """Store the pings of a feed that are due: only a new or updated entry is news.

    A withdrawal is no news, nor is the older post that moves up: an entry is new only if its
    sequence is above that of all entries told before.
    """
    feed = edition.feed
    if not feed.hub:
        return
    told = store.meta.read(Announced, feed.name) or Announced()
    known, last = told.versions, told.newest
    versions: dict[str, str] = {}
    is_news = False
    for item in edition.items:
        entry, version = (
            short_digest(item.id),
            short_digest(f"{item.updated} {item.post.source_id}"),
        )
        versions[entry] = version
        is_news |= known[entry] != version if entry in known else item.sequence > last
    if is_news:
        from syndicator.generator import polled_addresses  # loads the templates

        for topic in polled_addresses(feed):
            store.meta.add_ping(feed.hub, topic, now)
    newest = max((item.sequence for item in edition.items), default=0)
    store.meta.write(Announced(max(last, newest), versions), feed.name)


def ping(store: Store, feeds: Sequence[Feed], user_agent: str, now: datetime) -> list[str]:
    """Send all pings that are due; return a line for each hub that begins to fail.

    Pings that failed before are sent again, without another line. The pings of a hub that `feeds`
    no longer name are dropped. A hub that sent a Retry-After is not asked before that time.
    """
    pending = store.meta.pending_pings()
    if not pending:
        return []
    hubs = {feed.hub for feed in feeds}
    pauses = store.meta.read(HubPauses) or HubPauses()
    due: list[websub.Ping] = []
    failing = {ping.hub for ping in pending if ping.attempts}
    from syndicator import websub  # loads an HTTP client

    for ping in pending:
        if ping.hub not in hubs:
            store.meta.drop_ping(ping.hub, ping.topic)
        elif ping.hub not in pauses.until or pauses.until[ping.hub] <= now:
            due.append(websub.Ping(ping.hub, ping.topic))
    failed: dict[str, list[websub.Pinged]] = {}
    until: dict[str, datetime] = {hub: end for hub, end in pauses.until.items() if end > now}
    for result in websub.notify(due, user_agent, now):
        hub, topic = result.ping.hub, result.ping.topic
        if not result.error:
            store.meta.drop_ping(hub, topic)
            continue
        store.meta.failed_ping(hub, topic, result.error)
        failed.setdefault(hub, []).append(result)
        if result.retry_at is not None:
            until[hub] = result.retry_at
    if until != pauses.until:
        store.meta.write(HubPauses(until))
    return [_failure_line(hub, results) for hub, results in failed.items() if hub not in failing]


def _failure_line(hub: str, results: Sequence[websub.Pinged]) -> str:
    first = results[0]
    topics = first.ping.topic if len(results) == 1 else f"{len(results)} documents"
    return f"the hub {hub} was not told of {topics}: {first.error}; each run tries again"


def short_digest(text: str) -> str:
    """Return a digest of a text in 12 hexadecimal digits."""
    return blake2b(text.encode(), digest_size=6).hexdigest()
