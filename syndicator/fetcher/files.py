"""Ask for a file named in feeds.toml -> Outcome. Conditional by time and size, then by hash."""

from __future__ import annotations

import stat
from hashlib import blake2b
from pathlib import Path

from syndicator.fetcher.discovery import advice, read_page
from syndicator.fetcher.fetch_error import FetchError
from syndicator.fetcher.responses import is_cut, no_feed
from syndicator.model.fetch import Ask, Fetched, FetchFailed, NotModified, Outcome, Validators
from syndicator.model.settings import FetchSettings

_PIECE = 1 << 20  # bytes at a time


def read_file(ask: Ask, settings: FetchSettings, *, pipes: bool = False) -> Outcome:
    """Return the content of `ask.source.path`. Raises FetchError of kind "file".

    `pipes`: also read pipes and devices, such as standard input, to their end. A run must not: one
    that never ends would hold it for ever.
    """
    path = ask.source.path or Path(ask.url)
    try:
        validators = _validators(path, settings.max_decoded_bytes, pipes=pipes)
        if validators == ask.validators:
            return NotModified(ask.source.id, ask.url, validators)
        body = _read(path, settings.max_decoded_bytes)
    except FileNotFoundError:
        raise FetchError(
            "file",
            "there is no such file",
            "check its path in feeds.toml; an address begins with https://",
        ) from None
    except OSError as error:
        raise FetchError("file", f"can't be read ({error.strerror})") from None
    if not body:
        raise FetchError("file", "is empty")
    if is_cut(body):
        raise FetchError(
            "file",
            "stops before its end",
            "is it still being written? Write it beside, then rename it",
        )
    refusal = no_feed(body, "")
    if refusal is not None and refusal.kind == "html":
        return _page(ask, body, refusal)
    # A program may write the same again at every hour.
    digest = blake2b(body, digest_size=16).hexdigest()
    if digest == ask.body_hash:
        return NotModified(ask.source.id, ask.url, validators, by_hash=True)
    return Fetched(
        ask.source.id, ask.url, body, validators=validators, received=len(body), body_hash=digest
    )


def _validators(path: Path, most: int, *, pipes: bool) -> Validators:
    """Return the time and size of the file, which tell one state of it from another."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode) or not (pipes or stat.S_ISREG(status.st_mode)):
        raise FetchError("file", "is not a file")
    if status.st_size > most:
        raise _too_large(most)
    return Validators(etag=f"{status.st_mtime_ns}-{status.st_size}")


def _read(path: Path, most: int) -> bytes:
    """Return all bytes; a pipe tells its size only by its end, and /dev/zero has none."""
    body = bytearray()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            body += piece
            if len(body) > most:
                raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> FetchError:
    return FetchError(
        "file",
        f"is larger than {most} bytes",
        "raise max_decoded_bytes in [fetch] if this is right",
    )


def _page(ask: Ask, body: bytes, refusal: FetchError) -> FetchFailed:
    """Return the failure of a saved page, with the feeds that it announces by whole addresses."""
    if ask.source.private:
        return FetchFailed(ask.source.id, "", refusal.kind, refusal.error, refusal.advice)
    page = read_page(body, "", "")
    return FetchFailed(
        ask.source.id,
        ask.url,
        refusal.kind,
        refusal.error,
        advice(page, " in full"),
        feeds=page.feeds,
    )
