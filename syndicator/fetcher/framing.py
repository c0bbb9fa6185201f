"""Wire -> the head of an answer and its whole body: HTTP/1.1 framing (RFC 9112), strict about the end.

A body that ends before its Content-Length or before its last chunk is a failure, never a short feed
taken for whole. Lenient where servers are sloppy and nothing can go wrong: bare newlines, odd spacing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from syndicator.fetcher.fault import Fault
from syndicator.fetcher.wire import Wire

MAX_HEAD = 65536
MAX_FIELDS = 200
_MAX_INTERIM = 5  # 1xx answers before the real one


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and header fields; names in lower case, repeated ones joined with a comma (RFC 9110, 5.3)."""

    status: int
    reason: str
    fields: dict[str, str]
    rest: bytes  # what was read beyond the head


def read_head(wire: Wire) -> Head:
    """Return the head of the final answer. Raises Fault (protocol, reset) or OSError."""
    rest = b""
    for _ in range(_MAX_INTERIM):
        raw, rest = _raw_head(wire, rest)
        head = _parse(raw, rest)
        if head.status >= 200 or head.status == 101:  # noqa: PLR2004  1xx are interim (RFC 9110, 15.2)
            return head
    raise Fault("protocol", "interim answers without end")


def read_body(wire: Wire, head: Head) -> Iterator[bytes]:
    """Yield the body as sent, in pieces. Raises Fault (truncated, protocol) or OSError."""
    coding = head.fields.get("transfer-encoding", "").lower().strip()
    if coding and coding != "identity":
        if coding.split(",")[-1].strip() != "chunked":
            raise Fault("protocol", "its transfer encoding is not known")
        return _chunked(wire, head.rest)
    length = head.fields.get("content-length", "").strip()
    if length:
        return _sized(wire, head.rest, _length(length))
    return _until_close(wire, head.rest)


def _raw_head(wire: Wire, rest: bytes) -> tuple[bytes, bytes]:
    """Return the bytes up to the first empty line, and what was read after it."""
    data = rest
    while True:
        for gap in (b"\r\n\r\n", b"\n\n"):
            raw, found, after = data.partition(gap)
            if found:
                return raw, after
        if len(data) > MAX_HEAD:
            raise Fault("protocol", f"more than {MAX_HEAD} bytes of headers")
        piece = wire.receive()
        if not piece:
            raise Fault(
                "reset",
                "closed the connection without an answer" if not data else "closed the connection within the headers",
            )
        data += piece


def _parse(raw: bytes, rest: bytes) -> Head:
    lines = raw.decode("latin-1").splitlines()  # latin-1: any bytes pass, as RFC 9110, 5.5 asks of a recipient
    version, _, status_line = (lines[0] if lines else "").partition(" ")
    code, _, reason = status_line.strip().partition(" ")
    if not version.startswith("HTTP/") or not (len(code) == 3 and code.isdecimal()):  # noqa: PLR2004  RFC 9112, 4
        raise Fault("protocol", "answered with something that is not HTTP", "is the port or the scheme right?")
    if len(lines) > MAX_FIELDS:
        raise Fault("protocol", f"more than {MAX_FIELDS} header fields")
    fields: dict[str, str] = {}
    last = ""
    for line in lines[1:]:
        if line[:1] in (" ", "\t") and last:  # obsolete folding
            fields[last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        if colon:
            last = name.strip().lower()
            value = value.strip()
            fields[last] = f"{fields[last]}, {value}" if last in fields else value
    return Head(int(code), reason, fields, rest)


def _length(value: str) -> int:
    """Return the Content-Length; the same one repeated is one (RFC 9110, 8.6)."""
    lengths = {part.strip() for part in value.split(",")}
    only = lengths.pop()
    if lengths or not (only.isascii() and only.isdigit()):
        raise Fault("protocol", "its Content-Length makes no sense")
    return int(only)


def _sized(wire: Wire, piece: bytes, length: int) -> Iterator[bytes]:
    missing = length
    while missing > 0:
        if piece:
            yield piece[:missing]
            missing -= len(piece)
        if missing < 0 and piece[missing:].strip():
            raise Fault("protocol", "sent more than its Content-Length says: one of the two is wrong")
        if missing <= 0:
            return
        piece = wire.receive()
        if not piece:
            raise Fault("truncated", f"cut short: {length - missing} of {length} bytes came")


def _until_close(wire: Wire, piece: bytes) -> Iterator[bytes]:
    if piece:
        yield piece
    while piece := wire.receive():
        yield piece


def _chunked(wire: Wire, data: bytes) -> Iterator[bytes]:
    """Yield the data of the chunks (RFC 9112, 7.1)."""
    while True:
        line, data = _line(wire, data)
        try:
            size = int(line.partition(b";")[0].strip(), 16)
        except ValueError:
            raise Fault("protocol", "its chunks make no sense") from None
        if size < 0 or b"_" in line or b"+" in line:  # int() takes more than the grammar does
            raise Fault("protocol", "its chunks make no sense")
        if size == 0:
            return  # trailers are not waited for: the connection ends here
        while size > 0:
            if not data:
                data = wire.receive()
                if not data:
                    raise Fault("truncated", "cut short: its last chunk never came")
            yield data[:size]
            data, size = data[size:], size - len(data[:size])
        line, data = _line(wire, data)
        if line:
            raise Fault("protocol", "its chunks make no sense")


def _line(wire: Wire, data: bytes) -> tuple[bytes, bytes]:
    """Return the next line without its end, and the bytes after it."""
    while b"\n" not in data:
        if len(data) > MAX_HEAD:
            raise Fault("protocol", "its chunks make no sense")
        piece = wire.receive()
        if not piece:
            raise Fault("truncated", "cut short: its last chunk never came")
        data += piece
    line, _, rest = data.partition(b"\n")
    return line.rstrip(b"\r"), rest
