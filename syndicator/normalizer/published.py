"""The body of an entry of a planet's own feed, as its subscribers have it.

Readers may compare bodies, so the bytes stay where they are safe as they are: where they are
nothing but plain tags and text, each of which the sanitizer keeps.
"""

from __future__ import annotations

import re
from html import unescape

from syndicator.model.feed import Entry, ParsedFeed
from syndicator.normalizer import bodies, links
from syndicator.normalizer.html import sanitize

# A tag whose values are quoted and hold no bracket, which every parser reads alike; not a comment.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+=(?:"[^"<>]*"|'[^'<>]*'))*)\s*/?>"""
)
_ATTRIBUTE = re.compile(r"""(?<![a-zA-Z-])([a-zA-Z-]++)=(?:"([^"]*)"|'([^']*)')""")

Attributes = dict[str, str]
# Texts, and between them tags: whether it is an end tag, its name, its attributes.
Tokens = tuple[list[str], list[tuple[bool, str, Attributes]]]


def published_body(entry: Entry, link: str, parsed: ParsedFeed) -> str:
    """Return the whole body of an entry as safe HTML, its credit and lists included.

    `link` is the permalink. The published text stays byte for byte if the sanitizer only writes it
    in another way, or adds attributes of its own.
    """
    part = bodies.main_text(entry)
    if part is None or not part.value.strip():
        return ""
    written = sanitize.as_html(part)
    base = links.body_base(part, entry, link, links.feed_base(parsed, links.site(parsed)))
    cleaned = sanitize.clean(written, base).html
    if _says_the_same(written, cleaned):
        return written
    return sanitize.finish(cleaned)


def _says_the_same(written: str, cleaned: str) -> bool:
    """Tell whether safe HTML has all tags, texts and attributes of the written one, and no others.

    Attributes that the sanitizer adds do not count, nor `rel`.
    """
    before, after = _tokens(written), _tokens(cleaned)
    if before is None or after is None or before[0] != after[0]:
        return False
    for old, new in zip(before[1], after[1], strict=True):
        if old[:2] != new[:2] or not old[2].items() <= new[2].items():
            return False
    return True


def _tokens(html: str) -> Tokens | None:
    """Return texts and tags of HTML that is nothing but these, None for any other."""
    parts = _TAG.split(html)
    texts = parts[::4]
    if any("<" in text for text in texts):
        return None
    tags: list[tuple[bool, str, Attributes]] = []
    for slash, name, inside in zip(parts[1::4], parts[2::4], parts[3::4], strict=True):
        pairs = [
            (key.lower(), unescape(quoted or bare))
            for key, quoted, bare in _ATTRIBUTE.findall(inside)
        ]
        attributes = dict(pairs)
        if len(attributes) < len(pairs):  # parsers do not agree on which one counts
            return None
        attributes.pop("rel", None)
        tags.append((bool(slash), name.lower(), attributes))
    return list(map(unescape, texts)), tags
