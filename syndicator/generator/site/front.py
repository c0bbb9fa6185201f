"""Posts of an edition -> the first page: cards, lines under days, and what is left to a page behind.

The first page is light whatever its feed holds: it ends where its posts fill a budget of bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, islice

from msgspec import Struct
from msgspec.structs import replace

from syndicator.generator.site.brief import excerpt, refer
from syndicator.generator.site.selection import sources_of
from syndicator.generator.site.view_builder import COLONS, ViewBuilder
from syndicator.generator.site.views import Group, PostView, Row
from syndicator.generator.site.words import filled, month, number
from syndicator.model.edition import Edition, Item
from syndicator.model.post import SourceInfo

CARDS = 12  # posts with excerpt and picture; the rest are lines
_CARDS_OF_A_SOURCE = 4  # before its further posts become lines, while others have cards to fill
_CARDS_OF_A_DAY = 2  # of one source; of more the newest is a card, and the rest stand folded below
_UNFOLDED = 3  # lines of one source in one day, before the rest is folded
# Bytes: of the posts on the first page, beside which the rest of it takes at most 10,000; of the
# elements of a line, and of those that a card has more.
_BUDGET = 50_000
_LINE = 250
_CARD = 450
_SOURCES_ASIDE = 30
_TAGS_ASIDE = 30


class Day(Struct, frozen=True):
    """The cards of one day; without a heading where nearly each card has a day of its own."""

    heading: str
    posts: tuple[PostView, ...]


class Layout(Struct, frozen=True):
    """Where posts stand on the first page."""

    cards: Sequence[Item]
    folded: Mapping[str, Sequence[Item]]  # below a card, by its id
    lines: Sequence[Item]


def front_posts(edition: Edition) -> tuple[Item, ...]:
    """Return the posts of the first page: the newest, as many as its budget has room for.

    Posts kept for slow readers only are no news.
    """
    used = 0
    kept: list[Item] = []
    if edition.feed.faces == "link":  # each card, and each source beside them, has a picture
        shown = [item.source for item in edition.items[:CARDS]]
        shown += islice(sources_of(edition.items), _SOURCES_ASIDE)
        used = sum(len(info.image) for info in shown)
    for item in edition.items[: max(edition.feed.limit, CARDS)]:
        used += _weight(item) + (_card_weight(item) if len(kept) < CARDS else 0)
        if used > _BUDGET and len(kept) >= CARDS:
            break
        kept.append(item)
    return tuple(kept)


def further_posts(edition: Edition) -> tuple[Item, ...]:
    """Return the posts that the first page has no room for."""
    return edition.items[len(front_posts(edition)) : max(edition.feed.limit, CARDS)]


def aside(
    views: ViewBuilder, infos: Iterable[SourceInfo], listed: int, tags: Iterable[str]
) -> dict[str, object]:
    """Return the variables of the margin: some sources and tags, and whether these are all.

    `listed`: how many sources the table of sources has.
    """
    sources = list(map(views.source, infos))
    shown = sources[:_SOURCES_ASIDE]
    return {
        "sources": shown,
        "sources_shown": number(len(shown), views.language),
        "sources_total": number(max(len(sources), listed), views.language),
        "is_complete": len(shown) >= listed,
        "tags": views.tags(list(tags)[:_TAGS_ASIDE]),
    }


def _weight(item: Item) -> int:
    texts = item.post.title, item.post.link, item.source.name
    return _LINE + sum(len(text.encode("utf-8", "replace")) for text in texts)


def _card_weight(item: Item) -> int:
    image = item.post.image
    address = image.url if image else ""
    return _CARD + len(excerpt(item.post.summary).encode("utf-8", "replace")) + len(address)


def lay_out(items: Sequence[Item], day_of: Callable[[Item], object]) -> Layout:
    """Share posts between cards, folded lines below them, and lines, each in their order.

    Of three and more posts of one source on a day the newest is a card, and the others stand
    folded below it, as long as enough cards remain.
    """
    groups: dict[tuple[str, object], list[Item]] = {}
    for item in items:
        groups.setdefault((item.source.id, day_of(item)), []).append(item)
    folded = {own[0].id: own[1:] for own in groups.values() if len(own) > _CARDS_OF_A_DAY}
    below = {item.id for own in folded.values() for item in own}
    candidates = [item for item in items if item.id not in below]
    if len(candidates) < CARDS:
        candidates, folded = list(items), {}
    cards = _cards(candidates)
    folded = {card.id: folded[card.id] for card in cards if card.id in folded}
    shown = {card.id for card in cards}
    for own in folded.values():
        shown.update(item.id for item in own)
    return Layout(cards, folded, [item for item in items if item.id not in shown])


def _cards(items: Sequence[Item]) -> list[Item]:
    """Return the items to show as cards, in their order.

    A busy source has a few cards only, as long as other sources have posts to fill the rest.
    """
    counts = Counter[str]()
    ids: set[str] = set()
    for item in items:
        counts[item.source.id] += 1
        if counts[item.source.id] <= _CARDS_OF_A_SOURCE and len(ids) < CARDS:
            ids.add(item.id)
    for item in items:
        if len(ids) >= CARDS:
            break
        ids.add(item.id)
    return [item for item in items if item.id in ids]


class FrontPage:
    """The variables of the first page's template, of the posts that stand on it."""

    def __init__(self, views: ViewBuilder, items: Sequence[Item]) -> None:
        self.views = views
        self.language = views.language
        self.layout = lay_out(items, self._day_of)

    def variables(self) -> dict[str, object]:
        """Return the cards, all and by days, and the lines."""
        lines, days = self.layout.lines, self._days()
        groups = self._calendar(lines)
        if groups and days and groups[0].heading == days[-1].heading:
            groups = (replace(groups[0], heading=""), *groups[1:])  # the day goes on
        return {
            "posts": [post for day in days for post in day.posts],
            "days": days,
            "groups": groups,
            "is_sparse": self._is_sparse(lines),
        }

    def _days(self) -> list[Day]:
        cards = self.layout.cards
        if self._is_sparse(cards):
            return [Day("", tuple(map(self._card, cards)))]
        groups = groupby(cards, key=self._day_of)
        return [Day(text, tuple(map(self._card, posts))) for text, posts in groups]

    def _card(self, item: Item) -> PostView:
        card, below = self.views.card(item), self.layout.folded.get(item.id, ())
        return replace(card, more=self._below(below), more_label=self._label(item, below))

    def _calendar(self, items: Sequence[Item]) -> tuple[Group, ...]:
        """Show posts under their days, those of a busy source folded.

        Where most days have one post alone, posts stand under their months, and none is folded.
        """
        heading, rows = self._day_of, self._folded
        if self._is_sparse(items):
            heading, rows = self._month_of, self._lines
        groups = groupby(items, key=heading)
        return tuple(Group(text, rows(list(posts))) for text, posts in groups)

    def _is_sparse(self, items: Sequence[Item]) -> bool:
        """Tell whether most days of these posts have one alone."""
        return 4 * len(set(map(self._day_of, items))) > 3 * len(items)

    def _day_of(self, item: Item) -> str:
        return self.views.day_of(item.published)

    def _month_of(self, item: Item) -> str:
        day = self.views.local(item.published)
        return month(day.year, day.month, self.language)

    def _folded(self, items: Sequence[Item]) -> tuple[Row, ...]:
        """Return the rows of a day; a source shows its first few, the rest stand folded below."""
        by_source: dict[str, list[Item]] = {}
        for item in items:
            by_source.setdefault(item.source.id, []).append(item)
        rows = []
        for item in items:
            own = by_source[item.source.id]
            place, hidden = own.index(item), own[_UNFOLDED:]
            if len(hidden) < 2:  # a single line takes no more room than the words that fold it
                hidden = []
            if hidden and place >= _UNFOLDED:
                continue
            row = self._line(item)
            if hidden and place == _UNFOLDED - 1:
                more, label = self._below(hidden), self._label(item, hidden)
                row = replace(row, more=more, more_label=label)
            rows.append(row)
        return tuple(rows)

    def _lines(self, items: Sequence[Item]) -> tuple[Row, ...]:
        return tuple(map(self._line, items))

    def _line(self, item: Item, *, source: bool = True) -> Row:
        row = self.views.row(refer(item), source=source)
        return replace(row, told=self.views.told(item))

    def _below(self, items: Sequence[Item]) -> tuple[Row, ...]:
        """Return the rows of folded posts, which need not name their source again."""
        return tuple(self._line(item, source=False) for item in items)

    def _label(self, item: Item, hidden: Sequence[Item]) -> str:
        if not hidden:
            return ""
        name = f"\u2068{item.source.name}\u2069"  # isolated: it may be written the other way
        heading = filled(self.language, "heading", source=name)
        return f"{heading.rstrip(COLONS)} ({number(len(hidden), self.language)})"
