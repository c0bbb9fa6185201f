"""Feeds of odd shapes cost time and output in proportion to their length."""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import pytest

from syndicator import normalizer, parser
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched, FetchFailed
from syndicator.model.post import NormalizedFeed
from syndicator.model.settings import FetchSettings, Source
from syndicator.normalizer import identity
from syndicator.pipeline.budget import OverBudget, budget
from syndicator.pipeline.reading import read
from syndicator.store import Store

sys.path.append(str(Path(__file__).resolve().parents[1] / "bench"))
from shapes import SHAPES

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SOURCE = Source("s", "https://harbour.example/feed")
STEEPEST = 1.15
# kB of a feed. All shapes take two minutes of CPU, nine tenths of them at the largest size.
SIZES = [int(size) for size in os.environ.get("SYNDICATOR_GROWTH_KB", "32 128 512 2048").split()]


class Cost(NamedTuple):
    """The price of reading and storing a feed."""

    steps: int  # calls of Python's functions and of C's
    seconds: float  # CPU of this thread, the work inside calls of C too
    written: int  # characters of all bodies


def feed_of(body: bytes) -> tuple[ParsedFeed, NormalizedFeed]:
    parsed = parser.parse(Fetched("s", SOURCE.url, body))
    assert not isinstance(parsed, FetchFailed)
    return parsed, normalizer.normalize(parsed, SOURCE, NOW)


def stored(body: bytes) -> int:
    """Read and store a feed; return the characters of all bodies."""
    outcome = parser.parse(Fetched("s", SOURCE.url, body))
    if isinstance(outcome, FetchFailed):
        return 0
    feed = normalizer.normalize(outcome, SOURCE, NOW)
    with Store(":memory:") as store, store.transaction():
        store.sources.save_info(feed.info)
        items = [item.fingerprint for item in outcome.items]
        store.posts.receive("s", feed.posts, items, identity.decide, NOW)
    return sum(len(post.content_html) for post in feed.posts)


def cost(body: bytes) -> Cost:
    """Read and store a feed, and count."""
    count = 0

    def call(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1

    # The measurement of coverage would cost more than the feed.
    tracer = sys.gettrace()
    sys.settrace(None)
    sys.setprofile(call)
    start = time.thread_time()
    try:
        written = stored(body)
    finally:
        seconds = time.thread_time() - start
        sys.setprofile(None)
        sys.settrace(tracer)
    return Cost(count, seconds, written)


def is_in_proportion(less: Cost, more: Cost, growth: float) -> bool:
    """Tell whether CPU grows as lengths do, with room for a machine that does other things.

    Four times the length takes four times the time; a loop inside C over all pairs, sixteen times.
    """
    return more.seconds <= 2 * growth * less.seconds + 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_grows_in_proportion(name: str) -> None:
    """Four times the feed takes some four times the steps and the CPU, and gives as much output."""
    stored(SHAPES[name](1 << 10))  # fills the caches
    bodies = [SHAPES[name](size << 10) for size in SIZES]
    costs = [cost(body) for body in bodies]
    for (small, less), (large, more) in pairwise(zip(bodies, costs, strict=True)):
        growth = (len(large) / len(small)) ** STEEPEST
        assert more.steps <= growth * less.steps + 500
        assert more.written <= growth * less.written + 20_000
        # CPU is the one figure that another program can disturb: it may be measured again.
        assert is_in_proportion(less, more, growth) or any(
            is_in_proportion(cost(small), cost(large), growth) for _ in range(4)
        )


def test_work_inside_c_that_grows_with_the_square() -> None:
    """No step shows it; the CPU does."""
    seconds = [0.1, 1.6]
    less, more = (Cost(10, spent, 0) for spent in seconds)
    assert not is_in_proportion(less, more, 4**STEEPEST)


def test_more_items_than_allowed() -> None:
    """The oldest are left out, wherever they stand, and a note says how many."""
    newest_first = "".join(
        f"<item><guid>{day}</guid><pubDate>{NOW - timedelta(days=day):%a, %d %b %Y} 00:00:00 GMT</pubDate></item>"
        for day in range(5)
    )
    oldest_first = "".join(
        f"<item><guid>{day}</guid><pubDate>{NOW - timedelta(days=day):%a, %d %b %Y} 00:00:00 GMT</pubDate></item>"
        for day in reversed(range(5))
    )
    for items in (newest_first, oldest_first):
        body = f"<rss version='2.0'><channel><title>a</title>{items}</channel></rss>".encode()
        parsed = parser.parse(Fetched("s", SOURCE.url, body), most_items=3)
        assert isinstance(parsed, ParsedFeed)
        assert {item.guid for item in parsed.items} == {"0", "1", "2"}
        assert {entry.guid for entry in parsed.entries} == {"0", "1", "2"}
        assert parsed.notes == ("2 items over 3, the oldest, left out",)


def test_more_equal_items_than_allowed() -> None:
    """Items that are equal to the byte are counted one by one."""
    body = SHAPES["items with one title"](2000)
    parsed = parser.parse(Fetched("s", SOURCE.url, body), most_items=3)
    assert isinstance(parsed, ParsedFeed)
    assert (len(parsed.items), len(parsed.entries)) == (3, 3)


@pytest.mark.parametrize(
    ("shape", "name", "count"),
    [
        ("categories", "categories", 200),
        ("authors", "authors", 200),
        ("enclosures", "enclosures", 200),
        ("links", "links", 200),
    ],
)
def test_an_item_with_thousands_of_parts(shape: str, name: str, count: int) -> None:
    """The first ones are kept; a note says how many are not."""
    parsed, _ = feed_of(SHAPES[shape](100_000))
    assert len(getattr(parsed.entries[0], name)) == count
    assert [note for note in parsed.notes if note.endswith("of items left out")]


def test_a_title_of_a_book() -> None:
    """It is cut."""
    parsed, feed = feed_of(SHAPES["a long title"](100_000))
    assert len(feed.posts[0].title) <= 4001
    assert parsed.notes == ("1 ends of titles left out",)


def test_bases_inside_each_other() -> None:
    """Beyond the first thousand they are left out: each would be as long as all around it."""
    parsed, _ = feed_of(SHAPES["nested bases"](60_000))
    assert "relative bases over 1000 left out" in parsed.notes


def test_an_address_that_no_server_takes() -> None:
    """It is left out, and the post is kept."""
    _, feed = feed_of(SHAPES["parameters of a link"](200_000))
    assert (feed.posts[0].title, feed.posts[0].guid) == ("a", "t")
    assert "p20=1" not in feed.posts[0].link


def test_formatting_that_is_never_closed() -> None:
    """A parser would open all of it again in each paragraph: the words are kept, the tags not."""
    body = SHAPES["reopened bold"](85_000)
    _, feed = feed_of(body)
    assert len(feed.posts[0].content_html) < 3 * len(body)
    assert feed.posts[0].text.startswith("x x x")


def test_formatting_as_people_write_it() -> None:
    """It stays, however much of it there is, and where some of it is never closed."""
    html = "<p><b>one</b> <i>two" * 200
    item = f"<item><description><![CDATA[{html}]]></description></item>"
    body = f"<rss version='2.0'><channel><title>a</title>{item}</channel></rss>"
    _, feed = feed_of(body.encode())
    assert "<b>one</b>" in feed.posts[0].content_html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("AT&T &amp; Bell &nope; &copy; &lt;b&gt; &#233; ", "AT&T & Bell &nope; © <b> é"),
        ('<a href="https://a.example/?x=1&y=2&amp;z=3">a</a> ', "a"),
        ("&amp;lt; &quot;q&quot; &notit; ", '&lt; "q" ¬it;'),
    ],
)
def test_thousands_of_ampersands(written: str, shown: str) -> None:
    """They are what they are when they are few."""
    from syndicator.normalizer.html import sanitize
    from syndicator.normalizer.text import words

    few, many = (sanitize.clean(written * count, "").html for count in (1, 3000))
    assert words(few) == shown
    assert many.startswith(few.rstrip())
    assert many.count(few.rstrip()) == 3000


def test_a_body_longer_than_any_reader_reads() -> None:
    """It becomes an excerpt with a link to its page."""
    body = SHAPES["paragraphs"](2_000_000)
    _, feed = feed_of(body)
    (post,) = feed.posts
    assert 1000 < len(post.content_html) < 5000
    assert post.content_html.endswith(">https://harbour.example/tide</a></p>")
    assert "body cut to an excerpt: it was too long" in post.notes


def test_a_feed_that_uses_up_its_time() -> None:
    """Its source fails, and says what to do; nothing is raised."""
    body = SHAPES["paragraphs"](3_000_000)
    settings = FetchSettings(max_cpu=timedelta(microseconds=1000))
    reading = read(Fetched("s", SOURCE.url, body), SOURCE, NOW, settings=settings)
    assert reading.failed is not None
    assert reading.failed.kind == "too-large"
    assert "max_cpu" in reading.failed.advice


def test_a_budget_that_is_kept() -> None:
    """Nothing is raised, also later."""
    with budget(0.05, 10**9):
        pass
    sum(range(3_000_000))


def test_a_budget_of_time_that_is_not_kept() -> None:
    """It ends the block where it stands."""
    with pytest.raises(OverBudget, match="of CPU"), budget(0.01, 10**9):
        while True:
            pass


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system has no /proc")
def test_a_budget_of_memory_that_is_not_kept() -> None:
    """It ends the block at the next look, a quarter of a second of CPU later at most."""
    pieces: list[bytes] = []
    with pytest.raises(OverBudget, match="more than 20 MB of memory"), budget(60, 20_000_000):
        while True:
            pieces += (bytes(100) for _ in range(1000))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # in Hypothesis's
def test_a_feed_that_uses_up_its_memory() -> None:
    """Its source fails, and says what to do, also where a finalizer drops the first interruption."""
    body = SHAPES["distinct items"](3_000_000)
    # Less than nothing: a process that has read larger feeds need not grow for this one.
    settings = FetchSettings(max_memory=-(10**9))
    reading = read(Fetched("s", SOURCE.url, body), SOURCE, NOW, settings=settings)
    assert reading.failed is not None
    assert (reading.failed.kind, "max_memory" in reading.failed.advice) == ("too-large", True)
