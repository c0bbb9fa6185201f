"""The nouns, in the order of the flow: settings, fetch, parse, post, edition, document.

Every arrow between two steps carries one of these frozen values; nothing here does work or imports
anything of ours. Times are aware UTC datetimes, durations timedeltas, sizes bytes. A URL is a string,
absolute unless its docstring says otherwise; the empty string means "none" for every text and URL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

# ---------------------------------------------------------------------------------------------------
# Settings: feeds.toml, read and checked (config -> everyone)
# ---------------------------------------------------------------------------------------------------

Scope = Literal["source", "all", "both", "none"]
BackoffScope = Literal["host", "source"]
Reach = Literal["", "public", "private", "loopback", "link-local"]  # where an address lies; "": not known yet


@dataclass(frozen=True, slots=True)
class AttributionSettings:
    """`[attribution]`, or a source's own `attribution` table."""

    enabled: bool = True
    text: str = ""  # "": our wording in the post's language


@dataclass(frozen=True, slots=True)
class RelatedSettings:
    """`[related]`, or a source's own `related` table."""

    scope: Scope = "source"
    limit: int = 5
    heading: str = ""  # "": our wording in the post's language
    copies: Literal["exact", "near", "off"] = "exact"  # one item per story: which copies are folded


@dataclass(frozen=True, slots=True)
class Rules:
    """What a filter matches: categories by name (case-insensitive), the rest by RE2 patterns."""

    category: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which posts are let through: not excluded, and included where `include` says anything."""

    include: Rules = Rules()
    exclude: Rules = Rules()
    max_age: timedelta | None = None  # judged once, at first sight
    newest: int = 0  # 0: no cap; else at most this many of one fetch, newest first


@dataclass(frozen=True, slots=True)
class Source:
    """One `[[sources]]` table, with what it inherits already filled in."""

    id: str  # what the store knows it by
    url: str = field(repr=False)  # http(s) URL, or "" where `path` is set; may be a secret
    path: Path | None = None  # a file named in feeds.toml
    name: str = ""  # "": the feed's own title
    tags: tuple[str, ...] = ()
    language: str = ""  # BCP 47
    interval: timedelta = timedelta(hours=1)
    timeout: timedelta = timedelta(seconds=30)
    limit: int = 0  # 0: no cap on its posts in one document
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # ${ENV} already put in; a secret
    auth: tuple[str, str] | None = field(default=None, repr=False)  # basic auth (user, password); a secret
    private: bool = False  # its address is shown nowhere
    publish: bool = True  # False for a private source unless the operator said `publish = true`
    republish: bool = False  # overrides access:restriction
    backoff_scope: BackoffScope | None = None  # None: as `[fetch]` says
    content: Literal["full", "summary", "none"] = "full"
    images: Literal["keep", "link", "none"] = "keep"
    future: Literal["now", "hold", "keep"] = "now"  # a date to come: first-seen time, held back, or believed
    join: int = 3  # newest posts added when it joins a feed that is already published
    filter: Filter = Filter()
    attribution: AttributionSettings = AttributionSettings()
    related: RelatedSettings = RelatedSettings()


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """`[fetch]`: manners and bounds of the fetcher."""

    jobs: int = 32
    per_host: int = 2
    delay: timedelta = timedelta(seconds=1)
    max_bytes: int = 20_000_000
    max_decoded_bytes: int = 100_000_000
    max_interval: timedelta = timedelta(hours=24)  # the most that a feed's hints can lengthen an interval to
    backoff_scope: BackoffScope | None = None  # None: 429 counts for the host, 503 for the source
    alert_after: timedelta = timedelta(days=1)  # cron speaks of a source that has failed this long,
    alert_runs: int = 3  # or this many times in a row
    user_agent: str = ""  # name, version, contact: made by config


@dataclass(frozen=True, slots=True)
class Feed:
    """One combined feed that we publish: `[feed]`, or one of `[[feeds]]`."""

    title: str
    name: str = ""  # "": the main feed; else unique, and its folder below `output` unless set
    link: str = "http://127.0.0.1:8000/"  # where `output` is served, ends in "/"; never part of an id
    contact: str = ""
    description: str = ""
    language: str = "en"
    output: Path = Path("public")  # absolute: the folder of this feed's documents
    formats: tuple[str, ...] = ("rss", "atom", "json", "opml", "html")  # also "fragment"
    names: Mapping[str, str] = field(default_factory=dict)  # format -> file name, e.g. {"rss": "rss20.xml"}
    limit: int = 100
    stay: timedelta = timedelta(hours=48)  # each post stays at least this long, beyond `limit` if need be
    sources: tuple[str, ...] = ()  # ids chosen; with tags and languages empty too: all
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # posts in these languages only ("pt" also takes "pt-BR")
    filter: Filter = Filter()
    hub: str = ""  # WebSub
    archives: bool = True  # RFC 5005
    gzip: bool = False  # .gz twins
    pages: Literal["excerpt", "full", "none"] = "excerpt"
    index: bool = False  # may search engines index the pages?
    templates: Path | None = None  # a folder whose templates override ours one by one
    podcast: bool = False  # True: the merged feed may be listed by podcast directories
    related_on_pages: int = 20


@dataclass(frozen=True, slots=True)
class Config:
    """feeds.toml, whole."""

    path: Path
    state: Path
    feeds: tuple[Feed, ...]  # the main feed first
    sources: tuple[Source, ...]
    fetch: FetchSettings = FetchSettings()
    keep: timedelta = timedelta(days=730)  # bodies older than this are dropped; identities never
    id: str = ""  # `[feed] id`, where the operator sets it
    per_language: bool = False  # also a feed for each language that posts are in


# ---------------------------------------------------------------------------------------------------
# Fetch (fetcher -> parser, schedule, store)
# ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave for conditional requests, exactly as received (RFC 9110, 8.8)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the answer's headers and the feed itself say of how often to ask. None: not said."""

    max_age: timedelta | None = None  # Cache-Control max-age less Age, else Expires less Date
    ttl: timedelta | None = None  # RSS ttl
    update_period: timedelta | None = None  # sy:updatePeriod / sy:updateFrequency
    skip_hours: tuple[int, ...] = ()  # 0..23, GMT
    skip_days: tuple[str, ...] = ()  # "Monday" ...
    pace: timedelta | None = None  # how often it posts: the usual gap between its newest posts


@dataclass(frozen=True, slots=True)
class Ask:
    """One request that the schedule wants made now."""

    source: Source
    url: str = field(repr=False)  # the source's, or the address it has moved to
    validators: Validators = Validators()
    body_hash: str = ""  # of the last body that was parsed and stored: the same again is "not modified"
    reach: Reach = ""  # where it was first fetched from: a public source can't lead to an inward address later


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer with a body, decoded from its content encoding."""

    source_id: str
    url: str = field(repr=False)  # the address that answered, after redirects
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # names in lower case
    validators: Validators = Validators()
    max_age: timedelta | None = None
    moved_to: str = field(default="", repr=False)  # where the permanent redirects (301, 308) led: the new address
    received: int = 0  # bytes on the wire
    body_hash: str = ""
    reach: Reach = ""  # where the source's own address lies

    @property
    def content_type(self) -> str:
        """The Content-Type header as received, or ""."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304, or a body equal to the last one."""

    source_id: str
    url: str = field(repr=False)
    validators: Validators = Validators()
    max_age: timedelta | None = None
    moved_to: str = field(default="", repr=False)
    by_hash: bool = False  # the server sent the same body again
    reach: Reach = ""


FailureKind = Literal[
    "timeout", "dns", "connect", "tls", "reset", "truncated", "too-large", "redirect-loop", "forbidden-address",
    "unauthorized", "forbidden", "challenge", "not-found", "gone", "rate-limited", "unavailable", "server-error",
    "http", "protocol", "empty", "html", "not-a-feed", "restricted", "file", "interrupted", "bug",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """A source that gave nothing usable this time: a value, never an exception through the pipeline."""

    source_id: str
    url: str  # "" where the source is private
    kind: FailureKind
    error: str  # one line, what happened
    advice: str = ""  # what to do about it, where something can be done
    retry_at: datetime | None = None  # an explicit Retry-After
    retry_scope: BackoffScope = "source"
    feeds: tuple[str, ...] = ()  # the feeds that an HTML page announces
    status: int = 0


Outcome = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source between runs. The schedule makes the next one from it; the store keeps it."""

    source_id: str
    url: str = field(default="", repr=False)  # what it was last asked at
    validators: Validators = Validators()
    body_hash: str = ""
    hints: Hints = Hints()
    last_attempt: datetime | None = None
    last_success: datetime | None = None  # a feed or a 304
    last_change: datetime | None = None  # a body that was new
    next_due: datetime | None = None  # None: at once
    due_reason: str = ""  # why then, for `status`
    retry_at: datetime | None = None  # an explicit Retry-After stands until then, --force or not
    retry_scope: BackoffScope = "source"  # "host": it holds for every source of that host
    failing_since: datetime | None = None
    consecutive: int = 0  # failures in a row
    failure_kind: str = ""
    failure: str = ""  # the last error and what to do about it
    alerted: bool = False  # cron has spoken of it
    gone_since: datetime | None = None  # the first 410 in a row
    gone: bool = False  # confirmed; not asked again but by name
    moved_to: str = field(default="", repr=False)
    moved_days: tuple[str, ...] = ()  # the days (ISO) on which it was seen
    moved: bool = False  # seen on enough days to be believed: it is asked there
    moved_from: str = field(default="", repr=False)  # the address in feeds.toml that led there
    unchanged_since: datetime | None = None  # conditional requests have brought only 304 since
    reach: Reach = ""  # where its address lay when it first worked


# ---------------------------------------------------------------------------------------------------
# Parse (parser -> normalizer): the feed as its source wrote it, dialects made one
# ---------------------------------------------------------------------------------------------------

TextKind = Literal["text", "html"]  # XHTML arrives serialised as HTML


@dataclass(frozen=True, slots=True)
class Text:
    """A text construct as written (RFC 4287, 3.1), unescaped once, as its container says."""

    value: str
    kind: TextKind = "html"
    language: str = ""  # xml:lang in effect, "" where none is written
    base: str = ""  # xml:base in effect, "" where none is written


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its relation; href is resolved against a written xml:base only, else as written."""

    href: str
    rel: str = "alternate"
    type: str = ""
    title: str = ""
    hreflang: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    name: str = ""
    uri: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    term: str
    scheme: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attached file: RSS enclosure, Atom link rel=enclosure, media:content, JSON Feed attachment."""

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


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    width: int = 0
    height: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """podcast:transcript"""

    url: str
    type: str = ""
    language: str = ""
    rel: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """What podcast elements say of an entry (itunes:*, podcast:*)."""

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


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a post comes from, as `atom:source`, RSS `<source>` or a recognised credit proves it."""

    name: str = ""
    url: str = ""  # the site
    feed: str = ""  # the address of its feed
    id: str = ""
    updated: datetime | None = None
    rights: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a source's feed, parsed but not judged: nothing cleaned, nothing guessed."""

    fingerprint: str  # of the item's bytes and what they inherit: the same is not parsed twice
    guid: str = ""
    guid_is_permalink: bool = False  # RSS guid without isPermaLink="false"
    links: tuple[Link, ...] = ()  # in the order written; RSS <link> is the first alternate
    title: Text | None = None
    contents: tuple[Text, ...] = ()  # content:encoded, atom:content, content_html, content_text
    summary: Text | None = None  # description where there is other content too, atom:summary
    authors: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()  # media:thumbnail, itunes:image, JSON Feed image and banner_image
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


@dataclass(frozen=True, slots=True)
class ItemKey:
    """What is told of every item of a fetch, the unchanged included: enough to see what repeats."""

    fingerprint: str
    guid: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says of itself."""

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
    hubs: tuple[str, ...] = ()
    hints: Hints = Hints()  # ttl, update_period, skip_hours, skip_days
    new_url: str = ""  # itunes:new-feed-url
    denied: bool = False  # access:restriction relationship="deny"
    noindex: bool = False  # indexing:index index="no"
    podcast: bool = False


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed whose items are all named (`items`), and those not seen before are read (`entries`)."""

    source_id: str
    url: str  # the address that answered
    head: FeedHead
    items: tuple[ItemKey, ...]  # all, in the order of the feed
    entries: tuple[Entry, ...]  # the unseen, in the order of the feed
    notes: tuple[str, ...] = ()  # what was wrong with it and could be mended ("not well-formed: ...")


# ---------------------------------------------------------------------------------------------------
# Post (normalizer -> store)
# ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source as we show it: in `<source>`, OPML, pages and attribution."""

    id: str
    name: str
    link: str = ""  # its site
    feed: str = ""  # its address; "" where private
    feed_id: str = ""
    language: str = ""
    rights: str = ""
    licence: str = ""
    image: str = ""
    updated: datetime | None = None
    private: bool = False
    noindex: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a post is known again. Each is a digest (16 hex digits) of a normalised string, "" where it can't serve.

    A URL has the same digest whether it stands in a guid or in a link. `guid` and `link` are as strict as the source lets them be; the loose ones have no scheme, `www.`,
    closing slash or tracking parameters; the path ones no host either. A key that repeats within one
    feed (one link for all items, a guid used twice) is left empty: it tells nothing apart.
    """

    guid: str = ""
    loose_guid: str = ""
    path_guid: str = ""
    link: str = ""
    loose_link: str = ""
    path_link: str = ""
    title: str = ""  # folded for comparison
    text: str = ""  # hash of the folded words of the body
    sketch: tuple[int, ...] = ()  # a minhash-like sketch of the words: nearly all agree = nearly the same text
    instant: datetime | None = None  # the published date exactly as given
    origin: str = ""  # of `origin_link`, loose, where the source proved that it republishes


@dataclass(frozen=True, slots=True)
class Attribution:
    """The wording of the line, decided once: a template with {post}, {source}, {author}, {date}."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """A closing line that credits a post to its site, as an incoming body or summary had it."""

    title: str = ""  # of the post, as the line names it
    url: str = ""  # of the post
    site: str = ""  # name of the site
    site_url: str = ""
    locale: str = ""  # of the wording that matched; "": by its links alone


@dataclass(frozen=True, slots=True)
class Post:
    """One post, clean and complete, as it will be kept. `content_html` is by definition safe."""

    source_id: str
    keys: Keys
    meaning: str  # hash of what a reader would call the post: differs = the source changed it
    guid: str = ""  # as the source gave it
    link: str = ""  # permalink, absolute, without tracking parameters
    external_url: str = ""
    title: str = ""  # plain text; "" where untitled
    content_html: str = ""  # no attribution line, no related list
    summary: str = ""  # plain text, the source's or made of the body
    text: str = ""  # the body's plain words, for search and likeness
    language: str = ""  # BCP 47
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    published: datetime | None = None  # None: the source gives none; the store then keeps the time first seen
    updated: datetime | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image: Image | None = None  # the picture to show for it
    comments: str = ""
    comment_count: int | None = None
    rights: str = ""
    licence: str = ""
    episode: Episode | None = None
    origin: Origin = Origin()  # whom the attribution credits
    origin_link: str = ""  # the original post's address, where it is another than `link`
    via: tuple[Origin, ...] = ()  # the chain of copies in between, the nearest last
    republished: bool = False  # the source proved that it republishes `origin`
    attribution: Attribution | None = None  # None: switched off
    noindex: bool = False
    filtered: str = ""  # why it is not let through ("older than max_age ..."); its identity is kept all the same
    fingerprint: str = ""  # of the entry it was made from
    notes: tuple[str, ...] = ()  # what the normalizer did and why, for `fetch`


@dataclass(frozen=True, slots=True)
class NormalizedFeed:
    """What the normalizer made of a parsed feed: the source as we show it, and its unseen posts."""

    info: SourceInfo
    posts: tuple[Post, ...]  # in the order of the feed


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A stored post as far as identity needs it."""

    number: int  # the store's own, never published
    source_id: str
    keys: Keys
    meaning: str
    title: str
    link: str
    origin: Origin
    republished: bool = False
    first_seen: datetime | None = None
    withdrawn: bool = False
    copy_of: int | None = None
    published: bool = False  # has a public id


@dataclass(frozen=True, slots=True)
class New:
    """Verdict: a post never seen."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Verdict: the stored post `number`, whose meaning is the same (its keys may have moved)."""

    number: int


@dataclass(frozen=True, slots=True)
class Updated:
    """Verdict: the stored post `number`, whose meaning the source changed."""

    number: int


@dataclass(frozen=True, slots=True)
class CopyOf:
    """Verdict: new from this source, but another source's post `number` tells the same."""

    number: int
    original: bool = False  # the new one is the original: its credit wins


@dataclass(frozen=True, slots=True)
class Repeated:
    """Verdict: the feed lists this post twice; `index` is the one in the same batch that stands."""

    index: int


Verdict = New | Unchanged | Updated | CopyOf | Repeated


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a fetch's posts: the store's numbers."""

    new: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()  # of other sources' posts
    numbers: tuple[int, ...] = ()  # of each post received, in their order


# ---------------------------------------------------------------------------------------------------
# Related (store, related)
# ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored post near another, with how near (0..1)."""

    number: int
    score: float


# ---------------------------------------------------------------------------------------------------
# Edition (store -> generator)
# ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reference:
    """A link to another post, as related lists, "Also at" and popular posts show it."""

    id: str  # the public id of the post linked to
    title: str
    url: str
    source: str = ""  # name of its source, shown where lists cross sources
    score: float = 0.0
    language: str = ""
    published: datetime | None = None  # shown by the lists on pages


@dataclass(frozen=True, slots=True)
class RelatedList:
    """One frozen list under a post."""

    scope: Literal["source", "all"]
    heading: str  # a template with {source}
    language: str
    links: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A stored post as a list may link to it: titled, and neither withdrawn, filtered nor folded into another."""

    number: int
    source_id: str
    keys: Keys
    reference: Reference


@dataclass(frozen=True, slots=True)
class Item:
    """A post as one of our feeds publishes it, with its frozen parts. The generator composes the body."""

    id: str  # the public id: RSS guid, Atom id, JSON Feed id
    post: Post
    source: SourceInfo
    published: datetime  # the source's date, or when we first saw it
    updated: datetime
    first_published: datetime  # when we published it first
    sequence: int  # its place in the order of first publication, 1 is the first
    related: tuple[RelatedList, ...] = ()
    also: tuple[Reference, ...] = ()  # its copies known at first publication: "Also at"
    layout: int = 1  # the version of the composition it was first published with
    inbound: int = 0  # links to it from other posts; pages only
    shown: bool = True  # stands or stood in the current documents: it has its lists, and a page
    copies: tuple[Reference, ...] = ()  # all its copies known now; pages only


@dataclass(frozen=True, slots=True)
class Shelf:
    """A source's published posts, as its own page and the "View more" lists of pages show them."""

    source_id: str
    posts: tuple[Reference, ...]  # newest first, at most a few hundred, with `published`
    total: int = 0  # how many it has published in this feed, those beyond `posts` included


@dataclass(frozen=True, slots=True)
class Archive:
    """A full, closed slice of history in order of first publication (RFC 5005, section 4)."""

    number: int  # 1 is the oldest
    items: tuple[Item, ...]
    updated: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """All that one of our feeds publishes now. Same store, same edition, same bytes."""

    feed: Feed
    id: str  # the feed's own id, for life
    updated: datetime  # newest first publication, update or withdrawal
    items: tuple[Item, ...]  # newest first
    sources: tuple[SourceInfo, ...]  # public ones, by name
    archives: int = 0  # how many closed archives there are
    popular: tuple[Reference, ...] = ()  # pages only
    siblings: tuple[Feed, ...] = ()  # the other feeds made from the same file
    shelves: tuple[Shelf, ...] = ()  # pages only: of the sources that have posts in `items`; missing ones are made of those
    withdrawn: int = 0  # how many posts were withdrawn so far: pages made before may still name one of them


# ---------------------------------------------------------------------------------------------------
# Document (generator -> publisher)
# ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """One file to publish."""

    path: str  # relative to the feed's output folder, with "/"
    body: bytes
    type: str  # media type
    posts: int = 0
    rank: int = 0  # written in rising order: 0 pages, 1 indexes, 2 feeds
    digest: str = ""  # of what a page says, not of how: a page whose digest is known is not made again


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a document."""

    path: Path
    changed: bool
    posts: int
    bytes: int


# ---------------------------------------------------------------------------------------------------
# A run, or a look at one source (cli -> pipeline, oneoff -> cli)
# ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks of a run."""

    force: bool = False  # every source is due
    named: frozenset[str] = frozenset()  # these source ids only
    offline: bool = False  # publish from the store
    rerender: bool = False  # changed settings count for published posts too


@dataclass(frozen=True, slots=True)
class Progress:
    """One source is done."""

    done: int
    total: int
    source: str  # its id
    words: str  # what became of it


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that fails, due this time or not."""

    source: str
    url: str  # "" where private
    kind: str
    error: str
    since: datetime
    consecutive: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did."""

    total: int = 0  # sources in the configuration
    due: int = 0
    changed: int = 0
    not_modified: int = 0
    failed: int = 0
    gone: int = 0
    new: int = 0  # posts
    updated: int = 0
    duplicates: int = 0
    stored: int = 0
    documents: tuple[Published, ...] = ()
    failures: tuple[Failure, ...] = ()
    failing: tuple[str, ...] = ()  # the same for a person: a line each, a host that fails for many in one
    announcements: tuple[str, ...] = ()  # what cron's mail should say
    faults: tuple[str, ...] = ()  # tracebacks of bugs that cost one source its turn
    seconds: float = 0.0
    nothing_works: bool = False  # every source fails
    nothing_ever_worked: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """One source, fetched once and stored nowhere: what `fetch` shows."""

    source: Source
    url: str  # the feed's own address, after discovery and redirects; "" where private
    feed: NormalizedFeed
    remarks: tuple[str, ...] = ()  # of the feed as a whole


# ---------------------------------------------------------------------------------------------------
# What one step needs of another
# ---------------------------------------------------------------------------------------------------


class Corpus(Protocol):
    """The index of likeness, as `related` reads and writes it; store/corpus.py keeps it, made of the posts alone."""

    def put(self, number: int, source_id: str, time: float, terms: bytes) -> None:
        """Keep a post's packed terms, in place of older ones; they wait to be posted. `time`: seconds since 1970."""
        ...

    def drop(self, number: int) -> None:
        """Forget a post."""
        ...

    def unposted(self) -> list[tuple[int, bytes]]:
        """Return number and packed terms of the posts whose terms wait to be posted, by number."""
        ...

    def post(self, postings: Iterable[tuple[int, bytes]], settled: Iterable[tuple[int, bytes]]) -> None:
        """Append to the postings of terms; the posts `settled` wait no longer, and keep these packed terms."""
        ...

    def postings(self, terms: Sequence[int], long: Sequence[int]) -> Mapping[int, bytes]:
        """Return what was posted under terms; of those in `long` not only the newest few hundred posts."""
        ...

    def vectors(self, numbers: Sequence[int]) -> list[tuple[int, float, bytes, bytes]]:
        """Return number, time, packed terms and packed kin of these posts, as far as they are known."""
        ...

    def keep_kin(self, number: int, kin: bytes) -> None:
        """Keep the nearest posts of one."""
        ...

    def shelf(self, source_id: str, limit: int) -> list[int]:
        """Return the posts of a source, newest first."""
        ...

    def cards(self, numbers: Sequence[int]) -> Mapping[int, Card]:
        """Return those of these posts that a list may link to."""
        ...

    def counts(self) -> bytes:
        """Return the counts of terms as last kept, b"" for none."""
        ...

    def keep_counts(self, counts: bytes) -> None:
        """Keep the counts of terms."""
        ...

    def owed(self, limit: int) -> list[tuple[int, Post, float]]:
        """Return number, post and time of some posts that were stored before the index was made; each only once."""
        ...
