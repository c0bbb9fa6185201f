"""An address -> Facts: two fetches, the configuration, the state file. Nothing is stored."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from syndicator import check, languages, normalizer, previews, urls
from syndicator.failures import label
from syndicator.formats import FORMATS
from syndicator.model.feed import Entry
from syndicator.model.fetch import FetchFailed
from syndicator.model.post import CopyOf, NormalizedFeed, Post
from syndicator.model.run import SourceFacts
from syndicator.model.settings import Config, Source
from syndicator.normalizer import identity, language
from syndicator.store import Store
from syndicator.vetting.judging import (
    FEW,
    HALF,
    Facts,
    Shared,
    Size,
    Verdict,
    judge,
    secured,
)
from syndicator.vetting.planning import planned

_READ = 20  # posts of which a detector is asked
_MEASURED = 20  # posts whose text is measured
_PACE = 20  # newest posts that tell a pace
_FEW_SOURCES = 3  # fewer have no usual pace
# "...", "[…]" at the very end; never an ellipsis within the text.
_CUT = re.compile(r"(?:…|\.\.\.|\[(?:…|\.\.\.)\])\s*$")
# The address of a comment: WordPress, tDiary; never of a paragraph or a post on a page of many.
_COMMENT = re.compile(r"#(?:comment-?|c)[0-9]+$")
_FRAME = re.compile(r"<(?:iframe|video|audio)\b")


def vet(
    address: str,
    path: Path | str = "feeds.toml",
    now: datetime | None = None,
    stop: threading.Event | None = None,
) -> Verdict | None:
    """Judge whether a source is wanted in the planet at `path`; None if `stop` ended it.

    `address` is that of a site, a page or a feed, a path, or the name of a source in `path`.
    Without a file there, the defaults hold. The feed is fetched twice, and nothing is stored.
    Raises UsageError if `address` is none of these, ConfigError, StoreError.
    """
    path, now, stop = Path(path), now or datetime.now(UTC), stop or threading.Event()
    # A file with a mistake can't say whether it wants a source.
    config, _ = previews.settings_for(path, needed=True)
    source = previews.source_for(address, config, path)
    # No other place is guessed for an address that holds a secret.
    locate = previews.fetched if source.private else previews.located
    answer = locate(source, config, stop)
    if answer is None:
        return None
    if isinstance(answer, FetchFailed):
        return judge(Facts(address, now, failure=answer))
    facts = _of_answer(answer, source, address, now)
    feed = normalizer.normalize(answer.parsed, source, now)
    facts, stored = _with_state(facts, feed, source, config)
    facts = _compared(facts, feed, source, config, stored)
    is_published = any(known.posts for known in stored.values())
    facts = planned(facts, feed, source, config, is_published=is_published)
    facts = replace(facts, https=_https(answer, source, config, stop))
    facts = _again(facts, answer, feed, source, config, stop)
    return None if stop.is_set() else judge(facts)


def _of_answer(answer: previews.Answer, source: Source, address: str, now: datetime) -> Facts:
    """Return the facts that the body tells."""
    fetched, parsed = answer.fetched, answer.parsed
    kind = _media_type(parsed.head.version)
    every_problem = check.check(fetched.body, kind) if kind else ()
    problems = [str(problem) for problem in every_problem if problem.serious]
    return Facts(
        address,
        now,
        url=source.unless_private(fetched.url),
        version=parsed.head.version,
        is_private=not source.publish,
        others=() if source.private else fetched.feeds,
        repairs=tuple(note for note in parsed.notes if not note.endswith("left out")),
        problems=tuple(problems),
        is_checked=bool(kind),
        declared=languages.normalise(parsed.head.language),
        is_denied=parsed.head.denied,
    )


def _media_type(version: str) -> str:
    """Return the media type whose grammar judges a version of feedparser's, "" for none.

    >>> _media_type("rss20"), _media_type("atom03"), _media_type("json11")
    ('application/rss+xml', '', 'application/feed+json')
    """
    names = {"rss20": "rss", "atom10": "atom", "json11": "json"}
    return FORMATS[names[version]].type if version in names else ""


def _compared(
    facts: Facts,
    feed: NormalizedFeed,
    source: Source,
    config: Config,
    stored: Mapping[str, SourceFacts],
) -> Facts:
    """Add the facts about the posts, and about other sources of the planet."""
    dates = [post.published for post in feed.posts if post.published]
    dates.sort(reverse=True)
    spoken, sure, heard = _spoken(feed.posts)
    is_named = source.name == facts.address or source.id == facts.address != source.url
    listed = "" if is_named else _listed(facts.url or source.url, config.sources)
    return replace(
        facts,
        info=feed.info,
        posts=len(feed.posts),
        dates=tuple(dates),
        gap=_mean_gap(dates, facts.now),
        sizes=tuple(map(_size, feed.posts[:_MEASURED])),
        comments=sum(_COMMENT.search(post.link) is not None for post in feed.posts),
        others_sites=_sites_of_others(feed),
        language=spoken,
        sure=sure,
        heard=heard,
        listed_as=listed,
        same_site=tuple(_of_site(feed, source, config.sources, stored)),
    )


def _sites_of_others(feed: NormalizedFeed) -> int:
    """Return the number of other sites that most posts lead to, 0 where most lead to its own."""
    own = urls.domain(feed.info.link)
    strange = [post.link for post in feed.posts if post.link and urls.domain(post.link) != own]
    if not own or len(strange) < HALF * len(feed.posts):
        return 0
    return len(set(map(urls.domain, strange)))


def _mean_gap(dates: Sequence[datetime], now: datetime) -> timedelta | None:
    """Return the mean gap between the newest posts, None for fewer than three posts.

    `dates` begin with the newest. The silence until `now` counts: a site that was filled in an hour
    last year is quiet.
    """
    newest = [date for date in dates if date <= now][:_PACE]
    return (now - newest[-1]) / (len(newest) - 1) if len(newest) >= FEW else None


def _listed(url: str, sources: Iterable[Source]) -> str:
    """Return the name of the source that has an address, in any spelling, "" for none."""
    for source in sources:
        if source.url and url and urls.place(source.url) == urls.place(url):
            return label(source)
    return ""


def _of_site(
    feed: NormalizedFeed,
    source: Source,
    sources: Iterable[Source],
    facts: Mapping[str, SourceFacts],
) -> Iterable[str]:
    """Yield the names of other sources with the site of a feed."""
    site = urls.loose(feed.info.link)
    for other in sources:
        if other.id == source.id or other.private:
            continue
        stored = facts.get(other.id)
        if site and stored and stored.link and urls.loose(stored.link) == site:
            yield label(other)


def _spoken(posts: Sequence[Post]) -> tuple[str, int, int]:
    """Return the language of most posts, how many read so, and how many read as any."""
    tags = Counter(post.language for post in posts if post.language)
    spoken = tags.most_common(1)[0][0] if tags else ""
    detected = (language.detected(f"{post.title}\n{post.text}") for post in posts[:_READ])
    heard = Counter(tag.partition("-")[0] for tag in detected)
    heard.pop("", None)
    return spoken, heard[spoken.partition("-")[0]], heard.total()


def _size(post: Post) -> Size:
    # A picture beside a post is not what is published: news sites enclose one with each excerpt.
    files = [file for file in post.enclosures if "image" not in (file.medium, file.type[:5])]
    has_media = bool(files or post.episode or _FRAME.search(post.content_html))
    is_cut = _CUT.search(post.text) is not None
    return Size(len(post.text), is_cut, has_media, bool(post.title))


def _with_state(
    facts: Facts, feed: NormalizedFeed, source: Source, config: Config
) -> tuple[Facts, Mapping[str, SourceFacts]]:
    """Add the facts of the state file, if there is one; return with them those of its sources."""
    if not config.state.is_file():
        return facts, {}
    names = {other.id: label(other) for other in config.sources if other.id != source.id}
    with Store(config.state, read_only=True) as store:
        stored = store.sources.facts()
        gaps = list[timedelta]()
        for name in names.keys() & stored.keys():
            gap = _mean_gap(store.posts.dates(name, _PACE), facts.now)
            if gap is not None:
                gaps.append(gap)
        shared = _shared(store, feed.posts, names)
    gaps.sort()
    median = gaps[len(gaps) // 2] if len(gaps) >= _FEW_SOURCES else None
    return replace(facts, planet_gap=median, shared=shared, is_compared=True), stored


def _shared(store: Store, posts: Sequence[Post], names: Mapping[str, str]) -> tuple[Shared, ...]:
    """Return the sources that have the same posts, by the rules by which a run folds copies."""
    candidates = store.posts.candidates(posts)
    verdicts = identity.decide(posts, candidates, frozenset(), fold=True)
    counts: Counter[str] = Counter()
    for verdict, possible in zip(verdicts, candidates, strict=True):
        if not isinstance(verdict, CopyOf):
            continue
        tellers = set()
        for known in possible:
            if verdict.number in (known.number, known.copy_of):
                tellers.add(known.source_id)
        counts.update(tellers & names.keys())
    return tuple(Shared(names[name], number) for name, number in counts.most_common())


def _https(
    answer: previews.Answer, source: Source, config: Config, stop: threading.Event
) -> Literal["", "yes", "also", "no"]:
    """Tell whether a feed is fetched by https, or could be."""
    url = answer.fetched.url
    if source.private or source.path or not url.startswith(("http://", "https://")):
        return ""
    if url.startswith("https://"):
        return "yes"
    other = previews.fetched(replace(source, url=secured(url)), config, stop, follow=False)
    return "also" if isinstance(other, previews.Answer) else "no"


def _again(
    facts: Facts,
    answer: previews.Answer,
    feed: NormalizedFeed,
    source: Source,
    config: Config,
    stop: threading.Event,
) -> Facts:
    """Add the differences of a second fetch."""
    if source.path or not source.url:
        return facts
    stop.wait(config.fetch.delay.total_seconds())
    second = previews.fetched(replace(source, url=answer.fetched.url), config, stop, follow=False)
    if second is None:
        return facts
    if isinstance(second, FetchFailed):
        return replace(facts, second=second.error)
    before, after = answer.parsed.entries, second.parsed.entries
    by_guid, by_link = dict[str, Entry](), dict[str, Entry]()
    for entry in after:
        if entry.guid:
            by_guid[entry.guid] = entry
        if entry.links:
            by_link[entry.links[0].href] = entry
    new_guids = new_dates = 0
    for entry in before:
        new_guids += bool(entry.guid) and entry.guid not in by_guid
        link = entry.links[0].href if entry.links else ""
        twin = by_guid.get(entry.guid) or by_link.get(link)
        new_dates += twin is not None and entry.published != twin.published
    anew = _anew(feed, normalizer.normalize(second.parsed, source, facts.now), facts.now)
    # A post or two may have come between the two fetches.
    is_unknown = anew >= max(1, len(before) / 2)
    is_renewed = new_guids >= max(1, len(before) / 2)
    return replace(
        facts,
        lost=anew if is_unknown else 0,
        new_guids=new_guids if is_renewed else 0,
        new_dates=new_dates,
        compared=len(after),
    )


def _anew(first: NormalizedFeed, second: NormalizedFeed, now: datetime) -> int:
    """Return how many posts of a second fetch a run would store as new, by its own rules."""
    intakes = []
    with Store(":memory:") as store:
        for feed in (first, second):
            items = [post.fingerprint for post in feed.posts]
            unique = list({post.fingerprint: post for post in feed.posts}.values())
            taken = store.posts.receive(feed.info.id, unique, items, identity.decide, now)
            intakes.append(taken)
    return len(intakes[1].new)
