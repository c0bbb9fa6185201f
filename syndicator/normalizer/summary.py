"""Choose the summary of a post as plain text: the source's own, or the start of the body."""

from __future__ import annotations

from syndicator.normalizer import text

LENGTH = 300  # characters of a summary that we make
LONGEST = 1000  # of one by the source; a longer one is a body


def choose(own: str, body: str) -> str:
    """Return the source's summary, or the start of the body's words; both without attribution.

    >>> choose("In short.", "In short. And at length."), choose("", "One. Two.")
    ('In short.', 'One. Two.')
    """
    if own and len(own) <= LONGEST:
        return own
    return text.excerpt(own or body, LENGTH)
