"""Item -> RenderedItem: every field in the one form that all formats take.

A format only names the fields.

A RenderedItem holds valid URIs, known media types, language tags, one-line titles, names without
markup and clean text, whatever a source sent. A value that can't be said validly is left out here,
once. No address of a private source passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from html import escape
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct
from msgspec.structs import replace

from syndicator.generator.body import compose_body
from syndicator.model.edition import Item, Reference
from syndicator.model.feed import Category, Enclosure, Image, Link, Origin, Person
from syndicator.text_rules import (
    identifier,
    is_markup,
    is_uri,
    language,
    line,
    mail,
    media_type,
    plain_name,
    uri,
    web,
    without_markup,
)
from syndicator.timezones import DEFAULT

GENERATOR = "syndicator"  # without a version: a new one must not rewrite published documents

_TITLE_WORDS = 12  # of an untitled post, for formats that must have a title
_MEDIA = frozenset({"image", "audio", "video", "document", "executable"})  # Media RSS, "medium"


class SourceRef(Struct, frozen=True):
    """The feed that a post is credited to, as `<source>` and `atom:source` name it.

    The addresses of a private source are "".
    """

    name: str
    id: str  # a URI
    link: str = ""
    feed: str = ""
    rights: str = ""
    licence: str = ""
    rsl: str = ""  # a licence in RSL, which speaks for this feed's own site
    updated: datetime | None = None
    icon: str = ""  # of a source that is credited itself


class RenderedItem(Struct, frozen=True):
    """An item, ready to be written in any format."""

    item: Item
    timezone: str  # the operator's own credits name days of this zone
    id: str
    link: str
    title: str  # "" for an untitled post
    heading: str  # the title or its substitute: never ""
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
    source: SourceRef
    via: tuple[SourceRef, ...]
    related: tuple[Reference, ...]
    also: tuple[Reference, ...]


def render_items(items: Iterable[Item], timezone: str = DEFAULT) -> tuple[RenderedItem, ...]:
    """Render items, in their order; credits name days of this time zone."""
    return tuple(render_item(item, timezone) for item in items)


def render_item(item: Item, timezone: str) -> RenderedItem:
    """Render one item."""
    post, source = item.post, credited_source(item)
    title = line(post.title)
    heading = title or title_substitute(item)
    # The chain of a private source's copies could name the addresses that it is read at.
    via = () if item.source.private else tuple(_chain(item))
    return RenderedItem(
        item=item,
        timezone=timezone,
        id=item.id if item.keeps_id else identifier(item.id),
        link=web(post.link),
        title=title,
        heading=heading,
        html=compose_body(item, timezone) or f"<p>{escape(heading, quote=False)}</p>",
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
        via=via,
        related=tuple(_references(link for links in item.related for link in links.links)),
        also=tuple(_references(item.also)),
    )


def is_unindexed(item: RenderedItem) -> bool:
    """Tell whether search engines are asked to leave a post out, by itself or by its source."""
    return item.item.post.noindex or item.item.source.noindex


def is_denied(item: RenderedItem) -> bool:
    """Tell whether nobody else is to republish a post: its source lets us alone do it."""
    return item.item.source.denied


def title_substitute(item: Item) -> str:
    """Return the title of an untitled post: its first words, else its source's name."""
    # Mastodon, microblogs and Tumblr send posts without titles; Atom asks for one (RFC 4287,
    # 4.2.14).
    start = title_from(item.post.summary or item.post.text)
    return start or line(item.source.name) or GENERATOR


def title_from(text: str) -> str:
    """Return the words at the start of a text that stand for a title.

    >>> title_from("one two"), title_from("word " * 20)[-10:]
    ('one two', 'word word…')
    """
    words = line(text).split(" ")
    start = " ".join(words[:_TITLE_WORDS])
    return f"{start}…" if len(words) > _TITLE_WORDS else start


def credited_source(item: Item) -> SourceRef:
    """Return the feed that an item is credited to: its origin if that is proved, else its source."""
    post, info = item.post, item.source
    if post.republished and line(post.origin.name):
        return _source_ref(post.origin, post.origin.updated or item.updated)
    title = line(info.name) or GENERATOR
    if info.private:
        urn = f"urn:uuid:{uuid5(NAMESPACE_URL, f'private source {title}')}"
        return SourceRef(plain_name(title), urn, updated=item.updated)
    own = Origin(title, info.link, info.feed, info.feed_id, rights=info.rights)
    updated = info.updated or item.updated
    ref = _source_ref(own, updated, web(info.licence), icon=web(info.image))
    return replace(ref, rsl=web(info.wishes.rsl)) if info.wishes.rsl else ref


def _source_ref(
    origin: Origin, updated: datetime | None, licence: str = "", icon: str = ""
) -> SourceRef:
    link, feed = web(origin.url), web(origin.feed)
    id_ = origin.id if is_uri(origin.id) else feed or link or identifier(origin.name)
    rights = without_markup(origin.rights)
    return SourceRef(
        plain_name(origin.name),
        id_,
        link,
        feed,
        rights=rights,
        licence=licence,
        updated=updated,
        icon=icon,
    )


def _chain(item: Item) -> Iterator[SourceRef]:
    for step in item.post.via:
        ref = _source_ref(Origin(step.name, step.url, step.feed, step.id), None)
        if ref.link or ref.feed:
            yield ref


@lru_cache(maxsize=4096)  # the same few write most of a source's posts
def _authors(people: tuple[Person, ...]) -> tuple[Person, ...]:
    authors = []
    for person in people:
        shown, mail_address = plain_name(person.name), mail(person.email)
        # RSS sources often give a mail address and no name; readers then show the part before its
        # @.
        if shown or mail_address:
            shown = shown or mail_address.partition("@")[0]
            authors.append(Person(shown, web(person.uri), mail_address))
    return tuple(authors)


def _categories(categories: Iterable[Category]) -> Iterator[Category]:
    seen = set()
    for category in categories:
        # Some generators write labels alone, and some the same category twice.
        label = plain_name(category.label)
        term, scheme = plain_name(category.term) or label, uri(category.scheme)
        if term and (term, scheme) not in seen:
            seen.add((term, scheme))
            yield Category(term, scheme, label)


def _enclosures(enclosures: Iterable[Enclosure]) -> Iterator[Enclosure]:
    seen = set()
    for enclosure in enclosures:
        url = uri(enclosure.url)
        if not url or url in seen:
            continue
        seen.add(url)
        kind = media_type(enclosure.type, url, enclosure.medium)
        # The alternative text of a picture, where nothing names it: it has no other place in a link.
        alternative = line(enclosure.description) if kind.startswith("image/") else ""
        yield Enclosure(
            url=url,
            type=kind,
            length=max(enclosure.length, 0),  # some sources claim less than no bytes
            title=line(enclosure.title) or alternative,
            duration=max(enclosure.duration, 0),
            medium=enclosure.medium if enclosure.medium in _MEDIA else "",
            width=max(enclosure.width, 0),
            height=max(enclosure.height, 0),
            description=line(enclosure.description),
            primary=enclosure.primary,
        )


def _image(image: Image | None) -> Image | None:
    if image is None or not (url := web(image.url)):
        return None
    return Image(url, max(image.width, 0), max(image.height, 0), line(image.title))


def _references(references: Iterable[Reference]) -> Iterator[Reference]:
    for reference in references:
        if url := web(reference.url):
            yield Reference(
                reference.id and identifier(reference.id),
                line(reference.title),
                url,
                plain_name(reference.source),
                language=language(reference.language),
            )


def links(item: RenderedItem) -> Iterator[Link]:
    """Yield the links of an item for Atom; `alternate` first, since readers take the first."""
    if item.link:
        yield Link(item.link, "alternate", "text/html")
    for enclosure in item.enclosures:
        length = enclosure.length
        yield Link(enclosure.url, "enclosure", enclosure.type, enclosure.title, length=length)
    if item.comments:
        yield Link(item.comments, "replies", "text/html")
    if item.licence:
        yield Link(item.licence, "license")
    if item.external:
        yield Link(item.external, "related", "text/html")
    for step in item.via:
        yield Link(step.link or step.feed, "via", title=step.name)
    if item.original:
        yield Link(item.original, "via", "text/html", item.source.name)
    for copy in item.also:
        yield Link(copy.url, "related", "text/html", copy.source or copy.title)
    for other in item.related:
        yield Link(other.url, "related", "text/html", other.title, other.language)


def source_links(ref: SourceRef) -> Iterator[Link]:
    """Yield the links of the feed that a post is credited to."""
    if ref.link:
        yield Link(ref.link, "alternate", "text/html")
    if ref.feed:
        yield Link(ref.feed, "self")
    if ref.licence:
        yield Link(ref.licence, "license")
    if ref.rsl:
        yield Link(ref.rsl, "license", "application/rsl+xml")


def link_fields(link: Link) -> dict[str, object]:
    """Return the attributes of a link in RSS and Atom, empty ones among them."""
    return {
        "rel": link.rel,
        "href": link.href,
        "type": link.type,
        "hreflang": link.hreflang,
        "title": link.title,
        "length": link.length,
    }


def other_language(item: RenderedItem, feed_language: str) -> str:
    """Return the language of an item that has another than its feed, else ""."""
    return "" if item.language == feed_language else item.language


def as_html(text: str) -> str:
    """Return plain text for readers that expect HTML: escaped only if it would be taken for markup.

    >>> as_html("AT&T < IBM"), as_html("the <b> tag")
    ('AT&T < IBM', 'the &lt;b&gt; tag')
    """
    return escape(text, quote=False) if is_markup(text) else text
