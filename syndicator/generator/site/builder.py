"""Edition -> Documents: which pages there are, which of them are made, and with what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial

from markupsafe import Markup

from syndicator.generator.body import credit_line
from syndicator.generator.site.digest import Digests
from syndicator.generator.site.frame import Frame
from syndicator.generator.site.paths import SOURCES, archive_path, post_path, source_path
from syndicator.generator.site.theme import Theme
from syndicator.generator.site.view_builder import Show, refer
from syndicator.generator.site.views import PageView, Parts
from syndicator.model.edition import Archive, Document, Edition, Item, Reference
from syndicator.model.post import SourceInfo

_HTML = "text/html; charset=utf-8"
_RANKS = {"post": 0, "archive": 0}  # the rest links to these
_CARDS = (
    16  # posts that the index shows with excerpt and picture; the rest of the edition are lines
)
_POPULAR = 5
_FRAGMENT = 10  # posts in the fragment


class Press:
    """Makes the pages of one edition."""

    def __init__(self, edition: Edition, known: Mapping[str, str], rerender: bool) -> None:
        self.edition = edition
        self.feed = edition.feed
        self.known = known
        self.rerender = rerender
        self.digests = Digests(edition)
        self.theme = Theme(edition.feed.templates, edition.feed.language)
        self.made: set[str] = (
            set()
        )  # pages of posts looked at already: an archive may hold what the edition does
        self.styled = False
        self.current = {post_path(item.id) for item in edition.items if self.has_posts}
        self.held = {shelf.source.id: shelf.source for shelf in edition.shelves if shelf.source}
        self.held |= {item.source.id: item.source for item in edition.items}
        self.current |= set(map(source_path, self.held))
        self.shows = {root: self.show(root) for root in ("", "../")}
        self.frame = Frame(edition)
        self.parts = cache(self._parts)

    @property
    def has_posts(self) -> bool:
        """Whether posts have pages of their own."""
        return self.feed.pages != "none" and "html" in self.feed.formats

    @property
    def newest(self) -> int:
        """How many posts the first page shows: those that stay in the feeds for slow readers only are not news."""
        return min(len(self.edition.items), max(self.feed.limit, _CARDS))

    def has_page(self, path: str) -> bool:
        """Tell whether the page of a post or a source is there: published before, or made now."""
        return path in self.current or path in self.made or self.known.get(path) is not None

    def lists(self) -> Iterator[Document]:
        """Yield what has changed of the pages that link to those of posts."""
        yield from self.sources()
        linked = [self.has_page(source_path(info.id)) for info in self.edition.sources]
        yield from self.page(
            "sources", SOURCES, self.digests.sources(self.edition.sources, linked), self.all_sources
        )
        yield from self.page(
            "index", self.frame.home, self.digests.index(self.edition, self.newest), self.index
        )

    def dressed(self) -> Iterator[Document]:
        """Yield the style sheet before the first page, unless it is known to be there."""
        if not self.styled:
            self.styled = True
            style = self.theme.style
            if self.rerender or self.known.get(style.path) != style.digest:
                yield style

    def page(
        self,
        kind: str,
        path: str,
        digest: str,
        view: Callable[[], tuple[PageView, dict[str, object]]],
    ) -> Iterator[Document]:
        """Yield the page at this path unless it is known to say the same."""
        if not self.rerender and self.known.get(path) == digest:
            return
        yield from self.dressed()
        page, context = view()
        root = "../" if "/" in path else ""
        site, parts = self.frame.site(root, self.theme.style.path), self.parts(root, kind)
        body = self.theme.page(kind, site=site, page=page, parts=parts, **context)
        posts = {"post": 1, "index": self.newest}
        yield Document(
            path, body, _HTML, posts=posts.get(kind, 0), rank=_RANKS.get(kind, 1), digest=digest
        )

    def show(self, root: str) -> Show:
        """Return what makes views for pages that lie so deep."""
        return Show(self.edition, root, self.has_page, lambda row: self.part("line", root, row=row))

    def part(self, name: str, root: str, **context: object) -> Markup:
        """Return a piece of pages that lie so deep."""
        return self.theme.part(name, site=self.frame.site(root, self.theme.style.path), **context)

    def _parts(self, root: str, kind: str) -> Parts:
        popular = tuple(
            self.shows[root].row(reference, source=True)
            for reference in self.edition.popular[:_POPULAR]
        )
        return Parts(
            head=self.part("head", root),
            nav=self.part("nav", root, kind=kind),
            foot=self.part("foot", root, kind=kind),
            popular=self.part("popular", root, popular=popular) if popular else Markup(),
        )

    # -- posts ------------------------------------------------------------------------------------

    def posts(self, items: Iterable[Item]) -> Iterator[Document]:
        """Yield the pages of posts, each once."""
        for item in items:
            path = post_path(item.id)
            if self.has_posts and path not in self.made:
                self.made.add(path)
                yield from self.page(
                    "post", path, self.digests.page(item), partial(self.post, item)
                )

    def post(self, item: Item) -> tuple[PageView, dict[str, object]]:
        """Show a post."""
        show = self.shows["../"]
        view = show.post(item, credit_line(item, self.feed.timezone))
        return self.frame.post(item, view), {"post": view}

    # -- lists ------------------------------------------------------------------------------------

    def index(self) -> tuple[PageView, dict[str, object]]:
        """Show the newest posts."""
        show = self.shows[""]
        cards, rest = self.edition.items[:_CARDS], self.edition.items[_CARDS : self.newest]
        older = archive_path(self.edition.archives) if self.edition.archives else ""
        page = self.frame.list(
            "index", self.feed.title, self.frame.home, self.feed.description, older=older
        )
        held = {item.source.id: item.source for item in self.edition.items}
        return page, {
            "posts": [show.card(item) for item in cards],
            "groups": show.groups(map(refer, rest), source=True),
            "sources": [show.source(info) for info in held.values()],
        }

    def sources(self) -> Iterator[Document]:
        """Yield the pages of the sources that have posts in this edition, or lost some."""
        show = self.shows["../"]
        for info in self.held.values():
            posts = show.shelves[info.id]
            digest = self.digests.shelf(info, [(post.id, post.title, post.url) for post in posts])
            yield from self.page("source", source_path(info.id), digest, partial(self.source, info))

    def source(self, info: SourceInfo) -> tuple[PageView, dict[str, object]]:
        """Show a source with its posts."""
        show = self.shows["../"]
        page = self.frame.list("source", info.name, source_path(info.id), info.description)
        return page, {"source": show.source(info), "groups": show.groups(show.shelves[info.id])}

    def all_sources(self) -> tuple[PageView, dict[str, object]]:
        """Show who is read here."""
        show = self.shows[""]
        page = self.frame.list(
            "sources", self.theme.label("sources"), SOURCES, self.feed.description
        )
        return page, {"sources": [show.source(info) for info in self.edition.sources]}

    def older(self, archive: Archive) -> Iterator[Document]:
        """Yield the page of a closed archive and the pages of its posts, those never shown left out."""
        yield from self.posts(item for item in archive.items if item.shown)
        items = sorted(
            archive.items, key=lambda item: (item.published, item.sequence), reverse=True
        )
        lines = list(map(refer, items))
        last = archive.number >= self.edition.archives
        # Of what its lines show alone: digests of whole posts took as long as making the page.
        shown = [
            (line.id, line.title, line.url, line.source, line.language, line.published)
            for line in lines
        ]
        digest = self.digests.of(shown, archive.number, last)
        yield from self.page(
            "archive", archive_path(archive.number), digest, partial(self.archive, archive, lines)
        )

    def archive(
        self, archive: Archive, lines: list[Reference]
    ) -> tuple[PageView, dict[str, object]]:
        """Show a closed slice of history, newest first."""
        newer = (
            f"{archive.number + 1}.html"
            if archive.number < self.edition.archives
            else f"../{self.frame.home}"
        )
        page = self.frame.list(
            "archive",
            f"{self.theme.label('older')} {archive.number}",
            archive_path(archive.number),
            older=f"{archive.number - 1}.html" if archive.number > 1 else "",
            newer=newer,
        )
        return page, {"groups": self.shows["../"].groups(lines, source=True)}

    # -- to be included elsewhere -----------------------------------------------------------------

    def fragment(self) -> Iterator[Document]:
        """Yield the newest posts as a piece of HTML that another page includes; every address is absolute."""
        path = self.feed.names.get("fragment", "fragment.html")
        items = self.edition.items[:_FRAGMENT]
        digest = self.digests.listing(items)
        if not self.rerender and self.known.get(path) == digest:
            return
        show = self.show(self.feed.link)
        site = self.frame.site(self.feed.link, "")
        body = self.theme.page("fragment", site=site, posts=[show.card(item) for item in items])
        yield Document(path, body, _HTML, posts=len(items), rank=1, digest=digest)
