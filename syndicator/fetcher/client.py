"""Ask -> Outcome, one request at a time: a Fetch is sent and gives an Outcome or the next Fetch.

A redirect is a new Fetch rather than a loop, so that the pool can queue it at the host that it
leads to: a hundred sources that redirect to one host must not all reach it at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from hashlib import blake2b
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from syndicator.fetcher import discovery, responses
from syndicator.fetcher.addresses import literal_reach
from syndicator.fetcher.connection import Bounds, Slot
from syndicator.fetcher.decoding import accepted
from syndicator.fetcher.fetch_error import FetchError
from syndicator.fetcher.files import read_file
from syndicator.fetcher.http1 import MAX_HEAD, Head
from syndicator.fetcher.targets import may_have_secrets, redirect_target, secrets_of, sendable
from syndicator.fetcher.transport import Response, Transport, error_of
from syndicator.model.fetch import (
    Ask,
    Fetched,
    FetchFailed,
    NotModified,
    Outcome,
    Validators,
)
from syndicator.model.settings import FetchSettings, Reach

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

MAX_REDIRECTS = 10
_WITH_FEED = frozenset({200, 203, 226})  # 203: a proxy has changed it; 226: "IM Used" (RFC 3229)
# Servers that can't read a condition answer so (412 is meant for others, RFC 9110, 15.5.13).
_CONDITION_REFUSED = frozenset({400, 412, 500})
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, application/json;q=0.9, text/xml;q=0.9, */*;q=0.5"
)


class Fetch(Struct, frozen=True):
    """The state of one fetch: the address to ask next, and the results of its earlier requests."""

    ask: Ask
    url: str
    spent: float = 0.0  # seconds on the wire so far; waiting in line costs the source nothing
    seen: tuple[str, ...] = ()  # the addresses asked before
    permanent: bool = True  # all redirects so far were permanent
    moved_to: str = ""  # where the permanent ones led
    own_reach: Reach = ""  # where the source's own address lies, once it was connected to
    trusted: Reach = ""  # where this request may lead: see addresses.may_connect
    own_literal: bool = False  # its address in feeds.toml is a literal one, not a name
    follow: bool = False  # for one source alone: go on to a page's feed, wait for a pipe
    feeds: tuple[str, ...] = ()  # announced by that page; the first is the one that is asked
    feed_titles: Mapping[str, str] = {}  # their titles, as far as the page says them
    conditional: bool = True  # send validators
    cookies: CookieJar | None = None  # set by redirects of this fetch, and forgotten with it

    @property
    def deadline(self) -> float:
        """The time.monotonic() by which a request that starts now must have ended."""
        return time.monotonic() + self.ask.source.timeout.total_seconds() - self.spent

    @property
    def shown_url(self) -> str:
        """The address that may be shown: "" of a private source."""
        return self.ask.source.unless_private(self.ask.url)

    @property
    def is_conditional(self) -> bool:
        """Tell whether validators are sent."""
        return self.conditional and self.ask.validators != Validators()


def begin(ask: Ask, *, follow: bool = False) -> Fetch:
    """Return the fetch that begins with an ask."""
    host = ""
    if ask.url == ask.source.url:
        host = urlsplit(ask.source.url).hostname or ""
    literal = literal_reach(host)
    return Fetch(
        ask=ask, url=ask.url, trusted=literal or ask.reach, own_literal=bool(literal), follow=follow
    )


class Client:
    """Makes requests through one Transport, from many threads at once."""

    def __init__(
        self, settings: FetchSettings, transport: Transport, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._common = {
            "User-Agent": settings.user_agent or "syndicator",
            "Accept": _ACCEPT,
            "Accept-Encoding": accepted(),
        }
        self._transport = transport

    def abort(self) -> None:
        """Break off all requests that are under way."""
        self._transport.close()

    def send(self, fetch: Fetch, slot: Slot) -> Outcome | Fetch:
        """Make one request (or read a file) and return its outcome, or the fetch that goes on."""
        began = time.monotonic()
        try:
            if fetch.ask.source.path is not None:
                return read_file(fetch.ask, self._settings, pipes=fetch.follow)
            return self._send(fetch, slot, began)
        except (FetchError, OSError) as problem:
            return failed(fetch, error_of(problem))

    def _send(self, fetch: Fetch, slot: Slot, began: float) -> Outcome | Fetch:
        source = fetch.ask.source
        verify = ""
        if source.verify and urlsplit(source.url).hostname == urlsplit(fetch.url).hostname:
            verify = str(source.verify)
        url, headers = sendable(fetch.url), self._headers(fetch)
        sent = self._transport.send(url, headers, self._bounds(fetch, slot), verify)
        with closing(sent) as response:
            fetch = replace(fetch, own_reach=fetch.own_reach or response.connection.reach)
            status, fields = response.head.status, response.head.fields
            if status in responses.REDIRECTS and "location" in fields:
                return _redirected(fetch, response, time.monotonic() - began)
            if status in _CONDITION_REFUSED and fetch.is_conditional:
                spent = fetch.spent + time.monotonic() - began
                return replace(fetch, conditional=False, spent=spent)
            if status == 304:  # Not Modified
                return self._not_modified(fetch, response.head)
            if status in _WITH_FEED and "cf-mitigated" not in fields:
                return self._with_body(fetch, response, slot, began)
            return self._refused(fetch, response.head)

    def _bounds(self, fetch: Fetch, slot: Slot) -> Bounds:
        may_be_inward = self._settings.inward == "named"
        return Bounds(
            slot=slot,
            max_bytes=self._settings.max_bytes + MAX_HEAD,  # the setting speaks of the feed alone
            max_decoded_bytes=self._settings.max_decoded_bytes,
            trusted=fetch.trusted if may_be_inward else "public",
            own_literal=may_be_inward and fetch.own_literal and not fetch.seen,
        )

    def _headers(self, fetch: Fetch) -> dict[str, str]:
        headers = dict(self._common)
        if fetch.ask.is_picture:
            headers["Accept"] = "image/*"
        if fetch.conditional and fetch.ask.validators.etag:
            headers["If-None-Match"] = fetch.ask.validators.etag
        if fetch.conditional and fetch.ask.validators.last_modified:
            headers["If-Modified-Since"] = fetch.ask.validators.last_modified
        if fetch.cookies is not None and (cookie := _cookie_header(fetch.cookies, fetch.url)):
            headers["Cookie"] = cookie
        source = fetch.ask.source
        if (secrets := secrets_of(source)) and may_have_secrets(source, fetch.url):
            headers.update(secrets)
        return headers

    def _with_body(
        self, fetch: Fetch, response: Response, slot: Slot, began: float
    ) -> Outcome | Fetch:
        content = _read_whole(response, slot)
        fields = response.head.fields
        if not fetch.ask.is_picture:
            refusal = responses.no_feed(content, fields.get("content-type", ""))
            is_text = fetch.ask.takes_text and refusal and refusal.kind == "not-a-feed"
            if refusal is not None and not is_text:
                return _not_a_feed(fetch, response, content, refusal, time.monotonic() - began)
            if not response.head.states_length and responses.is_cut(content):
                raise FetchError("truncated", "cut short: the connection ended before the feed did")
            content = responses.unwrapped(content)
        digest = blake2b(content, digest_size=16).hexdigest()
        if digest == fetch.ask.body_hash:
            return self._not_changed(fetch, response.head, by_hash=True)
        return Fetched(
            source_id=fetch.ask.source.id,
            url=fetch.url,
            body=content,
            headers=fields,
            validators=self._validators(fetch, response.head),
            max_age=responses.max_age(fields),
            moved_to=fetch.moved_to,
            received=response.connection.received,
            body_hash=digest,
            reach=fetch.own_reach,
            feeds=fetch.feeds[1:],
            feed_titles=fetch.feed_titles,
        )

    def _not_modified(self, fetch: Fetch, head: Head) -> NotModified:
        if not fetch.is_conditional:
            raise FetchError(
                "protocol",
                "says that nothing has changed (304), which we did not ask",
                "its cache is broken; its owner must mend it",
            )
        return self._not_changed(fetch, head, by_hash=False)

    def _not_changed(self, fetch: Fetch, head: Head, *, by_hash: bool) -> NotModified:
        return NotModified(
            source_id=fetch.ask.source.id,
            url=fetch.url,
            validators=self._validators(fetch, head),
            max_age=responses.max_age(head.fields),
            moved_to=fetch.moved_to,
            by_hash=by_hash,
            reach=fetch.own_reach,
        )

    def _validators(self, fetch: Fetch, head: Head) -> Validators:
        """Return the validators to keep: none from a server that has just failed on a condition."""
        if not fetch.conditional:
            return Validators()
        return responses.validators(head.fields, self._clock())

    def _refused(self, fetch: Fetch, head: Head) -> FetchFailed:
        return replace(
            failed(fetch, responses.refusal(head.status, head.fields), status=head.status),
            retry_at=responses.retry_at(head.fields, self._clock()),
            retry_scope=responses.retry_scope(head.status, fetch.ask.source, self._settings),
        )


def _read_whole(response: Response, slot: Slot) -> bytes:
    """Return the decoded body; a large one waits until no other is alive."""
    content = bytearray()  # each of a million tiny chunks would cost forty bytes more in a list
    for piece in response.body():
        content += piece
        slot.grow(len(content))
    return bytes(content)


def _redirected(fetch: Fetch, response: Response, took: float) -> Fetch:
    """Return the fetch of the address that a redirect names."""
    target = redirect_target(fetch.url, response.head.fields["location"])
    seen = (*fetch.seen, fetch.url)
    # A page that sets a cookie and leads back to itself is answered once with the cookie.
    if target in seen and not response.head.cookies:
        raise FetchError(
            "redirect-loop",
            "redirects in a circle",
            "its owner must mend that; does the site ask for cookies?",
        )
    if len(seen) > MAX_REDIRECTS:
        raise FetchError("redirect-loop", f"redirects more than {MAX_REDIRECTS} times")
    permanent = fetch.permanent and response.head.status in responses.PERMANENT
    onward = replace(_onward(fetch, target, response, took), permanent=permanent)
    if permanent:
        onward = replace(onward, moved_to=target)
    if response.head.cookies:
        onward = replace(onward, cookies=_with_cookies(fetch, response.head))
    return onward


def _onward(fetch: Fetch, url: str, response: Response, took: float) -> Fetch:
    """Return the fetch of the next address, trusted as far as the response that named it was.

    An inward chain stays in its sort of network; a public response ends the trust.
    """
    reach = response.connection.reach
    inward = reach and fetch.trusted in ("", reach)
    return replace(
        fetch,
        url=url,
        spent=fetch.spent + took,
        seen=(*fetch.seen, fetch.url),
        trusted=reach if inward else "public",
    )


def _not_a_feed(
    fetch: Fetch, response: Response, content: bytes, refusal: FetchError, took: float
) -> FetchFailed | Fetch:
    """Return the failure, with the feeds that a page announces, or the fetch of the first."""
    fields = response.head.fields
    page = discovery.Page()
    if refusal.kind == "html":
        content_type = fields.get("content-type", "")
        page = discovery.read_page(content, content_type, fetch.url, fields.get("link", ""))
    if page.feeds and fetch.follow:
        onward = _onward(fetch, page.feeds[0], response, took)
        return replace(onward, follow=False, feeds=page.feeds, feed_titles=page.titles)
    is_circle = page.refresh in (*fetch.seen, fetch.url) or len(fetch.seen) >= MAX_REDIRECTS
    if page.refresh and fetch.follow and not is_circle:
        return _onward(fetch, page.refresh, response, took)
    advice = refusal.advice
    if refusal.kind == "html" and not (fetch.ask.source.private and (page.feeds or page.refresh)):
        advice = discovery.advice(page)
    failure = failed(
        fetch, FetchError(refusal.kind, refusal.error, advice), status=response.head.status
    )
    if fetch.ask.source.private:
        return failure
    return replace(failure, feeds=page.feeds)


def failed(fetch: Fetch, error: FetchError, status: int = 0) -> FetchFailed:
    """Return the failure; of a private source without its address."""
    private = fetch.ask.source.private
    words = error.error
    if fetch.seen and not private:
        words = f"{words} ({_path(fetch)})"
    return FetchFailed(
        source_id=fetch.ask.source.id,
        url=fetch.shown_url,
        kind=error.kind,
        error=words,
        advice=error.advice,
        feeds=() if private else fetch.feeds[1:],
        status=status,
    )


def _path(fetch: Fetch) -> str:
    """Return the way of a fetch in words."""
    if not fetch.feeds:
        return f"redirected to {fetch.url}"
    way = f"{fetch.feeds[0]}, announced by the page"
    if fetch.url != fetch.feeds[0]:
        way += f", redirected to {fetch.url}"
    return way


# --- cookies --------------------------------------------------------------------------------------


def _with_cookies(fetch: Fetch, head: Head) -> CookieJar:
    """Return the cookies of a fetch and those that a redirect sets (RFC 6265)."""
    # Here: few servers set cookies, and the jar brings http.client.
    from email.message import Message
    from http.cookiejar import CookieJar
    from urllib.request import Request

    message = Message()
    for value in head.cookies:
        message["Set-Cookie"] = value
    jar = fetch.cookies or CookieJar()
    answer = cast(Any, SimpleNamespace(info=lambda: message))  # the one method that a jar calls
    jar.extract_cookies(answer, Request(fetch.url))  # noqa: S310
    return jar


def _cookie_header(cookies: CookieJar, url: str) -> str:
    """Return the Cookie header for an address."""
    from urllib.request import Request

    request = Request(url)  # noqa: S310  only read
    cookies.add_cookie_header(request)
    return request.get_header("Cookie") or ""
