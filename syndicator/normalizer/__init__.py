"""Normalize the entries of a parsed feed into posts: clean, credited, with keys of identity.

The steps, in order: the source (`source_info`), texts (`bodies`, `html`), credits (`attribution`),
language, dates, files (`media`), `people`, keys and content hash (`identity`), filters. All of it
is pure.

Whatever the source sends, `Post.content_html` is safe, every address is absolute and allowed, and
every text is legal in XML. `Post.notes` lists the changes and their reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from syndicator import filters, languages, text_rules, timezones, urls
from syndicator.model.feed import Entry, Episode, ParsedFeed
from syndicator.model.fetch import FetchFailed
from syndicator.model.post import Attribution, Keys, NormalizedFeed, Post, SourceInfo
from syndicator.model.settings import Source
from syndicator.normalizer import (
    attribution,
    bodies,
    identity,
    language,
    links,
    media,
    people,
    source_info,
    text,
)
from syndicator.normalizer.html import images, sanitize
from syndicator.normalizer.secrets import secrets_removed
from syndicator.quantities import counted


def refusal(parsed: ParsedFeed, source: Source) -> FetchFailed | None:
    """Return the failure of a source that forbids republishing (access:restriction), else None."""
    if not parsed.head.denied or source.republish:
        return None
    return FetchFailed(
        source_id=source.id,
        url=source.unless_private(parsed.url),
        kind="restricted",
        error="the feed forbids republishing (access:restriction, relationship deny)",
        advice="ask its owner; with their consent set republish = true for this source",
    )


def normalize(
    parsed: ParsedFeed,
    source: Source,
    now: datetime,
    *,
    spoken: str = "",
    longest: int = bodies.LONGEST,
) -> NormalizedFeed:
    """Return the posts of a parsed feed's new entries, in order; empty entries are left out.

    Future dates and `max_age` are judged against `now` (aware UTC). `spoken` is the language that
    earlier fetches found (SourceInfo.spoken). A body of more than `longest` characters becomes an
    excerpt. Never raises, whatever the feed contains.
    """
    info, site = source_info.as_shown(parsed, source, now), links.site(parsed)
    # By the feed's own site: a corrected one moves no address, no text and no hash.
    cleaning = bodies.CleaningContext(
        base=links.feed_base(parsed, site),
        sites=tuple(filter(None, (site, parsed.url, parsed.head.self_link))),
        names=tuple(filter(None, (source.name, parsed.head.title))),
        policy=source.images,
        longest=longest,
        players=source.players,
    )
    context = _Context(
        parsed,
        source,
        info,
        site,
        cleaning,
        identity.repeated_addresses(links.legal_items(parsed.items)),
        now,
    )
    entries = list(filter(_says_something, parsed.entries))
    posts = [_post(entry, context) for entry in entries]
    if not languages.normalise(source.language):
        info, posts = _by_other_posts(info, posts, spoken, source)
    notes = tuple(_remarks(parsed, empty=len(parsed.entries) - len(entries)))
    deleted = tuple(map(links.identifier, parsed.head.deleted))
    feed = NormalizedFeed(info, filters.capped(posts, source.filter.newest), notes, deleted)
    if source.private:
        return secrets_removed(feed, source)
    return feed


def _remarks(parsed: ParsedFeed, *, empty: int) -> Iterator[str]:
    """Yield remarks for the operator on the feed as a whole."""
    if empty:
        yield f"{counted(empty, 'empty entry', 'empty entries')} left out"
    new = urls.web(parsed.head.new_url, parsed.url)
    if new and new not in {parsed.url, parsed.head.self_link}:
        yield f"says that it has moved to {new}"


def narrowed(post: Post, source: Source) -> Post:
    """Cut a stored post to the `content` and `images` that its source's settings allow now."""
    html = images.restricted(post.content_html, source.images, images.SanitizeStats())
    html, short = _as_wanted(html, post.summary, source)
    return replace(
        post,
        content_html=html,
        summary=short,
        image=post.image if source.images == "keep" else None,
    )


def _says_something(entry: Entry) -> bool:
    """Tell whether an entry has any content; a feed that was cut off may end with an empty one."""
    written = (entry.title, entry.summary, *entry.contents)
    return bool(
        entry.guid.strip()
        or any(link.href.strip() for link in entry.links)
        or any(part.value.strip() for part in written if part)
        or entry.enclosures
        or entry.external_url
    )


class _Context(Struct, frozen=True):
    """Facts that all entries of one feed share."""

    parsed: ParsedFeed
    source: Source
    info: SourceInfo
    site: str  # the feed's own word, which `info.link` may correct
    cleaning: bodies.CleaningContext
    repeated: identity.Repeated
    now: datetime


def _post(entry: Entry, context: _Context) -> Post:
    source, info, head = context.source, context.info, context.parsed.head
    link = links.permalink(entry, context.cleaning.base)
    base = link or context.cleaning.base  # of files, pictures and pages named beside the texts
    title, twice = text.title(entry.title) if entry.title else ("", False)
    body, brief = bodies.body_and_summary(entry, link, title, context.cleaning)
    # Without the credits: neither language nor keys nor hash depend on a line under the post.
    words = text.words(body.html)
    credited = _credited(entry, link, body, brief, context)
    # The operator's `author` never stands for a post that was proved to be another site's.
    usual = "" if credited.republished else source.author
    published, updated, dated = _dates(entry, context)
    files = media.enclosures(entry, base)
    image = media.lead(entry, files, body.html, base) if source.images == "keep" else None
    html, short = _as_wanted(
        body.html, text.summary(words if brief is body else text.words(brief.html), words), source
    )
    if source.content == "full" and not images.shows_something(html):
        shown = media.figures(entry, files, image, pictured=not words)
        html = bodies.with_figure(html, shown, base, context.cleaning)
    post = Post(
        source_id=source.id,
        keys=Keys(),
        content_hash="",
        identity_version=identity.VERSION,
        guid=links.identifier(entry.guid),
        link=link,
        external_url=urls.web(entry.external_url, base),
        title=title,
        content_html=html,
        summary=short,
        text=words,
        language=_language(entry, body, f"{title}\n{words}", context),
        authors=people.authors(entry, head.authors, context.cleaning.base, usual),
        categories=people.categories(entry),
        published=published,
        updated=updated,
        enclosures=files,
        image=image,
        comments=urls.web(entry.comments, base),
        comment_count=entry.comment_count,
        rights=text_rules.line(entry.rights) or info.rights,
        licence=urls.web(entry.licence, base) or info.licence,
        episode=entry.episode and _episode(entry.episode, entry, link, title, body, context),
        origin=credited.origin,
        origin_link=credited.link,
        via=credited.via,
        republished=credited.republished,
        noindex=entry.noindex or head.noindex,
        rsl=text_rules.clean(entry.rsl),
        fingerprint=entry.fingerprint,
        notes=(*_notes(body, twice=twice, replaced=source.attribution.enabled), *dated),
    )
    return _finished(post, entry, body.html, context)


def _language(entry: Entry, body: bodies.Body, words: str, context: _Context) -> str:
    """Return the language of a post: as it, its feed or the operator says, or as its words read."""
    said = body.language or entry.language
    return language.choose(said, context.parsed.head.language, context.source.language, words)


def _episode(
    said: Episode, entry: Entry, link: str, title: str, body: bodies.Body, context: _Context
) -> Episode:
    """Return the podcast elements, cleaned; their texts without the credits that the body has."""

    def plain(text: str) -> str:
        return bodies.plain(text, entry, link, title, context.cleaning, body.credits)

    return media.episode(said, link or context.cleaning.base, plain)


def _finished(post: Post, entry: Entry, body_html: str, context: _Context) -> Post:
    """Add to a post the parts that depend on the rest: keys, hash, credit and the verdict of filters.

    `body_html` is the whole body, of which the source's settings may publish less.
    """
    source = context.source
    post = replace(
        post,
        keys=identity.keys(
            guid=text_rules.clean(entry.guid),
            link=post.link,
            title=post.title,
            text=post.text,
            published=entry.published,
            origin_link=post.origin_link if post.republished else "",
            repeated=context.repeated,
        ),
        content_hash=identity.content_hash(
            title=post.title,
            text=post.text,
            link=post.link,
            site=context.site,
            content_html=body_html,
            enclosures=post.enclosures,
        ),
        attribution=own_line(post, post.language, source),
    )
    # Last, since a filter judges the finished post. A post that it refuses is stored all the same.
    reason = filters.judge(post, source.filter, context.now)
    return replace(post, filtered=reason) if reason else post


def _by_other_posts(
    info: SourceInfo, posts: list[Post], spoken: str, source: Source
) -> tuple[SourceInfo, list[Post]]:
    """Correct missing and wrong languages of posts by the other posts of the feed."""
    if declared := languages.normalise(info.language):
        texts = [f"{post.title}\n{post.text}" for post in posts]
        if not (spoken := language.spoken_in_feed(declared, texts, spoken)):
            return info, posts
        tags = [
            language.spoken_in_post(post.language, spoken, text)
            for post, text in zip(posts, texts, strict=True)
        ]
        info = replace(info, language=spoken, spoken=spoken)
    else:
        spoken = spoken or language.habit(post.language for post in posts)
        info = replace(info, spoken=spoken)
        tags = [post.language or _as_spoken(post, spoken) for post in posts]
    return info, [_in_language(post, tag, source) for post, tag in zip(posts, tags, strict=True)]


def _as_spoken(post: Post, spoken: str) -> str:
    """Return the source's language for a post without one, if its letters allow it."""
    fits = spoken and language.befits(spoken, f"{post.title}\n{post.text}")
    return spoken if fits else ""


def _in_language(post: Post, tag: str, source: Source) -> Post:
    """Return a post in a language, with a credit worded in it."""
    if tag == post.language:
        return post
    return replace(post, language=tag, attribution=own_line(post, tag, source))


def own_line(post: Post, tag: str, source: Source) -> Attribution | None:
    """Choose the wording of a post's credit, in the language `tag`."""
    return attribution.choose(
        source.attribution,
        tag,
        titled=bool(post.title),
        authored=bool(post.author_names),
        fallback=source.fallback,
    )


def _credited(
    entry: Entry, link: str, body: bodies.Body, brief: bodies.Body, context: _Context
) -> attribution.Decision:
    """Choose the site to credit; credits of the body prove more than those of a cut summary."""
    return attribution.decide(
        context.info,
        link=link,
        source=links.origin(entry, context.cleaning.base),
        credits=body.credits or brief.credits,
        feed_links=context.cleaning.sites,
    )


def _as_wanted(html: str, short: str, source: Source) -> tuple[str, str]:
    """Return body and summary, cut to the `content` that the source's settings allow."""
    if source.content == "full":
        return html, short
    if source.content == "summary":
        return (sanitize.from_plain(short), short)
    return ("", "")


def _dates(entry: Entry, context: _Context) -> tuple[datetime | None, datetime | None, list[str]]:
    """Return the dates of publication and update, and notes on changes to them.

    A lone `updated` is the date of publication. If the source's `future` is "now", a future date is
    dropped, so that the time of first sight counts; `Keys.instant` keeps the written date. "hold"
    and "keep" leave it, and the store holds a post back until it is due.
    """
    updated = _in_zone(entry.updated, entry.updated_clock, context.source)
    published = _in_zone(entry.published, entry.published_clock, context.source) or updated
    written = entry.published or entry.updated
    notes = []
    if written and published and written != published:
        zone = context.source.timezone
        notes.append(f"date read as of {zone}, not as {written:%Y-%m-%d %H:%M} UTC (timezone)")
    if context.source.future != "now":
        return published, updated, notes
    if published and published > context.now:
        notes.append(f"date to come ({published:%Y-%m-%d %H:%M}) replaced by the time first seen")
        published = None
    return published, None if updated and updated > context.now else updated, notes


def _in_zone(date: datetime | None, clock: datetime | None, source: Source) -> datetime | None:
    """Return a date, its clock read in the source's `timezone` where that is set."""
    if date is None or clock is None or not source.timezone:
        return date
    try:
        return clock.replace(tzinfo=timezones.zone(source.timezone)).astimezone(UTC)
    except OverflowError:  # the first or last hours of the calendar
        return date


def _notes(body: bodies.Body, *, twice: bool, replaced: bool) -> Iterator[str]:
    """Yield a line for each kind of change made to a post."""
    if twice:
        yield "title decoded twice"
    for credit in body.credits:
        change = "replaced" if replaced else "removed"
        yield f"attribution {change} ({credit.locale or 'by its links'})"
    yield from bodies.notes(body)
