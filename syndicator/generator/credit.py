"""An attribution's wording and a post's names -> the credit line as safe HTML."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from syndicator import languages
from syndicator.model.post import Attribution

_PLACEHOLDER = re.compile(r"\{(post|source|author|date)\}")


def render_credit(
    attribution: Attribution,
    *,
    post: str,
    post_url: str,
    source: str,
    source_url: str,
    author: str = "",
    date: datetime | None = None,
) -> str:
    """Return the attribution line as one paragraph of safe HTML, of class `syndicator-attribution`.

    `post` and `source` are plain text; their URLs may be "" (then the name stands unlinked). A
    wording that names the post is put in its short form if there is no title. Names are isolated
    (`<bdi>`), so that a Hebrew title in an English line can't turn it round.

    >>> render_credit(Attribution("First on {source}.", "en"), post="", post_url="", source="A & B", source_url="")
    '<p class="syndicator-attribution" lang="en" dir="ltr">First on <bdi>A &amp; B</bdi>.</p>'
    """
    text, tag = attribution.text, attribution.language
    if "{post}" in text and not post:
        text = languages.label(tag, "untitled")
    values = {
        "post": _linked(post, post_url),
        "source": _linked(source or source_url, source_url),
        "author": _linked(author, ""),
        "date": "",
    }
    if date and "{date}" in text:  # looked for first: see _written_out
        values["date"] = _written_out(date, tag)
    # Every second part of the split is a placeholder's name; the others are the wording's own text.
    parts = _PLACEHOLDER.split(text)
    for place, part in enumerate(parts):
        parts[place] = values[part] if place % 2 else escape(part, quote=False)
    # An operator's own text has no language that we know; the browser goes by its letters.
    attributes = 'dir="auto"'
    if tag:
        attributes = f'lang="{escape(tag)}" dir="{languages.direction(tag)}"'
    return f'<p class="syndicator-attribution" {attributes}>{"".join(parts)}</p>'


def _linked(name: str, url: str) -> str:
    if not name:
        return ""
    isolated = f"<bdi>{escape(name, quote=False)}</bdi>"
    return f'<a href="{escape(url)}">{isolated}</a>' if url else isolated


def _written_out(date: datetime, tag: str) -> str:
    # Babel takes 40 ms to import, and only an operator's own text has a date.
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        locale = Locale.parse(tag or languages.DEFAULT, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(languages.DEFAULT)
    return escape(format_date(date, "long", locale=locale), quote=False)
