"""Keys -> handles: the 64-bit numbers under which the table of that name finds a post again.

A web address has one handle in the whole store, so that two sources' posts meet; a guid that is
none ("17"), an address without its host, and a title mean something within their source only, and
are mixed with its number. A handle only proposes: `identity.decide` compares the keys themselves.
"""

from __future__ import annotations

from syndicator.model.post import Keys

_MASK = (1 << 64) - 1
# Odd constants spread what they multiply over all 64 bits (Fibonacci hashing): neighbours end far
# apart.
_SOURCE, _INSTANT, _STORY, _TITLE, _TEXT = (
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x27D4EB2F165667C5,
    0x85EBCA77C2B2AE63,
)


def handles(keys: Keys, source: int) -> set[int]:
    """Return the handles of a post of the source with this number, signed as SQLite wants them."""
    salt = source * _SOURCE
    title = _number(keys.title)
    numbers = set()
    if keys.path_guid:
        numbers.add(_number(keys.loose_guid))
        numbers.add(int(keys.path_guid, 16) ^ salt)
    elif keys.guid:
        numbers.add(int(keys.guid, 16) ^ salt)
    if keys.path_link:  # a front page finds nothing
        numbers.add(_number(keys.loose_link))
        numbers.add(int(keys.path_link, 16) ^ salt)
    if keys.origin:
        numbers.add(int(keys.origin, 16))
    if keys.instant is not None:
        numbers.add(title * _TITLE ^ int(keys.instant.timestamp()) * _INSTANT ^ salt)
    if keys.text:
        numbers.add(title * _TITLE ^ int(keys.text, 16) * _STORY)
    if not (keys.guid or keys.path_link):
        both = (title * _TITLE, _number(keys.text) * _TEXT)
        numbers |= {number ^ salt for number in both if number}
    numbers.discard(0)
    return {_signed(number & _MASK) for number in numbers}


def _number(digest: str) -> int:
    return int(digest or "0", 16)


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number
