"""Posts, sources and feeds as small as a test of the store needs them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from syndicator.model.feed import Origin
from syndicator.model.post import Attribution, Intake, Post, SourceInfo
from syndicator.model.settings import Feed, Source
from syndicator.normalizer import identity
from syndicator.store import Files, Store

NOW = datetime(2024, 9, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = Feed("Ours")


def post(name: str, source: str = "a", *, text: str = "", title: str = "", **more: Any) -> Post:
    """A post of a source's site, with what follows from its name."""
    link = more.pop("link", f"https://{source}.example/{name}")
    guid = more.pop("guid", link)
    text = (
        text
        or f"All that can be said of {name}, and said at some length, so that it tells posts apart."
    )
    title = title or f"About {name}"
    published = more.pop("published", NOW - HOUR)
    instant = more.pop("instant", published)
    keys = identity.keys(
        guid=guid,
        link=link,
        title=title,
        text=text,
        published=instant,
        origin_link=more.get("origin_link", "") if more.get("republished") else "",
    )
    made = Post(
        source_id=source,
        keys=keys,
        content_hash=identity.content_hash(title=title, text=text, link=link),
        guid=guid,
        link=link,
        title=title,
        text=text,
        content_html=f"<p>{text}</p>",
        published=published,
        language="en",
        origin=Origin(source.upper(), f"https://{source}.example/"),
        attribution=Attribution("The post {post} appeared first on {source}.", "en"),
        fingerprint=f"{name} {text} {title} {link}",
    )
    return replace(made, **more)


def sources(*names: str, **more: Any) -> Mapping[str, Source]:
    return {name: Source(name, f"https://{name}.example/feed", **more) for name in names}


def receive(store: Store, *posts: Post, now: datetime = NOW, items: Sequence[str] = ()) -> Intake:
    """Store a fetch of one source."""
    source = posts[0].source_id
    store.sources.save_info(
        SourceInfo(source, source.upper(), f"https://{source}.example/", updated=now)
    )
    return store.posts.receive(
        source, posts, [*(one.fingerprint for one in posts), *items], identity.decide, now
    )


def titles(store: Store, feed: Feed = FEED, *names: str) -> list[str]:
    """The titles of the posts that a feed shows, without what all have in common."""
    edition = store.snapshots.edition(feed, sources(*(names or ("a", "b", "c"))))
    return [item.post.title.removeprefix("About ") for item in edition.items]


@contextmanager
def files_of(folder: Path) -> Iterator[Files]:
    """Which files of an output folder are ours, by a state file beside the folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with Store(folder.with_name(f"{folder.name}.db")) as store:
        files = store.files(folder)
        try:
            yield files
        finally:
            files.flush()
