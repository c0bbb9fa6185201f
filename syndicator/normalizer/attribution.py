"""HTML or plain text with closing credits -> without, and what they credit; and the choice of our own wording.

A credit is known by what it is, a closing line that links to the post and to its site, and by its words. A sentence
in running text stays, whatever it says: only the last lines are looked at, and words alone prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from syndicator import languages, urls
from syndicator.model import Attribution, AttributionSettings, Credit
from syndicator.normalizer import recognise
from syndicator.normalizer.credits import ROWS, Row
from syndicator.normalizer.recognise import TITLE, Anchor, Line, fold, letters

_TAIL = 1500  # characters in which a closing line starts, markup included
_TAIL_WITH_LISTS = 12_000  # ... where lists of links follow it
_MOST = 8  # lines credited one after another: copies of copies
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff]")


# ---------------------------------------------------------------------------------------------------
# Taking credits out
# ---------------------------------------------------------------------------------------------------


def strip(
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
    judged by what the body proved; call with the body first.
    """
    if not suspicious(source, post_link, guid, title, text_mode=text_mode):
        return source, ()
    known = _Known.of((post_link, guid), site_links, title, names, seen)
    source = source if text_mode else _without_ours(source)
    credits: list[Credit] = []
    while len(credits) < _MOST:
        found = _closing(source, known, text_mode=text_mode)
        if not found:
            break
        credits.insert(0, found.credit)
        source = _taken(source, found, text_mode=text_mode)
    return source, tuple(credits)


def suspicious(source: str, post_link: str, guid: str, title: str, *, text_mode: bool) -> bool:
    """Tell, in a few microseconds, whether a closing credit is possible at all: most posts have none."""
    tail = source[-_TAIL:]
    if tail.rstrip().endswith(("</ul>", "</ol>", "</div>", "</section>", "</aside>")):
        tail = source[-_TAIL_WITH_LISTS:]
    if "syndicator-" in tail:
        return True
    words = tail.replace("<", " <").replace(">", "> ").replace("&nbsp;", " ").split()
    vocabulary, substrings = _vocabulary()
    if not vocabulary.isdisjoint(words):
        return True
    if not tail.isascii() and any(part in tail for part in substrings):
        return True
    if text_mode:  # cut off before its verb: "... […] The post Our ti"
        return bool(title) and title[:12] in tail[-300:]
    return any(path in tail for path in (urls.path(post_link), urls.path(guid)) if len(path) > 1)


@dataclass(frozen=True, slots=True)
class _Known:
    """What counts as evidence that a line speaks of this post and its site."""

    posts: frozenset[str]  # loose addresses
    sites: frozenset[str]  # loose addresses
    hosts: frozenset[str]
    title: str  # letters
    folded_title: str
    names: frozenset[str]  # letters

    @classmethod
    def of(
        cls, posts: Iterable[str], sites: Iterable[str], title: str, names: Iterable[str], seen: Iterable[Credit]
    ) -> _Known:
        post_links = [link for link in (*posts, *(credit.url for credit in seen)) if link]
        site_links = [link for link in (*sites, *(credit.site_url for credit in seen)) if link]
        known_names = (*names, *(credit.site for credit in seen))
        return cls(
            frozenset(map(urls.loose, post_links)),
            frozenset(map(urls.loose, site_links)),
            frozenset(filter(None, map(urls.host, [*post_links, *site_links]))),
            letters(title),
            fold(title),
            frozenset(filter(None, map(letters, known_names))),
        )

    def is_title(self, text: str) -> bool:
        """Whether a text is the post's title, or what cutting left of it."""
        given = letters(text)
        if not given or not self.title:
            return False
        shorter, longer = sorted((given, self.title), key=len)
        return shorter == longer or (len(shorter) >= 15 and longer.startswith(shorter))  # noqa: PLR2004

    def is_post(self, anchor: Anchor) -> bool:
        return urls.loose(anchor.href) in self.posts or self.is_title(anchor.text)

    def is_site(self, anchor: Anchor) -> bool:
        return urls.host(anchor.href) in self.hosts

    def is_root(self, anchor: Anchor) -> bool:
        """Whether a link goes to the site itself, not to one of its pages."""
        return urls.loose(anchor.href) in self.sites or (self.is_site(anchor) and not urls.path(anchor.href))

    def is_name(self, text: str) -> bool:
        return letters(text) in self.names or fold(text).strip(" .").removeprefix("www.") in self.hosts


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    credit: Credit
    strong: bool  # its links or names are the post's own


def _closing(source: str, known: _Known, *, text_mode: bool) -> _Found | None:
    """Find the last credit, where nothing but trailers (share links, lists of links, pictures) follows it."""
    for place, line in enumerate(recognise.lines(source, text_mode=text_mode)):
        found = _judge(line, source, known, text_mode=text_mode)
        if found and (found.strong or not place):
            return found
        if text_mode or place > 40 or not _is_trailer(line):  # noqa: PLR2004
            return None
    return None


def _is_trailer(line: Line) -> bool:
    """Whether a line is no running text: only links, only media, a heading over either."""
    if line.block in {"h1", "h2", "h3", "h4", "h5", "h6"} or line.text.endswith(":"):
        return len(line.text) <= 80  # noqa: PLR2004
    return not any(character.isalnum() for character in line.text) or bool(line.ours)


def _judge(line: Line, source: str, known: _Known, *, text_mode: bool) -> _Found | None:
    if line.ours == "attribution":
        return _by_class(line, source, known)
    line = _with_title(line, known)
    for row in _rows_for(line.text):
        for pattern in _patterns(row):
            match = pattern.search(line.text)
            found = match and _weigh(row, match, line, source, known, text_mode=text_mode)
            if found:
                return found
    return _by_links(line, source, known) or (_truncated(line, source, known) if text_mode else None)


def _taken(source: str, found: _Found, *, text_mode: bool) -> str:
    if text_mode:
        return (source[: found.start].rstrip() + source[found.end :]).rstrip()
    return recognise.cut(source, found.start, found.end)


# ---------------------------------------------------------------------------------------------------
# By words
# ---------------------------------------------------------------------------------------------------

_OPENING = r"[\"'(\[〈《「『<]*"
_CLOSING = r"[\"')\]〉》」』>]*"
_MARKER = f"[{recognise.MARKERS}]"
# A sentence starts the line or follows one's end; a credit after a comma is part of a sentence.
_LEAD = r"(?P<lead>.*(?:[.!?…:;|\])}\"'>*。！？…」』\]-]|\n) ?)?"
_DEMONSTRATIVE = ("this ", "dies", "est", "cet", "ce ", "quest", "dit ", "deze ", "本文", "这篇", "這篇")


def _rows_for(text: str) -> list[Row]:
    return [row for row in _rows() if any(word in text for word in _folded_words(row))]


@lru_cache(maxsize=1)
def _rows() -> tuple[Row, ...]:
    """The wordings of others, then all of ours: our feed may be somebody's source, and we theirs."""
    ours = [
        _own_row(tag, kind, words[key])
        for tag, words in languages.table().items()
        for key, kind in (("titled", "both"), ("untitled", "site"))
        if key in words
    ]
    return (*ROWS, *ours)


def _own_row(tag: str, kind: str, text: str) -> Row:
    sentence = re.escape(fold(text.rstrip(" .。।۔"))).replace(r"\{post\}", "{post}").replace(r"\{source\}", "{site}")
    literal = re.sub(r"\{\w+\}", " ", text)
    longest = max((word.strip(" .。।۔:、，「」『』《》〈〉\"'“”„«»()") for word in literal.split()), key=len)
    return Row(tag, "both" if kind == "both" else "site", longest, sentence.replace(r"\ ", " "))


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[frozenset[str], tuple[str, ...]]:
    """The words of which each credit has one, and, for scripts without spaces, the substrings."""
    words = {word for row in _rows() for word in row.words.split()}
    spaceless = tuple(sorted(word for word in words if _SPACELESS.search(word)))
    return frozenset(words), spaceless


@lru_cache(maxsize=512)
def _folded_words(row: Row) -> tuple[str, ...]:
    return tuple(fold(word) for word in row.words.split())


@lru_cache(maxsize=512)
def _patterns(row: Row) -> tuple[re.Pattern[str], ...]:
    """Compile a row: as the whole line, then as the last sentence of one; the site linked, then as text."""
    sentence = row.sentence.replace("{post}", f"{_OPENING}(?P<post>.{{1,400}}?){_CLOSING}", 1)
    linked = sentence.replace("{site}", f"{_OPENING}(?P<site>{_MARKER}){_CLOSING}", 1)
    text = sentence.replace("{site}", f"{_OPENING}(?P<site>.{{1,120}}?){_CLOSING}", 1)
    rest = r"(?P<rest>(?:[^\w].{0,250})?)$"
    bare = r"(?P<rest>[\W]*)$"
    bodies = [f"(?P<body>{linked}){rest}", f"(?P<body>{text}){bare}"]
    return tuple(re.compile(lead + body) for lead in (r"^\W*(?P<lead>)", f"^{_LEAD}") for body in bodies)


@dataclass(frozen=True, slots=True)
class _Slot:
    """What fills {post} or {site}."""

    text: str = ""  # as written
    anchor: Anchor | None = None
    own: bool = False


def _slot(name: str, match: re.Match[str], line: Line, source: str) -> tuple[str, Anchor | None]:
    """Return the slot's text as written and its link."""
    if name not in match.re.groupindex or match[name] is None:
        return "", None
    for character in match[name]:
        if recognise.LINK <= character < TITLE:
            anchor = line.links[ord(character) - ord(recognise.LINK)]
            return anchor.text, anchor
    written = source[line.spans[match.start(name)][0] : line.spans[match.end(name) - 1][1]]
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", written)).split()), None


def _weigh(
    row: Row, match: re.Match[str], line: Line, source: str, known: _Known, *, text_mode: bool
) -> _Found | None:
    """Decide whether the words are meant for this post: by links, names and title."""
    post_text, post = _slot("post", match, line, source)
    site_text, site = _slot("site", match, line, source)
    own_post = known.is_post(post) if post else bool(post_text) and known.is_title(post_text)
    own_site = known.is_site(site) if site else bool(site_text) and known.is_name(site_text)
    lead, rest = (match["lead"] or "").strip(), match["rest"].strip(" .,;!\"')]।。۔-")
    credit = _credit(row, post_text, post, site_text, site, known)
    whole = not lead
    if row.kind == "both":
        fits = _fits_both(own_post, own_site, post, site, rest, lead, text_mode=text_mode, plain=bool(post_text))
    elif row.kind == "site":
        fits = not rest and _fits_site(site, site_text, lead, match["body"], own_post or own_site)
    else:
        fits = whole and not rest and bool(site) and bool(site and (known.is_root(site) or known.is_post(site)))
    if not fits:
        return None
    first = line.spans[match.start("body")][0] if lead else line.start
    return _Found(first, line.end, credit, own_post or own_site)


def _fits_both(
    own_post: bool, own_site: bool, post: Anchor | None, site: Anchor | None, rest: str, lead: str, *,
    text_mode: bool, plain: bool,
) -> bool:  # fmt: skip
    """Judge a sentence that names a post and a site."""
    if own_post or own_site:
        # More may follow on the line ("- do not reproduce this article") only where its links leave no doubt.
        return not rest or bool(post and site and not lead and own_site)
    if rest:
        return False
    if post:  # another's post: a copy that kept its credit
        return not site or _same_site(post.href, site.href)
    return text_mode and plain and lead.endswith(("…", "...", "…]", "...]"))


def _fits_site(site: Anchor | None, site_text: str, lead: str, body: str, own: bool) -> bool:
    """Judge a sentence that names a site alone."""
    if own:
        return True
    if body.startswith("the "):  # "The story was first published in ..." may be what the article is about
        return False
    if site:
        return not lead or body.startswith(_DEMONSTRATIVE)
    return not lead and bool(urls.host(site_text))


def _credit(
    row: Row, post_text: str, post: Anchor | None, site_text: str, site: Anchor | None, known: _Known
) -> Credit:
    title = post_text
    if not post and known.is_title(post_text):
        title = post_text
    url = post.href if post else ""
    site_url = site.href if site else ""
    if site and row.kind != "both" and not post and (known.is_post(site) or urls.path(site.href)):
        url, site_url = site.href, ""  # "Originally published at <the post>Its site</a>"
    if not site and not url and urls.host(site_text):
        url = site_text
    base = site_url or _root(url)
    name = site_text if site_text and not urls.host(site_text) and fold(site_text) not in {"here", "medium"} else ""
    return Credit(title, url, name or urls.host(base), base, row.locale)


def _root(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/" if separator else ""


def _same_site(one: str, other: str) -> bool:
    first, second = urls.host(one), urls.host(other)
    return first == second or first.endswith("." + second) or second.endswith("." + first)


def _with_title(line: Line, known: _Known) -> Line:
    """Put a marker for the post's title where it stands as text: a title may say "appeared first on" itself."""
    title = known.folded_title
    place = line.text.rfind(title) if len(title) >= 3 else -1  # noqa: PLR2004
    if place < 0 or line.text == title:
        return line
    end = place + len(title)
    before, after = line.text[place - 1 : place] if place else "", line.text[end : end + 1]
    if (before.isalnum() and before.isascii()) or (after.isalnum() and after.isascii()):
        return line
    spans = (*line.spans[:place], (line.spans[place][0], line.spans[end - 1][1]), *line.spans[end:])
    return Line(line.text[:place] + TITLE + line.text[end:], spans, line.links, line.media, line.block, line.ours)


# ---------------------------------------------------------------------------------------------------
# By links, by our own class, and cut off
# ---------------------------------------------------------------------------------------------------

_SENTENCE_START = re.compile(r"(?:^|[.!?…:|\])}\"'>*。！？」』]) ?(?=[^.!?…|\])}>*。！？」』]{0,60}$)")


def _by_links(line: Line, source: str, known: _Known) -> _Found | None:
    """Recognise a credit in a language that we have no words of: the post by its title, its site, little else."""
    posts = [place for place, link in enumerate(line.links) if urls.loose(link.href) in known.posts]
    sites = [place for place, link in enumerate(line.links) if known.is_root(link) and place not in posts]
    if not (len(posts) == 1 and sites and len(line.links) <= 3):  # noqa: PLR2004
        return None
    post, site = line.links[posts[0]], line.links[sites[0]]
    if not (known.is_title(post.text) or urls.loose(post.text) in known.posts) or not site.text:
        return None
    first = line.text.find(chr(ord(recognise.LINK) + min(posts[0], sites[0])))
    lead = _SENTENCE_START.search(line.text[:first])
    words = sum(character.isalnum() for character in line.text[lead.end() if lead else 0 :])
    if not lead or not 1 <= words <= 80:  # noqa: PLR2004
        return None
    start = line.spans[lead.end()][0] if lead.end() else line.start
    return _Found(start, line.end, Credit(post.text, post.href, site.text, site.href), strong=True)


def _by_class(line: Line, source: str, known: _Known) -> _Found:
    """Read a line of ours: the post's link, then the site's, as our wording has them in either order."""
    links = list(line.links)
    post = next((link for link in links if known.is_post(link)), None)
    others = [link for link in links if link is not post]
    if post is None and len(others) > 1:
        post = max(others, key=lambda link: len(urls.path(link.href)))
        others = [link for link in others if link is not post]
    site = others[0] if others else Anchor("", "")
    credit = Credit(post.text if post else "", post.href if post else "", site.text, site.href)
    return _Found(line.start, line.end, credit, strong=True)


def _truncated(line: Line, source: str, known: _Known) -> _Found | None:
    """Recognise a line that an aggregator cut: "... […] The post Our ti…"."""
    text = line.text.rstrip(" .…[]")
    title = known.folded_title
    if len(title) < 10:  # noqa: PLR2004
        return None
    for lead in _leads():
        place = text.rfind(lead)
        if place < 0 or (place and not re.search(r"[.!?…\])>\"'] ?$", text[:place])):
            continue
        rest = text[place + len(lead) :]
        if (len(rest) >= 10 and title.startswith(rest)) or (rest.startswith(title) and len(rest) - len(title) < 40):  # noqa: PLR2004
            return _Found(line.spans[place][0], line.end, Credit(title=known.title and rest), strong=True)
        if TITLE in rest and rest.startswith(TITLE) and len(rest) < 40:  # noqa: PLR2004
            return _Found(line.spans[place][0], line.end, Credit(), strong=True)
    return None


@lru_cache(maxsize=1)
def _leads() -> tuple[str, ...]:
    """The words before the title in the common wordings."""
    return ("the post ", "der beitrag ", "l'article ", "la entrada ", "het bericht ", "o post ", "bài viết ",
            "artykuł ", "сообщение ", "запись ", "l'articolo ", "inlägget ", "innlegget ", "indlægget ", "artikkeli ",
            "l'entrada ", "příspěvek ", "投稿 ", "the article ", "artikel ")  # fmt: skip


_OUR_ELEMENT = re.compile(r"<([a-z][a-z0-9]*)\b(?:[^<>\"]|\"[^\"]*\")*\bclass=\"[^\"]*\bsyndicator-(?:related|also)\b")


def _without_ours(source: str) -> str:
    """Take out the lists that a feed of ours has put under its posts."""
    while found := _OUR_ELEMENT.search(source):
        depth, end = 0, len(source)
        for tag in re.finditer(rf"<(/?){found[1]}\b(?:[^<>\"]|\"[^\"]*\")*>", source[found.start() :]):
            depth += -1 if tag[1] else 1
            if not depth:
                end = found.start() + tag.end()
                break
        source = recognise.cut(source, found.start(), end)
    return source


# ---------------------------------------------------------------------------------------------------
# Our own wording
# ---------------------------------------------------------------------------------------------------


def choose(settings: AttributionSettings, language: str, *, titled: bool, fallback: str = "en") -> Attribution | None:
    """Choose the wording that a post keeps for ever; None where attribution is off.

    `language` is the post's, `fallback` our feed's, for languages that we have no words of. The operator's own text
    holds for all languages; one that names the post is put in our short form where there is no title.
    """
    if not settings.enabled:
        return None
    if settings.text and (titled or "{post}" not in settings.text):
        return Attribution(settings.text)
    tag = languages.nearest(language, fallback)
    return Attribution(languages.label(tag, "titled" if titled else "untitled"), tag)
