"""How each program is set up for a list of feeds, and the command that makes it fetch them once."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Peer:
    """A program that fetches feeds. `prepare` writes its settings into a folder; `command` is run
    in it.
    """

    name: str
    about: str
    prepare: Callable[[Path, list[str]], None]
    command: list[str]
    is_there: bool = True
    rival: bool = True  # what ours is compared with
    result: str = ""  # a file that the program must have made: what did nothing must not look fast

    def verify(self, home: Path) -> None:
        """End the bench where the program did not do its work."""
        if self.result and not any(home.glob(self.result)):
            sys.exit(f"{self.name} made no {self.result}: is it set up rightly?")


def syndicator(more: str = "", feed: str = "") -> Callable[[Path, list[str]], None]:
    """Prepare syndicator; `more` are further settings."""

    def prepare(folder: Path, urls: list[str]) -> None:
        tables = "".join(f'[[sources]]\nurl = "{url}"\n' for url in urls)
        text = f'[feed]\ntitle = "Bench"\n{feed}\n[fetch]\njobs = 64\n{more}\n{tables}'
        (folder / "feeds.toml").write_text(text)

    return prepare


def _urls(folder: Path, urls: list[str]) -> None:
    (folder / "urls").write_text("\n".join(urls) + "\n")


def _newsboat(folder: Path, urls: list[str]) -> None:
    _urls(folder, urls)
    (folder / "config").write_text("auto-reload no\nreload-threads 16\ncleanup-on-quit no\n")


def _sfeed(folder: Path, urls: list[str]) -> None:
    # With the conditional requests of curl (--etag-save, --etag-compare), as its manual shows.
    feeds = "\n".join(f"feed 'f{number}' '{url}'" for number, url in enumerate(urls))
    (folder / "sfeedrc").write_text(
        f'sfeedpath="{folder}/feeds"\nmaxjobs=32\n'
        'fetch() { etag="$sfeedpath/$1.etag"\n'
        'curl -s -L -m 30 --compressed --etag-save "$etag" --etag-compare "$etag" "$2"; }\n'
        f"feeds() {{\n{feeds}\n}}\n"
    )


def _rss2email(folder: Path, urls: list[str]) -> None:
    feeds = "".join(f"[feed.f{number}]\nurl = {url}\n" for number, url in enumerate(urls))
    (folder / "r2e.cfg").write_text(
        f"[DEFAULT]\nto = me@example.org\nfrom = me@example.org\nemail-protocol = maildir\n"
        f"maildir-path = {folder}/mail\nmaildir-mailbox = new\nverbose = error\n{feeds}"
    )
    for name in ("cur", "new", "tmp"):
        (folder / "mail" / "new" / name).mkdir(parents=True, exist_ok=True)


PYTHON = sys.executable
PEERS = [
    Peer(
        "syndicator",
        "everything on",
        syndicator(),
        [PYTHON, "-m", "syndicator", "run", "--force"],
        rival=False,
        result="public/posts/*/*/*.html",
    ),
    Peer(
        "syndicator, lean",
        "related posts and pages off",
        syndicator('[related]\nscope = "none"\n', 'formats = ["rss", "atom", "json", "opml"]\n'),
        [PYTHON, "-m", "syndicator", "run", "--force"],
        rival=False,
        result="public/rss.xml",
    ),
    Peer(
        "the libraries alone",
        "requests, expat, nh3, SQLite, feedgen; nothing decided, see floor.py",
        _urls,
        [PYTHON, str(HERE / "floor.py"), "urls"],
        rival=False,
        result="rss.xml",
    ),
    Peer(
        "naive",
        "requests, feedparser, feedgen in 30 lines",
        _urls,
        [PYTHON, str(HERE / "naive.py"), "urls"],
        result="rss.xml",
    ),
    Peer(
        "reader",
        "lemon24/reader, 16 workers",
        _urls,
        [PYTHON, str(HERE / "with_reader.py"), "urls"],
        find_spec("reader") is not None,
        result="reader.db",
    ),
    Peer(
        "newsboat",
        "C++; does not sanitize, index, relate or publish",
        _newsboat,
        ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"],
        shutil.which("newsboat") is not None,
        result="cache.db",
    ),
    Peer(
        "sfeed",
        "C and curl; does not sanitize, index, relate or publish",
        _sfeed,
        ["sfeed_update", "sfeedrc"],
        shutil.which("sfeed_update") is not None,
        result="feeds/*",
    ),
    Peer(
        "rss2email",
        "one after the other; does not sanitize, index, relate or publish",
        _rss2email,
        ["r2e", "-c", "r2e.cfg", "-d", "r2e.json", "run"],
        shutil.which("r2e") is not None,
        result="mail/new/new/*",
    ),
]
