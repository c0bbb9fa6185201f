"""Ask for a file named in feeds.toml -> Outcome. Conditional by time and size, then by hash."""

from __future__ import annotations

import stat
from hashlib import blake2b
from pathlib import Path

from syndicator.fetcher.discovery import advice, feeds_in
from syndicator.fetcher.fetch_error import Fault
from syndicator.fetcher.responses import Verdict, is_cut, no_feed
from syndicator.model.fetch import Ask, Fetched, FetchFailed, NotModified, Outcome, Validators
from syndicator.model.settings import FetchSettings

_PIECE = 1 << 20  # bytes at a time


def read_file(ask: Ask, settings: FetchSettings, *, pipes: bool = False) -> Outcome:
    """Read the file of `ask.source.path` where it is; what is wrong with it is a Fault of kind "file".

    `pipes`: also what is no file, such as standard input, to its end. It would hold a run for ever.
    """
    path = ask.source.path or Path(ask.url)
    try:
        validators = _validators(path, settings.max_decoded_bytes, pipes=pipes)
        if validators == ask.validators:
            return NotModified(ask.source.id, ask.url, validators)
        body = _read(path, settings.max_decoded_bytes)
    except FileNotFoundError:
        hint = "check its path in feeds.toml; an address begins with https://"
        raise Fault("file", "there is no such file", hint) from None
    except OSError as error:
        raise Fault("file", f"can't be read ({error.strerror})") from None
    if not body:
        raise Fault("file", "is empty")
    if is_cut(body):
        raise Fault(
            "file",
            "stops before its end",
            "is it still being written? Write it beside, then rename it",
        )
    if (problem := no_feed(body, "")) is not None and problem.kind == "html":
        return _page(ask, body, problem)
    digest = blake2b(
        body, digest_size=16
    ).hexdigest()  # a program may write the same again at every hour
    if digest == ask.body_hash:
        return NotModified(ask.source.id, ask.url, validators, by_hash=True)
    return Fetched(
        ask.source.id, ask.url, body, validators=validators, received=len(body), body_hash=digest
    )


def _validators(path: Path, most: int, *, pipes: bool) -> Validators:
    """Return what tells one state of the file from another."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode) or not (pipes or stat.S_ISREG(found.st_mode)):
        raise Fault("file", "is not a file")
    if found.st_size > most:
        raise _too_large(most)
    return Validators(etag=f"{found.st_mtime_ns}-{found.st_size}")


def _read(path: Path, most: int) -> bytes:
    """Return all bytes; a pipe tells its size only by its end, and /dev/zero has none."""
    body = bytearray()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            body += piece
            if len(body) > most:
                raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> Fault:
    return Fault(
        "file",
        f"is larger than {most} bytes",
        "raise max_decoded_bytes in [fetch] if this is right",
    )


def _page(ask: Ask, body: bytes, problem: Verdict) -> FetchFailed:
    """Return the failure of a saved page, with the feeds that it announces by whole addresses."""
    if ask.source.private:
        return FetchFailed(ask.source.id, "", problem.kind, problem.error, problem.advice)
    feeds = feeds_in(body, "", "")
    return FetchFailed(
        ask.source.id, ask.url, problem.kind, problem.error, advice(feeds, " in full"), feeds=feeds
    )
