"""Volume -> a JSON Feed 1.1 document, with what it has no word for in `_syndicator` (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.json import encode

from syndicator.generator.body import credit_line, heading_of
from syndicator.generator.item import (
    Named,
    Piece,
    Volume,
    address,
    contact,
    denied,
    hub_of,
    noindex,
    title_of,
)
from syndicator.model.edition import Edition, Reference, RelatedList
from syndicator.model.feed import Enclosure, Person
from syndicator.text_rules import UNKNOWN_TYPE, identifier, language, line, rfc3339, web

VERSION = "https://jsonfeed.org/version/1.1"
EXTENSION = "_syndicator"


def write(edition: Edition, volume: Volume) -> bytes:
    """Write a document as JSON Feed 1.1 in UTF-8; keys without a value are left out."""
    feed = edition.feed
    document = {
        "version": VERSION,
        "title": title_of(feed),
        "home_page_url": address(feed, ""),
        "feed_url": address(feed, volume.path),
        "description": line(feed.description),
        "language": language(feed.language),
        "hubs": [{"type": "WebSub", "url": hub_of(feed)}] if hub_of(feed) else [],
        # Not "authors": readers would take them for the authors of posts that name none.
        EXTENSION: _said(
            {
                "id": edition.id,
                "updated": rfc3339(volume.updated),
                "contact": _author(contact(feed)).get("url"),
                "noindex": any(map(noindex, volume.pieces)),
                "norepublish": any(map(denied, volume.pieces)),
            }
        ),
    }
    head = encode(_said(document)).removesuffix(b"}")
    # An item a line, for those who compare versions; indenting all would take ten times as long.
    items = b",\n".join(encode(_said(_item(piece))) for piece in volume.pieces)
    return head + b',"items":[\n' + items + b"\n]}\n"


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the keys that have nothing to say: "", 0, an empty list, None."""
    return {name: value for name, value in fields.items() if value}


def _item(piece: Piece) -> dict[str, Any]:
    return {
        "id": piece.id,
        "url": piece.link,
        "external_url": piece.external,
        "title": piece.title,
        "content_html": piece.html,
        "summary": piece.summary,
        "image": piece.image.url if piece.image else "",
        "date_published": rfc3339(piece.published),
        "date_modified": rfc3339(piece.updated) if piece.updated != piece.published else "",
        "authors": [_author(person) for person in piece.authors],
        "tags": list(
            dict.fromkeys(category.label or category.term for category in piece.categories)
        ),
        "language": piece.language,
        "attachments": [_said(_attachment(found)) for found in piece.enclosures],
        EXTENSION: _said(_extension(piece)),
    }


def _author(person: Person) -> dict[str, str]:
    return _said(
        {
            "name": person.name,
            "url": person.uri or (f"mailto:{person.email}" if person.email else ""),
        }
    )


def _attachment(found: Enclosure) -> dict[str, Any]:
    return {
        "url": found.url,
        "mime_type": found.type or UNKNOWN_TYPE,
        "title": found.title,
        "size_in_bytes": found.length,
        "duration_in_seconds": found.duration,
    }


def _extension(piece: Piece) -> dict[str, Any]:
    return {
        "source": _named(piece.source),
        "attribution": credit_line(piece.item, piece.timezone),
        "original_url": piece.original,
        "via": [_named(step) for step in piece.via],
        "also": [_reference(copy) for copy in piece.also],
        "related": [_list(links, piece) for links in piece.item.related if links.links],
        "comments_url": piece.comments,
        "rights": piece.rights,
        "licence": piece.licence,
        "noindex": noindex(piece),
        "norepublish": denied(piece),
    }


def _named(named: Named) -> dict[str, Any]:
    return _said(
        {"title": named.name, "id": named.id, "home_page_url": named.link, "feed_url": named.feed}
    )


def _list(links: RelatedList, piece: Piece) -> dict[str, Any]:
    return {
        "scope": links.scope,
        "heading": heading_of(links, piece.item),
        "items": [_reference(found) for found in links.links],
    }


def _reference(found: Reference) -> dict[str, str]:
    return _said(
        {
            "id": identifier(found.id) if found.id else "",
            "title": line(found.title),
            "url": web(found.url),
            "source": line(found.source),
        }
    )
