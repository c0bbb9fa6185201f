"""A piece of HTML -> problems: markup that could run in a reader, addresses that would not work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

# Only elements that run, load or lay claim to the page. `iframe` is not among them: known video
# hosts live in it.
_ELEMENTS = re.compile(
    r"<(script|style|object|embed|applet|base|meta|link|form|frame|frameset|xml|foreignobject|animate|set)\b",
    re.IGNORECASE,
)
# Quoted values may hold ">"; a lone "<" as in "a < b" begins no tag.
_TAG = re.compile(r"<[a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_ADDRESSES = frozenset(
    {"href", "src", "poster", "cite", "action", "formaction", "data", "background", "longdesc"}
)
_RUNNING = re.compile(
    r"(javascript|vbscript|livescript|mocha|data|blob|filesystem):", re.IGNORECASE
)
# "#note" leads within the post; "" leads nowhere.
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|#|$")
# Controls and spaces: browsers ignore them, so they can disguise a scheme.
_DROPPED = dict.fromkeys(range(0x21))


def check_markup(html: str) -> Iterator[tuple[str, bool]]:
    """Yield (problem, serious) for HTML: a script is serious, a relative address is not."""
    for match in _ELEMENTS.finditer(html):
        yield f"has a <{match[1].lower()}>", True
    for tag in _TAG.findall(html):
        yield from _attributes(tag)


def _attributes(tag: str) -> Iterator[tuple[str, bool]]:
    name, *_ = re.split(r"[\s/>]", tag[1:], maxsplit=1)
    for match in _ATTRIBUTE.finditer(tag, 1 + len(name)):
        attribute, value = match[1].lower(), unescape((match[2] or "").strip("\"'"))
        if attribute.startswith("on") and match[2]:
            yield f"has the event handler {attribute}", True
        elif attribute in _ADDRESSES:
            yield from _address(attribute, value)


def _address(attribute: str, value: str) -> Iterator[tuple[str, bool]]:
    squeezed = value.translate(_DROPPED)
    if _RUNNING.match(squeezed) and not squeezed.lower().startswith("data:image/"):
        yield f"has {attribute} with the scheme {squeezed.partition(':')[0].lower()}", True
    elif not _ABSOLUTE.match(squeezed):
        yield f"has the relative address {value!r}", False
