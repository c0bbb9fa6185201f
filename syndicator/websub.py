"""A hub and the feeds that changed -> pings of the hub (WebSub, 7: the publisher notifies the hub).

The caller knows when to ping, and which pings a failed one left over. A failed ping is a value,
never an exception: no subscriber should lose a run because a hub is down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from syndicator.fetcher.responses import retry_at

if TYPE_CHECKING:
    import requests

_TIMEOUT = timedelta(seconds=10)
_ACCEPTED = 2  # hundred and some


class Ping(Struct, frozen=True):
    """One notification that is due: tell `hub` that the document at `topic` has changed."""

    hub: str
    topic: str


class Pinged(Struct, frozen=True):
    """The result of a ping. It is to be tried again if `error` says why it failed."""

    ping: Ping
    error: str = ""  # one line
    retry_at: datetime | None = None  # the hub asked to be left alone until then


def notify(
    pings: Iterable[Ping], user_agent: str, now: datetime, timeout: timedelta = _TIMEOUT
) -> list[Pinged]:
    """Send each ping once, in order.

    A hub that does not answer, or answers with a Retry-After, is not asked again in this call.
    """
    import requests  # 130 ms to import: only a run that pings a hub pays

    results: list[Pinged] = []
    given_up: dict[str, Pinged] = {}
    with requests.Session() as session:
        session.headers["User-Agent"] = user_agent
        for ping in pings:
            if last := given_up.get(ping.hub):
                results.append(Pinged(ping, last.error, last.retry_at))
                continue
            result, has_answered = _send(session, ping, now, timeout)
            # A hub that refuses one topic may take the next; one that does not answer would cost a
            # timeout for each.
            if not has_answered or result.retry_at is not None:
                given_up[ping.hub] = result
            results.append(result)
    return results


def _send(
    session: requests.Session, ping: Ping, now: datetime, timeout: timedelta
) -> tuple[Pinged, bool]:
    """Post one notification; return its result, and whether the hub answered at all."""
    import requests

    # The specification leaves the form of the ping to the hub; `hub.url` is taken by all that
    # exist, and newer ones read `hub.topic`. A redirect is no acceptance: requests would turn the
    # POST into a GET.
    form = {"hub.mode": "publish", "hub.url": ping.topic, "hub.topic": ping.topic}
    seconds = timeout.total_seconds()
    try:
        with session.post(
            ping.hub, data=form, timeout=seconds, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code // 100 == _ACCEPTED:
                return Pinged(ping), True
            moved = f": it has moved to {answer.headers['location']}" if answer.is_redirect else ""
            words = f"the hub answered {answer.status_code} {answer.reason}{moved}"
            fields = {name.lower(): value for name, value in answer.headers.items()}
            return Pinged(ping, words, retry_at(fields, now)), True
    except requests.RequestException as error:
        return Pinged(ping, f"no answer from the hub: {type(error).__name__}"), False
