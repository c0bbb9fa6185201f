"""A post, clean and complete, and the verdicts on its identity (normalizer -> store)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from syndicator.model.feed import Category, Enclosure, Episode, Image, Origin, Person, Wishes

# The identity_version of a post that another program published, or an earlier installation.
ADOPTED = -1
# `Post.filtered` of a post that waits for a person, and of one that the person refused.
WAITS, REJECTED = "waits for a review", "rejected in a review"


class Declared(Struct, frozen=True, omit_defaults=True):
    """The words of a feed on itself, whatever feeds.toml says; nothing of a private source."""

    name: str = ""
    author: str = ""
    language: str = ""
    link: str = ""
    image: str = ""
    generator: str = ""


class SourceInfo(Struct, frozen=True, omit_defaults=True):
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
    denied: bool = False  # access:restriction; read all the same, with its owner's consent
    description: str = ""
    title: str = ""  # its feed's own, where `name` is another: shown nowhere
    spoken: str = (
        ""  # what most of its posts are in, learnt where its feed declares nothing: shown nowhere
    )
    wishes: Wishes = Wishes()
    declared: Declared = Declared()  # shown by `why` and `fetch` alone


class Keys(Struct, frozen=True, omit_defaults=True):
    """The digests by which a post is recognised.

    Each is 16 hex digits of a normalised string, "" if it can't serve.
    A URL has the same digest whether it stands in a guid or in a link. `guid` and `link` are as
    strict as the source lets them be; the loose ones have no scheme, `www.`, closing slash or
    tracking parameters; the path ones no host either. A key that repeats within one feed (one link
    for all items, a guid used twice) is left empty: it tells nothing apart.
    """

    guid: str = ""
    loose_guid: str = ""
    path_guid: str = ""
    link: str = ""
    loose_link: str = ""
    path_link: str = ""
    title: str = ""  # folded for comparison
    text: str = ""  # hash of the folded words of the body
    # The bottom-k min-hash of the words, rising; a leading 0 marks small pieces (see minhash).
    sketch: tuple[int, ...] = ()
    instant: datetime | None = None  # the published date exactly as given
    origin: str = ""  # of `origin_link`, loose, where the source proved that it republishes


class Attribution(Struct, frozen=True, omit_defaults=True):
    """The wording of the line, decided once: a template with {post}, {source}, {author}, {date}."""

    text: str
    language: str = ""


class Credit(Struct, frozen=True, omit_defaults=True):
    """A closing line that credits a post to its site, as an incoming body or summary had it."""

    title: str = ""  # of the post, as the line names it
    url: str = ""  # of the post
    site: str = ""  # name of the site
    site_url: str = ""
    locale: str = (
        ""  # of the wording that matched; "ours": by our class, "": by its links alone or cut off
    )


class Post(Struct, frozen=True, omit_defaults=True):
    """One post, clean and complete, as it will be kept. `content_html` is by definition safe."""

    source_id: str
    keys: Keys
    content_hash: str  # hash of what a reader would call the post: differs = the source changed it
    identity_version: int = 0  # of the rules that made keys and content_hash: identity.VERSION
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
    published: datetime | None = (
        None  # None: the source gives none; the store then keeps the time first seen
    )
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
    rsl: str = ""  # the terms of its page in RSL, as XML
    filtered: str = ""  # why it is not let through ("older than max_age ..."); its identity is kept all the same
    fingerprint: str = ""  # of the entry it was made from
    notes: tuple[str, ...] = ()  # what the normalizer did and why, for `fetch`

    @property
    def author_names(self) -> list[str]:
        """The names of the authors, as far as they have one."""
        return [person.name for person in self.authors if person.name]

    @property
    def category_labels(self) -> list[str]:
        """The words of the categories for people."""
        return [category.label or category.term for category in self.categories]


class NormalizedFeed(Struct, frozen=True, omit_defaults=True):
    """A parsed feed, normalized: the source as we show it, and its unseen posts."""

    info: SourceInfo
    posts: tuple[Post, ...]  # in the order of the feed
    notes: tuple[str, ...] = ()  # of the feed as a whole: what of it was left out, and why
    deleted: tuple[str, ...] = ()  # the guids of posts that it took out, by its own word


class KnownPost(Struct, frozen=True, omit_defaults=True):
    """A stored post as far as identity needs it."""

    number: int  # the store's own, never published
    source_id: str
    keys: Keys
    content_hash: str
    title: str
    link: str
    origin: Origin
    republished: bool = False
    first_seen: datetime | None = None
    withdrawn: bool = False
    copy_of: int | None = None
    published: bool = False  # has a public id
    identity_version: int = 0  # of the rules that made keys and content_hash
    text: str | None = None  # known only where older rules made the post, and its body is kept


class New(Struct, frozen=True, omit_defaults=True):
    """Verdict: a post never seen."""


class Unchanged(Struct, frozen=True, omit_defaults=True):
    """Verdict: the stored post `number`, with the same content (its keys may have moved)."""

    number: int


class Updated(Struct, frozen=True, omit_defaults=True):
    """Verdict: the stored post `number`, with a content that the source changed."""

    number: int


class Deferred(Struct, frozen=True, omit_defaults=True):
    """Verdict: the source changed the post `number`, but it is held: the published form stays."""

    number: int


class CopyOf(Struct, frozen=True, omit_defaults=True):
    """Verdict: new from this source, but another source's post `number` tells the same."""

    number: int
    original: bool = False  # the new one is the original: its credit wins


class Repeated(Struct, frozen=True, omit_defaults=True):
    """Verdict: the feed lists this post twice; `index` is the one in the same batch that stands."""

    index: int


Verdict = New | Unchanged | Updated | Deferred | CopyOf | Repeated


class Intake(Struct, frozen=True, omit_defaults=True):
    """The verdicts on a fetch's posts, by the store's numbers."""

    new: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()  # of other sources' posts
    numbers: tuple[int, ...] = ()  # of each post received, in their order
