"""An item, its picture or its text -> the short form in which lists show it."""

from __future__ import annotations

import re
from hashlib import blake2b

from syndicator.generator.site.views import Picture
from syndicator.model.edition import Item, Reference
from syndicator.model.post import Post

_TINTS = 8
_LABEL_LENGTH = 80  # characters of an untitled post's first words that stand for a title

# "[...]", "[…]", "(more…)", "Read more" at the end of a summary; not an ellipsis of the writer's
# own.
_ENDING = re.compile(
    r"(?<!\s)\s*+(?:\[\s*(?:\.\.\.|…)\s*\]|\(more\s*(?:\.\.\.|…)\)"
    r"|(?:continue reading|read more)(?:\s*(?:→|»|\.\.\.|…))?)\s*$",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(r"https?://\S+(?:\s+https?://\S+)*")
# A player's words for browsers without one; WordPress' words for a post behind a password.
_FALLBACK = re.compile(
    r"(?:sorry, )?your browser (?:does not|doesn['’]t|cannot|can['’]t) (?:support|play) [^.]{1,60}\.?"
    r"|there is no excerpt because this is a protected post\.?",
    re.IGNORECASE,
)


def refer(item: Item) -> Reference:
    """Return a reference to an item."""
    post, name = item.post, item.source.name
    return Reference(item.id, label_of(item), post.link, name, 0.0, post.language, item.published)


def label_of(item: Item) -> str:
    """Return the title of an item, or the words that stand for it."""
    post = item.post  # microblogs have no titles, and some posts are a picture without any word
    return post.title or first_words(post.summary or post.text) or item.source.name


def first_words(text: str, limit: int = _LABEL_LENGTH) -> str:
    """Return the beginning of a text, cut between words.

    >>> first_words("One two three four", 10)
    'One two …'
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if " " in head:
        head = head.rsplit(None, 1)[0]
    return f"{head} …"


def excerpt(summary: str) -> str:
    """Return a summary without its ending that says nothing; "" for addresses or an ending alone.

    >>> excerpt("The ferry waits […]"), excerpt("https://a.example/x"), excerpt("Read more")
    ('The ferry waits …', '', '')
    """
    text = _ENDING.sub(" …", summary)
    if text == " …" or _ADDRESSES.fullmatch(text) or _FALLBACK.fullmatch(text):
        return ""
    return text


def picture(post: Post) -> Picture | None:
    """Return the picture to show for a post."""
    image = post.image
    if not image or not http(image.url):  # its address is a source's word: not all are http
        return None
    return Picture(image.url, image.width, image.height, image.title)


def http(url: str) -> str:
    """Return a web address, "" for any other: a source's address is never a script.

    >>> http("https://example.org/"), http("javascript:alert(1)")
    ('https://example.org/', '')
    """
    if url[:8].lower().startswith(("http://", "https://")):
        return url
    return ""


def tint(source_id: str) -> int:
    """Return which of the eight marks a source has, the same for ever."""
    return blake2b(source_id.encode(), digest_size=1).digest()[0] % _TINTS
