"""Turn the words of a post, in any language, into counted terms.

A term is a 32-bit hash; the index stores no words. There are no lists of stop words: vectors.py
counts which terms are frequent. Four-letter fragments of the title match inflections and
compounds. Accents stay: without its marks Vietnamese loses a tenth of what tells words apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from syndicator.related import tuning
from syndicator.tokens import words

Terms = NDArray[np.uint32]
Counted = NDArray[np.float32]

_FRAGMENT = re.compile("(?=(.[^ ]{2}.))")  # four letters; a space only at an edge
_PATH = re.compile(r"[^:/?#]+://[^/?#]*/([^?#]*)")
# Matches words of a permalink's path; not numbers, dates, or ids that mix letters and digits.
_SLUG = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
_NO_WORDS = frozenset({"html", "htm", "php", "asp", "aspx", "www", "index", "rss", "feed"})


def terms(
    title: str, body: str, link: str = "", categories: Iterable[str] = ()
) -> tuple[Terms, Counted]:
    """Return the distinct terms of a post, and the count of each.

    `title`, `body` and `categories` are plain text. `link` is the permalink: its path often names
    section and subject.
    """
    heading = words(title)
    every = " ".join((heading, words(body[: tuning.BODY_CHARACTERS]), *slug(link))).encode().split()
    for category in categories:
        every += tuning.CATEGORY_COUNT * [" ".join(words(category).split()).encode()]
    hashes, counts = _counted(every)
    pieces = dict.fromkeys(map(crc32, map(str.encode, fragments(heading))))
    hashed = np.fromiter(pieces, np.uint32)
    # A fragment that is a word too ("cars") counts as the word.
    hashed = hashed[hashes.take(hashes.searchsorted(hashed), mode="clip") != hashed]
    weights = np.full(len(hashed), tuning.FRAGMENT_WEIGHT, np.float32)
    return np.concatenate((hashes, hashed)), np.concatenate((counts, weights))


def slug(link: str) -> list[str]:
    """Return the words of an address's path.

    >>> slug("https://news.example/2014/03/10/business/fed-sees-taper-294430.html?id=7")
    ['business', 'fed', 'sees', 'taper']
    """
    path = _PATH.match(link)
    if not path:
        return []
    return [word for word in _SLUG.findall(unquote(path[1]).casefold()) if word not in _NO_WORDS]


def fragments(text: str) -> list[str]:
    """Return the four-letter pieces of words, with a space at a word's edge; none of one letter.

    >>> fragments("the"), fragments("a cars")
    ([' the', 'the '], [' car', 'cars', 'ars '])
    """
    return _FRAGMENT.findall(f" {' '.join(text.split())} ")


def _counted(every: list[bytes]) -> tuple[Terms, Counted]:
    """Return the distinct hashes of words in rising order, and the count of each."""
    # map() over C functions, and numpy: this loop sees every word of every post.
    hashes = np.fromiter(map(crc32, every), np.uint32, len(every))
    hashes.sort()
    is_first = np.ones(len(hashes), np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    ends = np.concatenate((starts[1:], [len(hashes)]))
    return hashes[starts], (ends - starts).astype(np.float32)
