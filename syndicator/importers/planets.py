"""The INI file of a planet (Planet, Venus, Pluto) or of rss2email -> its feeds and their filters.

A planet may hold posts back: by a pattern, by their dates. A rule that has an equal here is taken
over. A feed is left out if more of it would be published than before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from configparser import ConfigParser, ParsingError
from functools import partial
from typing import Literal
from urllib.parse import quote, urljoin

from syndicator.errors import UsageError
from syndicator.formats import FORMATS
from syndicator.importers.subscription import Heading, Remark, Subscription
from syndicator.model.settings import Filter, Rules
from syndicator.urls import redacted

# Venus inherits these settings from [DEFAULT] or [Planet] where a section lacks them.
_INHERITED = ("filter", "exclude", "filters", "future_dates", "ignore_in_feed", "active")
# In a section's content_type these words say that the address is a list of feeds, not a feed.
_LISTS = re.compile(r"opml|foaf|csv|config|\.")
# Settings without an equal here: programs that change posts, and fields of templates.
_DROPPED = ("filters", "ignore_in_feed", "post-process")
# A pattern that speaks of a post as one text: its beginning or end, or what stands far apart. Not
# an escaped sign.
_WHOLE = re.compile(r"(?<!\\)(?:[$^]|\.[*+{])|\\[AZz]")
# Our words for Venus's treatment of future dates; unset keeps our default.
_FUTURES: dict[str, Literal["hold", "keep"]] = {"ignore_entry": "hold", "keep": "keep"}
# "python|night trains": nothing but alternatives of plain words. Not "py.*" or "(a|b)".
_NAMES = re.compile(r"[\w .&/'-]+(?:\|[\w .&/'-]+)*")


def read(text: str, name: str) -> Iterator[Subscription | Remark | str]:
    """Yield a subscription, or a remark why it is left out, for each section that names a feed.

    The address is the section's title (Planet, Venus), its `feed` (Pluto) or `url` (rss2email).
    `name` is that of the file, for errors. Raises UsageError for what is no INI.
    """
    sections = _sections(text, name)
    common = _planet(sections) | sections.get("DEFAULT", {})
    inherited = {key: common[key] for key in _INHERITED if key in common}
    filtered = has_faces = False
    for title, own in sections.items():
        url = title if "://" in title else own.get("feed") or own.get("url", "")
        if not url or title.lower() == "planet":
            continue
        values, shown = {**inherited, **own}, redacted(url)
        face = _face(values.get("face", ""), common.get("link", ""))
        if why := _refusal(values):
            yield Remark(f"left out, {why}", shown)
            continue
        yield Subscription(
            url,
            values.get("name") or values.get("title", ""),
            filter=Filter(_rules(values.get("filter", "")), _rules(values.get("exclude", ""))),
            future=_FUTURES.get(values.get("future_dates", "").lower(), ""),
            icon=face,
        )
        for key in _DROPPED if face else ("face", *_DROPPED):
            if values.get(key):
                yield Remark(f"not taken over, `{key}`", shown, " of ")
        has_faces = has_faces or bool(face)
        filtered = filtered or not {"filter", "exclude"}.isdisjoint(values)
    if filtered:
        yield "look over the filters: a category counts for them by its whole name only"
    if has_faces:
        yield _FACES


_FACES = (
    "look over the faces: each `icon` is taken from images/ below the planet's `link`; "
    '`faces = "link"` in [feed] shows them'
)


def _face(file: str, link: str) -> str:
    """Return the address of a face: a planet's templates look for its file in `images/`.

    "" where that is not known.

    >>> _face("ann.png", "https://planet.example")
    'https://planet.example/images/ann.png'
    """
    file, link = file.strip(), link.strip()
    if not file or "://" in file:
        return file
    if "://" in link:
        return urljoin(f"{link.rstrip('/')}/images/", quote(file))
    return ""


def heading(text: str, name: str) -> Heading:
    """Return the planet's own settings. Raises UsageError for what is no INI."""
    sections = _sections(text, name)
    values = {key: " ".join(value.split()) for key, value in _planet(sections).items()}
    mail = values.get("owner_email", "").removeprefix("mailto:")
    return Heading(
        title=values.get("name") or values.get("title", ""),
        link=values.get("link", ""),
        contact=f"mailto:{mail}" if "@" in mail else mail,
        id=values.get("feed", "") if "://" in values.get("feed", "") else "",
        names=_names(values.get("template_files", "")),
        limit=_number(values.get("items_per_page", "")),
        join=_number(values.get("new_feed_items", "")),
    )


def _planet(sections: Mapping[str, dict[str, str]]) -> dict[str, str]:
    return sections.get("planet", {}) | sections.get("Planet", {})


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else 0


# The documents of a planet's templates, by their names there.
_OLD_NAMES = {"rss20.xml": "rss", "rss.xml": "rss", "atom.xml": "atom", "opml.xml": "opml"}


def _names(templates: str) -> dict[str, str]:
    """Return the file names of our formats by the templates of a planet.

    >>> _names("atom.xml.tmpl themes/x/rss20.xml.tmpl index.html.tmpl")
    {'rss': 'rss20.xml'}
    """
    names = {}
    for template in templates.split():
        file = re.sub(r"\.(tmpl|xslt|genshi|dj)$", "", template.rpartition("/")[2])
        form = _OLD_NAMES.get(file, "")
        if form and FORMATS[form].file != file:
            names[form] = file
    return names


def _sections(text: str, name: str) -> dict[str, dict[str, str]]:
    # As the planets' own parser: " ;" begins a comment behind a value.
    parser = ConfigParser(
        interpolation=None,
        strict=False,
        default_section="\0",
        inline_comment_prefixes=(";",),
    )
    try:
        # Pluto's own settings have no section.
        parser.read_string("[planet]\n" + text.lstrip("\ufeff"), name)
    except ParsingError as error:
        number = error.errors[0][0] - 1  # of the file, which begins a line later
        line = redacted(text.splitlines()[number - 1])
        raise UsageError(f"{name}, line {number}: no key and value: {line}") from error
    sections = {}
    common = dict(parser["DEFAULT"]) if parser.has_section("DEFAULT") else {}
    for title in parser.sections():
        known = common | dict(parser[title])
        sections[title] = {
            key: _REFERENCE.sub(partial(_referred, known), value).strip()
            for key, value in parser[title].items()
        }
    return sections


# "%(name)s": the value of another key, of the section or of [DEFAULT].
_REFERENCE = re.compile(r"%\((\w+)\)s")


def _referred(known: Mapping[str, str], match: re.Match[str]) -> str:
    return known.get(match[1].lower(), match[0])


def _refusal(values: Mapping[str, str]) -> str:
    """Return why a feed is better left out, "" for most."""
    if values.get("active", "").lower() in ("no", "false", "off", "0"):  # rss2email
        return "not active in the list"
    if _LISTS.search(values.get("content_type", "")):
        return "a list of feeds itself"
    if any(map(values.get, ("include", "includes", "excludes"))):  # Pluto
        return "its `includes` and `excludes` have no equal here"
    if "sifter" in values.get("filters", ""):  # Venus: regexp_sifter.py, xpath_sifter.py
        return "its `filters` have no equal here"
    # Venus searches a pattern in text, names and labels at once.
    for key in ("filter", "exclude"):
        pattern = values.get(key, "")
        several = key == "filter" and "\n" in pattern  # one a line, of which all must be found
        if several or _WHOLE.search(pattern):
            return f"its `{key}` has no equal here"
    return ""


def _rules(patterns: str) -> Rules:
    """Return rules for patterns, one a line, each of which may match anywhere in a post."""
    pattern = "|".join(filter(None, map(str.strip, patterns.splitlines())))
    names = pattern.removeprefix("(?i)")
    categories = tuple(map(str.strip, names.split("|"))) if _NAMES.fullmatch(names) else ()
    return Rules(category=categories, title=pattern, author=pattern, text=pattern)
