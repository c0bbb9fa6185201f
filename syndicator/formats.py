"""The formats of documents: file name, media type, label and elements of each, declared once."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from syndicator.model.settings import Feed
from syndicator.namespaces import ATOM


class Format(Struct, frozen=True):
    """One format that `formats` in feeds.toml can name.

    A new format is one module with `write(edition, document) -> bytes`, and one entry in `FORMATS`.
    """

    label: str  # the name that people know it by
    file: str  # the usual file name, which `names` in feeds.toml replaces
    type: str  # media type, without parameters
    writer: str = ""  # the module that writes it; "" for pages, which `generator.site` makes
    is_polled: bool = False  # readers come back for it, pages announce it, hubs are told of it
    root: str = ""  # the root element of an XML document, in Clark notation
    post: str = (
        ""  # the element, or the key in JSON, that holds a post; "" where none can be counted
    )
    mark: bytes = b""  # stands near the beginning of such a document and of no other


FORMATS: dict[str, Format] = {
    "rss": Format(
        label="RSS",
        file="rss.xml",
        type="application/rss+xml",
        writer="syndicator.generator.rss",
        is_polled=True,
        root="rss",
        post="item",
        mark=b"<rss",
    ),
    "atom": Format(
        label="Atom",
        file="atom.xml",
        type="application/atom+xml",
        writer="syndicator.generator.atom",
        is_polled=True,
        root=f"{{{ATOM}}}feed",
        post="entry",
        mark=b"<feed",
    ),
    "json": Format(
        label="JSON Feed",
        file="feed.json",
        type="application/feed+json",
        writer="syndicator.generator.json_feed",
        is_polled=True,
        post="items",
        mark=b"https://jsonfeed.org/version/",
    ),
    "opml": Format(
        label="OPML",
        file="opml.xml",
        type="text/x-opml",
        writer="syndicator.generator.opml",
        root="opml",
        mark=b"<opml",
    ),
    "html": Format(label="HTML", file="index.html", type="text/html"),
    "fragment": Format(label="HTML fragment", file="fragment.html", type="text/html"),
}

# Files that a theme may bring along, and pictures of sources: endings of names -> media types.
ASSETS = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}

# The format of closed archives (RFC 5005, section 4) is the first of these that a feed has.
ARCHIVE_FORMATS = ("atom", "rss")


def file_name(feed: Feed, form: str) -> str:
    """Return the path of a feed's document in a format, below its output folder."""
    return feed.names.get(form) or FORMATS[form].file


def written(names: Iterable[str]) -> list[str]:
    """Return the formats, among these, that are documents for programs; in the order of the table.

    >>> written(["html", "opml", "rss"])
    ['rss', 'opml']
    """
    return [name for name, form in FORMATS.items() if form.writer and name in names]


def polled(names: Iterable[str]) -> list[str]:
    """Return the formats, among these, that readers poll; in the order of the table.

    >>> polled(["html", "opml", "atom", "rss"])
    ['rss', 'atom']
    """
    return [name for name, form in FORMATS.items() if form.is_polled and name in names]


def document_types() -> list[str]:
    """Return the media types of the documents for programs."""
    return [form.type for form in FORMATS.values() if form.writer]


def by_type(media_type: str) -> Format | None:
    """Return the format that is written with a media type, None for a page or an unknown type."""
    return next(
        (form for form in FORMATS.values() if form.writer and form.type == media_type), None
    )


def by_content(beginning: bytes, *, xml: bool) -> Format | None:
    """Return the format of an XML or JSON document by its first bytes, None for an unknown one.

    >>> by_content(b'<?xml version="1.0"?><rss version="2.0">', xml=True).type
    'application/rss+xml'
    """
    forms = (form for form in FORMATS.values() if form.mark and bool(form.root) == xml)
    return next((form for form in forms if form.mark in beginning), None)


def by_suffix(suffix: str) -> Format | None:
    """Return the format whose usual file name ends so, None for the ending of several or of none.

    >>> by_suffix(".xml"), by_suffix(".db")
    (None, None)
    """
    forms = [form for form in FORMATS.values() if form.file.endswith(suffix)]
    return forms[0] if len(forms) == 1 else None
