"""The published body of an item of ours -> its content, credit, copies and lists, as data.

A feed of ours that is taken over goes on as it was only where these are known apart. The parts
count if they make the same body again, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import unescape

from msgspec import Struct
from msgspec.structs import replace

from syndicator import languages
from syndicator.generator.body import ALSO, ATTRIBUTION, LAYOUT, RELATED, compose_body
from syndicator.model.edition import Item, Reference, RelatedList
from syndicator.model.post import Attribution, Post, SourceInfo
from syndicator.text_rules import line, web

_ALSO = f'<p class="{ALSO}"'
# Each of our parts is a line of its own, and none of the content starts so.
_MARKS = (f"<p {ATTRIBUTION}", _ALSO, f'<div class="{RELATED}"')
_CREDIT = re.compile(rf'<p {ATTRIBUTION} (?:lang="([^"<>]*)" )?dir="[a-z]+">(.*)</p>')
# A name in a credit: its address, and the name. Only text stands between two of them.
_NAME = re.compile(r'(?:<a href="([^"<>]*)">)?<bdi>([^<>]*)</bdi>(?:</a>)?')
# A list: its attributes, its heading, which holds no paragraph, and its entries.
_LIST = re.compile(r"<div ([^<>]*)><p>((?:[^<]|<(?!/p>))*)</p><ul>(.*)</ul></div>")
_LANGUAGE = re.compile(r'lang="([^"<>]*)"')
# A link: its address, its text, and its source, which stands behind it in a list of all sources.
_TEXT = "((?:<bdi>)?[^<>]*(?:</bdi>)?)"
_LINK = re.compile(rf'<a href="([^"<>]*)">{_TEXT}</a>(?: \({_TEXT}\)</li>)?')
_SOURCE = re.compile("<bdi>[^<>]*</bdi>")
_ISOLATED = re.compile(r"</?bdi>")
_ANY = datetime.fromtimestamp(0, UTC)  # a date that no body shows


class OwnParts(Struct, frozen=True):
    """A post without our parts, and these."""

    post: Post  # with the content alone, and the credit
    also: tuple[Reference, ...]
    lists: tuple[RelatedList, ...]


class KnownLinks(Struct, frozen=True):
    """The posts that a body may link to, by their addresses."""

    related: Mapping[str, Reference]
    also: Mapping[str, Reference] = {}


def own_parts(post: Post, source: SourceInfo, body: str, known: KnownLinks) -> OwnParts | None:
    """Return the parts of a body that we composed, None if they do not make it again.

    `post` is normalized, without our parts.
    """
    lines = body.split("\n")
    start = len(lines)
    while start and lines[start - 1].startswith(_MARKS):
        start -= 1
    post = replace(post, content_html="\n".join(lines[:start]), attribution=None)
    also: tuple[Reference, ...] = ()
    lists: tuple[RelatedList, ...] = ()
    for part in lines[start:]:
        if credit := _CREDIT.fullmatch(part):
            post = _credited(post, credit)
        elif part.startswith(_ALSO):
            also = tuple(_copies(part, known.also))
        elif match := _LIST.fullmatch(part):
            lists = (*lists, _list(match, post, known.related, is_second=bool(lists)))
    item = Item("", post, source, _ANY, _ANY, _ANY, 1, lists, also, layout=LAYOUT)
    return OwnParts(post, also, lists) if compose_body(item) == body else None


def _credited(post: Post, line_of_ours: re.Match[str]) -> Post:
    """Return a post with the credit of a line of ours: its wording, and the names in it.

    A day stays as it was written out.
    """
    language, html = line_of_ours.groups()
    first, *parts = _NAME.split(html)
    text, origin, address = unescape(first), post.origin, web(post.link)
    authors = line(", ".join(post.author_names))
    for href, shown, behind in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        url, name = unescape(href or ""), unescape(shown)
        if name == line(post.title) and "{post}" not in text:
            word, address = "{post}", url or address
        elif not url and name == authors:
            word = "{author}"
        else:
            word, origin = "{source}", replace(origin, name=name, url=url)
        text += word + unescape(behind)
    return replace(
        post,
        attribution=Attribution(text, language or ""),
        origin=origin,
        origin_link=address if address != web(post.link) else post.origin_link,
    )


def _copies(html: str, known: Mapping[str, Reference]) -> Iterator[Reference]:
    for href, text, _ in _LINK.findall(html):
        url, name = unescape(href), _plain(text)
        yield known.get(url, Reference("", name, url, name))


def _list(
    html: re.Match[str], post: Post, known: Mapping[str, Reference], *, is_second: bool
) -> RelatedList:
    attributes, heading, entries = html.groups()
    tag = _LANGUAGE.search(attributes)
    language = tag[1] if tag else post.language
    links = []
    for href, text, source in _LINK.findall(entries):
        url = unescape(href)
        link = known.get(url, Reference("", "", url))
        links.append(replace(link, title=_plain(text), source=_plain(source)))
    heading = unescape(_SOURCE.sub("{source}", heading))
    crosses = is_second or any(link.source for link in links)
    crosses = crosses or heading == languages.label(language, "related")
    return RelatedList("all" if crosses else "source", heading, language, tuple(links))


def _plain(html: str) -> str:
    return unescape(_ISOLATED.sub("", html))
