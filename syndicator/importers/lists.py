"""The text of a list -> its feeds, and what of it can't be taken over.

Three kinds are told apart by their looks: OPML, which every reader exports; INI, as Planet, Venus, Pluto and rss2email
are set up (`planets`); and a line a feed, as in newsboat's `urls`. Each yields feeds, and lines on what it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec.structs import replace

from syndicator import urls
from syndicator.errors import UsageError
from syndicator.importers import planets
from syndicator.importers.subscription import Heading, Subscription, account, place
from syndicator.urls import redacted

if TYPE_CHECKING:
    from lxml.etree import _Element

_SECTION = re.compile(r"^\[[^\[\]\n]+\]\s*$", re.MULTILINE)
_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_FILE = re.compile(
    r"file:(?://(?:localhost)?)?(/(?!/)[^?#]*[^?#/])", re.IGNORECASE
)  # of this machine, and no folder
# An ampersand that XML has no meaning for: bare in an address, or HTML's (`&nbsp;`).
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#[xX][0-9a-fA-F]+);)([A-Za-z][A-Za-z0-9]*;)?"
)
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')  # as newsboat's urls file: bare, or in quotes


def read(text: str, name: str) -> tuple[list[Subscription], list[str]]:
    """Return the feeds of a list, each address of one account once, and a line about each thing that is left out.

    `name` is that of the file, for errors. Raises UsageError where no feed is listed.
    """
    if _is_xml(text):
        found = _opml(text, name)
    elif _SECTION.search(text):
        found = planets.read(text, name)
    else:
        found = _lines(text)
    feeds, told, others = dict[tuple[str, str], Subscription](), list[str](), list[str]()
    for one in found:
        if isinstance(one, str):
            told.append(one)
        elif url := _address(one.url):
            feeds.setdefault((place(url), account(url)), replace(one, url=url))
        else:
            others.append(f"left out, no address of a feed: {redacted(one.url)}")
    if not feeds and not told:
        kinds = "OPML, the INI file of a planet, or an address a line"
        raise UsageError(f"{name}: lists no feeds; expected {kinds}")
    return list(feeds.values()), told + others


def heading(text: str, name: str) -> Heading:
    """Return what a planet's list says of the planet; the lists of readers say nothing of the kind."""
    return Heading() if _is_xml(text) or not _SECTION.search(text) else planets.heading(text, name)


def _is_xml(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def _address(written: str) -> str:
    """Return the address of a feed, or the path where it is a file here; "" for what is neither."""
    url = urls.strip_feed_scheme(written)
    if _WEB.fullmatch(url):
        return url
    path = unquote(found[1]) if (found := _FILE.fullmatch(url)) else ""
    return str(Path(path)) if path and path.isprintable() else ""


def _opml(text: str, name: str) -> Iterator[Subscription | str]:
    """Yield the outlines that have an address; those around them, and their categories, are tags."""
    from lxml import etree  # 30 ms that only OPML needs

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(_AMPERSAND.sub(_mended, text.lstrip("\ufeff \t\r\n")).encode(), parser)
    if root is None or not str(root.tag).lower().endswith("opml"):
        raise UsageError(
            f"{name}: is XML, but no OPML; a feed itself is read by `syndicator fetch {name}`"
        )
    for outline in root.iter("outline"):
        said = _said(outline)
        folders = [_said(folder) for folder in outline.iterancestors("outline")]
        if url := said.get("xmlurl"):
            shown = redacted(url)
            if "true" in (
                one.get("iscomment", "").lower() for one in (said, *folders)
            ):  # OPML 2.0: not in use
                yield f"left out, commented out in the list: {shown}"
            elif "+" in said.get("type", ""):  # FreshRSS: "HTML+XPath", "JSON+DotNotation"
                yield f"left out, not a feed but {said['type']}: {shown}"
            else:
                yield Subscription(
                    url, said.get("title") or said.get("text", ""), _tags(said, folders)
                )
                if any(
                    value and key.endswith("cssfullcontent") for key, value in said.items()
                ):  # whatever the prefix
                    yield f"not taken over, `frss:cssFullContent` of {shown}"  # FreshRSS: the text of each post's page


def _said(outline: _Element) -> dict[str, str]:
    return {str(key).lower(): " ".join(str(value).split()) for key, value in outline.attrib.items()}


def _tags(said: Mapping[str, str], folders: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    around = [folder.get("text") or folder.get("title", "") for folder in reversed(folders)]
    categories = [
        " ".join(part.strip("/ ").split()) for part in said.get("category", "").split(",")
    ]
    return tuple(filter(None, dict.fromkeys((*around, *categories))))


def _mended(found: re.Match[str]) -> str:
    letter = unescape(found[0]) if found[1] else found[0]
    return letter if letter != found[0] else "&amp;" + found[0][1:]


def _lines(text: str) -> Iterator[Subscription]:
    """Yield a feed a line: its address, then tags; a tag that begins with "~" is the name.

    "!" before an address or a tag hides the feed in newsboat's own list; it is read there as any other, and so here.
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
