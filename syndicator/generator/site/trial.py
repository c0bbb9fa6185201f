"""A feed's settings -> the mistakes in its templates, found by pages of a sample post."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from urllib.parse import unquote

from msgspec.structs import replace

from syndicator.errors import PublishError
from syndicator.generator.site.builder import SiteBuilder
from syndicator.generator.site.paths import SEARCH
from syndicator.generator.site.theme import Theme, syntax_faults
from syndicator.generator.site.views import Row, SearchView
from syndicator.model.edition import Archive, Edition, Item, Reference
from syndicator.model.feed import Enclosure, Image, Person
from syndicator.model.post import Attribution, Keys, Post, SourceInfo
from syndicator.model.settings import Feed
from syndicator.whole_files import STANDS

_WHEN = datetime(2026, 11, 24, tzinfo=UTC)
# A file of the theme as a page or the style names it; no address of another site.
_FILE = re.compile(rb"""["'(](?:\.\./)*(theme/[^"'()<>?#\s]+)""")


def template_faults(feed: Feed) -> Iterator[str]:
    """Yield the mistakes in the templates of a feed: file, line and mistake.

    Beside the syntax an unknown variable or file is found, before a run fails at it or a visitor
    misses it.
    """
    if feed.templates is None:
        return
    faults = list(syntax_faults(feed.templates))
    yield from faults
    if faults:
        return
    edition = _sample(replace(feed, formats=(*feed.formats, "html", "fragment")))
    named = set[str]()
    for pages in ("full", "excerpt"):
        shown = replace(edition, feed=replace(edition.feed, pages=pages))
        try:
            for body in _bodies(shown):
                named |= {unquote(path.decode(errors="replace")) for path in _FILE.findall(body)}
        except PublishError as error:
            yield str(error).removesuffix(f"; {STANDS}")
            return
    theme = Theme(feed.templates, feed.language, feed.accent)
    for path in sorted(named - {file.path for file in theme.files()}):
        yield f"{feed.templates}: no such file is published: {path}"


def _bodies(edition: Edition) -> Iterator[bytes]:
    """Yield the style and a page of each kind."""
    site = SiteBuilder(edition)
    archive = Archive(1, edition.items, _WHEN)
    for document in chain(site.posts(edition.items), site.archive(archive), site.lists()):
        if not document.path.startswith("theme/"):
            yield document.body
    for answer in (SearchView(), _sample_search(site, edition.items)):
        page = site.frame.list("search", "Search", SEARCH)
        yield site.render("search", SEARCH, page, {"search": answer})


def _sample_search(site: SiteBuilder, items: Sequence[Item]) -> SearchView:
    rows = 2 * (Row("Sample", "sample", "en", "ltr"),)
    posts = tuple(map(site.views("").card, items))
    return SearchView("Sample", posts=posts, turns=rows, sources=rows, tags=rows, months=rows)


def _sample(feed: Feed) -> Edition:
    """Return an edition with a post that has every part, and one that has few."""
    source = SourceInfo("sample", "Sample", "https://example.org/", "https://example.org/feed")
    whole = Post(
        source_id="sample",
        keys=Keys(),
        content_hash="",
        link="https://example.org/1",
        title="Sample",
        content_html="<p>Text</p>",
        summary="Text",
        authors=(Person("Ann Author"),),
        enclosures=(Enclosure("https://example.org/1.mp3", "audio/mpeg", 1_000_000),),
        image=Image("https://example.org/1.png", 4, 3, "A sample"),
        comments="https://example.org/1#comments",
        comment_count=1,
        rights="Ann Author",
        attribution=Attribution("First on {source}.", "en"),
    )
    bare = Post("sample", Keys(), "", title="", content_html="<p>Note</p>", summary="Note")
    also = (Reference("urn:copy", "Copy", "https://example.net/1", "Other"),)
    items = (
        Item("urn:1", whole, source, _WHEN, _WHEN, _WHEN, 2, also=also),
        Item("urn:2", bare, source, _WHEN, _WHEN, _WHEN, 1),
    )
    popular = (Reference("urn:1", "Sample", "https://example.org/1", "Sample"),)
    return Edition(
        feed,
        "urn:sample",
        _WHEN,
        items,
        (source,),
        archives=1,
        slices=1,
        popular=popular,
        tags={"sample": ("sample",)},
    )
