"""The streams, the signals, the clock: all that a command does outside of the package."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

from syndicator.errors import SyndicatorError

# A feed must not steer the terminal, nor turn its lines around (U+202A to U+202E); never the line
# feed.
_CONTROL = r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]"


def plain(text: str) -> str:
    r"""Return text that can't steer a terminal.

    >>> plain("a\x1b[31mb")
    'a[31mb'
    """
    return re.sub(_CONTROL, "", text)


class Stop:
    """An orderly end, asked for by a signal; workers look at the event between two steps."""

    def __init__(self, note: str) -> None:
        self.event = threading.Event()
        self.signal = 0
        self._note = note

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Note the signal; a second one ends the program at once."""
        if self.signal:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self.signal = number
        self.event.set()
        if self._note and number == signal.SIGINT:
            os.write(2, f"\r{self._note}\n".encode())  # print is not safe in a handler


class Edge:
    """The way out of a command: results, lines for a person, signals."""

    run_id = ""  # set: each line for a person is a JSON object with the time and this id

    def event(self, name: str, **fields: object) -> None:
        """Print an event as JSON, nothing in the log for people."""
        if self.run_id:
            import json  # here: no other line needs it

            head = {"time": self.now().isoformat(), "run": self.run_id, "event": name}
            self._print(json.dumps(head | fields, ensure_ascii=False))

    @staticmethod
    def now() -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC)

    def tell(self, line: str) -> None:
        """Print a line for a person on standard error.

        A full disk or a closed pipe costs the line, never the work that it tells of.
        """
        if self.run_id:
            self.event("message", message=plain(line))
        else:
            self._print(plain(line))

    def _print(self, line: str) -> None:
        try:
            print(line, file=sys.stderr, flush=True)
        except OSError:
            _divert(sys.stderr)

    def say(self, lines: Iterable[str]) -> None:
        """Print lines for a person."""
        for line in lines:
            self.tell(line)

    def ask(self, question: str, default: str) -> str:
        """Ask a person at the terminal; an empty answer, or the end of input, is the default."""
        shown = default and f" [{default}]"
        print(plain(f"{question}{shown}: "), end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip() or default

    def write(self, text: str) -> None:
        """Print a result, without characters that could steer a terminal."""
        with self.results():
            print(plain(text))

    def write_lines(self, lines: Iterable[str]) -> None:
        """Print a report; its heads (in capitals) are bold at a terminal without NO_COLOR."""
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        with self.results():
            for line in lines:
                text = plain(line)
                is_head = re.match(r"[A-Z]{4,}  ", text)
                print(f"\x1b[1m{text}\x1b[0m" if colour and is_head else text)

    def write_bytes(self, document: bytes) -> None:
        """Print a document."""
        with self.results():
            sys.stdout.buffer.write(document)

    @contextmanager
    def results(self) -> Iterator[None]:
        """Print results in the block: a full disk is an error, a closed pipe is none."""
        try:
            yield
            sys.stdout.flush()
        except OSError as error:
            _divert(sys.stdout)
            if not isinstance(error, BrokenPipeError):
                what = f"standard output can't be written: {error.strerror}"
                raise SyndicatorError(what) from error

    @contextmanager
    def signals(self, note: str = "") -> Iterator[Stop]:
        """Turn SIGINT and SIGTERM into an orderly end while the block runs.

        `note` answers a Ctrl-C at once.
        """
        stop = Stop(note)
        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield stop
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _divert(stream: object) -> None:
    """Send a broken stream to nowhere, since Python flushes it at exit."""
    if isinstance(stream, TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def mend_streams() -> None:
    """Make any text printable: cron starts with closed streams, and in locales without letters."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nothing = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  while we run
            setattr(sys, name, nothing)
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
