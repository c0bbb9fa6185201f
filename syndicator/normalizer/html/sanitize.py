"""Sanitize the HTML of a post, and report the changes.

nh3 parses the HTML and keeps what the allow-list allows. The rest is done on its output, whose form
is known (`tags`), and only where it occurs: lazy images, `srcset`, frames, beacons, relative
addresses. Every address that does not begin with `http://` or `https://` goes through `urls`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape, unescape
from typing import NamedTuple

from syndicator import text_rules, urls
from syndicator.model.feed import Text
from syndicator.normalizer import text
from syndicator.normalizer.html import (
    allowlist,
    bounds,
    embeds,
    images,
    repairs,
    tags,
    trackers,
)
from syndicator.normalizer.html.images import Policy, SanitizeStats
from syndicator.normalizer.html.prescan import prescan, untracked

# Elements that nh3 writes in a stable form. Others may parse differently again: tables with text
# between rows, a <p> left inside a <p> by a removed element, raw text. HTML with such elements is
# cleaned until nothing changes.
_STABLE = """
    a abbr article aside b blockquote br br/ center cite code dd del div dl dt em figcaption
    figure footer h1 h2 h3 h4 h5 h6 header hr hr/ i img ins li ol p pre q s section small span
    strike strong sub sup time tt u ul wbr
"""
_STABLE_TAGS = frozenset(slash + name for slash in ("", "/") for name in _STABLE.split())
_COUNTED = frozenset({"script", "style", "form"})  # the operator is told of these
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NAMES = re.compile(r"<(/?[a-zA-Z][^\s>]*)")
# A parser ends an open heading where another begins (HTML, 13.2.6.4.7), so this is not stable.
_NESTED_HEADING = re.compile(r"<h[1-6][ >](?:(?!</h[1-6]>).)*?<h[1-6][ >]", re.DOTALL)
_LONG = 2000  # characters: a shorter text costs nothing, whatever its shape
_MANY_TAGS = 1000  # fewer can't nest deep enough to matter
_ADDRESSES = frozenset({"href", "src", "cite", "poster"})
# A tag with an address that is not absolute; not "https://a.example/".
_ADDRESS = re.compile(
    r'<([a-z][a-z0-9-]*)(?: [a-z-]+="[^"]*")*?'
    r' (?:href|src|cite|poster)="(?!https?://[^\s/?#"\\])[^>]*>'
)
_PLAYER = re.compile(r"<(audio|video)((?: [^<>]*)?)>")
_CONTROLS = r'<\1\2 controls="" preload="none">'  # scripts added them; nothing is fetched unasked
_LINK = re.compile(r"<a((?: [^<>]*)?)>(.*?)</a>", re.DOTALL)
_HREF = re.compile(r' href="([^"]*)"')
_NOTHING = re.compile(r"(?:\s|<br>|<hr>|&nbsp;)*")
_BLANK = 40  # characters: a link with longer content shows something
_PRE = re.compile(r"(<pre(?: [^<>]*)?>)\n")
_OWN_CLASS = re.compile(r'(<[a-z][^<>]*?) class="syndicator-[a-z]+"')
_ROUNDS = 4  # attempts to reach HTML that no longer changes
# Signs that a text is HTML: an end tag, a comment, a tag that needs no end tag or that has
# attributes. Not "the <path> element", "i<n", "<jane@example.org>".
_MARKUP = re.compile(
    r"\A\s*<(?:div|p|span|b|i|em|strong|h[1-6]|ul|ol|blockquote|section|article)>"
    r"|</[a-zA-Z]|<!--"
    r"|<(?:p|br|hr|img|li|dt|dd|td|th|tr|wbr|input|embed|source|meta|link)[\s/>]"
    r"|<[a-zA-Z][a-zA-Z0-9]*\s+[a-zA-Z-]+\s*=|<[a-zA-Z][a-zA-Z0-9]*\s*/>",
    re.IGNORECASE,
)
# The sign before a mail address: "<jane@example.org>".
_MAIL_START = re.compile(r"<(?=[^\s<>@/]{1,100}@[^\s<>@/]{1,100}>)")
# A tag cut at the end of an excerpt: "<im"; not "if p<q then".
_CUT_TAG = re.compile(r"<(?:/|[a-zA-Z][a-zA-Z0-9]*)?\Z")
# HTML as text in HTML: a whole body that begins and ends with a block, or a link with its end.
_ESCAPED_MARKUP = re.compile(
    r"\A\s*&lt;(p|div|h[1-6]|ul|ol|blockquote|figure|section|article)\b[^&]*&gt;.*"
    r"&lt;/(?:p|div|h[1-6]|ul|ol|blockquote|figure|section|article)&gt;\s*\Z"
    r"|\A\s*&lt;(b|i|em|strong|a|span)\b[^&]*&gt;.*&lt;/(?:b|i|em|strong|a|span)&gt;\s*\Z"
    r"|&lt;a href=(?:&quot;|\")[^&\"]*(?:&quot;|\")&gt;[^&]*&lt;/a&gt;",
    re.DOTALL,
)
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
# An address in plain text; not the full stop or bracket behind it, nor the one of a Markdown link.
_PLAIN_ADDRESS = re.compile(r"(?<!\]\()(https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]}。，、）」])")
_WRAPPED = 50  # characters: lines of wrapped text are longer, but for the last of a paragraph


class Cleaned(NamedTuple):
    """Safe HTML, and the statistics of its cleaning."""

    html: str
    stats: SanitizeStats


def clean(html: str, base: str, policy: Policy = "keep", players: Collection[str] = ()) -> Cleaned:
    """Return safe HTML with absolute addresses and visible pictures.

    `base` is the address to resolve relative ones against, "" if none is known. `players` are
    hosts whose frames are shown besides the known ones. Elements with a class of our own keep it,
    for attribution to find them; `finish` removes it.

    >>> clean('<p onclick="x">a<script>b</script><a href="c">d', "https://e.example/").html
    '<p>a<a href="https://e.example/c" rel="noopener noreferrer">d</a></p>'
    """
    stats = SanitizeStats()
    written = _NAMES.findall(html)
    if len(html) > _LONG:
        html = bounds.tamed(html, written)
    if len(written) > _MANY_TAGS:
        html = bounds.shallow(html)
    names = frozenset(written)
    if not names <= _STABLE_TAGS:
        names = frozenset(map(str.lower, names))
    is_stable = names <= _STABLE_TAGS  # nine posts in ten
    if not is_stable and not names.isdisjoint(_COUNTED):
        stats.unsafe = sum(name.lower() in _COUNTED for name in written)
    repaired = repairs.repaired(html, names)
    prepared = repaired if is_stable else embeds.prepare(repaired)
    job = _Job(base, policy, players, stats, names if is_stable else None)
    safe = job.finish(_sanitized(prepared))
    nested = not names.isdisjoint(_HEADINGS) and _NESTED_HEADING.search(safe)
    if not is_stable or nested:
        safe = _clean_until_stable(safe, base, policy, players)
    return Cleaned(safe, stats)


def finish(html: str) -> str:
    """Remove our own classes, after attribution has seen them: a source must not pass for us."""
    return tags.trimmed(_OWN_CLASS.sub(r"\1", html) if ' class="syndicator-' in html else html)


def as_html(part: Text) -> str:
    r"""Return a text construct as HTML, not yet safe.

    Text that is declared as HTML may be plain text: without any tag, if its line ends are meant;
    with tags, if none of them is markup. Or it may be HTML that was escaped once too often.

    >>> as_html(Text("Caf&eacute;\n\n1 &lt; 2"))
    '<p>Café</p><p>1 &lt; 2</p>'
    >>> as_html(Text("The <path> element")), as_html(Text("&lt;p&gt;Words&lt;/p&gt;"))
    ('<p>The &lt;path&gt; element</p>', '<p>Words</p>')
    """
    value = text.without_cdata(part.value)
    if part.kind == "text":
        return from_plain(text.with_characters(value))
    if "@" in value:
        value = _MAIL_START.sub("&lt;", value)
    if "<" in value:
        if _has_markup(value):
            return value
        return from_plain(unescape(_CUT_TAG.sub("", value)))
    if "&lt;" in value and _ESCAPED_MARKUP.search(value):
        return unescape(value)
    return from_plain(unescape(value)) if _has_lines(value) else value


def _has_markup(value: str) -> bool:
    """Tell whether HTML has an end tag or a tag that needs none, and not only words in brackets.

    >>> _has_markup("a<br>b"), _has_markup("the <b> tag"), _has_markup("i<n and <jane@a.example>")
    (True, False, False)
    """
    return _MARKUP.search(value) is not None


def _has_lines(plain: str) -> bool:
    r"""Tell whether the line ends of a text are meant, and not those of wrapped paragraphs.

    >>> _has_lines("One\nTwo\nThree"), _has_lines(f"{60 * 'a'}\n{60 * 'b'}\nc"), _has_lines("a\nb")
    (True, False, False)
    """
    written = plain.strip().splitlines()
    lines = [line.strip() for line in written[:-1]]
    if "" in lines or not lines[1:]:
        return "" in lines
    is_indented = all(line.startswith(("  ", "\t")) for line in written[1:])  # by an XML writer
    short = sum(len(line) < _WRAPPED for line in lines)
    return not is_indented and 4 * short > len(lines)


def from_plain(plain: str, *, links: bool = True) -> str:
    r"""Return plain text as HTML.

    Blank lines separate paragraphs, other line ends become line breaks. With `links`, addresses
    become links.

    >>> from_plain("a < b\nc\n\nd")
    '<p>a &lt; b<br>c</p><p>d</p>'
    >>> from_plain("See https://a.example/b.")
    '<p>See <a href="https://a.example/b">https://a.example/b</a>.</p>'
    """
    plain = text_rules.clean(plain).replace("\r\n", "\n").replace("\r", "\n").strip()
    paragraphs = []
    for paragraph in filter(None, map(str.strip, _BLANK_LINES.split(plain))):
        inner = _linked(paragraph) if links else escape(paragraph, quote=False)
        paragraphs.append(f"<p>{inner.replace(chr(10), '<br>')}</p>")
    return "".join(paragraphs)


def _linked(plain: str) -> str:
    """Return plain text as HTML with its addresses as links."""
    parts = _PLAIN_ADDRESS.split(plain)
    for place, part in enumerate(parts):
        shown = escape(part)
        is_address = place % 2
        parts[place] = f'<a href="{shown}">{shown}</a>' if is_address else escape(part, quote=False)
    return "".join(parts)


def _sanitized(html: str) -> str:
    """Return HTML with the elements and attributes of the allow-list alone."""
    cleaner = allowlist.cleaner()
    html, replaced = bounds.without_ampersands(html)
    try:
        safe = cleaner.clean(html)
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can spell
        safe = cleaner.clean(text_rules.clean(html))
    if replaced:
        safe = bounds.with_ampersands(safe)
    if "\r" in safe:  # from `&#13;`: the next parser would turn it into a line feed
        safe = safe.replace("\r", "\n")
    return text_rules.clean(safe)  # `&#1;` decodes to a character that XML forbids


class _Job(NamedTuple):
    """Work on sanitized HTML: addresses, pictures, frames, links.

    `names` are the tags of stable HTML, which has neither frames nor players; None for other HTML.
    """

    base: str
    policy: Policy
    players: Collection[str]
    stats: SanitizeStats
    names: frozenset[str] | None = None

    def finish(self, safe: str) -> str:
        """Return sanitized HTML as it may be published."""
        stats = self.stats
        scan = prescan(safe)
        if scan.marks:
            safe = _without_marked(safe, stats)
            scan = prescan(safe)
        if scan.odd:
            safe = _ADDRESS.sub(self._resolved, safe)
        closer = scan.odd or scan.pictures or self.names is None
        safe = images.with_visible(safe, self.base, stats) if closer else scan.html
        if self.names is None:
            safe = embeds.with_players(safe, self.base, stats, self.players)
            safe = _PLAYER.sub(_CONTROLS, safe)
        if closer or scan.links:
            safe = _LINK.sub(self._link, safe)
        safe = tags.trimmed(images.restricted(tags.tidy(safe), self.policy, stats))
        if self.names is None or "pre" in self.names:
            safe = _PRE.sub(r"\1\n\n", safe)  # parsers drop the first line feed
        return safe

    def _link(self, link: re.Match[str]) -> str:
        """Return a link without tracking parameters; nothing for a flare or an empty link."""
        written, shown = link.groups()
        # An empty link would stop the focus of a keyboard.
        if not shown or (len(shown) < _BLANK and _NOTHING.fullmatch(shown)):
            return shown
        may_be_flare = "/~ff/" in written or "/1.0/go" in written
        if may_be_flare and (href := _HREF.search(written)) and trackers.is_beacon(href[1]):
            self.stats.bars += 1
            return tags.GONE
        return f"<a{untracked(written)}>{shown}</a>"

    def _resolved(self, tag: re.Match[str]) -> str:
        """Return a start tag with absolute addresses; those that can't be are left out."""
        kept: tags.Attributes = {}
        for key, written in tags.attributes(tag[0]).items():
            if key not in _ADDRESSES:
                kept[key] = written
            elif url := self._address(tag[1], key, written):
                kept[key] = url
                self.stats.resolved += not urls.scheme(written)
        return tags.start(tag[1], kept)

    def _address(self, name: str, key: str, written: str) -> str:
        if key == "href":
            return urls.clickable(written, self.base)
        if name == "img" and urls.scheme(written) == "data":
            return images.allowed_data(urls.squeeze(written))
        return urls.web(written, self.base)


def _without_marked(safe: str, stats: SanitizeStats) -> str:
    """Remove share bars and hidden elements; hidden ones stay if they are all that there is."""
    safe, stats.bars = tags.without(safe, trackers.BAR)
    shown, hidden = tags.without(safe, trackers.HIDDEN_ELEMENT)
    if (
        hidden
        and not images.shows_something(shown)
        and not text.words(shown).strip(f"{tags.GONE} ")
    ):
        return safe.replace(' data-hidden=""', "")
    stats.hidden = hidden
    return shown


def _clean_until_stable(safe: str, base: str, policy: Policy, players: Collection[str]) -> str:
    """Clean again until nothing changes; HTML that goes on changing becomes plain text."""
    for _ in range(_ROUNDS):
        job = _Job(base, policy, players, SanitizeStats())
        again = job.finish(_sanitized(embeds.prepare(safe)))
        if again == safe:
            return safe
        safe = again
    return from_plain(text.words(safe), links=False)
