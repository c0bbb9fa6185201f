"""`[[lists]]`: the sources of a list that somebody else keeps come and go with it."""

import json
from collections.abc import Iterator
from pathlib import Path

import loopback
import pytest
from acceptance_helpers import HOUR, Planet, feed, item, words

import syndicator
from syndicator import judge, review
from syndicator.cli import main

pytestmark = pytest.mark.slow

QUERY = "?token=s3cr3ts3cr3t"


@pytest.fixture
def site() -> Iterator[loopback.Site]:
    with loopback.site() as shown:
        for number in range(1, 8):
            home = f"https://s{number}.example"
            shown.pages[f"/{number}"] = feed(
                f"S{number}", home, item(f"Post {number}", f"{home}/1/", words(number))
            )
        yield shown


def opml(site: loopback.Site, *numbers: int, folder: str = "trains") -> bytes:
    outlines = "".join(
        f'<outline type="rss" text="Site {number}" xmlUrl="{site.url}/{number}"/>'
        for number in numbers
    )
    return f'<opml version="2.0"><body><outline text="{folder}">{outlines}</outline></body></opml>'.encode()


def planet(
    tmp_path: Path, site: loopback.Site, more: str = "", *sources: tuple[str, str], head: str = ""
) -> Planet:
    table = f'[[lists]]\nurl = "{site.url}/list"\n{more}\n'
    return Planet(tmp_path, site, *sources, more=table, head=head)


def titles(planet: Planet) -> set[str]:
    return {post["title"] for post in planet.items()}


def test_a_list_that_is_trusted(tmp_path: Path, site: loopback.Site) -> None:
    """Its sources come and go with it, each with a line; tags come from its folders."""
    site.pages["/list"] = opml(site, 1, 2, 3)
    trusted = planet(
        tmp_path, site, "trust = true", head='[[feeds]]\nname = "t"\ntags = ["trains"]\n'
    )
    assert trusted.run().remarks == (f"{site.url}/list is followed: 3 sources",)
    assert titles(trusted) == {"Post 1", "Post 2", "Post 3"}
    tagged = json.loads((tmp_path / "public" / "t" / "feed.json").read_text("utf-8"))
    assert len(tagged["items"]) == 3
    site.pages["/list"] = opml(site, 1, 2, 4)
    assert trusted.run().remarks == (
        f"{site.url}/list has a new source, Site 4",
        f"{site.url}/list has Site 3 no more: its posts leave",
    )
    assert titles(trusted) == {"Post 1", "Post 2", "Post 4"}
    site.pages["/list"] = opml(site, 1, 2, 4, folder="boats")
    assert (
        trusted.run().remarks[0] == f"{site.url}/list tells another name, tag or filter of Site 1"
    )
    settings = syndicator.load_config(tmp_path / "feeds.toml")
    assert [(source.name, source.tags) for source in settings.sources] == [
        ("Site 1", ("boats",)),
        ("Site 2", ("boats",)),
        ("Site 4", ("boats",)),
    ]


def test_its_newcomers_wait(tmp_path: Path, site: loopback.Site) -> None:
    """Without `trust` each waits for a review, in the first run too; approved, it is published."""
    site.pages["/list"] = opml(site, 1, 2)
    careful = planet(tmp_path, site)
    (line,) = careful.run().remarks
    assert line == f"{site.url}/list is followed: 2 sources; its posts wait for `syndicator review`"
    assert titles(careful) == set()
    settings = syndicator.load_config(tmp_path / "feeds.toml")
    assert [each.reason for each in review(settings)] == ["it is new here"] * 2
    judge(settings, ["Site 1"], approved=True, now=careful.now)
    assert titles(careful) == {"Post 1"}
    site.pages["/list"] = opml(site, 1, 2, 3)
    assert len(careful.run().remarks) == 1
    assert titles(careful) == {"Post 1"}


@pytest.mark.parametrize(
    "body",
    [
        404,
        b"",
        b"<opml version='2.0'><body/></opml>",
        b"<!doctype html><title>Moved</title>",
        b"<opml version='2.0'><body><outline xmlUrl='",
    ],
    ids=["404", "nothing", "no outline", "a page", "cut"],
)
def test_a_list_that_fails_or_empties(
    body: bytes | int, tmp_path: Path, site: loopback.Site
) -> None:
    """It removes nobody, says so, and its failure is told as that of any source."""
    site.pages["/list"] = opml(site, 1, 2)
    trusted = planet(tmp_path, site, "trust = true")
    trusted.run()
    site.pages["/list"] = body
    report = trusted.run()
    (failure,) = report.failures
    assert failure.source == f"{site.url}/list"
    assert failure.error.endswith("its sources stay as they were")
    assert titles(trusted) == {"Post 1", "Post 2"}
    told = [*report.remarks]
    told += trusted.run().remarks
    assert len(told) <= 1
    site.pages["/list"] = opml(site, 1, 2, 3)
    assert trusted.run().failures == ()
    assert titles(trusted) == {"Post 1", "Post 2", "Post 3"}


def test_a_list_that_shrinks_by_half(tmp_path: Path, site: loopback.Site) -> None:
    """It removes nobody and says so, once, until a person approves it."""
    site.pages["/list"] = opml(site, 1, 2, 3, 4)
    trusted = planet(tmp_path, site, "trust = true")
    trusted.run()
    site.pages["/list"] = opml(site, 1, 2, 7)
    (line,) = trusted.run().remarks
    assert line.startswith(f"{site.url}/list lists 2 of the 4 sources that it had: none is removed")
    assert trusted.run().remarks == ()
    assert titles(trusted) == {"Post 1", "Post 2", "Post 3", "Post 4"}
    settings = syndicator.load_config(tmp_path / "feeds.toml")
    assert [each.name for each in review(settings)] == [f"{site.url}/list"]
    judge(settings, [f"{site.url}/list"], approved=True, now=trusted.now)
    assert titles(trusted) == {"Post 1", "Post 2"}
    trusted.run()
    assert titles(trusted) == {"Post 1", "Post 2", "Post 7"}


def test_a_shrunk_list_that_is_rejected(tmp_path: Path, site: loopback.Site) -> None:
    """It stays as it was."""
    site.pages["/list"] = opml(site, 1, 2, 3, 4)
    trusted = planet(tmp_path, site, "trust = true")
    trusted.run()
    site.pages["/list"] = opml(site, 1)
    trusted.run()
    settings = syndicator.load_config(tmp_path / "feeds.toml")
    judge(settings, [f"{site.url}/list"], approved=False, now=trusted.now)
    trusted.run()
    assert len(titles(trusted)) == 4
    assert review(settings) == []


def test_a_source_that_feeds_toml_has_itself(tmp_path: Path, site: loopback.Site) -> None:
    """Its own table wins, and it stays when the list drops it."""
    site.pages["/list"] = opml(site, 1, 2, 3)
    mixed = planet(tmp_path, site, "trust = true", ("/1", 'name = "Mine"\ntags = ["own"]'))
    mixed.run()
    settings = syndicator.load_config(tmp_path / "feeds.toml")
    assert (settings.sources[0].name, settings.sources[0].tags) == ("Mine", ("own",))
    assert len(settings.sources) == 3
    site.pages["/list"] = opml(site, 2, 3)
    assert mixed.run().remarks == ()
    assert titles(mixed) == {"Post 1", "Post 2", "Post 3"}


def test_conditional_requests(tmp_path: Path, site: loopback.Site) -> None:
    """A list that did not change answers 304, and is asked again only when it is due."""
    site.pages["/list"] = opml(site, 1)
    trusted = planet(tmp_path, site, "trust = true")
    trusted.run()
    trusted.run()
    assert [status for path, status in site.asked if path == "/list"] == [200, 304]
    trusted.now -= HOUR / 2
    trusted.run(force=False)
    assert len([path for path, _ in site.asked if path == "/list"]) == 2


@pytest.mark.parametrize("form", ["config.ini", "urls", "list.opml"])
def test_a_list_of_another_kind_in_a_file(form: str, tmp_path: Path, site: loopback.Site) -> None:
    """The configuration of another planet, or the list of a reader, by its path."""
    texts = {
        "config.ini": f"[Planet]\nname = P\n[{site.url}/1]\nname = One\n[{site.url}/2]\nname = Two\n",
        "urls": f"{site.url}/1 trains ~One\n{site.url}/2 trains ~Two\n",
        "list.opml": opml(site, 1, 2).decode(),
    }
    (tmp_path / form).write_text(texts[form], "utf-8")
    by_file = Planet(tmp_path, site, more=f'[[lists]]\nurl = "{form}"\ntrust = true\n')
    assert by_file.run().remarks == (f"{form} is followed: 2 sources",)
    assert titles(by_file) == {"Post 1", "Post 2"}


def test_a_planets_configuration_by_its_address(tmp_path: Path, site: loopback.Site) -> None:
    """Plain text is no feed, but it may be a list."""
    site.pages["/list"] = f"[Planet]\nname = P\n[{site.url}/1]\nname = One\n".encode()
    site.types["/list"] = "text/plain"
    followed = planet(tmp_path, site, "trust = true")
    followed.run()
    assert titles(followed) == {"Post 1"}


def test_a_list_names_no_file_and_no_secret(
    tmp_path: Path, site: loopback.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever keeps the list could read files and the environment of this machine."""
    monkeypatch.setenv("SECRET", "word")
    (tmp_path / "own.xml").write_bytes(feed("Own", "https://own.example"))
    site.pages["/list"] = (
        f"{site.url}/1\nfile://{tmp_path}/own.xml\n{site.url}/${{SECRET}}\nown.xml\nhttp://192.168.7.7/f\n"
    ).encode()
    site.types["/list"] = "text/plain"
    followed = planet(tmp_path, site, "trust = true")
    followed.run()
    settings = syndicator.load_config(tmp_path / "feeds.toml")
    assert [source.url for source in settings.sources] == [f"{site.url}/1"]


def test_a_misspelt_list(tmp_path: Path, site: loopback.Site) -> None:
    """A wrong key of `[[lists]]` is told like any other."""
    with pytest.raises(syndicator.ConfigError, match="trusted"):
        planet(tmp_path, site, "trusted = true").config()


@pytest.mark.parametrize(
    ("list_query", "source_query"), [(QUERY, ""), ("", QUERY)], ids=["the list", "its source"]
)
def test_an_address_with_a_token(
    list_query: str, source_query: str, tmp_path: Path, site: loopback.Site
) -> None:
    """The state file keeps it, so nobody but the owner may read that file."""
    outline = f'<outline type="rss" text="One" xmlUrl="{site.url}/1{source_query}"/>'
    shown = f'<opml version="2.0"><body>{outline}</body></opml>'
    site.pages[f"/list{list_query}"] = shown.encode()
    followed = Planet(tmp_path, site, more=f'[[lists]]\nurl = "{site.url}/list{list_query}"\n')
    followed.run()
    (state,) = tmp_path.glob("*.db")
    assert state.stat().st_mode & 0o077 == 0


def test_a_lone_list_that_fails(
    tmp_path: Path, site: loopback.Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run says so, in place of advice to add a source; and nothing of it is to be approved."""
    path = tmp_path / "feeds.toml"
    path.write_text(f'[feed]\ntitle = "P"\n[[lists]]\nurl = "{site.url}/list"\n')
    assert main(["-c", str(path), "run"]) == 1
    assert f"{site.url}/list: is not there (404)" in capsys.readouterr().err
    assert main(["-c", str(path), "review", "approve", f"{site.url}/list"]) == 2
    capsys.readouterr()
    assert main(["-c", str(path), "status", "--failing"]) == 0
    assert f"{site.url}/list" in capsys.readouterr().out
    path.write_text(
        '[feed]\ntitle = "P"\ncontact = "mailto:p@p.example"\n[[lists]]\nurl = "no.opml"\n'
    )
    assert main(["-c", str(path), "check"]) == 1
    assert '[[lists]] "no.opml", key `url`: no such file' in capsys.readouterr().out
