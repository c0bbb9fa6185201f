"""The state file: opened, migrated, damaged, locked, full, and left by a killed run."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from store_helpers import FEED, HOUR, NOW, post, receive, sources, titles

from syndicator.errors import StoreError
from syndicator.model.fetch import SourceState
from syndicator.normalizer import identity
from syndicator.store import Store, schema
from syndicator.store.meta import Build

TESTS = Path(__file__).parent


def test_opened_again(tmp_path: Path) -> None:
    """What was stored is there."""
    with Store(tmp_path / "s.db") as store:
        receive(store, post("x"))
        store.feeds.admit(FEED, sources("a"), NOW)
    with Store(tmp_path / "s.db") as store:
        assert titles(store) == ["x"]


def test_the_folder_is_missing(tmp_path: Path) -> None:
    """The error asks for it."""
    with pytest.raises(StoreError, match="does its folder exist"):
        Store(tmp_path / "no" / "s.db")


def test_no_database(tmp_path: Path) -> None:
    """The error says that the file is damaged and what to do."""
    path = tmp_path / "s.db"
    path.write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StoreError, match="is damaged"):
        Store(path)
    assert path.read_bytes().startswith(b"This is a letter")


def test_damaged_in_the_middle(tmp_path: Path) -> None:
    """Whatever is read first says so in words."""
    path = tmp_path / "s.db"
    with Store(path) as store:
        receive(store, *(post(str(n)) for n in range(200)))
        store.feeds.admit(FEED, sources("a"), NOW)
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="is damaged"), Store(path) as store:
        store.snapshots.edition(FEED, sources("a"))


def test_another_programs_database(tmp_path: Path) -> None:
    """It is left alone."""
    path = tmp_path / "s.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    with pytest.raises(StoreError, match="another program"):
        Store(path)


def test_a_newer_version(tmp_path: Path) -> None:
    """A file of a later syndicator is not touched."""
    path = tmp_path / "s.db"
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="newer version of syndicator"):
        Store(path)


def test_a_migration_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or nothing: the old version opens as before, and the mended migration is applied."""
    path = tmp_path / "s.db"
    Store(path).close()
    released = list(schema.MIGRATIONS)
    monkeypatch.setattr(
        schema, "MIGRATIONS", [*released, ["CREATE TABLE more (x);\nCREATE TABLE sources (x);\n"]]
    )
    with pytest.raises(StoreError, match="already exists"):
        Store(path)
    monkeypatch.setattr(schema, "MIGRATIONS", [*released, ["CREATE TABLE more (x);\n"]])
    with Store(path) as store:
        assert store.connection.execute("SELECT count(*) FROM more").fetchone() == (0,)
    monkeypatch.setattr(schema, "MIGRATIONS", released)
    with pytest.raises(StoreError, match="newer"):
        Store(path)


def test_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds the file: said in words, after a while."""
    monkeypatch.setattr("syndicator.store.db.BUSY_SECONDS", 0.05)
    path = tmp_path / "s.db"
    with Store(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use by another program"):
            store.sources.save_state(SourceState("a"))
        with pytest.raises(StoreError, match="in use by another program"), store.transaction():
            pass
        other.execute("ROLLBACK")
        other.close()
        store.sources.save_state(SourceState("a"))


def test_reading_while_another_writes(tmp_path: Path) -> None:
    """`status` never waits for a run."""
    path = tmp_path / "s.db"
    with Store(path) as one, Store(path) as other:
        one.sources.save_state(SourceState("a"))
        with one.transaction():
            one.sources.save_state(SourceState("b"))
            assert set(other.sources.states()) == {"a"}
        assert set(other.sources.states()) == {"a", "b"}


def test_the_disk_is_full(tmp_path: Path) -> None:
    """The transaction is undone, the error says it, and with room again all goes on."""
    with Store(tmp_path / "s.db") as store:
        (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
        store.connection.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(StoreError, match=r"the disk of .* is full"), store.transaction():
            receive(store, *(post(str(n)) for n in range(300)))
        assert store.posts.count() == 0
        store.connection.execute("PRAGMA max_page_count = 1000000")
        assert len(receive(store, post("x")).new) == 1


def test_an_error_in_a_transaction(tmp_path: Path) -> None:
    """Nothing of it is kept, and it comes out as it was."""
    with Store(tmp_path / "s.db") as store:
        with pytest.raises(KeyError), store.transaction(), store.transaction():
            receive(store, post("x"))
            raise KeyError
        assert store.posts.count() == 0


KILLED = """
import os, signal, sys
from datetime import timedelta
sys.path.insert(0, {tests!r})
from store_helpers import FEED, HOUR, NOW, post, receive, sources
from syndicator.store import Store

store = Store({path!r})
steps = 0

def step(statement):
    global steps
    steps += 1
    if steps == {at}:
        os.kill(os.getpid(), signal.SIGKILL)

store.connection.set_trace_callback(step)
for run in range(3):
    now = NOW + run * HOUR
    with store.transaction():
        receive(store, *(post(f"{{run}}-{{n}}") for n in range(3)), now=now)
    for number in store.feeds.admit(FEED, sources("a"), now):
        store.links.keep(number, ())
print(steps)
"""


def run_killed(path: Path, at: int) -> subprocess.CompletedProcess[str]:
    code = textwrap.dedent(KILLED).format(tests=str(TESTS), path=str(path), at=at)
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )


def test_killed_anywhere(tmp_path: Path) -> None:
    """A kill between any two statements leaves whole transactions; the next run completes what was
    left, once.
    """
    whole = run_killed(tmp_path / "whole.db", 0)
    total = int(whole.stdout)
    for at in range(2, total, max(1, total // 7)):
        path = tmp_path / f"{at}.db"
        assert run_killed(path, at).returncode == -signal.SIGKILL
        with Store(path) as store:
            assert store.posts.count() % 3 == 0
            later = NOW + 5 * HOUR
            for run in range(3):
                with store.transaction():
                    receive(store, *(post(f"{run}-{n}") for n in range(3)), now=later)
            store.feeds.admit(FEED, sources("a"), later)
            for number in store.snapshots.without_lists(FEED):
                store.links.keep(number, ())
            edition = store.snapshots.edition(FEED, sources("a"))
            assert sorted(item.sequence for item in edition.items) == list(range(1, 10))
            assert len({item.id for item in edition.items}) == 9
            assert store.posts.receive("a", [], [], identity.decide, later).new == ()


def test_notes_and_pings(tmp_path: Path) -> None:
    """They last between runs; a hub is told once of one topic, however often it was news."""
    with Store(tmp_path / "s.db") as store:
        assert store.meta.read(Build) is None
        store.meta.write(Build("1"))
        store.meta.write(Build("2"))
        store.meta.write(Build("3"), "other")
        for hour in (0, 1):
            store.meta.add_ping(
                "https://hub.example/", "https://a.example/rss.xml", NOW + hour * HOUR
            )
        store.meta.failed_ping("https://hub.example/", "https://a.example/rss.xml", "503")
    with Store(tmp_path / "s.db") as store:
        assert store.meta.read(Build) == Build("2")
        store.meta.delete(Build)
        assert (store.meta.read(Build), store.meta.read(Build, "other")) == (None, Build("3"))
        (ping,) = store.meta.pending_pings()
        assert (ping.since, ping.attempts, ping.error) == (NOW, 1, "503")
        store.meta.drop_ping(ping.hub, ping.topic)
        assert store.meta.pending_pings() == []


def test_the_index_of_likeness_has_tables_of_its_own(tmp_path: Path) -> None:
    """Making it anew touches no table of the posts."""
    with Store(tmp_path / "s.db") as store:

        def tables() -> dict[str, str]:
            return dict(store.connection.execute("SELECT name, sql FROM sqlite_master"))

        before = tables()
        with store.transaction():
            store.terms.clear()
        assert before.items() <= tables().items()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """What stands beside it is named, too: a leftover of another user's run keeps it read-only for
    ever.
    """
    path = tmp_path / "state.db"
    with Store(path) as store:
        store.connection.execute("PRAGMA query_only = 1")
        with pytest.raises(StoreError) as told:
            store.meta.write(Build())
    for name in (f"{path} can't be written", f"{path}-wal", f"{path}-shm", "its folder"):
        assert name in str(told.value)
