"""`[[sources]]` -> Source: its address, its secrets, what it inherits and what it overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from msgspec.structs import replace

from syndicator.config.pieces import read_attribution, read_filter, read_language, read_related
from syndicator.config.tables import Table, shown
from syndicator.model.settings import Source
from syndicator.urls import SECRET_PARAMETER, normal, redacted

_ENVIRONMENT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# An address that hides and hints nothing: no user, parameter or ${NAME}, no port that might be none.
_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[1-9][0-9]{0,3})?(?:/[^?#@$\s\x00-\x1f]*)?")
# "me:word@example.org/feed" is never taken for a path: the password would be shown, as the id of the source.
_NO_SCHEME = re.compile(r":[^\s@]*@")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, 5.6.2
_CONTROL = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f]"
)  # 5.5: what no value of a header may hold; a tab may stand there
_AUTH = '{ user = "...", password = "${NAME}" }'

Credentials = tuple[str, str]


def read_source(table: Table, base: Source, home: Path, environment: Mapping[str, str]) -> Source:
    """Read one table; `base` is what it inherits, `home` the folder that paths are relative to.

    Raises ConfigError.
    """
    written = table.get("url", str, "").strip()
    if not written:
        table.missing("url", "the feed's address, or a path relative to this file")
    name = table.get("name", str, "")
    given = table.get("id", str, "") or name
    if given:
        table.name = f'[[sources]] "{given}"'
    url, found, secret = _address(
        table, written, environment
    )  # `found`: user and password of the address itself
    headers, hidden = _headers(table, environment)
    auth = _auth(table, environment) or found
    # What needs a secret to be read was not meant for everybody.
    private = table.get("private", bool, secret or hidden or auth is not None)
    # Of a private one not the address: ids stand in logs, in what `status` says, and in paths of pages.
    source_id = given or (_anonymous(written, url) if private else written)
    table.name = f'[[sources]] "{source_id}"'
    source = replace(
        base if table.only(_OWN) else _overridden(table, base),
        id=source_id,
        url=url,
        path=None if url else (home / written),
        name=name,
        tags=table.strings("tags"),
        language=read_language(table, ""),
        headers=headers,
        auth=auth,
        private=private,
        publish=table.get("publish", bool, not private),
    )
    table.done()
    return source


# What most sources say of themselves; it overrides nothing that they inherit.
_OWN = frozenset({"url", "id", "name", "tags", "language"})


def _overridden(table: Table, base: Source) -> Source:
    """Return what a source inherits, less what its own table says."""
    return replace(
        base,
        interval=table.duration("interval", base.interval),
        timeout=table.duration("timeout", base.timeout, least=timedelta(milliseconds=100)),
        limit=table.count("limit", base.limit),
        republish=table.get("republish", bool, base.republish),
        backoff_scope=table.choice("backoff_scope", base.backoff_scope, ("host", "source")),
        content=table.choice("content", base.content, ("full", "summary", "none")),
        images=table.choice("images", base.images, ("keep", "link", "none")),
        future=table.choice("future", base.future, ("now", "hold", "keep")),
        join=table.count("join", base.join),
        filter=read_filter(table.table("filter"), base.filter),
        attribution=read_attribution(table.table("attribution"), base.attribution),
        related=read_related(table.table("related"), base.related),
    )


def check_doubles(sources: tuple[Source, ...], tables: list[Table]) -> None:
    """Raise ConfigError where two sources share an id or an address."""
    seen: dict[tuple[str, str], str] = {}
    for number, (source, table) in enumerate(zip(sources, tables, strict=True), 1):
        # Two accounts at one address are two sources; the same address twice is a slip.
        address = f"{normal(source.url)}{source.path or ''} {source.auth or ''} {sorted(source.headers.items()) or ''}"
        for key, value in (("url", address), ("id", source.id)):
            if (key, value) in seen:
                table.fail(
                    key, f"is that of {seen[key, value]} too; each source needs its own {key}"
                )
            seen[key, value] = f'[[sources]] no. {number} ("{source.id}")'


def _anonymous(written: str, url: str) -> str:
    """Return an id for a private source that tells nothing of its address but the host.

    It stays when a secret changes that stands in the environment, in a parameter or before an @.
    """
    digest = blake2b(redacted(written).encode(), digest_size=3).hexdigest()
    return f"private source {digest}" + (f" at {urlsplit(url).hostname}" if url else "")


def _address(
    table: Table, written: str, environment: Mapping[str, str]
) -> tuple[str, Credentials | None, bool]:
    """Return the URL ("" for a path), the credentials written in it, and whether it holds a secret."""
    if _PLAIN.fullmatch(written):  # of ten thousand sources nearly all
        return written, None, False
    filled = _filled(table, "url", written, environment)
    if "://" not in filled:
        if _NO_SCHEME.search(filled):
            table.fail("url", "must begin with https:// or http:// where it is an address")
        return "", None, False
    try:
        parts = urlsplit(filled)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme.lower() not in ("http", "https") or not host:
        table.fail("url", f"must be an http or https address, or a path; not {shown(written)}")
    secret = filled != written or bool(SECRET_PARAMETER.search(filled))
    if parts.username is None:
        return filled, None, secret
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return bare, (unquote(parts.username), unquote(parts.password or "")), True


def _headers(table: Table, environment: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return what is sent with each request, and whether the environment gave of it. No complaint shows a value."""
    written = table.texts("headers", '{ Name = "value" }')
    headers = dict(written)
    for name, value in written.items():
        key = f"headers.{name}"
        if not _TOKEN.fullmatch(name):
            table.fail(key, "can't be the name of a header: letters, digits and hyphens")
        headers[name] = _filled(table, key, value, environment)
        if _CONTROL.search(headers[name]):
            table.fail(key, "must be one line, without control characters")
    return headers, headers != written


def _auth(table: Table, environment: Mapping[str, str]) -> Credentials | None:
    values = table.texts("auth", _AUTH)
    if not table.has("auth"):
        return None
    if set(values) != {"user", "password"}:
        table.fail("auth", f"must be {_AUTH}")
    return _filled(table, "auth", values["user"], environment), _filled(
        table, "auth", values["password"], environment
    )


def _filled(table: Table, key: str, text: str, environment: Mapping[str, str]) -> str:
    """Put the environment's values in place of ${NAME}."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in environment:
            table.fail(
                key, f"the environment has no {match[1]}; set it where syndicator is started"
            )
        return environment[match[1]]

    return _ENVIRONMENT.sub(value, text) if "${" in text else text
