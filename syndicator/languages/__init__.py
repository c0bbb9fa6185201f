"""A BCP 47 tag -> the words we put around posts in that language, and which way it is written.

The words are data (`wording.json`, one table a language), so that a translator needs no Python.
What each key means, which placeholders it has and how to add a language stands in `wording.json`
under "_about".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from syndicator.languages import codes

Direction = Literal["rtl", "ltr"]

_DATA = Path(__file__).with_name("wording.json")
DEFAULT = "en"

# RFC 5646, 2.1: language, script, region, and what else may follow ("-u-ca-buddhist", "-1994").
# Not "english" and not "c": no language has one letter, or more than three.
_TAG = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?((?:-[a-z0-9]{1,8})*)", re.IGNORECASE
)


@lru_cache(maxsize=1024)
def normalise(tag: str) -> str:
    """Return a tag in its usual spelling (RFC 5646, 2.1.1), "" for none, such as "English".

    >>> normalise("en_US"), normalise("ZH-hant-tw"), normalise("iw"), normalise("en-uk"), normalise("de_DE.UTF-8")
    ('en-US', 'zh-Hant-TW', 'he', 'en-GB', 'de-DE')
    >>> normalise("utf-8"), normalise("English"), normalise("xx"), normalise("")
    ('', '', '', '')
    """
    # "de_DE.UTF-8" is how a server's locale is written; the encoding says nothing of the text.
    match = _TAG.fullmatch(tag.strip().partition(".")[0].replace("_", "-"))
    if not match:
        return ""
    language, script, region, rest = match.groups("")
    language = codes.RENAMED.get(language.lower(), language.lower())
    if language.partition("-")[0] not in codes.LANGUAGES:
        return ""
    region = codes.REGIONS.get(region.upper(), region.upper())
    return "-".join(filter(None, (language, script.title(), region, rest.strip("-").lower())))


@lru_cache(maxsize=1024)
def direction(tag: str) -> Direction:
    """Return which way a language is written.

    >>> direction("ar"), direction("fa-IR"), direction("az-Arab"), direction("ku"), direction("he-Latn"), direction("")
    ('rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr')
    """
    language, _, rest = tag.partition("-")
    script = rest.partition("-")[0]
    if len(script) == 4 and script.isalpha():  # a script subtag has four letters
        return "rtl" if script.title() in codes.RTL_SCRIPTS else "ltr"
    return "rtl" if language in codes.RTL_LANGUAGES else "ltr"


@lru_cache(maxsize=1)
def table() -> Mapping[str, Mapping[str, str]]:
    """Return all wording by language, read once (one millisecond)."""
    data = json.loads(_DATA.read_text(encoding="utf-8"))
    return {tag: words for tag, words in data.items() if not tag.startswith("_")}


@lru_cache(maxsize=1024)
def nearest(tag: str, fallback: str = DEFAULT) -> str:
    """Return the language of our wording that a reader of `tag` reads best, else of `fallback`.

    >>> nearest("pt-AO"), nearest("pt-BR"), nearest("zh-HK"), nearest("sr-Latn-RS"), nearest("nn-NO"), nearest("de-CH")
    ('pt-PT', 'pt', 'zh-Hant', 'sr-Latn', 'nn', 'de')
    >>> nearest("tlh"), nearest("tlh", fallback="fr-CA"), nearest("")
    ('en', 'fr', 'en')
    """
    for candidate in (*_candidates(normalise(tag)), *_candidates(normalise(fallback))):
        if candidate in table():
            return candidate
    return DEFAULT


def _candidates(tag: str) -> list[str]:
    """Return the tag, the one that its region implies, a near one, and its language alone."""
    language, *subtags = tag.split("-")
    implied = [codes.IMPLIED.get(f"{language}-{sub}", "") for sub in subtags]
    return [tag, *filter(None, implied), codes.NEAR.get(language, language), language]


@lru_cache(maxsize=1024)
def label(tag: str, key: str) -> str:
    """Return our wording of a key, e.g. "heading", in the nearest language that we have.

    >>> label("de-AT", "titled"), label("vi", "comments")
    ('Der Beitrag {post} erschien zuerst auf {source}.', 'Bình luận')
    """
    return table()[nearest(tag)][key]


@lru_cache(maxsize=256)
def own_name(tag: str) -> str:
    """Return the name of a language in that language; the tag of an unknown one.

    >>> own_name("vi"), own_name("fr"), own_name("pt-BR"), own_name("ka"), own_name("tlh")
    ('Tiếng Việt', 'Français', 'Português (Brasil)', 'ქართული', 'tlh')
    """
    from babel import Locale, UnknownLocaleError  # 22 ms to import: only who names a language pays

    try:
        name = Locale.parse(tag, sep="-").display_name or tag
    except (UnknownLocaleError, ValueError):
        return tag
    # Not upper(): Georgian has capitals, but not in front of a word.
    return name[:1].title() + name[1:]
