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
from syndicator.normalizer.keys import digest, looser

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
    r"\ban?(?= \w+ ago)|\bone(?= \w+ ago)|(?<=vor )eine[rm]|(?<=il y a )une?|(?<=hace )una?|(?<=há )uma?", re.IGNORECASE
)
# Where templates put such numbers: about the ends of a text. Short texts are searched whole.
_SHORT, _END = 2000, 500

# What rotates in an address: signatures, sessions, times and cache breakers by their names, and whatever looks drawn
# by lot: letters and digits mixed, long runs without a hyphen, UUIDs. A slug ("ferry-to-the-island", "2024") stays.
_NAMED = re.compile(
    r"(?:token|sig|expires|nonce|sess|sid|auth|hash|rand|key)[^=]*=|(?:^|[^a-z])(?:ts|t|cb|_|v|ver|time)=",
    re.IGNORECASE,
)
_LOT = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])\w{4,}|[^-]{24,}|\d{9,}|[0-9a-fA-F-]{20,}")
_STEPS = re.compile(r"[/?&;]")
# "-300x200", "_640x480", "@2x", "-scaled" before an extension; Google's "=s1600" or "=w300-h200".
_SIZE = re.compile(r"(?:[-_]\d{2,4}x\d{2,4}|@\dx|-scaled)(?=\.\w+$)|=[swh]\d+(?:-\w+)*$")


def meaning(
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
    # A move of the site changes what its own addresses say, in links and in words.
    text = text.replace("https://", "http://")
    html = content_html.replace("https://", "http://")
    for host in sorted({urls.host(link), urls.host(site)} - {""}, key=lambda host: (-len(host), host)):
        text, html = text.replace(host, ""), html.replace(host, "")
    addresses = (
        _steady(looser(link)[1]),
        *sorted({_target(href) for href in _attributes(html, ' href="')}),
        *sorted({file_name(src) for src in _attributes(html, ' src="')}),
        *(file_name(file.url) for file in enclosures),
    )
    return digest(b"\0".join((_letters(still(title)), _letters(still(text)), _letters("\0".join(addresses)))))


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
    text = _ONE.sub("1", text) if " ago" in text or any(word in text for word in _SINCE[:4]) else text
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


def _target(href: str) -> str:
    """Return where a link leads, without scheme, `www.` and what rotates.

    >>> _target("https://www.a.example/x/?id=7&sid=3"), _target("http://b.example/c/9f3ab/")
    ('a.example/x/id=7', 'b.example/c')
    """
    return _steady(href.removeprefix("https://").removeprefix("http://").removeprefix("www."))


def _steady(path: str) -> str:
    """Return the steps of a path and its query, without those that rotate or track."""
    if "?" in path:
        path = urls.without_tracking(path)
    return "/".join(step for step in _STEPS.split(path) if step and not _rotates(step))


@lru_cache(maxsize=1024)
def _rotates(step: str) -> bool:
    name, equals, value = step.rpartition("=")
    return bool((equals and _NAMED.search(name + equals)) or _LOT.fullmatch(value))


def file_name(url: str) -> str:
    """Return the name of a file without its size: what stays when it is served by another host or signed anew.

    >>> file_name("https://i0.wp.com/a.example/up/cat-300x200.jpg?w=300"), file_name("https://b.example/embed/x1/")
    ('cat.jpg', 'x1')
    """
    return _SIZE.sub("", url.partition("?")[0].rstrip("/").rpartition("/")[2])
