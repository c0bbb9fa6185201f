"""An entry's addresses -> absolute, safe and valid ones, each resolved against the right base.

Bases, in the order of the standards: what an `xml:base` says (RFC 4287, 2; the parser has resolved links
against a written one already), then the entry's own page, then the feed.
"""

from __future__ import annotations

from syndicator import urls
from syndicator.model import Entry, FeedHead, ParsedFeed, SourceInfo, Text
from syndicator.normalizer import text

_PAGES = frozenset({"", "text/html", "application/xhtml+xml"})


def site(parsed: ParsedFeed) -> str:
    """Return the address of the source's site, as its feed gives it; "" where it gives none."""
    return urls.web(parsed.head.link, parsed.head.base or parsed.url)


def feed_base(parsed: ParsedFeed, site_link: str) -> str:
    """Return what an entry's own relative links stand against.

    For Atom and JSON Feed the address of the feed (RFC 4287, 4.2.7.1), for RSS, whose relative links were
    written for the site, the site. A feed that stands on another host than its site was moved there by a
    service (FeedBurner): the site it is.
    """
    base = parsed.head.base
    if base:
        return base
    own = urls.web(parsed.url) or urls.web(parsed.head.self_link)
    if not own or (site_link and (parsed.head.version.startswith("rss") or urls.host(own) != urls.host(site_link))):
        return site_link or own
    return own


def permalink(entry: Entry, base: str) -> str:
    """Return the entry's page: its first alternate that is a page, else any, else a guid that says it is one."""
    alternates = [link for link in entry.links if link.rel == "alternate"]
    for link in sorted(alternates, key=lambda link: link.type not in _PAGES):
        if url := urls.web(link.href, base):
            return urls.without_tracking(url)
    if entry.guid_is_permalink or not alternates:
        guid = urls.web(entry.guid, base) if entry.guid_is_permalink else urls.web(entry.guid)
        return urls.without_tracking(guid)
    return ""


def guid(entry: Entry) -> str:
    r"""Return the entry's id as the source gave it; "" where it is an address that would run something.

    >>> guid(Entry("", guid=" tag:a.example,2024:1\n")), guid(Entry("", guid="javascript:alert(1)"))
    ('tag:a.example,2024:1', '')
    """
    written = text.one_line(entry.guid)
    return "" if urls.runs(entry.guid) else written


def body_base(part: Text, entry: Entry, link: str, fallback: str) -> str:
    """Return what the addresses in a body stand against."""
    return urls.web(part.base) or urls.web(entry.base) or link or fallback


def info_address(head: FeedHead, address: str, info: SourceInfo) -> str:
    """Return one of the feed's own addresses (image, licence), absolute."""
    return urls.web(address, head.base or info.link or info.feed)
