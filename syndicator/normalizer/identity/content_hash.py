"""A post's parts -> a digest of its content.

Another digest means that the source changed the post. Pure.

What moves by itself is left out: tokens in addresses, relative dates, counts of comments, image
sizes, the order of attributes, white space, and the site's own host and scheme, so that a move is
not an update of everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from syndicator import urls
from syndicator.model.feed import Enclosure
from syndicator.normalizer.identity.counts import without_counts
from syndicator.normalizer.identity.keys import digest, looser

# What rotates in an address: signatures, sessions, times and cache breakers by their names, and
# whatever looks drawn by lot: letters and digits mixed, long runs without a hyphen, UUIDs. A slug
# ("ferry-to-the-island", "2024") stays.
_NAMED = re.compile(
    r"(?:token|sig|expires|nonce|sess|sid|auth|hash|rand|key)[^=]*=|(?:^|[^a-z])(?:ts|t|cb|_|v|ver|time)=",
    re.IGNORECASE,
)
_RUN = 20  # letters and hyphens alone are taken for hexadecimal from so many on
_LOT = re.compile(
    rf"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])\w{{4,}}|[^-]{{24,}}|\d{{9,}}|[0-9a-fA-F-]{{{_RUN},}}"
)
# "-300x200", "_640x480", "@2x", "-scaled" before an extension; Google's "=s1600" or "=w300-h200".
_SIZE = re.compile(r"(?:[-_]\d{2,4}x\d{2,4}|@\dx|-scaled)(?=\.\w+$)|=[swh]\d+(?:-\w+)*$")


def content_hash(
    *,
    title: str,
    text: str,
    link: str = "",
    site: str = "",
    content_html: str = "",
    enclosures: Iterable[Enclosure] = (),
) -> str:
    """Return a digest of the content of a post, 16 hex digits.

    `title` and `text` plain, `content_html` sanitized; neither holds a credit line. `site`: the
    source's. About 60 us for 9 KB.
    """
    hosts = sorted({urls.host(link), urls.host(site)} - {""}, key=lambda host: (-len(host), host))
    parts = (
        _letters(without_counts(title)),
        _letters(without_counts(_without_own_hosts(text, hosts))),
        _steady(looser(link)[1]).encode("utf-8", "replace"),
        _targets(content_html, hosts),
        _names(sorted(set(map(file_name, _attributes(content_html, ' src="'))))),
        _names(file_name(file.url) for file in enclosures),
    )
    return digest(b"\0".join(parts))


def _without_own_hosts(text: str, hosts: Iterable[str]) -> str:
    """Take the site's own hosts out of a text, and the schemes: a move of the site changes them."""
    for host in hosts:
        if host in text:
            text = text.replace("https://", "").replace("http://", "").replace(host, "")
    return text


def _letters(text: str) -> bytes:
    """Return all but white space, which comes and goes with a site's templates.

    A corrected comma counts.
    """
    return text.replace("\xa0", "").encode("utf-8", "replace").translate(None, b" \t\r\n\f\v")


def _attributes(html: str, opening: str) -> list[str]:
    """Return the values of an attribute in sanitized HTML, which is always quoted the same way."""
    return [part.partition('"')[0] for part in html.split(opening)[1:]]


def _targets(html: str, hosts: Iterable[str]) -> bytes:
    """Return the targets of the links of a body, sorted.

    >>> _targets('<a href="https://www.a.example/x/?id=7&sid=3"><a href="http://b.example/c/9f3ab/">', [])
    b'a.example/x/id=7 b.example/c'
    """
    hrefs = (
        "\n".join(set(_attributes(html, ' href="'))).replace("https://", "").replace("http://", "")
    )
    hrefs = _without_own_hosts(hrefs, hosts)
    if "?" in hrefs:
        hrefs = "\n".join(map(urls.without_tracking, hrefs.split("\n")))
    targets = {target.removeprefix("www.").strip("/") for target in _steady(hrefs).split("\n")}
    return _names(sorted(targets))


def _names(names: Iterable[str]) -> bytes:
    return " ".join(names).encode("utf-8", "replace")


def _steady(paths: str) -> str:
    """Return paths, one a line, as steps between slashes, without the steps that rotate."""
    steps = paths.replace("?", "/").replace("&", "/").replace(";", "/")
    # One look at each different step of all paths: most bodies have none that rotates.
    rotating = set(filter(_rotates, set(steps.replace("\n", "/").split("/"))))
    if rotating:

        def steady(path: str) -> str:
            return "/".join(step for step in path.split("/") if step not in rotating)

        steps = "\n".join(map(steady, steps.split("\n")))
    while "//" in steps:
        steps = steps.replace("//", "/")
    return steps


@lru_cache(maxsize=1024)
def _rotates(step: str) -> bool:
    # Most steps are plain words.
    if len(step) < _RUN and (not step or step.replace("-", "").isalpha()):
        return False
    name, equals, value = step.rpartition("=")
    return bool((equals and _NAMED.search(name + equals)) or _LOT.fullmatch(value))


def file_name(url: str) -> str:
    """Return the name of a file without its size.

    It stays on another host and under another signature.

    >>> file_name("https://i0.wp.com/a.example/up/cat-300x200.jpg?w=300"), file_name("https://b.example/embed/x1/")
    ('cat.jpg', 'x1')
    """
    return _SIZE.sub("", url.partition("?")[0].rstrip("/").rpartition("/")[2])
