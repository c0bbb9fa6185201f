"""The settings of one feed that we publish."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Struct

from syndicator.model.settings.source import Filter
from syndicator.model.structs import Key

Per = Literal["", "source", "language"]


class Feed(Struct, frozen=True):
    """One combined feed that we publish: `[feed]`, or one of `[[feeds]]`."""

    title: Annotated[str, Key("its name", kind="title", on_pages=True)]
    # "": the main feed; else unique, and its folder below `output` unless set.
    name: Annotated[str, Key("of its folder", kind="folder", table="feeds")] = ""
    per: Per = ""  # made of one source or language, without being written out
    link: Annotated[
        str,  # ends in "/"
        Key(
            "where `output` is served: for self links only, never part of an id",
            kind="site",
            on_pages=True,
        ),
    ] = "http://127.0.0.1:8000/"
    contact: Annotated[
        str,
        Key(
            "a URL or mail address: in the User-Agent, the feeds and the pages",
            kind="contact",
            on_pages=True,
        ),
    ] = ""
    description: Annotated[str, Key("a line about it", on_pages=True)] = ""
    language: Annotated[
        str,
        Key(
            "of the feed itself and of the labels and dates on its pages",
            kind="language",
            on_pages=True,
        ),
    ] = "en"
    output: Annotated[
        Path,  # absolute
        Key("the folder that is published; what has the name of one of our files is replaced"),
    ] = Path("public")
    formats: Annotated[
        tuple[str, ...],
        Key(
            'also `"fragment"`: a piece of HTML to include in another page',
            kind="formats",
            on_pages=True,
        ),
    ] = ("rss", "atom", "json", "opml", "html")
    names: Annotated[
        Mapping[str, str],
        Key(
            "file names by format, for who has subscribers elsewhere: "
            '`{ rss = "rss20.xml" }`; none of the site\'s own',
            kind="names",
            on_pages=True,
        ),
    ] = {}
    limit: Annotated[int, Key("posts in each document, newest published first", least=1)] = 100
    stay: Annotated[
        timedelta, Key("each post stays at least so long, beyond `limit` if need be")
    ] = timedelta(hours=48)
    sources: Annotated[
        tuple[str, ...], Key("ids of sources that this feed takes", unset="all")
    ] = ()
    tags: Annotated[tuple[str, ...], Key("tags of sources that this feed takes", unset="all")] = ()
    languages: Annotated[
        tuple[str, ...],
        Key('posts in these languages only; `"pt"` also takes `"pt-BR"`', unset="all"),
    ] = ()
    filter: Annotated[Filter, Key("see below")] = Filter()
    hub: Annotated[
        str,
        Key(
            "a WebSub hub to name, and to ping when something was added or updated",
            kind="address",
        ),
    ] = ""
    content: Annotated[
        Literal["full", "summary", "none"],
        Key(
            '`"full"`, `"summary"` or `"none"` of each post in its documents, but never more than '
            "its source's `content` lets through; pages have `pages`"
        ),
    ] = "full"
    max_bytes: Annotated[
        int | None,
        Key(
            "of each document; the posts with the oldest dates are left out of a longer one, "
            "whatever `stay` says",
            kind="size",
            unset="no bound",
        ),
    ] = None
    archives: Annotated[bool, Key("older posts as RFC 5005 archives")] = True
    gzip: Annotated[bool, Key("a `.gz` beside each document, for static servers")] = False
    pages: Annotated[
        Literal["excerpt", "full", "none"],
        Key(
            'a page per post: `"excerpt"`, `"full"` (for posts that you may show whole) or '
            '`"none"`',
            on_pages=True,
        ),
    ] = "excerpt"
    headlines: Annotated[
        Literal["original", "page"],
        Key(
            'a title on our pages leads to the `"original"`, and its date to our page; or to our '
            '`"page"`, as with `pages = "full"`',
            on_pages=True,
        ),
    ] = "original"
    index: Annotated[
        bool,
        Key(
            "may search engines index the pages? They then name the original as canonical",
            on_pages=True,
        ),
    ] = False
    accent: Annotated[
        str,
        Key('the colour of marks on pages, e.g. `"#9a2f1b"`', kind="colour", on_pages=True),
    ] = ""
    templates: Annotated[
        Path | None,
        Key(
            "a folder whose files replace our templates one by one; `run --rerender` shows a "
            "change of them",
            kind="there",
        ),
    ] = None
    icon: Annotated[
        str,
        Key("the URL of a small square picture, for readers' lists", kind="address", on_pages=True),
    ] = ""
    logo: Annotated[
        str,
        Key(
            "the URL of a larger picture, for readers, podcast directories and the first page",
            kind="address",
            on_pages=True,
        ),
    ] = ""
    faces: Annotated[
        Literal["dot", "link", "copy"],
        Key(
            'a source on pages has a coloured `"dot"`, or its own picture: by a `"link"` to it, or '
            'as a `"copy"` that a run fetches',
            on_pages=True,
        ),
    ] = "dot"
    search: Annotated[
        bool,
        Key(
            "a search box on the pages: `serve` answers it, from an index that each run keeps; a "
            "feed made per source or language has none",
        ),
    ] = False
    rights: Annotated[str, Key("a line on the feed's own rights, e.g. its copyright")] = ""
    ttl: Annotated[
        timedelta | None, Key("how long readers may keep the RSS before they ask again")
    ] = None
    category: Annotated[
        str, Key('the podcast directories\' category of the feed, e.g. `"Arts"`')
    ] = ""
    podcast: Annotated[bool, Key("may podcast directories list the merged feed?")] = False
    stories: Annotated[
        bool,
        Key(
            "reports of one event by several sources stand together on the first page; not where "
            '`related.scope` is `"none"` everywhere'
        ),
    ] = True
    related_on_pages: Annotated[
        int, Key("related links on a post's page", least=0, on_pages=True)
    ] = 20
    timezone: Annotated[
        str,
        Key(
            'whose days the pages show, e.g. `"Asia/Ho_Chi_Minh"`; also `{date}` in a credit of '
            "your own, in feeds too",
            kind="timezone",
            on_pages=True,
        ),
    ] = "UTC"
