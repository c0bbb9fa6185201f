"""Captured feeds over time, version by version: each post published once, changed only when its
source changed it.
"""

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from syndicator import normalizer, parser
from syndicator.model.edition import Item, RelatedList
from syndicator.model.feed import ParsedFeed
from syndicator.model.fetch import Fetched
from syndicator.model.post import Intake, Post
from syndicator.model.settings import Feed, Source
from syndicator.normalizer import identity
from syndicator.store import Store

pytestmark = pytest.mark.slow

SHARED = Path(__file__).parents[2] / "shared" / "feeds"
SERIES = sorted(path for path in (SHARED / "series").glob("*") if path.is_dir())
REAL = sorted((SHARED / "real").iterdir())[::6] if (SHARED / "real").is_dir() else []
SAMPLES = sorted(
    p
    for p in (Path(__file__).parents[1] / "samples").iterdir()
    if p.suffix in {".xml", ".json", ".atom"}
)
OURS = Feed("Ours", limit=100_000)

needs_shared = pytest.mark.skipif(not SERIES, reason="the captured feeds are not here")


@dataclass
class Replay:
    """One source, its store, and what was published last."""

    store: Store
    source: Source
    items: dict[str, Item] = field(default_factory=dict)

    def play(self, body: bytes, now: datetime, *, afresh: bool = False) -> Intake:
        known = frozenset() if afresh else self.store.sources.known_items(self.source.id)
        parsed = parser.parse(Fetched(self.source.id, self.source.url, body), known)
        assert isinstance(parsed, ParsedFeed)
        made = normalizer.normalize(parsed, self.source, now)
        posts = [renamed(post, now) if afresh else post for post in made.posts]
        names = (
            [post.fingerprint for post in posts]
            if afresh
            else [item.fingerprint for item in parsed.items]
        )
        with self.store.transaction():
            self.store.sources.save_info(made.info)
            intake = self.store.posts.receive(self.source.id, posts, names, identity.decide, now)
        for number in self.store.feeds.admit(OURS, {self.source.id: self.source}, now):
            self.store.links.keep(number, [RelatedList("source", f"As on {now}", "en", ())])
        return intake

    def publish(self) -> dict[str, Item]:
        edition = self.store.snapshots.edition(OURS, {self.source.id: self.source})
        items = {item.id: item for item in edition.items}
        assert len(items) == len(edition.items), "no id twice"
        return items


def renamed(post: Post, now: datetime) -> Post:
    """The post as if its item had never been seen in these bytes."""
    return replace(post, fingerprint=f"{post.fingerprint} {now}")


def shown(item: Item) -> tuple[object, ...]:
    """What the body of an entry is made of, and its head."""
    post = item.post
    return (
        post.title,
        post.content_html,
        post.link,
        post.enclosures,
        post.origin,
        post.attribution,
        item.related,
    )


def frozen(item: Item) -> tuple[object, ...]:
    """What never changes."""
    return (
        item.related,
        item.published,
        item.first_published,
        item.sequence,
        item.post.attribution,
        item.post.language,
    )


def versions(folder: Path) -> list[tuple[bytes, datetime, dict[str, str]]]:
    with (folder / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    return [
        (
            (folder / f"{row['n']}.xml").read_bytes(),
            datetime.fromisoformat(row["date"]).astimezone(UTC),
            row,
        )
        for row in rows
    ]


@pytest.mark.captured
@needs_shared
@pytest.mark.parametrize("folder", SERIES, ids=lambda path: path.name)
def test_a_series(folder: Path) -> None:
    """Every new post once, none twice; a change only where the source made one, with a new
    `updated`; else nothing.
    """
    source = Source(folder.name, "https://feeds.example/feed.xml")
    with Store(":memory:") as store:
        replay = Replay(store, source)
        for body, now, row in versions(folder):
            mark = store.feeds.stamp(OURS)
            intake = replay.play(body, now)
            after, before = replay.publish(), replay.items
            fresh = [item for name, item in after.items() if name not in before]
            assert len(fresh) == len(intake.new)
            assert set(before) <= set(after), "what was published stays"
            if before:
                assert len(fresh) <= int(row["added"])
                assert not {item.post.link for item in fresh} & {
                    item.post.link for item in before.values()
                }
            changed = [name for name in before if shown(before[name]) != shown(after[name])]
            assert len(changed) <= int(row["edited"]) + int(row["added"])
            for name in before:
                assert frozen(before[name]) == frozen(after[name])
                assert (after[name].updated > before[name].updated) == (name in changed)
            if not fresh and not changed:
                assert store.feeds.stamp(OURS) == mark
                assert after == before
            replay.items = after
        links = [item.post.link for item in replay.items.values()]
        assert len(links) == len(set(links))


@pytest.mark.captured
@needs_shared
@pytest.mark.parametrize("folder", SERIES, ids=lambda path: path.name)
def test_a_series_seen_again_and_moved(folder: Path) -> None:
    """Its last version, read as if never seen, then over https, then from another domain: nothing
    is new.
    """
    (first, then, _), (last, now, _) = versions(folder)[0], versions(folder)[-1]
    with Store(":memory:") as store:
        replay = Replay(store, Source(folder.name, "https://feeds.example/feed.xml"))
        replay.play(first, then)
        replay.play(last, now)
        before = replay.publish()
        again = replay.play(last, now + timedelta(hours=1), afresh=True)
        assert (again.new, again.updated) == ((), ())
        assert replay.publish() == before
        secure = last.replace(b">http://", b">https://").replace(
            b'href="http://', b'href="https://'
        )
        assert replay.play(secure, now + timedelta(hours=2), afresh=True).new == ()
        hosts = {urlsplit(item.post.link).netloc for item in before.values()}
        for host in hosts - {""}:
            secure = secure.replace(f"//{host}/".encode(), b"//moved.example/")
        moved = replay.play(secure, now + timedelta(hours=3), afresh=True)
        assert moved.new == ()
        assert {item.id for item in replay.publish().values()} == set(before)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_moves(path: Path) -> None:
    """Each of our own feeds goes to https, then to another domain: the same posts, none updated,
    the same ids.
    """
    body, now = path.read_bytes(), datetime(2026, 9, 1, tzinfo=UTC)
    plain = body.replace(b"https://", b"http://")
    elsewhere = re.sub(rb"https://[a-z.-]+\.example", b"https://moved.example", body)
    assert len({plain, body, elsewhere}) == 3
    with Store(":memory:") as store:
        replay = Replay(store, Source(path.name, "https://feeds.example/feed"))
        assert len(replay.play(plain, now).new) > 1
        before = replay.publish()
        for hour, version in enumerate((body, elsewhere), 1):
            moved = replay.play(version, now + timedelta(hours=hour), afresh=True)
            assert (moved.new, moved.updated) == ((), ())
        assert {item.id for item in replay.publish().values()} == set(before)


@pytest.mark.captured
@needs_shared
def test_captured_feeds_seen_again() -> None:
    """Whatever a feed is like, reading it again as if its bytes were never seen finds nothing new
    and no update.
    """
    read = 0
    for path in REAL:
        source = Source(path.name, "https://feeds.example/feed.xml")
        now = datetime(2026, 9, 1, tzinfo=UTC)
        parsed = parser.parse(Fetched(source.id, source.url, path.read_bytes()), frozenset())
        if not isinstance(parsed, ParsedFeed):
            continue
        read += 1
        with Store(":memory:") as store:
            replay = Replay(store, source)
            first = replay.play(path.read_bytes(), now)
            again = replay.play(path.read_bytes(), now + timedelta(hours=1), afresh=True)
            assert (path.name, again.new, again.updated) == (path.name, (), ())
            assert len(first.new) >= len(parsed.entries) * 0.9, path.name
    assert read > len(REAL) * 0.8
