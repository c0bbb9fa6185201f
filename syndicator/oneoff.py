"""TARGET -> one source's posts as they would be published, with nothing stored."""

from __future__ import annotations

import re
import threading
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from syndicator import config, fetcher, generator, normalizer, parser
from syndicator.config.sources import read_source
from syndicator.config.tables import Table, did_you_mean, shown
from syndicator.errors import SyndicatorError, UsageError
from syndicator.model.fetch import Ask, FetchFailed, NotModified
from syndicator.model.run import Look
from syndicator.model.settings import Config, Feed, Source
from syndicator.pipeline.build import admit
from syndicator.pipeline.update import Shelver
from syndicator.status import label
from syndicator.store import Store

_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/|$)")  # "example.org/feed", never "My Blog" or "feed.xml" that exists


def look(target: str, path: Path, now: datetime, stop: threading.Event) -> Look | None:
    """Fetch one source once; None where `stop` ended it.

    `target` is a source's id or name in the configuration at `path`, a feed's address, a page's address (its
    feed is discovered), or a path. Where `path` is missing, the defaults hold. Raises UsageError for what is
    none of these, SyndicatorError for what gives no feed.
    """
    settings = _settings(path)
    source = _source(target, settings, path)
    outcome = fetcher.fetch_one(_ask(source), settings.fetch, stop, follow=True)
    if outcome is None:
        return None
    if isinstance(outcome, FetchFailed):
        raise _failure(outcome, source)
    if isinstance(outcome, NotModified):  # no validators were sent
        raise SyndicatorError(f"{outcome.url} answered 304 Not Modified to a request without conditions")
    parsed = parser.parse(outcome)
    if isinstance(parsed, FetchFailed):
        raise _failure(parsed, source)
    if refused := normalizer.refusal(parsed, source):
        raise _failure(refused, source)
    address = "" if source.private else outcome.url
    found = (f"the feed is at {address}",) if address and not source.path and address != source.url else ()
    feed = normalizer.normalize(parsed, source, now, closely=True)
    return Look(source, address, feed, (*found, *parsed.notes, *feed.notes))


def document(look: Look, form: str, limit: int, now: datetime) -> bytes:
    """Return the document ("rss", "atom" or "json") that would be published of these posts."""
    source = replace(look.source, publish=True)  # a private source is not published, but may be looked at
    feed = Feed(title=look.feed.info.name, formats=(form,), archives=False, limit=limit or max(1, len(look.feed.posts)))
    # The very steps of a run, on a store that is gone afterwards: what is shown is what would be published.
    with Store(":memory:") as store:
        shelver = Shelver(store, now)
        shelver.put(look.feed, [post.fingerprint for post in look.feed.posts])
        shelver.settle()
        admit([feed], store, {source.id: source}, now)
        edition = store.edition(feed, {source.id: source})
    return generator.one(edition, form).body


def _settings(path: Path) -> Config:
    """Read the configuration; where the default one is missing, the defaults are enough for a look."""
    if path.exists() or path != Path("feeds.toml"):
        return config.load(path)
    return Config(path=path, state=Path(), feeds=(Feed(title="syndicator"),), sources=())


def _source(target: str, settings: Config, path: Path) -> Source:
    """Return the source that `target` names, or makes: what the configuration knows goes before files and hosts."""
    for source in settings.sources:
        if target and target in (source.id, source.name, source.url):
            return source
    if "://" not in target and not Path(target).exists() and _HOST.match(target):
        target = f"https://{target}"
    if "://" in target or Path(target).exists():
        table = Table("the command line", "TARGET", {"url": target})
        return read_source(table, Source(id="", url=""), Path.cwd(), {})
    names = [source.name or source.id for source in settings.sources]
    hint = f"; {did_you_mean(target, names)}" if names else ""
    raise UsageError(f"{shown(target)} is no source in {path}, no address and no path{hint}")


def _ask(source: Source) -> Ask:
    return Ask(source, source.url or str(source.path or ""))


def _failure(failed: FetchFailed, source: Source) -> SyndicatorError:
    """Say of which source there is no feed and why, what can be done about it, and which feeds a page announces."""
    lines = [
        f"{label(source)}: {failed.error}",
        failed.advice,
        *(f"a feed of that page: {address}" for address in failed.feeds),
    ]
    return SyndicatorError("\n".join(filter(None, lines)))
