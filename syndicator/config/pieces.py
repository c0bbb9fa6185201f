"""Pieces that several tables of feeds.toml have: attribution, related, filter, language, address."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from syndicator import timezones
from syndicator.config.tables import Table, did_you_mean, shown, source_meant
from syndicator.model.settings import AttributionSettings, Filter, RelatedSettings, Rules, Scope

SCOPES: tuple[Scope, ...] = ("source", "all", "both", "none")
PLACEHOLDERS = frozenset({"post", "source", "author", "date"})

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47 in outline; never "English"
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_FIELD = re.compile(r"\{([^{}]*)\}")


def read_web_address(table: Table, key: str, default: str) -> str:
    """Read an http(s) address, "" where none is written. Raises ConfigError."""
    value = table.get(key, str, default).strip()
    if value and not _is_web_address(value):
        table.fail(key, f'must be an address such as "https://example.org/", not {shown(value)}')
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # an unclosed [ or a port that is no number
        return False


def read_uri(table: Table, key: str) -> str:
    """Read what Atom takes for an id (RFC 4287, 4.2.6), "" where none is written. Raises ConfigError."""
    value = table.get(key, str, "").strip()
    if value and not _URI.fullmatch(value):
        table.fail(
            key,
            f'must be a URI such as "urn:uuid:..." or "https://example.org/", not {shown(value)}',
        )
    return value


def read_language(table: Table, default: str) -> str:
    """Read the key `language`, a BCP 47 tag. Raises ConfigError."""
    value = table.get("language", str, default)
    if value and not _LANGUAGE.fullmatch(value):
        table.fail(
            "language",
            f'must be a language tag such as "en", "pt-BR" or "zh-Hant", not {shown(value)}',
        )
    return value


def read_timezone(table: Table, default: str) -> str:
    """Read the key `timezone`, a name of the system's database. Raises ConfigError."""
    value = table.get("timezone", str, default)
    try:
        timezones.zone(value)
    except LookupError:
        names = sorted(timezones.known())
        if not names:
            what = "this system has no time zones: install its package tzdata, or that of PyPI; or leave the key out"
            table.fail("timezone", f"{shown(value)} can't be read, {what}, for UTC")
        written = {
            word.casefold(): name for name in names for word in (name, name.rpartition("/")[2])
        }
        meant = source_meant(written.get(value.replace(" ", "_").casefold(), value), names)
        table.fail(
            "timezone", f'must be a name such as "Europe/Paris", not {shown(value)}; {meant}'
        )
    return value


def read_attribution(table: Table, base: AttributionSettings) -> AttributionSettings:
    """Read an attribution table over what it inherits. Raises ConfigError."""
    text = table.get("text", str, base.text)
    _check_template(table, "text", text, PLACEHOLDERS)
    settings = AttributionSettings(enabled=table.get("enabled", bool, base.enabled), text=text)
    table.done()
    return settings


def read_related(table: Table, base: RelatedSettings) -> RelatedSettings:
    """Read a related table over what it inherits. Raises ConfigError."""
    heading = table.get("heading", str, base.heading)
    _check_template(table, "heading", heading, frozenset({"source"}))
    settings = RelatedSettings(
        scope=table.choice("scope", base.scope, SCOPES),
        limit=table.count("limit", base.limit),
        heading=heading,
        copies=table.choice("copies", base.copies, ("exact", "near", "off")),
    )
    table.done()
    return settings


def _check_template(table: Table, key: str, text: str, known: frozenset[str]) -> None:
    for word in _FIELD.findall(text):
        if word not in known:
            table.fail(key, f"{{{word}}} is not known; {did_you_mean(word, sorted(known))}")


def read_filter(table: Table, base: Filter) -> Filter:
    """Read a filter table over what it inherits; patterns are checked by RE2. Raises ConfigError."""
    chosen = Filter(
        include=_rules(table.table("include"), base.include),
        exclude=_rules(table.table("exclude"), base.exclude),
        max_age=table.duration("max_age", timedelta(0)) if table.has("max_age") else base.max_age,
        newest=table.count("newest", base.newest),
    )
    table.get("max_age", str, "")  # known, be it written or not
    table.done()
    return chosen


def _rules(table: Table, base: Rules) -> Rules:
    rules = Rules(
        category=table.strings("category", base.category),
        title=table.get("title", str, base.title),
        author=table.get("author", str, base.author),
        text=table.get("text", str, base.text),
    )
    table.done()
    for key, pattern in (("title", rules.title), ("author", rules.author), ("text", rules.text)):
        if pattern:
            _check_pattern(table, key, pattern)
    return rules


def _check_pattern(table: Table, key: str, pattern: str) -> None:
    import re2  # only who filters pays for it

    options = re2.Options()
    options.log_errors = False  # it would write to standard error itself
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        problem = error.args[0] if error.args else error
        words = problem.decode("utf-8", "replace") if isinstance(problem, bytes) else str(problem)
        table.fail(key, f"is not a regular expression that RE2 takes: {words}")
