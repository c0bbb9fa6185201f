"""Make plain text of titles, bodies and summaries, and cut excerpts.

Titles are the hard part: feeds encode them once, twice or not at all, and declare it wrongly. See
`title` for the rule.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

from syndicator.model.feed import Text
from syndicator.normalizer.html import tags
from syndicator.text_rules import REFERENCE, line

# The marks of a CDATA section that was escaped with its text.
_CDATA = re.compile(r"\s*<!\[CDATA\[")

# Tags that style titles. Not every tag: "How to centre a <div>" is about one.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)(/?)>")
# A tag among words, as in "When to close <p> with </p>": the title is about it.
_SPOKEN_OF = re.compile(r"(?<=\w )<()([A-Za-z][A-Za-z0-9]*)>(?= [^<>]*\s</\2>)")
_VOID = frozenset({"br", "wbr", "img", "hr"})
_DRESS = """
    a abbr acronym b bdi bdo big blink br center cite code del dfn div em font h1 h2 h3 h4 h5 h6
    hr i img ins kbd
    mark nobr p pre q rp rt ruby s samp small span strike strong sub sup time tt u var wbr
"""
_TITLE_TAGS = frozenset(_DRESS.split())

# Tags inside words ("H<sub>2</sub>O", formulas); any other tag separates words.
_INLINE = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|i|ins|kbd|mark|nobr|q|s|samp"
    r"|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
    r"|math|mi|mn|mo|ms|mtext|mrow|mstyle|msub|msup|msubsup|msqrt|mfrac|mspace)(?: [^>]*)?>"
)
_BREAKS = re.compile(r"<[^<>]*+>\s*+(?:<[^<>]*+>\s*+)*+")  # all that stand together
# The content of a player, shown only where it can't play. Not "<audio>", which stays in the text.
_PLAYER = re.compile(r"<(video|audio)[ >](?:(?!<\1[ >]).)*?</\1>", re.DOTALL)

# The end of a sentence, in any script. Not the point in "v1.2" or "example.org".
_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)\]]*(?=\s)|[。！？｡．][」』”’）]*|[؟۔।॥။።](?=\s|$)")
_LONGEST_SUMMARY = 1000  # characters of one by the source; a longer one is a body
_JOINERS = "\u200d\ufe0f\ufe0e"  # join several characters to one emoji


def without_cdata(text: str) -> str:
    """Remove the marks of a CDATA section that was escaped with its text.

    >>> without_cdata("<![CDATA[Real title]]>")
    'Real title'
    """
    if "<![CDATA[" not in text:
        return text
    start = _CDATA.match(text)
    return text[start.end() :].rstrip().removesuffix("]]>") if start else text


def with_characters(text: str) -> str:
    r"""Decode the references in plain text, which has none, but for those of `<` and `>`.

    >>> with_characters("Fish&nbsp;&amp;&nbsp;chips &lt;b&gt;")
    'Fish\xa0&\xa0chips &lt;b&gt;'
    """
    if "&" not in text:
        return text
    return REFERENCE.sub(_decoded_reference, text)


def _decoded_reference(reference: re.Match[str]) -> str:
    character = unescape(reference[0])
    return reference[0] if character in "<>" else character


def title(text: Text) -> tuple[str, bool]:
    """Return a title as plain text, and whether it was encoded twice.

    The encoding that its container declares is undone once: an HTML title loses its tags and
    entities, a plain one stays. Then it is undone once more if the rest shows need: an entity with
    its semicolon (`&amp;`, `&#8217;`) or a pair of known tags (`<b>..</b>`, `<br>`). A lone tag
    that needs a partner is the subject of the title, and stays.

    >>> title(Text("Ben &amp;amp; Jerry&#8217;s <i>Caf&eacute;</i>"))
    ('Ben & Jerry’s Café', True)
    >>> title(Text("AT&T: 1 < 2, how to centre a <div>", "text"))
    ('AT&T: 1 < 2, how to centre a <div>', False)
    """
    value = without_cdata(text.value)
    if "&" not in value and "<" not in value:
        return line(value), False
    once = _decoded(value) if text.kind == "html" else value
    twice = _decoded(once)
    return line(twice), twice != once


def _decoded(value: str) -> str:
    bare = _undressed(value) if "<" in value else value
    return REFERENCE.sub(_character, bare) if "&" in bare else bare


def _character(entity: re.Match[str]) -> str:
    name = entity[1]
    if name is not None and name + ";" not in html5:
        return entity[0]
    return unescape(entity[0])


def _undressed(value: str) -> str:
    """Remove known tags: void ones, and pairs of start and end tag."""
    opened: set[str] = set()
    closed: set[str] = set()
    for tag in _TAG.finditer(value):
        (closed if tag[1] else opened).add(tag[2].lower())
    spoken_of = {tag[2].lower() for tag in _SPOKEN_OF.finditer(value)}
    dressed = (_TITLE_TAGS & opened & closed - spoken_of) | _VOID

    def replace(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name not in dressed or (name == "img" and not tag[3].strip()):
            return tag[0]
        if name in {"br", "hr", "p", "div", "h1", "h2", "h3"}:
            return " "
        return ""

    return _TAG.sub(replace, value)


def words(html: str) -> str:
    """Return the plain words of sanitized HTML, with one space between them.

    >>> words("<p>H<sub>2</sub>O &amp; more</p><p>Next</p>")
    'H2O & more Next'
    >>> words("<p>See</p><video src='a.mp4'>Your browser can't play it.</video>")
    'See'
    """
    if "<" in html:
        if "</video>" in html or "</audio>" in html:
            html = _PLAYER.sub(" ", html)
        html = _BREAKS.sub(" ", _INLINE.sub("", html))
    return _single_spaced(tags.value(html))


def _single_spaced(plain: str) -> str:
    if plain.isprintable() and "  " not in plain:  # no white space but single spaces
        return plain.strip(" ")
    return " ".join(plain.split())


def excerpt(text: str, about: int = 300) -> str:
    """Cut plain text to about so many characters.

    It ends after a sentence, else between words with an ellipsis. In scripts without spaces it
    ends after their own full stop, else between two visible characters.

    >>> excerpt("One two three. Four five six seven.", 20)
    'One two three.'
    >>> excerpt("One two three four five", 16)
    'One two three…'
    """
    if len(text) <= about:
        return text
    start = about * 3 // 5
    last = about + about // 5
    sentences = _SENTENCE_END.finditer(text, start, last + 2)
    fitting = [sentence.end() for sentence in sentences if sentence.end() <= last]
    if fitting:
        return text[: min(fitting, key=lambda end: abs(end - about))].rstrip()
    if " " in text[start:about]:
        return text[: about + 1].rpartition(" ")[0].rstrip(" ,;:–—-") + "…"
    return text[: _boundary(text, about)].rstrip() + "…"


def summary(own: str, body: str) -> str:
    """Return the source's summary, or the start of the body's words; both without attribution.

    >>> summary("In short.", "In short. And at length."), summary("", "One. Two.")
    ('In short.', 'One. Two.')
    """
    if own and len(own) <= _LONGEST_SUMMARY:
        return own
    return excerpt(own or body)


def _boundary(text: str, place: int) -> int:
    """Step back until no combining mark or joiner is cut from its character."""
    import unicodedata  # only texts without any space need it

    while place > 1 and (
        unicodedata.category(text[place])[0] == "M"
        or text[place] in _JOINERS
        or text[place - 1] in _JOINERS
        or text[place - 1] in "เแโใไ"  # Thai vowels written before their consonant
    ):
        place -= 1
    return place
