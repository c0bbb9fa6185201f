"""Another program's list of feeds -> `[[sources]]` tables, for who moves here from a planet or a reader.

Three kinds are told apart by their looks: OPML, which every reader exports; INI, as Planet, Venus, Pluto and rss2email
are set up; and a line a feed, as in newsboat's `urls`. What is no feed's address is left out, and told of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from configparser import ConfigParser, ParsingError
from html import unescape

from msgspec import Struct
from msgspec.structs import replace

from syndicator.errors import UsageError
from syndicator.urls import normal

_SECTION = re.compile(r"^\[[^\[\]\n]+\]\s*$", re.MULTILINE)
_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
# "feed://host/" and "feed:https://host/", as browsers hand addresses to a reader.
_HANDED = re.compile(r"^feed:(?=https?://)", re.IGNORECASE)
_FEED = re.compile(r"^feed://", re.IGNORECASE)
# An ampersand that XML has no meaning for: bare in an address, or HTML's (`&nbsp;`).
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#[xX][0-9a-fA-F]+);)([A-Za-z][A-Za-z0-9]*;)?")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')  # as newsboat's urls file: bare, or in quotes


class Subscription(Struct, frozen=True):
    """A feed as another program lists it."""

    url: str
    name: str = ""
    tags: tuple[str, ...] = ()


def read(text: str, name: str) -> tuple[list[Subscription], list[str]]:
    """Return the feeds of a list, each address once, and what else stood in their place.

    `name` is that of the file, for errors. Raises UsageError where no feed is listed.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        found = _opml(text, name)
    elif _SECTION.search(text):
        found = _ini(text, name)
    else:
        found = _lines(text)
    feeds, others = dict[str, Subscription](), []
    for one in found:
        url = _FEED.sub("http://", _HANDED.sub("", one.url))
        if _WEB.fullmatch(url):
            feeds.setdefault(normal(url), replace(one, url=url))
        else:
            others.append(one.url)
    if not feeds:
        kinds = "OPML, the INI file of a planet, or an address a line"
        raise UsageError(f"{name}: lists no feeds; expected {kinds}")
    return list(feeds.values()), others


def tables(feeds: Iterable[Subscription], taken: Iterable[str] = ()) -> Iterator[str]:
    """Yield a `[[sources]]` table for each feed; a name is left out where another source, or one of `taken`, has it."""
    names = set(taken)
    for feed in feeds:
        lines = ["[[sources]]", f"url = {_quoted(feed.url)}"]
        if feed.name and feed.name not in names:
            names.add(feed.name)
            lines.append(f"name = {_quoted(feed.name)}")
        if feed.tags:
            lines.append(f"tags = [{', '.join(map(_quoted, feed.tags))}]")
        yield "\n".join(lines)


def _quoted(text: str) -> str:
    """Return a text as TOML writes it: JSON's string, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _opml(text: str, name: str) -> Iterator[Subscription]:
    """Yield the outlines that have an address; those around them, and their categories, are tags."""
    from lxml import etree  # 30 ms that only OPML needs

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(_AMPERSAND.sub(_mended, text.lstrip("\ufeff \t\r\n")).encode(), parser)
    if root is None or not str(root.tag).lower().endswith("opml"):
        raise UsageError(f"{name}: is XML, but no OPML; a feed itself is read by `syndicator fetch {name}`")
    for outline in root.iter("outline"):
        said = {str(key).lower(): " ".join(str(value).split()) for key, value in outline.attrib.items()}
        if url := said.get("xmlurl"):
            folders = [folder.get("text") or folder.get("title") or "" for folder in outline.iterancestors("outline")]
            categories = [part.strip("/ ") for part in said.get("category", "").split(",")]
            tags = dict.fromkeys(" ".join(str(tag).split()) for tag in (*reversed(folders), *categories))
            yield Subscription(url, said.get("title") or said.get("text", ""), tuple(filter(None, tags)))


def _mended(found: re.Match[str]) -> str:
    letter = unescape(found[0]) if found[1] else found[0]
    return letter if letter != found[0] else "&amp;" + found[0][1:]


def _ini(text: str, name: str) -> Iterator[Subscription]:
    """Yield the sections that are named by an address (Planet, Venus) or name one (Pluto: `feed`, rss2email: `url`)."""
    parser = ConfigParser(interpolation=None, strict=False, default_section="\0")
    try:
        parser.read_string("[planet]\n" + text.lstrip("\ufeff"), name)  # Pluto's own settings have no section
    except ParsingError as error:
        number = error.errors[0][0] - 1  # of the file, which begins a line later
        raise UsageError(f"{name}, line {number}: no key and value: {text.splitlines()[number - 1]}") from error
    for title in parser.sections():
        said = {key: value.strip() for key, value in parser[title].items()}
        url = title if "://" in title else said.get("feed") or said.get("url", "")
        if url and title.lower() != "planet":
            yield Subscription(url, said.get("name") or said.get("title", ""))


def _lines(text: str) -> Iterator[Subscription]:
    """Yield a feed a line: its address, then tags; a tag that begins with "~" is the name, "!" hides it in newsboat."""
    for line in text.lstrip("\ufeff").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        url, *words = [quoted.replace('\\"', '"') or bare for quoted, bare in _WORD.findall(line)] or [line]
        names = [word[1:] for word in words if word.startswith("~")]
        tags = dict.fromkeys(word for word in words if word and word[0] not in "~!")
        yield Subscription(url, names[0] if names else "", tuple(tags))
