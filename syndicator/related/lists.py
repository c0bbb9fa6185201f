"""Choose from the neighbours of a post the links of a list, and the heading over it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from syndicator import languages
from syndicator.model.edition import Reference, RelatedList
from syndicator.model.likeness import Card, IndexTables, Neighbour
from syndicator.model.post import Post
from syndicator.model.settings import RelatedSettings
from syndicator.related import copies, tuning

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
        return self.sources is None or source_id in self.sources or source_id == self.post.source_id


def of_source(
    terms: IndexTables, request: Request, nearest: Iterable[Neighbour], newest: Iterable[int]
) -> RelatedList:
    """Return the nearest posts of the post's own source, then its newest."""
    least = tuning.SOURCE_THRESHOLD
    scores = {near.number: near.score for near in nearest if near.score >= least}
    order = [*scores, *(number for number in newest if number not in scores)]
    # The heading names the source, so the links do not.
    links = [
        replace(card.reference, source="", score=scores.get(card.number, 0.0))
        for card in _chosen(terms, request, order)
    ]
    return request.under_heading("source", tuple(links))


def of_all(
    terms: IndexTables, request: Request, nearest: Sequence[Neighbour], listed: Collection[int] = ()
) -> RelatedList:
    """Return the nearest posts of all sources that are near enough; the list may stay short.

    `nearest` are all candidates; those in `listed` are left out, which another list holds.
    """
    scores = {}
    for near in _near_enough(terms, request, nearest):
        if near.number not in listed:
            scores[near.number] = near.score
    cards = _chosen(terms, request, list(scores))
    links = [replace(card.reference, score=scores[card.number]) for card in cards]
    return request.under_heading("all", tuple(links))


def _near_enough(
    terms: IndexTables, request: Request, nearest: Sequence[Neighbour]
) -> list[Neighbour]:
    """Return the candidates that are near enough for a link, in their order.

    Only candidates in the language of the post show how near posts are by chance. A link to another
    language must be surely right. Dates order links, but make none right or wrong.
    """
    strict = tuning.STRICT_THRESHOLD
    if request.settings.strict:
        return [near for near in nearest if near.score >= strict]
    language_of = terms.languages([near.number for near in nearest])
    own = request.post.language.partition("-")[0].lower()
    least = least_score([near for near in nearest if language_of.get(near.number) == own])
    thresholds = {own: least}
    enough = []
    for near in nearest:
        threshold = thresholds.get(language_of.get(near.number, ""), max(least, strict))
        if near.timeless >= threshold:
            enough.append(near)
    return enough


def least_score(candidates: Sequence[Neighbour]) -> float:
    """Return the least timeless score of a link, by those of all candidates.

    The median of those beyond the nearest quarter shows how near posts are by chance. Of a few
    candidates it shows nothing, so the strict threshold holds.

    >>> scores = 0.3, 0.05, 0.04, 0.03
    >>> candidates = list(map(Neighbour, range(4), scores, scores))
    >>> round(least_score(candidates), 3), least_score(candidates[:3])
    (0.075, 0.113)
    """
    if len(candidates) < tuning.NEAREST_QUARTER:
        return tuning.STRICT_THRESHOLD
    scores = sorted((near.timeless for near in candidates), reverse=True)
    far = scores[len(scores) // tuning.NEAREST_QUARTER :]
    # Not by numpy's median, which loads masked arrays: 13 ms of a run with a new post.
    median = (far[(len(far) - 1) // 2] + far[len(far) // 2]) / 2
    return tuning.BACKGROUND_FLOOR + tuning.BACKGROUND_SHARE * median


def _chosen(terms: IndexTables, request: Request, order: list[int]) -> list[Card]:
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
        title = card.keys.title
        is_namesake = bool(title) and any(title == keys.title for keys in seen)
        (namesakes if is_namesake else chosen).append(card)
        seen.append(card.keys)
        if len(chosen) == limit:
            break
    return (chosen + namesakes)[:limit]


def _cards(terms: IndexTables, request: Request, order: list[int]) -> Iterator[Card]:
    """Yield the cards that a list may hold, read a few at a time."""
    batch = request.settings.limit + tuning.CARDS_READ
    for start in range(0, len(order), batch):
        numbers = [number for number in order[start : start + batch] if number != request.number]
        cards = terms.cards(numbers)
        for number in numbers:
            if number in cards and request.allows(cards[number].source_id):
                yield cards[number]
