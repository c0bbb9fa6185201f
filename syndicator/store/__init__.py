"""Posts -> SQLite -> Edition: what lasts between runs. All SQL of the program stands in this folder.

`Store` is the door. Update side: `states`, `known_items`, `receive`, `save_state`, one transaction a source.
Build side: `admit` decides what is published and keeps the decision, then `edition` reads it back, so that a
run that was killed in between is completed by the next. An identity is kept for ever.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from syndicator.model.edition import Archive, Edition, RelatedList
from syndicator.model.fetch import SourceState
from syndicator.model.post import Attribution, Intake, Post, SourceInfo
from syndicator.model.settings import Feed, Source
from syndicator.store import (
    admission,
    adoption,
    archives,
    db,
    editions,
    events,
    frozen,
    hidden,
    notes,
    posts,
    retention,
    shelves,
    sources,
)
from syndicator.store.db import examine, in_words
from syndicator.store.notes import Ping
from syndicator.store.posts import Decide
from syndicator.store.terms import Terms

__all__ = ["Decide", "Ping", "Store", "examine"]


class Store:
    """The state file. `Store(":memory:")` forgets everything; use as a context manager.

    Every method raises StoreError, in words, where the file is damaged, newer, locked, or its disk is full.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.connection: sqlite3.Connection = db.connect(
            path
        )  # for the modules of this folder only
        self._wanted: Set[str] = (
            frozenset()
        )  # the ids of the sources of the file, once `adopt` was told
        self._unclaimed: Set[str] | None = None

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @in_words
    def close(self) -> None:
        """Close the file; what was committed is kept."""
        self.connection.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Make what follows all or nothing; one inside another belongs to the outer one."""
        return db.transaction(self.connection, self.path)

    # ----- sources -------------------------------------------------------------------------------------------

    @in_words
    def states(self) -> dict[str, SourceState]:
        """Return what is known of every source ever asked, by source id."""
        return sources.states(self.connection)

    @in_words
    def save_state(self, state: SourceState) -> None:
        """Keep what is known of a source now."""
        sources.save_state(self.connection, state)

    @in_words
    def adopt(self, wanted: Iterable[Source]) -> dict[str, str]:
        """Let sources whose address the operator changed take over their history; return old id -> new id.

        To be called once a run, before `states`. Costs one look at the ids where nothing changed.
        """
        found = list(wanted)
        self._wanted = frozenset(source.id for source in found)
        with self.transaction():
            return sources.adopt(self.connection, found)

    @in_words
    def save_source(self, info: SourceInfo, now: datetime) -> bool:
        """Keep how a source is shown; feeds that show it are made again when that changed, which is returned."""
        with self.transaction():
            return sources.save_info(self.connection, info, now)

    @in_words
    def source_info(self, source_id: str) -> SourceInfo:
        """Return what its feed said last of a source; without a site where it said nothing yet."""
        return editions.source_info(self.connection, source_id)

    @in_words
    def disown(self, source_id: str, last: int) -> None:
        """Note that a source's posts up to this number are of whoever had its address before."""
        self.connection.execute("UPDATE sources SET former = ? WHERE id = ?", (last, source_id))

    @in_words
    def known_items(self, source_id: str) -> frozenset[str]:
        """Return the fingerprints of the items of a feed's current version: they need not be parsed again."""
        return frozenset(sources.items(self.connection, source_id))

    # ----- update side ---------------------------------------------------------------------------------------

    @in_words
    def receive(
        self,
        source_id: str,
        new: Sequence[Post],
        items: Sequence[str],
        decide: Decide,
        now: datetime,
    ) -> Intake:
        """Store a fetch: its unseen posts, and the fingerprints of all its items, in the order of the feed.

        `decide` is `identity.decide`. Call it once a fetch, in the transaction in which the state is saved.
        """
        with self.transaction():
            return posts.receive(self.connection, source_id, new, items, decide, now, self._left)

    def _left(self) -> Set[str]:
        """Return the ids of the sources that the file names no more; none where nobody said what it names."""
        if self._wanted and self._unclaimed is None:
            self._unclaimed = adoption.unclaimed(self.connection, self._wanted)
        return self._unclaimed or frozenset()

    @in_words
    def mark_copy(self, number: int, of: int, now: datetime) -> None:
        """Fold a post into another that tells the same (related.copies); before `admit`, where it is new."""
        with self.transaction():
            posts.join(self.connection, number, of, original=False, now=now)

    @in_words
    def dates(self, source_id: str, newest: int = 10) -> list[datetime]:
        """Return the dates of a source's newest posts: how often it posts."""
        return posts.dates(self.connection, sources.number(self.connection, source_id), newest)

    @in_words
    def terms(self) -> Terms:
        """Return the index of likeness over the stored posts, for `related.Index`."""
        return Terms(self.connection)

    @in_words
    def count(self) -> int:
        """Return how many posts are stored."""
        return posts.count(self.connection)

    @in_words
    def public_ids(self) -> list[str]:
        """Return the ids of all posts that were ever published or listed."""
        return posts.public_ids(self.connection)

    # ----- build side ----------------------------------------------------------------------------------------

    @in_words
    def feed_names(self) -> Set[str]:
        """Return the names of the feeds that were ever published from this file."""
        return admission.feed_names(self.connection)

    @in_words
    def name_feed(self, name: str, feed_id: str) -> None:
        """Give a feed that was never published from this file the id that it has had elsewhere."""
        with self.transaction():
            admission.name_feed(self.connection, name, feed_id)

    @in_words
    def conceal(self, wanted: Iterable[Source], now: datetime) -> None:
        """Note which sources the file shows no more: what others show of theirs is left out. Once before `admit`."""
        with self.transaction():
            hidden.conceal(self.connection, wanted, now)

    @in_words
    def admit(
        self,
        feed: Feed,
        wanted: Mapping[str, Source],
        now: datetime,
        accepts: Callable[[Post], bool] | None = None,
    ) -> list[int]:
        """Publish what is new in a feed; return the numbers of its newly published posts, in their sequence.

        `wanted` are the sources of the configuration by id; `accepts` is the feed's own filter, None where it has
        none. Everything is decided and kept here: what is published, its sequence, public id, credit, and which
        posts stand in the documents. The lists are still to be chosen: `freeze_related`.
        """
        with self.transaction():
            return admission.admit(self.connection, feed, wanted, now, accepts)

    @in_words
    def unlisted(self, feed: Feed) -> list[int]:
        """Return the published posts whose lists are not chosen yet: those just admitted, or left by a killed run."""
        return editions.unlisted(self.connection, feed)

    @in_words
    def freeze_related(self, number: int, lists: Sequence[RelatedList], layout: int = 1) -> None:
        """Keep the lists of a post for ever, and the version of the composition it is published with."""
        frozen.freeze_related(self.connection, number, lists, layout)

    @in_words
    def refreeze(
        self,
        number: int,
        attribution: Attribution | None,
        lists: Sequence[RelatedList],
        layout: int,
        now: datetime,
    ) -> None:
        """Give a published post another wording of its attribution, and other lists (`--rerender`)."""
        with self.transaction():
            frozen.refreeze(self.connection, number, attribution, lists, layout, now)

    @in_words
    def names(self) -> dict[str, str]:
        """Return the names that sources are shown by, by their ids; one that never answered has none."""
        return sources.names(self.connection)

    @in_words
    def rename(self, wanted: Iterable[Source]) -> None:
        """Show sources by the names that feeds.toml gives them now (`--rerender`)."""
        with self.transaction():
            sources.rename(self.connection, wanted)

    @in_words
    def shown(self, feed: Feed) -> list[int]:
        """Return the posts that stand in a feed's documents now."""
        return editions.shown(self.connection, feed)

    @in_words
    def languages(self, feed: Feed, since: int) -> tuple[int, Set[str]]:
        """Return the last sequence of a feed, and the languages of what it published after the one `since`."""
        return editions.languages(self.connection, feed, since)

    @in_words
    def documents(self, numbers: Iterable[int]) -> dict[int, Post]:
        """Return stored posts whole, by number."""
        return posts.wholes(self.connection, list(numbers))

    @in_words
    def numbers_of(self, source_id: str) -> list[int]:
        """Return the numbers of a source's stored posts."""
        return posts.numbers_of(self.connection, source_id)

    @in_words
    def revise(self, number: int, post: Post, now: datetime) -> None:
        """Show a stored post's body, summary and picture as they are in `post`; its identity stays as it is."""
        posts.revise(self.connection, number, post, now)

    @in_words
    def edition(
        self,
        feed: Feed,
        wanted: Mapping[str, Source],
        siblings: Sequence[Feed] = (),
        feed_id: str = "",
        shelf: int = 50,
        since: int = 0,
    ) -> Edition:
        """Return all that a feed publishes now.

        `feed_id`: Config.id, for the main feed. `shelf`: how many posts of a source its page shows. `since`: the last
        event when it was published before, for what left it after that.
        """
        return editions.edition(self.connection, feed, wanted, siblings, feed_id, shelf, since)

    @in_words
    def last_event(self) -> int:
        """Return the number of the last event that changed what is published."""
        return events.last_event(self.connection)

    @in_words
    def edition_mark(self, feed: Feed) -> str:
        """Return a stamp that changes whenever anything in the edition does; needs no look at the posts."""
        return editions.mark(self.connection, feed)

    @in_words
    def stale_archives(self, feed: Feed) -> list[int]:
        """Return the slices of history that changed since they were written: closed archives, and the open one."""
        return archives.stale(self.connection, feed)

    @in_words
    def archive(self, feed: Feed, number: int) -> Archive:
        """Return a slice of history; 1 is the oldest. Of one that is no archive (yet) only what left the documents."""
        return archives.archive(self.connection, feed, number)

    @in_words
    def archive_written(self, feed: Feed, number: int) -> None:
        """Note that the documents of a slice stand on disk as they should."""
        archives.written(self.connection, feed, number)

    @in_words
    def note_popular(self, feed: Feed, edition: Edition) -> None:
        """Note which posts stand among the popular ones, before pages are made that name them."""
        shelves.note_popular(self.connection, feed, edition.popular)

    # ----- for ever ------------------------------------------------------------------------------------------

    @in_words
    def withdraw(self, post: str, now: datetime) -> bool:
        """Take a post, named by its public id or link, out of pages and lists for ever; False: unknown."""
        with self.transaction():
            return retention.withdraw(self.connection, post, now)

    @in_words
    def purge(self, now: datetime, keep: timedelta) -> int:
        """Drop the bodies of posts older than `keep` that no document shows; return how many. Identities stay."""
        with self.transaction():
            return retention.purge(self.connection, now, keep)

    # ----- notes and hubs --------------------------------------------------------------------------------

    @in_words
    def note(self, key: str) -> str:
        """Return a note of the pipeline's ("built:" and a feed's name: what its documents are of), "" for none."""
        return notes.note(self.connection, key)

    @in_words
    def set_note(self, key: str, value: str) -> None:
        """Keep a note of the pipeline's."""
        notes.set_note(self.connection, key, value)

    @in_words
    def add_ping(self, hub: str, topic: str, now: datetime) -> None:
        """Note that a hub is to be told of a topic's news."""
        notes.add_ping(self.connection, hub, topic, now)

    @in_words
    def pending_pings(self) -> list[Ping]:
        """Return the hubs still to be told, the oldest first."""
        return notes.pending_pings(self.connection)

    @in_words
    def failed_ping(self, hub: str, topic: str, error: str) -> None:
        """Note why a hub could not be told; it stays to be told."""
        notes.failed_ping(self.connection, hub, topic, error)

    @in_words
    def drop_ping(self, hub: str, topic: str) -> None:
        """Note that a hub was told."""
        notes.drop_ping(self.connection, hub, topic)
