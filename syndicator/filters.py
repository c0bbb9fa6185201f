"""Filter posts: by category, title, author, text and age, and by number in one fetch.

Patterns are those of RE2, whose time is linear in the text, so that no pattern can hang a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from msgspec.structs import replace

from syndicator.model.post import Post
from syndicator.model.settings import Filter, Rules

_OLDEST = datetime.min.replace(tzinfo=UTC)  # stands for no date


def judge(post: Post, rules: Filter, now: datetime) -> str:
    """Return the reason for a filter to refuse a post, "" if it accepts it.

    Categories are asked first, then title, author and text. The age counts from the post's date to
    `now`.
    """
    if rules == _NOTHING:
        return ""
    if matched := _matched(post, rules.exclude):
        return f"excluded by {matched}"
    if rules.include != _ANYTHING and not _matched(post, rules.include):
        return "matches nothing that is included"
    if (
        rules.max_age is not None
        and post.published is not None
        and now - post.published > rules.max_age
    ):
        return "older than max_age"
    return ""


def capped(posts: Sequence[Post], newest: int, undated: datetime = _OLDEST) -> tuple[Post, ...]:
    """Refuse all but the `newest` posts of one fetch, in whatever order they come; 0: no cap.

    A post without a date counts as `undated`; unsaid, it stands behind all that have one.
    """
    if newest <= 0:
        return tuple(posts)
    open_ones = [index for index, post in enumerate(posts) if not post.filtered]
    # Of one date, and of those without, the one that the feed lists first.
    open_ones.sort(key=lambda index: (posts[index].published or undated, -index), reverse=True)
    judged = list(posts)
    for index in open_ones[newest:]:
        judged[index] = replace(posts[index], filtered=f"not among the newest {newest}")
    return tuple(judged)


def _matched(post: Post, rules: Rules) -> str:
    """Return the name of the first rule that matches, "" for none."""
    if rules.category:
        wanted = {name.casefold() for name in rules.category}
        for category in post.categories:
            if category.term.casefold() in wanted or category.label.casefold() in wanted:
                return f"category {category.label or category.term}"
    for name, pattern, subject in (
        ("title", rules.title, post.title),
        ("author", rules.author, "\n".join(author.name for author in post.authors)),
        ("text", rules.text, post.text),
    ):
        if pattern and compiled(pattern).search(subject):
            return f"{name} pattern {pattern}"
    return ""


class Pattern(Protocol):
    def search(self, text: str) -> object:
        """Return a match, or None."""
        ...


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Pattern:
    """Compile an RE2 pattern; config has checked it."""
    import re2  # only sources with patterns pay for it

    regex: Pattern = re2.compile(pattern)  # re2 ships no types
    return regex


_NOTHING = Filter()
_ANYTHING = Rules()
