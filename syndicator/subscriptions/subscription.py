"""The noun between reading a list and writing tables."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from syndicator import urls
from syndicator.model.settings import Filter


class Subscription(Struct, frozen=True):
    """A feed as another program lists it."""

    url: str
    name: str = ""
    tags: tuple[str, ...] = ()
    filter: Filter = Filter()
    future: Literal["", "hold", "keep"] = ""  # as `Source.future`; "": not said


def place(url: str) -> str:
    """Return the form in which two addresses are of one feed: a list may be older than the site's https.

    >>> place("HTTP://me:pw@www.A.example/f/") == place("https://a.example/f")
    True
    """
    return urls.loose(urls.normal(url))


def account(url: str) -> str:
    """Return user and password of an address: two accounts at one address have two feeds."""
    return unquote(re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0].rpartition("@")[0])
