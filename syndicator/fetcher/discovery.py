"""A page's HTML -> the addresses of the feeds that it announces, best first. Pure."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

_TYPES = {
    "application/atom+xml": 0,
    "application/rss+xml": 0,
    "application/feed+json": 1,
    "application/rdf+xml": 2,
    "application/json": 3,  # JSON Feed 1.0 said so; WordPress announces its API with it too
    "application/xml": 3,
    "text/xml": 3,
}
_TAGS = re.compile(r"<!--.*?-->|<(link|a|base)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE | re.DOTALL)
# not a value with "=" inside quotes as a second attribute: quoted values are taken whole
_ATTRIBUTES = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SIDELINE = re.compile(r"comments?/|/comments|replies|wp-json|oembed", re.IGNORECASE)  # a feed, but not the page's own
_LIMIT = 512 * 1024  # announcements stand in the head; a page of any size must not cost more than this
_MOST = 20


def feeds_in(body: bytes, content_type: str, base: str) -> tuple[str, ...]:
    """Return the absolute http(s) addresses of the feeds that a page announces, best first, at most 20.

    `<link rel="alternate">` with a feed's type (RSS autodiscovery), else links that look like a feed's.

    >>> feeds_in(b'<link rel=alternate type="application/rss+xml" href="/feed?a=1&amp;b=2">', "", "http://a.example/x")
    ('http://a.example/feed?a=1&b=2',)
    """
    text = body[:_LIMIT].decode(_charset(content_type), "replace")
    announced: list[tuple[int, str]] = []
    linked: list[tuple[int, str]] = []
    for match in _TAGS.finditer(text):
        if not match[1]:
            continue  # a comment
        tag = match[1].lower()
        values = {name.lower(): unescape(a or b or c).strip() for name, a, b, c in _ATTRIBUTES.findall(match[2])}
        href = values.get("href", "")
        if tag == "base" and href:
            base = _absolute(base, href) or base
        elif tag == "link":
            announced += _announced(values, base)
        elif tag == "a" and re.search(r"(?:rss|atom|feed)(?:\.xml|\.json|/)?(?:\?|$)|\.rss$", href, re.IGNORECASE):
            linked.append((0, href))
    found = [_absolute(base, href) for _, href in sorted(announced or linked, key=lambda pair: pair[0])]
    return tuple(dict.fromkeys(url for url in found if url.startswith(("http://", "https://"))))[:_MOST]


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # urllib's word for "http://[" and the like
        return ""


def _announced(values: dict[str, str], base: str) -> list[tuple[int, str]]:
    """Return the feed that one <link> announces, with its rank."""
    rel = values.get("rel", "").lower().split()
    rank = _TYPES.get(values.get("type", "").partition(";")[0].strip().lower())
    href = values.get("href", "")
    if not href or rank is None or not {"alternate", "feed"} & set(rel) or "stylesheet" in rel:
        return []
    if rank == 3 and not re.search(r"feed|rss|atom|\.xml", href, re.IGNORECASE):  # noqa: PLR2004  a type that says too little
        return []
    return [(rank + (10 if _SIDELINE.search(href) else 0), href)]


def _charset(content_type: str) -> str:
    """Return a codec for the page; addresses are ASCII nearly always, so a wrong guess does no harm."""
    found = re.search(r"charset\s*=\s*\"?([\w.:-]+)", content_type, re.IGNORECASE)
    if not found:
        return "utf-8"
    try:
        b"a".decode(found[1], "replace")
    except LookupError:  # unknown, or no text encoding ("hex")
        return "utf-8"
    return found[1]
