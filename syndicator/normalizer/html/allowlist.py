"""The allow-list: the elements and attributes that sanitized HTML may have."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from syndicator import urls
from syndicator.normalizer.html import images

if TYPE_CHECKING:
    import nh3

# The elements of posts: none that runs (script, object), styles (style, link), asks (form, input)
# or changes the page around it (base, meta, title, html, body).
_TAGS = """
    a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite
    code col colgroup data dd del details dfn dir div dl dt em figcaption figure footer h1 h2 h3
    h4 h5 h6 header hgroup hr i img ins kbd li main mark menu nav nobr ol p picture pre q rp rt
    ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th
    thead time tr track tt u ul var video wbr x-noscript x-iframe x-embed x-object
"""
# The presentation elements of MathML Core. Left out are `mglyph`, `malignmark`, `annotation-xml`
# and `maction`, by which HTML breaks out of the math, and `semantics` with its copy of the formula.
_MATH = """
    math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom msub
    msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd menclose
"""
# Removed with their content, which is no text for a reader.
_HOLLOW = """
    script style title textarea select option button template svg svg:svg xmp plaintext noembed
    noframes head annotation annotation-xml applet canvas datalist frameset map
"""
_VOID = "br col hr img source track wbr"
_LAZY = " ".join((*images.LAZY, *images.LAZY_SETS))
_CELL = "colspan rowspan headers scope abbr align valign"
_ATTRIBUTES = {
    "*": "lang dir title",
    "a": "href hreflang type",
    "audio": "src loop muted",
    "blockquote": "cite",
    "col": "span align",
    "colgroup": "span align",
    "data": "value",
    "del": "cite datetime",
    "details": "open",
    "img": f"src srcset sizes alt width height style {_LAZY}",
    "ins": "cite datetime",
    "li": "value",
    "ol": "start reversed type",
    "q": "cite",
    "source": "src srcset sizes media type data-src data-srcset data-lazy-srcset",
    "table": "summary border",
    "td": _CELL,
    "th": _CELL,
    "time": "datetime",
    "track": "src kind srclang label default",
    "ul": "type",
    "video": "src poster loop muted width height playsinline",
    "x-iframe": "src data-src data-lazy-src width height style",
    "x-embed": "src width height",
    "x-object": "data width height",
    "math": "display alttext",
    "mo": "stretchy fence separator lspace rspace symmetric largeop movablelimits form",
    "mi": "mathvariant",
    "mspace": "width height depth",
    "mfrac": "linethickness displaystyle",
    "mstyle": "displaystyle scriptlevel mathvariant",
    "mpadded": "width height depth lspace voffset",
    "mover": "accent",
    "munder": "accentunder",
    "munderover": "accent accentunder",
    "mtable": "columnalign rowspacing columnspacing displaystyle",
    "mtd": "columnspan rowspan columnalign",
    "menclose": "notation",
}
_CODE = """
    bash c cpp csharp css diff go graphql haskell html http ini java javascript js json kotlin
    latex lua makefile markdown none objectivec perl php plaintext powershell python py r ruby
    rust scala shell sh sql swift text toml ts typescript xml yaml yml
"""

# Marks of elements that go after parsing: share bars and hidden text.
MARKS = ("data-bar", "data-hidden")
# Classes of our own lines, which come back when a source republishes us.
OWN_CLASSES = frozenset({"syndicator-attribution", "syndicator-related", "syndicator-also"})
_WRAPPERS = "div p ul ol span section aside nav table a blockquote footer h2 h3"


@lru_cache(maxsize=1)
def cleaner() -> nh3.Cleaner:
    """Return the sanitizer for this allow-list."""
    import nh3  # loaded by the first new post: a run without new posts does not need it

    names = {*_TAGS.split(), *_MATH.split()}
    values: dict[str, dict[str, set[str]]] = {}
    for name in names - set(_VOID.split()):
        values[name] = {mark: {""} for mark in MARKS}
    for name in _WRAPPERS.split():
        values[name]["class"] = set(OWN_CLASSES)
    for name in ("code", "pre"):
        values[name]["class"] = {f"language-{code}" for code in _CODE.split()}
    return nh3.Cleaner(
        tags=names,
        clean_content_tags=set(_HOLLOW.split()),
        attributes={name: set(allowed.split()) for name, allowed in _ATTRIBUTES.items()},
        tag_attribute_values=values,
        link_rel="noopener noreferrer",
        url_schemes={*urls.LINKABLE, "data"},
    )
