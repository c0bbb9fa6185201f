"""A damaged state file is told in words, whatever is broken in it; backups restore all of it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import state_file
from acceptance_helpers import HOUR, START
from store_helpers import FEED, NOW, post, receive, sources

from syndicator import config, pipeline
from syndicator.cli import main
from syndicator.errors import StoreError, SyndicatorError
from syndicator.model.run import Options, Report
from syndicator.store import Store, maintenance
from syndicator.why import why


def installation(tmp_path: Path) -> Path:
    """A folder in which the program ran twice."""
    for name in state_file.INPUTS:
        shutil.copy(state_file.FOLDER / name, tmp_path)
    for hours in (0, 1):
        run(tmp_path, hours)
    return tmp_path


def run(where: Path, hours: int) -> Report:
    settings, now = config.load(where / "feeds.toml"), START + hours * HOUR
    return pipeline.run(settings, Options(force=True), now, threading.Event(), lambda _: None)


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(statement)
        db.commit()


BROKEN = {
    "keys": "UPDATE posts SET keys = x'00ff'",
    "the body's JSON": "UPDATE bodies SET rest = '{\"authors\": 7}'",
    "a body that is no UTF-8": "UPDATE bodies SET rest = CAST(x'7bfffe7d' AS TEXT)",
    "frozen credit": "UPDATE frozen SET credit = '['",
    "lists": "UPDATE frozen SET lists = '{}'",
    "how sources are shown": "UPDATE infos SET info = 'x'",
    "items": "UPDATE items SET items = '[]'",
    "a title that is no UTF-8": "UPDATE posts SET title = CAST(x'fffe' AS TEXT)",
    "a title of bytes": "UPDATE posts SET title = x'00ff'",
    "a date of letters": "UPDATE feeds SET updated = 'x'",
    "a time of letters": "UPDATE sources SET last_attempt = 'x'",
    "terms that are cut": "UPDATE traces SET terms = x'00ff'",
    "a source's state": "UPDATE sources SET rest = '{'",
    "a note": "UPDATE meta SET value = '{\"stamp\": 3}' WHERE key = 'Build '",
    "a note that is no UTF-8": "UPDATE meta SET value = CAST(x'fffe' AS TEXT) WHERE key = 'Build '",
    "a note of a list": "INSERT INTO meta VALUES ('Followed https://a.example/', '{\"tables\": 7}')",
    "the count of events": "UPDATE meta SET value = 'x' WHERE key = 'event'",
    "no count of events": "UPDATE meta SET key = 'x' WHERE key = 'event'",
    "a key of bytes": "UPDATE meta SET key = x'00ff' WHERE key = 'event'",
    "no id of a published post": "UPDATE posts SET public_id = NULL",
    "no id of a feed": "UPDATE feeds SET id = ''",
    "the name of the file": "UPDATE meta SET value = 7 WHERE key = 'store'",
    "the counts of terms": "UPDATE meta SET value = 7 WHERE key = 'index_counts'",
    "a link's title that is no UTF-8": "UPDATE links SET title = CAST(x'fffe' AS TEXT)",
}


@pytest.mark.parametrize("statement", BROKEN.values(), ids=BROKEN)
def test_rows_that_hold_something_else(tmp_path: Path, statement: str) -> None:
    """A run says that the file is damaged, and is no traceback; nothing published is harmed."""
    where = installation(tmp_path)
    before = (where / "public" / "rss.xml").read_bytes()
    changed(where / "syndicator.db", statement)
    blog = where / "blog.xml"
    blog.write_bytes(
        blog.read_bytes().replace(b"</channel>", b"<item><title>New</title></item></channel>")
    )
    try:
        report = run(where, 2)
    except SyndicatorError as error:
        assert "damaged" in str(error)
        assert (where / "public" / "rss.xml").read_bytes() == before
    else:
        assert not report.faults or all("damaged" in fault for fault in report.faults)


@pytest.mark.parametrize("change", ["UPDATE posts SET source = 77", "UPDATE posts SET purged = 7"])
def test_a_post_that_is_none(tmp_path: Path, change: str) -> None:
    """`why` says that the file is damaged."""
    where = installation(tmp_path)
    changed(where / "syndicator.db", change)
    settings = config.load(where / "feeds.toml")
    with Store(settings.state) as store:
        (public_id,) = store.connection.row("SELECT public_id FROM posts WHERE public_id <> ''")
    with pytest.raises(StoreError, match="is damaged"):
        why(settings, public_id)


@pytest.mark.parametrize("content", [b"x", b"SQLite", b"\0", b"\xff" * 40])
def test_a_file_that_is_too_short(tmp_path: Path, content: bytes) -> None:
    """It is damaged, not new: readers would see everything again."""
    path = tmp_path / "s.db"
    path.write_bytes(content)
    for act in (Store, maintenance.compact, lambda file: list(maintenance.problems(file))):
        with pytest.raises(StoreError, match="is damaged"):
            act(path)  # type: ignore[operator]
    assert path.read_bytes() == content


# -- `syndicator state` ---------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(installation(tmp_path))
    return tmp_path


def test_verify_a_sound_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says so."""
    assert main(["state", "verify"]) == 0
    assert capsys.readouterr().out.endswith("syndicator.db is sound\n")


@pytest.mark.parametrize("statement", BROKEN.values(), ids=BROKEN)
def test_verify_a_damaged_file(
    here: Path, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table is named, and the row or the column."""
    changed(here / "syndicator.db", statement)
    assert main(["state", "verify"]) == 1
    lines = capsys.readouterr().out.splitlines()
    table = re.search(r"(?:UPDATE|INTO) (\w+)", statement)
    assert table
    assert any(line.startswith(f"table {table[1]}") for line in lines)
    assert not any("Traceback" in line for line in lines)


def test_backup_and_restore(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the copy in its place nothing is new and no id is another."""
    before = json.loads((here / "public" / "feed.json").read_text("utf-8"))
    (here / "syndicator.db").chmod(0o600)
    assert main(["state", "backup", "copy.db"]) == 0
    assert "verified" in capsys.readouterr().err
    assert stat.S_IMODE((here / "copy.db").stat().st_mode) == 0o600
    (here / "syndicator.db").write_bytes(b"x")
    (here / "copy.db").replace(here / "syndicator.db")
    report = run(here, 3)
    assert (report.new, report.updated) == (0, 0)
    assert json.loads((here / "public" / "feed.json").read_text("utf-8")) == before


def test_backup_while_a_run_writes(tmp_path: Path) -> None:
    """The copy has what was committed, and nothing of a transaction that is open."""
    with Store(tmp_path / "s.db") as store:
        receive(store, post("x"))
        store.feeds.admit(FEED, sources("a"), NOW)
        with store.transaction():
            receive(store, post("y"))
            maintenance.backup(tmp_path / "s.db", tmp_path / "copy.db")
    with Store(tmp_path / "copy.db") as copy:
        assert copy.posts.count() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "s.db"]


def test_compact(here: Path) -> None:
    """The file is smaller where rows were dropped, and says the same."""
    path = here / "syndicator.db"
    changed(path, "CREATE TABLE more AS SELECT randomblob(500000) AS x")
    changed(path, "DROP TABLE more")
    size = path.stat().st_size
    assert main(["state", "compact"]) == 0
    assert path.stat().st_size < size - 400_000
    assert (run(here, 4).new, list(maintenance.problems(path))) == (0, [])


@pytest.mark.parametrize("arguments", [["backup"], ["verify", "x.db"], ["compact", "x.db"]])
def test_the_wrong_arguments(here: Path, arguments: list[str]) -> None:
    """FILE belongs to `backup` alone."""
    assert main(["state", *arguments]) == 2


# -- who may read it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("extra", "mode"), [("", 0o644), ("private = true", 0o600)])
def test_a_state_file_with_secrets(tmp_path: Path, extra: str, mode: int) -> None:
    """Nobody but its owner may read it where a source is private."""
    where = installation(tmp_path)
    path = where / "syndicator.db"
    path.chmod(0o644)
    settings = where / "feeds.toml"
    settings.write_text(settings.read_text("utf-8").rstrip() + f"\n{extra}\n", "utf-8")
    run(where, 2)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_state_file_that_may_only_be_read(tmp_path: Path) -> None:
    """It is read, and nothing is left beside it."""
    where = installation(tmp_path)
    path = where / "syndicator.db"
    path.chmod(0o444)
    with Store(path, read_only=True) as store:
        assert store.sources.states()
    assert not list(where.glob("syndicator.db-*"))


def test_a_clock_of_long_ago(tmp_path: Path) -> None:
    """A run is refused: undated posts would keep that date for ever."""
    act: Callable[[], Report] = lambda: run(tmp_path, -8760 * 30)  # noqa: E731
    for name in state_file.INPUTS:
        shutil.copy(state_file.FOLDER / name, tmp_path)
    with pytest.raises(SyndicatorError, match="the clock says 1996"):
        act()
    assert not (tmp_path / "syndicator.db").exists()


def test_a_clock_of_before_this_version(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The machine has lost its time: nothing is stored. A time that a caller gives is theirs."""
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    monkeypatch.setattr(sys.modules["syndicator.pipeline.run"], "RELEASED", "2999-12-31")
    assert main(["run"]) == 1
    assert "set it first" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    run(here, 2)
