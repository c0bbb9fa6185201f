"""Which posts a feed takes when its operator changes a filter, or a source lists its whole past."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from store_helpers import DAY, FEED, HOUR, NOW, post, receive, sources, titles

from syndicator.filters import judge
from syndicator.model.settings import Feed, Filter, Rules, Source
from syndicator.store import Store

A = sources("a")


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        yield opened


def excluding(title: str) -> Filter:
    return Filter(exclude=Rules(title=title))


def history(store: Store, feed: Feed = FEED) -> list[str]:
    """The titles of the posts that stand in no document, newest first."""
    (slice_,) = ({item.post.title: item for item in store.snapshots.archive(feed, 1).items},)
    return [title.removeprefix("About ") for title in slice_]


# -- a flood of the past
# --------------------------------------------------------------------------------


def test_a_source_that_lists_its_whole_past(store: Store) -> None:
    """Posts older than all known of it are history but for the newest three; the others stay on
    show.
    """
    receive(store, *(post(f"b{n}", "b", published=NOW - n * DAY) for n in range(10)))
    receive(store, *(post(f"a{n}", published=NOW - n * DAY) for n in range(10)))
    both = sources("a", "b")
    feed = replace(FEED, limit=20)
    store.feeds.admit(feed, both, NOW, judge)
    before = titles(store, feed)
    past = [post(f"old{n}", published=NOW - (100 + n) * DAY) for n in range(50)]
    receive(store, *past, now=NOW + HOUR)
    numbers = store.feeds.admit(feed, both, NOW + HOUR, judge)
    assert len(numbers) == 50
    assert store.feeds.archived(feed, numbers) == {"a": 47}
    assert set(titles(store, feed)) == {*before, "old0", "old1", "old2"}
    assert history(store, feed) == [f"old{n}" for n in range(3, 50)]
    receive(store, post("next", "b", published=NOW), now=NOW + 90 * DAY)
    store.feeds.admit(feed, both, NOW + 90 * DAY, judge)
    assert {"next", "b0", "a0"} <= set(titles(store, feed))
    assert not {"old3", "old49"} & set(titles(store, replace(feed, limit=500)))


@pytest.mark.parametrize(("join", "shown"), [(0, 0), (10, 5)])
def test_as_many_of_the_past_as_a_source_may_bring(store: Store, join: int, shown: int) -> None:
    """`join` counts for them as for a source that joins."""
    receive(store, post("x"))
    wanted = sources("a", join=join)
    store.feeds.admit(FEED, wanted, NOW)
    receive(store, *(post(f"old{n}", published=NOW - (9 + n) * DAY) for n in range(5)))
    store.feeds.admit(FEED, wanted, NOW + HOUR)
    assert len(titles(store)) == 1 + shown


def test_new_posts_of_any_number(store: Store) -> None:
    """Posts newer than those known are news, and so are posts without a date, however many come."""
    receive(store, post("x"))
    store.feeds.admit(FEED, A, NOW)
    receive(store, *(post(f"new{n}", published=NOW + n * HOUR) for n in range(9)), now=NOW + DAY)
    receive(store, *(post(f"u{n}", published=None, instant=None) for n in range(9)), now=NOW + DAY)
    numbers = store.feeds.admit(FEED, A, NOW + DAY)
    assert store.feeds.archived(FEED, numbers) == {}
    assert len(titles(store)) == 19


# -- a source's own limit
# -------------------------------------------------------------------------------


def test_a_burst_of_a_source_with_a_limit(store: Store) -> None:
    """Its newest stand in the document, up to its limit, however young the others are."""
    wanted = {**sources("a", limit=2), **sources("b")}
    receive(store, post("b", "b"))
    receive(store, post("x"))
    store.feeds.admit(FEED, wanted, NOW)
    receive(store, *(post(str(n), published=NOW + n * HOUR) for n in range(9)), now=NOW + DAY)
    store.feeds.admit(FEED, wanted, NOW + DAY)
    assert titles(store) == ["8", "7", "b"]


# -- a changed filter
# -----------------------------------------------------------------------------------


def changed(kind: str, title: str) -> tuple[Feed, dict[str, Source]]:
    """A feed with a filter of its own, or one whose source has it."""
    rules = excluding(title) if title else Filter()
    if kind == "feed":
        return replace(FEED, filter=rules), dict(A)
    return FEED, dict(sources("a", filter=rules))


@pytest.mark.parametrize("kind", ["feed", "source"])
def test_a_filter_that_is_tightened(store: Store, kind: str) -> None:
    """Posts that it keeps back leave the document and the history; the feed is newer for it."""
    receive(store, post("shop"), post("kept"), post("talk"))
    store.feeds.admit(*changed(kind, ""), NOW, judge)
    stamp = store.feeds.stamp(FEED)
    feed, wanted = changed(kind, "shop")
    assert store.feeds.admit(feed, wanted, NOW + HOUR, judge) == []
    assert set(titles(store)) == {"kept", "talk"}
    assert history(store) == []
    assert store.feeds.stamp(FEED) != stamp
    edition = store.snapshots.edition(FEED, A, since=0)
    assert edition.departed.posts == {"https://a.example/shop"}
    assert store.snapshots.stale_archives(FEED) == [1]
    stamp = store.feeds.stamp(FEED)
    assert store.feeds.admit(feed, wanted, NOW + 2 * HOUR, judge) == []
    assert store.feeds.stamp(FEED) == stamp


@pytest.mark.parametrize("kind", ["feed", "source"])
def test_a_filter_that_is_tightened_and_loosened_again(store: Store, kind: str) -> None:
    """The post is back under its id and with its date, in the history: it is no news."""
    receive(store, post("shop"), post("kept"))
    store.feeds.admit(*changed(kind, ""), NOW, judge)
    (before,) = [i for i in store.snapshots.edition(FEED, A).items if "shop" in i.post.title]
    store.feeds.admit(*changed(kind, "shop"), NOW + HOUR, judge)
    assert store.feeds.admit(*changed(kind, ""), NOW + 2 * HOUR, judge) == []
    assert titles(store) == ["kept"]
    (item,) = store.snapshots.archive(FEED, 1).items
    assert (item.id, item.published, item.sequence) == (
        before.id,
        before.published,
        before.sequence,
    )


def test_a_feed_filter_that_is_loosened(store: Store) -> None:
    """Posts that it had kept back come in as history, as far as the documents reach back."""
    strict = replace(FEED, filter=excluding("shop"))
    receive(store, post("shop-0", published=NOW - 9 * DAY), post("kept", published=NOW - DAY))
    receive(store, post("shop-1"), now=NOW)
    store.feeds.admit(strict, A, NOW, judge)
    assert titles(store) == ["kept"]
    (number,) = store.feeds.admit(FEED, A, NOW + HOUR, judge)
    assert store.posts.read([number])[number].title == "About shop-1"
    assert titles(store) == ["kept"]
    assert history(store) == ["shop-1"]


def test_a_source_filter_that_is_loosened(store: Store) -> None:
    """Posts that it had kept back come in as history; those beyond `newest` stay out."""
    strict = sources("a", filter=replace(excluding("shop"), newest=3))
    receive(
        store,
        post("shop", filtered="excluded by title pattern shop"),
        post("many", filtered="not among the newest 3"),
        post("kept"),
    )
    store.feeds.admit(FEED, strict, NOW, judge)
    store.feeds.admit(FEED, sources("a", filter=Filter(newest=3)), NOW + HOUR, judge)
    assert (titles(store), history(store)) == (["kept"], ["shop"])


def test_a_filter_does_not_bring_what_joining_passed_over(store: Store) -> None:
    """The posts that a source had before it joined stay out, whatever its filter lets through."""
    receive(store, post("x"))
    store.feeds.admit(FEED, A, NOW, judge)
    receive(store, *(post(f"b{n}", "b", published=NOW + n * HOUR) for n in range(9)), now=NOW + DAY)
    both = {**A, **sources("b", filter=excluding("nothing"))}
    store.feeds.admit(FEED, both, NOW + DAY, judge)
    assert store.feeds.admit(FEED, {**A, **sources("b")}, NOW + 2 * DAY, judge) == []
    assert len(titles(store)) == 4


def test_an_age_is_judged_at_first_sight(store: Store) -> None:
    """Another rule that changes takes out no post that has grown old since."""
    rules = Filter(max_age=timedelta(days=30))
    receive(store, post("x"))
    store.feeds.admit(FEED, sources("a", filter=rules), NOW, judge)
    later = sources("a", filter=replace(rules, exclude=Rules(title="shop")))
    store.feeds.admit(FEED, later, NOW + 90 * DAY, judge)
    assert titles(store) == ["x"]


def test_future_posts_that_are_to_be_held_from_now_on(store: Store) -> None:
    """They leave the document until their date, and are back with it."""
    receive(store, post("x", published=None, instant=NOW + 2 * DAY), post("y"))
    store.feeds.admit(FEED, A, NOW, judge)
    assert len(titles(store)) == 2
    held = sources("a", future="hold")
    store.feeds.admit(FEED, held, NOW + HOUR, judge)
    assert titles(store) == ["y"]
    store.feeds.admit(FEED, held, NOW + 3 * DAY, judge)
    assert set(titles(store)) == {"x", "y"}


def test_at_most_so_many_of_one_fetch(store: Store) -> None:
    """`newest` of the feed's own filter counts for each source; the others are passed over for
    good.
    """
    feed = replace(FEED, filter=Filter(newest=2))
    receive(store, *(post(f"a{n}", published=NOW - n * HOUR) for n in range(5)))
    receive(store, post("b", "b"))
    store.feeds.admit(feed, sources("a", "b"), NOW, judge)
    assert set(titles(store)) == {"a0", "a1", "b"}
    receive(store, *(post(f"n{n}", published=NOW + n * HOUR) for n in range(5)), now=NOW + DAY)
    store.feeds.admit(feed, sources("a", "b"), NOW + DAY, judge)
    assert set(titles(store)) == {"a0", "a1", "b", "n3", "n4"}
    assert store.feeds.admit(feed, sources("a", "b"), NOW + 2 * DAY, judge) == []
