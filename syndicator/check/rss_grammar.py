"""The grammar of RSS 2.0 (RSS Advisory Board, 2.0.11), with its Best Practices Profile."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from syndicator.check.atom_grammar import LINK, PERSON
from syndicator.check.extension_grammar import ATOM, DC
from syndicator.check.grammar import Rule, markup
from syndicator.check.problem import Problem, line_of
from syndicator.check.values import (
    address,
    anything,
    at_most_number,
    atom_date,
    count,
    file,
    identifier,
    language,
    media_type,
    one_of,
    positive,
    rss_date,
    shown,
    something,
    uri,
)


def _guid(element: _Element, where: str) -> Iterator[Problem]:
    text = (element.text or "").strip()
    if element.get("isPermaLink", "true") == "true" and (
        uri(text) or text.lower().startswith(("tag:", "urn:uuid:"))
    ):
        yield Problem(where, f"{shown(text)} is no permalink", line=line_of(element))
    elif element.get("isPermaLink") == "false" and identifier(text):
        yield Problem(where, identifier(text), serious=False, line=line_of(element))


def _item(item: _Element, where: str) -> Iterator[Problem]:
    line, names = line_of(item), {str(child.tag) for child in item.iterchildren("*")}
    if names.isdisjoint(("title", "description")):
        yield Problem(where, "has neither title nor description", line=line)
    if "guid" not in names:
        yield Problem(where, "has no guid", serious=False, line=line)
    # Of the two a reader takes one or the other, and some show both.
    for plain, dublin in (
        ("author", "creator"),
        ("category", "subject"),
        ("pubDate", "date"),
        ("source", "source"),
    ):
        if {plain, DC + dublin} <= names:
            yield Problem(where, f"has both {plain} and dc:{dublin}", serious=False, line=line)


def _channel(channel: _Element, where: str) -> Iterator[Problem]:
    line = line_of(channel)
    guids: set[str] = set()
    for place, item in enumerate(channel.iterfind("item"), 1):
        guid = (item.findtext("guid") or "").strip()
        if guid and guid in guids:
            yield Problem(
                f"{where}/item[{place}]/guid", f"{shown(guid)} stands twice", line=line_of(item)
            )
        guids.add(guid)
    if not any(link.get("rel") == "self" for link in channel.iterfind(f"{ATOM}link")):
        yield Problem(where, "has no atom:link to itself", serious=False, line=line)
    if channel.find("language") is None and channel.find(f"{DC}language") is None:
        yield Problem(where, "does not say its language", serious=False, line=line)


def _different(element: _Element, where: str) -> Iterator[Problem]:
    """Refuse two children of one text."""
    texts = [(child.text or "").strip() for child in element]
    for text in sorted({text for text in texts if texts.count(text) > 1}):
        yield Problem(where, f"{shown(text)} stands twice", line=line_of(element))


_HOUR = one_of(*map(str, range(25)))  # 0 to 23; RSS 0.91 counted from 1 to 24
_DAY = one_of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CATEGORY = Rule(something, many=True, attributes={"domain": anything}, plain=True)

ITEM = Rule(
    many=True,
    children={
        "title": Rule(something, plain=True),
        "link": Rule(uri),
        "description": Rule(anything, special=markup),
        "author": Rule(address),  # a mail address; names go into dc:creator
        "category": _CATEGORY,
        "comments": Rule(uri),
        "enclosure": Rule(
            many=True,
            attributes={"url": file, "length": count, "type": media_type},
            required=("url", "length", "type"),
        ),
        "guid": Rule(something, attributes={"isPermaLink": one_of("true", "false")}, special=_guid),
        "pubDate": Rule(rss_date),
        "source": Rule(anything, attributes={"url": uri}, required=("url",), plain=True),
        f"{ATOM}link": LINK,
        f"{ATOM}updated": Rule(atom_date),  # RSS has no word of its own for it
    },
    special=_item,
)

_IMAGE = Rule(
    children={
        "url": Rule(uri),
        "title": Rule(something, plain=True),
        "link": Rule(uri),
        "width": Rule(at_most_number(144)),  # pixels, the specification's own bounds
        "height": Rule(at_most_number(400)),
        "description": Rule(anything, plain=True),
    },
    required=("url", "title", "link"),
)
_TEXT_INPUT = Rule(
    children={name: Rule(something) for name in ("title", "description", "name")}
    | {"link": Rule(uri)},
    required=("title", "description", "name", "link"),
)
_CLOUD = Rule(
    attributes=dict.fromkeys(("domain", "path", "registerProcedure", "protocol"), anything)
    | {"port": positive}
)

CHANNEL = Rule(
    children={
        "title": Rule(something, plain=True),
        "link": Rule(uri),
        "description": Rule(anything, plain=True),
        "language": Rule(language),
        "copyright": Rule(anything, plain=True),
        "managingEditor": Rule(address),
        "webMaster": Rule(address),
        "pubDate": Rule(rss_date),
        "lastBuildDate": Rule(rss_date),
        "category": _CATEGORY,
        "generator": Rule(anything),
        "docs": Rule(uri),
        "cloud": _CLOUD,
        "ttl": Rule(positive),
        "image": _IMAGE,
        "rating": Rule(anything),
        "textInput": _TEXT_INPUT,
        "skipHours": Rule(
            children={"hour": Rule(_HOUR, many=True)}, required=("hour",), special=_different
        ),
        "skipDays": Rule(
            children={"day": Rule(_DAY, many=True)}, required=("day",), special=_different
        ),
        f"{ATOM}link": LINK,
        f"{ATOM}author": PERSON,
        "item": ITEM,
    },
    required=("title", "link", "description"),
    special=_channel,
)

RSS = Rule(
    attributes={"version": one_of("2.0", "0.91", "0.92", "0.93", "0.94")},
    required=("version", "channel"),
    children={"channel": CHANNEL},
)
