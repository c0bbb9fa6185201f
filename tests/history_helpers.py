"""A captured feed -> the versions that it may have had: its items by date, a few more each time."""

from __future__ import annotations

import csv
import json
import re
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicator import config, parser
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.run import Options
from syndicator.pipeline.update import update
from syndicator.store import Store

Version = tuple[bytes, datetime]
_ITEM = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL)
_EARLIEST = datetime(2020, 1, 2, tzinfo=UTC)  # a run's clock can't be earlier


def pieces(body: bytes) -> tuple[list[bytes], str]:
    """Return the items of a feed as bytes, and its kind."""
    if body.lstrip().startswith(b"{"):
        return [json.dumps(item).encode() for item in json.loads(body).get("items", [])], "json"
    return [match[0] for match in _ITEM.finditer(body)], "xml"


def joined(body: bytes, kind: str, chosen: Sequence[bytes]) -> bytes:
    """Return the feed with some of its items only."""
    if kind == "json":
        whole = json.loads(body) | {"items": [json.loads(item) for item in chosen]}
        return json.dumps(whole).encode()
    first = _ITEM.search(body)
    assert first is not None
    return body[: first.start()] + b"\n".join(chosen) + _ITEM.sub(b"", body[first.start() :])


def dates(body: bytes) -> list[datetime | None]:
    """Return the dates of a feed's items, in its order."""
    parsed = parser.parse(Fetched("f", "https://f.example/", body))
    assert isinstance(parsed, ParsedFeed), parsed
    return [entry.published or entry.updated for entry in parsed.entries]


def versions(body: bytes, step: timedelta, most: int = 14) -> Iterator[Version]:
    """Yield versions of a feed: the older half of its items, then more at each step of the clock.

    None for a feed whose items can't be told apart, or that has too few dates.
    """
    items, kind = pieces(body)
    moments = dates(body)
    if len(items) != len(moments) or len(items) < 4:
        return
    dated = [(moment or _EARLIEST, place) for place, moment in enumerate(moments)]
    ordered = sorted(moment for moment, _ in dated)
    start, end = ordered[len(ordered) // 2], ordered[-1]
    step = max(step, (end - start) / most)
    shift = max(_EARLIEST - start, timedelta(0))
    clock = start
    while True:
        now = min(clock, end)
        chosen = [items[place] for moment, place in dated if moment <= now]
        yield joined(body, kind, chosen), now + shift
        if clock >= end:
            return
        clock += step


def without(body: bytes, earlier: bytes) -> bytes:
    """Return the feed without the items of an earlier version."""
    items, kind = pieces(body)
    known = set(pieces(earlier)[0])
    return joined(body, kind, [one for one in items if one not in known])


def captured(folder: Path) -> list[Version]:
    """Return the versions of a captured series, its clock moved where it is too early for a run."""
    history: list[Version] = []
    with (folder / "INDEX.tsv").open(encoding="utf-8") as index:
        for number, row in enumerate(csv.DictReader(index, delimiter="\t")):
            moment = datetime.fromisoformat(row["date"]).astimezone(UTC)
            now = max(moment, _EARLIEST + timedelta(days=number))
            history.append(((folder / f"{row['n']}.xml").read_bytes(), now))
    return history


def held(folder: Path, history: Sequence[Version], table: str = "") -> list[str]:
    """Return the lines about a hold while a source has one version after another."""
    (folder / "feeds.toml").write_text(
        f'[feed]\ntitle = "P"\n[[sources]]\nurl = "f.xml"\nid = "F"\n{table}', "utf-8"
    )
    settings, told = config.load(folder / "feeds.toml"), list[str]()
    options, stop = Options(force=True), threading.Event()
    with Store(":memory:") as store:
        for body, now in history:
            (folder / "f.xml").write_bytes(body)
            states = store.sources.states()
            stats = update(settings, store, states, options, now, stop, lambda _: None)
            assert not stats.faults
            told += stats.news
    return told
