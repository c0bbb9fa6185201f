"""Wire -> the head of an answer and its whole body: HTTP/1.1 framing (RFC 9112), strict about the end.

A body that ends before its Content-Length or before its last chunk is a failure, never a short feed
taken for whole. Lenient where servers are sloppy and nothing can go wrong: bare newlines, odd spacing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from syndicator.fetcher.connection import Wire, too_large
from syndicator.fetcher.fetch_error import Fault

MAX_HEAD = 65536
MAX_FIELDS = 200
_MAX_INTERIM = 5  # 1xx answers before the real one
_GAP = re.compile(rb"\r?\n\r?\n")  # the empty line; not a lone carriage return


class Head(Struct, frozen=True):
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
    codings = _codings(head)
    if codings:
        if codings != {"chunked"}:
            raise Fault("protocol", "its transfer encoding is not known")
        return _chunked(wire, head.rest)
    if head.fields.get("content-length", "").strip():
        length = _length(head.fields["content-length"])
        if length > wire.bounds.max_bytes:  # why load what is not going to be read?
            raise too_large()
        return _sized(wire, head.rest, length)
    return _until_close(wire, head.rest)


def tells_its_end(head: Head) -> bool:
    """Tell whether the answer says where its body ends: one that only stops may have been cut (RFC 9112, 8)."""
    return bool(_codings(head) or head.fields.get("content-length", "").strip())


def _codings(head: Head) -> set[str]:
    return {
        part.strip().lower() for part in head.fields.get("transfer-encoding", "").split(",")
    } - {"", "identity"}


def _raw_head(wire: Wire, rest: bytes) -> tuple[bytes, bytes]:
    """Return the bytes up to the first empty line, and what was read after it."""
    data, searched = rest, 0
    while not (gap := _GAP.search(data, searched)):
        if len(data) > MAX_HEAD:
            raise Fault("protocol", f"more than {MAX_HEAD} bytes of headers")
        searched = max(0, len(data) - 3)  # the gap may be torn
        piece = wire.receive()
        if not piece:
            raise Fault(
                "reset",
                "closed the connection within the headers" if data else "closed without an answer",
            )
        data += piece
    return data[: gap.start()], data[gap.end() :]


def _parse(raw: bytes, rest: bytes) -> Head:
    # latin-1: any bytes pass (RFC 9110, 5.5). Not splitlines: it takes 0x85, a part of UTF-8's "Å", for an end.
    lines = [line.rstrip("\r") for line in raw.decode("latin-1").split("\n")]
    version, _, status_line = (lines[0] if lines else "").partition(" ")
    code, _, reason = status_line.strip().partition(" ")
    if not version.startswith("HTTP/") or not (len(code) == 3 and code.isdecimal()):  # noqa: PLR2004  RFC 9112, 4
        raise Fault(
            "protocol",
            "answered with something that is not HTTP",
            "is the port or the scheme right?",
        )
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
    if lengths or not re.fullmatch(
        r"[0-9]{1,15}", only
    ):  # int() refuses thousands of digits with an exception
        raise Fault("protocol", "its Content-Length makes no sense")
    return int(only)


def _sized(wire: Wire, piece: bytes, length: int) -> Iterator[bytes]:
    missing = length
    while missing > 0:
        if piece:
            yield piece[:missing]
            missing -= len(piece)
        if missing < 0 and piece[missing:].strip():
            raise Fault(
                "protocol", "sent more than its Content-Length says: one of the two is wrong"
            )
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


def _chunked(wire: Wire, rest: bytes) -> Iterator[bytes]:
    """Yield the data of the chunks (RFC 9112, 7.1). Trailers are not waited for: the connection ends here."""
    tape = _Tape(wire, rest)
    while (size := _chunk_size(tape.line())) > 0:
        while size > 0:
            piece = tape.upto(size)
            size -= len(piece)
            yield piece
        if tape.line():
            raise Fault("protocol", "its chunks make no sense")


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not re.fullmatch(
        rb"[0-9A-Fa-f]{1,15}", digits
    ):  # int() takes more than the grammar does: "-1", "1_0"
        raise Fault("protocol", "its chunks make no sense")
    return int(digits, 16)


class _Tape:
    """What was received, read on from a mark: cutting it at each of a million tiny chunks would cost hours."""

    __slots__ = ("_data", "_mark", "_wire")

    def __init__(self, wire: Wire, data: bytes) -> None:
        self._wire = wire
        self._data = data
        self._mark = 0

    def line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._data.find(b"\n", self._mark)) < 0:
            if len(self._data) - self._mark > MAX_HEAD:
                raise Fault("protocol", "its chunks make no sense")
            self._more()
        line = self._data[self._mark : end].rstrip(b"\r")
        self._mark = end + 1
        return line

    def upto(self, size: int) -> bytes:
        """Return the next bytes, at least one and at most `size`."""
        if self._mark == len(self._data):
            self._more()
        piece = self._data[self._mark : self._mark + size]
        self._mark += len(piece)
        return piece

    def _more(self) -> None:
        piece = self._wire.receive()
        if not piece:
            raise Fault("truncated", "cut short: its last chunk never came")
        self._data = self._data[self._mark :] + piece
        self._mark = 0
