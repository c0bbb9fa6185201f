"""Identities -> the paths of their pages, which last as long as the ids.

Everything here is relative to the feed's output folder and ends in ".html", so that the pages work
from a disk, from any folder of a server, and without rewriting rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b

# What may stand in a file name on every disk as it is; upper case must not, since some disks fold
# it.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_WORD = re.compile(r"[a-z0-9]+")

Slugs = Callable[[Iterable[str]], Mapping[str, str]]  # public ids -> slugs

POSTS = "posts/"
SOURCES = "sources.html"
TAGS = "sources/tags/"
SUBSCRIBE = "subscribe.html"
SEARCH = "search"  # no file: `serve` answers there
ARCHIVES = "archive/index.html"
CHARTS = "activity.html"  # in the folder of the main feed
RECENT = "archive/recent.html"  # the posts that the first page has no room for


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


class PostPaths:
    """The paths of the pages of posts: by the slugs that they were given, else by their ids.

    `slugs` gives the slugs of many ids at once.
    """

    def __init__(self, slugs: Slugs | None = None) -> None:
        self._slugs = slugs
        self._paths: dict[str, str] = {}

    def learn(self, public_ids: Iterable[str]) -> None:
        """Look up the slugs of many posts at once."""
        new = {public_id for public_id in public_ids if public_id not in self._paths}
        slugs = self._slugs(new) if self._slugs and new else {}
        for public_id in new:
            path = post_path(public_id)
            if public_id in slugs:
                path = f"{POSTS}{slugs[public_id]}.html"
            self._paths[public_id] = path

    def path(self, public_id: str) -> str:
        """Return the path of the page of a post."""
        if public_id not in self._paths:
            self.learn([public_id])
        return self._paths[public_id]


def post_path(public_id: str) -> str:
    """Return the path of the page of a post without a slug.

    >>> post_path("https://example.org/?p=1")
    'posts/ee84d2f60860a29a.html'
    """
    return f"{POSTS}{_short(public_id)}.html"


def source_path(source_id: str) -> str:
    """Return the path of a source's page: its id if that can be a file name, else words and a hash.

    An address as id is all hash, since it may be secret.

    >>> source_path("hanoi-notes"), source_path("Góc phố & Co")
    ('sources/hanoi-notes.html', 'sources/g-c-ph-co-0220.html')
    >>> source_path("https://example.org/feed?token=1")
    'sources/_0eba92c3790fbc2e.html'
    """
    if _PLAIN.fullmatch(source_id):
        return f"sources/{source_id}.html"
    words = "" if ":" in source_id else "-".join(_WORD.findall(source_id.lower()))[:50]
    if not words:
        return f"sources/_{_short(source_id)}.html"
    return f"sources/{words}-{_short(source_id)[:4]}.html"


def tag_path(tag: str) -> str:
    """Return the path of the page of a tag of sources; no source's page has its folder.

    >>> tag_path("trains"), tag_path("Slow Trains")
    ('sources/tags/trains.html', 'sources/tags/slow-trains-fd1bc8e6.html')
    """
    if _PLAIN.fullmatch(tag):
        return f"{TAGS}{tag}.html"
    words = "-".join(_WORD.findall(tag.lower()))[:50]
    return f"{TAGS}{words or '_'}-{_short(tag)[:8]}.html"


def face_path(source_id: str, suffix: str) -> str:
    """Return the path of the copy of a source's picture, beside its page.

    >>> face_path("hanoi-notes", ".png")
    'sources/hanoi-notes.png'
    """
    return source_path(source_id).removesuffix(".html") + suffix


def archive_path(number: int) -> str:
    """Return the path of the page of a closed archive.

    >>> archive_path(12)
    'archive/12.html'
    """
    return f"archive/{number}.html"
