"""A post -> the id it is published under, for ever. Pure.

The source's own where it is an absolute URI that a reader, Atom and a validator take (RFC 4287,
4.2.6), else one derived from it and the source. Never a local number, a time of ours or our own
address.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid5

# Schemes that name things and run nothing. "C:\feed" and "post:17" look like URIs and are none.
# Compiled where it is used: a run with nothing due has no post.
_OWN = (
    r"(?:https?://[A-Za-z0-9\[][^\s<>\"{}|\\^`\x00-\x20]*|tag:[^\s<>\"{}|\\^`,]+,[0-9-]+:[^\s<>\"{}|\\^`]*"
    r"|urn:[A-Za-z0-9][A-Za-z0-9-]+:[^\s<>\"{}|\\^`]+|(?:at|gemini|info|doi|ni)://?[^\s<>\"{}|\\^`]+)"
)
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_own(guid: str) -> bool:
    """Tell whether a source's id can be ours.

    >>> is_own("https://a.example/?p=1"), is_own("tag:a.example,2024:1"), is_own("17"), is_own("javascript:x()")
    (True, True, False, False)
    """
    return (
        guid.isascii()
        and bool(re.fullmatch(_OWN, guid, re.IGNORECASE))
        and not _BAD_PERCENT.search(guid)
    )


def chosen(
    guid: str, source_id: str, parts: str, is_free: Callable[[str], bool], *, secret: bool
) -> str:
    """Choose the id of a post: the best one that no other post has, by `is_free`.

    `parts` is what else tells the post apart (link, date, title), for a guid that is missing or
    taken; a `secret` guid, of a private source, is never shown.
    """
    if is_own(guid) and not secret and is_free(guid):
        return guid
    derived = (guid, f"{guid}\n{parts}") if guid else (f"\n{parts}",)
    for text in derived:
        if is_free(made := _derived(source_id, text)):
            return made

    def numbered(count: int) -> str:
        return _derived(source_id, f"{guid}\n{parts}\n{count}")

    # Thousands of posts may differ in nothing. Numbers are given in order, so double the step and
    # then halve it: the first free number, in a few steps.
    step = 1
    while not is_free(numbered(1 + step)):
        step *= 2
    taken, free = 1 + step // 2, 1 + step
    while free - taken > 1:
        middle = (taken + free) // 2
        taken, free = (taken, middle) if is_free(numbered(middle)) else (middle, free)
    return numbered(free)


def _derived(source_id: str, text: str) -> str:
    return uuid5(NAMESPACE_URL, f"syndicator:{source_id}\n{text}").urn
