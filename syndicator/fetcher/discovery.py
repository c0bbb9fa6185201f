"""A page's HTML -> the addresses of the feeds that it announces, best first. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from msgspec import Struct

from syndicator.urls import strip_feed_scheme

# The types that announce feeds, and how much each says: the lower rank goes first.
_TYPES = {
    "application/atom+xml": 0,
    "application/rss+xml": 0,
    "application/feed+json": 1,
    "application/rdf+xml": 2,
    "application/json": 3,  # JSON Feed 1.0 said so; WordPress announces its API with it too
    "application/xml": 3,
    "text/xml": 3,
}
_VAGUE = 3  # the rank of types that many other things have
_LAST = 10  # added for feeds that are not the page's own
# These are compiled when a page is read: most runs meet none.
# Feeds of comments, and programs' interfaces.
_SIDELINE = r"(?i)comments?/|/comments|replies|wp-json|oembed"
_SIDELINE_TITLE = (
    r"(?i)\b(?:comments?|commentaires|kommentare|comentarios|comentários|commenti|reacties|kommentarer"
    r"|replies)\b|комментари|评论|コメント|bình luận"
)
# "/feed", "/rss.xml", "/atom/?x=1", "news.rss"; not "/feedback".
_LOOKS_LIKE_A_FEED = r"(?i)(?:rss|atom|feed)(?:\.xml|\.json|/)?(?:\?|$)|\.rss$"
# "0; url=/blog/", "5;URL='http://a.example'"; not "30", which only asks to load the page again.
_REFRESH = r"(?i)\s*(?:[0-9.]+\s*)?[;,]\s*url\s*=\s*['\"]?([^'\"]+)"
_LIMIT = 4 * 1024 * 1024  # some pages announce their feed behind a megabyte of script
_MOST = 20


class Page(Struct, frozen=True):
    """The addresses in a page that lead on: its feeds, best first, and its meta refresh."""

    feeds: tuple[str, ...] = ()
    refresh: str = ""
    titles: Mapping[str, str] = {}  # of its feeds, as far as it says them


def read_page(body: bytes, content_type: str, base: str, link_header: str = "") -> Page:
    """Return the absolute http(s) addresses of the feeds that a page announces, at most 20.

    `<link rel="alternate">` with a feed's type (RSS autodiscovery), `rel="feed"`, and the same in
    a Link header (RFC 8288); else links that look like a feed's. `base` is the page's address;
    where that is not known (""), its canonical one.

    >>> html = b'<link rel=alternate type="application/rss+xml" href="/feed?a=1&amp;b=2">'
    >>> read_page(html, "text/html", "http://a.example/x").feeds
    ('http://a.example/feed?a=1&b=2',)
    """
    announced = _in_header(link_header)
    linked: list[tuple[int, str]] = []
    titles: dict[str, str] = {}
    refresh = ""
    for tag, values in _tags(body[:_LIMIT], _charset(content_type)):
        href = strip_feed_scheme(values.get("href", "").strip())
        if tag == "base" and href:
            base = _absolute(base, href) or base
        elif tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            if target := re.match(_REFRESH, values.get("content", "")):
                refresh = target[1].strip()
        elif tag == "link":
            if not base and "canonical" in values.get("rel", "").lower().split():
                base = href
            announced += _announced(values, href)
            titles[_web_address(base, href)] = " ".join(values.get("title", "").split())
        elif tag == "a" and "feed" in values.get("rel", "").lower().split():
            announced.append((1, href))
        elif tag == "a" and re.search(_LOOKS_LIKE_A_FEED, href):
            linked.append((0, href))
    ranked = sorted(announced or linked, key=lambda pair: pair[0])
    feeds = dict.fromkeys(_web_address(base, href) for _, href in ranked)
    feeds.pop("", None)
    addresses = tuple(feeds)[:_MOST]
    known = {address: titles[address] for address in addresses if titles.get(address)}
    return Page(addresses, refresh and _web_address(base, refresh), known)


def advice(page: Page, how: str = "") -> str:
    """Return advice for a page in the place of a feed; `how` says how it must name its feeds."""
    if page.feeds:
        first, *others = page.feeds[:3]
        more = f" (or {' or '.join(others)})" if others else ""
        return f'use the address of its feed: url = "{first}"{more}'
    if page.refresh:
        return f"it sends browsers on to {page.refresh}: look there"
    return f"it names none{how}: look at it in a browser, or ask its owner where the feed is"


def _tags(page: bytes, charset: str | None) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the names and attributes of the tags that may lead to a feed, in their order."""
    # Here: most runs meet no page. A parser, since regexes can be made to run for hours.
    from lxml import etree

    parser = etree.HTMLParser(encoding=charset, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(page, parser)
    except (etree.LxmlError, ValueError):
        return
    if root is not None:
        for element in root.iter("base", "meta", "link", "a"):
            values = {str(name): str(value) for name, value in element.attrib.items()}
            yield str(element.tag), values


def _in_header(value: str) -> list[tuple[int, str]]:
    """Return the feeds that a Link header announces, with their ranks."""
    if not value:
        return []
    from requests.utils import parse_header_links

    announced = []
    for link in parse_header_links(value):
        announced += _announced(link, strip_feed_scheme(link.get("url", "")))
    return announced


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # urllib's word for "http://[" and the like
        return ""


def _web_address(base: str, href: str) -> str:
    """Return the absolute http(s) address, or ""."""
    url = _absolute(base, href)
    return url if url.startswith(("http://", "https://")) else ""


def _announced(values: Mapping[str, str], href: str) -> list[tuple[int, str]]:
    """Return the feed that one <link> announces, with its rank."""
    rel = values.get("rel", "").lower().split()
    rank = _TYPES.get(values.get("type", "").partition(";")[0].strip().lower())
    if rank is None and "feed" in rel:
        rank = 1
    if not href or rank is None or not {"alternate", "feed"} & set(rel) or "stylesheet" in rel:
        return []
    if rank == _VAGUE and not re.search(r"feed|rss|atom|\.xml", href, re.IGNORECASE):
        return []
    if re.search(_SIDELINE, href) or re.search(_SIDELINE_TITLE, values.get("title", "")):
        rank += _LAST
    return [(rank, href)]


def _charset(content_type: str) -> str | None:
    """Return the codec that the header names, None for an unknown or missing one."""
    named = re.search(r"charset\s*=\s*\"?([\w.:-]+)", content_type, re.IGNORECASE)
    try:
        return codecs.lookup(named[1]).name if named else None
    except LookupError:
        return None
