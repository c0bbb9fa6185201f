"""Edition -> OPML 2.0: the public sources, for readers that subscribe to them one by one.

OPML lets `text` hold encoded HTML, but every reader that imports subscriptions takes it as plain
text: "R&D" is escaped once, as XML asks, and no more.
"""

from __future__ import annotations

from lxml.etree import Element, SubElement, tostring

from syndicator.generator.documents import FeedDocument, as_attributes, title_of
from syndicator.model.edition import Edition
from syndicator.model.post import SourceInfo
from syndicator.text_rules import language, line, mail, plain_name, plain_web, rfc822, web


def write(edition: Edition, _document: FeedDocument) -> bytes:
    """Write the sources with a public address as OPML 2.0 in UTF-8, by name."""
    feed = edition.feed
    root = Element("opml", version="2.0")
    head = SubElement(root, "head")
    for name, value in (
        ("title", title_of(feed)),
        ("dateModified", rfc822(edition.updated)),
        ("ownerName", title_of(feed)),
        ("ownerEmail", mail(feed.contact)),
        ("ownerId", plain_web(feed.contact)),
    ):
        if value:
            SubElement(head, name).text = value
    body = SubElement(root, "body")
    for source in edition.sources:
        if not source.private and web(source.feed):
            SubElement(body, "outline", _attributes(source))
    if not len(body):  # OPML asks for an outline
        SubElement(body, "outline", {"text": title_of(feed)})
    return bytes(tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _attributes(source: SourceInfo) -> dict[str, str]:
    address = web(source.feed)
    title = plain_name(source.name) or address
    return as_attributes(
        {
            "type": "rss",
            "text": title,
            "title": title,
            "xmlUrl": address,
            "htmlUrl": web(source.link),
            "description": line(source.description),
            "language": language(source.language),
        }
    )
