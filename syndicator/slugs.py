"""A post's title and date -> the address of its page: `2026/11/why-the-ferry-3f2a91c4`."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from hashlib import blake2b

_LENGTH = 60  # characters of words: an address is read aloud, and cut in a mail beyond 76
_WORD = re.compile(r"[a-z0-9]+")
# Letters that lose no mark by decomposition. Of other scripts nothing is left: nobody could type
# the encoded words.
_LETTERS = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def slug(public_id: str, title: str, published: datetime) -> str:
    """Return year, month, the words of the title in plain letters, and a hash of the id.

    Made once, at first publication, and kept: a new title does not change it.

    >>> slug("urn:1", "Why the ferry stopped!", datetime(2026, 11, 24, tzinfo=UTC))
    '2026/11/why-the-ferry-stopped-6a03ef69'
    >>> slug("urn:1", "Chuyện đò ngang", datetime(2026, 11, 24, tzinfo=UTC))
    '2026/11/chuyen-do-ngang-6a03ef69'
    >>> slug("urn:1", "縁側", datetime(2026, 11, 24, tzinfo=UTC))
    '2026/11/6a03ef69'
    """
    letters = title.lower()
    if not letters.isascii():
        # NFKD: a letter and its marks apart, so that the marks can go.
        plain = unicodedata.normalize("NFKD", letters.translate(_LETTERS))
        letters = "".join(char for char in plain if not unicodedata.combining(char))
    words, length = list[str](), 0
    for word in _WORD.findall(letters.replace("'", "").replace("’", "")):
        length += len(word) + 1
        if length > _LENGTH:
            break
        words.append(word)
    name = "-".join([*words, mark(public_id)])
    return f"{published.astimezone(UTC):%Y/%m}/{name}"


def mark(public_id: str) -> str:
    """Return the hash at the end of a slug, by which the post of an address is found."""
    return blake2b(public_id.encode(), digest_size=4).hexdigest()
