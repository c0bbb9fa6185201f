"""Connection -> one request sent, and its response: HTTP/1.1 by h11 (RFC 9112).

A body that ends before its Content-Length or its last chunk is a failure, never a short feed.
Heads that h11 refuses are read once more without the lines that break the grammar, since many
servers send such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import h11
from msgspec import Struct

from syndicator.fetcher.connection import Connection, too_large
from syndicator.fetcher.fetch_error import FetchError

MAX_HEAD = 65536
MAX_FIELDS = 200
_MAX_INTERIM = 5  # 1xx responses before the final one
_GAP = re.compile(rb"\r?\n\r?\n")  # the empty line; not a lone carriage return
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"

# Repairs of a head (RFC 9112, 5) with what to put instead.
_REPAIRS = (
    (re.compile(rb"[\x00-\x08\x0b-\x1f]"), b" "),
    (re.compile(rb"(?m)^(%s)[ \t]+:" % _TOKEN), rb"\1:"),  # a space before the colon
    # A line that is no field: no token and colon. Neither a folded line nor the empty one.
    (re.compile(rb"\n(?![ \t\r\n])(?!%s:)[^\n]*" % _TOKEN), b""),
    (re.compile(rb"(?i)\nContent-Length:[ \t]*(?=\n|\Z)"), b""),
    (re.compile(rb"(?i)\nTransfer-Encoding:[ \t]*(?:identity[ \t]*)?(?=\n|\Z)"), b""),
    (re.compile(rb"\AHTTP/(?:2|3|2\.0|3\.0)(?= )"), b"HTTP/1.1"),
    (re.compile(rb"\A(HTTP/\d\.\d)[ \t]+(?=\d)"), rb"\1 "),
)


class Head(Struct, frozen=True):
    """Status and fields of a response; repeated ones are joined by commas (RFC 9110, 5.3)."""

    status: int
    fields: dict[str, str]
    cookies: tuple[str, ...]  # the values of Set-Cookie, which commas can't join
    states_length: bool  # it says where its body ends: one that just stops may be cut (RFC 9112, 8)


class Exchange:
    """One request and its response on a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._parser = _parser_after("GET")
        self._method = "GET"
        self._raw = bytearray()  # all that came before the head was whole
        self._last = b""  # the last bytes that came
        self._is_chunked = False

    def send(self, method: str, target: str, headers: Sequence[tuple[str, str]]) -> None:
        """Send a request without a body: GET or CONNECT. Raises FetchError for a line break."""
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers]
        # A line break in a value of feeds.toml or of a validator would write further headers.
        if any("\r" in line or "\n" in line for line in lines):
            raise FetchError("protocol", "its address or headers contain a line break")
        if method != self._method:
            self._parser, self._method = _parser_after(method), method
        self._connection.send(b"\r\n".join([*map(_encoded, lines), b"", b""]))

    def head(self) -> Head:
        """Return the head of the final response. Raises FetchError (protocol, reset) or OSError."""
        try:
            response = self._response()
        except h11.RemoteProtocolError as problem:
            raw = bytes(self._raw)
            repaired = _repaired(raw)
            if repaired == raw:
                raise _head_error(problem) from None
            response = self._response_again(repaired)
        if len(response.headers) > MAX_FIELDS:
            raise FetchError("protocol", f"more than {MAX_FIELDS} header fields")
        return self._head(response)

    def body(self, head: Head) -> Iterator[bytes]:
        """Yield the body as sent, in pieces.

        Raises FetchError (truncated, protocol, too-large) or OSError.
        """
        length = head.fields.get("content-length", "")
        if length and not self._is_chunked and int(length) > self._connection.bounds.max_bytes:
            raise too_large()  # nothing of it is read
        try:
            while not isinstance(event := self._next_event(), h11.EndOfMessage):
                if isinstance(event, h11.Data):
                    yield bytes(event.data)
        except h11.RemoteProtocolError as problem:
            raise self._body_error(problem) from None
        if length and self._parser.trailing_data[0].strip():
            raise FetchError(
                "protocol", "sent more than its Content-Length says: one of the two is wrong"
            )

    def _response(self) -> h11.Response:
        """Return the final response; interim ones (RFC 9110, 15.2) are passed over."""
        for _ in range(_MAX_INTERIM):
            while (event := self._parser.next_event()) is h11.NEED_DATA:
                self._receive_head()
            if isinstance(event, h11.Response):
                return event
        raise FetchError("protocol", "interim answers without end")

    def _response_again(self, raw: bytes) -> h11.Response:
        """Return the response of a head that was repaired."""
        self._parser = _parser_after(self._method)
        self._parser.receive_data(raw)
        try:
            return self._response()
        except h11.RemoteProtocolError as problem:
            raise _head_error(problem) from None

    def _receive_head(self) -> None:
        """Give the parser the next bytes of a head."""
        if not (piece := self._connection.receive()):
            if self._raw:
                raise FetchError("reset", "closed the connection within the headers")
            raise FetchError("reset", "closed without an answer")
        self._raw += piece
        self._last = piece
        self._parser.receive_data(piece)

    def _head(self, response: h11.Response) -> Head:
        fields: dict[str, str] = {}
        cookies: list[str] = []
        for name, value in response.headers:
            # latin-1: any bytes pass (RFC 9110, 5.5).
            key, text = name.decode("ascii"), value.decode("latin-1")
            if key == "set-cookie":
                cookies.append(text)
            if key in fields:
                text = f"{fields[key]}, {text}"
            fields[key] = text
        self._is_chunked = "transfer-encoding" in fields
        states_length = self._is_chunked or "content-length" in fields
        return Head(response.status_code, fields, tuple(cookies), states_length)

    def _next_event(self) -> object:
        """Return the next event of the body, with as many bytes received as it takes."""
        while (event := self._parser.next_event()) is h11.NEED_DATA:
            piece = self._connection.receive()
            if not piece and self._is_chunked and self._last.endswith(b"0\r\n"):
                # Closed without the empty line after the last chunk.
                self._parser.receive_data(b"\r\n")
            self._parser.receive_data(piece)
            self._last = piece
        return event

    def _body_error(self, problem: h11.RemoteProtocolError) -> FetchError:
        """Return the error of a body that h11 refused."""
        words = str(problem)
        if not words.startswith("peer closed"):
            return FetchError("protocol", "its chunks make no sense")
        if self._is_chunked:
            return FetchError("truncated", "cut short: its last chunk never came")
        numbers = re.findall(r"\d+", words)
        return FetchError("truncated", f"cut short: {numbers[0]} of {numbers[1]} bytes came")


# Requests as h11 has to know them to read the response. It need not check the headers of ours,
# which would cost 20 microseconds each time.
_REQUESTS = {
    "GET": h11.Request(method="GET", target="/", headers=[("Host", "a")]),
    "CONNECT": h11.Request(method="CONNECT", target="a:1", headers=[("Host", "a:1")]),
}


def _parser_after(method: str) -> h11.Connection:
    """Return a parser that expects the response to a request with this method."""
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    parser.send(_REQUESTS[method])
    return parser


def _repaired(raw: bytes) -> bytes:
    """Return a response with its head brought into the grammar of HTTP/1.1."""
    gap = _GAP.search(raw)
    end = gap.start() if gap else len(raw)
    head = raw[:end].replace(b"\r\n", b"\n")
    for pattern, instead in _REPAIRS:
        head = pattern.sub(instead, head)
    return head + raw[end:]


def _head_error(problem: h11.RemoteProtocolError) -> FetchError:
    """Return the error of a head that h11 refused."""
    words = str(problem)
    if problem.error_status_hint == 431:  # h11's word for a head without end
        return FetchError("protocol", f"more than {MAX_HEAD} bytes of headers")
    if "Content-Length" in words:
        return FetchError("protocol", "its Content-Length makes no sense")
    if "Transfer-Encoding" in words:
        return FetchError("protocol", "its transfer encoding is not known")
    return FetchError(
        "protocol",
        "answered with something that is not HTTP",
        "is the port or the scheme right?",
    )


def _encoded(value: str) -> bytes:
    """Return a header's value as bytes: latin-1 as validators came, else UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")
