"""text_rules: what no document can hold is seen on bytes, and that way sees the same as the
grammar's own pattern.
"""

from __future__ import annotations

import sys

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
