"""Turn the frames of sanitized HTML into sandboxed players of known hosts, or into links.

`prepare` renames elements that HTML reads as raw text (`iframe`, `noscript`) before they are
parsed. So the `<iframe ... />` of an XHTML feed does not swallow the rest of the post.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import parse_qs, urlencode, urlsplit

from syndicator import urls
from syndicator.normalizer.html import tags, trackers
from syndicator.normalizer.html.images import SanitizeStats

_RAW = re.compile(
    r"<(/?)(?:(noscript|iframe)|amp-(img|video|audio|iframe)|(embed|object))(?=[\s/>])",
    re.IGNORECASE,
)
# Hosts and paths of players. A frame may run scripts of its host, so a path alone proves nothing:
# PeerTube's runs on any host, so its hosts are listed (PEERTUBE).
_HOSTS = (
    r"https?://(?:"
    r"(?P<youtube>(?:www\.|m\.)?youtube(?:-nocookie)?\.com"
    r"/(?:embed|v)/(?P<id>[A-Za-z0-9_-]+)[^\s]*)"
    r"|player\.vimeo\.com/video/\d+"
    r"|(?:www\.|geo\.)?dailymotion\.com/(?:embed/video/|player)"
    r"|archive\.org/embed/|embed\.ted\.com/|(?:www\.)?ted\.com/talks/embed"
    r"|media\.ccc\.de/v/[^/]+/oembed|w\.soundcloud\.com/player|open\.spotify\.com/embed"
    r"|bandcamp\.com/EmbeddedPlayer|embed\.podcasts\.apple\.com/|embed\.music\.apple\.com/"
    r"|www\.mixcloud\.com/widget/|player\.bilibili\.com/|rumble\.com/embed/"
    r"|fast\.wistia\.(?:net|com)/embed/|players\.brightcove\.net/|play\.acast\.com/"
    r"|embed\.acast\.com/|rutube\.ru/play/embed|vk\.com/video_ext\.php|vkvideo\.ru/video_ext\.php"
    r"|www\.loom\.com/embed/|videopress\.com/(?:embed|v)/|video\.wordpress\.com/embed/"
    r"|www\.arte\.tv/player/|odysee\.com/(?:\$/)?embed/|www\.instagram\.com/(?:p|reel)/[^/]+/embed"
    r"|www\.buzzsprout\.com/\d+|player\.twitch\.tv/|clips\.twitch\.tv/embed"
    r"|html5-player\.libsyn\.com/|share\.transistor\.fm/e/"
    r")"
)
# Well-known, long-running hosts of PeerTube; `players` in feeds.toml adds others.
_PEERTUBE_WORDS = """
    diode.zone exode.me framatube.org kolektiva.media libre.video makertube.net peertube.co.uk
    peertube.debian.social peertube.social peertube.tv peertube.uno spectra.video tilvids.com
    tube.tchncs.de video.blender.org video.hardlimit.com video.linux.it video.ploud.fr
"""
PEERTUBE = frozenset(_PEERTUBE_WORDS.split())
_PEERTUBE_PATH = re.compile(r"/videos/embed/[A-Za-z0-9-]{8,}")
_FRAME = re.compile(r"<(/?)x-(?:iframe|embed|object)(?= |>)[^>]*>")
_HREF = re.compile(r'<a (?>(?:[^<>]*? )?href=")([^"<>]*+)"')
# WordPress adds this to a page's address for a frame with its card, below a link to the page.
_CARD = re.compile(r"(?:embed/?|[?&](?:amp;)?embed=true)(?:#.*)?$")
_SOURCES = ("data-src", "data-lazy-src", "src", "data")
_SIZE = re.compile(r"\d{1,4}")


def prepare(html: str) -> str:
    """Rename raw-text and plug-in elements to names of ours, which are parsed like any other.

    >>> prepare('<iframe src="x"/><noscript>')
    '<x-iframe src="x"/><x-noscript>'
    """
    return _RAW.sub(_renamed, html)


def _renamed(tag: re.Match[str]) -> str:
    slash, raw, amp, plug_in = tag.groups()
    if amp:
        return f"<{slash}{'x-iframe' if amp.lower() == 'iframe' else amp.lower()}"
    return f"<{slash}x-{(raw or plug_in).lower()}"


def with_players(html: str, base: str, stats: SanitizeStats, players: Collection[str] = ()) -> str:
    """Turn frames into players or links; their content stays.

    `players` are hosts whose frames are shown besides the known ones.
    """
    if "<x-" not in html:
        return html
    shown = {url.partition("#")[0] for url in _HREF.findall(html)}

    def replaced(tag: re.Match[str]) -> str:
        if tag[1]:
            return ""
        return _replaced(tags.attributes(tag[0]), base, shown, stats, players)

    return _FRAME.sub(replaced, html)


def _replaced(
    attributes: tags.Attributes,
    base: str,
    shown: set[str],
    stats: SanitizeStats,
    players: Collection[str],
) -> str:
    """Return the player or the link for a frame, nothing for a tracker or a page linked already."""
    written = next((attributes[key] for key in _SOURCES if attributes.get(key)), "")
    url = urls.web(written, base)
    page = _CARD.sub("", url)
    # In <object data="x"><embed src="x"></object> the second is shown already.
    if not url or url in shown or page in shown:
        return tags.GONE
    if trackers.is_pixel(attributes | {"src": url}):
        stats.trackers += 1
        return tags.GONE
    shown.add(url)
    if known := _hosts().match(url):
        return _player(url, attributes, youtube_id=known["id"])
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in players or (host in PEERTUBE and _PEERTUBE_PATH.match(parts.path)):
        return _player(url, attributes)
    stats.embeds += 1
    if parts.path.endswith(".swf"):  # Flash: the file alone shows nothing
        return tags.GONE
    name = attributes.get("title", "").strip() or urls.host(page)
    link = tags.start("a", {"href": page, "rel": "noopener noreferrer"})
    return f"{link}{tags.escaped(name)}</a>"


@lru_cache(maxsize=1)
def _hosts() -> re.Pattern[str]:
    # Compiled for the first frame only: it takes two milliseconds.
    return re.compile(_HOSTS, re.IGNORECASE)


def _player(url: str, attributes: tags.Attributes, youtube_id: str | None = None) -> str:
    """Return a sandboxed frame, which learns nothing of the page around it.

    YouTube refuses to play without any referrer (its error 153), so it learns the origin.
    """
    policy, host = "no-referrer", urls.host(url)
    if youtube_id:
        url, policy = _youtube(url, youtube_id), "strict-origin"
    frame = {
        "src": "https://" + url.partition("://")[2],
        "title": attributes.get("title", "").strip() or host,
    }
    for key in ("width", "height"):
        if _SIZE.fullmatch(attributes.get(key, "")):
            frame[key] = attributes[key]
    frame |= {
        "sandbox": "allow-scripts allow-same-origin allow-popups allow-presentation",
        "allow": "fullscreen; encrypted-media; picture-in-picture",
        "loading": "lazy",
        "referrerpolicy": policy,
    }
    return tags.start("iframe", frame) + "</iframe>"


def _youtube(url: str, video: str) -> str:
    """Return the address of YouTube's player without cookies, with playlist and start alone."""
    query = parse_qs(urlsplit(url).query)
    kept: dict[str, str] = {}
    for name, pattern in (("list", r"[A-Za-z0-9_-]+"), ("start", r"\d+"), ("t", r"\d+")):
        value = query.get(name, [""])[0]
        if re.fullmatch(pattern, value):
            kept.setdefault("start" if name == "t" else name, value)
    return f"https://www.youtube-nocookie.com/embed/{video}" + (
        f"?{urlencode(kept)}" if kept else ""
    )
