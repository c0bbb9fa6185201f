"""A feed that another program publishes -> the beginning of our state file.

Each post belongs to the source of feeds.toml that the feed names, or that lives on the host of its
link. The first fetch of that source recognises it. A post of no known source waits for a source
with the same address, site and links, and is not shown until then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from syndicator import config as configuration
from syndicator import fetcher, normalizer, parser, urls
from syndicator.errors import SyndicatorError, UsageError
from syndicator.formats import FORMATS
from syndicator.lock import run_lock
from syndicator.model.feed import Entry, Origin, ParsedFeed, Person
from syndicator.model.fetch import Ask, Fetched, FetchFailed
from syndicator.model.post import ADOPTED, Post, SourceInfo
from syndicator.model.settings import Config, Feed, Filter, Source
from syndicator.normalizer.published import published_body
from syndicator.store import Store
from syndicator.store.takeover import AdoptedPost, take_over

_SUFFIXES = frozenset({".xml", ".rss", ".atom", ".rdf", ".json"})
_RANKS = ("rss", "json", "atom")  # by how much they say of an entry
_NUMBER = re.compile(r"\d+")


class Adopted(Struct, frozen=True):
    """The result of an adoption."""

    title: str  # of the feed that was taken over
    posts: int
    current: int  # posts in its current document
    sources: int
    unnamed: tuple[str, ...] = ()  # sources of posts that feeds.toml does not name


class _Published(Struct, frozen=True):
    """An entry of a published document."""

    entry: Entry
    parsed: ParsedFeed
    is_current: bool

    @property
    def date(self) -> float:
        date = self.entry.published or self.entry.updated
        return date.timestamp() if date else 0.0


def adopt(config: Config, target: str, now: datetime | None = None) -> Adopted:
    """Take over a published feed into a state file that has no posts yet.

    `target` is a URL, a file, or a folder with the feed's documents and archives. Raises UsageError
    for a used state file and for a target without a feed, LockHeld, StoreError.
    """
    now, feed = now or datetime.now(UTC), config.feeds[0]
    current, archives = _documents(config, target)
    entries = _ordered(current, archives)
    owners = _Owners(config.sources)
    infos: list[SourceInfo] = []
    posts: dict[str, Post] = {}
    groups = owners.groups(entries)
    for source, group in groups:
        info, found = _normalized(source, group, now)
        infos.append(info)
        posts.update(found)
    adopted = [
        _adopted(part, posts[part.entry.fingerprint])
        for part in entries
        if part.entry.fingerprint in posts
    ]
    with run_lock(config.state), Store(config.state) as store, store.transaction():
        if any(source.private or source.auth or source.headers for source in config.sources):
            store.connection.restrict()
        if store.posts.count():
            raise UsageError(
                f"{config.state} has posts already: adopt begins a new state file; "
                "set `state` to another path, or move that file away"
            )
        if feed_id := current.head.id or store.files(feed.output).mark.feed:
            store.feeds.register(feed.name, feed_id)
        updated = min(current.head.updated or now, now)
        take_over(store.connection, feed, infos, adopted, config.sources, updated, now)
        store.terms.clear()  # the next run that needs the index makes it from the posts
    known = {source.id for source in config.sources}
    unnamed = [info.name for info in infos if info.id not in known]
    in_current = sum(part.is_current for part in adopted)
    return Adopted(current.head.title, len(adopted), in_current, len(infos), tuple(unnamed))


# -- the documents
# ------------------------------------------------------------------------------------


def _documents(config: Config, target: str) -> tuple[ParsedFeed, list[ParsedFeed]]:
    """Return the current document, and the archives from the oldest on."""
    path, feed = Path(target), config.feeds[0]
    if "://" in target:
        return _fetched(config, target), []
    if path.is_file():
        parsed = _parsed(path, feed)
        if isinstance(parsed, FetchFailed):
            raise UsageError(f"{target}: {parsed.error}")
        return _with_posts(parsed, target), []
    if not path.is_dir():
        raise UsageError(f"{target}: there is no such file or folder")
    found = dict(_feeds(path, feed))
    if not found:
        raise UsageError(f"{target}: there is no feed in this folder")
    own_names = {feed.names.get(form) or FORMATS[form].file for form in FORMATS}

    def rank(file: Path) -> tuple[bool, int, int]:
        version = found[file].head.version.rstrip("0123456789")[:4]
        place = next((n for n, name in enumerate(_RANKS) if version.startswith(name)), -1)
        return file.name in own_names, place, len(found[file].entries)

    current = found[max(found, key=rank)]
    archives = sorted(_feeds(path / "archive", feed), key=lambda pair: _numbers(pair[0]))
    return _with_posts(current, target), [parsed for _, parsed in archives]


def _numbers(path: Path) -> list[int]:
    return list(map(int, _NUMBER.findall(path.name)))


def _with_posts(parsed: ParsedFeed, target: str) -> ParsedFeed:
    if not parsed.entries:
        raise UsageError(f"{target}: the feed has no posts")
    return parsed


def _fetched(config: Config, target: str) -> ParsedFeed:
    source = configuration.source_of({"url": target}, "the command line")
    outcome = fetcher.fetch_one(Ask(source, source.url), config.fetch)
    parsed = parser.parse(outcome) if isinstance(outcome, Fetched) else outcome
    if isinstance(parsed, FetchFailed):
        raise SyndicatorError("\n".join(filter(None, (f"{target}: {parsed.error}", parsed.advice))))
    if not isinstance(parsed, ParsedFeed):
        raise SyndicatorError(f"{target}: there was no answer with a feed")
    return _with_posts(parsed, target)


def _feeds(folder: Path, feed: Feed) -> Iterator[tuple[Path, ParsedFeed]]:
    """Yield the feeds with posts in a folder."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix not in _SUFFIXES or not path.is_file():
            continue
        parsed = _parsed(path, feed)
        if isinstance(parsed, ParsedFeed) and parsed.entries:
            yield path, parsed


def _parsed(path: Path, feed: Feed) -> ParsedFeed | FetchFailed:
    return parser.parse(Fetched(source_id="", url=urls.web(feed.link), body=path.read_bytes()))


def _ordered(current: ParsedFeed, archives: Sequence[ParsedFeed]) -> list[_Published]:
    """Return all entries in the order of their publication, each once, as it stands there last."""
    entries: dict[str, _Published] = {}
    for parsed in archives:
        for entry in reversed(parsed.entries):
            entries[_id(entry) or entry.fingerprint] = _Published(entry, parsed, is_current=False)
    parts = [_Published(entry, current, is_current=True) for entry in reversed(current.entries)]
    parts.sort(key=lambda part: part.date)
    for part in parts:
        entries[_id(part.entry) or part.entry.fingerprint] = part
    return list(entries.values())


def _id(entry: Entry) -> str:
    """Return the id by which readers know an entry; a link stands for a missing one."""
    link = next((link.href for link in entry.links if link.rel == "alternate"), "")
    return normalizer.links.identifier(entry.guid) or urls.web(link)


# -- the sources
# --------------------------------------------------------------------------------------


class _Owners:
    """The configured sources, by all that an entry may say of its source."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.by_address: dict[str, Source] = {}
        self.by_name: dict[str, Source] = {}
        self.by_host: dict[str, list[Source]] = {}
        for source in sources:
            self.by_address.setdefault(urls.loose(source.url), source)
            self.by_name.setdefault((source.name or source.id).casefold(), source)
            self.by_host.setdefault(urls.host(source.url), []).append(source)

    def groups(self, entries: Iterable[_Published]) -> list[tuple[Source, list[_Published]]]:
        """Return the entries of each source, in their order."""
        groups: dict[str, tuple[Source, list[_Published]]] = {}
        for part in entries:
            source = self.of(part.entry) or _unnamed(part.entry)
            groups.setdefault(source.id, (source, []))[1].append(part)
        return list(groups.values())

    def of(self, entry: Entry) -> Source | None:
        """Return the source of an entry: by address, by name, by the host of its link."""
        said, link = entry.source or Origin(), _link(entry)
        for address in filter(None, (said.feed, said.id)):
            if source := self.by_address.get(urls.loose(address)):
                return source
        title = entry.title.value if entry.title else ""
        prefix = title.partition(": ")[0] if ": " in title else ""
        for name in (said.name, prefix, *(person.name for person in entry.authors)):
            if source := self.by_name.get(name.strip().casefold()):
                return source
        for address in filter(None, (said.url, link)):
            living = self.by_host.get(urls.host(address), [])
            if len(living) == 1:
                return living[0]
        return None


def _unnamed(entry: Entry) -> Source:
    """Return a source of its own for an entry whose source feeds.toml does not name."""
    said = entry.source or Origin()
    site = urls.web(said.url) or _root(_link(entry))
    address = urls.web(said.feed)
    return Source(id=address or site or said.name or "adopted", url=address, name=said.name)


def _link(entry: Entry) -> str:
    return next((urls.web(link.href) for link in entry.links if link.rel == "alternate"), "")


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


# -- the posts
# ----------------------------------------------------------------------------------------


def _normalized(
    source: Source, group: Sequence[_Published], now: datetime
) -> tuple[SourceInfo, dict[str, Post]]:
    """Return a source as the document shows it, and its posts by fingerprint.

    They are normalized as if the source had sent them, so that its own posts have equal keys.
    """
    first = group[0]
    said, head = first.entry.source or Origin(), first.parsed.head
    is_ours = head.generator.startswith("syndicator")
    own_head = replace(
        head,
        title=said.name,
        link=said.url or _root(_link(first.entry)),
        self_link=said.feed,
        id=said.id,
        subtitle="",
        language=head.language if is_ours else "",
        authors=(),
        rights=said.rights,
        licence="",
        image="",
        updated=None,
        denied=False,
        noindex=False,
    )
    fingerprints = {part.entry.fingerprint for part in group}
    parsed = replace(
        first.parsed,
        source_id=source.id,
        head=own_head,
        items=tuple(item for item in first.parsed.items if item.fingerprint in fingerprints),
        entries=tuple(replace(part.entry, source=None) for part in group),
        notes=(),
    )
    whole = replace(source, future="keep", filter=Filter(), content="full", images="keep")
    feed = normalizer.normalize(parsed, whole, now)
    posts = {post.fingerprint: post for post in feed.posts}
    if is_ours:
        # Atom needs an author: our own names the source where a post has none.
        stand_in = (Person(feed.info.name),)
        for fingerprint, post in posts.items():
            if post.authors == stand_in:
                posts[fingerprint] = replace(post, authors=())
    return feed.info, posts


def _adopted(part: _Published, post: Post) -> AdoptedPost:
    said = part.entry.source or Origin()
    body = published_body(part.entry, post.link, part.parsed)
    post = replace(post, content_html=body, identity_version=ADOPTED)
    return AdoptedPost(post, _id(part.entry), part.is_current, said.updated)
