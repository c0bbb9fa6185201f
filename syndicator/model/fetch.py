"""A request to a source, its outcome, and the state of a source (schedule, fetcher, store)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from syndicator.model.settings import BackoffScope, Reach, Source
from syndicator.model.structs import RedactedRepr


class Validators(Struct, frozen=True, omit_defaults=True):
    """The server's validators for conditional requests, exactly as received (RFC 9110, 8.8)."""

    etag: str = ""
    last_modified: str = ""


class Hints(Struct, frozen=True, omit_defaults=True):
    """Hints of the answer's headers and of the feed on how often to ask. None: not said."""

    max_age: timedelta | None = None  # Cache-Control max-age less Age, else Expires less Date
    ttl: timedelta | None = None  # RSS ttl
    update_period: timedelta | None = None  # sy:updatePeriod / sy:updateFrequency
    skip_hours: tuple[int, ...] = ()  # 0..23, GMT
    skip_days: tuple[str, ...] = ()  # "Monday" ...
    pace: timedelta | None = None  # how often it posts: the usual gap between its newest posts


class Ask(RedactedRepr, frozen=True):
    """One request that the schedule wants made now."""

    repr_exclude = frozenset(["url"])

    source: Source
    url: str  # the source's, or the address it has moved to
    validators: Validators = Validators()
    body_hash: str = (
        ""  # of the last body that was parsed and stored: the same again is "not modified"
    )
    reach: Reach = (
        ""  # where it was first fetched from: a public source can't lead to an inward address later
    )
    is_picture: bool = False  # of the source: its body is no feed
    takes_text: bool = False  # a list of sources may be plain text


class Fetched(RedactedRepr, frozen=True):
    """A whole answer with a body, decoded from its content encoding."""

    repr_exclude = frozenset(["url", "body", "headers", "moved_to", "feeds", "feed_titles"])

    source_id: str
    url: str  # the address that answered, after redirects
    body: bytes
    headers: Mapping[str, str] = {}  # names in lower case
    validators: Validators = Validators()
    max_age: timedelta | None = None
    moved_to: str = ""  # where the permanent redirects (301, 308) led: the new address
    received: int = 0  # bytes on the wire
    body_hash: str = ""
    reach: Reach = ""  # where the source's own address lies
    feeds: tuple[str, ...] = ()  # the other feeds of the page that led here
    feed_titles: Mapping[str, str] = {}  # their titles, as far as the page says them

    @property
    def content_type(self) -> str:
        """The Content-Type header as received, or ""."""
        return self.headers.get("content-type", "")


class NotModified(RedactedRepr, frozen=True):
    """A 304, or a body equal to the last one."""

    repr_exclude = frozenset(["url", "moved_to"])

    source_id: str
    url: str
    validators: Validators = Validators()
    max_age: timedelta | None = None
    moved_to: str = ""
    by_hash: bool = False  # the server sent the same body again
    reach: Reach = ""


FailureKind = Literal[
    "timeout", "dns", "connect", "tls", "reset", "truncated", "too-large", "redirect-loop", "forbidden-address",
    "unauthorized", "forbidden", "challenge", "not-found", "gone", "rate-limited", "unavailable", "server-error",
    "http", "protocol", "empty", "html", "not-a-feed", "restricted", "file", "interrupted", "bug",
]  # fmt: skip


# The failures after which the host, or our own network, may be down.
UNREACHABLE: frozenset[FailureKind] = frozenset({"timeout", "dns", "connect"})


class FetchFailed(Struct, frozen=True, omit_defaults=True):
    """A source that gave nothing usable this time: a value, never a raised exception."""

    source_id: str
    url: str  # what was asked; "" from the fetcher where the source is private, which the parser can't know
    kind: FailureKind
    error: str  # one line, what happened
    advice: str = ""  # what to do about it, where something can be done
    retry_at: datetime | None = None  # an explicit Retry-After
    retry_scope: BackoffScope = "source"
    feeds: tuple[str, ...] = ()  # the feeds that an HTML page announces, but for one that was tried
    status: int = 0


Outcome = Fetched | NotModified | FetchFailed


class Outage(Struct, frozen=True, omit_defaults=True):
    """Runs in a row in which nothing could be reached: our own network seems to be down."""

    since: datetime
    runs: int
    kinds: dict[str, int]  # how many failed how in the last one, the most frequent first
    alerted: bool = False  # cron has spoken of it


DEAD_AFTER = timedelta(days=30)  # of nothing but failures: from then on it is asked weekly


class SourceState(RedactedRepr, frozen=True, omit_defaults=True):
    """The state of a source between runs.

    The schedule makes the next one from it; the store keeps it.
    """

    repr_exclude = frozenset(["url", "moved_to", "moved_from", "strange", "led_to"])

    source_id: str
    url: str = ""  # what it was last asked at
    validators: Validators = Validators()
    body_hash: str = ""
    hints: Hints = Hints()
    last_attempt: datetime | None = None
    last_success: datetime | None = None  # a feed or a 304
    last_change: datetime | None = None  # a body that was new
    next_due: datetime | None = None  # None: at once
    due_reason: str = ""  # why then, for `status`
    retry_at: datetime | None = None  # an explicit Retry-After stands until then, --force or not
    retry_scope: BackoffScope = "source"  # "host": it holds for every source of that host
    failing_since: datetime | None = None
    consecutive: int = 0  # failures in a row
    failure_kind: str = ""
    failure: str = ""  # the last error and what to do about it
    alerted: bool = False  # cron has spoken of it
    gone_since: datetime | None = None  # the first 410 in a row
    gone: bool = False  # confirmed; not asked again but by name
    moved_to: str = ""
    moved_days: tuple[str, ...] = ()  # the days (ISO) on which it was seen
    moved: bool = False  # seen on enough days to be believed: it is asked there
    moved_from: str = ""  # the address in feeds.toml that led there
    unchanged_since: datetime | None = None  # conditional requests have brought only 304 since
    reach: Reach = ""  # where its address lay when it first worked
    strange: str = ""  # a permanent redirect that led to somebody else's feed: no move
    led_to: str = ""  # the host that answered last, where a redirect led to another than its own
