"""A post's words -> its terms, each with how often it counts, in any language. Pure.

A term is a 32-bit hash: an index keeps no words. Which are frequent is found by counting (vectors.py), so
there are no lists of stop words; inflections and compounds are met by fragments of the title's words. Accents
stay: without its marks Vietnamese loses a tenth of what tells its words apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from unicodedata import is_normalized, normalize
from urllib.parse import unquote, urlsplit
from zlib import crc32

BODY = 4000  # characters of the body that are looked at: an article says early what it is about
FRAGMENT = 4  # letters
FRAGMENT_WEIGHT = 0.45  # all fragments of a title then weigh together as much as its words

# Runs of letters and digits, and the vowel signs that the scripts of India and south-east Asia set between letters
# (`\w` ends a word there). Not the danda, which ends sentences.
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile("[\\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0eff\u1000-\u109f\u1780-\u17d3]+")
# What has no spaces between words (Thai, Lao, Myanmar, Khmer, kana, Han), or joins particles to them (Hangul).
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_URL = re.compile(r"(?:https?://|www\.)\S+")
# Words of a permalink's path, not numbers and dates, nor ids that mix letters and digits.
_SLUG = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
_NO_WORDS = frozenset({"html", "htm", "php", "asp", "aspx", "www", "index", "rss", "feed"})


def terms(title: str, body: str, link: str = "", categories: Iterable[str] = ()) -> dict[int, float]:
    """Return the terms of a post, each with how often it counts.

    `title`, `body` and `categories` are plain text, `link` the permalink: its path often names section and subject.
    """
    heading = words(title)
    found = Counter(heading)
    found.update(words(body[:BODY]))
    found.update(slug(link))
    found.update(" ".join(words(category)) for category in categories)
    # map() over functions written in C: this line sees every word of every post.
    counted: dict[int, float] = dict(zip(map(crc32, map(str.encode, found)), found.values(), strict=True))
    pieces = Counter(piece for word in heading for piece in fragments(word))
    for piece, count in pieces.items():
        term = crc32(piece.encode())
        counted[term] = max(counted.get(term, 0.0), min(FRAGMENT_WEIGHT * count, 1.0))
    return counted


def words(text: str) -> list[str]:
    """Return the words of a text in lower case.

    >>> words("Zürich's 3 cafés: https://x.example/a"), words("हिन्दी में।")
    (['zürich', 's', '3', 'cafés'], ['हिन्दी', 'में'])

    Where a script does not part words, pairs of letters stand for them:

    >>> words("東京都 2024")
    ['東京', '京都', '2024']
    """
    text = text.casefold()
    if "://" in text or "www." in text:
        text = _URL.sub(" ", text)
    if text.isascii():
        return _ASCII_WORD.findall(text)
    if not is_normalized("NFKC", text):
        text = normalize("NFKC", text)
    found = _WORD.findall(text.replace("_", " "))
    if not _UNSPACED.search(text):
        return found
    return [part for word in found for part in _pairs(word)]


def slug(link: str) -> list[str]:
    """Return the words of an address's path.

    >>> slug("https://news.example/2014/03/10/business/fed-sees-taper-294430.html?id=7")
    ['business', 'fed', 'sees', 'taper']
    """
    path = unquote(urlsplit(link).path) if link else ""
    return [word for word in _SLUG.findall(path.casefold()) if word not in _NO_WORDS]


def fragments(word: str) -> list[str]:
    """Return the pieces of four letters that a word is made of, its edges marked; a letter alone has none.

    >>> fragments("the"), fragments("cars"), fragments("a")
    ([' the', 'the '], [' car', 'cars', 'ars '], [])
    """
    padded = f" {word} "
    return [padded[i : i + FRAGMENT] for i in range(len(padded) - FRAGMENT + 1)]


def _pairs(word: str) -> list[str]:
    if word.isascii() or len(word) == 1 or not _UNSPACED.search(word):
        return [word]
    return [word[i : i + 2] for i in range(len(word) - 1)]
