"""Captured feeds, from bytes to posts: each line that is there is recognised, and nothing else is
taken.
"""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator import urls
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.settings import Source
from syndicator.normalizer import normalize
from syndicator.parser import parse

SHARED = Path(__file__).parents[2] / "shared" / "feeds"
pytestmark = [
    pytest.mark.captured,
    pytest.mark.skipif(not SHARED.exists(), reason="the captured feeds are not here"),
]

# A closing line in any of the languages that the captured feeds have lines in, as a reader would
# see it.
SAID = re.compile(
    r"(The post .{1,300} (appeared first|first appeared) on|L[’']article .{1,300} est apparu en premier sur"
    r"|Bài viết .{1,300} đã xuất hiện đầu tiên|Der Beitrag .{1,300} erschien zuerst auf"
    r"|L[’']articolo .{1,300} sembra essere il primo su|El cargo .{1,300} apareció primero en) [^.]{1,80}\.?\s*$"
)
PHRASES = (
    "appeared first on",
    "erschien zuerst auf",
    "est apparu en premier sur",
    "đã xuất hiện đầu tiên vào ngày",
)


def rows(*, with_line: bool):
    """The manifest's rows of captured feeds, those with a line or without."""
    if not SHARED.exists():
        return []
    with (SHARED / "MANIFEST.tsv").open(encoding="utf-8", newline="") as manifest:
        return [
            row
            for row in csv.DictReader(manifest, delimiter="\t")
            if (":" in row["attribution"]) == with_line
        ]


def posts_of(row):
    """Parse and normalize a captured feed."""
    url = f"https://{row['host'] or 'feed.example'}/feed.xml"
    parsed = parse(Fetched("s", url, (SHARED / "real" / row["file"]).read_bytes()))
    assert isinstance(parsed, ParsedFeed)
    return parsed, normalize(parsed, Source("s", url), datetime(2026, 11, 24, tzinfo=UTC))


def name_of(row: object) -> str:
    """Name a case; where the feeds are absent pytest asks for the name of a row that is none."""
    return str(row["file"]) if isinstance(row, dict) else "no feeds"


@pytest.mark.parametrize("row", rows(with_line=True), ids=name_of)
def test_a_feed_with_lines_loses_each_and_credits_its_site(row):
    """In summary and body; the words that are left are those before the line."""
    parsed, normalized = posts_of(row)
    written = {entry.fingerprint: entry for entry in parsed.entries}
    recognised = 0
    for post in normalized.posts:
        assert not SAID.search(post.text), post.link
        assert not SAID.search(post.summary), post.link
        assert post.origin.name
        assert post.origin.url
        entry = written[post.fingerprint]
        parts = [part.value for part in (*entry.contents, entry.summary) if part]
        said = any(phrase in part for part in parts for phrase in PHRASES)
        assert not said or not any(phrase in post.content_html[-1500:] for phrase in PHRASES), (
            post.link
        )
        recognised += said
        assert post.attribution is not None
    assert recognised


@pytest.mark.parametrize("row", rows(with_line=False)[::4], ids=name_of)
def test_a_feed_without_lines_loses_no_words_to_them(row):
    """Every fourth of them, to be quick: what attribution takes from a body was a closing line."""
    _, normalized = posts_of(row)
    for post in normalized.posts:
        assert not SAID.search(post.text), post.link
        if post.republished:
            assert post.via
            assert post.origin.name


def test_a_planets_posts_are_their_authors():
    """Planète jQuery writes "Article original de X", linked to the post at X, and "Aller sur
    Planète jQuery" below.
    """
    row = {
        "host": "planete-jquery.fr",
        "file": "nicolus_picoFeed__tests_fixtures_planete-jquery.xml",
    }
    parsed, normalized = posts_of(row)
    assert len(normalized.posts) == 20
    for entry, post in zip(parsed.entries, normalized.posts, strict=True):
        assert "Article original" not in post.text
        assert "Aller sur" not in post.text
        assert post.origin.name == entry.authors[0].name
        assert urls.host(post.origin.url) == urls.host(post.link)
        assert [place.url for place in post.via] == ["http://planete-jquery.fr"]
