"""NormalizedFeed of a private source -> the same without the source's secrets. Pure.

A feed that is read with a token often writes that token into its enclosures and links. The token
must not be published with the posts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TypeVar
from urllib.parse import quote, unquote, urlsplit

import msgspec
from msgspec.structs import replace

from syndicator.model.post import NormalizedFeed, Post
from syndicator.model.settings import Source
from syndicator.urls import PRIVATE_PARAMETER

T = TypeVar("T", bound=msgspec.Struct)

_SHORTEST = 6  # characters; a shorter secret is no secret, and stands in many words


def secrets_removed(feed: NormalizedFeed, source: Source) -> NormalizedFeed:
    """Return the feed with each secret of the source's address, headers and password cut out.

    Keys and hashes stay, for posts are recognised by them.
    """
    secrets = [text for text in _secrets(source) if len(text) >= _SHORTEST]
    if not secrets:
        return feed
    info = replace(_without_secrets(feed.info, secrets), id=feed.info.id)
    posts = [_clean_post(post, secrets) for post in feed.posts]
    return replace(feed, info=info, posts=tuple(posts))


def _clean_post(post: Post, secrets: list[str]) -> Post:
    return replace(
        _without_secrets(post, secrets),
        source_id=post.source_id,
        keys=post.keys,
        content_hash=post.content_hash,
        fingerprint=post.fingerprint,
    )


def _without_secrets(value: T, secrets: list[str]) -> T:
    """Return a struct with the secrets cut out of all its texts."""
    written = msgspec.json.encode(value)
    for secret in secrets:
        for form in {secret, quote(secret, safe=""), escape(secret)}:
            written = written.replace(msgspec.json.encode(form)[1:-1], b"")
    return msgspec.json.decode(written, type=type(value))


def _secrets(source: Source) -> Iterator[str]:
    """Yield the secrets of a source: secret parameters, header values, the password."""
    for parameter in re.finditer(PRIVATE_PARAMETER, source.url):
        value = parameter[0].partition("=")[2]
        yield value
        yield unquote(value)
    yield from source.headers.values()
    if source.auth is not None:
        yield source.auth.password
    yield unquote(urlsplit(source.url).password or "")
