"""Nouns of the edition -> views of them, as seen from one folder of the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from markupsafe import Markup, escape
from msgspec.structs import replace

from syndicator import timezones
from syndicator.formats import file_name
from syndicator.generator.site.brief import excerpt, http, label_of, picture, refer, tint
from syndicator.generator.site.history import anchor
from syndicator.generator.site.page_body import fit, shows
from syndicator.generator.site.paths import face_path, source_path, tag_path
from syndicator.generator.site.views import (
    DateView,
    FileView,
    Group,
    PostView,
    Row,
    Section,
    SourceView,
)
from syndicator.generator.site.words import (
    comma,
    label,
    month,
    number,
    week_day,
)
from syndicator.languages import direction
from syndicator.model.edition import Edition, Item, Reference, RelatedList
from syndicator.model.feed import Enclosure
from syndicator.model.post import SourceInfo
from syndicator.text_rules import plain_name

_ROWS_KEPT = 20_000  # rendered rows: about 10 MB
_MEGABYTE = 1_000_000
_NO_REPORTS: Mapping[str, Sequence[Item]] = MappingProxyType({})
COLONS = " :\uff1a\xa0\u202f"


class ViewBuilder:
    """Makes views for pages at one depth; `root` leads from them to the output folder.

    `post_page` gives the path of the page of a post, "" for none; `has_page` tells whether the page
    of a source is there to link to; `render` renders a row. `reports` are the posts that stand under
    another on the first page, by its id.
    """

    def __init__(
        self,
        edition: Edition,
        root: str,
        post_page: Callable[[str], str],
        has_page: Callable[[str], bool],
        render: Callable[[Row], Markup],
        reports: Mapping[str, Sequence[Item]] = _NO_REPORTS,
    ) -> None:
        self.feed = edition.feed
        self.root = root
        self.post_page = post_page
        self.has_page = has_page
        self.render = render
        self.reports = reports
        self.rendered: dict[tuple[str, str, str, bool], tuple[Row, Markup]] = {}
        self.language = edition.feed.language
        self.labels = {item.id: label_of(item) for item in edition.items if not item.post.title}
        home = file_name(edition.feed, "html")
        self.own_feeds = {
            feed.sources[0]: f"{root}{feed.name}/{home}"
            for feed in edition.siblings
            if feed.per == "source"
        }
        self.activity = edition.activity
        self.tags_of = edition.tags
        self.faces = edition.faces
        self.listings: Mapping[str, tuple[Reference, ...]] = listings(edition)

    # -- small things ---------------------------------------------------------------------------

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the feed's time zone."""
        return timezones.local(moment, self.feed.timezone)

    def date(self, moment: datetime) -> DateView:
        """Show a moment as its day in the feed's time zone."""
        return _date(moment, self.feed.timezone, self.language)

    def amount(self, count: int | None) -> str:
        """Show a count as the feed's language writes it, "" for none."""
        return number(count, self.language) if count else ""

    def source(self, info: SourceInfo) -> SourceView:
        """Show a source; a private one without any address."""
        language = info.language or self.language
        activity = self.activity.get(info.id)
        if info.private:
            info = replace(info, link="", feed="", image="")
        return SourceView(
            name=info.name,
            href=self.page_of_source(info.id),
            tint=tint(info.id),
            language=language,
            dir=direction(language),
            site=http(info.link),
            feed=http(info.feed),
            description=info.description,
            licence=http(info.licence),
            rights=info.rights,
            face=self.face(info),
            posts=number(activity.posts, self.language) if activity else "",
            last=self.date(activity.last) if activity else None,
            ours=self.own_feeds.get(info.id, ""),
            tags=self.tags(self.tags_of.get(info.id, ())),
        )

    def tags(self, tags: Iterable[str]) -> tuple[Row, ...]:
        """Show tags of sources as links to their pages."""
        language = self.language
        return tuple(
            Row(tag, self.root + tag_path(tag), language, direction(language)) for tag in tags
        )

    def face(self, info: SourceInfo) -> str:
        """Return the address of a source's picture, "" for none."""
        suffix = self.faces.get(info.id)
        if suffix and info.image:
            return self.root + face_path(info.id, suffix)
        return http(info.image) if self.feed.faces == "link" else ""

    def page(self, public_id: str) -> str:
        """Return the link to a post's page, "" for none."""
        path = self.post_page(public_id)
        return path and self.root + path

    def page_of_source(self, source_id: str) -> str:
        """Return the link to a source's page, "" for one that never had a post in the documents."""
        path = source_path(source_id)
        return self.root + path if self.has_page(path) else ""

    def target(self, public_id: str, url: str) -> str:
        """Return the link of a title: our page if it holds the whole post, else the original."""
        is_inside = self.feed.pages == "full" or self.feed.headlines == "page" or not url
        return (is_inside and self.page(public_id)) or http(url)

    # -- lists ----------------------------------------------------------------------------------

    def row(self, reference: Reference, *, source: bool = False, inside: bool = False) -> Row:
        """Show a reference as a line of a list, with its source's name if asked for.

        `inside`: its title leads to our page, if there is one, whatever `headlines` says.
        """
        language, page = reference.language or self.language, self.page(reference.id)
        href = self.target(reference.id, reference.url)
        if inside or not href:
            href = page or href
        return Row(
            title=reference.title or self.untitled(reference),
            href=href,
            language=language,
            dir=direction(language),
            source=reference.source if source else "",
            date=self.date(reference.published) if reference.published else None,
            page=page if page != href else "",
        )

    def popular(self, item: Item) -> Row:
        """Show a post as a line with the numbers by which it is popular."""
        row = self.row(refer(item), source=True, inside=True)
        links, count = self.amount(item.inbound), self.amount(item.post.comment_count)
        return replace(row, links=links, count=count)

    def rendered_row(self, reference: Reference, *, source: bool) -> tuple[Row, Markup]:
        """Show a reference as a line that many pages hold, rendered once."""
        key = (reference.id, reference.title, reference.url, source)
        if key not in self.rendered:
            if len(self.rendered) >= _ROWS_KEPT:  # a long history: begin anew rather than keep all
                self.rendered.clear()
            row = self.row(reference, source=source, inside=True)
            self.rendered[key] = row, self.render(row)
        return self.rendered[key]

    def untitled(self, reference: Reference) -> str:
        """Return the title of a post without one: its first words, else its day, else its address."""
        if reference.id in self.labels:
            return self.labels[reference.id]
        return self.date(reference.published).text if reference.published else reference.url

    def groups(self, references: Iterable[Reference], *, source: bool = False) -> tuple[Group, ...]:
        """Show references under the months they belong to, in their order."""
        groups = []
        for when, links in groupby(references, key=self._month):
            rows = tuple(self.row(link, source=source) for link in links)
            group = Group("", rows)
            if when:
                group = Group(month(*when, self.language), rows, anchor(*when))
            groups.append(group)
        return tuple(groups)

    def calendar(self, references: Iterable[Reference], *, source: bool) -> dict[str, object]:
        """Return the variables of a list: references under their days, or under their months.

        Under months where a day has fewer than three posts on average: `is_sparse`.
        """
        links = list(references)
        days = [(day, tuple(posts)) for day, posts in groupby(links, key=self._day)]
        if len(links) < 3 * len(days):
            return {"groups": self.groups(links, source=source), "is_sparse": True}
        groups = []
        for day, posts in days:
            groups.append(Group(day, tuple(self.row(link, source=source) for link in posts)))
        return {"groups": tuple(groups), "is_sparse": False}

    def day_of(self, moment: datetime) -> str:
        """Return the day of a moment with its weekday, in the feed's time zone and language."""
        return week_day(self.local(moment).date(), self.language)

    def _day(self, reference: Reference) -> str:
        return self.day_of(reference.published) if reference.published else ""

    def told(self, item: Item) -> tuple[Row, ...]:
        """Show the reports of other sources on the event that a post tells of first."""
        return tuple(self.row(refer(other), source=True) for other in self.reports.get(item.id, ()))

    def _month(self, reference: Reference) -> tuple[int, int] | None:
        if not reference.published:
            return None
        day = self.local(reference.published)
        return day.year, day.month

    # -- posts ----------------------------------------------------------------------------------

    def card(self, item: Item) -> PostView:
        """Show a post as an invitation to read it."""
        post = item.post
        language, page = self._language(item), self.page(item.id)
        return PostView(
            title=post.title,
            label=label_of(item),
            href=self.target(item.id, post.link) or page,
            page=page,
            link=http(post.link),
            source=self.source(item.source),
            date=self.date(item.published),
            language=language,
            dir=direction(language),
            authors=comma(self.language).join(dict.fromkeys(map(plain_name, post.author_names))),
            excerpt=excerpt(post.summary),
            picture=picture(post),
            told=self.told(item),
        )

    def _language(self, item: Item) -> str:
        return item.post.language or item.source.language or self.language

    def post(self, item: Item, credit: str) -> PostView:
        """Show a post whole, as its page does."""
        post, card = item.post, self.card(item)
        html, opener = "", card.picture
        if self.feed.pages == "full":
            html = fit(post.content_html, card.label)
            if opener and shows(post.content_html, opener.url):
                opener = None
        is_later = self.local(item.updated).date() > self.local(item.published).date()
        copies = item.copies or item.also
        files = [file for file in post.enclosures if file.primary and http(file.url)]
        # A body may have the player already.
        files = [file for file in files if f'<video src="{escape(file.url)}"' not in html]
        return replace(
            card,
            picture=opener,
            updated=self.date(item.updated) if is_later else None,
            html=Markup(html),  # noqa: S704  safe by definition
            credit=Markup(credit),  # noqa: S704  composed of escaped parts
            sections=self.sections(item),
            also=tuple(
                replace(self.row(copy, source=True), href=http(copy.url)) for copy in copies
            ),
            files=tuple(map(self.file, files)),
            categories=tuple(dict.fromkeys(map(plain_name, post.category_labels))),
            comments=http(post.comments),
            comment_count=self.amount(post.comment_count),
            licence=http(post.licence) or http(item.source.licence),
            rights=post.rights or item.source.rights,
        )

    def sections(self, item: Item) -> tuple[Section, ...]:
        """Show the frozen lists, each up to the setting `related_on_pages`.

        The list of the same source goes on with its newest posts.
        """
        lists = {related.scope: related for related in item.related}
        language = self._language(item)
        own = lists.get("source") or RelatedList("source", label("heading", language), language, ())
        sections = [self._section(item, own, self._more(item, own))]
        if other := lists.get("all"):
            sections.append(self._section(item, other, other.links[: self.feed.related_on_pages]))
        return tuple(section for section in sections if section.rows)

    def _more(self, item: Item, own: RelatedList) -> Iterable[Reference]:
        links = {reference.id: reference for reference in own.links}
        for reference in self.listings.get(item.source.id, ()):
            if len(links) >= self.feed.related_on_pages:
                break
            if reference.id != item.id:
                links.setdefault(reference.id, reference)
        return list(links.values())[: self.feed.related_on_pages]

    def _section(self, item: Item, related: RelatedList, links: Iterable[Reference]) -> Section:
        rows, lines = [], []
        for link in links:
            row, line = self.rendered_row(link, source=related.scope == "all")
            rows.append(row)
            lines.append(line)
        return Section(
            heading=related.heading.replace("{source}", item.source.name).rstrip(COLONS),
            language=related.language,
            dir=direction(related.language),
            rows=tuple(rows),
            lines=Markup("\n").join(lines),
        )

    def file(self, enclosure: Enclosure) -> FileView:
        """Show an attached file, named by its title or the end of its address."""
        kind = enclosure.medium or enclosure.type.partition("/")[0]
        megabytes = number(round(enclosure.length / _MEGABYTE, 1), self.language)
        # Few feeds give a file a title; its name, as its site wrote it, tells most of the rest.
        file = unquote(urlsplit(enclosure.url).path.rsplit("/", 1)[-1])
        return FileView(
            url=enclosure.url,
            kind=kind if kind in ("audio", "video", "image") else "",
            type=enclosure.type,
            name=enclosure.title or file or enclosure.url,
            size=f"{megabytes} MB" if enclosure.length else "",
        )


def listings(edition: Edition) -> dict[str, tuple[Reference, ...]]:
    """Return each source's posts, newest first: its listing, or its items of the edition."""
    held: dict[str, list[Reference]] = {}
    for item in edition.items:
        held.setdefault(item.source.id, []).append(refer(item))
    links = {source: tuple(posts) for source, posts in held.items()}
    return links | {listing.source_id: listing.posts for listing in edition.listings}


@lru_cache(maxsize=4096)
def _date(moment: datetime, timezone: str, language: str) -> DateView:
    iso = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return DateView(iso, timezones.local(moment, timezone), language)
