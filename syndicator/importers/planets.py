"""The INI file of a planet (Planet, Venus, Pluto), or rss2email's -> its feeds, with its rules for publishing them.

A planet may keep posts back: by a pattern, by their dates. Where we can say the same it is said; a
feed of which more would be published than before is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from configparser import ConfigParser, ParsingError
from functools import partial
from typing import Literal

from syndicator.errors import UsageError
from syndicator.importers.subscription import Heading, Remark, Subscription
from syndicator.model.settings import Filter, Rules
from syndicator.urls import redacted

# Venus takes these for a section from [DEFAULT] or [Planet], where its own does not say.
_INHERITED = ("filter", "exclude", "filters", "future_dates", "ignore_in_feed", "active")
_LISTS = (
    "opml",
    "foaf",
    "csv",
    "config",
    ".",
)  # in a section's content_type: Venus reads a list of feeds there
_DROPPED = (
    "filters",
    "ignore_in_feed",
    "post-process",
    "face",
)  # programs and fields: nothing of ours does the same
# A pattern that speaks of a post as one text: its beginning or end, or what stands far apart. Not
# an escaped sign.
_WHOLE = re.compile(r"(?<!\\)(?:[$^]|\.[*+{])|\\[AZz]")
_NAMES = re.compile(
    r"[\w .&/'-]+(?:\|[\w .&/'-]+)*"
)  # "python|night trains": nothing but alternatives


def read(text: str, name: str) -> Iterator[Subscription | Remark | str]:
    """Yield the sections that are named by an address (Planet, Venus) or name one (Pluto: `feed`, rss2email: `url`).

    `name` is that of the file, for errors. Raises UsageError for what is no INI.
    """
    sections = _sections(text, name)
    common = {
        **sections.get("planet", {}),
        **sections.get("Planet", {}),
        **sections.get("DEFAULT", {}),
    }
    inherited = {key: common[key] for key in _INHERITED if key in common}
    filtered = False
    for title, own in sections.items():
        url = title if "://" in title else own.get("feed") or own.get("url", "")
        if url and title.lower() != "planet":
            said = {**inherited, **own}
            shown = redacted(url)
            why = _refusal(said)
            yield Remark(f"left out, {why}", shown) if why else _subscription(url, said)
            for key in () if why else _DROPPED:
                if said.get(key):
                    yield Remark(f"not taken over, `{key}`", shown, " of ")
            filtered = filtered or not (why or {"filter", "exclude"}.isdisjoint(said))
    if filtered:
        yield "look over the filters: a category counts for them by its whole name only"


def heading(text: str, name: str) -> Heading:
    """Return the planet's own settings. Raises UsageError for what is no INI."""
    sections = _sections(text, name)
    own = {**sections.get("planet", {}), **sections.get("Planet", {})}
    said = {key: " ".join(value.split()) for key, value in own.items()}
    mail = said.get("owner_email", "").removeprefix("mailto:")
    return Heading(
        title=said.get("name") or said.get("title", ""),
        link=said.get("link", ""),
        contact=f"mailto:{mail}" if "@" in mail else mail,
        id=said.get("feed", "") if "://" in said.get("feed", "") else "",
        names=_names(said.get("template_files", "")),
        limit=_number(said.get("items_per_page", "")),
        join=_number(said.get("new_feed_items", "")),
    )


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else 0


# The documents of a planet's templates, as far as we have them under another name.
_OLD_NAMES = {"rss20.xml": "rss", "rss.xml": "rss", "atom.xml": "atom", "opml.xml": "opml"}
_USUAL_NAMES = {"rss": "rss.xml", "atom": "atom.xml", "opml": "opml.xml"}


def _names(templates: str) -> dict[str, str]:
    """Return the file names of our formats by the templates of a planet.

    >>> _names("atom.xml.tmpl themes/x/rss20.xml.tmpl index.html.tmpl")
    {'rss': 'rss20.xml'}
    """
    names = {}
    for template in templates.split():
        file = re.sub(r"\.(tmpl|xslt|genshi|dj)$", "", template.rpartition("/")[2])
        form = _OLD_NAMES.get(file, "")
        if form and _USUAL_NAMES[form] != file:
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
        parser.read_string(
            "[planet]\n" + text.lstrip("\ufeff"), name
        )  # Pluto's own settings have no section
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


def _refusal(said: Mapping[str, str]) -> str:
    """Return why a feed is better left out, "" for most."""
    if said.get("active", "").lower() in ("no", "false", "off", "0"):  # rss2email
        return "not active in the list"
    if any(word in said.get("content_type", "") for word in _LISTS):
        return "a list of feeds itself"
    if any(said.get(key) for key in ("include", "includes", "excludes")):  # Pluto
        return "its `includes` and `excludes` have no equal here"
    if "sifter" in said.get("filters", ""):  # Venus: regexp_sifter.py, xpath_sifter.py
        return "its `filters` have no equal here"
    return next(
        (f"its `{key}` has no equal here" for key in ("filter", "exclude") if _is_other(key, said)),
        "",
    )


def _is_other(key: str, said: Mapping[str, str]) -> bool:
    """Tell whether a pattern of Venus has no equal: it is searched in text, names and labels at once."""
    pattern = said.get(key, "")
    several = key == "filter" and "\n" in pattern  # one a line, of which all must be found
    return several or _WHOLE.search(pattern) is not None


def _subscription(url: str, said: Mapping[str, str]) -> Subscription:
    return Subscription(
        url,
        said.get("name") or said.get("title", ""),
        filter=Filter(
            include=_rules(said.get("filter", "")), exclude=_rules(said.get("exclude", ""))
        ),
        future=_future(said.get("future_dates", "").lower()),
    )


def _future(dates: str) -> Literal["", "hold", "keep"]:
    """Return our word for Venus's treatment of future dates; unset keeps our default."""
    if dates == "ignore_entry":
        return "hold"
    return "keep" if dates == "keep" else ""


def _rules(patterns: str) -> Rules:
    """Return rules for patterns, one a line, each of which may match anywhere in a post."""
    pattern = "|".join(filter(None, map(str.strip, patterns.splitlines())))
    names = pattern.removeprefix("(?i)")
    categories = tuple(map(str.strip, names.split("|"))) if _NAMES.fullmatch(names) else ()
    return Rules(category=categories, title=pattern, author=pattern, text=pattern)
