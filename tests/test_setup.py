"""The way in: init, add, remove, rename, pause, resume, list and export, through the command
line.
"""

import io
import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from loopback import rss, site

from syndicator import config
from syndicator.cli import main

pytestmark = pytest.mark.slow

FEED = rss("Lakeside", [("One", "First text"), ("Two", "Second text")])
COMMENTS = rss("Comments on Lakeside", [("Reply", "A reply")])
HEAD = """\
# My planet, by hand.
[feed]
title = "Planet"   # its name

[[sources]]
url = "a.xml"      # the first
# interval = "2h"

[fetch]
delay = "0s"
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def planet(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.toml"
    path.write_text(HEAD, "utf-8")
    (tmp_path / "a.xml").write_bytes(rss("Notes", [("Zero", "Text")]))
    return path


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """A person at a terminal, who answers."""

    def run(*arguments: str, answers: str) -> int:
        stdin = io.StringIO(answers)
        monkeypatch.setattr(stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        return main(list(arguments))

    return run


def sources(path: Path) -> list[dict[str, object]]:
    tables: list[dict[str, object]] = tomllib.loads(path.read_text("utf-8")).get("sources", [])
    return tables


# -- init ----------------------------------------------------------------------------------------


def test_init_without_a_terminal(tmp_path: Path) -> None:
    """The file can be read as it is, and its comments name other settings."""
    assert main(["init", "planet", "--title", "Planète", "--contact", "me@example.org"]) == 0
    loaded = config.load(tmp_path / "planet" / "feeds.toml")
    assert (loaded.feeds[0].title, loaded.feeds[0].contact) == ("Planète", "me@example.org")
    assert "# [[sources]]" in (tmp_path / "planet" / "feeds.toml").read_text("utf-8")


def test_init_at_a_terminal(tmp_path: Path, at_terminal: Callable[..., int]) -> None:
    """It asks for title, link and contact; an empty answer is the default that is shown."""
    assert at_terminal("init", answers='My "own" planet\n\n\n') == 0
    feed = config.load(tmp_path / "feeds.toml").feeds[0]
    assert (feed.title, feed.link, feed.contact) == (
        'My "own" planet',
        "http://127.0.0.1:8000/",
        "",
    )


def test_init_where_a_file_is(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is never overwritten."""
    assert main(["init"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert planet.read_text("utf-8") == HEAD


def test_init_with_a_wrong_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told as a mistake of the file would be, and no file is made."""
    assert main(["init", "--title", "T", "--link", "my site"]) == 2
    assert "[feed], key `link`: must be an address" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the command that makes the file."""
    assert main(["run"]) == 2
    assert "make one with `syndicator init`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no command was given; `syndicator init` makes a feeds.toml"),
        (["rnu"], 'there is no command "rnu"; did you mean `syndicator run`?'),
        (["xyzzy"], 'there is no command "xyzzy"; the commands are init, add,'),
    ],
)
def test_a_command_that_is_none(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that was probably meant is named, with status 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("before", [True, False])
def test_the_configuration_before_and_behind_the_command(
    planet: Path, before: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """`-c` counts in both places."""
    planet.rename("other.toml")
    option = ["-c", "other.toml"]
    assert main([*option, "list"] if before else ["list", *option]) == 0
    assert "a.xml" in capsys.readouterr().out


# -- add -----------------------------------------------------------------------------------------


def test_a_home_page_that_announces_its_feed(
    planet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The feed is shown and written behind the others; comments and order stay."""
    page = b'<link rel="alternate" type="application/rss+xml" href="/f.xml"><title>x</title>'
    with site({"/": page, "/f.xml": FEED}) as blog:
        blog.types["/"] = "text/html"
        assert main(["add", f"{blog.url}/", "--tag", "news"]) == 0
    assert sources(planet) == [{"url": "a.xml"}, {"url": f"{blog.url}/f.xml", "tags": ["news"]}]
    text = planet.read_text("utf-8")
    for line in HEAD.splitlines():
        assert line in text
    said = capsys.readouterr().err
    for words in ("Lakeside: 2 posts", "language: en", "credit: The post", "appeared first on"):
        assert words in said


def _link(kind: str, path: str, more: str = "") -> str:
    return f'<link rel="alternate" type="application/{kind}" {more} href="{path}">'


# Pages in the shapes of large services: path of the page, its HTML, path of the feed.
SERVICES = {
    "a channel of videos": (
        "/@harbour",
        f"<script>var data = '{'x' * 700_000}'</script>"
        + '<link rel="alternate" media="handheld" href="/m/@harbour">'
        + _link("json+oembed", "/oembed?format=json&amp;url=x", 'title="Harbour"')
        + _link("rss+xml", "/feeds/videos.xml?channel_id=UC1_a-b", 'title="RSS"'),
        "/feeds/videos.xml?channel_id=UC1_a-b",
    ),
    "releases of a repository": (
        "/harbour/boats/releases",
        '<link rel="search" type="application/opensearchdescription+xml" href="/opensearch.xml">'
        + _link("atom+xml", "/harbour/boats/releases.atom", 'title="Release notes from boats"')
        + _link("atom+xml", "/harbour/boats/tags.atom", 'title="Tags from boats"'),
        "/harbour/boats/releases.atom",
    ),
    "a forum of links": (
        "/r/harbour/",
        _link("atom+xml", "/r/harbour/.rss", 'title="RSS"') + '<a href="/r/harbour/new/">new</a>',
        "/r/harbour/.rss",
    ),
    "an account of short posts": (
        "/@ana",
        _link("activity+json", "/users/ana")
        + "<link href='/@ana.rss' rel='alternate' type='application/rss+xml'>"
        + '<link rel="me" href="https://ana.example/">',
        "/@ana.rss",
    ),
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_page_of_a_large_service(planet: Path, service: str) -> None:
    """The feed that it announces is added, whatever else it announces."""
    path, links, feed = SERVICES[service]
    page = f"<!doctype html><html><head>{links}</head><body><p>Hello</p></body></html>".encode()
    with site({path: page, feed: FEED, "/harbour/boats/tags.atom": COMMENTS}) as blog:
        blog.types[path] = "text/html; charset=utf-8"
        assert main(["add", blog.url + path]) == 0
    assert sources(planet)[-1] == {"url": blog.url + feed}


@pytest.mark.parametrize("place", ["/feed", "/feed/", "/rss.xml", "/atom.xml", "/index.xml"])
def test_a_home_page_that_announces_nothing(planet: Path, place: str) -> None:
    """The usual places are tried."""
    with site({"/": b"<!doctype html><title>Home</title>", place: FEED}) as blog:
        blog.types["/"] = "text/html"
        assert main(["add", blog.url]) == 0
    assert sources(planet)[-1] == {"url": blog.url + place}


def test_a_site_without_a_feed(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All places that were tried are named, nothing is written, and the status is 1."""
    with site({"/": b"<!doctype html><title>Home</title>"}) as blog:
        blog.types["/"] = "text/html"
        assert main(["add", f"{blog.url}/"]) == 1
    assert "/feed, /feed/, /rss.xml" in capsys.readouterr().err
    assert planet.read_text("utf-8") == HEAD


def test_a_page_with_several_feeds(
    planet: Path, at_terminal: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """They are shown with titles and numbers of posts, and the chosen one is written."""
    link = '<link rel="alternate" type="application/rss+xml" href="/{}.xml">'
    page = f"<!doctype html>{link.format('main')}{link.format('comments')}".encode()
    pages = {"/": page, "/main.xml": FEED, "/comments.xml": COMMENTS}
    with site(dict(pages)) as blog:
        blog.types["/"] = "text/html"
        assert at_terminal("add", f"{blog.url}/", answers="2\n") == 0
        assert sources(planet)[-1] == {"url": f"{blog.url}/comments.xml"}
        assert at_terminal("add", f"{blog.url}/", "--yes", answers="") == 0
    assert sources(planet)[-1] == {"url": f"{blog.url}/main.xml"}
    assert "2  Comments on Lakeside: 1 post" in capsys.readouterr().err


def test_a_feed_that_is_there_already(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not written twice."""
    with site({"/f.xml": FEED}) as blog:
        assert main(["add", f"{blog.url}/f.xml", "--name", "Lake"]) == 0
        assert main(["add", f"{blog.url}/f.xml"]) == 0
    assert "is there already: Lake" in capsys.readouterr().err
    assert len(sources(planet)) == 2


def test_a_file_that_would_be_wrong(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written: the file stays as it was."""
    with site({"/f.xml": FEED, "/g.xml": COMMENTS}) as blog:
        assert main(["add", f"{blog.url}/f.xml", "--name", "Lake"]) == 0
        before = planet.read_text("utf-8")
        assert main(["add", f"{blog.url}/g.xml", "--name", "Lake"]) == 2
    assert "key `id`: is that of" in capsys.readouterr().err
    assert planet.read_text("utf-8") == before
    assert sorted(path.name for path in planet.parent.iterdir()) == ["a.xml", "feeds.toml"]


def test_the_first_source_of_a_new_file() -> None:
    """`init`, `add` and `run` are enough."""
    assert main(["init", "--title", "Planet"]) == 0
    with site({"/f.xml": FEED}) as blog:
        assert main(["add", f"{blog.url}/f.xml"]) == 0
        assert main(["run"]) == 0
    assert Path("public/rss.xml").exists()


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_home_page_in_the_file(
    planet: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` and the first run tell the line to write."""
    page = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/f.xml">'
    with site({"/": page, "/f.xml": FEED}) as blog:
        blog.types["/"] = "text/html"
        planet.write_text(f'{HEAD}\n[[sources]]\nurl = "{blog.url}/"\n', "utf-8")
        main([command, "-v"] if command == "run" else [command])
        out, err = capsys.readouterr()
        assert f'url = "{blog.url}/f.xml"' in " ".join((out + err).split())
        asked = len(blog.asked)
        main(["check", "--offline"])
        assert len(blog.asked) == asked


# -- remove, rename, pause, resume ---------------------------------------------------------------


def test_a_source_is_renamed(planet: Path) -> None:
    """It keeps its id, and so its posts and their ids."""
    (before,) = config.load(planet).sources
    assert main(["rename", "a.xml", "Notes from here"]) == 0
    (after,) = config.load(planet).sources
    assert (after.id, after.name) == (before.id, "Notes from here")
    assert "# the first" in planet.read_text("utf-8")


def test_a_private_source_is_renamed(planet: Path) -> None:
    """The id that was made for it is written down."""
    address = "https://a.example/feed?token=abc"
    planet.write_text(f'[feed]\ntitle = "P"\n[[sources]]\nurl = "{address}"\n', "utf-8")
    (before,) = config.load(planet).sources
    assert main(["rename", before.id, "Secret"]) == 0
    assert config.load(planet).sources[0].id == before.id


def test_a_source_is_removed(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By id, name or address; the rest of the file stays."""
    with site({"/f.xml": FEED}) as blog:
        assert main(["add", f"{blog.url}/f.xml", "--name", "Lake"]) == 0
    assert main(["remove", "Lake"]) == 0
    left = [line for line in planet.read_text("utf-8").splitlines() if line]
    assert left == [line for line in HEAD.splitlines() if line]
    assert main(["remove", "a.xnl"]) == 2
    assert 'did you mean "a.xml"?' in capsys.readouterr().err


def test_a_source_is_paused(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is asked no more, its posts stay published, and `resume` ends it."""
    with site({"/f.xml": FEED}) as blog:
        assert main(["add", f"{blog.url}/f.xml", "--name", "Lake"]) == 0
        assert main(["run"]) == 0
        document = Path("public/feed.json").read_bytes()
        assert main(["pause", "Lake"]) == 0
        asked = len(blog.asked)
        assert main(["run", "--force"]) == 0
        assert len(blog.asked) == asked
        assert Path("public/feed.json").read_bytes() == document
        assert main(["list"]) == 0
        assert "(paused)" in capsys.readouterr().out
        assert main(["resume", "Lake"]) == 0
        assert main(["run", "--force"]) == 0
        assert len(blog.asked) > asked


# -- list, export --------------------------------------------------------------------------------


def test_a_list_before_any_source(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says how to add one."""
    planet.write_text('[feed]\ntitle = "P"\n', "utf-8")
    assert main(["list"]) == 0
    out, err = capsys.readouterr()
    assert (out, "`syndicator add ADDRESS` adds one" in err) == ("", True)


def test_a_list_in_a_pipe(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names, tags and addresses stand there whole, a source a line."""
    name, tags = "The long name of a planet's own source " * 3, ["first tag", "second tag"] * 9
    table = f'[[sources]]\nurl = "b.xml"\nname = "{name.strip()}"\ntags = {json.dumps(tags)}\n'
    planet.write_text(f"{HEAD}\n{table}", "utf-8")
    assert main(["list"]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith(f"{name.strip()}  {', '.join(tags)}  ")


def test_the_sources_are_exported(planet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As OPML with titles and tags, or an address a line; secrets and files stay here."""
    with site({"/f.xml": FEED}) as blog:
        assert main(["add", f"{blog.url}/f.xml", "--tag", "news"]) == 0
        text = planet.read_text("utf-8")
        planet.write_text(text + '\n[[sources]]\nurl = "https://a.example/?token=x"\n', "utf-8")
        assert main(["run", "--source", f"{blog.url}/f.xml"]) == 0
    capsys.readouterr()
    assert main(["export"]) == 0
    out, err = capsys.readouterr()
    (outline,) = ElementTree.fromstring(out).iter("outline")  # noqa: S314  our own
    assert outline.attrib["xmlUrl"] == f"{blog.url}/f.xml"
    assert (outline.attrib["text"], outline.attrib["category"]) == ("Lakeside", "news")
    assert "left out: 2 sources" in err
    assert main(["export", "--format", "list"]) == 0
    assert capsys.readouterr().out == f"{blog.url}/f.xml\n"


def test_a_source_by_the_title_of_its_feed(
    planet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `status` and `list` show of a source without a name is taken by the other commands."""
    assert main(["run", "-q"]) == 0
    capsys.readouterr()
    assert main(["run", "-v", "--force", "--source", "Notes"]) == 0
    assert "1 source: 1 unchanged" in capsys.readouterr().err
    assert main(["fetch", "Notes"]) == 0
    assert "Zero" in capsys.readouterr().out
    assert main(["why", "Zero"]) == 0
    assert "source      Notes" in capsys.readouterr().out
    assert main(["pause", "Notes"]) == 0
    assert sources(planet)[0]["paused"] is True
    assert main(["resume", "Notes"]) == 0
    assert main(["rename", "Notes", "My notes"]) == 0
    assert sources(planet)[0]["name"] == "My notes"
    assert main(["pause", "Notes"]) == 2
    assert main(["run", "--source", "Notes"]) == 2
    assert main(["fetch", "Notes"]) == 2
    assert main(["remove", "My notes"]) == 0
    assert not sources(planet)
