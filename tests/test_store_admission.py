"""What a feed publishes, when, and under which id: decided once and kept."""

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from store_helpers import DAY, FEED, HOUR, NOW, post, receive, sources, titles

from syndicator.filters import judge
from syndicator.model.post import Post, SourceInfo
from syndicator.model.settings import Feed, Filter, Rules
from syndicator.normalizer import identity
from syndicator.store import Store

A = sources("a")


@pytest.fixture
def store():
    with Store(":memory:") as opened:
        yield opened


def ids(store: Store, feed: Feed = FEED, *names: str) -> list[str]:
    return [
        item.id for item in store.snapshots.edition(feed, sources(*(names or ("a", "b")))).items
    ]


def test_first_run(store: Store) -> None:
    """Everything is published, the oldest first in sequence, and the newest first in the
    document.
    """
    intake = receive(store, post("new", published=NOW - HOUR), post("old", published=NOW - DAY))
    assert store.feeds.admit(FEED, A, NOW) == [intake.new[1], intake.new[0]]
    edition = store.snapshots.edition(FEED, A)
    assert [(item.post.title, item.sequence) for item in edition.items] == [
        ("About new", 2),
        ("About old", 1),
    ]
    assert {item.first_published for item in edition.items} == {NOW}
    assert edition.updated == NOW


def test_nothing_new(store: Store) -> None:
    """Another look changes nothing, however late it is."""
    receive(store, post("x"))
    store.feeds.admit(FEED, A, NOW)
    mark, edition = store.feeds.stamp(FEED), store.snapshots.edition(FEED, A)
    assert store.feeds.admit(FEED, A, NOW + 300 * DAY) == []
    assert (store.feeds.stamp(FEED), store.snapshots.edition(FEED, A)) == (mark, edition)


def test_a_source_joins(store: Store) -> None:
    """Its newest three are added, the others never, and then whatever it posts."""
    receive(store, post("x"))
    store.feeds.admit(FEED, A, NOW)
    receive(
        store, *(post(str(n), "b", published=NOW - n * HOUR) for n in range(10)), now=NOW + HOUR
    )
    both = sources("a", "b")
    assert len(store.feeds.admit(FEED, both, NOW + HOUR)) == 3
    assert titles(store)[:4] == ["0", "1", "x", "2"]
    assert store.feeds.admit(FEED, both, NOW + 2 * HOUR) == []
    receive(store, post("late", "b"), now=NOW + 3 * HOUR)
    assert len(store.feeds.admit(FEED, both, NOW + 3 * HOUR)) == 1


@pytest.mark.parametrize("join", [0, 1, 50])
def test_a_source_joins_with_its_own_number(store: Store, join: int) -> None:
    """`join` says how many it brings."""
    receive(store, post("x"))
    store.feeds.admit(FEED, A, NOW)
    both = {**A, **sources("b", join=join)}
    receive(store, *(post(str(n), "b") for n in range(10)))
    assert len(store.feeds.admit(FEED, both, NOW)) == min(join, 10)
    assert store.feeds.admit(FEED, both, NOW + HOUR) == []
    receive(store, post("late", "b"), now=NOW + HOUR)
    assert len(store.feeds.admit(FEED, both, NOW + HOUR)) == 1


def test_a_source_leaves_and_comes_back(store: Store) -> None:
    """It leaves the documents; back again it doubles nothing and floods nobody."""
    both = sources("a", "b")
    receive(store, post("x"))
    receive(store, *(post(str(n), "b") for n in range(5)))
    store.feeds.admit(FEED, both, NOW)
    before = ids(store)
    store.feeds.admit(FEED, A, NOW + DAY)
    assert titles(store) == ["x"]
    receive(
        store,
        *(post(str(n), "b", published=NOW + timedelta(minutes=n)) for n in range(5, 20)),
        now=NOW + 2 * DAY,
    )
    assert len(store.feeds.admit(FEED, both, NOW + 2 * DAY)) == 3
    after = ids(store)
    assert len(after) == len(set(after)) == 9
    assert set(before) < set(after)


def test_a_source_whose_first_fetch_failed(store: Store) -> None:
    """It joins when it has posts, not when it is configured."""
    both = sources("a", "b")
    receive(store, post("x"))
    store.feeds.admit(FEED, both, NOW)
    receive(store, *(post(str(n), "b") for n in range(5)), now=NOW + HOUR)
    assert len(store.feeds.admit(FEED, both, NOW + HOUR)) == 3


def test_feeds_by_tags_sources_and_languages(store: Store) -> None:
    """Each feed of a file takes what it selects; one post has one id in all of them."""
    wanted = {**sources("a", tags=("x",)), **sources("b")}
    receive(store, post("1"), post("2", language="pt-BR"))
    receive(store, post("3", "b"))
    feeds = {
        "tag": (Feed("T", "tag", tags=("x",)), {"1", "2"}),
        "source": (Feed("S", "source", sources=("b",)), {"3"}),
        "language": (Feed("L", "language", languages=("PT",)), {"2"}),
        "all": (FEED, {"1", "2", "3"}),
    }
    for feed, expected in feeds.values():
        store.feeds.admit(feed, wanted, NOW)
        assert set(titles(store, feed)) == expected
    assert set(ids(store, feeds["tag"][0])) < set(ids(store))
    assert len({store.snapshots.edition(feed, wanted).id for feed, _ in feeds.values()}) == 4


def test_posts_that_are_not_let_through(store: Store) -> None:
    """Filtered by their source or by the feed: stored, never published, in a later run neither."""
    receive(store, post("kept"), post("out", filtered="title matches"), post("shop"))
    feed = replace(FEED, filter=Filter(exclude=Rules(title="shop")))
    store.feeds.admit(feed, A, NOW, judge)
    assert titles(store) == ["kept"]
    assert store.feeds.admit(feed, A, NOW + HOUR, judge) == []


def test_a_private_source(store: Store) -> None:
    """Its posts are in no document; where the operator says so, its guids still are not shown."""
    receive(store, post("x"))
    assert store.feeds.admit(FEED, sources("a", private=True, publish=False), NOW) == []
    store.feeds.admit(FEED, sources("a", private=True), NOW)
    (made,) = ids(store)
    assert UUID(made) and "a.example" not in made


def test_future_dates(store: Store) -> None:
    """Shown as first seen until the date has passed; then it has its date, and that is a change."""
    receive(store, post("x", published=None, instant=NOW + DAY))
    store.feeds.admit(FEED, A, NOW)
    assert store.snapshots.edition(FEED, A).items[0].published == NOW
    mark = store.feeds.stamp(FEED)
    store.feeds.admit(FEED, A, NOW + 2 * DAY)
    assert store.snapshots.edition(FEED, A).items[0].published == NOW + DAY
    assert store.feeds.stamp(FEED) != mark


def test_a_future_date_that_is_taken_back(store: Store) -> None:
    """The source corrects the date of a post that was dated ahead by mistake."""
    receive(store, post("x", published=None, instant=NOW + 300 * DAY))
    store.feeds.admit(FEED, A, NOW)
    receive(
        store,
        post("x", published=NOW - DAY, text="Corrected in every way, and at some length."),
        now=NOW + HOUR,
    )
    assert store.snapshots.edition(FEED, A).items[0].published == NOW - DAY


def test_future_posts_held_back(store: Store) -> None:
    """`future = "hold"`: published when the date has passed."""
    wanted = sources("a", future="hold")
    receive(store, post("x", published=NOW + DAY), post("y"))
    assert len(store.feeds.admit(FEED, wanted, NOW)) == 1
    assert store.feeds.admit(FEED, wanted, NOW + HOUR) == []
    assert len(store.feeds.admit(FEED, wanted, NOW + 2 * DAY)) == 1
    assert titles(store) == ["x", "y"]


def test_no_date(store: Store) -> None:
    """The time first seen, kept."""
    receive(store, post("x", published=None, instant=None))
    store.feeds.admit(FEED, A, NOW)
    receive(store, post("x", published=None, instant=None, title="Changed"), now=NOW + DAY)
    assert store.snapshots.edition(FEED, A).items[0].published == NOW


def test_posts_with_equal_dates_or_none(store: Store) -> None:
    """A feed has its newest on top: that one is published last, in the first run and in later
    ones.
    """
    for name, date in (("a", None), ("b", NOW - DAY)):
        receive(store, *(post(f"{name}{n}", name, published=date, instant=date) for n in (3, 2, 1)))
    both = sources("a", "b")
    store.feeds.admit(FEED, both, NOW)
    assert titles(store) == ["a3", "a2", "a1", "b3", "b2", "b1"]
    receive(
        store, *(post(f"a{n}", published=None, instant=None) for n in (5, 4, 3, 2)), now=NOW + HOUR
    )
    store.feeds.admit(FEED, both, NOW + HOUR)
    assert titles(store)[:2] == ["a5", "a4"]


def test_a_feed_with_its_oldest_on_top(store: Store) -> None:
    """Its dates say so, and posts of one day follow each other in its own order."""
    receive(store, *(post(str(n), published=NOW - DAY * (n < 3)) for n in range(6)))
    store.feeds.admit(FEED, A, NOW)
    assert titles(store) == ["5", "4", "3", "2", "1", "0"]


def test_an_old_post_pinned_on_top(store: Store) -> None:
    """It does not turn the order of the others round."""
    day = [post(name, published=NOW - DAY) for name in "cba"]
    receive(
        store, post("pinned", published=NOW - 900 * DAY), *day, post("d", published=NOW - 2 * DAY)
    )
    store.feeds.admit(FEED, A, NOW)
    assert titles(store) == ["c", "b", "a", "d", "pinned"]


def test_a_date_a_little_ahead_is_one(store: Store) -> None:
    """A clock or a time zone that is wrong: the post is shown as first seen, and is the newest."""
    feed = replace(FEED, limit=3)
    ahead = post("ahead", published=None, instant=NOW + 2 * HOUR)
    receive(store, ahead, *(post(str(n), published=NOW - (n + 1) * HOUR) for n in range(9)))
    store.feeds.admit(feed, A, NOW)
    assert titles(store, feed) == ["ahead", "0", "1"]


def test_undated_posts_of_a_source_that_joins_push_nothing_out(store: Store) -> None:
    """They may be of any age; what an old source posts without a date is new."""
    feed = replace(FEED, limit=3)
    receive(store, *(post(f"u{n}", published=None, instant=None) for n in range(9)))
    receive(store, *(post(f"d{n}", "b", published=NOW - (n + 1) * DAY) for n in range(2)))
    both = sources("a", "b")
    store.feeds.admit(feed, both, NOW)
    assert titles(store, feed) == ["u0", "d0", "d1"]  # in the order of their dates, as ever
    receive(store, post("new", published=None, instant=None), now=NOW + HOUR)
    receive(store, *(post(f"e{n}", "b", published=NOW) for n in range(3)), now=NOW + HOUR)
    undated = [post(f"v{n}", "c", published=None, instant=None) for n in range(4)]
    receive(store, *undated, post("w", "c", published=NOW - DAY), now=NOW + HOUR)
    admitted = store.feeds.admit(feed, sources("a", "b", "c"), NOW + HOUR)
    names = [store.posts.read([number])[number].title.removeprefix("About ") for number in admitted]
    assert names == [
        "v1",
        "v0",
        "w",
        "e2",
        "e1",
        "e0",
        "new",
    ]  # of those that join the dated ones go first


# -- ids
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "guid", ["https://a.example/?p=1", "tag:a.example,2024:1", "urn:uuid:9b4b1b9e-0000-4000-8000-1"]
)
def test_the_source_has_a_uri(store: Store, guid: str) -> None:
    """It is the id."""
    receive(store, post("x", guid=guid))
    store.feeds.admit(FEED, A, NOW)
    assert ids(store) == [guid]


@pytest.mark.parametrize(
    "guid",
    [
        "17",
        "",
        "a b",
        "javascript:alert(1)",
        "data:text/html,x",
        "/x",
        "C:\\feed\\1",
        "http://",
        "https://a/%zz",
    ],
)
def test_the_source_has_no_uri(store: Store, guid: str) -> None:
    """The id is made of what it has and the source; another store makes the same on another day."""
    made = set()
    for day in range(2):
        with Store(":memory:") as other:
            receive(other, post("x", guid=guid, published=None), now=NOW + day * DAY)
            other.feeds.admit(FEED, A, NOW + day * DAY)
            made.update(ids(other))
    (one,) = made
    assert UUID(one).version == 5


def test_one_guid_in_two_posts(store: Store) -> None:
    """The first has it; the second gets another id."""
    receive(
        store, post("x", guid="https://a.example/feed"), post("y", guid="https://a.example/feed")
    )
    store.feeds.admit(FEED, A, NOW)
    assert len(set(ids(store))) == 2


def test_an_id_survives_everything(store: Store) -> None:
    """Guid, link, title, text and the source's own id change one after another; the id stays."""
    receive(store, post("x", guid="http://a.example/?p=1"))
    store.feeds.admit(FEED, A, NOW)
    before = ids(store)
    receive(store, post("x", guid="https://a.example/?p=1"), now=NOW + HOUR)
    receive(
        store, post("x", guid="https://a.example/?p=1", title="Another title"), now=NOW + 2 * HOUR
    )
    receive(
        store,
        post("x", guid="https://a.example/?p=1", link="https://a.example/moved"),
        now=NOW + 3 * HOUR,
    )
    store.feeds.admit(FEED, A, NOW + 4 * HOUR)
    assert ids(store) == before == ["http://a.example/?p=1"]


# -- copies
# -----------------------------------------------------------------------------------------------


def planet(name: str, source: str = "b", **more: str) -> Post:
    """A post of a planet that proves to be one of `a`."""
    made = post(name, source, republished=True, origin_link=f"https://a.example/{name}", **more)
    return replace(made, origin=replace(made.origin, name="A", url="https://a.example/"))


def test_a_copy_in_the_same_run(store: Store) -> None:
    """Whichever comes in first, the original is shown, once, with the copy beside it."""
    for order in ((planet("x"), post("x")), (post("x"), planet("x"))):
        with Store(":memory:") as other:
            for one in order:
                receive(other, one)
            other.feeds.admit(FEED, sources("a", "b"), NOW)
            (item,) = other.snapshots.edition(FEED, sources("a", "b")).items
            assert (item.id, item.post.source_id) == ("https://a.example/x", "a")
            assert [(place.url, place.source) for place in item.also] == [
                ("https://b.example/x", "B")
            ]


def test_the_original_comes_after_its_copy_was_published(store: Store) -> None:
    """The id stays; nothing is published twice; the body, which readers compare, stays as it
    was.
    """
    both = sources("a", "b")
    receive(store, planet("x"))
    store.feeds.admit(FEED, both, NOW)
    before = ids(store)
    receive(store, post("x"), now=NOW + HOUR)
    assert store.feeds.admit(FEED, both, NOW + HOUR) == []
    assert ids(store) == before
    (item,) = store.snapshots.edition(FEED, both).items
    assert item.also == ()
    assert [place.url for place in item.copies] == ["https://a.example/x"]


def test_the_originals_credit_wins(store: Store) -> None:
    """A copy that credited itself credits the original as soon as that is known; that is a
    change.
    """
    both = sources("a", "b")
    receive(store, post("x", "b", link="https://a.example/x"))
    store.feeds.admit(FEED, both, NOW)
    mark = store.feeds.stamp(FEED)
    receive(store, post("x"), now=NOW + HOUR)
    (item,) = store.snapshots.edition(FEED, both).items
    assert (item.post.source_id, item.post.origin.name, item.post.origin_link) == (
        "b",
        "A",
        "https://a.example/x",
    )
    assert store.feeds.stamp(FEED) != mark


@pytest.mark.parametrize(("private", "credited"), [(True, "B"), (False, "A")])
def test_an_original_whose_source_turns_private(store: Store, private: bool, credited: str) -> None:
    """Its copy credits itself again; one whose source is only given up is the original still."""
    receive(store, post("x", "b", link="https://a.example/x"))
    store.feeds.admit(FEED, sources("a", "b"), NOW)
    receive(store, post("x"), now=NOW + HOUR)
    left = {**sources("b"), **(sources("a", private=True) if private else {})}
    store.links.hide_sources(left.values(), NOW + DAY)
    store.feeds.admit(FEED, left, NOW + DAY)
    (item,) = store.snapshots.edition(FEED, left).items
    assert item.post.origin.name == credited
    assert not item.copies


def test_one_of_two_copies_is_hidden(store: Store) -> None:
    """The other one is named as before: it is shown at an address of its own."""
    receive(store, post("x"))
    receive(store, planet("x"))
    receive(store, planet("x", "c"))
    store.feeds.admit(FEED, sources("a", "b", "c"), NOW)
    left = sources("a", "b")
    store.links.hide_sources(left.values(), NOW + HOUR)
    (item,) = store.snapshots.edition(FEED, left).items
    assert [place.url for place in item.also] == ["https://b.example/x"]


def test_the_copy_stays_when_the_originals_source_leaves(store: Store) -> None:
    """The story is shown in another version, under its id."""
    receive(store, post("x"))
    receive(store, planet("x"))
    store.feeds.admit(FEED, sources("a", "b"), NOW)
    before = ids(store)
    store.feeds.admit(FEED, sources("b"), NOW + HOUR)
    (item,) = store.snapshots.edition(FEED, sources("b")).items
    assert ([item.id], item.post.source_id, item.post.origin.name) == (before, "b", "A")
    assert store.snapshots.without_lists(FEED) == [2], "it gets lists of its own"


def test_a_feed_that_takes_only_the_copys_source(store: Store) -> None:
    """It shows the copy, under the id of the story."""
    feed = Feed("B", "b", sources=("b",))
    receive(store, post("x"))
    receive(store, planet("x"))
    for one in (FEED, feed):
        store.feeds.admit(one, sources("a", "b"), NOW)
    assert ids(store, feed) == ids(store)
    assert store.snapshots.edition(feed, sources("a", "b")).items[0].post.source_id == "b"


def test_copies_found_by_their_texts(store: Store) -> None:
    """`related` folds a new post into another before it is published; a published one stays what it
    is.
    """
    both = sources("a", "b")
    first, second = receive(store, post("x")).new[0], receive(store, post("y", "b")).new[0]
    store.posts.fold(second, first, NOW)
    store.feeds.admit(FEED, both, NOW)
    assert titles(store) == ["x"]
    third = receive(store, post("z", "b"), now=NOW + HOUR).new[0]
    store.feeds.admit(FEED, both, NOW + HOUR)
    store.posts.fold(third, first, NOW + HOUR)
    store.feeds.admit(FEED, both, NOW + 2 * HOUR)
    assert sorted(titles(store)) == ["x", "z"]


def test_a_post_with_copies_is_found_to_be_a_copy(store: Store) -> None:
    """What was folded into it comes along: all are named beside the story."""
    told = receive(store, post("y")).new[0]
    receive(store, planet("y"))
    store.posts.fold(told, receive(store, post("x", "c")).new[0], NOW)
    store.feeds.admit(FEED, sources("a", "b", "c"), NOW)
    (item,) = store.snapshots.edition(FEED, sources("a", "b", "c")).items
    assert [place.url for place in item.also] == ["https://a.example/y", "https://b.example/y"]


def test_a_changed_address_in_the_configuration(store: Store) -> None:
    """A source known by its address gets another one: it is the same source, and nothing is
    doubled.
    """
    old = sources("https://a.example/feed")
    new = {
        "http://www.a.example/feed/": replace(
            old["https://a.example/feed"], id="http://www.a.example/feed/"
        )
    }
    new = {name: replace(one, url=name) for name, one in new.items()}
    info = SourceInfo("https://a.example/feed", "A")
    store.sources.save_info(info)
    one = replace(post("x"), source_id=info.id)
    store.posts.receive(info.id, [one], [one.fingerprint], identity.decide, NOW)
    store.feeds.admit(FEED, old, NOW)
    assert store.sources.adopt(new.values()) == {
        "https://a.example/feed": "http://www.a.example/feed/"
    }
    assert store.sources.adopt(new.values()) == {}
    other = replace(one, source_id="http://www.a.example/feed/", fingerprint="again")
    intake = store.posts.receive(other.source_id, [other], ["again"], identity.decide, NOW + HOUR)
    assert (intake.new, len(intake.unchanged)) == ((), 1)


# -- which posts stand in the documents
# -------------------------------------------------------------------


def names(count: int, source: str = "a", start: int = 0) -> list[Post]:
    return [
        post(str(n), source, published=NOW - (1000 - n) * HOUR) for n in range(start, start + count)
    ]


def test_the_first_edition(store: Store) -> None:
    """It holds `limit` posts, the newest by date: nobody has read it yet."""
    feed = replace(FEED, limit=3)
    receive(store, *names(10))
    store.feeds.admit(feed, A, NOW)
    assert titles(store, feed) == ["9", "8", "7"]


def test_a_burst(store: Store) -> None:
    """All of it stands for two days, beyond `limit`, also a post dated back; then it gives way to
    what is new.
    """
    feed = replace(FEED, limit=3)
    receive(store, *names(5))
    store.feeds.admit(feed, A, NOW)
    later = NOW + 100 * DAY
    receive(store, *names(6, start=10), post("back-dated", published=NOW - 900 * DAY), now=later)
    store.feeds.admit(feed, A, later)
    assert titles(store, feed) == ["15", "14", "13", "12", "11", "10", "back-dated"]
    receive(store, post("next", published=later), now=later + 47 * HOUR)
    store.feeds.admit(feed, A, later + 47 * HOUR)
    assert len(titles(store, feed)) == 8
    receive(store, post("last", published=later), now=later + 49 * HOUR)
    store.feeds.admit(feed, A, later + 49 * HOUR)
    assert set(titles(store, feed)) == {"last", "next", "15"}


def test_a_source_with_a_limit_of_its_own(store: Store) -> None:
    """Its newest stand in the document, and leave room for others."""
    feed = replace(FEED, limit=5)
    wanted = {**sources("a", limit=2), **sources("b")}
    receive(store, *names(10))
    receive(store, *names(10, "b"))
    store.feeds.admit(feed, wanted, NOW)
    assert sorted(titles(store, feed)) == ["7", "8", "8", "9", "9"]


def test_a_limit_that_grows(store: Store) -> None:
    """Older posts come back into the document; that is a change."""
    receive(store, *names(10))
    store.feeds.admit(replace(FEED, limit=3), A, NOW)
    mark = store.feeds.stamp(FEED)
    store.feeds.admit(replace(FEED, limit=5), A, NOW + HOUR)
    assert len(titles(store, FEED)) == 5
    assert store.feeds.stamp(FEED) != mark
