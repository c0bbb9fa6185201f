"""A feed that another program publishes -> the beginning of our state file.

Each post belongs to the source of feeds.toml that the feed names, or that lives on the host of its
link. The first fetch of that source recognises it. A post of no known source waits for a source
with the same address, site and links, and is not shown until then.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape, unescape
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from syndicator import normalizer, slugs, urls
from syndicator.errors import UsageError
from syndicator.generator.body import LAYOUT
from syndicator.generator.item import title_from
from syndicator.lock import run_lock
from syndicator.model.edition import Reference
from syndicator.model.feed import Entry, Link, Origin, ParsedFeed, Person
from syndicator.model.post import ADOPTED, Post, SourceInfo
from syndicator.model.settings import Config, Filter, Source
from syndicator.normalizer.published import published_body
from syndicator.parser.draft import alternate
from syndicator.pipeline.own_parts import KnownLinks, own_parts
from syndicator.pipeline.publication import Notes, Publication, read_publications
from syndicator.store import Store
from syndicator.store.takeover import AdoptedFeed, AdoptedPost, take_over

# An id that is made of a guid and its source (store/publicid.py): a UUID of version 5.
_DERIVED = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class Adopted(Struct, frozen=True):
    """The result of an adoption."""

    title: str  # of the feed that was taken over
    posts: int
    current: int  # posts in its current document
    sources: int
    unnamed: tuple[str, ...] = ()  # sources of posts that feeds.toml does not name


def _copy(step: Mapping[str, str]) -> Origin:
    """Return a step of `via` in our JSON Feed as the site that it names."""
    name, site = step.get("title", ""), step.get("home_page_url", "")
    return Origin(name, site, step.get("feed_url", ""), step.get("id", ""))


class _Published(Struct, frozen=True):
    """An entry of a published document."""

    entry: Entry
    parsed: ParsedFeed
    is_current: bool
    is_ours: bool = False
    notes: Notes = {}  # of our JSON Feed

    @property
    def chain(self) -> tuple[Origin, ...]:
        """The copies between the original and us that an entry of ours names, its source the last."""
        if steps := self.notes.get("via", ()):
            return tuple(map(_copy, steps))
        links = self._via
        if links and links[-1].href == self.original:
            links.pop()
        return tuple(Origin(link.title, link.href) for link in links)

    @property
    def _via(self) -> list[Link]:
        return [link for link in self.entry.links if link.rel == "via" and self.is_ours]

    @property
    def original(self) -> str:
        """The address of the original that an entry of ours names."""
        links = self._via
        named = links[-1].href if links and links[-1].title == self.said.name else ""
        return str(self.notes.get("original_url", "")) or named

    @property
    def said(self) -> Origin:
        """The site that the document credits."""
        return self.entry.source or Origin()

    @property
    def sender(self) -> Origin:
        """The source as the document names it."""
        return self.chain[-1] if self.chain else self.said

    @property
    def date(self) -> float:
        date = self.entry.published or self.entry.updated
        return date.timestamp() if date else 0.0


def adopt(config: Config, target: str, now: datetime | None = None) -> Adopted:
    """Take over a published feed into a state file that has no posts yet.

    `target` is a URL, a file, or a folder with the feed's documents and archives. Raises UsageError
    for a used state file and for a target without a feed, LockHeld, StoreError.
    """
    now = now or datetime.now(UTC)
    publications = read_publications(config, target)
    orders = [_ordered(publication) for _, publication in publications]
    entries: dict[str, _Published] = {}
    for order in orders:
        for name, part in order.items():
            entries.setdefault(name, part)
    infos: dict[str, SourceInfo] = {}
    posts: dict[str, Post] = {}
    for source, group in _Owners(config.sources).groups(entries.values()):
        info, posts_of_source = _normalized(source, group, now)
        infos[info.id] = info
        posts.update(posts_of_source)
    published = {name: part for name, part in entries.items() if part.entry.fingerprint in posts}
    if not published:
        raise UsageError(f"{target}: no post of the feed can be read")
    main = publications[0][1]
    known, adopted = _references(published.values(), posts), []
    for part in published.values():
        post, slug = posts[part.entry.fingerprint], main.pages.get(slugs.mark(_id(part.entry)))
        adopted.append(_adopted(part, post, infos[post.source_id], slug, known))
    places = {name: place for place, name in enumerate(published)}
    feeds = []
    for (feed, publication), order in zip(publications, orders, strict=True):
        own = {places[name]: part.is_current for name, part in order.items() if name in places}
        older = [min(parsed.head.updated or now, now) for parsed in publication.archives]
        feeds.append(AdoptedFeed(feed, own, min(publication.updated or now, now), older))
    with run_lock(config.state), Store(config.state) as store, store.transaction():
        if config.has_secrets:
            store.connection.restrict()
        if store.posts.count():
            raise UsageError(
                f"{config.state} has posts already: adopt begins a new state file; "
                "set `state` to another path, or move that file away"
            )
        for feed, publication in publications:
            if feed_id := publication.id or store.files(feed.output).mark.feed:
                store.feeds.register(feed.name, feed_id)
        for info in infos.values():
            store.sources.save_info(info)
        take_over(store.connection, adopted, feeds, config.sources, now)
        store.terms.clear()  # the next run that needs the index makes it from the posts
    configured = config.sources_by_id
    unnamed = [info.name for info in infos.values() if info.id not in configured]
    shown = sum(feeds[0].entries.values())
    title = main.current.head.title
    return Adopted(title, len(adopted), shown, len(infos), tuple(unnamed))


# -- the entries
# --------------------------------------------------------------------------------------


def _ordered(publication: Publication) -> dict[str, _Published]:
    """Return all entries by id in the order of their publication, as they stand there last."""
    entries: dict[str, _Published] = {}
    for parsed in (*publication.archives, publication.current):
        is_current = parsed is publication.current
        parts = []
        for entry in reversed(parsed.entries):
            notes = publication.notes.get(_id(entry), {})
            parts.append(_Published(entry, parsed, is_current, publication.is_ours, notes))
        if is_current:
            parts.sort(key=lambda part: part.date)
        for part in parts:
            entries[_id(part.entry) or part.entry.fingerprint] = part
    return entries


def _id(entry: Entry) -> str:
    """Return the id by which readers know an entry; a link stands for a missing one."""
    return normalizer.links.identifier(entry.guid) or _link(entry)


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

    def groups(self, entries: Collection[_Published]) -> list[tuple[Source, list[_Published]]]:
        """Return the entries of each source, in their order."""
        for part in entries:
            self._learn(part)
        groups: dict[str, tuple[Source, list[_Published]]] = {}
        for part in entries:
            source = self.of(part) or _unnamed(part)
            groups.setdefault(source.id, (source, []))[1].append(part)
        return list(groups.values())

    def _learn(self, part: _Published) -> None:
        """Learn the site of a source from an entry of ours that names its feed.

        Of a copy of another site's post our entries tell no more than the site.
        """
        feed, site, host = part.said.feed, part.said.url, urls.host(_link(part.entry))
        source = self.by_address.get(urls.loose(feed))
        if source is None or not (part.is_ours and feed) or part.chain:
            return
        if site:
            self.by_address.setdefault(urls.loose(site), source)
        living = self.by_host.setdefault(host, [])
        if host and source not in living:
            living.append(source)

    def of(self, part: _Published) -> Source | None:
        """Return the source of an entry: by address, by name, by the host of its link."""
        entry, said, link = part.entry, part.sender, _link(part.entry)
        for address in filter(None, (said.feed, said.id, said.url)):
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


def _unnamed(part: _Published) -> Source:
    """Return a source of its own for an entry whose source feeds.toml does not name."""
    said = part.sender
    site = urls.web(said.url) or _root(_link(part.entry))
    address = urls.web(said.feed)
    return Source(id=address or site or said.name or "adopted", url=address, name=said.name)


def _link(entry: Entry) -> str:
    return urls.web(alternate(entry.links))


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
    first = next((part for part in group if not part.chain), group[0])
    said, head = first.sender, first.parsed.head
    own_head = replace(
        head,
        title=said.name,
        link=said.url or _root(_link(first.entry)),
        self_link=said.feed,
        id=said.id,
        subtitle="",
        language=head.language if first.is_ours else "",
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
        entries=tuple(map(_as_sent, group)),
        notes=(),
    )
    whole = replace(source, future="keep", filter=Filter(), content="full", images="keep")
    feed = normalizer.normalize(parsed, whole, now)
    posts = {post.fingerprint: post for post in feed.posts}
    for part in group:
        post = posts.get(part.entry.fingerprint)
        # Atom needs an author: our own names the source where a post has none.
        if part.is_ours and post and post.authors == (Person(part.said.name),):
            posts[post.fingerprint] = replace(post, authors=())
    return feed.info, posts


def _as_sent(part: _Published) -> Entry:
    """Return an entry as its source may have sent it, as far as its published form tells."""
    entry = part.entry
    if not part.is_ours:
        return replace(entry, source=None)
    # An id that we derived hides the guid. The link about which a post is has no title in Atom.
    guid = "" if _DERIVED.fullmatch(entry.guid) else entry.guid
    about = (link.href for link in entry.links if link.rel == "related" and not link.title)
    external = entry.external_url or next(about, "")
    title = None if _is_untitled(part) else entry.title
    return replace(entry, source=None, guid=guid, external_url=external, title=title)


def _is_untitled(part: _Published) -> bool:
    """Tell whether the title of an entry of ours is a substitute, which no credit names."""
    entry = part.entry
    title, summary = entry.title and entry.title.value, entry.summary and entry.summary.value
    body = entry.contents[0].value if entry.contents else ""
    if not title or f"<bdi>{escape(title, quote=False)}</bdi>" in body:
        return False
    return title in (title_from(unescape(summary or "")), part.sender.name)


def _references(published: Iterable[_Published], posts: Mapping[str, Post]) -> dict[str, Reference]:
    """Return references to the posts of entries, by the addresses of the posts."""
    references = {}
    for part in published:
        post = posts[part.entry.fingerprint]
        references[post.link] = Reference(
            _id(part.entry), post.title, post.link, "", 0.0, post.language, post.published
        )
    return references


def _adopted(
    part: _Published, post: Post, source: SourceInfo, slug: str | None, known: dict[str, Reference]
) -> AdoptedPost:
    """Return the post of an entry; of one of our own its parts are known apart.

    `known` are the other posts by their addresses, `slug` is that of the post's page.
    """
    body = published_body(part.entry, post.link, part.parsed)
    post = replace(post, identity_version=ADOPTED)
    whole = AdoptedPost(
        replace(post, content_html=body), _id(part.entry), part.said.updated, slug=slug
    )
    if not part.is_ours:
        return whole
    if part.chain:
        post = replace(post, origin=part.said, via=part.chain, republished=True)
    lengths = {
        file["url"]: file.get("duration_in_seconds", 0)
        for file in part.notes.get("attachments") or ()
    }
    files = [
        replace(file, duration=file.duration or lengths.get(file.url, 0))
        for file in post.enclosures
    ]
    post = replace(post, origin_link=part.original, enclosures=tuple(files))
    parts = own_parts(post, source, body, _known_links(part, known))
    if parts is None:
        return whole
    was_shown = part.is_current or parts.lists or slug
    lists = parts.lists if was_shown else None
    return replace(whole, post=parts.post, layout=LAYOUT, lists=lists, also=parts.also)


def _known_links(published: _Published, posts: dict[str, Reference]) -> KnownLinks:
    """Return the links of an entry of ours as far as its document, or our notes, tell them."""
    related, notes = ChainMap({}, posts), published.notes  # never a copy: there may be very many
    for link in published.entry.links:
        if link.rel == "related" and link.hreflang:
            target = posts.get(link.href, Reference("", link.title, link.href))
            related[link.href] = replace(target, language=link.hreflang)
    for part in notes.get("related", ()):
        for item in part["items"]:
            target = related.get(item["url"], Reference("", item["title"], item["url"]))
            related[item["url"]] = replace(target, id=item.get("id", ""))
    also = {
        item["url"]: Reference("", item.get("title", ""), item["url"], item.get("source", ""))
        for item in notes.get("also", ())
    }
    return KnownLinks(related, also)
