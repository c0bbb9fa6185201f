"""A failing source -> a letter to the owner of its site, with the fault and the remedy."""

from __future__ import annotations

import threading
from datetime import datetime
from textwrap import fill
from urllib.parse import urlsplit
from xml.parsers import expat

from syndicator import fetcher, parser
from syndicator.errors import UsageError
from syndicator.failures import label
from syndicator.model.fetch import Ask, Fetched, FetchFailed, SourceState
from syndicator.model.settings import Config, Source
from syndicator.urls import redacted

_WALL = """\
Your server answers our feed reader with a page for browsers or with "forbidden" (HTTP {status}),
most likely by a protection against bots. A feed is made for programs: please let requests for
{path} through whose User-Agent begins with "syndicator/".

At Cloudflare this is a custom rule of the firewall (Security, WAF) with the action "Skip":

    (http.request.uri.path eq "{path}" and http.user_agent contains "syndicator/")

Elsewhere, an exception for the path {path} does it."""
_REMEDIES = {
    "challenge": _WALL,
    "forbidden": _WALL,
    "unauthorized": "Your server asks for a password (HTTP 401). A public feed needs none: please "
    "take {path} out of the protected part of the site.",
    "tls": "The certificate of {host} can't be trusted: {error}. Every reader that checks "
    "certificates stops there. Please renew it, with all certificates between it and its "
    "authority.",
    "redirect-loop": "Requests for {path} are sent round in a circle or too often: {error}. Often "
    "two rules contradict each other, one for https and one for the host's name.",
    "dns": "The name {host} can't be resolved: {error}. Please look at the domain's registration "
    "and its name servers.",
    "not-found": "There is no feed at {path} any more (HTTP {status}). If it has moved, please send "
    "requests for the old address on to the new one, with a permanent redirect (301).",
    "gone": "The server says that the feed is gone for good (HTTP 410). If that is meant, there is "
    "nothing to do.",
    "rate-limited": "Your server says that we ask too often (HTTP 429). We ask at most every "
    "{interval}; please let that through for {path}.",
    "server-error": "Your server fails with an error of its own (HTTP {status}). Its log will say "
    "why.",
    "unavailable": "Your server says that it is not available (HTTP {status}).",
    "timeout": "Your server does not answer in time: {error}.",
    "connect": "No connection to {host} can be made: {error}. Is the server running, and does a "
    "firewall let the port through?",
    "html": "At {path} stands a page instead of a feed. If the feed has moved, please send requests "
    'on to it (301), and announce it in your pages with <link rel="alternate" '
    'type="application/rss+xml" href="...">.',
    "too-large": "The feed is too large: {error}. The newest 20 to 50 posts are enough.",
    "empty": "The answer for {path} is empty.",
}
_OTHER = "What we get is no feed that can be read: {error}."
_BROKEN = """\
The feed is no well-formed XML: {error}, at line {line}, column {column} (byte {byte} of the file):

    {excerpt}

Many readers stop there. Most often it is an "&" that is not written as &amp;, an entity of HTML such
as &nbsp;, a control character, or output of a program before the <?xml ...?>."""


def write(
    config: Config,
    name: str,
    state: SourceState | None,
    now: datetime,
    stop: threading.Event | None = None,
) -> str:
    """Fetch a source once and return the letter about its fault.

    `name` is its id or name. Raises UsageError if there is no such source, or nothing is wrong.
    """
    source = _named(config, name)
    outcome = fetcher.fetch_one(Ask(source, source.url), config.fetch, stop)
    fault = _fault(source, outcome, config)
    if not fault:
        raise UsageError(f"{label(source)} can be read just now: there is nothing to write about")
    return _letter(config, source, state, fault, now)


def _filled(text: str) -> str:
    """Return paragraphs in lines of a mail; indented ones stay."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        is_code = paragraph.startswith("    ")
        paragraphs.append(paragraph if is_code else fill(paragraph, 76, break_long_words=False))
    return "\n\n".join(paragraphs)


def _named(config: Config, name: str) -> Source:
    for source in config.sources:
        if name in (source.id, source.name, source.url) and source.url:
            return source
    raise UsageError(f'no source with an address is named "{redacted(name)}"')


def _fault(source: Source, outcome: object, config: Config) -> str:
    """Return the fault and its remedy in the words of an owner; "" if there is none."""
    if isinstance(outcome, Fetched):
        if broken := _broken_xml(outcome.body):
            return broken
        outcome = parser.parse(outcome)
    if not isinstance(outcome, FetchFailed):
        return ""
    parts = urlsplit(source.url)
    return _REMEDIES.get(outcome.kind, _OTHER).format(
        status=outcome.status or 200,
        path=redacted(parts._replace(scheme="", netloc="").geturl()) or "/",
        host=parts.hostname,
        error=outcome.error,
        interval=source.interval,
        agent=config.fetch.user_agent,
    )


def _broken_xml(body: bytes) -> str:
    """Say at which line and byte a feed in XML breaks; "" if it does not, or is none."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return ""
    reader = expat.ParserCreate()
    try:
        reader.Parse(body, True)
    except expat.ExpatError as error:
        line = b"".join(body.split(b"\n")[error.lineno - 1 : error.lineno])
        start = max(error.offset - 30, 0)
        return _BROKEN.format(
            error=expat.ErrorString(error.code),
            line=error.lineno,
            column=error.offset + 1,
            byte=reader.ErrorByteIndex + 1,
            excerpt=line[start : start + 60].decode("utf-8", "replace").strip(),
        )
    return ""


def _letter(
    config: Config, source: Source, state: SourceState | None, fault: str, now: datetime
) -> str:
    feed, url = config.feeds[0], redacted(source.url)
    since = (state and state.failing_since) or now
    agent = config.fetch.user_agent
    contact = feed.contact and f"\n{feed.contact.removeprefix('mailto:')}"
    intro = (
        f'"{feed.title}" ({feed.link}) shows the newest posts of "{label(source)}", each with a '
        f"link to your site. Since {since:%d %B %Y} the feed can't be read:"
    )
    return f"""\
Subject: The feed {url} can't be read

Hello,

{_filled(intro)}

    {url}

{_filled(fault)}

These requests show it:

    curl -sSiL --max-redirs 10 -A '{agent}' '{url}' | head -40
    curl -sSo /dev/null -w '%{{http_code}} %{{num_redirects}} %{{ssl_verify_result}}\\n' -L \\
        -A '{agent}' '{url}'

Thank you!{contact}
"""
