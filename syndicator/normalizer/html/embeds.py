"""Frames of sanitized HTML -> players of known video and audio hosts, sandboxed; all else a link.

`prepare` renames the elements whose content HTML reads as raw text (`iframe`, `noscript`) before nh3 sees
them, so that a `<iframe ... />` of an XHTML feed does not swallow the rest of the post.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from syndicator import urls
from syndicator.normalizer.html import tags, trackers
from syndicator.normalizer.html.images import SanitizeStats

_RAW = re.compile(
    r"<(/?)(?:(noscript|iframe)|amp-(img|video|audio|iframe)|(embed|object))(?=[\s/>])",
    re.IGNORECASE,
)

_HOSTS = (
    r"https?://(?:"
    r"(?P<youtube>(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/(?P<id>[A-Za-z0-9_-]+)[^\s]*)"
    r"|player\.vimeo\.com/video/\d+"
    r"|(?:www\.|geo\.)?dailymotion\.com/(?:embed/video/|player)"
    r"|[a-z0-9.-]+/videos/embed/[A-Za-z0-9-]{8,}"  # PeerTube, on any host
    r"|archive\.org/embed/|embed\.ted\.com/|(?:www\.)?ted\.com/talks/embed|media\.ccc\.de/v/[^/]+/oembed"
    r"|w\.soundcloud\.com/player|open\.spotify\.com/embed|bandcamp\.com/EmbeddedPlayer|embed\.podcasts\.apple\.com/"
    r"|embed\.music\.apple\.com/|www\.mixcloud\.com/widget/|player\.bilibili\.com/|rumble\.com/embed/"
    r"|fast\.wistia\.(?:net|com)/embed/|players\.brightcove\.net/|play\.acast\.com/|embed\.acast\.com/"
    r"|rutube\.ru/play/embed|vk\.com/video_ext\.php|vkvideo\.ru/video_ext\.php|www\.loom\.com/embed/"
    r"|videopress\.com/(?:embed|v)/|video\.wordpress\.com/embed/|www\.arte\.tv/player/|odysee\.com/(?:\$/)?embed/"
    r"|tube\.[a-z0-9.-]+/videos/embed/|www\.instagram\.com/(?:p|reel)/[^/]+/embed|www\.buzzsprout\.com/\d+"
    r"|player\.twitch\.tv/|clips\.twitch\.tv/embed|html5-player\.libsyn\.com/|share\.transistor\.fm/e/"
    r")"
)
_FRAME = re.compile(r"<(/?)x-(?:iframe|embed|object)(?= |>)[^>]*>")


def prepare(html: str) -> str:
    """Rename raw-text and plug-in elements to ones of ours that nh3 parses like any other.

    >>> prepare('<iframe src="x"/><noscript>')
    '<x-iframe src="x"/><x-noscript>'
    """
    return _RAW.sub(_renamed, html) if _RAW.search(html) else html


_HREF = re.compile(r'<a (?:[^>]* )?href="([^"]*)"')
# What WordPress adds to a page's address for the frame that shows its card; the page is linked right above it.
_CARD = re.compile(r"(?:embed/?|[?&](?:amp;)?embed=true)(?:#.*)?$")


def _renamed(tag: re.Match[str]) -> str:
    slash, raw, amp, plug_in = tag.groups()
    if amp:
        return f"<{slash}{'x-iframe' if amp.lower() == 'iframe' else amp.lower()}"
    return f"<{slash}x-{(raw or plug_in).lower()}"


def settle(html: str, base: str, tally: SanitizeStats) -> str:
    """Turn frames into safe players or links; what stood inside them is kept."""
    if "<x-" not in html:
        return html
    shown = {url.partition("#")[0] for url in _HREF.findall(html)}

    def replace(tag: re.Match[str]) -> str:
        if tag[1]:
            return ""
        return _settled(tags.attributes(tag[0]), base, shown, tally)

    return _FRAME.sub(replace, html)


def _settled(attributes: tags.Attributes, base: str, shown: set[str], tally: SanitizeStats) -> str:
    written = next(
        (
            attributes[key]
            for key in ("data-src", "data-lazy-src", "src", "data")
            if attributes.get(key)
        ),
        "",
    )
    url = urls.web(written, base)
    if not url or trackers.is_pixel(attributes | {"src": url}):
        if url:
            tally.trackers += 1
        return tags.GONE
    page = _CARD.sub("", url)
    if url in shown or page in shown:  # <object data="x"><embed src="x"></object>
        return tags.GONE
    shown.add(url)
    player = _hosts().match(url)
    if player:
        return _player(player, url, attributes)
    tally.embeds += 1
    if urlsplit(url).path.endswith(
        ".swf"
    ):  # Flash: no browser plays it, and the file alone shows nothing
        return tags.GONE
    return _link(page, attributes.get("title", ""))


@lru_cache(maxsize=1)
def _hosts() -> re.Pattern[str]:
    return re.compile(
        _HOSTS, re.IGNORECASE
    )  # two milliseconds, which posts without a frame do without


def _player(found: re.Match[str], url: str, attributes: tags.Attributes) -> str:
    """Write the frame: no rights but to play, no address of the reader's told.

    YouTube refuses to play where no referrer comes at all (its error 153), so it is told the origin alone.
    """
    policy, host = "no-referrer", urls.host(url)
    if found["youtube"]:
        query = url.partition("?")[2].partition("#")[0]
        start = re.search(r"(?:^|&)(?:start|t)=(\d+)", query)
        url = f"https://www.youtube-nocookie.com/embed/{found['id']}" + (
            f"?start={start[1]}" if start else ""
        )
        policy = "strict-origin"
    size = {
        key: attributes[key]
        for key in ("width", "height")
        if re.fullmatch(r"\d{1,4}", attributes.get(key, ""))
    }
    frame = {
        "src": "https://" + url.partition("://")[2],
        "title": attributes.get("title", "").strip() or host,
        **size,
        "sandbox": "allow-scripts allow-same-origin allow-popups allow-presentation",
        "allow": "fullscreen; encrypted-media; picture-in-picture",
        "loading": "lazy",
        "referrerpolicy": policy,
    }
    return tags.start("iframe", frame) + "</iframe>"


def _link(url: str, title: str) -> str:
    name = title.strip() or urls.host(url)
    return (
        tags.start("a", {"href": url, "rel": "noopener noreferrer"}) + tags.escaped(name) + "</a>"
    )
