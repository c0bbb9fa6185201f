"""The settings of a source, its own and those that it inherits."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from msgspec import Struct

from syndicator.model.structs import Key, RedactedRepr

Scope = Literal["source", "all", "both", "none"]
Copies = Literal["exact", "near", "off"]
BackoffScope = Literal["host", "source"]
# The network of an address; "": not known yet.
Reach = Literal["", "public", "private", "loopback", "link-local"]

_OUR_WORDING = "our wording in the post's language"


class AttributionSettings(Struct, frozen=True):
    """`[attribution]`, or a source's own `attribution` table."""

    enabled: Annotated[bool, Key("does a line under each post credit its source?")] = True
    text: Annotated[
        str,
        Key(
            "your own, with `{post}`, `{source}`, `{author}`, `{date}`",
            kind="credit",
            unset=_OUR_WORDING,
        ),
    ] = ""


class RelatedSettings(Struct, frozen=True):
    """`[related]`, or a source's own `related` table."""

    scope: Annotated[
        Scope,
        Key(
            '`"source"`, `"all"` (other sources too), `"both"` (its own and others\' as two lists), '
            '`"none"`'
        ),
    ] = "source"
    limit: Annotated[int, Key("links in a list", least=0)] = 5
    heading: Annotated[
        str, Key("your own, with `{source}`", kind="heading", unset=_OUR_WORDING)
    ] = ""
    copies: Annotated[
        Copies,
        Key('one item per story: fold `"exact"` copies, `"near"` ones too, or `"off"`'),
    ] = "exact"
    strict: Annotated[
        bool, Key("link to other sources only where that is surely right: short lists, or none")
    ] = False

    @property
    def needs_index(self) -> bool:
        """Whether posts are compared with others, so that the index must know them."""
        return self.scope != "none" or self.copies == "near"


class Rules(Struct, frozen=True):
    """The texts that a filter matches: categories by name (case-insensitive), the rest by RE2."""

    category: Annotated[tuple[str, ...], Key("names of categories, in any case")] = ()
    title: Annotated[str, Key("a pattern for RE2", kind="pattern")] = ""
    author: Annotated[str, Key("a pattern for RE2", kind="pattern")] = ""
    text: Annotated[str, Key("a pattern for RE2", kind="pattern")] = ""


class Filter(Struct, frozen=True):
    """A selection of posts: not excluded, and included if `include` has any rule."""

    include: Annotated[Rules, Key("only these posts")] = Rules()
    exclude: Annotated[Rules, Key("not these posts")] = Rules()
    max_age: Annotated[timedelta | None, Key("judged once, at first sight")] = None
    newest: Annotated[int, Key("at most so many of one fetch; 0: no cap", least=0)] = 0


class Credentials(NamedTuple):
    """User and password of basic authentication (RFC 7617)."""

    user: str
    password: str


class Source(RedactedRepr, frozen=True):
    """One `[[sources]]` table, with all that it inherits already filled in."""

    repr_exclude = frozenset(["url", "headers", "auth"])

    # The name by which the store knows it.
    id: Annotated[
        str, Key("what the store knows it by", unset="the name if given, else the address")
    ]
    # http(s) URL, or "" where `path` is set; may be a secret.
    url: Annotated[str, Key("the feed's address, or a path relative to the file")]
    path: Path | None = None  # a file named in feeds.toml
    name: Annotated[
        str,
        Key(
            "as documents and pages show it; a run's lines name a source without it by its `id`",
            unset="the feed's own title",
        ),
    ] = ""
    # `config` puts it into `name`.
    title: Annotated[str, Key("another word for `name`: give one of the two", kind="title")] = ""
    author: Annotated[
        str,
        Key(
            "of its posts that name nobody; a post's own author stays",
            kind="title",
            unset="as the feed says",
        ),
    ] = ""
    site: Annotated[
        str,
        Key(
            "the address that its name leads to, in credits and in lists of sources",
            kind="address",
            unset="as the feed says",
        ),
    ] = ""
    timezone: Annotated[
        str,
        Key(
            "of the clock that its dates write, whatever zone they write behind it, "
            'e.g. `"Asia/Ho_Chi_Minh"`; stored posts keep their dates',
            kind="timezone",
            unset="as the date says, else UTC",
        ),
    ] = ""
    tags: Annotated[
        tuple[str, ...],
        Key("for `[[feeds]]` to choose by; each has a page, linked where its sources are"),
    ] = ()
    language: Annotated[
        str,
        Key(
            "of its posts, whatever the feed says; without it the feed's own word counts, "
            "else their words, or those of the source's other posts",
            kind="language",
            unset="as the feed says",
        ),
    ] = ""
    followed: str = ""  # the address of the list that names it, "" where feeds.toml does
    within: Reach = ""  # the network that such a list allows it
    private_by: str = ""  # the reason to take it for private, where feeds.toml does not say it
    fallback: str = "en"  # our own feed's language, where nothing tells a post's
    interval: Annotated[
        timedelta,
        Key("how often it is asked; lengthened by what it says of itself", table="fetch"),
    ] = timedelta(hours=1)
    timeout: Annotated[
        timedelta,
        Key("for a source's whole fetch", least=timedelta(milliseconds=100), table="fetch"),
    ] = timedelta(seconds=30)
    backoff_scope: Annotated[BackoffScope | None, Key("as in `[fetch]`")] = None
    join: Annotated[
        int,
        Key(
            "how many of its newest posts a source brings when it joins a feed that is already "
            "published",
            least=0,
            table="feed",
        ),
    ] = 3
    limit: Annotated[int, Key("at most so many of its posts in a document; 0: no cap", least=0)] = 0
    headers: Annotated[
        Mapping[str, str],
        Key(
            "sent with each request; `${NAME}` is taken from the environment",
            kind="headers",
            unset="`{}`",
        ),
    ] = {}
    auth: Annotated[
        Credentials | None, Key('`{ user = "...", password = "${NAME}" }`', kind="auth")
    ] = None
    verify: Annotated[
        Path | None,
        Key(
            "certificates of the authority that its server's is of, as a PEM file",
            kind="there",
            unset="those of the system",
        ),
    ] = None
    icon: Annotated[
        str, Key("the URL of its picture", kind="address", unset="as its feed says")
    ] = ""
    private: Annotated[
        bool,
        Key(
            "its address is shown nowhere. Assumed for credentials, `${NAME}` and "
            "parameters such as `token`, `key`, `password` or `signature`; which one is told",
            unset="by secrets",
        ),
    ] = False
    publish: Annotated[bool, Key("may its posts be published?", unset="not for private ones")] = (
        True
    )
    paused: Annotated[bool, Key("asked no more, while its posts stay published")] = False
    hold: Annotated[
        bool,
        Key("its new posts wait for `syndicator review`; what is published stays"),
    ] = False
    newcomers: Annotated[
        Literal["publish", "hold"],
        Key(
            '`"hold"`: a source that is new to a planet which has run before waits for '
            "`syndicator review`",
            table="feed",
        ),
    ] = "publish"
    republish: Annotated[
        bool,
        Key("read it although it says `access:restriction`, with the owner's consent"),
    ] = False
    content: Annotated[
        Literal["full", "summary", "none"],
        Key(
            '`"full"`, `"summary"` or `"none"`; `run --rerender` takes from older posts what it '
            "lets through no more"
        ),
    ] = "full"
    images: Annotated[
        Literal["keep", "link", "none"], Key('`"keep"`, `"link"` or `"none"`; likewise')
    ] = "keep"
    players: Annotated[
        tuple[str, ...],
        Key("hosts whose frames play in its posts, besides the known ones: a PeerTube, say"),
    ] = ()
    future: Annotated[
        Literal["now", "hold", "keep"],
        Key(
            'a date to come: shown as first seen (`"now"`), held back (`"hold"`), or believed '
            '(`"keep"`)'
        ),
    ] = "now"
    filter: Annotated[Filter, Key("see below")] = Filter()
    attribution: Annotated[AttributionSettings, Key("a table, as above")] = AttributionSettings()
    related: Annotated[RelatedSettings, Key("a table, as above")] = RelatedSettings()

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
        Key(
            "the list's address, or a path relative to the file: OPML, or the list of another planet"
        ),
    ]
    trust: Annotated[
        bool,
        Key("publish its new sources at once; else each waits for `syndicator review`"),
    ] = False
    source: Source = Source(id="", url="")  # the list as it is fetched
