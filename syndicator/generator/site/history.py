"""Slices of history -> the list of all posts: months that lead to the pages of older posts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain

from syndicator.generator.site.views import Group, Row
from syndicator.generator.site.words import month, number
from syndicator.languages import direction

# The number of a slice -> the dates of the oldest and the newest post of each of its months (UTC).
Spans = Callable[[int], Sequence[tuple[datetime, datetime]]]


def anchor(year: int, month_number: int) -> str:
    """Return the id of a month's section on a page of older posts.

    >>> anchor(2024, 3)
    '2024-03'
    """
    return f"{year}-{month_number:02}"


def by_months(
    slices: Iterable[int], spans: Spans, local: Callable[[datetime], datetime], language: str
) -> tuple[Group, ...]:
    """Show the months of these slices, newest slice first, under their years.

    A month leads to its section on a page. Where its posts fill several pages, the others follow by
    their numbers. `local` gives a moment in the zone of the pages.
    """
    pages: dict[tuple[int, int], dict[int, None]] = {}
    for place in slices:
        # A zone shifts a post by less than a month: the two dates have all local months of a span.
        for day in map(local, chain.from_iterable(spans(place))):
            pages.setdefault((day.year, day.month), {})[place] = None
    years: dict[int, list[Row]] = {}
    for when in sorted(pages, reverse=True):
        first, *others = pages[when]
        row = Row(
            month(*when, language),
            f"{first}.html#{anchor(*when)}",
            language,
            direction(language),
            more=tuple(_page(place, when, language) for place in others),
        )
        years.setdefault(when[0], []).append(row)
    return tuple(Group(str(year), tuple(rows)) for year, rows in years.items())


def _page(place: int, when: tuple[int, int], language: str) -> Row:
    href = f"{place}.html#{anchor(*when)}"
    return Row(number(place, language), href, language, direction(language))
