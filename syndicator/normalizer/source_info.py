"""A parsed feed and its source's settings -> the source as shown. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from syndicator import text_rules, urls
from syndicator.model.feed import ParsedFeed, Text, Wishes
from syndicator.model.post import Declared, SourceInfo
from syndicator.model.settings import Source
from syndicator.normalizer import links, people, text


def as_shown(parsed: ParsedFeed, source: Source, now: datetime) -> SourceInfo:
    """Return the source as shown: the operator's name and language go before the feed's."""
    head = parsed.head
    site = links.site(parsed)
    feed = source.unless_private(urls.web(source.url) or urls.web(head.self_link))
    title = text.title(Text(head.title, "text"))[0]
    base = head.base or site or feed
    return SourceInfo(
        id=source.id,
        name=source.name or title or urls.host(site or source.url) or source.id,
        link=source.site or site,
        feed=feed,
        feed_id=links.identifier(head.id),
        language=source.language or head.language,
        rights=text_rules.line(head.rights),
        licence=urls.web(head.licence, base),
        image=source.icon or urls.web(head.image, base),
        updated=head.updated if head.updated and head.updated <= now else None,
        private=source.private,
        noindex=head.noindex,
        denied=head.denied,
        wishes=_wishes(parsed.wishes, source),
        description=text.title(Text(head.subtitle))[0],
        title=title if source.name and title != source.name else "",
        declared=Declared() if source.private else _declared(parsed, title, site, base),
    )


def _wishes(stated: Wishes, source: Source) -> Wishes:
    """Return the wishes of a source; an address that a private one names may hold a secret."""
    return replace(stated, tdm_policy="", rsl="") if source.private else stated


def _declared(parsed: ParsedFeed, title: str, site: str, base: str) -> Declared:
    """Return the words of a feed on itself; `title` and `site` are its own, `base` its addresses'."""
    head = parsed.head
    names = (person.name for person in people.cleaned(head.authors, base))
    return Declared(
        name=title,
        author=", ".join(filter(None, names)),
        language=text_rules.line(head.language),
        link=site,
        image=urls.web(head.image, base),
        generator=text_rules.line(head.generator),
    )
