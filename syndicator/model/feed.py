"""A feed as its source wrote it, its dialects made one (parser -> normalizer)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from syndicator.model.fetch import Hints

TextKind = Literal["text", "html"]  # XHTML arrives serialised as HTML


class Text(Struct, frozen=True, omit_defaults=True):
    """A text construct as written (RFC 4287, 3.1), unescaped once, as its container says."""

    value: str
    kind: TextKind = "html"
    language: str = ""  # xml:lang in effect, "" where none is written
    base: str = ""  # xml:base in effect, "" where none is written


class Link(Struct, frozen=True, omit_defaults=True):
    """A link with its relation; href is resolved against a written xml:base only."""

    href: str
    rel: str = "alternate"
    type: str = ""
    title: str = ""
    hreflang: str = ""
    length: int = 0


class Person(Struct, frozen=True, omit_defaults=True):
    name: str = ""
    uri: str = ""
    email: str = ""


class Category(Struct, frozen=True, omit_defaults=True):
    term: str
    scheme: str = ""
    label: str = ""


class Enclosure(Struct, frozen=True, omit_defaults=True):
    """An attached file: RSS enclosure, Atom rel=enclosure, media:content, JSON Feed attachment."""

    url: str
    type: str = ""
    length: int = 0  # bytes, 0 where not said
    title: str = ""
    duration: int = 0  # seconds
    medium: str = ""  # media:content medium: image, audio, video, document, executable
    width: int = 0
    height: int = 0
    description: str = ""
    primary: bool = True  # False for media:content that is no enclosure


class Image(Struct, frozen=True, omit_defaults=True):
    url: str
    width: int = 0
    height: int = 0
    title: str = ""


class Transcript(Struct, frozen=True, omit_defaults=True):
    """A podcast:transcript."""

    url: str
    type: str = ""
    language: str = ""
    rel: str = ""


class PodcastPerson(Struct, frozen=True, omit_defaults=True):
    """A podcast:person: somebody heard in an episode, or at work behind it."""

    name: str
    role: str = ""  # host, guest ... of the Podcast Taxonomy
    group: str = ""
    url: str = ""
    image: str = ""


class Chapter(Struct, frozen=True, omit_defaults=True):
    """A chapter of an episode (psc:chapter)."""

    start: int  # seconds
    title: str
    url: str = ""


class Episode(Struct, frozen=True, omit_defaults=True):
    """The podcast elements of an entry (itunes:*, podcast:*)."""

    title: str = ""
    author: str = ""
    subtitle: str = ""
    summary: str = ""
    duration: str = ""  # as written: seconds or h:mm:ss
    explicit: str = ""  # "true", "false" or ""
    episode: str = ""
    season: str = ""
    type: str = ""  # full, trailer, bonus
    image: str = ""
    block: bool = False
    transcripts: tuple[Transcript, ...] = ()
    chapters: str = ""  # URL
    chapters_type: str = ""
    season_name: str = ""
    people: tuple[PodcastPerson, ...] = ()
    marks: tuple[Chapter, ...] = ()  # chapters that stand in the feed itself
    more: Mapping[str, str] = {}  # elements without a field of their own: "prefix:name" -> text


class Origin(Struct, frozen=True, omit_defaults=True):
    """The origin of a post, as `atom:source`, RSS `<source>` or a recognised credit proves it."""

    name: str = ""
    url: str = ""  # the site
    feed: str = ""  # the address of its feed
    id: str = ""
    updated: datetime | None = None
    rights: str = ""
    language: str = ""


class Wishes(Struct, frozen=True, omit_defaults=True):
    """The wishes of a source on the use of its posts, as its server states them with the feed."""

    usage: tuple[str, ...] = ()  # AIPREF's preferences: "train-ai=n"
    signals: tuple[str, ...] = ()  # Content Signals: "ai-train=no"
    robots: tuple[str, ...] = ()  # rules of X-Robots-Tag on the use of content: "noai"
    tdm: bool = False  # text and data mining is reserved (TDMRep)
    tdm_policy: str = ""  # the address of its terms
    rsl: str = ""  # the address of a licence in RSL


class Entry(Struct, frozen=True, omit_defaults=True):
    """One item of a source's feed, parsed but not judged: nothing cleaned, nothing guessed."""

    fingerprint: str  # of the item's bytes and what they inherit: the same is not parsed twice
    guid: str = ""
    guid_is_permalink: bool = False  # RSS guid without isPermaLink="false"
    links: tuple[Link, ...] = ()  # in the order written; RSS <link> is the first alternate
    title: Text | None = None
    contents: tuple[Text, ...] = ()  # content:encoded, atom:content, content_html, content_text
    summary: Text | None = (
        None  # RSS description (the body, where there is no other), atom:summary, itunes:summary
    )
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    # The clocks that the two dates write, naive: without the zone. None where they write none.
    published_clock: datetime | None = None
    updated_clock: datetime | None = None
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    # From media:thumbnail, itunes:image, JSON Feed image and banner_image.
    images: tuple[Image, ...] = ()
    comments: str = ""
    comment_count: int | None = None  # slash:comments, thr:total
    rights: str = ""
    licence: str = ""  # URL: Creative Commons, rel=license
    source: Origin | None = None  # atom:source, RSS <source>
    external_url: str = ""  # JSON Feed: the page that a link post is about
    episode: Episode | None = None
    language: str = ""  # xml:lang, JSON Feed language
    base: str = ""  # xml:base in effect at the item
    noindex: bool = False
    rsl: str = ""  # rsl:content as XML


class ItemKey(Struct, frozen=True, omit_defaults=True):
    """The keys of every item of a fetch, the unchanged included: enough to see repetitions."""

    fingerprint: str
    guid: str = ""
    link: str = ""


class FeedHead(Struct, frozen=True, omit_defaults=True):
    """The fields of a feed itself."""

    title: str = ""  # plain text
    link: str = ""  # the site
    self_link: str = ""
    id: str = ""
    subtitle: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()
    rights: str = ""
    licence: str = ""
    image: str = ""  # logo, image, icon
    updated: datetime | None = None
    base: str = ""
    generator: str = ""
    version: str = ""  # feedparser's names: rss20, atom10, json11 ...
    hints: Hints = Hints()  # ttl, update_period, skip_hours, skip_days
    new_url: str = (
        ""  # where it says that it has moved: itunes:new-feed-url, RSS 0.92's newLocation
    )
    denied: bool = False  # access:restriction relationship="deny"
    noindex: bool = False  # indexing:index index="no"
    podcast: bool = False
    deleted: tuple[str, ...] = ()  # ids of entries that it took out: at:deleted-entry (RFC 6721)
    older: str = ""  # its newest archive (RFC 5005, 4)


class ParsedFeed(Struct, frozen=True, omit_defaults=True):
    """A feed: keys of all items (`items`), and the entries not seen before (`entries`)."""

    source_id: str
    url: str  # the address that answered
    head: FeedHead
    items: tuple[ItemKey, ...]  # all, in the order of the feed
    entries: tuple[Entry, ...]  # the unseen, in the order of the feed
    # The faults that were mended ("not well-formed: ...").
    notes: tuple[str, ...] = ()
    wishes: Wishes = Wishes()
