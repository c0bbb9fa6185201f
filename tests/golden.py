"""The posts of tests/cases/golden and their hashes as the rules of today make them.

`python tests/golden.py` writes tests/cases/golden/hashes.json anew. It refuses where hashes moved
and `identity.VERSION` is still that of the file: raise the number first."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.post import Post
from syndicator.model.settings import Source
from syndicator.normalizer import identity, normalize
from syndicator.parser import parse

FOLDER = Path(__file__).parent / "cases" / "golden"
FILE = FOLDER / "hashes.json"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADVICE = (
    "Readers would see each such post as updated. If the change of the rules is meant, raise VERSION in "
    "syndicator/normalizer/identity/__init__.py by one, then run `python tests/golden.py`."
)


def posts() -> dict[str, Post]:
    """Return all posts, each by its file and its place there."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path == FILE:
            continue
        address = f"https://{path.stem}.example/{path.name}"
        source = Source(id=path.stem, url=address)
        kind = "application/json" if path.suffix == ".json" else "application/xml"
        parsed = parse(Fetched(path.stem, address, path.read_bytes(), {"content-type": kind}))
        assert isinstance(parsed, ParsedFeed)
        feed = normalize(parsed, source, NOW)
        for number, post in enumerate(feed.posts, 1):
            found[f"{path.name} {number}: {post.title or post.text[:30]}"] = post
    return found


def hashes(post: Post) -> dict[str, str]:
    """Return the hash of a post's content and its keys; of the sketch a digest."""
    keys = {
        name: value for name in post.keys.__struct_fields__ if (value := getattr(post.keys, name))
    }
    if post.keys.sketch:
        keys["sketch"] = blake2b(repr(post.keys.sketch).encode(), digest_size=8).hexdigest()
    if post.keys.instant:
        keys["instant"] = post.keys.instant.isoformat()
    return {"content_hash": post.content_hash, **keys}


def today() -> dict[str, dict[str, str]]:
    """Return the hashes of all posts by today's rules."""
    return {name: hashes(post) for name, post in posts().items()}


def kept() -> dict[str, Any]:
    """Return the file: the version of the rules that made it, and the hashes of all posts."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def moved(old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> list[str]:
    """Name the posts with another hash, each with the parts that differ. A post that is new is
    none.
    """
    lines = []
    for name, before in old.items():
        after = new.get(name, {})
        differing = [part for part in {**before, **after} if before.get(part) != after.get(part)]
        if differing:
            lines.append(f"{name}: {', '.join(differing)}")
    return lines


def main() -> None:
    """Write the file anew."""
    new = today()
    if FILE.exists():
        before = kept()
        lines = moved(before["posts"], new)
        if lines and before["version"] == identity.VERSION:
            sys.exit("\n".join([*lines, ADVICE]))
    rows = ",\n".join(
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(row)}" for name, row in new.items()
    )
    FILE.write_text(
        f'{{\n "version": {identity.VERSION},\n "posts": {{\n{rows}\n }}\n}}\n', "utf-8"
    )


if __name__ == "__main__":
    main()
