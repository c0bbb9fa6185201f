"""State files of every schema that there was: they open, they are brought to the newest, and no
post is new.
"""

import json
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import state_file
from acceptance_helpers import HOUR, START

from syndicator import config, pipeline
from syndicator.cli import main
from syndicator.model.run import Options, Report
from syndicator.store import Store, schema

FILES = sorted(state_file.FOLDER.glob("schema-*.sql.gz"))
KEPT = pytest.mark.parametrize("kept", FILES, ids=lambda path: path.name.partition(".")[0])


def folder(tmp_path: Path, kept: Path) -> Path:
    """A folder in which a version of the program ran."""
    for name in state_file.INPUTS:
        shutil.copy(state_file.FOLDER / name, tmp_path)
    state_file.load(kept, tmp_path / "syndicator.db")
    return tmp_path


def run(where: Path, hours: int) -> Report:
    options, now = Options(force=True), START + (60 * 24 + hours) * HOUR
    settings = config.load(where / "feeds.toml")
    return pipeline.run(settings, options, now, threading.Event(), lambda _: None)


def shape(path: Path) -> set[tuple[str, ...]]:
    """Tables with their columns, and indexes; in no order, since a new column stands last."""
    with closing(sqlite3.connect(path)) as db:
        indexes = db.execute("SELECT type, name, tbl_name FROM sqlite_master WHERE type = 'index'")
        columns = db.execute(
            """SELECT t.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master t
            JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"""
        )
        return {*indexes, *columns}


def test_each_schema_has_its_file() -> None:
    """One that has none can't be shown to open: `python tests/state_file.py` makes the newest."""
    names = [f"schema-{number}.sql.gz" for number in range(1, len(schema.MIGRATIONS) + 1)]
    assert [path.name for path in FILES] == names


@KEPT
def test_a_file_of_an_older_program(kept: Path, tmp_path: Path) -> None:
    """The same feeds bring nothing new and no update, with other bytes too; ids stay, what was
    withdrawn stays away.
    """
    where = folder(tmp_path, kept)
    with closing(sqlite3.connect(where / "syndicator.db")) as db:
        rows = db.execute("SELECT link, public_id FROM posts WHERE withdrawn = 0")
        ids = {link: public_id for link, public_id in rows if public_id}
    assert len(ids) == 5
    for hours in (0, 1):
        report = run(where, hours)
        assert (report.new, report.updated, report.duplicates) == (0, 0, 0)
        items = json.loads((where / "public" / "feed.json").read_text("utf-8"))["items"]
        assert len(items) >= 4
        assert {post["url"]: post["id"] for post in items}.items() <= ids.items()
        for name, end in (("blog.xml", b"</item>"), ("notes.json", b"}")):
            path = where / name
            path.write_bytes(path.read_bytes().replace(end, b" " + end))


@KEPT
def test_its_schema_afterwards(kept: Path, tmp_path: Path) -> None:
    """It is that of a new file, in every column and index, and so is its number."""
    where = folder(tmp_path, kept)
    Store(where / "syndicator.db").close()
    Store(where / "new.db").close()
    assert shape(where / "syndicator.db") == shape(where / "new.db")
    version, _ = state_file.dump(where / "syndicator.db")
    assert version == len(schema.MIGRATIONS)


@pytest.mark.parametrize("command", ["run", "run --offline", "status", "check", "withdraw x"])
def test_a_file_of_a_newer_program(
    command: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One line says so and what helps; the exit status is 1, and the file is as it was."""
    where = folder(tmp_path, FILES[-1])
    monkeypatch.chdir(where)
    path = where / "syndicator.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    assert main(command.split()) == 1
    told = capsys.readouterr()
    line = (
        "syndicator.db was written by a newer version of syndicator (schema 99); update the program"
    )
    assert line in told.out + told.err
    assert "Traceback" not in told.out + told.err
    assert path.read_bytes() == before
