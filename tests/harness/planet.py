"""A planet whose feeds change in steps, and runs of it that are cut short.

Its feeds are of our own writing, or captured ones, a version a day. Each step has a reference: the
bytes published by runs that nobody disturbed. A trial starts from the folder as the step before
left it, disturbs one run, judges the folder, and runs again.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import io
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from acceptance_helpers import BLOG, HOUR, START, feed, item, words

from syndicator import config, pipeline
from syndicator.errors import SyndicatorError
from syndicator.model.run import Options
from syndicator.publisher import UNFINISHED
from syndicator.store import Store
from syndicator.store.files import NAME as MARK

SOURCES = 4
CONFIG = """[feed]
title = "Harness"
link = "https://planet.example/"
id = "urn:uuid:11111111-2222-4333-8444-555555555555"
output = "public"
state = "state.db"
limit = 12

[[feeds]]
name = "second"
title = "Second"
"""
Feeds = dict[str, bytes]  # a name of a file, and the feed that it holds
Trials = Iterator[tuple[str, list[str]]]  # outcome and faults of each
Series = Callable[[Path, int, random.Random], Iterable[Trials]]
STOPPED = 77  # the exit status of a run that ended with words
_FAILED = 78
_LET_ANYBODY_TRACE = (0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER: strace is no parent

# The calls at whose edges a run is disturbed: of the system's modules, of files, and of SQLite.
EDGES = frozenset(
    "write fsync replace rename unlink rmdir mkdir open utime fchmod execute executemany connect".split()  # noqa: SIM905  a list of words reads better whole
)
_MODULES = frozenset(["posix", "io", "_io", "_sqlite3", "sqlite3"])
_OBJECTS = (io.FileIO, io.BufferedWriter, sqlite3.Connection, sqlite3.Cursor)


_ENDS = (b"</html>", b"</rss>", b"</feed>", b"</opml>", b"}", b"</article>")


def is_edge(call: object) -> bool:
    """Whether a call into C changes files or the database; `str.replace` does not."""
    if getattr(call, "__name__", "") not in EDGES:
        return False
    owner = getattr(call, "__self__", None)
    return isinstance(owner, _OBJECTS) or getattr(owner, "__name__", "") in _MODULES


def written_feeds(step: int) -> Feeds:
    """Write the feeds of a step: each has two more posts than before, and one with another text."""
    feeds = Feeds()
    for number in range(SOURCES):
        posts = [_item(number, post, step) for post in range(6 + 2 * step)]
        feeds[f"{number}.xml"] = feed(f"Line {number}", f"{BLOG}/{number}", *reversed(posts[-10:]))
    return feeds


def captured_feeds(folder: Path) -> list[Feeds]:
    """Return the feeds of each step: a version more of each series; one that ends stays.

    Each folder in `folder` is a series, with its versions as 001.xml, 002.xml and so on.
    """
    series = {one.name: sorted(one.glob("*.xml")) for one in sorted(folder.iterdir())}
    steps: list[Feeds] = []
    for step in range(max(map(len, series.values()))):
        versions = {name: paths[min(step, len(paths) - 1)] for name, paths in series.items()}
        steps.append({f"{name}.xml": path.read_bytes() for name, path in versions.items()})
    return steps


def write(folder: Path, feeds: Feeds) -> None:
    """Put feeds into a folder."""
    for name, body in feeds.items():
        (folder / name).write_bytes(body)


def _item(number: int, post: int, step: int) -> str:
    changed = step if post == step + 4 else 0
    text = words(100 * number + post) + f"<p>Edition {changed}.</p>"
    date = START - 30 * HOUR + timedelta(hours=post, minutes=number)
    return item(f"Stop {post} of {number}", f"{BLOG}/{number}/{post}", text, date)


def run(folder: Path, now: datetime) -> None:
    """Run the planet of a folder once. Raises SyndicatorError, also for faults."""
    settings = config.load(folder / "feeds.toml")
    stop = threading.Event()
    report = pipeline.run(settings, Options(force=True), now, stop, lambda _: None)
    if report.faults or report.failures:
        raise SyndicatorError("; ".join([*report.faults, *(f.error for f in report.failures)]))


def clock(step: int) -> datetime:
    """Return the time of a step's run."""
    return START + step * 24 * HOUR


# The fresh lists beside a post are made anew when its page is, and have no part in its digest.
_POST = re.compile(rb"<!DOCTYPE html>.*(<article .*</article>).*</html>\n?", re.S)


def _lasting(path: Path, body: bytes) -> bytes:
    """Return the part of a file that depends on its data alone; all of one that is not whole."""
    page = _POST.fullmatch(body) if "posts" in path.parts else None
    return page[1] if page else body


def published(folder: Path) -> dict[str, bytes]:
    """Return all published files; those that a run has not finished are left out."""
    return {
        str(path.relative_to(folder)): _lasting(path.relative_to(folder), path.read_bytes())
        for path in (folder / "public").rglob("*")
        if path.is_file() and not path.name.endswith(UNFINISHED) and path.name != MARK
    }


OWN = tuple(written_feeds(step) for step in range(4))


def _name_feeds(folder: Path) -> None:
    """Make the state file, with the id that a first run would choose by chance."""
    with Store(folder / "state.db") as store:
        store.feeds.register("second", "urn:uuid:11111111-2222-4333-8444-666666666666")


class Planet:
    """The folders before and after each step, and the bytes that belong to it."""

    def __init__(self, folder: Path, feeds: Sequence[Feeds] = OWN) -> None:
        self.folder = folder
        self.feeds = feeds
        live = folder / "live"
        live.mkdir()
        sources = "".join(f'\n[[sources]]\nurl = "{name}"\n' for name in feeds[0])
        (live / "feeds.toml").write_text(CONFIG + sources, "utf-8")
        _name_feeds(live)
        self.files = [published(live)]  # by step, from before the first
        self.folders = [_copied(live, folder / "kept-0")]
        for step, bodies in enumerate(feeds):
            write(live, bodies)
            run(live, clock(step))
            self.files.append(published(live))
            self.folders.append(_copied(live, folder / f"kept-{step + 1}"))

    @property
    def steps(self) -> int:
        """How often the feeds change."""
        return len(self.feeds)

    def shares(self, count: int) -> list[int]:
        """Return how many of `count` trials each step has."""
        return [count // self.steps + (step < count % self.steps) for step in range(self.steps)]

    def trial(self, step: int) -> Path:
        """Return a copy of the folder as it is before a step's run."""
        where = _copied(self.folders[step], Path(tempfile.mkdtemp(dir=self.folder)))
        write(where, self.feeds[step])
        return where

    def torn(self, where: Path, step: int) -> list[str]:
        """Name the files that are neither those from before the step nor those after it."""
        old, new = self.files[step], self.files[step + 1]
        faults = [
            f"{path} is torn"
            for path, body in published(where).items()
            if body not in (old.get(path), new.get(path))
        ]
        faults += [f"{path} is lost" for path in old.keys() & new.keys() - published(where).keys()]
        return faults + _state_faults(where)

    def recovered(self, where: Path, step: int) -> list[str]:
        """Run again, twice; name each difference from the run that nobody disturbed."""
        status = wait(start(where, clock(step)))
        if status != 0:
            return [f"the next run ended with {status}"]
        faults = self._differences(where, step)
        stamps = _times(where)
        status = wait(start(where, clock(step)))
        if status != 0 or _times(where) != stamps:
            faults.append(f"a run with nothing new ended with {status} and wrote files")
        if left := [p.name for p in where.rglob(f".?*{UNFINISHED}")]:
            faults.append(f"unfinished files are left: {left}")
        return faults

    def broken(self, where: Path) -> list[str]:
        """Name the published files that are not whole documents; a run may have left out sources."""
        faults = [
            f"{path} is no whole document"
            for path, body in published(where).items()
            if path.endswith(("html", "xml", "json")) and not body.rstrip().endswith(_ENDS)
        ]
        return faults + _state_faults(where)

    def incomplete(self, where: Path, step: int, *, late: bool = False) -> list[str]:
        """Run again; name the posts that are missing, twice, or have another id than they had.

        A source that is late, since its first fetch failed, joins a feed that is there: its older
        posts are history, and no news.
        """
        status = wait(start(where, clock(step)))
        if status != 0:
            return [f"the next run ended with {status}"]
        made, wanted, before = map(_ids, (where, self.folders[step + 1], self.folders[step]))
        same = made == wanted or (late and set(made) < set(wanted) and len(set(made)) == len(made))
        faults = [] if same else ["not the posts of an undisturbed run"]
        if not set(before) <= set(made):
            faults.append("an id has changed")
        return faults + self.broken(where)

    def _differences(self, where: Path, step: int) -> list[str]:
        made, wanted = published(where), self.files[step + 1]
        return [
            f"{path} differs after the next run"
            for path in sorted(made.keys() | wanted.keys())
            if made.get(path) != wanted.get(path)
        ]


def _copied(source: Path, target: Path) -> Path:
    return Path(shutil.copytree(source, target, dirs_exist_ok=True))


def _ids(where: Path) -> list[tuple[str, str, str]]:
    """Return feed, id and link of each published post, in order; posts that stand twice twice."""
    query = (
        "SELECT f.name, p.public_id, p.link FROM entries e"
        " JOIN feeds f ON f.number = e.feed JOIN posts p ON p.number = e.post"
    )
    with contextlib.closing(sqlite3.connect(where / "state.db")) as db:
        return sorted(db.execute(query).fetchall())


def _times(where: Path) -> dict[str, int]:
    return {path: (where / path).stat().st_mtime_ns for path in published(where)}


def _state_faults(where: Path) -> list[str]:
    """Open a copy of the state file as SQLite's recovery leaves it, and let SQLite check it."""
    if not (where / "state.db").exists():
        return []
    with tempfile.TemporaryDirectory() as folder:
        for path in where.glob("state.db*"):
            shutil.copy(path, folder)
        with contextlib.closing(sqlite3.connect(Path(folder, "state.db"))) as db:
            answers = db.execute("PRAGMA integrity_check").fetchall()
            answers += db.execute("PRAGMA foreign_key_check").fetchall()
    return [] if answers == [("ok",)] else [f"the state file is damaged: {answers[:3]}"]


# -- disturbed runs


class Watch:
    """Counts the edges of a run: before and after each call of EDGES, in all of its threads."""

    def __init__(self, at: int, disturb: Callable[[str], None]) -> None:
        self.count = 0
        self.at = at
        self.disturb = disturb

    def __call__(self, _frame: object, event: str, argument: object) -> None:
        """Count a call into C, as sys.setprofile tells of it."""
        if event in ("c_call", "c_return") and is_edge(argument):
            self.count += 1
            if self.count == self.at:
                self.disturb(f"{event} {getattr(argument, '__name__', '')}")

    def run(self, folder: Path, now: datetime) -> None:
        """Run the planet with this watch."""
        threading.setprofile(self)
        sys.setprofile(self)
        try:
            run(folder, now)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]


def start(folder: Path, now: datetime, watch: Watch | None = None, *, held: int = 0) -> int:
    """Run the planet in a child process, which is forked: nothing is imported again.

    Return the child's number. A child that is `held` waits for a byte from that descriptor.
    """
    child = os.fork()
    if child:
        return child
    status = _FAILED
    try:
        if held:
            ctypes.CDLL(None).prctl(*_LET_ANYBODY_TRACE)
            os.read(held, 1)
        status = attempt(folder, now, watch)
    finally:
        os._exit(status)


def attempt(folder: Path, now: datetime, watch: Watch | None = None) -> int:
    """Run the planet, and return an exit status; its words, or a traceback, are kept in `said`."""
    try:
        (watch.run if watch else run)(folder, now)
    except SyndicatorError as error:
        (folder / "said").write_text(str(error), "utf-8")
        return STOPPED
    except BaseException:  # noqa: BLE001  a traceback is an outcome to tell
        (folder / "said").write_text(traceback.format_exc(), "utf-8")
        return _FAILED
    return 0


def can_trace() -> bool:
    """Whether strace is installed, and may trace here."""
    probe = ["strace", "-o", os.devnull, "true"]
    if not shutil.which(probe[0]):
        return False
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def trace(where: Path, step: int, *options: str) -> int:
    """Run a step under strace, from its first call on; return its exit status as `wait` does."""
    reader, writer = os.pipe()
    child = start(where, clock(step), held=reader)
    command = ["strace", "-f", *options, "-p", str(child)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as strace:
        assert strace.stderr is not None
        answer = strace.stderr.readline()  # from "attached" on no call is missed
        os.write(writer, b"x")
        os.close(writer)
        os.close(reader)
        status = wait(child)
        strace.communicate()
    if b"attached" not in answer:
        raise RuntimeError(answer.decode())
    return status


def wait(child: int) -> int:
    """Return the exit status of a child, negative for a signal. One that hangs is killed."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        number, status = os.waitpid(child, os.WNOHANG)
        if number:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def chosen_edges(planet: Planet, count: int, dice: random.Random) -> Iterator[tuple[int, int]]:
    """Yield steps and the numbers of edges in their runs, `count` in all, spread over each run."""
    for step, share in enumerate(planet.shares(count)):
        if share:
            for place in _places(_edges(planet, step), share, dice):
                yield step, place


def _edges(planet: Planet, step: int) -> int:
    """Count the edges of an undisturbed run of a step."""
    where = planet.trial(step)
    watch = Watch(0, lambda _: None)
    now = clock(step)
    watch.run(where, now)
    shutil.rmtree(where)
    return watch.count


def _places(count: int, trials: int, dice: random.Random) -> list[int]:
    """Return edges of a run spread over all of it, each as likely as any."""
    if trials >= count:
        return [*range(1, count + 1), *(dice.randint(1, count) for _ in range(trials - count))]
    return sorted(dice.sample(range(1, count + 1), trials))


def arguments(words: str | None) -> argparse.ArgumentParser:
    """Return the parser of the options that all trials have; `words` is the help."""
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    return parser


def command(options: argparse.Namespace, series: Series) -> int:
    """Make and report the trials that the command line asks for; return the exit status.

    `series` makes a number of trials in a folder, by chance of its own.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{Path(sys.argv[0]).stem}-"))
    outcomes, faults = _tally(series(folder, options.count, random.Random(options.seed)))
    return _report(outcomes, faults, folder)


def _tally(series: Iterable[Trials]) -> tuple[Counter[str], list[str]]:
    """Make all trials; return how many there were of each outcome, and the faults.

    A trial is its outcome and its faults, which are printed as they come. SIGINT ends them early.
    """
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    with contextlib.suppress(KeyboardInterrupt):
        for outcome, wrong in chain.from_iterable(series):
            outcomes[outcome] += 1
            faults += wrong
            for line in wrong:
                print(line, file=sys.stderr, flush=True)
    return outcomes, faults


def _report(outcomes: Counter[str], faults: list[str], folder: Path) -> int:
    """Print a tally and return the exit status; the folder stays only if there are faults."""
    for name, number in sorted(outcomes.items()):
        print(f"{number:5}  {name}")
    print(f"{len(faults)} faults")
    if not faults:
        shutil.rmtree(folder, ignore_errors=True)  # a run that SIGINT left may still write
    return 1 if faults else 0
