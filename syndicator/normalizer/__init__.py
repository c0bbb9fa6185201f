"""ParsedFeed -> NormalizedFeed, pure: what a feed says becomes posts that are clean, credited and known again.

Whatever the source sends, `Post.content_html` is safe, every address absolute and allowed, every text legal
in XML. `Post.notes` says what was done and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from syndicator import languages, text_rules, urls
from syndicator.model.feed import Category, Entry, ParsedFeed, Person, Text
from syndicator.model.fetch import FetchFailed
from syndicator.model.post import Attribution, Keys, NormalizedFeed, Post, SourceInfo
from syndicator.model.settings import Source
from syndicator.normalizer import (
    attribution,
    bodies,
    filters,
    identity,
    language,
    links,
    media,
    summary,
    text,
)
from syndicator.normalizer.html import images, sanitize
from syndicator.normalizer.secrets import secrets_removed


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


def normalize(
    parsed: ParsedFeed,
    source: Source,
    now: datetime,
    *,
    spoken: str = "",
    longest: int = bodies.LONGEST,
) -> NormalizedFeed:
    """Make the posts of a parsed feed's unseen entries, in its order; one that says nothing is no post.

    `now` (aware UTC) is what dates to come and `max_age` are judged against. `spoken` is what earlier fetches found the
    source to speak (SourceInfo.spoken). A body of more than `longest` characters
    becomes an excerpt. Never raises for what a feed says.
    """
    info = _info(parsed, source, now)
    habitat = bodies.CleaningContext(
        base=links.feed_base(parsed, info.link),
        sites=tuple(filter(None, (info.link, parsed.url, parsed.head.self_link))),
        names=tuple(filter(None, (source.name, parsed.head.title))),
        policy=source.images,
        longest=longest,
        players=source.players,
    )
    context = _Context(
        parsed,
        source,
        info,
        habitat,
        identity.repeated_addresses(links.legal_items(parsed.items)),
        now,
    )
    entries = [entry for entry in parsed.entries if _says_something(entry)]
    posts = [_post(entry, context) for entry in entries]
    if not languages.normalise(source.language):
        info, posts = _by_other_posts(info, posts, spoken, source)
    notes = tuple(_remarks(parsed, empty=len(parsed.entries) - len(entries)))
    feed = NormalizedFeed(info, filters.capped(posts, source.filter.newest), notes)
    return secrets_removed(feed, source) if source.private and source.publish else feed


def _remarks(parsed: ParsedFeed, *, empty: int) -> Iterator[str]:
    """Say what the operator should know of the feed as a whole."""
    if empty:
        yield f"{empty} empty {'entry' if empty == 1 else 'entries'} left out"
    new = urls.web(parsed.head.new_url, parsed.url)
    if new and new not in {parsed.url, parsed.head.self_link}:
        yield f"says that it has moved to {new}"


def narrowed(post: Post, source: Source) -> Post:
    """Return a stored post as its source's `content` and `images` let it through now; what is gone stays gone."""
    html = images.restricted(post.content_html, source.images, images.SanitizeStats())
    html, short = _as_wanted(html, post.summary, source)
    return replace(
        post,
        content_html=html,
        summary=short,
        image=post.image if source.images == "keep" else None,
    )


def _says_something(entry: Entry) -> bool:
    """Tell an entry from an item in which nothing stands: a feed cut off behind `<item>`."""
    written = (entry.title, entry.summary, *entry.contents)
    return bool(
        entry.guid.strip()
        or any(link.href.strip() for link in entry.links)
        or any(part.value.strip() for part in written if part)
        or entry.enclosures
        or entry.external_url
    )


class _Context(Struct, frozen=True):
    """What all entries of one feed share."""

    parsed: ParsedFeed
    source: Source
    info: SourceInfo
    habitat: bodies.CleaningContext
    repeated: identity.Repeated
    now: datetime


def _info(parsed: ParsedFeed, source: Source, now: datetime) -> SourceInfo:
    """Return the source as we show it: the operator's name and language go before those of its feed."""
    head = parsed.head
    site = links.site(parsed)
    feed = "" if source.private else urls.web(source.url) or urls.web(head.self_link)
    title = text.title(Text(head.title, "text"))[0]
    base = head.base or site or feed
    return SourceInfo(
        id=source.id,
        name=source.name or title or urls.host(site or source.url) or source.id,
        link=site,
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
        description=text.title(Text(head.subtitle))[0],
        title=title if source.name and title != source.name else "",
    )


def _post(entry: Entry, context: _Context) -> Post:
    source, info, head = context.source, context.info, context.parsed.head
    link = links.permalink(entry, context.habitat.base)
    base = link or context.habitat.base  # of files, pictures and pages named beside the texts
    title, twice = text.title(entry.title) if entry.title else ("", False)
    body, brief = bodies.of(entry, link, title, context.habitat)
    # From here on the credits are gone: neither language nor keys nor hash depend on a line under the post.
    words = text.words(body.html)
    spoken = language.of(
        body.language or entry.language, head.language, source.language, f"{title}\n{words}"
    )
    credited = _credited(entry, link, body, brief, context)
    published, updated, dated = _dates(entry, context)
    files = media.enclosures(entry, base)
    html, short = _as_wanted(
        body.html, summary.choose(words if brief is body else text.words(brief.html), words), source
    )
    post = Post(
        source_id=source.id,
        keys=_keys(
            entry, link, title, words, credited.link if credited.republished else "", context
        ),
        content_hash=identity.content_hash(
            title=title,
            text=words,
            link=link,
            site=info.link,
            content_html=body.html,
            enclosures=files,
        ),
        identity_version=identity.VERSION,
        guid=links.identifier(entry.guid),
        link=link,
        external_url=urls.web(entry.external_url, base),
        title=title,
        content_html=html,
        summary=short,
        text=words,
        language=spoken,
        authors=_people(entry.authors or head.authors, context.habitat.base),
        categories=_categories(entry),
        published=published,
        updated=updated,
        enclosures=files,
        image=media.lead(entry, files, body.html, base) if source.images == "keep" else None,
        comments=urls.web(entry.comments, base),
        comment_count=entry.comment_count,
        rights=text_rules.line(entry.rights) or info.rights,
        licence=urls.web(entry.licence, base) or info.licence,
        episode=media.episode(
            entry,
            base,
            lambda said: bodies.plain(said, entry, link, title, context.habitat, body.credits),
        ),
        origin=credited.origin,
        origin_link=credited.link,
        via=credited.via,
        republished=credited.republished,
        noindex=entry.noindex or head.noindex,
        fingerprint=entry.fingerprint,
        notes=(*_notes(body, twice=twice, replaced=source.attribution.enabled), *dated),
    )
    post = replace(post, attribution=_own_line(post, spoken, source))
    # Last, since a filter asks the finished post; what it keeps back is stored all the same, to be known again.
    reason = filters.judge(post, source.filter, context.now)
    return replace(post, filtered=reason) if reason else post


def _by_other_posts(
    info: SourceInfo, posts: list[Post], spoken: str, source: Source
) -> tuple[SourceInfo, list[Post]]:
    """Let a feed's posts tell the language of those that do not tell it, or that declare a wrong one."""
    declared = languages.normalise(info.language)
    if declared:
        texts = [f"{post.title}\n{post.text}" for post in posts]
        spoken = language.heard(declared, texts, spoken)
        if not spoken:
            return info, posts
        tags = [
            language.in_heard(post.language, spoken, text)
            for post, text in zip(posts, texts, strict=True)
        ]
        info = replace(info, language=spoken, spoken=spoken)
    else:
        spoken = spoken or language.habit(post.language for post in posts)
        info = replace(info, spoken=spoken)
        tags = [post.language or _as_spoken(post, spoken) for post in posts]
    return info, [_in_language(post, tag, source) for post, tag in zip(posts, tags, strict=True)]


def _as_spoken(post: Post, spoken: str) -> str:
    """Return the language of the source for a post that tells none, where its letters allow it."""
    fits = spoken and language.befits(spoken, f"{post.title}\n{post.text}")
    return spoken if fits else ""


def _in_language(post: Post, tag: str, source: Source) -> Post:
    """Return a post in a language, with a credit worded in it."""
    if tag == post.language:
        return post
    return replace(post, language=tag, attribution=_own_line(post, tag, source))


def _own_line(post: Post, tag: str, source: Source) -> Attribution | None:
    """Choose the wording of a post's credit."""
    return attribution.choose(
        source.attribution,
        tag,
        titled=bool(post.title),
        authored=any(person.name for person in post.authors),
        fallback=source.fallback,
    )


def _keys(
    entry: Entry, link: str, title: str, words: str, origin_link: str, context: _Context
) -> Keys:
    return identity.keys(
        guid=text_rules.clean(entry.guid),
        link=link,
        title=title,
        text=words,
        published=entry.published,
        origin_link=origin_link,
        repeated=context.repeated,
    )


def _credited(
    entry: Entry, link: str, body: bodies.Body, brief: bodies.Body, context: _Context
) -> attribution.Decision:
    """Decide whom the post is credited to; the body's closing credits prove more than those of a cut summary."""
    return attribution.decide(
        context.info,
        link=link,
        guid=entry.guid,
        source=links.origin(entry, context.habitat.base),
        credits=body.credits or brief.credits,
        feed_links=context.habitat.sites,
    )


def _as_wanted(html: str, short: str, source: Source) -> tuple[str, str]:
    """Return body and summary as far as the source's settings let them through."""
    if source.content == "full":
        return html, short
    return (sanitize.from_plain(short), short) if source.content == "summary" else ("", "")


def _dates(entry: Entry, context: _Context) -> tuple[datetime | None, datetime | None, list[str]]:
    """Return when the post was published and updated, and what was changed about it.

    Where there is only `updated`, that is its date. One to come, where the source's `future` is "now", is
    none, so that the time first seen stands; `Keys.instant` keeps what was written. "hold" and "keep" leave
    it: the store holds back what is not yet due.
    """
    published, updated = entry.published or entry.updated, entry.updated
    if context.source.future != "now":
        return published, updated, []
    notes = []
    if published and published > context.now:
        notes.append(f"date to come ({published:%Y-%m-%d %H:%M}) replaced by the time first seen")
        published = None
    return published, None if updated and updated > context.now else updated, notes


@lru_cache(maxsize=512)
def _people(written: tuple[Person, ...], base: str) -> tuple[Person, ...]:
    """Return authors, each once; most posts of a feed have the same."""
    found: dict[Person, None] = {}
    for person in written:
        email = text_rules.line(person.email)
        name = _name(person.name)
        if _NO_REPLY.match(email):  # Blogger's address for an author whom it keeps to itself
            email, name = "", "" if name in {"Unknown", "noreply"} else name
        cleaned = Person(name, urls.web(person.uri, base), email)
        if cleaned != _NOBODY:
            found[cleaned] = None
    return tuple(found)


def _categories(entry: Entry) -> tuple[Category, ...]:
    """Return the categories as plain text, each once, whatever its case."""
    found: dict[str, Category] = {}
    for category in entry.categories:
        term, label = _name(category.term), _name(category.label)
        if term or label:
            found.setdefault(
                (term or label).casefold(),
                Category(term or label, text_rules.line(category.scheme), label),
            )
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _name(written: str) -> str:
    return text.title(Text(written))[0] if written else ""


def _notes(body: bodies.Body, *, twice: bool, replaced: bool) -> Iterator[str]:
    """Say in plain words what was done to a post, and why."""
    if twice:
        yield "title decoded twice"
    for credit in body.credits:
        yield f"attribution {'replaced' if replaced else 'removed'} ({credit.locale or 'by its links'})"
    yield from bodies.notes(body)


_NOBODY = Person()
_NO_REPLY = re.compile(r"(?:no|do-?not)-?reply@", re.IGNORECASE)
