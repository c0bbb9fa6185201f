"""The podcast elements of an item (itunes, podcast, psc) -> Draft.

Elements of text alone are declared in `namespaces.EPISODE_WORDS`; here are those with attributes.
"""

from __future__ import annotations

from syndicator.model.feed import Category, Chapter, Enclosure, Image, PodcastPerson, Transcript
from syndicator.namespaces import EPISODE_WORDS
from syndicator.parser.draft import Draft, Reader
from syndicator.parser.values import number, seconds
from syndicator.parser.xml_tree import Element, Scope, name_of, resolved, words

_ITUNES = "http://www.itunes.com/"  # feedparser's scheme for the categories of podcasts
# "explicit" and "clean" are Apple's words of before.
_EXPLICIT = {
    **dict.fromkeys(("yes", "true", "explicit"), "true"),
    **dict.fromkeys(("no", "false", "clean"), "false"),
}
# The name of each element of text alone, and the field of an episode that it fills.
_EPISODE_FIELDS = {
    name.lower(): word.field or word.name
    for word in EPISODE_WORDS
    for name in (word.name, *word.aliases)
}


def _said(draft: Draft, element: Element, _scope: Scope) -> None:
    """Read an itunes or podcast element of text alone; the first one counts."""
    if text := words(element):
        draft.episode.setdefault(_EPISODE_FIELDS[name_of(element.tag)], text)


def _explicit(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.episode.setdefault("explicit", _EXPLICIT.get(words(element).lower(), ""))


def _block(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.episode.setdefault("block", "yes" if words(element).lower() in ("yes", "true") else "no")


def _itunes_image(draft: Draft, element: Element, scope: Scope) -> None:
    if href := element.get("href", "") or element.get("url", "") or words(element):
        draft.episode.setdefault("image", resolved(scope.base, href))
        draft.images.append(Image(resolved(scope.base, href)))


def _itunes_keywords(draft: Draft, element: Element, _scope: Scope) -> None:
    draft.media_categories.extend(
        Category(term.strip(), _ITUNES) for term in words(element).split(",") if term.strip()
    )


def _itunes_category(draft: Draft, element: Element, _scope: Scope) -> None:
    # Subcategories stand within their categories.
    draft.media_categories.extend(
        Category(part.get("text", ""), _ITUNES) for part in element.iter() if part.get("text")
    )


def _transcript(draft: Draft, element: Element, scope: Scope) -> None:
    if url := element.get("url", ""):
        draft.transcripts.append(
            Transcript(
                resolved(scope.base, url),
                element.get("type", ""),
                element.get("language", ""),
                element.get("rel", ""),
            )
        )


def _chapters(draft: Draft, element: Element, scope: Scope) -> None:
    if url := element.get("url", ""):
        draft.episode.setdefault("chapters", resolved(scope.base, url))
        draft.episode.setdefault("chapters_type", element.get("type", ""))


def _season(draft: Draft, element: Element, scope: Scope) -> None:
    """Read podcast:season: a number, with the name of the season."""
    _said(draft, element, scope)
    if name := element.get("name", "").strip():
        draft.episode.setdefault("season_name", name)


def _person(draft: Draft, element: Element, scope: Scope) -> None:
    if name := words(element):
        draft.people.append(
            PodcastPerson(
                name,
                element.get("role", "").strip(),
                element.get("group", "").strip(),
                resolved(scope.base, element.get("href", "").strip()),
                resolved(scope.base, element.get("img", "").strip()),
            )
        )


def _simple_chapters(draft: Draft, element: Element, scope: Scope) -> None:
    """Read psc:chapters (Podlove Simple Chapters 1.2), which stand in the item itself."""
    for child in element:
        title, start = child.get("title", "").strip(), child.get("start", "").strip()
        if name_of(child.tag) == "psc:chapter" and title and start:
            href = resolved(scope.base, child.get("href", "").strip())
            draft.marks.append(Chapter(seconds(start), title, href))


def _alternate_enclosure(draft: Draft, element: Element, scope: Scope) -> None:
    """Read podcast:alternateEnclosure: the recording in another form, at one or more addresses."""
    for child in element:
        if name_of(child.tag) == "podcast:source" and (uri := child.get("uri", "").strip()):
            draft.media.append(
                Enclosure(
                    url=resolved(scope.base, uri),
                    type=(child.get("contentType", "") or element.get("type", "")).lower(),
                    length=number(element.get("length", "")),
                    title=element.get("title", ""),
                    height=number(element.get("height", "")),
                    primary=False,
                )
            )


PODCAST: dict[str, Reader] = {
    **dict.fromkeys(_EPISODE_FIELDS, _said),
    "itunes:explicit": _explicit,
    "itunes:block": _block,
    "itunes:image": _itunes_image,
    "itunes:keywords": _itunes_keywords,
    "itunes:category": _itunes_category,
    "podcast:season": _season,
    "podcast:person": _person,
    "podcast:transcript": _transcript,
    "podcast:chapters": _chapters,
    "podcast:alternateenclosure": _alternate_enclosure,
    "psc:chapters": _simple_chapters,
}
