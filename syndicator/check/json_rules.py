"""A JSON Feed document -> its problems, by version 1.1 of the specification."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from syndicator.check.markup import check_markup
from syndicator.check.problem import Problem
from syndicator.check.values import atom_date, language, media_type, shown, something, uri

_VERSIONS = ("https://jsonfeed.org/version/1.1", "https://jsonfeed.org/version/1")
Check = Callable[[Any], str]  # a value -> what is wrong with it, or ""


def check_json(body: bytes) -> Iterator[Problem]:
    """Yield the problems of a JSON Feed."""
    try:
        feed = json.loads(body.decode())
    except ValueError as error:
        yield Problem("", f"is no JSON: {error}")
        return
    if not isinstance(feed, dict):
        yield Problem("", "is no JSON object")
        return
    yield from _object(feed, _FEED, "", required=("version", "title", "items"))
    yield from _items(feed.get("items"))


def _object(
    members: Mapping[str, Any],
    grammar: Mapping[str, Check],
    where: str,
    required: tuple[str, ...] = (),
) -> Iterator[Problem]:
    """Judge the keys of one object and their values; keys with "_" in front are extensions."""
    for name in required:
        if name not in members:
            yield Problem(where, f"has no {name}")
    for name, value in members.items():
        if name in grammar:
            if wrong := grammar[name](value):
                yield Problem(f"{where}.{name}".lstrip("."), wrong)
        elif not name.startswith("_"):
            yield Problem(
                where, f"has the unknown key {name!r}; extensions begin with _", serious=False
            )


def _items(items: object) -> Iterator[Problem]:
    ids = set()
    for place, item in enumerate(items if isinstance(items, list) else ()):
        where = f"items[{place}]"
        if not isinstance(item, dict):
            yield Problem(where, "is no object")
            continue
        yield from _object(item, _ITEM, where, required=("id",))
        yield from _body(item, where)
        if "id" not in item:
            continue
        if str(item["id"]) in ids:  # as text: readers are asked to take a number for one
            yield Problem(f"{where}.id", f"{shown(str(item['id']))} stands twice")
        ids.add(str(item["id"]))


def _body(item: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if not isinstance(item.get("content_html", item.get("content_text")), str):
        yield Problem(where, "has neither content_html nor content_text")
    for what, serious in check_markup(str(item.get("content_html", ""))):
        yield Problem(f"{where}.content_html", what, serious=serious)


def _of_type(kind: type, error: str) -> Check:
    """Make the check of a value that must have a type."""
    return lambda value: "" if isinstance(value, kind) else error


_text = _of_type(str, "is no string")
_truth = _of_type(bool, "is neither true nor false")
_list = _of_type(list, "is no list")


def _string(check: Callable[[str], str]) -> Check:
    return lambda value: _text(value) or check(str(value))


def _number(value: object) -> str:
    right = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return "" if right else "is no number from 0 up"


def _texts(value: object) -> str:
    right = isinstance(value, list) and all(isinstance(part, str) for part in value)
    return "" if right else "is no list of strings"


def _all(grammar: Mapping[str, Check], required: tuple[str, ...]) -> Check:
    """Make the check of a list of objects, each of this grammar."""

    def check(value: object) -> str:
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            return "is no list of objects"
        # The first problem will do: a Check answers in one line.
        for place, part in enumerate(value):
            for problem in _object(part, grammar, f"[{place}]", required):
                return str(problem)
        return ""

    return check


def _people(value: object) -> str:
    """Judge `authors`: each of the three keys may be left out, but not all."""
    wrong = _all({"name": _text, "url": _string(uri), "avatar": _string(uri)}, ())(value)
    nobody = isinstance(value, list) and not all(value)
    return wrong or ("has an author without name, url and avatar" if nobody else "")


_ADDRESS = _string(uri)
_FEED: Mapping[str, Check] = {
    "version": lambda value: (
        "" if value in _VERSIONS else f"{shown(str(value))} is no version of JSON Feed"
    ),
    "title": _string(something),
    "home_page_url": _ADDRESS,
    "feed_url": _ADDRESS,
    "description": _text,
    "user_comment": _text,
    "next_url": _ADDRESS,
    "icon": _ADDRESS,
    "favicon": _ADDRESS,
    "authors": _people,
    "author": lambda value: _people([value]),
    "language": _string(language),
    "expired": _truth,
    "hubs": _all({"type": _text, "url": _ADDRESS}, ("type", "url")),
    "items": _list,
}
_ATTACHMENTS = _all(
    {
        "url": _ADDRESS,
        "mime_type": _string(media_type),
        "title": _text,
        "size_in_bytes": _number,
        "duration_in_seconds": _number,
    },
    ("url", "mime_type"),
)
_ITEM: Mapping[str, Check] = {
    "id": _string(something),
    "url": _ADDRESS,
    "external_url": _ADDRESS,
    "title": _text,
    "content_html": _text,
    "content_text": _text,
    "summary": _text,
    "image": _ADDRESS,
    "banner_image": _ADDRESS,
    "date_published": _string(atom_date),
    "date_modified": _string(atom_date),
    "authors": _people,
    "author": lambda value: _people([value]),
    "tags": _texts,
    "language": _string(language),
    "attachments": _ATTACHMENTS,
}
