"""feeds.toml corrects what a source says wrongly: shown, told, and never an update."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words
from parser_helpers import parsed

from syndicator import config, normalizer, why
from syndicator.cli import main
from syndicator.errors import ConfigError
from syndicator.model.settings import Source
from syndicator.parser.dates import clock

NAMED = "<author>ana@blog.example (Ana)</author>"
ALL = """id = "a"
title = "Right"
author = "Bo"
site = "https://right.example/"
icon = "https://right.example/i.png"
language = "fr"
timezone = "Asia/Ho_Chi_Minh"
"""


def posts(more: str = "") -> list[str]:
    """Two posts, one with an author; `more` changes bytes of the items that are no content."""
    return [
        item("One", f"{BLOG}/1/", words(1), START, more),
        item("Two", f"{BLOG}/2/", words(2), START - HOUR, NAMED + more),
    ]


def by_title(planet: Planet) -> dict[str, dict[str, object]]:
    return {found["title"]: found for found in planet.items()}


def test_each_override(tmp_path: Path, site: loopback.Site) -> None:
    """A new post has each of them; an author that a post names stays."""
    site.pages["/a"] = feed("Wrong", BLOG, *posts())
    planet = Planet(tmp_path, site, ("/a", ALL))
    planet.run()
    one, two = by_title(planet)["One"], by_title(planet)["Two"]
    assert one["authors"] == [{"name": "Bo", "avatar": "https://right.example/i.png"}]
    assert "Ana" in str(two["authors"])
    assert one["language"] == "fr"
    assert one["date_published"] == "2026-11-01T02:00:00+00:00"
    assert 'href="https://right.example/"' in str(one["content_html"])
    assert "Right" in str(one["content_html"])
    page = (tmp_path / "public" / "sources.html").read_text("utf-8")
    assert "https://right.example/" in page
    assert f'"{BLOG}/"' not in page


def test_overrides_that_come_later(tmp_path: Path, site: loopback.Site) -> None:
    """They show with the next run; no post is updated, moved or given another id or body."""
    site.pages["/a"] = feed("Wrong", BLOG, *posts())
    planet = Planet(tmp_path, site, ("/a", 'id = "a"'))
    planet.run()
    before = planet.items()
    planet.sources[0] = ("/a", ALL)
    planet.run(force=False)
    page = (tmp_path / "public" / "sources.html").read_text("utf-8")
    assert "https://right.example/" in page
    assert "Right" in page
    site.pages["/a"] = feed("Wrong", BLOG, *posts("<category>new</category>"))
    report = planet.run()
    assert (report.new, report.updated) == (0, 0)
    kept = ("id", "url", "title", "content_html", "date_published", "date_modified")
    for old, new in zip(before, planet.items(), strict=True):
        assert [old.get(key) for key in kept] == [new.get(key) for key in kept]
        assert [person["name"] for person in old.get("authors", ())] == [
            person["name"] for person in new.get("authors", ())
        ]


@pytest.mark.parametrize("link", [f"{BLOG}/", "http://localhost/"])
def test_identity_under_overrides(link: str) -> None:
    """Keys and hash of a post are those of the same post without any override."""
    body = f'<p>See <a href="{link}x">this</a>, and <a href="/y">that</a>.</p>{words(3)}'
    document = feed("Wrong", link.rstrip("/"), item("One", f"{link}1/", body, START))
    corrected = config.source_of(
        {
            "url": "https://blog.example/feed",
            "title": "Right",
            "author": "Bo",
            "site": "https://right.example/",
            "timezone": "America/New_York",
            "language": "fr",
        },
        "test",
    )
    plain = config.source_of({"url": "https://blog.example/feed"}, "test")
    found = [
        normalizer.normalize(parsed(document), source, START + 24 * HOUR).posts[0]
        for source in (plain, corrected)
    ]
    assert found[0].content_hash == found[1].content_hash
    assert found[0].keys == found[1].keys
    assert found[0].content_html == found[1].content_html
    assert found[1].published == START + 5 * HOUR


def test_a_clock_that_is_ahead(tmp_path: Path, site: loopback.Site) -> None:
    """Local time with "GMT" behind it is a date to come; corrected it is none, and not held."""
    site.pages["/a"] = feed("A", BLOG, item("Now", f"{BLOG}/1/", words(1), START + 6 * HOUR))
    rest = 'timezone = "Asia/Ho_Chi_Minh"\nfuture = "hold"'
    planet = Planet(tmp_path, site, ("/a", rest))
    planet.run()
    (post,) = planet.items()
    assert post["date_published"] == "2026-11-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("Tue, 05 Mar 2024 08:15:00 GMT", datetime(2024, 3, 5, 8, 15)),
        ("Tue, 05 Mar 2024 08:15:00 -0500", datetime(2024, 3, 5, 8, 15)),
        ("Tue, 05 Mar 2024 08:15 EST", datetime(2024, 3, 5, 8, 15)),
        ("Tue, 05 Mar 2024 8:15 pm EST", datetime(2024, 3, 5, 20, 15)),
        ("2024-03-05T08:15:00+07:00", datetime(2024, 3, 5, 8, 15)),
        ("2024-03-05T08:15:00", datetime(2024, 3, 5, 8, 15)),
        ("2024-03-05 08:15+01:00[Europe/Berlin]", datetime(2024, 3, 5, 8, 15)),
        ("2024년 3월 5일 오후 8:15", datetime(2024, 3, 5, 20, 15)),
        ("2024-03", datetime(2024, 3, 1)),
        ("1709600000", None),
        ("9999-12-31T23:59:59-01:00", None),
        ("no date", None),
        ("", None),
    ],
)
def test_the_clock_of_a_date(text: str, shows: datetime | None) -> None:
    """It is read as written, whatever zone stands behind it; seconds since 1970 have none."""
    assert clock(text) == shows


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-10-20T09:00:00", 7),  # no zone
        ("2026-10-20T09:00:00Z", 7),
        ("2026-11-20T09:00:00Z", 8),  # winter
        ("2026-10-20T09:00:00-05:00", 7),
    ],
)
def test_a_zone_by_feeds_toml(written: str, utc: int) -> None:
    """Each date's clock is one of that zone, with its summer time; in JSON Feed too."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A",
        "items": [{"id": "1", "content_text": "x", "date_published": written}],
    }
    source = Source(id="s", url="https://a.example/f", timezone="Europe/Paris")
    read = parsed(json.dumps(document).encode(), content_type="application/feed+json")
    (post,) = normalizer.normalize(read, source, START + timedelta(days=60)).posts
    assert post.published is not None
    assert post.published.astimezone(UTC).hour == utc


def complaint(tmp_path: Path, rest: str) -> str:
    path = tmp_path / "feeds.toml"
    path.write_text(
        f'[feed]\ntitle = "T"\n[[sources]]\nurl = "https://a.example/"\n{rest}', "utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    return str(caught.value)


def test_title_and_name(tmp_path: Path) -> None:
    """Either is enough; both alike are one; two that differ are a mistake that says what to do."""
    for rest in ({"title": "A"}, {"name": "A"}, {"title": "A", "name": "A"}):
        source = config.source_of({"url": "https://a.example/", **rest}, "test")
        assert (source.id, source.name) == ("A", "A")
    said = complaint(tmp_path, 'title = "A"\nname = "B"\n')
    assert "`title`: is another word for `name`, and they differ: keep `name`, 'B'" in said


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ('site = "blog"\n', "`site`: must be an address"),
        ('timezone = "Paris"\n', "Europe/Paris"),
        ("author = 3\n", "`author`: must be text in quotes"),
    ],
)
def test_a_wrong_override(tmp_path: Path, rest: str, says: str) -> None:
    """The complaint names the key and the right form."""
    assert says in complaint(tmp_path, rest)


def test_why_and_fetch_tell_them(
    tmp_path: Path,
    site: loopback.Site,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the command line: each beside the feed's own word; as JSON too."""
    monkeypatch.chdir(tmp_path)
    site.pages["/a"] = feed("Wrong", BLOG, *posts())
    planet = Planet(tmp_path, site, ("/a", ALL))
    planet.run()
    told = (
        "title: Right, by feeds.toml; the feed says Wrong",
        "author: Bo, by feeds.toml\n",
        f"site: https://right.example/, by feeds.toml; the feed says {BLOG}/",
        "timezone: Asia/Ho_Chi_Minh, by feeds.toml\n",
        "language: fr, by feeds.toml; the feed says en",
        "icon: https://right.example/i.png, by feeds.toml\n",
    )
    for arguments in (["why", "One"], ["fetch", "Right"]):
        assert main(arguments) == 0
        out = capsys.readouterr().out
        for line in told:
            assert line in out
    assert "date read as of Asia/Ho_Chi_Minh, not as 2026-11-01 09:00 UTC" in out
    assert main(["why", "One", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    said = {"key": "language", "value": "fr", "feed_says": "en"}
    assert said in found["overrides"]


def test_a_private_source(tmp_path: Path, site: loopback.Site) -> None:
    """Its feed's own words, which may hold a secret, are not kept."""
    site.pages["/a"] = feed("Wrong", f"{BLOG}/secret-token", *posts())
    planet = Planet(tmp_path, site, ("/a", ALL + "private = true\npublish = true"))
    planet.run()
    (found,) = why.why(planet.config(), "One")
    (override,) = (word for word in found.overrides if word.key == "site")
    assert override.feed_says == ""


def test_a_rename_of_a_titled_source(
    tmp_path: Path,
    site: loopback.Site,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`rename` leaves one word for the name, and the id."""
    monkeypatch.chdir(tmp_path)
    Planet(tmp_path, site, ("/a", 'title = "Old"')).config()
    assert main(["rename", "Old", "New"]) == 0
    (source,) = config.load(tmp_path / "feeds.toml").sources
    assert (source.id, source.name) == ("Old", "New")
    assert "title" not in (tmp_path / "feeds.toml").read_text("utf-8").partition("[[sources]]")[2]
