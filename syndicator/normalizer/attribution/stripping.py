"""HTML or plain text with closing credits -> the text without them, and the credits.

A credit is known by what it is, a closing line that links to the post and to its site, and by its words. A sentence
in running text stays, whatever it says: only what closes a text is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from syndicator import languages, urls
from syndicator.model.post import Credit
from syndicator.normalizer.attribution import cutting, evidence, lines, wordings
from syndicator.normalizer.attribution.evidence import Found, Known
from syndicator.normalizer.attribution.lines import Line, fold
from syndicator.normalizer.html import tags

_TAIL = 1000  # characters, markup included, that hold the words of a closing line
_TAIL_LISTED = 12_000  # ... where lists of links follow it
_WINDOW = 2500  # characters that are cut into lines
# A letter that stands in no tag, no entity and no link.
_BESIDE_LINKS = re.compile(
    r"(?><a [^<>]*>.*?</a>|<[^<>]*>|&[#A-Za-z0-9]+;|[^\w<&]|[\d_])*+[^\W\d_]", re.DOTALL
)
_FEW = 30  # letters beside the links of a line that is no running text: "Discuss this article in our forums"
_MANY_BESIDE_LINKS = re.compile(f"(?:{_BESIDE_LINKS.pattern}){{{_FEW + 1}}}", re.DOTALL)
_LISTED = re.compile(r"</[uo]l>(?:\s|</(?:div|section|aside)>)*$")
# What stands before a line that was encoded twice.
_ENCODED_TAG = re.compile(r".*?((?:&lt;|<)(?:p|em|small|i|div|span)(?:&gt;|>)\s*)$", re.DOTALL)
# What themes and plugins put below all else, and no author writes as a paragraph.
_SMALL_PRINT = re.compile(
    r"(?:^|>|\s)(?:©|&copy;|copyright |all rights reserved|filed under|tagged:? |tags: |(?:post )?views: |share this:)",
    re.IGNORECASE,
)
_SMALL_PRINT_MOST = 400  # characters, markup included
_LINKED = r'<a href="([^"<>]*)" rel="noopener noreferrer">([^<>]+)</a>'
_PLAIN = re.compile(
    rf"<p>([^<>]{{0,80}}){_LINKED}([^<>]{{1,80}}){_LINKED}([^<>]{{0,20}})</p>(?P<end>)(?:\s|</[a-z][a-z0-9]*>)*"
)
_TRAILERS = 60  # lines without words of their own that may follow a credit
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
    """Take the closing credits out of sanitized HTML (after nh3), or of plain text with `text_mode`.

    Returns what is left ("" where there was nothing else) and the credits, the innermost first: each copy adds its
    own below, so the first is the origin's. () and the source itself where there is none.

    `post_link`, `guid`: the post's addresses. `site_links`: the channel's link, the feed's address, an atom:source's
    links. `names`: of the site. `seen`: what the post's other fields credited, so that a summary without links is
    judged by what the body proved; so the body comes first.

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
    probe = _Probe(title, (post_link, guid), site_links)
    if not _suspicious(source, probe, listed=listed, text_mode=text_mode):
        return source, tuple(credited)
    if "syndicator-" in source:
        source = _without_our_lists(source)
    known = Known.of((post_link, guid), site_links, title, names, seen)
    while len(credited) < _MOST:
        found = _closing(
            source, known, window=_TAIL_LISTED if listed else _WINDOW, text_mode=text_mode
        )
        if not found:
            break
        credited.insert(0, found.credit)
        source = _without(source, found, text_mode=text_mode)
        if not _suspicious(source, probe, listed=listed, text_mode=text_mode):
            break
    return source, tuple(credited)


def _plain(source: str, post_link: str, title: str) -> tuple[str, Credit] | None:
    """Take out the line as plugins write it by the million: the post by its very address, its site on the same host.

    Nothing but its words is left to judge, and those are the same from post to post.
    """
    line = _PLAIN.fullmatch(source, max(0, source.rfind("<p>")))
    if line is None or "syndicator-" in source:
        return None
    before, url, name, between, site_url, site, after, _ = line.groups()
    url, site_url, host = tags.value(url), tags.value(site_url), urls.host(post_link)
    if url != post_link or not host or urls.host(site_url) != host:
        return None
    row = evidence.wording(before, between, after)
    if row is None or fold(title) in fold(
        f"{before}|{between}|{after}"
    ):  # a title that the words hold needs a look
        return None
    name, site = lines.plain(name), evidence.site_name(lines.plain(site), site_url)
    return cutting.cut(source, line.start(), line.end("end")), Credit(
        name, url, site, site_url, row.locale
    )


def _suspicious(source: str, known: _Probe, *, listed: bool, text_mode: bool) -> bool:
    """Tell, in a few microseconds, whether a closing credit is possible at all: most posts have none."""
    tail = source[-_TAIL_LISTED if listed else -_TAIL :]
    if "syndicator-" in tail:
        return True
    if not (text_mode or listed):
        tail = _last_block(tail)
    words, parts = wordings.vocabulary()
    if not words.isdisjoint(
        tail.replace("<", " <").replace(">", "> ").replace("&nbsp;", " ").split()
    ):
        return True
    if not tail.isascii() and parts.search(tail):
        return True
    return known.cut_off(tail) or (tail.count("<a ") > 1 and known.in_links(tail))


class _Probe(NamedTuple):
    """What a closing credit in a language that we have no words of must have: the post's address and its site's."""

    title: str
    posts: tuple[str, ...]
    sites: tuple[str, ...]

    def cut_off(self, tail: str) -> bool:
        """Tell whether a line may have been cut before its verb: "... […] The post Our ti"."""
        start = self.title[:8]
        return (
            bool(start)
            and start in tail
            and any(f"{lead}{start}" in tail for lead in wordings.written_leads())
        )

    def in_links(self, tail: str) -> bool:
        """Tell whether both may be linked."""
        if not any(len(path) > 1 and path in tail for path in map(urls.path, self.posts)):
            return False
        homes = {urls.host(self.posts[0]), *map(urls.loose, self.sites)} - {""}
        return any(f'{home}"' in tail or f'{home}/"' in tail for home in homes)


def _last_block(tail: str) -> str:
    """Return the last block, where it has words beside its links: it alone can be the credit then."""
    start = max(tail.rfind("<p>"), tail.rfind("<p "), tail.rfind("<div"), tail.rfind("<br"))
    if start < 0 or not _BESIDE_LINKS.match(tail, start):
        return tail
    block = tail[start:]
    if len(block) < _SMALL_PRINT_MOST and _SMALL_PRINT.search(block):
        return tail
    running = _MANY_BESIDE_LINKS.match(block) is not None if "<a " in block else len(block) > _FEW
    return block if running else tail


def _closing(source: str, known: Known, *, window: int, text_mode: bool) -> Found | None:
    """Find the last credit, where nothing but trailers (share links, lists of links, pictures) follows it."""
    followed: list[Line] = []
    for line in lines.lines(source, window=window, text_mode=text_mode):
        found = evidence.judge(line, source, known, text_mode=text_mode)
        if found and (found.strong or not followed):
            end = _end_of_our_lists(source, found, followed)
            return (
                found if end == found.end else Found(found.start, end, found.credit, found.strong)
            )
        if text_mode or len(followed) >= _TRAILERS or not _is_trailer(line):
            return None
        followed.append(line)
    return None


def _is_trailer(line: Line) -> bool:
    """Whether a line is no running text: only links, only media, a heading over either."""
    if line.ours or (line.links and _is_ours(line)):
        return True
    if line.block in {"h1", "h2", "h3", "h4", "h5", "h6"} or line.text.endswith((":", "：", "՝")):
        return len(line.text) <= 80  # noqa: PLR2004
    if _SMALL_PRINT.match(line.text):
        return len(line.text) <= 120  # noqa: PLR2004
    return sum(map(str.isalpha, line.text)) <= (_FEW if line.links else 0)


def _without(source: str, found: Found, *, text_mode: bool) -> str:
    start = found.start
    while opening := _ENCODED_TAG.match(source[max(0, start - 60) : start]):
        start -= len(opening[1])
    if text_mode:
        return (source[:start].rstrip() + source[found.end :]).rstrip()
    return cutting.cut(source, start, found.end)


# ---------------------------------------------------------------------------------------------------
# Our own lists, come back
# ---------------------------------------------------------------------------------------------------

_OUR_LIST = re.compile(r"<([a-z][a-z0-9]*) [^<>]*\bclass=\"[^\"]*\bsyndicator-(?:related|also)\b")


def _without_our_lists(source: str) -> str:
    """Take out the lists that a feed of ours has put under its posts, by their class."""
    left, taken = tags.without(source, _OUR_LIST)
    return tags.trimmed(tags.tidy(left)) if taken else source


def _end_of_our_lists(source: str, found: Found, followed: list[Line]) -> int:
    """Return where our lists end that follow a credit without our classes: a reader on the way took them off.

    They are ours by a heading in our words, and by nothing but links below it up to the end.
    """
    below = list(reversed(followed))
    if (
        below
        and below[-1].end >= len(source.rstrip()) - 40
        and all(_is_ours(line) for line in below)
    ):
        return below[-1].end
    return found.end


def _is_ours(line: Line) -> bool:
    if line.block == "li":
        return not any(map(str.isalnum, re.sub(r"\(.*\)$", "", line.text)))
    return bool(_our_headings().match(line.text))


@lru_cache(maxsize=1)
def _our_headings() -> re.Pattern[str]:
    """Match our headings over lists and our "Also at: ..." in any language."""
    forms = {
        words[key] for words in languages.table().values() for key in ("heading", "related", "also")
    }
    patterns = sorted(re.escape(fold(form)).replace(r"\{source\}", ".{1,120}") for form in forms)
    return re.compile(f"(?:{'|'.join(patterns)})[^a-z]*$")
