"""HTML or plain text -> the text without credits at its end and its start, and the credits.

A credit is a line that links to the post and to its site, and says so in words. A sentence in
running text stays. So a credit closes a text, or opens it; only a line that names this very post
may have text behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from syndicator import languages, urls
from syndicator.model.post import Credit
from syndicator.normalizer.attribution import (
    cutting,
    evidence,
    judging,
    lines,
    wordings,
)
from syndicator.normalizer.attribution.evidence import Known
from syndicator.normalizer.attribution.judging import CreditSpan
from syndicator.normalizer.attribution.lines import Line, fold
from syndicator.normalizer.html import tags

# All in characters, markup included.
_HEAD = 1200  # that hold a line at the start
_OPENING = 400  # that hold the link of such a line
_TAIL = 1000  # that hold the words of a closing line
_TAIL_LISTED = 12_000  # the same where lists of links follow it
_WINDOW = 2500  # that are cut into lines
_SMALL_PRINT_MOST = 400
# A letter that stands in no tag, no entity and no link.
_BESIDE_LINKS = re.compile(
    r"(?><a [^<>]*>.*?</a>|<[^<>]*>|&[#A-Za-z0-9]+;|[^\w<&]|[\d_])*+[^\W\d_]", re.DOTALL
)
_FEW = 30  # letters beside the links of a line that is no running text: "Discuss this article in our forums"
_MANY_BESIDE_LINKS = re.compile(f"(?:{_BESIDE_LINKS.pattern}){{{_FEW + 1}}}", re.DOTALL)
_LISTED = re.compile(r"</[uo]l>(?:\s|</(?:div|section|aside)>)*$")
# The tag before a line that was encoded twice.
_ENCODED_TAG = re.compile(r".*?((?:&lt;|<)(?:p|em|small|i|div|span)(?:&gt;|>)\s*)$", re.DOTALL)
# Lines that themes and plugins put below all else; no author writes one as a paragraph.
_SMALL_PRINT = re.compile(
    r"(?:^|>|\s)(?:©|&copy;|copyright |all rights reserved|filed under|tagged:? |tags: |(?:post )?views: |share this:)",
    re.IGNORECASE,
)
_LINKED = r'<a href="([^"<>]*)" rel="noopener noreferrer">([^<>]+)</a>'
_PLAIN = re.compile(
    rf"<p>([^<>]{{0,80}}){_LINKED}([^<>]{{1,80}}){_LINKED}([^<>]{{0,20}})</p>(?P<end>)(?:\s|</[a-z][a-z0-9]*>)*"
)
_OUR_LIST = re.compile(r"<([a-z][a-z0-9]*) [^<>]*\bclass=\"[^\"]*\bsyndicator-(?:related|also)\b")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TRAILERS = 60  # lines without words of their own that may follow a credit
_PASSED = 1500  # letters of running text that may follow a line that names this very post
_OPENING_LINES = 2
_MOST = 50  # credits one after another: copies of copies


def strip(  # noqa: PLR0913 - all that is known of a post tells whether a line speaks of it
    source: str,
    *,
    post_link: str,
    site_links: Iterable[str],
    title: str,
    text_mode: bool = False,
    guid: str = "",
    names: Iterable[str] = (),
    seen: Collection[Credit] = (),
) -> tuple[str, tuple[Credit, ...]]:
    """Take the credits out of sanitized HTML (after nh3), or of plain text with `text_mode`.

    Returns the rest of the text and the credits, the innermost first: each copy adds its own below,
    so the first is the origin's. Without any credit, the source itself and ().

    `post_link`, `guid`: the post's addresses. `site_links`: the channel's link, the feed's address,
    an atom:source's links. `names`: of the site. `seen`: the credits of the post's other fields. A
    summary without links is judged by those of the body; so the body comes first.

    >>> line = '<p><a href="https://a.example/1">Un</a> est paru en premier sur <a href="https://a.example">A</a>.</p>'
    >>> strip(f"<p>Bonjour.</p>{line}", post_link="https://a.example/1", site_links=(), title="Un")[0]
    '<p>Bonjour.</p>'
    """
    credited: list[Credit] = []
    if not text_mode and (plain := _plain(source, post_link, title)):
        source, credit = plain
        credited.append(credit)
    listed = bool(_LISTED.search(source, max(0, len(source) - 80)))
    site_links = tuple(site_links)
    probe = _probe(title, (post_link, guid), site_links)
    opened = not text_mode and _may_open(source)
    may_close = _may_close(source, probe, listed=listed, text_mode=text_mode)
    if not (opened or may_close):
        return source, tuple(credited)
    if "syndicator-" in source:
        source = _without_our_lists(source)
        opened = not text_mode and _may_open(source)
        may_close = _may_close(source, probe, listed=listed, text_mode=text_mode)
    known = Known.gathered((post_link, guid), site_links, title, names, seen)
    window = _TAIL_LISTED if listed else _WINDOW
    while may_close and len(credited) < _MOST:
        passes = probe.names_post(source)
        span = _closing(source, known, window=window, passes=passes, text_mode=text_mode)
        if not span:
            break
        credited.insert(0, span.credit)
        source = _without(source, span, text_mode=text_mode)
        may_close = _may_close(source, probe, listed=listed, text_mode=text_mode)
    while opened and len(credited) < _MOST and (span := _opening(source, known)):
        credited.insert(0, span.credit)
        source = _without(source, span, text_mode=False).lstrip()
    return source, tuple(credited)


def _plain(source: str, post_link: str, title: str) -> tuple[str, Credit] | None:
    """Take out the line of the common plugins.

    The post by its very address, its site on the same host.

    Only its words are left to judge, and those are the same from post to post.
    """
    line = _PLAIN.fullmatch(source, max(0, source.rfind("<p>")))
    if line is None or "syndicator-" in source:
        return None
    before, url, name, between, site_url, site, after, _ = line.groups()
    url, site_url, host = tags.value(url), tags.value(site_url), urls.host(post_link)
    if url != post_link or not host or urls.host(site_url) != host:
        return None
    row = judging.wording(before, between, after)
    # A title that the words hold needs a look.
    if row is None or fold(title) in fold(f"{before}|{between}|{after}"):
        return None
    name, site = lines.plain(name), evidence.site_name(lines.plain(site), site_url)
    return cutting.cut(source, line.start(), line.end("end")), Credit(
        name, url, site, site_url, row.locale
    )


# ----------------------------------------------------------------------------------------------
# Is a credit possible at all? Most posts have none, and this is told in a few microseconds.
# ----------------------------------------------------------------------------------------------


def _may_open(source: str) -> bool:
    """Tell whether the first line may be a credit: a link, and a word of a credit."""
    head = source[:_HEAD]
    link = head.find("<a ", 0, _OPENING)
    if link < 0:
        return False
    return _has_words(head[:link] + head[link:].partition("</p>")[0])


def _may_close(source: str, probe: _Probe, *, listed: bool, text_mode: bool) -> bool:
    """Tell whether a closing credit is possible."""
    tail = source[-_TAIL_LISTED if listed else -_TAIL :]
    last = tail if text_mode or listed else _last_block(tail)
    return (
        "syndicator-" in tail
        or _has_words(last)
        or probe.cut_off(last)
        or (last.count("<a ") > 1 and probe.in_links(last))
        # Running text may follow a line that names this very post.
        or (probe.names_post(source) and _has_words(source[-_WINDOW:]))
    )


def _has_words(text: str) -> bool:
    """Tell whether a text holds a word of a credit."""
    words, parts = wordings.vocabulary()
    spaced = text.replace("<", " <").replace(">", "> ").replace("&nbsp;", " ")
    return not words.isdisjoint(spaced.split()) or (
        not text.isascii() and parts.search(text) is not None
    )


class _Probe(NamedTuple):
    """The title and addresses that a credit must name."""

    title: str
    posts: tuple[str, ...]
    sites: tuple[str, ...]
    paths: tuple[str, ...]  # of the post's addresses
    names: tuple[str, ...]  # texts, one of which stands where the post is named

    def cut_off(self, tail: str) -> bool:
        """Tell whether a line may have been cut before its verb: "... […] The post Our ti"."""
        start = self.title[:8]
        place = tail.find(start) if start else -1
        while place >= 0:
            if tail.endswith(wordings.written_leads(), 0, place):
                return True
            place = tail.find(start, place + 1)
        return False

    def names_post(self, source: str) -> bool:
        """Tell whether the end of a text may name the post: by path, title or a plugin's word."""
        start = max(0, len(source) - _WINDOW)
        return any(source.find(name, start) >= 0 for name in self.names)

    def in_links(self, tail: str) -> bool:
        """Tell whether both may be linked."""
        if not any(path in tail for path in self.paths):
            return False
        homes = {urls.host(self.posts[0]), *map(urls.loose, self.sites)} - {""}
        return any(f'{home}"' in tail or f'{home}/"' in tail for home in homes)


@lru_cache(maxsize=16)  # a body, its summary and the summary of its episode
def _probe(title: str, posts: tuple[str, ...], sites: tuple[str, ...]) -> _Probe:
    """Prepare the texts to look for."""
    paths = tuple(path for path in map(urls.path, posts) if len(path) > 1)
    names = (*paths, title, "%%") if len(title) > 1 else (*paths, "%%")
    return _Probe(title, posts, sites, paths, names)


def _last_block(tail: str) -> str:
    """Return the last block if it has words beside its links: then it alone can be the credit."""
    start = max(tail.rfind("<p>"), tail.rfind("<p "), tail.rfind("<div"), tail.rfind("<br"))
    if start < 0 or not _BESIDE_LINKS.match(tail, start):
        return tail
    block = tail[start:]
    if len(block) < _SMALL_PRINT_MOST and _SMALL_PRINT.search(block):
        return tail
    running = _MANY_BESIDE_LINKS.match(block) is not None if "<a " in block else len(block) > _FEW
    return block if running else tail


# ----------------------------------------------------------------------------------------------
# The credit itself
# ----------------------------------------------------------------------------------------------


def _closing(
    source: str, known: Known, *, window: int, passes: bool, text_mode: bool
) -> CreditSpan | None:
    """Find the last credit.

    Trailers may follow it: share links, lists of links, pictures. Running text may follow a line
    that names this very post: the thanks of a host, the box of an author.
    """
    followed: list[Line] = []
    passed = 0
    for line in lines.lines(source, window=window, text_mode=text_mode):
        span = judging.judge(line, source, known, text_mode=text_mode)
        if passed:
            if span and span.certain and not line.quoted:
                return span
        elif span and (span.strong or not followed):
            return replace(span, end=_end_of_our_lists(source, span.end, followed))
        elif not text_mode and len(followed) < _TRAILERS and _is_trailer(line):
            followed.append(line)
            continue
        passed += len(line.text)
        if passed > _PASSED or not passes:
            return None
    return None


def _opening(source: str, known: Known) -> CreditSpan | None:
    """Find a credit that opens a text.

    "Originally published on X", alone on its line and with a link.
    """
    for line in lines.first_lines(source, window=_HEAD, most=_OPENING_LINES):
        span = judging.judge(line, source, known, text_mode=False)
        if span and not line.quoted and (span.start, span.end) == (line.start, line.end):
            linked = span.credit.url or span.credit.site_url
            if span.way in {"both", "site"} and line.links and linked:
                return span
        if line.text and line.block not in _HEADINGS:
            return None
    return None


def _is_trailer(line: Line) -> bool:
    """Tell whether a line is no running text: only links, only media, a heading over either."""
    if line.ours or (line.links and _is_our_list(line)):
        return True
    if line.block in _HEADINGS or line.text.endswith((":", "：", "՝")):
        return len(line.text) <= 80
    if _SMALL_PRINT.match(line.text):
        return len(line.text) <= 120
    return sum(map(str.isalpha, line.text)) <= (_FEW if line.links else 0)


def _without(source: str, span: CreditSpan, *, text_mode: bool) -> str:
    start = span.start
    while opening := _ENCODED_TAG.match(source[max(0, start - 60) : start]):
        start -= len(opening[1])
    if text_mode:
        return (source[:start].rstrip() + source[span.end :]).rstrip()
    return cutting.cut(source, start, span.end)


# ----------------------------------------------------------------------------------------------
# The lists of links that a feed of ours put under its posts, and that come back with them
# ----------------------------------------------------------------------------------------------


def _without_our_lists(source: str) -> str:
    """Take out the lists that a feed of ours put under its posts, by their class."""
    left, taken = tags.without(source, _OUR_LIST)
    return tags.trimmed(tags.tidy(left)) if taken else source


def _end_of_our_lists(source: str, end: int, followed: list[Line]) -> int:
    """Return the end of our lists that follow a credit at `end` without our classes, else `end`.

    A reader on the way took the classes off. The lists are ours by a heading in our words, with
    nothing but links below it up to the end.
    """
    below = list(reversed(followed))
    if below and below[-1].end >= len(source.rstrip()) - 40 and all(map(_is_our_list, below)):
        return below[-1].end
    return end


def _is_our_list(line: Line) -> bool:
    """Tell whether a line is one of a list of ours, or the heading over it."""
    if line.block == "li":
        text = line.text
        if text.endswith(")"):
            text = text.partition("(")[0]
        return not any(map(str.isalnum, text))
    return bool(_our_headings().match(line.text))


@lru_cache(maxsize=1)
def _our_headings() -> re.Pattern[str]:
    """Match our headings over lists and our "Also at: ..." in any language."""
    forms = {
        words[key] for words in languages.table().values() for key in ("heading", "related", "also")
    }
    patterns = sorted(re.escape(fold(form)).replace(r"\{source\}", ".{1,120}") for form in forms)
    return re.compile(f"(?:{'|'.join(patterns)})[^a-z]*$")
