"""`status --letter`: what is wrong with a site's feed, in words for its owner."""

from pathlib import Path

import pytest
from loopback import Site, configuration, rss, site

from syndicator.cli import main

pytestmark = pytest.mark.slow

FEED = rss("Notes", [("One", "Text")])


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def letter(blog: Site, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the letter about the source at /feed, in one line."""
    configuration(folder, f"{blog.url}/feed", feed='contact = "mailto:me@planet.example"')
    main(["run", "-q"])
    capsys.readouterr()
    assert main(["status", "--letter", f"{blog.url}/feed"]) == 0
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (403, '(http.request.uri.path eq "/feed" and http.user_agent contains "syndicator/")'),
        (
            b"<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
            b"<body><div id='challenge-error-text'>Enable JavaScript</div>"
            b"<script src='/cdn-cgi/challenge-platform/x.js'></script></body></html>",
            'User-Agent begins with "syndicator/"',
        ),
        (404, "send requests for the old address on to the new one"),
        (500, "fails with an error of its own (HTTP 500)"),
        (401, "asks for a password (HTTP 401)"),
        (b"", "is empty"),
        (b"<!doctype html><title>Home</title><p>Welcome", "stands a page instead of a feed"),
    ],
)
def test_the_fault_of_a_server(
    page: bytes | int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The letter names it with its remedy, who asks, and the requests that show it."""
    with site({"/feed": page}) as blog:
        if isinstance(page, bytes):
            blog.types["/feed"] = "text/html"
        text = letter(blog, tmp_path, capsys)
    assert says in text
    assert f"The feed {blog.url}/feed can't be read" in text
    assert "me@planet.example" in text
    assert "curl" in text
    assert "-A 'syndicator/" in text


def test_the_place_where_xml_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Line, column and byte are told, with the text around."""
    broken = b'<?xml version="1.0"?>\n<rss version="2.0"><channel>\n<title>R & D</title>\n'
    with site({"/feed": broken}) as blog:
        text = letter(blog, tmp_path, capsys)
    assert "at line 3, column 11 (byte 62 of the file)" in text
    assert "<title>R & D</title>" in text


def test_a_source_that_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to write about."""
    with site({"/feed": FEED}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        assert main(["status", "--letter", f"{blog.url}/feed"]) == 2
        assert "can be read just now" in capsys.readouterr().err
        assert main(["status", "--letter", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err


def test_a_source_by_the_title_of_its_feed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`status` shows that title, so it is a name for the letter, too."""
    with site({"/feed": FEED}) as blog:
        configuration(tmp_path, f"{blog.url}/feed")
        assert main(["run", "-q"]) == 0
        assert main(["status", "--letter", "Notes"]) == 2
        assert "can be read just now" in capsys.readouterr().err
