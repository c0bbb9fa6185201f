"""Open connections -> at most so many, each with a limit for its request and for its response.

Clients that send half a head and wait would take all descriptors, and an honest one would get
nothing.
"""

from __future__ import annotations

import resource
import time
from asyncio import Transport
from collections.abc import Callable

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 256
BACKLOG = 64  # connections that the kernel keeps waiting, and asyncio accepts before others run
HEAD_SECONDS = 10.0  # for a request, from the connection or the last response on
ANSWER_SECONDS = 300.0  # for a response, which a slow reader takes long to read
_SPARE = 3 * BACKLOG  # descriptors for files and for connections accepted but not yet counted
_PAUSE = 60.0  # seconds between two lines about clients that were turned away


class OpenConnections:
    """The open connections of a server: those that owe a request, and those that get a response."""

    def __init__(self, say: Callable[[str], object]) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = MOST
        if soft != resource.RLIM_INFINITY:
            self._most = max(1, min(MOST, soft - _SPARE))
        self._say = say
        # The deadline of each connection, the soonest first.
        self._owing: dict[Protocol, float] = {}
        self._answered: dict[Protocol, float] = {}
        self._turned_away = 0
        self._told = -_PAUSE

    def expect_request(self, protocol: Protocol) -> None:
        """Note that a connection owes a request; beyond the limit the oldest such is closed."""
        self._answered.pop(protocol, None)
        self._owing[protocol] = time.monotonic() + HEAD_SECONDS
        if len(self._owing) + len(self._answered) > self._most:
            self._turn_away(next(iter(self._owing)))

    def expect_response(self, protocol: Protocol) -> None:
        """Note that a request has come."""
        if self._owing.pop(protocol, None) is not None:
            self._answered[protocol] = time.monotonic() + ANSWER_SECONDS

    def forget(self, protocol: Protocol) -> None:
        """Note that a connection has ended."""
        self._owing.pop(protocol, None)
        self._answered.pop(protocol, None)

    def close_late(self) -> None:
        """Close the connections that are past their deadline, and say so once a minute."""
        now = time.monotonic()
        for deadlines in (self._owing, self._answered):
            while deadlines and next(iter(deadlines.values())) < now:
                self._turn_away(next(iter(deadlines)))
        if self._turned_away and now - self._told >= _PAUSE:
            self._say(
                f"{self._turned_away} connections were closed: they sent no request within "
                f"{HEAD_SECONDS:g} seconds, or more than {self._most} were open"
            )
            self._turned_away, self._told = 0, now

    def _turn_away(self, protocol: Protocol) -> None:
        self.forget(protocol)
        self._turned_away += 1
        protocol.transport.abort()


class Protocol(H11Protocol):
    """HTTP/1.1 that tells `OpenConnections` of each step."""

    def __init__(self, connections: OpenConnections, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]  # as uvicorn gives them
        self._open = connections

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the time of the first request."""
        super().connection_made(transport)
        self._open.expect_request(self)

    def data_received(self, data: bytes) -> None:
        """Read on; a whole head ends the time of the request."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._open.expect_response(self)

    def on_response_complete(self) -> None:
        """Start the time of the next request."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._open.expect_request(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place."""
        self._open.forget(self)
        super().connection_lost(exc)
