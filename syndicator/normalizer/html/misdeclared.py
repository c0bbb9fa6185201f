"""Remove the marks of wrong escaping: CDATA sections in text, and references in plain text."""

from __future__ import annotations

import re
from html import unescape

_CDATA = re.compile(r"\s*<!\[CDATA\[(.*?)(?:\]\]>)?\s*\Z", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def without_cdata(text: str) -> str:
    """Remove the marks of a CDATA section that was escaped with its text.

    >>> without_cdata("<![CDATA[Real title]]>")
    'Real title'
    """
    if "<![CDATA[" not in text:
        return text
    section = _CDATA.match(text)
    return section[1] if section else text


def with_characters(text: str) -> str:
    r"""Decode the references in plain text, which has none, but for those of `<` and `>`.

    >>> with_characters("Fish&nbsp;&amp;&nbsp;chips &lt;b&gt;")
    'Fish\xa0&\xa0chips &lt;b&gt;'
    """
    if "&" not in text:
        return text
    return _REFERENCE.sub(_character, text)


def _character(reference: re.Match[str]) -> str:
    character = unescape(reference[0])
    return reference[0] if character in "<>" else character
