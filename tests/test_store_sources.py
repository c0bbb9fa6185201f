"""What is known of sources between runs."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from store_helpers import DAY, FEED, HOUR, NOW, post, receive, sources

from syndicator.model.fetch import Hints, SourceState, Validators
from syndicator.model.post import SourceInfo
from syndicator.normalizer import identity
from syndicator.store import Store

FULL = SourceState(
    source_id="a",
    url="https://a.example/feed",
    validators=Validators('W/"x"', "Sun, 01 Sep 2024 12:00:00 GMT"),
    body_hash="0123",
    hints=Hints(HOUR, DAY, timedelta(minutes=7), (1, 2), ("Sunday",), timedelta(seconds=0.5)),
    last_attempt=NOW,
    last_success=NOW - HOUR,
    last_change=NOW - DAY,
    next_due=NOW + timedelta(microseconds=1),
    due_reason="its interval",
    retry_at=NOW,
    retry_scope="host",
    failing_since=NOW,
    consecutive=3,
    failure_kind="dns",
    failure="no such host",
    alerted=True,
    gone_since=NOW,
    gone=True,
    moved_to="https://b.example/feed",
    moved_days=("2024-08-31", "2024-09-01"),
    unchanged_since=NOW,
    strange="https://stranger.example/feed",
    led_to="elsewhere.example",
)


@pytest.fixture
def store():
    with Store(":memory:") as opened:
        yield opened


@pytest.mark.parametrize(
    "state", [FULL, SourceState("a"), replace(FULL, failure="", consecutive=0)]
)
def test_a_state_comes_back(store: Store, state: SourceState) -> None:
    """Every field, whatever stood there before."""
    store.sources.save_state(FULL)
    store.sources.save_state(state)
    assert store.sources.states() == {"a": state}


def test_every_field_of_a_state_is_kept(store: Store) -> None:
    """A field that is added to the noun is kept without a word here: none differs from its default
    unseen.
    """
    names = SourceState.__struct_fields__
    named = {name for name in names if getattr(FULL, name) != getattr(SourceState("a"), name)}
    assert named | {"moved", "moved_from", "reach", "strange"} >= set(names) - {"source_id"}
    extra = replace(
        FULL,
        moved=True,
        moved_from="https://o.example/",
        reach="public",
        strange="https://x.example/",
        led_to="elsewhere.example",
    )
    store.sources.save_state(extra)
    assert store.sources.states()["a"] == extra


def test_how_a_source_is_shown(store: Store) -> None:
    """As it was saved last, without the restless date of its feed; by its id before its first
    success.
    """
    assert store.snapshots.edition(FEED, sources("a")).sources == (
        SourceInfo("a", "a", feed="https://a.example/feed"),
    )
    for name in ("A", "The A"):
        info = SourceInfo(
            "a", name, "https://a.example/", feed_id="tag:a.example,2024:feed", updated=NOW
        )
        assert store.sources.save_info(info)
        assert not store.sources.save_info(info)
        assert store.snapshots.edition(FEED, sources("a")).sources == (replace(info, updated=None),)


def test_what_a_source_speaks(store: Store) -> None:
    """It is kept, and shown nowhere: to learn it makes no document again."""
    info = SourceInfo("a", "A", "https://a.example/")
    receive(store, post("x"))
    store.sources.save_info(info)
    store.feeds.admit(FEED, sources("a"), NOW)
    mark = store.feeds.stamp(FEED)
    assert not store.sources.save_info(replace(info, spoken="ru"))
    assert store.sources.info("a").spoken == "ru"
    assert store.feeds.stamp(FEED) == mark
    assert store.snapshots.edition(FEED, sources("a")).sources == (info,)


def test_known_items(store: Store) -> None:
    """Those of the current version, and as many from before: what is remembered of a feed is
    bounded.
    """
    assert store.sources.known_items("a") == frozenset()
    for version in range(50):
        receive(store, *(post(f"{version}-{n}") for n in range(10)), now=NOW + version * HOUR)
        assert len(store.sources.known_items("a")) <= 30
    assert {post(f"49-{n}").fingerprint for n in range(10)} <= store.sources.known_items("a")


def test_a_server_that_wavers(store: Store) -> None:
    """Two servers give two versions in turn: after one turn neither is news."""
    versions = [[post(f"{v}-{n}") for n in range(5)] for v in "xy"]
    for version in versions:
        receive(store, *version)
    for version in versions:
        assert {one.fingerprint for one in version} <= store.sources.known_items("a")
        store.posts.receive("a", [], [one.fingerprint for one in version], identity.decide, NOW)


def test_an_item_that_was_known_belongs_to_its_post(store: Store) -> None:
    """A new item that looks like one that stands in the feed unchanged is another post."""
    one = post(
        "x",
        title="Weather",
        text="Sun in the morning, some clouds in the afternoon, rain at night.",
    )
    receive(store, one)
    other = post(
        "y",
        title="Weather",
        text="Sun in the morning, some clouds in the afternoon, rain at night.",
    )
    intake = receive(store, other, items=[one.fingerprint], now=NOW + HOUR)
    assert len(intake.new) == 1


def test_dates(store: Store) -> None:
    """The newest dates of a source."""
    receive(store, *(post(str(n), published=NOW - n * DAY) for n in range(5)))
    assert store.posts.dates("a", 2) == [NOW, NOW - DAY]


@pytest.mark.parametrize(
    "url", ["http://a.example/feed", "https://www.a.example/feed/", "https://b.example/feed"]
)
def test_a_new_address_in_the_file(store: Store, url: str) -> None:
    """Scheme, www., slash, or the address that the feed is known to have moved to: its history goes
    along.
    """
    old, new = "https://a.example/feed", replace(sources(url)[url], url=url)
    store.sources.save_state(replace(FULL, source_id=old, url=old))
    assert store.sources.adopt([new]) == {old: url}
    assert set(store.sources.states()) == {url}


def test_an_address_that_is_still_in_the_file(store: Store) -> None:
    """A source that is configured keeps its history; the other begins anew."""
    old, url = "https://a.example/feed", "http://a.example/feed"
    store.sources.save_state(replace(FULL, source_id=old, url=old))
    both = [replace(sources(name)[name], url=name) for name in (old, url)]
    assert store.sources.adopt(both) == {}
