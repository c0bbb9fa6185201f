"""The bytes of a JSON Feed 1.0 or 1.1 -> ParsedFeed (https://www.jsonfeed.org/version/1.1/).

A value of the wrong type counts as absent; libraries on PyPI raise on it. Numbers as ids are read
as strings, as the specification asks. The extension `_syndicator` of our own feeds
(docs/formats.md) is read.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from typing import Any

from syndicator.model.feed import (
    Category,
    Enclosure,
    Entry,
    FeedHead,
    Image,
    Link,
    Origin,
    ParsedFeed,
    Person,
    Text,
    TextKind,
)
from syndicator.parser.dates import clock, instant
from syndicator.parser.draft import key_from, unknown
from syndicator.parser.splitting import digest
from syndicator.parser.values import seconds

Object = Mapping[str, Any]


def parse_json(data: bytes, source_id: str, url: str, known: Container[str]) -> ParsedFeed | str:
    """Read a JSON Feed; return an error in one line if the document is none."""
    try:
        document = _loaded(data)
    except (ValueError, RecursionError) as error:
        return f"it looks like JSON but can't be read: {error}"
    items = document.get("items", 0) if isinstance(document, dict) else 0
    if items is not None and not isinstance(items, list):
        return "it is JSON, but has no list of items: not a JSON Feed"
    head = _head(document)
    items = items or ()  # null is an empty list
    entries = tuple(_entry(item, head.language) for item in items if isinstance(item, dict))
    return ParsedFeed(
        source_id=source_id,
        url=url,
        head=head,
        items=tuple(map(key_from, entries)),
        entries=unknown(entries, known),
    )


def _loaded(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    r"""Read JSON; half of a surrogate pair, written as `\ud83d`, becomes U+FFFD."""
    document = json.loads(data)
    if b"\\ud" not in data and b"\\uD" not in data:
        return document
    text = json.dumps(document, ensure_ascii=False)
    return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _text(item: Object, name: str) -> str:
    """Return a string or a number as text; "" for all else, booleans too."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _whole(item: Object, name: str) -> int:
    """Return a count, also one in a string; 0 for anything else. NaN compares as false, too."""
    value = item.get(name)
    if isinstance(value, str):
        return seconds(value)
    if isinstance(value, int | float) and 0 <= value < 2**63:
        return int(value)
    return 0


def _objects(item: Object, name: str) -> Iterator[Object]:
    """Yield the objects of a list, or the one that stands there without a list."""
    value = item.get(name)
    parts = value if isinstance(value, list) else [value]
    return (part for part in parts if isinstance(part, dict))


def _authors(item: Object) -> tuple[Person, ...]:
    """Read `authors` (1.1), or the one `author` of 1.0; a string in their place is a name."""
    name = next(
        (part for part in map(item.get, ("authors", "author")) if isinstance(part, str)), ""
    )
    people = [*_objects(item, "authors")] or [*_objects(item, "author")] or [{"name": name}]
    persons = []
    for said in people:
        person = Person(name=_text(said, "name"), uri=_text(said, "url"))
        if person.name or person.uri:
            persons.append(person)
    return tuple(persons)


def _head(feed: Object) -> FeedHead:
    return FeedHead(
        title=_text(feed, "title"),
        link=_text(feed, "home_page_url"),
        self_link=_text(feed, "feed_url"),
        subtitle=_text(feed, "description"),
        language=_text(feed, "language"),
        authors=_authors(feed),
        image=_text(feed, "icon") or _text(feed, "favicon"),
        denied=_object(feed, "_syndicator").get("norepublish") is True,
        version="json10" if _text(feed, "version").rstrip("/").endswith("version/1") else "json11",
    )


def _entry(item: Object, language: str) -> Entry:
    language = _text(item, "language") or language
    url, external = _text(item, "url"), _text(item, "external_url")
    ours = _object(item, "_syndicator")
    return Entry(
        # The whole item in one order of names; what it inherits is the language alone.
        fingerprint=digest(json.dumps(item, sort_keys=True).encode(), language.encode()),
        guid=_text(item, "id"),
        links=(Link(href=url),) if url else (),
        title=_plain(item, "title", language),
        contents=_contents(item, language),
        summary=_plain(item, "summary", language),
        authors=_authors(item),
        published=instant(_text(item, "date_published")),
        updated=instant(_text(item, "date_modified")),
        published_clock=clock(_text(item, "date_published")),
        updated_clock=clock(_text(item, "date_modified")),
        categories=_tags(item),
        enclosures=tuple(_attachments(item)),
        images=_images(item),
        comments=_text(ours, "comments_url"),
        rights=_text(ours, "rights"),
        licence=_text(ours, "licence"),
        noindex=ours.get("noindex")
        is True,  # of its own: the feed's says that one of its items has it
        source=_source(_object(ours, "source")),
        external_url=external,  # a link blog's subject; `url` is its own page
        language=language,
    )


def _object(item: Object, name: str) -> Object:
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def _source(said: Object) -> Origin | None:
    """Read the origin that a feed of ours credits: it proves as much as an atom:source."""
    title, site, feed, identifier = (
        _text(said, name) for name in ("title", "home_page_url", "feed_url", "id")
    )
    origin = Origin(title, site, feed, identifier)
    return origin if origin != Origin() else None


def _plain(item: Object, name: str, language: str) -> Text | None:
    text = _text(item, name)
    return Text(text, "text", language) if text else None


def _contents(item: Object, language: str) -> tuple[Text, ...]:
    kinds: tuple[tuple[str, TextKind], ...] = (("content_html", "html"), ("content_text", "text"))
    return tuple(
        Text(value, kind, language) for name, kind in kinds if (value := _text(item, name))
    )


def _tags(item: Object) -> tuple[Category, ...]:
    tags = item.get("tags")
    if isinstance(tags, str):
        tags = tags.split(",")
    if not isinstance(tags, list):
        return ()
    terms = dict.fromkeys(tag.strip() for tag in tags if isinstance(tag, str))
    return tuple(map(Category, filter(None, terms)))


def _images(item: Object) -> tuple[Image, ...]:
    urls = dict.fromkeys((_text(item, "image"), _text(item, "banner_image")))
    return tuple(map(Image, filter(None, urls)))


def _attachments(item: Object) -> Iterator[Enclosure]:
    for part in _objects(item, "attachments"):
        if url := _text(part, "url"):
            yield Enclosure(
                url=url,
                type=_text(part, "mime_type"),
                length=_whole(part, "size_in_bytes"),
                title=_text(part, "title"),
                duration=_whole(part, "duration_in_seconds"),
            )
