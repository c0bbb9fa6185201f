"""A requests adapter: a prepared request with Bounds -> a requests.Response whose body is still on the wire.

Why not requests' own: it bounds the gap between two bytes, not the whole; it can't say which address it
connected to; it counts neither headers nor decoded bytes; and a request costs it 1 ms of CPU over http
and 25 over https, where this one takes 0.3 and 1.4 (docs/design.md, "What does a request cost?"). Proxies
and certificates are worked out once, not per request.
"""

from __future__ import annotations

import os
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies

import certifi
import requests
from msgspec import Struct
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import select_proxy, should_bypass_proxies

from syndicator.fetcher.addresses import literal_reach
from syndicator.fetcher.connection import Bounds, Resolver, Wire, check_literal, connect, resolve
from syndicator.fetcher.decoding import decoded
from syndicator.fetcher.fetch_error import Fault, too_late
from syndicator.fetcher.http1 import Head, read_body, read_head
from syndicator.model.fetch import FailureKind, Reach


class BoundedRequest(requests.PreparedRequest):
    """A prepared GET that carries what it may cost."""

    def __init__(self, url: str, headers: Mapping[str, str], bounds: Bounds) -> None:
        super().__init__()
        self.method = "GET"
        self.url = url
        self.headers = CaseInsensitiveDict(headers)
        self.bounds = bounds


class Body(Struct, frozen=True):
    """The body of an answer, still on the wire; what requests calls the raw response."""

    wire: Wire
    head: Head
    open: set[Wire]

    def stream(self, _size: int | None = None, decode_content: bool = True) -> Iterator[bytes]:
        """Yield the body in pieces, decoded from its Content-Encoding. Raises Fault or OSError."""
        pieces = read_body(self.wire, self.head)
        encoding = self.head.fields.get("content-encoding", "") if decode_content else ""
        return decoded(pieces, encoding, self.wire.bounds.max_decoded_bytes)

    def close(self) -> None:
        """Close the connection."""
        self.open.discard(self.wire)
        self.wire.close()

    release_conn = close

    @property
    def reach(self) -> Reach:
        """Where the address that answered lies."""
        return self.wire.reach


class LeanAdapter(BaseAdapter):
    """Sends BoundedRequests, each on its own connection; safe to use from many threads at once."""

    def __init__(self, lookup: Resolver = resolve) -> None:
        super().__init__()
        self._lookup = lookup
        self._proxies = getproxies()
        self._making_context = threading.Lock()
        self.open: set[Wire] = set()

    def send(
        self,
        request: BoundedRequest,  # type: ignore[override]  # only these are sent through it
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: object = None,
    ) -> requests.Response:
        """Send the request and return its answer when the head is there. Raises Fault or OSError.

        The other arguments are what a session passes to any adapter; here bounds and environment have settled them.
        """
        url = str(request.url)
        parts = urlsplit(url)
        proxy = self._proxy_for(url)
        wire = self._connected(parts, proxy, request.bounds)
        try:
            target = (
                _absolute_form(parts) if proxy and parts.scheme == "http" else _origin_form(parts)
            )
            wire.send(
                _request_head(
                    target, parts, request.headers, proxy if parts.scheme == "http" else ""
                )
            )
            head = read_head(wire)
        except BaseException:
            self.open.discard(wire)
            wire.close()
            raise
        return self._response(request, head, wire)

    def close(self) -> None:
        """Break off all that is under way."""
        for wire in tuple(self.open):
            wire.abort()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return _tls_context()

    def _shared_context(self) -> ssl.SSLContext:
        """Return the one context of all connections: making one costs 25 ms, a handshake with it 1 ms."""
        with self._making_context:  # cached_property holds no lock of its own since Python 3.12
            return self._context

    def _proxy_for(self, url: str) -> str:
        if not self._proxies or should_bypass_proxies(url, no_proxy=self._proxies.get("no")):
            return ""
        return select_proxy(url, self._proxies) or ""

    def _connected(self, parts: SplitResult, proxy: str, bounds: Bounds) -> Wire:
        """Return the connection to talk to this host on, through the proxy where there is one."""
        host, port = _host_and_port(parts)
        if proxy:
            check_literal(host, bounds)
            wire = self._to_proxy(proxy, literal_reach(host), bounds)
        else:
            wire = connect(host, port, bounds, lookup=self._lookup)
        self.open.add(wire)
        try:
            if parts.scheme == "https":
                if proxy:
                    _tunnel(wire, host, port, proxy)
                wire.secure(self._shared_context(), host)
        except BaseException:
            self.open.discard(wire)
            wire.close()
            raise
        return wire

    def _to_proxy(self, proxy: str, reach: Reach, bounds: Bounds) -> Wire:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if parts.scheme != "http":
            raise Fault(
                "connect",
                f"the proxy speaks {parts.scheme}, which we do not",
                "name an http:// proxy in the environment",
            )
        host, port = _host_and_port(parts)
        try:
            wire = connect(host, port, bounds, checked=False, lookup=self._lookup)
        except (Fault, OSError) as problem:
            fault = problem if isinstance(problem, Fault) else why(problem)
            raise Fault(
                fault.kind, f"the proxy can't be reached: {fault.error}", _MEND_PROXY
            ) from None
        wire.reach = reach  # "" for a name: where that lies only the proxy knows
        return wire

    def _response(self, request: BoundedRequest, head: Head, wire: Wire) -> requests.Response:
        response = requests.Response()
        response.status_code = head.status
        response.reason = head.reason
        response.headers = CaseInsensitiveDict(head.fields)
        response.url = str(request.url)
        response.request = request
        response.raw = cast(
            Any, Body(wire, head, self.open)
        )  # requests takes what has stream and close
        return response


_MEND_BUNDLE = "is the path in the environment right (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE)?"
_MEND_PROXY = "is its address in the environment right (http_proxy, https_proxy)?"


def body_of(response: requests.Response) -> Body:
    """Return the body that a LeanAdapter's answer has on the wire."""
    return cast(Body, response.raw)


def _tls_context() -> ssl.SSLContext:
    """Return a verifying context: the environment's certificates, else the system's, else certifi's."""
    # As requests has it, whose names these are.
    named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if not named:  # a Python built elsewhere looks where this system may have none
        paths = ssl.get_default_verify_paths()
        known = Path(paths.capath) if paths.capath else None
        if not paths.cafile and not (known and known.is_dir() and any(known.iterdir())):
            named = certifi.where()
    folder = named if named and Path(named).is_dir() else None
    try:
        context = ssl.create_default_context(cafile=None if folder else named, capath=folder)
    except OSError as problem:  # ssl.SSLError is one
        words = problem.strerror or "no certificates"
        raise Fault(
            "tls", f"the certificates to verify it with can't be read ({words})", _MEND_BUNDLE
        ) from None
    context.set_alpn_protocols(["http/1.1"])
    return context


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    try:
        port = parts.port
    except ValueError:
        raise Fault("connect", "its port is no port") from None
    if not parts.hostname:
        raise Fault("connect", "its address has no host")
    return parts.hostname, port or (443 if parts.scheme == "https" else 80)


def _origin_form(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _absolute_form(parts: SplitResult) -> str:
    return f"http://{parts.netloc}{_origin_form(parts)}"  # RFC 9112, 3.2.2: what a proxy is asked


def _request_head(target: str, parts: SplitResult, headers: Mapping[str, str], proxy: str) -> bytes:
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    lines += _proxy_authorization(proxy)
    # Or one value, of feeds.toml or of a validator, could write further headers.
    if any("\r" in line or "\n" in line for line in lines):
        raise Fault("protocol", "its address or headers contain a line break")
    return b"\r\n".join([*map(_encoded, lines), b"Connection: close", b"", b""])


def _encoded(line: str) -> bytes:
    """Return a header as bytes: validators go back as they came, which is latin-1 here; the rest may need UTF-8."""
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8")


def _tunnel(wire: Wire, host: str, port: int, proxy: str) -> None:
    """Ask the proxy for a tunnel (RFC 9110, 9.3.6)."""
    name = f"[{host}]" if ":" in host else host
    lines = [
        f"CONNECT {name}:{port} HTTP/1.1",
        f"Host: {name}:{port}",
        *_proxy_authorization(proxy),
        "",
        "",
    ]
    wire.send("\r\n".join(lines).encode("latin-1"))
    head = read_head(wire)
    if head.status == 407:  # noqa: PLR2004  Proxy Authentication Required
        raise Fault(
            "unauthorized",
            "the proxy asks for a user and password (407)",
            "put them into the proxy's address in the environment",
        )
    if not 200 <= head.status < 300:  # noqa: PLR2004  any 2xx opens the tunnel
        raise Fault("connect", f"the proxy would not connect to it ({head.status})")


def _proxy_authorization(proxy: str) -> list[str]:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if not parts.username:
        return []
    return [f"Proxy-Authorization: {basic(unquote(parts.username), unquote(parts.password or ''))}"]


def basic(user: str, password: str) -> str:
    """Return the value of an Authorization header (RFC 7617).

    >>> basic("Aladdin", "open sesame")
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='
    """
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")


def why(problem: OSError) -> Fault:
    """Return the Fault that an error of the sockets amounts to."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        words = f"its certificate is not valid ({problem.verify_message})"
        return Fault(
            "tls", words, "its owner must renew or mend it; we never go without verification"
        )
    if isinstance(problem, ssl.SSLError):
        words = (problem.reason or "broken off").replace("_", " ").lower()
        return Fault("tls", f"no secure connection ({words})", "does this port speak https?")
    if isinstance(problem, TimeoutError):
        return too_late()
    for kind, fault in _BY_ERROR:
        if isinstance(problem, kind):
            return Fault(*fault)
    return Fault(
        "connect", f"could not be connected to ({problem.strerror or type(problem).__name__})"
    )


# The narrower first: a refused connection is a ConnectionError, too.
_BY_ERROR: tuple[tuple[type[OSError], tuple[FailureKind, str, str]], ...] = (
    (
        ConnectionRefusedError,
        ("connect", "refuses the connection", "is its server running, is the port right?"),
    ),
    (ConnectionError, ("reset", "broke off the connection", "")),
)
