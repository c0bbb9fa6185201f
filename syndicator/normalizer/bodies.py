"""Clean the body and the summary of an entry, and remove the credits at their ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from msgspec import Struct

from syndicator.model.feed import Entry, Text
from syndicator.model.post import Credit
from syndicator.normalizer import attribution, links, text
from syndicator.normalizer.html import images, sanitize
from syndicator.normalizer.html.images import Policy, SanitizeStats
from syndicator.quantities import counted

LONGEST = 1_000_000  # characters of a body
_EXCERPT = 3000  # characters that stand for a longer one
_GROWTH, _SMALL = 10, 100_000  # no body of more than the second becomes ten times as long


class CleaningContext(Struct, frozen=True):
    """Facts that all texts of one feed share."""

    base: str  # address against which the entries' own links are resolved
    sites: tuple[str, ...]  # the source's own addresses
    names: tuple[str, ...]  # the source's names
    policy: Policy = "keep"  # for images
    longest: int = LONGEST  # characters of a body
    players: tuple[str, ...] = ()  # hosts whose frames are shown, besides the known ones


class Body(Struct, frozen=True):
    """One text of an entry, cleaned."""

    html: str = ""
    credits: tuple[Credit, ...] = ()  # the removed credits, the innermost first
    stats: SanitizeStats | None = None
    base: str = ""  # the origin of its base address, in words
    language: str = ""
    cut: bool = False  # it was too long, and is an excerpt


def body_and_summary(
    entry: Entry, link: str, title: str, context: CleaningContext
) -> tuple[Body, Body]:
    """Return an entry's body, and its summary if the source wrote one beside it.

    HTML is preferred to plain text, then the longer text. A lone summary becomes the body.
    """
    main, summary = main_text(entry), entry.summary
    if main is summary:
        summary = None
    body = _cleaned(main, entry, link, title, context)
    if summary is not None and not images.shows_something(body.html) and not text.words(body.html):
        main, summary = summary, None  # "<p></p>" beside a description
        body = _cleaned(main, entry, link, title, context)
    if summary == main and summary is not None:  # many feeds write the text twice
        return body, body
    return body, _cleaned(summary, entry, link, title, context, body.credits)


def main_text(entry: Entry) -> Text | None:
    """Return the longest HTML text of an entry, else the longest plain one, else its summary."""
    contents = [part for part in entry.contents if part.value.strip()]
    return max(
        contents, key=lambda part: (part.kind == "html", len(part.value)), default=entry.summary
    )


def _cleaned(
    part: Text | None,
    entry: Entry,
    link: str,
    title: str,
    context: CleaningContext,
    seen: tuple[Credit, ...] = (),
) -> Body:
    """Clean one text and remove its closing credits; `seen` are those of the entry's body."""
    if part is None or not part.value.strip():
        return Body()
    base = links.body_base(part, entry, link, context.base)
    written = sanitize.as_html(part)
    html, stats = sanitize.clean(written, base, context.policy, context.players)
    if len(html) > min(context.longest, _SMALL + _GROWTH * len(written)):
        return Body(_excerpt(html, link), stats=stats, language=part.language, cut=True)
    origin = (entry.source.url, entry.source.feed) if entry.source else ()
    html, credited = attribution.strip(
        html,
        post_link=link,
        guid=entry.guid,
        site_links=(*context.sites, *origin),
        title=title,
        names=context.names,
        seen=seen,
    )
    in_words = _base_in_words(part, entry, base, link)
    return Body(sanitize.finish(html), credited, stats, in_words, part.language)


def with_figure(html: str, figures: Iterable[str], base: str, context: CleaningContext) -> str:
    """Return a body below the first of these figures that the rules for HTML let show something."""
    for figure in figures:
        cleaned, _ = sanitize.clean(figure, base, context.policy, context.players)
        if images.shows_something(cleaned):
            return f"{sanitize.finish(cleaned)}\n{html}".rstrip()
    return html


def _excerpt(html: str, link: str) -> str:
    """Return the first words of a body that is too long, and a link to the post."""
    words = text.excerpt(text.words(html), _EXCERPT)
    page = escape(link)
    more = link and f'<p><a href="{page}" rel="noopener noreferrer">{page}</a></p>'
    return sanitize.from_plain(words, links=False) + more


def plain(
    written: str,
    entry: Entry,
    link: str,
    title: str,
    context: CleaningContext,
    seen: tuple[Credit, ...],
) -> str:
    """Remove the closing credits from a plain text beside the body (itunes:summary)."""
    left, _ = attribution.strip(
        written,
        post_link=link,
        guid=entry.guid,
        site_links=context.sites,
        title=title,
        text_mode=True,
        names=context.names,
        seen=seen,
    )
    return left


def _base_in_words(part: Text, entry: Entry, base: str, link: str) -> str:
    if part.base or entry.base:
        return "xml:base"
    return "the post's page" if base == link else "the feed"


def notes(body: Body) -> Iterator[str]:
    """Yield a line for each kind of change made to a body."""
    if body.cut:
        yield "body cut to an excerpt: it was too long"
    stats = body.stats or SanitizeStats()
    for count, noun, plural in (
        (stats.unsafe, "script, style or form removed", "scripts, styles or forms removed"),
        (stats.hidden, "hidden element removed", "hidden elements removed"),
        (stats.trackers, "tracker removed", "trackers removed"),
        (stats.bars, "share bar removed", "share bars removed"),
        (stats.lazy, "lazy image made visible", "lazy images made visible"),
        (stats.images, "image not shown", "images not shown"),
        (stats.embeds, "frame made a link", "frames made links"),
        (
            stats.resolved,
            f"address made absolute by {body.base}",
            f"addresses made absolute by {body.base}",
        ),
    ):
        if count:
            yield counted(count, noun, plural)
