"""A planet on loopback whose clock the test moves: feeds of a few posts, whole runs, and what is
published.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

from loopback import Site

from syndicator import config, pipeline
from syndicator.model.run import Options, Report

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BLOG = "https://blog.example"


def words(number: int) -> str:
    """A paragraph of some eighty words that no other number has."""
    sentences = (
        f"Carriage {number * 31 + n} of line {number} left for stop {n * n + number}."
        for n in range(12)
    )
    return f"<p>{' '.join(sentences)}</p>"


def item(title: str, link: str, body: str, date: datetime | None = None, inside: str = "") -> str:
    dated = f"<pubDate>{format_datetime(date)}</pubDate>" if date else ""
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><guid>{escape(link)}</guid>{dated}"
        f"<description>{escape(body)}</description>{inside}</item>"
    )


def feed(name: str, site: str, *items: str, head: str = "") -> bytes:
    inside = f"<title>{name}</title><link>{site}/</link><description/><language>en</language>{head}{''.join(items)}"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{inside}</channel></rss>'.encode()


class Planet:
    """Sources are (path, further lines of its table); each run is an hour after the one before."""

    def __init__(
        self, folder: Path, site: Site, *sources: tuple[str, str], head: str = "", more: str = ""
    ) -> None:
        self.folder, self.site, self.sources, self.head, self.more = (
            folder,
            site,
            list(sources),
            head,
            more,
        )
        self.now = START

    def config(self) -> Any:
        tables = "".join(
            f'[[sources]]\nurl = "{self.site.url}{path}"\n{rest}\n' for path, rest in self.sources
        )
        path = self.folder / "feeds.toml"
        head = f'[feed]\ntitle = "Planet"\nlink = "https://planet.example/"\n{self.head}\n'
        path.write_text(f'{head}[fetch]\ndelay = "0s"\n{self.more}\n{tables}', "utf-8")
        return config.load(path)

    def run(self, *, force: bool = True, rerender: bool = False) -> Report:
        options = Options(force=force, rerender=rerender)
        report = pipeline.run(self.config(), options, self.now, threading.Event(), lambda _: None)
        assert not report.faults
        self.now += HOUR
        return report

    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(
            (self.folder / "public" / "feed.json").read_text("utf-8")
        )["items"]
        return found

    def files(self) -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for path in (self.folder / "public").rglob("*")
            if path.is_file()
        }
