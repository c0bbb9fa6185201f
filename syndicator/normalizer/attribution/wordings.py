"""Wordings of credits: the rows of `languages/credits.json`, their index by words, their patterns.

What a row means, and how to add one, stands in that file under "_about". A row matches a folded
line (`lines.fold`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from syndicator import languages
from syndicator.normalizer.attribution.lines import MARKERS, fold

Kind = Literal["both", "site", "own"]
DATA = Path(languages.__file__).with_name("credits.json")


class Row(Struct, frozen=True):
    """One wording."""

    locale: str
    kind: Kind
    words: str  # folded, separated by spaces: a credit of this wording has one of them
    sentence: str  # a regular expression with slots and names of fragments


class Data(Struct, frozen=True):
    """The file: parts of sentences, wordings, and the words around a title in the commonest ones."""

    fragments: Mapping[str, str]
    rows: tuple[Row, ...]
    leads: Mapping[str, tuple[str, ...]]
    generic: Mapping[str, str]


@lru_cache(maxsize=1)
def data() -> Data:
    """Return the wordings of others (half a millisecond, once)."""
    return msgspec.json.decode(DATA.read_bytes(), type=Data)


@lru_cache(maxsize=1)
def written_leads() -> tuple[str, ...]:
    """Return the words before a title as they begin a sentence."""
    return tuple(lead[0].upper() + lead[1:] for lead in data().leads)


# Characters: words that run into one another can be parted in many ways, twice as many with each.
_GENERIC = 48


@lru_cache(maxsize=1024)
def is_generic(written: str) -> bool:
    """Tell whether a text names no site in particular.

    >>> is_generic("my personal blog"), is_generic("here"), is_generic("My Blog of Boats")
    (True, True, False)
    """
    text = fold(written).strip(_STOP)
    if len(text) > _GENERIC:
        return False
    words = data().generic
    pattern = rf"(?:(?:{words['before']}) ?)*(?:(?:{words['nouns']})(?: (?:{words['after']}))?|{words['here']})"
    return re.fullmatch(pattern, text) is not None


def without_possessive(written: str) -> str:
    """Return a name without "my" before it.

    >>> without_possessive("my Medium"), without_possessive("Mystic River")
    ('Medium', 'Mystic River')
    """
    return re.sub(rf"^(?:{data().generic['possessives']})\s+", "", written, flags=re.IGNORECASE)


# ----------------------------------------------------------------------------------------------
# The index
# ----------------------------------------------------------------------------------------------

# Thai to Lao, Burmese, Khmer, kana and Han: scripts without spaces between words.
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff]")
_ENDS = ("", ".", ":", "：", "।", "۔", "։")
_VOWELLED = ("أولاً", "أولًا", "أوّلاً", "أوّلًا")  # folding takes the vowel marks off
_BETWEEN = re.compile(rf"[\s{MARKERS}]+")  # words of a folded line
_STOP = " .。।۔։:：、，「」『』《》〈〉\"'“”‘’„«»()"


class Index(Struct, frozen=True):
    """Which rows a text may match, by a word of it."""

    words: dict[str, list[Row]] = {}
    parts: dict[str, list[Row]] = {}  # substrings, of scripts without spaces

    def add(self, row: Row) -> None:
        """Index a row under each of its words."""
        for word in row.words.split():
            kind = self.parts if _SPACELESS.search(word) else self.words
            kind.setdefault(word.rstrip(":"), []).append(row)

    def rows(self, text: str) -> list[Row]:
        """Return the rows that share a word with a folded text, in the order of its words."""
        shared: dict[Row, None] = {}
        for word in _BETWEEN.split(text):
            if rows := self.words.get(word.strip(_STOP)):
                shared.update(dict.fromkeys(rows))
        if not text.isascii():
            for part, parted in self.parts.items():
                if part in text:
                    shared.update(dict.fromkeys(parted))
        return list(shared)


@lru_cache(maxsize=1)
def index() -> Index:
    """Index the wordings of others and all of ours.

    Our feed may be a source of theirs, and theirs of ours.
    """
    made = Index()
    for row in data().rows:
        made.add(row)
    for locale, labels in languages.table().items():
        made.add(_our_row(locale, "both", labels["titled"]))
        made.add(_our_row(locale, "site", labels["untitled"]))
    return made


def _our_row(locale: str, kind: Kind, label: str) -> Row:
    """Make a row of one of our own labels, with {source} as {site}."""
    folded = fold(label)
    words = [word.strip(_STOP) for word in re.sub(r"\{\w+\}", " ", folded).split()]
    sentence = re.escape(folded.rstrip(_STOP)).replace(r"\ ", " ")
    sentence = sentence.replace(r"\{post\}", "{post}").replace(r"\{source\}", "{site}")
    # The slots take the quotes around them in any form.
    sentence = re.sub("[\"'](\\{post\\})[\"']", r"\1", sentence)
    return Row(locale, kind, max(words, key=len), sentence)


@lru_cache(maxsize=1)
def vocabulary() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return the words of all wordings as written in a line, and a pattern of those in other words."""
    indexed = index()
    written = set(_VOWELLED)
    for word in indexed.words:
        written |= {word, word.capitalize(), word.replace("'", "’")}
    ended = frozenset(word + end for word in written for end in _ENDS)
    return ended, re.compile("|".join(map(re.escape, indexed.parts)))


# ----------------------------------------------------------------------------------------------
# Patterns
# ----------------------------------------------------------------------------------------------

_NAME = re.compile(r"\{([a-z_]+)\}")  # of a slot or a fragment; not "{1,60}", which counts
# No slot reaches back over the end of a sentence. A title with a full stop in it is a marker by
# then.
_QUOTED = r"[\"'(\[]{0,2}+(?![\"'(\[ ])"
_UNQUOTED = r"[\"')\]]{0,2}+"
_STRETCH = rf"(?:[^{MARKERS}.!?…]|[.!?…](?! ))"
_SITE = rf"{_QUOTED}(?P<site>(?P<linked>[{MARKERS}])|{_STRETCH}{{1,80}}?){_UNQUOTED}"
_POST = rf"{_QUOTED}(?P<post>[{MARKERS}]|{_STRETCH}{{1,150}}?){_UNQUOTED}"
_WORDS = rf"(?:[^\s{MARKERS}.!?…\])\"]+ ){{0,3}}?"
# A sentence is the whole line, or follows the end of another one. After a comma it is a part of a
# sentence.
_ALONE = rf"^[^\w{MARKERS}]*+(?P<lead>)"
_SENTENCE_END = r"[.!?…:;|\]}\"'>*] |[.!?…\]]\) |[.!?…\]>*。！？」』\n]| - "
# More may follow a linked site ("- do not reproduce this article"). A site as text ends the line.
_REST = rf"(?(linked)(?P<rest>(?:[^\w].{{0,250}})?)|[^\w{MARKERS}]*)$"


def matches(row: Row, text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a row in folded text: that of the whole line, then that of its end.

    Groups: `lead` (before the sentence), `body` (the sentence), `post`, `site`, `rest` (after it).
    """
    for lead in (_ALONE, _after()):
        if match := _compiled(row, lead).match(text):
            yield match


@lru_cache(maxsize=1)
def writing() -> re.Pattern[str]:
    """Return the words for a text in an English credit.

    "The show X first appeared on Y" is about a show.
    """
    return re.compile(rf"(?:the|this|my|our|your|a|an)? ?{expanded('{piece}').removesuffix('?')}")


@lru_cache(maxsize=1)
def _after() -> str:
    """Return the pattern of the words before a closing sentence.

    An excerpt may have no full stop ("Continue reading The post ..."): there a lead before a link
    parts them.
    """
    leads = "|".join(lead.strip() for lead in data().leads)
    return rf"^(?P<lead>.*(?:{_SENTENCE_END}| (?=(?:{leads}) [{MARKERS}])))"


@lru_cache(maxsize=1024)
def _compiled(row: Row, lead: str) -> re.Pattern[str]:
    """Compile a row: two milliseconds, so only for a line that shares a word with it."""
    sentence = expanded(row.sentence)
    linked = "" if "{site}" in sentence else "(?P<linked>)"
    sentence = sentence.replace("{n}", _WORDS)
    sentence = sentence.replace("{site}", _SITE, 1).replace("{post}", _POST, 1)
    return re.compile(f"{lead}(?P<body>{sentence}{linked}){_REST}", re.DOTALL)


def expanded(sentence: str) -> str:
    """Return a sentence with fragments in place of their names, also in fragments; slots stay."""
    fragments = {**data().fragments, "marks": MARKERS}
    while any(name in fragments for name in _NAME.findall(sentence)):
        sentence = _NAME.sub(lambda name: fragments.get(name[1], name[0]), sentence)
    return sentence
