"""FeedDocument -> Atom 1.0 (RFC 4287, RFC 5005, RFC 4685), by feedgen and our extension."""

from __future__ import annotations

from syndicator.generator.documents import FeedDocument, contact, title_of
from syndicator.generator.feedgen_ext import new_generator
from syndicator.model.edition import Edition
from syndicator.model.feed import Person
from syndicator.text_rules import line, web


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
    return bytes(generator.atom_str(pretty=True))


def _person(person: Person) -> dict[str, str]:
    parts = {"name": person.name, "email": person.email, "uri": person.uri}
    return {name: value for name, value in parts.items() if value or name == "name"}
