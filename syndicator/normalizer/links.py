"""Make the addresses of an entry absolute and safe, each against the right base.

The bases, in the order of the standards: `xml:base` (RFC 4287, 2; the parser has resolved links
against it already), then the entry's own page, then the feed.
"""

from __future__ import annotations

from msgspec.structs import replace

from syndicator import text_rules, urls
from syndicator.model.feed import Entry, ItemKey, Origin, ParsedFeed, Text
from syndicator.normalizer import text

# "": most links to pages say no type.
_PAGES = frozenset({"", "text/html", "application/xhtml+xml"})


def site(parsed: ParsedFeed) -> str:
    """Return the address of the source's site as given by its feed, "" for none."""
    return urls.web(parsed.head.link, parsed.head.base or parsed.url)


def feed_base(parsed: ParsedFeed, site_link: str) -> str:
    """Return the base of an entry's own relative links.

    For Atom and JSON Feed this is the address of the feed (RFC 4287, 4.2.7.1). For RSS it is the
    site, since its relative links were written for the site, and also for a feed on another host
    than its site: a service such as FeedBurner moved it there.
    """
    base = parsed.head.base
    if base:
        return base
    own = urls.web(parsed.url) or urls.web(parsed.head.self_link)
    if not own or (
        site_link
        and (parsed.head.version.startswith("rss") or urls.host(own) != urls.host(site_link))
    ):
        return site_link or own
    return own


def permalink(entry: Entry, base: str) -> str:
    """Return the entry's page: its first alternate link to a page, any other, or a permalink guid."""
    alternates = [link for link in entry.links if link.rel == "alternate"]
    # Sorting is stable: the first of the pages; a feed or a PDF only if there is no page.
    for link in sorted(alternates, key=lambda link: link.type not in _PAGES):
        if url := urls.web(link.href, base):
            return urls.without_tracking(url)
    # A guid that is no permalink may be an address, but then it has no base.
    if entry.guid_is_permalink or not alternates:
        # A permalink by default only (RSS 2.0), so "aae20190418" is a mere id.
        is_relative = entry.guid_is_permalink and "/" in entry.guid
        guid = urls.web(entry.guid, base if is_relative else "")
        return urls.without_tracking(guid)
    return ""


def identifier(written: str) -> str:
    r"""Return an id as given by the source, "" for an address that would run a script.

    >>> identifier(" tag:a.example,2024:1\n"), identifier("java\tscript:alert(1)")
    ('tag:a.example,2024:1', '')
    """
    return "" if urls.runs(written) else text_rules.line(written)


def legal_items(items: tuple[ItemKey, ...]) -> tuple[ItemKey, ...]:
    """Return the items of a fetch without halves of surrogate pairs, which JSON can spell."""
    together = "".join(item.guid + item.link for item in items)
    if text_rules.clean(together) == together:
        return items
    return tuple(
        ItemKey(item.fingerprint, text_rules.clean(item.guid), text_rules.clean(item.link))
        for item in items
    )


def origin(entry: Entry, base: str) -> Origin | None:
    """Return the content of atom:source or RSS `<source>`, cleaned; None for an empty one."""
    said = entry.source
    if said is None:
        return None
    cleaned = replace(
        said,
        name=text.title(Text(said.name))[0],
        url=urls.web(said.url, base),
        feed=urls.web(said.feed, base),
        id=identifier(said.id),
        rights=text_rules.line(said.rights),
        language=text_rules.line(said.language),
    )
    return cleaned if cleaned != Origin() else None


def body_base(part: Text, entry: Entry, link: str, fallback: str) -> str:
    """Return the base of the addresses in a body."""
    return urls.web(part.base) or urls.web(entry.base) or link or fallback
