"""Edition -> the frame of each page: head, masthead, feeds, foot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from syndicator.formats import FORMATS, file_name, polled, written
from syndicator.generator.documents import address, without_empty
from syndicator.generator.site.brief import first_words, http, picture
from syndicator.generator.site.paths import ARCHIVES, SEARCH, SOURCES, SUBSCRIBE
from syndicator.generator.site.views import FeedLink, PageView, PostView, Row, SiteView
from syndicator.generator.site.words import comma, og_locale
from syndicator.languages import direction, own_name
from syndicator.model.edition import Edition, Item
from syndicator.model.post import SourceInfo
from syndicator.text_rules import plain_name
from syndicator.wishes import strictest

_ROBOTS = {True: "", False: "noindex"}  # by whether search engines may list the page
# Kinds of page that the feed of each language has.
_IN_EACH_LANGUAGE = {"sources": SOURCES, "archives": ARCHIVES, "subscribe": SUBSCRIBE}
_ACCENT = "#9a2f1b"  # of our style
_DESCRIPTION = 200  # characters
_MAIL = re.compile(r"[^\s@:]+@[^\s@:]+")  # enough to tell an address from a sentence or a URL


# Rules for robots, and <meta> elements as pairs of name and content.
Stated = tuple[str, tuple[tuple[str, str], ...]]


class Frame:
    """The parts that all pages of one edition share."""

    def __init__(self, edition: Edition) -> None:
        self.feed = edition.feed
        self.edition = edition
        self.home = file_name(edition.feed, "html")
        self.site = cache(self._site)

    def _site(self, root: str, style: str) -> SiteView:
        feed = self.feed
        return SiteView(
            title=feed.title,
            description=feed.description,
            language=feed.language,
            dir=direction(feed.language),
            root=root,
            home=root + self.home,
            sources=root + SOURCES,
            style=root + style,
            subscribe=f"{root}{SUBSCRIBE}" if polled(feed.formats) else "",
            search=f"{root}{SEARCH}" if feed.search else "",
            icon=http(feed.icon),
            logo=http(feed.logo),
            accent=feed.accent or _ACCENT,
            contact=contact_href(feed.contact),
            contact_text=feed.contact.removeprefix("mailto:"),
            clock=feed.timezone.replace("_", " "),
            feeds=tuple(
                FeedLink(
                    FORMATS[kind].label,
                    root + file_name(feed, kind),
                    FORMATS[kind].type,
                    address(feed, file_name(feed, kind)),
                    FORMATS[kind].is_polled,
                )
                for kind in written(feed.formats)
            ),
            siblings=tuple(
                Row(other.title, other.link, other.language, direction(other.language))
                for other in self.edition.siblings
                if "html" in other.formats and not other.per
            ),
            comma=comma(feed.language),
            languages=self.languages(root),
        )

    def languages(self, root: str, kind: str = "") -> tuple[Row, ...]:
        """Return the pages of this kind, one in each language; the first page stands for others.

        The page of this feed's own language has no address.
        """
        own = self.feed.name
        if own and self.feed.per != "language":
            return ()
        top = root + "../" * len(own.split("/")) if own else root
        path = _IN_EACH_LANGUAGE.get(kind, self.home)
        feeds = {feed.name: feed for feed in (self.feed, *self.edition.siblings)}
        return tuple(
            Row(own_name(tag), f"{top}{name}/{path}" if name != own else "", tag, direction(tag))
            for name, feed in sorted(feeds.items())
            if feed.per == "language"
            for tag in feed.languages
        )

    def list(
        self,
        kind: str,
        title: str,
        path: str,
        description: str = "",
        *,
        older: str = "",
        newer: str = "",
        stated: Stated | None = None,
    ) -> PageView:
        """Describe a page that lists posts or sources; `stated` are the wishes of its posts."""
        robots, wishes = stated or self.wishes(())
        # The first page has the folder's address.
        below = "" if path == FORMATS["html"].file else path
        return PageView(
            kind=kind,
            title=title if kind == "index" else f"{title} · {self.feed.title}",
            description=description[:_DESCRIPTION],
            url=self.feed.link + below,
            robots=robots,
            wishes=wishes,
            language=self.feed.language,
            og_locale=og_locale(self.feed.language),
            picture=http(self.feed.logo),
            older=older,
            newer=newer,
        )

    def post(self, item: Item, view: PostView, path: str) -> PageView:
        """Describe a post's page; one that may be indexed names the original as canonical."""
        shown = picture(item.post)
        robots, wishes = self.wishes([item.source], noindex=item.post.noindex)
        return PageView(
            kind="post",
            title=f"{view.label} · {view.source.name}",
            description=first_words(view.excerpt, _DESCRIPTION),
            url=self.feed.link + path,
            canonical="" if "noindex" in robots else view.link,
            robots=robots,
            wishes=wishes,
            language=view.language,
            og_type="article",
            og_locale=og_locale(view.language),
            picture=shown.url if shown else "",
            published=view.date.iso,
            modified=view.updated.iso if view.updated else "",
            data=self._data(item, view, path),
        )

    def wishes(self, sources: Iterable[SourceInfo], *, noindex: bool = False) -> Stated:
        """Return the strictest wishes of a page with posts of these sources.

        `noindex`: one of the posts wants no search engine.
        """
        infos = list(sources)
        is_indexed = self.feed.index and not (noindex or any(info.noindex for info in infos))
        wishes = strictest(info.wishes for info in infos)
        rules = filter(None, [_ROBOTS[is_indexed], *wishes.robots])
        mining = [("tdm-reservation", "1"), ("tdm-policy", wishes.tdm_policy)] if wishes.tdm else []
        return ", ".join(rules), tuple(pair for pair in mining if pair[1])

    def _data(self, item: Item, view: PostView, path: str) -> dict[str, object]:
        """Return the facts of a post as JSON-LD: above all that it is based on the original.

        The names are schema.org's (https://schema.org/BlogPosting).
        """
        authors = map(plain_name, item.post.author_names)
        facts = {
            "headline": view.label,
            "url": self.feed.link + path,
            "isBasedOn": view.link,
            "datePublished": view.date.iso,
            "dateModified": view.updated.iso if view.updated else "",
            "inLanguage": view.language,
            "author": [{"@type": "Person", "name": name} for name in authors],
            "license": view.licence,
            "isPartOf": {"@type": "WebSite", "name": self.feed.title, "url": self.feed.link},
        }
        return {"@context": "https://schema.org", "@type": "BlogPosting", **without_empty(facts)}


def contact_href(contact: str) -> str:
    """Return the address of a contact that is a URL or a mail address, "" for other words.

    >>> contact_href("me@example.org"), contact_href("https://example.org/"), contact_href("ask Ada")
    ('mailto:me@example.org', 'https://example.org/', '')
    """
    if http(contact) or contact.startswith("mailto:"):
        return contact
    return f"mailto:{contact}" if _MAIL.fullmatch(contact) else ""
