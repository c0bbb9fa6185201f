"""A run, or a preview of one source (cli -> pipeline, previews -> cli)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # a run with nothing to do does not pay for the nouns of posts
    from concurrent.futures import Executor

    from syndicator.model.edition import Published
    from syndicator.model.fetch import Outage
    from syndicator.model.post import NormalizedFeed, Post
    from syndicator.model.settings import Source


class Options(Struct, frozen=True):
    """The options of a run."""

    force: bool = False  # every source is due
    named: frozenset[str] = frozenset()  # these source ids only
    offline: bool = False  # publish from the store
    rerender: bool = False  # changed settings count for published posts too
    executor: Executor | None = None  # fetches and reads; None: as `[run] executor` says


class Progress(Struct, frozen=True):
    """One source is done, or none yet."""

    done: int
    total: int
    source: str = ""  # its name
    words: str = ""  # the outcome
    left: tuple[str, ...] = ()  # the names of unfinished sources, once they are few


class Failure(Struct, frozen=True):
    """A source that fails, due this time or not."""

    source: str
    url: str  # "" where private
    kind: str
    error: str
    since: datetime
    consecutive: int
    host: str = ""  # the host, if the trouble is the host's and other sources are there too
    is_news: bool = False  # cron should tell it now
    held_host: str = ""  # the host that asked to be left alone, and until when
    held_until: datetime | None = None


class Move(Struct, frozen=True):
    """A source that has moved for good."""

    source: str
    url: str = ""  # the new address; "" where private
    keep_id: str = ""  # the id to write down with it, if the old address is the id


class PostRef(Struct, frozen=True):
    """A post that a run published, updated or withdrew."""

    id: str
    title: str
    url: str
    source: str  # the id of its source


class Changes(Struct, frozen=True):
    """The failures after a run, and the changes since the run before."""

    failures: tuple[Failure, ...] = ()  # all that stand, the longest first
    recovered: tuple[Failure, ...] = ()  # failures told before that are over
    ended: tuple[str, ...] = ()  # sources that are gone: 410 on two days
    moved: tuple[Move, ...] = ()
    newly_failing: bool = False  # a source that did not fail before the run fails now


class Report(Changes, frozen=True):
    """The result of a run, as data; `syndicator.report` puts it into words."""

    started: datetime | None = None
    total: int = 0  # sources in the configuration, or those named by --source
    due: int = 0
    changed: int = 0
    not_modified: int = 0
    failed: int = 0
    gone: int = 0
    new: int = 0  # posts
    updated: int = 0
    duplicates: int = 0
    stored: int = 0
    received: int = 0  # bytes of new bodies
    documents: tuple[Published, ...] = ()
    posts_published: tuple[PostRef, ...] = ()  # of the main feed, as the next two
    posts_updated: tuple[PostRef, ...] = ()
    posts_withdrawn: tuple[PostRef, ...] = ()
    outage: Outage | None = None  # of this machine's own network
    outage_before: Outage | None = None
    remarks: tuple[str, ...] = ()  # lines of single steps: taken over, a hub that failed
    faults: tuple[str, ...] = ()  # tracebacks of bugs that cost one source its turn
    seconds: float = 0.0
    nothing_works: bool = False  # every source fails
    nothing_ever_worked: bool = False
    is_first: bool = False  # nothing had ever been fetched before

    @property
    def left(self) -> int:
        """The sources that were due and not asked, because the run was stopped."""
        return self.due - self.changed - self.not_modified - self.failed


class SourceFacts(Struct, frozen=True):
    """The posts that the state file has of a source."""

    title: str = ""  # the feed's own
    link: str = ""
    language: str = ""
    posts: int = 0
    newest: datetime | None = None  # the date of its newest post
    held: str = ""  # the reason, where its posts wait for a review
    rejected: bool = False  # by a review: it is asked no more


class Preview(Struct, frozen=True):
    """One source, fetched once and stored nowhere, as `fetch` shows it."""

    source: Source
    url: str  # the feed's own address, after discovery and redirects; "" where private
    feed: NormalizedFeed
    remarks: tuple[str, ...] = ()  # about the feed as a whole
    others: tuple[str, ...] = ()  # the addresses of other feeds of the page
    titles: Mapping[str, str] = {}  # their titles, as far as the page says them
    credits: Mapping[str, str] = {}  # of the posts, by fingerprint, as plain text; "": none

    @property
    def newest_first(self) -> list[Post]:
        """The posts by their dates, those without one first: they count as new now."""

        def rank(post: Post) -> float:
            return post.published.timestamp() if post.published else inf

        return sorted(self.feed.posts, key=rank, reverse=True)
