"""`/search` of a feed -> a page with the posts that hold a visitor's words.

Each request opens the state file to read, so a run at work, or a file put in its place, is no
matter. A few searches are at work at a time, and each has a deadline.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syndicator import search, timezones
from syndicator.config import feeds_by_language
from syndicator.errors import SyndicatorError
from syndicator.generator.site import SiteBuilder, source_path
from syndicator.generator.site.paths import SEARCH
from syndicator.generator.site.views import PostView, Row, SearchView
from syndicator.generator.site.words import month, number
from syndicator.languages import direction
from syndicator.model.edition import Edition
from syndicator.model.post import SourceInfo
from syndicator.model.settings import Config, Feed, Source
from syndicator.serve.excerpt import excerpt, pattern
from syndicator.store import Match, SearchTimeout, Store
from syndicator.store.meta import Languages
from syndicator.store.selection import selects

PER_PAGE = 20
_PAGES = 10  # that are offered: who finds more should add a word
_MOST = 1000  # posts that are ranked
_AT_ONCE = 4  # searches
_WAIT = 1.0  # seconds for the turn of a search
_CHOICES = 500  # lines of a list to choose from
_SEARCHED = 200  # characters of a parameter
_MONTH = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])")
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # no page shows it
_HEADERS = {"x-content-type-options": "nosniff", "cache-control": "no-cache"}


def routes(config: Config, folder: Path) -> list[Route]:
    """Return a route for each feed in the folder that may be searched."""
    turns, searches = asyncio.Semaphore(_AT_ONCE), []
    for feed in config.feeds:
        if feed.search and feed.output.is_relative_to(folder):
            place = feed.output.relative_to(folder).as_posix()
            path = f"/{SEARCH}" if place == "." else f"/{place}/{SEARCH}"
            searches.append(Route(path, _Answer(config, feed, turns).respond, methods=["GET"]))
    return searches


class _Answer:
    """The search of one feed."""

    def __init__(self, config: Config, feed: Feed, turns: asyncio.Semaphore) -> None:
        self.config = config
        self.feed = feed
        self.turns = turns
        self.sources = {
            source.id: source
            for source in config.sources
            if selects(feed, source) and not source.private
        }

    async def respond(self, request: Request) -> Response:
        """Answer a request when its turn has come; who waits keeps no thread from the documents."""
        try:
            await asyncio.wait_for(self.turns.acquire(), _WAIT)
        except TimeoutError:
            return _unavailable("Many people search just now; try again in a moment.")
        try:
            return await run_in_threadpool(self._answer, _query(request.query_params))
        finally:
            self.turns.release()

    def _answer(self, query: SearchView) -> Response:
        """Return the page: 503 where there is no index yet, or the search took too long."""
        try:
            with Store(self.config.state, read_only=True) as store:
                if not store.search.is_enabled:
                    return _unavailable("There is nothing to search yet: the next run indexes it.")
                status, body = self._page(store, query)
        except (SyndicatorError, OSError):
            return _unavailable("The search can't be answered just now; try again in a moment.")
        return Response(body, status, _HEADERS, "text/html")

    def _page(self, store: Store, query: SearchView) -> tuple[int, bytes]:
        """Return the status and the page."""
        matches: Sequence[Match] = ()
        status = 200
        try:
            matches = self._find(store, query)
        except SearchTimeout:
            status = 503
        files = store.files(self.feed.output)
        siblings = [feed for feed in self.config.feeds if not (feed.per or feed is self.feed)]
        if self.config.per_language:
            spoken = store.meta.read(Languages) or Languages()
            siblings += feeds_by_language(self.config.feeds[0], spoken.names)
        faces = store.snapshots.faces(self.feed, self.sources)
        edition = Edition(self.feed, "", _NO_TIME, (), (), siblings=tuple(siblings), faces=faces)
        site = SiteBuilder(edition, files, slugs=store.posts.slugs, style=self._style())
        title = query.words or site.theme.label("search")
        first = (query.page - 1) * PER_PAGE
        shown = matches[first : first + PER_PAGE]
        infos = {match.source: store.sources.info(match.source) for match in shown}
        stated = site.frame.wishes(infos.values(), noindex=True)
        page = site.frame.list("search", title, SEARCH, stated=stated)
        more = "+" if len(matches) >= _MOST else ""
        view = replace(
            query,
            total=number(len(matches), self.feed.language) + more,
            first=first + 1,
            posts=self._shown(store, site, shown, query, infos),
            turns=self._turns(query, len(matches)),
            **self._choices(store),
        )
        return status, site.render("search", SEARCH, page, {"search": view})

    def _style(self) -> str:
        """Return the newest published style, "" for none.

        After an update of the program or the theme, its style is published with the next page.
        """
        styles = self.feed.output.glob("style-*.css")
        return max(((path.stat().st_mtime_ns, path.name) for path in styles), default=(0, ""))[1]

    def _find(self, store: Store, query: SearchView) -> list[Match]:
        expression = search.expression(query.words)
        if not expression:
            return []
        since, until = _span(query.month, self.feed.timezone)
        return store.search.find(
            self.feed.name, expression, sources=self._ids(query), since=since, until=until,
            most=_MOST,
        )  # fmt: skip

    def _ids(self, query: SearchView) -> list[str]:
        """Return the ids of the sources that a query looks in."""
        chosen = []
        for source in self.sources.values():
            is_source = query.source in ("", _name(source))
            if is_source and (not query.tag or query.tag in source.tags):
                chosen.append(source.id)
        return chosen

    def _shown(
        self,
        store: Store,
        site: SiteBuilder,
        matches: Sequence[Match],
        query: SearchView,
        infos: Mapping[str, SourceInfo],
    ) -> tuple[PostView, ...]:
        """Show matches with the passages that hold the words."""
        posts = store.posts.read(match.number for match in matches)
        site.paths.learn(match.reference.id for match in matches)
        views, words, shown = site.views(""), pattern(query.words), []
        for match in matches:
            row = views.row(match.reference)
            text = search.public_text(posts[match.number], self.sources[match.source])
            view = PostView(
                title=match.reference.title,
                label=row.title,
                href=row.href,
                page=row.page,
                link="",
                source=views.source(infos[match.source]),
                date=views.date(match.published),
                language=row.language,
                dir=row.dir,
                excerpt=excerpt(text, words),
            )
            shown.append(view)
        return tuple(shown)

    def _turns(self, query: SearchView, total: int) -> tuple[Row, ...]:
        """Return links to the pages of results."""
        pages = min(_PAGES, -(-total // PER_PAGE))
        links = []
        for place in range(1, pages + 1):
            chosen = {"q": query.words, "source": query.source, "tag": query.tag}
            chosen |= {"month": query.month, "page": str(place)}
            asked = urlencode([pair for pair in chosen.items() if pair[1]])
            links.append(self._row(number(place, self.feed.language), f"{SEARCH}?{asked}"))
        return tuple(links)

    def _choices(self, store: Store) -> dict[str, tuple[Row, ...]]:
        """Return the sources, tags and months to choose from."""
        names, tags = store.sources.names(), set[str]()
        sources = []
        for source in self.sources.values():
            tags.update(source.tags)
            if source.id in names:
                sources.append(self._row(source.name or names[source.id], _name(source)))
        sources.sort(key=lambda row: row.title.casefold())
        return {
            "sources": tuple(sources[:_CHOICES]),
            "tags": tuple(self._row(tag, tag) for tag in sorted(tags)[:_CHOICES]),
            "months": tuple(self._months(store)),
        }

    def _months(self, store: Store) -> list[Row]:
        """Return the months in which there are posts, the newest first."""
        span, rows = store.search.span(self.feed.name), []
        if span:
            dates = [timezones.local(date, self.feed.timezone) for date in span]
            first, last = (12 * date.year + date.month - 1 for date in dates)
            for count in range(last, max(first, last - _CHOICES + 1) - 1, -1):
                year, place = divmod(count, 12)
                title = month(year, place + 1, self.feed.language)
                rows.append(self._row(title, f"{year:04}-{place + 1:02}"))
        return rows

    def _row(self, title: str, href: str) -> Row:
        return Row(title, href, self.feed.language, direction(self.feed.language))


def _query(parameters: Mapping[str, str]) -> SearchView:
    """Return the question of a request; parts that make no sense are left out."""
    said = {name: parameters.get(name, "")[:_SEARCHED] for name in ("q", "source", "tag", "month")}
    page = parameters.get("page", "")
    return SearchView(
        words=said["q"].strip(),
        source=said["source"],
        tag=said["tag"],
        month=said["month"],
        page=int(page) if page in map(str, range(1, _PAGES + 1)) else 1,
    )


def _span(chosen: str, timezone: str) -> tuple[float, float]:
    """Return the first moment of a month and that of the next, all of time for no month.

    >>> _span("2026-11", "UTC")
    (1793491200.0, 1796083200.0)
    """
    match = _MONTH.fullmatch(chosen)
    if not match:
        return -1e18, 1e18
    year, place = map(int, match.groups())
    zone = timezones.zone(timezone)
    start = datetime(year, place, 1, tzinfo=zone)
    end = datetime(year + place // 12, place % 12 + 1, 1, tzinfo=zone)
    return start.timestamp(), end.timestamp()


def _name(source: Source) -> str:
    """Return the name of a source's page, which tells no secret address."""
    return Path(source_path(source.id)).stem


def _unavailable(why: str) -> Response:
    return PlainTextResponse(why, 503, {**_HEADERS, "retry-after": "1"})
