"""A written value -> the value of a setting, for each kind of key; or `Wrong`, with the right form.

A key's kind is that of its type, or the one that its declaration names (a `Key` of `model.structs`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import get_args
from urllib.parse import SplitResult, urlsplit

import msgspec

from syndicator import timezones
from syndicator.config.words import did_you_mean, shown, source_meant
from syndicator.formats import FORMATS
from syndicator.model.settings import Credentials, Key
from syndicator.quantities import parse_duration, parse_size
from syndicator.urls import IRI

# The site's own files and folders beside its documents (a test holds it), and compressed twins. In
# lower case, as disks fold it.
SITE_FILES = re.compile(
    r"posts|sources|archive|by-source|by-language|theme|(?:sources|subscribe|activity)\.html"
    r"|style-[0-9a-f]+\.css|.*\.gz"
)

# Patterns are compiled where a value is looked at: most files have few of these keys.
_FILE_NAME = r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*"  # never hidden, never a path
_PLACEHOLDER = r"\{([^{}]*)\}"
_FIELD_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # RFC 9110, 5.6.2
_CONTROL = r"[\x00-\x08\x0a-\x1f\x7f]"  # 5.5: no value of a header has it; a tab it may
_ENVIRONMENT = r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}"
_AUTH = '{ user = "...", password = "${NAME}" }'


class Wrong(Exception):
    """A written value is wrong. The message says what would be right; `part` is the key below."""

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.part = part


class Surroundings(msgspec.Struct, frozen=True):
    """The surroundings of the file, on which the meaning of a value depends."""

    home: Path  # the folder that paths are relative to
    environment: Mapping[str, str]  # the values of `${NAME}`


Reader = Callable[[object, Key, Surroundings], object]


def fill_in(text: str, environment: Mapping[str, str]) -> str:
    """Put the environment's values in place of `${NAME}`. Raises Wrong where one is missing."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in environment:
            raise Wrong(f"the environment has no {match[1]}; set it where syndicator is started")
        return environment[match[1]]

    return re.sub(_ENVIRONMENT, value, text) if "${" in text else text


def _plain(value: object, key: Key, _: Surroundings) -> object:
    """Read a value that msgspec can check alone: a text, a number, a truth value, a word of some."""
    if type(value) is str and key.type is str:  # the most frequent case
        return value
    try:
        converted = msgspec.convert(value, key.type)
    except msgspec.ValidationError:
        raise Wrong(f"must be {_right(key.type)}, not {shown(value)}") from None
    if isinstance(converted, int) and isinstance(key.least, int) and converted < key.least:
        raise Wrong(f"must be at least {key.least}, not {value}")
    return converted


def _right(declared: object) -> str:
    """Say which values a type has."""
    if isinstance(declared, type):
        return _NAMED_TYPES[declared]
    words = list[object]()
    for part in get_args(declared):
        words += [part] if isinstance(part, str) else get_args(part)
    return "one of " + ", ".join(f'"{word}"' for word in words)


_NAMED_TYPES: dict[type, str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(f"must be {_NAMED_TYPES[str]}, not {shown(value)}")
    return value


def _title(value: object, key: Key, around: Surroundings) -> str:
    return _text(value).strip()


def _duration(value: object, key: Key, _: Surroundings) -> timedelta:
    measured = parse_duration(str(value))
    if measured is None:
        raise Wrong(f'must be a duration such as "90s", "30m", "12h" or "7d", not {shown(value)}')
    if isinstance(key.least, timedelta) and measured < key.least:
        raise Wrong(f'must be at least "{key.least.total_seconds():g}s", not {shown(value)}')
    return measured


def _size(value: object, _key: Key, _: Surroundings) -> int:
    measured = parse_size(str(value))
    if measured is None:
        raise Wrong(f'must be a size such as "500kB", "20MB" or "1GB", not {shown(value)}')
    if measured < 1:
        raise Wrong(f"must be more than 0, not {shown(value)}")
    return measured


def _texts(value: object, _key: Key, _: Surroundings) -> tuple[str, ...]:
    """Read a list of texts; one text alone counts as a list of one."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise Wrong(f"must be a list of texts, not {shown(value)}")
    for part in value:
        if not isinstance(part, str):
            raise Wrong(f"must be a list of texts in quotes; {shown(part)} is none")
    return tuple(value)


def _formats(value: object, key: Key, around: Surroundings) -> tuple[str, ...]:
    formats = _texts(value, key, around)
    if not formats:
        raise Wrong(f"must name at least one of {', '.join(FORMATS)}")
    for word in formats:
        if word not in FORMATS:
            raise Wrong(f'"{word}" is not known; {did_you_mean(word, [*FORMATS])}')
    return formats


def _table_of_texts(value: object, shape: str) -> dict[str, str]:
    """Read a table of texts; a wrong one is never shown, for it may be a secret."""
    if not isinstance(value, dict):
        raise Wrong(f"must be {shape}")
    for name, part in value.items():
        if not isinstance(part, str):
            raise Wrong(f"must be text in quotes: {shape}", f".{name}")
    return dict(value)


def _names(value: object, _key: Key, _: Surroundings) -> dict[str, str]:
    names = _table_of_texts(value, '{ rss = "text" }')
    for kind, name in names.items():
        if kind not in FORMATS:
            raise Wrong(f"is not known; {did_you_mean(kind, [*FORMATS])}", f".{kind}")
        if not re.fullmatch(_FILE_NAME, name):
            raise Wrong(f"must be a plain file name, not {name!r}", f".{kind}")
        if SITE_FILES.fullmatch(name.casefold()):
            what = f'"{name}" is where the site has pages or files of its own; choose another'
            raise Wrong(what, f".{kind}")
    return names


def _headers(value: object, _key: Key, around: Surroundings) -> dict[str, str]:
    """Read the headers of a request. No complaint shows a value."""
    headers = _table_of_texts(value, '{ Name = "value" }')
    for name, written in headers.items():
        if not re.fullmatch(_FIELD_NAME, name):
            what = "can't be the name of a header: letters, digits and hyphens"
            raise Wrong(what, f".{name}")
        try:
            headers[name] = fill_in(written, around.environment)
        except Wrong as error:
            raise Wrong(str(error), f".{name}") from None
        if re.search(_CONTROL, headers[name]):
            raise Wrong("must be one line, without control characters", f".{name}")
    return headers


def _auth(value: object, _key: Key, around: Surroundings) -> Credentials:
    values = _table_of_texts(value, _AUTH)
    if set(values) != set(Credentials._fields):
        raise Wrong(f"must be {_AUTH}")
    user, password = (fill_in(values[name], around.environment) for name in Credentials._fields)
    return Credentials(user, password)


_FILES = {"state": "file", "path": "file", "verify": "file"}


def _path(value: object, key: Key, around: Surroundings) -> Path:
    written = _text(value)
    if not written:
        raise Wrong(f"must be the path of a {_FILES.get(key.name, 'folder')}")
    if written.startswith("~"):
        try:
            return Path(written).expanduser()
        except RuntimeError:
            raise Wrong(f"nobody has a home at {written.partition('/')[0]}") from None
    return around.home / written


def _existing(value: object, key: Key, around: Surroundings) -> Path:
    path, kind = _path(value, key, around), _FILES.get(key.name, "folder")
    if not (path.is_file() if kind == "file" else path.is_dir()):
        raise Wrong(f"no such {kind}: {path}")
    return path


def _address(value: object, key: Key, around: Surroundings) -> str:
    """Read an http(s) address; "" stands for none."""
    address = _text(value).strip()
    if address and not _web_parts(address):
        raise Wrong(f'must be an address such as "https://example.org/", not {shown(value)}')
    return address


def _site(value: object, key: Key, around: Surroundings) -> str:
    """Read the address of a folder, to which paths are added."""
    address = _address(value, key, around)
    parts = _web_parts(address)
    if parts is None:
        raise Wrong('must be an address such as "https://example.org/"; leave it out for none')
    if parts.query or parts.fragment or parts.username is not None:
        what = "must be without user, query (?) and fragment (#): paths are put behind it"
        raise Wrong(f"{what}, not {shown(address)}")
    return address.rstrip("/") + "/"


def _web_parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0:
            return parts
    except ValueError:  # an unclosed [ or a port that is no number
        pass
    return None


def _timezone(value: object, key: Key, around: Surroundings) -> str:
    zone = _text(value)
    try:
        timezones.zone(zone)
    except LookupError:
        raise Wrong(_no_timezone(zone)) from None
    return zone


def _no_timezone(zone: str) -> str:
    """Say which zone was probably meant, or that the system knows none."""
    names = sorted(timezones.known())
    if not names:
        return (
            f"{shown(zone)} can't be read, this system has no time zones: install its package "
            "tzdata, or that of PyPI; or leave the key out, for UTC"
        )
    spellings = {}
    for name in names:
        spellings[name.casefold()] = spellings[name.rpartition("/")[2].casefold()] = name
    word = spellings.get(zone.replace(" ", "_").casefold(), zone)
    return f'must be a name such as "Europe/Paris", not {shown(zone)}; {source_meant(word, names)}'


def _matching(pattern: str, right: str) -> Reader:
    """Return the reader of a text that matches a pattern or is empty."""

    def read(value: object, _key: Key, _: Surroundings) -> str:
        text = _text(value).strip()
        if text and not re.fullmatch(pattern, text):
            raise Wrong(f"must be {right}, not {shown(value)}")
        return text

    return read


def _template(*known: str) -> Reader:
    """Return the reader of a text with placeholders."""

    def read(value: object, key: Key, around: Surroundings) -> str:
        text = _text(value)
        for word in re.findall(_PLACEHOLDER, text):
            if word not in known:
                raise Wrong(f"{{{word}}} is not known; {did_you_mean(word, sorted(known))}")
        return text

    return read


FILTERS = "pip install 'syndicator[filters]'"


def _pattern(value: object, key: Key, around: Surroundings) -> str:
    """Read a regular expression of RE2."""
    pattern = _text(value)
    if not pattern:
        return ""
    try:
        import re2  # here: an extra, and only who filters pays for it
    except ImportError:
        raise Wrong(f"needs google-re2, which is not installed: {FILTERS}") from None

    options = re2.Options()
    options.log_errors = False  # it would write to standard error itself
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        problem = error.args[0] if error.args else error
        words = problem.decode("utf-8", "replace") if isinstance(problem, bytes) else problem
        raise Wrong(f"is not a regular expression that RE2 takes: {words}") from None
    return pattern


READERS: Mapping[str, Reader] = {
    "plain": _plain,
    "title": _title,
    "duration": _duration,
    "size": _size,
    "texts": _texts,
    "formats": _formats,
    "names": _names,
    "headers": _headers,
    "auth": _auth,
    "path": _path,
    "there": _existing,
    "folder": _matching(
        r"[A-Za-z0-9][A-Za-z0-9._-]*",  # never a path
        "letters, digits, dots and hyphens, for its folder",
    ),
    "address": _address,
    "colour": _matching(
        r"#[0-9a-fA-F]{6}",  # never "red": the dark theme mixes it
        'a colour such as "#9a2f1b"',
    ),
    "site": _site,
    "uri": _matching(
        IRI,  # `check` takes as much of a document (RFC 4287, 4.2.6)
        'a URI such as "urn:uuid:..." or "https://example.org/"',
    ),
    "contact": _matching(
        r"[^\s@]+@[^\s@]+|(https?://|mailto:)\S+",  # never "nobody"
        "a mail address or a URL",
    ),
    "language": _matching(
        r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*",  # BCP 47 in outline; never "English"
        'a language tag such as "en", "pt-BR" or "zh-Hant"',
    ),
    "executor": _matching(
        r"dask(?:\+tls)?://[A-Za-z0-9._\[\]:-]+:[0-9]+",  # never "tcp://...", nor without a port
        'the address of a scheduler, without user and path, such as "dask://host:8786"',
    ),
    "timezone": _timezone,
    "credit": _template("post", "source", "author", "date"),
    "heading": _template("source"),
    "pattern": _pattern,
}
