"""Whole runs over several days: what a reader of our feed sees of what sources do."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import feedparser
import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

from syndicator import generator, pipeline
from syndicator.check import check
from syndicator.install_check import inspect
from syndicator.model.run import Move
from syndicator.store import Store

pytestmark = pytest.mark.slow

OTHER = "https://other.example"
EARLY, LATE = START - 3 * HOUR, START - HOUR


# -- what a source does to its posts
# --------------------------------------------------------------------


def test_a_source_that_ends(tmp_path: Path, site: loopback.Site) -> None:
    """The report counts it, once its server said so on two days, among those that are gone."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", ""))
    gone = [planet.run().gone]
    site.pages["/a"] = 410
    for _ in range(2):
        gone.append(planet.run().gone)
        planet.now += 24 * HOUR
    assert gone == [0, 0, 1]


def test_an_edit_that_is_taken_back(tmp_path: Path, site: loopback.Site) -> None:
    """The old version is no longer new to us; published it must be all the same."""
    planet = Planet(tmp_path, site, ("/a", ""))
    first, second = words(1), words(1).replace("stop", "halt")
    for body in (first, second, first):
        site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", body))
        planet.run()
        assert body in planet.items()[0]["content_html"]


def test_a_name_for_a_source_whose_feed_does_not_change(
    tmp_path: Path, site: loopback.Site
) -> None:
    """Its id changes with the name; it is the same source with the same posts."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    before = planet.items()
    planet.sources = [("/a", 'name = "A friend"')]
    planet.run()
    assert [post["id"] for post in planet.items()] == [post["id"] for post in before]


ANOTHER = '{} is another feed now: "Casino 777" of casino.example, and was "Blog" of blog.example;'
HIDDEN = 'Secret is another feed now: "Casino 777", and was "Blog";'
WAIT = " Its new posts wait: `syndicator review` shows them."


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("", f"{ANOTHER.format('{url}/a')} it has not one known post.{WAIT}"),
        ('name = "A friend"', f"{ANOTHER.format('A friend')} it has not one known post.{WAIT}"),
        ('name = "Secret"\nprivate = true', f"{HIDDEN} it has not one known post.{WAIT}"),
    ],
)
@pytest.mark.parametrize("host", ["casino.example", "blog.example"])
def test_a_domain_that_is_somebody_elses_now(
    host: str, table: str, line: str, tmp_path: Path, site: loopback.Site
) -> None:
    """One line in the run that finds another feed; its posts wait, and what is published stays."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", table))
    assert planet.run().remarks == ()
    casino = f"https://{host}"
    site.pages["/a"] = feed("Casino 777", casino, item("Win", f"{casino}/win/", words(9)))
    assert planet.run().remarks == (line.format(url=site.url).replace("casino.example", host),)
    assert [post["title"] for post in planet.items()] == ([] if "private" in table else ["One"])
    assert all(
        "related" not in post["_syndicator"] for post in planet.items()
    )  # neither leads to the other
    assert planet.run().remarks == ()


@pytest.mark.parametrize(
    ("name", "address", "items"),
    [
        ("Blog", OTHER, [item("New", f"{OTHER}/new/", words(9))]),  # it has moved
        ("Blog (3 new)", BLOG, [item("New", f"{BLOG}/new/", words(9))]),
        (
            "Another name",
            BLOG,
            [item("New", f"{BLOG}/new/", words(9)), item("One", f"{BLOG}/1/", words(1))],
        ),
        (
            "Another name",
            OTHER,
            [item("New", f"{OTHER}/new/", words(9)), item("One", f"{BLOG}/1/", words(1))],
        ),
        (
            "Another name",
            OTHER,
            [item("One", f"{OTHER}/1/", words(1))],
        ),  # the same post at its new address
        ("Another name", OTHER, []),
    ],
)
@pytest.mark.parametrize("named", ["", 'name = "A friend"'])
def test_a_redesign_is_no_takeover(
    name: str, address: str, items: list[str], named: str, tmp_path: Path, site: loopback.Site
) -> None:
    """Its name, a word of it on the old host, or one of its posts has stayed."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", named))
    planet.run()
    site.pages["/a"] = feed(name, address, *items)
    assert planet.run().remarks == ()


def test_a_redesign_whose_items_are_byte_for_byte_the_same(
    tmp_path: Path, site: loopback.Site
) -> None:
    """They are not parsed again, and known all the same."""
    one = {"id": f"{BLOG}/1/", "url": f"{BLOG}/1/", "title": "One", "content_html": words(1)}
    new = {"id": f"{OTHER}/2/", "url": f"{OTHER}/2/", "title": "New", "content_html": words(9)}
    version = "https://jsonfeed.org/version/1.1"
    before = {"version": version, "title": "Blog", "home_page_url": BLOG, "items": [one]}
    site.pages["/a"] = json.dumps(before).encode()
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    after = {"version": version, "title": "Another", "home_page_url": OTHER, "items": [new, one]}
    site.pages["/a"] = json.dumps(after).encode()
    report = planet.run()
    assert (report.new, report.remarks) == (1, ())


@pytest.mark.parametrize("status", [301, 302])
def test_a_domain_that_is_sold_and_redirects(
    status: int, tmp_path: Path, site: loopback.Site
) -> None:
    """A move brings known posts along; without one it is another feed, said once, and no advice is
    given.
    """
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    casino = "https://casino.example"
    site.pages["/a"] = (status, "/casino")
    said: list[str] = []
    for day in range(6):
        posts = [item(f"Win {n}", f"{casino}/{n}/", words(20 + n)) for n in range(day, -1, -1)]
        site.pages["/casino"] = feed("Casino 777", casino, *posts)
        report = planet.run()
        said += [*report.remarks, *map(str, report.moved)]
        planet.now += 24 * HOUR
    (line,) = said
    assert 'another feed now: "Casino 777" of casino.example, and was "Blog"' in line


@pytest.mark.parametrize("status", [301, 302])
def test_a_site_that_moves_and_redirects(status: int, tmp_path: Path, site: loopback.Site) -> None:
    """It is known by its posts, whatever it calls itself now."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    site.pages["/a"] = (status, "/new")
    posts = [item("Two", f"{OTHER}/2/", words(2)), item("One", f"{OTHER}/1/", words(1))]
    site.pages["/new"] = feed("My new home", OTHER, *posts)
    moved: list[Move] = []
    for _ in range(4):
        report = planet.run()
        assert report.remarks == ()
        moved += report.moved
        planet.now += 24 * HOUR
    assert [move.url for move in moved] == ([f"{site.url}/new"] if status == 301 else [])
    assert [post["title"] for post in planet.items()] == ["Two", "One"]


def test_another_address_in_the_file_is_no_takeover(tmp_path: Path, site: loopback.Site) -> None:
    """The operator knows what he has done."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    site.pages["/b"] = feed("Other", OTHER, item("New", f"{OTHER}/new/", words(9)))
    planet = Planet(tmp_path, site, ("/a", 'name = "A friend"'))
    planet.run()
    planet.sources = [("/b", 'name = "A friend"')]
    assert planet.run().remarks == ()


def test_an_update_noticed_by_a_wrong_clock(tmp_path: Path, site: loopback.Site) -> None:
    """A machine that starts in 2020: the post is updated, but never before it was published."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1), EARLY))
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    planet.now = START.replace(year=2020)
    site.pages["/a"] = feed("Blog", BLOG, item("One, at last", f"{BLOG}/1/", words(1), EARLY))
    planet.run()
    (post,) = planet.items()
    assert post["title"] == "One, at last"
    assert post.get("date_modified", post["date_published"]) >= post["date_published"]
    (entry,) = feedparser.parse((tmp_path / "public" / "atom.xml").read_bytes()).entries
    assert entry.updated_parsed >= entry.published_parsed


# -- a state file that is lost
# ----------------------------------------------------------------------------


def ids(planet: Planet) -> list[str]:
    """The ids of the feeds, and of the posts of the first of them."""
    found = [
        feedparser.parse(path.read_bytes()) for path in sorted(planet.folder.rglob("atom.xml"))
    ]
    return [*(one.feed.id for one in found), *(entry.id for entry in found[0].entries)]


def test_a_state_file_that_is_lost(tmp_path: Path, site: loopback.Site) -> None:
    """One line, in one run; the ids of the feeds and posts stay, and the old file goes on when it
    is back.
    """
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(
        tmp_path,
        site,
        ("/a", ""),
        head='formats = ["atom"]\nper_language = true\nper_source = true',
    )
    assert planet.run().remarks == ()
    before = ids(planet)
    assert len(set(before)) == 4
    state = tmp_path / "syndicator.db"
    state.rename(tmp_path / "mislaid.db")
    (told,) = planet.run().remarks
    assert told.startswith(
        f"there was no state file {state}, though {tmp_path / 'public'} holds what an earlier one"
    )
    assert ids(planet) == before
    assert planet.run().remarks == ()
    (tmp_path / "mislaid.db").replace(state)
    site.pages["/a"] = feed(
        "Blog", BLOG, item("Two", f"{BLOG}/2/", words(2)), item("One", f"{BLOG}/1/", words(1))
    )
    assert planet.run().remarks == ()
    assert set(before) < set(ids(planet))


def test_archives_after_a_state_file_that_was_mislaid(tmp_path: Path, site: loopback.Site) -> None:
    """What a run without it wrote there, with dates of its own, does not stay."""
    old = [
        item(f"N {n}", f"{BLOG}/{n}/", words(n)) for n in range(220)
    ]  # undated: of when they were first seen
    site.pages["/a"] = feed("Blog", BLOG, *old)
    planet = Planet(tmp_path, site, ("/a", ""), head="limit = 10", more='[related]\nscope = "none"')
    planet.run()
    archives = {
        path: body
        for path, body in planet.files().items()
        if path.parent.name == "archive" and path.name != "index.html"
    }
    assert len(archives) >= 4
    state = tmp_path / "syndicator.db"
    state.rename(tmp_path / "mislaid.db")
    planet.run()
    assert all(planet.files()[path] != body for path, body in archives.items())
    (tmp_path / "mislaid.db").replace(state)
    site.pages["/a"] = feed("Blog", BLOG, item("New", f"{BLOG}/new/", words(999)), *old)
    planet.now += 24 * HOUR  # by then every source is due
    planet.run(force=False)
    assert planet.items()[0]["title"] == "New"
    assert {path: planet.files()[path] for path in archives} == archives


def test_a_folder_that_was_copied_for_another_feed(tmp_path: Path, site: loopback.Site) -> None:
    """Two feeds of one file never have one id."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", ""), head='formats = ["atom"]')
    planet.run()
    shutil.copytree(tmp_path / "public", tmp_path / "copy")
    planet.more = '[[feeds]]\nname = "other"\noutput = "copy"'
    assert planet.run().remarks == ()
    assert len(set(ids(planet))) == 3


# -- one item a story
# -----------------------------------------------------------------------------------


def published(planet: Planet) -> list[tuple[str, list[str]]]:
    return [
        (post["url"], [place["url"] for place in post["_syndicator"].get("also", ())])
        for post in planet.items()
    ]


@pytest.mark.parametrize("order", [("/a", "/b"), ("/b", "/a")])
def test_a_press_release_on_two_sites(
    tmp_path: Path, site: loopback.Site, order: tuple[str, str]
) -> None:
    """The same words under the same title are one item, the earlier one's, which names the
    other.
    """
    site.pages["/a"] = feed("Blog", BLOG, item("Sleeper", f"{BLOG}/s/", words(1), EARLY))
    site.pages["/b"] = feed("Other", OTHER, item("Sleeper", f"{OTHER}/s/", words(1), LATE))
    planet = Planet(tmp_path, site, *((path, "") for path in order))
    planet.run()
    assert published(planet) == [(f"{BLOG}/s/", [f"{OTHER}/s/"])]


@pytest.mark.parametrize("order", [("/a", "/b"), ("/b", "/a")])
def test_a_press_release_that_a_second_site_has_later(
    tmp_path: Path, site: loopback.Site, order: tuple[str, str]
) -> None:
    """What was published first stays as it is, whatever date the other claims."""
    site.pages["/a"] = feed("Blog", BLOG, item("Sleeper", f"{BLOG}/s/", words(1), EARLY))
    site.pages["/b"] = feed("Other", OTHER, item("Sleeper", f"{OTHER}/s/", words(1), LATE))
    planet = Planet(tmp_path, site, (order[0], ""))
    planet.run()
    before = planet.items()
    planet.sources = [(path, "") for path in order]
    planet.run()
    assert planet.items() == before


@pytest.mark.parametrize(("copies", "items"), [("near", 1), ("exact", 2), ("off", 2)])
def test_a_release_that_an_editor_has_touched(
    tmp_path: Path, site: loopback.Site, copies: str, items: int
) -> None:
    """Nearly the same words are one story for those who asked for it."""
    site.pages["/a"] = feed("Blog", BLOG, item("Sleeper", f"{BLOG}/s/", words(1) * 3, EARLY))
    touched = (words(1) * 3).replace("Carriage 31 ", "Wagon 31 ", 1)
    site.pages["/b"] = feed("Other", OTHER, item("A sleeper at last", f"{OTHER}/s/", touched, LATE))
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""), more=f'[related]\ncopies = "{copies}"')
    planet.run()
    assert len(planet.items()) == items


def test_a_copy_where_nothing_is_to_be_folded(tmp_path: Path, site: loopback.Site) -> None:
    """`copies = "off"` leaves both."""
    site.pages["/a"] = feed("Blog", BLOG, item("Sleeper", f"{BLOG}/s/", words(1), EARLY))
    site.pages["/b"] = feed("Other", OTHER, item("Sleeper", f"{OTHER}/s/", words(1), LATE))
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""), more='[related]\ncopies = "off"')
    planet.run()
    assert len(planet.items()) == 2


def test_a_copy_of_a_withdrawn_post(tmp_path: Path, site: loopback.Site) -> None:
    """Withdrawn is the story, not one of its places."""
    site.pages["/a"] = feed("Blog", BLOG, item("Sleeper", f"{BLOG}/s/", words(1), EARLY))
    site.pages["/b"] = feed("Other", OTHER, item("Sleeper", f"{OTHER}/s/", words(1), LATE))
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    pipeline.withdraw(planet.config(), f"{BLOG}/s/", planet.now + timedelta(minutes=1))
    planet.sources.append(("/b", ""))
    planet.run()
    assert planet.items() == []


# -- what stays as it was published
# ---------------------------------------------------------------------


def test_a_feed_that_renames_itself(tmp_path: Path, site: loopback.Site) -> None:
    """A title like "Blog (3 new)" is no reason to turn old posts unread: credit and headings keep
    the name they had.
    """
    posts = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), EARLY - n * HOUR) for n in range(3)]
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    before = [post["content_html"] for post in planet.items()]
    assert all("View more from Blog:" in body for body in before)
    site.pages["/a"] = feed("Blog (3 new)", BLOG, *posts)
    planet.run()
    assert [post["content_html"] for post in planet.items()] == before


def test_a_rename_that_no_entry_shows(tmp_path: Path, site: loopback.Site) -> None:
    """A source without a post in the documents renames itself: no byte of them changes, the page of
    sources does.
    """
    site.pages["/a"] = feed("Blog", BLOG, item("New", f"{BLOG}/1/", words(1), LATE))
    site.pages["/b"] = feed("Other", OTHER, item("Old", f"{OTHER}/1/", words(2), EARLY))
    planet = Planet(
        tmp_path,
        site,
        ("/a", ""),
        ("/b", ""),
        head='limit = 1\nformats = ["rss", "atom", "json", "html"]',
    )
    planet.run()
    before = planet.files()
    site.pages["/b"] = feed("Another", OTHER, item("Old", f"{OTHER}/1/", words(2), EARLY))
    planet.run()
    changed = {path.name for path, body in planet.files().items() if body != before.get(path)}
    assert changed - {".syndicator"} == {"sources.html"}


def test_a_rename_that_entries_show(tmp_path: Path, site: loopback.Site) -> None:
    """The new name stands where an entry names its source, and their bodies stay as they were."""
    site.pages["/a"] = feed("Blog", BLOG, item("New", f"{BLOG}/1/", words(1), LATE))
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    site.pages["/a"] = feed("Another", BLOG, item("New", f"{BLOG}/1/", words(1), LATE))
    planet.run()
    assert b">Another</source>" in (tmp_path / "public" / "rss.xml").read_bytes()
    assert "Another" not in planet.items()[0]["content_html"]


# -- what is written
# ------------------------------------------------------------------------------------


def test_an_emptied_folder(tmp_path: Path, site: loopback.Site) -> None:
    """The next run makes every file of it again, byte for byte, the archives too: they are
    linked.
    """
    posts = [
        item(f"Number {n}", f"{BLOG}/{n}/", f"<p>{n}</p>", EARLY - n * HOUR) for n in range(120)
    ]
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    planet = Planet(tmp_path, site, ("/a", ""), head="limit = 5")
    planet.run()
    before = planet.files()
    assert tmp_path / "public" / "archive" / "atom-1.xml" in before
    shutil.rmtree(tmp_path / "public")
    planet.run()
    after = planet.files()
    del before[tmp_path / "public" / ".syndicator"], after[tmp_path / "public" / ".syndicator"]
    assert after == before


def test_the_first_archive(tmp_path: Path, site: loopback.Site) -> None:
    """`check` has nothing to say of it, though there is no other yet to link to."""
    posts = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), EARLY - n * HOUR) for n in range(120)]
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    planet = Planet(
        tmp_path, site, ("/a", ""), head='limit = 5\ncontact = "mailto:me@planet.example"'
    )
    planet.run()
    assert len(list((tmp_path / "public" / "archive").glob("atom-*.xml"))) == 1
    assert [*map(str, inspect(planet.config()))] == []


def unlike(planet: Planet, before: dict[Path, bytes]) -> list[str]:
    after = planet.files()
    return sorted(
        path.name for path in before if after.get(path) != before[path] and path.name[0] != "."
    )


@pytest.mark.parametrize("harm", ["changed", "deleted"])
def test_documents_that_another_hand_harmed(tmp_path: Path, site: loopback.Site, harm: str) -> None:
    """A forced run makes them again, archives too, though no post is new and no size differs."""
    posts = [
        item(f"Number {n}", f"{BLOG}/{n}/", f"<p>{n}</p>", EARLY - n * HOUR) for n in range(220)
    ]
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    planet = Planet(tmp_path, site, ("/a", ""), head="limit = 5")
    planet.run()
    before = planet.files()
    for name in ("archive/atom-1.xml", "rss.xml", "feed.json", "opml.xml"):
        path = tmp_path / "public" / name
        if harm == "deleted":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes().replace(b"e", b"a"))
        assert unlike(planet, before) == [path.name]
        if harm == "changed":
            found = [str(one) for one in inspect(planet.config()) if path.name in one.where]
            assert any("`syndicator run --force` makes it again" in one for one in found)
        planet.run()
        assert unlike(planet, before) == []


def test_a_document_that_is_published_no_more(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not missed: a forced run with nothing new makes no document for its sake."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    planet.head = 'formats = ["rss"]'
    planet.run()
    monkeypatch.delattr(generator, "generate")
    planet.run()
    assert [path.name for path in planet.files() if path.suffix == ".xml"] == ["rss.xml"]


def test_a_page_that_another_hand_harmed(tmp_path: Path, site: loopback.Site) -> None:
    """What `check` advises helps."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)))
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    before = planet.files()
    for path in [path for path in before if path.suffix == ".html"]:
        path.write_bytes(before[path].replace(b"<title", b"<ti--e"))
        planet.run(rerender=True)
        assert unlike(planet, before) == []
        path.unlink()
        (found,) = [str(one) for one in inspect(planet.config()) if one.where == str(path)]
        assert "`syndicator run --rerender` makes it again" in found
        planet.run(rerender=True)
        assert unlike(planet, before) == []


def test_numbers_of_comments_on_old_pages(tmp_path: Path, site: loopback.Site) -> None:
    """They change no file by themselves, and are refreshed when a run publishes something else."""

    def shown(number: int, *more: str) -> bytes:
        head = 'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
        count = f"<comments>{BLOG}/1/#c</comments><slash:comments>{number}</slash:comments>"
        old = item("Old", f"{BLOG}/1/", words(1), EARLY, inside=count)
        return feed("Blog", BLOG, *more, old).replace(b"<rss ", f"<rss {head} ".encode())

    site.pages["/a"] = shown(4711)
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    before = planet.files()
    (page,) = [path for path, body in before.items() if b"4,711" in body]
    site.pages["/a"] = shown(4712)
    planet.run()
    assert planet.files() == before
    site.pages["/a"] = shown(4712, item("New", f"{BLOG}/2/", words(2), LATE))
    planet.run()
    assert b"4,712" in page.read_bytes()


def test_an_older_post_that_takes_the_place_of_a_withdrawn_one(
    tmp_path: Path, site: loopback.Site
) -> None:
    """It is in the documents again, and no news: a hub is not told."""
    posts = [item(f"Number {n}", f"{BLOG}/{n}/", words(n), EARLY - n * HOUR) for n in range(4)]
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    planet = Planet(tmp_path, site, ("/a", ""), head=f'limit = 2\nhub = "{site.url}/hub"')
    planet.run()
    with Store(planet.config().state) as store:
        assert store.meta.pending_pings()  # this hub answers no POST, so they wait
        for ping in store.meta.pending_pings():
            store.meta.drop_ping(ping.hub, ping.topic)
    pipeline.withdraw(planet.config(), f"{BLOG}/0/", planet.now)
    assert [post["title"] for post in planet.items()] == ["Number 1", "Number 2"]
    with Store(planet.config().state) as store:
        assert not store.meta.pending_pings()


def test_a_hub_that_fails_is_one_line_once(tmp_path: Path, site: loopback.Site) -> None:
    """Not one for each document, and not one in each mail of cron's until it is back."""
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1), EARLY))
    planet = Planet(tmp_path, site, ("/a", ""), head=f'hub = "{site.url}/hub"')
    (line,) = planet.run().remarks
    assert f"the hub {site.url}/hub was not told of 3 documents: the hub answered 501" in line
    site.pages["/a"] = feed("Blog", BLOG, item("Two", f"{BLOG}/2/", words(2), LATE))
    assert planet.run().remarks == ()
    with Store(planet.config().state) as store:
        assert {ping.attempts for ping in store.meta.pending_pings()} == {
            2
        }  # it is tried all the same


def test_two_planets_with_the_same_writers(tmp_path: Path, site: loopback.Site) -> None:
    """Writers' posts often have one path (/1/) on several hosts; each is one item all the same."""
    writers = ("ann", "bob")
    posts = [
        item(f"News of {name}", f"https://{name}.example/1/", words(n), EARLY,
             f'<source url="https://{name}.example/feed">{name}</source>')
        for n, name in enumerate(writers)
    ]  # fmt: skip
    for path in ("/a", "/b"):
        site.pages[path] = feed(f"Planet {path}", f"https://planet{path[1]}.example", *posts)
    site.pages["/b"] = site.pages["/b"].replace(b"News of", b"About")  # no copies by their titles
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""))
    planet.run()
    assert sorted(post["url"] for post in planet.items()) == [
        f"https://{name}.example/1/" for name in writers
    ]


def test_a_name_for_a_source_and_a_rerender(tmp_path: Path, site: loopback.Site) -> None:
    """A changed setting holds for new posts; for all of them when asked to, though the feed has not
    changed.
    """
    site.pages["/a"] = feed(
        "Blog", BLOG, item("One", f"{BLOG}/1/", words(1)), item("Two", f"{BLOG}/2/", words(2))
    )
    planet = Planet(tmp_path, site, ("/a", ""))
    planet.run()
    before = planet.items()
    planet.sources = [("/a", 'name = "A friend"')]
    planet.run()
    assert [post["content_html"] for post in planet.items()] == [
        post["content_html"] for post in before
    ]
    planet.run(rerender=True)
    for post in planet.items():
        assert "<bdi>A friend</bdi></a>" in post["content_html"]
        assert "View more from A friend:" in post["content_html"]
        assert post["_syndicator"]["source"]["title"] == "A friend"


@pytest.mark.parametrize(
    ("setting", "kept", "gone"),
    [
        ('content = "summary"', "Foreword", "<b>"),
        ('content = "none"', "appeared first on", "Foreword"),
        ('images = "link"', "<b>word</b>", "<img"),
        ('images = "none"', "<b>word</b>", "cat.jpg"),
    ],
)
def test_a_source_whose_owner_asks_for_less(
    setting: str, kept: str, gone: str, tmp_path: Path, site: loopback.Site
) -> None:
    """What may be shown no more leaves documents, archives and pages, the older posts' included,
    and no post is new.
    """
    picture = f'<p>Foreword. <b>word</b> <img src="{BLOG}/cat.jpg" width="600" height="400" alt="cat"></p>'
    posts = [
        item(f"Post {n}", f"{BLOG}/{n}/", picture + words(n), date=START - n * HOUR)
        for n in range(210)
    ]
    site.pages["/a"] = feed("Blog", BLOG, *posts)
    planet = Planet(
        tmp_path,
        site,
        ("/a", ""),
        head='pages = "full"\nstay = "1h"',
        more='[related]\nscope = "none"',
    )
    planet.run()
    before = [post["id"] for post in planet.items()]
    archives = [
        path for path in planet.files() if "archive" in path.parts and path.suffix == ".xml"
    ]
    assert archives
    assert all(
        gone.encode() in body for path, body in planet.files().items() if "posts" in path.parts
    )
    planet.sources = [("/a", setting)]
    planet.run()
    assert gone in planet.items()[0]["content_html"]
    planet.run(rerender=True)
    assert [post["id"] for post in planet.items()] == before
    assert all(
        kept in post["content_html"] and gone not in post["content_html"] for post in planet.items()
    )
    files = planet.files()
    assert set(archives) <= set(files)
    for path, body in files.items():
        if path in archives or path.suffix in {".json", ".xml"} or "posts" in path.parts:
            assert gone.replace("<", "&lt;").encode() not in body or path.suffix == ".html", path
            assert gone.encode() not in body, path
    planet.run(rerender=True)
    assert {path: body for path, body in planet.files().items() if path.name != ".syndicator"} == {
        path: body for path, body in files.items() if path.name != ".syndicator"
    }


def test_a_rerender_in_a_language_that_we_have_no_words_of(
    tmp_path: Path, site: loopback.Site
) -> None:
    """The feed's language stands in, as it did when the post was published: nothing is written
    anew.
    """
    site.pages["/a"] = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1))).replace(
        b"<language>en<", b"<language>gv<"
    )
    planet = Planet(tmp_path, site, ("/a", ""), head='language = "fr"')
    planet.run()
    before = planet.items()
    assert "Blog</bdi></a>" in before[0]["content_html"]
    assert 'lang="fr"' in before[0]["content_html"]
    planet.run(rerender=True)
    assert planet.items() == before


def test_what_a_source_asks_for_is_passed_on(tmp_path: Path, site: loopback.Site) -> None:
    """Neither index nor republish: our own documents ask for it, too, and `check` knows the
    words.
    """
    namespaces = 'xmlns:access="http://www.bloglines.com/about/specs/fac-1.0" xmlns:indexing="urn:atom-extension:indexing"'  # noqa: E501
    asked = '<access:restriction relationship="deny"/><indexing:index>no</indexing:index>'
    body = feed("Blog", BLOG, item("One", f"{BLOG}/1/", words(1)), head=asked)
    site.pages["/a"] = body.replace(b"<rss ", f"<rss {namespaces} ".encode())
    planet = Planet(tmp_path, site, ("/a", "republish = true"))
    planet.run()
    for name in ("rss.xml", "atom.xml"):
        path = tmp_path / "public" / name
        assert b'<access:restriction relationship="deny"/>' in path.read_bytes()
        assert b'indexing:index="no"' in path.read_bytes()
        kind = "application/rss+xml" if name == "rss.xml" else "application/atom+xml"
        assert not [problem for problem in check(path.read_bytes(), kind) if problem.serious]
    for said in (
        json.loads((tmp_path / "public" / "feed.json").read_text("utf-8")),
        *planet.items(),
    ):
        assert said["_syndicator"]["noindex"] is said["_syndicator"]["norepublish"] is True


def test_archives_that_close_one_by_one(tmp_path: Path, site: loopback.Site) -> None:
    """Each leads on to the next, in its feed and on its page (RFC 5005, 4)."""
    planet = Planet(tmp_path, site, ("/a", ""))
    for run in range(4):
        posts = (
            item(f"Number {n}", f"{BLOG}/{n}/", words(n), START)
            for n in range(run * 70, run * 70 + 70)
        )
        site.pages["/a"] = feed("Blog", BLOG, *posts)
        planet.run()
    folder = tmp_path / "public" / "archive"
    (link,) = re.findall(
        '<link[^>]*"next-archive"[^>]*>', (folder / "atom-1.xml").read_text("utf-8")
    )
    assert 'href="https://planet.example/archive/atom-2.xml"' in link
    assert 'href="2.html"' in (folder / "1.html").read_text("utf-8")
