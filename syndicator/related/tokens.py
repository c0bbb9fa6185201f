"""A post's words -> its weighted terms, in any language. Pure.

Terms are 32-bit hashes: an index keeps no words. What is frequent is told by counting (vectors.py), so there
are no lists of stop words; what is inflected or compounded is met by fragments of the title's words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from zlib import crc32

BODY = 4000  # characters of the body that are looked at: an article says early what it is about
TITLE = 3.0  # how many times a word of the title counts
FRAGMENT = 0.5  # how much a fragment of a word counts

# Runs of letters and digits; marks are part of the word that they stand on. Not "_", which joins words.
_WORD = re.compile(r"[^\W_]+")
# Scripts that put no space between words: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_URL = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)


def terms(title: str, body: str, categories: Iterable[str] = ()) -> dict[int, float]:
    """Return the terms of a post, each with how often it counts.

    `title`, `body` and `categories` are plain text.
    """
    heading = words(title)
    found: Counter[str] = Counter(words(body[:BODY]))
    for word in heading:
        found[word] += TITLE  # type: ignore[assignment] # a Counter counts floats as well
    for category in categories:
        found[" ".join(words(category))] += 1
    weighted = {crc32(word.encode()): float(count) for word, count in found.items() if word}
    for fragment in fragments(heading):
        key = crc32(fragment.encode())
        weighted[key] = weighted.get(key, 0.0) + FRAGMENT
    return weighted


def words(text: str) -> list[str]:
    """Return the folded words of a text; pairs of letters where its script has no spaces.

    >>> words("Zürich's 3 cafés: https://x.example/a"), words("東京都は晴れ")
    (['zurich', 's', '3', 'cafes'], ['東京', '京都', '都は', 'は晴', '晴れ'])
    """
    if "://" in text or "www." in text:
        text = _URL.sub(" ", text)
    text = text.casefold()
    if text.isascii():
        return _WORD.findall(text)
    found = []
    for word in _WORD.findall(_folded(text)):
        if word.isascii() or not _UNSPACED.search(word):
            found.append(word)
        else:
            found += _pairs(word)
    return found


def fragments(heading: Iterable[str]) -> list[str]:
    """Return the pieces of four letters that the longer words of a title are made of."""
    found = []
    for word in heading:
        if len(word) > 4:  # noqa: PLR2004 - a word of four letters is its own fragment
            padded = f" {word} "
            found += [padded[i : i + 4] for i in range(len(padded) - 3)]
    return found


def _folded(text: str) -> str:
    """Take accents off letters that have them added: é -> e, but not in scripts whose marks are letters."""
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]+", "", decomposed))


def _pairs(word: str) -> list[str]:
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]
