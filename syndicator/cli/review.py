"""`review`: show the posts that wait for a person, and take the decisions."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

import syndicator
from syndicator import HeldSource
from syndicator.cli.edge import Edge, plain
from syndicator.cli.terminal import as_json, excerpt
from syndicator.errors import UsageError
from syndicator.quantities import counted, in_words
from syndicator.store.reviews import WaitingPost

_SHOWN = 10  # posts of one source


def review(arguments: argparse.Namespace, edge: Edge) -> int:
    """List the waiting posts, or approve or reject them."""
    config = syndicator.load_config(arguments.config)
    if arguments.action:
        if not arguments.names:
            raise UsageError(f"name what to {arguments.action}; `syndicator review` lists it")
        approved = arguments.action == "approve"
        edge.say(syndicator.judge(config, arguments.names, approved=approved, now=edge.now()))
        return 0
    held = syndicator.review(config)
    if arguments.json:
        edge.write(as_json(msgspec.to_builtins(held)))
    else:
        edge.write_lines(_lines(held, edge.now()))
    return 0


def _lines(held: Sequence[HeldSource], now: datetime) -> Iterator[str]:
    """Yield the lines for a person: each source with the reason, and a short look at its posts."""
    if not held:
        yield "nothing waits for a review"
    for source in held:
        since = f", for {in_words(now - source.since)}" if source.since else ""
        yield f"{plain(source.name)}: {plain(source.reason)}{since}"
        for post in source.posts[:_SHOWN]:
            yield from _post(post)
        if len(source.posts) > _SHOWN:
            yield f"  and {counted(len(source.posts) - _SHOWN, 'more post')}; --json has all"


def _post(post: WaitingPost) -> Iterator[str]:
    yield f"  {post.number}  {post.published:%Y-%m-%d}  {plain(post.title) or '(untitled)'}"
    yield f"      {plain(post.url)}"
    if words := " ".join(plain(post.text).split()):
        yield f"      {excerpt(words)}"
