"""`hold`, `newcomers` and `syndicator review`: posts wait for a person, and nothing late floods."""

import json
from pathlib import Path
from typing import Any

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, Planet, feed, item, words

from syndicator import judge, review
from syndicator.cli import main
from syndicator.errors import UsageError

pytestmark = pytest.mark.slow

CASINO = "https://casino.example"


def posts(*numbers: int, host: str = BLOG) -> list[str]:
    return [item(f"Post {number}", f"{host}/{number}/", words(number)) for number in numbers]


def titles(planet: Planet) -> list[str]:
    return [post["title"] for post in planet.items()]


def command(planet: Planet, *arguments: str) -> int:
    return main(["-c", str(planet.folder / "feeds.toml"), *arguments])


def decide(planet: Planet, *names: str, approved: bool = True) -> list[str]:
    lines = judge(planet.config(), names, approved=approved, now=planet.now)
    planet.now += HOUR
    return lines


@pytest.fixture
def sold(tmp_path: Path, site: loopback.Site) -> Planet:
    """A planet with a source whose domain has another owner since the second run."""
    site.pages["/a"] = feed("Blog", BLOG, *posts(1))
    planet = Planet(tmp_path, site, ("/a", 'id = "blog"'))
    planet.run()
    site.pages["/a"] = feed("Casino 777", CASINO, *posts(5, 4, 3, 2, 9, host=CASINO))
    planet.run()
    return planet


def test_a_source_with_hold(tmp_path: Path, site: loopback.Site) -> None:
    """Each new post waits until it is approved; a correction of an approved one is published."""
    site.pages["/a"] = feed("Blog", BLOG, *posts(1))
    planet = Planet(tmp_path, site, ("/a", 'hold = true\nid = "blog"'))
    planet.run()
    assert titles(planet) == []
    (held,) = review(planet.config())
    assert (held.name, held.reason, len(held.posts)) == ("Blog", "`hold = true` in its table", 1)
    assert decide(planet, f"{BLOG}/1/") == ["approved: Post 1"]
    assert titles(planet) == ["Post 1"]
    site.pages["/a"] = feed("Blog", BLOG, *posts(2), item("Post one", f"{BLOG}/1/", words(1)))
    planet.run()
    assert titles(planet) == ["Post one"]


def test_a_newcomer(tmp_path: Path, site: loopback.Site) -> None:
    """It waits where `newcomers` says so, with a line; approved, it brings its newest `join` posts."""
    site.pages |= {
        "/a": feed("Blog", BLOG, *posts(1)),
        "/b": feed("New", "https://new.example", *posts(16, 15, 14, 13, 12)),
    }
    planet = Planet(tmp_path, site, ("/a", ""), head='newcomers = "hold"\njoin = 2')
    assert planet.run().remarks == ()
    planet.sources.append(("/b", 'name = "Newcomer"'))
    (line,) = planet.run().remarks
    assert (
        line
        == "Newcomer is held: it is new here. Its new posts wait: `syndicator review` shows them."
    )
    assert titles(planet) == ["Post 1"]
    assert decide(planet, "Newcomer") == ["Newcomer is approved, with 5 posts"]
    assert titles(planet) == ["Post 16", "Post 15", "Post 1"]
    site.pages["/b"] = feed("New", "https://new.example", *posts(17, 16))
    assert planet.run().remarks == ()
    assert titles(planet)[0] == "Post 17"


def test_a_newcomer_that_is_trusted(tmp_path: Path, site: loopback.Site) -> None:
    """Its own `newcomers` goes before that of `[feed]`."""
    site.pages |= {"/a": feed("Blog", BLOG, *posts(1)), "/b": feed("New", BLOG, *posts(2))}
    planet = Planet(tmp_path, site, ("/a", ""), head='newcomers = "hold"')
    planet.run()
    planet.sources.append(("/b", 'newcomers = "publish"'))
    assert planet.run().remarks == ()
    assert len(titles(planet)) == 2


def test_a_published_post_of_a_held_source(sold: Planet) -> None:
    """It stays as it was published, under the name of then, while its feed tells another."""
    before = sold.items()
    sold.site.pages["/a"] = feed("Casino 777", CASINO, item("Win", f"{BLOG}/1/", words(77)))
    sold.run()
    assert sold.items() == before
    assert "Casino" not in json.dumps(before)
    for path, body in sold.files().items():
        assert b"asino" not in body, path


def test_a_held_source_is_approved(sold: Planet) -> None:
    """Its posts come with the next build: `join` as news with their dates, the rest as history; its
    new name and site are shown from the next run on.
    """
    assert decide(sold, "blog") == ["blog is approved, with 5 posts"]
    assert titles(sold) == ["Post 5", "Post 4", "Post 3", "Post 1"]
    report = sold.run(force=False)
    assert (report.due, report.new, report.updated, report.remarks) == (1, 0, 0, ())
    sold.site.pages["/a"] = feed("Casino 777", CASINO, *posts(6, 5, host=CASINO))
    assert sold.run().remarks == ()
    assert titles(sold)[0] == "Post 6"
    assert sold.items()[0]["_syndicator"]["source"]["title"] == "Casino 777"
    assert review(sold.config()) == []


def test_a_change_that_waited(tmp_path: Path, site: loopback.Site) -> None:
    """Approval lets it through: the feed is read anew."""
    site.pages["/a"] = feed("Blog", BLOG, *posts(1))
    planet = Planet(tmp_path, site, ("/a", 'id = "blog"'))
    planet.run()
    site.pages["/a"] = feed("Casino 777", CASINO, *posts(2, host=CASINO))
    planet.run()
    corrected = item("Post one", f"{BLOG}/1/", words(1))
    site.pages["/a"] = feed("Casino 777", CASINO, *posts(2, host=CASINO), corrected)
    planet.run()
    assert titles(planet) == ["Post 1"]
    decide(planet, "blog")
    planet.run(force=False)
    assert titles(planet) == ["Post 2", "Post one"]


def test_a_held_source_is_rejected(sold: Planet) -> None:
    """It is asked no more, what is published of it stays; approving it later asks it again."""
    (line,) = decide(sold, "blog", approved=False)
    assert line.startswith("blog is rejected, with 5 posts: it is asked no more")
    asked = len(sold.site.asked)
    sold.run()
    assert (len(sold.site.asked), titles(sold)) == (asked, ["Post 1"])
    (held,) = review(sold.config())
    assert (held.rejected, held.posts) == (True, ())
    decide(sold, "blog")
    sold.site.pages["/a"] = feed("Casino 777", CASINO, *posts(7, 5, host=CASINO))
    sold.run()
    assert titles(sold) == ["Post 7", "Post 1"]


def test_a_post_is_rejected(sold: Planet) -> None:
    """It never comes back, whatever is approved and whatever filter changes later."""
    decide(sold, f"{CASINO}/5/", approved=False)
    decide(sold, "blog")
    assert titles(sold) == ["Post 4", "Post 3", "Post 2", "Post 1"]
    sold.sources = [("/a", 'id = "blog"\nfilter = { exclude = { category = ["none"] } }')]
    sold.run()
    assert "Post 5" not in titles(sold)


def test_a_changed_filter_lets_no_waiting_post_through(sold: Planet) -> None:
    """Posts are judged again then; those that wait go on waiting."""
    sold.sources = [("/a", 'id = "blog"\nfilter = { exclude = { category = ["none"] } }')]
    sold.run()
    assert titles(sold) == ["Post 1"]
    (held,) = review(sold.config())
    assert len(held.posts) == 5


def test_posts_approved_by_name(sold: Planet) -> None:
    """All that are named are news, however many `join` allows; the source stays held."""
    (held,) = review(sold.config())
    decide(sold, *(str(post.number) for post in held.posts))
    assert len(titles(sold)) == 6
    assert [(each.name, each.posts) for each in review(sold.config())] == [("Blog", ())]


def test_a_held_source_that_deletes(tmp_path: Path, site: loopback.Site) -> None:
    """A new owner who calls the posts of the old one deleted, or drops them, takes out none."""
    site.pages["/a"] = feed("Blog", BLOG, *posts(3, 2, 1))
    planet = Planet(tmp_path, site, ("/a", 'id = "blog"'))
    planet.run()
    tombstone = f'<at:deleted-entry ref="{BLOG}/2/" when="2026-11-01T08:00:00Z"/>'
    body = feed("Casino 777", CASINO, *posts(9, 8, host=CASINO), head=tombstone)
    site.pages["/a"] = body.replace(
        b"<rss ", b'<rss xmlns:at="http://purl.org/atompub/tombstones/1.0" '
    )
    for _ in range(3):
        planet.run()
        planet.now += 24 * HOUR
    assert titles(planet) == ["Post 3", "Post 2", "Post 1"]


def test_posts_that_wait_when_hold_is_taken_out(tmp_path: Path, site: loopback.Site) -> None:
    """They wait on, and later posts are published."""
    site.pages["/a"] = feed("Blog", BLOG, *posts(1))
    planet = Planet(tmp_path, site, ("/a", 'hold = true\nid = "blog"'))
    planet.run()
    planet.sources = [("/a", 'id = "blog"')]
    site.pages["/a"] = feed("Blog", BLOG, *posts(2, 1))
    planet.run()
    assert titles(planet) == ["Post 2"]
    (held,) = review(planet.config())
    assert (held.reason, len(held.posts)) == ("posts of a time when it was held", 1)


def test_a_waiting_post_takes_no_credit(tmp_path: Path, site: loopback.Site) -> None:
    """A copy of another source's post in a held source changes nothing of what is published."""
    site.pages |= {
        "/a": feed("Blog", BLOG, *posts(1)),
        "/b": feed("Lake", "https://lake.example", *posts(20, host="https://lake.example")),
    }
    planet = Planet(tmp_path, site, ("/a", ""), ("/b", ""))
    planet.run()
    before = planet.items()
    copied = item("Post 20", f"{CASINO}/20/", words(20))
    site.pages["/a"] = feed("Casino 777", CASINO, copied, *posts(9, host=CASINO))
    assert len(planet.run().remarks) == 1
    assert planet.items() == before


def test_the_command(sold: Planet, capsys: pytest.CaptureFixture[str]) -> None:
    """It lists each held source with its reason and a short look at each post; `--json` has all."""
    assert command(sold, "review") == 0
    listed = capsys.readouterr().out
    assert 'Blog: is another feed now: "Casino 777" of casino.example, and was "Blog"' in listed
    assert "Post 5\n" in listed and f"{CASINO}/5/" in listed and "Carriage" in listed
    assert command(sold, "review", "--json") == 0
    (held,) = json.loads(capsys.readouterr().out)
    assert held["id"] == "blog"
    assert len(held["posts"]) == 5
    assert command(sold, "review", "reject", f"{CASINO}/5/") == 0
    assert capsys.readouterr().err == "rejected: Post 5\n"
    assert command(sold, "review", "approve", "Blog") == 0
    assert capsys.readouterr().err == "blog is approved, with 4 posts\n"
    assert command(sold, "review") == 0
    assert capsys.readouterr().out == "nothing waits for a review\n"


@pytest.mark.parametrize("arguments", [("approve",), ("approve", "Nobody")])
def test_a_review_of_nothing(
    arguments: tuple[str, ...], sold: Planet, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing or unknown name is a wrong usage, and nothing is decided."""
    assert command(sold, "review", *arguments) == 2
    assert "review" in capsys.readouterr().err or "Nobody" in arguments
    assert len(review(sold.config())[0].posts) == 5


def test_before_the_first_run(tmp_path: Path, site: loopback.Site) -> None:
    """Nothing waits."""
    planet = Planet(tmp_path, site, ("/a", ""))
    assert review(planet.config()) == []
    with pytest.raises(UsageError):
        judge(planet.config(), ["blog"], approved=True)


def said_of(planet: Planet, capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert command(planet, *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_status_and_why(sold: Planet, capsys: pytest.CaptureFixture[str]) -> None:
    """Both know that a source is held, and why."""
    (row,) = said_of(sold, capsys, "status")
    assert (row["state"], row["held"][:19]) == ("held", "is another feed now")
    assert command(sold, "status") == 0
    assert "held: is another feed now" in " ".join(capsys.readouterr().out.split())
    (waiting,) = said_of(sold, capsys, "why", f"{CASINO}/5/")
    assert waiting["source_standing"].startswith("held: is another feed now")
    assert waiting["feeds"][0]["why"] == "it waits for a review: `syndicator review`"
    decide(sold, "blog", approved=False)
    (refused,) = said_of(sold, capsys, "why", f"{CASINO}/5/")
    assert refused["feeds"][0]["why"] == "rejected in a review"
    (row,) = said_of(sold, capsys, "status")
    assert row["state"] == "rejected"
