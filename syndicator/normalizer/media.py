"""Clean the attached files, the pictures and the podcast elements of an entry.

Media addresses keep every parameter: they may be signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from msgspec.structs import replace

from syndicator import text_rules, urls
from syndicator.model.feed import (
    Chapter,
    Enclosure,
    Entry,
    Episode,
    Image,
    PodcastPerson,
    Transcript,
)
from syndicator.normalizer.html import images

_DEAD = frozenset({"application/x-shockwave-flash"})  # no browser plays it any more
_THUMBNAIL = 150  # pixels of its longer side, at most


def enclosures(entry: Entry, base: str) -> tuple[Enclosure, ...]:
    """Return the attached files, each address once; elements with one address are merged."""
    files: dict[str, Enclosure] = {}
    for enclosure in entry.enclosures:
        url = urls.web(enclosure.url, base) or _magnet(enclosure.url)
        if url and enclosure.type not in _DEAD:
            cleaned = replace(
                enclosure,
                url=url,
                type=text_rules.line(enclosure.type),
                title=text_rules.line(enclosure.title),
                description=text_rules.line(enclosure.description),
            )
            files[url] = _merged(files[url], cleaned) if url in files else cleaned
    return tuple(files.values())


def _magnet(written: str) -> str:
    if urls.scheme(written) == "magnet":
        return urls.clickable(written, "")
    return ""


def _merged(first: Enclosure, again: Enclosure) -> Enclosure:
    """Merge two elements that name one file."""
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
    """Choose the picture to show for a post.

    The feed's own choice comes first, then an attached picture, then the first of the body. A
    thumbnail, such as the 72 pixels of Blogger, comes after all of these.
    """
    named = [
        replace(image, url=url) for image in entry.images if (url := urls.web(image.url, base))
    ]
    # The largest of those that give a size, the first of those that don't.
    largest = max(named, key=lambda image: image.width * image.height, default=None)
    if largest and not 0 < max(largest.width, largest.height) <= _THUMBNAIL:
        return largest
    attached = [
        Image(file.url, file.width, file.height, file.title or file.description)
        for file in files
        if text_rules.media_type(file.type, file.url, file.medium).startswith("image/")
    ]
    if attached:  # the Guardian's give their widths alone
        return max(attached, key=lambda image: image.width * max(image.height, 1))
    if entry.episode and (url := urls.web(entry.episode.image, base)):
        return Image(url)
    return (images.lead(html) if "<img" in html else None) or largest


def figures(
    entry: Entry, files: Sequence[Enclosure], image: Image | None, *, pictured: bool
) -> Iterator[str]:
    """Yield HTML, still to be sanitized, of the video of a post; with `pictured` of its picture.

    `image` is the picture that stands for the post. A Flash film may be a player's old address.
    """
    for file in entry.enclosures:
        if file.type in _DEAD:
            yield f'<iframe src="{escape(file.url)}"></iframe>'
    poster = f' poster="{escape(image.url)}"' if image else ""
    kinds = [text_rules.media_type(file.type, file.url, file.medium)[:6] for file in files]
    for file, kind in zip(files, kinds, strict=True):
        if kind == "video/":
            yield f'<p><video src="{escape(file.url)}"{poster}></video></p>'
    if image and pictured and "audio/" not in kinds:  # of a recording it is the cover
        yield f'<p><img src="{escape(image.url)}" alt="{escape(image.title)}"></p>'


def episode(said: Episode, base: str, uncredited: Callable[[str], str]) -> Episode:
    """Return the podcast elements, cleaned; `uncredited` removes attribution lines from a text."""
    return replace(
        said,
        title=text_rules.line(said.title),
        author=text_rules.line(said.author),
        subtitle=uncredited(text_rules.line(said.subtitle)),
        summary=uncredited(text_rules.clean(said.summary).strip()),
        image=urls.web(said.image, base),
        chapters=urls.web(said.chapters, base),
        season_name=text_rules.line(said.season_name),
        people=tuple(_podcast_person(person, base) for person in said.people),
        marks=tuple(_chapter(mark, base) for mark in said.marks),
        transcripts=tuple(
            Transcript(url, part.type, part.language, part.rel)
            for part in said.transcripts
            if (url := urls.web(part.url, base))
        ),
    )


def _podcast_person(person: PodcastPerson, base: str) -> PodcastPerson:
    return PodcastPerson(
        name=text_rules.without_markup(person.name),
        role=text_rules.line(person.role),
        group=text_rules.line(person.group),
        url=urls.web(person.url, base),
        image=urls.web(person.image, base),
    )


def _chapter(mark: Chapter, base: str) -> Chapter:
    return Chapter(mark.start, text_rules.without_markup(mark.title), urls.web(mark.url, base))
