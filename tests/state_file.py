"""Write tests/cases/state/schema-N.sql.gz: the state file that this version of the program makes.

`python tests/state_file.py` runs the program over the feeds of that folder twice and keeps the
state file as SQL. N is the number of its schema. Make the file of a schema once, when the version
that has it is released, and never again: from then on it shows that such a file can still be read.
Until then make it anew after each change of the schema. `zcat` shows it.

`PYTHONPATH` chooses the program: a checkout of another version makes that version's file.
"""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

FOLDER = Path(__file__).parent / "cases" / "state"
INPUTS = ("feeds.toml", "blog.xml", "notes.json")
PRAGMAS = ("user_version", "application_id")


def dump(path: Path) -> tuple[int, str]:
    """Return the schema's number of a state file, and the whole file as SQL."""
    with closing(sqlite3.connect(path)) as db:
        numbers = {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
        lines = [f"PRAGMA {name} = {number};" for name, number in numbers.items()]
        return numbers["user_version"], "\n".join([*lines, *db.iterdump(), ""])


def load(sql: Path, path: Path) -> None:
    """Make a state file of its SQL."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(gzip.decompress(sql.read_bytes()).decode())


def syndicator(folder: Path, *arguments: str) -> None:
    """Run the program in a folder."""
    subprocess.run([sys.executable, "-m", "syndicator", *arguments], cwd=folder, check=True)


def main() -> None:
    """Run the program twice, the second time with one post edited, and withdraw one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in INPUTS:
            shutil.copy(FOLDER / each, folder)
        blog = folder / "blog.xml"
        whole = blog.read_text("utf-8")
        blog.write_text(whole.replace("a week of hammers", "a week of hamers"), "utf-8")
        syndicator(folder, "run")
        blog.write_text(whole, "utf-8")
        syndicator(folder, "run", "--force")
        syndicator(folder, "withdraw", "https://weir.example/1")
        version, sql = dump(folder / "syndicator.db")
    (FOLDER / f"schema-{version}.sql.gz").write_bytes(gzip.compress(sql.encode(), mtime=0))


if __name__ == "__main__":
    main()
