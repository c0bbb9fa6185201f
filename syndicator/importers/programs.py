"""The lists of sfeed, rawdog, Perlanet, planet-sympy and mercury -> their feeds.

Each is told by its looks. None needs its whole language: a feed is a line, or a few keys.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Iterator

from syndicator.importers.subscription import Heading, Remark, Subscription

Reader = Callable[[str, str], Iterator[Subscription | Remark | str]]

# sfeed: a shell function of lines such as  feed "name" "https://a.example/f" "https://a.example".
_SFEED = re.compile(r"^\s*feed\s+([\"'].*)$", re.MULTILINE)
# rawdog: "feed 1h https://a.example/f", options below it, indented or behind it.
_RAWDOG = re.compile(r"^feed\s+\d+[smhd]?\s+(\S+)(.*)$", re.MULTILINE)
_RAWDOG_NAME = re.compile(r"^\s+define_(?:name|title)\s+(.+)$")
# YAML of Perlanet and planet-sympy: "feeds:", then a list of small tables.
_YAML = re.compile(r"^feeds:\s*(?:#.*)?$", re.MULTILINE)
_YAML_KEY = re.compile(r"^\s*(?:-\s+)?([\w-]+):\s+(.*?)\s*$")
_TOML = re.compile(r"^\s*\[\[feeds?\]\]", re.MULTILINE)


def reader(text: str) -> Reader | None:
    """Return the reader of a program's list, None if it is of none of these."""
    for looks, read in ((_TOML, _toml), (_YAML, _yaml), (_RAWDOG, _rawdog), (_SFEED, _sfeed)):
        if looks.search(text):
            return read
    return None


def heading(text: str) -> Heading:
    """Return a planet's own settings from its YAML or TOML; the others have none."""
    if _TOML.search(text):
        known = {key: value for key, value in _parsed(text).items() if isinstance(value, str)}
        number = _parsed(text).get("items", 0)
    elif _YAML.search(text):
        known = dict(_yaml_keys(text[: _YAML.search(text).start()]))  # type: ignore[union-attr]
        entries = known.get("entries", "")
        number = int(entries) if entries.isdigit() else 0
    else:
        return Heading()
    mail = known.get("email", "")
    return Heading(
        title=known.get("title") or known.get("name", ""),
        link=known.get("url") or known.get("link", ""),
        contact=f"mailto:{mail}" if "@" in mail else "",
        limit=number if isinstance(number, int) else 0,
    )


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _toml(text: str, _name: str) -> Iterator[Subscription | Remark | str]:
    parsed = _parsed(text)
    tables = parsed.get("feed") or parsed.get("feeds") or []
    for table in tables if isinstance(tables, list) else []:
        if url := str(table.get("feed") or table.get("url") or ""):
            yield Subscription(url, str(table.get("name") or table.get("title") or ""))


def _sfeed(text: str, _name: str) -> Iterator[Subscription | Remark | str]:
    for line in text.splitlines():
        if match := _SFEED.match(line):
            try:
                name, url, *_ = shlex.split(match[1], comments=True)
            except ValueError:  # fewer than two words, or a quote that is not closed
                yield Remark("left out, a line that can't be read", line.strip())
            else:
                yield Subscription(url, name)


def _rawdog(text: str, _name: str) -> Iterator[Subscription | Remark | str]:
    url = name = ""
    for line in [*text.splitlines(), "feed 0 "]:
        if line.startswith("feed "):
            if url:
                yield Subscription(url, name)
            match = _RAWDOG.match(line)
            url, name = (match[1], "") if match else ("", "")
        elif url and (option := _RAWDOG_NAME.match(line)):
            name = option[1].strip()


def _yaml(text: str, _name: str) -> Iterator[Subscription | Remark | str]:
    match = _YAML.search(text)
    items: list[dict[str, str]] = []
    for line in text[match.end() if match else 0 :].splitlines():
        if line.strip() and not line.startswith((" ", "-", "\t", "#")):
            break  # the next key of the top level
        if line.lstrip().startswith("- "):
            items.append({})
        if items:
            items[-1].update(_yaml_keys(line))
    for item in items:
        if url := item.get("feed") or item.get("url", ""):
            yield Subscription(url, item.get("title") or item.get("name", ""))


def _yaml_keys(text: str) -> Iterator[tuple[str, str]]:
    """Yield keys with plain or quoted values, one a line; blocks and anchors are passed over."""
    for line in text.splitlines():
        if match := _YAML_KEY.match(line):
            value = re.sub(r"^([\"'])(.*)\1$", r"\2", match[2])
            yield match[1], re.sub(r"(?<!\s)\s+#.*$", "", value)
