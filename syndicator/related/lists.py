"""A post's neighbours -> the list under it: which of them are shown, under which heading. Pure but for the corpus."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from syndicator import languages
from syndicator.model.edition import Reference, RelatedList
from syndicator.model.likeness import Card, Corpus, Neighbour
from syndicator.model.post import Keys, Post
from syndicator.model.settings import RelatedSettings
from syndicator.related import copies

THRESHOLD = 0.113  # below this, a post of another source has a few words in common by chance
ALIKE = 0.013  # below this, a post of the same source is no more related than its newest are: small words alone
EXAMINED = 48  # beyond `limit`, posts looked at for a list: of a source whose every post has one title, not all
HEADINGS = {
    "source": "heading",
    "all": "related",
}  # which of our words stand over a list: a template with {source}
PORTION = 8  # beyond `limit`, cards looked up at once: most posts may be shown


class Wanted(Struct, frozen=True):
    """What lists are asked for."""

    number: int
    post: Post
    settings: RelatedSettings
    sources: Collection[str] | None  # which may be linked to; the post's own may in any case
    fallback: str = languages.DEFAULT  # our feed's language, where we have no words of the post's

    @property
    def limit(self) -> int:
        """How many links a list has at most."""
        return self.settings.limit

    def under_heading(
        self, scope: Literal["source", "all"], links: tuple[Reference, ...]
    ) -> RelatedList:
        """Return the list of these links, under the operator's heading or ours, in the language of the attribution."""
        if self.settings.heading:
            return RelatedList(scope, self.settings.heading, self.post.language, links)
        tag = languages.nearest(self.post.language, self.fallback)
        # Words of ours for "de" do for "de-AT": then all under a post is in one language, and need not say so.
        near = tag.partition("-")[0] == self.post.language.partition("-")[0]
        language = self.post.language if near else tag
        return RelatedList(scope, languages.label(tag, HEADINGS[scope]), language, links)

    def allows(self, source_id: str) -> bool:
        """Tell whether a list may link to a source."""
        return self.sources is None or source_id in self.sources or source_id == self.post.source_id


def of_source(
    corpus: Corpus, wanted: Wanted, nearest: Iterable[Neighbour], shelf: Iterable[int]
) -> RelatedList:
    """Return the nearest posts of the post's own source, filled up with its newest (`shelf`, newest first)."""
    scores = {one.number: one.score for one in nearest if one.score >= ALIKE}
    order = [*scores, *(number for number in shelf if number not in scores)]
    shown = _shown(corpus, wanted, order)
    # The heading names the source: the links need not.
    links = tuple(
        replace(card.reference, source="", score=scores.get(card.number, 0.0)) for card in shown
    )
    return wanted.under_heading("source", links)


def of_all(corpus: Corpus, wanted: Wanted, nearest: Iterable[Neighbour]) -> RelatedList:
    """Return the nearest posts of all sources, as far as they are near: the list stays short rather than wrong."""
    scores = {one.number: one.score for one in nearest if one.score >= THRESHOLD}
    links = tuple(
        replace(card.reference, score=scores[card.number])
        for card in _shown(corpus, wanted, list(scores))
    )
    return wanted.under_heading("all", links)


def _shown(corpus: Corpus, wanted: Wanted, order: list[int]) -> list[Card]:
    """Choose in this order, but of posts with one title ("Weekly links") the first only, while there are others."""
    shown: list[Card] = []
    namesakes: list[Card] = []
    seen = [wanted.post.keys]
    for card in _cards(corpus, wanted, order[: wanted.limit + EXAMINED]):
        if any(copies.near(card.keys, keys) for keys in seen):
            continue
        (namesakes if any(_namesakes(card.keys, keys) for keys in seen) else shown).append(card)
        seen.append(card.keys)
        if len(shown) == wanted.limit:
            break
    return (shown + namesakes)[: wanted.limit]


def _namesakes(one: Keys, other: Keys) -> bool:
    return bool(one.title) and one.title == other.title


def _cards(corpus: Corpus, wanted: Wanted, order: list[int]) -> Iterator[Card]:
    portion = wanted.limit + PORTION
    for start in range(0, len(order), portion):
        numbers = [number for number in order[start : start + portion] if number != wanted.number]
        cards = corpus.cards(numbers)
        for number in numbers:
            if number in cards and wanted.allows(cards[number].source_id):
                yield cards[number]
