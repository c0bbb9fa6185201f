"""Stored posts as candidates for a list of related posts (store <-> related)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from syndicator.model.edition import Reference
from syndicator.model.post import Keys, Post

Statistic = Literal["counts", "learnt"]  # of the terms


class Neighbour(Struct, frozen=True):
    """A stored post near another, and its score (0 to 1); `timeless` is it whatever the dates."""

    number: int
    score: float
    timeless: float


class Card(Struct, frozen=True):
    """A stored post that a list may link to: titled, neither withdrawn, filtered nor folded."""

    number: int
    source_id: str
    keys: Keys
    reference: Reference


class IndexTables(Protocol):
    """The tables of the index of related posts; the caller holds the transaction."""

    def put(self, posts: Iterable[tuple[int, str, float, bytes]]) -> None:
        """Let posts wait to be indexed: number, source, time and packed terms of each.

        `time`: seconds since 1970. Postings of an older version stay: they make the post a
        candidate, no more.
        """

    def drop(self, number: int) -> None:
        """Forget a post."""

    def pending(self, limit: int) -> list[tuple[int, bytes]]:
        """Return number and packed terms of the first posts that wait to be indexed, by number."""

    def finish(self, kept: Sequence[tuple[int, bytes]]) -> None:
        """Let these posts wait no longer, and keep these packed terms."""

    def append_log(self, entries: bytes) -> int:
        """Keep entries until they are appended to their terms: a row a call.

        Return bytes waiting.
        """

    def read_log(self) -> bytes:
        """Return the entries that were logged, in their order."""

    def append_postings(self, postings: Iterable[tuple[int, bytes]]) -> None:
        """Append to the postings of terms all that was logged: the log is empty then."""

    def postings(self, terms: Sequence[int], long: Sequence[int]) -> Mapping[int, bytes]:
        """Return the postings of terms; of those in `long` the newest closed rows too."""

    def vectors(self, numbers: Sequence[int]) -> list[tuple[int, float, bytes, bytes]]:
        """Return number, time, packed terms and neighbours of the known ones of these posts."""

    def sample(self, number: int, limit: int) -> list[bytes]:
        """Return packed terms of a post's source, of posts spread over its newest few hundred."""

    def keep_neighbours(self, number: int, neighbours: bytes) -> None:
        """Keep the nearest posts of one, packed."""

    def newest(self, source_id: str, limit: int) -> list[int]:
        """Return the posts of a source, newest first, but none of its address's former owner."""

    def cards(self, numbers: Sequence[int]) -> Mapping[int, Card]:
        """Return those of these posts that a list may link to.

        Not withdrawn, filtered, folded or dated to come.
        """

    def languages(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """Return the languages of these posts, without regions ("en")."""

    def by_language(self, newest: int) -> Mapping[str, list[int]]:
        """Return the newest stored posts by language (without region), by date, newest first."""

    def kept(self, name: Statistic) -> bytes:
        """Return the counts of terms, or their learnt weights, as last kept; b"" for none."""

    def keep(self, name: Statistic, packed: bytes) -> None:
        """Keep the counts of terms, or their learnt weights."""

    def unindexed(self, limit: int) -> list[tuple[int, Post, float]]:
        """Return some of the posts stored before this index was made, newest first; each once.

        With each its number before it, and its date (seconds since 1970) behind it.
        """
