"""A post's parts -> a digest of what a reader would call the post: differs = its source changed it. Pure.

What moves by itself is left out: tokens in addresses, relative dates, counts of comments, image sizes, the order of
attributes, white space, and the site's own host and scheme, so that a move is not an update of everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from syndicator import urls
from syndicator.model.feed import Enclosure
from syndicator.normalizer.identity.keys import digest, looser

# A number is restless where it is followed by a word and what says "ago", or stands between the like of "vor" and
# a word ("vor 3 Stunden"), or counts what readers leave ("12 comments", "Points: 7", as hnrss and widgets write).
_NUMBER = re.compile(r"\d[\d.,]*k?")
_AGO = ("ago", "fa", "geleden", "sedan", "siden", "trước", "назад", "тому", "temu", "önce", "lalu")
_SINCE = ("vor ", "il y a ", "hace ", "há ", "před ", "منذ ", "πριν ")
_COUNTED = (
    r"comment(?:s|aires?|i|o)?|comentarios?|comentários?|kommentare?n?|kommentarer|replies|reply|likes?|views?"
    r"|shares?|points?|votes?|upvotes?|score|reactions?|reacties?|bình luận|lượt xem|lượt thích"
    r"|评论|評論|コメント|댓글|阅读|点赞|коммент\w*|просмотр\w*|лайк\w*"
)
_AFTER = re.compile(
    rf"\s?(?:(?:[^\W\d_]{{1,12}}\.?(?: yang)?\s(?:{'|'.join(_AGO)})|{_COUNTED})(?!\w)|[^\W\d_]{{1,3}}(?:前| 전))",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"(?<!\w)(?:{_COUNTED})\s?[:(]\s?$", re.IGNORECASE)
_UNIT = re.compile(r"\s?[^\W\d_]{2,12}")
_ONE = re.compile(
    r"\ban?(?= \w+ ago)|\bone(?= \w+ ago)|(?<=vor )eine[rm]|(?<=il y a )une?|(?<=hace )una?|(?<=há )uma?",
    re.IGNORECASE,
)
# Where templates put such numbers: about the ends of a text. Short texts are searched whole.
_SHORT, _END = 2000, 500
# Bytes that stand in no number: all but ASCII digits and what digits of other scripts begin with (Arabic, NKo,
# South and South-East Asian, fullwidth, emoji). Taking them out of a text is ten times faster than a search for \d.
_NUMBERLESS = bytes(
    set(range(256)) - {*b"0123456789", 0xD9, 0xDB, 0xDF, 0xE0, 0xE1, 0xEA, 0xEF, 0xF0}
)

# What rotates in an address: signatures, sessions, times and cache breakers by their names, and whatever looks drawn
# by lot: letters and digits mixed, long runs without a hyphen, UUIDs. A slug ("ferry-to-the-island", "2024") stays.
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
    """Return a digest of what a reader would call the post, 16 hex digits.

    `title` and `text` plain, `content_html` sanitized; neither holds a credit line. `site`: the
    source's. About 60 us for 9 KB.
    """
    hosts = sorted({urls.host(link), urls.host(site)} - {""}, key=lambda host: (-len(host), host))
    parts = (
        _letters(still(title)),
        _letters(still(_homeless(text, hosts))),
        _steady(looser(link)[1]).encode("utf-8", "replace"),
        _targets(content_html, hosts),
        _names(sorted(set(map(file_name, _attributes(content_html, ' src="'))))),
        _names(file_name(file.url) for file in enclosures),
    )
    return digest(b"\0".join(parts))


def _homeless(text: str, hosts: Iterable[str]) -> str:
    """Take out of a text what a move of the site changes: its hosts, and the scheme before them."""
    for host in hosts:
        if host in text:
            text = text.replace("https://", "").replace("http://", "").replace(host, "")
    return text


def _letters(text: str) -> bytes:
    """Return all but white space, which comes and goes with a site's templates. A corrected comma counts."""
    return text.replace("\xa0", "").encode("utf-8", "replace").translate(None, b" \t\r\n\f\v")


def still(text: str) -> str:
    """Take relative dates and counts out of a text.

    >>> still("By Ann, 3 hours ago (12 comments): the 7 wonders")
    'By Ann,  (): the 7 wonders'
    >>> still("Points: 12, vor einer Stunde") == still("Points: 7, vor 2 Stunden")
    True
    """
    if len(text) > _SHORT:
        return _still(text[:_END]) + text[_END:-_END] + _still(text[-_END:])
    return _still(text)


def _still(text: str) -> str:
    if " ago" in text or "vor " in text or "il y a " in text or "hace " in text or "há " in text:
        text = _ONE.sub("1", text)
    if not text.encode("utf-8", "replace").translate(None, _NUMBERLESS):
        return text
    kept, end = [], 0
    for number in _NUMBER.finditer(text):
        if number.start() < end:
            continue
        after = _AFTER.match(text, number.end())
        before = text[max(0, number.start() - 24) : number.start()]
        if after is None and before.endswith(_SINCE):
            after = _UNIT.match(text, number.end())
        if after or (before.endswith((":", "(", ": ", "( ")) and _LABEL.search(before)):
            kept.append(text[end : number.start()])
            end = after.end() if after else number.end()
    return "".join((*kept, text[end:]))


def _attributes(html: str, opening: str) -> list[str]:
    """Return the values of an attribute in sanitized HTML, which is always quoted the same way."""
    return [part.partition('"')[0] for part in html.split(opening)[1:]]


def _targets(html: str, hosts: Iterable[str]) -> bytes:
    """Return where the links of a body lead, in an order of their own.

    >>> _targets('<a href="https://www.a.example/x/?id=7&sid=3"><a href="http://b.example/c/9f3ab/">', [])
    b'a.example/x/id=7 b.example/c'
    """
    hrefs = (
        "\n".join(set(_attributes(html, ' href="'))).replace("https://", "").replace("http://", "")
    )
    hrefs = _homeless(hrefs, hosts)
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
        lines = (line.split("/") for line in steps.split("\n"))
        steps = "\n".join("/".join(step for step in line if step not in rotating) for line in lines)
    while "//" in steps:
        steps = steps.replace("//", "/")
    return steps


@lru_cache(maxsize=1024)
def _rotates(step: str) -> bool:
    if len(step) < _RUN and (
        not step or step.replace("-", "").isalpha()
    ):  # the plain words that most steps are
        return False
    name, equals, value = step.rpartition("=")
    return bool((equals and _NAMED.search(name + equals)) or _LOT.fullmatch(value))


def file_name(url: str) -> str:
    """Return the name of a file without its size: what stays when it is served by another host or signed anew.

    >>> file_name("https://i0.wp.com/a.example/up/cat-300x200.jpg?w=300"), file_name("https://b.example/embed/x1/")
    ('cat.jpg', 'x1')
    """
    return _SIZE.sub("", url.partition("?")[0].rstrip("/").rpartition("/")[2])
