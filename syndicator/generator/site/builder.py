"""Edition -> Documents: the pages of a feed's site, those that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from types import MappingProxyType

from markupsafe import Markup

from syndicator.formats import file_name, polled
from syndicator.generator.body import credit_line
from syndicator.generator.site.brief import refer
from syndicator.generator.site.digest import Digests
from syndicator.generator.site.frame import Frame, Stated
from syndicator.generator.site.front import FrontPage, aside, front_posts, further_posts
from syndicator.generator.site.history import Spans, by_months
from syndicator.generator.site.paths import (
    ARCHIVES,
    CHARTS,
    RECENT,
    SOURCES,
    SUBSCRIBE,
    PostPaths,
    Slugs,
    archive_path,
    source_path,
    tag_path,
)
from syndicator.generator.site.readers import READERS
from syndicator.generator.site.selection import (
    listed_sources,
    named_ids,
    newest_first,
    popular_posts,
    shown_sources,
    sources_by_tag,
    sources_of,
)
from syndicator.generator.site.stories import further_reports
from syndicator.generator.site.theme import Theme
from syndicator.generator.site.view_builder import ViewBuilder
from syndicator.generator.site.views import PageView, Parts
from syndicator.model.edition import Archive, Document, Edition, Item, Reference
from syndicator.model.feed import Wishes
from syndicator.model.post import SourceInfo

_NOTHING: Mapping[str, str] = MappingProxyType({})
_HTML = "text/html; charset=utf-8"
_RANKS = {"post": 0, "archive": 0}  # the rest links to these
_POSTS_OF_A_TAG = 100
_FRAGMENT = 10  # posts in the fragment

Context = tuple[PageView, dict[str, object]]  # the head of a page, and its template's variables


class SiteBuilder:
    """Makes the pages of one edition, to be asked for in this order: posts, archives, lists.

    `known` maps the path of a page to the digest that it was last published with; only `get` is
    called on it. A path left out of it is made again. `rerender` makes every page again, so that a
    new template is seen at once. Nothing is yielded unless the feed's formats name "html" or
    "fragment". `pages = "none"` leaves the pages of single posts out. `spans` gives the dates of
    a slice of history, for the list of all posts; only of the newest slice unless that list is made.
    `style` is the path of a published style, for who publishes none; "" for the theme's.
    Ranks: 0 for posts and style, 1 for the lists that link to them.
    """

    def __init__(
        self,
        edition: Edition,
        known: Mapping[str, str] = _NOTHING,
        *,
        rerender: bool = False,
        spans: Spans | None = None,
        slugs: Slugs | None = None,
        style: str = "",
    ) -> None:
        self.edition = edition
        self.feed = edition.feed
        self.known = known
        self.rerender = rerender
        self.spans = spans or (lambda _number: ())
        self.paths = PostPaths(slugs)
        self.paths.learn(named_ids(edition))
        self.digests = Digests(edition)
        self.theme = Theme(edition.feed.templates, edition.feed.language, edition.feed.accent)
        self.style = style
        self.frame = Frame(edition)
        self.parts = cache(self._parts)
        self.sources = shown_sources(edition)
        self.listed = listed_sources(edition)
        self.tagged = sources_by_tag(edition)
        self.current = set(map(source_path, self.sources))
        if self.has_posts:
            self.current |= {self.paths.path(item.id) for item in edition.items}
        # The pages of posts that were looked at: an archive may hold items of the edition.
        self.visited: set[str] = set()
        self.has_style = False
        self.popular = popular_posts(edition)
        self.front, self.further = front_posts(edition), further_posts(edition)
        self.slices = range(max(edition.slices, edition.archives), 0, -1)  # newest first
        self.reports = further_reports(self.front, edition.stories)
        self.views = cache(self._view_builder)

    @property
    def has_posts(self) -> bool:
        """Whether posts have pages of their own."""
        return self.feed.pages != "none" and "html" in self.feed.formats

    @property
    def style_path(self) -> str:
        """The path of the style that pages name."""
        return self.style or self.theme.style.path

    # -- the documents ------------------------------------------------------------------------

    def posts(self, items: Iterable[Item]) -> Iterator[Document]:
        """Yield the pages of posts, each once.

        A post that came in with the first run and never stood in the documents has none: it is
        linked to at its source.
        """
        for item in items:
            path = self.paths.path(item.id)
            if self.has_posts and item.shown and path not in self.visited:
                self.visited.add(path)
                yield from self._page(
                    "post", path, self.digests.page(item), partial(self._post, item)
                )

    def archive(
        self, archive: Archive, had_page: Callable[[str], bool] | None = None
    ) -> Iterator[Document]:
        """Yield the page of a slice of history and the pages of its posts.

        Of a slice that is not closed yet only the posts that left the documents are in it. `had_page`
        tells by its path whether a page was published before. Another post gets none then, unless
        posts have pages from now on: it may have stood in the documents of another feed only.
        """
        path = archive_path(archive.number)
        if "html" not in self.feed.formats:
            return
        items: Sequence[Item] = archive.items
        self.paths.learn(item.id for item in items)
        if had_page and any(had_page(self.paths.path(item.id)) for item in self.edition.items):
            items = [item for item in items if had_page(self.paths.path(item.id))]
        yield from self.posts(items)
        if not archive.items and archive.number > self.edition.archives:
            return
        self.visited.add(path)
        by_date = sorted(
            archive.items, key=lambda item: (item.published, item.sequence), reverse=True
        )
        links = list(map(refer, by_date))
        # Of what its lines show alone: digests of whole posts took as long as making the page.
        lines = [
            (link.id, link.title, link.url, link.source, link.language, link.published)
            for link in links
        ]
        newer = self._newer_than(archive.number)
        digest = self.digests.digest(lines, archive.number, newer)
        if wishing := [info for info in sources_of(by_date) if info.wishes != Wishes()]:
            digest = self.digests.digest(digest, list(map(self.digests.source, wishing)))
        view = partial(self._archive, archive, links, newer)
        yield from self._page("archive", path, digest, view)

    def lists(self) -> Iterator[Document]:
        """Yield the pages of sources, the list of sources, the index and the fragment."""
        if "html" in self.feed.formats:
            yield from self._source_pages()
            yield from self._tag_pages()
            linked = [self.has_page(source_path(info.id)) for info in self.listed]
            digest = self.digests.sources(self.listed, linked)
            yield from self._page("sources", SOURCES, digest, self._sources)
            if polled(self.feed.formats):
                digest = self.digests.listing(self.edition.items[:_FRAGMENT])
                yield from self._page("subscribe", SUBSCRIBE, digest, self._subscribe)
            yield from self._archives()
            if self.further:
                digest = self.digests.listing(self.further)
                yield from self._page("archive", RECENT, digest, self._recent)
            digest = self.digests.index(self.edition, len(self.front), self.reports)
            yield from self._page("index", self.frame.home, digest, self._index)
        if "fragment" in self.feed.formats:
            yield from self._fragment()

    def has_page(self, path: str) -> bool:
        """Tell whether the page of a post or a source is there: published before, or made now."""
        return path in self.current or path in self.visited or self.known.get(path) is not None

    def _post_page(self, public_id: str) -> str:
        """Return the path of the page of a post, "" for none."""
        path = self.paths.path(public_id)
        return path if self.has_posts and self.has_page(path) else ""

    def _page(
        self, kind: str, path: str, digest: str, view: Callable[[], Context]
    ) -> Iterator[Document]:
        """Yield the page at this path, and the style before the first page, unless it is known."""
        if not self.rerender and self.known.get(path) == digest:
            return
        if not self.has_style:
            self.has_style = True
            style = self.theme.style
            for file in (style, *self.theme.files()):
                if self.rerender or self.known.get(file.path) != file.digest:
                    yield file
        page, context = view()
        body = self.render(kind, path, page, context)
        posts = {"post": 1, "index": len(self.front)}.get(kind, 0)
        yield Document(path, body, _HTML, posts, _RANKS.get(kind, 1), digest)

    def render(self, kind: str, path: str, page: PageView, context: Mapping[str, object]) -> bytes:
        """Return the bytes of a page at a path, by the template of its kind."""
        root = "../" * path.count("/")
        site, parts = self.frame.site(root, self.style_path), self.parts(root, kind)
        return self.theme.page(kind, site=site, page=page, parts=parts, **context)

    def _view_builder(self, root: str) -> ViewBuilder:
        render = partial(self._part, "line", root)
        return ViewBuilder(
            self.edition,
            root,
            self._post_page,
            self.has_page,
            lambda row: render(row=row),
            self.reports,
        )

    def _part(self, name: str, root: str, **context: object) -> Markup:
        return self.theme.part(name, site=self.frame.site(root, self.style_path), **context)

    def _parts(self, root: str, kind: str) -> Parts:
        """Render the parts that all pages of a kind at this depth share."""
        views = self.views(root)
        rows = list(map(views.popular, self.popular))
        languages = self.frame.languages(root, kind)
        return Parts(
            head=self._part("head", root),
            # Templates of before ask whether there is a list of all posts: there always is.
            nav=self._part("nav", root, kind=kind, has_archives=True, languages=languages),
            foot=self._part("foot", root, kind=kind),
            popular=self._part("popular", root, popular=rows) if rows else Markup(),
        )

    def _newest_slice(self) -> str:
        """Return the path of the newest page of older posts, "" for none."""
        paths = map(archive_path, self.slices)
        return next(filter(self.has_page, paths), "")

    # -- the content of each kind of page -----------------------------------------------------

    def _post(self, item: Item) -> Context:
        path = self.paths.path(item.id)
        views = self.views("../" * path.count("/"))
        view = views.post(item, credit_line(item, self.feed.timezone))
        return self.frame.post(item, view, path), {"post": view}

    def _index(self) -> Context:
        views, items = self.views(""), self.edition.items
        page = self.frame.list(
            "index",
            self.feed.title,
            self.frame.home,
            self.feed.description,
            older=RECENT if self.further else self._newest_slice(),
            stated=self._stated(items),
        )
        told = {item.id for item in chain.from_iterable(self.reports.values())}
        front = FrontPage(views, [item for item in self.front if item.id not in told])
        margin = aside(views, sources_of(items), len(self.listed), self.tagged)
        return page, front.variables() | margin

    def _source_pages(self) -> Iterator[Document]:
        for info in self.sources.values():
            links = self.views("../").listings[info.id]
            lines = [(link.id, link.title, link.url) for link in links]
            digest = self.digests.listing_of(info, lines)
            view = partial(self._source, info, links)
            yield from self._page("source", source_path(info.id), digest, view)

    def _source(self, info: SourceInfo, links: Iterable[Reference]) -> Context:
        views = self.views("../")
        path, stated = source_path(info.id), self.frame.wishes([info])
        page = self.frame.list("source", info.name, path, info.description, stated=stated)
        return page, {"source": views.source(info)} | views.calendar(links, source=False)

    def _tag_pages(self) -> Iterator[Document]:
        """Yield a page for each tag of sources: these, and their newest posts."""
        listings = self.views("../../").listings
        for tag, infos in self.tagged.items():
            posts = chain.from_iterable(listings.get(info.id, ()) for info in infos)
            links = newest_first(posts, _POSTS_OF_A_TAG)
            lines = [(link.id, link.title, link.url) for link in links]
            digest = self.digests.digest(tag, list(map(self.digests.source, infos)), lines)
            view = partial(self._tag, tag, infos, links)
            yield from self._page("tag", tag_path(tag), digest, view)

    def _tag(self, tag: str, infos: Iterable[SourceInfo], links: Iterable[Reference]) -> Context:
        views = self.views("../../")
        page = self.frame.list("tag", tag, tag_path(tag), stated=self.frame.wishes(infos))
        sources = list(map(views.source, infos))
        lists = views.calendar(links, source=len(sources) > 1)
        return page, {"tag": tag, "sources": sources} | lists

    def _sources(self) -> Context:
        title = self.theme.label("sources")
        page = self.frame.list("sources", title, SOURCES, self.feed.description)
        activity = self.edition.activity
        ever = [info for info in self.listed if info.id in activity]
        ever.sort(key=lambda info: activity[info.id].last, reverse=True)
        ever.sort(key=lambda info: activity[info.id].is_dead)
        silent = [info for info in self.listed if info.id not in activity]
        charts = CHARTS if self.edition.has_charts else ""
        sources = list(map(self.views("").source, [*ever, *silent]))
        return page, {"sources": sources, "charts": charts}

    def _subscribe(self) -> Context:
        """Show the ways to follow the feed, for a person with a browser."""
        title, items = self.theme.label("subscribe"), self.edition.items[:_FRAGMENT]
        stated, about = self._stated(items), self.feed.description
        page = self.frame.list("subscribe", title, SUBSCRIBE, about, stated=stated)
        rows = [self.views("").row(refer(item), source=True) for item in items]
        return page, {"rows": rows, "readers": READERS}

    def _stated(self, items: Sequence[Item]) -> Stated:
        """Return the strictest wishes of posts that stand on one page."""
        noindex = any(item.post.noindex for item in items)
        return self.frame.wishes(sources_of(items), noindex=noindex)

    def _newer_than(self, place: int) -> str:
        """Return the link from a page of older posts to the next one, or to the first page.

        The page of the open slice comes and goes, so none leads on to it.
        """
        is_followed = place < self.edition.archives
        if is_followed:
            return f"{place + 1}.html"
        return f"../{self.frame.home}"

    def _archive(self, archive: Archive, links: Iterable[Reference], newer: str) -> Context:
        """Show a slice of history, newest first."""
        place = archive.number
        page = self.frame.list(
            "archive",
            f"{self.theme.label('older')} {place}",
            archive_path(place),
            older=f"{place - 1}.html" if place > 1 else "",
            newer=newer,
            stated=self._stated(archive.items),
        )
        groups = self.views("../").groups(links, source=True)
        return page, {"groups": groups, "is_sparse": True}

    def _recent(self) -> Context:
        """Show the posts that the first page has no room for."""
        title, older, newer = self.theme.label("older"), self._newest_slice(), self.frame.home
        older, stated = older and f"../{older}", self._stated(self.further)
        page = self.frame.list(
            "archive", title, RECENT, older=older, newer=f"../{newer}", stated=stated
        )
        return page, self.views("../").calendar(map(refer, self.further), source=True)

    def _archives(self) -> Iterator[Document]:
        """Yield the list of all posts, by months.

        While no post has left the documents, it names the posts themselves.
        """
        slices = [number for number in self.slices if self.has_page(archive_path(number))]
        if slices:
            newest = self.spans(slices[0])
            digest = self.digests.digest("archives", len(slices), slices[0], newest)
        else:
            digest = self.digests.listing(self.edition.items)
        yield from self._page("archives", ARCHIVES, digest, partial(self._all_posts, slices))

    def _all_posts(self, slices: Sequence[int]) -> Context:
        views, title = self.views("../"), self.theme.label("all_posts")
        items = () if slices else self.edition.items
        stated, newer = self._stated(items), f"../{self.frame.home}"
        page = self.frame.list("archives", title, ARCHIVES, newer=newer, stated=stated)
        months = by_months(slices, self.spans, views.local, self.feed.language)
        return page, {"groups": months, "posts": views.groups(map(refer, items), source=True)}

    def _fragment(self) -> Iterator[Document]:
        """Yield the newest posts as HTML that another page includes; every address is absolute."""
        path, items = file_name(self.feed, "fragment"), self.edition.items[:_FRAGMENT]
        digest = self.digests.listing(items)
        if not self.rerender and self.known.get(path) == digest:
            return
        views, site = self._view_builder(self.feed.link), self.frame.site(self.feed.link, "")
        body = self.theme.page("fragment", site=site, posts=list(map(views.card, items)))
        yield Document(path, body, _HTML, posts=len(items), rank=1, digest=digest)
