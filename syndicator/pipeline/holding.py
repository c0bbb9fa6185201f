"""A source before and after a fetch -> the reason to hold it, if it may be somebody else's now. Pure.

Domains expire, and the next owner finds that the old feed address is read and republished. A source
that is held by mistake costs its owner days, so each rule asks for more than a redesign, a move or
a busy week would show. docs/decisions/0320 has the rules and how they were tried.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from syndicator import urls
from syndicator.model.post import KnownPost, Post, SourceInfo, Unchanged, Updated, Verdict
from syndicator.quantities import counted
from syndicator.store.reviews import PastPost
from syndicator.text_rules import shortened

PAST = 200  # newest posts of a source that tell its habits
_LONGEST = 80  # characters of a title that are shown: the new owner chose it
_ALIKE = 0.5  # of the letters of two titles, where they have no word in common
_SPOKEN = 0.8  # of posts are in one language
_FEW = 3  # new posts that show a language, or a habit of linking elsewhere
_KNOWN = 5  # known posts that show one
_ELSEWHERE = 0.8  # of the new posts lead to sites that no post led to before
_MANY = 10  # fewer posts at once are never too many
_FASTER = 10  # times as many as ever came in so long
_A_DAY = timedelta(days=1)
_CHANGES = (
    # Of a feed that lists no known post: all that changed in one line is enough.
    {"name"},
    {"title", "site"},
    {"title", "generator"},
    {"title", "redirect"},
    {"title", "language"},
    {"site", "language"},
    {"site", "redirect"},
    {"language", "generator"},
    {"language", "redirect"},
)


class Past(Struct, frozen=True):
    """A source as it was before a fetch."""

    info: SourceInfo
    posts: Sequence[PastPost]  # the newest PAST of them, newest first
    since: datetime | None  # the last fetch with success


class Present(Struct, frozen=True):
    """The same source by the fetch that is judged."""

    info: SourceInfo
    asked: str  # the address
    answered: str  # the address, after redirects
    listed: int  # items of the feed that were known before


class Arrivals(Struct, frozen=True):
    """The posts of a fetch that were not known by their bytes, with the verdicts on them."""

    posts: Sequence[Post]
    known: Sequence[Sequence[KnownPost]]
    verdicts: Sequence[Verdict]

    def new(self) -> list[Post]:
        """Return the posts that the source never had."""
        pairs = zip(self.posts, self.verdicts, strict=True)
        return [post for post, verdict in pairs if not isinstance(verdict, Unchanged | Updated)]

    def kept(self) -> list[Post]:
        """Return the posts that are known ones beyond doubt: a reused id alone proves nothing."""
        kept = []
        for post, known, verdict in zip(self.posts, self.known, self.verdicts, strict=True):
            titles = {each.title for each in known}
            is_same = isinstance(verdict, Updated) and post.title in titles
            if is_same or isinstance(verdict, Unchanged):
                kept.append(post)
        return kept


def reason(past: Past, present: Present, arrivals: Arrivals, now: datetime) -> str:
    """Return the reason to hold a source, as a line without its name; "" for none.

    The caller sees to it that feeds.toml names the address that it named before.
    """
    new, kept = arrivals.new(), arrivals.kept()
    if not (kept or present.listed) and past.posts and arrivals.posts:
        changes = _changes(past, present, arrivals.posts)
        if any(combination <= changes for combination in _CHANGES):
            return (
                f"is another feed now: {_named(present.info)}, and was {_named(past.info)}; "
                "it has not one known post"
            )
    return _leads_elsewhere(past, present, new, kept) or _floods(past, new, now)


def _changes(past: Past, present: Present, posts: Sequence[Post]) -> set[str]:
    """Return the features of a source that are others now."""
    before, after = past.info, present.info
    hosts = urls.host(before.link), urls.host(after.link)
    compared = {
        "title": (_title(before), _title(after)),
        "site": hosts,
        "generator": (_product(before.declared.generator), _product(after.declared.generator)),
        "language": (_language(past.posts, _KNOWN), _language(posts, _FEW)),
        "redirect": (urls.host(present.asked), urls.host(present.answered)),
    }
    changes = {name for name, (old, new) in compared.items() if old and new and old != new}
    # Feeds that name no site have a title of any kind.
    if "title" in changes and all(hosts) and not _alike(_title(before), _title(after)):
        changes.add("name")
    return changes


def _leads_elsewhere(
    past: Past, present: Present, new: Sequence[Post], kept: Sequence[Post]
) -> str:
    """Return the reason if all posts led to a site of their own, and the new ones do not."""
    links = [post.link for post in past.posts if post.link]
    sites = set(map(urls.domain, links))
    if len(links) < _KNOWN or len(sites) > 1:
        return ""  # a link blog, an aggregator
    sites |= {urls.domain(past.info.link), *(urls.domain(post.link) for post in kept)}
    if _title(past.info) == _title(present.info):
        sites.add(urls.domain(present.info.link))  # it has moved, and its old posts have not
    strange = [post for post in new if post.link and urls.domain(post.link) not in sites]
    if len(strange) < max(_FEW, _ELSEWHERE * len(new)):
        return ""
    where = "" if past.info.private else f", such as {urls.host(strange[0].link)}"
    return (
        f"lists {counted(len(strange), 'new post')} of other sites{where}, "
        "and had only its own before"
    )


def _floods(past: Past, new: Sequence[Post], now: datetime) -> str:
    """Return the reason if the new posts are ten times as many as ever came in so long a time.

    Each counts by its date: a feed that was stale for weeks lists them all at once.
    """
    if len(past.posts) < _MANY or len(new) < _MANY:
        return ""
    newest = past.posts[0].published
    dates = sorted((min(post.published or now, now) for post in new), reverse=True)
    span = max(_A_DAY, now - (past.since or now))
    most = _most_within([post.published for post in past.posts], span)
    fresh = _most_within([date for date in dates if date > newest], span)
    if fresh < max(_MANY, _FASTER * most):
        return ""
    return (
        f"lists {counted(fresh, 'new post')} of a short time, and had at most {most} in so long "
        "a time before"
    )


def _most_within(newest_first: Sequence[datetime], span: timedelta) -> int:
    """Return the most posts that any such span holds.

    >>> days = [datetime(2026, 1, day) for day in (9, 5, 4, 1)]
    >>> _most_within(days, timedelta(days=1))
    2
    """
    most, first = 0, 0
    for last, moment in enumerate(newest_first):
        while newest_first[first] - moment > span:
            first += 1
        most = max(most, last - first + 1)
    return most


def _language(posts: Sequence[Post | PastPost], least: int) -> str:
    """Return the language that nearly all posts are in, "" for none."""
    spoken = [post.language.partition("-")[0].lower() for post in posts]
    for language in set(spoken) - {""}:
        if spoken.count(language) >= max(least, _SPOKEN * len(spoken)):
            return language
    return ""


def _product(generator: str) -> str:
    """Return the name of a program without its version.

    >>> _product("https://wordpress.org/?v=6.4"), _product("Hugo 0.92 -- gohugo.io")
    ('wordpress.org', 'hugo')
    """
    return urls.host(generator) or generator.partition(" ")[0].rstrip("0123456789.").casefold()


def _alike(old: str, new: str) -> bool:
    """Tell whether two titles have a word in common, or half of their letters: Chinese has no words.

    >>> _alike("Blog", "Blog (3 new)"), _alike("Lakeside", "Casino 777")
    (True, False)
    """
    from difflib import SequenceMatcher  # 3 ms, for a feed that changed its title

    words = [set(re.findall(r"\w+", title.casefold())) for title in (old, new)]
    matcher = SequenceMatcher(None, old.casefold(), new.casefold(), autojunk=False)
    return bool(words[0] & words[1]) or matcher.ratio() >= _ALIKE


def _named(info: SourceInfo) -> str:
    short = shortened(_title(info), _LONGEST)
    if info.private or not info.link:
        return f'"{short}"'
    return f'"{short}" of {urls.host(info.link)}'


def _title(info: SourceInfo) -> str:
    return info.title or info.name
