"""What choosing lists teaches about words: which of them say what a post is about."""

from __future__ import annotations

import json
from pathlib import Path

from related_helpers import Shop

from syndicator.related import Index

STORIES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "cases" / "related" / "stories.json").read_text(encoding="utf-8")
)
NAMED = [
    "Kestrel bridge opens to trams at last",
    "Trams cross the Kestrel river on a new bridge",
    "Kestrel tram bridge cost twice the sum",
    "Mayor rides the first tram over the Kestrel",
    "Why the Kestrel bridge carries trams and no cars",
    "Kestrel bridge: trams, cyclists and a view",
]
PHRASES = [
    "Everything we know about the harvest",
    "Everything wrong with this winter's coats",
    "A cook answers everything on dumplings",
    "Everything the choir will sing in May",
    "Chess club sells everything but its clocks",
    "Everything must go, says the toy shop",
]
ASKED = "Everything on the Kestrel"
SIGNATURE = (
    "Subscribe to our newsletter and support the Harbour Gazette with a small donation each month."
)
MATTERS = "bread ferry tulip violin glacier beetle salmon opera quarry lantern orchid parsley anvil comet".split()  # noqa: SIM905


def told() -> Shop:
    """Return a shop in which all but what is asked have had their lists."""
    shop = Shop()
    for named, phrase in zip(NAMED, PHRASES, strict=True):
        shop.add(named)
        shop.add(phrase)
    for number in list(shop.posts):
        shop.index.near(number)
    return shop


def likeness(shop: Shop, number: int) -> dict[int, float]:
    return {near.number: near.score for near in shop.index.near(number)}


def lead(shop: Shop) -> float:
    """Return by how much posts that share the name are nearer than those that share the phrase."""
    found = likeness(shop, shop.add(ASKED))
    return sum(
        found.get(number, 0.0) * (1 if number % 2 else -1)
        for number in range(1, 2 * len(NAMED) + 1)
    )


def test_words_by_which_posts_hold_together_outdo_phrases() -> None:
    """A name stands in posts that are alike otherwise too, "everything" in any: lists chosen before
    tell them apart.
    """
    untold = Shop()
    for named, phrase in zip(NAMED, PHRASES, strict=True):
        untold.add(named)
        untold.add(phrase)
    assert lead(told()) > 1.2 * lead(untold) > 0


def test_the_next_run_knows_what_this_one_learnt() -> None:
    """It is kept with the index, and thrown away with it."""
    shop, other = told(), told()
    expected = likeness(shop, shop.add(ASKED))
    other.index.keep()
    other.index = Index(other.terms)
    assert other.terms.kept("learnt")
    asked = likeness(other, other.add(ASKED))
    assert asked.keys() == expected.keys()
    assert all(abs(asked[number] - expected[number]) < 0.001 for number in expected)
    other.terms.clear()
    assert not other.terms.kept("learnt")


def test_what_all_posts_of_a_source_end_with_is_not_taken_for_a_name() -> None:
    """A signature is shared by all that are near within its source; another source's post is no
    nearer for it.
    """
    scores = []
    for taught in (False, True):
        shop = Shop()
        for titles in STORIES.values():
            for title in titles:
                shop.add(title, source="other")
        for word in MATTERS:
            shop.add(f"The {word}", f"{SIGNATURE} On {word}s.", source="gazette")
        quoted = shop.add("A newsletter that asks for a donation", SIGNATURE, source="other")
        if taught:
            for number, post in shop.posts.items():
                shop.index.near(number, post.source_id)
        scores.append(max(likeness(shop, quoted).values()))
    assert scores[1] < 1.05 * scores[0], scores
