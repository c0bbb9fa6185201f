"""A closing line -> is it a credit, and of what? Words alone prove nothing: links, names and the title decide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape

from msgspec import Struct

from syndicator import urls
from syndicator.model.post import Credit
from syndicator.normalizer.attribution import wordings
from syndicator.normalizer.attribution.lines import LINK, TITLE, Anchor, Line, fold, letters, plain

_LONG = 320  # characters of a line, links as one each, in which a credit is looked for
_SHORT_NAME, _SHORT_TITLE = 4, 2  # letters
_CUT_TITLE = 15  # letters of a title that tell it from others, where the rest was cut off
_WORDS_BESIDE, _WORDS_AFTER = (
    60,
    30,
)  # letters that a credit in an unknown language may have beside its links
_DEMONSTRATIVES = (
    "this ",
    "dies",
    "est",
    "cet",
    "ce ",
    "quest",
    "dit ",
    "deze ",
    "本文",
    "这篇",
    "這篇",
)
_REST = " .,;!\"')]।。۔։-"  # what may follow a credit and says nothing
_CUT_OFF = ("…", "...", "…]", "...]")


class Found(Struct, frozen=True):
    """A credit and where it stands in the source."""

    start: int
    end: int
    credit: Credit
    strong: bool  # its links or names are the post's own


class Known(Struct, frozen=True):
    """What counts as evidence that a line speaks of this post and its site."""

    posts: frozenset[str]  # loose addresses
    sites: frozenset[str]  # loose addresses
    hosts: frozenset[str]
    title: str  # letters
    folded_title: str
    names: frozenset[str]  # letters

    @classmethod
    def of(
        cls,
        posts: Iterable[str],
        sites: Iterable[str],
        title: str,
        names: Iterable[str],
        seen: Iterable[Credit],
    ) -> Known:
        """Gather it from the post's addresses, its site's, and what its other fields credited."""
        seen = tuple(seen)
        post_links = [link for link in (*posts, *(credit.url for credit in seen)) if link]
        site_links = [link for link in (*sites, *(credit.site_url for credit in seen)) if link]
        return cls(
            posts=frozenset(map(urls.loose, post_links)),
            sites=frozenset(map(urls.loose, site_links)),
            hosts=frozenset(filter(None, map(urls.host, [*post_links, *site_links]))),
            title=letters(title),
            folded_title=fold(title),
            names=frozenset(
                filter(None, map(letters, (*names, *(credit.site for credit in seen))))
            ),
        )

    def is_title(self, text: str) -> bool:
        """Tell whether a text is the post's title, or what cutting left of it."""
        shorter, longer = sorted((letters(text), self.title), key=len)
        return bool(shorter) and (
            shorter == longer or (len(shorter) >= _CUT_TITLE and longer.startswith(shorter))
        )

    def is_post(self, anchor: Anchor) -> bool:
        """Tell whether a link leads to the post, by its address or, through a redirect, by its text."""
        return urls.loose(anchor.href) in self.posts or self.is_title(anchor.text)

    def is_site(self, anchor: Anchor) -> bool:
        """Tell whether a link leads to the site or any page of it."""
        return urls.host(anchor.href) in self.hosts

    def is_root(self, anchor: Anchor) -> bool:
        """Tell whether a link leads to the site itself, not to one of its pages."""
        return urls.loose(anchor.href) in self.sites or (
            self.is_site(anchor) and not urls.path(anchor.href)
        )

    def is_name(self, text: str) -> bool:
        """Tell whether a text names the site: its name, a part of it ("News" is not enough), or its host."""
        given = letters(text)
        if given in self.names or fold(text).strip(" .").removeprefix("www.") in self.hosts:
            return True
        return len(given) > _SHORT_NAME and any(given in name for name in self.names)


class _Slot(Struct, frozen=True):
    """What fills {post} or {site}."""

    text: str = ""  # as written
    anchor: Anchor | None = None
    own: bool = False


def judge(line: Line, source: str, known: Known, *, text_mode: bool) -> Found | None:
    """Return the credit that a line is or ends with, None where it is none."""
    if line.ours == "attribution":
        return _by_class(line, known)
    # A longer one ends in a credit at best; its own start is then out of sight, and "…" says so.
    line = _with_title(line, known)
    if len(line.text) > _LONG:
        line = line.last(_LONG)
        line = Line(f"…{line.text[1:]}", line.starts, line.ends, line.links, line.block)
    # Nothing but links, the title or a name can prove a credit: without them no pattern need be tried.
    if not (line.links or TITLE in line.text or _mentions(line.text, known)):
        return None
    rows = wordings.index().rows(line.text)
    if (
        len(line.links) == 1 and TITLE not in line.text
    ):  # it is the site's: "Paru d'abord sur X" names no post "Paru"
        rows.sort(key=lambda row: row.kind == "both")
    for row in rows:
        for pattern in wordings.patterns(row):
            match = pattern.match(line.text)
            found = match and _weigh(row, match, line, source, known, text_mode=text_mode)
            if found:
                return found
    return _by_links(line, known) or _cut_off(line, known)


@lru_cache(maxsize=512)
def wording(before: str, between: str, after: str) -> wordings.Row | None:
    """Return the wording that credits the post by a line's first link and its site by its second; else None.

    What stands around the links is HTML. For a post and a site that are its own, this is what `judge` would find.

    >>> wording("The post ", " appeared first on ", ".").locale
    'en'
    """
    first, second = LINK, chr(ord(LINK) + 1)
    text = fold(f"{before}{first}{between}{second}{after}")
    for row in wordings.index().rows(text):
        for pattern in wordings.patterns(row):
            if match := pattern.match(text):
                found = row.kind == "both" and (match["post"], match["site"], match["lead"]) == (
                    first,
                    second,
                    "",
                )
                return row if found and not (match["rest"] or "").strip(_REST) else None
    return None


def _mentions(text: str, known: Known) -> bool:
    return (
        "://" in text
        or any(host in text for host in known.hosts)
        or any(lead in text for lead in wordings.data().leads)
        or any(name in letters(text) for name in known.names)
    )


def _with_title(line: Line, known: Known) -> Line:
    """Put a marker for the post's title where it stands as text: a title may say "appeared first on" itself."""
    # "…" is no title to look for; "a" is none beside links, which say better where it stands.
    title = known.folded_title if len(known.title) > (_SHORT_TITLE if line.links else 0) else ""
    place = line.text.rfind(title) if title and title != line.text else -1
    if place < 0:
        return line
    end = place + len(title)
    if _joined(line.text[:place], title) or _joined(
        title, line.text[end:]
    ):  # "art" in "The article"
        return line
    return Line(
        line.text[:place] + TITLE + line.text[end:],
        (*line.starts[: place + 1], *line.starts[end:]),
        (*line.ends[:place], *line.ends[end - 1 :]),
        line.links,
        line.block,
        line.ours,
    )


def _joined(before: str, after: str) -> bool:
    """Whether two stretches meet inside a word; only scripts with spaces tell."""
    edge = before[-1:] + after[:1]
    return len(edge) == 2 and edge.isascii() and edge.isalnum()  # noqa: PLR2004


def _weigh(
    row: wordings.Row,
    match: re.Match[str],
    line: Line,
    source: str,
    known: Known,
    *,
    text_mode: bool,
) -> Found | None:
    """Decide whether a sentence is meant for this post."""
    post, site = (
        _slot("post", match, line, source, known),
        _slot("site", match, line, source, known),
    )
    lead = (match["lead"] or "").strip()
    rest = (match.groupdict().get("rest") or "").strip(_REST)
    if row.kind == "both":
        fits = _fits_both(post, site, lead, rest, text_mode=text_mode) and _calls_it_a_post(
            row, match, post, site
        )
    elif row.kind == "site":
        fits = not rest and _fits_site(site, lead, match["body"], known)
    else:
        fits = not lead and not rest and _is_target(site, known)
    ahead = [line.links[ord(mark) - ord(LINK)] for mark in lead if LINK <= mark < TITLE]
    if not fits or (
        not post.own and (TITLE in lead or any(map(known.is_post, ahead)))
    ):  # it took too little
        return None
    start = line.starts[match.start("body")] if lead else line.start
    return Found(start, line.end, _credit(row, post, site, known), strong=post.own or site.own)


def _slot(name: str, match: re.Match[str], line: Line, source: str, known: Known) -> _Slot:
    """Read a slot's text as written, its link, and whether it is the post's own."""
    if name not in match.re.groupindex or not match[name]:
        return _Slot()
    for character in match[name]:
        if LINK <= character < TITLE:
            anchor = line.links[ord(character) - ord(LINK)]
            own = known.is_post(anchor) if name == "post" else known.is_site(anchor)
            return _Slot(anchor.text, anchor, own)
    written = plain(source[line.starts[match.start(name)] : line.ends[match.end(name) - 1]])
    own = (
        known.is_title(written)
        if name == "post"
        else known.is_name(written) or urls.loose(written) in known.posts
    )
    return _Slot(written, None, own)


def _is_target(site: _Slot, known: Known) -> bool:
    """Whether "Source: X" links to the post itself or to the site, not to some other page of it."""
    return site.anchor is not None and (known.is_root(site.anchor) or known.is_post(site.anchor))


def _fits_both(post: _Slot, site: _Slot, lead: str, rest: str, *, text_mode: bool) -> bool:
    """Judge a sentence that names a post and a site."""
    if post.own or site.own:
        # More may follow on the line ("- do not reproduce this article") only where its links leave no doubt.
        return not rest or bool(post.anchor and site.anchor and not lead and site.own)
    if rest:
        return False
    if post.anchor:  # another's post: a copy that kept its credit; not two pages of an encyclopedia
        return site.anchor is not None and _is_below(post.anchor.href, site.anchor.href)
    return text_mode and bool(post.text) and lead.endswith(_CUT_OFF)


def _is_below(page: str, site: str) -> bool:
    home, path = urls.path(site), urls.path(page)
    return same_site(page, site) and path != home and path.startswith(home)


def _calls_it_a_post(row: wordings.Row, match: re.Match[str], post: _Slot, site: _Slot) -> bool:
    """Whether a sentence speaks of a text, not of its subject: "Seinfeld first appeared on NBC"."""
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


def _fits_site(site: _Slot, lead: str, body: str, known: Known) -> bool:
    """Judge a sentence that names a site alone."""
    if _is_target(site, known) or known.is_name(site.text):
        return True
    if site.own or not any(
        map(str.isalpha, site.text)
    ):  # another page of the site; "First published in 1999"
        return False
    if body.startswith(
        ("the ", "that ")
    ):  # "The story was first published in ..." may be what the article is about
        return False
    if site.anchor:
        return not lead or body.startswith(_DEMONSTRATIVES)
    return not lead and bool(urls.host(site.text))


def _credit(row: wordings.Row, post: _Slot, site: _Slot, known: Known) -> Credit:
    url = post.anchor.href if post.anchor else ""
    site_url = site.anchor.href if site.anchor else ""
    if not url and site_url and not known.is_root(Anchor(site_url, "")) and urls.path(site_url):
        url, site_url = site_url, ""  # "Originally published at <the post>Its site</a>"
    if not url and not site_url and urls.host(site.text):
        url = site.text
    home = site_url or root(url)
    title = (
        post.text if post.own or (post.anchor and row.kind == "both") else ""
    )  # not "the original article"
    return Credit(title, url, site_name(site.text, home), home, row.locale)


def site_name(written: str, home: str) -> str:
    """Return what a line calls the site, its host where that is an address or a mere "here"."""
    named = (
        written
        and not urls.host(written)
        and fold(written) not in {"here", "hier", "ici", "aquí", "qui"}
    )
    return written if named else urls.host(home)


def root(url: str) -> str:
    """Return the address of a URL's host, "" where it has none.

    >>> root("https://a.example/x?y"), root("mailto:a@b.example")
    ('https://a.example/', '')
    """
    scheme, separator, rest = url.partition("://")
    return f"{scheme}://{re.split('[/?#]', rest, maxsplit=1)[0]}/" if separator else ""


def same_site(one: str, other: str) -> bool:
    """Tell whether two addresses have one host, or one's is below the other's.

    >>> same_site("https://blog.a.example/x", "http://www.a.example/"), same_site("https://a.example", "https://b.example")
    (True, False)
    """
    first, second = urls.host(one), urls.host(other)
    return bool(first and second) and (
        first == second or first.endswith(f".{second}") or second.endswith(f".{first}")
    )


# ---------------------------------------------------------------------------------------------------
# Without words
# ---------------------------------------------------------------------------------------------------

_SENTENCE_START = re.compile(
    r"(?:^|.*[.!?…:|\])}\"'>*。！？」』]) ?(?=[^.!?…|\])}>*。！？」』]{0,60}$)", re.DOTALL
)


def _by_links(line: Line, known: Known) -> Found | None:
    """Recognise a credit in a language that we have no words of: the post by its title, its site, little else."""
    posts = [place for place, link in enumerate(line.links) if urls.loose(link.href) in known.posts]
    sites = [
        place for place, link in enumerate(line.links) if place not in posts and known.is_root(link)
    ]
    if len(posts) != 1 or not sites or len(line.links) > 3:  # noqa: PLR2004 - the third may be the author's
        return None
    post, site = line.links[posts[0]], line.links[sites[0]]
    if not (known.is_title(post.text) or urls.loose(post.text) in known.posts) or not site.text:
        return None
    lead = _SENTENCE_START.match(
        line.text[: line.text.find(chr(ord(LINK) + min(posts[0], sites[0])))]
    )
    if not lead:
        return None
    beside = sum(map(str.isalnum, line.text[lead.end() :]))
    tail = line.text[line.text.find(chr(ord(LINK) + max(posts[0], sites[0]))) :]
    if (
        not 1 <= beside <= _WORDS_BESIDE
        or "," in tail
        or sum(map(str.isalnum, tail)) > _WORDS_AFTER
    ):
        return None
    start = line.starts[lead.end()] if lead.end() else line.start
    return Found(start, line.end, Credit(post.text, post.href, site.text, site.href), strong=True)


def _by_class(line: Line, known: Known) -> Found:
    """Read a line of ours: the post's link and the site's, in whichever order the language has them."""
    links = sorted(
        line.links, key=lambda link: (known.is_post(link), len(urls.path(link.href))), reverse=True
    )
    if len(links) == 1 and not known.is_post(links[0]):
        links.insert(0, Anchor("", ""))
    post, site = (*links, Anchor("", ""), Anchor("", ""))[:2]
    return Found(
        line.start,
        line.end,
        Credit(post.text, post.href, site.text, site.href, "ours"),
        strong=True,
    )


def _cut_off(line: Line, known: Known) -> Found | None:
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
            return Found(line.starts[place], line.end, Credit(title=written), strong=True)
    return None
