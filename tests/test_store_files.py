"""Which files are ours: asked for single paths, and durable before a file is there."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words
from sqlite_helpers import counted
from store_helpers import files_of

from syndicator.model.edition import Document
from syndicator.publisher import publish
from syndicator.store import Store
from syndicator.store.files import NAME, Mark

PAGE = "text/html; charset=utf-8"


def page(path: str = "index.html", body: bytes = b"<p>", digest: str = "") -> Document:
    return Document(path, body, PAGE, digest=digest)


def known(folder: Path) -> dict[str, str]:
    with files_of(folder) as files:
        return dict(files)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


# -- what it costs
# --------------------------------------------------------------------------------------


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many instructions SQLite ran so far."""
    return counted(monkeypatch)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ('pages = "full"', PAGE),
        ('pages = "none"', PAGE),
        ("gzip = true", "application/gzip"),
        ('formats = ["rss", "atom"]', "application/gzip"),
    ],
)
def test_cost_of_one_new_post(
    tmp_path: Path, site: loopback.Site, steps: list[int], head: str, kind: str
) -> None:
    """Publishing it reads as many rows where 5,000 more files are known as where one is."""
    costs = []
    for number in (1, 5000):
        posts = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), START - n * HOUR) for n in range(3)]
        site.pages["/a"] = feed("Blog", BLOG, *posts)
        folder = tmp_path / str(number)
        folder.mkdir()
        planet = Planet(folder, site, ("/a", 'id = "a"'), head=head)
        planet.run()
        with Store(planet.config().state) as store:
            files = store.files(folder / "public")
            files.record((f"pages/{n * 7919 % 5003}.html", kind, "x") for n in range(number))
            files.flush()
        before = steps[0]
        site.pages["/a"] = feed(
            "Blog", BLOG, item("New", f"{BLOG}/new/", words(9), START + HOUR), *posts
        )
        assert any(document.changed for document in planet.run().documents)
        costs.append(steps[0] - before)
    assert 50 < costs[1] < costs[0] * 1.01


# -- what is ours
# ---------------------------------------------------------------------------------------


def test_paths_by_type_and_folder(tmp_path: Path) -> None:
    """A type is found with its parameters, and no other that begins like it; a folder without its
    neighbours.
    """
    with files_of(tmp_path) as files:
        files.record(
            (path, kind, "")
            for path, kind in (
                ("posts/1.html", PAGE),
                ("posts", "text/html"),
                ("posts-old/2.html", "text/html5"),
                ("posts0.xml", "application/rss+xml"),
            )
        )
        files.flush()
        assert sorted(files.of_type("text/html")) == ["posts", "posts/1.html"]
        assert files.of_type("application/rss+xml") == ["posts0.xml"]
        assert files.below("posts/") == ["posts/1.html"]
        assert files.kind("posts0.xml") == "application/rss+xml"
        assert files.kind("posts/2.html") is None
        assert len(list(files.all())) == 4


def test_more_files_than_are_read_at_a_time(tmp_path: Path) -> None:
    """All are named, each once and in order."""
    paths = sorted(f"{number}.html" for number in range(1501))
    with files_of(tmp_path) as files:
        files.claim((path, PAGE) for path in paths)
        assert [path for path, _ in files.all()] == paths


def test_hidden_files(tmp_path: Path) -> None:
    """A file that is about to be removed counts as gone, and is still ours to remove."""
    with files_of(tmp_path) as files:
        publish([page("1.html", digest="a"), page("2.html", digest="b")], files)
        files.flush()
        files.hide(["1.html"])
        assert dict(files) == {"2.html": "b"}
        publish([], files, gone=["1.html"])
    assert names(tmp_path) == ["2.html"]


def test_two_folders(tmp_path: Path) -> None:
    """Each has files of its own, though their paths are the same."""
    with Store(tmp_path / "state.db") as store:
        for name in "ab":
            files = store.files(tmp_path / name)
            publish([page(digest=name)], files)
            files.flush()
        assert [dict(store.files(tmp_path / name)) for name in "ab"] == [
            {"index.html": "a"},
            {"index.html": "b"},
        ]


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """Nothing is known of it, and asking makes nothing."""
    with files_of(tmp_path / "none") as files:
        assert (dict(files), files.kind("x"), list(files.all())) == ({}, None, [])
        assert files.mark == Mark()
    assert names(tmp_path) == ["none.db"]


def test_asking_makes_no_file(tmp_path: Path) -> None:
    """A folder that we never wrote to stays as it is."""
    assert known(tmp_path) == {}
    assert names(tmp_path) == []


def test_nothing_to_publish(tmp_path: Path) -> None:
    """No mark is made for it."""
    with files_of(tmp_path) as files:
        publish([], files, gone=["index.html"])
    assert names(tmp_path) == []


def test_state_file_and_folder_that_moved(tmp_path: Path) -> None:
    """Together they may go anywhere: paths are relative to the state file."""
    (tmp_path / "old").mkdir()
    with files_of(tmp_path / "old" / "public") as files:
        publish([page(digest="a")], files)
    (tmp_path / "old").rename(tmp_path / "new")
    assert known(tmp_path / "new" / "public") == {"index.html": "a"}


# -- the mark of a folder
# -------------------------------------------------------------------------------


def test_mark_of_a_folder(tmp_path: Path) -> None:
    """It says whose files these are, and of which build; one that can't be read says nothing."""
    with files_of(tmp_path) as files:
        files.sign("urn:uuid:1", 17)
    with files_of(tmp_path) as files:
        assert files.mark == Mark("urn:uuid:1", 17)
    for damaged in (b"", b"\x93noise", b'{"feed": 3}', b"SQLite format 3\0"):
        (tmp_path / NAME).write_bytes(damaged)
        with files_of(tmp_path) as files:
            assert files.mark == Mark()


# -- kills
# ----------------------------------------------------------------------------------------------


def test_claimed_before_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file is put in its place, the store says that it is ours, and has no digest of
    another.
    """
    with files_of(tmp_path) as files:
        publish([page("old.html", b"old", "old")], files)
    seen = []
    replace = Path.replace

    def watching(self: Path, target: Path) -> Path:
        with sqlite3.connect(tmp_path.with_name(f"{tmp_path.name}.db")) as db:
            query = "SELECT path, digest FROM files WHERE path = ?"
            seen.append(db.execute(query, (target.name,)).fetchall())
        db.close()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watching)
    with files_of(tmp_path) as files:
        publish([page("old.html", b"new", "new"), page("new.html", digest="a")], files)
    assert seen == [[("old.html", "")], [("new.html", "")]]
    assert known(tmp_path) == {"new.html": "a", "old.html": "new"}


HALFWAY = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from store_helpers import files_of
with files_of(Path({folder!r})) as files:
    files.db.execute("PRAGMA cache_size = 1")
    files.db.execute("BEGIN")
    rows = [("x", f"{{n}}.html", "text/html", "x") for n in range(5000)]
    files.db.executemany("INSERT INTO files VALUES (?, ?, ?, ?)", rows)
    files.db.execute("UPDATE files SET digest = 'wrong'")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_while_it_was_written(tmp_path: Path) -> None:
    """All that was noted before stands, and nothing of the transaction that was not ended."""
    with files_of(tmp_path) as files:
        publish([page(digest="a")], files)
    code = HALFWAY.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    ended = subprocess.run([sys.executable, "-c", code], check=False)
    assert ended.returncode == -signal.SIGKILL
    with files_of(tmp_path) as files:
        publish([page("2.html", digest="b")], files)
    assert known(tmp_path) == {"2.html": "b", "index.html": "a"}


def test_check_while_a_run_writes(tmp_path: Path) -> None:
    """Who reads all files, however slowly, keeps nobody from noting more."""
    with files_of(tmp_path) as writer, files_of(tmp_path) as reader:
        writer.claim((f"{number}.html", PAGE) for number in range(600))
        reading = reader.all()
        next(reading)
        writer.claim([("zzz.html", PAGE)])
        assert sum(1 for _ in reading) == 600
