"""Image tags of sanitized HTML -> images that show themselves: lazy ones woken, `srcset` absolute, pixels gone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from syndicator import urls
from syndicator.model.feed import Image
from syndicator.normalizer.html import tags, trackers

Policy = Literal["keep", "link", "none"]

# Where lazy-loading scripts hide the real address, the most telling first.
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
_UNSETTLED_SET = re.compile(r' srcset="(?!(?:https?://[^\s,"]+ [0-9.]+[wx](?:, )?)+")')
# Fetched when it comes into sight, and without telling where it is read. (nh3 could set these, but in an order that
# changes from run to run.)
_MANNERS = ' loading="lazy" referrerpolicy="no-referrer">'
_EMOJI = "//s.w.org/images/core/emoji/"  # WordPress's pictures of characters, which every reader has itself
_SOURCE = re.compile(r' src="([^"]*)"')
_PLAIN_SET = re.compile(r"(?:https?://[^\s,\"]+ [0-9.]+[wx](?:, |$))+")
_PICTURE_DATA = re.compile(
    r"data:image/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=\s%]+", re.IGNORECASE
)
_STAND_IN = 400  # characters: data images below are the grey boxes that lazy scripts start from
_ICON = 64  # pixels
_DIGITS = re.compile(r"\s*(\d{1,5})")
_NOSCRIPT = re.compile(r"<x-noscript(?: [^>]*)?>(.*?)</x-noscript>", re.DOTALL)
_SRC = re.compile(r'<img(?: [^>]*)? src="([^"]*)"')
_MEDIA = re.compile(r"<(?:img|x-iframe|video|audio|picture)[ >]")


class SanitizeStats(Struct):
    """What was done to a body, for its notes."""

    unsafe: int = 0  # scripts, styles and forms
    trackers: int = 0
    bars: int = 0
    lazy: int = 0
    images: int = 0  # shown as links or left out, as the source's settings want
    embeds: int = 0  # frames that became links
    resolved: int = 0  # relative addresses


def settle(html: str, base: str, tally: SanitizeStats) -> str:
    """Wake lazy images, make `srcset` absolute and take pixels out; then resolve the `noscript` twins."""
    if "<img" not in html and "<source" not in html:
        return _NOSCRIPT.sub(_unwrapped, html) if "<x-noscript" in html else html

    def replace(tag: re.Match[str]) -> str:
        written = tag[0]
        return (
            _settled(tag[1], tags.attributes(written), base, tally)
            if has_cause(written)
            else dressed(written)
        )

    html = _TAG.sub(replace, html)
    return _without_twins(html) if "<x-noscript" in html else html


def dressed(tag: str) -> str:
    """Give a plain picture's tag its manners; a `source` stays as it is."""
    if tag.startswith("<source"):
        return tag
    # Without alternative text a reader's software would read the address out.
    return tag[:-1] + ("" if ' alt="' in tag else ' alt=""') + _MANNERS


def has_cause(tag: str) -> bool:
    """Tell whether an image needs a look: hidden, tiny, lazy, a beacon, an emoji, an address missing or relative."""
    source = _SOURCE.search(tag)
    if source is None or " data-" in tag or ' style="' in tag:
        return True
    if ' srcset="' in tag and _UNSETTLED_SET.search(tag):
        return True
    address = source[1]
    return (
        not address
        or address.startswith("data:")
        or bool(_SMALL.search(tag))
        or is_beacon_or_emoji(address)
    )


def is_beacon_or_emoji(address: str) -> bool:
    """Tell whether an address is that of no picture to be seen: a count of readers, or a character's."""
    return _EMOJI in address or trackers.is_beacon(address)


def _settled(name: str, attributes: tags.Attributes, base: str, tally: SanitizeStats) -> str:
    source = _real_source(attributes, base)
    if name == "img" and _EMOJI in source and attributes.get("alt"):
        return tags.escaped(attributes["alt"])
    if name == "img" and trackers.is_pixel(attributes | {"src": source}):
        tally.trackers += 1
        return tags.GONE
    if source != attributes.get("src", ""):
        tally.lazy += 1
    candidates = source_set(
        next((attributes[key] for key in LAZY_SETS if key in attributes), ""), base
    )
    candidates = candidates or source_set(attributes.get("srcset", ""), base)
    if name == "img" and not source:
        source = _first_candidate(candidates)
    if not source and not candidates:
        return tags.GONE
    if name == "source":
        return tags.start(name, _rebuilt(attributes, "" if candidates else source, candidates))
    attributes.setdefault(
        "alt", attributes.get("title", "")
    )  # without it the address would be read out
    return tags.start(name, _rebuilt(attributes, source, candidates))[:-1] + _MANNERS


def _rebuilt(attributes: tags.Attributes, source: str, candidates: str) -> tags.Attributes:
    kept = {
        key: text
        for key, text in attributes.items()
        if key not in {"src", "srcset", "style"}
        and not key.startswith("data-")
        and (candidates or key != "sizes")
    }
    return (
        ({"src": source} if source else {}) | ({"srcset": candidates} if candidates else {}) | kept
    )


def _real_source(attributes: tags.Attributes, base: str) -> str:
    """Return the address of the picture itself, be it in `src` or where a lazy-loading script looks for it."""
    for key in LAZY:
        if key in attributes and (real := urls.web(attributes[key], base)):
            return real
    source = attributes.get("src", "")
    if source.startswith("data:") and len(source) < _STAND_IN:
        return ""
    return source


def source_set(text: str, base: str) -> str:
    """Make every candidate of a `srcset` absolute (HTML, 4.8.4.2); those that are no web address go.

    >>> source_set("a.png 1x, javascript:b 2x,/c,d.png 3x", "https://e.example/")
    'https://e.example/a.png 1x, https://e.example/c,d.png 3x'
    """
    if not text or _PLAIN_SET.fullmatch(text):
        return text
    kept = []
    for address, descriptor in _candidates(text):
        if url := urls.web(address, base):
            kept.append(f"{url} {descriptor}" if descriptor else url)
    return ", ".join(kept)


def _candidates(text: str) -> list[tuple[str, str]]:
    """Split a `srcset`: a comma parts two candidates only behind a descriptor or at an address's end."""
    found: list[tuple[str, str]] = []
    rest = text.strip(" \t\n\r\f,")
    while rest:
        address, _, rest = rest.partition(" ") if " " in rest else (rest, "", "")
        if address.endswith(","):
            found.append((address.rstrip(","), ""))
            rest = rest.lstrip(" \t\n\r\f,")
            continue
        descriptor, _, rest = rest.partition(",")
        found.append((address, " ".join(descriptor.split())))
        rest = rest.lstrip(" \t\n\r\f,")
    return found


def _first_candidate(candidates: str) -> str:
    return candidates.partition(" ")[0].rstrip(",")


def allowed_data(source: str) -> str:
    """Return a picture that stands in the address itself, where it can only be a picture; else ""."""
    return source if _PICTURE_DATA.fullmatch(source) else ""


def _without_twins(html: str) -> str:
    """Of a lazy image and its `noscript` twin keep one, wherever the twin stands."""
    shown = set(_SRC.findall(_NOSCRIPT.sub("", html)))

    def replace(twin: re.Match[str]) -> str:
        inside = _SRC.findall(twin[1])
        return tags.GONE if inside and shown.issuperset(inside) else _unwrapped(twin)

    return _NOSCRIPT.sub(replace, html)


def _unwrapped(twin: re.Match[str]) -> str:
    """Return what is shown without scripts: pictures and players; "please enable JavaScript" goes."""
    return twin[1] if _MEDIA.search(twin[1]) else tags.GONE


def restricted(html: str, policy: Policy, tally: SanitizeStats) -> str:
    """Show images as links, or not at all, where the source's settings say so."""
    if policy == "keep" or "<img" not in html:
        return html
    show: Callable[[re.Match[str], bool], str] = (
        _as_link if policy == "link" else (lambda tag, linked: tags.GONE)
    )
    parts = re.split(
        r"(<a(?: [^>]*)?>|</a>)", re.sub(r"<source(?: [^>]*)? srcset=[^>]*>|</?picture>", "", html)
    )
    linked = False
    for index, part in enumerate(parts):
        if part.startswith(("<a ", "<a>")):
            linked = True
        elif part == "</a>":
            linked = False
        elif "<img" in part:
            tally.images += part.count("<img")
            parts[index] = re.sub(
                r"<img(?: [^>]*)?>", lambda tag, inside=linked: show(tag, inside), part
            )
    return tags.tidy("".join(parts))


def _as_link(tag: re.Match[str], linked: bool) -> str:
    attributes = tags.attributes(tag[0])
    source = attributes.get("src", "")
    name = (
        attributes.get("alt", "").strip()
        or unquote(urlsplit(source).path.rpartition("/")[2])
        or "image"
    )
    if linked or not source.startswith("http"):
        return tags.escaped(f"[{name}]")
    return (
        tags.start("a", {"href": source, "rel": "noopener noreferrer"})
        + tags.escaped(f"[{name}]")
        + "</a>"
    )


def lead(html: str) -> Image | None:
    """Return the first picture of a body that is worth showing alone; icons and emoji are not."""
    place = -1
    while (place := html.find("<img ", place + 1)) >= 0:
        attributes = tags.attributes(html[place : html.index(">", place)])
        width, height = (_number(attributes.get(key, "")) for key in ("width", "height"))
        source = attributes.get("src", "")
        if (
            source.startswith("http")
            and not (0 < width < _ICON or 0 < height < _ICON)
            and "/emoji/" not in source
        ):
            return Image(urls.web(source), width, height, attributes.get("alt", ""))
    return None


def _number(text: str) -> int:
    digits = _DIGITS.match(text)
    return int(digits[1]) if digits else 0
