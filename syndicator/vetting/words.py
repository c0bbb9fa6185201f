"""Verdicts -> lines for a person, or Markdown for a comment. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from syndicator.text_rules import shortened
from syndicator.vetting.judging import Verdict

_SIGNS = {"fault": "✗", "doubt": "?", "good": "✓", "note": "·"}
# Signs that mean something in Markdown or in a forge's comments: emphasis, links, pictures, HTML,
# mentions, references to issues. Never a letter or a digit.
_MARKUP = re.compile(r"[^\w\s,;:%]|_")
_LONGEST = 400  # characters of a feed's own words in one line


def text(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield for each verdict its line, then the reasons."""
    for number, verdict in enumerate(verdicts):
        if number:
            yield ""
        yield f"{_name(verdict)}: {_short(verdict.line)}"
        for reason in verdict.reasons:
            yield f"  {_SIGNS[reason.level]} {_short(reason.text)}"
            if reason.advice:
                yield f"    {_short(reason.advice)}"


def markdown(verdicts: Sequence[Verdict]) -> Iterator[str]:
    r"""Yield a section for each verdict. No word of a feed is read as Markdown or HTML.

    >>> verdict = Verdict("https://a.example/", "", "A *b* @c", "yes", "yes: <x>", ())
    >>> list(markdown([verdict]))
    ['### A &#42;b&#42; &#64;c', '', '**yes: &#60;x&#62;**']
    """
    for number, verdict in enumerate(verdicts):
        if number:
            yield ""
        yield f"### {_escaped(_name(verdict))}"
        yield ""
        yield f"**{_escaped(_short(verdict.line))}**"
        if verdict.reasons:
            yield ""
        for reason in verdict.reasons:
            advice = reason.advice and f" ({_escaped(_short(reason.advice))})"
            yield f"- {_SIGNS[reason.level]} {_escaped(_short(reason.text))}{advice}"


def _name(verdict: Verdict) -> str:
    return _short(verdict.title or verdict.address)


def _short(words: str) -> str:
    return shortened(" ".join(words.split()), _LONGEST)


def _escaped(words: str) -> str:
    return _MARKUP.sub(lambda sign: f"&#{ord(sign[0])};", words)
