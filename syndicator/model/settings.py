"""feeds.toml, read and checked (config -> all steps). These structs are its schema.

A field with `key(...)` is a key of feeds.toml. Its type, default, limits and meaning are declared
here and nowhere else: `config` reads the file by them, and docs/configuration.md is made from them.
A field without `key(...)` is computed by `config`.

To add a setting, add one field, for instance to `Feed`:

    stars: Annotated[int, key("how many stars a page shows", least=0, on_pages=True)] = 3

and run `python tests/test_docs.py`, which writes the tables anew. A value of another shape than
text, number, list, duration or table gets a `kind`, which `config/kinds.py` knows how to read.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct, structs

from syndicator.model.redacted import RedactedRepr

Scope = Literal["source", "all", "both", "none"]
Copies = Literal["exact", "near", "off"]
Per = Literal["", "source", "language"]
BackoffScope = Literal["host", "source"]
# The network of an address; "": not known yet.
Reach = Literal["", "public", "private", "loopback", "link-local"]

_OUR_WORDING = "our wording in the post's language"


def key(
    meaning: str,
    *,
    kind: str = "",
    least: int | timedelta | None = None,
    default: str = "",
    table: str = "",
    on_pages: bool = False,
) -> Meta:
    """Return the mark that makes a field a key of feeds.toml.

    `meaning` and `default` stand in the documentation; `default` where the value does not say it.
    `kind` names the reader in `config/kinds.py`, `least` is the smallest value. `table` is a table
    of the top level that has the key too, for all sources or feeds. `on_pages`: pages show it, so
    they are made again when it changes.
    """
    extra = {
        "kind": kind,
        "least": least,
        "default": default,
        "table": table,
        "on_pages": on_pages,
    }
    return Meta(description=meaning, extra=extra)


@cache
def _fields_on_pages(struct: type[Struct]) -> list[str]:
    shown = []
    for field in structs.fields(struct):
        metas = getattr(field.type, "__metadata__", ())
        shown += [field.name for meta in metas if (meta.extra or {}).get("on_pages")]
    return shown


def settings_on_pages(feed: Struct) -> tuple[object, ...]:
    """Return the settings that pages show, as plain data, for the digests of pages."""
    values = (getattr(feed, name) for name in _fields_on_pages(type(feed)))
    return tuple(sorted(value.items()) if isinstance(value, Mapping) else value for value in values)


class AttributionSettings(Struct, frozen=True):
    """`[attribution]`, or a source's own `attribution` table."""

    enabled: Annotated[bool, key("does a line under each post credit its source?")] = True
    text: Annotated[
        str,
        key(
            "your own, with `{post}`, `{source}`, `{author}`, `{date}`",
            kind="credit",
            default=_OUR_WORDING,
        ),
    ] = ""


class RelatedSettings(Struct, frozen=True):
    """`[related]`, or a source's own `related` table."""

    scope: Annotated[
        Scope,
        key(
            '`"source"`, `"all"` (other sources too), `"both"` (its own and others\' as two lists), '
            '`"none"`'
        ),
    ] = "source"
    limit: Annotated[int, key("links in a list", least=0)] = 5
    heading: Annotated[
        str, key("your own, with `{source}`", kind="heading", default=_OUR_WORDING)
    ] = ""
    copies: Annotated[
        Copies,
        key('one item per story: fold `"exact"` copies, `"near"` ones too, or `"off"`'),
    ] = "exact"
    strict: Annotated[
        bool, key("link to other sources only where that is surely right: short lists, or none")
    ] = False

    @property
    def needs_index(self) -> bool:
        """Whether posts are compared with others, so that the index must know them."""
        return self.scope != "none" or self.copies == "near"


class Rules(Struct, frozen=True):
    """The texts that a filter matches: categories by name (case-insensitive), the rest by RE2."""

    category: Annotated[tuple[str, ...], key("names of categories, in any case")] = ()
    title: Annotated[str, key("a pattern for RE2", kind="pattern")] = ""
    author: Annotated[str, key("a pattern for RE2", kind="pattern")] = ""
    text: Annotated[str, key("a pattern for RE2", kind="pattern")] = ""


class Filter(Struct, frozen=True):
    """A selection of posts: not excluded, and included if `include` has any rule."""

    include: Annotated[Rules, key("only these posts")] = Rules()
    exclude: Annotated[Rules, key("not these posts")] = Rules()
    max_age: Annotated[timedelta | None, key("judged once, at first sight")] = None
    newest: Annotated[int, key("at most so many of one fetch; 0: no cap", least=0)] = 0


class Credentials(NamedTuple):
    """User and password of basic authentication (RFC 7617)."""

    user: str
    password: str


class Source(RedactedRepr, frozen=True):
    """One `[[sources]]` table, with all that it inherits already filled in."""

    repr_exclude = frozenset(["url", "headers", "auth"])

    # The name by which the store knows it.
    id: Annotated[
        str, key("what the store knows it by", default="the name if given, else the address")
    ]
    # http(s) URL, or "" where `path` is set; may be a secret.
    url: Annotated[str, key("the feed's address, or a path relative to the file")]
    path: Path | None = None  # a file named in feeds.toml
    name: Annotated[
        str,
        key(
            "as documents and pages show it; a run's lines name a source without it by its `id`",
            default="the feed's own title",
        ),
    ] = ""
    # `config` puts it into `name`.
    title: Annotated[str, key("another word for `name`: give one of the two", kind="title")] = ""
    author: Annotated[
        str,
        key(
            "of its posts that name nobody; a post's own author stays",
            kind="title",
            default="as the feed says",
        ),
    ] = ""
    site: Annotated[
        str,
        key(
            "the address that its name leads to, in credits and in lists of sources",
            kind="address",
            default="as the feed says",
        ),
    ] = ""
    timezone: Annotated[
        str,
        key(
            "of the clock that its dates write, whatever zone they write behind it, "
            'e.g. `"Asia/Ho_Chi_Minh"`; stored posts keep their dates',
            kind="timezone",
            default="as the date says, else UTC",
        ),
    ] = ""
    tags: Annotated[
        tuple[str, ...],
        key("for `[[feeds]]` to choose by; each has a page, linked where its sources are"),
    ] = ()
    language: Annotated[
        str,
        key(
            "of its posts, whatever the feed says; without it the feed's own word counts, "
            "else their words, or those of the source's other posts",
            kind="language",
            default="as the feed says",
        ),
    ] = ""
    followed: str = ""  # the address of the list that names it, "" where feeds.toml does
    within: Reach = ""  # the network that such a list allows it
    private_by: str = ""  # the reason to take it for private, where feeds.toml does not say it
    fallback: str = "en"  # our own feed's language, where nothing tells a post's
    interval: Annotated[
        timedelta,
        key("how often it is asked; lengthened by what it says of itself", table="fetch"),
    ] = timedelta(hours=1)
    timeout: Annotated[
        timedelta,
        key("for a source's whole fetch", least=timedelta(milliseconds=100), table="fetch"),
    ] = timedelta(seconds=30)
    backoff_scope: Annotated[BackoffScope | None, key("as in `[fetch]`")] = None
    join: Annotated[
        int,
        key(
            "how many of its newest posts a source brings when it joins a feed that is already "
            "published",
            least=0,
            table="feed",
        ),
    ] = 3
    limit: Annotated[int, key("at most so many of its posts in a document; 0: no cap", least=0)] = 0
    headers: Annotated[
        Mapping[str, str],
        key(
            "sent with each request; `${NAME}` is taken from the environment",
            kind="headers",
            default="`{}`",
        ),
    ] = {}
    auth: Annotated[
        Credentials | None, key('`{ user = "...", password = "${NAME}" }`', kind="auth")
    ] = None
    verify: Annotated[
        Path | None,
        key(
            "certificates of the authority that its server's is of, as a PEM file",
            kind="file there",
            default="those of the system",
        ),
    ] = None
    icon: Annotated[
        str, key("the URL of its picture", kind="address", default="as its feed says")
    ] = ""
    private: Annotated[
        bool,
        key(
            "its address is shown nowhere. Assumed for credentials, `${NAME}` and "
            "parameters such as `token`, `key`, `password` or `signature`; which one is told",
            default="by secrets",
        ),
    ] = False
    publish: Annotated[bool, key("may its posts be published?", default="not for private ones")] = (
        True
    )
    paused: Annotated[bool, key("asked no more, while its posts stay published")] = False
    hold: Annotated[
        bool,
        key("its new posts wait for `syndicator review`; what is published stays"),
    ] = False
    newcomers: Annotated[
        Literal["publish", "hold"],
        key(
            '`"hold"`: a source that is new to a planet which has run before waits for '
            "`syndicator review`",
            table="feed",
        ),
    ] = "publish"
    republish: Annotated[
        bool,
        key("read it although it says `access:restriction`, with the owner's consent"),
    ] = False
    content: Annotated[
        Literal["full", "summary", "none"],
        key(
            '`"full"`, `"summary"` or `"none"`; `run --rerender` takes from older posts what it '
            "lets through no more"
        ),
    ] = "full"
    images: Annotated[
        Literal["keep", "link", "none"], key('`"keep"`, `"link"` or `"none"`; likewise')
    ] = "keep"
    players: Annotated[
        tuple[str, ...],
        key("hosts whose frames play in its posts, besides the known ones: a PeerTube, say"),
    ] = ()
    future: Annotated[
        Literal["now", "hold", "keep"],
        key(
            'a date to come: shown as first seen (`"now"`), held back (`"hold"`), or believed '
            '(`"keep"`)'
        ),
    ] = "now"
    filter: Annotated[Filter, key("see below")] = Filter()
    attribution: Annotated[AttributionSettings, key("a table, as above")] = AttributionSettings()
    related: Annotated[RelatedSettings, key("a table, as above")] = RelatedSettings()

    def unless_private(self, address: str) -> str:
        """Return an address of this source, "" if it is private and none may be shown."""
        return "" if self.private else address

    @property
    def shown_address(self) -> str:
        """Its URL, or the path of its file; "" of a private source."""
        return self.unless_private(self.url or str(self.path))


class FollowedList(Struct, frozen=True):
    """One `[[lists]]` table: a list of sources that somebody else keeps."""

    url: Annotated[
        str,
        key(
            "the list's address, or a path relative to the file: OPML, or the list of another planet"
        ),
    ]
    trust: Annotated[
        bool,
        key("publish its new sources at once; else each waits for `syndicator review`"),
    ] = False
    source: Source = Source(id="", url="")  # the list as it is fetched


class FetchSettings(Struct, frozen=True):
    """`[fetch]`: manners and bounds of the fetcher."""

    jobs: Annotated[int, key("at once in all", least=1)] = 32
    per_host: Annotated[int, key("at once to one host", least=1)] = 2
    delay: Annotated[timedelta, key("between two requests to one host")] = timedelta(seconds=1)
    max_bytes: Annotated[int, key("on the wire", kind="size")] = 20_000_000
    max_decoded_bytes: Annotated[int, key("after decompression", kind="size")] = 100_000_000
    max_items: Annotated[int, key("of a feed; the oldest above are left out", least=1)] = 5000
    max_post: Annotated[int, key("of a post; a longer one becomes an excerpt", kind="size")] = (
        1_000_000
    )
    max_cpu: Annotated[timedelta, key("to read a feed, and as much again for each MB of it")] = (
        timedelta(seconds=10)
    )
    max_memory: Annotated[int, key("by which the process may grow to read a feed", kind="size")] = (
        500_000_000
    )
    max_interval: Annotated[
        timedelta, key("the most that a feed's hints can lengthen an interval to")
    ] = timedelta(hours=24)
    # None: 429 counts for the host, 503 for the source.
    inward: Annotated[
        Literal["named", "never"],
        key(
            'may a source lie on your own network? `"named"`: where the host that feeds.toml itself '
            'writes does, and then its redirects within it; `"never"`'
        ),
    ] = "named"
    backoff_scope: Annotated[
        BackoffScope | None,
        key(
            '`"host"` or `"source"`: whom a Retry-After holds up. Unset: 429 the host, 503 the '
            "source"
        ),
    ] = None
    alert_after: Annotated[
        timedelta, key("cron speaks of a source that has failed for so long")
    ] = timedelta(days=1)
    alert_runs: Annotated[int, key("or so many times in a row", least=1)] = 3
    user_agent: str = ""  # name, version, contact


class RunSettings(Struct, frozen=True):
    """`[run]`: where sources are fetched and read."""

    executor: Annotated[
        str,
        key(
            "the cluster whose workers fetch and read, such as `dask://scheduler:8786`; "
            "`--executor` says it for one run",
            kind="executor",
            default="this process",
        ),
    ] = ""
    batch: Annotated[
        int, key("sources sent to a worker at once; those of one host are never parted", least=1)
    ] = 500
    deadline: Annotated[
        timedelta,
        key(
            "a batch ends after so long; its sources that were not asked come first in the next "
            "run",
            least=timedelta(seconds=1),
        ),
    ] = timedelta(minutes=10)


class MetricsSettings(Struct, frozen=True):
    """`[metrics]`: a file for monitoring."""

    path: Annotated[
        Path | None,
        key("a file in Prometheus' textfile format, written anew by each run", kind="path"),
    ] = None


class Feed(Struct, frozen=True):
    """One combined feed that we publish: `[feed]`, or one of `[[feeds]]`."""

    title: Annotated[str, key("its name", kind="title", on_pages=True)]
    # "": the main feed; else unique, and its folder below `output` unless set.
    name: Annotated[str, key("of its folder", kind="folder", table="feeds")] = ""
    per: Per = ""  # made of one source or language, without being written out
    link: Annotated[
        str,  # ends in "/"
        key(
            "where `output` is served: for self links only, never part of an id",
            kind="site",
            on_pages=True,
        ),
    ] = "http://127.0.0.1:8000/"
    contact: Annotated[
        str,
        key(
            "a URL or mail address: in the User-Agent, the feeds and the pages",
            kind="contact",
            on_pages=True,
        ),
    ] = ""
    description: Annotated[str, key("a line about it", on_pages=True)] = ""
    language: Annotated[
        str,
        key(
            "of the feed itself and of the labels and dates on its pages",
            kind="language",
            on_pages=True,
        ),
    ] = "en"
    output: Annotated[
        Path,  # absolute
        key("the folder that is published; what has the name of one of our files is replaced"),
    ] = Path("public")
    formats: Annotated[
        tuple[str, ...],
        key(
            'also `"fragment"`: a piece of HTML to include in another page',
            kind="formats",
            on_pages=True,
        ),
    ] = ("rss", "atom", "json", "opml", "html")
    names: Annotated[
        Mapping[str, str],
        key(
            "file names by format, for who has subscribers elsewhere: "
            '`{ rss = "rss20.xml" }`; none of the site\'s own',
            kind="names",
            on_pages=True,
        ),
    ] = {}
    limit: Annotated[int, key("posts in each document, newest published first", least=1)] = 100
    stay: Annotated[
        timedelta, key("each post stays at least so long, beyond `limit` if need be")
    ] = timedelta(hours=48)
    sources: Annotated[
        tuple[str, ...], key("ids of sources that this feed takes", default="all")
    ] = ()
    tags: Annotated[
        tuple[str, ...], key("tags of sources that this feed takes", default="all")
    ] = ()
    languages: Annotated[
        tuple[str, ...],
        key('posts in these languages only; `"pt"` also takes `"pt-BR"`', default="all"),
    ] = ()
    filter: Annotated[Filter, key("see below")] = Filter()
    hub: Annotated[
        str,
        key(
            "a WebSub hub to name, and to ping when something was added or updated",
            kind="address",
        ),
    ] = ""
    content: Annotated[
        Literal["full", "summary", "none"],
        key(
            '`"full"`, `"summary"` or `"none"` of each post in its documents, but never more than '
            "its source's `content` lets through; pages have `pages`"
        ),
    ] = "full"
    max_bytes: Annotated[
        int | None,
        key(
            "of each document; the posts with the oldest dates are left out of a longer one, "
            "whatever `stay` says",
            kind="size",
            default="no bound",
        ),
    ] = None
    archives: Annotated[bool, key("older posts as RFC 5005 archives")] = True
    gzip: Annotated[bool, key("a `.gz` beside each document, for static servers")] = False
    pages: Annotated[
        Literal["excerpt", "full", "none"],
        key(
            'a page per post: `"excerpt"`, `"full"` (for posts that you may show whole) or '
            '`"none"`',
            on_pages=True,
        ),
    ] = "excerpt"
    headlines: Annotated[
        Literal["original", "page"],
        key(
            'a title on our pages leads to the `"original"`, and its date to our page; or to our '
            '`"page"`, as with `pages = "full"`',
            on_pages=True,
        ),
    ] = "original"
    index: Annotated[
        bool,
        key(
            "may search engines index the pages? They then name the original as canonical",
            on_pages=True,
        ),
    ] = False
    accent: Annotated[
        str,
        key('the colour of marks on pages, e.g. `"#9a2f1b"`', kind="colour", on_pages=True),
    ] = ""
    templates: Annotated[
        Path | None,
        key(
            "a folder whose files replace our templates one by one; `run --rerender` shows a "
            "change of them",
            kind="folder there",
        ),
    ] = None
    icon: Annotated[
        str,
        key("the URL of a small square picture, for readers' lists", kind="address", on_pages=True),
    ] = ""
    logo: Annotated[
        str,
        key(
            "the URL of a larger picture, for readers, podcast directories and the first page",
            kind="address",
            on_pages=True,
        ),
    ] = ""
    faces: Annotated[
        Literal["dot", "link", "copy"],
        key(
            'a source on pages has a coloured `"dot"`, or its own picture: by a `"link"` to it, or '
            'as a `"copy"` that a run fetches',
            on_pages=True,
        ),
    ] = "dot"
    search: Annotated[
        bool,
        key(
            "a search box on the pages: `serve` answers it, from an index that each run keeps; a "
            "feed made per source or language has none",
        ),
    ] = False
    rights: Annotated[str, key("a line on the feed's own rights, e.g. its copyright")] = ""
    ttl: Annotated[
        timedelta | None, key("how long readers may keep the RSS before they ask again")
    ] = None
    category: Annotated[
        str, key('the podcast directories\' category of the feed, e.g. `"Arts"`')
    ] = ""
    podcast: Annotated[bool, key("may podcast directories list the merged feed?")] = False
    stories: Annotated[
        bool,
        key(
            "reports of one event by several sources stand together on the first page; not where "
            '`related.scope` is `"none"` everywhere'
        ),
    ] = True
    related_on_pages: Annotated[
        int, key("related links on a post's page", least=0, on_pages=True)
    ] = 20
    timezone: Annotated[
        str,
        key(
            'whose days the pages show, e.g. `"Asia/Ho_Chi_Minh"`; also `{date}` in a credit of '
            "your own, in feeds too",
            kind="timezone",
            on_pages=True,
        ),
    ] = "UTC"


class Config(Struct, frozen=True):
    """feeds.toml, whole. Its own keys stand in `[feed]`."""

    path: Path
    feeds: tuple[Feed, ...]  # the main feed first
    sources: tuple[Source, ...]
    state: Annotated[
        Path,  # absolute
        key("what is known between runs; never below an `output`", table="feed"),
    ] = Path("syndicator.db")
    lists: tuple[FollowedList, ...] = ()
    base: Source = Source(id="", url="")  # all that [feed] and [fetch] say of sources
    fetch: FetchSettings = FetchSettings()
    run: RunSettings = RunSettings()
    metrics: MetricsSettings = MetricsSettings()
    keep: Annotated[
        timedelta,
        key(
            "bodies older than this and no longer published are dropped; identities never",
            table="feed",
        ),
    ] = timedelta(days=730)
    id: Annotated[
        str,
        key(
            "the feed's own id, a URI, if you bring one from elsewhere",
            kind="uri",
            default="made once",
            table="feed",
        ),
    ] = ""
    per_source: Annotated[
        bool,
        key(
            "also a feed of each source, in `by-source/ID/`, linked where the source is listed",
            table="feed",
        ),
    ] = False
    activity: Annotated[
        bool,
        key(
            "also a page of charts, `activity.html`: posts a day and by source, failures",
            table="feed",
        ),
    ] = False
    per_language: Annotated[
        bool,
        key(
            "also a feed of each language, in `by-language/TAG/` and in that language, linked on "
            "the first page",
            table="feed",
        ),
    ] = False

    @property
    def sources_by_id(self) -> dict[str, Source]:
        """The sources, in the order of feeds.toml."""
        return {source.id: source for source in self.sources}

    @property
    def asked(self) -> tuple[Source, ...]:
        """All that is fetched: the sources, and the lists that are followed."""
        return (*self.sources, *(followed.source for followed in self.lists))

    @property
    def has_secrets(self) -> bool:
        """Whether the state file holds what nobody but its owner may read."""
        return any(source.private or source.auth or source.headers for source in self.asked)
