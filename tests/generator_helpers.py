"""Editions to generate from: one full item by hand, and hypothesis strategies for everything a
source can send.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st
from msgspec.structs import replace

from syndicator.model.edition import Edition, Item, Reference, RelatedList
from syndicator.model.feed import (
    Category,
    Chapter,
    Enclosure,
    Episode,
    Image,
    Origin,
    Person,
    PodcastPerson,
    Transcript,
)
from syndicator.model.post import Attribution, Keys, Post, SourceInfo
from syndicator.model.settings import Feed

NOW = datetime(2024, 5, 17, 9, 30, tzinfo=UTC)
CASES = Path(__file__).parent / "cases" / "generator"

SOURCE = SourceInfo(
    id="cat-diary",
    name="Cat Diary",
    link="https://cats.example.org/",
    feed="https://cats.example.org/feed.xml",
    feed_id="tag:cats.example.org,2020:feed",
    language="en",
    rights="© 2024 Ann Author",
    licence="https://creativecommons.org/licenses/by/4.0/",
    updated=NOW,
    description="What the cats did",
)

EPISODE = Episode(
    title="Purring",
    author="Ann Author",
    subtitle="All about purring",
    summary="Why cats purr",
    duration="1:02:03",
    explicit="false",
    episode="7",
    season="2",
    type="full",
    image="https://cats.example.org/cover.jpg",
    transcripts=(Transcript("https://cats.example.org/7.vtt", "text/vtt", "en", "captions"),),
    chapters="https://cats.example.org/7.json",
    chapters_type="application/json+chapters",
    season_name="Purring all year",
    people=(PodcastPerson("Ann Author", "host", "cast", "https://ann.example.org/", ""),),
    marks=(Chapter(0, "Why"), Chapter(3723, "How", "https://cats.example.org/how")),
)

FULL = Post(
    source_id="cat-diary",
    keys=Keys(),
    content_hash="m",
    guid="https://cats.example.org/?p=7",
    link="https://cats.example.org/purring",
    external_url="https://science.example.net/purr",
    title="Why cats purr",
    content_html="<p>They are <em>happy</em>.</p>",
    summary="They are happy.",
    text="They are happy.",
    language="en-GB",
    authors=(
        Person("Ann Author", "https://cats.example.org/ann", "ann@cats.example.org"),
        Person("Bob"),
    ),
    categories=(Category("cats", "https://cats.example.org/tags", "Cats"), Category("sound")),
    published=NOW,
    updated=NOW,
    enclosures=(
        Enclosure("https://cats.example.org/7.mp3", "audio/mpeg", 1234, "The sound", 3723),
        Enclosure(
            "https://cats.example.org/7.mp4", "video/mp4", 99, medium="video", width=640, height=480
        ),
    ),
    image=Image("https://cats.example.org/7.jpg", 800, 600, "A cat"),
    comments="https://cats.example.org/purring#comments",
    comment_count=12,
    rights="© Ann Author",
    licence="https://creativecommons.org/licenses/by-sa/4.0/",
    episode=EPISODE,
    attribution=Attribution("The post {post} appeared first on {source}.", "en"),
)

ITEM = Item(
    id="https://cats.example.org/?p=7",
    post=FULL,
    source=SOURCE,
    published=NOW,
    updated=NOW.replace(hour=11),
    first_published=NOW,
    sequence=7,
    related=(
        RelatedList(
            "source",
            "View more from {source}:",
            "en",
            (
                Reference(
                    "urn:uuid:1",
                    "Hunger & sleep",
                    "https://cats.example.org/hunger",
                    "Cat Diary",
                    0.5,
                ),
            ),
        ),
        RelatedList(
            "all",
            "Related posts:",
            "en",
            (
                Reference(
                    "urn:uuid:2",
                    "Dogs bark",
                    "https://dogs.example.org/bark",
                    "Dog Times",
                    0.4,
                    "en",
                ),
            ),
        ),
    ),
    also=(Reference("urn:uuid:3", "Why cats purr", "https://wire.example.net/1", "The Wire"),),
)

FEED = Feed(
    title="Pets",
    link="https://planet.example.org/",
    contact="editor@planet.example.org",
    description="All about pets",
    hub="https://hub.example.org/",
    formats=("rss", "atom", "json", "opml"),
)

EDITION = Edition(
    feed=FEED,
    id="urn:uuid:4f1f9b1e-6a0c-4c4b-9d3e-0e5a9d2c7b11",
    updated=NOW.replace(hour=11),
    items=(ITEM,),
    sources=(SOURCE,),
)


def post(**fields: object) -> Post:
    """A plain post with these fields."""
    plain = Post(
        "cat-diary",
        Keys(),
        "",
        link="https://cats.example.org/1",
        title="One",
        summary="Text",
        language="en",
    )
    return replace(plain, **{"content_html": "<p>Text</p>", **fields})  # type: ignore[arg-type]


def item(number: int = 1, source: SourceInfo = SOURCE, **fields: object) -> Item:
    """A plain item whose post has these fields."""
    made = post(**fields)
    return Item(f"urn:x-test:{number}", made, source, NOW, NOW, NOW, number)


def edition(*items: Item, **fields: object) -> Edition:
    """An edition of these items, its feed with these fields."""
    feed = replace(FEED, **fields)  # type: ignore[arg-type]
    return replace(
        EDITION,
        feed=feed,
        items=items,
        sources=tuple({found.source.id: found.source for found in items}.values()),
    )


# -- whatever a source can send
# ------------------------------------------------------------------------

_TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", " ", "AT&T", "a < b", "</b>", "&amp;", "<script>x</script>", "]]>", "\x00\x1f", "\ud800", "\ufffe",
         "x" * 300, "שלום", "日本語の題", "a\r\nb\tc", "&#60;", "\x85\x9f", "{post} {source}", "(a) \"b\", \\c"]
    ),
)  # fmt: skip
_ADDRESSES = st.one_of(
    st.just("https://site.example.org/a?b=c#d"),
    st.builds("https://site.example.org/{}".format, st.text(max_size=12)),
    st.sampled_from(
        ["", "/relative", "javascript:alert(1)", "http://[::1]/", "http://[", "ftp://ftp.example.org/a", "https://é.example/é",
         "https://user:pass@host.example/x.mp3", "https://host_a.example/y", "http://host.example:99999/", "http:///x",
         "https://host.example?x", "mailto:a@b.example", "magnet:?xt=urn:btih:1", "data:text/html,x", "urn:uuid:bad",
         "tag:example.org,2024:a b", "HTTP://HOST.example/%zz", "https://a.example/a#b#c", "https://localhost/a.mp3", "\x00http://a"]
    ),
    _TEXTS,
)  # fmt: skip
_TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
_LANGUAGES = st.sampled_from(
    ["", "en", "de-AT", "zh-Hant-TW", "yue", "ckb", "tok", "xx", "utf-8", "ar", "x-klingon", "und"]
)
_NUMBERS = st.sampled_from([0, 1, -1, 10**12])
_KINDS = st.sampled_from(["", "audio/mpeg", "audio/mpeg; a=b", "mp3", "text/html", " /x", "é/é"])

PEOPLE = st.builds(Person, _TEXTS, _ADDRESSES, st.one_of(_TEXTS, st.just("a@b.example")))
_BODIES = st.one_of(
    _TEXTS,
    st.sampled_from(
        ["<p>Text</p>", "<p>a &amp; b</p><ul><li>c</li></ul>", "<img src='https://a.example/b'>"]
    ),
)
_EPISODES = st.builds(
    Episode, _TEXTS, _TEXTS, _TEXTS, _TEXTS, _TEXTS, st.sampled_from(["", "true", "yes"]),
    st.sampled_from(["", "1", "x", "-1"]), _TEXTS, st.sampled_from(["full", "", "x"]), _ADDRESSES, st.booleans(),
    st.lists(st.builds(Transcript, _ADDRESSES, _KINDS, _LANGUAGES, _TEXTS), max_size=2).map(tuple), _ADDRESSES, _KINDS,
)  # fmt: skip
_ORIGINS = st.builds(
    Origin, _TEXTS, _ADDRESSES, _ADDRESSES, _ADDRESSES, st.none() | _TIMES, _TEXTS, _LANGUAGES
)
_REFERENCES = st.builds(Reference, _ADDRESSES, _TEXTS, _ADDRESSES, _TEXTS, st.just(0.5), _LANGUAGES)
_ENCLOSURES = st.builds(
    Enclosure, _ADDRESSES, _KINDS, _NUMBERS, _TEXTS, _NUMBERS, st.sampled_from(["", "audio", "x"]), _NUMBERS, _NUMBERS,
    _TEXTS, st.booleans(),
)  # fmt: skip
SOURCES = st.builds(
    SourceInfo, st.sampled_from(["a", "b", "https://c.example/?token=1"]), _TEXTS, _ADDRESSES, _ADDRESSES, _ADDRESSES,
    _LANGUAGES, _TEXTS, _ADDRESSES, _ADDRESSES, st.none() | _TIMES, st.booleans(), st.booleans(), st.booleans(),
    _TEXTS,
)  # fmt: skip
POSTS = st.builds(
    Post,
    source_id=st.just("a"),
    keys=st.just(Keys()),
    content_hash=st.just(""),
    link=_ADDRESSES,
    external_url=_ADDRESSES,
    title=_TEXTS,
    content_html=_BODIES,
    summary=_TEXTS,
    language=_LANGUAGES,
    authors=st.lists(PEOPLE, max_size=2).map(tuple),
    categories=st.lists(st.builds(Category, _TEXTS, _ADDRESSES, _TEXTS), max_size=2).map(tuple),
    enclosures=st.lists(_ENCLOSURES, max_size=3).map(tuple),
    image=st.none() | st.builds(Image, _ADDRESSES, _NUMBERS, _NUMBERS, _TEXTS),
    comments=_ADDRESSES,
    rights=_TEXTS,
    licence=_ADDRESSES,
    episode=st.none() | _EPISODES,
    origin=_ORIGINS,
    origin_link=_ADDRESSES,
    via=st.lists(_ORIGINS, max_size=2).map(tuple),
    republished=st.booleans(),
    attribution=st.none() | st.builds(Attribution, _TEXTS, st.sampled_from(["", "en", "ar"])),
)
_LISTS = st.builds(
    RelatedList,
    st.sampled_from(["source", "all"]),
    _TEXTS,
    _LANGUAGES,
    st.lists(_REFERENCES, max_size=2).map(tuple),
)
ITEMS = st.builds(
    Item, _ADDRESSES, POSTS, SOURCES, _TIMES, _TIMES, _TIMES, st.just(1), st.lists(_LISTS, max_size=2).map(tuple),
    st.lists(_REFERENCES, max_size=2).map(tuple), st.sampled_from([1, 99]),
)  # fmt: skip
FEEDS = st.builds(
    Feed,
    title=_TEXTS,
    link=st.sampled_from(["https://planet.example.org/", "http://127.0.0.1:8000/pets/"]),
    contact=st.sampled_from(["", "a@b.example", "https://b.example/c"]) | _TEXTS,
    description=_TEXTS,
    language=_LANGUAGES,
    hub=st.sampled_from(["", "https://hub.example.org/"]),
    podcast=st.booleans(),
    formats=st.just(("rss", "atom", "json", "opml")),
)
EDITIONS = st.builds(
    Edition,
    feed=FEEDS,
    id=st.just(EDITION.id),
    updated=st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    items=st.lists(ITEMS, max_size=3, unique_by=lambda found: found.id).map(tuple),
    sources=st.lists(SOURCES, max_size=2).map(tuple),
    archives=st.sampled_from([0, 3]),
)
