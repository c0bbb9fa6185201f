"""Piece -> Media RSS, itunes and podcast elements, the same in RSS and in Atom.

Podcast directories are strict: what their rules refuse (a duration of "about an hour", an image without a host) is
left out. A merged feed with episodes says `itunes:block`, or a directory might list it as somebody's show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.etree import SubElement, _Element

from syndicator.generator.item import Piece, title_of
from syndicator.model.feed import Enclosure, Episode
from syndicator.model.settings import Feed
from syndicator.text_rules import language, mail, media_type, plain_web, web, without_markup

MEDIA_NAMESPACE = "http://search.yahoo.com/mrss/"
ITUNES_NAMESPACE = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST_NAMESPACE = "https://podcastindex.org/namespace/1.0"
MEDIA = f"{{{MEDIA_NAMESPACE}}}"
ITUNES = f"{{{ITUNES_NAMESPACE}}}"
PODCAST = f"{{{PODCAST_NAMESPACE}}}"

_DURATION = re.compile(r"[0-9]+(:[0-5][0-9](:[0-5][0-9])?)?")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_SHORT, _LONG = 255, 4000  # what Apple allows


def rss_enclosure(piece: Piece) -> Enclosure | None:
    """Return the one enclosure that RSS has room for: the first that its source called one and strict clients take."""
    for found in sorted(piece.enclosures, key=lambda enclosure: not enclosure.primary):
        if plain_web(found.url):  # iTunes and the W3C refuse a user, an IPv6 host, a missing path
            return found
    return None


def media_elements(entry: _Element, piece: Piece, *, enclosed: bool) -> None:
    """Add the picture, and in RSS each enclosure beside the one that stands as `<enclosure>`."""
    if entry.tag == "item":
        first = rss_enclosure(piece) if enclosed else None
        for found in piece.enclosures:
            if found is not first:
                _media_content(entry, found, titled=bool(piece.title))
    if piece.image:
        thumbnail = SubElement(entry, f"{MEDIA}thumbnail", url=piece.image.url)
        _set_sizes(thumbnail, piece.image.width, piece.image.height)


def _media_content(entry: _Element, found: Enclosure, *, titled: bool) -> None:
    content = SubElement(entry, f"{MEDIA}content", url=found.url)
    for name, value in (("type", found.type), ("medium", found.medium)):
        if value:
            content.set(name, value)
    for name, number in (("fileSize", found.length), ("duration", found.duration)):
        if number:
            content.set(name, str(number))
    _set_sizes(content, found.width, found.height)
    # feedparser, and rss2email with it, takes a file's media:title for the title of its item.
    for name, value in (
        ("title", "" if titled else found.title),
        ("description", found.description),
    ):
        if value:
            element = SubElement(content, f"{MEDIA}{name}", type="plain")
            element.text = value


def _set_sizes(element: _Element, width: int, height: int) -> None:
    for name, number in (("width", width), ("height", height)):
        if number > 0:  # a size of nothing would hide the picture
            element.set(name, str(number))


def podcast_channel(head: _Element, feed: Feed, pieces: Iterable[Piece]) -> None:
    """Add what podcast directories read of a whole feed: above all whether they may list it."""
    if not feed.podcast:
        _add(head, "block", "yes")
    _add(head, "author", title_of(feed)[:_SHORT])
    # Directories ask it of every show; a merged one is as explicit as its most explicit part.
    adult = any(
        piece.item.post.episode and piece.item.post.episode.explicit == "true" for piece in pieces
    )
    _add(head, "explicit", "true" if adult else "false")
    address = mail(feed.contact)
    if address:
        owner = SubElement(head, f"{ITUNES}owner")
        _add(owner, "name", title_of(feed)[:_SHORT])
        _add(owner, "email", address)


def podcast_elements(entry: _Element, piece: Piece) -> None:
    """Add what podcast clients read of an episode, as far as it is in the form that they take."""
    episode = piece.item.post.episode
    if episode is None:
        return
    for name, value in _words(episode, piece):
        if value:
            _add(entry, name, value)
    image = plain_web(episode.image)
    if image:
        SubElement(entry, f"{ITUNES}image", href=image)
    _podcast_index(entry, episode)


def _words(episode: Episode, piece: Piece) -> Iterator[tuple[str, str]]:
    # What the file itself says stands in where the episode's own word is none that directories read.
    seconds = next((found.duration for found in piece.enclosures if found.duration), 0)
    yield "title", without_markup(episode.title)
    yield "author", without_markup(episode.author)[:_SHORT]
    yield "subtitle", without_markup(episode.subtitle)[:_SHORT]
    yield "summary", without_markup(episode.summary)[:_LONG]
    yield "duration", _matching(_DURATION, episode.duration) or (str(seconds) if seconds else "")
    yield "explicit", episode.explicit if episode.explicit in {"true", "false"} else ""
    yield "episode", _matching(_NUMBER, episode.episode)
    yield "season", _matching(_NUMBER, episode.season)
    yield "episodeType", episode.type if episode.type in {"full", "trailer", "bonus"} else ""
    yield "block", "yes" if episode.block else ""


def _podcast_index(entry: _Element, episode: Episode) -> None:
    """Add transcripts and chapters, in the namespace of Podcasting 2.0."""
    for transcript in episode.transcripts:
        url = web(transcript.url)
        kind = media_type(transcript.type, url) or "text/plain"
        if url:
            element = SubElement(entry, f"{PODCAST}transcript", url=url, type=kind)
            if language(transcript.language):
                element.set("language", language(transcript.language))
            if transcript.rel == "captions":
                element.set("rel", "captions")
    chapters = web(episode.chapters)
    if chapters:
        kind = media_type(episode.chapters_type) or "application/json+chapters"
        SubElement(entry, f"{PODCAST}chapters", url=chapters, type=kind)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text.strip() if pattern.fullmatch(text.strip()) else ""


def _add(parent: _Element, name: str, value: str) -> None:
    SubElement(parent, f"{ITUNES}{name}").text = value


def uses(pieces: Iterable[Piece]) -> dict[str, str]:
    """Return the prefixes of the media and podcast namespaces that these pieces need."""
    found: dict[str, str] = {}
    for piece in pieces:
        if piece.enclosures or piece.image:
            found["media"] = MEDIA_NAMESPACE
        if piece.item.post.episode:
            found["itunes"] = ITUNES_NAMESPACE
            found["podcast"] = PODCAST_NAMESPACE
    return dict(sorted(found.items()))
