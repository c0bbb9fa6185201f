"""Items of an edition -> the reports that stand under another's headline on the first page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syndicator.model.edition import Item


def further_reports(
    items: Iterable[Item], stories: Mapping[str, int]
) -> dict[str, tuple[Item, ...]]:
    """Return the further reports of each event, by the id of the post that tells of it first."""
    by_story: dict[int, list[Item]] = {}
    for item in items:
        if item.id in stories:
            by_story.setdefault(stories[item.id], []).append(item)
    reports = {}
    for story in by_story.values():
        first, *others = sorted(story, key=lambda item: (item.published, item.sequence))
        if others:
            reports[first.id] = tuple(others)
    return reports
