"""Posts of a proposed source -> their fate in the planet: filters, credit, first day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from syndicator import filters
from syndicator.generator.credit import render_credit
from syndicator.model.post import NormalizedFeed, Post
from syndicator.model.run import SourceFacts
from syndicator.model.settings import Config, Feed, Source
from syndicator.normalizer import text
from syndicator.store.selection import selects, speaks
from syndicator.vetting.judging import Facts, Passing

_REFUSALS = 3  # reasons of a filter that are told for each feed


def planned(
    facts: Facts,
    feed: NormalizedFeed,
    source: Source,
    config: Config,
    stored: Mapping[str, SourceFacts],
) -> Facts:
    """Add the fate of the posts in the planet: filters, credit, first day.

    `stored` are the facts of the state file about its sources, by id.
    """
    passing = []
    taken: dict[int, Post] = {}
    # Without a file there is no planet: the defaults take everything.
    for ours in config.feeds:
        accepted, refused = _accepted(feed.posts, ours, facts.now)
        takes = selects(ours, replace(source, publish=True))
        counts = Counter(refused).most_common(_REFUSALS)
        passing.append(Passing(ours.title, takes, len(accepted), tuple(counts)))
        if takes:
            taken.update((id(post), post) for post in accepted)
    posts = sorted(taken.values(), key=lambda post: post.published or facts.now, reverse=True)
    is_published = any(known.posts for known in stored.values())
    most = source.join if is_published else config.feeds[0].limit
    return replace(
        facts,
        passing=tuple(passing) if config.path.exists() else (),
        first_day=tuple(post.title or post.link for post in posts[:most]),
        credit=_credit(posts or feed.posts, feed),
    )


def _accepted(posts: Iterable[Post], feed: Feed, now: datetime) -> tuple[list[Post], list[str]]:
    """Return the posts that a feed takes, and the reason for each of the others."""
    accepted, refused = [], []
    for post in posts:
        reason = post.filtered
        if not reason and not speaks(feed, post.language):
            reason = f"its language is {post.language or 'unknown'}"
        reason = reason or filters.judge(post, feed.filter, now)
        if reason:
            refused.append(reason)
        else:
            accepted.append(post)
    newest = feed.filter.newest
    if newest and len(accepted) > newest:
        refused += [f"not among the newest {newest}"] * (len(accepted) - newest)
        accepted.sort(key=lambda post: post.published or now, reverse=True)
        del accepted[newest:]
    return accepted, refused


def _credit(posts: Sequence[Post], feed: NormalizedFeed) -> str:
    """Return the credit of the first post as plain text, "" if it is switched off."""
    for post in posts:
        if post.attribution is not None:
            line = render_credit(
                post.attribution,
                post=post.title,
                post_url="",
                source=post.origin.name or feed.info.name,
                source_url="",
                author=", ".join(post.author_names),
                date=post.published,
            )
            return text.words(line)
    return ""
