"""Ask -> Outcome, one request at a time: a Trip makes a hop, and comes to an Outcome or to its next Trip.

A redirect is a new Trip rather than a loop, so that the crowd can queue it at the host that it leads to:
a hundred sources that redirect to one host must not all fall on it at once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
from msgspec import Struct
from msgspec.structs import replace

from syndicator.fetcher import discovery, responses
from syndicator.fetcher.adapter import Body, BoundedRequest, LeanAdapter, basic, body_of, why
from syndicator.fetcher.addresses import literal_reach
from syndicator.fetcher.connection import Bounds
from syndicator.fetcher.decoding import accepted
from syndicator.fetcher.fetch_error import Fault, too_late
from syndicator.fetcher.files import read_file
from syndicator.fetcher.http1 import MAX_HEAD, Head, tells_its_end
from syndicator.fetcher.large_bodies import Seat
from syndicator.model.fetch import (
    Ask,
    Fetched,
    FetchFailed,
    NotModified,
    Outcome,
    Reach,
    Validators,
)
from syndicator.model.settings import FetchSettings, Source

MAX_REDIRECTS = 10
_WITH_FEED = frozenset(
    {200, 203, 226}
)  # 203: a proxy has changed something in it; 226: "IM Used" (RFC 3229)
_NO_PROXIES: dict[str, str] = {}  # the adapter knows them
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, application/json;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
# An address that needs no more than splitting. Not one with a user, spaces, other scripts or a fragment.
_PLAIN = re.compile(
    r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~:/!$&'()*+,;=@%-]*)?(?:\?[A-Za-z0-9._~:/?!$&'()*+,;=@%-]*)?"
)


class Trip(Struct, frozen=True):
    """A fetch under way."""

    ask: Ask
    url: str
    spent: float = 0.0  # seconds on the wire so far; waiting in line costs the source nothing
    seen: tuple[str, ...] = ()  # the addresses asked before
    permanent: bool = True  # all redirects so far were permanent
    moved_to: str = ""  # where the permanent ones led
    own_reach: Reach = ""  # where the source's own address lies, once it was connected to
    trusted: Reach = ""  # where this hop may lead: see addresses.may_connect
    own_literal: bool = False  # its address in feeds.toml is a literal one, not a name
    follow: bool = (
        False  # a look at one source: go on to the feed that a page announces, wait for a pipe
    )
    feeds: tuple[str, ...] = ()  # what that page announced; the first is the one that is asked

    @property
    def deadline(self) -> float:
        """The time.monotonic() by which a hop that starts now must have ended."""
        return time.monotonic() + self.ask.source.timeout.total_seconds() - self.spent


def start(ask: Ask, *, follow: bool = False) -> Trip:
    """Return the trip that begins with an ask."""
    host = urlsplit(ask.source.url).hostname or "" if ask.url == ask.source.url else ""
    literal = literal_reach(host)
    return Trip(
        ask=ask, url=ask.url, trusted=literal or ask.reach, own_literal=bool(literal), follow=follow
    )


class Traveller:
    """Makes hops: one session for all of them, from many threads at once."""

    def __init__(
        self, settings: FetchSettings, adapter: LeanAdapter, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._common = {
            "User-Agent": settings.user_agent or "syndicator",
            "Accept": _ACCEPT,
            "Accept-Encoding": accepted(),
        }
        self._adapter = adapter
        self._session = _Session()
        self._session.trust_env = (
            False  # the adapter has looked once; requests would look for each request
        )
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def abort(self) -> None:
        """Break off all hops that are under way."""
        self._adapter.close()

    def hop(self, trip: Trip, seat: Seat) -> Outcome | Trip:
        """Make one request (or read a file) and return what came of it."""
        began = time.monotonic()
        try:
            if trip.ask.source.path is not None:
                return read_file(trip.ask, self._settings, pipes=trip.follow)
            return self._hop(trip, seat, began)
        except Fault as fault:
            return _failed(trip, fault)
        except OSError as problem:
            return _failed(trip, why(problem))

    def _hop(self, trip: Trip, seat: Seat, began: float) -> Outcome | Trip:
        request = BoundedRequest(_sendable(trip.url), self._headers(trip), self._bounds(trip, seat))
        with self._session.send(
            request, stream=True, allow_redirects=False, proxies=_NO_PROXIES
        ) as response:
            answer = body_of(response)
            trip = replace(trip, own_reach=trip.own_reach or answer.reach)
            if answer.head.status in responses.REDIRECTS and "location" in answer.head.fields:
                return self._redirected(trip, answer, time.monotonic() - began)
            if answer.head.status == 304:  # noqa: PLR2004  Not Modified
                return _not_modified(trip, answer.head.fields)
            if answer.head.status in _WITH_FEED and "cf-mitigated" not in answer.head.fields:
                return self._with_body(trip, response, seat, began)
            return self._refused(trip, answer.head)

    def _bounds(self, trip: Trip, seat: Seat) -> Bounds:
        return Bounds(
            seat=seat,
            max_bytes=self._settings.max_bytes
            + MAX_HEAD,  # the setting speaks of feeds; a head comes on top
            max_decoded_bytes=self._settings.max_decoded_bytes,
            trusted=trip.trusted,
            own_literal=trip.own_literal and not trip.seen,
        )

    def _headers(self, trip: Trip) -> dict[str, str]:
        headers = dict(self._common)
        if trip.ask.validators.etag:
            headers["If-None-Match"] = trip.ask.validators.etag
        if trip.ask.validators.last_modified:
            headers["If-Modified-Since"] = trip.ask.validators.last_modified
        if (secrets := _secrets(trip.ask.source)) and _is_home(trip.ask.source, trip.url):
            headers.update(secrets)
        return headers

    def _redirected(self, trip: Trip, answer: Body, took: float) -> Trip:
        """Return the trip to where the answer points."""
        target = _target(trip.url, answer.head.fields["location"])
        seen = (*trip.seen, trip.url)
        if target in seen:
            advice = "its owner must mend that; does the site ask for cookies?"
            raise Fault("redirect-loop", "redirects in a circle", advice)
        if len(seen) > MAX_REDIRECTS:
            raise Fault("redirect-loop", f"redirects more than {MAX_REDIRECTS} times")
        permanent = trip.permanent and answer.head.status in responses.PERMANENT
        onward = _onward(trip, target, answer.reach, took)
        return replace(onward, permanent=permanent, moved_to=target if permanent else trip.moved_to)

    def _with_body(
        self, trip: Trip, response: requests.Response, seat: Seat, began: float
    ) -> Outcome | Trip:
        body = _whole(response, seat)
        answer = body_of(response)
        problem = responses.no_feed(body, answer.head.fields.get("content-type", ""))
        if problem is not None:
            return _not_a_feed(trip, answer, body, problem, time.monotonic() - began)
        if not tells_its_end(answer.head) and responses.is_cut(body):
            raise Fault("truncated", "cut short: the connection ended before the feed did")
        digest = blake2b(body, digest_size=16).hexdigest()
        if digest == trip.ask.body_hash:
            return _same(trip, answer.head.fields, by_hash=True)
        return Fetched(
            source_id=trip.ask.source.id,
            url=trip.url,
            body=body,
            headers=answer.head.fields,
            validators=_validators(answer.head.fields),
            max_age=responses.max_age(answer.head.fields),
            moved_to=trip.moved_to,
            received=answer.wire.received,
            body_hash=digest,
            reach=trip.own_reach,
            feeds=trip.feeds[1:],
        )

    def _refused(self, trip: Trip, head: Head) -> FetchFailed:
        found = responses.verdict(head.status, head.fields)
        failed = _failed(trip, Fault(found.kind, found.error, found.advice), status=head.status)
        return replace(
            failed,
            retry_at=responses.retry_at(head.fields, self._clock()),
            retry_scope=responses.retry_scope(head.status, trip.ask.source, self._settings),
        )


class _Session(requests.Session):
    """A session that follows nothing: a redirect is a trip of its own, with its own checks."""

    def resolve_redirects(self, *_: object, **__: object) -> Iterator[Any]:
        """Return none; requests would read the body of a redirect only to forget it."""
        return iter(())


def _whole(response: requests.Response, seat: Seat) -> bytes:
    """Return the decoded body, which waits for room where it is a large one."""
    body = (
        bytearray()
    )  # not a list to join: of a million tiny chunks each would cost forty bytes more
    for piece in response.iter_content(None):
        body += piece
        seat.grow(len(body))
    return bytes(body)


def _onward(trip: Trip, url: str, reach: Reach, took: float) -> Trip:
    """Return the trip to the next address, trusted as far as the answer that named it was."""
    trusted = _trust_after(trip, reach)
    return replace(
        trip, url=url, spent=trip.spent + took, seen=(*trip.seen, trip.url), trusted=trusted
    )


def _not_modified(trip: Trip, fields: Mapping[str, str]) -> NotModified:
    if trip.ask.validators == Validators():
        advice = "its cache is broken; its owner must mend it"
        raise Fault("protocol", "says that nothing has changed (304), which we did not ask", advice)
    return _same(trip, fields, by_hash=False)


def _same(trip: Trip, fields: Mapping[str, str], *, by_hash: bool) -> NotModified:
    return NotModified(
        source_id=trip.ask.source.id,
        url=trip.url,
        validators=_validators(fields),
        max_age=responses.max_age(fields),
        moved_to=trip.moved_to,
        by_hash=by_hash,
        reach=trip.own_reach,
    )


def _not_a_feed(
    trip: Trip, answer: Body, body: bytes, problem: responses.Verdict, took: float
) -> FetchFailed | Trip:
    """Return the failure, with the feeds that a page announces; or the trip to the first of them."""
    feeds: tuple[str, ...] = ()
    if problem.kind == "html":
        feeds = discovery.feeds_in(body, answer.head.fields.get("content-type", ""), trip.url)
    if feeds and trip.follow:
        return replace(_onward(trip, feeds[0], answer.reach, took), follow=False, feeds=feeds)
    named = feeds and not trip.ask.source.private
    advice = (
        discovery.advice(feeds)
        if problem.kind == "html" and (named or not feeds)
        else problem.advice
    )
    failed = _failed(trip, Fault(problem.kind, problem.error, advice), status=answer.head.status)
    return replace(failed, feeds=feeds) if named else failed


def timed_out(trip: Trip) -> FetchFailed:
    """Return the failure of a hop that hangs where no timeout reaches (the system's resolver)."""
    return _failed(trip, too_late())


def _failed(trip: Trip, fault: Fault, status: int = 0) -> FetchFailed:
    """Return the failure; of a private source without its address."""
    source = trip.ask.source
    error = fault.error
    if trip.seen and not source.private:
        error = f"{error} ({_way(trip)})"
    return FetchFailed(
        source_id=source.id,
        url="" if source.private else trip.ask.url,
        kind=fault.kind,
        error=error,
        advice=fault.advice,
        feeds=() if source.private else trip.feeds[1:],
        status=status,
    )


def _way(trip: Trip) -> str:
    """Say where a trip came to, and how."""
    if not trip.feeds:
        return f"redirected to {trip.url}"
    onward = f", redirected to {trip.url}" if trip.url != trip.feeds[0] else ""
    return f"{trip.feeds[0]}, announced by the page{onward}"


def _trust_after(trip: Trip, reach: Reach) -> Reach:
    """Return where the next hop may lead: an inward chain stays in its sort, a public answer ends the trust."""
    return reach if reach and trip.trusted in ("", reach) else "public"


def _validators(headers: Mapping[str, str]) -> Validators:
    return Validators(headers.get("etag", ""), headers.get("last-modified", ""))


def _target(base: str, location: str) -> str:
    """Return the absolute http(s) address that a Location means."""
    try:
        target = urljoin(base, _location(location)).partition("#")[0]
        host = urlsplit(target).hostname
    except ValueError:  # urllib's word for "http://[" and the like
        raise Fault("protocol", "redirects to something that is no address") from None
    if not target.lower().startswith(("http://", "https://")):
        raise Fault("forbidden-address", "redirects to something that is neither http nor https")
    if not host:
        raise Fault("protocol", "redirects to something that is no address")
    return target


def _location(value: str) -> str:
    """Return a Location as text: many servers send it in UTF-8, which the head's latin-1 has torn apart."""
    try:
        return value.strip().encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value.strip()


def _sendable(url: str) -> str:
    """Return the address as it goes over the wire: ASCII, IDNA host, no user, no fragment."""
    if _PLAIN.fullmatch(url):
        return url
    quoted = requests.PreparedRequest()
    try:
        quoted.prepare_url(url, None)
        parts = urlsplit(str(quoted.url))
    except ValueError:  # requests' InvalidURL is one
        raise Fault("protocol", "its address is not a URL") from None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def _is_home(source: Source, url: str) -> bool:
    """Tell whether secrets may go to this address: the source's own host and port, or its https twin."""
    home, there = urlsplit(source.url), urlsplit(url)
    if home.hostname != there.hostname:
        return False
    if home.scheme == there.scheme:
        return home.netloc.rpartition("@")[2] == there.netloc.rpartition("@")[2]
    return (home.scheme, there.scheme, home.port or 80, there.port or 443) == (
        "http",
        "https",
        80,
        443,
    )


def _secrets(source: Source) -> dict[str, str]:
    """Return the headers that are the source's own: `headers`, `auth`, user and password of its address."""
    headers = dict(source.headers)
    if source.auth is not None:
        headers["Authorization"] = basic(*source.auth)
    elif "@" in source.url.partition("://")[2].partition("/")[0]:
        parts = urlsplit(source.url)
        headers["Authorization"] = basic(
            unquote(parts.username or ""), unquote(parts.password or "")
        )
    return headers
