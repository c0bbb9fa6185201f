"""docs/formats.md: each field stands where the table says, in each format, and where it has a dash
it does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from generator_helpers import EDITION, EPISODE, FEED, ITEM, SOURCE
from lxml import etree
from msgspec.structs import fields, replace

from syndicator.generator import generate_one as one
from syndicator.model.edition import Edition, Item, Reference, RelatedList, Tombstone
from syndicator.model.feed import (
    Category,
    Chapter,
    Enclosure,
    Image,
    Origin,
    Person,
    PodcastPerson,
    Transcript,
    Wishes,
)
from syndicator.model.post import Attribution, Declared, Keys, Post, SourceInfo

DOCS = Path(__file__).parents[1] / "docs" / "formats.md"
FORMS = ("rss", "atom", "json", "opml")
PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "access": "http://www.bloglines.com/about/specs/fac-1.0",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "rsl": "https://rslstandard.org/rsl",
    "indexing": "urn:atom-extension:indexing",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
THEN = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
DATES = ("2001-02-03T04:05:06+00:00", "Sat, 03 Feb 2001 04:05:06 +0000")

ROW = re.compile(r"^\| (.+?) \|$", re.MULTILINE)


def rows(heading: str) -> list[tuple[str, list[str]]]:
    """The rows of the table below a heading: name, cells."""
    section = DOCS.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    table = [
        line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")
    ][2:]
    return [(cells[0].strip("`"), cells[1:]) for cells in table]


# What each field is set to, and what of it must be found. A marker that stands nowhere else in the
# document.
POST: dict[str, tuple[Any, tuple[str, ...]]] = {
    "title": ("Titled-marker", ("Titled-marker",)),
    "link": ("https://marker.example/link", ("https://marker.example/link",)),
    "external_url": ("https://marker.example/ext", ("https://marker.example/ext",)),
    "content_html": ("<p>Marked body</p>", ("Marked body",)),
    "summary": ("Marked summary", ("Marked summary",)),
    "language": ("gv", ("gv",)),
    "authors": ((Person("Marked Author", "https://marker.example/ann", "marked@marker.example"),),
                ("Marked Author", "https://marker.example/ann", "marked@marker.example")),
    "categories": ((Category("marked-term", "https://marker.example/scheme", "Marked label"),),
                   ("marked-term", "https://marker.example/scheme", "Marked label")),
    "published": (THEN, DATES),
    "updated": (THEN, DATES),
    "enclosures": ((Enclosure("https://marker.example/1.mp3", "audio/mpeg"), Enclosure("https://marker.example/2.mp3")),
                   ("https://marker.example/1.mp3", "https://marker.example/2.mp3")),
    "image": (Image("https://marker.example/i.png"), ("https://marker.example/i.png",)),
    "comments": ("https://marker.example/comments", ("https://marker.example/comments",)),
    "rights": ("Marked rights", ("Marked rights",)),
    "licence": ("https://marker.example/licence", ("https://marker.example/licence",)),
    "origin": (Origin("Marked Origin", "https://marker.example/", "https://marker.example/feed",
                      "tag:marker.example,2001:x"),
               ("Marked Origin", "https://marker.example/feed", "tag:marker.example,2001:x", "https://marker.example/")),
    "origin_link": ("https://marker.example/first", ("https://marker.example/first",)),
    "via": ((Origin("Marked Way", "", "https://marker.example/way"),), ("https://marker.example/way",)),
    "attribution": (Attribution("Marked line {source}", "en"), ("Marked line",)),
    "source_id": ("marked-source-id", ("marked-source-id",)),
    "keys": (Keys(guid="marked-key"), ("marked-key",)),
    "content_hash": ("marked-hash", ("marked-hash",)),
    "identity_version": (998877, ("998877",)),
    "guid": ("marked-guid", ("marked-guid",)),
    "text": ("marked-text", ("marked-text",)),
    "comment_count": (424242, ("424242",)),
    "republished": (False, ("republished",)),
    "noindex": (True, ("noindex", "True")),
    "rsl": (
        '<rsl:content xmlns:rsl="https://rslstandard.org/rsl" url="/marked-page/"/>',
        ("/marked-page/",),
    ),
    "filtered": ("marked-filter", ("marked-filter",)),
    "fingerprint": ("marked-print", ("marked-print",)),
    "notes": (("marked-note",), ("marked-note",)),
}  # fmt: skip
MARKED_EPISODE = replace(
    EPISODE, title="Marked", author="Marked", subtitle="Marked", summary="Marked", duration="12:34", explicit="true",
    episode="70717", season="80818", type="bonus", image="https://marker.example/e.jpg", block=True,
    transcripts=(Transcript("https://marker.example/t.vtt"),), chapters="https://marker.example/c.json",
    season_name="Marked", people=(PodcastPerson("Marked"),), marks=(Chapter(0, "Marked"),),
)  # fmt: skip
POST["episode"] = (
    MARKED_EPISODE,
    ("Marked", "12:34", "true", "70717", "80818", "bonus", "https://marker.example/e.jpg", "yes", "https://marker.example/t.vtt",
     "https://marker.example/c.json"),
)  # fmt: skip
LINKED = (Reference("urn:x-test:9", "Marked Link", "https://marker.example/rel", "Marked Place"),)
ITEM_FIELDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "id": ("urn:x-test:marked", ("urn:x-test:marked",)),
    "related": (
        (RelatedList("all", "More", "en", LINKED),),
        ("https://marker.example/rel", "Marked Link"),
    ),
    "also": (LINKED, ("https://marker.example/rel", "Marked Place")),
}
SOURCE_FIELDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "name": ("Marked Source", ("Marked Source",)),
    "feed": ("https://marker.example/feed", ("https://marker.example/feed",)),
    "link": ("https://marker.example/site", ("https://marker.example/site",)),
    "feed_id": ("tag:marker.example,2001:id", ("tag:marker.example,2001:id",)),
    "updated": (THEN, DATES),
    "rights": ("Marked rights", ("Marked rights",)),
    "licence": ("https://marker.example/licence", ("https://marker.example/licence",)),
    "language": ("gv", ("gv",)),
    "description": ("Marked words", ("Marked words",)),
    "id": ("marked-id", ("marked-id",)),
    "image": ("https://marker.example/logo.png", ("https://marker.example/logo.png",)),
    "private": (False, ("private",)),
    "noindex": (True, ("noindex", "True")),
    "denied": (True, ("norepublish", "True")),
    "title": ("Titled-marker", ("Titled-marker",)),
    "spoken": ("zu-ZA", ("zu-ZA",)),
    "wishes": (
        Wishes(rsl="https://marker.example/rsl.xml", tdm=True),
        ("https://marker.example/rsl.xml", "tdm_reservation"),
    ),
    "declared": (Declared(name="Declared-marker"), ("Declared-marker",)),
}


def whole(**changes: Any) -> Edition:
    """The edition whose item has these changes."""
    item = replace(ITEM, **changes)
    return replace(EDITION, items=(item,), sources=(item.source,))


def marked_post(name: str, value: Any) -> Edition:
    republished = name in {"origin", "via"}
    post = replace(
        ITEM.post,
        **{"licence": "", "republished": republished, "origin": Origin("An Origin"), name: value},
    )
    dates = {name: value} if name in {"published", "updated"} else {}
    return whole(post=post, **dates)


def marked_item(name: str, value: Any) -> Edition:
    return whole(**{name: value})


def marked_source(name: str, value: Any) -> Edition:
    post = replace(ITEM.post, licence="", rights="")
    return whole(post=post, source=replace(SOURCE, **{name: value}))


def values(path: str, form: str, body: bytes) -> list[str]:
    """What stands at a place of the document."""
    return (
        list(_json(path.split("."), json.loads(body))) if form == "json" else _xml(path, form, body)
    )


def _json(steps: list[str], found: Any) -> Iterator[str]:
    if isinstance(found, list):
        for one_ in found:
            yield from _json(steps, one_)
    elif not steps:
        yield str(found)
    elif steps[0] in found:
        yield from _json(steps[1:], found[steps[0]])


def _xml(path: str, form: str, body: bytes) -> list[str]:
    root = etree.fromstring(body)
    path, _, attribute = path.partition("@")
    steps = [_step(step, form) for step in path.split("/")]
    parents = {root.tag, "channel"}
    query = (
        "/".join(steps[1:])
        if form == "atom" and path.startswith("feed")
        else ".//" + "/".join(steps)
    )
    found = [root] if form == "atom" and path == "feed" else root.findall(query, PREFIXES)
    assert parents
    name = (
        attribute
        if ":" not in attribute
        else f"{{{PREFIXES[attribute.split(':')[0]]}}}{attribute.split(':')[1]}"
    )
    return [
        str(element.get(name) if name else element.text or "")
        for element in found
        if not name or element.get(name)
    ]


def _step(step: str, form: str) -> str:
    name, bracket, rest = step.partition("[")
    condition = f"[@{rest[:-1].replace('=', chr(61) + chr(39))}']" if bracket else ""
    return ("atom:" if form == "atom" and ":" not in name else "") + name + condition


def places(cell: str) -> list[str]:
    """The places that a cell names: code that is a path."""
    return [
        code for code in re.findall(r"`([^`]+)`", cell) if re.fullmatch(r"[\w:./@\[\]=-]+", code)
    ]


TABLES: list[
    tuple[str, dict[str, tuple[Any, tuple[str, ...]]], Callable[[str, Any], Edition], int]
] = [
    ("A post", POST, marked_post, 3),
    ("What we add to it", ITEM_FIELDS, marked_item, 3),
    ("A source", SOURCE_FIELDS, marked_source, 4),
]
CASES = [
    pytest.param(name, cell, form, markers, make(name, value), id=f"{heading}-{name}-{form}")
    for heading, table, make, count in TABLES
    for name, cells in rows(heading)
    for form, cell in zip(FORMS[:count], cells, strict=True)
    for value, markers in [table[name]]
]


@pytest.mark.parametrize(("name", "cell", "form", "markers", "edition"), CASES)
def test_field(name: str, cell: str, form: str, markers: tuple[str, ...], edition: Edition) -> None:
    """A field is found in each place that the table names; where there is a dash, it is nowhere."""
    body = one(edition, form).body
    if cell.startswith("—"):
        assert not [marker for marker in markers if marker.encode() in body]
        return
    for place in places(cell):
        found = values(place, form, body)
        assert any(marker in value for value in found for marker in markers), (place, found)


@pytest.mark.parametrize(("heading", "noun"), [("A post", Post), ("A source", SourceInfo)])
def test_no_field_is_missing(heading: str, noun: type) -> None:
    """Every field of the noun has its row."""
    assert {name for name, _ in rows(heading)} == {field.name for field in fields(noun)}


def test_no_field_of_an_item_is_missing() -> None:
    """Every field of an item has its row, or a word in the text below."""
    section = DOCS.read_text(encoding="utf-8").split("## What we add to it\n")[1].split("\n## ")[0]
    assert [field.name for field in fields(Item) if f"`{field.name}`" not in section] == []


@pytest.mark.parametrize("form", FORMS)
def test_the_feed(form: str) -> None:
    """What the feed says of itself stands in each place that the table names."""
    by_mail = replace(EDITION, archives=2, feed=replace(FEED, formats=FORMS))
    wishing = replace(ITEM, source=replace(SOURCE, noindex=True, denied=True))
    gone = Tombstone("urn:post:gone", THEN)
    by_mail = replace(by_mail, items=(wishing, *by_mail.items[1:]), tombstones=(gone,))
    adorned = replace(
        by_mail.feed,
        contact="https://planet.example.org/contact",
        icon="https://planet.example.org/icon.png",
        logo="https://planet.example.org/logo.png",
        rights="© Planet",
        ttl=timedelta(hours=1),
        category="Arts",
    )
    by_page = replace(by_mail, feed=adorned)
    bodies = [one(edition, form).body for edition in (by_mail, by_page)]
    for name, cells in rows("The feed"):
        for place in places(cells[FORMS.index(form)]):
            assert any(values(place, form, body) for body in bodies), (name, place)
