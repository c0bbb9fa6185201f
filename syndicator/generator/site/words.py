"""A language tag -> dates, numbers and labels as its readers write them."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from syndicator import languages

if TYPE_CHECKING:
    from babel import Locale

# A sentence in another language than its page helps nobody: the contact stands without it then.
_SENTENCES = frozenset({"removal_text", "subscribe_text"})
# The zero of each numbering system that CLDR gives a language of ours; the other digits follow it.
_ZEROS = {"arab": "٠", "arabext": "۰", "beng": "০", "deva": "०"}


@cache
def label(key: str, language: str) -> str:
    """Return a label in the nearest language that has it; a sentence in that language or "".

    >>> label("comments", "vi"), label("heading", "de-AT"), label("removal_text", "ckb")
    ('Bình luận', 'Mehr von {source}:', '')
    """
    words = languages.table()[languages.nearest(language)]
    if key in words or key in _SENTENCES:
        return words.get(key, "")
    return languages.table()[languages.DEFAULT].get(key, "")


def filled(language: str, key: str, **values: str) -> str:
    """Return a label with its `{name}`s filled in.

    >>> filled("en", "read_more", source="Harbour Notes")
    'Read the post at Harbour Notes'
    """
    text = label(key, language)
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@lru_cache(maxsize=4096)
def long_date(day: date, language: str) -> str:
    """Return the day as it is written out.

    >>> long_date(date(2026, 11, 24), "vi"), long_date(date(2026, 11, 24), "fa")
    ('24 tháng 11, 2026', '۲۴ نوامبر ۲۰۲۶')
    """
    from babel.dates import format_date  # 22 ms to import: only who renders a page pays

    return format_date(day, "long", locale=_locale(language)).translate(_digits(language))


@lru_cache(maxsize=4096)
def short_date(day: date, language: str) -> str:
    """Return day and month, for lists that stand under a year.

    >>> short_date(date(2026, 11, 24), "ja"), short_date(date(2026, 11, 4), "de")
    ('11月24日', '4. Nov.')
    """
    from babel.dates import format_skeleton  # as above

    moment = datetime(day.year, day.month, day.day)
    return format_skeleton("MMMd", moment, locale=_locale(language)).translate(_digits(language))


@lru_cache(maxsize=1024)
def week_day(day: date, language: str) -> str:
    """Return the day with its weekday, as a heading.

    >>> week_day(date(2026, 11, 24), "en"), week_day(date(2026, 11, 24), "vi")
    ('Tuesday, November 24, 2026', 'Thứ Ba, 24 tháng 11, 2026')
    """
    from babel.dates import format_date  # as above

    return format_date(day, "full", locale=_locale(language)).translate(_digits(language))


@lru_cache(maxsize=4096)
def time_of_day(clock: time, language: str) -> str:
    """Return hours and minutes of a local time.

    >>> time_of_day(time(14, 5), "vi"), time_of_day(time(14, 5), "de")
    ('14:05', '14:05')
    """
    from babel.dates import format_time  # as above

    return format_time(clock, "short", locale=_locale(language)).translate(_digits(language))


@lru_cache(maxsize=1024)
def month(year: int, number: int, language: str) -> str:
    """Return month and year, as a heading.

    >>> month(2026, 11, "es"), month(2026, 11, "ar")
    ('noviembre de 2026', 'نوفمبر 2026')
    """
    from babel.dates import format_skeleton  # as above

    moment = datetime(year, number, 1)
    return format_skeleton("yMMMM", moment, locale=_locale(language)).translate(_digits(language))


@lru_cache(maxsize=1024)
def number(value: float, language: str) -> str:
    """Return a number with the separators of the language.

    >>> number(12345, "de"), number(1.25, "fr"), number(12345, "fa")
    ('12.345', '1,25', '۱۲٬۳۴۵')
    """
    from babel.numbers import format_decimal  # as above

    text = format_decimal(value, locale=_locale(language), numbering_system="default")
    return text.translate(_digits(language))


@cache
def comma(language: str) -> str:
    """Return the text between two names of a list, as CLDR has it for the language.

    Where CLDR joins all of them by a word ("and"), as for Arabic, it is the Arabic comma: names
    have such words in them.

    >>> comma("en"), comma("ur"), comma("ar"), comma("ja")
    (', ', '، ', '، ', '、')
    """
    pattern: str = _locale(language).list_patterns["standard"]["middle"]
    between = pattern.removeprefix("{0}").removesuffix("{1}")
    return "، " if any(map(str.isalpha, between)) else between


@cache
def og_locale(language: str) -> str:
    """Return the tag as Open Graph wants it, language_TERRITORY; "" without a known territory.

    >>> og_locale("vi"), og_locale("pt-PT")
    ('vi_VN', 'pt_PT')
    """
    from babel.core import get_global  # as above

    locale = _locale(language)
    likely = get_global("likely_subtags").get(locale.language, "").rsplit("_", 1)[-1]
    territory = locale.territory or likely
    return f"{locale.language}_{territory}" if territory else ""


@cache
def _digits(language: str) -> dict[int, int]:
    """Return the digits of the language by those that Babel writes into dates and numbers."""
    zero = ord(_ZEROS.get(_locale(language).default_numbering_system, "0"))
    return {ord("0") + digit: zero + digit for digit in range(10)}


@cache
def _locale(language: str) -> Locale:
    """Return the nearest locale that Babel knows, English at last."""
    from babel import Locale, UnknownLocaleError  # as above

    for tag in (language, language.split("-", maxsplit=1)[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
