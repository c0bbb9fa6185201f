"""Scan sanitized HTML once, and tell which slower steps it needs.

Each step that mends something (relative addresses, lazy pictures, empty links, share bars) searches
the whole HTML again. Most posts need none of them. The scan also does the cheap work: the
attributes of plain pictures, and tracking parameters of links.
"""

from __future__ import annotations

import re

from msgspec import Struct

from syndicator import urls
from syndicator.normalizer.html import images, tags

# Matches a start tag with attributes that needs a look. Must not match an absolute link without
# parameters that shows something, nor a text element with plain attributes. (nh3 gives each link a
# rel, so a bare `<a>` does not occur.)
_SAYS = (
    r"(?: (?:title|lang|dir|hreflang|type|datetime|start|value|align|colspan|rowspan|scope)"
    r'="[^"]*")*'
)
_SHOWS = r"(?=[^\s<&]|<(?!br>|hr>|/a>|x-))"
_REMARKABLE = re.compile(
    r"<(?=[a-z][a-z0-9-]* |img>|source>)(?!"
    rf'a{_SAYS} href="https?://(?!["\\?#])[^\s"\\=~/]+(?:/(?!1\.0/)[^"=~]*)?"{_SAYS}'
    rf' rel="noopener noreferrer">{_SHOWS}'
    rf"|(?!img|source|video|audio|x-|track|a )[a-z][a-z0-9]*{_SAYS}>"
    r")[^>]*>"
)
_ODD_ADDRESS = re.compile(r' (?:href|src|cite|poster)="(?!https?://[^\s/?#"\\])')
_PLAIN_PICTURE = re.compile(
    r'<img(?: src="(https?://[^\s/?#"\\][^"]*)"| (?:alt|title|sizes|lang|dir)="[^"]*"'
    r'| (?:width|height)="(?!\s*0*[01][^0-9])[^"]*"'
    r'| srcset="(?:https?://[^\s,"]+ [0-9.]+[wx](?:, )?)+")*>'
)
_SHOWS_SOMETHING = re.compile(_SHOWS)
_HREF = re.compile(r' href="([^"]*)"')


class ScanResult(Struct):
    """The scanned HTML, and the steps that it needs."""

    html: str = ""
    odd: bool = False  # an address that is not plainly one of the web
    pictures: bool = False  # a picture that needs a closer look
    links: bool = False  # a link that may have to go
    marks: bool = False  # an element marked for removal, by us or by the source itself


def prescan(safe: str) -> ScanResult:
    """Look at each start tag once.

    `html` of the result is valid only if no flag asks for a step before it.

    >>> link = '<a href="https://a.example/?utm_source=x" rel="noopener noreferrer">b</a>'
    >>> prescan(link).html
    '<a href="https://a.example/" rel="noopener noreferrer">b</a>'
    """
    result = ScanResult()

    def scanned(tag: re.Match[str]) -> str:
        written = tag[0]
        plain = _PLAIN_PICTURE.fullmatch(written)
        if plain and plain[1] and not images.is_beacon_or_emoji(plain[1]):
            return images.with_lazy_loading(written)
        if ' data-bar="' in written or ' data-hidden="' in written:
            result.marks = True
        if _ODD_ADDRESS.search(written):
            result.odd = True
        elif written.startswith(("<img", "<source")):
            result.pictures = result.pictures or images.needs_work(written)
        elif written.startswith("<a "):
            is_flare = "/~ff/" in written or "/1.0/go" in written
            if is_flare or not _SHOWS_SOMETHING.match(safe, tag.end()):
                result.links = True
            return untracked(written)
        return written

    result.html = _REMARKABLE.sub(scanned, safe)
    return result


def untracked(tag: str) -> str:
    """Remove the tracking parameters from a link's start tag, or from its attributes alone."""
    if "=" in tag and ("?" in tag or "#" in tag) and urls.maybe_tracked(tag):
        return _HREF.sub(_without_tracking, tag)
    return tag


def _without_tracking(href: re.Match[str]) -> str:
    return f' href="{tags.escaped(urls.without_tracking(tags.value(href[1])))}"'
