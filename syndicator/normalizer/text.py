"""Text as a feed wrote it -> plain text: titles, the words of a body, excerpts.

Titles are the hard part: feeds encode them once, twice or not at all, and say so wrongly. The rule stands
at `title`.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

from syndicator.model.feed import Text
from syndicator.normalizer.html import tags
from syndicator.text_rules import line

# An entity that a person would call one: known name or number, and its semicolon ("AT&T;" is not one).
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")

# Tags that titles are dressed with. Not every tag: "How to centre a <div>" is about one.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)(/?)>")
_VOID = frozenset({"br", "wbr", "img", "hr"})
_DRESS = """
    a abbr acronym b bdi bdo big blink br center cite code del dfn div em font h1 h2 h3 h4 h5 h6 hr i img ins kbd
    mark nobr p pre q rp rt ruby s samp small span strike strong sub sup time tt u var wbr
"""
_TITLE_TAGS = frozenset(_DRESS.split())

# These stand inside words ("H<sub>2</sub>O"); at any other tag a reader sees a break.
_INLINE = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|i|ins|kbd|mark|nobr|q|s|samp|small|span|strike|strong"
    r"|sub|sup|time|tt|u|var|wbr)(?: [^>]*)?>"
)
_BREAKS = re.compile(r"<[^>]*>\s*(?:<[^>]*>\s*)*")  # as many as stand together

# How sentences end, script by script. A point ends one before white space only: not "v1.2", not "example.org".
_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)\]]*(?=\s)|[。！？｡．][」』”’）]*|[؟۔।॥။።](?=\s|$)")
_JOINERS = "\u200d\ufe0f\ufe0e"  # what makes one emoji of several characters


def title(text: Text) -> tuple[str, bool]:
    """Return a title as plain text, and whether it had been encoded twice.

    What its container says is done once: of an HTML title the tags are taken off and the entities decoded,
    a plain one stands as it is. Then, once more and only where what is left shows it: an entity with its
    semicolon (`&amp;`, `&#8217;`) or a pair of known tags (`<b>..</b>`, `<br>`). A lone tag that needs a
    partner is what the title is about, and stays.

    >>> title(Text("Ben &amp;amp; Jerry&#8217;s <i>Caf&eacute;</i>"))
    ('Ben & Jerry’s Café', True)
    >>> title(Text("AT&T: 1 < 2, how to centre a <div>", "text"))
    ('AT&T: 1 < 2, how to centre a <div>', False)
    """
    value = text.value
    if "&" not in value and "<" not in value:
        return line(value), False
    once = _decoded(value) if text.kind == "html" else value
    twice = _decoded(once)
    return line(twice), twice != once


def _decoded(value: str) -> str:
    bare = _undressed(value) if "<" in value else value
    return _ENTITY.sub(_character, bare) if "&" in bare else bare


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name is not None and name + ";" not in html5:
        return found[0]
    return unescape(found[0])


def _undressed(value: str) -> str:
    """Take known tags off: void ones, and those whose partner is there too."""
    opened: set[str] = set()
    closed: set[str] = set()
    for tag in _TAG.finditer(value):
        (closed if tag[1] else opened).add(tag[2].lower())
    dressed = (_TITLE_TAGS & opened & closed) | _VOID

    def replace(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name not in dressed:
            return tag[0]
        return " " if name in {"br", "hr", "p", "div", "h1", "h2", "h3"} else ""

    return _TAG.sub(replace, value)


def words(html: str) -> str:
    """Return the plain words of sanitized HTML, one space between them.

    >>> words("<p>H<sub>2</sub>O &amp; more</p><p>Next</p>")
    'H2O & more Next'
    """
    if "<" in html:
        html = _BREAKS.sub(" ", _INLINE.sub("", html))
    return _single_spaced(tags.value(html))


def _single_spaced(plain: str) -> str:
    if not plain.isascii():
        return " ".join(plain.split())
    for space in "\n\t\r\f\v\x1c\x1d\x1e\x1f":
        plain = plain.replace(space, " ")
    while "  " in plain:
        plain = plain.replace("  ", " ")
    return plain.strip(" ")


def excerpt(text: str, about: int = 300) -> str:
    """Cut plain text to about so many characters: after a sentence, else between words, with an ellipsis.

    In scripts without spaces it ends after their own full stop, else between two characters that a reader
    sees as two.

    >>> excerpt("One two three. Four five six seven.", 20)
    'One two three.'
    >>> excerpt("One two three four five", 16)
    'One two three…'
    """
    if len(text) <= about:
        return text
    start = about * 3 // 5
    ends = [found.end() for found in _SENTENCE_END.finditer(text, start, about + about // 5 + 2)]
    fitting = [end for end in ends if end <= about + about // 5]
    if fitting:
        return text[: min(fitting, key=lambda end: abs(end - about))].rstrip()
    if " " in text[start:about]:
        return text[: about + 1].rpartition(" ")[0].rstrip(" ,;:–—-") + "…"
    return text[: _boundary(text, about)].rstrip() + "…"


def _boundary(text: str, at: int) -> int:
    """Step back to where no combining mark, or joiner is parted from what it belongs to."""
    import unicodedata  # only texts without any space come here

    while at > 1 and (
        unicodedata.category(text[at])[0] == "M"
        or text[at] in _JOINERS
        or text[at - 1] in _JOINERS
        or text[at - 1] in "เแโใไ"  # Thai vowels written before their consonant
    ):
        at -= 1
    return at
