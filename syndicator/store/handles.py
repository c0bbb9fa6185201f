"""Keys -> handles: the 64-bit numbers under which the table of that name finds a post again.

A web address has one handle in the whole store, so that two sources' posts meet; a guid that is none ("17"),
an address without its host and a title mean something within their source only, and are mixed with its
number. A handle only proposes: `identity.decide` compares the keys themselves.
"""

from __future__ import annotations

from hashlib import blake2b

from syndicator.model import Keys

_SIGN = 1 << 63
_MASK = (1 << 64) - 1


def handles(keys: Keys, source: int) -> set[int]:
    """Return the handles of a post of the source with this number, signed as SQLite wants them."""
    own = [keys.path_guid, keys.path_link]
    shared = [keys.loose_guid, keys.loose_link, keys.origin]
    mixed = []
    if keys.guid and not keys.loose_guid:
        own.append(keys.guid)
    if keys.instant is not None:
        mixed.append(f"at {keys.title} {keys.instant.timestamp()} {source}")
    if keys.text:
        mixed.append(f"story {keys.title} {keys.text}")
    if not (keys.guid or keys.link):
        mixed += [f"{kind} {key} {source}" for kind, key in (("title", keys.title), ("text", keys.text)) if key]
    salt = source * 0x9E3779B97F4A7C15 & _MASK  # Fibonacci hashing: neighbours end far apart
    return {
        *(_signed(int(key, 16)) for key in shared if key),
        *(_signed(int(key, 16) ^ salt) for key in own if key),
        *(_signed(int.from_bytes(blake2b(text.encode(), digest_size=8).digest())) for text in mixed),
    }


def _signed(number: int) -> int:
    return number - (1 << 64) if number & _SIGN else number
