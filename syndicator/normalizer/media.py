"""An entry's attached files and pictures -> the enclosures of a post, its lead image, its episode.

Media addresses keep every parameter: they may be signed.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from syndicator import text_rules, urls
from syndicator.model.feed import Enclosure, Entry, Episode, Image, Transcript
from syndicator.normalizer.html import images


def enclosures(entry: Entry, base: str) -> tuple[Enclosure, ...]:
    """Return the attached files by distinct address; what one element says completes what another left out."""
    found: dict[str, Enclosure] = {}
    for enclosure in entry.enclosures:
        url = urls.web(enclosure.url, base)
        if url:
            cleaned = replace(
                enclosure,
                url=url,
                type=text_rules.line(enclosure.type),
                title=text_rules.line(enclosure.title),
                description=text_rules.line(enclosure.description),
            )
            found[url] = _merged(found[url], cleaned) if url in found else cleaned
    return tuple(found.values())


def _merged(first: Enclosure, again: Enclosure) -> Enclosure:
    """Put together two elements that name one file once their addresses are made absolute."""
    return Enclosure(
        url=first.url,
        type=first.type or again.type,
        length=first.length or again.length,
        title=first.title or again.title,
        duration=first.duration or again.duration,
        medium=first.medium or again.medium,
        width=first.width or again.width,
        height=first.height or again.height,
        description=first.description or again.description,
        primary=first.primary or again.primary,
    )


def lead(entry: Entry, files: tuple[Enclosure, ...], html: str, base: str) -> Image | None:
    """Choose the picture to show for a post: what the feed names for it, an attached one, the first in its body."""
    named = [
        replace(image, url=url) for image in entry.images if (url := urls.web(image.url, base))
    ]
    if named:  # the largest that says its size; the first where none does
        return max(named, key=lambda image: image.width * image.height)
    for file in files:
        if file.type.startswith("image/") or file.medium == "image":
            return Image(file.url, file.width, file.height, file.title)
    if entry.episode and (url := urls.web(entry.episode.image, base)):
        return Image(url)
    return images.lead(html) if "<img" in html else None


def episode(entry: Entry, base: str, uncredited: Callable[[str], str]) -> Episode | None:
    """Return what podcast elements say, plain and absolute; `uncredited` takes attribution lines out of a text."""
    said = entry.episode
    if said is None:
        return None
    return replace(
        said,
        title=text_rules.line(said.title),
        author=text_rules.line(said.author),
        subtitle=uncredited(text_rules.line(said.subtitle)),
        summary=uncredited(text_rules.clean(said.summary).strip()),
        image=urls.web(said.image, base),
        chapters=urls.web(said.chapters, base),
        transcripts=tuple(
            Transcript(url, part.type, part.language, part.rel)
            for part in said.transcripts
            if (url := urls.web(part.url, base))
        ),
    )
