"""The bytes of a small picture -> its format and size, by its own head; never by a name or a header.

PNG, GIF, JPEG, WebP and ICO only: none of them runs anything. SVG is a document that may hold a
script, so it is none of them.
"""

from __future__ import annotations

import struct

from msgspec import Struct

_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG's SOF markers
_ALONE = frozenset({0x01, *range(0xD0, 0xDA)})  # JPEG's markers without a length


class Picture(Struct, frozen=True):
    """The ending of a picture's file name, and its size in pixels."""

    suffix: str
    width: int
    height: int


def read(body: bytes) -> Picture | None:
    """Return the format and size of a picture, None for anything else.

    >>> read(b"GIF89a" + bytes([32, 0, 16, 0]) + bytes(30))
    Picture(suffix='.gif', width=32, height=16)
    >>> read(b"<svg xmlns='http://www.w3.org/2000/svg' width='32' height='32'/>")
    """
    if len(body) < 30:  # less than the shortest head
        return None
    if body.startswith(b"\x89PNG\r\n\x1a\n") and body[12:16] == b"IHDR":
        return Picture(".png", *struct.unpack_from(">II", body, 16))
    if body.startswith((b"GIF87a", b"GIF89a")):
        return Picture(".gif", *struct.unpack_from("<HH", body, 6))
    if body.startswith(b"\xff\xd8\xff"):
        return _jpeg(body)
    if body.startswith(b"\0\0\1\0") and body[4:6] != b"\0\0":  # the first of its pictures
        return Picture(".ico", body[6] or 256, body[7] or 256)
    return _webp(body) if body.startswith(b"RIFF") and body[8:12] == b"WEBP" else None


def _jpeg(body: bytes) -> Picture | None:
    """Walk from marker to marker (ITU T.81, B.1.1) to the frame that tells the size."""
    place = 2
    while place + 9 <= len(body) and body[place] == 0xFF:
        marker = body[place + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", body, place + 5)
            return Picture(".jpg", width, height)
        if marker in _ALONE or marker == 0xFF:  # 0xFF fills
            place += 1 if marker == 0xFF else 2
            continue
        place += 2 + max(2, struct.unpack_from(">H", body, place + 2)[0])
    return None


def _webp(body: bytes) -> Picture | None:
    """Read the first chunk (RFC 9649, 2)."""
    kind = body[12:16]
    if kind == b"VP8X":
        sizes = (int.from_bytes(body[24:27], "little"), int.from_bytes(body[27:30], "little"))
        return Picture(".webp", sizes[0] + 1, sizes[1] + 1)
    if kind == b"VP8L" and body[20] == 0x2F:
        packed = int.from_bytes(body[21:25], "little")
        return Picture(".webp", (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and body[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", body, 26)
        return Picture(".webp", width & 0x3FFF, height & 0x3FFF)
    return None
