"""Body pieces as sent, Content-Encoding -> decoded pieces, bounded: a bomb ends at the limit.

gzip and deflate always; br and zstd where their libraries are installed (the `compression` extra).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from syndicator.fetcher.fetch_error import FetchError

_STEP = 1 << 18  # decoded bytes at a time: what a bomb can allocate before it is counted
_MAX_MEMBERS = 1000  # a gzip body has one, seldom two; a million empty ones would cost minutes

# Values that servers put there though they name no coding: charsets, transfer encodings, types.
# Not "rot13".
_NO_CODING = re.compile(
    r"identity|none|null|undefined|binary|[78]-?bit|quoted-printable|plain|text(?:/.*)?|application/.*"
    r"|(?:charset=)?(?:us-ascii|ascii|utf-?(?:8|16)(?:le|be)?|unicode)"
    r"|(?:charset=)?(?:iso|windows|cp|koi8|gb|big|latin)[\w-]*"
    r"|(?:aws-)?chunked|\W*"
)

_EXTRA = {"br": "brotli", "zstd": "zstandard"}  # coding -> library
_ADVICE = (
    "install syndicator[compression], which reads it; or ask its owner to heed Accept-Encoding"
)

Decoder = Callable[[Iterator[bytes]], Iterator[bytes]]


def accepted() -> str:
    """Return the Accept-Encoding header: the codings that can be decoded here."""
    extra = [name for name, library in _EXTRA.items() if find_spec(library)]
    return ", ".join(["gzip", "deflate", *extra])


def decoded(pieces: Iterator[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """Yield the body decoded from its codings, last applied first.

    Raises FetchError (too-large, truncated, protocol).
    """
    for part in reversed(encoding.lower().split(",")):
        name = part.partition(";")[0].strip(" \t\"'")
        if _NO_CODING.fullmatch(name):
            continue
        decoder = _DECODERS.get(name)
        if decoder is None or (name in _EXTRA and not find_spec(_EXTRA[name])):
            raise FetchError(
                "protocol",
                "its content encoding is not one that we asked for",
                _ADVICE if name in _EXTRA else "",
            )
        pieces = _limited(decoder(pieces), limit)
    return _limited(pieces, limit)


def _limited(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise FetchError(
                "too-large",
                f"more than {limit} bytes once decompressed",
                "raise max_decoded_bytes in [fetch] if this is right",
            )
        yield piece


def _gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decode gzip; several members are one body (RFC 1952, 2.2), rubbish after them is dropped."""
    members = 0
    data = b""
    unpacker = None
    for piece in pieces:
        data += piece
        while data:
            if unpacker is None:
                if members and not data.startswith(b"\x1f"):
                    return
                unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield from _inflated(unpacker, data)
            data = unpacker.unused_data
            if not unpacker.eof:
                break
            members, unpacker = members + 1, None
            if members > _MAX_MEMBERS:
                raise FetchError("protocol", "its compressed data is in too many pieces")
    if unpacker is not None:
        raise FetchError("truncated", "cut short: its compressed data has no end")


def _deflate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Decode deflate: in zlib's format (RFC 9110, 8.4.1.2), or raw as some servers send it."""
    if not (first := next(pieces, b"")):
        return
    is_zlib = first[0] & 0x0F == 8 and (
        len(first) < 2 or int.from_bytes(first[:2], "big") % 31 == 0
    )
    unpacker = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
    yield from _inflated(unpacker, first)
    for piece in pieces:
        yield from _inflated(unpacker, piece)
    if not unpacker.eof:
        raise FetchError("truncated", "cut short: its compressed data has no end")


def _inflated(unpacker: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """Yield the decompressed `data`, at most a step at a time."""
    while True:
        try:
            piece = unpacker.decompress(data, _STEP)
        except zlib.error:
            raise FetchError("protocol", "its compressed data is damaged") from None
        if piece:
            yield piece
        data = unpacker.unconsumed_tail
        # After a full step zlib may hold more back.
        if unpacker.eof or (not data and len(piece) < _STEP):
            return


def _brotli(pieces: Iterator[bytes]) -> Iterator[bytes]:
    import brotli  # here: an extra, and only some answers need it

    unpacker = brotli.Decompressor()
    for piece in pieces:
        try:
            yield unpacker.process(piece, output_buffer_limit=_STEP)
            while not unpacker.can_accept_more_data():
                yield unpacker.process(b"", output_buffer_limit=_STEP)
        except brotli.error:
            raise FetchError("protocol", "its compressed data is damaged") from None
    if not unpacker.is_finished():
        raise FetchError("truncated", "cut short: its compressed data has no end")


def _zstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    import zstandard  # here: an extra, and only some answers need it

    # A window of 8 MB: RFC 9659.
    decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 23)
    unpacker = decompressor.decompressobj(write_size=_STEP)
    for piece in pieces:
        for start in range(0, len(piece), 512):  # one call decodes all that it is given
            if unpacker.eof:
                return
            try:
                yield unpacker.decompress(piece[start : start + 512])
            except zstandard.ZstdError:
                raise FetchError("protocol", "its compressed data is damaged") from None
    if not unpacker.eof:
        raise FetchError("truncated", "cut short: its compressed data has no end")


_DECODERS: dict[str, Decoder] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
