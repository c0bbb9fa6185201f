"""A post by today's rules and the stored one by older rules -> did only the rules change? Pure.

The hash and the keys of a post depend on all that the normalizer does. When a rule changes, a
stored post and the same post of today differ, although its source changed nothing. Where link,
title and nearly all of the text agree, the difference is taken for one of the rules.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from itertools import pairwise

from msgspec.structs import replace

from syndicator import urls
from syndicator.model.post import Keys, KnownPost
from syndicator.normalizer.identity.keys import digest, looser

NEARLY_ALL = 0.8  # of the pairs of words of two texts
MANY_WORDS = 20  # a text of fewer words is another one when a single word is
LEFT_OUT = 40  # words that a new rule may take out: a credit line, a share bar, a box of an author

# Scripts without spaces count by characters: Thai and Lao, Burmese, Khmer, kana, Han.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
# A tag, and what a CDATA section begins and ends with; not "1 < 2 and 3 > 2", which no letter
# follows.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!\[CDATA\[|\]\]>")


def titles_agree(old: str, new: str) -> bool:
    """Tell whether two titles differ at most in tags, entities, signs and white space, which rules change.

    >>> titles_agree("Why the tag needs a size", "Why the <img> tag needs a size")
    True
    >>> titles_agree("Ferry at seven", "Ferry at eight")
    False
    """
    return _letters(old) == _letters(new)


def is_prefixed(old: str, new: str) -> bool:
    """Tell whether an old title is the new one behind a name: planets write "Author: Title".

    >>> is_prefixed("Ann: Trains: a history", "Trains: a history")
    True
    >>> is_prefixed("Trains: a history", "Trams: a history")
    False
    """
    parts = old.split(": ")
    return any(titles_agree(": ".join(parts[start:]), new) for start in range(1, len(parts)))


def is_excerpt(old: str, new: str) -> bool:
    """Tell whether an old text is the beginning of the new one, with an ellipsis at its end.

    >>> is_excerpt("The ferry left at ...", "The ferry left at seven.")
    True
    >>> is_excerpt("The ferry left.", "The ferry left. It is back.")
    False
    """
    start = _words(old)
    is_open = old.rstrip(" ]").endswith(("...", "\u2026"))
    return is_open and _words(new)[: len(start)] == start


def _letters(title: str) -> str:
    bare = _TAG.sub(" ", unescape(unescape(title)))
    return "".join(filter(str.isalnum, bare.casefold()))


def texts_agree(old: str, new: str) -> bool:
    """Tell whether nearly all of two plain texts agree: the pairs of words that stand side by side."""
    before, after = Counter(pairwise(_words(old))), Counter(pairwise(_words(new)))
    size = max(before.total(), after.total())
    return size >= MANY_WORDS and (before & after).total() >= NEARLY_ALL * size


def is_shortened(old: str, new: str) -> bool:
    """Tell whether a text only lost some words, no more than a rule may take out.

    >>> is_shortened("All is well. First seen on A Site.", "All is well.")
    True
    >>> is_shortened("All is well.", "All is well. Or is it?")
    False
    """
    before, after = Counter(_words(old)), Counter(_words(new))
    return after <= before and (before - after).total() <= LEFT_OUT


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def keys_today(known: KnownPost) -> Keys:
    """Return the keys of a stored post with those of its link as today's rules make them.

    Only a link that loses a parameter is keyed again; a key that told nothing apart stays empty.
    """
    link = urls.without_tracking(known.link)
    if link == known.link:
        return known.keys
    loose, path = looser(link)
    keys = known.keys
    return replace(
        keys,
        link=keys.link and digest(link.encode()),
        loose_link=keys.loose_link and digest(loose.encode()),
        path_link=keys.path_link and digest(path.encode()),
    )
