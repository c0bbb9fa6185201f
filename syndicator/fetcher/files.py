"""Ask for a file named in feeds.toml -> Outcome. Conditional by time and size, then by hash."""

from __future__ import annotations

import stat
from hashlib import blake2b
from pathlib import Path

from syndicator.fetcher.answers import is_cut
from syndicator.fetcher.fault import Fault
from syndicator.model.fetch import Ask, Fetched, NotModified, Outcome, Validators
from syndicator.model.settings import FetchSettings


def read_file(ask: Ask, settings: FetchSettings) -> Outcome:
    """Read the file of `ask.source.path` where it is; what is wrong with it is a Fault of kind "file"."""
    path = ask.source.path or Path(ask.url)
    try:
        validators = _validators(path, settings.max_decoded_bytes)
        if validators == ask.validators:
            return NotModified(ask.source.id, ask.url, validators)
        body = path.read_bytes()
    except FileNotFoundError:
        advice = "check its path in feeds.toml; an address begins with https://"
        raise Fault("file", "there is no such file", advice) from None
    except OSError as problem:
        raise Fault("file", f"can't be read ({problem.strerror})") from None
    if not body:
        raise Fault("file", "is empty")
    if is_cut(body):
        raise Fault("file", "stops before its end", "is it still being written? Write it beside, then rename it")
    digest = blake2b(body, digest_size=16).hexdigest()  # a program may write the same again at every hour
    if digest == ask.body_hash:
        return NotModified(ask.source.id, ask.url, validators, by_hash=True)
    return Fetched(ask.source.id, ask.url, body, validators=validators, received=len(body), body_hash=digest)


def _validators(path: Path, most: int) -> Validators:
    """Return what tells one state of the file from another."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # a pipe would hold us for ever
        raise Fault("file", "is not a file")
    if found.st_size > most:
        raise Fault("file", f"is larger than {most} bytes", "raise max_decoded_bytes in [fetch] if this is right")
    return Validators(etag=f"{found.st_mtime_ns}-{found.st_size}")
