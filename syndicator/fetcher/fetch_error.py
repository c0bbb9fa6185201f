"""The one exception of the sockets: what `trip` turns into a FetchFailed. It never leaves this room."""

from __future__ import annotations

from syndicator.model.fetch import FailureKind


class Fault(Exception):
    """A fetch came to nothing: its kind, what happened in one line without any address, what to do about it."""

    def __init__(self, kind: FailureKind, error: str, advice: str = "") -> None:
        super().__init__(error)
        self.kind = kind
        self.error = error
        self.advice = advice


def too_late() -> Fault:
    """Return the Fault of a fetch whose time is up."""
    return Fault(
        "timeout",
        "gave no whole answer in the time allowed",
        "if it is only slow, raise its timeout",
    )
