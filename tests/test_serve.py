"""What `serve` gives to who asks on loopback, and what it gives to nobody."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import serving
from msgspec.structs import replace

from syndicator import serve
from syndicator.errors import SyndicatorError
from syndicator.model.settings import Config, Feed
from syndicator.serve import connections
from syndicator.serve.documents import recommendations

RSS = (
    b"<?xml version='1.0' encoding='UTF-8'?>\n<rss version='2.0'><channel>"
    + b"<item/>" * 200
    + b"</channel></rss>"
)
ATOM = b"<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns='http://www.w3.org/2005/Atom'/>"
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "items": []}'
OPML = b"<?xml version='1.0' encoding='UTF-8'?>\n<opml version='2.0'/>"
PAGE = b"<!DOCTYPE html><title>\xe1\xba\xbf</title>"
PAST = 1_700_000_000


def publish(home: Path) -> Path:
    """Make a folder as a run leaves it, beside what nobody should see."""
    output = home / "public"
    files = {
        "rss20.xml": RSS, "atom.xml": ATOM, "feed.json": JSON, "opml.xml": OPML, "index.html": PAGE,
        "posts/a.html": PAGE, "style-0123.css": b"body{}", "second/index.html": PAGE, "second/rss.xml": RSS,
        "by-language/vi/atom.xml": ATOM, "theme/fonts/text.woff2": b"wOF2", "theme/Boat.JPEG": b"\xff\xd8",
        "atom-1.xml": ATOM.replace(b"/>", b"><fh:archive xmlns:fh='http://purl.org/syndication/history/1.0'/></feed>"),
        ".rss.xml.syndicator-new": b"half", ".ledger.json": JSON, ".hidden/index.html": PAGE, "state.db": b"SQLite",
        "rss20.xml.tmp": RSS, "notes": b"?", "../secret.xml": RSS, "../public-not/index.html": PAGE,
    }  # fmt: skip
    for name, body in files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        os.utime(path, (PAST, PAST))
    (output / "link.xml").symlink_to(home / "secret.xml")
    (output / "linked").symlink_to(home)
    (output / "inner.xml").symlink_to(output / "atom.xml")
    return output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return publish(tmp_path)


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Where a folder is served that no test changes."""
    with serving(publish(tmp_path_factory.mktemp("served"))) as address:
        yield address


@pytest.fixture
def changing(folder: Path) -> Iterator[tuple[str, int]]:
    """Where a folder is served that the test changes."""
    with serving(folder) as address:
        yield address


def ask(
    at: tuple[str, int], path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
    """Ask as it stands: no client of ours tidies the path."""
    connection = http.client.HTTPConnection(*at, timeout=10)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/", "text/html; charset=utf-8", PAGE),
        ("/index.html", "text/html; charset=utf-8", PAGE),
        ("/posts/a.html", "text/html; charset=utf-8", PAGE),
        ("/rss20.xml", "application/rss+xml; charset=utf-8", RSS),
        ("/atom.xml", "application/atom+xml; charset=utf-8", ATOM),
        ("/feed.json", "application/feed+json", JSON),
        ("/opml.xml", "text/x-opml; charset=utf-8", OPML),
        ("/style-0123.css", "text/css; charset=utf-8", b"body{}"),
        ("/second/", "text/html; charset=utf-8", PAGE),
        ("/second/rss.xml?from=reader", "application/rss+xml; charset=utf-8", RSS),
        ("/theme/fonts/text.woff2", "font/woff2", b"wOF2"),
        ("/theme/Boat.JPEG", "image/jpeg", b"\xff\xd8"),
        ("/inner.xml", "application/atom+xml; charset=utf-8", ATOM),
    ],
)
def test_a_document_comes_with_its_type(
    at: tuple[str, int], path: str, kind: str, body: bytes
) -> None:
    """Whatever its file is named: XML and JSON show what they are."""
    status, headers, got = ask(at, path)
    assert (status, headers["content-type"], got) == (200, kind, body)
    assert headers["x-content-type-options"] == "nosniff"
    assert int(headers["content-length"]) == len(body)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.xml", "/posts/", "/posts", "/state.db", "/notes", "/rss20.xml.tmp", "/.rss.xml.syndicator-new",
        "/.ledger.json", "/.hidden/index.html", "/.hidden/", "/../secret.xml", "/..%2fsecret.xml", "/%2e%2e/secret.xml",
        "/posts/../../secret.xml", "/..%5csecret.xml", "//secret.xml", "/link.xml", "/linked/secret.xml", "/linked/",
        "/../public-not/index.html", "/..;/secret.xml", "/index.html%00.xml", "/" + "a" * 5000,
        "/etc/passwd", "//etc/passwd", "/%2fetc/passwd", "/second/..%2f..%2fsecret.xml",
    ],
)  # fmt: skip
def test_what_is_no_document_is_not_there(at: tuple[str, int], path: str) -> None:
    """Hidden and unfinished files, the state, and everything outside: 404, and no word of what lies
    there.
    """
    status, _, body = ask(at, path)
    assert status == 404
    assert b"<rss" not in body
    assert b"root:" not in body


def test_a_folder_without_its_slash_is_sent_on(at: tuple[str, int]) -> None:
    """So that the relative links of its page work."""
    status, headers, _ = ask(at, "/second")
    assert status == 307
    assert headers["location"].endswith(f":{at[1]}/second/")


def test_a_second_poll_is_not_modified(at: tuple[str, int]) -> None:
    """By its tag, by its time, and by both; without a body."""
    _, headers, _ = ask(at, "/rss20.xml")
    tag, time_ = headers["etag"], headers["last-modified"]
    assert time_ == "Tue, 14 Nov 2023 22:13:20 GMT"
    for conditions in (
        {"If_None_Match": tag}, {"If_None_Match": f'"other", {tag}'}, {"If_None_Match": "*"},
        {"If_Modified_Since": time_}, {"If_None_Match": tag, "If_Modified_Since": time_},
        {"If_None_Match": tag, "If_Modified_Since": "Mon, 13 Nov 2023 22:13:20 GMT"},
    ):  # fmt: skip
        status, again, body = ask(at, "/rss20.xml", **conditions)
        assert (status, body, again["etag"]) == (304, b"", tag), conditions


def test_a_document_that_changed_is_sent(changing: tuple[str, int], folder: Path) -> None:
    """The tag decides where both are given (RFC 9110, 13.2.2), at once, and in the same second
    too.
    """
    _, headers, _ = ask(changing, "/rss20.xml")
    new = folder / ".rss20.xml.syndicator-new"
    new.write_bytes(RSS.replace(b"<item/>", b"<item> </item>", 1))
    os.utime(new, (PAST, PAST))
    new.rename(folder / "rss20.xml")
    status, again, body = ask(
        changing,
        "/rss20.xml",
        If_None_Match=headers["etag"],
        If_Modified_Since=headers["last-modified"],
    )
    assert status == 200
    assert b"<item> </item>" in body
    assert again["etag"] != headers["etag"]


def test_a_document_written_again_the_same_is_not_modified(
    changing: tuple[str, int], folder: Path
) -> None:
    """The tag is of the bytes."""
    _, headers, _ = ask(changing, "/rss20.xml")
    (folder / "rss20.xml").write_bytes(RSS)
    assert ask(changing, "/rss20.xml", If_None_Match=headers["etag"])[0] == 304


def test_a_time_that_may_still_change_is_not_given(changing: tuple[str, int], folder: Path) -> None:
    """Two versions of one second have one time: a reader that has only the time would miss the
    second one.
    """
    (folder / "rss20.xml").write_bytes(RSS)
    now = time.time() + 3600  # however slow the test is, the file is young
    os.utime(folder / "rss20.xml", (now, now))
    assert "last-modified" not in ask(changing, "/rss20.xml")[1]


def test_gzip_for_who_takes_it(at: tuple[str, int]) -> None:
    """The same document under the same tag, which is weak for that; caches are told."""
    _, plain, _ = ask(at, "/rss20.xml")
    status, headers, body = ask(at, "/rss20.xml", Accept_Encoding="gzip, deflate")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert headers["vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert gzip.decompress(body) == RSS
    assert len(body) < len(RSS) / 5
    assert headers["etag"] == plain["etag"]
    assert headers["etag"].startswith('W/"')
    assert plain["vary"] == headers["vary"]
    assert ask(at, "/rss20.xml", Accept_Encoding="gzip", If_None_Match=headers["etag"])[0] == 304


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("notgzip", False),
        ("GZIP;q=0.1", True),
        ("*", True),
        ("x-gzip", True),
    ],
)
def test_gzip_is_for_those_who_take_it(at: tuple[str, int], accepted: str, packed: bool) -> None:
    """A weight of 0 refuses it (RFC 9110, 12.5.3)."""
    _, headers, _ = ask(at, "/rss20.xml", Accept_Encoding=accepted)
    assert ("content-encoding" in headers) == packed


def test_a_person_who_opens_a_feed_gets_its_guide(changing: tuple[str, int], folder: Path) -> None:
    """A browser says that it wants a document; readers, scripts and all else get the feed."""
    browser = {"Sec_Fetch_Dest": "document"}
    assert ask(changing, "/rss20.xml", **browser)[2] == RSS
    (folder / "subscribe.html").write_bytes(PAGE)
    for feed in ("/rss20.xml", "/atom.xml", "/feed.json"):
        status, headers, body = ask(changing, feed, **browser)
        assert (status, headers["content-type"], body) == (200, "text/html; charset=utf-8", PAGE)
        assert "Sec-Fetch-Dest" in headers["vary"]
        assert ask(changing, feed, Sec_Fetch_Dest="empty")[2] != PAGE
        assert "Sec-Fetch-Dest" in ask(changing, feed)[1]["vary"]
        again = ask(changing, feed, If_None_Match=headers["etag"], **browser)
        assert (again[0], again[1]["vary"]) == (304, headers["vary"])
    assert ask(changing, "/opml.xml", **browser)[2] == OPML
    assert ask(changing, "/second/rss.xml", **browser)[2] == RSS


def test_any_page_may_read_a_document(at: tuple[str, int]) -> None:
    """Readers that run in a browser need it (CORS)."""
    assert ask(at, "/rss20.xml")[1]["access-control-allow-origin"] == "*"


def test_the_well_known_reservation(changing: tuple[str, int], folder: Path) -> None:
    """What the site reserves is there for everybody; another hidden file in that folder is not."""
    (folder / ".well-known").mkdir()
    for name in ("tdmrep.json", ".hidden.json"):
        (folder / ".well-known" / name).write_text("[]\n", "utf-8")
    (folder / "robots.txt").write_text("User-Agent: *\n", "utf-8")
    status, headers, body = ask(changing, "/.well-known/tdmrep.json")
    assert (status, headers["content-type"], body) == (200, "application/json", b"[]\n")
    assert ask(changing, "/.well-known/.hidden.json")[0] == 404
    assert ask(changing, "/robots.txt")[1]["content-type"] == "text/plain; charset=utf-8"


def test_the_well_known_list_of_sources(folder: Path) -> None:
    """Programs that look for a site's recommendations are sent to the OPML, whatever its name."""
    with serving(folder, recommendations(Feed(title="T"))) as at:
        for _ in range(2):
            status, headers, _ = ask(at, "/.well-known/recommendations.opml")
            assert (status, headers["location"]) == (302, "/opml.xml")
        assert ask(at, headers["location"])[1]["content-type"].startswith("text/x-opml")
    with serving(folder, recommendations(Feed(title="T", names={"opml": "blogs.xml"}))) as at:
        assert ask(at, "/.well-known/recommendations.opml")[1]["location"] == "/blogs.xml"
    with serving(folder, recommendations(Feed(title="T", formats=("rss",)))) as at:
        assert ask(at, "/.well-known/recommendations.opml")[0] == 404


def test_many_half_heads_keep_nobody_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest of those that owe a request makes room, and one line tells of all."""
    monkeypatch.setattr(connections, "MOST", 20)
    said: list[str] = []
    with serve.listen(folder, "127.0.0.1", 0) as listening:
        stop = threading.Event()
        running = serve.server(folder, stop, said.append)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        address = listening.getsockname()[:2]
        half = []
        try:
            for _ in range(100):
                half.append(socket.create_connection(address, timeout=10))
                half[-1].sendall(b"GET / HTTP/1.1\r\nHost: a")
            assert ask(address, "/rss20.xml")[0] == 200
            half[0].settimeout(10)
            assert ended(half[0])
            deadline = time.monotonic() + 10
            while not said and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            stop.set()
            thread.join()
            for plug in half:
                plug.close()
    assert len(said) == 1
    assert "connections were closed" in said[0]


def ended(plug: socket.socket) -> bool:
    """Tell whether the other side has ended a connection."""
    try:
        return plug.recv(1) == b""
    except ConnectionError:
        return True


def test_more_half_heads_than_descriptors(tmp_path: Path) -> None:
    """An honest client is served at once, and standard error has one line about the others."""
    folder = publish(tmp_path)
    (tmp_path / "feeds.toml").write_text('[feed]\ntitle = "Planet"\n', "utf-8")
    command = f"ulimit -n 300; exec {sys.executable} -m syndicator serve --port 0"
    with subprocess.Popen(
        ["bash", "-c", command], stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    ) as process:  # fmt: skip
        assert process.stderr
        greeting = process.stderr.readline()
        assert str(folder) in greeting
        port = int(greeting.split(" at http://127.0.0.1:")[1].split("/")[0])
        half = []
        try:
            for _ in range(400):
                half.append(socket.create_connection(("127.0.0.1", port), timeout=10))
                half[-1].sendall(b"GET / HTTP/1.1\r\nHost: a")
            for _ in range(3):
                assert ask(("127.0.0.1", port), "/rss20.xml")[0] == 200
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read()
            for plug in half:
                plug.close()
    assert rest.count("connections were closed") == 1
    assert "Traceback" not in rest


def test_half_a_head_has_its_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that owes a request is closed, also behind a request that was answered."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with serving(folder) as address, socket.create_connection(address, timeout=10) as slow:
        slow.sendall(b"GET /feed.json HTTP/1.1\r\nHost: a\r\n\r\nGET /")
        while slow.recv(65536):
            continue


def test_head_is_get_without_the_body(at: tuple[str, int]) -> None:
    """Same status, same headers."""
    _, get, _ = ask(at, "/rss20.xml")
    status, head, body = ask(at, "/rss20.xml", "HEAD")
    assert (status, body) == (200, b"")
    assert {k: v for k, v in head.items() if k != "date"} == {
        k: v for k, v in get.items() if k != "date"
    }
    assert ask(at, "/nothing.xml", "HEAD")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(at: tuple[str, int], method: str) -> None:
    """Reading only."""
    status, headers, _ = ask(at, "/rss20.xml", method)
    assert status == 405
    assert headers["allow"] == "GET, HEAD"


def test_a_style_may_be_kept_and_a_feed_must_be_asked_for(at: tuple[str, int]) -> None:
    """The name of a style tells its bytes; a feed's name does not."""
    assert "immutable" in ask(at, "/style-0123.css")[1]["cache-control"]
    assert ask(at, "/rss20.xml")[1]["cache-control"] == "no-cache"


def test_a_new_document_is_there_at_once(changing: tuple[str, int], folder: Path) -> None:
    """And one that was withdrawn is gone at once."""
    assert ask(changing, "/posts/b.html")[0] == 404
    (folder / "posts/b.html").write_bytes(PAGE)
    assert ask(changing, "/posts/b.html")[0] == 200
    (folder / "posts/b.html").unlink()
    assert ask(changing, "/posts/b.html")[0] == 404


def test_an_answer_is_of_one_version_while_runs_rename_under_it(
    changing: tuple[str, int], folder: Path
) -> None:
    """Length, tag and bytes agree however often the document is replaced meanwhile."""
    stop = threading.Event()

    def replace() -> None:
        versions = [
            b"<rss>" + letter * size + b"</rss>" for letter, size in ((b"a", 10), (b"b", 90_000))
        ]
        while not stop.is_set():
            for version in versions:
                (folder / ".new").write_bytes(version)
                (folder / ".new").rename(folder / "rss20.xml")

    thread = threading.Thread(target=replace)
    thread.start()
    try:
        for _ in range(100):
            status, _, body = ask(changing, "/rss20.xml")
            assert status == 200
            assert len(set(body[5:-6]) - set(RSS)) <= 1
            assert body.endswith(b"</rss>")
    finally:
        stop.set()
        thread.join()


# -- what the operator is told
# ----------------------------------------------------------------------------


def configured(folder: Path, *more: Feed) -> Config:
    """Return a configuration whose main feed is published in this folder."""
    main = Feed(title="Main", output=folder, names={"rss": "rss20.xml"})
    return Config(path=Path(), state=Path(), feeds=(main, *more), sources=())


def test_the_operator_is_told_what_to_subscribe_to(folder: Path) -> None:
    """Pages and feeds, also of a second feed, those of languages in one line."""
    second = Feed(title="Second", output=folder / "second")
    config = replace(configured(folder, second), per_language=True)
    lines = list(serve.greeting(config, "http://127.0.0.1:8000/"))
    assert lines[0] == f"Serving {folder} at http://127.0.0.1:8000/ until Ctrl-C."
    assert [tuple(line.split()) for line in lines[1:]] == [
        ("Page:", "http://127.0.0.1:8000/index.html"),
        ("Atom:", "http://127.0.0.1:8000/atom.xml"),
        ("JSON", "Feed:", "http://127.0.0.1:8000/feed.json"),
        ("OPML:", "http://127.0.0.1:8000/opml.xml"),
        ("RSS:", "http://127.0.0.1:8000/rss20.xml"),
        ("Page:", "http://127.0.0.1:8000/second/index.html"),
        ("RSS:", "http://127.0.0.1:8000/second/rss.xml"),
        ("Feeds:", "http://127.0.0.1:8000/by-language/...", "(1)"),
    ]


def test_feeds_that_are_configured_no_more_are_not_named(folder: Path) -> None:
    """A table or a format that was taken out leaves its files to their last subscribers."""
    main = Feed(title="Main", output=folder, formats=("atom",))
    config = Config(path=Path(), state=Path(), feeds=(main,), sources=())
    _, *lines = serve.greeting(config, "http://h/")
    assert lines == ["Atom:      http://h/atom.xml"]


def test_before_the_first_run_it_says_so(tmp_path: Path) -> None:
    """An empty folder can be served; a missing one can't."""
    said = list(serve.greeting(configured(tmp_path), "http://h/"))
    assert "Nothing is published there yet" in said[1]
    with pytest.raises(SyndicatorError, match="syndicator run"):
        serve.listen(tmp_path / "missing", "127.0.0.1", 0)


def test_a_port_in_use_is_named_with_the_way_out(folder: Path) -> None:
    """Not a traceback."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(SyndicatorError, match=rf"{taken.getsockname()[1]}.*in use.*--port"),
    ):
        serve.listen(folder, "127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("name", "shown"),
    [(("127.0.0.1", 80), "http://127.0.0.1:80/"), (("0.0.0.0", 80), "http://127.0.0.1:80/"),  # noqa: S104
     (("::", 80, 0, 0), "http://[::1]:80/"), (("fd00::1", 8000, 0, 0), "http://[fd00::1]:8000/")],
)  # fmt: skip
def test_the_address_shown_can_be_opened(name: tuple[object, ...], shown: str) -> None:
    """Also where it listens on all addresses, and on IPv6."""

    class Listening:
        def getsockname(self) -> tuple[object, ...]:
            return name

    assert serve.address(Listening()) == shown  # type: ignore[arg-type]


def test_a_signal_before_the_server_runs_ends_it_too(folder: Path) -> None:
    """uvicorn takes signals only once it runs: one that came while it was loaded is not lost."""
    said: list[str] = []
    stop = threading.Event()
    stop.set()
    serve.serve(configured(folder), "127.0.0.1", 0, stop, say=said.append)
    assert said[-1] == "Stopped."


def test_ctrl_c_ends_it_in_order(folder: Path) -> None:
    """With what it says, with status 0, without a traceback, and at once though a reader keeps its
    connection.
    """
    code = "import signal, sys, threading; from pathlib import Path; from syndicator import serve\n"
    code += "stop = threading.Event(); signal.signal(signal.SIGINT, lambda *_: stop.set())\n"
    code += "from syndicator.model.settings import Config, Feed\nfeed = Feed(title='a', output=Path(sys.argv[1]))\n"
    code += "config = Config(path=Path(), state=Path(), feeds=(feed,), sources=())\n"
    code += "serve.serve(config, '127.0.0.1', 0, stop, say=lambda line: print(line, flush=True))"
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        greeting = process.stdout.readline()
        port = int(greeting.split(" at http://127.0.0.1:")[1].split("/")[0])
        reader = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        reader.request("GET", "/rss20.xml")
        assert reader.getresponse().read() == RSS
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert (process.wait(20), process.stderr.read()) == (0, "")
        assert rest.endswith("Stopped.\n")
        reader.close()
