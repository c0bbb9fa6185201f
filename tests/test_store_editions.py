"""What is read back: frozen parts, updates, withdrawals, archives, shelves; the same store gives
the same edition.
"""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from store_helpers import DAY, FEED, HOUR, NOW, post, receive, sources, titles

from syndicator.model.edition import Reference, RelatedList
from syndicator.model.feed import Category, Enclosure, Episode, Image, Origin, Person, Transcript
from syndicator.model.fetch import SourceState
from syndicator.model.post import Attribution, Keys, Post, SourceInfo
from syndicator.normalizer import identity
from syndicator.store import Store, rows

A = sources("a")


@pytest.fixture
def store():
    with Store(":memory:") as opened:
        yield opened


def published(store: Store, *posts: Post) -> list[int]:
    receive(store, *posts)
    return store.feeds.admit(FEED, A, NOW)


def listing(*names: str) -> RelatedList:
    links = tuple(
        Reference(f"https://a.example/{n}", f"About {n}", f"https://a.example/{n}", score=0.5)
        for n in names
    )
    return RelatedList("source", "View more from {source}:", "en", links)


def test_a_post_comes_back_whole(store: Store) -> None:
    """Every field of a post outlives the store, but for notes and fingerprints, which nobody asks
    for again.
    """
    full = post(
        "x",
        guid="x",
        external_url="https://else.example/",
        summary="In short.",
        authors=(Person("Ann", "https://ann.example/", "ann@ann.example"),),
        categories=(Category("c", "https://scheme.example/", "C"),),
        updated=NOW - timedelta(minutes=3, microseconds=7),
        enclosures=(
            Enclosure("https://a.example/1.mp3", "audio/mpeg", 12, duration=60, primary=False),
        ),
        image=Image("https://a.example/i.png", 1, 2, "t"),
        comments="https://a.example/x#comments",
        comment_count=7,
        rights="(c)",
        licence="https://creativecommons.org/licenses/by/4.0/",
        episode=Episode(
            "E",
            explicit="true",
            block=True,
            transcripts=(Transcript("https://a.example/t.vtt", "text/vtt"),),
        ),
        origin=Origin("O", "https://o.example/", updated=NOW),
        origin_link="https://o.example/x",
        via=(Origin("V"), Origin("W")),
        republished=True,
        noindex=True,
    )
    (number,) = published(store, full)
    assert store.posts.read([number])[number] == replace(full, fingerprint="", notes=())
    assert store.snapshots.edition(FEED, A).items[0].post == replace(
        full, fingerprint="", notes=(), keys=Keys()
    )


def test_the_same_store(store: Store) -> None:
    """Read twice it gives the same edition."""
    published(store, *(post(str(n)) for n in range(5)))
    assert store.snapshots.edition(FEED, A) == store.snapshots.edition(FEED, A)


def test_an_update(store: Store) -> None:
    """Title, link and body follow the source; id, dates of publication, credit and lists stay; the
    feed is newer.
    """
    (number,) = published(store, post("x"))
    store.links.keep(number, [listing("y")], 2)
    before = store.snapshots.edition(FEED, A)
    changed = replace(
        post(
            "x",
            title="Changed",
            text="Other words altogether, as many as are needed to tell them apart.",
        ),
        origin=Origin("Z", "https://z.example/"),
        language="vi",
        attribution=Attribution("Bài viết {post} xuất hiện đầu tiên trên {source}.", "vi"),
        published=NOW,
    )
    receive(store, changed, now=NOW + DAY)
    after = store.snapshots.edition(FEED, A)
    old, new = before.items[0], after.items[0]
    assert (new.post.title, new.post.content_html) == (changed.title, changed.content_html)
    assert (new.post.origin, new.post.language, new.post.attribution) == (
        old.post.origin,
        old.post.language,
        old.post.attribution,
    )
    assert (new.id, new.published, new.first_published, new.sequence, new.related, new.layout) == (
        old.id,
        old.published,
        old.first_published,
        old.sequence,
        old.related,
        2,
    )
    assert (new.updated, after.updated) == (NOW + DAY, NOW + DAY)


def test_an_update_that_the_source_dates(store: Store) -> None:
    """Its own date where it is newer than the last one, else when we noticed; never one to come."""
    published(store, post("x"))
    for day, given, expected in (
        (2, NOW + DAY, NOW + DAY),
        (3, NOW + DAY, NOW + 3 * DAY),
        (4, NOW + 9 * DAY, NOW + 4 * DAY),
    ):
        receive(store, post("x", title=f"Changed {day}", updated=given), now=NOW + day * DAY)
        assert store.snapshots.edition(FEED, A).items[0].updated == expected


def test_an_update_by_a_clock_that_was_set_back(store: Store) -> None:
    """The date of a feed never goes backwards: whoever compares it would take the older one for no
    change.
    """
    published(store, post("x"))
    for moment in (NOW + DAY, NOW + HOUR):
        receive(store, post("x", title=f"Changed at {moment}"), now=moment)
    assert store.snapshots.edition(FEED, A).updated == NOW + DAY


def test_an_update_before_publication(store: Store) -> None:
    """Nothing is frozen yet: the post is published as it is then."""
    receive(store, post("x"))
    receive(store, replace(post("x", title="Changed"), language="de"), now=NOW + HOUR)
    store.feeds.admit(FEED, A, NOW + HOUR)
    assert store.snapshots.edition(FEED, A).items[0].post.language == "de"


def test_what_is_no_update(store: Store) -> None:
    """Another link to the same path and a new count of comments change no document unasked."""
    published(store, post("x", comment_count=1))
    mark = store.feeds.stamp(FEED)
    receive(store, post("x", link="https://www.a.example/x/", comment_count=5), now=NOW + HOUR)
    item = store.snapshots.edition(FEED, A).items[0]
    assert store.feeds.stamp(FEED) == mark
    assert (item.post.link, item.post.comment_count) == ("https://a.example/x", 5)


@pytest.mark.parametrize("private", [False, True])
def test_a_token_that_rotates(store: Store, private: bool) -> None:
    """A private feed's enclosures are refreshed, which makes nothing newer; a public feed's stay as
    published.
    """
    store.sources.save_info(SourceInfo("a", "A", private=private))

    def fetch(token: str, hours: int) -> None:
        one = post(
            "x",
            enclosures=(Enclosure(f"https://a.example/x.mp3?token={token}"),),
            fingerprint=token,
        )
        intake = store.posts.receive("a", [one], [token], identity.decide, NOW + hours * HOUR)
        assert (len(intake.new), len(intake.unchanged)) == ((1, 0) if hours == 0 else (0, 1))

    fetch("1", 0)
    store.feeds.admit(FEED, A, NOW)
    mark, before = store.feeds.stamp(FEED), store.snapshots.edition(FEED, A)
    fetch("2", 1)
    after = store.snapshots.edition(FEED, A)
    assert after.items[0].post.enclosures[0].url.endswith("2" if private else "1")
    assert (store.feeds.stamp(FEED) != mark) == private
    assert (after.updated, after.items[0].updated) == (before.updated, before.items[0].updated)


def test_lists_are_chosen_once(store: Store) -> None:
    """The second choice is not kept; what a killed run left without lists is named again."""
    (number,) = published(store, post("x"))
    assert store.snapshots.without_lists(FEED) == [number]
    store.links.keep(number, [listing("y", "z")])
    store.links.keep(number, [listing("w")])
    assert store.snapshots.without_lists(FEED) == []
    assert store.snapshots.edition(FEED, A).items[0].related == (listing("y", "z"),)


def test_links_of_lists(store: Store) -> None:
    """A post that a list leads to is shown by its source's name, and by the id that it has so
    far.
    """
    first = receive(store, post("x"), post("y")).new
    for has_id in (False, True):
        found = [card.reference for card in store.terms.cards(first).values()]
        assert sorted((one.id, one.title, one.source, one.number) for one in found) == [
            ("https://a.example/x" if has_id else "", "About x", "A", first[0]),
            ("https://a.example/y" if has_id else "", "About y", "A", first[1]),
        ]
        store.feeds.admit(FEED, A, NOW)
    assert {item.id for item in store.snapshots.edition(FEED, A).items} == {one.id for one in found}


@pytest.fixture(params=[0, 501])
def others_withdrawn(request: pytest.FixtureRequest, store: Store) -> None:
    """So many posts that nobody sees were withdrawn before."""
    if request.param:
        receive(store, *(post(str(n), "other") for n in range(request.param)), now=NOW - HOUR)
    store.connection.execute("UPDATE posts SET withdrawn = 1")


@pytest.mark.usefixtures("others_withdrawn")
def test_withdrawn(store: Store) -> None:
    """Out of documents, shelves and lists, for ever; whoever showed it is made again."""
    y, x = published(store, post("x"), post("y"))
    x_and_z = listing("x", "z")
    links = (replace(x_and_z.links[0], number=x), x_and_z.links[1])
    store.links.keep(y, [replace(x_and_z, links=links)])
    mark = store.feeds.stamp(FEED)
    assert not store.retention.withdraw("https://nobody.example/", NOW + HOUR)
    assert store.feeds.stamp(FEED) == mark
    assert store.retention.withdraw("https://a.example/x", NOW + HOUR)
    store.feeds.admit(FEED, A, NOW + HOUR)
    edition = store.snapshots.edition(FEED, A)
    assert titles(store) == ["y"]
    assert edition.items[0].related == (listing("z"),)
    assert [one.title for one in edition.listings[0].posts] == ["About y"]
    assert (edition.updated, store.feeds.stamp(FEED) != mark) == (NOW + HOUR, True)
    receive(
        store,
        post("x", title="Changed"),
        post("x", "a", guid="https://www.a.example/x/"),
        now=NOW + DAY,
    )
    assert store.feeds.admit(FEED, A, NOW + DAY) == []
    assert titles(store) == ["y"]


@pytest.mark.usefixtures("others_withdrawn")
def test_withdrawn_before_it_was_published(store: Store) -> None:
    """By its link; lists that lead there lose it too."""
    numbers = published(store, post("x"))
    (y,) = receive(store, post("y"), now=NOW + HOUR).new
    link = Reference("", "y", "https://a.example/y", number=y)
    store.links.keep(numbers[0], [RelatedList("source", "", "en", (link,))])
    assert store.retention.withdraw("https://a.example/y", NOW + HOUR)
    assert store.feeds.admit(FEED, A, NOW + HOUR) == []
    assert store.snapshots.edition(FEED, A).items[0].related[0].links == ()


def test_a_withdrawn_story_and_its_copy(store: Store) -> None:
    """A copy that comes later is not published either."""
    published(store, post("x"))
    store.retention.withdraw("https://a.example/x", NOW)
    receive(store, post("x", "b", link="https://a.example/x"), now=NOW + HOUR)
    assert store.feeds.admit(FEED, sources("a", "b"), NOW + HOUR) == []


def test_a_source_is_renamed(store: Store) -> None:
    """What is shown of it changes at once, everywhere; the date of its feed alone changes
    nothing.
    """
    published(store, post("x"))
    mark = store.feeds.stamp(FEED)
    assert not store.sources.save_info(
        SourceInfo("a", "A", "https://a.example/", updated=NOW + DAY)
    )
    assert store.feeds.stamp(FEED) == mark
    assert store.snapshots.edition(FEED, A).items[0].source.updated == NOW
    assert store.sources.save_info(SourceInfo("a", "Anna", "https://a.example/", updated=NOW + DAY))
    assert store.feeds.stamp(FEED) != mark
    edition = store.snapshots.edition(FEED, A)
    assert edition.items[0].source.name == edition.sources[0].name == "Anna"


def test_sources_of_an_edition(store: Store) -> None:
    """All that the feed selects, by name, also those that never answered; private ones are not
    shown.
    """
    published(store, post("x"))
    store.sources.save_info(SourceInfo("p", "P", private=True))
    wanted = {**sources("zoe", "a"), **sources("p", "q", private=True)}
    assert [info.name for info in store.snapshots.edition(FEED, wanted).sources] == ["A", "zoe"]


def test_a_new_wording(store: Store) -> None:
    """`--rerender`: attribution and lists are replaced, and only then."""
    (number,) = published(store, post("x"))
    store.links.keep(number, [listing("y")])
    mark = store.feeds.stamp(FEED)
    line = Attribution("First on {source}.", "en")
    store.links.rewrite(number, line, [listing("z")], 3, NOW + HOUR)
    item = store.snapshots.edition(FEED, A).items[0]
    assert (item.post.attribution, item.related, item.layout) == (line, (listing("z"),), 3)
    assert store.feeds.stamp(FEED) != (again := mark)
    mark = store.feeds.stamp(FEED)
    store.links.rewrite(number, line, [listing("z")], 3, NOW + 2 * HOUR)
    assert store.feeds.stamp(FEED) == mark != again


def test_a_feed_without_posts_has_a_date(store: Store) -> None:
    """That of its first publication, for good: a reader takes 1970 for a fault."""
    receive(store, post("a"))
    empty = replace(FEED, name="empty", languages=("fi",))
    for hours in (0, 1, 2):
        store.feeds.admit(empty, A, NOW + hours * HOUR)
        assert store.snapshots.edition(empty, A).updated == NOW


def test_the_feeds_own_id(store: Store) -> None:
    """Made once, kept; the operator's own where he sets it."""
    published(store, post("x"))
    made = store.snapshots.edition(FEED, A).id
    assert made.startswith("urn:uuid:")
    assert (
        store.snapshots.edition(replace(FEED, link="https://moved.example/", title="New"), A).id
        == made
    )
    assert (
        store.snapshots.edition(FEED, A, feed_id="https://ours.example/id").id
        == "https://ours.example/id"
    )


def test_popular_posts(store: Store) -> None:
    """By links from other posts, then by comments; a link to itself counts nothing."""
    published(
        store,
        post("loved", link="https://a.example/loved?p=1&q=2"),
        post("talked", comment_count=9),
        post("silent"),
        post(
            "1",
            content_html='<p><a href="http://www.a.example/loved/?p=1&amp;q=2#more">l</a></p>',
        ),
        post(
            "2",
            content_html='<a href="https://a.example/loved?p=1&amp;q=2">l</a> <a href="https://a.example/2">2</a>',
        ),
    )
    edition = store.snapshots.edition(FEED, A)
    assert [one.title for one in edition.popular] == ["About loved", "About talked"]
    assert {item.post.title: item.inbound for item in edition.items if item.inbound} == {
        "About loved": 2
    }


@pytest.mark.parametrize(
    ("state", "is_dead"),
    [
        ({}, False),
        ({"failing_since": NOW - 29 * DAY}, False),
        ({"failing_since": NOW - 30 * DAY}, True),
        ({"gone": True}, True),
    ],
)
def test_a_dead_source(store: Store, state: dict[str, object], is_dead: bool) -> None:
    """Its server said that it is gone, or it failed for a month up to the last attempt."""
    published(store, post("1"))
    store.sources.save_state(SourceState("a", last_attempt=NOW, **state))
    assert store.snapshots.edition(FEED, A).activity["a"].is_dead is is_dead


def test_shelves(store: Store) -> None:
    """The newest posts of each source on show, those beyond the document too, and how many there
    are.
    """
    receive(store, *(post(str(n), published=NOW - n * HOUR) for n in range(9)))
    feed = replace(FEED, limit=2)
    store.feeds.admit(feed, A, NOW)
    (shelf,) = store.snapshots.edition(feed, A, per_source=5).listings
    assert ([one.title for one in shelf.posts], shelf.total) == (
        [f"About {n}" for n in range(5)],
        9,
    )
    assert store.snapshots.edition(feed, A, per_source=0).listings == ()


# -- archives
# ---------------------------------------------------------------------------------------------


def many(store: Store, start: int, count: int, now=NOW) -> None:
    receive(
        store,
        *(post(str(n), published=NOW + timedelta(minutes=n)) for n in range(start, start + count)),
        now=now,
    )
    store.feeds.admit(FEED, A, now)


def test_archives(store: Store) -> None:
    """A hundred posts each in the order of publication; an open one is none; a closed one never
    moves.
    """
    many(store, 0, 150)
    assert (store.snapshots.edition(FEED, A).archives, store.snapshots.stale_archives(FEED)) == (
        1,
        [1],
    )
    first = store.snapshots.archive(FEED, 1)
    assert [item.sequence for item in first.items] == list(range(100, 0, -1))
    store.snapshots.archive_written(FEED, 1)
    many(store, 200, 100, NOW + DAY)
    assert (store.snapshots.edition(FEED, A).archives, store.snapshots.stale_archives(FEED)) == (
        2,
        [1, 2],
    )  # the first now links on
    assert store.snapshots.archive(FEED, 1) == first
    assert store.snapshots.edition(replace(FEED, archives=False), A).archives == 0


def test_an_archive_that_changes(store: Store) -> None:
    """An update in it: it is made again, newer. A withdrawal: all that have posts of that source,
    which may name it.
    """
    many(store, 0, 250)
    for number in (1, 2):
        store.snapshots.archive_written(FEED, number)
    receive(store, post("5", title="Changed"), now=NOW + DAY)
    assert store.snapshots.stale_archives(FEED) == [1]
    assert store.snapshots.archive(FEED, 1).updated == NOW + DAY
    store.snapshots.archive_written(FEED, 1)
    receive(store, *(post(f"b{n}", "b") for n in range(60)), now=NOW + DAY)
    store.feeds.admit(FEED, sources("a", "b", join=60), NOW + DAY)
    for number in (2, 3):
        store.snapshots.archive_written(FEED, number)
    store.retention.withdraw("https://b.example/b1", NOW + 2 * DAY)
    assert store.snapshots.stale_archives(FEED) == [3, 4]
    store.snapshots.archive_written(FEED, 3)
    store.retention.withdraw("https://a.example/150", NOW + 2 * DAY)
    assert store.snapshots.stale_archives(FEED) == [1, 2, 3, 4]
    assert len(store.snapshots.archive(FEED, 2).items) == 99
    assert store.snapshots.archive(FEED, 1).updated == NOW + DAY


# -- retention
# --------------------------------------------------------------------------------------------


def test_old_bodies_go(store: Store) -> None:
    """What is old and stands in no document loses its body; its identity is kept and it never comes
    back as new.
    """
    feed = replace(FEED, limit=1)
    receive(store, post("x", published=NOW - 2 * HOUR), post("y"))
    store.feeds.admit(feed, A, NOW)
    assert store.retention.purge(NOW + 700 * DAY, timedelta(days=730)) == 0
    for later, dropped in ((800, 0), (801, 0), (804, 1), (805, 0)):
        assert store.retention.purge(NOW + later * DAY, timedelta(days=730)) == dropped
    assert store.posts.read([1])[1].content_html == ""
    assert store.snapshots.edition(feed, A).items[0].post.content_html != ""
    receive(store, post("x", published=NOW - 2 * HOUR, fingerprint="again"), now=NOW + 801 * DAY)
    assert store.feeds.admit(feed, A, NOW + 801 * DAY) == []
    assert store.posts.count() == 2


def test_a_clock_that_is_wrong_for_a_run(store: Store) -> None:
    """Twenty years ahead nothing is dropped, nor back again; the wait begins anew."""
    feed = replace(FEED, limit=1)
    receive(store, post("x", published=NOW - 2 * HOUR), post("y"))
    store.feeds.admit(feed, A, NOW)
    keep = timedelta(days=730)
    for later in (7000, 7001, 800, 802):
        assert store.retention.purge(NOW + later * DAY, keep) == 0
    assert store.posts.read([1])[1].content_html != ""
    assert store.retention.purge(NOW + 803 * DAY, keep) == 1


def test_an_old_post_seen_lately(store: Store) -> None:
    """It is kept as long as any: a blog's archive of ten years is not dropped the day it is
    read.
    """
    receive(store, post("x", published=NOW - 4000 * DAY))
    assert store.retention.purge(NOW + DAY, timedelta(days=730)) == 0


@pytest.mark.parametrize(
    "keys",
    [
        Keys(),
        post("x").keys,
        replace(post("x").keys, instant=None, sketch=(), guid=""),
        Keys(instant=NOW),
    ],
)
def test_keys_come_back(keys: Keys) -> None:
    """Packed keys are the keys, with and without an instant, a sketch, a digest."""
    assert rows.unpack_keys(rows.pack_keys(keys)) == keys


def test_a_chain_of_copies_through_a_source_that_left(store: Store) -> None:
    """Its name goes from other sources' posts; their own stays."""
    chain = (Origin("C", "https://c.example/"), Origin("A", "https://a.example/"))
    receive(store, post("x", via=chain))
    receive(store, post("y", "c"))
    everyone = sources("a", "c")
    store.links.hide_sources(everyone.values(), NOW)
    store.feeds.admit(FEED, everyone, NOW)
    seen = {
        item.post.source_id: item.post.via for item in store.snapshots.edition(FEED, everyone).items
    }
    assert seen["a"] == chain
    mark = store.feeds.stamp(FEED)
    left = sources("a")
    store.links.hide_sources(left.values(), NOW + HOUR)
    assert store.feeds.stamp(FEED) != mark
    store.feeds.admit(FEED, left, NOW + HOUR)
    (item,) = store.snapshots.edition(FEED, left).items
    assert item.post.via == chain[1:]


def test_languages_of_all_that_was_published() -> None:
    """Of what is in no document any more too; not of what was published before, is withdrawn, or
    whose source left.
    """
    with Store(":memory:") as store:
        receive(
            store,
            *(post(str(n), language=tag) for n, tag in enumerate(("fr", "vi", "en", "en", "en"))),
        )
        receive(store, post("x", "b", language="th"))
        small = replace(FEED, limit=1, stay=timedelta())
        store.feeds.admit(small, sources("a", "b"), NOW)
        assert store.snapshots.languages(small, 0) == (6, {"fr", "vi", "en", "th"})
        store.feeds.admit(small, sources("a"), NOW + HOUR)
        store.retention.withdraw("https://a.example/0", NOW + HOUR)
        assert store.snapshots.languages(small, 0) == (6, {"vi", "en"})
        receive(store, post("new", language="pt-BR"), now=NOW + DAY)
        store.feeds.admit(small, sources("a"), NOW + DAY)
        assert store.snapshots.languages(small, 6) == (7, {"pt-BR"})
        assert store.snapshots.languages(small, 7) == (7, set())
