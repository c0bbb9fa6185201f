"""A parsed feed -> the same within bounds, with notes: no feed holds up a run by its shape.

The bounds of lists and texts are far above those of real feeds. Of 284 captured ones the longest
has 292 items, 79 files and 61 categories of an item, a title of 376 characters and an address of
597.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from syndicator.model.feed import (
    Category,
    Enclosure,
    Entry,
    ItemKey,
    Link,
    ParsedFeed,
    Person,
    Text,
)

MOST_PARTS = 200  # categories, people, files, links, pictures of an item
LONGEST_TITLE = 4000  # characters
LONGEST_NAME = 1000  # of a person or a category
LONGEST_ADDRESS = 8000  # RFC 9110, 4.1, asks servers to take as much
_LISTS = {
    "categories": "categories",
    "authors": "authors",
    "contributors": "contributors",
    "enclosures": "attached files",
    "links": "links",
    "images": "pictures",
    "contents": "bodies",
}


def bounded(parsed: ParsedFeed, most_items: int) -> ParsedFeed:
    """Leave out the oldest items over `most_items`, and the parts of each item over its bounds."""
    left_out: Counter[str] = Counter()
    items, entries = parsed.items, parsed.entries
    if (over := len(items) - most_items) > 0:
        items = items[over:] if _oldest_first(entries) else items[:most_items]
        entries = tuple(_of_items(entries, items))
        left_out[f"items over {most_items}, the oldest,"] = over
    entries = tuple(_bounded_entry(entry, left_out) for entry in entries)
    head = parsed.head
    if len(head.title) > LONGEST_NAME or len(head.subtitle) > LONGEST_TITLE:
        head = replace(
            head, title=head.title[:LONGEST_NAME], subtitle=head.subtitle[:LONGEST_TITLE]
        )
        left_out["texts of the feed itself, the ends of them,"] += 1
    if not left_out:
        return parsed
    notes = (f"{count} {kind} left out" for kind, count in left_out.items())
    return replace(parsed, head=head, items=items, entries=entries, notes=(*parsed.notes, *notes))


def _of_items(entries: tuple[Entry, ...], items: tuple[ItemKey, ...]) -> Iterator[Entry]:
    """Yield the entries of these items; items may be equal to the byte."""
    left = Counter(item.fingerprint for item in items)
    for entry in entries:
        if left[entry.fingerprint] > 0:
            left[entry.fingerprint] -= 1
            yield entry


def _oldest_first(entries: tuple[Entry, ...]) -> bool:
    """Return True if more dates rise than fall in the order of the feed."""
    dates = [date for entry in entries if (date := entry.published or entry.updated)]
    return sum((date < next_date) - (date > next_date) for date, next_date in pairwise(dates)) > 0


def _bounded_entry(entry: Entry, left_out: Counter[str]) -> Entry:
    """Return an entry within the bounds; count the left-out parts by kind."""
    changes: dict[str, Any] = {}
    for name, kind in _LISTS.items():
        parts = getattr(entry, name)
        kept = tuple(filter(_fits, parts[:MOST_PARTS]))
        if len(kept) < len(parts):
            changes[name] = kept
            left_out[f"{kind} of items"] += len(parts) - len(kept)
    if entry.title and len(entry.title.value) > LONGEST_TITLE:
        changes["title"] = replace(entry.title, value=entry.title.value[:LONGEST_TITLE] + "…")
        left_out["ends of titles"] += 1
    for name in ("guid", "comments", "licence", "external_url"):
        if len(getattr(entry, name)) > LONGEST_ADDRESS:
            changes[name] = ""
            left_out["ids and addresses of items"] += 1
    return replace(entry, **changes) if changes else entry


def _fits(part: Link | Category | Person | Enclosure | Text) -> bool:
    """Return True if the names and addresses of a part are short enough to be published."""
    match part:
        case Link(href=address) | Enclosure(url=address):
            return len(address) <= LONGEST_ADDRESS
        case Category(term=name, label=label):
            return max(len(name), len(label)) <= LONGEST_NAME
        case Person(name=name, uri=address, email=mail):
            return max(len(name), len(mail)) <= LONGEST_NAME and len(address) <= LONGEST_ADDRESS
    return True
