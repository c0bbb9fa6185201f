"""Captured feeds over time, from which posts are deleted: exactly those leave what is published.

    python tests/harness/deletions.py --count 200

All series are replayed at once, a version a day, from a site on loopback. A post that is deleted
stands in no later version, and its page answers 404; the page of every other post answers 200.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

sys.path.append(str(Path(__file__).resolve().parents[1]))
import loopback
from acceptance_helpers import HOUR, Planet

from syndicator.store import Store

SERIES = Path(__file__).resolve().parents[3] / "shared" / "feeds" / "series"
RUNS_A_DAY = 6
_ITEM = re.compile(rb"<item[ >].*?</item>", re.DOTALL)
# The link of an item, plain or as CDATA; never <atom:link>.
_LINK = re.compile(rb"(<link>\s*(?:<!\[CDATA\[)?\s*)https?://([^<\]\s?#]+)")
_PAGE = b"<!doctype html><title>A post</title><p>Words."


class Pages(dict[str, bytes | int | float | tuple[int, str]]):
    """Feeds by their paths; any other path is a page, unless it was deleted."""

    def __init__(self) -> None:
        super().__init__()
        self.deleted: set[str] = set()

    def get(self, path: str, default: object = None) -> object:  # type: ignore[override]
        """Return a feed, a page or a status."""
        if path in self:
            return self[path]
        return 404 if _bare(path) in self.deleted else _PAGE


class Series:
    """The versions of one captured feed, some of them without posts that are deleted by then."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.versions = [path.read_bytes() for path in sorted(folder.glob("*.xml"))]
        self.deleted: dict[str, int] = {}  # path of the page -> the version that lacks it first

    def paths(self, version: int) -> list[str]:
        """Return the paths of the posts of a version, in its order, without deleted ones."""
        paths = [_path(item[0]) for item in _ITEM.finditer(self.versions[version])]
        return [path for path in paths if not self.is_deleted(path, version)]

    def is_deleted(self, path: str, version: int) -> bool:
        """Tell whether a version lacks a post because it was deleted."""
        return self.deleted.get(path, len(self.versions)) <= version

    def delete(self, path: str, version: int) -> bool:
        """Delete a post from a version on; False: some deletion would not show as one."""
        self.deleted[path] = version
        if all(self._stood_above(*deletion) for deletion in self.deleted.items()):
            return True
        del self.deleted[path]
        return False

    def _stood_above(self, path: str, version: int) -> bool:
        """Tell whether a post that is deleted stood above one that stays."""
        before, after = self.paths(version - 1), set(self.paths(version))
        return path in before and not after.isdisjoint(before[before.index(path) + 1 :])

    def candidates(self) -> Iterator[tuple[str, int]]:
        """Yield posts that may be deleted, each with the version that lacks it first.

        Not one that has another address later: it is there.
        """
        for version in range(1, len(self.versions)):
            before, after = self.paths(version - 1), self.paths(version)
            for path in filter(None, before):
                # Under nearly the same address it is the same post, with a slip mended.
                if path in after or not get_close_matches(path, after, 1, 0.97):
                    yield path, version

    def shown(self, version: int, root: str) -> bytes:
        """Return a version without what was deleted by then; its links lead to the site."""

        def kept(item: re.Match[bytes]) -> bytes:
            return b"" if self.is_deleted(_path(item[0]), version) else item[0]

        body = _ITEM.sub(kept, self.versions[version])
        return _LINK.sub(lambda link: link[1] + root.encode() + b"/" + link[2], body)


def _path(item: bytes) -> str:
    link = _LINK.search(item)
    return _bare(f"/{link[2].decode('utf-8', 'replace')}") if link else ""


def _bare(path: str) -> str:
    """Return a path without query, fragment, closing slash and escapes."""
    return unquote(path.partition("?")[0].partition("#")[0]).rstrip("/")


def replayed(count: int, seed: int, pattern: str = "*") -> tuple[set[str], set[str]]:
    """Replay series with so many deletions; return the paths deleted, and those taken out."""
    series = [Series(folder) for folder in sorted(SERIES.glob(pattern))]
    drawn = random.Random(seed)
    candidates = [(one, *candidate) for one in series for candidate in one.candidates()]
    drawn.shuffle(candidates)
    deleted: set[str] = set()
    for one, path, version in candidates:
        if len(deleted) < count and path not in deleted and one.delete(path, version):
            deleted.add(path)
    return deleted, _taken_out(series)


def _taken_out(series: list[Series]) -> set[str]:
    with loopback.site() as site, tempfile.TemporaryDirectory() as folder:
        site.pages = pages = Pages()
        more = '[related]\nscope = "none"\ncopies = "off"'
        sources = [(f"/feeds/{one.name}", "") for one in series]
        planet = Planet(Path(folder), site, *sources, head='formats = ["atom"]', more=more)
        last = max(len(one.versions) for one in series)
        for day in range(last + 8):
            for one in series:
                version = min(day, len(one.versions) - 1)
                pages[f"/feeds/{one.name}"] = one.shown(version, site.url)
                pages.deleted |= {path for path, first in one.deleted.items() if first <= version}
            for _ in range(RUNS_A_DAY):
                planet.run()
                planet.now += (24 // RUNS_A_DAY - 1) * HOUR
        with Store(planet.config().state, read_only=True) as store:
            query = "SELECT link FROM posts WHERE withdrawn > 0"
            links = store.connection.column(query)
        return {_bare(link.removeprefix(site.url)) for link in links}


def main() -> int:
    """Replay the series; say what left wrongly, and what stayed wrongly."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    deleted, taken = replayed(options.count, options.seed)
    print(f"{len(deleted)} deleted, {len(taken)} taken out")
    for path in sorted(taken ^ deleted):
        print("wrongly out" if path in taken else "wrongly in", path)
    return int(taken != deleted)


if __name__ == "__main__":
    raise SystemExit(main())
