"""A text and a visitor's words -> the passage that shows them best, as safe HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from unicodedata import normalize

from markupsafe import Markup, escape

from syndicator import tokens
from syndicator.generator.site.brief import first_words
from syndicator.search import PLAIN, is_beginning, parts

_LENGTH = 240  # characters
_BEFORE = 60  # characters before the first word that is marked
_READ = 50_000  # characters of a text that are looked through
_MARKED = 50  # places that are looked at
_EDGES = re.compile(r"^\W+|\W+$")  # of a word, where punctuation sticks to it
_POINTS = "[\u0591-\u05c7\u064b-\u065f\u0640]*"  # may stand between the letters of a word

Span = tuple[int, int]


def pattern(query: str) -> re.Pattern[str] | None:
    """Return the pattern of a query's words in plain text, None for a query without one.

    It matches words that begin as the query's do, of short Latin ones only the whole word, and a
    script without spaces anywhere.
    """
    forms = []
    for word in " ".join(parts(query)).translate(PLAIN).split():
        word = _EDGES.sub("", word)  # noqa: PLW2901
        if not word:
            continue
        form = _POINTS.join(map(re.escape, word))
        if not tokens.is_unspaced(word):
            end = r"\w*" if is_beginning(word) else r"(?!\w)"
            form = rf"(?<!\w){form}{end}"
        forms.append(form)
    return re.compile("|".join(forms)) if forms else None


def excerpt(text: str, words: re.Pattern[str] | None) -> Markup:
    """Return the passage with the most different words of the query, each in `<mark>`.

    >>> excerpt("The <ferry> stopped.", pattern("ferry"))
    Markup('The &lt;<mark>ferry</mark>&gt; stopped.')
    """
    text = normalize("NFC", text[:_READ])
    plain = text.translate(PLAIN)
    matches = words.finditer(plain) if words else ()
    spans = [match.span() for match in islice(matches, _MARKED)]
    if not spans:
        return escape(first_words(text, _LENGTH))
    start, end = _passage(text, _best(plain, spans))
    shown, place = escape("… " if start else ""), start
    for first, last in spans:
        if place <= first and last <= end:
            shown += escape(text[place:first]) + Markup("<mark>%s</mark>") % text[first:last]
            place = last
    return shown + escape(text[place:end]) + ("" if end == len(text) else " …")


def _best(plain: str, spans: Sequence[Span]) -> int:
    """Return the place of the span after which the most different words follow within a passage."""

    def followers(span: Span) -> int:
        near = [other for other in spans if span[0] <= other[0] < span[0] + _LENGTH - _BEFORE]
        return len({plain[first:last] for first, last in near})

    return max(spans, key=followers)[0]


def _passage(text: str, place: int) -> Span:
    """Return a passage around a place, cut between words where there are spaces."""
    start = max(0, place - _BEFORE)
    if start:
        start = text.find(" ", start, place) + 1 or start
    end = start + _LENGTH
    if end >= len(text):
        return start, len(text)
    return start, max(text.rfind(" ", place, end), end - _BEFORE)
