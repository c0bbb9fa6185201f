"""Our wording: every language whole, its placeholders right, its punctuation its own; tags and
directions.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

import pytest

from syndicator import languages
from syndicator.generator.credit import render_credit as render
from syndicator.model.post import Attribution

TABLE = languages.table()
PLACEHOLDERS = {"titled": {"post", "source"}, "untitled": {"source"}, "heading": {"source"}, "read_more": {"source"},
                "by": {"author"}}  # fmt: skip
# How a sentence ends. Thai has no mark for it.
STOPS = {
    "zh": "。",
    "zh-Hant": "。",
    "ja": "。",
    "hi": "।",
    "bn": "।",
    "ur": "۔",
    "hy": "։",
    "th": "",
}
COLONS = {"zh": "：", "zh-Hant": "：", "ja": "：", "hy": "՝"}
SCRIPTS = {"ar": "ARABIC", "fa": "ARABIC", "ur": "ARABIC", "ps": "ARABIC", "ckb": "ARABIC", "he": "HEBREW",
           "ru": "CYRILLIC", "uk": "CYRILLIC", "be": "CYRILLIC", "bg": "CYRILLIC", "mk": "CYRILLIC", "sr": "CYRILLIC",
           "kk": "CYRILLIC", "el": "GREEK", "hy": "ARMENIAN", "ka": "GEORGIAN", "hi": "DEVANAGARI", "mr": "DEVANAGARI",
           "bn": "BENGALI", "ta": "TAMIL", "te": "TELUGU", "th": "THAI", "ko": "HANGUL", "zh": "CJK",
           "zh-Hant": "CJK"}  # fmt: skip

every_language = pytest.mark.parametrize("tag", sorted(TABLE))


def test_there_are_at_least_forty_five_languages():
    """More than the forty that are asked for, regional forms counted apart."""
    assert len({tag.partition("-")[0] for tag in TABLE}) >= 45


@every_language
def test_a_language_has_every_key_and_nothing_else(tag):
    """What English has, each has: a page is never half translated. Sentences may be left out."""
    assert set(TABLE[tag]) | {"removal_text", "subscribe_text"} == set(TABLE["en"])
    assert all(value == value.strip() and value for value in TABLE[tag].values())


@every_language
def test_a_wording_has_its_placeholders_once_each(tag):
    """A wording without {source} would credit nobody; one with an unknown placeholder would show
    braces.
    """
    for key, value in TABLE[tag].items():
        found = re.findall(r"\{(\w*)\}", value)
        assert sorted(found) == sorted(PLACEHOLDERS.get(key, set())), key
        assert value.count("{") == value.count("}") == len(found)


@every_language
def test_no_ending_is_glued_to_a_name(tag):
    """A name may be any text: a suffix on it ("{source}-n", "{source}'de") would be wrong for most
    of them.
    """
    if tag in {"zh", "zh-Hant", "ja", "th", "ko"}:  # no spaces, or particles that don't change
        return
    for key in ("titled", "untitled", "heading", "read_more", "by"):
        assert not re.search(r"\w[-'’]?\{|\}[-'’]?\w", TABLE[tag][key]), key


@every_language
def test_sentences_end_as_the_language_ends_them(tag):
    """A Japanese line ends in 。 and an Urdu one in ۔; headings end in the language's colon."""
    for key in ("titled", "untitled"):
        assert TABLE[tag][key].endswith(STOPS.get(tag, ".")), key
    for key in ("heading", "related", "also", "told"):
        assert TABLE[tag][key].endswith(COLONS.get(tag, ":")), key


@pytest.mark.parametrize(("tag", "script"), SCRIPTS.items())
def test_a_language_is_written_in_its_script(tag, script):
    """No line of a table is left in another language's letters, but for words that are Latin there
    too.
    """
    for key, value in TABLE[tag].items():
        letters = [
            unicodedata.name(letter) for letter in re.sub(r"\{\w+\}", "", value) if letter.isalpha()
        ]
        assert all(name.startswith(script) for name in letters), (key, value)


def test_french_keeps_its_colon_with_the_word_before():
    """A line may not break before a French colon: the space is one that doesn't break."""
    assert all("\u00a0:" in TABLE["fr"][key] for key in ("heading", "related", "also", "told"))


def test_how_to_be_removed_is_said_in_fifty_languages():
    """Whose site is taken without being asked should be able to read how it ends."""
    assert sum("removal_text" in words for words in TABLE.values()) >= 50


@every_language
def test_no_wording_is_decomposed(tag):
    """NFC, or the recognition of our own line would depend on who typed it."""
    for value in TABLE[tag].values():
        assert unicodedata.is_normalized("NFC", value)


@every_language
def test_the_nearest_of_a_language_is_itself(tag):
    """A table that no tag leads to would never be seen."""
    assert languages.nearest(tag) == tag


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("pt-BR", "pt"), ("pt-PT", "pt-PT"), ("pt-AO", "pt-PT"), ("zh-CN", "zh"), ("zh-Hans-HK", "zh"),
        ("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh-Hant-TW", "zh-Hant"), ("yue", "zh-Hant"), ("no", "nb"),
        ("nn-NO", "nn"), ("sr-Latn-RS", "sr-Latn"), ("sr-RS", "sr"), ("de-CH", "de"), ("ku-Arab", "ckb"), ("tl", "fil"),
        ("iw", "he"), ("es-419", "es"), ("en-GB", "en"), ("gsw", "de"), ("tlh", "en"), ("", "en"), ("utf-8", "en"),
    ],
)  # fmt: skip
def test_a_region_reads_the_wording_nearest_to_it(tag, expected):
    """Portugal is not Brazil, Taiwan not the mainland; what we have no words of falls back to
    English.
    """
    assert languages.nearest(tag) == expected


def test_what_we_have_no_words_of_falls_back_to_the_feeds_language():
    """A Klingon post in a French feed is credited in French."""
    assert languages.nearest("tlh", fallback="fr") == "fr"


@pytest.mark.parametrize(
    "tag", ["ar", "he", "fa", "ur", "ps", "ckb", "yi", "dv", "ug", "ar-EG", "pa-Arab", "ks"]
)
def test_right_to_left(tag):
    """The scripts of Arabic, Hebrew, Thaana."""
    assert languages.direction(tag) == "rtl"


@pytest.mark.parametrize(
    "tag", ["en", "vi", "ku", "az", "tr", "ar-Latn", "zh-Hant", "", "pa", "ks-Deva"]
)
def test_left_to_right(tag):
    """Kurdish is written in Latin unless its tag says otherwise, Punjabi in Gurmukhi."""
    assert languages.direction(tag) == "ltr"


@pytest.mark.parametrize(
    "junk", ["English", "utf-8", "UTF-8", "xx", "e", "en us", "1", "c++", "www", "html", "en-"]
)
def test_what_is_no_language_is_none(junk):
    """Feeds write names and encodings where a tag belongs."""
    assert languages.normalise(junk) == ""


@pytest.mark.parametrize(
    ("written", "tag"),
    [("en_US", "en-US"), ("EN-us", "en-US"), (" de ", "de"), ("zh-hans", "zh-Hans"), ("sh", "sr-Latn"), ("jp", "ja"),
     ("de_DE.UTF-8", "de-DE"), ("en-UK", "en-GB"), ("es-419", "es-419"), ("de-CH-1996", "de-CH-1996"),
     ("no-NO", "nb-NO")],
)  # fmt: skip
def test_a_tag_is_spelled_as_the_standard_says(written, tag):
    """RFC 5646, 2.1.1; withdrawn codes and country codes become what is meant."""
    assert languages.normalise(written) == tag


def test_a_line_is_marked_isolated_and_escaped():
    """Class for readers and scripts, language and direction, names that can't turn the line
    round.
    """
    line = render(
        Attribution(TABLE["he"]["titled"], "he"),
        post='<b>"War" & peace</b>', post_url="https://a.example/?a=1&b=2",
        source="O’Reilly", source_url='https://o.example/"x',
    )  # fmt: skip
    assert line.startswith('<p class="syndicator-attribution" lang="he" dir="rtl">')
    assert (
        '<a href="https://a.example/?a=1&amp;b=2"><bdi>&lt;b&gt;"War" &amp; peace&lt;/b&gt;</bdi></a>'
        in line
    )
    assert '<a href="https://o.example/&quot;x"><bdi>O’Reilly</bdi></a>' in line


def test_a_name_without_an_address_stands_unlinked():
    """Private sources have none that may be shown."""
    line = render(
        Attribution("First on {source}.", "en"), post="", post_url="", source="S", source_url=""
    )
    assert (
        line == '<p class="syndicator-attribution" lang="en" dir="ltr">First on <bdi>S</bdi>.</p>'
    )


def test_a_site_without_a_name_is_named_by_its_address():
    """An empty link would be a credit that nobody sees."""
    assert "<bdi>https://s.example/</bdi>" in render(
        Attribution("First on {source}.", "en"),
        post="",
        post_url="",
        source="",
        source_url="https://s.example/",
    )


def test_a_title_that_looks_like_a_placeholder_stays_text():
    """What is put in is not looked at again."""
    line = render(
        Attribution("{post} on {source}", "en"),
        post="{source}",
        post_url="",
        source="S",
        source_url="",
    )
    assert line.endswith("><bdi>{source}</bdi> on <bdi>S</bdi></p>")


def test_author_and_date_are_written_in_the_language_of_the_line():
    """{author} and {date} are for the operator's own text."""
    line = render(
        Attribution("{author}, {date}", "vi"),
        post="P", post_url="", source="S", source_url="", author="Lê & Lợi", date=datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip
    assert "<bdi>Lê &amp; Lợi</bdi>, " in line
    assert "24 tháng 11, 2026" in line


def test_an_operators_own_text_takes_the_direction_of_its_letters():
    """Its language is not said."""
    line = render(
        Attribution("{post} <3 {source}"), post="P", post_url="", source="S", source_url=""
    )
    assert (
        line == '<p class="syndicator-attribution" dir="auto"><bdi>P</bdi> &lt;3 <bdi>S</bdi></p>'
    )


def test_a_post_that_lost_its_title_is_credited_in_the_short_form():
    """The wording is frozen, the title is not."""
    line = render(
        Attribution(TABLE["de"]["titled"], "de"), post="", post_url="", source="S", source_url=""
    )
    assert "Zuerst auf <bdi>S</bdi>." in line
