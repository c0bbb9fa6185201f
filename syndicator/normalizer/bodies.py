"""An entry's texts -> its body and its summary: safe, without closing credits, and what was done to them."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from msgspec import Struct

from syndicator.model.feed import Entry, Text
from syndicator.model.post import Credit
from syndicator.normalizer import attribution, links, text
from syndicator.normalizer.html import sanitize
from syndicator.normalizer.html.images import Policy, SanitizeStats

LONGEST = 1_000_000  # characters of a body
_EXCERPT = 3000  # characters that stand for a longer one
_GROWTH, _SMALL = 10, 100_000  # no body of more than the second becomes ten times as long


class CleaningContext(Struct, frozen=True):
    """What all texts of one feed share: where they live, and how their source is called and handled."""

    base: str  # of the entries' own links
    sites: tuple[str, ...]  # the source's own addresses
    names: tuple[str, ...]  # what it is called
    policy: Policy = "keep"  # for images
    longest: int = LONGEST  # characters of a body


class Body(Struct, frozen=True):
    """One text of an entry, made safe."""

    html: str = ""
    credits: tuple[Credit, ...] = ()  # that were taken out, the innermost first
    tally: SanitizeStats | None = None
    base: str = ""  # what its relative addresses stood against, in words
    language: str = ""
    cut: bool = False  # it was too long, and is an excerpt


def of(entry: Entry, link: str, title: str, habitat: CleaningContext) -> tuple[Body, Body]:
    """Return an entry's body, and its summary where the source wrote one beside it.

    HTML goes before plain text, the longer before the shorter; where there is only a summary, it is the body.
    """
    written = [part for part in entry.contents if part.value.strip()]
    main = max(written, key=lambda part: (part.kind == "html", len(part.value)), default=None)
    brief = entry.summary
    if main is None:
        main, brief = brief, None
    body = _cleaned(main, entry, link, title, habitat)
    if brief == main and brief is not None:  # many feeds say everything twice
        return body, body
    return body, _cleaned(brief, entry, link, title, habitat, body.credits)


def _cleaned(
    part: Text | None,
    entry: Entry,
    link: str,
    title: str,
    habitat: CleaningContext,
    seen: tuple[Credit, ...] = (),
) -> Body:
    """Make one text safe and take the closing credits out; `seen` are those of the entry's other text."""
    if part is None or not part.value.strip():
        return Body()
    base = links.body_base(part, entry, link, habitat.base)
    written = sanitize.as_html(part)
    html, tally = sanitize.clean(written, base, habitat.policy)
    if len(html) > min(habitat.longest, _SMALL + _GROWTH * len(written)):
        return Body(_excerpt(html, link), tally=tally, language=part.language, cut=True)
    html, credited = attribution.strip(
        html,
        post_link=link,
        guid=entry.guid,
        site_links=habitat.sites
        if entry.source is None
        else (*habitat.sites, entry.source.url, entry.source.feed),
        title=title,
        names=habitat.names,
        seen=seen,
    )
    return Body(
        sanitize.finish(html), credited, tally, _in_words(part, entry, base, link), part.language
    )


def _excerpt(html: str, link: str) -> str:
    """Return the first words of a body that is too long, and a link to the post."""
    words = text.excerpt(text.words(html), _EXCERPT)
    page = escape(link)
    more = f'<p><a href="{page}" rel="noopener noreferrer">{page}</a></p>' if link else ""
    return sanitize.from_plain(words) + more


def plain(
    written: str,
    entry: Entry,
    link: str,
    title: str,
    habitat: CleaningContext,
    seen: tuple[Credit, ...],
) -> str:
    """Take the closing credits out of a plain text beside the body (itunes:summary)."""
    left, _ = attribution.strip(
        written,
        post_link=link,
        guid=entry.guid,
        site_links=habitat.sites,
        title=title,
        text_mode=True,
        names=habitat.names,
        seen=seen,
    )
    return left


def _in_words(part: Text, entry: Entry, base: str, link: str) -> str:
    if part.base or entry.base:
        return "xml:base"
    return "the post's page" if base == link else "the feed"


def notes(body: Body) -> Iterator[str]:
    """Say in plain words what was done to a body."""
    if body.cut:
        yield "body cut to an excerpt: it was too long"
    tally = body.tally or SanitizeStats()
    for count, one, many in (
        (tally.unsafe, "script, style or form removed", "scripts, styles or forms removed"),
        (tally.trackers, "tracker removed", "trackers removed"),
        (tally.bars, "share bar removed", "share bars removed"),
        (tally.lazy, "lazy image made visible", "lazy images made visible"),
        (tally.images, "image not shown", "images not shown"),
        (tally.embeds, "frame made a link", "frames made links"),
        (
            tally.resolved,
            f"address made absolute by {body.base}",
            f"addresses made absolute by {body.base}",
        ),
    ):
        if count:
            yield f"{count} {one if count == 1 else many}"
