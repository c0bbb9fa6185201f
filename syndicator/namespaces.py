"""The XML namespaces of feeds: each URI, its usual prefix and its misspellings, declared once.

The parser names elements by these prefixes, the generator declares them, `check` judges by them.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ATOM = "http://www.w3.org/2005/Atom"  # RFC 4287
RSS10 = "http://purl.org/rss/1.0/"
RSS090 = "http://my.netscape.com/rdf/simple/0.9/"
XML = "http://www.w3.org/XML/1998/namespace"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XHTML = "http://www.w3.org/1999/xhtml"
DC = "http://purl.org/dc/elements/1.1/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
THREAD = "http://purl.org/syndication/thread/1.0"  # RFC 4685
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
MEDIA = "http://search.yahoo.com/mrss/"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
CREATIVE_COMMONS = "http://backend.userland.com/creativeCommonsRssModule"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"  # RFC 6721
RSL = "https://rslstandard.org/rsl"
ACCESS = "http://www.bloglines.com/about/specs/fac-1.0"
INDEXING = "urn:atom-extension:indexing"

# The namespaces of the feed formats themselves, in lower case. Their elements have no prefix.
FORMATS = frozenset({
    ATOM.lower(), RSS10, RSS090, "http://purl.org/atom/ns#", "http://backend.userland.com/rss",
    "http://backend.userland.com/rss2", "http://blogs.law.harvard.edu/tech/rss",
})  # fmt: skip

# The usual prefix of each namespace, with the spellings that feeds use. The first is the right one.
VOCABULARIES: dict[str, tuple[str, ...]] = {
    "xml": (XML,),
    "rdf": (RDF,),
    "xhtml": (XHTML,),
    "dc": (DC,),
    "dcterms": ("http://purl.org/dc/terms/",),
    "content": (CONTENT,),
    "slash": ("http://purl.org/rss/1.0/modules/slash/",),
    "sy": ("http://purl.org/rss/1.0/modules/syndication/",),
    "thr": (THREAD,),
    "wfw": ("http://wellformedweb.org/CommentAPI/",),
    "admin": ("http://webns.net/mvcb/",),
    "media": (
        MEDIA,
        "http://search.yahoo.com/mrss",
        "https://search.yahoo.com/mrss/",
        "http://www.rssboard.org/media-rss",
    ),
    "itunes": (ITUNES,),
    "podcast": (
        PODCAST,
        "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    ),
    "cc": ("http://web.resource.org/cc/", "http://creativecommons.org/ns#license"),
    "creativecommons": (
        CREATIVE_COMMONS,
        "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html",
    ),
    "at": (TOMBSTONES,),
    "rsl": (RSL,),
    "access": (ACCESS,),
    "indexing": (INDEXING,),
    "feedburner": ("http://rssnamespace.org/feedburner/ext/1.0",),
    "georss": ("http://www.georss.org/georss",),
    "gml": ("http://www.opengis.net/gml",),
    "geo": ("http://www.w3.org/2003/01/geo/wgs84_pos#",),
    "psc": ("http://podlove.org/simple-chapters", "http://podlove.org/simple-chapters/"),
    "yandex": ("http://news.yandex.ru", "http://news.yandex.ru/"),
    "source": ("http://source.scripting.com/", "http://source.smallpict.com/"),
    "wordpress": ("com-wordpress:feed-additions:1",),
    "gd": ("http://schemas.google.com/g/2005",),
}
# Misspelt namespaces that feedparser reads by their prefix alone.
MISSPELT = {
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/dc/elements/1.1": "dc",
}

_PREFIXES = {uri.lower(): prefix for prefix, uris in VOCABULARIES.items() for uri in uris}


def prefix_of(uri: str) -> str | None:
    """Return the usual prefix of a namespace, "" for a feed format's own, None for an unknown one.

    Feeds write namespaces in any case, so letters are compared in lower case.

    >>> prefix_of("http://purl.org/DC/elements/1.1/"), prefix_of(ATOM), prefix_of("urn:x")
    ('dc', '', None)
    """
    lowered = uri.lower()
    if lowered in FORMATS:
        return ""
    plain = lowered.replace("https:", "http:", 1)
    return _PREFIXES.get(lowered) or _PREFIXES.get(plain) or MISSPELT.get(uri)


def usual_uri(prefix: str) -> str:
    """Return the namespace that a prefix is usually bound to; a made-up URN for an unknown prefix.

    >>> usual_uri("dc"), usual_uri("x")
    ('http://purl.org/dc/elements/1.1/', 'urn:undeclared:x')
    """
    if prefix == "atom":
        return ATOM
    return VOCABULARIES.get(prefix, (f"urn:undeclared:{prefix}",))[0]


# The prefixes that we write otherwise than they are read.
_WRITTEN = {"atom": ATOM, "fh": HISTORY, "creativeCommons": CREATIVE_COMMONS}


def uri_of(prefix: str) -> str:
    """Return the namespace that a prefix stands for in the documents that we write.

    >>> uri_of("fh"), uri_of("dc")
    ('http://purl.org/syndication/history/1.0', 'http://purl.org/dc/elements/1.1/')
    """
    return _WRITTEN.get(prefix) or usual_uri(prefix)


def qualified(name: str) -> str:
    """Return the name of an element or attribute as lxml has it (Clark notation).

    >>> qualified("dc:creator"), qualified("title")
    ('{http://purl.org/dc/elements/1.1/}creator', 'title')
    """
    prefix, colon, local = name.rpartition(":")
    return f"{{{uri_of(prefix)}}}{local}" if colon else name


# -- the vocabulary of podcasts ----------------------------------------------------------------


class Word(Struct, frozen=True):
    """An element of an episode that holds nothing but text: how it is read, written and checked.

    Parser, generator and checker go through `EPISODE_WORDS`: a new element is one more line there.
    """

    name: str  # prefix:local, as it is written; it is read in any case
    field: str = ""  # the field of `model.feed.Episode`; "": `Episode.more` holds it under `name`
    kind: Literal["text", "name", "count", "duration"] = "text"  # seconds, mm:ss or h:mm:ss
    most: int = 0  # characters that directories take; 0: any number
    choices: tuple[str, ...] = ()  # the only values that directories take; (): any
    aliases: tuple[str, ...] = ()  # elements of other vocabularies that say the same


SHORT, LONG = 255, 4000  # characters: the bounds of Apple's directory

# Directories are strict: a value of another form than the declared one is read, but not written.
EPISODE_WORDS: list[Word] = [
    Word("itunes:title", "title"),
    Word("itunes:author", "author", "name", most=SHORT),
    Word("itunes:subtitle", "subtitle", most=SHORT),
    Word("itunes:summary", "summary", most=LONG),
    Word("itunes:duration", "duration", "duration"),
    Word("itunes:explicit", "explicit", choices=("true", "false")),
    Word("itunes:episode", "episode", "count", aliases=("podcast:episode",)),
    Word("itunes:season", "season", "count", aliases=("podcast:season",)),
    Word("itunes:episodeType", "type", choices=("full", "trailer", "bonus")),
]
