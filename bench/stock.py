"""A state file and an output folder as years of runs would leave them: so many posts of a thousand
sources, published.

    python bench/stock.py FOLDER POSTS

A process of its own: on Linux what it takes in memory would count as that of the programs it
starts. The pages of posts that stand in no document any more are empty files; the store knows them.
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feeds import FeedMaker

SITES = 1000
SIZE = 500  # bytes a post
AT_ONCE = 10  # posts that a source brings in one run


def name(site: int) -> str:
    """Return the id of a source, whatever its address."""
    return f"site{site}"


def main(folder: Path, count: int) -> None:
    """Fill the folder of a feeds.toml."""
    from msgspec.structs import replace

    from syndicator import config, pipeline
    from syndicator.model.run import Options
    from syndicator.store import Store

    loaded = config.load(folder / "feeds.toml")
    # What comes in one step here came over weeks, so it does not stand in the documents together.
    loaded = replace(loaded, feeds=tuple(replace(feed, stay=timedelta(0)) for feed in loaded.feeds))
    now = datetime.now(UTC) - timedelta(days=30)
    each = max(count // SITES, 1)
    with Store(loaded.state) as store:
        store.sources.adopt(loaded.sources)
        store.connection.execute(
            "PRAGMA cache_size = -1000000"
        )  # KB: a gigabyte; what is spilled is written twice
        for before in range(0, each, AT_ONCE):
            _run(store, loaded, before, min(AT_ONCE, each - before), now)
            now += timedelta(minutes=1)
    _pages(loaded)
    pipeline.run(loaded, Options(offline=True), now, threading.Event(), lambda _progress: None)


def _run(store, loaded, before: int, posts: int, now: datetime) -> None:
    """Store and publish what a run would bring; the documents are made at the end."""
    from syndicator import normalizer, parser
    from syndicator.model.fetch import Fetched, SourceState
    from syndicator.pipeline.build import admit
    from syndicator.pipeline.posts import PostWriter

    maker, writer = FeedMaker(size=SIZE), PostWriter(store, now, loaded.sources)
    wanted = {source.id: source for source in loaded.sources}
    with store.transaction():
        for site in range(SITES):
            source = wanted[name(site)]
            parsed = parser.parse(Fetched(source.id, source.url, maker.feed(site, posts, before)))
            posts_of_feed = normalizer.normalize(parsed, source, now)
            writer.put(posts_of_feed, [item.fingerprint for item in parsed.items])
            if not before:
                store.sources.save_state(
                    SourceState(source.id, url="http://elsewhere.example/", last_success=now)
                )
    writer.finish()
    store.links.hide_sources(loaded.sources, now)
    admit(loaded.feeds, store, wanted, now)


def _pages(loaded) -> None:
    """Put an empty page where each post published would have its own."""
    from syndicator.generator.site import PostPaths
    from syndicator.store import Store

    output = loaded.feeds[0].output
    with Store(loaded.state) as store:
        files = store.files(output)
        pages, ids = PostPaths(store.posts.slugs), store.posts.public_ids()
        pages.learn(ids)
        paths = sorted(map(pages.path, ids))
        for path in paths:
            (output / path).parent.mkdir(parents=True, exist_ok=True)
            (output / path).touch()
        files.record((path, "text/html; charset=utf-8", "") for path in paths)
        files.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
