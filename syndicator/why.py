"""Explain a stored post: its origin, its history, and why each feed shows it or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from syndicator import filters
from syndicator.errors import UsageError
from syndicator.failures import label
from syndicator.model.fetch import SourceState
from syndicator.model.post import REJECTED, WAITS
from syndicator.model.settings import Config, Feed, Filter, Source
from syndicator.overrides import Override, overrides
from syndicator.overrides import lines as override_lines
from syndicator.quantities import counted
from syndicator.store import Store
from syndicator.store.explain import Entry, Link, Standing, Stored, Version
from syndicator.store.reviews import Hold
from syndicator.store.selection import selects, speaks
from syndicator.urls import redacted

ADVICE = "`syndicator fetch SOURCE` shows the posts that its feed has now"


class Verdict(Struct, frozen=True):
    """Whether a feed of ours shows a post, and why."""

    feed: str  # its name, "" for the main feed
    title: str
    shown: bool
    why: str
    first_published: datetime | None = None


class Update(Struct, frozen=True):
    """An update of a post."""

    time: datetime
    changed: str  # the parts that differed: title, link, text


class Why(Struct, frozen=True):
    """All that is known of a post's way."""

    id: str
    title: str
    url: str
    source: str  # the name by which it is shown
    source_standing: str  # "" where nothing is to be said of the source
    published: datetime
    first_seen: datetime
    language: str
    feeds: tuple[Verdict, ...]
    overrides: tuple[Override, ...] = ()  # what feeds.toml says of its source in place of its feed
    updates: tuple[Update, ...] = ()
    copies: tuple[Version, ...] = ()
    reports: tuple[Version, ...] = ()  # of the same event, on the first page
    links: tuple[Link, ...] = ()
    body_kept: bool = True


def why(config: Config, post: str) -> list[Why]:
    """Return the way of each post that `post` names: an id, an address, or words of its title.

    Reads the store alone, without network. Raises UsageError where no stored post is named so,
    StoreError.
    """
    posts: list[Why] = []
    if config.state.exists():
        with Store(config.state, read_only=True) as store:
            if numbers := store.explain.find(post):
                states = store.sources.states()
                posts = [_why(store, config, states, number) for number in numbers]
    if not posts:
        named = redacted(post)
        raise UsageError(f"no stored post has this id, address or title: {named!r}; {ADVICE}")
    return posts


def _why(store: Store, config: Config, states: Mapping[str, SourceState], number: int) -> Why:
    explain = store.explain
    post = explain.post(number)
    copies = explain.versions(post)
    held = store.reviews.holds().get(post.source_id)
    source = next((known for known in config.sources if known.id == post.source_id), None)
    info = store.sources.info(post.source_id)
    return Why(
        id=post.id,
        title=post.title,
        url=post.link,
        source=label(source) if source and (source.name or source.private) else info.name,
        source_standing=_source_standing(source, states.get(post.source_id), held),
        published=post.published,
        first_seen=post.first_seen,
        language=post.language,
        feeds=tuple(_verdict(store, feed, source, post, copies) for feed in config.feeds),
        overrides=tuple(overrides(source, info) if source else ()),
        updates=tuple(Update(time, parts) for time, parts in explain.updates(number)),
        copies=tuple(copies),
        reports=tuple(explain.reports(number)),
        links=tuple(explain.links(number)),
        body_kept=not post.purged,
    )


def _source_standing(source: Source | None, state: SourceState | None, held: Hold | None) -> str:
    if source is None:
        return "not in feeds.toml any more"
    if held is not None:
        return f"held: {held.reason}; what is published of it stays"
    if source.paused:
        return "paused: it is asked no more, its posts stay"
    if state is not None and state.gone:
        return "gone: it is asked no more, its posts stay"
    if state is not None and state.failing_since is not None:
        return f"failing since {_date(state.failing_since)}: {state.failure}"
    return ""


def _verdict(
    store: Store, feed: Feed, source: Source | None, post: Stored, copies: Sequence[Version]
) -> Verdict:
    standing = store.explain.standing(feed.name, post)
    entry = standing.entry
    out = _kept_out(feed, source, post)
    if entry is None:
        out = out or _never_in(store, feed, source, post, standing)
        return Verdict(feed.name, feed.title, shown=False, why=out)
    out = out or _folded(entry, post, copies) or _not_there(store, feed, source, post, standing)
    why = out or "in the documents: one of the newest, or not yet there for as long as `stay`"
    return Verdict(feed.name, feed.title, not out, why, entry.first_published)


def _kept_out(feed: Feed, source: Source | None, post: Stored) -> str:
    """Return the reason that keeps a post out of a feed for good or for now, "" for none."""
    if post.withdrawn:
        return "withdrawn for good"
    if source is None:
        return "its source was removed from feeds.toml"
    if not source.publish:
        kind = "private" if source.private else "not published"
        return f"its source is {kind}: `publish = true` in its table would show it"
    if not selects(feed, source):
        return "the feed does not take this source: see its `sources` and `tags`"
    if post.filtered:
        return _BY_REVIEW.get(post.filtered, f"the filter of its source: {post.filtered}")
    return ""


_BY_REVIEW = {WAITS: "it waits for a review: `syndicator review`", REJECTED: REJECTED}


def _never_in(  # noqa: PLR0911 - a reason each
    store: Store, feed: Feed, source: Source | None, post: Stored, standing: Standing
) -> str:
    """Return the reason why a feed never published a post that its source lets through."""
    if standing.held_until is not None:
        return f"held back until its date, {standing.held_until:%Y-%m-%d %H:%M} UTC (`future`)"
    if not speaks(feed, post.language):
        return f"its language is {post.language or 'unknown'}: see `languages` of the feed"
    if not standing.seen:
        return "it was not considered yet: the next run does"
    if rejected := _rejected(store, feed, post):
        return f"the filter of the feed: {rejected}"
    if standing.is_member and post.number <= standing.joined and source is not None:
        newest = "post" if source.join == 1 else f"{source.join} posts"
        return f"its source joined this feed with its newest {newest} (`join`)"
    if feed.filter.newest:
        return f"more than {feed.filter.newest} came at once: `newest` in the feed's filter"
    return "it was passed over when it came: the settings of then kept it out"


def _rejected(store: Store, feed: Feed, post: Stored) -> str:
    if feed.filter == Filter():
        return ""
    return filters.judge(store.posts.read([post.number])[post.number], feed.filter, post.first_seen)


def _folded(entry: Entry, post: Stored, copies: Sequence[Version]) -> str:
    """Return the copy that is shown instead of a post, "" if the post itself is."""
    for copy in copies:
        if copy.number == entry.post != post.number:
            place = "" if entry.current else ", in the archives"
            return f"folded into a copy that tells the same, of {copy.source}: {copy.url}{place}"
    return ""


def _not_there(
    store: Store, feed: Feed, source: Source | None, post: Stored, standing: Standing
) -> str:
    """Return the reason why a published post stands in no document now, "" if it does."""
    entry = standing.entry
    if entry is None or entry.current:
        return ""
    if entry.gone:
        rule = _rejected(store, feed, post) or "`filter` or `languages` of then"
        return f"a filter that was changed later took it out: {rule}"
    if not standing.is_member:
        return "its source left the feed"
    if entry.history:
        return "it came as history, older than all that was known: in the archives"
    if source is not None and source.limit and entry.newer >= source.limit:
        newer = counted(source.limit, "newer post")
        return f"in the archives: {newer} of its source took its place (its `limit`)"
    newer = counted(feed.limit, "newer post")
    return f"in the archives: {newer} took its place (`limit`), after `stay`"


def text(posts: Sequence[Why]) -> list[str]:
    """Return the lines for a person: one post whole, or several by title."""
    if len(posts) > 1:
        lines = [f"{len(posts)} posts are named so; the id or address of one says more:"]
        return lines + [f"  {why.title or why.url}  {why.url}  ({why.source})" for why in posts]
    (why,) = posts
    standing = why.source_standing and f" ({why.source_standing})"
    lines = [
        why.title or why.url,
        f"  address     {why.url}",
        f"  id          {why.id or 'none yet'}",
        f"  source      {why.source}{standing}",
        f"  its date    {_date(why.published)}",
        f"  first seen  {_date(why.first_seen)}",
        *(f"  {line}" for line in override_lines(why.overrides)),
    ]
    for verdict in why.feeds:
        first, place = verdict.first_published, "in" if verdict.shown else "not in"
        since = f"; first published {_date(first)}" if first else ""
        lines.append(f"  {place} {verdict.title}: {verdict.why}{since}")
    for update in why.updates:
        lines.append(f"  updated     {_date(update.time)}: {update.changed}")
    for copy in why.copies:
        lines.append(f"  same story  {copy.source}: {copy.url}")
    for other in why.reports:
        lines.append(f"  also told   {other.source}: {other.url}")
    for link in why.links:
        hidden = ", not shown: its source is hidden" if link.hidden else ""
        score = "a copy" if link.scope == "also" else f"score {link.score:.3f}"
        lines.append(f"  links to    {link.title or link.url} ({score}{hidden})")
    if not why.body_kept:
        lines.append("  its body was dropped: older than `keep`, and in no document")
    return lines


def _date(date: datetime) -> str:
    return f"{date:%Y-%m-%d %H:%M} UTC"
