"""Host, port, Bounds -> a bounded Connection: DNS, connect, TLS, bytes. The only sockets.

Every wait is cut to what is left until the deadline, so that it holds for the whole fetch: a
timeout between bytes alone lets a server that drips one byte a second hold us for days.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from itertools import chain, zip_longest

from msgspec import Struct

from syndicator.fetcher.addresses import literal_reach, may_connect, reach_of
from syndicator.fetcher.fetch_error import FetchError, too_late
from syndicator.model.settings import Reach

LARGE = 4_000_000  # bytes, decoded; a feed has 50 to 500 KB
_PIECE = 65536
_ABOUT = 0.1  # seconds by which the timeout of a socket may differ from the time that is left
_TRY = (
    5.0  # seconds at most for each address but the last: a dead IPv6 must not use up the deadline
)

Address = tuple[str, int] | tuple[str, int, int, int]
# (host, port) -> (family, socket address) in order of preference. Raises OSError.
Resolver = Callable[[str, int], list[tuple[int, Address]]]


class Slot:
    """The claim of one request: its deadline, and the lock of large bodies once its body is one.

    Large bodies are alive one at a time, or a run would need the memory of the largest times
    `jobs`.
    """

    __slots__ = ("_large_bodies", "deadline", "is_large")

    def __init__(self, large_bodies: threading.Semaphore, deadline: float) -> None:
        self._large_bodies = large_bodies
        self.deadline = deadline  # time.monotonic()
        self.is_large = False

    def grow(self, size: int) -> None:
        """Note the size of the body; one that has become large waits until no other is alive."""
        if size <= LARGE or self.is_large:
            return
        left = self.deadline - time.monotonic()
        self.deadline = float("inf")  # waiting costs the source none of its time
        self._large_bodies.acquire()
        self.is_large = True
        self.deadline = time.monotonic() + left

    def release(self) -> None:
        """Let the next large body in."""
        if self.is_large:
            self.is_large = False
            self._large_bodies.release()


class Bounds(Struct, frozen=True):
    """The limits of one request: its time, its size, the sorts of its addresses."""

    slot: Slot  # with the deadline
    max_bytes: int  # on the wire, head included
    max_decoded_bytes: int
    trusted: Reach = ""  # where the source lies: see addresses.may_connect
    own_literal: bool = False  # the operator wrote this very address

    def seconds_left(self) -> float:
        """Return the seconds until the deadline. Raises FetchError where there are none."""
        left = self.slot.deadline - time.monotonic()
        if left <= 0:
            raise too_late()
        return left

    def allow(self, reach: Reach) -> bool:
        """Tell whether an address of this sort may be connected to."""
        return may_connect(reach, self.trusted, own_literal=self.own_literal)


def resolve(host: str, port: int) -> list[tuple[int, Address]]:
    """Return the addresses of a host as the system's resolver gives them."""
    # Python's own IDNA codec, which it uses for text, takes 2 ms to load.
    name = host.encode() if host.isascii() else host
    infos = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in infos]  # type: ignore[misc]  # IP only


class Connection:
    """A connected socket that gives bytes until its bounds are reached."""

    __slots__ = ("_socket", "bounds", "reach", "received")

    def __init__(self, connected: socket.socket, bounds: Bounds, reach: Reach) -> None:
        self._socket = connected
        self.bounds = bounds
        self.reach = reach
        self.received = 0

    def send(self, data: bytes) -> None:
        """Send all of `data`. Raises FetchError or OSError, as the other methods do."""
        self._limit_time()
        self._socket.sendall(data)

    def receive(self) -> bytes:
        """Return the next bytes, b"" at the end. Raises FetchError beyond the bounds."""
        self._limit_time()
        piece = self._socket.recv(_PIECE)
        self.received += len(piece)
        if self.received > self.bounds.max_bytes:
            raise too_large()
        return piece

    def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Put TLS on it, verified for `host`."""
        self._limit_time()
        self._socket = context.wrap_socket(self._socket, server_hostname=host.rstrip("."))

    def _limit_time(self) -> None:
        """Let the next call take the time that is left.

        A timeout that is about right stays, since setting it is a call of the system.
        """
        left = self.bounds.seconds_left()
        if abs(left - (self._socket.gettimeout() or 0)) > _ABOUT:
            self._socket.settimeout(left)

    def abort(self) -> None:
        """Wake the thread that waits on it."""
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
) -> Connection:
    """Return a connection to the first address of `host` that may be connected to and answers.

    Address families take turns (RFC 8305, 4). `checked` False is for the operator's own proxy.
    Raises FetchError (dns, forbidden-address, timeout) or OSError.
    """
    bounds.seconds_left()  # nothing can interrupt the resolver: without time it is not asked
    try:
        addresses = lookup(host, port)
    except (OSError, UnicodeError) as problem:
        words = getattr(problem, "strerror", "") or "not a host name"
        raise FetchError(
            "dns",
            f"its host name could not be resolved ({words})",
            "is the address spelt right, does the host still exist?",
        ) from None
    allowed = []
    for family, address in _by_turns(addresses):
        reach = reach_of(address[0])
        if not checked or bounds.allow(reach):
            allowed.append((family, address, reach))
    if not allowed:
        raise forbidden(reach_of(addresses[0][1][0]) if addresses else "private")
    return _first_that_answers(allowed, bounds)


def check_literal(host: str, bounds: Bounds) -> None:
    """Raise a FetchError if `host` is itself an address that may not be connected to.

    Behind a proxy nothing more can be seen: the proxy resolves the names.
    """
    if (reach := literal_reach(host)) and not bounds.allow(reach):
        raise forbidden(reach)


def too_large() -> FetchError:
    """Return the error for more bytes than are read."""
    return FetchError(
        "too-large",
        "sends more than max_bytes allows",
        "raise max_bytes in [fetch] if this is right",
    )


def forbidden(reach: Reach) -> FetchError:
    """Return the error for an address that this source may not lead to."""
    return FetchError(
        "forbidden-address",
        f"leads to a {reach} address",
        "a feed may not send us into your own network; if it is yours, name that address itself in "
        "feeds.toml",
    )


def _by_turns(addresses: list[tuple[int, Address]]) -> list[tuple[int, Address]]:
    """Return the addresses with their families taking turns, the resolver's first family first."""
    by_family: dict[int, list[tuple[int, Address]]] = {}
    for address in addresses:
        by_family.setdefault(address[0], []).append(address)
    turns = zip_longest(*by_family.values())
    return [address for address in chain.from_iterable(turns) if address is not None]


def _first_that_answers(allowed: list[tuple[int, Address, Reach]], bounds: Bounds) -> Connection:
    """Connect to one after the other, each with its share of the time that is left."""
    for remaining, (family, address, reach) in zip(
        range(len(allowed) - 1, -1, -1), allowed, strict=True
    ):
        left = bounds.seconds_left()
        timeout = min(left / (remaining + 1), _TRY) if remaining else left
        try:
            return Connection(_connected_socket(family, address, timeout), bounds, reach)
        except OSError:
            if not remaining:
                raise
    raise AssertionError  # `allowed` is never empty


def _connected_socket(family: int, address: Address, timeout: float) -> socket.socket:
    """Return a socket connected to this address. Raises OSError, also for an unknown family."""
    connected = socket.socket(family, socket.SOCK_STREAM)
    try:
        connected.settimeout(timeout)
        connected.connect(address)
    except BaseException:
        connected.close()
        raise
    return connected
