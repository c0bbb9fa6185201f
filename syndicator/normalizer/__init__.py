"""ParsedFeed -> NormalizedFeed, pure: what a feed says becomes posts that are clean, credited and known again.

Whatever the source sends, `Post.content_html` is safe, every address absolute and allowed, every text legal
in XML. `Post.notes` says what was done and why.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from syndicator import urls
from syndicator.model import (
    Category,
    Credit,
    Entry,
    FetchFailed,
    NormalizedFeed,
    ParsedFeed,
    Person,
    Post,
    Source,
    SourceInfo,
    Text,
)
from syndicator.normalizer import (
    attribution,
    filters,
    identity,
    language,
    links,
    meaning,
    media,
    origin,
    sanitize,
    summary,
    text,
)
from syndicator.normalizer.images import Tally


def refusal(parsed: ParsedFeed, source: Source) -> FetchFailed | None:
    """Return the failure of a source that forbids republishing (access:restriction), None where it may be read."""
    if not parsed.head.denied or source.republish:
        return None
    return FetchFailed(
        source_id=source.id,
        url="" if source.private else parsed.url,
        kind="restricted",
        error="the feed forbids republishing (access:restriction, relationship deny)",
        advice="ask its owner; with their consent set republish = true for this source",
    )


def normalize(parsed: ParsedFeed, source: Source, now: datetime) -> NormalizedFeed:
    """Make the posts of a parsed feed's unseen entries, in its order.

    `now` (aware UTC) is what dates to come and `max_age` are judged against. Never raises for what a feed says.
    """
    info = _info(parsed, source)
    context = _Context(
        parsed,
        source,
        info,
        base=links.feed_base(parsed, info.link),
        now=now,
        sites=tuple(filter(None, (info.link, parsed.url, parsed.head.self_link))),
        names=tuple(filter(None, (source.name, parsed.head.title))),
    )
    posts = [_post(entry, context) for entry in parsed.entries]
    return NormalizedFeed(info, filters.capped(posts, source.filter.newest))


class _Context(NamedTuple):
    """What all entries of one feed share."""

    parsed: ParsedFeed
    source: Source
    info: SourceInfo
    base: str  # of the entries' own links
    now: datetime
    sites: tuple[str, ...]  # the source's own addresses
    names: tuple[str, ...]  # what it is called


class _Body(NamedTuple):
    """A body or summary on its way."""

    html: str = ""
    credits: tuple[Credit, ...] = ()
    tally: Tally = Tally()
    base: str = ""
    language: str = ""


def _info(parsed: ParsedFeed, source: Source) -> SourceInfo:
    head = parsed.head
    site = links.site(parsed)
    feed = "" if source.private else urls.web(source.url) or urls.web(head.self_link)
    name = source.name or text.title(Text(head.title, "text"))[0] or urls.host(site or source.url) or source.id
    info = SourceInfo(
        id=source.id,
        name=name,
        link=site,
        feed=feed,
        feed_id=links.guid(Entry("", guid=head.id)),
        language=head.language or source.language,
        rights=text.one_line(head.rights),
        updated=head.updated,
        private=source.private,
        noindex=head.noindex,
        description=text.title(Text(head.subtitle, "html"))[0],
    )
    return replace(
        info,
        licence=links.info_address(head, head.licence, info),
        image=links.info_address(head, head.image, info),
    )


def _post(entry: Entry, context: _Context) -> Post:
    source = context.source
    link = links.permalink(entry, context.base)
    title, twice = text.title(entry.title) if entry.title else ("", False)
    body, brief = _bodies(entry, link, title, context)
    words = text.words(body.html)
    base = link or context.base
    published, updated, dated = _dates(entry, context)
    files = media.enclosures(entry, base)
    html, short = _as_wanted(body.html, summary.choose(text.words(brief.html), words), source)
    credited = origin.decide(
        context.info,
        link=link,
        guid=entry.guid,
        source=entry.source,
        credits=body.credits or brief.credits,
        feed_links=context.sites,
    )
    spoken = language.of(
        body.language or entry.language, context.parsed.head.language, source.language, f"{title}\n{words}"
    )
    post = Post(
        source_id=source.id,
        keys=identity.keys(
            guid=entry.guid,
            link=link,
            title=title,
            text=words,
            published=entry.published,
            origin_link=credited.link if credited.republished else "",
            items=context.parsed.items,
        ),
        meaning=meaning.meaning(title=title, text=words, link=link, content_html=body.html, enclosures=files),
        guid=links.guid(entry),
        link=link,
        external_url=urls.web(entry.external_url, base),
        title=title,
        content_html=html,
        summary=short,
        text=words,
        language=spoken,
        authors=_people(entry, context),
        categories=_categories(entry),
        published=published,
        updated=updated,
        enclosures=files,
        image=media.lead(entry, files, body.html, base) if source.images == "keep" else None,
        comments=urls.web(entry.comments, base),
        comment_count=entry.comment_count,
        rights=text.one_line(entry.rights) or context.info.rights,
        licence=urls.web(entry.licence, base) or context.info.licence,
        episode=media.episode(entry, base),
        origin=credited.origin,
        origin_link=credited.link,
        via=credited.via,
        republished=credited.republished,
        attribution=attribution.choose(source.attribution, spoken, titled=bool(title)),
        noindex=entry.noindex or context.parsed.head.noindex,
        fingerprint=entry.fingerprint,
        notes=(*_notes(body, twice), *dated),
    )
    reason = filters.judge(post, source.filter, context.now)
    return replace(post, filtered=reason) if reason else post


def _bodies(entry: Entry, link: str, title: str, context: _Context) -> tuple[_Body, _Body]:
    """Return the body, and the summary where the source wrote one beside it."""
    written = [part for part in entry.contents if part.value.strip()]
    main = max(written, key=lambda part: (part.kind == "html", len(part.value)), default=None)
    brief = entry.summary
    if main is None:
        main, brief = brief, None
    body = _body(main, entry, link, title, context)
    return body, _body(brief, entry, link, title, context, body.credits)


def _body(
    part: Text | None, entry: Entry, link: str, title: str, context: _Context, seen: tuple[Credit, ...] = ()
) -> _Body:
    """Make one text of an entry safe and take the closing credits out; `seen` are those of another text of it."""
    if part is None or not part.value.strip():
        return _Body()
    base = links.body_base(part, entry, link, context.base)
    cleaned = sanitize.clean(sanitize.as_html(part), base, context.source.images)
    html, credited = attribution.strip(
        cleaned.html,
        post_link=link,
        guid=entry.guid,
        site_links=context.sites if entry.source is None else (*context.sites, entry.source.url, entry.source.feed),
        title=title,
        names=context.names,
        seen=seen,
    )
    return _Body(sanitize.finish(html), credited, cleaned.tally, _base_name(part, entry, base, link), part.language)


def _base_name(part: Text, entry: Entry, base: str, link: str) -> str:
    if part.base or entry.base:
        return "xml:base"
    return "the post's page" if base == link else "the feed"


def _as_wanted(html: str, short: str, source: Source) -> tuple[str, str]:
    """Return body and summary as far as the source's settings let them through."""
    if source.content == "full":
        return html, short
    return (sanitize.from_plain(short), short) if source.content == "summary" else ("", "")


def _dates(entry: Entry, context: _Context) -> tuple[datetime | None, datetime | None, list[str]]:
    """Return when the post was published and updated, and what was changed about it.

    Only `updated`: then that is its date. To come, where the source's `future` is "now": none, so that the
    time first seen stands; `Keys.instant` keeps what was written.
    """
    published, updated = entry.published or entry.updated, entry.updated
    if context.source.future != "now":
        return published, updated, []
    notes = []
    if published and published > context.now:
        notes.append(f"date to come ({published:%Y-%m-%d %H:%M}) replaced by the time first seen")
        published = None
    if updated and updated > context.now:
        updated = None
    return published, updated, notes


def _people(entry: Entry, context: _Context) -> tuple[Person, ...]:
    """Return the authors, the feed's where the entry names none; each name once."""
    found: dict[Person, None] = {}
    for person in entry.authors or context.parsed.head.authors:
        cleaned = Person(
            text.title(Text(person.name, "html"))[0],
            urls.web(person.uri, context.base),
            text.one_line(person.email),
        )
        if cleaned != Person():
            found[cleaned] = None
    return tuple(found)


def _categories(entry: Entry) -> tuple[Category, ...]:
    found: dict[str, Category] = {}
    for category in entry.categories:
        term, label = text.title(Text(category.term, "html"))[0], text.title(Text(category.label, "html"))[0]
        if term or label:
            found.setdefault(term.casefold(), Category(term or label, text.one_line(category.scheme), label))
    return tuple(found.values())


def _notes(body: _Body, twice: bool) -> list[str]:
    """Say in plain words what was done to a post."""
    tally = body.tally
    counted = (
        (tally.trackers, "tracker removed", "trackers removed"),
        (tally.bars, "share bar removed", "share bars removed"),
        (tally.lazy, "lazy image made visible", "lazy images made visible"),
        (tally.images, "image not shown", "images not shown"),
        (tally.embeds, "frame made a link", "frames made links"),
        (tally.resolved, f"address made absolute by {body.base}", f"addresses made absolute by {body.base}"),
    )
    notes = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
    return [*(["title was encoded twice"] if twice else []), *notes]
