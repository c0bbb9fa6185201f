"""TARGET -> one source's posts as they would be published, with nothing stored.

A target is whatever a person may hold in hand: a name of the configuration's, an address with or
without its scheme, a page, a file, what a pipe brings. An address or a path needs no configuration,
so a mistake in it is only told of.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from msgspec.structs import replace

from syndicator import config, fetcher, generator, normalizer, parser, urls
from syndicator.config.words import shown, source_meant
from syndicator.errors import ConfigError, SyndicatorError, UsageError
from syndicator.failures import label, unpublished
from syndicator.generator.credit import render_credit
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Ask, Fetched, FetchFailed, NotModified
from syndicator.model.post import Post, SourceInfo
from syndicator.model.run import Preview
from syndicator.model.settings import Config, Feed, Source
from syndicator.pipeline import following
from syndicator.pipeline.build import admit
from syndicator.pipeline.posts import PostWriter
from syndicator.pipeline.run import source_id
from syndicator.store import Store

_DEFAULT = Path("feeds.toml")
# "example.org/feed", "box:8080", "[2001:db8::1]"; never "My Blog" or "feed.xml" that exists.
_HOST = re.compile(r"([\w-]+(\.[\w-]+)*:\d+|[\w-]+(\.[\w-]+)+|\[[0-9A-Fa-f:.]+\](:\d+)?)([/?#]|$)")
# A host of this machine, which has no certificate as a rule.
_HERE = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?([/?#]|$)")
_A_DAY = timedelta(days=1)  # a pipe takes as long as what writes into it


def preview(
    target: str,
    path: Path | str = _DEFAULT,
    now: datetime | None = None,
    stop: threading.Event | None = None,
) -> Preview | None:
    """Fetch one source once; None if `stop` ended it.

    `target` is a source's id, name or title in the configuration at `path`, the address of a feed or of a
    page (its feed is discovered), a path, or "-" for standard input. If `path` is missing, the
    defaults hold. Raises UsageError if it is none of these, SyndicatorError if it gives no feed.
    """
    path, now = Path(path), now or datetime.now(UTC)
    settings, warnings = settings_for(path, needed=not _place(target))
    source = source_for(target, settings, path)
    answer = fetched(source, settings, stop)
    if isinstance(answer, FetchFailed):
        raise _failure(answer, source, [*_doubts(answer, source, target), *warnings])
    return answer and _preview(answer, now, warnings)


def find_feeds(
    address: str,
    path: Path | str = _DEFAULT,
    now: datetime | None = None,
    stop: threading.Event | None = None,
) -> list[Preview]:
    """Return previews of the feeds of a page, the best first; a feed's own address gives that one.

    The feeds that the page announces come first. A page that announces none is asked for feeds at
    the usual places of its site. Raises UsageError if `address` is none, SyndicatorError if no feed
    is found.
    """
    path, now = Path(path), now or datetime.now(UTC)
    settings, _ = settings_for(path, needed=False)
    source = source_for(address, settings, path)
    answer = located(source, settings, stop)
    if isinstance(answer, FetchFailed):
        more = _doubts(answer, source, address)
        if _has_usual_places(source, answer):
            places = ", ".join(urlsplit(place).path for place in usual_places(source.url))
            answer, more = replace(answer, advice=""), [f"nor is there one at {places}"]
        raise _failure(answer, source, more)
    if answer is None:
        return []
    best = _preview(answer, now)
    return [best, *_others(best, settings, now, stop)]


_NO_FEED = ("html", "not-a-feed", "empty")
_MOST_OTHERS = 5  # feeds of one page that are looked at
_PLACES = ("feed", "feed/", "rss.xml", "atom.xml", "feed.json", "index.xml")


def usual_places(url: str) -> list[str]:
    """Return the addresses at which sites have their feed, those below the page itself first.

    >>> usual_places("https://a.example/")[:2]
    ['https://a.example/feed', 'https://a.example/feed/']
    """
    below = url.partition("#")[0].partition("?")[0].rstrip("/") + "/"
    return list(
        dict.fromkeys(
            urljoin(base, word) for base in (below, urljoin(url, "/")) for word in _PLACES
        )
    )


def _has_usual_places(source: Source, failed: FetchFailed) -> bool:
    return bool(source.url) and failed.kind in _NO_FEED and not failed.feeds


def located(
    source: Source, settings: Config, stop: threading.Event | None
) -> Answer | FetchFailed | None:
    """Return the feed of a source, of a page, or at the usual places of a site."""
    answer = fetched(source, settings, stop)
    if isinstance(answer, FetchFailed) and _has_usual_places(source, answer):
        for place in usual_places(source.url):
            other = fetched(_source_at(place), settings, stop, follow=False)
            if not isinstance(other, FetchFailed):
                return other
    return answer


def _source_at(address: str) -> Source:
    return config.source_of({"url": address}, "the page")


def _others(
    preview: Preview, settings: Config, now: datetime, stop: threading.Event | None
) -> Iterator[Preview]:
    """Yield the other feeds of a page."""
    for address in preview.others[:_MOST_OTHERS]:
        answer = fetched(_source_at(address), settings, stop, follow=False)
        if isinstance(answer, Answer):
            yield _preview(answer, now)


class Answer(NamedTuple):
    """One fetch that gave a feed."""

    source: Source
    fetched: Fetched
    parsed: ParsedFeed


def fetched(
    source: Source, settings: Config, stop: threading.Event | None, *, follow: bool = True
) -> Answer | FetchFailed | None:
    """Fetch a source once and read its feed; None if `stop` ended it.

    `follow`: of a page the feed that it announces is fetched. A failure names the others.
    """
    ask = Ask(source, source.url or str(source.path or ""))
    outcome = fetcher.fetch_one(ask, settings.fetch, stop, follow=follow)
    if isinstance(outcome, NotModified):  # no validators were sent
        raise SyndicatorError(
            f"{outcome.url} answered 304 Not Modified to a request without conditions"
        )
    if not isinstance(outcome, Fetched):
        return outcome
    parsed = parser.parse(outcome)
    if isinstance(parsed, ParsedFeed):
        refused = normalizer.refusal(parsed, source)
        if refused is None:
            return Answer(source, outcome, parsed)
        parsed = refused
    return parsed if source.private else replace(parsed, feeds=outcome.feeds)


def _preview(answer: Answer, now: datetime, warnings: Iterable[str] = ()) -> Preview:
    source = answer.source
    address = source.unless_private(answer.fetched.url)
    feed = normalizer.normalize(answer.parsed, source, now)
    remarks = list(warnings)
    if address and not source.path and address != source.url:
        remarks.append(f"the feed is at {address}")
    if source.private_by:
        remarks.append(unpublished(source))
    return Preview(
        source,
        address,
        feed,
        remarks=(*remarks, *answer.parsed.notes, *feed.notes),
        others=answer.fetched.feeds if address else (),
        titles=answer.fetched.feed_titles if address else {},
        credits={post.fingerprint: credit(post, feed.info) for post in feed.posts},
    )


def credit(post: Post, info: SourceInfo) -> str:
    """Return the credit that a post would be published with as plain text, "" without any."""
    if post.attribution is None:
        return ""
    line = render_credit(
        post.attribution,
        post=post.title,
        post_url="",
        source=post.origin.name or info.name,
        source_url="",
        author=", ".join(post.author_names),
        date=post.published,
    )
    return normalizer.text.words(line)


def document(
    preview: Preview, form: str = "rss", limit: int = 0, now: datetime | None = None
) -> bytes:
    """Return the document ("rss", "atom" or "json") that would be published of these posts."""
    now = now or datetime.now(UTC)
    # A private source is not published, but it may be previewed.
    source = replace(preview.source, publish=True)
    feed = Feed(
        title=preview.feed.info.name,
        formats=(form,),
        archives=False,
        limit=limit or max(1, len(preview.feed.posts)),
    )
    # The very steps of a run, on a store that is gone afterwards: what is shown is what would be
    # published.
    with Store(":memory:") as store:
        writer = PostWriter(store, now, [source])
        writer.put(preview.feed, [post.fingerprint for post in preview.feed.posts])
        writer.finish()
        admit([feed], store, {source.id: source}, now)
        edition = store.snapshots.edition(feed, {source.id: source})
    return generator.generate_one(edition, form).body


def settings_for(path: Path, *, needed: bool) -> tuple[Config, list[str]]:
    """Return the configuration, or the defaults with a warning if it is wrong and not `needed`."""
    defaults = Config(path=path, state=Path(), feeds=(Feed(title="syndicator"),), sources=())
    if path == _DEFAULT and not path.exists():
        return defaults, []
    try:
        return following.load(path), []
    except ConfigError as error:
        if needed or path != _DEFAULT:  # one that was asked for is not passed over
            raise
        return defaults, [f"{error}; looked at without it"]


def source_for(target: str, settings: Config, path: Path) -> Source:
    """Return the source of a target: names in the configuration go before files and hosts."""
    if not target:
        raise UsageError("TARGET is empty")  # an unset variable of a script
    place = _place(target)
    name = target if place else source_id(settings, target)
    for source in settings.sources:
        if name in (source.id, source.name) or (
            source.url and urls.normal(source.url) == urls.normal(place)
        ):
            return source
    if place and "://" not in place and not Path(place).exists():  # of a file: URL
        raise UsageError(f"{place}: there is no such file")
    if place:
        base = Source(id="", url="") if "://" in place else Source(id="", url="", timeout=_A_DAY)
        return config.source_of({"url": place}, "the command line", base=base, home=Path.cwd())
    names = list(map(label, settings.sources))
    hint = f"; {source_meant(target, names)}" if names else ""
    raise UsageError(f"{shown(target)} is no source in {path}, no address and no path{hint}")


def _place(target: str) -> str:
    """Return the address or the path that a target means, "" if it can only be a name."""
    if target == "-":
        return "/dev/stdin"
    if target.lower().startswith("file:"):
        return url2pathname(urlsplit(target).path)
    target = urls.strip_feed_scheme(target)
    if "://" in target or os.path.exists(target):  # noqa: PTH110  which raises for no name, however long
        return target
    if _HERE.match(target):
        return f"http://{target}"
    return f"https://{target}" if _HOST.match(target) else ""


def _doubts(failed: FetchFailed, source: Source, target: str) -> list[str]:
    """Return other meanings of a target that was taken for a host."""
    if source.private or source.url != f"https://{target}":
        return []
    if failed.kind == "dns":
        return [f"there is no file {target} either"]
    if failed.kind in ("tls", "connect"):
        return [f"or is it http://{target}?"]
    return []


def _failure(failed: FetchFailed, source: Source, more: list[str]) -> SyndicatorError:
    """Return the error of a source without a feed: reason, advice, the feeds of its page."""
    lines = [
        f"{label(source)}: {failed.error}",
        failed.advice,
        *(
            f"a feed of that page: {address}"
            for address in failed.feeds
            if address not in failed.advice
        ),
        *more,
    ]
    return SyndicatorError("\n".join(filter(None, lines)))
