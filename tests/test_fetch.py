"""A one-off look at one source: `syndicator fetch`."""

import json
import os
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from loopback import configuration, rss, site

from syndicator import fetcher
from syndicator.cli import main
from syndicator.errors import SyndicatorError
from syndicator.model.fetch import FetchFailed
from syndicator.previews import _place, preview

pytestmark = pytest.mark.slow

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
    for words in (
        "Blog",
        "One",
        "2026-10-28 08:00 UTC",
        "https://blog.example/one/",
        "First text",
        "2 posts",
    ):
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


def test_a_credit_with_a_date(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """It is shown as it would be published, the date written out."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    settings = (
        '[feed]\ntitle = "P"\ncontact = "a@b.example"\n[[sources]]\nurl = "feed.xml"\nid = "blog"\n'
    )
    settings += '[attribution]\ntext = "{post}, at {source}, {date}"\n'
    (tmp_path / "feeds.toml").write_text(settings)
    assert main(["fetch", "blog"]) == 0
    assert "credit: One, at Blog, October 28, 2026" in capsys.readouterr().out


def test_what_a_pipe_brings(capsys: pytest.CaptureFixture[str]) -> None:
    """As the shell's `<(...)` does: it is read to its end."""
    reading, writing = os.pipe()
    os.write(writing, FEED)
    os.close(writing)
    assert main(["fetch", f"/dev/fd/{reading}"]) == 0
    os.close(reading)
    assert "Second text" in capsys.readouterr().out


def test_standard_input() -> None:
    """As a filter of the shell; its name is the usual one."""
    command = [sys.executable, "-m", "syndicator", "fetch", "-"]
    assert (
        b"Second text"
        in subprocess.run(command, input=FEED, capture_output=True, check=True).stdout
    )
    empty = subprocess.run(command, input=b"", capture_output=True, check=False)
    assert (empty.returncode, empty.stderr) == (1, b"syndicator: /dev/stdin: is empty\n")


@pytest.mark.parametrize("scheme", ["feed://", "FEED://", "feed:http://", ""])
def test_an_address_in_other_clothes(scheme: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As a browser hands it over, or without scheme: on this machine that is http."""
    with site({"/feed": FEED}) as blog:
        assert main(["fetch", f"{scheme}{blog.url.partition('://')[2]}/feed"]) == 0
    assert f"feed: {blog.url}/feed" in capsys.readouterr().out


def test_a_file_as_an_address(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With what a URL encodes."""
    (tmp_path / "my feed.xml").write_bytes(FEED)
    assert main(["fetch", f"file://{tmp_path}/my%20feed.xml"]) == 0
    assert main(["fetch", f"file://{tmp_path}/no.xml"]) == 2
    assert capsys.readouterr().err == f"syndicator: {tmp_path}/no.xml: there is no such file\n"


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("localhost:8911/feed", "http://localhost:8911/feed"),
        ("localhost", "http://localhost"),
        ("127.0.0.1/feed", "http://127.0.0.1/feed"),
        ("[::1]:80/feed", "http://[::1]:80/feed"),
        ("example.org/feed", "https://example.org/feed"),
        ("example.org:8080", "https://example.org:8080"),
        ("box:8080/feed", "https://box:8080/feed"),
        ("My Blog", ""),
        ("box", ""),
        ("box: news", ""),
        ("a" * 5000, ""),
    ],
)
def test_what_a_target_means(target: str, url: str) -> None:
    """A host has a dot or a port; what else has no scheme is a name."""
    assert _place(target) == url


@pytest.mark.parametrize(
    ("kind", "word"), [("dns", "there is no file nope.xml either"), ("tls", "or is it http://n")]
)
def test_a_path_that_is_not_there(kind: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks like a host; where there is no such host either, both are said."""
    failed = FetchFailed("", "", kind, "does not answer")
    monkeypatch.setattr(fetcher, "fetch_one", lambda *_, **__: failed)
    with pytest.raises(SyndicatorError, match=word):
        preview("nope.xml", Path("feeds.toml"), datetime.now(UTC), threading.Event())
    with pytest.raises(SyndicatorError, match=r"not answer$"):
        preview("https://nope.xml", Path("feeds.toml"), datetime.now(UTC), threading.Event())


def test_a_saved_page(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The feeds that it announces are named, against its own address where it says one."""
    page = b'<!doctype html><link rel="canonical" href="https://a.example/x/">'
    links = b'<link rel="alternate" type="application/rss+xml" href="/f"><a href="/x">x</a>'
    (tmp_path / "page.html").write_bytes(page + links)
    assert main(["fetch", "page.html"]) == 1
    assert '\nuse the address of its feed: url = "https://a.example/f"\n' in capsys.readouterr().err
    (tmp_path / "page.html").write_bytes(b"<!doctype html>" + links)
    assert main(["fetch", "page.html"]) == 1
    assert "\nit names none in full: " in capsys.readouterr().err


def test_a_page_with_two_feeds(capsys: pytest.CaptureFixture[str]) -> None:
    """The first is shown, the other named; so it is where the first gives none, which nothing has
    redirected to.
    """
    comments = PAGE + b'<link rel="alternate" type="application/rss+xml" href="/comments/feed">'
    with site({"/": comments, "/feed": FEED}) as blog:
        blog.types["/"] = "text/html"
        assert main(["fetch", f"{blog.url}/"]) == 0
        words = [
            f"the feed is at {blog.url}/feed",
            f"another feed of that page: {blog.url}/comments/feed",
        ]
        assert capsys.readouterr().err.splitlines() == words
        blog.pages["/feed"] = 404
        assert main(["fetch", f"{blog.url}/"]) == 1
        err = capsys.readouterr().err
        assert f"is not there (404) ({blog.url}/feed, announced by the page)\n" in err
        assert f"\na feed of that page: {blog.url}/comments/feed\n" in err
        blog.pages["/feed"] = b"plain words < here"
        assert main(["fetch", f"{blog.url}/"]) == 1
        assert f"\na feed of that page: {blog.url}/comments/feed\n" in capsys.readouterr().err


def test_a_configuration_with_a_mistake(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """It is told of; only a name, or who names the file, needs it."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    (tmp_path / "empty.xml").write_bytes(b"")
    (tmp_path / "feeds.toml").write_text("[feed]\ntitel = 'x'\n")
    assert main(["fetch", "feed.xml"]) == 0
    out, err = capsys.readouterr()
    assert "Second text" in out
    assert err.startswith("feeds.toml: [feed], key `titel`")
    assert err.endswith("; looked at without it\n")
    assert main(["fetch", "empty.xml"]) == 1  # why it fails may stand there
    assert capsys.readouterr().err.endswith("; looked at without it\n")
    assert main(["fetch", "My Blog"]) == 2
    (tmp_path / "feeds.toml").rename("other.toml")
    assert main(["fetch", "feed.xml", "-c", "other.toml"]) == 2


def test_an_address_of_the_file_without_its_scheme(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is that source, with its own settings; one that is a path has none."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    with site({"/feed": FEED}) as blog:
        configuration(tmp_path, "feed.xml", f'{blog.url}/feed\nname = "My Blog"')
        assert main(["fetch", f"{blog.url.partition('://')[2]}/feed"]) == 0
    assert "My Blog" in capsys.readouterr().out
    assert main(["fetch", "nothing"]) == 2


def test_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Date, author and categories are wrapped as the excerpt is."""
    named = b"".join(
        b"<category>Category no. %d with so long a name</category>" % number for number in range(4)
    )
    (tmp_path / "feed.xml").write_bytes(FEED.replace(b"</item>", named + b"</item>"))
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["fetch", "feed.xml"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "Category" in line]
    assert len(lines) > 2  # more than one for each of two posts
    assert max(map(len, lines)) <= 60


def test_a_source_of_the_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """By name, with its own settings."""
    with site({"/feed": FEED}) as blog:
        configuration(tmp_path, f'{blog.url}/feed\nname = "My Blog"')
        assert main(["fetch", "My Blog"]) == 0
        assert "My Blog" in capsys.readouterr().out
        assert main(["fetch", "My Blok"]) == 2
        assert 'did you mean "My Blog"?' in capsys.readouterr().err


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_the_document_that_would_be_published(
    form: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
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
        printed = capfdbinary.readouterr().out
        assert (
            main(["fetch", f"{blog.url}/feed", "--json", "--limit", "1"]) == 0
        )  # as `run` and `status` have it
    assert [item["title"] for item in json.loads(printed)["items"]] == ["One"]
    assert json.loads(capfdbinary.readouterr().out)["items"] == json.loads(printed)["items"]


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
        {
            "/feed": FEED.replace(
                b"&lt;p&gt;First text&lt;/p&gt;", b"&lt;p&gt;First text&lt;/p&gt;" + line.encode()
            )
        }
    ) as blog:
        assert main(["fetch", f"{blog.url}/feed"]) == 0
    assert "attribution" in capsys.readouterr().out


def test_a_script_in_a_post(capsys: pytest.CaptureFixture[str]) -> None:
    """It goes, and the elements are counted; handlers and links that run scripts go with it."""
    hostile = (
        b"&lt;p onclick='x()'&gt;First text&lt;script&gt;x()&lt;/script&gt;"
        b"&lt;FORM onsubmit=x()&gt;&lt;/FORM&gt;&lt;/p&gt;"
        b"&lt;a href='javascript:x()' title='an onload=handler'&gt;in words: onclick=&lt;/a&gt;"
    )
    with site({"/feed": FEED.replace(b"&lt;p&gt;First text&lt;/p&gt;", hostile)}) as blog:
        assert main(["fetch", f"{blog.url}/feed"]) == 0
    out = capsys.readouterr().out
    assert "2 scripts, styles or forms removed" in out
    assert "x()" not in out


def test_what_a_person_wants_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    """The language, the credit line, a podcast's file with its length, and titles of other feeds."""
    page = PAGE + (
        b'<link rel="alternate" type="application/rss+xml" href="/comments/feed" title="Replies">'
    )
    file = b'<enclosure url="https://blog.example/a.mp3" type="audio/mpeg" length="12345678"/>'
    feed = FEED.replace(b"<item>", b"<item>" + file, 1)
    with site({"/": page, "/feed": feed, "/comments/feed": FEED}) as blog:
        blog.types["/"] = "text/html"
        assert main(["fetch", f"{blog.url}/"]) == 0
    out, err = capsys.readouterr()
    assert "language: en" in out
    assert "credit: The post One appeared first on Blog." in out
    assert "file: https://blog.example/a.mp3 (audio/mpeg, 12.3 MB)" in out
    assert f"another feed of that page: {blog.url}/comments/feed  Replies" in err


def test_ten_posts_at_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """More scroll away; it is said how to see all, and lines hang below their beginning."""
    posts = [(f"Title {n} " + "that is long " * 8, "Text") for n in range(12)]
    (tmp_path / "many.xml").write_bytes(rss("Many", posts))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["fetch", "many.xml"]) == 0
    out = capsys.readouterr().out
    assert "12 posts, 10 shown; --limit 12 shows all" in out
    assert "\n     that is long" in re.sub("\x1b[^m]*m", "", out)
