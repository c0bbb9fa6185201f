"""Commands about single posts: `why`, `review`, `withdraw`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

import syndicator
from syndicator import HeldSource
from syndicator import why as explanation
from syndicator.cli.edge import Edge, plain
from syndicator.cli.terminal import as_json, excerpt
from syndicator.errors import UsageError
from syndicator.pipeline.run import source_id
from syndicator.pipeline.withdrawing import Choice
from syndicator.quantities import counted, in_words
from syndicator.store.reviews import WaitingPost
from syndicator.urls import redacted

_SHOWN = 10  # posts of one source
_TO_COME = {
    "source": "`syndicator remove` ends the source",
    "author": "`exclude` in a filter keeps them out",
    "pattern": "`exclude` in a filter keeps them out",
}


def why(arguments: argparse.Namespace, edge: Edge) -> int:
    """Print the way of a post."""
    posts = explanation.why(syndicator.load_config(arguments.config), arguments.post)
    if arguments.json:
        edge.write(as_json(msgspec.to_builtins(posts)))
    else:
        edge.write_lines(explanation.text(posts))
    return 0


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


def withdraw(arguments: argparse.Namespace, edge: Edge) -> int:
    """Take posts out of all that is published, or take that back."""
    config = syndicator.load_config(arguments.config)
    ways: tuple[Choice, ...] = ("post", "source", "author", "pattern")
    given = [(way, getattr(arguments, way)) for way in ways if getattr(arguments, way)]
    if len(given) != 1:
        raise UsageError("give one of POST, --source, --author and --pattern")
    by, value = given[0]
    if by == "source":
        value = source_id(config, value)
    if arguments.undo:
        count = syndicator.undo_withdrawal(config, value, edge.now(), by=by)
        edge.tell(f"back again: {counted(count, 'post')}")
        return 0
    count = syndicator.withdraw(config, value, edge.now(), by=by)
    posts = redacted(value) if by == "post" else counted(count, "post")
    edge.tell(f"withdrawn for good: {posts}; `--undo` takes it back for a day")
    if by != "post":
        edge.tell(f"posts to come are not concerned: {_TO_COME[by]}")
    return 0
