"""The address of the next request of a fetch, and the secrets that may go there."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from syndicator.fetcher.fetch_error import FetchError
from syndicator.fetcher.transport import basic
from syndicator.model.settings import Source

# An address that needs no more than splitting. Not one with a user, spaces, other scripts or a
# fragment.
_PLAIN = re.compile(
    r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~:/!$&'()*+,;=@%-]*)?"
    r"(?:\?[A-Za-z0-9._~:/?!$&'()*+,;=@%-]*)?"
)


def redirect_target(base: str, location: str) -> str:
    """Return the absolute http(s) address that a Location means."""
    try:
        target = urljoin(base, _location(location)).partition("#")[0]
        host = urlsplit(target).hostname
    except ValueError:  # urllib's word for "http://[" and the like
        raise FetchError("protocol", "redirects to something that is no address") from None
    if not target.lower().startswith(("http://", "https://")):
        raise FetchError(
            "forbidden-address", "redirects to something that is neither http nor https"
        )
    if not host:
        raise FetchError("protocol", "redirects to something that is no address")
    return target


def _location(value: str) -> str:
    """Return a Location as text: many servers send UTF-8, which was decoded as latin-1."""
    try:
        return value.strip().encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value.strip()


def sendable(url: str) -> str:
    """Return the address as it goes over the wire: ASCII, IDNA host, no user, no fragment."""
    if _PLAIN.fullmatch(url):
        return url
    from requests import PreparedRequest  # 50 ms to import, and few addresses need it

    quoted = PreparedRequest()
    try:
        quoted.prepare_url(url, None)
        parts = urlsplit(str(quoted.url))
    except ValueError:  # requests' InvalidURL is one
        raise FetchError("protocol", "its address is not a URL") from None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def may_have_secrets(source: Source, url: str) -> bool:
    """Tell whether secrets may go there: to the source's own host and port, or its https twin."""
    home, there = urlsplit(source.url), urlsplit(url)
    if home.hostname != there.hostname:
        return False
    if home.scheme == there.scheme:
        return home.netloc.rpartition("@")[2] == there.netloc.rpartition("@")[2]
    schemes = (home.scheme, there.scheme)
    return schemes == ("http", "https") and (home.port or 80, there.port or 443) == (80, 443)


def secrets_of(source: Source) -> dict[str, str]:
    """Return the source's own headers: `headers`, `auth`, user and password of its address."""
    headers = dict(source.headers)
    if source.auth is not None:
        headers["Authorization"] = basic(*source.auth)
    elif "@" in source.url.partition("://")[2].partition("/")[0]:
        parts = urlsplit(source.url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        headers["Authorization"] = basic(user, password)
    return headers
