"""Lists of sfeed, rawdog, Perlanet, planet-sympy and mercury; what a list loses, and what it says."""

import io
import sys
from pathlib import Path

import pytest

from syndicator import config
from syndicator.cli import main
from syndicator.importers import Subscription, import_list, read

A, B = "https://a.example/feed", "https://b.example/atom.xml"

SFEED = f"""\
sfeedpath="$HOME/.sfeed/feeds"
# list of feeds to fetch:
feeds() {{
\t# feed <name> <feedurl> [basesiteurl] [encoding]
\tfeed "Ann's notes" "{A}" "https://a.example"
\tfeed 'Bee' '{B}'
}}
"""
RAWDOG = f"""\
maxarticles 200
feed 1h {A}
    define_name Ann's notes
feed 30m {B} keepmin=5
  showimage 1
"""
PERLANET = f"""\
title: Planet Perl   # ours
description: A planet
url: http://planet.example/
author:
  name: Dave
entries: 30
feeds:
  - url: {A}
    title: "Ann's notes"
    web: https://a.example/
  # a comment
  - title: Bee
    url: {B}
opml: opml.xml
"""
SYMPY = f"feeds:\n- name: Ann's notes\n  feed: {A}\n- name: 'Bee'\n  feed: {B}\n"
MERCURY = f"""\
name = "Planet"
url = "https://planet.example/"
email = "me@planet.example"
items = 40
[[feed]]
name = "Ann's notes"
feed = "{A}"
[[feed]]
name = "Bee"
feed = "{B}"
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(SFEED, ("Ann's notes", "Bee"), id="sfeed"),
        pytest.param(RAWDOG, ("Ann's notes", ""), id="rawdog"),
        pytest.param(PERLANET, ("Ann's notes", "Bee"), id="perlanet"),
        pytest.param(SYMPY, ("Ann's notes", "Bee"), id="planet-sympy"),
        pytest.param(MERCURY, ("Ann's notes", "Bee"), id="mercury"),
    ],
)
def test_the_list_of_a_program(text: str, names: tuple[str, str]) -> None:
    """It is told by its looks, and all feeds come with their names."""
    feeds, remarks = read(text, "list")
    assert feeds == [Subscription(A, names[0]), Subscription(B, names[1])]
    assert remarks == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PERLANET, ("Planet Perl", "http://planet.example/", "", 30)),
        (MERCURY, ("Planet", "https://planet.example/", "mailto:me@planet.example", 40)),
    ],
)
def test_a_planet_begins_a_configuration(
    text: str, expected: tuple[str, str, str, int], tmp_path: Path
) -> None:
    """Its title, address, contact and number of posts become `[feed]`."""
    (tmp_path / "list").write_text(text, "utf-8")
    path = tmp_path / "feeds.toml"
    path.write_text(import_list(str(tmp_path / "list"), path).text, "utf-8")
    loaded = config.load(path)
    feed = loaded.feeds[0]
    assert (feed.title, feed.link, feed.contact, feed.limit) == expected
    assert [source.url for source in loaded.sources] == [A, B]


VENUS = f"""\
[Planet]
name = Planet ; the name
link = https://planet.example/
feed = https://planet.example/%(atom)s
atom = atom.xml
template_files = atom.xml.tmpl rss20.xml.tmpl index.html.tmpl
items_per_page = 60
new_feed_items = 5
[DEFAULT]
filter = rails
[{A}]
name = Ann ; of course
face = ann.png
[{B}]
name = %(who)s's notes
who = Bee
face = bee.png
"""


def test_a_venus_planet(tmp_path: Path) -> None:
    """Its feed's id, file names, numbers and filter come along, and comments and references count
    as in its own parser.
    """
    (tmp_path / "planet.ini").write_text(VENUS, "utf-8")
    path = tmp_path / "feeds.toml"
    result = import_list(str(tmp_path / "planet.ini"), path)
    path.write_text(result.text, "utf-8")
    loaded = config.load(path)
    feed = loaded.feeds[0]
    assert (feed.title, loaded.id) == ("Planet", "https://planet.example/atom.xml")
    assert (feed.names, feed.limit) == ({"rss": "rss20.xml"}, 60)
    assert [source.name for source in loaded.sources] == ["Ann", "Bee's notes"]
    assert [source.join for source in loaded.sources] == [5, 5]
    assert feed.filter.include.text == "rails"
    assert result.text.count("rails") == 4, "once for each rule of [feed.filter]"
    assert [source.icon for source in loaded.sources] == [
        f"https://planet.example/images/{name}.png" for name in ("ann", "bee")
    ]
    assert any(line.startswith("look over the faces") for line in result.remarks)


def test_faces_of_a_planet_without_an_address(tmp_path: Path) -> None:
    """A whole address comes along; a file that nobody can find is told of, and the feed is taken."""
    face = "https://b.example/bee.png"
    text = f"[{A}]\nface = ann.png\n[{B}]\nface = {face}\n"
    (tmp_path / "planet.ini").write_text(text, "utf-8")
    result = import_list(str(tmp_path / "planet.ini"), tmp_path / "feeds.toml")
    assert result.text.count("icon = ") == 1
    assert f'icon = "{face}"' in result.text
    assert f"not taken over, `face` of {A}" in result.remarks


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            f'<opml><body><outline xmlUrl="{A}"/>\n<outline text="x" xmlUrl="https://b.ex',
            "the list is cut: it ends after 1 feed, without </opml>",
        ),
        (
            f'<opml><body><outline xmlUrl="{A}"/>\n<outline text="x" text="y" <xmlUrl="{B}"/>'
            "</body></opml>",
            "the list is damaged at line 2 ",
        ),
    ],
)
def test_a_damaged_opml(text: str, says: str) -> None:
    """Feeds that could not be read are told, with the line, never lost in silence."""
    feeds, (told,) = read(text, "list.opml")
    assert [feed.url for feed in feeds] == [A]
    assert told.startswith(says)


def test_an_opml_that_only_looks_damaged() -> None:
    """An address in a comment, or a bare ampersand, is no damage."""
    text = f'<opml><body><!-- xmlUrl="x" --><outline text="a & b" xmlUrl="{A}"/></body></opml>'
    assert read(text, "list.opml") == ([Subscription(A, "a & b")], [])


def test_a_feed_in_several_folders() -> None:
    """It has the tags of all of them."""
    outline = f'<outline text="{{}}"><outline text="Ann" xmlUrl="{A}"/></outline>'
    text = f"<opml><body>{outline.format('News')}{outline.format('Trains')}</body></opml>"
    assert read(text, "list.opml") == ([Subscription(A, "Ann", ("News", "Trains"))], [])


def test_a_list_out_of_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`-` is standard input."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{A}\n".encode())))
    assert main(["import", "-"]) == 0
    assert f'url = "{A}"' in capsys.readouterr().out
