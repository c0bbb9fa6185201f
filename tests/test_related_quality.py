"""How well related posts find their story, over headlines of our own; and that they are the same
however made.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from related_helpers import DAY, Shop

from syndicator.related import tuning
from syndicator.store.terms import _NEWEST, ENTRY

STORIES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "cases" / "related" / "stories.json").read_text(encoding="utf-8")
)
HEADLINES = [
    (story, title)
    for titles in zip(*STORIES.values(), strict=True)
    for story, title in zip(STORIES, titles, strict=True)
]


@pytest.fixture(scope="module")
def shop() -> Shop:
    shop = Shop()
    for number, (_, title) in enumerate(HEADLINES):
        shop.add(title, source=f"s{number % 7}")
    return shop


def found(shop: Shop) -> dict[int, list[int]]:
    return {number: [near.number for near in shop.index.near(number)][:5] for number in shop.posts}


def test_four_in_five_of_the_nearest_tell_of_the_same_story(shop: Shop) -> None:
    """Ten stories of six headlines: of the five nearest to each, at least four in five are of its
    story.
    """
    hits = [
        HEADLINES[other - 1][0] == HEADLINES[number - 1][0]
        for number, nearest in found(shop).items()
        for other in nearest
    ]
    assert sum(hits) / (5 * len(HEADLINES)) >= 0.8


def test_posts_that_came_one_by_one_and_all_at_once_get_the_same_neighbours() -> None:
    """How many posts a run brings changes next to nothing: of the first of many, little is known of
    what is rare.
    """
    at_once, one_by_one = Shop(), Shop()
    for _, title in HEADLINES:
        at_once.add(title)
        one_by_one.add(title)
        one_by_one.index.flush()
    one, other = found(at_once), found(one_by_one)
    assert sum(len({*one[number]} & {*other[number]}) for number in one) >= 0.95 * 5 * len(one)
    assert sum(one[number][0] == other[number][0] for number in one) >= 0.9 * len(one)


def test_the_order_in_which_the_posts_of_a_run_arrived_decides_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Numbers are given as feeds arrive; asked in the order of their dates, posts get the same
    neighbours.
    """
    monkeypatch.setattr(tuning, "CANDIDATES", 12)  # fewer than do equally well: some are left out
    found = []
    for step in (1, 7, -1):
        shop = Shop()
        days = {
            shop.add(HEADLINES[day][1], day=day): day
            for day in sorted(range(60), key=lambda day: day * step % 61)
        }
        asked = sorted(days, key=lambda number: days[number])
        found.append([[days[near.number] for near in shop.index.near(number)] for number in asked])
    assert len(days) == len(HEADLINES)
    assert found[0] == found[1] == found[2]


def test_more_posts_than_are_posted_at_once_get_the_same_neighbours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a run of many posts holds in memory is bounded, and its lists are those of one big
    portion.
    """
    whole, portions = Shop(), Shop()
    for _, title in HEADLINES:
        whole.add(title)
        portions.add(title)
    expected = found(whole)
    monkeypatch.setattr(tuning, "BATCH", 7)
    assert found(portions) == expected
    assert portions.db.execute("SELECT count(*) FROM pending").fetchone() == (0,)


def test_posts_are_found_alike_in_the_log_and_under_their_terms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Small runs log what they post; that it is appended later, or was at once, changes no
    neighbour.
    """
    answers = []
    for most in (0, 700, 10**6):  # entries that may wait: none; those of some runs; all
        monkeypatch.setattr(tuning, "LOG_ENTRIES", most)
        shop = Shop()
        for start in range(0, len(HEADLINES), 7):
            shop.index = type(shop.index)(shop.terms)  # a run
            for _, title in HEADLINES[start : start + 7]:
                shop.add(title)
            shop.index.flush()
        shop.index = type(shop.index)(shop.terms)
        answers.append(
            (
                found(shop),
                bool(shop.terms.read_log()),
                shop.db.execute("SELECT 1 FROM postings").fetchone(),
            )
        )
    assert answers[0][0] == answers[1][0] == answers[2][0]
    assert [waiting for _, waiting, _ in answers] == [False, True, True]
    assert [appended for *_, appended in answers] == [(1,), (1,), None]
    shop.terms.clear()
    assert not shop.terms.read_log()


def test_an_index_that_was_lost_is_made_again_from_the_posts() -> None:
    """The neighbours are those that the lost index would have named; purged bodies cost nothing but
    their words.
    """
    before, after = Shop(), Shop()
    for shop in (before, after):
        for number, (_, title) in enumerate(HEADLINES):
            shop.add(title, day=number / 10)
    expected = found(before)
    after.terms.clear()
    after.lend_bodies()
    again = type(after.index)(after.terms)
    assert {
        number: [near.number for near in again.near(number)][:5] for number in after.posts
    } == expected
    assert after.db.execute("SELECT max(time) FROM traces").fetchone() == (
        (len(HEADLINES) - 1) / 10 * DAY,
    )


def test_an_index_over_more_posts_than_a_portion_is_made_again_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The posts are read portion by portion, to the oldest."""
    shop = Shop()
    for _, title in HEADLINES[:20]:
        shop.add(title)
    shop.lend_bodies()
    shop.terms.clear()
    monkeypatch.setattr(tuning, "BATCH", 7)
    type(shop.index)(shop.terms).flush()
    assert shop.db.execute("SELECT count(*) FROM traces").fetchone() == (20,)


def test_an_index_of_another_version_is_thrown_away_and_made_again() -> None:
    """What an older program kept is not read."""
    shop = Shop()
    for _, title in HEADLINES[:20]:
        shop.add(title)
    shop.index.flush()
    shop.lend_bodies()
    shop.db.execute("UPDATE meta SET value = 0 WHERE key = 'index_version'")
    shop.db.execute("UPDATE traces SET terms = x'00'")
    again = type(shop.index)(type(shop.terms)(shop.db))
    again.flush()
    assert shop.db.execute("SELECT count(*), min(length(terms)) > 5 FROM traces").fetchone() == (
        20,
        1,
    )


def test_a_run_that_is_killed_leaves_no_term_uncounted() -> None:
    """The next run knows as much of terms as the whole one would: its lists are the same."""
    shops = [Shop(), Shop()]
    for shop in shops:
        for number in range(30):
            shop.add(f"Ferry {number} to the island of {number % 7}", "ferry harbour " * number)
    whole, killed = shops
    whole.index.flush()
    killed.index = type(killed.index)(killed.terms)  # the counts of the first are lost with it
    killed.index.flush()
    assert killed.terms.kept("counts") == whole.terms.kept("counts") != b""


def test_posts_added_by_a_run_that_was_killed_are_found_by_the_next() -> None:
    """Added but never settled: the next to choose makes up for it."""
    shop = Shop()
    for _, title in HEADLINES[:20]:
        shop.add(title)
    again = type(shop.index)(shop.terms)
    assert again.near(1)


def test_of_a_term_that_many_posts_have_the_newest_are_read() -> None:
    """A list of thousands of posts under one word is cut into closed rows; the newest stay within
    reach.
    """
    shop = Shop()
    terms = shop.terms
    for number in range(1, 5001):
        terms.append_postings([(7, number.to_bytes(4, "little") + b"\x01")])
    assert len(terms.postings([7], [])[7]) == 200 * ENTRY
    newest = terms.postings([7], [7])[7]
    numbers = {int.from_bytes(newest[at : at + 4], "little") for at in range(0, len(newest), ENTRY)}
    assert numbers == set(range(1601, 5001))


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("SELECT number, time, terms, kin FROM traces WHERE number IN (?, ?)", (1, 2)),
        ("SELECT term, posts FROM postings WHERE term IN (?, ?)", (1, 2)),
        ("SELECT posts FROM closed_postings WHERE term = ? ORDER BY number DESC LIMIT ?", (1, 8)),
        ("SELECT term, posts FROM postings WHERE length(posts) >= 2000", ()),
        (_NEWEST, (1, 5)),
        (
            "SELECT number FROM traces WHERE source = (SELECT source FROM traces WHERE number = ?)"
            " ORDER BY time DESC, number DESC LIMIT ?",
            (1, 5),
        ),
    ],
)
def test_no_question_to_the_index_reads_a_whole_table(
    query: str, values: tuple[int, ...], shop: Shop
) -> None:
    """Each is answered by a key or an index, and needs no sorting."""
    plan = [row[3] for row in shop.db.execute("EXPLAIN QUERY PLAN " + query, values)]
    assert all(
        step.startswith(("SEARCH", "SCALAR SUBQUERY")) or "postings_full" in step for step in plan
    ), plan


def test_of_two_stories_of_one_kind_the_smaller_keeps_to_itself() -> None:
    """Four reports on one quake speak for each other; of two on another, near too, each has the
    other first.
    """
    kind = "quake magnitude struck island coast homes rescue teams rubble hospital"
    shop = Shop()
    for n in range(60):
        shop.add(f"Matter {n}", f"Of thing {n} and thing {n + 1} is said {n % 7}.")
    for n in range(4):
        shop.add("Quake in Aceh", f"{kind} sumatra banda governor tsunami edition{n}")
    one = shop.add("Quake in Gisborne", f"{kind} zealand hawke wharf vineyard cliffs ferries")
    other = shop.add(
        "Quake at night", f"{kind} zealand hawke wharf vineyard cliffs lambs cellar choir"
    )
    assert [shop.index.near(one)[0].number, shop.index.near(other)[0].number] == [other, one]
