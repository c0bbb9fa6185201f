"""A post's words -> its terms, each with how often it counts, in any language. Pure.

A term is a 32-bit hash: an index keeps no words. Which are frequent is found by counting (vectors.py), so
there are no lists of stop words; inflections and compounds are met by fragments of the title's words. Accents
stay: without its marks Vietnamese loses a tenth of what tells its words apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import is_normalized, normalize
from urllib.parse import unquote
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Terms = NDArray[np.uint32]
Counted = NDArray[np.float32]

BODY = 4000  # characters of the body that are looked at: an article says early what it is about
FRAGMENT_WEIGHT = 0.35  # all fragments of a title then weigh together somewhat less than its words
CATEGORY = 3  # times that a category counts as a word of the text: it says what a post is about

# Of ASCII letters and digits, in lower case, all else a space; the bytes of what is not ASCII stay what they are.
_LETTERS = bytes(
    byte if not chr(byte).isascii() else ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ")
    for byte in range(256)
)
# What is no letter or digit beyond ASCII. Not the vowel signs that the scripts of India and south-east Asia set
# between letters (`\w` ends a word there); but the danda, which ends sentences.
_MARK = re.compile(
    "[^\x00-\x7f\\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0eff\u1000-\u109f\u1780-\u17d3]"
)
# What has no spaces between words (Thai, Lao, Myanmar, Khmer, kana, Han), or joins particles to them (Hangul).
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_FRAGMENT = re.compile("(?=(.[^ ]{2}.))")  # four letters, a space only at an edge
_URL = re.compile(r"(?:https?://|www\.)\S+")
_PATH = re.compile(r"[^:/?#]+://[^/?#]*/([^?#]*)")
# Words of a permalink's path, not numbers and dates, nor ids that mix letters and digits.
_SLUG = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
_NO_WORDS = frozenset({"html", "htm", "php", "asp", "aspx", "www", "index", "rss", "feed"})


def terms(
    title: str, body: str, link: str = "", categories: Iterable[str] = ()
) -> tuple[Terms, Counted]:
    """Return the terms of a post, each once, and how often each counts.

    `title`, `body` and `categories` are plain text, `link` the permalink: its path often names section and subject.
    """
    heading = words(title)
    found = " ".join((heading, words(body[:BODY]), *slug(link))).encode().split()
    found += CATEGORY * [" ".join(words(category).split()).encode() for category in categories]
    hashed, often = _counted(found)
    pieces = np.fromiter(dict.fromkeys(map(crc32, map(str.encode, fragments(heading)))), np.uint32)
    # A fragment that is a word too ("cars") counts as the word.
    pieces = pieces[hashed.take(hashed.searchsorted(pieces), mode="clip") != pieces]
    weights = np.full(len(pieces), FRAGMENT_WEIGHT, np.float32)
    return np.concatenate((hashed, pieces)), np.concatenate((often, weights))


def words(text: str) -> str:
    """Return the words of a text in lower case, parted by spaces.

    >>> words("Zürich's 3 cafés: https://x.example/a").split(), words("हिन्दी में।").split()
    (['zürich', 's', '3', 'cafés'], ['हिन्दी', 'में'])

    Where a script does not part words, pairs of letters stand for them:

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
    # bytes.translate() and split() find words in a third of the time that regular expressions take.
    text = _MARK.sub(" ", text).encode().translate(_LETTERS).decode()
    if not _UNSPACED.search(text):
        return text
    return " ".join(part for word in text.split() for part in _pairs(word))


def slug(link: str) -> list[str]:
    """Return the words of an address's path.

    >>> slug("https://news.example/2014/03/10/business/fed-sees-taper-294430.html?id=7")
    ['business', 'fed', 'sees', 'taper']
    """
    path = _PATH.match(link)
    if not path:
        return []
    return [word for word in _SLUG.findall(unquote(path[1]).casefold()) if word not in _NO_WORDS]


def fragments(found: str) -> list[str]:
    """Return the pieces of four letters that words are made of, their edges marked; a letter alone has none.

    >>> fragments("the"), fragments("a cars")
    ([' the', 'the '], [' car', 'cars', 'ars '])
    """
    return _FRAGMENT.findall(f" {' '.join(found.split())} ")


def _pairs(word: str) -> Iterable[str]:
    if word.isascii() or len(word) == 1 or not _UNSPACED.search(word):
        return (word,)
    return map(str.__add__, word, word[1:])


def _counted(found: list[bytes]) -> tuple[Terms, Counted]:
    """Return the hash of each word once, in order, and how often it is there."""
    # map() over a function written in C, and numpy: this sees every word of every post.
    hashed = np.fromiter(map(crc32, found), np.uint32, len(found))
    hashed.sort()
    first = np.ones(len(hashed), np.bool_)
    np.not_equal(hashed[1:], hashed[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    ends = np.concatenate((starts[1:], [len(hashed)]))
    return hashed[starts], (ends - starts).astype(np.float32)
