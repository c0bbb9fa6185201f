"""What the normalizer's tests share: reading cases, small feeds, and an allow-list check that
doesn't know nh3.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import html5lib

from syndicator.model.feed import Entry, FeedHead, ItemKey, Link, ParsedFeed, Text
from syndicator.model.post import NormalizedFeed, Post
from syndicator.model.settings import Source
from syndicator.normalizer import normalize

CASES = Path(__file__).parent / "cases" / "normalizer"
SHARED = Path(__file__).parents[2] / "shared"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
FEED = "https://blog.example/feed.xml"
SITE = "https://blog.example/"
PAGE = "https://blog.example/2024/post/"

# Written out again here on purpose: what the sanitizer lets through is compared with this, not with
# itself.
_TAGS = """
    a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code col colgroup data dd
    del details dfn dir div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i iframe img ins kbd li
    main mark menu nav nobr ol p picture pre q rp rt ruby s samp section small source span strike strong sub summary sup
    table tbody td tfoot th thead time tr track tt u ul var video wbr
    math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder mover
    munderover mmultiscripts mprescripts none mtable mtr mtd menclose
"""
TAGS = _TAGS.split()
ADDRESSES = {"href": "", "src": "web", "poster": "web", "cite": "web", "srcset": "set"}
NEVER = re.compile(
    r"on|data|xlink|(?:style|id|name|action|formaction|background|srcdoc|http-equiv|ping|target|is)$"
)
_LINKS = "http https mailto tel sms xmpp irc ircs magnet geo ftp ftps gemini matrix"
LINKS = set(_LINKS.split())
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
NAMESPACES = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"}


def cases(name: str) -> list[tuple[str, str, str]]:
    """Read a file of cases: situation, HTML, what becomes of it."""
    found = []
    for block in re.split(
        r"^## ", (CASES / f"{name}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE
    )[1:]:
        situation, _, body = block.partition("\n")
        written, arrow, expected = body.partition("\n=>\n")
        assert arrow, f"{name}: {situation}: no expected HTML"
        found.append((situation, written, expected.rstrip("\n")))
    return found


def offences(html: str) -> list[str]:
    """Parse HTML as a browser does and name all in it that has no place in a post."""
    found = [f"character {match[0]!r}" for match in FORBIDDEN.finditer(html)]
    for element in html5lib.parseFragment(html, container="div", treebuilder="etree").iter():
        if not isinstance(element.tag, str):
            found.append("a comment")
        elif element.tag != "DOCUMENT_FRAGMENT":
            namespace, _, name = element.tag[1:].partition("}")
            if name not in TAGS or namespace not in NAMESPACES:
                found.append(f"<{element.tag}>")
            found += _attribute_offences(name, element.attrib)
    return found


def _attribute_offences(name: str, attributes: dict[str, str]) -> list[str]:
    found = [
        f"{name} {key}" for key in attributes if NEVER.match(str(key)) and key not in {"datetime"}
    ]
    for key, kind in ADDRESSES.items():
        if key not in attributes:
            continue
        for address in attributes[key].split(", ") if kind == "set" else [attributes[key]]:
            bare = re.sub(r"[\x00-\x20]", "", address).lower()
            scheme = bare.partition(":")[0]
            picture = (
                name == "img"
                and key == "src"
                and re.match(r"data:image/(png|jpeg|gif|webp|avif);base64,", bare)
            )
            if not picture and scheme not in (LINKS if not kind else {"http", "https"}):
                found.append(f"{name} {key}={address}")
    if name == "iframe" and (
        "allow-top" in attributes.get("sandbox", "allow-top") or "srcdoc" in attributes
    ):
        found.append("iframe without a sandbox")
    return found


def entry(html: str = "", **parts: object) -> Entry:
    """Make an entry of a blog's feed; a string for the title or the summary is HTML."""
    for name in ("title", "summary"):
        if isinstance(parts.get(name), str):
            parts[name] = Text(str(parts[name]))
    parts.setdefault("links", (Link(PAGE),))
    parts.setdefault("guid", PAGE)
    parts.setdefault("contents", (Text(html),) if html else ())
    return Entry(fingerprint="f", **parts)  # type: ignore[arg-type]


def feed(
    *entries: Entry, head: FeedHead | None = None, source: Source | None = None, url: str = FEED
) -> NormalizedFeed:
    """Normalize entries as those of one fetch."""
    parsed = ParsedFeed(
        source_id="blog",
        url=url,
        head=head or FeedHead(title="Blog", link=SITE, version="rss20", language="en"),
        items=tuple(ItemKey(one.fingerprint, one.guid) for one in entries),
        entries=entries,
    )
    return normalize(parsed, source or Source(id="blog", url=FEED), NOW)


def post(
    html: str = "<p>Text</p>",
    *,
    source: Source | None = None,
    head: FeedHead | None = None,
    **parts: object,
) -> Post:
    """Normalize one entry."""
    return feed(entry(html, **parts), head=head, source=source).posts[0]
