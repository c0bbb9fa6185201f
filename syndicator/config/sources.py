"""`[[sources]]` -> Source: its address, its secrets, and the inherited settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from msgspec.structs import replace

from syndicator.config.kinds import Surroundings, Wrong, fill_in
from syndicator.config.schema import table_keys
from syndicator.config.table import Table
from syndicator.config.words import shown
from syndicator.model.settings import Credentials, FollowedList, Source
from syndicator.urls import normal, redacted, secret_parameter

# An address that hides and hints nothing: no user, parameter or ${NAME}, no port that might be
# none.
_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[1-5]?[1-9][0-9]{0,3})?(?:/[^?#;@$\s\x00-\x1f]*)?")
# "me:word@example.org/feed" is never taken for a path: the password would be shown, as the id of
# the source.
_NO_SCHEME = re.compile(r":[^\s@:]*@")

_BY_ENVIRONMENT = "its address is taken from the environment"


class _Address(NamedTuple):
    """The parts of a written address."""

    url: str  # "" for a path
    credentials: Credentials | None = None
    private_by: str = ""  # the reason to take it for private, "" for none


def read_list(table: Table, base: Source, around: Surroundings) -> FollowedList:
    """Read one `[[lists]]` table. Mistakes are noted in the table."""
    values = table.read(table_keys("lists"), base, around)
    asked = Table(table.complaints, table.name, {"url": table.values.get("url", "")})
    source = read_source(asked, base, around, head="[[lists]]")
    return FollowedList(source.id, values.get("trust", False), source)


def read_source(
    table: Table, base: Source, around: Surroundings, head: str = "[[sources]]"
) -> Source:
    """Read one table over the settings of `base`. Mistakes are noted in the table."""
    given = table.values.get("id") or table.values.get("name") or table.values.get("title")
    if given and isinstance(given, str):
        table.name = f'{head} "{given}"'
    written = table.values.get("url", "")
    address = _Address("")
    if isinstance(written, str) and (written := written.strip()):
        address = _address(table, written, around.environment)
        source_id = _anonymous(written, address.url) if address.private_by else written
        if not given:
            table.name = f'{head} "{source_id}"'
    elif isinstance(written, str):
        table.missing("url", "the feed's address, or a path relative to this file")
    values = table.read(table_keys("sources"), base, around)
    _name(table, values)
    if not values.pop("url", ""):
        return replace(base, **values)
    hidden = values.get("headers", {}) != table.values.get("headers", {})
    auth = values.get("auth") or address.credentials
    # What needs a secret to be read was not meant for everybody.
    reason = address.private_by
    if hidden:
        reason = "its headers are taken from the environment"
    elif auth is not None:
        reason = "it has a user and a password"
    private = values.get("private", bool(reason))
    # Ids stand in logs, in `status`, and in paths of pages.
    source_id = _anonymous(written, address.url) if private else written
    derived = {
        "id": values.get("id") or values.get("name") or source_id,
        "url": address.url,
        "path": None if address.url else around.home / written,
        "auth": auth,
        "private": private,
        "private_by": "" if {"private", "publish"} & values.keys() else reason,
        "publish": values.get("publish", not private),
    }
    table.name = f'{head} "{derived["id"]}"'
    return replace(base, **values | derived)


def _name(table: Table, values: dict[str, Any]) -> None:
    """Put a `title` into `name`, and note a mistake if both are given and differ."""
    title = values.pop("title", "")
    name = title and values.setdefault("name", title)
    if title != name:
        what = f"is another word for `name`, and they differ: keep `name`, {shown(name)}, or this"
        table.fail("title", what)


def check_doubles(sources: Sequence[Source], tables: Sequence[Table]) -> None:
    """Note sources that share an id or an address."""
    seen: dict[tuple[str, str], str] = {}
    for number, (source, table) in enumerate(zip(sources, tables, strict=True), 1):
        # Two accounts at one address are two sources; the same address twice is a slip.
        account = f"{source.auth or ''} {sorted(source.headers.items()) or ''}"
        address = f"{normal(source.url)}{source.path or ''} {account}"
        for key, value in (("url", address), ("id", source.id)):
            if (key, value) in seen:
                other = seen[key, value]
                table.fail(key, f"is that of {other} too; each source needs its own {key}")
            seen[key, value] = f'[[sources]] no. {number} ("{source.id}")'


def _anonymous(written: str, url: str) -> str:
    """Return an id for a private source that tells nothing of its address but the host.

    It stays when a secret changes that stands in the environment, in a parameter or before an @.
    """
    digest = blake2b(redacted(written).encode(), digest_size=3).hexdigest()
    return f"private source {digest}" + (url and f" at {urlsplit(url).hostname}")


def _address(table: Table, written: str, environment: Mapping[str, str]) -> _Address:
    """Take a written address apart, the environment's values put in."""
    if _PLAIN.fullmatch(written):  # of ten thousand sources nearly all
        return _Address(written)
    try:
        filled = fill_in(written, environment)
    except Wrong as error:
        table.fail("url", str(error))
        return _Address("", private_by=_BY_ENVIRONMENT)
    by_environment = _BY_ENVIRONMENT if filled != written else ""
    if "://" not in filled:
        if _NO_SCHEME.search(filled):
            table.fail("url", "must begin with https:// or http:// where it is an address")
        return _Address("", private_by=by_environment)
    try:
        parts = urlsplit(filled)
        valid = parts.scheme.lower() in ("http", "https") and parts.hostname
        _ = parts.port
    except ValueError:
        valid = None
    if not valid:
        what = "must be an http or https address, or a path"
        table.fail("url", f"{what}; not {shown(written)}")
        return _Address("", private_by="it is no address")
    private_by = by_environment
    if name := secret_parameter(filled):
        private_by = f"its address has the parameter `{name}`"
    if parts.username is None:
        return _Address(filled, private_by=private_by)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    credentials = Credentials(unquote(parts.username), unquote(parts.password or ""))
    return _Address(bare, credentials, private_by="it has a user and a password")
