"""Clean the authors and the categories of an entry: plain names, each once. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from syndicator import text_rules, urls
from syndicator.model.feed import Category, Entry, Person, Text
from syndicator.normalizer import text

_NOBODY = Person()
_NO_REPLY = re.compile(r"(?:no|do-?not)-?reply@", re.IGNORECASE)


def authors(
    entry: Entry, feed_authors: tuple[Person, ...], base: str, usual: str
) -> tuple[Person, ...]:
    """Return the authors of a post: its own, else the source's `author`, else its feed's.

    `usual` is the source's `author`, "" for none. `base` is that of the people's addresses.
    """
    if not usual:
        return cleaned(entry.authors or feed_authors, base)
    own = cleaned(entry.authors, base)
    if any(author.name for author in own):
        return own
    return (Person(usual),)


@lru_cache(maxsize=512)
def cleaned(written: tuple[Person, ...], base: str) -> tuple[Person, ...]:
    """Return people, each once; cached, since most posts of a feed have the same ones."""
    people: dict[Person, None] = {}
    for person in written:
        email = text_rules.line(person.email)
        name = _name(person.name)
        if _NO_REPLY.match(email):  # Blogger's address for an author whom it keeps to itself
            email, name = "", "" if name in {"Unknown", "noreply"} else name
        plain = Person(name, urls.web(person.uri, base), email)
        if plain != _NOBODY:
            people[plain] = None
    return tuple(people)


def categories(entry: Entry) -> tuple[Category, ...]:
    """Return the categories as plain text, each once; case does not count."""
    by_name: dict[str, Category] = {}
    for category in entry.categories:
        term, label = _name(category.term), _name(category.label)
        if term or label:
            by_name.setdefault(
                (term or label).casefold(),
                Category(term or label, text_rules.line(category.scheme), label),
            )
    return tuple(by_name.values())


@lru_cache(maxsize=4096)
def _name(written: str) -> str:
    return written and text.title(Text(written))[0]
