"""Filters: by category first, then title, author and text; by age; a cap on one fetch."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from normalizer_helpers import NOW, post

from syndicator import filters
from syndicator.model.feed import Category, Person
from syndicator.model.settings import Filter, Rules, Source

POST = replace(
    post("<p>All about Rust and cheese</p>", title="Weekly notes"),
    categories=(Category("rust-lang", label="Rust"), Category("Food")),
    authors=(Person("Ann Lee"), Person("Bo")),
    published=NOW - timedelta(days=10),
)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (Filter(), ""),
        (Filter(include=Rules(category=("RUST",))), ""),
        (Filter(include=Rules(category=("rust-lang", "x"))), ""),
        (Filter(include=Rules(category=("rus",))), "matches nothing that is included"),
        (Filter(include=Rules(title="^Weekly")), ""),
        (Filter(include=Rules(title="^weekly")), "matches nothing that is included"),
        (Filter(include=Rules(title="(?i)^weekly")), ""),
        (Filter(include=Rules(author=r"\bBo$")), ""),
        (Filter(include=Rules(text="cheese")), ""),
        (Filter(exclude=Rules(category=("food",))), "excluded by category Food"),
        (Filter(exclude=Rules(title="notes|news")), "excluded by title pattern notes|news"),
        (Filter(exclude=Rules(author="Ann")), "excluded by author pattern Ann"),
        (Filter(exclude=Rules(text="Rust.*cheese")), "excluded by text pattern Rust.*cheese"),
        (Filter(exclude=Rules(category=("food",), title="Weekly")), "excluded by category Food"),
        (
            Filter(include=Rules(title="Weekly"), exclude=Rules(text="cheese")),
            "excluded by text pattern cheese",
        ),
        (Filter(max_age=timedelta(days=9)), "older than max_age"),
        (Filter(max_age=timedelta(days=10)), ""),
    ],
)
def test_a_post_is_kept_back_with_the_reason(rules, reason):
    """Exclusion wins over inclusion; categories are compared by name, whatever their case."""
    assert filters.judge(POST, rules, NOW) == reason


def test_a_post_without_a_date_has_no_age():
    """It is new when it is seen first."""
    assert filters.judge(replace(POST, published=None), Filter(max_age=timedelta(0)), NOW) == ""


def test_a_pattern_that_hangs_other_engines_ends():
    """RE2's time grows with the text alone."""
    evil = Filter(include=Rules(text=r"^(a+)+$"))
    assert (
        filters.judge(replace(POST, text="a" * 50_000 + "b"), evil, NOW)
        == "matches nothing that is included"
    )


def test_the_cap_counts_the_newest_in_whatever_order_they_stand():
    """Undated posts come behind the dated, in the feed's order; what is kept back already takes no
    place.
    """

    def dated(day: int | None, filtered: str = "") -> object:
        return replace(
            POST, published=day and datetime(2026, 1, day, tzinfo=NOW.tzinfo), filtered=filtered
        )

    posts = [dated(1), dated(None), dated(3), dated(9, "excluded"), dated(None), dated(2)]
    assert [post.filtered for post in filters.capped(posts, 4)] == [
        "", "", "", "excluded", "not among the newest 4", "",
    ]  # fmt: skip
    assert [post.filtered for post in filters.capped(posts, 2)][:3] == [
        "not among the newest 2"
    ] * 2 + [""]
    assert filters.capped(posts, 0) == tuple(posts)


def test_normalize_marks_what_its_source_s_filter_keeps_back():
    """The post is made all the same: its identity is kept."""
    source = Source(
        id="blog", url="https://blog.example/feed.xml", filter=Filter(exclude=Rules(title="Weekly"))
    )
    kept_back = post(title="Weekly notes", source=source)
    assert kept_back.filtered == "excluded by title pattern Weekly"
    assert kept_back.keys.title
