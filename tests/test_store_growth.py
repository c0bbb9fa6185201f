"""What a run costs does not grow with what is stored: each statement of a run finds its rows by an
index.
"""

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from store_helpers import DAY, FEED, HOUR, NOW, post, receive, sources, titles

from syndicator.filters import judge
from syndicator.model.fetch import SourceState
from syndicator.model.settings import Filter, Rules
from syndicator.store import Store

# Tables that grow with what is stored. The others grow with the sources, or with our own feeds.
GROW = (
    "posts",
    "bodies",
    "frozen",
    "handles",
    "entries",
    "archives",
    "story",
    "lead",
    "shown",
    "p",
    "b",
    "e",
    "f",
    "a",
)

# Indexes of the few rows that still want something done: reading one through reads only those.
PARTIAL = {
    "posts_withdrawn",
    "posts_withdrawn_by_link",
    "posts_due",
    "archives_stale",
    "entries_current",
}


def statements(store: Store, act: Callable[[], object]) -> set[str]:
    """All statements that an act runs."""
    seen: set[str] = set()
    store.connection.set_trace_callback(seen.add)
    act()
    store.connection.set_trace_callback(None)
    return {one for one in seen if {"SELECT", "INSERT", "UPDATE", "DELETE"} & set(one.split())}


def scans(db: sqlite3.Connection, statement: str) -> list[str]:
    """The steps of a plan that walk through a whole table that grows, or through all that a feed
    ever published.
    """
    steps = [row[3].split() for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    walks = [step for step in steps if step[0] == "SCAN"]
    walks += [step for step in steps if step[-1] == "(feed=?)"]
    return [" ".join(step) for step in walks if step[1] in GROW and PARTIAL.isdisjoint(step)]


def a_run(store: Store) -> None:
    wanted = sources("a", "b")
    store.sources.adopt(wanted.values())
    store.sources.states()
    store.sources.known_items("a")
    later = NOW + DAY
    with store.transaction():
        receive(
            store,
            post("x", title="Changed"),
            post("new"),
            post("copy", link="https://b.example/0"),
            now=later,
        )
        store.sources.save_state(SourceState("a"))
    store.posts.dates("a")
    store.links.hide_sources(wanted.values(), later)
    feed = replace(FEED, filter=Filter(exclude=Rules(title="never")))
    for number in store.feeds.admit(feed, wanted, later, judge):
        store.links.keep(number, ())
    store.snapshots.without_lists(FEED)
    store.snapshots.shown(FEED)
    store.snapshots.languages(FEED, 150)
    store.snapshots.edition(FEED, wanted)
    store.feeds.stamp(FEED)
    store.snapshots.stale_archives(FEED)
    store.snapshots.archive(FEED, 1)
    store.snapshots.note_popular(FEED, store.snapshots.edition(FEED, wanted))
    store.snapshots.archive_written(FEED, 1)
    store.retention.purge(later, timedelta(days=730))
    store.posts.count()


def test_no_statement_of_a_run_reads_a_table_through() -> None:
    """Not when nothing is new, not when there is something new, updated, copied, published,
    archived, dropped.
    """
    with Store(":memory:") as store:
        receive(store, post("x"), *(post(str(n)) for n in range(150)))
        receive(store, *(post(str(n), "b") for n in range(10)))
        receive(store, post("hidden", "c"))
        store.links.hide_sources(sources("a", "b").values(), NOW)
        store.feeds.admit(FEED, sources("a", "b"), NOW)
        store.connection.execute("ANALYZE")
        seen = statements(store, lambda: a_run(store))
        assert len(seen) > 50
        found = {
            statement: steps for statement in seen if (steps := scans(store.connection, statement))
        }
        assert found == {}


def test_a_history_whose_sources_have_nearly_all_left() -> None:
    """A new post looks back no further than the documents reach: to look for more is for changed
    settings.
    """
    with Store(":memory:") as store:
        receive(store, *(post(str(n)) for n in range(300)))
        receive(store, post("x", "b", published=NOW), post("y", "b", published=NOW))
        store.feeds.admit(FEED, sources("a", "b"), NOW)
        store.feeds.admit(FEED, sources("b"), NOW + HOUR)
        assert titles(store, FEED, "b") == ["x", "y"]
        receive(store, post("new", "b"), now=NOW + DAY)
        seen = statements(store, lambda: store.feeds.admit(FEED, sources("b"), NOW + DAY))
        (walk,) = [statement for statement in seen if "ORDER BY e.sequence DESC" in statement]
        assert len(store.connection.execute(walk).fetchall()) <= 3
        assert set(titles(store, FEED, "b")) == {"new", "y", "x"}


def test_the_languages_of_what_is_new() -> None:
    """They are those of the entries since the last look, each looked at once."""
    with Store(":memory:") as store:
        receive(store, *(post(str(n)) for n in range(300)))
        store.feeds.admit(FEED, sources("a"), NOW)
        seen = statements(store, lambda: store.snapshots.languages(FEED, 299))
        (look,) = [statement for statement in seen if "DISTINCT" in statement]
        first, *rest = [row[3] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {look}")]
        assert "(feed=? AND sequence>?)" in first
        assert all(
            "(rowid=?)" in step or "(feed=? AND source=?)" in step
            for step in rest
            if "SEARCH" in step
        )


def test_the_check_sees_a_scan() -> None:
    """It would find a statement that reads a table through."""
    with Store(":memory:") as store:
        assert scans(store.connection, "SELECT * FROM posts WHERE title = 'x'")
        assert scans(store.connection, "SELECT count(*) FROM entries e")
        assert scans(
            store.connection, "SELECT e.post FROM entries e WHERE e.feed = 1 AND e.current = 1"
        )


@pytest.mark.parametrize("stored", [10, 300])
def test_a_run_with_nothing_new(stored: int) -> None:
    """It runs the same few statements, whatever is stored."""
    with Store(":memory:") as store:
        receive(store, *(post(str(n)) for n in range(stored)))
        wanted = sources("a")
        store.feeds.admit(FEED, wanted, NOW)
        count = 0

        def seen(_: str) -> None:
            nonlocal count
            count += 1

        store.connection.set_trace_callback(seen)
        store.sources.adopt(wanted.values())
        store.sources.states()
        store.sources.save_state(replace(SourceState("a"), last_attempt=NOW))
        store.feeds.admit(FEED, wanted, NOW + HOUR)
        store.feeds.stamp(FEED)
        store.connection.set_trace_callback(None)
        assert count <= 14
