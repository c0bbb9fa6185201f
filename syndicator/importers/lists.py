"""The text of a list -> its feeds, and remarks on losses.

Three kinds are told apart by their looks: OPML, which every reader exports; INI, as Planet, Venus,
Pluto and rss2email are set up (`planets`); and a line a feed, as in newsboat's `urls`. Each yields
feeds, and lines on what it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec.structs import replace

from syndicator import urls
from syndicator.errors import UsageError
from syndicator.importers import planets, programs
from syndicator.importers.subscription import Heading, Remark, Subscription, account, summed
from syndicator.quantities import counted
from syndicator.urls import redacted

if TYPE_CHECKING:
    from lxml.etree import _Element

_SECTION = re.compile(r"^\[[^\[\]\n]+\]\s*$", re.MULTILINE)
_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
# The address of a file of this machine; not of a folder.
_FILE = re.compile(r"file:(?://(?:localhost)?)?(/(?!/)[^?#]*[^?#/])", re.IGNORECASE)
# An ampersand that XML has no meaning for: bare in an address, or HTML's (`&nbsp;`).
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#[xX][0-9a-fA-F]+);)([A-Za-z][A-Za-z0-9]*;)?"
)
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')  # as newsboat's urls file: bare, or in quotes


def read(text: str, name: str) -> tuple[list[Subscription], list[str]]:
    """Return the feeds of a list, each address of one account once, and a line for each loss.

    A feed that is listed several times has the tags of all its places. `name` is that of the file,
    for errors. Raises UsageError if no feed is listed.
    """
    feeds = dict[tuple[str, str], Subscription]()
    told, others = list[Remark | str](), list[Remark | str]()
    for item in _reader(text)(text, name):
        if isinstance(item, Remark | str):
            told.append(item)
        elif url := _address(item.url):
            key = (urls.place(url), account(url))
            known = feeds.get(key)
            feeds[key] = merged(known, item) if known else replace(item, url=url)
        else:
            others.append(Remark("left out, no address of a feed", redacted(item.url)))
    if not feeds and not told:
        raise UsageError(f"{name}: lists no feeds; expected {KINDS}")
    return list(feeds.values()), summed([*told, *others])


# Remarks that begin so tell of a list that could not be read to its end.
DAMAGED = "the list is "

KINDS = (
    "OPML, the INI file of a planet, sfeed's sfeedrc, rawdog's config, the YAML of Perlanet or "
    "planet-sympy, mercury's TOML, or an address a line"
)


def merged(known: Subscription, other: Subscription) -> Subscription:
    """Return one subscription of two for one feed: the first, with the tags of both."""
    tags = tuple(dict.fromkeys((*known.tags, *other.tags)))
    return replace(known, name=known.name or other.name, tags=tags)


def _reader(text: str) -> Callable[[str, str], Iterator[Subscription | Remark | str]]:
    """Return the reader of a list, by its looks."""
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return _opml
    if reader := programs.reader(text):
        return reader
    return planets.read if _SECTION.search(text) else _lines


def heading(text: str, name: str) -> Heading:
    """Return a planet's own settings; the lists of readers have none."""
    reader = _reader(text)
    if reader is planets.read:
        return planets.heading(text, name)
    return Heading() if reader in (_opml, _lines) else programs.heading(text)


def _address(written: str) -> str:
    """Return the address of a feed, or the path of a file here; "" if it is neither."""
    url = urls.strip_feed_scheme(written)
    if _WEB.fullmatch(url):
        return url
    path = unquote(match[1]) if (match := _FILE.fullmatch(url)) else ""
    return str(Path(path)) if path and path.isprintable() else ""


def _opml(text: str, name: str) -> Iterator[Subscription | Remark | str]:
    """Yield the outlines that have an address.

    Those around them, and their categories, are tags.
    """
    from lxml import etree  # 30 ms that only OPML needs

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(_AMPERSAND.sub(_mended, text.lstrip("\ufeff \t\r\n")).encode(), parser)
    if root is None or not str(root.tag).lower().endswith("opml"):
        raise UsageError(
            f"{name}: is XML, but no OPML; a feed itself is read by `syndicator fetch {name}`"
        )
    listed = 0
    for outline in root.iter("outline"):
        said = _said(outline)
        folders = list(map(_said, outline.iterancestors("outline")))
        if url := said.get("xmlurl"):
            listed += 1
            shown = redacted(url)
            # OPML 2.0: a commented outline, or one below it, is not in use.
            if "true" in (outline.get("iscomment", "").lower() for outline in (said, *folders)):
                yield Remark("left out, commented out in the list", shown)
            elif "+" in said.get("type", ""):  # FreshRSS: "HTML+XPath", "JSON+DotNotation"
                yield Remark(f"left out, not a feed but {said['type']}", shown)
            else:
                yield Subscription(
                    url, said.get("title") or said.get("text", ""), _tags(said, folders)
                )
                # FreshRSS's attribute, under whatever prefix: the text comes from the post's page.
                if any(value and key.endswith("cssfullcontent") for key, value in said.items()):
                    yield Remark("not taken over, `frss:cssFullContent`", shown, " of ")
    written = len(_XML_URL.findall(_XML_COMMENT.sub("", text)))
    if not _XML_END.search(text):
        yield f"{DAMAGED}cut: it ends after {counted(listed, 'feed')}, without </opml>"
    elif listed < written:
        fault = next(iter(parser.error_log), None)
        where = f" at line {fault.line} ({fault.message})" if fault else ""
        yield (
            f"{DAMAGED}damaged{where}: {listed} of its {written} feeds could be read; mend it "
            "and import it again"
        )


_XML_END = re.compile(r"</(?:\w+:)?opml\s*>", re.IGNORECASE)
_XML_URL = re.compile(r"\bxmlUrl\s*=", re.IGNORECASE)
_XML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def _said(outline: _Element) -> dict[str, str]:
    return {str(key).lower(): " ".join(str(value).split()) for key, value in outline.attrib.items()}


def _tags(said: Mapping[str, str], folders: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    around = [folder.get("text") or folder.get("title", "") for folder in reversed(folders)]
    categories = [
        " ".join(part.strip("/ ").split()) for part in said.get("category", "").split(",")
    ]
    return tuple(filter(None, dict.fromkeys((*around, *categories))))


def _mended(match: re.Match[str]) -> str:
    """Return HTML's letter, or an escaped ampersand."""
    letter = unescape(match[0])
    return letter if letter != match[0] else f"&amp;{match[0][1:]}"


def _lines(text: str, _name: str) -> Iterator[Subscription]:
    """Yield a feed a line: its address, then tags; a tag that begins with "~" is the name.

    "!" before an address or a tag hides the feed in newsboat's own list; it is read there as any
    other, and so here.
    """
    for line in text.lstrip("\ufeff").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        url, *words = [
            quoted.replace('\\"', '"') or bare for quoted, bare in _WORD.findall(line)
        ] or [line]
        names = [word[1:] for word in words if word.startswith("~")]
        tags = dict.fromkeys(word for word in words if word and word[0] not in "~!")
        yield Subscription(url.removeprefix("!"), names[0] if names else "", tuple(tags))
