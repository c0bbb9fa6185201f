"""Turn the words of a post, in any language, into counted terms.

A term is a 32-bit hash; the index stores no words. There are no lists of stop words: vectors.py
counts which terms are frequent. Four-letter fragments of the title match inflections and
compounds. Accents stay: without its marks Vietnamese loses a tenth of what tells words apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from unicodedata import is_normalized, normalize
from urllib.parse import unquote
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from syndicator.related import tuning

Terms = NDArray[np.uint32]
Counted = NDArray[np.float32]

# ASCII letters and digits in lower case, other ASCII characters as a space; other bytes stay.
_LETTERS = bytes(
    byte if not chr(byte).isascii() else ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ")
    for byte in range(256)
)
# Matches characters beyond ASCII that are no letters or digits. Must not match the vowel signs of
# Indian and south-east Asian scripts, where `\w` would end a word; matches the danda, a full stop.
_MARK = re.compile(
    "[^\x00-\x7f\\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0eff"
    "\u1000-\u109f\u1780-\u17d3]"
)
# Scripts without spaces between words (Thai, Lao, Myanmar, Khmer, kana, Han), and Hangul, which
# joins particles to words.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff]"
)
_FRAGMENT = re.compile("(?=(.[^ ]{2}.))")  # four letters; a space only at an edge
_URL = re.compile(r"(?:https?://|www\.)\S+")
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


def words(text: str) -> str:
    """Return the words of a text in lower case, separated by spaces.

    >>> words("Zürich's 3 cafés: https://x.example/a").split(), words("हिन्दी में।").split()
    (['zürich', 's', '3', 'cafés'], ['हिन्दी', 'में'])

    In scripts without spaces, pairs of letters take the place of words:

    >>> words("東京都 2024")
    '東京 京都 2024'
    """
    if "://" in text or "www." in text:
        text = _URL.sub(" ", text)
    if text.isascii():
        return text.encode().translate(_LETTERS).decode()
    text = text.casefold()
    if not is_normalized("NFKC", text):
        text = normalize("NFKC", text)
    # bytes.translate() and split() take a third of the time of regular expressions.
    text = _MARK.sub(" ", text).encode().translate(_LETTERS).decode()
    if not _UNSPACED.search(text):
        return text
    return " ".join(chain.from_iterable(map(_pairs, text.split())))


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


def _pairs(word: str) -> Iterable[str]:
    if word.isascii() or len(word) == 1 or not _UNSPACED.search(word):
        return (word,)
    return map(str.__add__, word, word[1:])


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
