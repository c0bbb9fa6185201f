"""`adopt`: on the day of the move from another program no subscriber sees anything twice.

The documents in cases/adopt have the shapes that Venus, Planet 2, Pluto, mercury and Perlanet
write; test_adopt_programs.py runs two of these programs.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import loopback
import pytest
from acceptance_helpers import HOUR, START, Planet, feed, item, words
from test_readers import Desk, Newsboat, Rss2email

from syndicator.cli import main
from syndicator.errors import PublishError, UsageError
from syndicator.normalizer.published import _says_the_same
from syndicator.pipeline.adopt import adopt

pytestmark = pytest.mark.slow

CASES = Path(__file__).parent / "cases" / "adopt"
ALPHA, BETA = "https://alpha.example", "https://beta.example"
BELL = (
    "<p>Car nine has a bell of bronze, cast in a yard that made ship bells before, and it rings "
    'a third lower than all others.</p><p><img src="https://beta.example/bell.jpg" '
    'alt="The bell" /><br />Photo: the depot</p>'
)
SNOW = (
    '<p>The plough went out at four, turned at the <a href="https://alpha.example/map">upper '
    "loop</a>, and had the hill free before the first car left the shed.</p>"
)
PAPER = (
    "<p>It is folded in four, costs nothing, and has been right to the minute on each day of this "
    "month but one.</p>"
)


def alpha(*newer: str, snow: str = SNOW) -> bytes:
    """The feed of Alpha, with a post that the old planet dropped long ago."""
    day = datetime(2026, 10, 30, 8, tzinfo=UTC)
    return feed(
        "Alpha",
        ALPHA,
        *newer,
        item("Snow on the line", f"{ALPHA}/a2", snow, day),
        item("A timetable of paper", f"{ALPHA}/a1", PAPER, day - timedelta(days=2)),
        item("Long ago", f"{ALPHA}/a0", words(7), day - timedelta(days=90)),
    )


def beta() -> bytes:
    link, date = f"{BETA}/b2", datetime(2026, 10, 31, 12, tzinfo=UTC)
    post = item("The bell of car nine", link, BELL, date)
    own_guid = post.replace(
        f"<guid>{link}</guid>", '<guid isPermaLink="false">17 at https://beta.example</guid>'
    )
    older = item("Older", f"{BETA}/b1", words(9), date - timedelta(days=60))
    return feed("Beta", BETA, own_guid, older)


@pytest.fixture
def planet(tmp_path: Path, site: loopback.Site) -> Planet:
    site.pages |= {"/a": alpha(), "/b": beta()}
    return Planet(tmp_path, site, ("/a", 'name = "Alpha"'), ("/b", 'name = "Beta"'))


def old_file(planet: Planet, shape: str) -> Path:
    """Return a document of the old planet, whose sources are on this machine."""
    text = (CASES / f"{shape}.xml").read_text("utf-8")
    for name, path in (("alpha", "/a"), ("beta", "/b")):
        text = text.replace(f"https://{name}.example/feed", planet.site.url + path)
    target = planet.folder / "old.xml"
    target.write_text(text, "utf-8")
    return target


def seen(path: Path) -> list[dict[str, Any]]:
    """Return what a reader keeps of a document: id, title, link, date, body, in its order."""
    read = feedparser.parse(path.read_bytes(), sanitize_html=False)
    found = []
    for entry in read.entries:
        body = entry.content[0].value if "content" in entry else entry.summary
        found.append(
            {
                "id": entry.id,
                "title": entry.title,
                "link": entry.link,
                "date": entry.get("published_parsed") or entry.updated_parsed,
                "body": body,
            }
        )
    return found


def fresh_rss_hashes(path: Path, *, authors: bool = True) -> list[tuple[str, str]]:
    """Return ids with the hashes by which FreshRSS tells a changed entry: its link, title, authors,
    content and tags. Who writes an entry without an author is its source, else the feed.
    """
    read = feedparser.parse(path.read_bytes(), sanitize_html=False)
    found = []
    for entry in read.entries:
        people = entry.get("authors") or entry.get("source", {}).get("authors") or []
        people = (people or read.feed.get("authors", [])) if authors else []
        names = sorted({person.get("name", "") for person in people})
        body = entry.content[0].value if "content" in entry else entry.summary
        tags = sorted(tag.term for tag in entry.get("tags", []))
        text = "\n".join([entry.link, entry.title, *names, body, *tags])
        found.append((entry.id, hashlib.md5(text.encode()).hexdigest()))  # noqa: S324 - as it does
    return found


@pytest.mark.parametrize("shape", ["venus", "planet2", "pluto", "mercury", "perlanet"])
def test_the_day_of_the_move(planet: Planet, shape: str) -> None:
    """The first runs publish the same ids, titles, dates and bodies, in the same order."""
    old = old_file(planet, shape)
    before = seen(old)
    result = adopt(planet.config(), str(old), planet.now)
    assert (result.posts, result.sources, result.unnamed) == (3, 2, ())
    report = planet.run()
    public = planet.folder / "public"
    assert report.posts_published == report.posts_updated == ()
    assert seen(public / "atom.xml") == before
    assert seen(public / "rss.xml") == before
    same = "atom.xml" if feedparser.parse(old.read_bytes()).version == "atom10" else "rss.xml"
    named = shape == "venus"
    hashes = fresh_rss_hashes(old, authors=named)
    assert fresh_rss_hashes(public / same, authors=named) == hashes
    files = planet.files()
    planet.run()
    assert planet.files() == files


@pytest.mark.parametrize("shape", ["venus", "planet2"])
def test_a_new_post_after_the_move(planet: Planet, shape: str) -> None:
    """It is the only one that is new, and has a credit of ours."""
    old = old_file(planet, shape)
    before = seen(old)
    adopt(planet.config(), str(old), planet.now)
    planet.run()
    fresh = item("A new depot", f"{ALPHA}/a3", words(3), planet.now - HOUR)
    planet.site.pages["/a"] = alpha(fresh)
    report = planet.run()
    assert [post.title for post in report.posts_published] == ["A new depot"]
    assert report.posts_updated == ()
    after = seen(planet.folder / "public" / "rss.xml")
    assert after[1:] == before
    assert "syndicator-attribution" in after[0]["body"]


def test_a_post_that_is_edited_after_the_move(planet: Planet) -> None:
    """It keeps id and date, and takes the source's body with a credit of ours."""
    old = old_file(planet, "planet2")
    before = seen(old)
    adopt(planet.config(), str(old), planet.now)
    planet.run()
    planet.site.pages["/a"] = alpha(snow=words(5))
    report = planet.run()
    assert len(report.posts_updated) == 1
    after = seen(planet.folder / "public" / "rss.xml")
    assert [(post["id"], post["date"]) for post in after] == [
        (post["id"], post["date"]) for post in before
    ]
    assert words(5) in after[1]["body"]
    assert after[1]["body"].count("syndicator-attribution") == 1
    assert after[0] == before[0]


def test_rerender_leaves_adopted_bodies(planet: Planet) -> None:
    """They have no credit of ours to be made anew."""
    old = old_file(planet, "venus")
    adopt(planet.config(), str(old), planet.now)
    planet.run()
    planet.run(rerender=True)
    assert seen(planet.folder / "public" / "atom.xml") == seen(old)


def test_sources_that_the_document_does_not_name(planet: Planet) -> None:
    """Posts of a source known by its links alone wait for its first fetch, which claims them."""
    old = old_file(planet, "pluto")
    planet.sources = [("/a", ""), ("/b", "")]
    result = adopt(planet.config(), str(old), planet.now)
    assert len(result.unnamed) == 2
    report = planet.run()
    assert report.posts_published == ()
    assert seen(planet.folder / "public" / "rss.xml") == seen(old)


GOLDEN = Path(__file__).parent / "cases" / "golden"
SETTINGS = {
    "as it comes": "",
    "a feed for each source": "per_source = true",
    "a feed for each language": "per_language = true",
    "a feed of some sources": '[[feeds]]\nname = "few"\ntitle = "Few"\ntags = ["t"]',
    "few posts in a document": "limit = 10",
    "without JSON": 'formats = ["rss", "atom"]',
    "JSON alone": 'formats = ["json"]',
    "another zone and language": 'timezone = "Asia/Tokyo"\nlanguage = "he"',
    "a credit of its own": '[attribution]\ntext = "{post} by {author} on {date}, at {source}"',
    "no credits": "[attribution]\nenabled = false",
    "lists of all sources": '[related]\nscope = "both"\nheading = "See too"',
}


def grown(folder: Path, site: loopback.Site, head: str) -> Planet:
    """A planet after three runs: copies, untitled posts, a podcast, twenty languages, an edit."""
    names = ("blog.xml", "credits.xml", "podcast.xml", "world.xml", "notes.json")
    site.pages |= {f"/{name}": (GOLDEN / name).read_bytes() for name in names}
    sources = [(f"/{name}", 'tags = ["t"]' if name == "world.xml" else "") for name in names]
    key, more = (head, "") if "[" not in head.partition("=")[0] else ("", head)
    planet = Planet(
        folder,
        site,
        ("/b", 'tags = ["t"]'),
        ("/a", 'name = "Alpha"'),
        *sources,
        head=key,
        more=more,
    )
    credit = '<p>This post originally appeared on <a href="https://gamma.example/1">Gamma</a>.</p>'
    taken = [
        item(f"Taken {n}", f"{BETA}/t{n}", words(60 + n) + credit.replace("1", str(n)), START)
        for n in range(3)
    ]
    for count in (8, 10, 11):
        own = [
            item(f"Post {n}" if n % 4 else "", f"{ALPHA}/p{n}", words(n + (count == 11 and n == 3)),
                START + HOUR * (n - 50))
            for n in range(count)
        ]  # fmt: skip
        site.pages["/a"] = feed("Alpha", ALPHA, *own)
        site.pages["/b"] = feed(
            "Beta &amp; Sons", BETA, item("Own", f"{BETA}/o", words(70), START - HOUR), *taken
        )
        planet.run()
        planet.now += 40 * HOUR
    return planet


def documents(planet: Planet) -> dict[str, bytes]:
    """Return the feeds, archives and pages that are published, by path."""
    public = planet.folder / "public"
    files = {str(path.relative_to(public)): body for path, body in planet.files().items()}
    return {path: body for path, body in files.items() if not path.endswith(".syndicator")}


def lose_the_state(planet: Planet) -> None:
    for path in planet.folder.glob("syndicator.db*"):
        path.unlink()


@pytest.mark.parametrize("settings", SETTINGS)
def test_our_own_folder_after_the_state_is_lost(
    tmp_path: Path, site: loopback.Site, settings: str
) -> None:
    """The next run changes no feed and no archive by a byte, and says of none that it is new."""
    planet = grown(tmp_path, site, SETTINGS[settings])
    before = documents(planet)
    lose_the_state(planet)
    result = adopt(planet.config(), str(planet.folder / "public"), planet.now)
    report = planet.run()
    after = documents(planet)
    feeds = {path for path in before if not path.endswith((".html", ".css"))}
    assert result.unnamed == ()
    assert report.posts_published == report.posts_updated == ()
    assert feeds
    assert {path: after[path] for path in feeds} == {path: before[path] for path in feeds}


def test_our_own_pages_after_the_state_is_lost(tmp_path: Path, site: loopback.Site) -> None:
    """They stay too, under their addresses, and a run later they have grown as ever."""
    planet = grown(tmp_path, site, "")
    pictured = ("a-ferry-for-the-winter", "what-no-rule-knows-yet")
    before = {path: body for path, body in documents(planet).items() if pictured[0] not in path}
    lose_the_state(planet)
    adopt(planet.config(), str(planet.folder / "public"), planet.now)
    planet.run()
    after = documents(planet)
    changed = {path for path in before if after.get(path) != before[path]}
    # The title of a picture stands in no feed.
    assert [path for path in changed if pictured[1] not in path] == []
    assert after.keys() == documents(planet).keys()
    fresh = item("A new depot", f"{ALPHA}/a3", words(300), planet.now - HOUR)
    site.pages["/a"] = feed("Alpha", ALPHA, fresh)
    assert [post.title for post in planet.run().posts_published] == ["A new depot"]
    assert any("a-new-depot" in path for path in documents(planet))


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="only Linux has such a file")
def test_a_page_of_ours_that_cant_be_read(tmp_path: Path, site: loopback.Site) -> None:
    """The run ends in words that name it, before anything is written."""
    planet = grown(tmp_path, site, "")
    before = documents(planet)
    lose_the_state(planet)
    adopt(planet.config(), str(planet.folder / "public"), planet.now)
    page = next((planet.folder / "public" / "posts").rglob("*.html"))
    page.unlink()
    page.symlink_to("/proc/self/mem")  # a regular file that not even root can read
    with pytest.raises(PublishError, match=rf"{page} can't be read: .*; what was published"):
        planet.run()
    page.unlink()
    after = documents(planet)
    assert all(after[path] == before[path] for path in after)


@pytest.mark.parametrize("settings", ["as it comes", "a feed for each source"])
def test_our_own_site_by_its_address(tmp_path: Path, site: loopback.Site, settings: str) -> None:
    """In a new folder the same feeds and archives are made; archives are found by their links."""
    planet = grown(tmp_path, site, SETTINGS[settings])
    long = [item(f"P {n}", f"{ALPHA}/p{n}", words(n), START - HOUR * n) for n in range(220)]
    site.pages["/a"] = feed("Alpha", ALPHA, *long)
    planet.run()
    before = documents(planet)
    for path, body in before.items():
        there = body.replace(b"https://planet.example/", f"{site.url}/site/".encode())
        site.pages[f"/site/{path}"] = there
    lose_the_state(planet)
    shutil.rmtree(planet.folder / "public")
    adopt(planet.config(), f"{site.url}/site/atom.xml", planet.now)
    report = planet.run()
    after = documents(planet)
    feeds = {path for path in before if not path.endswith((".html", ".css"))}
    assert report.posts_published == report.posts_updated == ()
    assert "archive/atom-2.xml" in feeds
    assert {path: after.get(path) for path in feeds} == {path: before[path] for path in feeds}


@pytest.mark.parametrize("target", ["public", "public/atom.xml", "public/feed.json"])
def test_our_own_site_after_the_state_is_lost(planet: Planet, target: str) -> None:
    """Feed id, ids, dates and bodies are as they were."""
    for run in range(3):
        fresh = [
            item(f"Post {n}", f"{ALPHA}/n{n}", words(20 + n), planet.now - HOUR * (n + 1))
            for n in range(run)
        ]
        planet.site.pages["/a"] = alpha(*fresh)
        planet.run()
    public = planet.folder / "public"
    before = {name: seen(public / name) for name in ("atom.xml", "rss.xml")}
    feed_id = feedparser.parse((public / "atom.xml").read_bytes()).feed.id
    kept = planet.folder / "kept"
    shutil.copytree(public, kept)
    for path in planet.folder.glob("syndicator.db*"):
        path.unlink()
    adopt(planet.config(), str(planet.folder / target.replace("public", "kept")), planet.now)
    report = planet.run()
    assert report.posts_published == report.posts_updated == ()
    assert {name: seen(public / name) for name in ("atom.xml", "rss.xml")} == before
    assert feedparser.parse((public / "atom.xml").read_bytes()).feed.id == feed_id


def test_our_own_archives_after_the_state_is_lost(planet: Planet) -> None:
    """Read from the folder, they hold the same posts, and none of them comes back as news."""
    hours = range(230)
    posts = [item(f"P {n}", f"{ALPHA}/p{n}", words(n), START - HOUR * (n + 1)) for n in hours]
    planet.site.pages["/a"] = feed("Alpha", ALPHA, *posts)
    planet.run()
    public = planet.folder / "public"
    names = ("atom.xml", "archive/atom-1.xml", "archive/atom-2.xml")
    before = {name: seen(public / name) for name in names}
    assert len(before["archive/atom-1.xml"]) == 100
    for path in planet.folder.glob("syndicator.db*"):
        path.unlink()
    result = adopt(planet.config(), str(public), planet.now)
    assert (result.posts, result.current) == (232, 100)
    report = planet.run()
    assert report.posts_published == report.posts_updated == ()
    assert {name: seen(public / name) for name in names} == before


def test_a_state_file_that_has_posts(planet: Planet) -> None:
    """It is refused, and stays as it is."""
    planet.run()
    before = (planet.folder / "public" / "rss.xml").read_bytes()
    with pytest.raises(UsageError, match="has posts already"):
        adopt(planet.config(), str(old_file(planet, "venus")), planet.now)
    planet.run()
    assert (planet.folder / "public" / "rss.xml").read_bytes() == before


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="only Linux has such a file")
@pytest.mark.parametrize("target", ["old/atom.xml", "old"])
def test_a_document_that_cant_be_read(planet: Planet, target: str) -> None:
    """The message names it, and no state file is made."""
    document = planet.folder / "old" / "atom.xml"
    document.parent.mkdir()
    document.symlink_to("/proc/self/mem")  # a regular file that not even root can read
    config = planet.config()
    with pytest.raises(UsageError, match=rf"{document}: can't be read"):
        adopt(config, str(planet.folder / target), planet.now)
    assert not config.state.exists()


@pytest.mark.parametrize("target", ["missing", "empty", "feeds.toml"])
def test_a_target_without_a_feed(planet: Planet, target: str) -> None:
    """The message names it, and no state file is made."""
    (planet.folder / "empty").mkdir()
    config = planet.config()
    with pytest.raises(UsageError, match=target):
        adopt(config, str(planet.folder / target), planet.now)
    assert not config.state.exists()


def test_a_document_without_a_post_that_can_be_read(planet: Planet) -> None:
    """The message names it, and no state file is made: its only entry is empty."""
    target = planet.folder / "old.xml"
    text = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Old</title><entry/></feed>'
    target.write_text(text, "utf-8")
    config = planet.config()
    with pytest.raises(UsageError, match=rf"{target}: no post of the feed can be read"):
        adopt(config, str(target), planet.now)
    assert not config.state.exists()


def test_the_command(planet: Planet, capsys: pytest.CaptureFixture[str]) -> None:
    """It takes an address, and says how much it took."""
    planet.config()
    planet.site.pages["/old.xml"] = old_file(planet, "venus").read_bytes()
    config = str(planet.folder / "feeds.toml")
    assert main(["adopt", f"{planet.site.url}/old.xml", "-c", config]) == 0
    assert "Planet Tramway: 3 posts of 2 sources taken over" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "cleaned", "same"),
    [
        ("<p>a<br />b</p>", "<p>a<br>b</p>", True),
        ("<a href='x?a=1&b=2'>a</a>", '<a href="x?a=1&amp;b=2" rel="noopener">a</a>', True),
        ("<p onclick='x'>a</p>", "<p>a</p>", False),
        ("<p>a</p><script>x</script>", "<p>a</p>", False),
        ("<p>a<!-- x -->b</p>", "<p>ab</p>", False),
        ('<img src=x onerror="y">', '<img src="x">', False),
        ('<a href="a" href="b">a</a>', '<a href="b">a</a>', False),
        ("<p>1 < 2</p>", "<p>1 &lt; 2</p>", False),
    ],
)
def test_when_published_bytes_stay(written: str, cleaned: str, same: bool) -> None:
    """Only where tags, texts and attributes are all as the sanitizer leaves them."""
    assert _says_the_same(written, cleaned) is same


def test_times_are_in_the_past() -> None:
    """The clock of these tests stands after the old planet's last run."""
    assert datetime(2026, 10, 31, 18, tzinfo=UTC) < START


@pytest.mark.readers
@pytest.mark.parametrize("shape", ["venus", "planet2", "pluto", "mercury"])
@pytest.mark.parametrize("reader", [Newsboat, Rss2email], ids=lambda reader: reader.__name__)
def test_a_reader_on_the_day_of_the_move(
    planet: Planet, reader: Callable[[Desk, str], Any], shape: str, tmp_path: Path
) -> None:
    """A subscriber of the old file, under the same name, has nothing unread but the new post."""
    if not shutil.which(reader.needs):  # type: ignore[attr-defined]
        pytest.skip(f"no {reader.needs} here")  # type: ignore[attr-defined]
    old = old_file(planet, shape)
    is_atom = feedparser.parse(old.read_bytes()).version == "atom10"
    name = "atom.xml" if is_atom else "rss.xml"
    planet.site.pages["/planet.xml"] = old.read_bytes()
    home = tmp_path / "home"
    home.mkdir()
    program = reader(Desk(tmp_path, home), f"{planet.site.url}/planet.xml")
    program.poll()
    assert program.unread() == 3
    program.read_all()
    adopt(planet.config(), str(old), planet.now)
    unread = []
    for fresh in ([], [item("A new depot", f"{ALPHA}/a3", words(3), START)]):
        planet.site.pages["/a"] = alpha(*fresh)
        planet.run()
        document = (planet.folder / "public" / name).read_bytes()
        planet.site.pages["/planet.xml"] = document
        program.poll()
        unread.append(program.unread())
    assert unread == [0, 1]
