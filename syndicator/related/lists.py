"""Choose from the neighbours of a post the links of a list, and the heading over it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from syndicator import languages
from syndicator.model.edition import Reference, RelatedList
from syndicator.model.likeness import Card, Neighbour
from syndicator.model.post import Keys, Post
from syndicator.model.settings import RelatedSettings
from syndicator.related import copies, tuning

if TYPE_CHECKING:
    from syndicator.store.terms import Terms

# The wordings of headings; that of "source" is a template with {source}.
HEADINGS = {"source": "heading", "all": "related"}


class Request(Struct, frozen=True):
    """The post that gets lists, and the wishes of the operator."""

    number: int
    post: Post
    settings: RelatedSettings
    sources: Collection[str] | None  # that may be linked to besides the post's own; None for all
    fallback: str = languages.DEFAULT  # language of our feed, if there are no words of the post's

    def under_heading(
        self, scope: Literal["source", "all"], links: tuple[Reference, ...]
    ) -> RelatedList:
        """Return a list of these links, under the heading of the operator or ours.

        Our heading is in the language of the attribution.
        """
        if self.settings.heading:
            return RelatedList(scope, self.settings.heading, self.post.language, links)
        tag = languages.nearest(self.post.language, self.fallback)
        # Words in "de" serve "de-AT": all text under the post has one language then.
        same = tag.partition("-")[0] == self.post.language.partition("-")[0]
        heading = languages.label(tag, HEADINGS[scope])
        return RelatedList(scope, heading, self.post.language if same else tag, links)

    def allows(self, source_id: str) -> bool:
        """Tell whether a list may link to a source."""
        own = self.post.source_id
        return self.sources is None or source_id in self.sources or source_id == own


def of_source(
    terms: Terms, request: Request, nearest: Iterable[Neighbour], newest: Iterable[int]
) -> RelatedList:
    """Return the nearest posts of the post's own source, then its newest."""
    scores = _scores(nearest, tuning.SOURCE_THRESHOLD)
    order = [*scores, *(number for number in newest if number not in scores)]
    links = []
    for card in _chosen(terms, request, order):
        # The heading names the source, so the links do not.
        score = scores.get(card.number, 0.0)
        links.append(replace(card.reference, source="", score=score))
    return request.under_heading("source", tuple(links))


def of_all(terms: Terms, request: Request, nearest: Iterable[Neighbour]) -> RelatedList:
    """Return the nearest posts of all sources that are near enough; the list may stay short."""
    scores = _scores(nearest, tuning.ALL_THRESHOLD)
    cards = _chosen(terms, request, list(scores))
    links = [replace(card.reference, score=scores[card.number]) for card in cards]
    return request.under_heading("all", tuple(links))


def _scores(nearest: Iterable[Neighbour], threshold: float) -> dict[int, float]:
    return {near.number: near.score for near in nearest if near.score >= threshold}


def _chosen(terms: Terms, request: Request, order: list[int]) -> list[Card]:
    """Choose cards in this order, without copies.

    Of posts with one title ("Weekly links") only the first is chosen while there are others.
    """
    limit = request.settings.limit
    chosen: list[Card] = []
    namesakes: list[Card] = []
    seen = [request.post.keys]
    for card in _cards(terms, request, order[: limit + tuning.EXAMINED]):
        if any(copies.near(card.keys, keys) for keys in seen):
            continue
        is_namesake = any(_same_title(card.keys, keys) for keys in seen)
        (namesakes if is_namesake else chosen).append(card)
        seen.append(card.keys)
        if len(chosen) == limit:
            break
    return (chosen + namesakes)[:limit]


def _same_title(first: Keys, second: Keys) -> bool:
    return bool(first.title) and first.title == second.title


def _cards(terms: Terms, request: Request, order: list[int]) -> Iterator[Card]:
    """Yield the cards that a list may hold, read a few at a time."""
    batch = request.settings.limit + tuning.CARDS_READ
    for start in range(0, len(order), batch):
        numbers = [number for number in order[start : start + batch] if number != request.number]
        cards = terms.cards(numbers)
        for number in numbers:
            if number in cards and request.allows(cards[number].source_id):
                yield cards[number]
