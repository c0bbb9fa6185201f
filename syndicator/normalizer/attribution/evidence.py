"""The evidence for a credit.

Addresses and names of a post and its site, and the slots of a matched line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from syndicator import urls
from syndicator.model.post import Credit
from syndicator.normalizer.attribution import wordings
from syndicator.normalizer.attribution.lines import LINK, TITLE, Anchor, Line, fold, letters, plain

_SHORT_NAME = 4  # letters: "News" alone names no site
_CUT_TITLE = 15  # letters of a title that tell it from others, where the rest was cut off
_SLASHES = re.compile(r"(?<!:)/{2,}")  # in a path; not those of "https://"
# A plugin's name of a value that it did not fill in ("%%POSTLINK%%"); not "100%", nor "%20".
UNFILLED = re.compile(r"%%[a-z_]+%%", re.IGNORECASE)


class Known(Struct, frozen=True):
    """The addresses and names by which a line can speak of this post and its site."""

    posts: frozenset[str]  # loose addresses
    sites: frozenset[str]  # loose addresses
    hosts: frozenset[str]
    title: str  # letters
    folded_title: str
    names: frozenset[str]  # letters

    @classmethod
    def gathered(
        cls,
        posts: Iterable[str],
        sites: Iterable[str],
        title: str,
        names: Iterable[str],
        seen: Iterable[Credit],
    ) -> Known:
        """Gather the addresses and names of a post, its site and the credits `seen` elsewhere."""
        seen = tuple(seen)
        post_links = list(filter(None, (*posts, *(credit.url for credit in seen))))
        site_links = list(filter(None, (*sites, *(credit.site_url for credit in seen))))
        return cls(
            posts=frozenset(map(loose, post_links)),
            sites=frozenset(map(loose, site_links)),
            hosts=frozenset(filter(None, map(urls.host, [*post_links, *site_links]))),
            title=letters(title),
            folded_title=fold(title),
            names=frozenset(
                filter(None, map(letters, (*names, *(credit.site for credit in seen))))
            ),
        )

    def is_title(self, text: str) -> bool:
        """Tell whether a text is the post's title, or the start of it before a cut."""
        if UNFILLED.fullmatch(text):
            return True
        shorter, longer = sorted((letters(text), self.title), key=len)
        return bool(shorter) and (
            shorter == longer or (len(shorter) >= _CUT_TITLE and longer.startswith(shorter))
        )

    def is_post(self, anchor: Anchor) -> bool:
        """Tell whether a link leads to the post, by its address or by its text."""
        return loose(anchor.href) in self.posts or self.is_title(anchor.text)

    def is_site(self, anchor: Anchor) -> bool:
        """Tell whether a link leads to the site or any page of it."""
        return urls.host(anchor.href) in self.hosts

    def is_root(self, anchor: Anchor) -> bool:
        """Tell whether a link leads to the site itself, not to one of its pages."""
        return loose(anchor.href) in self.sites or (
            self.is_site(anchor) and not urls.path(anchor.href)
        )

    def is_name(self, text: str) -> bool:
        """Tell whether a text names the site.

        Its name, a part of it ("News" is not enough), or its host.
        """
        given = letters(text)
        return (
            UNFILLED.fullmatch(text) is not None
            or given in self.names
            or fold(text).strip(" .").removeprefix("www.") in self.hosts
            or (len(given) > _SHORT_NAME and any(given in name for name in self.names))
        )


class Slot(Struct, frozen=True):
    """The text or link in the place of {post} or {site}."""

    text: str = ""  # as written
    anchor: Anchor | None = None
    own: bool = False  # it is this post, or its site

    @classmethod
    def read(cls, name: str, match: re.Match[str], line: Line, source: str, known: Known) -> Slot:
        """Read the slot "post" or "site" of a matched wording, which may lack it."""
        if name not in match.re.groupindex or not match[name]:
            return cls()
        for character in match[name]:
            if LINK <= character < TITLE:
                anchor = line.link(character)
                own = known.is_post(anchor) if name == "post" else known.is_site(anchor)
                return cls(anchor.text, anchor, own)
        written = plain(source[line.starts[match.start(name)] : line.ends[match.end(name) - 1]])
        if name == "post":
            return cls(written, own=known.is_title(written))
        return cls(written, own=known.is_name(written) or loose(written) in known.posts)


def credit_of(row: wordings.Row, post: Slot, site: Slot, known: Known) -> Credit:
    """Return the credit that a wording with these slots gives."""
    url = (post.anchor and post.anchor.href) or ""
    site_url = (site.anchor and site.anchor.href) or ""
    if not url and site_url and not known.is_root(Anchor(site_url, "")) and urls.path(site_url):
        url, site_url = site_url, ""  # "Originally published at <the post>Its site</a>"
    if not url and not site_url and urls.host(site.text):
        url = site.text
    home = site_url or root(url)
    is_titled = post.own or (post.anchor and row.kind == "both")  # not "the original article"
    title = post.text if is_titled and not UNFILLED.fullmatch(post.text) else ""
    return Credit(title, url, site_name(site.text, home), home, row.locale)


def site_name(written: str, home: str) -> str:
    """Return the name of a site in a line; its host for an address, or for "my personal blog".

    >>> site_name("my Medium", "https://medium.com/"), site_name("this page", "https://a.example/")
    ('Medium', 'a.example')
    """
    bare = wordings.without_possessive(written)
    if not bare or UNFILLED.fullmatch(bare) or urls.host(bare) or wordings.is_generic(written):
        return urls.host(home)
    return bare


def loose(url: str) -> str:
    """Return the loose form of an address, with one slash for several in its path.

    >>> loose("//a.example//p/"), loose("https://www.a.example/p")
    ('a.example/p', 'a.example/p')
    """
    if url.startswith("//"):
        url = f"https:{url}"
    return urls.loose(_SLASHES.sub("/", url))


def root(url: str) -> str:
    """Return the address of a URL's host, "" without one.

    >>> root("https://a.example/x?y"), root("mailto:a@b.example")
    ('https://a.example/', '')
    """
    scheme, separator, rest = url.partition("://")
    return f"{scheme}://{re.split('[/?#]', rest, maxsplit=1)[0]}/" if separator else ""


def same_site(url: str, other_url: str) -> bool:
    """Tell whether two addresses have one host, or one's is below the other's.

    >>> same_site("https://blog.a.example/x", "http://www.a.example/"), same_site("https://a.example", "https://b.example")
    (True, False)
    """
    host, other_host = urls.host(url), urls.host(other_url)
    return bool(host and other_host) and (
        host == other_host or host.endswith(f".{other_host}") or other_host.endswith(f".{host}")
    )
