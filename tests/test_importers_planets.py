"""What a planet's INI file says of what it publishes: taken over, or told."""

import tomllib
from pathlib import Path

import pytest
from msgspec.structs import replace
from normalizer_helpers import NOW, post

from syndicator import config
from syndicator.filters import judge
from syndicator.importers import Subscription, import_list, read, tables
from syndicator.model.feed import Category, Person
from syndicator.model.settings import Config, Source

URL = "https://rails.example/feed"
LOOK = "look over the filters: a category counts for them by its whole name only"
BARE = post("<p>Slow rails through hills</p>", title="Weekly notes")


def source(settings: str, before: str = "") -> Source:
    """Return the source that a section with these settings becomes."""
    feeds, _ = read(f"{before}\n[{URL}]\n{settings}\n", "planet.ini")
    (table,), refused = tables(feeds)
    assert not refused
    return config.source_of(tomllib.loads(table)["sources"][0], "f")


@pytest.mark.parametrize(
    "speaking",
    [
        replace(BARE, title="Python 3"),
        replace(BARE, text="on debian machines"),
        replace(BARE, authors=(Person("The debian team"),)),
        replace(BARE, categories=(Category("python"),)),
    ],
    ids=["title", "text", "author", "category"],
)
def test_patterns(speaking):
    """Venus looks for them in all that a post says, and so do we."""
    only, but = source("filter = [Pp]ython|debian|python"), source("exclude = Python|debian|python")
    plain = source("filter = (?i)python|debian")
    assert not judge(speaking, plain.filter, NOW)
    assert judge(BARE, plain.filter, NOW)
    if not speaking.categories:  # by a pattern no category is found
        assert not judge(speaking, only.filter, NOW)
    assert judge(speaking, but.filter, NOW)
    assert not judge(BARE, but.filter, NOW)


def test_patterns_of_all_feeds():
    """[Planet] and [DEFAULT] speak for sections that don't; each line that excludes is a pattern of
    its own.
    """
    common = "[Planet]\nfilter = rails\nexclude = hills\n[DEFAULT]\nexclude = one\n  two\n"
    assert source("", common).filter.include.text == "rails"
    assert source("", common).filter.exclude.category == ("one", "two")
    assert source("filter = own", common).filter.include.category == ("own",)
    assert source("filter =", common).filter.include.text == ""
    assert read(f"{common}[{URL}]\n", "planet.ini")[1] == [LOOK]


def test_dates_to_come():
    """What Venus ignores is held back until its date."""
    assert source("future_dates = ignore_entry").future == "hold"
    assert source("future_dates = keep").future == "keep"
    assert source("future_dates = ignore_date").future == "now"
    assert source("").future == "now"


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ("filter = one\n  two", "its `filter` has no equal here"),
        ("filter = ^News", "its `filter` has no equal here"),
        ("exclude = Weekly.*hills", "its `exclude` has no equal here"),
        ("filters = xpath_sifter.py?require=//x", "its `filters` have no equal here"),
        ("includes = ruby,rails", "its `includes` and `excludes` have no equal here"),
        ("content_type = opml", "a list of feeds itself"),
        ("active = False", "not active in the list"),
    ],
)
def test_a_feed_of_which_more_would_be_published(settings, why):
    """It is left out, and told of."""
    other = "https://tea.example/atom"
    found = read(f"[{URL}?token=x]\n{settings}\n[{other}]\n", "planet.ini")
    assert found == ([Subscription(other)], [f"left out, {why}: {URL}?token=..."])


def test_a_pattern_of_another_grammar():
    """RE2 looks neither ahead nor back: the configuration would be refused."""
    feeds, _ = read(f"[{URL}]\nfilter = rails(?! to)\n", "planet.ini")
    written, (refused,) = tables(feeds)
    assert not written
    assert refused.startswith("left out: the list: ")
    assert "RE2" in refused


def test_what_has_no_equal():
    """Other programs that a post was sent through are named; the feed is taken."""
    found = read(
        f"[Planet]\nfilters = excerpt.py\n[{URL}]\nignore_in_feed = author\n", "planet.ini"
    )
    lines = [f"not taken over, `{key}` of {URL}" for key in ("filters", "ignore_in_feed")]
    assert found == ([Subscription(URL)], lines)


PLANET = f"""[Planet]
name = Planet
  "Rail"
link = https://planet.example/
owner_name = Ann
owner_email = ann@planet.example
[{URL}]
"""


def begun(text: str, folder: Path) -> tuple[Config, list[str]]:
    """Return the configuration that a list begins, and what is said of it."""
    (folder / "planet.ini").write_text(text)
    (folder / "feeds.toml").unlink(missing_ok=True)
    brought = import_list(str(folder / "planet.ini"), folder / "feeds.toml")
    (folder / "feeds.toml").write_text(brought.text)
    return config.load(folder / "feeds.toml"), list(brought.remarks[1:])


def test_the_planet_itself(tmp_path):
    """What it is called, where it is and whom to write to begin our own configuration."""
    made, said = begun(PLANET, tmp_path)
    feed = made.feeds[0]
    assert (feed.title, feed.link, feed.contact) == (
        'Planet "Rail"',
        "https://planet.example/",
        "mailto:ann@planet.example",
    )
    assert said == ["a [feed] table is printed first, with the title that the list has"]
    assert import_list(str(tmp_path / "planet.ini"), tmp_path / "feeds.toml").text == ""


def test_a_planet_of_which_little_can_be_said(tmp_path):
    """What our configuration would refuse is left out, and told; Pluto's title stands before all
    sections.
    """
    made, said = begun(
        PLANET.replace("ann@", "ann at ").replace("https://planet", "planet"), tmp_path
    )
    assert (made.feeds[0].title, made.feeds[0].contact) == ('Planet "Rail"', "")
    assert [line.split(":")[2].split(",")[1].strip() for line in said[1:]] == [
        "key `link`",
        "key `contact`",
    ]
    made, said = begun(f"title = Rails\n[rails]\nfeed = {URL}\n", tmp_path)
    assert (made.feeds[0].title, said) == (
        "Rails",
        ["a [feed] table is printed first, with the title that the list has"],
    )
    made, said = begun(f"[{URL}]\nname = Slow rails\n", tmp_path)
    assert (made.feeds[0].title, said) == (
        "My planet",
        ["a [feed] table is printed first: put your title in"],
    )
