"""Published posts -> an index of their words, and the posts that hold a visitor's words.

A run indexes what it published, where a feed has `search`; `serve` asks. The words are those of
`tokens`, so that every language is cut alike on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from unicodedata import combining, normalize

from syndicator import tokens
from syndicator.model.post import Post
from syndicator.model.settings import Feed, Source
from syndicator.store import Store

_LONGEST = 200  # characters of a query
_MOST = 10  # words or phrases of it
_PORTION = 500  # posts indexed in one transaction
# A phrase in quotes, or what stands between spaces; never empty.
_PART = re.compile(r'"([^"]+)"|([^\s"]+)')
# Letters with a stroke, which Unicode does not take apart: many type them without it.
_STROKES = str.maketrans("đøłı", "doli")
# Vowel points of Hebrew and Arabic, which few type, and the stroke that stretches a word.
_POINTS = dict.fromkeys([*range(0x591, 0x5C8), *range(0x64B, 0x660), 0x640])


class _Plain(dict[int, str]):
    """A character -> the one small letter without marks that stands for it in comparisons."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if not tokens.is_unspaced(letter):
            pieces = normalize("NFKD", letter.casefold()).translate(_STROKES)
            letter = next((piece for piece in pieces if not combining(piece)), letter)
        self[code] = letter
        return letter


PLAIN = _Plain()  # for str.translate, of a text in NFC: the places of its letters stay


def update(store: Store, feeds: Sequence[Feed], sources: Mapping[str, Source]) -> list[str]:
    """Index the new posts, or take the index away if no feed wants it; return remarks."""
    index = store.search
    if not any(feed.search for feed in feeds):
        index.disable()
        return []
    if not index.is_possible:
        return ["`search` needs an SQLite with FTS5, and this Python has none"]
    index.enable()
    index.renew()
    while waiting := index.waiting(_PORTION):
        posts = store.posts.read(index.published(waiting))
        rows = []
        for number, post in posts.items():
            names = [*(person.name for person in post.authors), *post.category_labels]
            text = public_text(post, sources.get(post.source_id))
            columns = list(map(_words, (post.title, text, "\n".join(names))))
            rows.append((number, columns))
        index.index(waiting, rows)
    return []


def public_text(post: Post, source: Source | None) -> str:
    """Return the words of a post that its source lets us publish: of its body, or of its summary."""
    return post.text if source and source.content == "full" else post.summary


def _words(text: str) -> str:
    return tokens.words(normalize("NFC", text).translate(PLAIN).translate(_POINTS))


def parts(query: str) -> list[str]:
    """Return the words and quoted phrases of a query, at most ten.

    >>> parts('ferry "salt store"')
    ['ferry', 'salt store']
    """
    return [phrase or word for phrase, word in _PART.findall(query[:_LONGEST])][:_MOST]


def is_beginning(word: str) -> bool:
    """Tell whether longer words with this beginning match too: not for short Latin ones.

    >>> is_beginning("the"), is_beginning("ferr"), is_beginning("東")
    (False, True, True)
    """
    return len(word) > 3 or not word.isascii()


def expression(query: str) -> str:
    """Return a query in FTS5's syntax, "" for one without a word; all its parts must match.

    Only letters, digits and spaces are left of it, in quotes, so none of it is an operator
    (sqlite.org/fts5.html, 3).

    >>> expression('Ferry "salt store" OR')
    '("ferry" OR "ferry"*) AND "salt store" AND "or"'
    >>> expression("東京都"), expression('"*: ^')
    ('"東京 京都"', '')
    """
    terms = []
    for part in parts(query):
        words = " ".join(_words(part).split())
        quoted = f'"{words}"'
        if words and " " not in words and is_beginning(words):
            quoted = f"({quoted} OR {quoted}*)"
        if words:
            terms.append(quoted)
    return " AND ".join(terms)
