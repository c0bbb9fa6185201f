"""Make the pictures of sanitized HTML visible, and remove those that only count readers."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from syndicator import urls
from syndicator.model.feed import Image
from syndicator.normalizer.html import tags, trackers

Policy = Literal["keep", "link", "none"]

# Attributes in which lazy-loading scripts hide the real address, the most telling first.
LAZY = (
    "data-lazy-src",
    "data-src",
    "data-original",
    "data-orig-src",
    "data-lazy",
    "data-hi-res-src",
    "data-echo",
)
LAZY_SETS = ("data-lazy-srcset", "data-srcset")

_TAG = re.compile(r"<(img|source)(?= |>)[^>]*>")
_SMALL = re.compile(r' (?:width|height)="\s*0*[01][^0-9]')
_RELATIVE_SET = re.compile(r' srcset="(?!(?:https?://[^\s,"]+ [0-9.]+[wx](?:, )?)+")')
# Loaded on sight, without a referrer. (nh3 could set these, but in an order that changes from run
# to run.)
_LOADING = ' loading="lazy" referrerpolicy="no-referrer">'
# Pictures of characters, which every reader can draw itself: WordPress, WordPress.com, Twitter's
# set, Facebook.
_EMOJI = re.compile(
    r"//s\.w\.org/images/core/emoji/|/wpcom-smileys/|/twemoji[/@]|//abs\.twimg\.com/emoji/"
    r"|\.fbcdn\.net/images/emoji\.php/"
)
_LETTER = re.compile(r"[A-Za-z]")  # an alternative text with letters names an emoji, and is none
_SOURCE = re.compile(r' src="([^"]*)"')
_ABSOLUTE_SET = re.compile(r"(?:https?://[^\s,\"]+ [0-9.]+[wx](?:, |$))+")
_BETWEEN = " \t\n\r\f,"  # two candidates of a set
# An address, and its descriptor where no comma ends the address.
_CANDIDATE = re.compile(r"[ \t\n\r\f,]*([^ ]+)(?:(?<!,) ([^,]*))?")
_PICTURE_DATA = re.compile(
    r"data:image/(?:png|jpe?g|gif|webp|avif);base64,[A-Za-z0-9+/=\s%]+", re.IGNORECASE
)
# Characters: shorter data images, but for JPEG, are the grey boxes of lazy-loading scripts.
_PLACEHOLDER = 400
_ICON = 64  # pixels
_DIGITS = re.compile(r"\s*(\d{1,5})")
# As nh3 writes it: "<" and ">" are escaped in attributes and text, so each of them is a tag's.
_NOSCRIPT = re.compile(r"<x-noscript(?: [^>]*)?>(.*?)</x-noscript>", re.DOTALL)
_IMAGE_SOURCE = re.compile(r'<img(?>(?: [^<>]*?)? src=")([^"<>]*+)"')
_IMAGE = re.compile(r"<img(?: [^<>]*)?>")
_LINK_EDGE = re.compile(r"(<a(?: [^<>]*)?>|</a>)")
_PICTURE_SOURCE = re.compile(r"<source(?>(?: [^<>]*?)? srcset=)[^<>]*+>|</?picture>")
_MEDIA = re.compile(r"<(?:img|x-iframe|iframe|video|audio|picture)[ >]")


class SanitizeStats(Struct):
    """Counts of the changes made to a body, for the notes of its post."""

    unsafe: int = 0  # scripts, styles and forms
    hidden: int = 0  # elements that a browser would not show
    trackers: int = 0
    bars: int = 0
    lazy: int = 0
    images: int = 0  # shown as links or left out, as the source's settings want
    embeds: int = 0  # frames that became links
    resolved: int = 0  # relative addresses


def with_visible(html: str, base: str, stats: SanitizeStats) -> str:
    """Load lazy images, make each `srcset` absolute, remove trackers and `noscript` twins."""
    if "<img" in html or "<source" in html:

        def visible(tag: re.Match[str]) -> str:
            if needs_work(tag[0]):
                return _visible(tag[1], tags.attributes(tag[0]), base, stats)
            return with_lazy_loading(tag[0])

        html = _TAG.sub(visible, html)
    return _without_twins(html) if "<x-noscript" in html else html


def with_lazy_loading(tag: str) -> str:
    """Give the tag of a plain picture its loading attributes; a `source` stays as it is."""
    if tag.startswith("<source"):
        return tag
    # Without alternative text a screen reader would read the address out.
    return tag[:-1] + ("" if ' alt="' in tag else ' alt=""') + _LOADING


def needs_work(tag: str) -> bool:
    """Tell whether an image is hidden, tiny, lazy, relative, a beacon or an emoji."""
    source = _SOURCE.search(tag)
    return (
        source is None
        or " data-" in tag
        or ' style="' in tag
        or (' srcset="' in tag and _RELATIVE_SET.search(tag) is not None)
        or source[1].startswith("data:")
        or not source[1]
        or _SMALL.search(tag) is not None
        or is_beacon_or_emoji(source[1])
    )


def is_beacon_or_emoji(address: str) -> bool:
    """Tell whether an address is that of a beacon or of a character's picture."""
    return _EMOJI.search(address) is not None or trackers.is_beacon(address)


def shows_something(html: str) -> bool:
    """Tell whether sanitized HTML has a picture, a player or a frame."""
    return _MEDIA.search(html) is not None


def _visible(name: str, attributes: tags.Attributes, base: str, stats: SanitizeStats) -> str:
    """Return the tag of a picture as it can be seen, or nothing."""
    source = _real_source(attributes, base)
    alternative = attributes.get("alt", "")
    if name == "img" and alternative and _EMOJI.search(source) and not _LETTER.search(alternative):
        return tags.escaped(alternative)
    if name == "img" and trackers.is_pixel(attributes | {"src": source}):
        stats.trackers += 1
        return tags.GONE
    if source != attributes.get("src", ""):
        stats.lazy += 1
    lazy_sets = (attributes[key] for key in LAZY_SETS if key in attributes)
    candidates = source_set(next(lazy_sets, ""), base)
    candidates = candidates or source_set(attributes.get("srcset", ""), base)
    if name == "img" and not source:
        source = candidates.partition(" ")[0].rstrip(",")
    if not source and not candidates:
        return tags.GONE
    if name == "source":
        return tags.start(name, _rebuilt(attributes, "" if candidates else source, candidates))
    attributes.setdefault("alt", attributes.get("title", ""))
    return tags.start(name, _rebuilt(attributes, source, candidates))[:-1] + _LOADING


def _rebuilt(attributes: tags.Attributes, source: str, candidates: str) -> tags.Attributes:
    """Return the attributes to publish: the addresses first, without style and lazy attributes."""
    rebuilt: tags.Attributes = {}
    if source:
        rebuilt["src"] = source
    if candidates:
        rebuilt["srcset"] = candidates
    for key, value in attributes.items():
        if key in {"src", "srcset", "style"} or key.startswith("data-"):
            continue
        if candidates or key != "sizes":
            rebuilt[key] = value
    return rebuilt


def _real_source(attributes: tags.Attributes, base: str) -> str:
    """Return the address of the picture itself, which lazy-loading scripts keep elsewhere."""
    for key in LAZY:
        if key in attributes and (real := urls.web(attributes[key], base)):
            return real
    source = attributes.get("src", "")
    if source.startswith("data:") and len(source) < _PLACEHOLDER and "/jp" not in source[:15]:
        return ""
    return source


def source_set(text: str, base: str) -> str:
    """Make every candidate of a `srcset` absolute (HTML, 4.8.4.2); others than web addresses go.

    >>> source_set("a.png 1x, javascript:b 2x,/c,d.png 3x", "https://e.example/")
    'https://e.example/a.png 1x, https://e.example/c,d.png 3x'
    """
    if not text or _ABSOLUTE_SET.fullmatch(text):
        return text
    kept = []
    for address, descriptor in _CANDIDATE.findall(text.strip(_BETWEEN)):
        if url := urls.web(address.rstrip(","), base):
            kept.append(" ".join([url, *descriptor.split()]))
    return ", ".join(kept)


def allowed_data(source: str) -> str:
    """Return a `data:` address that can only be a picture, else "".

    The type image/jpg, which many write, does not exist: image/jpeg is meant.
    """
    if not _PICTURE_DATA.fullmatch(source):
        return ""
    kind, _, data = source.partition(",")
    return f"{kind.replace('/jpg', '/jpeg')},{data}"


def _without_twins(html: str) -> str:
    """Keep one of a lazy image and its `noscript` twin."""
    shown = set(_IMAGE_SOURCE.findall(_NOSCRIPT.sub("", html)))

    def unwrapped(twin: re.Match[str]) -> str:
        if (inner := _IMAGE_SOURCE.findall(twin[1])) and shown.issuperset(inner):
            return tags.GONE
        # Pictures and players stay; "please enable JavaScript" goes.
        return twin[1] if _MEDIA.search(twin[1]) else tags.GONE

    return _NOSCRIPT.sub(unwrapped, html)


def restricted(html: str, policy: Policy, stats: SanitizeStats) -> str:
    """Show images as the source's settings allow: all, as links ("link"), or none."""
    if policy == "keep" or "<img" not in html:
        return html
    parts = _LINK_EDGE.split(_PICTURE_SOURCE.sub("", html))
    linked = False
    for index, part in enumerate(parts):
        if part.startswith(("<a ", "<a>", "</a>")):
            linked = part != "</a>"
        elif "<img" in part:
            stats.images += part.count("<img")
            if policy == "none":
                parts[index] = _IMAGE.sub(tags.GONE, part)
            else:
                parts[index] = _IMAGE.sub(_bracketed if linked else _as_link, part)
    return tags.tidy("".join(parts))


def _as_link(tag: re.Match[str]) -> str:
    """Return a link to an image, with its name in brackets."""
    source = tags.attributes(tag[0]).get("src", "")
    if not source.startswith("http"):
        return _bracketed(tag)
    link = tags.start("a", {"href": source, "rel": "noopener noreferrer"})
    return f"{link}{_bracketed(tag)}</a>"


def _bracketed(tag: re.Match[str]) -> str:
    """Return the name of an image in brackets: its alternative text or the name of its file."""
    attributes = tags.attributes(tag[0])
    file = unquote(urlsplit(attributes.get("src", "")).path.rpartition("/")[2])
    return tags.escaped(f"[{attributes.get('alt', '').strip() or file or 'image'}]")


def lead(html: str) -> Image | None:
    """Return the first picture of a body that is worth showing alone: no icon, no emoji."""
    for tag in _IMAGE.finditer(html):
        attributes = tags.attributes(tag[0])
        width, height = (_number(attributes.get(key, "")) for key in ("width", "height"))
        source = attributes.get("src", "")
        is_icon = 0 < width < _ICON or 0 < height < _ICON
        if source.startswith("http") and not is_icon and "/emoji/" not in source:
            return Image(urls.web(source), width, height, attributes.get("alt", ""))
    return None


def _number(text: str) -> int:
    digits = _DIGITS.match(text)
    return int(digits[1]) if digits else 0
