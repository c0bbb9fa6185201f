"""Identities -> where their pages lie. Paths last as long as ids do: they are made of nothing else.

Everything here is relative to the feed's output folder and ends in ".html", so that the pages work from a disk,
from any folder of a server, and without rewriting rules.
"""

from __future__ import annotations

import re
from hashlib import blake2b

# What may stand in a file name on every disk as it is; upper case must not, since some disks fold it.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")

SOURCES = "sources.html"


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def post_path(public_id: str) -> str:
    """Return the path of a post's page.

    >>> post_path("https://example.org/?p=1")
    'posts/ee84d2f60860a29a.html'
    """
    return f"posts/{_short(public_id)}.html"


def source_path(source_id: str) -> str:
    """Return the path of a source's page: its id where that can be a file name, else a hash of it.

    The hash also keeps the address of a source without an id of its own, which may be secret, out of sight.

    >>> source_path("hanoi-notes"), source_path("https://example.org/feed?token=1")
    ('sources/hanoi-notes.html', 'sources/_0eba92c3790fbc2e.html')
    """
    return f"sources/{source_id if _PLAIN.fullmatch(source_id) else '_' + _short(source_id)}.html"


def archive_path(number: int) -> str:
    """Return the path of the page of a closed archive.

    >>> archive_path(12)
    'archive/12.html'
    """
    return f"archive/{number}.html"
