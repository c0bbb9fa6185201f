"""How many of our stories are wrong: reports that stand together and tell of different events.

    python bench/stories.py [FOLDER]         over labelled sets (default: ../shared/related)
    python bench/stories.py --state FILE     the stories of all posts of a state file, to be read

A set is a JSON Lines file of documents with `title`, `text` or both, and a `story`; others are left
out. It is dealt out into planets of 300 documents, each of them indexed alone. A document is of
its `publisher`, else of a source of its own, and dated by `ts` (milliseconds since 1970). A story is
wrong if its posts have two labels. `--show` prints the wrong ones: labels are not always right."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir))  # noqa: PTH118, PTH120 - before any import

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from related_sets import post_of

from syndicator.normalizer import identity
from syndicator.related import Index, tuning
from syndicator.store import Store, rows
from syndicator.store.db import connect
from syndicator.store.terms import Terms

PLANET = 300  # documents
_PUT = """INSERT INTO posts (number, source, keys, meaning, title, link, site, published, updated,
    first_seen, language) SELECT ?, number, ?, '', ?, ?, '', ?, 0, 0, 'en' FROM sources WHERE id = ?"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "related"
    )
    parser.add_argument("--state", type=Path, metavar="FILE", help="print a state file's stories")
    parser.add_argument("--show", action="store_true", help="print the wrong stories")
    arguments = parser.parse_args()
    if arguments.state:
        stored(arguments.state)
        return
    for path in sorted(arguments.folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            documents = [json.loads(line) for line in lines if line.strip()]
        documents = [document for document in documents if document.get("story")]
        if documents:
            measure(path.stem, documents, show=arguments.show)


def measure(name: str, documents: list[dict[str, str]], *, show: bool) -> None:
    """Print how many stories a set gives, and how many are wrong."""
    random.Random(1).shuffle(documents)
    stories, wrong, told = 0, [], 0
    for start in range(0, len(documents), PLANET):
        planet = documents[start : start + PLANET]
        for story in gathered(planet):
            stories += 1
            told += len(story)
            if len({document["story"] for document in story}) > 1:
                wrong.append(story)
    share = 100 * len(wrong) / max(stories, 1)
    print(f"{name}: {stories} stories of {told} of {len(documents)} posts, "
          f"{len(wrong)} wrong by the labels ({share:.1f} %)")  # fmt: skip
    for story in wrong if show else ():
        print()
        for document in story:
            print(
                f"  {document['story'][:12]:12}  {document.get('title') or document['text'][:90]}"
            )


def gathered(documents: Sequence[Mapping[str, str]]) -> list[list[Mapping[str, str]]]:
    """Return the stories that these documents tell as one planet."""
    db = connect(":memory:")
    index = Index(Terms(db))
    db.execute("BEGIN")
    for number, document in enumerate(documents, 1):
        post, source = post_of(document), document.get("publisher") or f"source {number}"
        time = float(document.get("ts") or 0) / 1000
        keys = rows.pack_keys(identity.keys(title=post.title, text=post.text))
        db.execute("INSERT OR IGNORE INTO sources (id) VALUES (?)", (source,))
        link = post.link or f"https://source.example/{number}"
        db.execute(_PUT, (number, keys, post.title, link, time, source))
        index.add([(number, post, time)])
    numbers = range(1, len(documents) + 1)
    story_of = index.stories(numbers, numbers, {})
    db.close()
    return [[documents[number - 1] for number in story] for story in _by_story(story_of)]


def stored(path: Path) -> None:
    """Print the stories of all posts of a state file as if they stood on one first page."""
    with Store(path, read_only=True) as store:
        numbers = [n for (n,) in store.connection.execute("SELECT number FROM traces")]
        names = dict(store.connection.execute("SELECT number, id FROM sources"))
        query = "SELECT source, title FROM posts WHERE number = ?"
        stories = _by_story(Index(store.terms).stories(numbers, numbers, {}))
        for story in stories:
            print()
            for number in story:
                source, title = store.connection.execute(query, (number,)).fetchone()
                print(f"  {names[source][-40:]:40}  {title}")
        print(f"\n{len(stories)} stories among {len(numbers)} posts, "
              f"from a nearness of {tuning.STORY_NEARNESS}")  # fmt: skip


def _by_story(story_of: Mapping[int, int]) -> list[list[int]]:
    stories = defaultdict(list)
    for number, story in story_of.items():
        stories[story].append(number)
    return [sorted(story) for story in stories.values()]


if __name__ == "__main__":
    main()
