"""Pages of what real feeds send: valid HTML, whatever it was before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import html5lib
import pytest
from site_helpers import pages

from syndicator import normalizer, parser
from syndicator.model.edition import Edition, Item
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.post import SourceInfo
from syndicator.model.settings import Feed, Source

pytestmark = pytest.mark.captured

CAPTURED = Path(__file__).parents[2] / "shared" / "feeds" / "real"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
POSTS = 4  # of each feed
BUDGET = 60_000  # bytes of the first page
LONGEST = 100_000  # bytes of a page; the HTML standard's parser in Python takes a second for ten times that

feeds = sorted(CAPTURED.iterdir())[::4] if CAPTURED.is_dir() else []


def captured(paths: Iterable[Path]) -> Iterator[Edition]:
    """Yield an edition of each feed that can be read, with its first posts."""
    for path in paths:
        source = Source(path.stem, f"https://captured.example/{path.name}")
        parsed = parser.parse(Fetched(source.id, source.url, path.read_bytes()))
        if not isinstance(parsed, ParsedFeed):
            continue
        normalized = normalizer.normalize(parsed, source, NOW)
        items = tuple(
            Item(
                f"urn:{path.name}:{place}",
                post,
                normalized.info,
                post.published or NOW,
                NOW,
                NOW,
                place,
            )
            for place, post in enumerate(normalized.posts[:POSTS], 1)
        )
        feed = Feed("Captured", pages="full", language="vi")
        yield Edition(feed, "urn:x", NOW, items, (normalized.info,))


@pytest.mark.skipif(not feeds, reason="the captured feeds are not here")
def test_pages_of_captured_feeds_are_valid_html() -> None:
    """A quarter of them, four posts each; the parser of the standard finds no error."""
    looked = 0
    for edition in captured(feeds):
        for document in pages(edition):
            if document.type.startswith("text/html") and len(document.body) < LONGEST:
                strict = html5lib.HTMLParser()
                strict.parse(document.body.decode())
                assert not strict.errors, (edition.sources, document.path, strict.errors[:3])
                looked += 1
    assert looked > 2 * len(feeds)


@pytest.mark.skipif(not feeds, reason="the captured feeds are not here")
@pytest.mark.parametrize("headlines", ["original", "page"])
def test_the_first_page_of_captured_feeds_is_light(headlines: str) -> None:
    """A hundred posts of many sources in under 60 kB, without their pictures."""
    items: list[Item] = []
    sources: list[SourceInfo] = []
    for edition in captured(feeds):
        items += edition.items
        sources += edition.sources
    items.sort(key=lambda item: item.published, reverse=True)
    feed = Feed("Captured", language="vi", headlines=headlines)  # type: ignore[arg-type]
    whole = Edition(feed, "urn:x", NOW, tuple(items[:100]), tuple(sources))
    (index,) = [document for document in pages(whole) if document.path == "index.html"]
    assert index.posts == 100
    assert len(index.body) < BUDGET
