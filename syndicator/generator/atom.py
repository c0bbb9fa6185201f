"""FeedDocument -> Atom 1.0 (RFC 4287, RFC 5005, RFC 4685), by feedgen and our extension."""

from __future__ import annotations

from feedgen.entry import FeedEntry

from syndicator.generator.documents import FeedDocument, contact, title_of
from syndicator.generator.feedgen_ext import language_of, new_generator
from syndicator.generator.item import RenderedItem, as_html
from syndicator.model.edition import Edition
from syndicator.model.feed import Person
from syndicator.text_rules import is_markup, line, web


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
    for item in document.items:
        _fill(generator.add_entry(order="append"), item, language_of(feed))
    return bytes(generator.atom_str(pretty=True))


def _fill(entry: FeedEntry, item: RenderedItem, feed_language: str) -> None:
    entry.id(item.id)
    entry.title(item.heading)
    entry.updated(item.updated)
    entry.published(item.published)
    # An entry without an author would have the feed's, that is, ours.
    for person in item.authors or (Person(item.source.name),):
        entry.author(_person(person))
    entry.content(item.html, type="html")
    if item.summary:
        entry.summary(as_html(item.summary), type="html" if is_markup(item.summary) else None)
    for category in item.categories:
        entry.category(term=category.term, scheme=category.scheme, label=category.label)
    if item.rights:
        entry.rights(item.rights)
    entry.syndicator.item, entry.syndicator.feed_language = item, feed_language


def _person(person: Person) -> dict[str, str]:
    parts = {"name": person.name, "email": person.email, "uri": person.uri}
    return {name: value for name, value in parts.items() if value or name == "name"}
