"""A post's summary, the source's own or made of its body -> plain text that fits a list."""

from __future__ import annotations

from syndicator.normalizer import text

LENGTH = 300  # characters of a summary that we make
LONGEST = 1000  # of one that the source wrote; longer ones are bodies


def choose(own: str, body: str) -> str:
    """Return the source's summary, or one made of the body's words; both plain and without attribution.

    >>> choose("In short.", "In short. And at length."), choose("", "One. Two.")
    ('In short.', 'One. Two.')
    """
    if own and len(own) <= LONGEST:
        return own
    return text.excerpt(own or body, LENGTH)
