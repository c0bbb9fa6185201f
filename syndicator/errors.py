"""The tree of errors; each branch knows its exit status.

    SyndicatorError          1   the run could not do its work
    ├── UsageError           2   the command line asks for what does not exist
    ├── ConfigError          2   feeds.toml is wrong: file, table, key, and what would be right
    ├── StoreError           1   the state file can't be read, is newer than we are, or the disk is full
    ├── PublishError         1   a document could not be written whole; the last good one stays
    ├── CheckFailed          1   `check` found something
    ├── LockHeld            75   another run is at work
    └── Interrupted    130 143   a signal ended the run; what was done is kept

The failure of one source is not here: it is a value, `model.FetchFailed`, and never ends a run.
"""

from __future__ import annotations

from signal import SIGTERM


class SyndicatorError(Exception):
    """The root: anything that the program reports in words instead of a traceback."""

    exit_code = 1


class UsageError(SyndicatorError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class ConfigError(SyndicatorError):
    """The configuration is wrong.

    The message says where (file, table, key) and what would be right.
    """

    exit_code = 2


class StoreError(SyndicatorError):
    """The state file can't be used."""


class PublishError(SyndicatorError):
    """A document could not be written; the published one still stands."""


class CheckFailed(SyndicatorError):
    """`check` found errors, which stand on standard output."""


class LockHeld(SyndicatorError):
    """Another run holds the lock (sysexits.h: EX_TEMPFAIL)."""

    exit_code = 75


class Interrupted(SyndicatorError):
    """SIGINT or SIGTERM ended the run after it had stored and published all fetched posts."""

    def __init__(self, signal_number: int, done: str = "") -> None:
        what = "terminated" if signal_number == SIGTERM else "interrupted"
        super().__init__(f"{what}; {done}" if done else what)
        self.exit_code = 128 + signal_number
