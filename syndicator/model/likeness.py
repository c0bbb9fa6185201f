"""The stored posts as related ones see them (store <-> related)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from syndicator.model.edition import Reference
from syndicator.model.post import Keys, Post


class Neighbour(Struct, frozen=True):
    """A stored post near another, with how near (0..1)."""

    number: int
    score: float


class Card(Struct, frozen=True):
    """A stored post as a list may link to it: titled, and neither withdrawn, filtered nor folded into another."""

    number: int
    source_id: str
    keys: Keys
    reference: Reference


class Corpus(Protocol):
    """The index of likeness, as `related` reads and writes it; store/corpus.py keeps it, made of the posts alone."""

    def put(self, number: int, source_id: str, time: float, terms: bytes) -> None:
        """Keep a post's packed terms, in place of older ones; they wait to be posted. `time`: seconds since 1970."""
        ...

    def drop(self, number: int) -> None:
        """Forget a post."""
        ...

    def unposted(self, limit: int) -> list[tuple[int, bytes]]:
        """Return number and packed terms of the first posts whose terms wait to be posted, by number."""
        ...

    def settle(self, kept: Sequence[tuple[int, bytes]]) -> None:
        """Let these posts wait no longer, and keep these packed terms."""
        ...

    def log(self, entries: bytes) -> int:
        """Keep entries until they are posted under their terms. Return how many bytes of them wait."""
        ...

    def logged(self) -> bytes:
        """Return the entries that were kept so, in their order."""
        ...

    def post(self, postings: Iterable[tuple[int, bytes]]) -> None:
        """Append to the postings of terms all that was logged: the log is empty then."""
        ...

    def postings(self, terms: Sequence[int], long: Sequence[int]) -> Mapping[int, bytes]:
        """Return what was posted under terms; of those in `long` not only the newest few hundred posts."""
        ...

    def vectors(self, numbers: Sequence[int]) -> list[tuple[int, float, bytes, bytes]]:
        """Return number, time, packed terms and packed kin of these posts, as far as they are known."""
        ...

    def company(self, number: int, limit: int) -> list[bytes]:
        """Return the packed terms of some posts of the source that a post is of, spread over its newest."""
        ...

    def keep_kin(self, number: int, kin: bytes) -> None:
        """Keep the nearest posts of one."""
        ...

    def shelf(self, source_id: str, limit: int) -> list[int]:
        """Return the posts of a source, newest first."""
        ...

    def cards(self, numbers: Sequence[int]) -> Mapping[int, Card]:
        """Return those of these posts that a list may link to."""
        ...

    def counts(self) -> bytes:
        """Return the counts of terms as last kept, b"" for none."""
        ...

    def keep_counts(self, counts: bytes) -> None:
        """Keep the counts of terms."""
        ...

    def learnt(self) -> bytes:
        """Return what was learnt about terms, as last kept, b"" for nothing."""
        ...

    def keep_learnt(self, learnt: bytes) -> None:
        """Keep what was learnt about terms."""
        ...

    def owed(self, limit: int) -> list[tuple[int, Post, float]]:
        """Return number, post and time of some posts that were stored before the index was made; each only once."""
        ...
