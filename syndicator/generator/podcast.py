"""RenderedItem -> Media RSS, itunes and podcast elements, the same in RSS and in Atom.

Podcast directories are strict, so a value that their rules refuse (a duration of "about an hour",
an image without a host) is left out. A merged feed with episodes says `itunes:block`, or a
directory might list it as somebody's show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from lxml.etree import SubElement, _Element

from syndicator.generator.documents import as_attributes, title_of
from syndicator.generator.item import RenderedItem
from syndicator.model.feed import Enclosure, Episode, Image
from syndicator.model.settings import Feed
from syndicator.namespaces import EPISODE_WORDS, SHORT, Word, qualified
from syndicator.text_rules import (
    language,
    mail,
    media_type,
    plain_name,
    plain_web,
    web,
    without_markup,
)

# Each must match a whole value: "90", "1:30", "1:02:03", not "90 min"; a count has no leading zero.
_DURATION = re.compile(r"[0-9]+(:[0-5][0-9](:[0-5][0-9])?)?")
_COUNT = re.compile(r"[1-9][0-9]{0,8}")


def _rank(enclosure: Enclosure) -> tuple[bool, bool]:
    """Put enclosures before other media, and recordings before their covers."""
    return not enclosure.primary, enclosure.type.startswith("image/")


def rss_enclosure(item: RenderedItem) -> Enclosure | None:
    """Return the one enclosure that RSS has room for.

    The first that its source called an enclosure and that strict clients take: iTunes and the W3C
    refuse a user, an IPv6 host, a missing path.
    """
    for enclosure in sorted(item.enclosures, key=_rank):
        if plain_web(enclosure.url):
            return enclosure
    return None


def add_media(entry: _Element, item: RenderedItem) -> None:
    """Add the picture, and each enclosure beside the one that stands as `<enclosure>`."""
    first = rss_enclosure(item)
    for enclosure in item.enclosures:
        if enclosure is not first:
            _add_media_content(entry, enclosure, is_titled=bool(item.title))
    if item.image:
        SubElement(entry, qualified("media:thumbnail"), as_attributes(image_fields(item.image)))


def image_fields(image: Image) -> dict[str, object]:
    """Return the attributes of `media:thumbnail`, empty ones among them."""
    return {"url": image.url, "width": image.width, "height": image.height}


def _add_media_content(entry: _Element, enclosure: Enclosure, *, is_titled: bool) -> None:
    attributes = {
        "url": enclosure.url,
        "type": enclosure.type,
        "medium": enclosure.medium,
        "fileSize": enclosure.length,
        "duration": enclosure.duration,
        "width": enclosure.width,
        "height": enclosure.height,
    }
    content = SubElement(entry, qualified("media:content"), as_attributes(attributes))
    # feedparser, and rss2email with it, takes a file's media:title for the title of its item.
    title = "" if is_titled or enclosure.title == enclosure.description else enclosure.title
    for name, value in (("media:title", title), ("media:description", enclosure.description)):
        if value:
            SubElement(content, qualified(name), type="plain").text = value


def is_show(feed: Feed, items: Iterable[RenderedItem]) -> bool:
    """Tell whether a document says what podcast directories ask: a feed with `podcast` always.

    So does one with an episode: a directory could take it for a show.
    """
    return feed.podcast or any(item.item.post.episode for item in items)


def add_podcast_channel(head: _Element, feed: Feed, items: Iterable[RenderedItem]) -> None:
    """Add the channel elements of podcast directories, above all the permission to list it."""
    if not feed.podcast:
        _add(head, "itunes:block", "yes")
    _add(head, "itunes:author", title_of(feed)[:SHORT])
    # Directories ask it of every show; a merged one is as explicit as its most explicit part.
    episodes = [item.item.post.episode for item in items if item.item.post.episode]
    explicit = any(episode.explicit == "true" for episode in episodes)
    _add(head, "itunes:explicit", str(explicit).lower())
    if logo := plain_web(feed.logo):
        SubElement(head, qualified("itunes:image"), href=logo)
    if feed.category:
        SubElement(head, qualified("itunes:category"), text=feed.category)
    if mail_address := mail(feed.contact):
        owner = SubElement(head, qualified("itunes:owner"))
        _add(owner, "itunes:name", title_of(feed)[:SHORT])
        _add(owner, "itunes:email", mail_address)


def add_episode(entry: _Element, item: RenderedItem) -> None:
    """Add the elements that podcast clients read of an episode."""
    episode = item.item.post.episode
    if episode is None:
        return
    for name, value in _episode_words(episode, item):
        if value:
            _add(entry, name, value)
    if episode.block:
        _add(entry, "itunes:block", "yes")
    if image := plain_web(episode.image):
        SubElement(entry, qualified("itunes:image"), href=image)
    _add_podcast_index(entry, episode)


def _episode_words(episode: Episode, item: RenderedItem) -> Iterator[tuple[str, str]]:
    for word in EPISODE_WORDS:
        said = episode.more.get(word.name, "")
        if word.field:
            said = getattr(episode, word.field)
        value = _valid(word, said)
        if word.kind == "duration" and not value:
            # The length of the file stands in for an unreadable one.
            seconds = next((file.duration for file in item.enclosures if file.duration), 0)
            value = str(seconds or "")
        yield word.name, value


def _valid(word: Word, said: str) -> str:
    """Return a value in the form that directories take, "" for one that they refuse."""
    if word.choices:
        return said if said in word.choices else ""
    if word.kind == "text":
        return without_markup(said)[: word.most or None]
    if word.kind == "name":
        return plain_name(said)[: word.most or None]
    pattern = _COUNT if word.kind == "count" else _DURATION
    return said.strip() if pattern.fullmatch(said.strip()) else ""


def _add_podcast_index(entry: _Element, episode: Episode) -> None:
    """Add transcripts and chapters, in the namespace of Podcasting 2.0."""
    for transcript in episode.transcripts:
        url = web(transcript.url)
        if not url:
            continue
        kind = media_type(transcript.type, url) or "text/plain"
        element = SubElement(entry, qualified("podcast:transcript"), url=url, type=kind)
        if language(transcript.language):
            element.set("language", language(transcript.language))
        if transcript.rel == "captions":
            element.set("rel", "captions")
    if chapters := web(episode.chapters):
        kind = media_type(episode.chapters_type) or "application/json+chapters"
        SubElement(entry, qualified("podcast:chapters"), url=chapters, type=kind)
    if episode.season_name and _COUNT.fullmatch(episode.season.strip()):
        season = SubElement(
            entry, qualified("podcast:season"), name=plain_name(episode.season_name)
        )
        season.text = episode.season.strip()
    for person in episode.people:
        element = SubElement(entry, qualified("podcast:person"))
        element.text = plain_name(person.name)
        details = (("role", person.role), ("group", person.group))
        for name, value in (*details, ("href", web(person.url)), ("img", web(person.image))):
            if value:
                element.set(name, value)
    _add_chapters(entry, episode)


def _add_chapters(entry: _Element, episode: Episode) -> None:
    """Add the chapters that stand in the feed itself (Podlove Simple Chapters 1.2)."""
    if not episode.marks:
        return
    chapters = SubElement(entry, qualified("psc:chapters"), version="1.2")
    for mark in episode.marks:
        start = str(timedelta(seconds=mark.start)).rjust(8, "0")
        chapter = SubElement(chapters, qualified("psc:chapter"), start=start, title=mark.title)
        if url := web(mark.url):
            chapter.set("href", url)


def _add(parent: _Element, name: str, value: str) -> None:
    SubElement(parent, qualified(name)).text = value


def used_prefixes(items: Iterable[RenderedItem]) -> list[str]:
    """Return the prefixes of the media and podcast namespaces that these items need, sorted."""
    prefixes = set()
    for item in items:
        if item.enclosures or item.image:
            prefixes.add("media")
        if episode := item.item.post.episode:
            prefixes |= {"itunes", "podcast", *(("psc",) if episode.marks else ())}
            prefixes |= {name.partition(":")[0] for name in episode.more}
    return sorted(prefixes)
