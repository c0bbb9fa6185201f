"""Status, header fields, body -> the meaning of a response. Pure: the clock is an argument.

The words are for the operator: an event, then advice. They name no URL, which may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from syndicator.fetcher.fetch_error import FetchError
from syndicator.model.fetch import FailureKind, Validators
from syndicator.model.settings import BackoffScope, FetchSettings, Source

PERMANENT = frozenset({301, 308})
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_YEAR = timedelta(days=365)  # the longest freshness that is believed: beyond it datetimes overflow
_LONGEST_SILENCE = timedelta(days=2)  # that a Retry-After can ask for
_FIRST_WEB_SERVER = 1990  # a Last-Modified before it is a clock that was never set
_HEAD = 1024  # bytes in which a feed or a page shows what it is,
_FRONT = 65536  # and in which its first tag stands, whatever a program has said before it


# Status -> the kind of failure, the words, advice.
_BY_STATUS: dict[int, tuple[FailureKind, str, str]] = {
    204: ("empty", "answered with nothing (204)", ""),
    205: ("empty", "answered with nothing (205)", ""),
    401: ("unauthorized", "asks for a user and password (401)", "check auth and headers in feeds.toml"),
    402: ("forbidden", "asks for payment (402)", "subscribe, or take the source out"),
    403: ("forbidden", "refuses us (403)", "ask its owner to allow our User-Agent"),
    404: ("not-found", "is not there (404)", "look on the site for its feed's new address"),
    407: ("unauthorized", "the proxy asks for a user and password (407)", "put them into its address"),
    408: ("timeout", "the server gave up waiting for our request (408)", ""),
    410: ("gone", "is gone (410)", "its owner has ended it; its posts stay while it is in feeds.toml"),
    429: (
        "rate-limited",
        "says that we ask too often (429)",
        "if we do, lengthen the interval of this host's sources; else ask its owner to allow our "
        "User-Agent",
    ),
    451: ("forbidden", "is withheld for legal reasons (451)", "take the source out, or ask its owner"),
    503: ("unavailable", "is not available for now (503)", ""),
}  # fmt: skip


def refusal(status: int, fields: Mapping[str, str]) -> FetchError:
    """Return why a response that is neither 200, 304 nor a redirect gives no feed."""
    if "challenge" in fields.get("cf-mitigated", "").lower():
        return FetchError(
            "challenge",
            f"answers with a bot challenge ({status}, cf-mitigated)",
            "ask its owner to allow our User-Agent for the feed's address; "
            "`syndicator status --letter` writes to them",
        )
    if status in _BY_STATUS:
        return FetchError(*_BY_STATUS[status])
    if status >= 500:  # RFC 9110, 15.6
        return FetchError("server-error", f"its server has a fault ({status})")
    return FetchError("http", f"answered with status {status}, which gives us no feed")


def retry_scope(status: int, source: Source, settings: FetchSettings) -> BackoffScope:
    """Return the scope of a Retry-After: on 429 the host, else the source, unless set otherwise."""
    usual: BackoffScope = "host" if status == 429 else "source"
    return source.backoff_scope or settings.backoff_scope or usual


def retry_at(fields: Mapping[str, str], now: datetime) -> datetime | None:
    """Return until when Retry-After asks us to stay away: seconds or a date (RFC 9110, 10.2.3).

    A date is read against the server's own Date, so that its clock or ours may be wrong. At most
    two days: a year by mistake would end a source in silence.

    >>> retry_at({"retry-after": "120"}, datetime(2024, 5, 1, tzinfo=UTC))
    datetime.datetime(2024, 5, 1, 0, 2, tzinfo=datetime.timezone.utc)
    """
    value = fields.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?", value):  # no sign: a negative one says nothing
        return now + timedelta(seconds=min(float(value), _LONGEST_SILENCE.total_seconds()))
    if (moment := _date(value)) is None:
        return None
    wait = moment - (_date(fields.get("date", "")) or now)
    return now + min(wait, _LONGEST_SILENCE) if wait > timedelta(0) else None


def validators(fields: Mapping[str, str], now: datetime) -> Validators:
    """Return the validators of a response; a Last-Modified that can't be true is none.

    >>> fields = {"etag": '"a"', "last-modified": "Thu, 01 Jan 1970 00:00:00 GMT"}
    >>> validators(fields, datetime(2024, 5, 1, tzinfo=UTC))
    Validators(etag='"a"', last_modified='')
    """
    modified = fields.get("last-modified", "")
    moment = _date(modified)
    if moment is not None and not (
        moment.year >= _FIRST_WEB_SERVER and moment <= now + timedelta(days=1)
    ):
        modified = ""
    return Validators(fields.get("etag", ""), modified)


def max_age(fields: Mapping[str, str]) -> timedelta | None:
    """Return the freshness: max-age less Age, else Expires less Date (RFC 9111, 4.2).

    >>> max_age({"cache-control": "public, max-age=600", "age": "100"})
    datetime.timedelta(seconds=500)
    >>> max_age({"cache-control": "no-cache, max-age=600"}), max_age({"expires": "0"})
    (None, None)
    """
    control = fields.get("cache-control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return None
    # Not s-maxage: we are no shared cache.
    if directive := re.search(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,15})", control):
        age = fields.get("age", "").strip()
        seconds = int(directive[1]) - (int(age) if re.fullmatch("[0-9]{1,15}", age) else 0)
        return timedelta(seconds=min(max(seconds, 0), _YEAR.total_seconds()))
    if "expires" not in fields:
        return None
    expires, date = _date(fields["expires"]), _date(fields.get("date", ""))
    if expires is None or date is None or expires <= date:
        return None
    return min(expires - date, _YEAR)


_WALL_WITHIN = 50_000  # bytes of a page in which a wall shows
# Pages of bot walls that come with status 200: Cloudflare, DDoS-Guard, Imperva, Sucuri, Anubis.
# Never a page about them: a title that is only that, or the wall's own script.
_WALL = re.compile(
    rb"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare|DDoS-Guard"
    rb"|Checking your browser[^<]{0,60}|Making sure you(?:'|&#39;|&#x27;)re not a bot!"
    rb"|Sucuri WebSite Firewall[^<]{0,60})\s*</title>"
    rb"|/cdn-cgi/challenge-platform/|_Incapsula_Resource\?",
    re.IGNORECASE,
)


def no_feed(body: bytes, content_type: str) -> FetchError | None:
    """Return the reason why a body is no feed, by its beginning; None: let the parser try.

    >>> no_feed(b"<!DOCTYPE html><title>Welcome</title>", "text/html").kind
    'html'
    >>> no_feed(b"<rss version='2.0'>", "text/html")
    """
    if not body.strip(b" \t\r\n\x00"):
        return FetchError("empty", "answered with nothing")
    # UTF-16 without its zeros reads as ASCII; byte order marks and white space may stand in front.
    start = body[:_HEAD].replace(b"\x00", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n").lower()
    if _is_page(start, content_type):
        if _WALL.search(body[:_WALL_WITHIN]):
            return FetchError(
                "challenge",
                "answers with a page of its bot wall in place of the feed",
                "ask its owner to allow our User-Agent for the feed's address; "
                "`syndicator status --letter` writes to them",
            )
        return FetchError("html", "is a page, not a feed", "use the address of its feed")
    if _BINARY.match(start):
        return FetchError("not-a-feed", "is not a feed but a binary file")
    if not start.startswith((b"{", b"[")) and b"<" not in body[:_FRONT]:
        return FetchError("not-a-feed", "is plain text, not a feed")
    return None


def unwrapped(body: bytes) -> bytes:
    """Return the feed within a page's root element, if a server wraps its feed in one.

    Otherwise return the body.

    >>> unwrapped(b"<html><body><rss version='2.0'></rss></body></html>")
    b"<rss version='2.0'></rss>"
    """
    start = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start.startswith((b"<html", b"<!doctype html")):
        return body
    feeds: list[tuple[int, int]] = []
    for root_start, root_end in _ROOTS:
        root = root_start.search(body)
        end = max((tag.end() for tag in root_end.finditer(body)), default=0)
        if root and end > root.end():
            feeds.append((root.start(), end))
    first, last = min(feeds, default=(0, len(body)))
    return body[first:last]


def is_cut(body: bytes) -> bool:
    r"""Tell whether an XML feed stops before the end of its root element.

    >>> is_cut(b"<rss><channel><item><title>Half a po"), is_cut(b"<rss></rss>\n")
    (True, False)
    """
    plain = body.replace(b"\x00", b"").lower()
    root = _ROOT.search(plain[:_HEAD])
    return root is not None and not root[0].endswith(b"/") and b"</" + root[0][1:-1] not in plain


# Pictures, archives, PDF, programs, media: by their first bytes in lower case, no XML or JSON
# begins so.
_BINARY = re.compile(
    rb"\x89png|gif8|\xff?\xd8|pk\x03\x04|%pdf-|\x1f\x8b|\x7felf|riff|id3|oggs|bzh|7z\xbc\xaf"
)
# A feed's root or channel, with any namespace prefix; not <rssitem>.
_ROOT = re.compile(rb"<(?:[a-z0-9]+:)?(?:rss|feed|rdf|channel)[\s>/]")

# Start and end tags of a feed's root; not "<feedback>", no prefixed names. Not one pattern over both:
# of many starts without an end each would be followed to the end of the body.
_ROOTS = (
    (re.compile(rb"<rss[\s>]", re.IGNORECASE), re.compile(rb"</rss\s*>", re.IGNORECASE)),
    (re.compile(rb"<feed[\s>]", re.IGNORECASE), re.compile(rb"</feed\s*>", re.IGNORECASE)),
)


def _is_page(start: bytes, content_type: str) -> bool:
    """Tell whether it begins as HTML does; many feeds are served as text/html."""
    if _ROOT.search(start):
        return False
    rest = start
    # XHTML begins with an XML declaration, both may begin with comments.
    while rest.startswith((b"<?", b"<!--")):
        rest = rest.partition(b"-->" if rest.startswith(b"<!--") else b">")[2].lstrip()
    if re.match(rb"<!doctype\s+html|<(?:html|head|body|title|script|meta)[\s>]", rest):
        return True
    return "html" in content_type.lower() and b"<" in start and not rest.startswith((b"{", b"<!"))


def _date(value: str) -> datetime | None:
    """Return an HTTP-date as UTC, None for "0", "-1" and rubbish: already expired."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)
