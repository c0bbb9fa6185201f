"""Titles, plain words and excerpts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from normalizer_helpers import FORBIDDEN

from syndicator.model.feed import Text
from syndicator.normalizer import text


@pytest.mark.parametrize(
    ("written", "kind", "plain", "twice"),
    [
        # As they should be written
        ("Ben &amp; Jerry’s", "html", "Ben & Jerry’s", False),
        ("<i>Hamlet</i>, act&nbsp;2", "html", "Hamlet, act\xa02", False),
        ("AT&T & R&D", "text", "AT&T & R&D", False),
        ("1 < 2 > 0", "text", "1 < 2 > 0", False),
        # Encoded twice: what is left after the first decoding shows it
        ("Tom &amp;amp; Jerry", "html", "Tom & Jerry", True),
        ("It&amp;#8217;s", "html", "It’s", True),
        ("&lt;b&gt;Bold&lt;/b&gt; news", "html", "Bold news", True),
        ("Tom &amp; Jerry", "text", "Tom & Jerry", True),
        ("It&#x2019;s", "text", "It’s", True),
        ("<em>So</em> it is", "text", "So it is", True),
        ("one<br/>two", "text", "one two", True),
        # Three times: decoded once more, and no further
        ("&amp;amp;amp; x", "html", "&amp; x", True),
        # What titles are about
        ("How to centre a <div>", "html", "How to centre a <div>", False),
        ("How to centre a &lt;div&gt;", "html", "How to centre a <div>", False),
        ("What does <canvas></canvas> do?", "html", "What does <canvas></canvas> do?", False),
        ("List<String> in Java", "html", "List<String> in Java", False),
        ("AT&T; Q&A; &unknown; &#0;", "html", "AT&T; Q&A; &unknown; \ufffd", False),
        ("&copy 2024", "html", "&copy 2024", False),
        ("I <3 you", "html", "I <3 you", False),
        ("</b> alone", "html", "</b> alone", False),
        # Around it
        ("  two\n\t lines \x0b\ufffe ", "html", "two lines", False),
        ("a\u2028b\x85c", "text", "a b c", False),
        ("<h1>Head</h1>line", "html", "Head line", False),
        ("", "html", "", False),
        ("<img src=x>", "html", "", False),
    ],
)
def test_a_title_is_plain_text(written, kind, plain, twice):
    """What the container says is done once, and once more only where what is left shows that it was
    encoded twice.
    """
    assert text.title(Text(written, kind)) == (plain, twice)


def test_words_are_parted_where_a_reader_sees_a_break():
    """Not inside a word that is dressed, and not where the source merely breaks its lines."""
    html = "<h2>Head</h2><p>H<sub>2</sub>O&nbsp;is\n  <a href='x'>wet</a>.<br>Yes</p>"
    html += "<ul><li>one</li><li>two</li></ul>&lt;b&gt; &amp;lt;"
    assert text.words(html) == "Head H2O is wet. Yes one two <b> &lt;"
    assert text.words("plain") == "plain"


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        ("Short enough.", "Short enough."),
        ("A first sentence that is long. And a second one that is longer.", "A first sentence that is long."),
        ("Said “yes.” Then went on and on without any end in sight at all", "Said “yes.” Then went on and…"),
        ("no sentence ends in this text, only words that go on, and on", "no sentence ends in this text…"),
        ("Version 2.0 of the example.com site, which is hosted far away", "Version 2.0 of the example.com…"),
        ("今日は朝から雨が降っていたので家にいました。明日は晴れると聞きましたので出かけます。",
         "今日は朝から雨が降っていたので家にいました。"),
        ("東京都は新しい交通計画を発表しそれによると来年から地下鉄の運行時間が延長される",
         "東京都は新しい交通計画を発表しそれによると来年から地下鉄の運…"),
        ("อาหารไทยเป็นอาหารประจำชาติของประเทศไทยที่มีชื่อเสียงไปทั่วโลก", "อาหารไทยเป็นอาหารประจำชาติของป…"),
        ("نص عربي قصير جدا للاختبار؟ ثم يأتي بعده نص آخر أطول منه بكثير", "نص عربي قصير جدا للاختبار؟"),
    ],
)  # fmt: skip
def test_an_excerpt_ends_where_a_reader_would_stop(whole, cut):
    """After a sentence, else between words; in scripts without spaces never inside what is seen as
    one character.
    """
    assert text.excerpt(whole, 30) == cut


def test_no_excerpt_parts_what_is_one_character():
    """Combining marks, Thai vowels before their consonant and joined emoji are not torn."""
    for unit in ("e\u0301", "👩\u200d🔬", "ก้", "เก"):
        for about in (30, 31, 32):
            cut = text.excerpt(unit * 40, about).removesuffix("…")
            assert cut == unit * (len(cut) // len(unit))


@given(st.text(max_size=400), st.integers(min_value=1, max_value=60))
def test_an_excerpt_is_the_beginning_and_not_much_longer(whole, about):
    """Whatever the text."""
    cut = text.excerpt(whole, about)
    assert whole.startswith((cut.removesuffix("…"), cut))
    assert len(cut) <= about + about // 5 + 1


@given(st.text(max_size=80), st.sampled_from(["html", "text"]))
def test_a_title_is_one_legal_line_whatever_is_written(written, kind):
    """No input raises or leaves a line end, a forbidden character or white space around."""
    plain, _ = text.title(Text(written, kind))
    assert not FORBIDDEN.search(plain)
    assert plain == plain.strip(" \t\n")
    assert "\n" not in plain
    assert "  " not in plain


def test_a_source_s_own_summary_is_kept_unless_it_is_the_body():
    """Up to a thousand characters it is one; longer ones are cut like those that we make."""
    assert text.summary("Own.", "Body") == "Own."
    assert text.summary("", "Body") == "Body"
    assert text.summary("A sentence. " * 200, "Body").endswith("A sentence.")
    assert len(text.summary("A sentence. " * 200, "Body")) <= 360
