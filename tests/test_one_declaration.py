"""A fact is declared once: a format is one module and one entry, a podcast element one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FEED = """<?xml version="1.0"?>
<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"
     xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>Harbour Radio</title><link>https://radio.example/</link><description>d</description>
<item><guid>one</guid><title>The ferry</title><link>https://radio.example/1</link>
<pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate><description>Why it stopped</description>
<itunes:duration>90</itunes:duration><podcast:location>Quy Nhon</podcast:location></item>
</channel></rss>
"""

SETTINGS = """[feed]
title = "All of it"
link = "https://planet.example/"
formats = ["rss", "titles"]
[[sources]]
url = "radio.xml"
"""

# The module of a new format, which nothing in the package knows of.
WRITER = '''
def write(edition, document):
    """Write the titles, one a line."""
    return "".join(f"{item.heading}\\n" for item in document.items).encode()
'''

PROGRAM = """
import sys
from syndicator.formats import FORMATS, Format
from syndicator.namespaces import EPISODE_WORDS, Word

FORMATS["titles"] = Format("Titles", "titles.txt", "text/plain", writer="titles_writer")
EPISODE_WORDS.append(Word("podcast:location", most=8))

from syndicator.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration with a podcast, a new format and a program that declares both additions."""
    files = {
        "radio.xml": FEED,
        "feeds.toml": SETTINGS,
        "titles_writer.py": WRITER,
        "program.py": PROGRAM,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    """Run the program in the folder; return its output."""
    done = subprocess.run(
        [sys.executable, "program.py", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_format_and_an_element_are_added(folder: Path) -> None:
    """Both go all the way: feeds.toml names the format, the element is read, stored and written."""
    run(folder, "run")
    public = folder / "public"
    assert (public / "titles.txt").read_text(encoding="utf-8") == "The ferry\n"
    feed = (public / "rss.xml").read_text(encoding="utf-8")
    assert "<podcast:location>Quy Nhon</podcast:location>" in feed
    assert "<itunes:duration>90</itunes:duration>" in feed


def test_an_added_format_is_taken_out(folder: Path) -> None:
    """A document of a format that feeds.toml no longer names is removed, as any other."""
    run(folder, "run")
    settings = SETTINGS.replace('["rss", "titles"]', '["rss"]')
    (folder / "feeds.toml").write_text(settings, encoding="utf-8")
    run(folder, "run", "--offline")
    assert not (folder / "public" / "titles.txt").exists()


def test_an_added_element_is_checked(folder: Path) -> None:
    """`check` judges the new element by the bound that its one line gives."""
    run(folder, "run")
    feed = folder / "public" / "rss.xml"
    text = feed.read_text(encoding="utf-8").replace("Quy Nhon", "Quy Nhon harbour")
    (folder / "judge.py").write_text(
        PROGRAM.partition("from syndicator.cli")[0]
        + "from pathlib import Path\nfrom syndicator.check import check\n"
        + "for problem in check(Path('changed.xml').read_bytes(), 'application/rss+xml'):\n"
        + "    print(problem)\n",
        encoding="utf-8",
    )
    (folder / "changed.xml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "judge.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "location" in done.stdout
