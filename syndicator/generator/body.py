"""Item -> the whole HTML body that feeds carry: post, credit, copies, related lists.

The order is fixed by what readers do: the first words become the preview in every list, so our own
parts come last. How the parts are put together is a layout with a number. An item keeps the number
that it was first published with, and a layout is never changed once released: a changed one would
rewrite the archive and turn posts unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Literal

from msgspec.structs import replace

from syndicator.generator.credit import render_credit
from syndicator.languages import direction, label, nearest
from syndicator.model.edition import Item, Reference, RelatedList
from syndicator.text_rules import clean, line, web
from syndicator.timezones import DEFAULT, local

ATTRIBUTION = 'class="syndicator-attribution"'
ALSO = "syndicator-also"
RELATED = "syndicator-related"

# Letters that are written from right to left, and the signs that turn the text after them (UAX 9).
_RTL = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff\u202a-\u202e\u2066-\u2069]"
)


def compose_body(item: Item, timezone: str = DEFAULT) -> str:
    """Return the body of an item as safe HTML, in the layout it was first published with.

    `timezone` is the zone of the days in an operator's own credit. A layout that this version does
    not know (an older program after a newer one) falls back to the newest.
    """
    return _LAYOUTS.get(item.layout, _layout_1)(item, timezone)


def narrowed(item: Item, content: Literal["full", "summary", "none"]) -> Item:
    """Return an item with no more of its body than a feed's `content` asks for.

    A source that allows less was cut when its post was stored. A body that another program composed
    gets our credit, which it loses with the rest.
    """
    if content == "full":
        return item
    summary = item.post.summary if content == "summary" else ""
    html = summary and f"<p>{escape(summary, quote=False)}</p>"
    post = replace(item.post, content_html=html, summary=summary)
    return replace(item, post=post, layout=item.layout or LAYOUT)


def credit_line(item: Item, timezone: str = DEFAULT) -> str:
    """Return the attribution line of an item as safe HTML; "" if it is switched off."""
    post, source = item.post, item.source
    if post.attribution is None or (item.layout == 0 and ATTRIBUTION in post.content_html):
        return ""
    source_url = web(post.origin.url or source.link)
    # A private source's address may hold its subscriber's token; the origin of what it republishes
    # is public.
    if source.private and not post.republished:
        source_url = ""
    rendered = render_credit(
        post.attribution,
        post=line(post.title),
        post_url=web(post.origin_link or post.link),
        source=line(post.origin.name or source.name),
        source_url=source_url,
        author=line(", ".join(post.author_names)),
        date=local(item.published, timezone),
    )
    return clean(rendered)


def _layout_1(item: Item, timezone: str) -> str:
    """Layout 1: body, attribution line, "Also at", each related list under its heading."""
    parts = [item.post.content_html.rstrip(), credit_line(item, timezone), copies_line(item)]
    parts += [related_list(links, item) for links in item.related]
    return clean("\n".join(filter(None, parts)))


def _layout_0(item: Item, _timezone: str) -> str:
    """Layout 0: the body as another program, or an earlier installation, published it."""
    return clean(item.post.content_html)


_LAYOUTS: dict[int, Callable[[Item, str], str]] = {0: _layout_0, 1: _layout_1}
LAYOUT = max(_LAYOUTS)


def copies_line(item: Item) -> str:
    """Return the line that names the copies of an item, in the credit's language; "" for none."""
    credit = item.post.attribution
    tag = (credit and credit.language) or nearest(item.post.language)
    links = ", ".join(_anchor(copy.url, copy.source or copy.title, tag) for copy in item.also)
    words = escape(label(tag, "also"), quote=False)
    if links:
        return f'<p class="{ALSO}"{_lang(tag, item)}>{words} {links}</p>'
    return ""


def related_list(links: RelatedList, item: Item) -> str:
    """Return one list of links under its heading; "" for an empty one."""
    entries = "".join(f"<li>{_entry(link, links)}</li>" for link in links.links if link.title)
    if not entries:
        return ""
    source = _isolated(_source_name(item), links.language)
    heading = escape(line(links.heading), quote=False).replace("{source}", source)
    start = f'<div class="{RELATED}"{_lang(links.language, item)}>'
    return f"{start}<p>{heading}</p><ul>{entries}</ul></div>"


def list_heading(links: RelatedList, item: Item) -> str:
    """Return a list's heading as plain text."""
    return line(links.heading.replace("{source}", _source_name(item)))


def _source_name(item: Item) -> str:
    """Return the source's name as it was when the post was published: feeds rename themselves."""
    post = item.post
    own = post.via[-1] if post.republished and post.via else post.origin
    return line(own.name or item.source.name)


def _entry(link: Reference, links: RelatedList) -> str:
    anchor = _anchor(link.url, link.title, links.language)
    if links.scope == "all" and link.source:  # the heading of a source's own list names it already
        return f"{anchor} ({_isolated(line(link.source), links.language)})"
    return anchor


def _anchor(url: str, text: str, language: str) -> str:
    shown = _isolated(line(text), language)
    address = web(url)  # a link that no reader can follow is words
    return f'<a href="{escape(address)}">{shown}</a>' if address else shown


def _isolated(name: str, language: str) -> str:
    """Return a name or title as HTML, isolated if it and its line could turn each other round."""
    shown = escape(name, quote=False)
    if direction(language) == "rtl" or _RTL.search(name):
        return f"<bdi>{shown}</bdi>"
    return shown


def _lang(language: str, item: Item) -> str:
    """Return the attributes of a line of ours: its language, if not the post's, and direction.

    Readers take an item's language for no direction, and show text without one from left to right.
    """
    if language and language != item.post.language:
        return f' lang="{escape(language)}" dir="{direction(language)}"'
    return ' dir="rtl"' if direction(item.post.language) == "rtl" else ""
