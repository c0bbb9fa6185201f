"""Related lists: what stands in them, in which order, and what never does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from related_helpers import Shop

from syndicator import languages
from syndicator.model.settings import RelatedSettings
from syndicator.related import tuning

STORM = "Storm floods the harbour of Hue"
STORM_TEXT = (
    "A storm brought floods to the old harbour this morning; ships were torn from their moorings."
)
_NOUNS = "bridge market kiosk brook valley tavern bakery park brewery vault kennel lake hive clock".split()  # noqa: SIM905
REPORT = " ".join(
    f"The council spoke {'at length' if n % 3 else 'in brief'} about the {noun} near the {other}, for reason {n}."
    for n, noun in enumerate(_NOUNS)
    for other in _NOUNS[n % 5 :: 4]
)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.db.close()


def test_a_source_with_few_alike_is_filled_up_with_its_newest(shop: Shop) -> None:
    """The list starts with what is alike, then come the newest posts of the source, newest
    first.
    """
    post = shop.add(STORM, STORM_TEXT, day=9)
    alike = shop.add(
        "Harbour of Hue opens after storm", "Ships sail from the harbour again.", day=1
    )
    soup = shop.add("A recipe for noodle soup", "Boil bones with star anise.", day=2)
    chess = shop.add("Young player wins at chess", "The match took five hours.", day=3)
    assert shop.chosen(post, limit=3) == [alike, chess, soup]


def test_another_sources_post_is_in_the_list_of_all_only(shop: Shop) -> None:
    """`source` keeps to the post's source; `all` crosses, and there each link names its source."""
    post = shop.add(STORM, STORM_TEXT)
    other = shop.add(
        "Floods in the harbour of Hue after storm", "The storm tore ships away.", source="b"
    )
    assert shop.chosen(post) == []
    assert shop.chosen(post, "all") == [other]
    (found,) = shop.lists(post, "all")
    assert (found.scope, found.links[0].source) == ("all", "b")


def test_both_gives_two_lists_with_a_heading_each(shop: Shop) -> None:
    """The source's list first; its heading is a template that names the source."""
    post = shop.add(STORM, STORM_TEXT, language="de")
    shop.add("Harbour of Hue opens after storm", "Ships sail again.")
    shop.add("Floods in the harbour of Hue after storm", "The storm tore ships away.", source="b")
    own, every = shop.lists(post, "both")
    assert (own.scope, own.heading, own.language) == ("source", "Mehr von {source}:", "de")
    assert (every.scope, every.heading) == ("all", "Ähnliche Beiträge:")
    assert all(link.source == "" and link.score >= 0 for link in own.links)


def test_a_heading_in_a_language_without_words_of_ours_is_in_our_feeds(shop: Shop) -> None:
    """As the attribution is; and the list says in which language its heading is."""
    post = shop.add(STORM, STORM_TEXT, language="tlh")
    shop.add("Harbour of Hue opens after storm", "Ships sail again.")
    (own,) = shop.index.choose(post, shop.posts[post], RelatedSettings(), fallback="vi")
    assert (own.heading, own.language) == (languages.label("vi", "heading"), "vi")
    (own,) = shop.index.choose(post, shop.posts[post], RelatedSettings())
    assert (own.heading, own.language) == ("View more from {source}:", "en")
    (own,) = shop.index.choose(post, replace(shop.posts[post], language="de-AT"), RelatedSettings())
    assert (own.heading, own.language) == ("Mehr von {source}:", "de-AT")


def test_of_two_lists_neither_has_what_the_other_has(shop: Shop) -> None:
    """The second one is of other sources: what the first lists as the source's own need not be said
    again.
    """
    post = shop.add(STORM, STORM_TEXT)
    near = shop.add("Harbour of Hue opens after storm", "Ships sail from the harbour again.")
    other = shop.add(
        "Floods in the harbour of Hue after storm", "The storm tore ships away.", source="b"
    )
    assert shop.chosen(post, "all") in ([near, other], [other, near])
    own, others = shop.lists(post, "both")
    assert [link.title for link in own.links] == [shop.posts[near].title]
    assert [link.title for link in others.links] == [shop.posts[other].title]


def test_a_heading_of_the_operators_own_stands_for_ours(shop: Shop) -> None:
    """`heading` is taken as it is, whatever the language."""
    post = shop.add(STORM, STORM_TEXT)
    shop.add("Harbour of Hue opens after storm")
    (found,) = shop.index.choose(
        post, shop.posts[post], RelatedSettings(heading="More of {source}")
    )
    assert found.heading == "More of {source}"


def test_none_is_no_list(shop: Shop) -> None:
    """`scope = "none"` switches them off."""
    post = shop.add(STORM)
    shop.add("Harbour of Hue opens after storm")
    assert shop.lists(post, "none") == ()


def test_little_in_common_across_sources_is_no_relation(shop: Shop) -> None:
    """A list of all sources stays empty rather than wrong."""
    post = shop.add(STORM, STORM_TEXT)
    for n, (title, text) in enumerate(
        [
            (
                "A recipe for noodle soup",
                "Boil bones with star anise for the whole of this morning.",
            ),
            ("Young player wins at chess", "The match took five hours."),
            ("Minister opens a school", "Pupils sang a song."),
            ("Shares slip again", "Traders wait for the bank's decision."),
            ("How to prune apple trees", "Cut in winter, above a bud."),
        ]
    ):
        shop.add(title, text, source=f"other{n}")
    assert shop.chosen(post, "all") == []


def test_a_post_of_one_word_is_related_to_nothing_elsewhere(shop: Shop) -> None:
    """It may mean anything; its own source's list it gets all the same."""
    post = shop.add("Coffee", link="https://a.example/1")
    shop.add("Coffee", "In Hue it is salted, and drunk before dawn.", day=1)
    shop.add("Coffee", "Prices of coffee reach a record as drought hits the highlands.", source="b")
    lists = shop.index.choose(post, shop.posts[post], RelatedSettings(scope="both"))
    assert [[link.title for link in one.links] for one in lists] == [["Coffee"]]
    assert lists[0].scope == "source"


@pytest.mark.parametrize(
    ("column", "value"),
    [("withdrawn", 1), ("filtered", "older than max_age"), ("copy_of", 1), ("due", 9e9)],
)
def test_a_post_that_may_not_be_shown_is_in_no_list(shop: Shop, column: str, value: object) -> None:
    """Withdrawn, filtered, folded into another or dated in the future: neither as alike nor to fill
    up.
    """
    post = shop.add(STORM, STORM_TEXT)
    gone = shop.add("Harbour of Hue opens after storm", "Ships sail from the harbour again.")
    kept = shop.add("A recipe for noodle soup")
    shop.mark(gone, column, value)
    assert shop.chosen(post) == [kept]
    assert shop.chosen(post, "all") == []


def test_an_untitled_post_neither_gets_nor_appears(shop: Shop) -> None:
    """There is nothing to show as a link."""
    post = shop.add(STORM, STORM_TEXT)
    micro = shop.add("", STORM_TEXT)
    assert shop.lists(micro, "both") == ()
    assert shop.chosen(post, "both") == []


def test_a_copy_of_the_post_is_not_related_to_it(shop: Shop) -> None:
    """The same text under another title, whole or nearly so, is what the reader has just read."""
    post = shop.add("Council considers much", REPORT)
    shop.add("What the council considered", REPORT, source="b")
    shop.add("Council: one hundred matters", REPORT + " Corrected on Friday.", source="c")
    kept = shop.add(
        "The council speaks of a new bridge",
        "At length it spoke of the market, and of the kiosk near the brook.",
        source="d",
    )
    assert shop.chosen(post, "all") == [kept]


def test_a_near_copy_of_another_source_is_named_where_one_item_a_story_is_wanted(
    shop: Shop,
) -> None:
    """The first stored of those with nearly the same text; a report in other words is none."""
    first = shop.add("Council considers much", REPORT)
    copy = shop.add("What the council considered", REPORT + " Corrected on Friday.", source="b")
    again = shop.add("One hundred matters", REPORT + " Seen again.", source="c")
    other = shop.add(
        "The council speaks of a new bridge", "It spoke of the market, and the kiosk.", source="d"
    )
    assert [shop.index.copy_of(n, shop.posts[n]) for n in (copy, again, other)] == [first, first, 0]


def test_posts_of_one_title_stand_once_while_there_are_others(shop: Shop) -> None:
    """A weekly column's title says nothing; where there is nothing else, it still leads to another
    post.
    """
    post = shop.add("Weekly links", "Trains, ferries, night buses and one good map of them.", day=1)
    twin = shop.add(
        "Weekly links", "More night trains, and one more map that shows them all.", day=2
    )
    other = shop.add("Why I draw maps", "A map of ferries.", day=3)
    assert shop.chosen(post) == [other, twin]


def test_of_two_copies_one_is_shown(shop: Shop) -> None:
    """No two links of a list lead to the same text."""
    post = shop.add(
        "The council speaks of a new bridge",
        "At length it spoke of the market, and of the kiosk near the brook.",
    )
    shop.add("Council considers much", REPORT, source="b")
    shop.add("What the council considered", REPORT, source="c")
    assert len(shop.chosen(post, "all")) == 1


def test_two_reports_on_one_event_are_both_shown(shop: Shop) -> None:
    """Related is not the same: own words make two posts."""
    post = shop.add(STORM, STORM_TEXT)
    one = shop.add(
        "Storm floods harbour of Hue",
        "Ships were torn from their moorings in the old harbour.",
        source="b",
    )
    two = shop.add(
        "Hue: floods after the storm", "The old harbour was under water this morning.", source="c"
    )
    assert sorted(shop.chosen(post, "all")) == [one, two]


def test_sources_that_may_not_be_linked_are_left_out_but_for_the_posts_own(shop: Shop) -> None:
    """A private source's addresses stand in no other source's list."""
    post = shop.add(STORM, STORM_TEXT)
    own = shop.add("Harbour of Hue opens after storm", "Ships sail from the harbour again.")
    shop.add(
        "Floods in the harbour of Hue after storm", "The storm tore ships away.", source="secret"
    )
    assert shop.chosen(post, "all", sources=frozenset({"b"})) == [own]


def test_a_list_is_as_long_as_the_settings_say(shop: Shop) -> None:
    """While the source has as many posts; the post itself is none of them."""
    post = shop.add(STORM, STORM_TEXT)
    for n in range(30):
        shop.add(f"Bulletin {n} of the harbour master")
    assert len(shop.chosen(post, limit=5)) == 5
    assert len(set(shop.chosen(post, limit=5)) & {post}) == 0
    (longer,) = shop.index.choose(post, shop.posts[post], RelatedSettings(limit=20))
    assert len(longer.links) == 20


def test_an_updated_post_is_found_by_its_new_words(shop: Shop) -> None:
    """A changed title or body is indexed again, and what it was found by no longer counts."""
    post = shop.add(STORM, STORM_TEXT)
    changed = shop.add("A recipe for noodle soup", "Boil bones with star anise.", source="b")
    assert shop.chosen(post, "all") == []
    shop.add(
        "Storm floods harbour of Hue", "Ships torn from their moorings.", source="b", number=changed
    )
    assert shop.chosen(post, "all") == [changed]
    shop.add("A recipe for noodle soup", "Boil bones with star anise.", source="b", number=changed)
    assert shop.chosen(post, "all") == []


def test_news_of_one_day_belong_together(shop: Shop) -> None:
    """Of two posts as near in words, the one of the same day comes first."""
    old = shop.add("Storm floods harbour of Hue", source="b", day=0)
    fresh = shop.add("Storm floods harbour of Hue again", source="c", day=100)
    post = shop.add("Storm floods harbour", day=100)
    assert shop.chosen(post, "all") == [fresh, old]


def test_posts_of_one_category_belong_together(shop: Shop) -> None:
    """Of two posts that share a word with this one, the one that has it as its category comes
    first.
    """
    post = shop.add("Dawn in the highlands", "Pickers walk uphill.", categories=("Coffee",))
    word = shop.add("A tavern by the lake", "It sells bread, tea, coffee.", day=1)
    kin = shop.add("A record at the bourse", "Prices rise once more.", categories=("Coffee",))
    assert shop.chosen(post) == [kin, word]


def test_a_post_without_an_address_is_no_link(shop: Shop) -> None:
    """A link must lead somewhere."""
    post = shop.add(STORM, STORM_TEXT)
    shop.add("Harbour of Hue opens after storm", link="")
    assert shop.lists(post) == ()


def test_a_post_that_the_index_does_not_know_gets_no_list(shop: Shop) -> None:
    """Nothing is known of it to judge likeness by."""
    post = shop.add(STORM)
    shop.add("Harbour of Hue opens after storm")
    assert shop.index.choose(99, replace(shop.posts[post]), RelatedSettings(scope="all")) == ()


def test_a_title_without_words_is_alike_to_nothing(shop: Shop) -> None:
    """It gets the newest of its source, and a post that lost its words is found by them no more."""
    post = shop.add(STORM, STORM_TEXT)
    bare = shop.add("...", source="b")
    other = shop.add("A recipe for noodle soup", source="b")
    lost = shop.add("Storm floods harbour of Hue", source="c")
    assert shop.chosen(bare) == [other]
    assert shop.chosen(bare, "all") == []
    assert shop.chosen(post, "all") == [lost]
    shop.add("?!", source="c", number=lost)
    assert shop.chosen(post, "all") == []


def test_a_source_whose_posts_all_have_one_title_still_gets_a_list(shop: Shop) -> None:
    """Namesakes come last, and there is nothing else; no more of them are looked at than a list
    needs.
    """
    post = shop.add("Untitled", "The first of many diary pages, about trains and the sea.")
    for n in range(90):
        shop.add(
            "Untitled", f"Diary page {n}, about day {n * 7} of the year and its weather.", day=n
        )
    looked = shop.asked_for_cards(lambda: shop.chosen(post, limit=5))
    assert len(shop.chosen(post, limit=5)) == 5
    assert looked <= 5 + 48


SMALL = "och att det som en på är av för med till den har de inte om ett men var jag".split()  # noqa: SIM905
SUBJECTS = [
    "cykel",
    "räntor",
    "vatten",
    "kärnkraft",
    "skola",
    "hamn",
    "tåg",
    "fisk",
    "sjukhus",
    "teater",
    "snö",
    "bröd",
    "mjölk",
    "glas",
]


def test_to_be_written_in_one_rare_language_is_not_to_be_related(shop: Shop) -> None:
    """Among English posts the small words of Swedish are as rare as names are, and each Swedish
    post has them.
    """
    for n in range(300):
        shop.add(
            f"The {_NOUNS[n % 14]} of the {_NOUNS[n // 14 % 14]}",
            f"On {n} days, in {n} ways.",
            source="english",
        )
    swedish = [
        shop.add(
            subject, " ".join((*SMALL, *(f"{subject}{part}{n}" for part in _NOUNS))), source=source
        )
        for n, subject in enumerate(SUBJECTS)
        for source, subject in (("b", subject), ("c", f"{subject}pris"))
    ]
    assert [shop.chosen(post, "all") for post in swedish] == [[]] * len(swedish)
    twin = shop.add(
        "cykel", " ".join((*SMALL, *(f"cykel{part}0" for part in _NOUNS[:9]))), source="d"
    )
    assert shop.index.near(swedish[0])[0].number == twin


def test_small_words_of_a_minority_language_prove_nothing(shop: Shop) -> None:
    """Posts in Swedish show which of its words are small, though few of all posts have them.

    Each post shares four rare words with another, and ten small ones with thirteen others.
    """
    for n in range(300):
        shop.add(f"The {_NOUNS[n % 14]} of the {_NOUNS[n // 14 % 14]}", f"On {n} days.")
    swedish = []
    for n, subject in enumerate(SUBJECTS):
        for half, nouns in enumerate((_NOUNS[:8], _NOUNS[4:])):
            own = (f"{subject}{noun}" for noun in nouns)
            text = " ".join((*SMALL[(n + half) % 2 :: 2], *own))
            swedish.append(shop.add("Nytt", text, source=f"{half}-{n}", language="sv"))
    assert shop.index.near(swedish[0])[0].number == swedish[1]


_TWENTY = """
    harbour lantern orchard velvet copper tunnel meadow whistle granite saddle willow anchor kettle
    bramble chimney falcon ribbon cellar thistle marble
"""
_WORDS = _TWENTY.split()


def two_papers(shop: Shop, language: str = "en", day: float = 0.0) -> int:
    """Add two papers of five posts each, one of each about the same event; return one of these."""
    for paper in range(2):
        for number in range(4):
            odd = " ".join(
                _WORDS[(paper * 4 + number + step * 3) % len(_WORDS)] for step in range(8)
            )
            shop.add(
                f"Paper {paper} on the {odd[:20]}",
                f"The town and the people of {odd}",
                source=f"p{paper}",
            )
    shop.add(
        "Bridge over the Elde closed after flood",
        "The old stone bridge at Elde was closed on Monday.",
        source="p0",
    )
    return shop.add(
        "Flood: no way across the Elde",
        "After Monday's rain nobody may cross the bridge.",
        source="p1",
        language=language,
        day=day,
    )


def test_two_small_papers_that_tell_of_one_event(shop: Shop) -> None:
    """Each links to the other's report, though ten posts are few; with `strict` nothing is near enough."""
    number = two_papers(shop)
    assert shop.chosen(number, "all")[:1] == [9]
    strict = RelatedSettings(scope="all", strict=True)
    assert shop.index.choose(number, shop.posts[number], strict) == ()


def test_two_reports_months_apart_are_linked_as_those_of_one_day_are(shop: Shop) -> None:
    """Dates put links in order; what is near enough is decided without them."""
    one_day = Shop()
    number = two_papers(one_day)
    (near, *_), (far, *_) = one_day.index.near(number), shop.index.near(two_papers(shop, day=60))
    assert (far.number, far.timeless) == (near.number, near.timeless)
    assert far.score < near.score
    assert shop.chosen(number, "all")[:1] == [far.number]


def test_a_link_to_another_language_must_be_surely_right(shop: Shop) -> None:
    """A word or two that two languages share is chance: it takes the strict score."""
    number = two_papers(shop, language="de")
    assert shop.index.near(number)[0].score < tuning.STRICT_THRESHOLD
    assert shop.chosen(number, "all") == []
