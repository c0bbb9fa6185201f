"""A page's HTML -> the addresses of the feeds that it announces, best first. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urljoin

# The types that feeds are announced with, and how much each says: the lower rank goes first.
_TYPES = {
    "application/atom+xml": 0,
    "application/rss+xml": 0,
    "application/feed+json": 1,
    "application/rdf+xml": 2,
    "application/json": 3,  # JSON Feed 1.0 said so; WordPress announces its API with it too
    "application/xml": 3,
    "text/xml": 3,
}
_SIDELINE = re.compile(
    r"comments?/|/comments|replies|wp-json|oembed", re.IGNORECASE
)  # a feed, but not the page's own
# "/feed", "/rss.xml", "/atom/?x=1", "news.rss"; not "/feedback".
_LOOKS_LIKE_A_FEED = re.compile(
    r"(?:rss|atom|feed)(?:\.xml|\.json|/)?(?:\?|$)|\.rss$", re.IGNORECASE
)
_LIMIT = (
    512 * 1024
)  # announcements stand in the head; a page of any size must not cost more than this
_MOST = 20


def feeds_in(body: bytes, content_type: str, base: str) -> tuple[str, ...]:
    """Return the absolute http(s) addresses of the feeds that a page announces, best first, at most 20.

    `<link rel="alternate">` with a feed's type (RSS autodiscovery), else links that look like a feed's. `base` is the
    page's address; where that is not known (""), its canonical one.

    >>> feeds_in(b'<link rel=alternate type="application/rss+xml" href="/feed?a=1&amp;b=2">', "", "http://a.example/x")
    ('http://a.example/feed?a=1&b=2',)
    """
    announced: list[tuple[int, str]] = []
    linked: list[tuple[int, str]] = []
    for tag, values in _tags(body[:_LIMIT], _charset(content_type)):
        href = values.get("href", "").strip()
        if tag == "base" and href:
            base = _absolute(base, href) or base
        elif tag == "link":
            if not base and "canonical" in values.get("rel", "").lower().split():
                base = href
            announced += _announced(values, href)
        elif tag == "a" and _LOOKS_LIKE_A_FEED.search(href):
            linked.append((0, href))
    found = [
        _absolute(base, href) for _, href in sorted(announced or linked, key=lambda pair: pair[0])
    ]
    return tuple(dict.fromkeys(url for url in found if url.startswith(("http://", "https://"))))[
        :_MOST
    ]


def advice(feeds: Sequence[str], how: str = "") -> str:
    """Say what to do with a page that stands where a feed was expected, and announces these; `how` it must do so."""
    if feeds:
        return f"use the address of its feed: {' or '.join(feeds[:3])}"
    return f"it names none{how}: look at it in a browser, or ask its owner where the feed is"


def _tags(page: bytes, charset: str | None) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the names and attributes of the tags that may lead to a feed, in their order."""
    from lxml import (
        etree,
    )  # here: most runs meet no page. A parser, since regexes can be made to run for hours

    parser = etree.HTMLParser(encoding=charset, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(page, parser)
    except (etree.LxmlError, ValueError):
        return
    if root is not None:
        for element in root.iter("base", "link", "a"):
            yield (
                str(element.tag),
                {str(name): str(value) for name, value in element.attrib.items()},
            )


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # urllib's word for "http://[" and the like
        return ""


def _announced(values: Mapping[str, str], href: str) -> list[tuple[int, str]]:
    """Return the feed that one <link> announces, with its rank."""
    rel = values.get("rel", "").lower().split()
    rank = _TYPES.get(values.get("type", "").partition(";")[0].strip().lower())
    if not href or rank is None or not {"alternate", "feed"} & set(rel) or "stylesheet" in rel:
        return []
    if rank == 3 and not re.search(r"feed|rss|atom|\.xml", href, re.IGNORECASE):  # noqa: PLR2004  a type that says too little
        return []
    return [
        (rank + (10 if _SIDELINE.search(href) else 0), href)
    ]  # behind all that are the page's own


def _charset(content_type: str) -> str | None:
    """Return the page's codec where the header names one that exists; None: let the parser find out."""
    found = re.search(r"charset\s*=\s*\"?([\w.:-]+)", content_type, re.IGNORECASE)
    try:
        return codecs.lookup(found[1]).name if found else None
    except LookupError:
        return None
