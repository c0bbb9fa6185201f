"""The variables of templates, as frozen structs; every address in them is safe in an href.

Users' templates read these fields, so their names never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup
from msgspec import Struct

from syndicator.generator.site.words import long_date, short_date, time_of_day

NO_HTML = Markup("")


class DateView(Struct, frozen=True):
    """A moment: for machines, its day written out, short for lists, and its time of day.

    Words are made where a template asks for them: most lines show one of three.
    """

    iso: str
    local: datetime  # as the clocks of the feed's time zone show it
    tag: str  # of the language of the words

    @property
    def text(self) -> str:
        """The day, written out."""
        return long_date(self.local.date(), self.tag)

    @property
    def short(self) -> str:
        """Day and month."""
        return short_date(self.local.date(), self.tag)

    @property
    def time(self) -> str:
        """Hours and minutes."""
        return time_of_day(self.local.time().replace(second=0, microsecond=0), self.tag)


class SourceView(Struct, frozen=True):
    """A source; a private or unknown `site` or `feed` is ""."""

    name: str
    href: str  # its page here, "" where it has none
    tint: int  # 0..7: which colour its mark has
    language: str
    dir: str
    site: str = ""
    feed: str = ""
    description: str = ""
    licence: str = ""
    rights: str = ""
    face: str = ""  # the address of its picture, "" for a dot
    posts: str = ""  # how many it has published here
    last: DateView | None = None  # of its newest post
    ours: str = ""  # the page of the feed that we make of it alone, "" where there is none
    tags: tuple[Row, ...] = ()  # each leads to its page


class Picture(Struct, frozen=True):
    url: str
    width: int = 0
    height: int = 0
    caption: str = ""


class FileView(Struct, frozen=True):
    """An attached file; `kind` is "audio", "video", "image" or ""."""

    url: str
    kind: str
    type: str
    name: str
    size: str = ""


class Row(Struct, frozen=True):
    """A line in a list of posts, or a link to a tag, a month, a page or another feed of ours."""

    title: str
    href: str
    language: str
    dir: str
    source: str = ""
    date: DateView | None = None
    page: str = ""  # its page here, if the title leads elsewhere
    count: str = ""  # of its comments
    links: str = ""  # how many other posts link to it
    # Further posts of its source that day, folded away; further pages of a month.
    more: tuple[Row, ...] = ()
    more_label: str = ""
    told: tuple[Row, ...] = ()  # posts of other sources on the same event


class Section(Struct, frozen=True):
    """A headed list of posts."""

    heading: str
    language: str
    dir: str
    rows: tuple[Row, ...]
    lines: Markup  # the rows as `line.html` shows them, each made once for many lists


class PostView(Struct, frozen=True):
    """A post. Lists fill the first part, which invites to read it; its own page fills all."""

    title: str  # "" where untitled
    label: str  # the title, or the first words
    href: str  # where its title leads
    page: str  # its page here, "" where there is none
    link: str  # the original
    source: SourceView
    date: DateView
    language: str
    dir: str
    authors: str = ""
    excerpt: str = ""
    picture: Picture | None = None
    # on the first page:
    told: tuple[Row, ...] = ()  # posts of other sources on the same event
    more: tuple[Row, ...] = ()  # further posts of its source that day, folded away
    more_label: str = ""
    # on its own page:
    updated: DateView | None = None
    html: Markup = NO_HTML  # the whole body; "": the excerpt stands for it
    credit: Markup = NO_HTML
    sections: tuple[Section, ...] = ()  # "View more from ...", and what is related elsewhere
    also: tuple[Row, ...] = ()
    files: tuple[FileView, ...] = ()
    categories: tuple[str, ...] = ()
    comments: str = ""  # where they are
    comment_count: str = ""
    licence: str = ""
    rights: str = ""


class FeedLink(Struct, frozen=True):
    """A document to subscribe to."""

    name: str  # RSS, Atom, JSON Feed, OPML
    href: str
    type: str
    address: str = ""  # absolute, to be copied
    alternate: bool = True  # False for OPML, which is no feed


class Group(Struct, frozen=True):
    """Rows under one heading, such as a day or a month."""

    heading: str
    rows: tuple[Row, ...]
    anchor: str = ""  # the id of its section


class SiteView(Struct, frozen=True):
    """The facts that every page of a feed shows. `root` leads from the page to the output folder."""

    title: str
    description: str
    language: str
    dir: str
    root: str
    home: str
    sources: str
    style: str
    subscribe: str = ""  # "" where there is nothing to subscribe to
    search: str = ""  # where a search is answered, "" where none is
    icon: str = ""  # the address of the site's own picture
    logo: str = ""  # a larger one
    accent: str = ""  # a colour, "#9a2f1b"
    contact: str = ""  # an href
    contact_text: str = ""
    clock: str = ""  # the time zone of the days and times
    feeds: tuple[FeedLink, ...] = ()
    siblings: tuple[Row, ...] = ()  # the other feeds that are written out
    comma: str = ", "  # between two names of a list
    # The first page of the feed of each language; without an address for the feed of this page.
    languages: tuple[Row, ...] = ()


class SearchView(Struct, frozen=True):
    """The answer to a search: the question, a page of results, and the choices."""

    words: str = ""  # as the visitor wrote them
    source: str = ""  # what was chosen, "" for nothing: the `href` of one of `sources`
    tag: str = ""
    month: str = ""
    page: int = 1
    total: str = ""  # how many posts were found
    first: int = 1  # the place of the first of `posts`
    posts: tuple[PostView, ...] = ()  # `excerpt` is the passage with the words, marked
    turns: tuple[Row, ...] = ()  # the pages of what was found
    sources: tuple[Row, ...] = ()  # to choose from; `href` is the value
    tags: tuple[Row, ...] = ()
    months: tuple[Row, ...] = ()


class Parts(Struct, frozen=True):
    """Parts that many pages share, each made once from the template of its name."""

    head: Markup
    nav: Markup
    foot: Markup
    popular: Markup  # "" where nothing is


class PageView(Struct, frozen=True):
    """The head of a page."""

    kind: str  # index, post, source, sources, archive, search ...
    title: str
    description: str = ""
    url: str = ""  # absolute, of this page
    canonical: str = ""
    robots: str = ""
    # <meta> elements with the wishes of the sources of its posts: name and content
    wishes: tuple[tuple[str, str], ...] = ()
    language: str = ""
    og_type: str = "website"
    og_locale: str = ""
    picture: str = ""
    published: str = ""
    modified: str = ""
    older: str = ""
    newer: str = ""
    data: Mapping[str, object] = {}  # of a post, in the words of schema.org, for programs
