"""`syndicator withdraw`: posts by source, author and address, and the day in which it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import BLOG, HOUR, START, Planet, feed, item, words

from syndicator import undo_withdrawal, withdraw
from syndicator.cli import main
from syndicator.errors import UsageError

pytestmark = pytest.mark.slow

OTHER = "https://other.example"
LISTS = '[related]\nscope = "source"\ncopies = "near"'


@pytest.fixture
def planet(tmp_path: Path) -> Iterator[Planet]:
    """A blog with posts of two years and two authors, and another that tells one of them, too."""
    with loopback.site() as site:
        posts = []
        for n in range(6):
            name = "Ann Lee" if n % 2 else "Bo"
            creator = f'<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">{name}</dc:creator>'
            link = f"{BLOG}/{2024 + n // 3}/{n}?p=[1]"
            posts.append(item(f"Number {n}", link, words(n), START - n * HOUR, creator))
        site.pages["/a"] = feed("Blog", BLOG, *posts)
        others = [
            item("Number 1", f"{OTHER}/1/", words(1), START - 20 * HOUR),
            item("Number 19", f"{OTHER}/19/", words(19), START - 9 * HOUR),
        ]
        site.pages["/b"] = feed("Other", OTHER, *others)
        planet = Planet(tmp_path, site, ("/a", 'name = "Blog"'), head='pages = "full"', more=LISTS)
        planet.run()
        planet.sources.append(("/b", 'name = "Other"'))
        planet.run()
        yield planet


def numbers(planet: Planet) -> list[int]:
    return sorted(int(post["title"].rpartition(" ")[2]) for post in planet.items())


def bodies(planet: Planet) -> dict[str, str]:
    return {post["id"]: post["content_html"] for post in planet.items()}


def test_all_posts_of_a_source(planet: Planet) -> None:
    """They leave documents, pages and lists; a story that another source tells elsewhere stays."""
    withdraw(planet.config(), "Other", planet.now, by="source")
    assert numbers(planet) == [0, 1, 2, 3, 4, 5]
    assert not [path for path, body in planet.files().items() if b"other.example/19/" in body]
    assert not [path for path, body in planet.files().items() if b"other.example/1/" in body]
    planet.run()
    assert numbers(planet) == [0, 1, 2, 3, 4, 5]


def test_all_posts_of_the_source_that_came_first(planet: Planet) -> None:
    """The story that another source tells at its own address stays."""
    withdraw(planet.config(), "Blog", planet.now, by="source")
    assert numbers(planet) == [1, 19]


def test_all_posts_of_an_author(planet: Planet) -> None:
    """They leave, however the name is written; posts of others stay."""
    assert withdraw(planet.config(), "ann lee", planet.now, by="author") == 2
    assert numbers(planet) == [0, 1, 2, 4, 19]


def test_addresses_of_a_pattern(planet: Planet) -> None:
    """Only * stands for other text; a question mark is itself."""
    with pytest.raises(UsageError, match="no post is left to withdraw"):
        withdraw(planet.config(), f"{BLOG}/2024/?", planet.now, by="pattern")
    assert withdraw(planet.config(), f"{BLOG}/2025/*?p=*", planet.now, by="pattern") == 3
    assert numbers(planet) == [0, 1, 2, 19]


@pytest.mark.parametrize("pattern", ["*", "https://*", "2024"])
def test_a_pattern_without_a_host(planet: Planet, pattern: str) -> None:
    """It is refused."""
    with pytest.raises(UsageError):
        withdraw(planet.config(), pattern, planet.now, by="pattern")


@pytest.mark.parametrize(
    ("by", "value"),
    [("source", "Blog"), ("source", "Other"), ("author", "Bo"), ("pattern", f"{BLOG}/*/2?*")],
)
def test_undo_within_a_day(planet: Planet, by: str, value: str) -> None:
    """Documents have the same posts, bodies and lists as before, and the same pages are there."""
    before, pages = bodies(planet), set(planet.files())
    count = withdraw(planet.config(), value, planet.now, by=by)  # type: ignore[arg-type]
    assert set(planet.files()) < pages
    assert bodies(planet) != before
    planet.now += timedelta(hours=20)
    planet.run()
    assert undo_withdrawal(planet.config(), value, planet.now, by=by) == count  # type: ignore[arg-type]
    assert bodies(planet) == before
    assert set(planet.files()) == pages
    planet.run()
    assert bodies(planet) == before
    with pytest.raises(UsageError, match="within the last day"):
        undo_withdrawal(planet.config(), value, planet.now, by=by)  # type: ignore[arg-type]


def test_undo_of_one_post(planet: Planet) -> None:
    """It is named by its address, its id or its page, whichever took it out."""
    before = bodies(planet)
    (path,) = (planet.folder / "public/posts").rglob("number-2-*.html")
    page = f"https://planet.example/{path.relative_to(planet.folder / 'public')}"
    link = f"{BLOG}/2024/2?p=[1]"
    (found,) = [post["id"] for post in planet.items() if post["title"] == "Number 2"]
    for word, other in ((page, found), (link, page), (found, link)):
        withdraw(planet.config(), word, planet.now)
        assert numbers(planet) == [0, 1, 3, 4, 5, 19]
        undo_withdrawal(planet.config(), other, planet.now)
        assert bodies(planet) == before


def test_undo_after_a_day(planet: Planet) -> None:
    """What was withdrawn is so for good."""
    withdraw(planet.config(), "Bo", planet.now, by="author")
    planet.now += timedelta(hours=25)
    with pytest.raises(UsageError, match="within the last day"):
        undo_withdrawal(planet.config(), "Bo", planet.now, by="author")
    assert numbers(planet) == [1, 3, 5, 19]


def test_two_withdrawals(planet: Planet) -> None:
    """Undoing the one leaves the other."""
    link = f"{BLOG}/2024/2?p=[1]"
    withdraw(planet.config(), link, planet.now)
    withdraw(planet.config(), "Bo", planet.now, by="author")
    undo_withdrawal(planet.config(), "Bo", planet.now, by="author")
    assert numbers(planet) == [0, 1, 3, 4, 5, 19]
    undo_withdrawal(planet.config(), link, planet.now)
    assert numbers(planet) == [0, 1, 2, 3, 4, 5, 19]


def test_the_command(planet: Planet, capsys: pytest.CaptureFixture[str]) -> None:
    """It says how many posts left, how to take that back, and that posts to come are not meant."""
    planet.config()
    command = ["-c", str(planet.folder / "feeds.toml"), "withdraw"]
    assert main([*command, "--source", "Other"]) == 0
    assert numbers(planet) == [0, 1, 2, 3, 4, 5]
    assert main([*command, "--source", "Other", "--undo"]) == 0
    assert numbers(planet) == [0, 1, 2, 3, 4, 5, 19]
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "withdrawn for good: 2 posts; `--undo` takes it back for a day",
        "posts to come are not concerned: `syndicator remove` ends the source",
        "back again: 2 posts",
    ]
    assert main([*command]) == 2
    assert main([*command, "x", "--author", "y"]) == 2
    assert main([*command, "--undo", "https://nowhere.example/"]) == 2


def test_a_source_by_its_name_and_its_address(planet: Planet) -> None:
    """Either serves where the source has another id; an empty one names none."""
    planet.site.pages["/c"] = feed("Third", OTHER, item("Number 30", f"{OTHER}/30/", words(30)))
    planet.sources.append(("/c", 'id = "c"\nname = "Third"'))
    planet.run()
    command = ["-c", str(planet.folder / "feeds.toml"), "withdraw"]
    for name in ("Third", f"{planet.site.url}/c", "c"):
        assert 30 in numbers(planet)
        assert main([*command, "--source", name]) == 0
        assert 30 not in numbers(planet)
        assert main([*command, "--source", name, "--undo"]) == 0
    assert main([*command, "--source", ""]) == 2


def test_one_post_by_the_command(planet: Planet, capsys: pytest.CaptureFixture[str]) -> None:
    """It says that this can be taken back, too."""
    command = ["-c", str(planet.folder / "feeds.toml"), "withdraw"]
    post = planet.items()[0]
    assert main([*command, post["id"]]) == 0
    (said,) = capsys.readouterr().err.splitlines()
    assert said == f"withdrawn for good: {post['id']}; `--undo` takes it back for a day"
