"""Turn the words of a post, in any language, into counted terms.

A term is a 32-bit hash; the index stores no words. There are no lists of stop words: vectors.py
counts which terms are frequent. Four-letter fragments of the title match inflections and
compounds. Accents stay: without its marks Vietnamese loses a tenth of what tells words apart.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise
from urllib.parse import unquote
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from syndicator.model.post import Post
from syndicator.related import tuning, vectors
from syndicator.tokens import words

_FRAGMENT = re.compile("(?=(.[^ ]{2}.))")  # four letters; a space only at an edge
_PATH = re.compile(r"[^:/?#]+://[^/?#]*/([^?#]*)")
# Matches words of a permalink's path; not numbers, dates, or ids that mix letters and digits.
_SLUG = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
_NO_WORDS = frozenset({"html", "htm", "php", "asp", "aspx", "www", "index", "rss", "feed"})


def packed(posts: Sequence[Post]) -> list[bytes]:
    """Return the distinct terms of each post and their counts, packed as `vectors.TERM`.

    The words come first, by their hashes, then the fragments of the title that are no words, in
    their order. One pass of numpy serves all posts: a call of it costs as much as a hundred words.
    """
    headings = [words(post.title) for post in posts]
    terms, counts = np.unique(_hashed(map(_words, posts, headings)), return_counts=True)
    pieces = _hashed(map(dict.fromkeys, map(fragments, headings)))
    # A fragment that is a word too ("cars") counts as the word.
    pieces = pieces[terms.take(terms.searchsorted(pieces), mode="clip") != pieces]
    weights = np.full(len(pieces), tuning.FRAGMENT_WEIGHT, np.float32)
    both = np.concatenate((terms, pieces))
    order = np.argsort(both >> 32, kind="stable")
    both, weights = both[order], np.concatenate((counts.astype(np.float32), weights))[order]
    blob = vectors.pack(both & 0xFFFFFFFF, weights)
    edges = np.searchsorted(both >> 32, np.arange(len(posts) + 1)) * vectors.TERM.itemsize
    return [blob[start:end] for start, end in pairwise(edges.tolist())]


def _hashed(texts: Iterable[Iterable[bytes]]) -> NDArray[np.int64]:
    """Return the hash of each word of each post, with the post's place in the upper 32 bits."""
    hashes, ends = array("I"), [0]
    for text in texts:
        hashes.extend(map(crc32, text))
        ends.append(len(hashes))
    places = np.arange(len(ends) - 1, dtype=np.int64).repeat(np.diff(ends))
    return places << 32 | np.frombuffer(hashes, np.uint32)


def _words(post: Post, heading: str) -> list[bytes]:
    """Return the words of a post: of its heading, body, address and categories."""
    parts = heading, words(post.text[: tuning.BODY_CHARACTERS]), *slug(post.link)
    every = " ".join(parts).encode().split()
    for category in post.category_labels:
        every += tuning.CATEGORY_COUNT * [" ".join(words(category).split()).encode()]
    return every


def slug(link: str) -> list[str]:
    """Return the words of an address's path.

    >>> slug("https://news.example/2014/03/10/business/fed-sees-taper-294430.html?id=7")
    ['business', 'fed', 'sees', 'taper']
    """
    path = _PATH.match(link)
    if not path:
        return []
    return [word for word in _SLUG.findall(unquote(path[1]).casefold()) if word not in _NO_WORDS]


def fragments(text: str) -> list[bytes]:
    """Return the four-letter pieces of words, with a space at a word's edge; none of one letter.

    >>> fragments("the"), fragments("a cars")
    ([b' the', b'the '], [b' car', b'cars', b'ars '])
    """
    return list(map(str.encode, _FRAGMENT.findall(f" {' '.join(text.split())} ")))
