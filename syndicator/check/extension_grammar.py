"""The grammar of the namespaces that we write into RSS and Atom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml.etree import _Element

from syndicator import namespaces
from syndicator.check.grammar import Rule, markup
from syndicator.check.problem import Problem, line_of
from syndicator.check.values import (
    Value,
    address,
    anything,
    at_most,
    atom_date,
    atom_id,
    chapter_start,
    duration,
    file,
    language,
    media_type,
    one_of,
    positive,
    something,
    uri,
)
from syndicator.namespaces import EPISODE_WORDS, SHORT

ATOM, DC, FH, ACCESS, CONTENT, CC, MEDIA, ITUNES, PODCAST = (
    namespaces.qualified(f"{prefix}:")
    for prefix in [
        "atom",
        "dc",
        "fh",
        "access",
        "content",
        "creativeCommons",
        "media",
        "itunes",
        "podcast",
    ]
)
_WORD_VALUES: Mapping[str, Value] = {
    "text": anything,
    "name": anything,
    "count": positive,
    "duration": duration,
}


def _word_value(word: namespaces.Word) -> Value:
    """Return the check of an element that holds nothing but text."""
    if word.choices:
        return one_of(*word.choices)
    return at_most(word.most) if word.most else _WORD_VALUES[word.kind]


def _encoded(element: _Element, where: str) -> Iterator[Problem]:
    yield from markup(element, where)
    item = element.getparent()
    # Readers that know no namespaces show the description.
    if item is not None and item.find("description") is None:
        yield Problem(where, "stands without a description", serious=False, line=line_of(element))


_PLAIN = Rule(anything, attributes={"type": one_of("plain", "html")})
_SIZES = {"width": positive, "height": positive}
_MEDIUM = one_of("image", "audio", "video", "document", "executable")
_CONTENT_RULE = Rule(
    many=True,
    attributes={
        "url": uri,
        "type": media_type,
        "medium": _MEDIUM,
        "fileSize": positive,
        "duration": anything,
        "isDefault": one_of("true", "false"),
        "expression": one_of("sample", "full", "nonstop"),
        "lang": language,
        **dict.fromkeys(("bitrate", "framerate", "samplingrate", "channels"), anything),
        **_SIZES,
    },
)

EXTENSIONS: Mapping[str, Rule] = {
    f"{CONTENT}encoded": Rule(anything, special=_encoded),
    f"{DC}creator": Rule(anything, many=True),
    f"{DC}language": Rule(language),
    f"{DC}rights": Rule(anything, plain=True),
    f"{CC}license": Rule(uri, many=True),
    f"{ACCESS}restriction": Rule(
        attributes={"relationship": one_of("allow", "deny")}, required=("relationship",)
    ),
    f"{FH}archive": Rule(),
    f"{FH}complete": Rule(),
    namespaces.qualified("at:deleted-entry"): Rule(
        many=True, attributes={"ref": atom_id, "when": atom_date}, required=("ref", "when")
    ),
    f"{MEDIA}content": _CONTENT_RULE,
    f"{MEDIA}thumbnail": Rule(
        many=True, attributes={"url": uri, "time": something, **_SIZES}, required=("url",)
    ),
    f"{MEDIA}title": _PLAIN,
    f"{MEDIA}description": _PLAIN,
    f"{ITUNES}block": Rule(one_of("yes", "no", "Yes", "No", "clean")),
    **{namespaces.qualified(word.name): Rule(_word_value(word)) for word in EPISODE_WORDS},
    f"{ITUNES}image": Rule(attributes={"href": file}, required=("href",)),
    f"{ITUNES}keywords": Rule(at_most(SHORT)),
    f"{ITUNES}type": Rule(one_of("episodic", "serial")),
    f"{ITUNES}category": Rule(
        many=True,
        attributes={"text": something},
        required=("text",),
        children={"category": Rule(many=True, attributes={"text": something}, required=("text",))},
    ),
    f"{ITUNES}owner": Rule(
        children={"email": Rule(address), "name": Rule(at_most(SHORT))}, required=("email",)
    ),
    f"{PODCAST}transcript": Rule(
        many=True,
        attributes={
            "url": uri,
            "type": media_type,
            "language": language,
            "rel": one_of("captions"),
        },
        required=("url", "type"),
    ),
    f"{PODCAST}season": Rule(positive, attributes={"name": something}),
    f"{PODCAST}person": Rule(
        something,
        many=True,
        attributes={"role": something, "group": something, "href": uri, "img": uri},
    ),
    namespaces.qualified("psc:chapters"): Rule(
        attributes={"version": something},
        children={
            "chapter": Rule(
                many=True,
                attributes={"start": chapter_start, "title": something, "href": uri},
                required=("start", "title"),
            )
        },
    ),
    f"{PODCAST}chapters": Rule(
        attributes={"url": uri, "type": media_type}, required=("url", "type")
    ),
}
