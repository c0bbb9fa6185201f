"""The ledger of an output folder: which files below it are ours, of what type, and what their pages said.

One JSON array a line, appended as files are written and so safe against a kill at any moment: a file is claimed
before it is there, and its digest is recorded after it is. The last line of a path counts; a line cut short is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

NAME = ".syndicator"
_SPARE = 1000  # outdated lines that are borne before the file is written anew


class Ledger(Mapping[str, str]):
    """Paths of our files -> the digests of what they say, "" where they have none; only of files that exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: dict[str, tuple[str, str]] = {}  # path -> type, digest; of files that are gone too
        self._hidden: frozenset[str] = frozenset()
        self._file: BinaryIO | None = None
        self._lines = 0
        self._torn = False

    def __getitem__(self, path: str) -> str:
        digest = self.paths[path][1]
        if path in self._hidden or not (self.folder / path).is_file():
            raise KeyError(path)
        return digest

    def __iter__(self) -> Iterator[str]:
        return (path for path in self.paths if path not in self._hidden and (self.folder / path).is_file())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def types(self) -> Mapping[str, str]:
        """The media types of our files, by path."""
        return {path: kind for path, (kind, _) in self.paths.items()}

    def hide(self, paths: Iterable[str]) -> None:
        """Let these files count as gone, before they are: no page may link to one that is about to be removed."""
        self._hidden = frozenset(paths)

    def read(self) -> None:
        """Read the file; where there is none, nothing is ours."""
        try:
            data = (self.folder / NAME).read_bytes()
        except FileNotFoundError:
            return
        self._torn = bool(data) and not data.endswith(b"\n")
        for line in data.splitlines():
            self._lines += 1
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            path, kind, digest = json.loads(line)
        except (ValueError, TypeError):  # cut short by a kill, or by another hand
            return
        if kind is None:  # removed
            self.paths.pop(path, None)
        else:
            self.paths[path] = (kind, digest)

    def claim(self, path: str, kind: str) -> None:
        """Note that a file is ours, before it is there. What its page says is not known until it is written."""
        if self.paths.get(path, ("", ""))[1] or path not in self.paths:
            self._append(path, kind, "")

    def record(self, path: str, kind: str, digest: str) -> None:
        """Note what a file says, after it is there."""
        if self.paths.get(path) != (kind, digest):
            self._append(path, kind, digest)

    def forget(self, path: str) -> None:
        """Note that a file is ours no more, after it was removed."""
        self._append(path, None, "")

    def _append(self, path: str, kind: str | None, digest: str) -> None:
        line = json.dumps([path, kind, digest], ensure_ascii=False).encode() + b"\n"
        if self._file is None:
            # Unbuffered: each line is with the system before the file that it speaks of is touched.
            self._file = (self.folder / NAME).open("ab", buffering=0)
            if self._torn:
                self._file.write(b"\n")
        self._file.write(line)
        self._lines += 1
        self._take(line)

    def close(self) -> None:
        """Close the file; write it anew where most of it is outdated."""
        if self._file is None:
            return
        self._file.close()
        self._file = None
        if self._lines > 2 * len(self.paths) + _SPARE:
            self._rewrite()

    def _rewrite(self) -> None:
        lines = (json.dumps([path, *entry], ensure_ascii=False) + "\n" for path, entry in sorted(self.paths.items()))
        unfinished = self.folder / f"{NAME}-new"
        unfinished.write_text("".join(lines), encoding="utf-8")
        unfinished.replace(self.folder / NAME)
