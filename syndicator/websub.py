"""A hub and the feeds that changed -> the hub told of it (WebSub, 7: the publisher notifies the hub).

When to ping, and which pings a failed one left over, is the caller's to know; a failed ping is a value, never an
exception, for no subscriber should lose a run because a hub is down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import requests

_TIMEOUT = timedelta(seconds=10)
_REFUSED = "the hub answered"
_ACCEPTED = 2  # hundred and some


class Ping(Struct, frozen=True):
    """One notification that is due: tell `hub` that the document at `topic` has changed."""

    hub: str
    topic: str


class Pinged(Struct, frozen=True):
    """What became of a ping. It is to be tried again where `error` says why it failed."""

    ping: Ping
    error: str = ""  # one line


def notify(pings: Iterable[Ping], user_agent: str, timeout: timedelta = _TIMEOUT) -> list[Pinged]:
    """Send each ping once, in order; a hub that did not answer is not asked again in this call."""
    import requests  # 130 ms to import: only a run that pings a hub pays

    results: list[Pinged] = []
    silent: dict[str, str] = {}
    with requests.Session() as session:
        session.headers["User-Agent"] = user_agent
        for ping in pings:
            error = silent.get(ping.hub) or _send(session, ping, timeout)
            # A hub that refuses one topic may take the next; one that does not answer would cost a timeout each.
            if error and not error.startswith(_REFUSED):
                silent[ping.hub] = error
            results.append(Pinged(ping, error))
    return results


def _send(session: requests.Session, ping: Ping, timeout: timedelta) -> str:
    """Post one notification; return what went wrong, "" where nothing did."""
    import requests

    # The specification leaves the form of the ping to the hub; `hub.url` is what all that exist take, and newer
    # ones read `hub.topic`. A redirect is no acceptance: requests would turn the POST into a GET.
    form = {"hub.mode": "publish", "hub.url": ping.topic, "hub.topic": ping.topic}
    try:
        with session.post(
            ping.hub, data=form, timeout=timeout.total_seconds(), allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code // 100 == _ACCEPTED:
                return ""
            moved = f": it has moved to {answer.headers['location']}" if answer.is_redirect else ""
            return f"{_REFUSED} {answer.status_code} {answer.reason}{moved}"
    except requests.RequestException as error:
        return f"no answer from the hub: {type(error).__name__}"
