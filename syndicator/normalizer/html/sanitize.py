"""HTML as anybody may have written it -> HTML that is safe to show, and what was done to it.

nh3 parses and filters by the allow-list below; what it can't judge (lazy images, `srcset`, frames, beacons,
relative addresses) is done on its output, whose form is known (`tags`), and only where it occurs. Every
address that does not begin with `http://` or `https://` goes through `urls`, so none slips by in disguise.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from syndicator import text_rules, urls
from syndicator.model.feed import Text
from syndicator.normalizer import text
from syndicator.normalizer.html import bounds, embeds, images, prescan, tags, trackers
from syndicator.normalizer.html.images import Policy, SanitizeStats

if TYPE_CHECKING:
    import nh3

# What posts are made of. Nothing that runs (script, object), styles (style, link), asks (form, input) or
# changes the page around it (base, meta, title, html, body).
_TAGS = """
    a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code col colgroup
    data dd del details dfn dir div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins
    kbd li main mark menu nav nobr ol p picture pre q rp rt ruby s samp section small source span strike strong sub
    summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr
    x-noscript x-iframe x-embed x-object
"""
# MathML Core's presentation elements. Not `mglyph`, `malignmark`, `annotation-xml`, `maction`: through them
# HTML breaks out of the math; nor `semantics` with its second copy of the formula.
_MATH = """
    math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder
    mover munderover mmultiscripts mprescripts none mtable mtr mtd menclose
"""
# Their content is no text for a reader.
_HOLLOW = """
    script style title textarea select option button template svg xmp plaintext noembed noframes head annotation
    annotation-xml applet canvas datalist frameset map
"""
_SPANS = {"colspan", "rowspan", "headers", "scope", "abbr", "align", "valign"}
_LAZY = {*images.LAZY, *images.LAZY_SETS}
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang", "type"},
    "audio": {"src", "loop", "muted"},
    "blockquote": {"cite"},
    "col": {"span", "align"},
    "colgroup": {"span", "align"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "style", *_LAZY},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "source": {
        "src",
        "srcset",
        "sizes",
        "media",
        "type",
        "data-src",
        "data-srcset",
        "data-lazy-srcset",
    },
    "table": {"summary", "border"},
    "td": _SPANS,
    "th": _SPANS,
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "ul": {"type"},
    "video": {"src", "poster", "loop", "muted", "width", "height", "playsinline"},
    "x-iframe": {"src", "data-src", "data-lazy-src", "width", "height", "style"},
    "x-embed": {"src", "width", "height"},
    "x-object": {"data", "width", "height"},
    "math": {"display", "alttext"},
    "mo": {
        "stretchy",
        "fence",
        "separator",
        "lspace",
        "rspace",
        "symmetric",
        "largeop",
        "movablelimits",
        "form",
    },
    "mi": {"mathvariant"},
    "mspace": {"width", "height", "depth"},
    "mfrac": {"linethickness", "displaystyle"},
    "mstyle": {"displaystyle", "scriptlevel", "mathvariant"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "munderover": {"accent", "accentunder"},
    "mtable": {"columnalign", "rowspacing", "columnspacing", "displaystyle"},
    "mtd": {"columnspan", "rowspan", "columnalign"},
    "menclose": {"notation"},
}
_CODE = """
    bash c cpp csharp css diff go graphql haskell html http ini java javascript js json kotlin latex lua makefile
    markdown none objectivec perl php plaintext powershell python py r ruby rust scala shell sh sql swift text toml ts
    typescript xml yaml yml
"""
OWN = frozenset(
    {"syndicator-attribution", "syndicator-related", "syndicator-also"}
)  # our lines, come back as a source
_WRAPPERS = "div p ul ol span section aside nav table a blockquote footer h2 h3"

# Anything but these may come out of nh3 in a form that parses differently again: tables with text between
# rows, a <p> left inside a <p> by a taken-out <button>, raw text. Such HTML is cleaned until it is still.
_STILL = """
    a abbr article aside b blockquote br br/ center cite code dd del div dl dt em figcaption figure footer h1 h2 h3 h4
    h5 h6 header hr hr/ i img ins li ol p pre q s section small span strike strong sub sup time tt u ul wbr
"""
_CALM = frozenset(slash + name for slash in ("", "/") for name in _STILL.split())
_UNSAFE = frozenset({"script", "style", "form"})  # told of when they go
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NAMES = re.compile(r"<(/?[a-zA-Z][^\s>]*)")
# A parser ends an open heading where another begins (HTML, 13.2.6.4.7): such HTML is not still either.
_NESTED_HEADING = re.compile(r"<h[1-6][ >](?:(?!</h[1-6]>).)*?<h[1-6][ >]", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>?")
_LONG = 2000  # characters: a shorter text costs nothing, whatever its shape
_MANY = 1000  # tags: fewer can't nest deep enough to matter
_DEEPEST = 500  # browsers stop at 512
# Elements that never hold one of their own kind, so that many without an end tag are no depth.
_LEAVES = frozenset(
    {
        "p",
        "br",
        "hr",
        "img",
        "wbr",
        "tr",
        "td",
        "th",
        "source",
        "track",
        "col",
        "area",
        "embed",
        "param",
    }
)
# HTML, 13.2.4.3 and 13.2.4.2: what may be closed out of order, and what no end tag inside reaches out of.
_FORMATTING = frozenset(
    {
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    }
)
_SCOPES = frozenset(
    {
        "applet",
        "caption",
        "button",
        "marquee",
        "math",
        "object",
        "select",
        "svg",
        "table",
        "template",
    }
)
_CLASSES = re.compile(r" class=(\"[^\"]*\"|'[^']*')")
_ADDRESSES = frozenset({"href", "src", "cite", "poster"})
_ADDRESS = re.compile(
    r'<([a-z][a-z0-9-]*)(?: [a-z-]+="[^"]*")*? (?:href|src|cite|poster)="(?!https?://[^\s/?#"\\])[^>]*>'
)
# A source's own script showed the buttons; nothing is fetched unasked.
_PLAYER = re.compile(r"<(audio|video)((?: [^>]*)?)>")
_LINK = re.compile(r"<a((?: [^>]*)?)>(.*?)</a>", re.DOTALL)
_HREF = re.compile(r' href="([^"]*)"')
_NOTHING = re.compile(r"(?:\s|<br>|<hr>|&nbsp;)*")
_BLANK = 40  # characters: a longer link shows something
_PRE = re.compile(r"(<pre(?: [^>]*)?>)\n")
_OWN_CLASS = re.compile(r'(<[a-z][^>]*?) class="syndicator-[a-z]+"')
_ROUNDS = 4  # cleanings after which HTML that still changes is not worth another


class Cleaned(NamedTuple):
    """Safe HTML and what was done to it."""

    html: str
    tally: SanitizeStats


def clean(html: str, base: str, policy: Policy = "keep") -> Cleaned:
    """Make HTML safe, its addresses absolute against `base` ("" if none is known), its pictures visible.

    Wrappers of our own (`OWN` classes) keep their class, for attribution to see; `finish` takes it off.

    >>> clean('<p onclick="x">a<script>b</script><a href="c">d', "https://e.example/").html
    '<p>a<a href="https://e.example/c" rel="noopener noreferrer">d</a></p>'
    """
    tally = SanitizeStats()
    listed = _NAMES.findall(html)
    if len(html) > _LONG:
        html = bounds.tamed(html)
    if len(listed) > _MANY:
        html = _shallow(html)
    names = frozenset(listed)
    if not names <= _CALM:
        names = frozenset(map(str.lower, names))
    calm = names <= _CALM  # nine posts in ten
    if not calm and not names.isdisjoint(_UNSAFE):
        tally.unsafe = sum(name.lower() in _UNSAFE for name in listed)
    prepared = html if calm else embeds.prepare(html)
    safe = _settled(
        _filtered(_marked(prepared)), base, policy, tally, names=names if calm else None
    )
    if not calm or (not names.isdisjoint(_HEADINGS) and _NESTED_HEADING.search(safe)):
        safe = _clean_until_stable(safe, base, policy)
    return Cleaned(safe, tally)


def _shallow(html: str) -> str:
    """Leave out the elements that stand deeper than any writer's: nh3's time grows with the square of the depth."""
    open_: list[str] = []

    def kept(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if tag[1]:
            _close(name, open_)
        elif name not in _LEAVES:
            if len(open_) >= _DEEPEST:
                return ""
            open_.append(name)
        return tag[0]

    return _TAG.sub(kept, html)


def _close(name: str, open_: list[str]) -> None:
    """End an element as parsers do (HTML, 13.2.6.4.7), or less: what is still counted costs nothing but a tag.

    Formatting elements end alone; others end all within them, but none outside of the table or object around.
    """
    if name not in open_:
        return
    place = len(open_) - 1 - open_[::-1].index(name)
    if name in _FORMATTING:
        del open_[place]
    elif _SCOPES.isdisjoint(open_[place + 1 :]):
        del open_[place:]


def finish(html: str) -> str:
    """Take our own classes off, once attribution has seen them: a source must not pass for us."""
    return tags.trimmed(_OWN_CLASS.sub(r"\1", html) if ' class="syndicator-' in html else html)


def as_html(part: Text) -> str:
    r"""Return a text construct as HTML, not yet safe. HTML without a tag but with blank lines was plain text.

    >>> as_html(Text("Caf&eacute;\n\n1 &lt; 2"))
    '<p>Café</p><p>1 &lt; 2</p>'
    """
    if part.kind == "text":
        return from_plain(part.value)
    if "<" not in part.value and "\n\n" in part.value:  # YouTube's descriptions, many podcasts
        return from_plain(unescape(part.value))
    return part.value


def from_plain(plain: str) -> str:
    r"""Return plain text as HTML: blank lines part paragraphs, other line ends break.

    >>> from_plain("a < b\nc\n\nd")
    '<p>a &lt; b<br>c</p><p>d</p>'
    """
    paragraphs = re.split(
        r"\n[ \t]*\n\s*", text_rules.clean(plain).replace("\r\n", "\n").replace("\r", "\n").strip()
    )
    return "".join(
        f"<p>{escape(paragraph.strip(), quote=False).replace(chr(10), '<br>')}</p>"
        for paragraph in paragraphs
        if paragraph
    )


def _marked(html: str) -> str:
    """Give the wrappers of share bars a mark that nh3 lets through, since classes go."""
    if " class=" not in html or not any(
        trackers.is_bar(found) for found in set(_CLASSES.findall(html))
    ):
        return html
    return _CLASSES.sub(
        lambda found: ' data-bar=""' if trackers.is_bar(found[1]) else found[0], html
    )


def _filtered(html: str) -> str:
    html, hidden = bounds.without_ampersands(html)
    try:
        safe = _cleaner().clean(html)
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can spell
        safe = _cleaner().clean(text_rules.clean(html))
    if hidden:
        safe = bounds.with_ampersands(safe)
    if "\r" in safe:  # `&#13;`: the next parser would make a line feed of it
        safe = safe.replace("\r", "\n")
    return text_rules.clean(safe)  # `&#1;` is a character that XML forbids when it is decoded


def _settled(
    safe: str,
    base: str,
    policy: Policy,
    tally: SanitizeStats,
    *,
    names: frozenset[str] | None = None,
) -> str:
    """Do what nh3 can't judge, on its output; `names` are the tags of calm HTML: it has neither frames nor players."""
    seen = prescan.prescan(safe)
    if seen.bars:
        safe, tally.bars = trackers.without_bars(safe)
        seen = prescan.prescan(safe)
    if seen.odd:
        safe = _ADDRESS.sub(lambda tag: _resolved(tag, base, tally), safe)
    closer = seen.odd or seen.pictures or names is None
    safe = images.settle(safe, base, tally) if closer else seen.html
    if names is None:
        safe = _PLAYER.sub(r'<\1\2 controls="" preload="none">', embeds.settle(safe, base, tally))
    if closer or seen.links:
        safe = _LINK.sub(lambda link: _link(link, tally), safe)
    safe = tags.trimmed(images.restricted(tags.tidy(safe), policy, tally))
    return (
        _PRE.sub(r"\1\n\n", safe) if names is None or "pre" in names else safe
    )  # the parser drops the first


def _link(link: re.Match[str], tally: SanitizeStats) -> str:
    """Take a link's tracking parameters off, or the link itself: a flare, or one that shows nothing."""
    written, shown = link.groups()
    if not shown or (
        len(shown) < _BLANK and _NOTHING.fullmatch(shown)
    ):  # a keyboard would stop there for nothing
        return shown
    if "/~ff/" in written or "/1.0/go" in written:
        href = _HREF.search(written)
        if href and trackers.is_beacon(href[1]):
            tally.bars += 1
            return tags.GONE
    return f"<a{prescan.untracked(written)}>{shown}</a>"


def _clean_until_stable(safe: str, base: str, policy: Policy) -> str:
    """Clean again until nothing changes; what never comes to rest is shown as text."""
    for _ in range(_ROUNDS):
        again = _settled(_filtered(embeds.prepare(safe)), base, policy, SanitizeStats())
        if again == safe:
            return safe
        safe = again
    return from_plain(text.words(safe))


def _resolved(tag: re.Match[str], base: str, tally: SanitizeStats) -> str:
    kept: tags.Attributes = {}
    for key, written in tags.attributes(tag[0]).items():
        if key not in _ADDRESSES:
            kept[key] = written
        elif url := _address(tag[1], key, written, base):
            kept[key] = url
            tally.resolved += not urls.scheme(written)
    return tags.start(tag[1], kept)


def _address(name: str, key: str, written: str, base: str) -> str:
    if key == "href":
        return urls.clickable(written, base)
    if name == "img" and urls.scheme(written) == "data":
        return images.allowed_data(urls.squeeze(written))
    return urls.web(written, base)


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    # nh3 is loaded by the first post that is new: a run with nothing new does without.
    import nh3

    classes = {name: {"class": set(OWN), "data-bar": {""}} for name in _WRAPPERS.split()}
    classes |= {
        name: {"class": {f"language-{code}" for code in _CODE.split()}} for name in ("code", "pre")
    }
    return nh3.Cleaner(
        tags={*_TAGS.split(), *_MATH.split()},
        clean_content_tags=set(_HOLLOW.split()),
        attributes=_ATTRIBUTES,
        tag_attribute_values=classes,
        link_rel="noopener noreferrer",
        url_schemes={*urls.LINKABLE, "data"},
    )
