"""Edition -> the files of a site that state wishes for all of it: robots.txt and tdmrep.json.

A site shows posts of many sources on most pages, so the strictest of their wishes holds for it.
Neither file is made where no source has such a wish. robots.txt holds preferences on use alone and
forbids nobody to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec.json import encode

from syndicator.model.edition import Document, Edition
from syndicator.model.feed import Wishes
from syndicator.wishes import strictest

ROBOTS, TDMREP = "robots.txt", ".well-known/tdmrep.json"
WISH_FILES = (ROBOTS, TDMREP)


def wish_files(edition: Edition) -> Iterator[Document]:
    """Yield the files that state the wishes of the sources of the main feed."""
    wishes = _wishes(edition)
    path = urlsplit(edition.feed.link).path or "/"
    lines = []
    if wishes.usage:
        # A rule without a path is for the whole site (draft-ietf-aipref-attach).
        place = "" if path == "/" else f"{path} "
        lines.append(f"Content-Usage: {place}{', '.join(wishes.usage)}")
    if wishes.signals:
        lines.append(f"Content-Signal: {', '.join(wishes.signals)}")
    if lines:
        body = "\n".join(["User-Agent: *", *lines, "Allow: /", ""])
        yield Document(ROBOTS, body.encode(), "text/plain; charset=utf-8")
    if wishes.tdm:
        policy = {"tdm-policy": wishes.tdm_policy} if wishes.tdm_policy else {}
        rule = {"location": path, "tdm-reservation": 1, **policy}
        yield Document(TDMREP, encode([rule]) + b"\n", "application/json")


def _wishes(edition: Edition) -> Wishes:
    """Return the strictest wishes of a feed's sources; those of the main feed alone have files."""
    if edition.feed.name:
        return Wishes()
    infos = {info.id: info for info in edition.sources}
    infos |= {item.source.id: item.source for item in edition.items}
    return strictest(info.wishes for info in infos.values())
