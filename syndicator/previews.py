"""TARGET -> one source's posts as they would be published, with nothing stored.

A target is whatever a person may hold in hand: a name of the configuration's, an address with or
without its scheme, a page, a file, what a pipe brings. An address or a path needs no configuration,
so a mistake in it is only told of.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from msgspec.structs import replace

from syndicator import config, fetcher, generator, normalizer, parser, urls
from syndicator.config.words import shown, source_meant
from syndicator.errors import ConfigError, SyndicatorError, UsageError
from syndicator.failures import label, unpublished
from syndicator.generator.credit import render_credit
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Ask, Fetched, FetchFailed, NotModified, Outcome
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
    seen = _attempt(source, settings, now, stop, follow=True)
    if isinstance(seen, FetchFailed):
        raise _failure(seen, source, [*_doubts(seen, source, target), *warnings])
    return seen and replace(seen, remarks=(*warnings, *seen.remarks))


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
    seen = _attempt(source, settings, now, stop, follow=True)
    if isinstance(seen, FetchFailed):
        if seen.kind not in NO_FEED or not source.url or seen.feeds:
            raise _failure(seen, source, _doubts(seen, source, address))
        places = usual_places(source.url)
        usual = _first_feeds(places, settings, now, stop, most=1)
        if not usual:
            what = f"nor is there one at {', '.join(map(_path_of, places))}"
            raise _failure(replace(seen, advice=""), source, [what])
        return usual
    if seen is None:
        return []
    return [seen, *_first_feeds(seen.others[:_MOST_OTHERS], settings, now, stop)]


NO_FEED = ("html", "not-a-feed", "empty")
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


def _path_of(url: str) -> str:
    return urlsplit(url).path


def _first_feeds(
    addresses: Iterable[str],
    settings: Config,
    now: datetime,
    stop: threading.Event | None,
    most: int = _MOST_OTHERS,
) -> list[Preview]:
    """Return the first feeds among addresses."""
    previews: list[Preview] = []
    for address in addresses:
        source = config.source_of({"url": address}, "the page")
        seen = _attempt(source, settings, now, stop, follow=False)
        if isinstance(seen, Preview):
            previews.append(seen)
        if len(previews) == most:
            break
    return previews


def _attempt(
    source: Source,
    settings: Config,
    now: datetime,
    stop: threading.Event | None,
    *,
    follow: bool,
) -> Preview | FetchFailed | None:
    """Fetch a source once; None if `stop` ended it."""
    outcome = fetcher.fetch_one(_ask(source), settings.fetch, stop, follow=follow)
    if outcome is None:
        return None
    read = read_answer(outcome, source)
    if isinstance(read, FetchFailed):
        return read
    fetched, parsed = read
    address = source.unless_private(fetched.url)
    feed = normalizer.normalize(parsed, source, now)
    is_elsewhere = address and not source.path and address != source.url
    return Preview(
        source,
        address,
        feed,
        remarks=(
            *([f"the feed is at {address}"] if is_elsewhere else []),
            *([unpublished(source)] if source.private_by else []),
            *parsed.notes,
            *feed.notes,
        ),
        others=fetched.feeds if address else (),
        titles=fetched.feed_titles if address else {},
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


def read_answer(outcome: Outcome, source: Source) -> tuple[Fetched, ParsedFeed] | FetchFailed:
    """Return the feed that an answer holds."""
    if isinstance(outcome, NotModified):  # no validators were sent
        raise SyndicatorError(
            f"{outcome.url} answered 304 Not Modified to a request without conditions"
        )
    if isinstance(outcome, FetchFailed):
        return outcome
    parsed = parser.parse(outcome)
    if isinstance(parsed, FetchFailed):
        return _with_others(parsed, outcome, source)
    if refused := normalizer.refusal(parsed, source):
        return _with_others(refused, outcome, source)
    return outcome, parsed


def _with_others(failed: FetchFailed, fetched: Fetched, source: Source) -> FetchFailed:
    """Add the other feeds of the page to a failure."""
    return failed if source.private else replace(failed, feeds=fetched.feeds)


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


def _ask(source: Source) -> Ask:
    return Ask(source, source.url or str(source.path or ""))


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
