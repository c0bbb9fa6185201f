"""A post's parts -> the keys by which it is known again (`keys`). Pure; `match` judges by them.

Keys are digests, so that an identity, which is kept for ever, costs the store little. The sketch is
a min-hash of the text: two texts are nearly the same when nearly all their pieces are.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from syndicator import urls
from syndicator.minhash import SKETCH
from syndicator.model.feed import ItemKey
from syndicator.model.post import Keys

Repeated = tuple[frozenset[str], frozenset[str]]  # forms of guids, forms of links

SHORT = 32  # a folded text of fewer bytes ("Read more") tells nothing apart

# Folding works on UTF-8 bytes, which translate() goes through at nearly 1 GB/s: ASCII letters to
# lower case, white space, controls and ASCII punctuation dropped.
_LOWER = bytes(range(256)).lower()
_DROPPED = bytes(c for c in range(128) if not chr(c).isalnum())
# Texts are also cut where a byte of these stands: wherever the same words stand, the same cuts are
# made, so an edit touches one piece only. In long texts each script has a letter of one to three in
# a hundred: Latin k and v, Cyrillic and Greek by B3 (г, γ), Arabic too (س), Hebrew, Thai,
# Devanagari and kana by 97, Han and Hangul by both. A short text needs smaller pieces, or one edit
# would change half of it.
_COARSE = _LOWER.translate(bytes.maketrans(b"kv\xb3\x97", b"\n" * 4))
_FINE = _LOWER.translate(bytes.maketrans(b"kvbpgyfw\x83\x8b\x93\x9b\xa3\xab\xb3\xbb", b"\n" * 16))
FINE_BELOW = 2500  # bytes


def keys(
    *,
    guid: str = "",
    link: str = "",
    title: str = "",
    text: str = "",
    published: datetime | None = None,
    origin_link: str = "",
    repeated: Repeated = (frozenset(), frozenset()),
) -> Keys:
    """Make the keys by which a post is known again.

    `guid` as the source gave it, `link` the absolute permalink (with or without tracking
    parameters), `title` and `text` plain, `published` the date exactly as given (also one in the
    future), `origin_link` only where the source proved that it republishes, `repeated` the
    addresses that tell nothing apart in this fetch (see `repeated_addresses`). About 60 us for a
    post of 9 KB.
    """
    guids, links = repeated
    own_guid, own_link = _telling(guid, guids), _telling(link, links)
    cut, fine = pieces(text)
    return Keys(
        guid=own_guid[0],
        loose_guid=own_guid[1],
        path_guid=own_guid[2],
        link=own_link[0],
        loose_link=own_link[1],
        path_link=own_link[2],
        title=digest(fold(title)),
        text=digest(cut) if len(cut) >= SHORT else "",
        sketch=sketch(cut, fine),
        instant=published,
        origin=origin_link and _digest(_forms(origin_link)[1]),
    )


def _telling(address: str, repeated: Set[str]) -> tuple[str, str, str]:
    """Return the strict, loose and path digests that tell a post from the others of its feed, "" for those that don't.

    Where many posts stand on one page, the fragment belongs to the path.
    """
    forms = _forms(address)
    strict, loose, path, anchored = ("" if form in repeated else form for form in forms)
    # One path on several hosts, as in a planet's feed: the host belongs to it.
    if forms[2] and not (path or anchored):
        path = loose
    return _digest(strict), _digest(loose), _digest(path or anchored)


def fold(title: str) -> bytes:
    """Return the letters and digits of a title in lower case, as UTF-8, for comparison.

    >>> fold("Hello,  Wörld! 2") == fold("hello WÖRLD 2")
    True
    """
    return title.casefold().encode("utf-8", "replace").translate(None, _DROPPED)


def pieces(text: str) -> tuple[bytes, bool]:
    r"""Return the letters and digits of a text, cut by line feeds, and whether into small pieces.

    >>> pieces("We have a cake.")
    (b'\neha\neaca\ne', True)
    """
    data = text.encode("utf-8", "replace")
    fine = len(data) < FINE_BELOW
    return data.translate(_FINE if fine else _COARSE, _DROPPED), fine


def digest(folded: bytes) -> str:
    """Return 16 hex digits, "" for nothing."""
    return blake2b(folded, digest_size=8).hexdigest() if folded else ""


def sketch(cut: bytes, fine: bool) -> tuple[int, ...]:
    """Return the smallest hashes of the pieces of a text, at most SKETCH, rising.

    This is a bottom-k min-hash. 0 before them says that the pieces are small: such a text can't be
    compared with one in large pieces.
    """
    hashes = set(map(zlib.crc32, cut.split(b"\n")))
    hashes.discard(0)
    smallest = sorted(hashes)[:SKETCH]
    return (0, *smallest) if fine and smallest else tuple(smallest)


_WEB = re.compile(r"(?:https?:)?//(?:[^/?#@\s]*@)?([^/?#\s]+)([^\s]*)", re.IGNORECASE)
# tag:host,date:what (RFC 4151): `what` stays when the host moves.
_TAG = re.compile(r"tag:[^,:]+,[0-9-]{4,10}:(.+)", re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=4096)
def _forms(address: str) -> tuple[str, str, str, str]:
    """Return the forms of an address or guid: strict, loose, path, path with its fragment."""
    address = address.strip()
    loose, path = looser(address)
    anchored = path + "#" + loose.partition("#")[2] if path and "#" in loose else path
    return address, loose, path, anchored


def _digest(text: str) -> str:
    return text and digest(text.encode("utf-8", "replace"))


def looser(address: str) -> tuple[str, str]:
    """Return an address without scheme, `www.` and closing slash, and the same without its host.

    A site that moves to https or to another host keeps them.

    >>> looser("https://www.Old.example:443/2024/a/?utm_source=x#2")
    ('old.example/2024/a#2', '/2024/a')
    >>> looser("http://old.example/"), looser("tag:old.example,2024:a/1"), looser("1234")
    (('old.example', ''), ('', 'tag:a/1'), ('', ''))
    """
    if tag := _TAG.match(address):
        return "", f"tag:{tag[1]}"
    web = _WEB.match(urls.without_tracking(address))
    if web is None:
        return "", ""
    host = web[1].lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    rest, mark, fragment = web[2].partition("#")
    rest, question, query = rest.partition("?")
    rest = rest.rstrip("/") + question + query
    return host + rest + (fragment and mark + fragment), rest


def repeated_addresses(items: Sequence[ItemKey]) -> Repeated:
    """Return the guids and the links, in all forms, that more than one item of a fetch has."""
    # An item without a link is shown with its guid as one.
    return _twice(item.guid for item in items), _twice(item.link or item.guid for item in items)


def _twice(addresses: Iterable[str]) -> frozenset[str]:
    once, twice = set[str](), set[str]()
    for address in addresses:
        forms = set(_forms(address))
        twice |= once & forms
        once |= forms
    return frozenset(twice - {""})
