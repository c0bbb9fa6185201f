"""Files that are read and written whole; a refusal of the system becomes a PublishError."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syndicator.errors import PublishError

STANDS = "what was published before still stands"


def write_text(path: Path, text: str) -> None:
    """Write a file beside the old one, sync it and rename it into place. Raises PublishError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PublishError(f"{path}: can't be written: {error.strerror}") from error


def read_bytes(path: Path) -> bytes:
    """Read a file that publishing needs. Raises PublishError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(file: Path | str, error: OSError) -> PublishError:
    """Return the error of a file that publishing needs and can't read."""
    return PublishError(f"{file} can't be read: {error.strerror}; {STANDS}")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an error of the system inside the block into a PublishError that names the path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise PublishError(f"cannot write {path}: {reason}; {STANDS}") from error
