"""New posts -> the stories that they tell with posts of other sources.

A story is one event as several sources report it. A wrong story hides a post of its own under
another's headline, so two posts must be very near: most reports of one event stay apart rather
than that two events become one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from syndicator.model.likeness import Card
from syndicator.related import tuning

_SPAN = timedelta(hours=tuning.STORY_HOURS)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def join(
    read_cards: Callable[[Sequence[int]], Mapping[int, Card]],
    alike: Callable[[int], Mapping[int, float]],
    newcomers: Iterable[int],
    told: Mapping[int, int],
) -> dict[int, int]:
    """Return `told` (post -> story) with the newcomers added, the oldest first.

    `alike` gives the posts near one, with their nearness (0 to 1). A newcomer joins the story to
    whose posts it is nearest in the mean (average linkage), else begins one with a single post.
    Each source tells a story once, and all its posts lie within `STORY_HOURS`.
    """
    story_of = dict(told)
    cards = read_cards(list(newcomers))
    later = set(cards)
    for card in sorted(cards.values(), key=lambda card: (_date(card), card.number)):
        later.remove(card.number)
        nearness = alike(card.number)
        near = {number for number, value in nearness.items() if value >= tuning.STORY_NEARNESS}
        best, chosen = tuning.STORY_NEARNESS, 0
        for story in {story_of.get(number, number) for number in near - later}:
            members = [number for number, own in story_of.items() if own == story] or [story]
            mean = sum(nearness.get(number, 0.0) for number in members) / len(members)
            if mean >= best and _may_join(card, read_cards(members).values()):
                best, chosen = mean, story
        if chosen:
            story_of |= {chosen: chosen, card.number: chosen}
    return story_of


def _may_join(card: Card, members: Collection[Card]) -> bool:
    """Tell whether a post may join these; one that was withdrawn or filtered has no card."""
    for member in members:
        distance = abs(_date(member) - _date(card))
        if member.source_id == card.source_id or distance > _SPAN:
            return False
    return bool(members)


def _date(card: Card) -> datetime:
    return card.reference.published or _NEVER
