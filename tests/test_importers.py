"""Another program's list of feeds, turned into `[[sources]]` tables."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from generator_helpers import EDITION, SOURCE
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from syndicator import config
from syndicator.cli import main
from syndicator.errors import UsageError
from syndicator.generator import generate_one as one
from syndicator.importers import Subscription, read, tables

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Trains"><outline text="Night &amp; day">
  <outline type="rss" text="t" title="Slow&nbsp;rails" xmlUrl="https://rails.example/feed?a=1&b=2"/>
</outline></outline>
<outline text="Tea" xmlurl="https://tea.example/atom" category="/drink/hot, leaves"/>
<outline text="No feed" htmlUrl="https://x.example/"/>
<outline text="Here" xmlUrl="feeds/own.xml"/>
</body></opml>"""

VENUS = """# a planet
[Planet]
name = Planet Rail
link = https://planet.example/
[DEFAULT]
face = none
[https://rails.example/feed]
name = Slow rails 100%
[https://tea.example/atom]
"""

PLUTO = """title = Planet Rail
[rails]
  title = Slow rails
  link  = https://rails.example/
  feed  = https://rails.example/feed
"""

RSS2EMAIL = """[DEFAULT]
from = me@mail.example
[feed.rails]
url = https://rails.example/feed
"""

NEWSBOAT = r"""# trains
https://rails.example/feed "~Slow \"rails\"" trains "night and day" "!unseen"
"query:All:unread = \"yes\""

https://tea.example/atom
https://tea.example/atom twice
"""


@pytest.mark.parametrize(
    ("text", "found", "others"),
    [
        pytest.param(
            OPML,
            [
                Subscription(
                    "https://rails.example/feed?a=1&b=2", "Slow rails", ("Trains", "Night & day")
                ),
                Subscription("https://tea.example/atom", "Tea", ("drink/hot", "leaves")),
            ],
            ["left out, no address of a feed: feeds/own.xml"],
            id="OPML",
        ),
        pytest.param(
            VENUS,
            [
                Subscription("https://rails.example/feed", "Slow rails 100%"),
                Subscription("https://tea.example/atom"),
            ],
            [],
            id="Venus",
        ),
        pytest.param(RSS2EMAIL, [Subscription("https://rails.example/feed")], [], id="rss2email"),
        pytest.param(
            NEWSBOAT,
            [
                Subscription(
                    "https://rails.example/feed", 'Slow "rails"', ("trains", "night and day")
                ),
                Subscription("https://tea.example/atom", "", ("twice",)),
            ],
            ['left out, no address of a feed: query:All:unread = "yes"'],
            id="newsboat",
        ),
    ],
)
def test_each_kind_of_list(text, found, others):
    """Addresses with names and tags, each once; what is no feed's address is told."""
    assert read(text, "list") == (found, others)
    assert read("\ufeff" + text, "list") == (found, others)


def test_a_list_with_settings_before_its_first_section():
    """Pluto's has its title there."""
    assert read(PLUTO, "list")[0] == [Subscription("https://rails.example/feed", "Slow rails")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lists no feeds; expected OPML, the INI file of a planet, sfeed's"),
        ("print('hello')\n", "lists no feeds"),
        ("[a]\nb = c\n", "lists no feeds"),
        ("[a]\nno key\n", "line 2: no key and value: no key"),
        ("<opml><body/></opml>", "lists no feeds"),
        (
            '<rss version="2.0"/>',
            "is XML, but no OPML; a feed itself is read by `syndicator fetch list`",
        ),
        ("<", "is XML, but no OPML"),
    ],
)
def test_what_is_no_list(text, words):
    """It is said what would be one."""
    with pytest.raises(UsageError, match=r"^list[:,] ") as error:
        read(text, "list")
    assert words in str(error.value)


def test_a_name_serves_once():
    """It is the source's id: of two with one name the second goes by its address."""
    two = [Subscription("https://a.example/", "News"), Subscription("https://b.example/", "News")]
    assert [tomllib.loads(table)["sources"][0].get("name") for table in tables(two)[0]] == [
        "News",
        None,
    ]
    assert all("name" not in table for table in tables(two, ["News"])[0])


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4))
def test_any_name_is_written_so_that_it_reads_the_same(words):
    """Quotes, controls and all."""
    ((table,), _) = tables([Subscription("https://a.example/", words[0], tuple(words[1:]))])
    source = tomllib.loads(table)["sources"][0]
    assert source.get("name", "") == words[0]
    assert source["tags"] == words[1:]


def test_what_we_publish_can_be_read_back():
    """Our own OPML lists our sources."""
    published = one(replace(EDITION, sources=(SOURCE,)), "opml").body
    assert read(published.decode(), "opml.xml") == ([Subscription(SOURCE.feed, SOURCE.name)], [])


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    """What it prints is a configuration; what is there already is not printed again."""
    monkeypatch.chdir(tmp_path)
    Path("list.opml").write_text(OPML)
    Path("feeds.toml").write_text(
        '[feed]\ntitle = "T"\n[[sources]]\nurl = "https://tea.example/atom"\n'
    )
    assert main(["import", "list.opml"]) == 0
    printed, said = capsys.readouterr()
    assert "[feed]" not in printed
    assert said == "1 new source, 1 there already\nleft out, no address of a feed: feeds/own.xml\n"
    with Path("feeds.toml").open("a") as file:
        file.write(printed)
    assert [
        (source.url, source.name, source.tags) for source in config.load(Path("feeds.toml")).sources
    ] == [
        ("https://tea.example/atom", "", ()),
        ("https://rails.example/feed?a=1&b=2", "Slow rails", ("Trains", "Night & day")),
    ]
    assert main(["import", "list.opml"]) == 0
    printed, said = capsys.readouterr()
    assert (printed, said.splitlines()[0]) == ("", "0 new sources, 2 there already")


def test_an_address_in_another_spelling(tmp_path, monkeypatch, capsys):
    """It is the same source, in the list and in the configuration, which would refuse it as one
    that stands twice.
    """
    monkeypatch.chdir(tmp_path)
    Path("urls").write_text("https://a.example/\nHTTP://B.example/f\nhttp://b.example/f\n")
    Path("feeds.toml").write_text('[feed]\ntitle = "T"\n[[sources]]\nurl = "https://a.example"\n')
    assert main(["import", "urls"]) == 0
    printed, said = capsys.readouterr()
    assert (printed, said) == (
        '\n[[sources]]\nurl = "HTTP://B.example/f"\n',
        "1 new source, 1 there already\n",
    )


@pytest.mark.parametrize("there", [None, "", "\n \n", "# mine\n"])
def test_before_there_is_a_configuration(tmp_path, monkeypatch, capsys, there):
    """The command of --help makes one that can be read, though the shell has made an empty file
    first.
    """
    monkeypatch.chdir(tmp_path)
    Path("urls").write_text(NEWSBOAT)
    if there is not None:
        Path("feeds.toml").write_text(there)
    assert main(["import", "urls"]) == 0
    printed, said = capsys.readouterr()
    with Path("feeds.toml").open("a") as file:
        file.write(printed)
    assert len(config.load(Path("feeds.toml")).sources) == 2
    assert said.splitlines()[:2] == [
        "2 new sources",
        "a [feed] table is printed first: put your title in",
    ]
    assert main(["import", "urls"]) == 0
    assert capsys.readouterr().out == ""


def test_a_configuration_with_a_mistake(tmp_path, monkeypatch, capsys):
    """It is told of; nothing could be compared with it."""
    monkeypatch.chdir(tmp_path)
    Path("urls").write_text(NEWSBOAT)
    Path("feeds.toml").write_text("[feed]\n")
    assert main(["import", "urls"]) == 2
    assert capsys.readouterr().err.startswith("syndicator: feeds.toml: [feed], key `title`")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("nowhere.opml", "there is no such file"),
        (".", "can't be read (Is a directory)"),
        ("https://a.example/l.opml", "is an address, and import takes a file: download it first"),
    ],
)
def test_a_list_that_cant_be_read(tmp_path, monkeypatch, capsys, file, words):
    """It is said why, in words."""
    monkeypatch.chdir(tmp_path)
    assert main(["import", file]) == 2
    assert capsys.readouterr().err == f"syndicator: {file}: {words}\n"


ACCOUNTS = """https://u:p@g.example/rss
https://%75:p@G.example/rss
https://b\u00fccher.example/f
https://xn--bcher-kva.example/f
https://v:p@g.example/rss
http://g.example/mine?token=a
https://g.example/mine?token=b
http://plain.example/f
https://www.plain.example/f/
https://g.example:99999/
https://g.example/${HOME}
"""


def test_addresses_as_the_configuration_compares_them(tmp_path, monkeypatch, capsys):
    """http and https alike, an account's own feed apart: appended twice nothing doubles, and all
    can be read.
    """
    monkeypatch.chdir(tmp_path)
    Path("urls").write_text(ACCOUNTS)
    Path("feeds.toml").write_text(
        '[feed]\ntitle = "T"\n[[sources]]\nurl = "https://plain.example/f"\n'
    )
    assert main(["import", "urls"]) == 0
    printed, said = capsys.readouterr()
    assert said.startswith("5 new sources, 1 there already\nleft out: the list: ")
    assert said.count("left out") == 2
    with Path("feeds.toml").open("a") as file:
        file.write(printed)
    sources = config.load(Path("feeds.toml")).sources
    assert len({source.id for source in sources}) == 6
    assert main(["import", "urls"]) == 0
    assert capsys.readouterr().out == ""
    Path("urls").write_text(
        "https://w:p@g.example/rss\nhttps://g.example/rss\n"
    )  # somebody else's; without whose
    assert main(["import", "urls"]) == 0
    printed, said = capsys.readouterr()
    assert "w:p@" in printed
    assert said.startswith("1 new source, 1 there already\n")


def test_any_locale(tmp_path):
    """TOML is UTF-8: a terminal in latin-1, or cron without any locale, changes no byte."""
    (tmp_path / "urls").write_text('https://a.example/f "~Café ☕"', "utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "LC_ALL": "C"}
    command = [sys.executable, "-m", "syndicator", "import", "urls"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert tomllib.loads(done.stdout.decode("utf-8"))["sources"][0]["name"] == "Café ☕"


def test_outlines_that_are_not_read():
    """FreshRSS lists the pages that it scrapes as well; OPML can comment an outline out, and all in
    it.
    """
    text = """<opml><body>
    <outline type="HTML+XPath" xmlUrl="https://a.example/news"/>
    <outline type="JSONFeed" xmlUrl="https://a.example/feed.json"/>
    <outline text="old" isComment="true"><outline xmlUrl="https://me:pw@b.example/f"/></outline>
    </body></opml>"""
    assert read(text, "list") == (
        [Subscription("https://a.example/feed.json")],
        [
            "left out, not a feed but HTML+XPath: https://a.example/news",
            "left out, commented out in the list: https://b.example/f",
        ],
    )


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "utf-8-sig"])
def test_a_list_in_another_encoding(tmp_path, monkeypatch, capsys, encoding):
    """Old readers export what they declare, not UTF-8."""
    monkeypatch.chdir(tmp_path)
    text = '<opml><body><outline text="Café" xmlUrl="https://a.example/f"/></body></opml>'
    (tmp_path / "list.opml").write_bytes(
        f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    )
    assert main(["import", "list.opml"]) == 0
    assert 'name = "Café"' in capsys.readouterr().out


def test_addresses_as_a_browser_hands_them_over():
    """ "feed:" is no protocol: what is asked for is http, or what stands behind it."""
    feeds, others = read("feed://a.example/f\nfeed:https://b.example/f\nfeed:c\n", "urls")
    assert [feed.url for feed in feeds] == ["http://a.example/f", "https://b.example/f"]
    assert others == ["left out, no address of a feed: feed:c"]


def test_what_newsboat_hides():
    """It reads such a feed as any other; so do we."""
    feeds, others = read('!https://a.example/f "~A" "!hidden"\n', "urls")
    assert feeds == [Subscription("https://a.example/f", "A")]
    assert not others


def test_a_file_of_this_machine(tmp_path, monkeypatch, capsys):
    """A path is a source; another machine's file, and a folder, are none. Appended twice nothing
    doubles.
    """
    monkeypatch.chdir(tmp_path)
    lines = "file:///a/my%20own.xml\nfile://localhost/b.xml\nFILE:/c.xml\nfile://far.example/d.xml\nfile:///e/\n"
    Path("urls").write_text(lines)
    assert main(["import", "urls"]) == 0
    printed, said = capsys.readouterr()
    assert said.splitlines()[2:] == [
        "left out, no address of a feed: 2 feeds, such as file://far.example/d.xml",
    ]
    Path("feeds.toml").write_text(printed)
    paths = [source.path for source in config.load(Path("feeds.toml")).sources]
    assert paths == [Path("/a/my own.xml"), Path("/b.xml"), Path("/c.xml")]
    assert main(["import", "urls"]) == 0
    assert capsys.readouterr().out == ""


def test_full_text_from_pages():
    """FreshRSS can fetch it; a feed that loses it is taken, and told of."""
    attribute = 'xmlns:frss="https://freshrss.org/opml" frss:cssFullContent='
    outlines = f'<outline xmlUrl="https://a.example/f" {attribute}"article"/>'
    outlines += f'<outline xmlUrl="https://b.example/f" {attribute}""/>'
    feeds, remarks = read(f"<opml><body>{outlines}</body></opml>", "list")
    assert [feed.url for feed in feeds] == ["https://a.example/f", "https://b.example/f"]
    assert remarks == ["not taken over, `frss:cssFullContent` of https://a.example/f"]
