"""An attribution's wording and a post's names -> the line as safe HTML. The generator composes with it."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from syndicator import languages
from syndicator.model.post import Attribution

_PLACEHOLDER = re.compile(r"\{(post|source|author|date)\}")


def render(
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

    `post` and `source` are plain text; their URLs may be "" (then the name stands unlinked). A wording that names
    the post is put in its short form where there is no title. Names are isolated (`<bdi>`), so that a Hebrew title
    in an English line can't turn it round.

    >>> render(Attribution("First on {source}.", "en"), post="", post_url="", source="A & B", source_url="")
    '<p class="syndicator-attribution" lang="en" dir="ltr">First on <bdi>A &amp; B</bdi>.</p>'
    """
    text = attribution.text
    if "{post}" in text and not post:
        text = languages.label(attribution.language, "untitled")
    tag = attribution.language
    values = {
        "post": _name(post, post_url),
        "source": _name(source or source_url, source_url),
        "author": _name(author, ""),
        "date": _date(date, tag)
        if date and "{date}" in text
        else "",  # looked for first: see _date
    }
    # Every second part of the split is a placeholder's name; what stands between is the operator's or our own text.
    parts = _PLACEHOLDER.split(text)
    line = "".join(
        values[part] if place % 2 else escape(part, quote=False) for place, part in enumerate(parts)
    )
    # An operator's own text has no language that we know; the browser goes by its letters.
    attributes = f'lang="{escape(tag)}" dir="{languages.direction(tag)}"' if tag else 'dir="auto"'
    return f'<p class="syndicator-attribution" {attributes}>{line}</p>'


def _name(name: str, url: str) -> str:
    isolated = f"<bdi>{escape(name, quote=False)}</bdi>" if name else ""
    return f'<a href="{escape(url)}">{isolated}</a>' if url and name else isolated


def _date(date: datetime, tag: str) -> str:
    # Babel takes 40 ms to import, and only an operator's own text has a date.
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        locale = Locale.parse(tag or languages.DEFAULT, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(languages.DEFAULT)
    return escape(format_date(date, "long", locale=locale), quote=False)
