"""Corrected posts -> the pages on the disk that name one as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markupsafe import escape

from syndicator.generator.site.paths import (
    ARCHIVES,
    SOURCES,
    SUBSCRIBE,
    TAGS,
    PostPaths,
    Slugs,
    archive_path,
    source_path,
)
from syndicator.model.edition import Correction, PublishedFiles

# Between these stand the values of attributes, without the way to our folder, and all texts.
_BETWEEN = re.compile(rb"[\"'<>](?:\.\./)*")


def outdated_pages(
    correction: Correction, known: PublishedFiles, read: Callable[[str], bytes], slugs: Slugs
) -> dict[str, int]:
    """Return the pages that name a corrected post, each with its slice of history, 0 for none.

    By a title or link of before, or by the address of its page: a title may stand there shortened.
    `read` gives the bytes of a page, none for one that is not there.
    """
    paths = PostPaths(slugs)
    paths.learn([*correction.before, *correction.posts])
    words = set(_words(correction, paths))
    pages = {paths.path(public_id): place for public_id, place in correction.posts.items()}
    pages |= {archive_path(place): place for place in set(pages.values())}
    pages |= dict.fromkeys(map(source_path, correction.sources), 0)
    pages |= dict.fromkeys([SOURCES, SUBSCRIBE, ARCHIVES, *known.below(TAGS)], 0)
    for path in list(pages):
        if words.isdisjoint(_BETWEEN.split(read(path))):
            del pages[path]
    return pages


def _words(correction: Correction, paths: PostPaths) -> Iterator[bytes]:
    """Yield the words by which pages name these posts, as they stand there."""
    for public_id, before in correction.before.items():
        for word in (paths.path(public_id), *before):
            yield escape(word).encode()
