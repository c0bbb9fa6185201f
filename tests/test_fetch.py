"""A one-off look at one source: `syndicator fetch`."""

import json
from pathlib import Path

import feedparser
import pytest
from loopback import configuration, rss, site

from syndicator.cli import main

FEED = rss("Blog", [("One", "First text"), ("Two", "Second text")])
PAGE = b'<!doctype html><title>x</title><link rel="alternate" type="application/rss+xml" href="/feed" title="Feed">'


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_address(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Text for a person: title, date, link, excerpt; nothing is stored or written."""
    with site({"/feed": FEED}) as blog:
        assert main(["fetch", f"{blog.url}/feed"]) == 0
    out = capsys.readouterr().out
    for words in ("Blog", "One", "2026-10-28 08:00 UTC", "https://blog.example/one/", "First text", "2 posts"):
        assert words in out
    assert list(tmp_path.iterdir()) == []


def test_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Its feed is found, and named."""
    with site({"/": PAGE, "/feed": FEED}) as blog:
        blog.types["/"] = "text/html"
        assert main(["fetch", f"{blog.url}/", "--limit", "1"]) == 0
        out, err = capsys.readouterr()
        assert f"{blog.url}/feed" in out + err
    assert "One" in out
    assert "Two" not in out


def test_a_path(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file on the disk is read in place."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    assert main(["fetch", "feed.xml"]) == 0
    assert "Second text" in capsys.readouterr().out


def test_a_source_of_the_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """By name, with its own settings."""
    with site({"/feed": FEED}) as blog:
        configuration(tmp_path, f'{blog.url}/feed\nname = "My Blog"')
        assert main(["fetch", "My Blog"]) == 0
        assert "My Blog" in capsys.readouterr().out
        assert main(["fetch", "My Blok"]) == 2
        assert 'did you mean "My Blog"?' in capsys.readouterr().err


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_the_document_that_would_be_published(form: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """RSS or Atom on standard output, attribution and related links in it."""
    with site({"/feed": FEED}) as blog:
        assert main(["fetch", f"{blog.url}/feed", "--format", form]) == 0
    parsed = feedparser.parse(capfdbinary.readouterr().out)
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == ["One", "Two"]
    assert "appeared first on" in parsed.entries[0].content[0].value


def test_as_json_with_a_limit(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """JSON Feed, at most so many posts."""
    with site({"/feed": FEED}) as blog:
        assert main(["fetch", f"{blog.url}/feed", "--format", "json", "--limit", "1"]) == 0
    assert [item["title"] for item in json.loads(capfdbinary.readouterr().out)["items"]] == ["One"]


def test_what_is_no_feed(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1 with the reason; 2 for what is neither address nor path."""
    with site({"/feed": 403}) as blog:
        assert main(["fetch", f"{blog.url}/feed"]) == 1
    assert "403" in capsys.readouterr().err
    assert main(["fetch", "no such thing"]) == 2


def test_what_was_done_to_a_post(capsys: pytest.CaptureFixture[str]) -> None:
    """The attribution line that was there is replaced, and that is said."""
    line = '&lt;p&gt;The post &lt;a href="https://blog.example/one/"&gt;One&lt;/a&gt; appeared first on &lt;a href="https://blog.example"&gt;Blog&lt;/a&gt;.&lt;/p&gt;'
    with site(
        {"/feed": FEED.replace(b"&lt;p&gt;First text&lt;/p&gt;", b"&lt;p&gt;First text&lt;/p&gt;" + line.encode())}
    ) as blog:
        assert main(["fetch", f"{blog.url}/feed"]) == 0
    assert "attribution" in capsys.readouterr().out


def test_a_script_in_a_post(capsys: pytest.CaptureFixture[str]) -> None:
    """It goes, and that is said, each kind of element by count, handlers and links that run one included."""
    hostile = (
        b"&lt;p onclick='x()'&gt;First text&lt;script&gt;x()&lt;/script&gt;"
        b"&lt;FORM onsubmit=x()&gt;&lt;/FORM&gt;&lt;/p&gt;"
        b"&lt;a href='javascript:x()' title='an onload=handler'&gt;in words: onclick=&lt;/a&gt;"
    )
    with site({"/feed": FEED.replace(b"&lt;p&gt;First text&lt;/p&gt;", hostile)}) as blog:
        assert main(["fetch", f"{blog.url}/feed"]) == 0
    out = capsys.readouterr().out
    assert "2 scripts, styles or forms removed" in out
    assert "2 event handlers removed" in out
    assert "1 link that runs a script removed" in out
    assert "x()" not in out
