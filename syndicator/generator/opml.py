"""Edition -> an OPML 2.0 document: the public sources, for readers that subscribe to them one by one.

OPML lets `text` hold encoded HTML, but every reader that imports subscriptions takes it as plain text: "R&D" is
written once escaped, as XML asks, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import Element, SubElement, tostring

from syndicator.generator.item import Volume, title_of
from syndicator.model.edition import Edition
from syndicator.model.post import SourceInfo
from syndicator.text_rules import language, line, mail, plain_web, rfc822, web


def write(edition: Edition, _document: Volume) -> bytes:
    """Write the sources as OPML 2.0 in UTF-8, by name; those without a public address are left out."""
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
    for outline in _outlines(edition) or [{"text": title_of(feed)}]:  # a body must have an outline
        SubElement(body, "outline", outline)
    return bytes(tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _outlines(edition: Edition) -> list[dict[str, str]]:
    return [
        dict(_attributes(info)) for info in edition.sources if not info.private and web(info.feed)
    ]


def _attributes(info: SourceInfo) -> Iterator[tuple[str, str]]:
    name = line(info.name) or web(info.feed)
    yield from (("type", "rss"), ("text", name), ("title", name), ("xmlUrl", web(info.feed)))
    for key, value in (
        ("htmlUrl", web(info.link)),
        ("description", line(info.description)),
        ("language", language(info.language)),
    ):
        if value:
            yield key, value
