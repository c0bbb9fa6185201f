"""Wishes of sources on the use of their posts: read, kept, and carried to all that shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.request import urlopen

import loopback
import pytest
from loopback import Server, configuration, rss, running

from syndicator import config, vet
from syndicator.check import check
from syndicator.cli import main
from syndicator.model.feed import Wishes
from syndicator.serve import search as search_page
from syndicator.wishes import in_words, of_headers, strictest

URL = "https://a.example/feed"
POLICY = "https://a.example/tdm.json"

READ = [
    ({}, Wishes()),
    ({"content-usage": "train-ai=n"}, Wishes(usage=("train-ai=n",))),
    ({"content-usage": "Search=Y , train-ai=n;x=1, bots, ai=?1"}, Wishes(usage=("search=y", "train-ai=n"))),
    ({"content-signal": "search=yes,ai-train=no, ai-input=maybe"}, Wishes(signals=("ai-train=no", "search=yes"))),
    ({"tdm-reservation": " 1 "}, Wishes(tdm=True)),
    ({"tdm-reservation": "1", "tdm-policy": "/tdm.json"}, Wishes(tdm=True, tdm_policy=POLICY)),
    ({"tdm-reservation": "0", "tdm-policy": POLICY}, Wishes()),
    ({"tdm-reservation": "1", "tdm-policy": "javascript:alert(1)"}, Wishes(tdm=True)),
    ({"x-robots-tag": "NoAI, noimageai, noindex"}, Wishes(robots=("noai", "noimageai"))),
    ({"x-robots-tag": "noindex, follow"}, Wishes()),
    ({"x-robots-tag": "googlebot: noai"}, Wishes()),
    (
        {"link": '<https://a.example/hub>; rel="hub", </l.xml>; rel="license"; type="application/rsl+xml"'},
        Wishes(rsl="https://a.example/l.xml"),
    ),
    ({"link": '</l.xml>; rel=license; type=application/rsl+xml'}, Wishes(rsl="https://a.example/l.xml")),
    ({"link": '</l.xml>; rel="license"'}, Wishes()),
    ({"link": '</l.xml>; rel="describedby"; type="application/rsl+xml"'}, Wishes()),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "wishes"), READ)
def test_header_fields(headers: dict[str, str], wishes: Wishes) -> None:
    """Each is read by its own rule; of another form or for one robot alone it says nothing."""
    assert of_headers(headers, URL) == wishes


def test_the_strictest() -> None:
    """What one refuses is refused; what all grant is granted; no licence speaks for others."""
    one = Wishes(("search=y", "train-ai=n"), ("ai-train=no",), ("noai",), True, POLICY, URL)
    other = Wishes(("search=y", "train-ai=y"), ("search=yes",))
    assert strictest([one, other]) == Wishes(
        ("search=y", "train-ai=n"), ("ai-train=no",), ("noai",), True, POLICY
    )
    assert strictest([one, Wishes(tdm=True)]).tdm_policy == ""
    assert strictest([other, Wishes()]) == Wishes()
    assert strictest([]) == Wishes()


def test_in_words() -> None:
    """Each has the name of its field."""
    wishes = Wishes(("train-ai=n",), ("ai-train=no",), ("noai",), True, POLICY, URL)
    assert list(in_words(wishes)) == [
        "Content-Usage: train-ai=n",
        "Content-Signal: ai-train=no",
        "X-Robots-Tag: noai",
        f"TDM-Reservation: 1 {POLICY}",
        f"RSL licence: {URL}",
    ]


STATED = {
    "Content-Usage": "train-ai=n",
    "Content-Signal": "search=yes, ai-train=no",
    "TDM-Reservation": "1",
    "TDM-Policy": POLICY,
    "X-Robots-Tag": "noai, noimageai, noindex",
    "Link": '<https://wishing.example/licence.xml>; rel="license"; type="application/rsl+xml"',
}
TERMS = """<rsl:content xmlns:rsl="https://rslstandard.org/rsl" url="{}" onclick="x()"><rsl:license>
<rsl:prohibits type="usage">ai-train</rsl:prohibits><other xmlns="urn:x">word</other>
</rsl:license></rsl:content>"""


@contextmanager
def serving(pages: dict[str, tuple[bytes, dict[str, str]]]) -> Iterator[str]:
    """Serve bodies with header fields of their own on loopback; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, fields = pages[self.path]
            self.send_response(200)
            for name, value in {"Content-Type": "application/xml", **fields}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with running(Server(("127.0.0.1", 0), Handler)) as url:
        yield url


def wishing_feed() -> bytes:
    host = "https://wishing.example"
    feed = rss("Wishing", [("One", "First text"), ("Two", "Second text")], host).decode()
    feed = feed.replace("</item>", TERMS.format(f"{host}/one/") + "</item>", 1)
    return feed.replace("<title>Two", TERMS.format("https://else.example/") + "<title>Two").encode()


def plain_feed() -> bytes:
    return rss("Plain", [("Three", "Third text")], "https://plain.example")


@pytest.fixture
def pages() -> dict[str, tuple[bytes, dict[str, str]]]:
    return {"/a": (wishing_feed(), STATED), "/b": (plain_feed(), {})}


def publish(tmp_path: Path, *sources: str, feed: str = 'pages = "full"') -> Path:
    path = configuration(tmp_path, *sources, feed=f'link = "https://p.example/"\n{feed}')
    assert main(["-c", str(path), "run", "--force"]) == 0
    return tmp_path / "public"


def text(path: Path) -> str:
    return path.read_text("utf-8")


def post_page(public: Path, name: str) -> str:
    (page,) = (public / "posts").rglob(f"{name}-*.html")
    return text(page)


MINING = '<meta name="tdm-reservation" content="1">'


@pytest.mark.slow
def test_wishes_of_one_source_of_two(
    tmp_path: Path, pages: dict[str, tuple[bytes, dict[str, str]]]
) -> None:
    """They stand on pages with its posts and for the site as a whole; a page of the other source
    has none.
    """
    with serving(pages) as root:
        public = publish(tmp_path, f"{root}/a", f"{root}/b")
    lists = ("index.html", "subscribe.html", "archive/index.html")
    for page in (post_page(public, "one"), *(text(public / name) for name in lists)):
        assert MINING in page
        assert f'<meta name="tdm-policy" content="{POLICY}">' in page
        assert '<meta name="robots" content="noindex, noai, noimageai">' in page
    assert MINING not in post_page(public, "three")
    assert '<meta name="robots" content="noindex">' in post_page(public, "three")
    by_source = {MINING in text(page) for page in (public / "sources").glob("*.html")}
    assert by_source == {True, False}
    assert text(public / "robots.txt").splitlines() == [
        "User-Agent: *",
        "Content-Usage: train-ai=n",
        "Content-Signal: ai-train=no",
        "Allow: /",
    ]
    assert json.loads(text(public / ".well-known" / "tdmrep.json")) == [
        {"location": "/", "tdm-reservation": 1, "tdm-policy": POLICY}
    ]
    assert main(["-c", str(tmp_path / "feeds.toml"), "check", "--offline"]) == 0


@pytest.mark.slow
def test_wishes_on_the_page_of_a_search(
    tmp_path: Path, pages: dict[str, tuple[bytes, dict[str, str]]]
) -> None:
    """It bears the strictest of what it found."""
    with serving(pages) as root:
        publish(tmp_path, f"{root}/a", f"{root}/b", feed="search = true")
    settings = config.load(tmp_path / "feeds.toml")
    folder = tmp_path / "public"
    with loopback.serving(folder, search_page.routes(settings, folder)) as (host, port):
        for words, is_wishing in (("first", True), ("third", False)):
            with urlopen(f"http://{host}:{port}/search?q={words}", timeout=30) as answer:
                page = answer.read().decode()
            rules = "noindex, noai, noimageai" if is_wishing else "noindex"
            assert f'<meta name="robots" content="{rules}">' in page
            assert (MINING in page) == is_wishing


@pytest.mark.slow
def test_wishes_in_the_feeds(
    tmp_path: Path, pages: dict[str, tuple[bytes, dict[str, str]]]
) -> None:
    """Atom's source links its licence, RSS has the terms of pages of the post's own site, JSON Feed
    names all; each is valid.
    """
    with serving(pages) as root:
        public = publish(tmp_path, f"{root}/a", f"{root}/b")
    atom, feed = text(public / "atom.xml"), text(public / "rss.xml")
    licence = '<link rel="license" href="https://wishing.example/licence.xml" type="application/rsl+xml"/>'
    assert atom.count(licence) == 2
    terms = re.findall(r"<rsl:content.*?</rsl:content>", feed, re.S)
    assert len(terms) == 1
    assert terms[0].startswith('<rsl:content url="https://wishing.example/one/"')
    assert '<rsl:prohibits type="usage">ai-train</rsl:prohibits>' in terms[0]
    assert "word" not in terms[0]
    assert "onclick" not in terms[0]
    items = {item["title"]: item for item in json.loads(text(public / "feed.json"))["items"]}
    assert "wishes" not in items["Three"]["_syndicator"]
    assert items["One"]["_syndicator"]["wishes"] == {
        "content_usage": ["train-ai=n"],
        "content_signal": ["ai-train=no", "search=yes"],
        "robots": ["noai", "noimageai"],
        "tdm_reservation": 1,
        "tdm_policy": POLICY,
        "rsl": "https://wishing.example/licence.xml",
    }
    for name, kind in (
        ("atom.xml", "atom+xml"),
        ("rss.xml", "rss+xml"),
        ("feed.json", "feed+json"),
    ):
        problems = check((public / name).read_bytes(), f"application/{kind}")
        assert [problem for problem in problems if problem.serious] == []


@pytest.mark.slow
def test_wishes_that_are_withdrawn(
    tmp_path: Path, pages: dict[str, tuple[bytes, dict[str, str]]]
) -> None:
    """With the next change of the feed they are gone from pages, and their files with them."""
    with serving(pages) as root:
        public = publish(tmp_path, f"{root}/a", f"{root}/b")
        body = wishing_feed().replace(b"First text", b"Another text")
        pages["/a"] = (body, {})
        publish(tmp_path, f"{root}/a", f"{root}/b")
    assert not (public / "robots.txt").exists()
    assert not (public / ".well-known").exists()
    assert MINING not in text(public / "index.html")
    assert MINING not in post_page(public, "one")


@pytest.mark.slow
def test_no_wishes(tmp_path: Path) -> None:
    """There is no file, no element and no key for them."""
    with serving({"/b": (plain_feed(), {"X-Robots-Tag": "noindex, follow"})}) as root:
        public = publish(tmp_path, f"{root}/b")
    assert not (public / "robots.txt").exists()
    assert not (public / ".well-known").exists()
    for path in public.rglob("*.*"):
        if path.is_file():
            assert not re.search(rb"tdm-|wishes|rsl", path.read_bytes()), path


@pytest.mark.slow
def test_a_robots_txt_of_the_operator(
    tmp_path: Path, pages: dict[str, tuple[bytes, dict[str, str]]]
) -> None:
    """It stays as it is, at each run."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "robots.txt").write_text("User-agent: *\nDisallow: /x\n")
    with serving(pages) as root:
        for _ in range(2):
            public = publish(tmp_path, f"{root}/a")
            pages["/a"] = (pages["/a"][0].replace(b"Second", b"Other"), STATED)
    assert text(public / "robots.txt") == "User-agent: *\nDisallow: /x\n"
    assert (public / ".well-known" / "tdmrep.json").exists()


@pytest.mark.slow
def test_a_site_in_a_folder(tmp_path: Path, pages: dict[str, tuple[bytes, dict[str, str]]]) -> None:
    """The rules name the folder, since the files are read at the root of the host alone."""
    with serving(pages) as root:
        path = configuration(tmp_path, f"{root}/a", feed='link = "https://p.example/planet/"')
        assert main(["-c", str(path), "run"]) == 0
    public = tmp_path / "public"
    assert "Content-Usage: /planet/ train-ai=n" in text(public / "robots.txt")
    assert json.loads(text(public / ".well-known/tdmrep.json"))[0]["location"] == "/planet/"


@pytest.mark.slow
def test_fetch_and_vet(
    tmp_path: Path,
    pages: dict[str, tuple[bytes, dict[str, str]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Both tell each wish."""
    with serving(pages) as root:
        path = configuration(tmp_path)
        assert main(["-c", str(path), "fetch", f"{root}/a"]) == 0
        printed = capsys.readouterr().out
        verdict = vet(f"{root}/a", path)
    assert verdict is not None
    told = "\n".join(reason.text for reason in verdict.reasons)
    for words in (
        "Content-Usage: train-ai=n",
        "TDM-Reservation: 1",
        "X-Robots-Tag: noai, noimageai",
    ):
        assert words in " ".join(printed.split())
        assert words in told
    assert "RSL licence" in told
    assert "names no licence" not in told


@pytest.mark.slow
def test_wishes_of_a_private_source(
    tmp_path: Path, pages: dict[str, tuple[bytes, dict[str, str]]]
) -> None:
    """They count, without the addresses that they name."""
    with serving(pages) as root:
        public = publish(tmp_path, f"{root}/a\nprivate = true\npublish = true\n")
    assert MINING in text(public / "index.html")
    files = [path for path in public.rglob("*") if path.is_file()]
    assert not [path for path in files if b"licence.xml" in path.read_bytes()]
    assert POLICY not in text(public / "index.html")
