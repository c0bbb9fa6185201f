"""Posts of a proposed source -> their fate in the planet: filters, credit, first day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from syndicator import filters
from syndicator.model.post import NormalizedFeed, Post
from syndicator.model.settings import Config, Feed, Source
from syndicator.previews import credit
from syndicator.store.selection import selects, speaks
from syndicator.vetting.judging import Facts, Passing

_REFUSALS = 3  # reasons of a filter that are told for each feed


def planned(
    facts: Facts,
    feed: NormalizedFeed,
    source: Source,
    config: Config,
    *,
    is_published: bool,
) -> Facts:
    """Add the fate of the posts in the planet: filters, credit, first day.

    `is_published`: the planet has posts already, so a new source brings `join` of them at most.
    """
    passing = []
    taken: dict[str, Post] = {}
    # Without a file there is no planet: the defaults take everything.
    for ours in config.feeds:
        accepted, refused = list[Post](), Counter[str]()
        for post in _judged(feed.posts, ours, facts.now):
            if post.filtered:
                refused[post.filtered] += 1
            else:
                accepted.append(post)
        takes = selects(ours, replace(source, publish=True))
        counts = tuple(refused.most_common(_REFUSALS))
        passing.append(Passing(ours.title, takes, len(accepted), counts))
        if takes:
            taken |= {post.fingerprint: post for post in accepted}
    posts = sorted(taken.values(), key=lambda post: post.published or facts.now, reverse=True)
    most = source.join if is_published else config.feeds[0].limit
    credits_of_posts = (credit(post, feed.info) for post in posts or feed.posts)
    return replace(
        facts,
        passing=tuple(passing) if config.path.exists() else (),
        first_day=tuple(post.title or post.link for post in posts[:most]),
        credit=next(filter(None, credits_of_posts), ""),
    )


def _judged(posts: Iterable[Post], feed: Feed, now: datetime) -> tuple[Post, ...]:
    """Return posts with the reason in `filtered` for those that a feed would not take."""
    judged = []
    for post in posts:
        reason = post.filtered
        if not reason and not speaks(feed, post.language):
            reason = f"its language is {post.language or 'unknown'}"
        judged.append(replace(post, filtered=reason or filters.judge(post, feed.filter, now)))
    return filters.capped(judged, feed.filter.newest, undated=now)
