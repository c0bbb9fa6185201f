"""A text -> a file that is there whole or as it was."""

from __future__ import annotations

import os
from pathlib import Path

from syndicator.errors import PublishError


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
