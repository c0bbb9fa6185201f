"""Identities -> where their pages lie. Paths last as long as ids do: they are made of nothing else.

Everything here is relative to the feed's output folder and ends in ".html", so that the pages work from a disk,
from any folder of a server, and without rewriting rules.
"""

from __future__ import annotations

import re
from hashlib import blake2b

# What may stand in a file name on every disk as it is; upper case must not, since some disks fold it.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_WORD = re.compile(r"[a-z0-9]+")

POSTS = "posts/"
SOURCES = "sources.html"
SUBSCRIBE = "subscribe.html"
ARCHIVES = "archive/index.html"


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def post_path(public_id: str) -> str:
    """Return the path of a post's page.

    >>> post_path("https://example.org/?p=1")
    'posts/ee84d2f60860a29a.html'
    """
    return f"{POSTS}{_short(public_id)}.html"


def source_path(source_id: str) -> str:
    """Return the path of a source's page: its id where that can be a file name, else its words and a hash.

    An address as id is all hash, since it may be secret.

    >>> source_path("hanoi-notes"), source_path("Góc phố & Co")
    ('sources/hanoi-notes.html', 'sources/g-c-ph-co-0220.html')
    >>> source_path("https://example.org/feed?token=1")
    'sources/_0eba92c3790fbc2e.html'
    """
    if _PLAIN.fullmatch(source_id):
        return f"sources/{source_id}.html"
    words = "" if ":" in source_id else "-".join(_WORD.findall(source_id.lower()))[:50]
    return (
        f"sources/{words}-{_short(source_id)[:4]}.html"
        if words
        else f"sources/_{_short(source_id)}.html"
    )


def archive_path(number: int) -> str:
    """Return the path of the page of a closed archive.

    >>> archive_path(12)
    'archive/12.html'
    """
    return f"archive/{number}.html"
