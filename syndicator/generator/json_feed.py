"""FeedDocument -> JSON Feed 1.1; our own facts stand in `_syndicator` (docs/formats.md)."""

from __future__ import annotations

from typing import Any

from msgspec.json import encode

from syndicator.generator.body import credit_line, list_heading
from syndicator.generator.documents import (
    FeedDocument,
    address,
    contact,
    hub_of,
    title_of,
    without_empty,
)
from syndicator.generator.item import RenderedItem, SourceRef, is_denied, is_unindexed
from syndicator.model.edition import Edition, Reference, RelatedList
from syndicator.model.feed import Enclosure, Person, Wishes
from syndicator.text_rules import UNKNOWN_TYPE, identifier, language, line, rfc3339, web

VERSION = "https://jsonfeed.org/version/1.1"
EXTENSION = "_syndicator"


def write(edition: Edition, document: FeedDocument) -> bytes:
    """Write a document as JSON Feed 1.1 in UTF-8; keys without a value are left out."""
    feed = edition.feed
    head = {
        "version": VERSION,
        "title": title_of(feed),
        "home_page_url": address(feed, ""),
        "feed_url": address(feed, document.path),
        "description": line(feed.description),
        "icon": web(feed.logo),
        "favicon": web(feed.icon),
        "language": language(feed.language),
        "hubs": [{"type": "WebSub", "url": hub_of(feed)}] if hub_of(feed) else [],
        # Not "authors": readers would take them for the authors of posts that name none.
        EXTENSION: without_empty(
            {
                "id": edition.id,
                "updated": rfc3339(document.updated),
                "rights": line(feed.rights),
                "contact": _author(contact(feed)).get("url"),
                "noindex": any(map(is_unindexed, document.items)),
                "norepublish": any(map(is_denied, document.items)),
            }
        ),
    }
    start = encode(without_empty(head)).removesuffix(b"}")
    # An item a line, to compare versions by; indenting all would take ten times as long.
    items = b",\n".join(encode(without_empty(_item(item))) for item in document.items)
    return start + b',"items":[\n' + items + b"\n]}\n"


def _item(item: RenderedItem) -> dict[str, Any]:
    tags = dict.fromkeys(category.label or category.term for category in item.categories)
    return {
        "id": item.id,
        "url": item.link,
        "external_url": item.external,
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "image": item.image.url if item.image else "",
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated) if item.updated != item.published else "",
        "authors": _authors(item),
        "tags": list(tags),
        "language": item.language,
        "attachments": list(map(_attachment, item.enclosures)),
        EXTENSION: _extension(item),
    }


def _authors(item: RenderedItem) -> list[dict[str, str]]:
    """Return the authors; the icon of the source is the avatar of one who writes alone."""
    authors = list(map(_author, item.authors))
    if len(authors) == 1 and item.source.icon:
        authors[0]["avatar"] = item.source.icon
    return authors


def _author(person: Person) -> dict[str, str]:
    mail_link = person.email and f"mailto:{person.email}"
    return without_empty({"name": person.name, "url": person.uri or mail_link})


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return without_empty(
        {
            "url": enclosure.url,
            "mime_type": enclosure.type or UNKNOWN_TYPE,
            "title": enclosure.title,
            "size_in_bytes": enclosure.length,
            "duration_in_seconds": enclosure.duration,
        }
    )


def _extension(item: RenderedItem) -> dict[str, Any]:
    return without_empty(
        {
            "source": _source(item.source),
            "attribution": credit_line(item.item, item.timezone),
            "original_url": item.original,
            "via": list(map(_source, item.via)),
            "also": list(map(_reference, item.also)),
            "related": [_list(links, item) for links in item.item.related if links.links],
            "comments_url": item.comments,
            "rights": item.rights,
            "licence": item.licence,
            "wishes": _wishes(item.item.source.wishes),
            "noindex": is_unindexed(item),
            "norepublish": is_denied(item),
        }
    )


def _wishes(wishes: Wishes) -> dict[str, Any]:
    return without_empty(
        {
            "content_usage": list(wishes.usage),
            "content_signal": list(wishes.signals),
            "robots": list(wishes.robots),
            "tdm_reservation": int(wishes.tdm),
            "tdm_policy": wishes.tdm_policy,
            "rsl": wishes.rsl,
        }
    )


def _source(ref: SourceRef) -> dict[str, Any]:
    return without_empty(
        {
            "title": ref.name,
            "id": ref.id,
            "home_page_url": ref.link,
            "feed_url": ref.feed,
            "icon": ref.icon,
        }
    )


def _list(links: RelatedList, item: RenderedItem) -> dict[str, Any]:
    return {
        "scope": links.scope,
        "heading": list_heading(links, item.item),
        "items": list(map(_reference, links.links)),
    }


def _reference(reference: Reference) -> dict[str, str]:
    return without_empty(
        {
            "id": reference.id and identifier(reference.id),
            "title": line(reference.title),
            "url": web(reference.url),
            "source": line(reference.source),
        }
    )
