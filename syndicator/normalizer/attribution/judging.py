"""A line and the addresses and names of a post -> the credit that the line is, or ends with.

The ways are tried in this order: our own class, a known wording, a sentence that is one link, the
links alone, a sentence that was cut. Words alone prove nothing: links, names and the title decide.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from syndicator import urls
from syndicator.model.post import Credit
from syndicator.normalizer.attribution import wordings
from syndicator.normalizer.attribution.evidence import (
    UNFILLED,
    Known,
    Slot,
    credit_of,
    loose,
    root,
    same_site,
    site_name,
)
from syndicator.normalizer.attribution.lines import LINK, TITLE, Anchor, Line, fold, letters

_LONG = 320  # characters of a line, links as one each, in which a credit is looked for
_SHORT_TITLE = 2  # letters
# Letters that a credit in an unknown language may have beside its links, and after them.
_WORDS_BESIDE, _WORDS_AFTER = 60, 30
_MOST_LINKS = 3  # of such a credit; the third may be the author's
_DEMONSTRATIVES = (
    "this ", "dies", "est", "cet", "ce ", "quest", "dit ", "deze ", "本文", "这篇", "這篇",
)  # fmt: skip
_REST = " .,;!\"')]।。۔։-"  # signs that may follow a credit
_CUT_OFF = ("…", "...", "…]", "...]")
# Where a sentence ends within a line; not "example.org", which goes on without a space.
_SENTENCE_END = re.compile(r"[.!?][\"')\]]{0,2} (?=\S)|[。！？]")
_NEXT_SENTENCE = re.compile(r"[.!?][\"')\]]{0,2}(?= \S)|[。！？](?=.)")
_SMALL_PRINT = re.compile(r"©|copyright|\brights? reserved|\(c\)|reproduc|republi|unauthori[sz]ed")
_SENTENCES_BEHIND = 3  # that may follow a credit on its line
_BEHIND = 250  # characters of them

Way = Literal["class", "both", "site", "own", "links", "cut"]


class CreditSpan(Struct, frozen=True):
    """A credit and its place in the source."""

    start: int
    end: int
    credit: Credit
    way: Way  # the kind of wording, or another way by which it was recognised
    strong: bool  # its links or names are the post's own
    certain: bool = False  # it names this post and nothing else, wherever in a text it stands


def judge(line: Line, source: str, known: Known, *, text_mode: bool) -> CreditSpan | None:
    """Return the credit that a line is or ends with, None for any other line.

    A credit may also have a few sentences behind it on its line, if its links or names leave no
    doubt.
    """
    if line.ours == "attribution":
        return _by_class(line, known)
    # A longer one ends in a credit at best; its own start is then out of sight, and "…" says so.
    line = _with_title(line, known)
    if len(line.text) > _LONG:
        line = line.last(_LONG)
        line = replace(line, text=f"…{line.text[1:]}", ours="")
    # Nothing but links, the title or a name can prove a credit: without them no pattern need be
    # tried.
    if not (line.links or TITLE in line.text or _mentions(line.text, known)):
        return None
    return (
        _by_wording(line, source, known, text_mode=text_mode)
        or _by_linked_sentence(line, known)
        or _by_links(line, known)
        or _cut_off(line, known)
        or _before_sentences(line, source, known, text_mode=text_mode)
    )


# ----------------------------------------------------------------------------------------------
# By a wording
# ----------------------------------------------------------------------------------------------


def _by_wording(line: Line, source: str, known: Known, *, text_mode: bool) -> CreditSpan | None:
    rows = wordings.index().rows(line.text)
    # A single link is the site's: "Paru d'abord sur X" names no post "Paru".
    if len(line.links) == 1 and TITLE not in line.text:
        rows.sort(key=lambda row: row.kind == "both")
    for row in rows:
        for match in wordings.matches(row, line.text):
            if credit := _weigh(row, match, line, source, known, text_mode=text_mode):
                return credit
    return None


def _before_sentences(
    line: Line, source: str, known: Known, *, text_mode: bool
) -> CreditSpan | None:
    """Recognise a credit with sentences behind it.

    "This story first appeared on X. You can join here." The credit starts the line. It is the
    post's own beyond doubt, or a site's with a link and "this" before it.
    """
    ends = [end.end() for end in _SENTENCE_END.finditer(line.text)]
    for end in reversed(ends[:_SENTENCES_BEHIND]):
        if len(line.text) - end > _BEHIND:
            continue
        span = _by_wording(line.first(end), source, known, text_mode=text_mode)
        if span is None:
            continue
        linked = span.way == "site" and (span.credit.url or span.credit.site_url)
        says_this = span.start == line.start and line.text.startswith(_DEMONSTRATIVES)
        if span.certain or (linked and says_this):
            return span
    return None


@lru_cache(maxsize=512)
def wording(before: str, between: str, after: str) -> wordings.Row | None:
    """Return the wording that credits a post by the first of two links, its site by the second.

    The arguments are the HTML around the links. For a post's own links `judge` would find the same.

    >>> wording("The post ", " appeared first on ", ".").locale
    'en'
    """
    first, second = LINK, chr(ord(LINK) + 1)
    text = fold(f"{before}{first}{between}{second}{after}")
    for row in wordings.index().rows(text):
        for match in wordings.matches(row, text):
            groups = match.groupdict()
            is_both = [groups.get(name) for name in ("post", "site", "lead")] == [first, second, ""]
            if row.kind == "both" and is_both and not (match["rest"] or "").strip(_REST):
                return row
            return None
    return None


def _mentions(text: str, known: Known) -> bool:
    return (
        "://" in text
        or UNFILLED.search(text) is not None
        or any(host in text for host in known.hosts)
        or any(lead in text for lead in wordings.data().leads)
        or any(name in letters(text) for name in known.names)
    )


def _with_title(line: Line, known: Known) -> Line:
    """Put a marker in the place of the post's title as text.

    A title may say "appeared first on" itself.
    """
    # "…" is no title to look for; "a" is none beside links, which say better where it stands.
    shortest = _SHORT_TITLE if line.links else 0
    title = known.folded_title
    if len(known.title) <= shortest or title == line.text:
        return line
    place = line.text.rfind(title)
    if place < 0:
        return line
    end = place + len(title)
    # The title must stand as whole words: not "art" in "The article".
    if _joined(line.text[:place], title) or _joined(title, line.text[end:]):
        return line
    return replace(
        line,
        text=line.text[:place] + TITLE + line.text[end:],
        starts=(*line.starts[: place + 1], *line.starts[end:]),
        ends=(*line.ends[:place], *line.ends[end - 1 :]),
    )


def _joined(before: str, after: str) -> bool:
    """Tell whether two stretches meet inside a word; only scripts with spaces tell."""
    edge = before[-1:] + after[:1]
    return len(edge) == 2 and edge.isascii() and edge.isalnum()


def _weigh(
    row: wordings.Row,
    match: re.Match[str],
    line: Line,
    source: str,
    known: Known,
    *,
    text_mode: bool,
) -> CreditSpan | None:
    """Decide whether a sentence is meant for this post."""
    post = Slot.read("post", match, line, source, known)
    site = Slot.read("site", match, line, source, known)
    lead = (match["lead"] or "").strip()
    rest = (match.groupdict().get("rest") or "").strip(_REST)
    if row.kind == "both":
        fits = _fits_both(post, site, lead, rest, text_mode=text_mode)
        fits = fits and _calls_it_a_post(row, match, post, site)
    elif row.kind == "site":
        fits = not rest and _fits_site(site, lead, match["body"], known)
    else:
        fits = not lead and not rest and _is_target(site, known)
    if not fits or (not post.own and _speaks_of_post(lead, line, known)):
        return None
    start = line.starts[match.start("body")] if lead else line.start
    if row.kind == "both":
        # A sentence may stand before it, as in a plain summary, but it may not be quoted.
        certain = post.own and site.own and not lead.endswith((":", "：", '"', "'", "("))
    else:
        certain = _is_target(site, known) and not lead
    return CreditSpan(
        start,
        _end(match, line),
        credit_of(row, post, site, known),
        row.kind,
        strong=post.own or site.own,
        certain=certain,
    )


def _end(match: re.Match[str], line: Line) -> int:
    """Return the end of a credit: of its line, or before another sentence that is no small print."""
    rest = match.groupdict().get("rest") or ""
    sentence = _NEXT_SENTENCE.match(rest)
    if sentence is None or _SMALL_PRINT.search(rest):
        return line.end
    return line.ends[match.start("rest") + sentence.end() - 1]


def _speaks_of_post(lead: str, line: Line, known: Known) -> bool:
    """Tell whether the words before a sentence name the post: the pattern took too little then."""
    anchors = [line.link(mark) for mark in lead if LINK <= mark < TITLE]
    return TITLE in lead or any(map(known.is_post, anchors))


def _is_target(site: Slot, known: Known) -> bool:
    """Tell whether "Source: X" links to the post itself or to the site, not to another page."""
    return site.anchor is not None and (known.is_root(site.anchor) or known.is_post(site.anchor))


def _fits_both(post: Slot, site: Slot, lead: str, rest: str, *, text_mode: bool) -> bool:
    """Judge a sentence that names a post and a site."""
    if post.own or site.own:
        # More may follow on the line ("- do not reproduce this article") only where its links leave
        # no doubt.
        return not rest or bool(post.anchor and site.anchor and not lead and site.own)
    if rest:
        return False
    if post.anchor:  # another's post: a copy that kept its credit; not two pages of an encyclopedia
        return site.anchor is not None and _is_below(post.anchor.href, site.anchor.href)
    return text_mode and bool(post.text) and lead.endswith(_CUT_OFF)


def _is_below(page: str, site: str) -> bool:
    home, path = urls.path(site), urls.path(page)
    return same_site(page, site) and path != home and path.startswith(home)


def _calls_it_a_post(row: wordings.Row, match: re.Match[str], post: Slot, site: Slot) -> bool:
    """Tell whether a sentence speaks of a text: "Seinfeld first appeared on NBC" does not."""
    if (
        not row.sentence.startswith("{n}")
        or site.own
        or (post.own and (post.anchor or site.anchor))
    ):
        return True
    noun = match.string[match.start("body") : match.start("post")].strip(" ,\"'(")
    return bool(noun) and (
        row.locale != "en" or post.own or bool(wordings.writing().fullmatch(f"{noun} "))
    )


def _fits_site(site: Slot, lead: str, body: str, known: Known) -> bool:
    """Judge a sentence that names a site alone."""
    if _is_target(site, known) or known.is_name(site.text):
        return True
    # Another page of the site; "First published in 1999".
    if site.own or not any(map(str.isalpha, site.text)):
        return False
    # "The story was first published in ..." may be what the article is about.
    if body.startswith(("the ", "that ")):
        return False
    if site.anchor:
        return not lead or body.startswith(_DEMONSTRATIVES)
    return not lead and bool(urls.host(site.text))


# ----------------------------------------------------------------------------------------------
# By other ways
# ----------------------------------------------------------------------------------------------


def _by_linked_sentence(line: Line, known: Known) -> CreditSpan | None:
    """Recognise a line that is one link: "<a>Originally posted on my Medium</a>", often a heading."""
    if len(line.links) != 1 or line.text.strip(_REST + "*:(") != LINK:
        return None
    anchor = line.links[0]
    text = fold(anchor.text)
    if len(text) > _LONG:
        return None
    for row in wordings.index().rows(text):
        match = next(wordings.matches(row, text), None) if row.kind == "site" else None
        if not match or match["lead"] or match["body"].startswith(("the ", "that ")):
            continue
        if known.is_site(anchor) and not (known.is_root(anchor) or known.is_post(anchor)):
            return None  # a page of the site about some other text
        place = match.start("site")
        written = anchor.text[place : place + len(match["site"])]
        home = root(anchor.href)
        name = site_name(written if fold(written) == match["site"] else "", home)
        credit = Credit("", anchor.href, name, home, row.locale)
        return CreditSpan(line.start, line.end, credit, "site", strong=known.is_site(anchor))
    return None


_OPENS_SENTENCE = re.compile(
    r"(?:^|.*[.!?…:|\])}\"'>*。！？」』]) ?(?=[^.!?…|\])}>*。！？」』]{0,60}$)", re.DOTALL
)


def _by_links(line: Line, known: Known) -> CreditSpan | None:
    """Recognise a credit in a language without wordings: two links with little text beside them."""
    posts = [link for link in line.links if loose(link.href) in known.posts]
    sites = [link for link in line.links if link not in posts and known.is_root(link)]
    if len(posts) != 1 or not sites or len(line.links) > _MOST_LINKS:
        return None
    post, site = posts[0], sites[0]
    if not (known.is_title(post.text) or loose(post.text) in known.posts) or not site.text:
        return None
    first, last = sorted(map(line.links.index, (post, site)))
    lead = _OPENS_SENTENCE.match(line.text[: line.text.find(chr(ord(LINK) + first))])
    if not lead:
        return None
    beside = sum(map(str.isalnum, line.text[lead.end() :]))
    tail = line.text[line.text.find(chr(ord(LINK) + last)) :]
    if (
        not 1 <= beside <= _WORDS_BESIDE
        or "," in tail
        or sum(map(str.isalnum, tail)) > _WORDS_AFTER
    ):
        return None
    start = line.starts[lead.end()] if lead.end() else line.start
    return CreditSpan(
        start, line.end, Credit(post.text, post.href, site.text, site.href), "links", strong=True
    )


def _by_class(line: Line, known: Known) -> CreditSpan:
    """Read a line of ours: the post's link and the site's, in the order of its language."""
    links = sorted(
        line.links, key=lambda link: (known.is_post(link), len(urls.path(link.href))), reverse=True
    )
    if len(links) == 1 and not known.is_post(links[0]):
        links.insert(0, Anchor("", ""))
    post, site = (*links, Anchor("", ""), Anchor("", ""))[:2]
    return CreditSpan(
        line.start,
        line.end,
        Credit(post.text, post.href, site.text, site.href, "ours"),
        "class",
        strong=True,
    )


def _cut_off(line: Line, known: Known) -> CreditSpan | None:
    """Recognise a line that an aggregator cut: "... […] The post Our ti…"."""
    text, title = line.text.rstrip(" .…[]"), known.folded_title
    cut = line.text.endswith(_CUT_OFF)
    enough = 4 if cut else 10
    for lead, verbs in wordings.data().leads.items():
        place = text.rfind(lead)
        if place < 0 or (place and not re.search(r"[.!?…\])>\"'] ?$", text[:place])):
            continue
        rest = text[place + len(lead) :]
        after = rest[1:].strip()  # "appeared fir"
        verb = (
            rest.startswith(TITLE)
            and any(verb.startswith(after) for verb in verbs)
            and bool(after or cut)
        )
        if verb or (len(letters(rest)) >= enough and title.startswith(rest)):
            written = "" if verb else unescape(rest)
            return CreditSpan(
                line.starts[place], line.end, Credit(title=written), "cut", strong=True
            )
    return None
