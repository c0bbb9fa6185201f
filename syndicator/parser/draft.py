"""The unfinished entry that both readers fill, and the rules that finish it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from syndicator.model.feed import (
    Category,
    Chapter,
    Enclosure,
    Entry,
    Episode,
    Image,
    ItemKey,
    Link,
    Origin,
    Person,
    PodcastPerson,
    Text,
    Transcript,
)
from syndicator.namespaces import EPISODE_WORDS
from syndicator.parser.dates import instant_and_clock
from syndicator.parser.values import text_kind
from syndicator.parser.xml_tree import Element, Scope

T = TypeVar("T")


class Draft(Struct):
    """The fields of an Entry while they are read, and substitutes for missing ones.

    msgspec copies an empty default, so each draft has its own lists.
    """

    guid: str = ""
    guid_is_permalink: bool = False
    links: list[Link] = []
    title: Text | None = None
    contents: list[Text] = []
    summary: Text | None = None
    authors: list[Person] = []
    contributors: list[Person] = []
    # The dates as they are written.
    published: str = ""
    created: str = ""
    updated: str = ""
    categories: list[Category] = []
    enclosures: list[Enclosure] = []
    images: list[Image] = []
    language: str = ""  # dc:language
    comments: str = ""
    replies: str = ""  # a page of comments in Atom, where there is no `comments`
    comment_count: int | None = None
    rights: str = ""
    licence: str = ""
    source: Origin | None = None
    episode: dict[str, str] = {}
    transcripts: list[Transcript] = []
    people: list[PodcastPerson] = []
    marks: list[Chapter] = []  # psc:chapters
    media: list[Enclosure] = []  # media:content, after the enclosures
    media_categories: list[Category] = []  # itunes and media, after the others
    media_title: str = ""
    media_text: Text | None = None
    full_text: Text | None = None  # yandex:full-text, a body where there is a summary alone
    spare_body: Text | None = None  # media:text, source:markdown: a body where there is nothing
    original_link: str = ""  # feedburner:origLink
    noindex: bool = False
    rsl: str = ""


Reader = Callable[[Draft, Element, Scope], None]  # of one element into a draft


def entry(draft: Draft, fingerprint: str, language: str = "", base: str = "") -> Entry:
    """Finish a draft: podcast and media elements stand in for missing plain ones."""
    is_episode = draft.episode or draft.transcripts or draft.people or draft.marks
    episode = _episode(draft) if is_episode else None
    body = draft.full_text or (draft.spare_body if draft.summary is None else None)
    if not draft.contents and body:
        draft.contents = [body]
    if draft.original_link and not alternate(draft.links):
        draft.links.append(Link(draft.original_link))
    language = _speak(draft, language) if draft.language else language
    title, summary, authors = draft.title, draft.summary, draft.authors
    if title is None and (spare := (episode and episode.title) or draft.media_title):
        title = Text(spare, "text", language, base)
    if summary is None and not draft.contents:
        summary = _spare_summary(draft, episode, language, base)
    if not authors and episode and episode.author:
        authors = [Person(episode.author)]
    published, published_clock = instant_and_clock(draft.published)
    if published is None:
        published, published_clock = instant_and_clock(draft.created)
    updated, updated_clock = instant_and_clock(draft.updated)
    return Entry(
        fingerprint=fingerprint,
        guid=draft.guid,
        guid_is_permalink=draft.guid_is_permalink,
        links=tuple(draft.links),
        title=title,
        contents=tuple(draft.contents),
        summary=summary,
        authors=tuple(authors),
        contributors=tuple(draft.contributors),
        published=published,
        updated=updated,
        published_clock=published_clock,
        updated_clock=updated_clock,
        categories=_once(draft.categories + draft.media_categories),
        enclosures=tuple(_merged(draft.enclosures + draft.media)),
        images=_once(draft.images),
        comments=draft.comments or draft.replies,
        comment_count=draft.comment_count,
        rights=draft.rights,
        licence=draft.licence
        or next((link.href for link in draft.links if link.rel == "license"), ""),
        source=draft.source,
        episode=episode,
        language=language,
        base=base,
        noindex=draft.noindex,
        rsl=draft.rsl,
    )


def _speak(draft: Draft, inherited: str) -> str:
    """Prefer an item's dc:language over the inherited language, but not over a text's own."""

    def spoken(text: Text) -> Text:
        if text.language in ("", inherited):
            return replace(text, language=draft.language)
        return text

    # A text of the inherited language has inherited it; its own xml:lang would differ.
    draft.title, draft.summary = (
        spoken(text) if text else None for text in (draft.title, draft.summary)
    )
    draft.contents = list(map(spoken, draft.contents))
    return draft.language


def alternate(links: Iterable[Link]) -> str:
    """Return the address of the first alternate link, or ""."""
    for link in links:
        if link.rel == "alternate":
            return link.href
    return ""


def key_from(part: Entry) -> ItemKey:
    """Return the key that every item of a fetch has, new or known."""
    return ItemKey(part.fingerprint, part.guid, alternate(part.links))


def unknown(entries: Iterable[Entry], known: Container[str]) -> tuple[Entry, ...]:
    """Return the entries with fingerprints that are not known."""
    return tuple(entry for entry in entries if entry.fingerprint not in known)


def _once(parts: list[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(parts))


def _spare_summary(draft: Draft, episode: Episode | None, language: str, base: str) -> Text | None:
    if episode and (text := episode.summary or episode.subtitle):
        kind = text_kind(is_html="</" in text or "&" in text)
        return Text(text, kind, language, base)
    return draft.media_text


def _episode(draft: Draft) -> Episode:
    said, text, more = draft.episode, {}, {}
    for word in EPISODE_WORDS:
        if word.field:
            text[word.field] = said.get(word.field, "")
        elif word.name in said:
            more[word.name] = said[word.name]
    return Episode(
        **text,
        image=said.get("image", ""),
        block=said.get("block", "") == "yes",
        transcripts=tuple(draft.transcripts),
        chapters=said.get("chapters", ""),
        chapters_type=said.get("chapters_type", ""),
        season_name=said.get("season_name", ""),
        people=tuple(draft.people),
        marks=tuple(draft.marks),
        more=more,
    )


def _merged(parts: list[Enclosure]) -> list[Enclosure]:
    """Make one of an enclosure and the media:content that describes the same file."""
    if len(parts) < 2:
        return parts
    files: dict[str, Enclosure] = {}
    for part in parts:
        known = files.get(part.url)
        files[part.url] = _both(known, part) if known else part
    return list(files.values())


def _both(first: Enclosure, second: Enclosure) -> Enclosure:
    """Keep the enclosure's values, and fill its gaps from media:content."""
    main, other = (second, first) if second.primary and not first.primary else (first, second)
    gaps = {
        name: getattr(other, name)
        for name in (
            "type",
            "length",
            "title",
            "duration",
            "medium",
            "width",
            "height",
            "description",
        )
        if not getattr(main, name)
    }
    return replace(main, **gaps)
