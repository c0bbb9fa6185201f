"""The ledger: asked for single paths, durable before a file is there, and harmless when it is lost."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words
from sqlite_helpers import counted

from syndicator.errors import PublishError
from syndicator.install_check import inspect
from syndicator.ledger import NAME, Ledger
from syndicator.model.edition import Document
from syndicator.publisher import publish

PAGE = "text/html; charset=utf-8"


@pytest.fixture
def site() -> Iterator[loopback.Site]:
    with loopback.site() as running:
        yield running


def page(path: str = "index.html", body: bytes = b"<p>", digest: str = "") -> Document:
    return Document(path, body, PAGE, digest=digest)


def known(folder: Path) -> dict[str, str]:
    with Ledger(folder) as ledger:
        return dict(ledger)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


# -- what it costs --------------------------------------------------------------------------------------


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many instructions SQLite ran on ledgers so far."""
    return counted(monkeypatch, name=NAME)


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
    """Publishing it reads as many rows of the ledger where 5,000 more files are known as where one is."""
    costs = []
    for number in (1, 5000):
        posts = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), START - n * HOUR) for n in range(3)]
        site.pages["/a"] = feed("Blog", BLOG, *posts)
        folder = tmp_path / str(number)
        folder.mkdir()
        planet = Planet(folder, site, ("/a", 'id = "a"'), head=head)
        planet.run()
        with Ledger(folder / "public") as ledger:
            ledger.record((f"pages/{n * 7919 % 5003}.html", kind, "x") for n in range(number))
        before = steps[0]
        site.pages["/a"] = feed(
            "Blog", BLOG, item("New", f"{BLOG}/new/", words(9), START + HOUR), *posts
        )
        assert any(document.changed for document in planet.run().documents)
        costs.append(steps[0] - before)
    assert costs[0] == costs[1] > 50


# -- what is ours ---------------------------------------------------------------------------------------


def test_paths_by_type_and_folder(tmp_path: Path) -> None:
    """A type is found with its parameters, and no other that begins like it; a folder without its neighbours."""
    with Ledger(tmp_path) as ledger:
        ledger.record(
            (path, kind, "")
            for path, kind in (
                ("posts/1.html", PAGE),
                ("posts", "text/html"),
                ("posts-old/2.html", "text/html5"),
                ("posts0.xml", "application/rss+xml"),
            )
        )
        assert ledger.of_type("text/html") == ["posts", "posts/1.html"]
        assert ledger.of_type("application/rss+xml") == ["posts0.xml"]
        assert ledger.below("posts/") == ["posts/1.html"]
        assert ledger.kind("posts0.xml") == "application/rss+xml"
        assert ledger.kind("posts/2.html") is None
        assert len(list(ledger.files())) == 4


def test_more_files_than_are_read_at_a_time(tmp_path: Path) -> None:
    """All are named, each once and in order."""
    paths = sorted(f"{number}.html" for number in range(1501))
    with Ledger(tmp_path) as ledger:
        ledger.claim((path, PAGE) for path in paths)
        assert [path for path, _ in ledger.files()] == paths


def test_hidden_files(tmp_path: Path) -> None:
    """What is about to be removed counts as gone, and is still ours to remove."""
    with Ledger(tmp_path) as ledger:
        publish([page("1.html", digest="a"), page("2.html", digest="b")], ledger)
        ledger.hide(["1.html"])
        assert dict(ledger) == {"2.html": "b"}
        publish([], ledger, gone=["1.html"])
    assert names(tmp_path) == [NAME, "2.html"]


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """Nothing is known of it, and asking makes nothing."""
    with Ledger(tmp_path / "none") as ledger:
        assert (dict(ledger), ledger.kind("x"), list(ledger.files()), ledger.lost) == (
            {},
            None,
            [],
            False,
        )
    assert names(tmp_path) == []


def test_asking_makes_no_file(tmp_path: Path) -> None:
    """A folder that we never wrote to stays as it is."""
    assert known(tmp_path) == {}
    assert names(tmp_path) == []


def test_nothing_to_publish(tmp_path: Path) -> None:
    """No ledger is made for it."""
    with Ledger(tmp_path) as ledger:
        publish([], ledger, gone=["index.html"])
    assert names(tmp_path) == []


def test_folder_that_moved(tmp_path: Path) -> None:
    """The ledger goes with its files, and still knows them."""
    with Ledger(tmp_path / "a") as ledger:
        publish([page(digest="a")], ledger)
    shutil.move(tmp_path / "a", tmp_path / "b")
    assert known(tmp_path / "b") == {"index.html": "a"}


# -- kills ----------------------------------------------------------------------------------------------


def test_claimed_before_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file is put in its place, the ledger on the disk says that it is ours, and no digest of another."""
    with Ledger(tmp_path) as ledger:
        publish([page("old.html", b"old", "old")], ledger)
    seen = []
    replace = Path.replace

    def watching(self: Path, target: Path) -> Path:
        with sqlite3.connect(tmp_path / NAME) as db:
            seen.append(
                db.execute(
                    "SELECT path, digest FROM files WHERE path = ?", (target.name,)
                ).fetchall()
            )
        db.close()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watching)
    with Ledger(tmp_path) as ledger:
        publish([page("old.html", b"new", "new"), page("new.html", digest="a")], ledger)
    assert seen == [[("old.html", "")], [("new.html", "")]]
    assert known(tmp_path) == {"new.html": "a", "old.html": "new"}


HALFWAY = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN")
db.executemany("INSERT INTO files VALUES (?, 'text/html', 'x')", [(f"{n}.html",) for n in range(5000)])
db.execute("UPDATE files SET digest = 'wrong'")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_while_it_was_written(tmp_path: Path) -> None:
    """What was noted before stands, and what the kill left beside the file is gone with the next run."""
    with Ledger(tmp_path) as ledger:
        publish([page(digest="a")], ledger)
    ended = subprocess.run([sys.executable, "-c", HALFWAY, tmp_path / NAME], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert names(tmp_path) == [NAME, f"{NAME}-journal", "index.html"]
    with Ledger(tmp_path) as ledger:
        publish([page("2.html", digest="b")], ledger)
        assert (dict(ledger), ledger.lost) == ({"2.html": "b", "index.html": "a"}, False)
    assert names(tmp_path) == [NAME, "2.html", "index.html"]


def test_killed_before_anything_was_in_it(tmp_path: Path) -> None:
    """An empty file is a ledger that names nothing, and not a damaged one."""
    (tmp_path / NAME).touch()
    with Ledger(tmp_path) as ledger:
        assert dict(ledger) == {}
        publish([page(digest="a")], ledger)
        assert not ledger.lost
    assert known(tmp_path) == {"index.html": "a"}


def test_check_while_a_run_writes(tmp_path: Path) -> None:
    """Who reads all files, however slowly, keeps nobody from noting more."""
    with Ledger(tmp_path) as writer, Ledger(tmp_path) as reader:
        writer.claim((f"{number}.html", PAGE) for number in range(600))
        reading = reader.files()
        next(reading)
        writer.claim([("zzz.html", PAGE)])
        assert sum(1 for _ in reading) == 600


# -- damage ---------------------------------------------------------------------------------------------


def another_database(path: Path) -> None:
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE files (path TEXT, type BLOB)")
    db.close()


def changed(order: str) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        db = sqlite3.connect(path)
        db.execute(order)
        db.commit()
        db.close()

    return act


DAMAGE: dict[str, Callable[[Path], object]] = {
    "noise": lambda path: path.write_bytes(b"\x93noise" * 999),
    "lines of text": lambda path: path.write_text('["index.html", "text/html", ""]\n'),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:6000]),
    "zeros inside": lambda path: path.write_bytes(path.read_bytes()[:4096] + bytes(8192)),
    "another database": another_database,
    "no table": changed("DROP TABLE files"),
    "bytes for text": changed("UPDATE files SET digest = x'00ff', type = x'00ff'"),
    "no UTF-8": changed(
        "UPDATE files SET digest = CAST(x'fffe' AS TEXT), type = CAST(x'fffe' AS TEXT)"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    """Nothing is ours, so nothing is removed; what is published is, and is known again from then on."""
    with Ledger(tmp_path) as ledger:
        publish([page("1.html", digest="a"), page("2.html", digest="b")], ledger)
    damage(tmp_path / NAME)
    with Ledger(tmp_path) as ledger:
        assert ledger.get("1.html") is None
        publish([page("2.html", digest="b"), page("3.html", digest="c")], ledger, gone=["1.html"])
        assert ledger.lost
    assert names(tmp_path) == [NAME, "1.html", "2.html", "3.html"]
    with Ledger(tmp_path) as ledger:
        assert (dict(ledger), ledger.lost) == ({"2.html": "b", "3.html": "c"}, False)


def test_damage_that_is_met_while_writing(tmp_path: Path) -> None:
    """It is written to a new one."""
    (tmp_path / NAME).write_bytes(b"\x93noise" * 999)
    with Ledger(tmp_path) as ledger:
        ledger.claim([("1.html", PAGE)])
        assert (ledger.lost, ledger.kind("1.html")) == (True, PAGE)


def test_the_operator_hears_of_damage_once(tmp_path: Path, site: loopback.Site) -> None:
    """`check` says it until a run with something new begins the ledger anew, which says it too."""
    posts = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), START - n * HOUR) for n in range(3)]
    site.pages["/a"] = feed("Blog", BLOG, *posts[1:])
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    (tmp_path / "public" / NAME).write_bytes(b"\x93noise" * 999)
    assert [
        find.what
        for find in inspect(planet.config())
        if "ledger" in find.what or "damaged" in find.what
    ]
    before = planet.files()
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    assert sum("was damaged and begins anew" in line for line in planet.run().remarks) == 1
    assert planet.files().keys() >= before.keys()
    assert not [find for find in inspect(planet.config()) if "damaged" in find.what]
    site.pages["/a"] = feed(
        "Blog", BLOG, item("New", f"{BLOG}/new/", words(9), START + HOUR), *posts
    )
    assert not [line for line in planet.run().remarks if "damaged" in line]


def test_out_of_reach(tmp_path: Path) -> None:
    """What can't be opened is an error that names it, and nothing is published without a claim."""
    (tmp_path / NAME).mkdir()
    with (
        pytest.raises(PublishError, match=r"cannot use .*\.syndicator: "),
        Ledger(tmp_path) as ledger,
    ):
        publish([page()], ledger)
    assert names(tmp_path) == [NAME]
