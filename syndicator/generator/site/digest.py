"""The content of a page -> a digest of it: data only, neither templates nor wording.

Facts that change by themselves are left out: popular posts, inbound links, the time of a source's
last update, and the lists of fresh posts under a post (they are those of the time it was made).
Since such a list may name a post that is withdrawn later, every digest holds the event by which
something left last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from syndicator.model.edition import Edition, Item, Reference
from syndicator.model.feed import Wishes
from syndicator.model.post import SourceInfo
from syndicator.model.settings import settings_on_pages


class Digests:
    """Digests of the pages of one edition, each begun with the settings that all pages show."""

    def __init__(self, edition: Edition) -> None:
        # Only feeds written out: one for each source would make all pages again when a source is
        # added.
        siblings = [(feed.title, feed.link) for feed in edition.siblings if not feed.per]
        self.base = repr(
            (settings_on_pages(edition.feed), siblings, edition.departed.event)
        ).encode()
        if edition.feed.search:  # without it the digests are those of before there was a search
            self.base += b"search"
        self.is_whole = edition.feed.pages == "full"
        self.has_faces = edition.feed.faces == "link"
        self.faces = edition.faces
        self.activity = edition.activity
        self.tags = edition.tags
        self.has_charts = edition.has_charts
        self.items: dict[str, str] = {}
        self.infos: dict[str, str] = {}
        self.languages, self.own_feeds = [], {}
        for feed in edition.siblings:
            if feed.per == "language":
                self.languages.append((feed.name, feed.title))
            elif feed.per == "source":
                self.own_feeds[feed.sources[0]] = feed.name

    def post(self, item: Item) -> str:
        """Return the digest of a post, by which lists show it."""
        if item.id not in self.items:
            body = item.post.content_html if self.is_whole else ""
            self.items[item.id] = self.digest(_item(item), self.source(item.source), body)
        return self.items[item.id]

    def page(self, item: Item) -> str:
        """Return the digest of a post's own page: only there a number of comments stands.

        An edition is looked at only if something else changed, and then the number is refreshed,
        too.
        """
        count = item.post.comment_count
        return self.post(item) if count is None else self.digest(self.post(item), count)

    def source(self, info: SourceInfo) -> str:
        """Return the digest of a source, as pages show it."""
        if info.id not in self.infos:
            face = self.faces.get(info.id) or (self.has_faces and info.image)
            stated = repr(info.wishes) if info.wishes != Wishes() else ""
            self.infos[info.id] = self.digest(_source(info), *filter(None, [face, stated]))
        return self.infos[info.id]

    def listing(self, items: Iterable[Item], *others: object) -> str:
        """Return the digest of a page that lists posts."""
        return self.digest(list(map(self.post, items)), *others)

    def index(self, edition: Edition, shown: int, reports: Mapping[str, Sequence[Item]]) -> str:
        """Return the digest of the first page, which shows so many of the posts.

        `reports` are those that stand under the headline of another post, by its id.
        """
        told = [(first, [item.id for item in others]) for first, others in reports.items()]
        tags = filter(None, [self.tags])
        return self.listing(edition.items, shown, edition.archives, self.languages, *told, *tags)

    def listing_of(self, info: SourceInfo, *shown: object) -> str:
        """Return the digest of the page of one source."""
        tags = filter(None, [self.tags.get(info.id)])
        return self.digest(self.source(info), self.own_feeds.get(info.id), *shown, *tags)

    def sources(self, sources: Iterable[SourceInfo], linked: Sequence[bool]) -> str:
        """Return the digest of the page of all sources, of which some have pages of their own."""
        rows = [
            (self.source(info), self.own_feeds.get(info.id), self._active(info)) for info in sources
        ]
        return self.digest(rows, linked, *filter(None, [self.tags, self.has_charts]))

    def _active(self, info: SourceInfo) -> object:
        activity = self.activity.get(info.id)
        # Of a living source as it was before deaths were told: such tables are not made again.
        return activity and (activity.posts, activity.last, *filter(None, [activity.is_dead]))

    def digest(self, *data: object) -> str:
        """Return the digest of plain data."""
        digest = blake2b(self.base, digest_size=16)
        for value in data:
            text = value if isinstance(value, str) else repr(value)
            digest.update(b"\0" + text.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def _source(info: SourceInfo) -> tuple[object, ...]:
    return (
        info.id, info.name, info.link, info.feed, info.language, info.rights, info.licence, info.private,
        info.noindex, info.description,
    )  # fmt: skip


def _item(item: Item) -> tuple[object, ...]:
    """Return an item as pages show it, without its body and its source, as plain data."""
    post = item.post
    # A fact that is added here makes every page again, once, after an update of the program.
    return (
        item.id, item.published, item.updated, post.title, post.link, post.summary, post.language,
        post.comments, post.rights, post.licence, post.noindex, post.origin_link, post.origin.name,
        post.origin.url, post.republished,
        post.attribution and (post.attribution.text, post.attribution.language),
        post.image and (post.image.url, post.image.width, post.image.height, post.image.title),
        [person.name for person in post.authors],
        post.category_labels,
        [(file.url, file.type, file.length, file.title, file.medium) for file in post.enclosures if file.primary],
        [(related.scope, related.heading, related.language, _links(related.links)) for related in item.related],
        _links(item.copies or item.also),
    )  # fmt: skip


def _links(links: Iterable[Reference]) -> list[tuple[str, ...]]:
    return [(link.id, link.title, link.url, link.source, link.language) for link in links]
