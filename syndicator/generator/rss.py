"""FeedDocument -> RSS 2.0, by feedgen and our extension.

RSS 2.0.11 of the RSS Advisory Board with its Best Practices Profile. Titles and summaries are plain
text, but readers expect HTML, so they are escaped if they would be taken for markup. The guid is
our id and says `isPermaLink="false"` unless it is the link. The body stands in content:encoded,
after its summary.
"""

from __future__ import annotations

import re
from html import escape

from feedgen.entry import FeedEntry

from syndicator.generator.documents import FeedDocument, address, title_of
from syndicator.generator.feedgen_ext import language_of, new_generator
from syndicator.generator.item import RenderedItem, as_html
from syndicator.generator.podcast import rss_enclosure
from syndicator.model.edition import Edition
from syndicator.text_rules import UNKNOWN_TYPE, line, plain_web, web

# Elements of plain text with an escaped character in them, never content:encoded. To an XML parser
# both escapes are the same; the profile asks for the numbers, by which readers and validators tell
# text from HTML.
_PLAIN = re.compile(rb"<(title|category|source)(?: [^<>]*)?>[^<]*&(?:amp|lt);[^<]*</\1>")


def write(edition: Edition, document: FeedDocument) -> bytes:
    """Write a document as RSS 2.0 in UTF-8."""
    feed = edition.feed
    generator = new_generator(feed, document, "rss", _prefixes(document))
    generator.title(as_html(title_of(feed)))
    generator.description(as_html(line(feed.description) or title_of(feed)))
    generator.link(href=address(feed, ""), rel="alternate")
    if feed.rights:
        generator.copyright(as_html(line(feed.rights)))
    if feed.ttl:
        generator.ttl(max(1, round(feed.ttl.total_seconds() / 60)))
    if logo := web(feed.logo or feed.icon):
        generator.image(logo, as_html(title_of(feed)), address(feed, ""))
    for item in document.items:
        _fill(generator.add_entry(order="append"), item, language_of(feed))
    return _PLAIN.sub(_escape_by_number, bytes(generator.rss_str(pretty=True)))


def _escape_by_number(element: re.Match[bytes]) -> bytes:
    return element[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _prefixes(document: FeedDocument) -> list[str]:
    """Return the prefixes that RSS needs for elements that Atom has of its own."""
    prefixes = ["dc"]
    if document.is_archive:
        prefixes.append("fh")
    if any(item.licence for item in document.items):
        prefixes.append("creativeCommons")
    if any(item.item.post.rsl for item in document.items):
        prefixes.append("rsl")
    return prefixes


def _fill(entry: FeedEntry, item: RenderedItem, feed_language: str) -> None:
    if item.title:
        entry.title(as_html(item.title))
    # An id that is no address, or another one than the link's, leads nowhere: readers must not open
    # it.
    entry.guid(item.id, permalink=bool(item.link) and item.id == item.link)
    if item.link:
        entry.link(href=item.link)
    entry.description(escape(item.summary, quote=False))
    entry.content(item.html)
    for category in item.categories:
        entry.category(term=as_html(category.label or category.term), scheme=category.scheme)
    if item.comments:
        entry.comments(item.comments)
    if item.source.feed:
        entry.source(url=item.source.feed, title=as_html(item.source.name))
    if enclosure := rss_enclosure(item):
        # All three attributes are required; 0 is the profile's value for an unknown length.
        url, kind = plain_web(enclosure.url), enclosure.type or UNKNOWN_TYPE
        entry.enclosure(url, str(enclosure.length), kind)
    entry.syndicator.item, entry.syndicator.feed_language = item, feed_language
