"""`syndicator vet`: a verdict on a source that somebody proposes, by the real command line."""

import datetime as dt
import json
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
import trustme
from acceptance_helpers import words
from loopback import Handler, Server, Site, configuration, running, site

from syndicator.cli import main

pytestmark = pytest.mark.slow

DAY = dt.timedelta(days=1)
PROSE = "The old line along the river opened again this week, and we took the first train of it. "
PAGE = b'<!doctype html><title>x</title><link rel="alternate" type="application/rss+xml" href="/f">'


def feed(
    title: str = "Lakeside",
    home: str = "https://lake.example",
    titles: Sequence[str] = ("One", "Two", "Three", "Four", "Five"),
    *,
    text: str = "",
    language: str = "en",
    gap: dt.timedelta = DAY,
    age: dt.timedelta = DAY,
    guid: str = "",
) -> bytes:
    """Make an RSS feed: the newest post first and so old, the others a gap apart."""
    now = dt.datetime.now(dt.UTC)
    items = []
    for number, name in enumerate(titles):
        link = f"{home}/{guid}{number}"
        body = text or PROSE * 9 + words(number + len(home))
        items.append(
            f"<item><title>{escape(name)}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{format_datetime(now - age - number * gap)}</pubDate>"
            f"<description>{escape(body)}</description></item>"
        )
    head = (
        f"<title>{title}</title><link>{home}/</link><description/><language>{language}</language>"
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
    ).encode()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def blog() -> Iterator[Site]:
    with site({"/": PAGE, "/f": feed()}) as shown:
        shown.types["/"] = "text/html"
        yield shown


Capture = pytest.CaptureFixture[str]


def vetted(capsys: Capture, address: str) -> tuple[int, dict[str, Any]]:
    """Run the command; return the exit status and the verdict."""
    capsys.readouterr()
    status = main(["vet", address, "--format", "json"])
    (verdict,) = json.loads(capsys.readouterr().out)
    assert (status == 0) == (verdict["verdict"] != "no")
    return status, verdict


def texts(verdict: dict[str, Any], about: str, level: str = "") -> str:
    """Return the reasons of one kind, with their remedies."""
    chosen = [reason for reason in verdict["reasons"] if reason["about"] == about]
    return "\n".join(
        f"{reason['text']} {reason['advice']}".strip()
        for reason in chosen
        if reason["level"] == level or not level
    )


def test_a_healthy_source(blog: Site, tmp_path: Path, capsys: Capture) -> None:
    """It is wanted; each fact stands there, and nothing is stored or written."""
    configuration(tmp_path)
    before = sorted(tmp_path.iterdir())
    status, verdict = vetted(capsys, f"{blog.url}/")
    assert status == 0
    # On loopback there is no https; nothing else speaks against it.
    assert texts(verdict, "https", "doubt").startswith("it has no https")
    levels = [reason["level"] for reason in verdict["reasons"]]
    assert (levels.count("fault"), levels.count("doubt")) == (0, 1)
    assert verdict["url"] == f"{blog.url}/f"
    assert texts(verdict, "valid") == "valid rss20"
    assert texts(verdict, "text") == "full text"
    assert texts(verdict, "language") == "language: en (5 of 5 posts read so)"
    assert texts(verdict, "stable") == "ids and dates are the same in a second fetch"
    assert texts(verdict, "filters") == "Planet Test takes 5 of 5 posts"
    assert texts(verdict, "credit") == "credit: The post One appeared first on Lakeside."
    assert "it brings 5 posts: One; Two; Three; and 2 more" in texts(verdict, "first day")
    assert sorted(tmp_path.iterdir()) == before


def test_no_feed(blog: Site, capsys: Capture) -> None:
    """Neither the page nor a usual place of the site has one."""
    blog.pages.pop("/f")
    blog.pages["/"] = b"<!doctype html><title>x</title><p>Hello"
    status, verdict = vetted(capsys, f"{blog.url}/")
    assert status == 1
    assert verdict["line"].startswith("not as it is: no feed: it is a page, not a feed")


def test_a_feed_at_a_usual_place(blog: Site, capsys: Capture) -> None:
    """It is found though the page announces none."""
    blog.pages["/"] = b"<!doctype html><title>x</title><p>Hello"
    blog.pages["/feed"] = blog.pages.pop("/f")
    status, verdict = vetted(capsys, f"{blog.url}/")
    assert (status, verdict["url"]) == (0, f"{blog.url}/feed")


class Both(Server):
    """Speaks TLS with clients that begin with a handshake, plain HTTP with the others."""

    context: ssl.SSLContext

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if connection.recv(1, socket.MSG_PEEK) == b"\x16":
            return self.context.wrap_socket(connection, server_side=True), address
        return connection, address


def test_http_where_https_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """The address to write down is told; with it the source is wanted."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    handler = type("Bound", (Handler,), {"site": Site(pages={"/f": feed()})})
    server = Both(("127.0.0.1", 0), handler)
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server.context)
    with running(server):
        place = f"127.0.0.1:{server.server_port}/f"
        status, verdict = vetted(capsys, f"http://{place}")
        assert status == 1
        assert texts(verdict, "https", "fault").endswith(f'url = "https://{place}"')
        status, verdict = vetted(capsys, f"https://{place}")
        assert (status, verdict["verdict"]) == (0, "yes")


@pytest.mark.parametrize(
    ("days", "status", "level"), [(30, 0, "good"), (500, 0, "doubt"), (1500, 1, "fault")]
)
def test_a_source_that_is_silent(
    days: int, status: int, level: str, blog: Site, capsys: Capture
) -> None:
    """A year of silence is a doubt, three years are a fault."""
    blog.pages["/f"] = feed(age=days * DAY)
    ended, verdict = vetted(capsys, f"{blog.url}/f")
    assert ended == status
    assert texts(verdict, "age", level).startswith("its newest post is")


def planet(tmp_path: Path, blog: Site, **more: bytes) -> None:
    """Make a planet of three sources that post once in ten days, and run it."""
    for name in ("alpha", "beta", "gamma"):
        home = f"https://{name}.example"
        numbers = [f"{name} {number}" for number in range(5)]
        blog.pages[f"/{name}"] = more.get(name) or feed(name, home, numbers, gap=10 * DAY)
    configuration(tmp_path, *(f"{blog.url}/{name}" for name in ("alpha", "beta", "gamma")))
    assert main(["run", "-q"]) == 0


def test_ten_times_the_pace(blog: Site, tmp_path: Path, capsys: Capture) -> None:
    """A source that posts ten times as often as the planet's usual one needs a limit."""
    planet(tmp_path, blog)
    blog.pages["/f"] = feed(titles=[f"N {n}" for n in range(20)], gap=DAY / 4, age=DAY / 4)
    status, verdict = vetted(capsys, f"{blog.url}/f")
    assert status == 1
    assert "where the planet's usual source has one every" in texts(verdict, "pace", "fault")
    blog.pages["/f"] = feed(gap=5 * DAY)
    status, verdict = vetted(capsys, f"{blog.url}/f")
    assert (status, texts(verdict, "pace", "good")[:12]) == (0, "a post every")


def test_the_first_day_of_a_planet_with_posts(blog: Site, tmp_path: Path, capsys: Capture) -> None:
    """A newcomer brings its newest `join` posts; the state file stays as it is."""
    planet(tmp_path, blog)
    before = (tmp_path / "syndicator.db").read_bytes()
    _, verdict = vetted(capsys, f"{blog.url}/f")
    assert texts(verdict, "first day").endswith("it brings 3 posts: One; Two; Three")
    assert (tmp_path / "syndicator.db").read_bytes() == before


def test_excerpts_only(blog: Site, capsys: Capture) -> None:
    """Texts that end in an ellipsis are excerpts, and so told."""
    blog.pages["/f"] = feed(text=f"{PROSE}And then [&#8230;]")
    status, verdict = vetted(capsys, f"{blog.url}/f")
    assert status == 0
    assert texts(verdict, "text", "doubt").startswith("it gives excerpts only")


def test_short_posts(blog: Site, capsys: Capture) -> None:
    """Short texts without an ellipsis may be whole: both is told."""
    blog.pages["/f"] = feed(text=PROSE)
    _, verdict = vetted(capsys, f"{blog.url}/f")
    assert texts(verdict, "text", "doubt").endswith("excerpts, or short posts")


class Restless(Handler):
    """Gives each post another id, and another address, at each request."""

    fetches = 0

    def do_GET(self) -> None:  # noqa: N802  the name that http.server calls
        type(self).fetches += 1
        self.site.pages["/f"] = feed(guid=f"r{self.fetches}-")
        super().do_GET()


def test_ids_that_change(capsys: Capture) -> None:
    """A post that a second fetch does not recognise would come anew at each run."""
    handler = type("Bound", (Restless,), {"site": Site()})
    with running(Server(("127.0.0.1", 0), handler)) as url:
        status, verdict = vetted(capsys, f"{url}/f")
    assert status == 1
    assert texts(verdict, "stable", "fault").startswith("a second fetch took 5 posts for new")


def test_a_language_wrongly_declared(blog: Site, capsys: Capture) -> None:
    """The language that the posts are written in is told, as the line for feeds.toml."""
    text = "Le gouvernement a annoncé hier de nouvelles mesures pour la santé des habitants. " * 9
    titles = ["La santé", "Les trains", "La ville", "Le marché", "Le fleuve", "Les écoles"]
    blog.pages["/f"] = feed(titles=titles, text=text, language="en")
    status, verdict = vetted(capsys, f"{blog.url}/f")
    assert status == 0
    told = texts(verdict, "language", "doubt")
    assert "declares en, but is written in fr (6 of 6 posts read so)" in told
    assert told.endswith('language = "fr"')


def test_a_source_that_is_there(blog: Site, tmp_path: Path, capsys: Capture) -> None:
    """The same address is a source already, in another spelling too."""
    planet(tmp_path, blog)
    status, verdict = vetted(capsys, f"{blog.url}/alpha")
    assert (status, "it is a source already" in verdict["line"]) == (1, True)
    blog.pages["/alpha/"] = blog.pages["/alpha"]
    status, verdict = vetted(capsys, f"{blog.url}/alpha/")
    assert (status, "it is a source already" in verdict["line"]) == (1, True)


def test_the_posts_of_a_source_that_is_there(blog: Site, tmp_path: Path, capsys: Capture) -> None:
    """Another address with the same posts adds nothing."""
    planet(tmp_path, blog)
    blog.pages["/copy"] = blog.pages["/alpha"]
    status, verdict = vetted(capsys, f"{blog.url}/copy")
    assert status == 1
    told = f"5 of its 5 posts are in {blog.url}/alpha too"
    assert texts(verdict, "duplicate", "fault") == told


def test_the_site_of_a_source_that_is_there(blog: Site, tmp_path: Path, capsys: Capture) -> None:
    """Another feed of the same site, with posts of its own, is a doubt."""
    planet(tmp_path, blog)
    blog.pages["/other"] = feed("Alpha, photographs", "https://alpha.example", guid="photos-")
    status, verdict = vetted(capsys, f"{blog.url}/other")
    assert status == 0
    told = f"it is of the same site as {blog.url}/alpha"
    assert texts(verdict, "duplicate", "doubt") == told


def test_a_feed_of_comments(blog: Site, capsys: Capture) -> None:
    """Its addresses tell; a paragraph of a page of many posts is no comment."""
    blog.pages["/f"] = feed(guid="post/#comment-")
    _, verdict = vetted(capsys, f"{blog.url}/f")
    assert texts(verdict, "kind", "doubt").startswith("5 of 5 posts are comments")
    blog.pages["/f"] = feed(guid="2026/11#a")
    _, verdict = vetted(capsys, f"{blog.url}/f")
    assert texts(verdict, "kind") == ""


def test_a_planet_of_its_own(blog: Site, capsys: Capture) -> None:
    """Most of its posts lead to other sites; a service that counts clicks is one site only."""
    body = feed()
    for number in range(4):
        body = body.replace(b"https://lake.example/%d" % number, b"https://s%d.example/x" % number)
    blog.pages["/f"] = body
    _, verdict = vetted(capsys, f"{blog.url}/f")
    assert "lead to 4 other sites" in texts(verdict, "kind", "doubt")
    blog.pages["/f"] = (
        feed()
        .replace(b"<link>https://lake.example/", b"<link>https://count.example/")
        .replace(b"<link>https://count.example/</link>", b"<link>https://lake.example/</link>")
    )
    _, verdict = vetted(capsys, f"{blog.url}/f")
    assert texts(verdict, "kind") == ""


def test_excerpts_with_pictures(blog: Site, capsys: Capture) -> None:
    """A picture enclosed with an excerpt is not what is published; a recording is."""
    for kind, level in (("image/jpeg", "doubt"), ("audio/mpeg", "")):
        file = f'<enclosure url="https://lake.example/f" length="1" type="{kind}"/></item>'
        short = feed(text="A short text that was cut after a few words ...")
        blog.pages["/f"] = short.replace(b"</item>", file.encode())
        _, verdict = vetted(capsys, f"{blog.url}/f")
        assert bool(texts(verdict, "text", "doubt")) is bool(level)


def test_posts_without_dates(blog: Site, capsys: Capture) -> None:
    """Half of them are enough for a doubt."""
    blog.pages["/f"] = re.sub(rb"<pubDate>.*?</pubDate>", b"", feed(), count=3)
    _, verdict = vetted(capsys, f"{blog.url}/f")
    assert texts(verdict, "age", "doubt").startswith("3 of 5 posts bear no date")


@pytest.mark.parametrize("wall", [403, b"<!doctype html><title>Just a moment...</title>"])
def test_a_bot_wall(wall: int | bytes, blog: Site, capsys: Capture) -> None:
    """It is told for what it is, whether it answers 403 or 200."""
    blog.pages["/f"] = wall
    blog.types["/f"] = "text/html"
    status, verdict = vetted(capsys, f"{blog.url}/f")
    assert status == 1
    assert verdict["line"].startswith("not as it is: a bot wall: it ")
    (reason,) = verdict["reasons"]
    assert "ask its owner" in reason["advice"]


def test_titles_about_casinos(blog: Site, capsys: Capture) -> None:
    """A verdict never depends on words: an essay about gambling is an essay."""
    _, plain = vetted(capsys, f"{blog.url}/f")
    titles = ["Best casino bonus", "Online casino", "Free spins", "Poker tonight", "Crypto slots"]
    blog.pages["/f"] = feed(titles=titles)
    _, other = vetted(capsys, f"{blog.url}/f")
    of_both = [[(r["level"], r["about"]) for r in v["reasons"]] for v in (plain, other)]
    assert of_both[0] == of_both[1]
    assert plain["line"] == other["line"]


def test_a_filter_that_lets_nothing_through(blog: Site, tmp_path: Path, capsys: Capture) -> None:
    """A source of which no feed takes a post is not wanted as it is."""
    configuration(tmp_path, feed='languages = ["de"]')
    status, verdict = vetted(capsys, f"{blog.url}/f")
    assert status == 1
    told = "Planet Test takes 0 of 5 posts; 5 are refused: its language is en"
    assert texts(verdict, "filters", "fault") == told


def test_an_invalid_feed(blog: Site, capsys: Capture) -> None:
    """An error is told with its line and place."""
    blog.pages["/f"] = feed().replace(b"<pubDate>", b"\n<pubDate>some", 1)
    _, verdict = vetted(capsys, f"{blog.url}/f")
    assert re.search(r"1 error against rss20: line 2: rss/channel/item.*pubDate", str(verdict))


def test_a_wish(blog: Site, capsys: Capture) -> None:
    """A feed that forbids republishing is not taken."""
    said = b'<access:restriction xmlns:access="http://www.bloglines.com/about/specs/fac-1.0" '
    said += b'relationship="deny"/></channel>'
    blog.pages["/f"] = feed().replace(b"</channel>", said)
    status, verdict = vetted(capsys, f"{blog.url}/f")
    assert status == 1
    assert "forbids republishing" in texts(verdict, "wishes", "fault")


def test_text_and_markdown(blog: Site, capsys: Capture) -> None:
    """A line for each source, then its reasons; no word of a feed is markup in a comment."""
    blog.pages["/f"] = feed(title="&lt;b&gt;Lake* @all")
    addresses = [f"{blog.url}/f", f"{blog.url}/none"]
    assert main(["vet", *addresses]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("<b>Lake* @all: yes, but it has no https")
    assert f"{blog.url}/none: not as it is: no feed: it is not there (404)" in lines
    assert main(["vet", *addresses, "--format", "markdown"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "### &#60;b&#62;Lake&#42; &#64;all"
    assert lines[2].startswith("**yes, but it has no https")
    assert not re.search("[<>@`]", "\n".join(lines))


def test_wrong_usage(tmp_path: Path, capsys: Capture) -> None:
    """What is neither an address nor a name ends with 2."""
    assert main(["vet", "no such thing"]) == 2
    (tmp_path / "feeds.toml").write_text("[feed]\ntitel = 'x'\n")
    assert main(["vet", "https://a.example/"]) == 2
    assert "key `titel`" in capsys.readouterr().err
