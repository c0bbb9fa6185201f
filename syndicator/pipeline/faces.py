"""The pictures that sources name -> copies in the store, for feeds with `faces = "copy"`.

A few of them in a run, each once a month at most, through the fetcher: with its bounds, its manners
and its judgement of addresses. What is no small picture is refused, and the source keeps its dot.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from syndicator import fetcher, pictures, schedule
from syndicator.model.fetch import Ask, Fetched
from syndicator.model.settings import Config
from syndicator.store import Store

MOST = 20  # pictures that a run asks for
BYTES = 100_000  # of a picture; larger ones are refused
_PIXELS = 1024  # of its longer side
_TIMEOUT = timedelta(seconds=10)


def follow(config: Config, store: Store, now: datetime, stop: threading.Event) -> None:
    """Fetch the pictures that are due. Raises StoreError; a failure is asked again in a month."""
    if not any(feed.faces == "copy" for feed in config.feeds):
        return
    asks = {ask.source.id: ask for ask in _asks(config, store, now)}
    settings = replace(config.fetch, max_bytes=BYTES, max_decoded_bytes=BYTES)
    for outcome in fetcher.fetch_all(list(asks.values())[:MOST], settings, stop):
        url = asks[outcome.source_id].url
        body = outcome.body if isinstance(outcome, Fetched) else b""
        suffix = suffix_of(body)
        store.faces.keep(outcome.source_id, url, now, suffix, body if suffix else b"")


def suffix_of(body: bytes) -> str:
    """Return the ending of a picture's file name, "" for what is refused."""
    picture = pictures.read(body)
    if picture is None or len(body) > BYTES:
        return ""
    smaller, larger = sorted((picture.width, picture.height))
    return picture.suffix if smaller > 0 and larger <= _PIXELS else ""


def _asks(config: Config, store: Store, now: datetime) -> Iterator[Ask]:
    """Yield a request for each picture that is due and may be asked now."""
    due = store.faces.due(now)
    if not due:
        return
    states, sources = store.sources.states(), config.sources_by_id
    held = schedule.held_hosts(states, now)
    for source_id, url in due:
        source, state = sources.get(source_id), states.get(source_id)
        if source is None or state is None or not source.publish or source.paused:
            continue
        if schedule.may_lead_to(source, state, url, held) and not source.private:
            reach = state.reach or "public"
            yield Ask(replace(source, timeout=_TIMEOUT), url, reach=reach, is_picture=True)
