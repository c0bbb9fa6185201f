"""From a source's bytes to clean posts: credits in places where one does not look first."""

from __future__ import annotations

import pytest
from normalizer_helpers import NOW

from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.post import Post
from syndicator.model.settings import Source
from syndicator.normalizer import normalize
from syndicator.parser import parse

FEED = "https://radio.example/feed"
NAMES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def post(inside: str, language: str = "en") -> Post:
    """The post of a feed of one item at https://radio.example/7/, whose title is "Night train"."""
    body = (
        f'<rss version="2.0" {NAMES}><channel><title>Radio Song</title><link>https://radio.example/</link>'
        f"<language>{language}</language><item><title>Night train</title><link>https://radio.example/7/</link>"
        f"<guid>https://radio.example/7/</guid>{inside}</item></channel></rss>"
    ).encode()
    parsed = parse(Fetched("s", FEED, body))
    assert isinstance(parsed, ParsedFeed)
    (made,) = normalize(parsed, Source("s", FEED), NOW).posts
    return made


@pytest.mark.parametrize("name", ["summary", "subtitle"])
def test_a_credit_in_the_texts_of_a_podcast(name: str):
    """Plugins write the line into itunes:summary too; a directory shows it as part of the description."""
    line = "Nine hours to Vinh. The post Night train appeared first on Radio Song."
    made = post(f"<description>&lt;p&gt;Nine hours.&lt;/p&gt;</description><itunes:{name}>{line}</itunes:{name}>")
    assert made.episode is not None
    assert getattr(made.episode, name) == "Nine hours to Vinh."
