"""The statements of a feed on the origin of a post -> the site to credit, and the copies between.

Only an atom:source, an RSS `<source>` or a recognised credit proves that a source republishes. A
foreign link, a canonical address or rel="via" does not: a link blog's post is its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from syndicator import urls
from syndicator.model.feed import Origin
from syndicator.model.post import Credit, SourceInfo
from syndicator.normalizer.attribution.evidence import root
from syndicator.normalizer.attribution.lines import letters

# Where many feeds live that have nothing to do with each other: the root of such a host is nobody's
# site.
_FEED_HOSTS = frozenset(
    {"feeds.feedburner.com", "feeds2.feedburner.com", "feedproxy.google.com", "feeds.feedblitz.com", "rss.app",
     "feeds.simplecast.com", "feeds.megaphone.fm", "anchor.fm", "feeds.buzzsprout.com", "feeds.soundcloud.com",
     "raw.githubusercontent.com", "rsshub.app", "politepol.com", "fetchrss.com", "feed43.com", "follow.it"}
)  # fmt: skip


# "blog.a.example" is a.example; "alice.a.example" may be a writer that a.example collects.
_GENERIC = frozenset(
    {"www", "www2", "blog", "blogs", "news", "m", "amp", "feeds", "feed", "rss", "web", "mobile",
     "magazine", "journal"}
)  # fmt: skip
_PARTS = re.compile(r"(?<!\s)\s+[|–—»«·•:-]+\s+|:\s+")
_SHORT_NAME = 4  # letters


class Decision(NamedTuple):
    """The site that a post is credited to."""

    origin: Origin
    link: str = ""  # the original post's address, "" where it is the post's own
    via: tuple[Origin, ...] = ()  # the copies in between, the nearest last
    republished: bool = False


def decide(
    info: SourceInfo,
    *,
    link: str,
    source: Origin | None = None,
    credits: Sequence[Credit] = (),  # noqa: A002 - the word for it; nobody calls the builtin here
    feed_links: Iterable[str] = (),
) -> Decision:
    """Decide to which site a post is credited.

    `info` is the source as we show it; `link` is the post's, absolute; `source` is what
    atom:source or RSS `<source>` says; `credits` what `attribution.strip` took out, the innermost
    first; `feed_links` are more addresses of the source itself (the URL that answered, rel="self").
    A credit to the source's own post or site, or an atom:source that names the feed it stands in,
    proves nothing and changes nothing, but for a site's address where we had none.
    """
    own = _own(info, tuple(feed_links), info.link or root(link))
    if source is None and not credits:
        return Decision(own.origin)
    if not (chain := _chain(source, credits, own, link)):
        return Decision(_with_site(own.origin, credits, link))
    origin, original = chain[0]
    kept = [place for place, _ in chain[1:] if not _same(place, origin)]
    address = original if urls.loose(original) != urls.loose(link) else ""
    return Decision(origin, address, (*_unique(kept), own.origin), republished=True)


class _Own(NamedTuple):
    """The addresses and names of the source itself."""

    origin: Origin
    addresses: frozenset[str]  # loose: feed, id, site
    hosts: frozenset[str]
    names: frozenset[str]  # letters: its title, and each part of "Blog | Ossocubo"

    def has_name(self, name: str) -> bool:
        """Tell whether a name is the source's, or one of its parts."""
        return letters(name) in self.names

    def mentions(self, name: str) -> bool:
        """Tell whether the source's name has another in it: "Wellness - The Washington Post"."""
        given = letters(name)
        return len(given) > _SHORT_NAME and any(given in own for own in self.names)

    def has_host(self, url: str) -> bool:
        """Tell whether an address is on a host of the source's, with or without "blog." or the like."""
        host = urls.host(url)
        return any(host == own or _differ_generically(host, own) for own in self.hosts if host)


@lru_cache(maxsize=64)
def _own(info: SourceInfo, feed_links: tuple[str, ...], home: str) -> _Own:
    """Gather them, once for all posts of a feed.

    A source without a site is at `home`, the host of its posts.
    """
    origin = Origin(
        name=info.name, url=home, feed=info.feed, id=info.feed_id, updated=info.updated, rights=info.rights,
        language=info.language,
    )  # fmt: skip
    links = [*filter(None, (info.link, info.feed, info.feed_id, *feed_links))]
    hosts = {host for host in map(urls.host, links) if host not in _FEED_HOSTS}
    names = map(letters, (info.name, *_PARTS.split(info.name)))
    return _Own(
        origin,
        frozenset(map(urls.loose, links)),
        frozenset(filter(None, hosts)),
        frozenset(names) - {""},
    )


def _differ_generically(host: str, other_host: str) -> bool:
    shorter, longer = sorted((host, other_host), key=len)
    return longer.endswith(f".{shorter}") and longer.removesuffix(f".{shorter}") in _GENERIC


def _chain(
    source: Origin | None, credited: Sequence[Credit], own: _Own, link: str
) -> list[tuple[Origin, str]]:
    """Return the other sites that had the post before, the first one first, with its address there."""
    chain = [
        (_credited(credit, link), credit.url)
        for credit in credited
        if not _is_own_credit(credit, own, link)
    ]
    if source is not None and not _is_own_source(source, own, link):
        said = _completed(source, link)
        for place, (origin, address) in enumerate(chain):
            if _same(origin, said):
                # The source's own words say more than the line: its feed, its id.
                chain[place] = (_merged(source, said, origin), address or link)
                return chain
        chain.append((said, link))
    return chain


def _is_own_credit(credit: Credit, own: _Own, link: str) -> bool:
    """Whether a line credits the source itself, so that it proves nothing."""
    if (credit.site_url and own.has_host(credit.site_url)) or own.has_name(credit.site):
        return True
    # Medium: a writer's feed, credited to a publication beside it.
    if credit.site_url or credit.url:
        return (
            bool(credit.url) and urls.loose(credit.url) == urls.loose(link) and own.has_host(link)
        )
    return own.has_host(link) or not credit.site or not urls.host(link) or own.mentions(credit.site)


def _is_own_source(source: Origin, own: _Own, link: str) -> bool:
    """Tell whether an atom:source or <source> names its own feed, or a part of its own site."""
    written = [address for address in (source.feed, source.id, source.url) if address]
    if not own.addresses.isdisjoint(map(urls.loose, written)) or not (source.name or written):
        return True
    address = source.url or source.feed
    if not address:
        return own.has_host(link) or own.mentions(source.name)
    if not own.has_host(address):
        return False
    # RSS names no site, only a feed: on the same host it is that of a section, a user, a topic.
    is_part = not source.url and not source.id
    return is_part or not source.name or own.has_name(source.name) or own.mentions(source.name)


def _credited(credit: Credit, link: str) -> Origin:
    url = credit.site_url or (root(credit.url) if credit.url else root(link))
    return Origin(name=credit.site or urls.host(url), url=url)


def _completed(source: Origin, link: str) -> Origin:
    """Give an origin without a site that of its feed: RSS <source> names no other."""
    url = source.url
    if not _names_site(source):
        feed_host = urls.host(source.feed)
        is_shared = not feed_host or feed_host in _FEED_HOSTS
        is_above = urls.host(link).endswith(f".{feed_host}")
        url = root(link if is_shared or is_above else source.feed)
    name = source.name or urls.host(url) or urls.host(source.feed)
    return replace(source, name=name, url=url)


def _names_site(source: Origin) -> bool:
    return bool(source.url) and urls.loose(source.url) != urls.loose(source.feed)


def _merged(source: Origin, said: Origin, credited: Origin) -> Origin:
    """Combine the source's own statement, completed, with the credit of a line.

    The site in a line is better than a guess from a feed's address.
    """
    told = (
        _names_site(source) or not credited.url or urls.loose(credited.url) == urls.loose(said.url)
    )
    url = said.url if told else credited.url
    return replace(said, name=said.name or credited.name, url=url)


def _with_site(own: Origin, credited: Sequence[Credit], link: str) -> Origin:
    """Take the site's address from a credit to the post's own host, if the feed names no such site."""
    host = urls.host(link)
    if not host or urls.host(own.url) == host:
        return own
    for credit in credited:
        if (
            credit.site_url
            and urls.host(credit.site_url) == host
            and letters(credit.site) == letters(own.name)
        ):
            return replace(own, url=credit.site_url)
    return own


def _same(first: Origin, second: Origin) -> bool:
    is_named_so = bool(first.name) and letters(first.name) == letters(second.name)
    return is_named_so or (bool(first.url) and urls.host(first.url) == urls.host(second.url))


def _unique(places: Iterable[Origin]) -> list[Origin]:
    origins: list[Origin] = []
    for place in places:
        if not any(_same(place, other) for other in origins):
            origins.append(place)
    return origins
