"""Note which WebSub hubs to ping about a feed, and ping them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from syndicator.model.edition import Edition
from syndicator.store import Store
from syndicator.store.meta import Announced

if TYPE_CHECKING:
    from syndicator import websub


def note_news(store: Store, edition: Edition, now: datetime) -> None:
    """Store the pings of a feed that are due: only a new or updated entry is news.

    A withdrawal is no news, nor is the older post that moves up: new is told by the sequence alone.
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


def ping(store: Store, user_agent: str) -> list[str]:
    """Send all pings that are due; return a line for each hub that begins to fail.

    Pings that failed before are sent again, without another line.
    """
    pending = store.meta.pending_pings()
    if not pending:
        return []
    from syndicator import websub  # loads an HTTP client

    failing = {ping.hub for ping in pending if ping.attempts}
    failed: dict[str, list[websub.Pinged]] = {}
    pings = [websub.Ping(ping.hub, ping.topic) for ping in pending]
    for result in websub.notify(pings, user_agent):
        ping = result.ping
        if result.error:
            store.meta.failed_ping(ping.hub, ping.topic, result.error)
            failed.setdefault(ping.hub, []).append(result)
        else:
            store.meta.drop_ping(ping.hub, ping.topic)
    return [_failure_line(hub, results) for hub, results in failed.items() if hub not in failing]


def _failure_line(hub: str, results: Sequence[websub.Pinged]) -> str:
    first = results[0]
    topics = first.ping.topic if len(results) == 1 else f"{len(results)} documents"
    return f"the hub {hub} was not told of {topics}: {first.error}; each run tries again"


def short_digest(text: str) -> str:
    """Return a digest of a text in 12 hexadecimal digits."""
    return blake2b(text.encode(), digest_size=6).hexdigest()
