"""Facts about a source -> a verdict with its reasons, as data. Pure; all thresholds stand here.

Posts are counted and measured, and never judged by their words: nobody writes a list of words that
tells a casino from an essay about one. docs/decisions/0180 says how each threshold was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from syndicator.model.fetch import FetchFailed
from syndicator.model.post import SourceInfo
from syndicator.quantities import counted, short
from syndicator.wishes import in_words

Level = Literal["fault", "doubt", "note", "good"]

SILENT = timedelta(days=365)  # since the newest post: `status --silent` has the same
ASLEEP = timedelta(days=3 * 365)  # nothing to publish is to be expected
FASTER = 10  # times the usual pace of the planet's sources
A_DAY = timedelta(days=1)  # a source that posts more seldom floods no planet
TORRENT = timedelta(hours=2)  # the gap between posts, where there is no planet to compare with
FEW = 3  # fewer posts are too few for a share
HALF = 0.5
MOST = 0.8
SHORT = 500  # characters of an excerpt at most
LONG = 1000  # so many show that a text is whole


class Passing(Struct, frozen=True):
    """The posts that one feed of ours would take."""

    feed: str  # its title
    takes: bool  # its `sources` and `tags` choose the source
    posts: int = 0
    refused: tuple[tuple[str, int], ...] = ()  # reason and number of posts, the most frequent first


class Shared(Struct, frozen=True):
    """A source of the planet that has the same posts."""

    source: str  # its name
    posts: int


class Size(Struct, frozen=True):
    """The text of a post, measured."""

    characters: int
    is_cut: bool = False  # ends in an ellipsis
    has_media: bool = False  # a file or a frame is what is published
    has_title: bool = True  # a microblog's posts have none


class Facts(Struct, frozen=True):
    """All that one look at a source tells."""

    address: str  # as it was given
    now: datetime
    failure: FetchFailed | None = None  # then there is nothing else
    url: str = ""  # the feed's own; "" where private
    info: SourceInfo = SourceInfo("", "")  # as we would show it
    version: str = ""  # rss20, atom10, json11 ...
    is_private: bool = False
    others: tuple[str, ...] = ()  # other feeds of the page
    https: Literal["", "yes", "also", "no"] = ""  # "also": http was given, https has the feed too
    repairs: tuple[str, ...] = ()  # without which it could not be read
    problems: tuple[str, ...] = ()  # serious ones of the format's grammar, each with its place
    is_checked: bool = False  # there is a grammar of its format
    dates: tuple[datetime, ...] = ()  # the newest first
    posts: int = 0
    gap: timedelta | None = None  # between two of its newest posts, in the mean
    planet_gap: timedelta | None = None  # the median of the planet's sources
    sizes: tuple[Size, ...] = ()
    comments: int = 0  # posts whose address is that of a comment
    others_sites: int = 0  # that most posts lead to
    second: str = ""  # why the second fetch gave nothing
    lost: int = 0  # posts of the second fetch that a run would take for new ones, if many
    new_guids: int = 0  # ids of the first fetch that the second lacks, if many
    new_dates: int = 0  # posts whose date is another one in the second fetch
    compared: int = 0  # posts of the second fetch
    declared: str = ""  # the language of the feed by its own word
    language: str = ""  # that of most posts
    sure: int = 0  # posts in that language by a detector
    heard: int = 0  # posts in which the detector is sure of any language
    passing: tuple[Passing, ...] = ()
    listed_as: str = ""  # the name of the source that has this address
    same_site: tuple[str, ...] = ()  # names of sources of the same site
    shared: tuple[Shared, ...] = ()
    is_compared: bool = False  # there is a state file with posts
    is_denied: bool = False  # access:restriction
    credit: str = ""
    first_day: tuple[str, ...] = ()  # titles of the posts that it would bring at once


class Reason(Struct, frozen=True):
    """One reason for a verdict, and the remedy, if there is one."""

    level: Level
    about: str  # a word for programs: "fetch", "https", "age" ...
    text: str
    advice: str = ""


class Verdict(Struct, frozen=True):
    """The judgement on a source: the worst reasons first."""

    address: str
    url: str
    title: str
    verdict: Literal["yes", "yes, but", "no"]
    line: str
    reasons: tuple[Reason, ...]

    @property
    def is_wanted(self) -> bool:
        """Tell whether the source can be taken as it is."""
        return self.verdict != "no"


_RANK = {"fault": 0, "doubt": 1, "good": 2, "note": 3}


def judge(facts: Facts) -> Verdict:
    """Return the verdict on a source: "no" for any fault, "yes, but" for any doubt."""
    reasons = sorted(_reasons(facts), key=lambda reason: _RANK[reason.level])
    faults = [reason for reason in reasons if reason.level == "fault"]
    doubts = [reason for reason in reasons if reason.level == "doubt"]
    if faults:
        word: Literal["yes", "yes, but", "no"] = "no"
        line = f"not as it is: {faults[0].text}"
    elif doubts:
        word, line = "yes, but", f"yes, but {doubts[0].text}"
    else:
        word, line = "yes", f"yes: {_summary(facts)}"
    more = len(faults or doubts) - 1
    if more > 0:
        line += f", and {more} more"
    return Verdict(facts.address, facts.url, facts.info.name, word, line, tuple(reasons))


def _summary(facts: Facts) -> str:
    return f"{counted(facts.posts, 'post')}, the newest {_age(facts)} old"


def _age(facts: Facts) -> str:
    return short(max(facts.now - facts.dates[0], timedelta())) if facts.dates else "without a date"


def _reasons(facts: Facts) -> Iterator[Reason]:
    if facts.failure is not None:
        yield _failed(facts.failure)
        return
    for judged in (
        _found,
        _likewise,
        _wishes,
        _https,
        _valid,
        _dates,
        _pace,
        _stable,
        _kind,
        _full,
        _language,
        _passing,
        _arrival,
    ):
        yield from judged(facts)


def _failed(failed: FetchFailed) -> Reason:
    if failed.kind in ("forbidden", "challenge"):
        return Reason("fault", "bot wall", f"a bot wall: it {failed.error}", failed.advice)
    if failed.kind == "restricted":
        return Reason("fault", "wishes", failed.error, failed.advice)
    text = failed.error if failed.feeds else f"no feed: it {failed.error}"
    return Reason("fault", "fetch", text, failed.advice)


def _holding(*rows: tuple[object, Reason]) -> Iterator[Reason]:
    """Yield the reasons of the rows with a condition that holds."""
    for holds, reason in rows:
        if holds:
            yield reason


def _found(facts: Facts) -> Iterator[Reason]:
    if not facts.posts:
        yield Reason("fault", "posts", "its feed has no post")
    if facts.is_private:
        advice = "`publish = true` in its table, with its owner's consent"
        yield Reason("fault", "private", "its address holds a secret: not published", advice)
    if facts.url not in ("", facts.address):
        yield Reason("note", "fetch", f"the feed is at {facts.url}")
    for other in facts.others:
        yield Reason("note", "fetch", f"another feed of that page: {other}")


def _likewise(facts: Facts) -> Iterator[Reason]:
    """Compare with the sources of the planet, by address, by posts and by site."""
    if facts.listed_as:
        yield Reason("fault", "duplicate", f"it is a source already: {facts.listed_as}")
    few = max(FEW, HALF * facts.posts)
    for shared in facts.shared:
        text = f"{shared.posts} of its {counted(facts.posts, 'post')} are in {shared.source} too"
        yield Reason("fault" if shared.posts >= few else "doubt", "duplicate", text)
    for name in () if facts.listed_as else facts.same_site:
        yield Reason("doubt", "duplicate", f"it is of the same site as {name}")
    if not facts.is_compared:
        text = "not compared with the planet's posts: there is no state file here"
        yield Reason("note", "duplicate", text)


def _wishes(facts: Facts) -> Iterator[Reason]:
    if facts.is_denied:
        yield Reason("doubt", "wishes", "its feed forbids republishing; `republish` overrides it")
    if facts.info.noindex:
        text = "it wants no search engine to index its posts: their pages here say so too"
        yield Reason("note", "wishes", text)
    for wish in in_words(facts.info.wishes):
        yield Reason("note", "wishes", f"{wish}: carried on with its posts")
    if said := facts.info.licence or facts.info.rights:
        yield Reason("good", "licence", f"licence: {said}")
    elif not facts.info.wishes.rsl:
        yield Reason("note", "licence", "it names no licence")


def secured(url: str) -> str:
    """Return the https address of the place that an http address names.

    >>> secured("http://a.example:80/feed"), secured("http://a.example:8080/feed")
    ('https://a.example/feed', 'https://a.example:8080/feed')
    """
    return f"https://{url.removeprefix('http://').replace(':80/', '/', 1)}"


def _https(facts: Facts) -> Iterator[Reason]:
    also = "it is fetched by http, though https has the feed too"
    never = "it has no https: anybody on the way can change its posts"
    return _holding(
        (
            facts.https == "also",
            Reason("fault", "https", also, f'url = "{secured(facts.url)}"'),
        ),
        (facts.https == "no", Reason("doubt", "https", never)),
        (facts.https == "yes", Reason("good", "https", "https")),
    )


def _valid(facts: Facts) -> Iterator[Reason]:
    for repair in facts.repairs:
        yield Reason("doubt", "valid", f"it had to be mended: {repair}")
    if facts.problems:
        number = counted(len(facts.problems), "error")
        yield Reason("note", "valid", f"{number} against {facts.version}: {facts.problems[0]}")
    elif facts.is_checked and not facts.repairs:
        yield Reason("good", "valid", f"valid {facts.version}")


def _silence(facts: Facts) -> timedelta:
    return facts.now - facts.dates[0] if facts.dates else timedelta()


def _dates(facts: Facts) -> Iterator[Reason]:
    undated, silence = facts.posts - len(facts.dates), _silence(facts)
    none, each = "its posts bear no date", "each counts as new when it is first seen"
    many = f"{undated} of {counted(facts.posts, 'post')} bear no date"
    age = f"its newest post is {_age(facts)} old"
    return _holding(
        (facts.posts and not facts.dates, Reason("doubt", "age", f"{none}: {each}")),
        (
            facts.dates and undated >= HALF * facts.posts,
            Reason("doubt", "age", f"{many}: {each}"),
        ),
        (silence > ASLEEP, Reason("fault", "age", f"{age}: it seems to be given up")),
        (SILENT < silence <= ASLEEP, Reason("doubt", "age", age)),
        (facts.dates and silence <= SILENT, Reason("good", "age", age)),
    )


def _pace(facts: Facts) -> Iterator[Reason]:
    if facts.gap is None or _silence(facts) > SILENT:
        return
    pace = f"a post every {short(facts.gap)}"
    if facts.planet_gap is None:
        yield Reason("doubt" if facts.gap < TORRENT else "good", "pace", pace)
    elif facts.gap < A_DAY and facts.gap * FASTER <= facts.planet_gap:
        text = f"{pace}, where the planet's usual source has one every {short(facts.planet_gap)}"
        advice = "`limit`, or a filter with `newest`, in its table keeps the others in sight"
        yield Reason("fault", "pace", text, advice)
    else:
        yield Reason("good", "pace", f"{pace}; the planet's usual: {short(facts.planet_gap)}")


def _stable(facts: Facts) -> Iterator[Reason]:
    lost = f"a second fetch took {counted(facts.lost, 'post')} for new ones"
    advice = "each run would publish them anew: its owner must give them lasting ids"
    ids = f"{counted(facts.new_guids, 'id')} changed by a second fetch"
    dates = f"{counted(facts.new_dates, 'date')} changed by a second fetch"
    same = "ids and dates are the same in a second fetch"
    has_changed = facts.lost or facts.new_guids or facts.new_dates
    return _holding(
        (facts.second, Reason("doubt", "stable", f"a second fetch failed: {facts.second}")),
        (facts.lost, Reason("fault", "stable", lost, advice)),
        (
            facts.new_guids and not facts.lost,
            Reason("doubt", "stable", f"{ids}: its posts are known by other signs"),
        ),
        (facts.new_dates, Reason("doubt", "stable", f"{dates}: they are no dates of posts")),
        (facts.compared and not has_changed, Reason("good", "stable", same)),
    )


def _kind(facts: Facts) -> Iterator[Reason]:
    """Tell a feed of comments, and one of other sites' posts, by their addresses."""
    if facts.comments >= max(FEW, HALF * facts.posts):
        text = f"{facts.comments} of {counted(facts.posts, 'post')} are comments"
        yield Reason("doubt", "kind", text, "the feed of the posts themselves has another address")
    # One site is a service that counts clicks, as a rule.
    if facts.others_sites >= FEW:
        text = f"most of its posts lead to {facts.others_sites} other sites"
        yield Reason("doubt", "kind", f"{text}: a planet, or a list of links")


def _full(facts: Facts) -> Iterator[Reason]:
    written = [size for size in facts.sizes if size.has_title and not size.has_media]
    if len(written) < FEW:
        return
    advice = "its posts must be read at the source"
    lengths = sorted(size.characters for size in written)
    brief, median = sum(length <= SHORT for length in lengths), lengths[len(lengths) // 2]
    if not any(lengths):
        yield Reason("doubt", "text", f"it gives titles only: {advice}")
    elif sum(size.is_cut for size in written) >= HALF * len(written):
        yield Reason("doubt", "text", f"it gives excerpts only: {advice}")
    elif brief >= MOST * len(written):
        text = f"{brief} of {len(written)} texts are shorter than {SHORT} characters"
        yield Reason("doubt", "text", f"{text}: excerpts, or short posts")
    elif median < LONG:
        text = f"half of its texts are longer than {median} characters"
        yield Reason("note", "text", f"{text}: whole ones, or long excerpts")
    else:
        yield Reason("good", "text", "full text")


def _language(facts: Facts) -> Iterator[Reason]:
    base = facts.language.partition("-")[0]
    if not base:
        yield Reason("doubt", "language", "the language of its posts is not to be told")
        return
    how = "by its word"
    if facts.heard:
        how = f"{facts.sure} of {counted(facts.heard, 'post')} read so"
    language = f"{facts.language} ({how})"
    if facts.declared and facts.declared.partition("-")[0] != base:
        text = f"it declares {facts.declared}, but is written in {language}"
        yield Reason("doubt", "language", text, f'language = "{facts.language}"')
    elif not facts.declared and facts.sure <= 1 < facts.posts:
        yield Reason("doubt", "language", f"hardly a post tells its language: {language}")
    elif facts.heard >= FEW and facts.sure < HALF * facts.heard:
        yield Reason("doubt", "language", f"its posts are in several languages, most in {language}")
    else:
        yield Reason("good", "language", f"language: {language}")


def _passing(facts: Facts) -> Iterator[Reason]:
    takers = [feed for feed in facts.passing if feed.takes]
    if facts.passing and not takers:
        text = "no feed here takes it: see their `sources` and `tags`"
        yield Reason("doubt", "filters", text)
    is_lost = bool(takers) and not any(feed.posts for feed in takers) and facts.posts > 0
    for feed in takers:
        text = f"{feed.feed} takes {feed.posts} of {counted(facts.posts, 'post')}"
        for reason, number in feed.refused:
            text += f"; {number} {'is' if number == 1 else 'are'} refused: {reason}"
        yield Reason("fault" if is_lost else "good", "filters", text)


def _arrival(facts: Facts) -> Iterator[Reason]:
    if facts.credit:
        yield Reason("note", "credit", f"credit: {facts.credit}")
    if facts.first_day:
        shown = "; ".join(facts.first_day[:FEW])
        more = len(facts.first_day) - FEW
        text = f"on its first day it brings {counted(len(facts.first_day), 'post')}: {shown}"
        yield Reason("note", "first day", f"{text}; and {more} more" if more > 0 else text)
