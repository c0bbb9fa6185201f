"""N synthetic posts in a state file -> CPU milliseconds to index one, and to choose a list."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from syndicator.model.post import Keys, Post
from syndicator.model.settings import RelatedSettings
from syndicator.related import Index
from syndicator.store.db import Connection, connect
from syndicator.store.terms import Terms

SOURCES = 200
VOCABULARY = 300_000
TOPICS = 2000  # each post draws a third of its words from one of these
BATCH = 4000
RUNS = 60  # small ones, of FEW new posts each: more than wait before they are appended together
FEW = 100
LISTS = 300


class Writer:
    """Writes posts whose words are as frequent as words are (Zipf), a third of them from the post's
    topic.
    """

    def __init__(self, seed: int, length: int) -> None:
        self._random = np.random.default_rng(seed)
        self._length = length
        letters = random.Random(1)
        self._words = [
            "".join(letters.choices("etaoinshrdlu", k=letters.randint(3, 9)))
            for _ in range(VOCABULARY)
        ]

    def post(self, number: int) -> Post:
        common = self._random.zipf(1.15, self._length * 2 // 3)
        topic = int(self._random.integers(TOPICS)) * 100 + self._random.integers(
            0, 300, self._length // 3
        )
        drawn = np.concatenate([common, topic]) % VOCABULARY
        self._random.shuffle(drawn)
        words = [self._words[place] for place in drawn.tolist()]
        title = " ".join(self._words[place] for place in (topic[:8] % VOCABULARY).tolist())
        text = " ".join(words)
        return Post(
            f"s{number % SOURCES}",
            Keys(text=f"{number + 1:016x}"),
            "",
            title=title,
            text=text,
            link="https://x.example/a",
        )


def measure(size: int, words: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        db = connect(path)
        db.executemany("INSERT INTO sources (id) VALUES (?)", [(f"s{n}",) for n in range(SOURCES)])
        index = Index(Terms(db))
        writer = Writer(1, words)
        for start in range(0, size, BATCH):
            spent = _add(db, index, writer, range(start + 1, min(start + BATCH, size) + 1))
        pages = sum(f.stat().st_size for f in Path(folder).iterdir()) / 1e6
        last = min(BATCH, size)
        print(
            f"{size} posts of {words} words stored, {pages:.0f} MB; the last {last} cost {spent:.3f} ms each to add"
        )
        starts = range(size + 1, size + 1 + RUNS * FEW, FEW)
        runs = [_add(db, Index(Terms(db)), writer, range(start, start + FEW)) for start in starts]
        mean = sum(runs) / RUNS
        print(
            f"{RUNS} runs of {FEW} more cost {mean:.3f} ms a post (median {median(runs):.3f}, worst {max(runs):.3f})"
        )
        _choose(db, size)
        db.close()


def _add(db: Connection, index: Index, writer: Writer, numbers: range) -> float:
    posts = [(number, writer.post(number)) for number in numbers]
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO posts (number, source, keys, meaning, title, link, site, published, updated, first_seen)"
        " VALUES (?, ?, zeroblob(80), '', ?, 'https://x.example/', '', ?, 0, 0)",
        [(number, number % SOURCES + 1, post.title, float(number)) for number, post in posts],
    )
    started = time.process_time()
    for number, post in posts:
        index.add([(number, post, 600.0 * number)])
    index.flush()
    db.execute("COMMIT")
    return 1000 * (time.process_time() - started) / len(posts)


def _choose(db: Connection, size: int) -> None:
    for scope in ("source", "all"):
        started = time.process_time()
        index = Index(Terms(db))
        opened = time.process_time() - started
        settings = RelatedSettings(scope=scope)  # type: ignore[arg-type]
        times = []
        db.execute("BEGIN")  # as a run chooses: all lists in one transaction
        for number in random.Random(3).sample(range(1, size + 1), min(LISTS, size)):
            post = Post(f"s{number % SOURCES}", Keys(), "", title="x")
            started = time.process_time()
            index.choose(number, post, settings)
            times.append(1000 * (time.process_time() - started))
        started = time.process_time()
        index.keep()
        db.execute("COMMIT")
        kept = 1000 * (time.process_time() - started)
        print(
            f"scope {scope}: {(sum(times) + kept) / len(times):.2f} ms a list"
            f" (median {median(times):.2f}, worst {max(times):.2f}); opening the index {1000 * opened:.1f} ms"
        )
