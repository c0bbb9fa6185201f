"""Item -> Piece: every field in the one form that all formats take, so that each format only names it.

Whatever a source sent, a Piece holds valid URIs, known media types, language tags, one-line titles and clean text;
what can't be said validly is left out here, once. Of a private source no address passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import PurePosixPath
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from syndicator.formats import ARCHIVE_FORMATS, FORMATS
from syndicator.generator.body import compose_body
from syndicator.model.edition import Archive, Edition, Item, Reference
from syndicator.model.feed import Category, Enclosure, Image, Link, Person
from syndicator.model.settings import Feed
from syndicator.text_rules import (
    identifier,
    is_markup,
    is_uri,
    language,
    line,
    mail,
    media_type,
    uri,
    web,
    without_markup,
)
from syndicator.timezones import DEFAULT

GENERATOR = "syndicator"  # without a version: a new one must not rewrite what was published

_WORDS = 12  # of an untitled post, where Atom must have a title


class Named(Struct, frozen=True):
    """The feed that a post is credited to, as `<source>` and `atom:source` name it; addresses "" where private."""

    name: str
    id: str  # a URI
    link: str = ""
    feed: str = ""
    rights: str = ""
    licence: str = ""
    updated: datetime | None = None


class Piece(Struct, frozen=True):
    """An item, ready to be written in any format."""

    item: Item
    timezone: str  # whose day the operator's own credit names
    id: str
    link: str
    title: str  # "" where untitled
    words: str  # the title, or what stands for it: never ""
    html: str  # never ""
    summary: str
    published: datetime
    updated: datetime
    language: str
    authors: tuple[Person, ...]
    categories: tuple[Category, ...]
    enclosures: tuple[Enclosure, ...]
    image: Image | None
    comments: str
    external: str
    original: str
    rights: str
    licence: str
    source: Named
    via: tuple[Named, ...]
    related: tuple[Reference, ...]
    also: tuple[Reference, ...]


def noindex(piece: Piece) -> bool:
    """Tell whether search engines are asked to leave a post out: by itself, or by its source."""
    return piece.item.post.noindex or piece.item.source.noindex


def denied(piece: Piece) -> bool:
    """Tell whether nobody is to republish a post: its source lets us alone do it."""
    return piece.item.source.denied


class Volume(Struct, frozen=True):
    """One document of a feed: the current one, or a closed archive (RFC 5005, section 4)."""

    path: str
    updated: datetime
    pieces: tuple[Piece, ...]
    archive: bool = False
    previous: str = ""  # address of the archive before this document
    following: str = ""  # address of the archive after it
    current: str = ""  # address of the current document, on archives


def file_name(feed: Feed, form: str) -> str:
    """Return the path of a feed's document in a format, below its output folder."""
    return feed.names.get(form) or FORMATS[form].file


def address(feed: Feed, path: str) -> str:
    """Return the address that a document is served at."""
    full = feed.link.rstrip("/") + "/" + path
    return uri(full) or line(
        full
    )  # an IPv6 host is no URI to the strict, but it is where we are served


def archive_form(feed: Feed) -> str:
    """Return the one format that a feed's archives have, "" where it has none.

    RFC 5005 asks for an archive, not for one in the format of the document that leads there: the link names its
    type. A second set would double the work and the space, for the few readers that walk archives at all.
    """
    return next((form for form in ARCHIVE_FORMATS if form in feed.formats), "")


def archive_name(feed: Feed, number: int) -> str:
    """Return the path of a closed archive.

    >>> archive_name(Feed(title="", names={"atom": "feed.atom"}), 3)
    'archive/feed-3.atom'
    """
    path = PurePosixPath("archive", file_name(feed, archive_form(feed)))
    return str(path.with_name(f"{path.stem}-{number}{path.suffix}"))


def current(edition: Edition, form: str, pieces: tuple[Piece, ...]) -> Volume:
    """Return the current document of a format."""
    feed = edition.feed
    newest = edition.archives if feed.archives and archive_form(feed) else 0
    previous = address(feed, archive_name(feed, newest)) if newest else ""
    return Volume(file_name(feed, form), edition.updated, pieces, previous=previous)


def closed(edition: Edition, form: str, archive: Archive, pieces: tuple[Piece, ...]) -> Volume:
    """Return a closed archive, linked to its neighbours and to the current document of its format."""
    feed, number = edition.feed, archive.number

    def near(other: int) -> str:
        return address(feed, archive_name(feed, other)) if 1 <= other <= edition.archives else ""

    return Volume(
        archive_name(feed, number),
        archive.updated,
        pieces,
        archive=True,
        previous=near(number - 1),
        following=near(number + 1),
        current=address(feed, file_name(feed, form)),
    )


def prepare(items: Iterable[Item], timezone: str = DEFAULT) -> tuple[Piece, ...]:
    """Make the pieces of items, in their order; the credits name days of this time zone."""
    return tuple(piece(item, timezone) for item in items)


def piece(item: Item, timezone: str) -> Piece:
    """Make one piece."""
    post, source = item.post, named(item)
    title = line(post.title)
    words = title or first_words(item)
    return Piece(
        item=item,
        timezone=timezone,
        id=identifier(item.id),
        link=web(post.link),
        title=title,
        words=words,
        html=compose_body(item, timezone) or f"<p>{escape(words, quote=False)}</p>",
        summary=line(post.summary),
        # Some sources write fractions of a second; RSS has none, and the formats should not differ.
        published=item.published.replace(microsecond=0),
        updated=item.updated.replace(microsecond=0),
        language=language(post.language),
        authors=_authors(post.authors),
        categories=tuple(_categories(post.categories)),
        enclosures=tuple(_enclosures(post.enclosures)),
        image=_image(post.image),
        comments=web(post.comments),
        external=web(post.external_url),
        original=web(post.origin_link),
        rights=without_markup(post.rights),
        licence=web(post.licence) or source.licence,
        source=source,
        # The chain of a private source's copies could name the addresses that it is read at.
        via=() if item.source.private else tuple(_chain(item)),
        related=tuple(_references(link for links in item.related for link in links.links)),
        also=tuple(_references(item.also)),
    )


def first_words(item: Item) -> str:
    """Return what stands for the title of an untitled post: its first words, else its source's name."""
    # Mastodon, microblogs and Tumblr send posts without titles; Atom asks for one (RFC 4287, 4.2.14).
    words = line(item.post.summary or item.post.text).split(" ")
    start = " ".join(words[:_WORDS])
    return start + ("…" if len(words) > _WORDS else "") or line(item.source.name) or GENERATOR


def named(item: Item) -> Named:
    """Return the feed that an item is credited to: the origin where its source proved that it republishes it."""
    post, info = item.post, item.source
    if post.republished and line(post.origin.name):
        origin = post.origin
        return _origin(
            origin.name,
            origin.id,
            origin.url,
            origin.feed,
            origin.rights,
            origin.updated or item.updated,
        )
    name = line(info.name) or GENERATOR
    if info.private:
        return Named(
            name, f"urn:uuid:{uuid5(NAMESPACE_URL, f'private source {name}')}", updated=item.updated
        )
    updated = info.updated or item.updated
    return _origin(
        name, info.feed_id, info.link, info.feed, info.rights, updated, web(info.licence)
    )


def _origin(
    name: str,
    id_: str,
    link: str,
    feed: str,
    rights: str,
    updated: datetime | None,
    licence: str = "",
) -> Named:
    link, feed = web(link), web(feed)
    id_ = id_ if is_uri(id_) else feed or link or identifier(name)
    return Named(line(name), id_, link, feed, without_markup(rights), licence, updated)


def _chain(item: Item) -> Iterator[Named]:
    for step in item.post.via:
        found = _origin(step.name, step.id, step.url, step.feed, "", None)
        if found.link or found.feed:
            yield found


@lru_cache(maxsize=4096)  # the same few write most of a source's posts
def _authors(people: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(_people(people))


def _people(people: Iterable[Person]) -> Iterator[Person]:
    for person in people:
        name, address_ = line(person.name), mail(person.email)
        # RSS sources often give a mail address and no name; what stands before its @ is how readers show it.
        if name or address_:
            yield Person(name or address_.partition("@")[0], web(person.uri), address_)


def _categories(categories: Iterable[Category]) -> Iterator[Category]:
    seen = set()
    for category in categories:
        # Some generators write labels alone, and some the same category twice.
        term = line(category.term) or line(category.label)
        scheme = uri(category.scheme)
        if term and (term, scheme) not in seen:
            seen.add((term, scheme))
            yield Category(term, scheme, line(category.label))


def _enclosures(enclosures: Iterable[Enclosure]) -> Iterator[Enclosure]:
    seen = set()
    for found in enclosures:
        url = uri(found.url)
        if url and url not in seen:
            seen.add(url)
            yield Enclosure(
                url=url,
                type=media_type(found.type, url, found.medium),
                length=max(
                    found.length, 0
                ),  # a length is what its source says; less than none is unknown
                title=line(found.title),
                duration=max(found.duration, 0),
                medium=found.medium
                if found.medium in {"image", "audio", "video", "document", "executable"}
                else "",
                width=max(found.width, 0),
                height=max(found.height, 0),
                description=line(found.description),
                primary=found.primary,
            )


def _image(image: Image | None) -> Image | None:
    url = web(image.url) if image else ""
    return (
        Image(url, max(image.width, 0), max(image.height, 0), line(image.title))
        if image and url
        else None
    )


def _references(references: Iterable[Reference]) -> Iterator[Reference]:
    for found in references:
        url, title = web(found.url), line(found.title)
        if url:
            yield Reference(
                identifier(found.id) if found.id else "",
                title,
                url,
                line(found.source),
                language=language(found.language),
            )


def links(piece: Piece) -> Iterator[Link]:
    """Yield the links of a piece as Atom has them; `alternate` first, since readers take the first they see."""
    if piece.link:
        yield Link(piece.link, "alternate", "text/html")
    for found in piece.enclosures:
        yield Link(found.url, "enclosure", found.type, found.title, length=found.length)
    for rel, url, kind in (
        ("replies", piece.comments, "text/html"),
        ("license", piece.licence, ""),
    ):
        if url:
            yield Link(url, rel, kind)
    yield from _pointers(piece)


def _pointers(piece: Piece) -> Iterator[Link]:
    if piece.external:
        yield Link(piece.external, "related", "text/html")
    for step in piece.via:
        yield Link(step.link or step.feed, "via", title=step.name)
    if piece.original:
        yield Link(piece.original, "via", "text/html", piece.source.name)
    for copy in piece.also:
        yield Link(copy.url, "related", "text/html", copy.source or copy.title)
    for other in piece.related:
        yield Link(other.url, "related", "text/html", other.title, other.language)


def as_html(text: str) -> str:
    """Return plain text for where readers expect HTML: escaped only if it would be taken for markup.

    >>> as_html("AT&T < IBM"), as_html("the <b> tag")
    ('AT&T < IBM', 'the &lt;b&gt; tag')
    """
    return escape(text, quote=False) if is_markup(text) else text


def has_episodes(pieces: Iterable[Piece]) -> bool:
    """Say whether any post is an episode, so that podcast directories could take the feed for a show."""
    return any(piece.item.post.episode for piece in pieces)


def title_of(feed: Feed) -> str:
    """Return the title of a feed; never ""."""
    return line(feed.title) or GENERATOR


def description_of(feed: Feed) -> str:
    """Return the description of a feed, its title where it has none."""
    return line(feed.description) or title_of(feed)


def hub_of(feed: Feed) -> str:
    """Return the address of a feed's WebSub hub, "" for none."""
    return web(feed.hub)


def contact(feed: Feed) -> Person:
    """Return who publishes a feed, with a mail address or a page where `contact` gives one."""
    return Person(title_of(feed), web(feed.contact), mail(feed.contact))
