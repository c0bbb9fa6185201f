"""generator, taken as a source: what we publish comes back as the same posts with the same
credits.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from generator_helpers import EDITION, NOW
from msgspec.structs import replace

from syndicator.generator import generate_one as one
from syndicator.model.edition import Edition, Item, Reference, RelatedList
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.post import NormalizedFeed, Post
from syndicator.model.settings import Source
from syndicator.normalizer import normalize
from syndicator.parser import parse

SAMPLES = sorted(
    path for path in (Path(__file__).parents[1] / "samples").iterdir() if path.suffix != ".md"
)
FORMS = ("rss", "atom", "json")


def read(body: bytes, kind: str, url: str) -> NormalizedFeed:
    parsed = parse(Fetched("s", url, body, {"content-type": kind}))
    assert isinstance(parsed, ParsedFeed)
    return normalize(parsed, Source("s", url), NOW)


@cache
def published(path: Path) -> Edition:
    """An edition of a sample's posts, each with a list of others."""
    feed = read(path.read_bytes(), "", "https://sample.example.org/feed")
    links = tuple(
        Reference(post.guid, post.title, post.link, feed.info.name)
        for post in feed.posts[:4]
        if post.title
    )
    lists = (RelatedList("source", "View more from {source}:", "en", links),)
    items = [
        Item(
            post.guid or f"urn:x-test:{place}",
            post,
            feed.info,
            post.published or NOW,
            NOW,
            NOW,
            place,
            related=lists,
        )
        for place, post in enumerate(feed.posts)
    ]
    return replace(EDITION, items=tuple(items), sources=(feed.info,))


@cache
def again(path: Path, form: str) -> tuple[Post, ...]:
    """Our feed's posts as another planet reads them."""
    document = one(published(path), form)
    return read(document.body, document.type, f"https://planet.example.org/{document.path}").posts


def pairs(path: Path, form: str) -> list[tuple[Item, Post]]:
    return list(zip(published(path).items, again(path, form), strict=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
class TestOurFeedAsASource:
    """Each sample, through each format and back."""

    def test_posts(self, path: Path, form: str) -> None:
        """Each post is there once, in order, known by the id that we gave it."""
        assert [post.guid for _, post in pairs(path, form)] == [
            item.id for item, _ in pairs(path, form)
        ]

    def test_bodies(self, path: Path, form: str) -> None:
        """A body has neither our line nor our lists in it."""
        for item, post in pairs(path, form):
            assert post.content_html.strip() == item.post.content_html.strip()
            assert post.summary == item.post.summary

    def test_heads(self, path: Path, form: str) -> None:
        """Title, link, language, date, categories and files are the same; Atom's stand-in for a
        title is its own.
        """
        for item, post in pairs(path, form):
            if item.post.title or form != "atom":
                assert post.title == item.post.title
            assert (post.link, post.language) == (item.post.link, item.post.language)
            assert post.published == item.published.replace(microsecond=0)
            assert [c.label or c.term for c in post.categories] == [
                c.label or c.term for c in item.post.categories
            ]
            assert [file.url for file in post.enclosures] == [
                file.url for file in item.post.enclosures
            ]

    def test_credits(self, path: Path, form: str) -> None:
        """The credit goes to whom we gave it, not to us."""
        for item, post in pairs(path, form):
            assert post.republished
            assert post.origin.name == (
                item.post.origin.name if item.post.republished else item.source.name
            )
            assert (post.origin_link or post.link) == (item.post.origin_link or item.post.link)
