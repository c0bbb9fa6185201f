"""Volume -> an RSS 2.0 document, by feedgen and our extension of it.

RSS 2.0.11 of the RSS Advisory Board with its Best Practices Profile. Titles and summaries are plain text where a
reader expects HTML, so they are escaped where they would be taken for markup; the guid is our id and says
`isPermaLink="false"` unless it is the link; the body stands in content:encoded after its summary.
"""

from __future__ import annotations

import re
from html import escape

from feedgen.entry import FeedEntry

from syndicator.generator.feedgen_ext import NAMESPACES, begun, language_of
from syndicator.generator.item import Piece, Volume, address, as_html, description_of, title_of
from syndicator.generator.podcast import rss_enclosure
from syndicator.model.edition import Edition
from syndicator.text_rules import UNKNOWN_TYPE, plain_web


def write(edition: Edition, volume: Volume) -> bytes:
    """Write a document as RSS 2.0 in UTF-8."""
    feed = edition.feed
    generator = begun(feed, volume, "rss", _namespaces(volume))
    generator.title(as_html(title_of(feed)))
    generator.description(as_html(description_of(feed)))
    generator.link(href=address(feed, ""), rel="alternate")
    for piece in volume.pieces:
        _item(generator.add_entry(order="append"), piece, language_of(feed))
    return _PLAIN.sub(_by_number, bytes(generator.rss_str(pretty=True)))


# Elements of plain text with an escaped character in them. To an XML parser both ways are the same; the profile asks
# for this one, by which readers and validators tell text from HTML.
_PLAIN = re.compile(rb"<(title|category|source)(?: [^<>]*)?>[^<]*&(?:amp|lt);[^<]*</\1>")


def _by_number(found: re.Match[bytes]) -> bytes:
    return found[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _namespaces(volume: Volume) -> dict[str, str]:
    """Return the prefixes that RSS needs for what Atom has words of its own for."""
    found = {"dc": NAMESPACES["dc"]}
    if volume.archive:
        found["fh"] = NAMESPACES["fh"]
    if any(piece.licence for piece in volume.pieces):
        found["creativeCommons"] = NAMESPACES["creativeCommons"]
    return found


def _item(entry: FeedEntry, piece: Piece, feed_language: str) -> None:
    if piece.title:
        entry.title(as_html(piece.title))
    # An id that is no address, or another one than the link's, leads nowhere: readers must not open it.
    entry.guid(piece.id, permalink=bool(piece.link) and piece.id == piece.link)
    if piece.link:
        entry.link(href=piece.link)
    entry.description(escape(piece.summary, quote=False))
    entry.content(piece.html)
    for category in piece.categories:
        entry.category(term=as_html(category.label or category.term), scheme=category.scheme)
    if piece.comments:
        entry.comments(piece.comments)
    if piece.source.feed:
        entry.source(url=piece.source.feed, title=as_html(piece.source.name))
    _enclosure(entry, piece)
    entry.syndicator.piece, entry.syndicator.feed_language = piece, feed_language


def _enclosure(entry: FeedEntry, piece: Piece) -> None:
    found = rss_enclosure(piece)
    if found:
        # All three attributes are required; 0 is what the profile says for an unknown length.
        entry.enclosure(plain_web(found.url), str(found.length), found.type or UNKNOWN_TYPE)
