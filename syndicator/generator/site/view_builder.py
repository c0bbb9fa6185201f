"""Nouns of the edition -> views of them, as seen from one folder of the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from urllib.parse import unquote, urlsplit

from markupsafe import Markup
from msgspec.structs import replace

from syndicator import timezones
from syndicator.generator.documents import file_name
from syndicator.generator.site.page_body import fit, shows
from syndicator.generator.site.paths import post_path, source_path
from syndicator.generator.site.views import (
    DateView,
    FileView,
    Group,
    Picture,
    PostView,
    Row,
    Section,
    SourceView,
)
from syndicator.generator.site.words import label, long_date, month, number, short_date
from syndicator.languages import direction
from syndicator.model.edition import Edition, Item, Reference, RelatedList
from syndicator.model.feed import Enclosure
from syndicator.model.post import Post, SourceInfo

_TINTS = 8
_LINES = 20_000  # that are kept rendered: about 10 MB
_LABEL = 80  # characters of an untitled post's first words that stand for a title
_MEGABYTE = 1_000_000


class Show:
    """Makes views for pages that lie `root` deep.

    `has_page` says whether the page of a post or a source is there to link to; `line` renders a row.
    """

    def __init__(
        self,
        edition: Edition,
        root: str,
        has_page: Callable[[str], bool],
        line: Callable[[Row], Markup],
    ) -> None:
        self.feed = edition.feed
        self.root = root
        self.has_page = has_page
        self.line = line
        self.lines: dict[tuple[str, str, str, bool], tuple[Row, Markup]] = {}
        self.language = edition.feed.language
        self.words = {item.id: words(item) for item in edition.items if not item.post.title}
        home = file_name(edition.feed, "html")
        self.ours = {
            o.sources[0]: f"{root}{o.name}/{home}" for o in edition.siblings if o.per == "source"
        }
        self.shelves: Mapping[str, tuple[Reference, ...]] = shelves(edition)

    # -- small things ---------------------------------------------------------------------------

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the feed's time zone."""
        return timezones.local(moment, self.feed.timezone)

    def date(self, moment: datetime) -> DateView:
        """Show a moment as its day in the feed's time zone."""
        return _date(moment, self.feed.timezone, self.language)

    def source(self, info: SourceInfo) -> SourceView:
        """Show a source; a private one without any address."""
        return SourceView(
            name=info.name,
            href=self.page_of_source(info.id),
            tint=tint(info.id),
            language=info.language or self.language,
            dir=direction(info.language or self.language),
            site="" if info.private else http(info.link),
            feed="" if info.private else http(info.feed),
            description=info.description,
            licence=http(info.licence),
            rights=info.rights,
            ours=self.ours.get(info.id, ""),
        )

    def page(self, public_id: str) -> str:
        """Return the way to a post's page, "" where it has none."""
        path = post_path(public_id)
        return self.root + path if self.feed.pages != "none" and self.has_page(path) else ""

    def page_of_source(self, source_id: str) -> str:
        """Return the way to a source's page, "" where it never had a post in the documents."""
        path = source_path(source_id)
        return self.root + path if self.has_page(path) else ""

    def target(self, public_id: str, url: str) -> str:
        """Return where a title leads: to our page where it holds the whole post, else to the original."""
        return (self.page(public_id) if self.feed.pages == "full" or not url else "") or http(url)

    # -- lists ----------------------------------------------------------------------------------

    def row(self, reference: Reference, *, source: bool = False) -> Row:
        """Show a reference as a line of a list."""
        language = reference.language or self.language
        return Row(
            title=reference.title or self.untitled(reference),
            href=self.target(reference.id, reference.url),
            language=language,
            dir=direction(language),
            source=reference.source if source else "",
            date=self.date(reference.published) if reference.published else None,
        )

    def lined(self, reference: Reference, *, source: bool) -> tuple[Row, Markup]:
        """Show a reference as a line that many pages hold, and render it once."""
        key = (reference.id, reference.title, reference.url, source)
        if key not in self.lines:
            if len(self.lines) >= _LINES:  # of a long history: begin anew rather than keep it all
                self.lines.clear()
            row = self.row(reference, source=source)
            self.lines[key] = row, self.line(row)
        return self.lines[key]

    def untitled(self, reference: Reference) -> str:
        """Return what stands for the title of a post without one: its first words where they are known."""
        return self.words.get(reference.id) or (
            self.date(reference.published).text if reference.published else reference.url
        )

    def groups(self, references: Iterable[Reference], *, source: bool = False) -> tuple[Group, ...]:
        """Show references under the months they belong to, in the order they come."""
        months = groupby(
            references, key=lambda link: link.published and _month(self.local(link.published))
        )
        return tuple(
            Group(
                month(*when, self.language) if when else "",
                tuple(self.row(link, source=source) for link in links),
            )
            for when, links in months
        )

    # -- posts ----------------------------------------------------------------------------------

    def card(self, item: Item) -> PostView:
        """Show a post as an invitation to read it."""
        post = item.post
        language = post.language or item.source.language or self.language
        page = self.page(item.id)
        return PostView(
            title=post.title,
            label=words(item),
            href=self.target(item.id, post.link) or page,
            page=page,
            link=http(post.link),
            source=self.source(item.source),
            date=self.date(item.published),
            language=language,
            dir=direction(language),
            authors=names(post),
            excerpt=post.summary,
            picture=picture(post),
        )

    def post(self, item: Item, credit: str) -> PostView:
        """Show a post whole, as its page does."""
        post = item.post
        card = self.card(item)
        whole = self.feed.pages == "full"
        shown = whole and card.picture is not None and shows(post.content_html, card.picture.url)
        later = self.local(item.updated).date() > self.local(item.published).date()
        return replace(
            card,
            picture=None if shown else card.picture,
            updated=self.date(item.updated) if later else None,
            html=Markup(fit(post.content_html, card.label) if whole else ""),  # noqa: S704  safe by definition
            credit=Markup(credit),  # noqa: S704  composed of escaped parts
            sections=self.sections(item),
            also=tuple(
                replace(self.row(copy, source=True), href=http(copy.url))
                for copy in item.copies or item.also
            ),
            files=tuple(
                self.file(enclosure)
                for enclosure in post.enclosures
                if enclosure.primary and http(enclosure.url)
            ),
            categories=tuple(dict.fromkeys(c.label or c.term for c in post.categories)),
            comments=http(post.comments),
            comment_count=""
            if post.comment_count is None
            else number(post.comment_count, self.language),
            licence=http(post.licence) or http(item.source.licence),
            rights=post.rights or item.source.rights,
        )

    def sections(self, item: Item) -> tuple[Section, ...]:
        """Show the frozen lists; the one of the same source goes on with what that source has newest."""
        lists = {related.scope: related for related in item.related}
        language = item.post.language or item.source.language or self.language
        own = lists.get("source") or RelatedList("source", label("heading", language), language, ())
        made = [self._section(item, own, self._more(item, own))]
        if other := lists.get("all"):
            made.append(self._section(item, other, other.links))
        return tuple(section for section in made if section.rows)

    def _more(self, item: Item, own: RelatedList) -> list[Reference]:
        links = {reference.id: reference for reference in own.links}
        for reference in self.shelves.get(item.source.id, ()):
            if len(links) >= self.feed.related_on_pages:
                break
            if reference.id != item.id:
                links.setdefault(reference.id, reference)
        return list(links.values())

    def _section(self, item: Item, related: RelatedList, links: Iterable[Reference]) -> Section:
        lines = [self.lined(link, source=related.scope == "all") for link in links]
        return Section(
            heading=related.heading.replace("{source}", item.source.name).rstrip(" :："),
            language=related.language,
            dir=direction(related.language),
            rows=tuple(row for row, _ in lines),
            lines=Markup("\n").join(line for _, line in lines),
        )

    def file(self, enclosure: Enclosure) -> FileView:
        """Show an attached file, named by its title or the end of its address."""
        kind = enclosure.medium or enclosure.type.partition("/")[0]
        return FileView(
            url=enclosure.url,
            kind=kind if kind in ("audio", "video", "image") else "",
            type=enclosure.type,
            # Few feeds give a file a title; its name, as its site wrote it, tells most of the rest.
            name=enclosure.title
            or unquote(urlsplit(enclosure.url).path.rsplit("/", 1)[-1])
            or enclosure.url,
            size=f"{number(round(enclosure.length / _MEGABYTE, 1), self.language)} MB"
            if enclosure.length
            else "",
        )


def shelves(edition: Edition) -> dict[str, tuple[Reference, ...]]:
    """Return each source's posts, newest first: its shelf, or what the edition holds of it."""
    held: dict[str, list[Reference]] = {}
    for item in edition.items:
        held.setdefault(item.source.id, []).append(refer(item))
    return {source: tuple(posts) for source, posts in held.items()} | {
        s.source_id: s.posts for s in edition.shelves
    }


def refer(item: Item) -> Reference:
    """Return a reference to an item."""
    post = item.post
    return Reference(
        item.id, words(item), post.link, item.source.name, 0.0, post.language, item.published
    )


def words(item: Item) -> str:
    """Return the title, or the words that stand for it."""
    post = item.post  # microblogs have no titles, and some posts are a picture without any word
    return post.title or first_words(post.summary or post.text) or item.source.name


def first_words(text: str, limit: int = _LABEL) -> str:
    """Return the beginning of a text, cut between words.

    >>> first_words("One two three four", 10)
    'One two …'
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head.rsplit(None, 1)[0] if " " in head else head) + " …"


def names(post: Post) -> str:
    """Return the authors' names in one line."""
    return ", ".join(dict.fromkeys(person.name for person in post.authors if person.name))


def picture(post: Post) -> Picture | None:
    """Return the picture to show for a post."""
    image = post.image  # its address is a source's word: not all are http
    return (
        Picture(image.url, image.width, image.height, image.title)
        if image and http(image.url)
        else None
    )


def http(url: str) -> str:
    """Return a web address, "" for all else: what a source says is never a script, whoever cleaned it before.

    >>> http("https://example.org/"), http("javascript:alert(1)")
    ('https://example.org/', '')
    """
    return url if url[:8].lower().startswith(("http://", "https://")) else ""


def tint(source_id: str) -> int:
    """Return which of the eight marks a source has, the same for ever."""
    return blake2b(source_id.encode(), digest_size=1).digest()[0] % _TINTS


@lru_cache(maxsize=4096)
def _date(moment: datetime, timezone: str, language: str) -> DateView:
    day = timezones.local(moment, timezone).date()
    iso = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return DateView(iso, long_date(day, language), short_date(day, language))


def _month(moment: datetime) -> tuple[int, int]:
    return moment.year, moment.month
