"""The nouns between reading a list and writing tables."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from syndicator import urls
from syndicator.model.settings import Filter


class Subscription(Struct, frozen=True):
    """A feed as another program lists it."""

    url: str  # or the path of a file
    name: str = ""
    tags: tuple[str, ...] = ()
    filter: Filter = Filter()
    future: Literal["", "hold", "keep"] = ""  # as `Source.future`; "": not said


class Heading(Struct, frozen=True):
    """What a planet calls itself and where it is: our `[feed]`; "" for what it does not say."""

    title: str = ""
    link: str = ""
    contact: str = ""


def place(url: str) -> str:
    """Return the form in which two addresses are of one feed: a list may be older than the site's https.

    >>> place("HTTP://me:pw@www.A.example/f/") == place("https://a.example/f")
    True
    """
    return urls.loose(urls.normal(url))


def account(url: str) -> str:
    """Return user and password of an address: two accounts at one address have two feeds."""
    return unquote(re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0].rpartition("@")[0])
