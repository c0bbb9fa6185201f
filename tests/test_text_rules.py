"""text_rules: what no document can hold is seen on bytes, and that way sees the same as the
grammar's own pattern.
"""

from __future__ import annotations

import sys
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator import text_rules


def test_each_character_by_itself() -> None:
    """The quick look and XML's production (XML 1.0, 2.2, without C1) agree on every character,
    beside others too.
    """
    wrong = [
        code
        for code in range(sys.maxunicode + 1)
        if (text_rules.clean(f"é{chr(code)}") == f"é{chr(code)}")
        == bool(text_rules._FORBIDDEN.search(chr(code)))
    ]
    assert wrong == []


def test_controls_among_plain_letters() -> None:
    """A text of nothing but ASCII is looked at another way."""
    for code in range(128):
        text = f"a{chr(code)}b"
        assert text_rules.clean(text) == (
            text if chr(code) in "\t\n\r" or 32 <= code < 127 else "ab"
        )


@pytest.mark.parametrize(
    "name", ["AT&T", "R&D", "C++ <3", "Tom & Jerry", "a < b", "5 > 4", "Käthe", "O'Neil", '"Q"']
)
def test_an_honest_name(name: str) -> None:
    """It stays as it is written."""
    assert text_rules.plain_name(name) == name


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("vector<unsigned int>", "vector< unsigned int>"),
        ("<T extends Foo>", "< T extends Foo>"),
        ("Ann <https://ann.example/>", "Ann < https://ann.example/>"),
        ("Rust<br/>Go", "Rust Go"),
        ("<br/>", "< br/>"),
        ("&lt;img src=x onerror=run()&gt;", "< img src=x onerror=run()>"),
    ],
)
def test_brackets_of_a_name(written: str, shown: str) -> None:
    """They stay as text where they are the name's own, or all of it."""
    assert text_rules.plain_name(written) == shown


PIECES = ["<", ">", "&", ";", "lt", "gt", "amp", "#60", "#x3c", "#108", "script", "b", "/", "!"]


@settings(max_examples=1500, deadline=None, database=None)
@given(st.lists(st.sampled_from([*PIECES, " ", "x=1", "\x81", "&#1;", "1", "img"])).map("".join))
def test_a_name_of_any_signs(written: str) -> None:
    """However often a reader takes it for HTML, it has no tag; cleaned again it is the same."""
    name = shown = text_rules.plain_name(written)
    assert text_rules.plain_name(name) == name
    for _ in range(10):
        assert not text_rules._TAG_START.search(shown)
        shown = unescape(shown)


def test_a_name_escaped_very_often() -> None:
    """It costs a few rounds, and has no markup either."""
    name = text_rules.plain_name(f"&{'amp;' * 200}lt;b>Ann")
    assert name == f"{'amp;' * 192}lt;b>Ann"
