"""Volume -> an Atom 1.0 document (RFC 4287, with RFC 5005 and RFC 4685 links), by feedgen and our extension of it."""

from __future__ import annotations

from feedgen.entry import FeedEntry

from syndicator.generator.feedgen_ext import NAMESPACES, begun, language_of
from syndicator.generator.item import Piece, Volume, as_html, contact, title_of
from syndicator.generator.shelved import shelved
from syndicator.model.edition import Edition
from syndicator.model.feed import Person
from syndicator.text_rules import is_markup, line


def write(edition: Edition, volume: Volume) -> bytes:
    """Write a document as Atom 1.0 in UTF-8."""
    feed = edition.feed
    generator = begun(feed, volume, "atom", {"fh": NAMESPACES["fh"]} if volume.archive else {})
    generator.id(edition.id)
    generator.title(title_of(feed))
    generator.author(_person(contact(feed)))
    generator.subtitle(line(feed.description) or None)
    if volume.archive:
        return shelved(generator.atom_str(pretty=True), volume.pieces, language_of(feed))
    for piece in volume.pieces:
        _entry(generator.add_entry(order="append"), piece, language_of(feed))
    return bytes(generator.atom_str(pretty=True))


def _entry(entry: FeedEntry, piece: Piece, feed_language: str) -> None:
    entry.id(piece.id)
    entry.title(piece.words)
    entry.updated(piece.updated)
    entry.published(piece.published)
    # An entry without an author would have the feed's, that is, ours.
    for person in piece.authors or (Person(piece.source.name),):
        entry.author(_person(person))
    entry.content(piece.html, type="html")
    if piece.summary:
        entry.summary(as_html(piece.summary), type="html" if is_markup(piece.summary) else None)
    for category in piece.categories:
        entry.category(term=category.term, scheme=category.scheme, label=category.label)
    if piece.rights:
        entry.rights(piece.rights)
    entry.syndicator.piece, entry.syndicator.feed_language = piece, feed_language


def _person(person: Person) -> dict[str, str]:
    found = {"name": person.name}
    if person.email:
        found["email"] = person.email
    if person.uri:
        found["uri"] = person.uri
    return found
