"""Host, port, Bounds -> a connected, bounded Wire: DNS, connect, proxy, TLS, bytes. The only sockets.

Every wait is cut to what is left until the deadline, so that it holds for the whole fetch: a timeout
between bytes alone lets a server that drips one byte a second hold us for days.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable

from msgspec import Struct

from syndicator.fetcher.addresses import literal_reach, may_connect, reach_of
from syndicator.fetcher.fetch_error import Fault, too_late
from syndicator.fetcher.large_bodies import Seat
from syndicator.model.fetch import Reach

_PIECE = 65536
_TRIES = 4  # addresses of one host tried in turn,
_TRY = 5.0  # seconds each but the last: an IPv6 that leads nowhere must not use up the deadline

# (host, port) -> (family, socket address) in order of preference. Raises OSError.
Resolver = Callable[[str, int], list[tuple[int, tuple[str, int] | tuple[str, int, int, int]]]]


class Bounds(Struct, frozen=True):
    """What one request may cost and where it may go."""

    seat: Seat  # with the deadline
    max_bytes: int  # on the wire, head included
    max_decoded_bytes: int
    trusted: Reach = ""  # where the source lies: see addresses.may_connect
    own_literal: bool = False  # the operator wrote this very address

    def left(self) -> float:
        """Return the seconds left, or raise the Fault that there are none."""
        left = self.seat.deadline - time.monotonic()
        if left <= 0:
            raise too_late()
        return left


def resolve(host: str, port: int) -> list[tuple[int, tuple[str, int] | tuple[str, int, int, int]]]:
    """Return the addresses of a host as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]  # type: ignore[misc]  # only AF_INET and AF_INET6


class Wire:
    """A connection that gives bytes until its bounds are reached."""

    __slots__ = ("_allowed", "_socket", "bounds", "reach", "received")

    def __init__(self, connected: socket.socket, bounds: Bounds, reach: Reach) -> None:
        self._socket = connected
        self._allowed = bounds.max_bytes
        self.bounds = bounds
        self.reach = reach
        self.received = 0

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self._socket.settimeout(self.bounds.left())
        self._socket.sendall(data)

    def receive(self) -> bytes:
        """Return the next bytes, b"" at the end; raise a Fault beyond the bounds."""
        self._socket.settimeout(self.bounds.left())
        piece = self._socket.recv(_PIECE)
        self.received += len(piece)
        if self.received > self._allowed:
            raise too_large()
        return piece

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Put TLS on it, verified for `host`."""
        self._socket.settimeout(self.bounds.left())
        self._socket = context.wrap_socket(self._socket, server_hostname=host.rstrip("."))

    def abort(self) -> None:
        """Wake whoever waits on it, from another thread."""
        # Not SSLSocket.shutdown: it would take the TLS state away under the reader.
        try:
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        """Close it; twice does no harm."""
        self._socket.close()


def connect(
    host: str, port: int, bounds: Bounds, *, checked: bool = True, lookup: Resolver = resolve
) -> Wire:
    """Return a connection to the first address of `host` that may be connected to and answers.

    `checked` False is for the operator's own proxy. Raises Fault (dns, forbidden-address, timeout) or OSError.
    """
    bounds.left()  # nothing can interrupt the resolver: without time it is not asked
    try:
        found = lookup(host, port)
    except (OSError, UnicodeError) as problem:
        words = getattr(problem, "strerror", "") or "not a host name"
        raise Fault(
            "dns",
            f"its host name could not be resolved ({words})",
            "is the address spelt right, does the host still exist?",
        ) from None
    allowed = [
        (family, address, reach)
        for family, address in found
        for reach in (reach_of(address[0]),)
        if not checked or may_connect(reach, bounds.trusted, own_literal=bounds.own_literal)
    ][:_TRIES]
    if not allowed:
        raise forbidden(reach_of(found[0][1][0]) if found else "private")
    return _first_that_answers(allowed, bounds)


def check_literal(host: str, bounds: Bounds) -> None:
    """Raise a Fault where `host` is itself an address that may not be connected to (all one can see behind a proxy)."""
    reach = literal_reach(host)
    if reach and not may_connect(reach, bounds.trusted, own_literal=bounds.own_literal):
        raise forbidden(reach)


def too_large() -> Fault:
    """Return the Fault for more bytes than are read."""
    return Fault(
        "too-large",
        "sends more than max_bytes allows",
        "raise max_bytes in [fetch] if this is right",
    )


def forbidden(reach: Reach) -> Fault:
    """Return the Fault for an address that this source may not lead to."""
    return Fault(
        "forbidden-address",
        f"leads to a {reach} address",
        "a feed may not send us into your own network; if it is yours, name that address itself in feeds.toml",
    )


def _first_that_answers(
    allowed: list[tuple[int, tuple[str, int] | tuple[str, int, int, int], Reach]], bounds: Bounds
) -> Wire:
    """Connect to one after the other, each with its share of the time that is left."""
    for place, (family, address, reach) in enumerate(allowed, 1):
        share = bounds.left() if place == len(allowed) else min(bounds.left() / 2, _TRY)
        try:
            return Wire(_plugged(family, address, share), bounds, reach)
        except OSError:
            if place == len(allowed):
                raise
    raise AssertionError  # `allowed` is never empty


def _plugged(
    family: int, address: tuple[str, int] | tuple[str, int, int, int], timeout: float
) -> socket.socket:
    """Return a socket that is connected to this address. Raises OSError, also for a family that the system lacks."""
    plug = socket.socket(family, socket.SOCK_STREAM)
    try:
        plug.settimeout(timeout)
        plug.connect(address)
    except BaseException:
        plug.close()
        raise
    return plug
