"""Sanitized HTML -> the same with its plain links and pictures ready, and what else needs work: one look for most.

Each step that mends something (relative addresses, lazy pictures, empty links, share bars) looks through the whole
text again. Most posts need none of them: a glance tells which, and does what costs nothing on the way.
"""

from __future__ import annotations

import re

from msgspec import Struct

from syndicator import urls
from syndicator.normalizer.html import images, tags

# A start tag with something in it, but for those that nothing has to be done about: a link that is absolute, holds no
# parameter and shows something; text elements that say only what they are. (A bare `<a>` is none: nh3 gives it a rel.)
_SAYS = r'(?: (?:title|lang|dir|hreflang|type|datetime|start|value|align|colspan|rowspan|scope)="[^"]*")*'
_SHOWS = r"(?=[^\s<&]|<(?!br>|hr>|/a>|x-))"
_REMARKABLE = re.compile(
    r"<(?=[a-z][a-z0-9-]* |img>|source>)(?!"
    rf'a{_SAYS} href="https?://(?!["\\?#])[^\s"\\=~/]+(?:/(?!1\.0/)[^"=~]*)?"{_SAYS} rel="noopener noreferrer">{_SHOWS}'
    rf"|(?!img|source|video|audio|x-|track|a )[a-z][a-z0-9]*{_SAYS}>"
    r")[^>]*>"
)
_ODD_ADDRESS = re.compile(r' (?:href|src|cite|poster)="(?!https?://[^\s/?#"\\])')
_PLAIN_PICTURE = re.compile(
    r'<img(?: src="(https?://[^\s/?#"\\][^"]*)"| (?:alt|title|sizes|lang|dir)="[^"]*"'
    r'| (?:width|height)="(?!\s*0*[01][^0-9])[^"]*"| srcset="(?:https?://[^\s,"]+ [0-9.]+[wx](?:, )?)+")*>'
)
_SHOWS_SOMETHING = re.compile(_SHOWS)
_HREF = re.compile(r' href="([^"]*)"')


class ScanResult(Struct):
    """Sanitized HTML and what a look at each tag says has to be done yet."""

    html: str = ""
    odd: bool = False  # an address that is not plainly of the web
    pictures: bool = False  # one that needs a look
    links: bool = False  # one that may have to go
    bars: bool = False  # a wrapper with a mark, be it the source's own


def prescan(safe: str) -> ScanResult:
    """Look at each start tag once: dress plain pictures, take tracking off links, and see what is left to do.

    What `html` holds counts only where the flags say that no step before has anything to do.

    >>> prescan('<p>a <a href="https://a.example/?utm_source=x" rel="noopener noreferrer">b</a></p>').html
    '<p>a <a href="https://a.example/" rel="noopener noreferrer">b</a></p>'
    """
    seen = ScanResult()

    def one(tag: re.Match[str]) -> str:
        written = tag[0]
        if (
            (plain := _PLAIN_PICTURE.fullmatch(written))
            and plain[1]
            and not images.is_beacon_or_emoji(plain[1])
        ):
            return images.dressed(written)
        if ' data-bar="' in written:
            seen.bars = True
        if _ODD_ADDRESS.search(written):
            seen.odd = True
        elif written.startswith(("<img", "<source")):
            seen.pictures = seen.pictures or images.has_cause(written)
        elif written.startswith("<a "):
            if (
                "/~ff/" in written
                or "/1.0/go" in written
                or not _SHOWS_SOMETHING.match(safe, tag.end())
            ):
                seen.links = True
            return untracked(written)
        return written

    seen.html = _REMARKABLE.sub(one, safe)
    return seen


def untracked(tag: str) -> str:
    """Take the tracking parameters off a link's start tag, or off its attributes alone."""
    if "=" in tag and ("?" in tag or "#" in tag) and urls.maybe_tracked(tag):
        return _HREF.sub(_without_tracking, tag)
    return tag


def _without_tracking(href: re.Match[str]) -> str:
    return f' href="{tags.escaped(urls.without_tracking(tags.value(href[1])))}"'
