"""Declarations and a text -> the language of a post, as a BCP 47 tag.

Declarations win, the operator's first. They lose only to the script of the text itself ("en" is the
default of many programs, and a page of Arabic letters is not English), and a feed's to all of its
posts together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from syndicator import languages
from syndicator.languages import codes
from syndicator.normalizer import detectors

_SAMPLE = 400  # characters that tell a script
_DETECT = 1000  # characters that a detector is given
_LETTERS = 20  # fewer prove nothing
_MANY = 5  # posts that speak against what their feed declares
_SOME = 3  # posts in one language: fewer make no habit of their source, and what it is said to speak is kept
# Addresses, hashtags, and what CLD2 refuses: controls, surrogates, noncharacters.
_NO_WORDS = re.compile(
    r"https?://\S+|www\.\S+|[#@]\S+|[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)

# Script -> its letters. Vietnamese counts as one: no other language writes with these (Yoruba has a
# few, but no đ).
_SCRIPTS = {
    "Arab": "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Hebr": "\u05d0-\u05f4", "Cyrl": "\u0400-\u052f", "Grek": "\u0370-\u03ff\u1f00-\u1fff", "Armn": "\u0531-\u0587",
    "Geor": "\u10a0-\u10ff\u1c90-\u1cbf", "Kana": "\u3041-\u30ff", "Hang": "\uac00-\ud7af\u1100-\u11ff",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff", "Thai": "\u0e01-\u0e4e", "Laoo": "\u0e81-\u0edf", "Khmr": "\u1780-\u17d3",
    "Mymr": "\u1000-\u109f", "Deva": "\u0900-\u0963", "Beng": "\u0980-\u09e3", "Guru": "\u0a01-\u0a75",
    "Gujr": "\u0a81-\u0ae3", "Orya": "\u0b01-\u0b63", "Taml": "\u0b82-\u0bd7", "Telu": "\u0c00-\u0c63",
    "Knda": "\u0c80-\u0ce3", "Mlym": "\u0d00-\u0d63", "Sinh": "\u0d82-\u0df4", "Ethi": "\u1200-\u137f",
    "Tibt": "\u0f00-\u0fbc", "Viet": "\u1ea0-\u1ef9ăđơưĂĐƠƯ",
    "Latn": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}  # fmt: skip
_VIETNAMESE_ONLY = frozenset("đĐươƯƠ")
_OVERWHELMING = 0.7  # of all letters
# Signs that make a text one to look at closer: what no plain Latin text has, and what Vietnamese
# has.
_NO_PLAIN_LATIN = "[\u0370-\u1dff\u1ea0-\u1ef9\u3041-\ud7af\ufb50-\ufefc]"
# One sign of these says what a Latin word says in five letters; an article in Chinese is full of
# English names.
_WEIGHT = {"Hani": 4, "Kana": 2, "Hang": 2}

_WRITERS = {
    ("Arab",): "ar arz fa prs ps ur ckb sd ug ks pnb mzn glk lrc", ("Hebr",): "he yi", ("Grek",): "el",
    ("Cyrl",): "ru uk bg mk be ky tg mn tt ba ce cv os ab sah rue av kv udm", ("Deva",): "hi mr ne sa mai bho doi kok",
    ("Cyrl", "Latn", "Arab"): "sr uz az kk tk bs", ("Latn", "Arab"): "ku ms ha", ("Guru", "Arab"): "pa",
    ("Hani",): "zh yue wuu nan lzh hak", ("Kana", "Hani"): "ja", ("Hang", "Hani"): "ko", ("Viet", "Latn"): "vi",
    ("Armn",): "hy", ("Geor",): "ka", ("Thai",): "th", ("Laoo",): "lo", ("Khmr",): "km", ("Mymr",): "my",
    ("Beng",): "bn as", ("Gujr",): "gu", ("Orya",): "or", ("Taml",): "ta", ("Telu",): "te", ("Knda",): "kn",
    ("Mlym",): "ml", ("Sinh",): "si", ("Ethi",): "am ti", ("Tibt",): "bo dz",
}  # fmt: skip
_WRITES = {language: scripts for scripts, names in _WRITERS.items() for language in names.split()}
# The language to take where only one of note is written so.
_ONLY = {
    "Hebr": "he", "Grek": "el", "Armn": "hy", "Geor": "ka", "Kana": "ja", "Hang": "ko", "Thai": "th", "Laoo": "lo",
    "Khmr": "km", "Mymr": "my", "Beng": "bn", "Guru": "pa", "Gujr": "gu", "Orya": "or", "Taml": "ta", "Telu": "te",
    "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Ethi": "am", "Tibt": "bo", "Viet": "vi", "Hani": "zh",
}  # fmt: skip


def choose(entry: str, feed: str, setting: str, text: str) -> str:
    """Return a post's language, "" if it is unknown.

    The declarations, in this order: `setting` is the source's in feeds.toml, `entry` the post's
    xml:lang, `feed` the feed's language. A declaration is passed over if it is no language
    ("utf-8", "English"), is not written in the script of `text` (the title and the body's words),
    or is a country's code over a text that is surely in another language. Without a declaration the
    text itself is asked.

    >>> choose("", "en_US", "", "The quick brown fox"), choose("", "en", "fr", "Bonjour")
    ('en-US', 'fr')
    >>> choose("", "en-US", "", "Hội nghị ngoại giao toàn quốc lần thứ ba mươi hai được tổ chức tại Hà Nội")
    'vi'
    """
    tags = map(languages.normalise, (setting, entry, feed))
    declared = [tag for tag in tags if tag and not _is_country(tag, text)]
    if declared and _plainly(declared[0], text[:_SAMPLE]):
        return declared[0]
    script = _script(text[:_SAMPLE])
    for tag in declared:
        if _written_in(tag, script):
            return _signed(text) if tag == "zh" else tag
    if (detected_tag := detected(text)) and _written_in(detected_tag, script):
        return _specific(detected_tag, declared)
    # Latin letters prove little against a declaration: posts of code and names are written in any
    # country.
    return _ONLY.get(script, "") or next(iter(declared), "")


def _is_country(tag: str, text: str) -> bool:
    """Tell whether a tag is a country's code over a text in another language: "br" over Portuguese."""
    return tag in codes.COUNTRIES and detected(text) not in {"", tag}


def spoken_in_feed(declared: str, texts: Sequence[str], before: str = "") -> str:
    """Return the language of a feed's posts if it is surely another than the declared one, else "".

    All of at least five posts must be in it, as far as the detector is sure of them. `before` is
    the result of an earlier fetch: it stands until five posts are surely in another language. A
    feed that declares rightly costs one detection where it has five new posts, since the first says
    so, and none where it has fewer.
    """
    if not before and len(texts) < _MANY:
        return ""
    counts: Counter[str] = Counter()
    for text in texts:
        if language := _language(detected(text)):
            counts[language] += 1
        if not before and (language == _language(declared) or len(counts) > 1):
            return ""  # one that the feed declares, or posts in two languages
    if before:
        stands = counts[_language(before)] or counts.total() < _MANY
        if stands and not _are_kindred(before, declared):
            return before
        return ""
    commonest, posts = next(iter(counts.items()), ("", 0))
    if posts < _MANY or _are_kindred(commonest, declared):
        return ""
    return commonest


def _are_kindred(tag: str, other_tag: str) -> bool:
    """Tell whether two languages are so near each other that a detector may take one for the other."""
    groups = codes.KINDRED.get(_language(tag), "1"), codes.KINDRED.get(_language(other_tag), "2")
    return groups[0] == groups[1]


def spoken_in_post(tag: str, found_in_feed: str, text: str) -> str:
    """Return the language of one post in a feed that wrongly declares `tag`.

    The post may be an exception.
    """
    in_text = detected(text)
    if _language(in_text) == _language(tag) or not befits(found_in_feed, text):
        return tag
    return found_in_feed if in_text in {"", found_in_feed} else in_text


def _language(tag: str) -> str:
    return tag.partition("-")[0]


def habit(tags: Iterable[str]) -> str:
    """Return the language of two thirds or more of the posts with a known one, else "".

    >>> habit(["ru", "", "ru", "en", "ru", ""]), habit(["pt", "pt-BR", "pt-BR"]), habit(["ru", "en"]), habit(["ru"])
    ('ru', 'pt-BR', '', '')
    """
    counts = Counter(filter(None, tags))
    of_all_regions = Counter(tag.partition("-")[0] for tag in counts.elements())
    for language, posts in of_all_regions.most_common(1):
        if posts >= _SOME and posts * 3 >= counts.total() * 2:
            return max(
                (tag for tag in counts if tag.partition("-")[0] == language), key=counts.__getitem__
            )
    return ""


def befits(tag: str, text: str) -> bool:
    """Tell whether a text that gave no language away may be in that of its source, by its letters.

    A few Latin letters ("iPhone 17") stand in a post of any language; a line of them is another
    one. Where a language writes in Latin letters alone, nothing else may stand among them.

    >>> befits("ru", "iPhone 17"), befits("ru", "Release notes of the new version"), befits("en", "Hanoi 寿司")
    (True, False, False)
    """
    language, sample = tag.partition("-")[0], text[:_SAMPLE]
    if _WRITES.get(language, ("Latn",)) == ("Latn",):
        return _plainly(language, sample)
    return _written_in(language, _script(sample))


def _plainly(tag: str, sample: str) -> bool:
    """Tell in a few microseconds whether a text is in the letters of its declared language."""
    writes = _WRITES.get(tag.partition("-")[0], ("Latn",))
    if sample.isascii():
        return "Latn" in writes
    if writes == ("Latn",):
        return not _no_plain_latin().search(sample)
    return False


@lru_cache(maxsize=1)
def _no_plain_latin() -> re.Pattern[str]:
    return re.compile(_NO_PLAIN_LATIN)  # four milliseconds, which a text in ASCII does without


def _written_in(tag: str, script: str) -> bool:
    """Whether a language may be written in a script; "" (unknown) tells nothing."""
    if not script:
        return True
    language, *subtags = tag.split("-")
    if any(len(subtag) == 4 for subtag in subtags):  # a script subtag has four letters
        return True
    return script in _WRITES.get(language, ("Latn",))


def _script(sample: str) -> str:
    """Return the script of nearly all letters of a text, "" for a mixed or short one."""
    # Counting the script of each letter takes a third of counting the letters, where there are many
    # (Han).
    written = sample.translate(_SIGNS)
    counts = dict.fromkeys(("Latn", "Viet", "Kana", "Hani"), 0)
    for sign, script in _BY_SIGN.items():
        if sign in written:
            counts[script] = written.count(sign) * _WEIGHT.get(script, 1)
    # One such letter in twelve is enough: Vietnamese spells most of its words with plain ones as
    # well.
    if counts["Viet"] * 12 >= max(counts["Latn"], _LETTERS * 2) and not _VIETNAMESE_ONLY.isdisjoint(
        sample
    ):
        return "Viet"
    counts["Latn"] += counts.pop("Viet")
    if counts["Kana"] * 8 >= counts["Hani"]:  # Japanese is mostly Han signs
        counts["Kana"] += counts.pop("Hani") if counts["Kana"] else 0
    main = max(counts, key=counts.__getitem__)
    if counts[main] >= max(_LETTERS, _OVERWHELMING * sum(counts.values())):
        return main
    return ""


class _Signs(dict[int, str]):
    """Every character -> the sign of its script, found when it is first seen, or a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        sign = next((sign for sign, first, last in _ranges() if first <= character <= last), " ")
        self[code] = sign
        return sign


_SIGNS = _Signs()
_BY_SIGN = {chr(ord("A") + place): script for place, script in enumerate(_SCRIPTS)}


@lru_cache(maxsize=1)
def _ranges() -> list[tuple[str, str, str]]:
    """Return each script's stretches of letters: the script's sign, first, last."""
    parts = re.compile("(.)(?:-(.))?", re.DOTALL)
    return [
        (sign, span[1], span[2] or span[1])
        for sign, script in _BY_SIGN.items()
        for span in parts.finditer(_SCRIPTS[script])
    ]


def detected(text: str) -> str:
    """Return the language of a text by a detector, "" if that is not sure.

    >>> detected("Le gouvernement a annoncé hier de nouvelles mesures pour la santé")
    'fr'
    """
    sample = _NO_WORDS.sub(" ", text[:_DETECT])
    foreign = not sample.isascii() and _script(sample[:_SAMPLE]) not in {"", "Latn", "Viet"}
    tag = languages.normalise(detectors.detect(sample, foreign=foreign))
    # Short English passes for Scots, lorem ipsum for Latin: what we have no words for is not worth
    # a guess.
    known = tag == languages.DEFAULT or languages.nearest(tag) != languages.DEFAULT
    return tag if known else ""


def _signed(text: str) -> str:
    """Return "zh-Hant" for traditional Chinese, "zh" for simplified."""
    return "zh-Hant" if detected(text) == "zh-Hant" else "zh"


def _specific(detected_tag: str, declared: Iterable[str]) -> str:
    """Prefer a declaration that says the same and more ("zh-TW" to "zh")."""
    return next(
        (tag for tag in declared if tag.partition("-")[0] == detected_tag.partition("-")[0]),
        detected_tag,
    )
