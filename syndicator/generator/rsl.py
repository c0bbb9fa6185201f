"""The terms of a post in RSL -> an element of an RSS item.

RSL 1.0 (rslstandard.org, 2025-11-06) knows items of RSS alone. `rsl:content` names the page that it
speaks for. Its terms go on where that page is of the post's own site, and never for another one.
"""

from __future__ import annotations

from urllib.parse import urljoin

from lxml import etree

from syndicator import urls
from syndicator.generator.item import RenderedItem
from syndicator.text_rules import web


def terms_of(item: RenderedItem) -> etree._Element | None:
    """Return the terms of a post with the address of their page, None where it has none."""
    if not item.item.post.rsl:
        return None
    terms = etree.fromstring(item.item.post.rsl, etree.XMLParser(resolve_entities=False))
    page = web(urljoin(item.link, terms.get("url", "")))
    if not page or urls.host(page) != urls.host(item.link):
        return None
    terms.set("url", page)
    return terms
