"""The exception of the fetcher, which `client` turns into a FetchFailed."""

from __future__ import annotations

from syndicator.model.fetch import FailureKind


class FetchError(Exception):
    """A fetch failed: its kind, one line without any address, and advice."""

    def __init__(self, kind: FailureKind, error: str, advice: str = "") -> None:
        super().__init__(error)
        self.kind = kind
        self.error = error
        self.advice = advice


def too_late() -> FetchError:
    """Return the error of a fetch that has no time left."""
    return FetchError(
        "timeout",
        "gave no whole answer in the time allowed",
        "if it is only slow, raise its timeout",
    )
