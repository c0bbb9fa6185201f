"""An address with Bounds -> the head of its response, and its body still on the wire.

Proxies and certificates are read once from the environment.
"""

from __future__ import annotations

import os
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from syndicator.fetcher.addresses import literal_reach
from syndicator.fetcher.connection import (
    Bounds,
    Connection,
    Resolver,
    check_literal,
    connect,
    resolve,
)
from syndicator.fetcher.decoding import decoded
from syndicator.fetcher.fetch_error import FetchError, too_late
from syndicator.fetcher.http1 import Exchange, Head
from syndicator.model.fetch import FailureKind

_CHECK_BUNDLE = "is the path in the environment right (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE)?"
_CHECK_PROXY = "is its address in the environment right (http_proxy, https_proxy)?"


class Response(Struct, frozen=True):
    """The head of an answer, and its body still on the wire."""

    connection: Connection
    exchange: Exchange
    head: Head
    open: set[Connection]

    def body(self) -> Iterator[bytes]:
        """Yield the decoded body in pieces. Raises FetchError or OSError."""
        encoding = self.head.fields.get("content-encoding", "")
        limit = self.connection.bounds.max_decoded_bytes
        return decoded(self.exchange.body(self.head), encoding, limit)

    def close(self) -> None:
        """Close the connection."""
        self.open.discard(self.connection)
        self.connection.close()


class Transport:
    """Sends requests, each on its own connection; safe to use from many threads at once."""

    def __init__(self, lookup: Resolver = resolve) -> None:
        self._lookup = lookup
        self._proxies = _proxies()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._making_context = threading.Lock()
        self.open: set[Connection] = set()
        self._is_closed = False

    def send(
        self, url: str, headers: Mapping[str, str], bounds: Bounds, verify: str = ""
    ) -> Response:
        """Send a GET within its bounds and return its response when the head has come.

        `verify` is its own file of certificates, "" for the usual ones. Raises FetchError or
        OSError.
        """
        parts = urlsplit(url)
        proxy = self._proxy_for(url)
        connection = self._connect(parts, proxy, bounds)
        self.open.add(connection)
        if self._is_closed:  # meanwhile: `close` has not seen this connection
            connection.abort()
        try:
            if parts.scheme == "https":
                self._secure(connection, parts, proxy, verify)
            exchange = Exchange(connection)
            exchange.send("GET", *_target_and_headers(parts, headers, proxy))
            return Response(connection, exchange, exchange.head(), self.open)
        except BaseException:
            self.open.discard(connection)
            connection.close()
            raise

    def close(self) -> None:
        """Break off all requests that are under way."""
        self._is_closed = True
        for connection in tuple(self.open):
            connection.abort()

    def _proxy_for(self, url: str) -> str:
        """Return the proxy for an address as a URL, "" for none."""
        if not self._proxies:
            return ""
        from requests.utils import select_proxy, should_bypass_proxies

        if should_bypass_proxies(url, no_proxy=self._proxies.get("no")):
            return ""
        proxy = select_proxy(url, self._proxies) or ""
        if proxy and "://" not in proxy:
            proxy = f"http://{proxy}"
        return proxy

    def _connect(self, parts: SplitResult, proxy: str, bounds: Bounds) -> Connection:
        """Return the connection to this host, or to its proxy."""
        host, port = _host_and_port(parts)
        if not proxy:
            return connect(host, port, bounds, lookup=self._lookup)
        check_literal(host, bounds)
        proxy_parts = urlsplit(proxy)
        if proxy_parts.scheme != "http":
            raise FetchError(
                "connect",
                f"the proxy speaks {proxy_parts.scheme}, which we do not",
                "name an http:// proxy in the environment",
            )
        try:
            address = _host_and_port(proxy_parts)
            connection = connect(*address, bounds, checked=False, lookup=self._lookup)
        except (FetchError, OSError) as problem:
            error = error_of(problem)
            raise FetchError(
                error.kind, f"the proxy can't be reached: {error.error}", _CHECK_PROXY
            ) from None
        connection.reach = literal_reach(host)  # "" for a name: only the proxy knows where it lies
        return connection

    def _secure(self, connection: Connection, parts: SplitResult, proxy: str, verify: str) -> None:
        """Put TLS on a connection, through the tunnel of a proxy if it has one."""
        host, port = _host_and_port(parts)
        if proxy:
            _tunnel(connection, host, port, proxy)
        # One context for all connections: making one costs 25 ms, a handshake with it 1 ms.
        with self._making_context:
            if verify not in self._contexts:
                self._contexts[verify] = _tls_context(verify)
        connection.start_tls(self._contexts[verify], host)


def basic(user: str, password: str) -> str:
    """Return the value of an Authorization header (RFC 7617).

    >>> basic("Aladdin", "open sesame")
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='
    """
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")


def error_of(problem: FetchError | OSError) -> FetchError:
    """Return the FetchError that an error of the sockets amounts to."""
    if isinstance(problem, FetchError):
        return problem
    if isinstance(problem, ssl.SSLCertVerificationError):
        return FetchError(
            "tls",
            f"its certificate is not valid ({problem.verify_message})",
            "its owner must renew or mend it; one of your own authority is named by `verify`",
        )
    if isinstance(problem, ssl.SSLError):
        words = (problem.reason or "broken off").replace("_", " ").lower()
        return FetchError("tls", f"no secure connection ({words})", "does this port speak https?")
    if isinstance(problem, TimeoutError):
        return too_late()
    for error_type, arguments in _BY_ERROR:
        if isinstance(problem, error_type):
            return FetchError(*arguments)
    words = problem.strerror or type(problem).__name__
    return FetchError("connect", f"could not be connected to ({words})")


_REFUSES: tuple[FailureKind, str, str] = (
    "connect",
    "refuses the connection",
    "is its server running, is the port right?",
)
# The narrower first: a refused connection is a ConnectionError, too.
_BY_ERROR: tuple[tuple[type[OSError], tuple[FailureKind, str, str]], ...] = (
    (ConnectionRefusedError, _REFUSES),
    (ConnectionError, ("reset", "broke off the connection", "")),
)


def _proxies() -> Mapping[str, str]:
    """Return the proxies of the environment by scheme; most environments name none."""
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return {}
    from urllib.request import getproxies

    return getproxies()


def _tls_context(verify: str) -> ssl.SSLContext:
    """Return a verifying context: of this file, else of the environment, the system, or certifi."""
    # As requests has it, whose names these are.
    named = verify or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if not named:  # a Python built elsewhere looks where this system may have none
        paths = ssl.get_default_verify_paths()
        if not paths.cafile and not (paths.capath and any(Path(paths.capath).glob("*"))):
            import certifi

            named = certifi.where()
    folder = named if named and Path(named).is_dir() else None
    try:
        context = ssl.create_default_context(cafile=None if folder else named, capath=folder)
    except OSError as problem:  # ssl.SSLError is one
        words = problem.strerror or "no certificates"
        raise FetchError(
            "tls",
            f"the certificates to verify it with can't be read ({words})",
            "is the path of `verify` right?" if verify else _CHECK_BUNDLE,
        ) from None
    context.set_alpn_protocols(["http/1.1"])
    return context


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    try:
        port = parts.port
    except ValueError:
        raise FetchError("connect", "its port is no port") from None
    if not parts.hostname:
        raise FetchError("connect", "its address has no host")
    return parts.hostname, port or {"https": 443}.get(parts.scheme, 80)


def _target_and_headers(
    parts: SplitResult, headers: Mapping[str, str], proxy: str
) -> tuple[str, list[tuple[str, str]]]:
    """Return the request target and all headers (RFC 9112, 3.2: absolute for a proxy)."""
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    lines = [("Host", parts.netloc), *headers.items(), ("Connection", "close")]
    if proxy and parts.scheme == "http":
        return f"http://{parts.netloc}{target}", lines + _proxy_authorization(proxy)
    return target, lines


def _tunnel(connection: Connection, host: str, port: int, proxy: str) -> None:
    """Ask the proxy for a tunnel (RFC 9110, 9.3.6)."""
    if ":" in host:  # IPv6
        host = f"[{host}]"
    target = f"{host}:{port}"
    exchange = Exchange(connection)
    exchange.send("CONNECT", target, [("Host", target), *_proxy_authorization(proxy)])
    status = exchange.head().status
    if status == 407:  # Proxy Authentication Required
        raise FetchError(
            "unauthorized",
            "the proxy asks for a user and password (407)",
            "put them into the proxy's address in the environment",
        )
    if not 200 <= status < 300:  # any 2xx opens the tunnel
        raise FetchError("connect", f"the proxy would not connect to it ({status})")


def _proxy_authorization(proxy: str) -> list[tuple[str, str]]:
    parts = urlsplit(proxy)
    if not parts.username:
        return []
    user, password = unquote(parts.username), unquote(parts.password or "")
    return [("Proxy-Authorization", basic(user, password))]
