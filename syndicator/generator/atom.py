"""FeedDocument -> Atom 1.0 (RFC 4287, RFC 5005, RFC 4685).

The head is made by feedgen and our extension. Entries are text: as elements they take nearly twice
as long, and a first run writes an entry for each post of history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape

from lxml.etree import Element, SubElement, tostring

from syndicator.generator.documents import FeedDocument, contact, title_of
from syndicator.generator.feedgen_ext import language_of, new_generator
from syndicator.generator.item import (
    RenderedItem,
    SourceRef,
    link_fields,
    links,
    other_language,
    source_links,
)
from syndicator.generator.podcast import add_episode, image_fields, used_prefixes
from syndicator.model.edition import Edition
from syndicator.model.feed import Person
from syndicator.namespaces import uri_of
from syndicator.text_rules import is_markup, line, rfc3339, web

_END = b"</feed>\n"
_ENTRY, _INNER = "    ", "      "  # the indents of the elements of an entry, and of theirs


def write(edition: Edition, document: FeedDocument) -> bytes:
    """Write a document as Atom 1.0 in UTF-8."""
    feed = edition.feed
    prefixes = {"fh": document.is_archive, "at": bool(document.tombstones)}
    used = [prefix for prefix, is_used in prefixes.items() if is_used]
    generator = new_generator(feed, document, "atom", used)
    generator.id(edition.id)
    generator.title(title_of(feed))
    generator.author(_person(contact(feed)))
    generator.subtitle(line(feed.description) or None)
    generator.icon(web(feed.icon) or None)
    generator.logo(web(feed.logo) or None)
    generator.rights(line(feed.rights) or None)
    head = bytes(generator.atom_str(pretty=True)).removesuffix(_END)
    tag = language_of(feed)
    entries = [_entry(item, other_language(item, tag)) for item in document.items]
    return b"".join((head, "".join(entries).encode(), _END))


def _person(person: Person) -> dict[str, str]:
    parts = {"name": person.name, "email": person.email, "uri": person.uri}
    return {name: value for name, value in parts.items() if value or name == "name"}


def _entry(item: RenderedItem, language: str) -> str:
    """Return an entry (RFC 4287, 4.1.2), marked with its language unless that is "".

    Links follow id, title and updated, since some readers take what they need from the top.
    `atom:source` is last: some take its title for the entry's when it comes first.
    """
    return "".join(
        (f"  <entry{_attributes({'xml:lang': language})}>\n", *_parts(item), "  </entry>\n")
    )


def _parts(item: RenderedItem) -> Iterator[str]:
    yield _element("id", item.id)
    yield _marked("title", item.heading)
    yield _element("updated", item.updated.isoformat())
    for link in links(item):
        yield f"{_ENTRY}<link{_attributes(link_fields(link))}/>\n"
    # An entry without an author would have the feed's, that is, ours.
    yield from map(_author, item.authors or (Person(item.source.name),))
    yield _element("content", item.html, ' type="html"')
    if item.summary:
        yield _marked("summary", item.summary)
    for category in item.categories:
        fields = {"term": category.term, "scheme": category.scheme, "label": category.label}
        yield f"{_ENTRY}<category{_attributes(fields)}/>\n"
    yield _element("published", item.published.isoformat())
    if item.rights:
        yield _element("rights", item.rights)
    if item.image:
        yield f"{_ENTRY}<media:thumbnail{_attributes(image_fields(item.image))}/>\n"
    if item.item.post.episode:
        yield _episode(item)
    yield _source(item.source, rfc3339(item.source.updated or item.updated))


@lru_cache(maxsize=4096)  # the same few write most of a source's posts
def _author(person: Person) -> str:
    fields = [_element(name, text, indent=_INNER) for name, text in _person(person).items()]
    return "".join((f"{_ENTRY}<author>\n", *fields, f"{_ENTRY}</author>\n"))


@lru_cache(maxsize=1024)  # the posts of a source stand together
def _source(ref: SourceRef, updated: str) -> str:
    """Return `atom:source` (RFC 4287, 4.2.11): the feed that an entry is credited to."""
    parts = [
        _element("id", ref.id, indent=_INNER),
        _marked("title", ref.name, _INNER),
        _element("updated", updated, indent=_INNER),
    ]
    parts += [f"{_INNER}<link{_attributes(link_fields(link))}/>\n" for link in source_links(ref)]
    for tag, text in (("icon", ref.icon), ("rights", ref.rights)):
        if text:
            parts.append(_element(tag, text, indent=_INNER))
    return "".join((f"{_ENTRY}<source>\n", *parts, f"{_ENTRY}</source>\n"))


def _episode(item: RenderedItem) -> str:
    """Return the elements of an episode: those of RSS, at the depth that they have in a feed."""
    feed = Element("feed", nsmap={prefix: uri_of(prefix) for prefix in used_prefixes([item])})
    add_episode(SubElement(feed, "entry"), item)
    text = tostring(feed, encoding="unicode", pretty_print=True)
    return text.partition("  <entry>\n")[2].rpartition("  </entry>\n")[0]


def _element(tag: str, text: str, attributes: str = "", indent: str = _ENTRY) -> str:
    escaped = escape(text, quote=False).replace("\r", "&#13;")  # else a parser drops it
    return f"{indent}<{tag}{attributes}>{escaped}</{tag}>\n"


def _marked(tag: str, plain: str, indent: str = _ENTRY) -> str:
    """Return a plain text; one that would be taken for markup is HTML (RFC 4287, 3.1.1)."""
    if is_markup(plain):
        return _element(tag, escape(plain, quote=False), ' type="html"', indent)
    return _element(tag, plain, indent=indent)


def _attributes(fields: Mapping[str, object]) -> str:
    """Return the attributes of an element without empty ones; all are texts of one line."""
    shown = ""
    for name, value in fields.items():
        if value:
            quoted = escape(str(value), quote=False).replace('"', "&quot;")
            shown += f' {name}="{quoted}"'
    return shown
